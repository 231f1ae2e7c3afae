"""子プロセスは時間と記憶の限りで止められ、言葉で断られ、何も残さない。"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.domain.errors import InputRefused
from app.workbooks import child
from app.workbooks.reading import read_workbook
from tests.workbooks.hostile import CASES, GOOD, bomb, swollen

SMALL = 300 << 20


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def children() -> list[str]:
    """この試験の子プロセス（終わっていないもの）。"""
    task = Path(f"/proc/{os.getpid()}/task")
    numbers = [n for t in task.iterdir() for n in (t / "children").read_text().split()]
    # 終わったばかりの子は、読む前に消えることがある
    found = [p.read_bytes().decode() for n in numbers if (p := Path(f"/proc/{n}/cmdline")).exists()]
    return [line for line in found if "app.workbooks.child" in line]


def test_a_file_that_takes_too_long_is_stopped_with_words_and_no_process_stays(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", swollen())
    started = time.monotonic()
    with pytest.raises(InputRefused) as caught:
        read_workbook(path, seconds=0.2)
    assert time.monotonic() - started < 5
    assert (caught.value.code, str(caught.value)) == (
        "TIMEOUT",
        "0.2 秒以内に読み終わりませんでした。大きすぎるか、壊れているおそれがあります。"
        "必要な行だけを新しいブックに写して、やり直してください。",
    )
    assert children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="記憶の限りは setrlimit のある機械だけ")
def test_a_file_that_swells_beyond_the_memory_is_stopped_with_words(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", swollen())
    assert len(path.read_bytes()) < 100_000
    with pytest.raises(InputRefused) as caught:
        read_workbook(path, seconds=60, memory=SMALL)
    assert (caught.value.code, str(caught.value)) == (
        "TOO_LARGE",
        "ファイルが大きすぎます（記憶の限りを超える）。必要な行と列だけを新しいブックに写して、やり直してください。",
    )
    assert children() == []
    assert read_workbook(saved(path, GOOD), memory=SMALL).sheets[0].filled == 3


@pytest.mark.slow
@pytest.mark.parametrize("content", [swollen, bomb])
def test_the_child_stays_within_a_gibibyte_and_twenty_seconds(tmp_path: Path, content: object) -> None:
    path = saved(tmp_path / "a.xlsx", content())  # type: ignore[operator]
    script = (
        "import resource, sys, time; from pathlib import Path; from app.domain.errors import InputRefused\n"
        "from app.workbooks.reading import read_workbook; t = time.monotonic()\n"
        "try: read_workbook(Path(sys.argv[1]))\n"
        "except InputRefused: pass\n"
        "kib = [resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]\n"
        "print(max(kib) >> 10, int(time.monotonic() - t))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True)
    mebibytes, seconds = map(int, done.stdout.split())
    assert (mebibytes <= 1024, seconds <= 20) == (True, True)


def test_the_limits_are_those_that_the_office_was_promised() -> None:
    assert (child.SECONDS, child.MEMORY) == (20, 1 << 30)


def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    """読む子は、たとえ乗っ取られても、ファイルに一バイトも書けない。"""
    script = (
        "import sys; from app.workbooks import child; child._limit(child.MEMORY)\n"
        f"try: open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'x')\n"
        "except OSError as error: print(error.errno)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.stdout.strip(), (tmp_path / "x").stat().st_size) == (b"27", 0)


def test_every_promised_code_has_a_file_that_is_refused_with_it() -> None:
    codes = {code for _, _, code in CASES.values()}
    tested_apart = {"PASSWORD", "TIMEOUT"}
    assert codes | tested_apart == {
        "NOT_EXCEL", "PASSWORD", "DAMAGED", "UNSAFE_XML", "TOO_LARGE", "NO_ROWS", "TIMEOUT",
    }  # fmt: skip

"""規則（app/domain）の比較を一つずつ逆さにし、規則の試験が落ちるかを見る。

`python -m tests.mutations [モジュールの名 …]`。生き残った取り替え（試験が気づかなかったもの）を並べ、
一つでもあれば 1 で終わる。時間が掛かるので、ふだんの試験には入れず、名を言って走らせる。
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutations.equivalent import EQUIVALENT
from tests.mutations.flipping import Flip, flips

HOUSE = Path(__file__).parents[2]
RULES = HOUSE / "app" / "domain"
LIMIT = 240  # 秒。終わらなくなったものも、試験が気づいたことになる


def tests_of(module: str) -> list[str]:
    """その規則の試験を先に、その規則を使う規則の試験と例の試験を後に。"""
    found = []
    for path in sorted((HOUSE / "tests" / "domain").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"app.domain.{module} " in text or path.stem == "test_evaluate":
            found.append(f"tests/domain/{path.name}")
    return sorted(found, key=lambda p: (module not in p, "evaluate" in p, p))


def copy_house(place: Path) -> None:
    """試験に要るものだけを写す。"""
    for name in ("app", "database", "resources", "tests"):
        shutil.copytree(HOUSE / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
    shutil.copy(HOUSE / "pyproject.toml", place)


def survives(place: Path, module: str, source: bytes, flip: Flip) -> bool:
    """取り替えても試験がみな通るか。"""
    target = place / "app" / "domain" / f"{module}.py"
    target.write_bytes(flip.apply(source))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        *tests_of(module),
    ]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        target.write_bytes(source)
    return done.returncode == 0


def run(modules: list[str], workers: int) -> list[str]:
    """modules の取り替えをすべて試し、生き残ったものの言葉を返す。"""
    work = [(m, f) for m in modules for f in flips((RULES / f"{m}.py").read_bytes())]
    work = [(m, f) for m, f in work if (m, f.text, f.before, f.nth) not in EQUIVALENT]
    left: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / str(n) for n in range(workers)]
        for place in places:
            copy_house(place)

        def share(number: int) -> None:
            for module, flip in work[number::workers]:
                source = (RULES / f"{module}.py").read_bytes()
                if survives(places[number], module, source, flip):
                    words = f"{module}.py:{flip.line}　{flip.before} → {flip.after}　{flip.text}"
                    left.append(words)
                    print(f"生き残り {words}", flush=True)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(share, range(workers)))
    print(f"{len(work)}個の取り替えのうち、生き残り {len(left)}個")
    return sorted(left)


def main() -> int:
    """命令。"""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("modules", nargs="*", help="規則のモジュールの名（なければすべて）")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    modules = given.modules or sorted(p.stem for p in RULES.glob("*.py") if p.stem != "__init__")
    return 1 if run(modules, given.workers) else 0


if __name__ == "__main__":
    sys.exit(main())

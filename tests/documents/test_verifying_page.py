"""検証の頁：鍵を入れた一つの HTML が、通信なしで真正・書換え・取り下げた鍵を見分ける。"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pypdf
import pytest

from app.documents import qr
from app.documents.key_sheet import PublicKey, render_key_sheet, render_verifying_page
from app.domain.errors import RuleViolation
from tests.documents.helpers import NAMES, PRIVATE, PUBLIC, extracted, payload

OLD_PRIVATE, OLD_PUBLIC = qr.new_key()
KEYS = (
    PublicKey(PUBLIC, date(2026, 4, 1)),
    PublicKey(OLD_PUBLIC, date(2024, 4, 1), date(2026, 3, 31)),
)
DAY = date(2026, 4, 10)
NODE = shutil.which("node")
CHROMIUM = os.environ.get("NINTEI_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
CALL = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const out = cases.map(c => {
  const found = verify(c.text, c.keys);
  return [found.result, found.number ?? "", found.until ? wareki(found.until) : "", found.result === "altered" ? false : nameAgrees(found, c.name)];
});
process.stdout.write(JSON.stringify(out));
"""


def page() -> str:
    return render_verifying_page(KEYS, "見本</script>事務局", DAY).decode()


def script(name: str) -> str:
    found = re.search(rf'<script id="{name}"[^>]*>(.*?)</script>', page(), re.DOTALL)
    assert found is not None
    return found[1]


def asked(cases: list[tuple[str, str]], tmp_path: Path) -> list[list[object]]:
    """頁の中の検証の式を、node で行う。"""
    program = tmp_path / "check.js"
    program.write_text(script("core") + CALL, encoding="utf-8")
    keys = json.loads(script("data"))["keys"]
    given = json.dumps([{"text": t, "name": n, "keys": keys} for t, n in cases])
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(program)], input=given, capture_output=True, text=True, encoding="utf-8", check=True
    )
    found: list[list[object]] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(NODE is None, reason="node がない")
def test_the_page_tells_what_the_program_tells_for_every_name_and_every_altered_text(tmp_path: Path) -> None:
    cases = [(qr.sign(payload(n), PRIVATE), n) for n in NAMES[:8]]
    text = cases[0][0]
    changed = [text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :] for i in range(8, len(text), 24)]
    good = ["genuine", "第R7-2-0038号", "令和11年3月31日", True]
    assert asked(cases, tmp_path) == [good] * 8
    assert asked([(c, "") for c in changed], tmp_path) == [["altered", "", "", False]] * len(changed)


@pytest.mark.skipif(NODE is None, reason="node がない")
def test_the_page_knows_a_withdrawn_key_a_strange_key_and_another_name(tmp_path: Path) -> None:
    name = "髙﨑󠄀 健太郎"
    stranger, _ = qr.new_key()
    texts = [qr.sign(payload(name), key) for key in (OLD_PRIVATE, stranger, PRIVATE)]
    spaced = " \n".join(texts[2][i : i + 30] for i in range(0, len(texts[2]), 30))
    found = asked([(texts[0], name), (texts[1], name), (spaced, "高崎 健太郎"), ("", "")], tmp_path)
    assert [(f[0], f[3]) for f in found] == [
        ("withdrawn_key", True),
        ("altered", False),
        ("genuine", False),
        ("altered", False),
    ]


def shown(text: str, name: str, tmp_path: Path) -> str:
    """頁をブラウザーで開いたときの、結果の題。"""
    path = tmp_path / "verify.html"
    path.write_text(page(), encoding="utf-8")
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom", f"{path.as_uri()}#{quote(f'{text}|{name}')}",
        ],
        capture_output=True, text=True, encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    found = re.search(r'<div id="result"[^>]*><h2>(.*?)</h2>', done.stdout)
    assert found is not None
    return found[1]


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium がない")
def test_a_real_browser_shows_genuine_altered_another_name_and_a_withdrawn_key(tmp_path: Path) -> None:
    name = "髙﨑󠄀 健太郎"
    valid = replace(payload(name), expires_on=date(2100, 3, 31), valid_from=date(2020, 4, 1))
    text = qr.sign(valid, PRIVATE)
    titles = [
        shown(text, name, tmp_path),
        shown(text[:-1] + ("A" if text[-1] != "A" else "Q"), name, tmp_path),
        shown(text, "高崎健太郎", tmp_path),
        shown(qr.sign(valid, OLD_PRIVATE), name, tmp_path),
        shown(qr.sign(replace(valid, expires_on=date(2021, 3, 31)), PRIVATE), "", tmp_path),
    ]
    assert titles == [
        "真正：この事務局の鍵で署名された認定証です",
        "不正：書き換えられているか、この事務局のものではありません",
        "氏名が、署名された氏名と一致しません",
        "取り下げた鍵で署名された認定証です。事務局に確かめてください",
        "真正ですが、書かれた有効期間は過ぎています",
    ]


def test_the_page_is_one_file_that_asks_nothing_of_the_network() -> None:
    text = page()
    assert re.findall(r"(?:src|href)=|https?://|fetch\(|XMLHttpRequest|import\(", text) == []
    assert "default-src 'none'" in text
    assert text.count("</script>") == 3
    assert json.loads(script("data"))["office"] == "見本</script>事務局"
    assert PRIVATE.hex() not in text


def test_the_key_sheet_carries_the_keys_and_their_fingerprints(tmp_path: Path) -> None:
    content = render_key_sheet(KEYS, "認定審査委員会事務局", DAY)
    words = "".join(extracted(tmp_path / "a.pdf", content, "-layout").split())
    assert [k for k in (PUBLIC, OLD_PUBLIC) if k.hex() not in words] == []
    assert [k for k in KEYS if k.fingerprint.replace(" ", "") not in words] == []
    assert "令和8年3月31日に取り下げ" in words
    assert PRIVATE.hex()[:32] not in words
    assert len(pypdf.PdfReader(tmp_path / "a.pdf").pages) == 1
    with pytest.raises(RuleViolation, match="公開鍵はまだありません"):
        render_key_sheet((), "事務局", DAY)

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest

from app.documents.letters import Letter, render_letters
from app.domain.errors import RuleViolation
from tests.documents.helpers import NAMES, extracted, run


def letter(name: str = "NGUYỄN THỊ PHƯƠNG THẢO", paragraphs: int = 1) -> Letter:
    return Letter(
        number="受付 0011",
        date=date(2026, 4, 10),
        addressee=name,
        sender="認定審査委員会事務局",
        title="受講不決定通知書",
        paragraphs=("下記の研修について、次の理由により受講を決定しないこととしましたので通知します。" * 6,)
        * paragraphs,
        rows=(("研修", "令和7年度 第2期"), ("理由", "在職期間が足りません。" * 12)),
    )


def joined(text: str) -> str:
    return "".join(text.split())


def test_a_letter_carries_everything_it_was_given(tmp_path: Path) -> None:
    one = letter()
    text = joined(extracted(tmp_path / "a.pdf", render_letters([one]), "-layout"))
    parts = (one.number, "令和8年4月10日", one.addressee + "様", one.sender, one.title, *one.paragraphs)
    parts += ("記", "研修令和7年度第2期", "理由" + one.rows[1][1], "以上")
    assert [p for p in parts if joined(p) not in text] == []


def test_each_letter_begins_on_a_page_of_its_own(tmp_path: Path) -> None:
    content = render_letters([letter(n) for n in NAMES])
    pages = extracted(tmp_path / "a.pdf", content).split("\f")
    assert [n for n, p in zip(NAMES, pages, strict=True) if joined(n) + "様" not in joined(p)] == []


def test_a_long_letter_flows_on_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    long = letter(paragraphs=20)
    text = joined(extracted(path, render_letters([long, letter("神谷 徹")])))
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    assert [i for i, page in enumerate(pages) if "様" in page] == [0, len(pages) - 1]
    assert len(pages) > 3
    assert text.count("通知します。") == 20 * 6 + 6


def test_letters_are_sound_and_the_same_bytes_again(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_letters([letter(n) for n in NAMES]))
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(path))
    assert path.read_bytes() == render_letters([letter(n) for n in NAMES])


def test_an_addressee_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(RuleViolation, match="宛名「田中𓀀」"):
        render_letters([letter("田中𓀀")])
    with pytest.raises(RuleViolation, match="書き出す通知がありません"):
        render_letters([])


def test_an_address_is_printed_inside_the_window_of_the_envelope(tmp_path: Path) -> None:
    # 長形3号の窓（左から 20〜105 mm、上から 14〜54 mm）に、郵便番号・住所・宛名が入り、ほかの字は入らない
    one = replace(
        letter("山田 花子"), postal_code="1000001", address="東京都千代田区見本町一丁目二番三号 " * 4
    )
    path = tmp_path / "a.pdf"
    path.write_bytes(render_letters([one]))
    window = run("pdftotext", "-x", "57", "-y", "40", "-W", "241", "-H", "113", str(path), "-")
    assert joined(window) == "〒100-0001" + joined(one.address) + "山田花子様"
    with pytest.raises(RuleViolation, match="住所の"):
        render_letters([replace(one, address="東京都\ue000")])

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from app.documents.certificate import render_certificates
from app.documents.certificate_layout import standard_layout
from app.domain.errors import RuleViolation
from tests.documents.helpers import NAMES, extracted, face, run

NAME_LINE, NAME_WIDTH = standard_layout().name.line, standard_layout().name.width


def lines(path: Path, content: bytes) -> list[str]:
    """空白を除いた行。"""
    rows = ("".join(line.split()) for line in extracted(path, content, "-layout").splitlines())
    return [row for row in rows if row]


def test_each_page_carries_the_values_of_its_face(tmp_path: Path) -> None:
    assert lines(tmp_path / "a.pdf", render_certificates([face("髙﨑 健太郎")])) == [
        "認定番号第R7-2-0038号",
        "認定証",
        "髙﨑健太郎",
        "昭和63年4月12日生",
        "上記の者は、外国人支援コーディネーター養成研修の修了認定テストに合格し、",
        "認定審査委員会の審査を経たので、外国人支援コーディネーターとして認証する。",
        "認証年月日令和8年3月31日",
        "有効期間令和8年3月31日から令和11年3月31日まで",
        "令和8年4月10日",
        "出入国在留管理庁長官佐伯明子公印",
        "検証用コード",
        "真正性はオフラインで",
        "検証できます",
    ]


def test_every_name_of_the_sample_is_copied_from_its_page_as_typed(tmp_path: Path) -> None:
    content = render_certificates([face(n, i) for i, n in enumerate(NAMES, 1)])
    pages = extracted(tmp_path / "a.pdf", content).split("\f")
    assert [name for name, page in zip(NAMES, pages, strict=True) if name not in page.splitlines()] == []


def test_renewals_and_second_copies_say_what_they_are(tmp_path: Path) -> None:
    renewal = lines(tmp_path / "a.pdf", render_certificates([face("神谷 徹", kind="renewal")]))
    assert renewal[4:6] == [
        "上記の者は、外国人支援コーディネーター更新研修を修了したので、",
        "外国人支援コーディネーターとしての認証を更新する。",
    ]
    for kind, mark in (("reissue", "（再交付）"), ("rewrite", "（書換）"), ("correction", "（訂正）")):
        assert mark in lines(tmp_path / "a.pdf", render_certificates([face("神谷 徹", kind=kind)]))


def test_the_same_values_give_the_same_bytes() -> None:
    made = [face(n, i) for i, n in enumerate(NAMES, 1)]
    assert render_certificates(made) == render_certificates(made)
    assert render_certificates(made[:1]) == render_certificates(made[:1])
    assert render_certificates(made[:1]) != render_certificates(
        [replace(made[0], issued_on=date(2026, 4, 11))]
    )


def test_the_file_is_sound_and_every_font_is_embedded(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_certificates([face(n, i) for i, n in enumerate(NAMES, 1)]))
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", str(path))
    rows = [line.split() for line in run("pdffonts", str(path)).splitlines()[2:]]
    assert {tuple(r[-5:-2]) for r in rows} == {("yes", "yes", "yes")}
    assert len(rows) == 9


def test_the_file_says_its_title_and_language_and_nothing_about_who_made_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_certificates([face("髙﨑 健太郎")]))
    reader = pypdf.PdfReader(path)
    assert reader.trailer["/Root"]["/Lang"] == "ja"  # type: ignore[index]
    assert reader.metadata is not None
    assert {key: str(value) for key, value in reader.metadata.items()} == {
        "/Title": "認定証　第R7-2-0038号",
        "/Creator": "認定デスク",
        "/Producer": "認定デスク",
        "/Subject": "外国人支援コーディネーター認定証",
        "/CreationDate": "D:20260410",
    }
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (297, 210)


@pytest.mark.parametrize("name", ["あ" * 60, "DA SILVA FERREIRA " * 5, "渡邉" * 9])
def test_a_long_name_is_shrunk_into_the_line_under_it(name: str) -> None:
    document = pypdfium2.PdfDocument(render_certificates([face(name)]))
    words = document[0].get_textpage()
    width = document[0].get_size()[0]
    start = words.get_text_range().index(name[:6])
    boxes = [words.get_charbox(i) for i in range(start, start + len(name.rstrip()))]
    left, right = min(b[0] for b in boxes if b[0]), max(b[2] for b in boxes)
    document.close()
    assert left >= (width - NAME_WIDTH) / 2 - 0.5
    assert right <= (width + NAME_WIDTH) / 2 + 0.5
    assert right - left > NAME_WIDTH * 0.9


@pytest.mark.parametrize("name", ["မြင့်မြင့်အေး", "श्रेष्ठ सुनिता", "NGỤY JỌ", "髙﨑 健太郎"])
def test_no_name_touches_the_line_under_it(name: str) -> None:
    document = pypdfium2.PdfDocument(render_certificates([face(name)]))
    scale, (_, height) = 4, document[0].get_size()
    image = document[0].render(scale=scale, grayscale=True).to_pil()
    document.close()
    row = round((height - NAME_LINE - 2.5) * scale)
    # 地紋は淡いので、濃い点は字だけ
    dark = [x for x in range(image.width // 3, image.width * 2 // 3) if image.getpixel((x, row)) < 100]
    assert dark == []


def test_nothing_is_printed_when_a_character_cannot_be_drawn() -> None:
    with pytest.raises(RuleViolation, match="「田中𓀀」の 𓀀 は印刷できません"):
        render_certificates([face("髙﨑 健太郎"), face("田中𓀀", 2)])
    with pytest.raises(RuleViolation, match="印刷する認定証がありません"):
        render_certificates([])


def test_a_hundred_certificates_share_their_art_and_fonts() -> None:
    one = len(render_certificates([face("佐伯 明子", 1)]))
    hundred = len(render_certificates([face("佐伯 明子", i) for i in range(1, 101)]))
    assert one < 60_000
    assert (hundred - one) / 99 < 2_000


def test_a_person_without_a_birth_date_has_no_line_for_it(tmp_path: Path) -> None:
    content = render_certificates([replace(face("神谷 徹"), birth_date=None)])
    assert [line for line in lines(tmp_path / "a.pdf", content) if line.endswith("生")] == []

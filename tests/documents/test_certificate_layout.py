"""紙の設計：同梱の四つ、ファイルの誤りの言い方、印（タグ）としおり、公印の絵。"""

from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pypdf
import pypdfium2
import pytest
from PIL import Image

from app.documents.certificate import CertificatePaper, render_certificates
from app.documents.certificate_layout import bundled_layouts, parse_layout, standard_layout
from app.domain.errors import RuleViolation
from tests.documents.helpers import face, run

TEXT = (files("resources") / "certificate" / "landscape.toml").read_text("utf-8")
HARD = ("NGUYỄN THỊ PHƯƠNG THẢO", "김민지（キム・ミンジ）", "渡邉　直樹（旧姓 佐藤）", "あ" * 50)


def page_of(content: bytes, place: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    image: Image.Image = document[place].render(scale=2).to_pil()
    document.close()
    return image


def test_four_designs_are_bundled_and_each_turns_the_paper_as_it_says() -> None:
    found = {k: (x.title, [round(v) for v in x.size], x.art) for k, x in bundled_layouts().items()}
    assert found == {
        "landscape": ("A4 横", [842, 595], True),
        "landscape_preprinted": ("A4 横（印刷済みの用紙）", [842, 595], False),
        "portrait": ("A4 縦", [595, 842], True),
        "portrait_preprinted": ("A4 縦（印刷済みの用紙）", [595, 842], False),
    }


@pytest.mark.parametrize("key", ["landscape_preprinted", "portrait_preprinted"])
def test_nothing_is_printed_on_the_border_of_a_preprinted_paper(key: str) -> None:
    image = page_of(render_certificates([face("髙﨑 健太郎")], CertificatePaper(bundled_layouts()[key])))
    width, height = image.size
    border = [
        image.crop(box) for box in ((0, 0, width, 110), (0, 0, 110, height), (width - 110, 0, width, height))
    ]
    assert [b.convert("L").getextrema() for b in border] == [(255, 255)] * 3


@pytest.mark.parametrize("key", ["landscape", "portrait"])
@pytest.mark.parametrize("name", HARD)
def test_no_name_leaves_its_line_nor_the_paper_on_any_design(key: str, name: str) -> None:
    layout = bundled_layouts()[key]
    bare = CertificatePaper(replace(layout, art=False))
    document = pypdfium2.PdfDocument(render_certificates([face(name)], bare))
    words = document[0].get_textpage()
    place = layout.name
    left, right = place.middle - place.width / 2, place.middle + place.width / 2
    inside = words.get_text_bounded(left - 1, place.line - 3, right + 1, place.line + 70)
    document.close()
    assert "".join(inside.split()) == "".join(name.split())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[qr]", "[qr", "行目の書き方が TOML になっていません"),
        ('orientation = "landscape"', 'orientation = "square"', "orientation は landscape か portrait"),
        ("side = 26.1", "side = 12", r"\[qr\] の side は20 mm 以上"),
        ("x = 26.99", "x = 290", r"\[qr\] が紙からはみ出しています"),
        ("width = 118", "width = 400", r"\[name\] が紙からはみ出しています"),
        ("{valid_from}から", "{valid_form}から", r"\{valid_form\} は使えません"),
        ('text = "{issued}"', 'text = "日付"', r"\{issued\} を刷る"),
        ("size = 46", 'size = "大"', "size に数がありません"),
        ('text = "検証用コード"', 'text = "𓀀"', "𓀀 は印刷できません"),
        ("fit = 105.8", "fitt = 105.8", "fitt は使えません"),
        ("[signature]", "[sign]", r"\[signature\] がありません"),
        ("renewal = [", "renewed = [", "renewal に本文がありません"),
    ],
)
def test_a_design_that_cannot_be_printed_says_what_is_wrong_with_it(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(RuleViolation, match=words) as refusal:
        parse_layout("新しい設計", TEXT.replace(old, new, 1))
    assert str(refusal.value).startswith("紙の設計「新しい設計」")


def test_the_mark_of_a_paper_changes_with_the_design_and_with_the_seal() -> None:
    plain = CertificatePaper()
    marks = {
        plain.mark,
        CertificatePaper(parse_layout("landscape", TEXT + "\n# 変えた\n")).mark,
        CertificatePaper(seal=b"1").mark,
        CertificatePaper(signature=b"1").mark,
    }
    assert len(marks) == 4
    assert plain.mark == CertificatePaper(standard_layout()).mark
    assert plain.mark.startswith("landscape:")


def test_the_seal_and_the_signature_stand_in_their_places_and_nothing_is_transparent() -> None:
    picture = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (10, 10, 50, 50))
    out = BytesIO()
    picture.save(out, "PNG")
    paper = CertificatePaper(seal=out.getvalue(), signature=out.getvalue())
    content = render_certificates([face("髙﨑 健太郎")], paper)
    assert content == render_certificates([face("髙﨑 健太郎")], paper)
    image, layout = page_of(content), standard_layout()
    for box in (layout.seal, layout.signature):
        middle = (round((box.x + box.width / 2) * 2), round((layout.size[1] - box.y - box.height / 2) * 2))
        red, green, blue = cast(tuple[int, int, int], image.getpixel(middle))
        assert (red > 180, green < 40, blue < 40) == (True, True, True)
    assert (b"/SMask" in content, b"/ca " in content) == (False, False)


def test_each_page_is_tagged_in_reading_order_and_has_its_bookmark(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_certificates([face("髙﨑 健太郎", 1), face("神谷 徹", 2)]))
    words = run("pdfinfo", "-struct-text", str(path)).replace(" (block)", "").split("\n")
    kinds = [w.strip() for w in words if w.strip() in ("Document", "H1", "P", "Figure")]
    assert kinds == ["Document", *["H1", "P", "P", "Figure"] * 2]
    assert [w.strip() for w in words if "認定番号" in w] == [
        '"認定番号　第R7-2-0001号昭和63年4月12日生髙﨑 健太郎"',
        '"認定番号　第R7-2-0002号昭和63年4月12日生神谷 徹"',
    ]
    reader = pypdf.PdfReader(path)
    titles = [str(o.title) for o in reader.outline if isinstance(o, pypdf.generic.Destination)]
    assert titles == ["第R7-2-0001号　髙﨑 健太郎", "第R7-2-0002号　神谷 徹"]
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    elements = [e.get_object() for e in root["/StructTreeRoot"]["/K"]["/K"]]
    assert [e["/Alt"] for e in elements if e["/S"] == "/Figure"] == ["検証用コード"] * 2

import hashlib
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from fontTools.ttLib import TTFont

from app.documents import embedding, faces, fonts
from app.documents.fonts import GOTHIC, MINCHO, missing_glyphs, shape, text_width, wrap
from app.domain.errors import RuleViolation
from tests.documents.helpers import NAMES, embedded_fonts, extracted, one_line, run

FOLDER = Path(faces.__file__).parents[2] / "resources" / "fonts"
IVS_AJ1 = "辻\U000e0100"
IVS_MJ = "辻\U000e0102"


def glyphs(text: str) -> list[tuple[str, int]]:
    return [(r.face.name, g.number) for r in shape(text).runs for g in r.glyphs]


@pytest.mark.parametrize("family", [MINCHO, GOTHIC])
def test_every_name_of_the_sample_is_drawn_and_copied_exactly_as_typed(family: str, tmp_path: Path) -> None:
    copied = {n: extracted(tmp_path / "a.pdf", one_line(n, family=family)) for n in NAMES}
    assert copied == {n: n for n in NAMES}
    assert [missing_glyphs(n, family) for n in NAMES] == [()] * len(NAMES)


def test_a_kanji_beyond_the_first_plane_is_written_as_a_utf16_pair(tmp_path: Path) -> None:
    assert "<D867DE3D>" in embedding.to_unicode(["𩸽"])
    assert extracted(tmp_path / "a.pdf", one_line("𩸽川 𠮷田")) == "𩸽川 𠮷田"


def test_the_map_back_to_text_has_at_most_a_hundred_lines_a_block() -> None:
    written = embedding.to_unicode([chr(0x4E00 + i) for i in range(250)])
    assert [line for line in written.splitlines() if line.endswith("beginbfchar")] == [
        "100 beginbfchar",
        "100 beginbfchar",
        "50 beginbfchar",
    ]


def test_a_variation_selector_chooses_another_form_and_is_copied_back(tmp_path: Path) -> None:
    plain, aj1, mj = glyphs("辻"), glyphs(IVS_AJ1), glyphs(IVS_MJ)
    assert (len(aj1), len(mj)) == (1, 1)
    assert aj1 != plain
    assert mj != plain
    assert (aj1[0][0], mj[0][0]) == ("BIZUDMincho-Regular", "IPAmjMincho")
    for text in (IVS_AJ1, IVS_MJ, "葛\U000e0100城"):
        assert extracted(tmp_path / "a.pdf", one_line(text)) == text


def test_a_form_that_no_font_has_is_reported_with_its_selector() -> None:
    assert missing_glyphs("山\U000e01ef田") == ("山\U000e01ef",)


def test_what_no_font_draws_is_named_and_never_printed_as_a_box() -> None:
    assert missing_glyphs("田𓀀中𓀀𖼀") == ("𓀀", "𖼀")
    with pytest.raises(RuleViolation, match=r"U\+13000"):
        one_line("田𓀀中")


def test_devanagari_myanmar_and_thai_are_shaped_and_their_marks_move(tmp_path: Path) -> None:
    (run_,) = shape("श्रेष्ठ").runs
    assert len(run_.glyphs) < len("श्रेष्ठ")
    for text in ("श्रेष्ठ सुनिता", "မြင့်မြင့်အေး", "สมชาย ใจดี", "น้ำใส"):
        assert extracted(tmp_path / "a.pdf", one_line(text)) == text


def test_era_names_and_companies_keep_their_separate_characters() -> None:
    assert [len(glyphs(t)) for t in ("令和", "株式会社", "昭和")] == [2, 4, 2]


def test_widths_written_are_those_of_the_embedded_font(tmp_path: Path) -> None:
    for name, parts in embedded_fonts(tmp_path / "a.pdf", one_line("髙﨑 NGUYỄN 김 𠮷")).items():
        below = parts["below"]
        inside = TTFont(BytesIO(below["/FontDescriptor"]["/FontFile2"].get_data()))  # type: ignore[index]
        map_ = below["/CIDToGIDMap"].get_object().get_data()  # type: ignore[union-attr]
        numbers = [int.from_bytes(map_[i : i + 2], "big") for i in range(2, len(map_), 2)]
        order = inside.getGlyphOrder()
        scale = 1000 / inside["head"].unitsPerEm
        widths = [float(w) for w in below["/W"][1]]  # type: ignore[index]
        real = [inside["hmtx"][order[n]][0] * scale for n in numbers]
        assert [abs(a - b) < 0.01 for a, b in zip(widths, real, strict=True)] == [True] * len(real), name


def test_no_page_has_an_empty_transition_or_a_font_that_is_not_embedded(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(one_line("髙﨑"))
    (page,) = pypdf.PdfReader(path).pages
    assert "/Trans" not in page
    rows = [line.split() for line in run("pdffonts", str(path)).splitlines()[2:]]
    assert [(r[0].split("+")[1], r[-5:-2]) for r in rows] == [("BIZUDMincho-Regular", ["yes", "yes", "yes"])]


def test_only_the_glyphs_that_were_used_are_embedded(tmp_path: Path) -> None:
    content = one_line("𠮷")
    assert len(content) < 20_000
    (parts,) = embedded_fonts(tmp_path / "a.pdf", content).values()
    data = parts["below"]["/FontDescriptor"]["/FontFile2"].get_data()  # type: ignore[index]
    assert len(TTFont(BytesIO(data)).getGlyphOrder()) == 2


def test_a_roman_name_stays_in_one_font() -> None:
    for text in ("NGUYỄN THỊ PHƯƠNG THẢO", "DA SILVA FERREIRA JOÃO", "Иванов Иван"):
        assert [r.face.name for r in shape(text).runs] == ["NotoSerif-Regular"], text


def test_a_compatibility_kanji_is_not_turned_into_another_character(tmp_path: Path) -> None:
    text = "神\ufa19 か\u3099"
    assert extracted(tmp_path / "a.pdf", one_line(text)) == text


def test_a_right_to_left_name_is_copied_in_reading_order(tmp_path: Path) -> None:
    marks = "\u202a\u202b\u202c"
    copied = extracted(tmp_path / "a.pdf", one_line("محمد علي"))
    assert copied.strip(marks) == "محمد علي"


def test_spaced_titles_are_copied_without_the_spaces(tmp_path: Path) -> None:
    assert extracted(tmp_path / "a.pdf", one_line("認定証", tracking=0.6)) == "認定証"


def test_a_line_too_long_is_shrunk_to_the_width_asked_for() -> None:
    from app.documents.page import Paper

    paper = Paper("試し", "試し")
    size = paper.draw_text(0, 0, "漢" * 40, 20, fit=400)
    assert size == pytest.approx(10.0)
    assert paper.draw_text(0, 0, "漢", 20, fit=400) == 20


def test_lines_are_broken_so_that_no_mark_begins_a_line_and_nothing_is_lost() -> None:
    text = "上記の者は、外国人支援コーディネーター（NGUYỄN THỊ）として認証する。" * 5
    for chars in range(6, 40):
        rows = wrap(text, 10, chars * 10)
        assert "".join(rows) == text
        assert [r for r in rows if r[0] in "、。）ーィ"] == []
        assert [r for r in rows if text_width(r, 10) > chars * 10 + 0.01] == []


def test_a_missing_or_damaged_font_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "書体.ttf"
    with pytest.raises(RuleViolation, match=r"書体ファイル 書体\.ttf がない"):
        faces.checked_face(path, "0" * 64)
    content = bytearray((FOLDER / "NotoSerifThai-Regular.ttf").read_bytes())
    digest = hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    assert faces.checked_face(path, digest).covers("ส")
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(RuleViolation, match="壊れている"):
        faces.checked_face(path, digest)


def test_the_fonts_on_disk_are_those_of_the_list_and_each_has_its_licence() -> None:
    rows = (line.split("  ") for line in (FOLDER / "SHA256SUMS").read_text().splitlines())
    listed = {name: digest for digest, name in rows}
    real = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in FOLDER.glob("*.ttf")}
    assert real == listed
    readme = (FOLDER / "README.md").read_text("utf-8")
    licences = sorted(p.name for p in (FOLDER / "licenses").iterdir())
    assert [n for n in licences if f"licenses/{n}" not in readme] == []


def test_a_font_is_read_once_a_process() -> None:
    assert faces.load_face("NotoSerif-Regular.ttf") is faces.load_face("NotoSerif-Regular.ttf")


def test_clusters_put_together_are_the_text() -> None:
    for name in (*NAMES, IVS_AJ1 + "が\u3099", ""):
        assert "".join(faces.clusters(name)) == name
    assert faces.clusters(IVS_AJ1 + "田") == (IVS_AJ1, "田")
    assert fonts.shape("").runs == ()

"""色・書体・拡大。"""

import sys
from importlib.resources import files

import pytest
from PySide6.QtGui import QFont, QRawFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QWidget,
)

from ui.theme import tokens
from ui.theme.fonts import fit_font, japanese_translator, load_fonts
from ui.theme.style import apply_theme, current_look, show_if, style_sheet
from ui.widgets.number import NumberBox


@pytest.mark.parametrize("palette", [tokens.LIGHT, tokens.DARK], ids=lambda p: p.name)
def test_every_text_stands_out_from_its_ground_by_four_and_a_half(palette: tokens.Tokens) -> None:
    low = {n: round(tokens.contrast(a, b), 2) for n, a, b in palette.pairs() if tokens.contrast(a, b) < 4.5}
    assert low == {}


def test_contrast_is_that_of_the_standard() -> None:
    assert tokens.contrast("#000000", "#ffffff") == 21.0
    assert tokens.contrast("#ffffff", "#ffffff") == 1.0
    assert round(tokens.contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize(("asked", "given"), [(0.5, 0.9), (1.0, 1.0), (1.25, 1.25), (3.0, 1.5)])
def test_scale_stays_between_ninety_and_one_hundred_and_fifty(asked: float, given: float) -> None:
    assert tokens.clamp_scale(asked) == given


@pytest.mark.parametrize("palette", [tokens.LIGHT, tokens.DARK], ids=lambda p: p.name)
def test_no_mark_is_left_unfilled_in_the_style_sheet(palette: tokens.Tokens) -> None:
    made = style_sheet(palette, 1.5)
    assert [mark for mark in "$@%" if mark in made] == []


def test_look_is_read_back_as_it_was_put_on(themed: QApplication) -> None:
    look = apply_theme(themed, tokens.DARK, 1.5)
    assert (look.tokens.name, round(look.scale, 2), current_look()) == ("dark", 1.54, look)


def test_the_scale_makes_controls_taller(themed: QApplication) -> None:
    small = QPushButton("あ").sizeHint().height()
    apply_theme(themed, tokens.LIGHT, 1.5)
    assert QPushButton("あ").sizeHint().height() >= small * 1.3


def test_a_part_without_parent_is_not_opened_as_a_window(themed: QApplication) -> None:
    part = QLabel("あ")
    show_if(part, False)
    show_if(part, True)
    assert part.isVisible() is False
    whole = QWidget()
    part.setParent(whole)
    whole.show()
    assert part.isVisible() is True
    whole.close()


def test_qt_speaks_japanese(themed: QApplication) -> None:
    translator = japanese_translator(themed)
    assert translator is not None
    assert translator.translate("QPlatformTheme", "Cancel") == "キャンセル"


def test_accented_latin_is_drawn_in_one_face() -> None:
    font = QFont()
    font.setFamilies(["BIZ UDGothic", "Noto Sans", "NanumGothic"])
    assert fit_font(font, "NGUYỄN THỊ HƯƠNG").families() == ["Noto Sans", "BIZ UDGothic", "NanumGothic"]
    assert fit_font(font, "髙﨑 健太郎").families() == font.families()
    assert fit_font(font, "SHRESTHA BINOD").families() == font.families()


def test_japanese_face_comes_first_and_the_rare_kanji_last() -> None:
    families = load_fonts()
    known = [f for f in families if f in ("BIZ UDGothic", "Noto Sans", "IPAmjMincho", "HanaMinA")]
    assert known == ["BIZ UDGothic", "Noto Sans", "IPAmjMincho", "HanaMinA"]
    assert families[-2:] == ("IPAmjMincho", "HanaMinA")
    assert families[0] == "BIZ UDGothic"


def test_void_calls_do_not_eat_references_to_none(themed: QApplication) -> None:
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(10_000):
        widget.update()
    assert sys.getrefcount(None) >= before - 50


def test_a_kanji_that_is_not_used_in_japan_is_in_a_bundled_face() -> None:
    fonts = {
        name: QRawFont(str(files("resources") / "fonts" / name), 12.0)
        for name in ("HanaMinA.ttf", "ipamjm.ttf")
    }
    assert {name: font.supportsCharacter(ord("张")) for name, font in fonts.items()} == {
        "HanaMinA.ttf": True,
        "ipamjm.ttf": False,
    }
    assert "HanaMinA" in load_fonts()


@pytest.mark.parametrize("palette", [tokens.LIGHT, tokens.DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_the_mark_of_a_choice_is_seen_and_grows_with_the_scale(
    themed: QApplication, palette: tokens.Tokens, kind: type[QAbstractButton]
) -> None:
    sizes = []
    for scale in (1.0, 1.5):
        apply_theme(themed, palette, scale)
        button = kind()
        button.resize(60, 40)
        for on in (False, True):
            button.setChecked(on)
            image = button.grab().toImage()
            found = [image.pixelColor(x, y).name() for x in range(60) for y in range(40)]
            sizes.append(sum(c == palette.accent for c in found))
            # 選ばれていないときの縁も、地から 3 : 1 で見える（WCAG 2.2 1.4.11）
            assert max(tokens.contrast(c, found[0]) for c in set(found)) >= 3.0
    assert sizes[0] == sizes[2] == 0
    assert sizes[3] > sizes[1] * 1.6


def test_a_number_stands_as_far_from_the_left_edge_as_other_text(themed: QApplication) -> None:
    for scale in (1.0, 1.5):
        look = apply_theme(themed, tokens.LIGHT, scale)
        assert NumberBox().lineEdit().textMargins().left() == look.px(8)

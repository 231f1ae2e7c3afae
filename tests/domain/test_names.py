"""氏名の検索の鍵。"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.names import grams, name_cautions, name_problems, search_key


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("髙﨑 健太郎", "高崎健太郎"),
        ("𠮷田 みなみ", "吉田ミナミ"),
        ("辻󠄀 佳奈", "辻佳奈"),
        ("渡邊 直樹", "渡辺　直樹"),
        ("渡邉 千尋", "渡邊千尋"),
        ("齋藤 美咲", "斉藤美咲"),
        ("\ufa19谷 徹", "神谷徹"),
        ("NGUYỄN THỊ PHƯƠNG THẢO", "nguyen thi phuong thao"),
        ("TRẦN VĂN ĐỨC", "tran van duc"),
        ("タカサキ ケンタロウ", "たかさきけんたろう"),
        ("ﾀｶｻｷ", "タカサキ"),
        ("ＳＨＲＥＳＴＨＡ", "shrestha"),
        ("アーティフ", "ア―ティフ"),
        ("アーティフ", "ｱｰﾃｨﾌ"),
        ("SMITH‐JONES", "Smith-Jones"),
        ("Oʻgʻli", "o'gli"),
        ("IŞIK", "ışık"),
        ("ÞÓRA SÆBJØRN", "thora saebjorn"),
        ("張 偉", "张伟"),
        ("すゞ", "スヾ"),
        ("カ\u3099", "ガ"),
    ],
)
def test_any_spelling_makes_the_same_key(stored: str, typed: str) -> None:
    assert search_key(stored) == search_key(typed)


def test_different_names_stay_different() -> None:
    keys = {search_key(name) for name in ("山田", "川田", "バス", "ハス", "김 지은", "김 지운", "မြင့်", "မြင်")}
    assert len(keys) == 8


@example("0\x80꣠")
@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key


def test_grams_are_each_letter_and_each_neighbouring_pair_once() -> None:
    assert grams("ああい") == ("あ", "い", "ああ", "あい")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("髙﨑 健太郎", ()),
        ("辻󠄀", ()),
        ("a\tb", ("U+0009",)),
        ("a\u202eb", ("U+202E",)),
        ("a\ud800", ("U+D800",)),
        ("a\ue000", ("U+E000",)),
        ("a\u2028b\u2028", ("U+2028",)),
        ("山\ufffd", ("U+FFFD",)),
        ("山〓", ("U+3013",)),
        ("\u3164", ("U+3164",)),
        ("نور\u200cالدین", ()),
    ],
)
def test_only_characters_that_no_name_has_are_named(name: str, expected: tuple[str, ...]) -> None:
    assert name_problems(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("髙﨑 健太郎", ()),
        ("", ()),
        (" 髙﨑", ("氏名の前に空白があります。",)),
        ("髙﨑\u3000", ("氏名の後に空白があります。",)),
        ("髙﨑  健太郎", ("氏名の中に空白が続いています。",)),
        ("　", ("氏名の前に空白があります。", "氏名の後に空白があります。")),
    ],
)
def test_spaces_that_may_be_slips_are_told_and_kept(name: str, expected: tuple[str, ...]) -> None:
    assert name_cautions(name) == expected


@given(st.text(st.sampled_from("髙﨑高崎たカｱｰー―-NguyễnĐ ʻ'々")), st.data())
def test_any_part_of_a_name_without_marks_finds_the_name(name: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(name)))
    part = name[first : data.draw(st.integers(first, len(name)))].lstrip("―")
    assert search_key(part) in search_key(name)

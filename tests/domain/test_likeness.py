"""同じ人かもしれないこと：似ているわけの言葉と、鍵で組を見落とさないこと。"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.likeness import Identity, Likeness, likeness, one_character_apart, phone_digits

BORN = date(1980, 4, 1)
HANAKO = Identity("髙橋 花子", BORN, "タカハシ ハナコ", phone="090-1234-5678", email="h@example.jp")


def strong(*reasons: str) -> Likeness:
    return Likeness(reasons, True)


def weak(*reasons: str) -> Likeness:
    return Likeness(reasons, False)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Identity("高橋 華子", BORN, "たかはし　はなこ"), strong("フリガナと生年月日が同じです。")),
        (Identity("高橋花子", BORN, "コウキョウ カコ"), strong("氏名と生年月日が同じです。")),
        (
            Identity("佐藤 花子", BORN, "サトウ ハナコ", former_name="高橋 花子"),
            strong("一方の旧姓がもう一方の氏名と同じで、生年月日も同じです。"),
        ),
        (
            Identity("佐藤 花子", BORN, "サトウ ハナコ", former_name="高橋"),
            strong("一方の旧姓がもう一方の氏名と同じで、生年月日も同じです。"),
        ),
        (
            Identity("タカハシ ハナコ", BORN),
            strong("氏名とフリガナと生年月日が同じです。"),
        ),
        (
            Identity("別 人", BORN, "ベツ ジン", phone="+81 90 1234 5678"),
            strong("電話と生年月日が同じです。"),
        ),
        (Identity("別 人", BORN, "ベツ ジン", email="Ｈ@EXAMPLE.jp"), strong("メールと生年月日が同じです。")),
        (
            Identity("別 人", BORN, "タカハシ ハナエ"),
            weak("フリガナが一字だけ違い、生年月日が同じです。"),
        ),
        (
            Identity("別 人", date(1980, 1, 4), "タカハシ ハナコ"),
            weak("氏名かフリガナが同じで、生年月日の月と日が入れ替わっています。"),
        ),
        (
            Identity("高橋 花子", date(1981, 4, 1), phone="09012345678"),
            weak("氏名かフリガナと電話が同じで、生年月日が違います。"),
        ),
        (Identity("高橋 花子", date(1981, 4, 1), "タカハシ ハナコ"), None),
        (Identity("別 人", BORN, "ベツ ジン"), None),
        (Identity("別 人", date(1980, 1, 4), "ベツ ジン"), None),
        (Identity("別 人", date(1981, 4, 1), "ベツ ジン", phone="090-1234-5678"), None),
        (Identity("別 人", BORN, "タカハシ ハナヨノ"), None),
    ],
)
def test_two_records_are_alike_for_a_reason_that_is_said(other: Identity, why: Likeness | None) -> None:
    assert likeness(HANAKO, other) == likeness(other, HANAKO) == why


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("アイウエ", "アイウオ", True),
        ("アイウエ", "アイウ", True),
        ("アイウエ", "カアイウエ", True),
        ("アイウエ", "アイウエ", False),
        ("アイウエ", "アウイエ", False),
        ("アイウエ", "アイ", False),
        ("", "ア", True),
    ],
)
def test_one_character_more_less_or_other(one: str, other: str, apart: bool) -> None:
    assert one_character_apart(one, other) == one_character_apart(other, one) == apart


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("０９０−１２３４−５６７８", "09012345678"),
        ("+81-90-1234-5678", "09012345678"),
        ("+81 (0)3 0000 0001", "0300000001"),
        ("(03) 0000 0001 内線", "0300000001"),
        ("なし", ""),
    ],
)
def test_a_phone_number_is_its_digits(text: str, digits: str) -> None:
    assert phone_digits(text) == digits


names = st.sampled_from(["髙橋 花子", "高橋 花子", "佐藤 花子", "タカハシ ハナコ", "別 人"])
readings = st.sampled_from(["", "タカハシ ハナコ", "たかはしはなこ", "タカハシハナエ", "サトウ ハナコ", "リ"])
people = st.builds(
    Identity,
    names,
    st.sampled_from([BORN, date(1980, 1, 4), date(1980, 5, 1), date(1981, 4, 1)]),
    readings,
    former_name=st.sampled_from(["", "高橋", "高橋 花子"]),
    phone=st.sampled_from(["", "03-0000-0001", "0300000001", "123"]),
    email=st.sampled_from(["", "a@example.jp"]),
)


@given(people, people)
def test_whoever_is_alike_shares_a_key_so_that_no_pair_is_overlooked(one: Identity, other: Identity) -> None:
    why = likeness(one, other)
    assert why == likeness(other, one)
    if why is not None:
        day = one.day == other.day and set(one.same_day_keys()) & set(other.same_day_keys())
        assert day or set(one.contact_keys()) & set(other.contact_keys())


@given(people)
def test_everybody_is_like_himself(one: Identity) -> None:
    found = likeness(one, replace(one))
    assert found is not None
    assert found.strong

"""連絡先の書き方：確かに違うものだけを断り、ほかは注意にとどめる。"""

from typing import Literal

import pytest

from app.domain.contacts import PREFECTURES, Contacts, contact_findings

Verdict = Literal["", "注意", "誤り"]


def verdict(contacts: Contacts) -> tuple[str, Verdict]:
    found = list(contact_findings(contacts))
    assert len(found) < 2
    if not found:
        return "", ""
    return found[0].column, "注意" if found[0].warning else "誤り"


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("", ""),
        ("hanako@example.jp", ""),
        ("a.b+c@sub.example.co.jp", ""),
        ("hanako.example.jp", "誤り"),
        ("hanako@", "誤り"),
        ("@example.jp", "誤り"),
        ("a@@example.jp", "誤り"),
        ("a b@example.jp", "誤り"),
        ("a@example.jp、b", "誤り"),
        ("a@example.jp、b@example.jp", "注意"),
        ("hanako＠example.jp", "注意"),
        (" hanako@example.jp", "注意"),
        ("hanako@localhost", "注意"),
        ("なし", "注意"),
    ],
)
def test_an_address_without_its_at_is_refused(email: str, expected: Verdict) -> None:
    assert verdict(Contacts(email=email)) == ("メール" if expected else "", expected)


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("", ""),
        ("090-1111-2222", ""),
        ("０９０ー１１１１ー２２２２", ""),
        ("(03) 1234-5678", ""),
        ("+84 90 123 45 67", ""),
        ("+84-24-3936-1234", ""),
        ("+998 (71) 200-00-00", ""),
        ("03-1234-5678 内線 12", ""),
        ("03-1234-5678 ext.12", ""),
        ("携帯 090-1111-2222", ""),
        ("03-1234-5678、090-1111-2222", ""),
        ("O9O-1111-2222", "誤り"),
        ("hanako@example.jp", "誤り"),
        ("ほんにん", "誤り"),
        ("090-1111-2222（母）", "注意"),
        ("1234-5678", "注意"),
        ("0901111222222222", "注意"),
        ("090-1111-2222、12、0A", "誤り"),
        ("ー", "注意"),
        ("無し", "注意"),
    ],
)
def test_a_foreign_number_is_taken_and_letters_are_not(phone: str, expected: Verdict) -> None:
    assert verdict(Contacts(phone=phone)) == ("電話" if expected else "", expected)


@pytest.mark.parametrize(
    ("postal", "address", "expected"),
    [
        ("", "東京都千代田区", ""),
        ("100-0001", "東京都千代田区", ""),
        ("〒１００−０００１", "東京都千代田区", ""),
        ("1000001", "", ""),
        ("100-001", "東京都千代田区", "誤り"),
        ("100-0001-2", "東京都千代田区", "誤り"),
        ("100000", "", "注意"),
        ("100000", "Hà Nội", "注意"),
        ("EC1A 1BB", "London", "注意"),
        ("郵便局留", "", "誤り"),
        ("不明", "London", "誤り"),
        ("なし", "東京都千代田区", "注意"),
    ],
)
def test_a_postal_code_of_japan_has_seven_digits(postal: str, address: str, expected: Verdict) -> None:
    found = verdict(Contacts(postal_code=postal, address=address))
    assert found == ("郵便番号" if expected else "", expected)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("ミホン ハナコ", ""),
        ("みほん はなこ", ""),
        ("グエン・ティ", ""),
        ("Nguyen Thi", ""),
        ("ﾐﾎﾝ", ""),
        ("見本 ハナコ", "誤り"),
        ("佐々木", "誤り"),
        ("𠮷ダ", "誤り"),
    ],
)
def test_a_reading_has_no_kanji(reading: str, expected: Verdict) -> None:
    assert verdict(Contacts(reading=reading)) == ("フリガナ" if expected else "", expected)


def test_an_unknown_prefecture_is_a_caution_that_names_the_likely_one() -> None:
    assert len(PREFECTURES) == len(set(PREFECTURES)) == 47
    assert [verdict(Contacts(affiliation_prefecture=name)) for name in PREFECTURES] == [("", "")] * 47
    assert verdict(Contacts(affiliation_prefecture="江戸県")) == ("所属機関の都道府県", "注意")
    (short,) = contact_findings(Contacts(affiliation_prefecture="東京"))
    assert short.reason == "「東京」は「東京都」のことなら、「東京都」と入れてください。"


def test_every_field_is_said_once_in_the_order_of_the_form_with_its_value_as_typed() -> None:
    wrong = Contacts("見本", "A", "B", "C", "東京都", "D")
    assert [(f.column, f.value, f.warning) for f in contact_findings(wrong)] == [
        ("フリガナ", "見本", False),
        ("電話", "A", False),
        ("メール", "B", False),
        ("郵便番号", "C", False),
        ("所属機関の都道府県", "D", True),
    ]

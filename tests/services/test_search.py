"""検索：どの書き方でも、その人と番号に行き着く。"""

from datetime import date

import pytest

from app.services import intake, search
from app.services.office import Office
from app.workbooks.applicant_forms import ApplicantForm
from database.schema.people import Person
from database.store import Store
from tests.factories import change, make_certifications, make_cohort, make_office, make_person


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def received(office: Office, cohort: int, name: str, reading: str = "", **values: str) -> int:
    form = ApplicantForm(row=0, number="", name=name, birth_date=date(1980, 4, 1), reading=reading, **values)  # type: ignore[arg-type]
    return intake.receive_application(office, cohort, form, another_person=True)


def found(office: Office, text: str, limit: int = 20) -> list[tuple[str, int]]:
    return [(h.kind, h.target_id) for h in search.find(office, text, limit)]


@pytest.mark.parametrize(
    "text",
    [
        "髙﨑",
        "高崎",
        "高 崎",
        "崎　由",
        "タカサキ",
        "たかさき",
        "ﾀｶｻｷ ﾕｶ",
        "TAKASAKI",
        "ｔａｋａｓａｋｉ",
        "渡邊",
        "渡辺",
        "ゆかりん",
    ],
)
def test_any_spelling_of_any_part_of_any_of_the_names_finds_the_person(office: Office, text: str) -> None:
    cohort = make_cohort(office)
    wanted = received(
        office,
        cohort,
        "髙﨑 由香",
        "タカサキ ユカ",
        roman_name="Takasaki Yuka",
        former_name="渡邉 由香",
        alias="ユカリン",
    )
    received(office, cohort, "見本 太郎", "ミホン タロウ")
    assert found(office, text) == [("人", wanted)]


def test_nothing_is_found_for_nothing_or_for_what_is_not_there(office: Office) -> None:
    received(office, make_cohort(office), "見本 太郎", "ミホン タロウ")
    assert [search.find(office, text) for text in ("", "　", "・", "太見", "存在しない")] == [()] * 5


@pytest.mark.parametrize("text", ["第R7-1-0001号", "r7-1-0001", "Ｒ７－１－０００１", "R7‐1‐0001", "0001号"])
def test_a_certificate_number_is_found_however_it_is_typed(office: Office, text: str) -> None:
    cohort = make_cohort(office)
    (certification,) = make_certifications(office, cohort, [received(office, cohort, "見本 太郎")])
    assert ("認定番号", certification) in found(office, text)


@pytest.mark.parametrize("text", ["2", "0002", "０００２", " 2 "])
def test_a_reception_number_finds_its_application(office: Office, text: str) -> None:
    cohort = make_cohort(office)
    received(office, cohort, "見本 太郎")
    second = received(office, cohort, "見本 花子")
    assert found(office, text) == [("受付番号", second)]


@pytest.mark.parametrize("text", ["090-1234-5678", "０９０１２３４", "1234 5678", "5678", "+81 90-1234"])
def test_a_phone_number_is_found_from_any_part_of_it(office: Office, text: str) -> None:
    cohort = make_cohort(office)
    received(office, cohort, "見本 太郎", phone="03-0000-0001")
    wanted = received(office, cohort, "見本 花子", phone="(090) 1234-5678")
    assert found(office, text) == [("電話", wanted)]
    person_id = intake.get_application(office, wanted).person.id
    intake.update_person(office, person_id, {"phone": "なし"})
    assert found(office, text) == []


def test_what_was_matched_is_said_when_it_is_not_the_name_shown(office: Office) -> None:
    received(office, make_cohort(office), "佐藤 花子", "サトウ ハナコ", former_name="渡邉")
    assert [h.subtitle for h in search.find(office, "渡辺")] == ["サトウ ハナコ（旧姓 渡邉）"]
    assert [h.subtitle for h in search.find(office, "花子")] == ["サトウ ハナコ"]


def test_letters_that_only_look_right_apart_never_hide_the_right_person(office: Office) -> None:
    cohort = make_cohort(office)
    for n in range(9):  # 二字の組（小林・林小・小本）はすべて持つが、続いてはいない
        received(office, cohort, f"小林小 {n}", former_name=f"小本 {n}")
    wanted = received(office, cohort, "小林小 本人")
    assert ("人", wanted) in found(office, "小林小本", limit=2)


def test_the_newest_application_is_opened_and_a_merged_person_is_not_found(office: Office) -> None:
    first = received(office, make_cohort(office), "見本 太郎", "ミホン タロウ")
    person_id = intake.get_application(office, first).person.id
    form = ApplicantForm(
        row=0, number="", name="見本 太郎", birth_date=date(1980, 4, 1), reading="ミホン タロウ"
    )
    second = intake.receive_application(office, make_cohort(office, 2), form, person_id=person_id)
    assert found(office, "見本") == [("人", second)]
    change(office, Person, person_id, merged_into_id=make_person(office, "別 人"))
    assert found(office, "見本") == []

"""受付の部屋：研修期・一人の申込・補正依頼・書類・辞退。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.errors import RuleViolation
from app.services import intake, search
from app.services.intake import CohortForm, LikelyDuplicate
from app.services.intake.form import FormRefused
from app.services.office import Office
from app.workbooks.applicant_forms import ApplicantForm, ConvictionForm, EmploymentForm, QualificationForm
from database import audit
from database.opening import open_store
from database.schema.audit import AuditEntry
from database.schema.intake import Application, Employment
from database.schema.people import Person
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.factories import TODAY, make_application, make_cohort, make_office, make_person

HANAKO = ApplicantForm(
    row=0,
    number="",
    name="神\ufa19 花子",
    birth_date=date(1985, 4, 1),
    reading="ジン ハナコ",
    counter_name="見本市外国人相談窓口",
    counter="municipal",
    counter_engaged=True,
    counter_standard=True,
    mental_declared=False,
    employments=(EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "A", True, True, 410),),
    qualifications=(QualificationForm("certified_social_worker", date(2018, 5, 10), evidence=True),),
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


def counted(office: Office) -> tuple[int, int, int, int]:
    """人・申込・在職・監査記録の数。"""
    with office.store.sessions() as session:
        found = [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Person, Application, Employment, AuditEntry)
        ]
    return found[0], found[1], found[2], found[3]


def last_entry(office: Office) -> AuditEntry:
    with office.store.sessions() as session:
        found = session.scalar(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1))
    assert found is not None
    return found


def test_a_cohort_takes_its_year_from_the_day_the_training_starts(office: Office) -> None:
    first = intake.create_cohort(office, CohortForm(2, date(2026, 3, 31), capacity=40))
    second = intake.create_cohort(office, CohortForm(1, date(2026, 4, 1)))
    found = [(c.id, c.fiscal_year, c.term, c.title, c.capacity) for c in intake.list_cohorts(office)]
    assert found == [
        (second, 2026, 1, "令和8年度 第1期", 60),
        (first, 2025, 2, "令和7年度 第2期", 40),
    ]
    assert intake.find_cohort(office, "R7-2") == first


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (CohortForm(1, date(2025, 8, 1)), "R7-1 は既にあります"),
        (CohortForm(0, date(2025, 8, 1)), "1以上"),
        (
            CohortForm(2, date(2025, 8, 1), application_closes_on=date(2025, 8, 2)),
            r"申込の締切（令和7年8月2日）が研修開始日（令和7年8月1日）より後です",
        ),
        (
            CohortForm(2, date(2025, 8, 1), course2_starts_on=date(2025, 7, 31)),
            r"養成課程②の初日（令和7年7月31日）が研修開始日（令和7年8月1日）より前です",
        ),
    ],
)
def test_a_cohort_that_contradicts_itself_or_another_is_refused(
    office: Office, cohort: int, form: CohortForm, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        intake.create_cohort(office, form)
    assert [c.id for c in intake.list_cohorts(office)] == [cohort]


def test_an_unknown_cohort_is_refused_with_the_known_ones(office: Office, cohort: int) -> None:
    with pytest.raises(RuleViolation, match="あるもの：R7-1"):
        intake.find_cohort(office, "R9-9")


def test_one_applicant_typed_by_hand_is_kept_exactly_as_typed(office: Office, cohort: int) -> None:
    make_application(office, cohort, "前の 人")
    received = intake.receive_application(office, cohort, HANAKO, received_on=date(2026, 2, 19))
    view = intake.get_application(office, received)
    assert (view.reception_number, view.received_on) == (2, date(2026, 2, 19))
    assert (view.person.name, view.person.reading) == ("神\ufa19 花子", "ジン ハナコ")
    assert [(e.counter_name, e.workdays) for e in view.employments] == [("A", 410)]
    assert [(q.kind, q.evidence) for q in view.qualifications] == [("certified_social_worker", True)]
    assert [h.target_id for h in search.find(office, "神 花子")] == [received]
    entry = last_entry(office)
    assert (entry.action, entry.subject) == ("intake.receive_application", f"application:{received}")


def test_a_likely_duplicate_is_shown_before_it_is_made(office: Office, cohort: int) -> None:
    first = intake.receive_application(office, cohort, HANAKO)
    person_id = intake.get_application(office, first).person.id
    later = make_cohort(office, 2)
    before = counted(office)
    with pytest.raises(LikelyDuplicate, match="神\ufa19 花子") as caught:
        intake.receive_application(office, later, replace(HANAKO, name="神 花子", reading="じんはなこ"))
    assert caught.value.people == ((person_id, "神\ufa19 花子"),)
    assert counted(office) == before
    same = intake.receive_application(office, later, HANAKO, person_id=person_id)
    assert intake.get_application(office, same).person.id == person_id
    twin = intake.receive_application(office, later, replace(HANAKO, name="神 華子"), another_person=True)
    assert intake.get_application(office, twin).person.id != person_id
    with pytest.raises(RuleViolation, match="申し込み済みです（受付 0001）"):
        intake.receive_application(office, later, HANAKO, person_id=person_id)


JOB = HANAKO.employments[0]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (replace(HANAKO, name="　"), "氏名が空"),
        (replace(HANAKO, name="花\u202e子"), r"U\+202E"),
        (replace(HANAKO, birth_date=TODAY), "今日より前ではありません"),
        (replace(HANAKO, employments=(replace(JOB, ended_on=date(2022, 3, 31)),)), "始まり"),
        (
            replace(HANAKO, employments=(replace(JOB, workdays=732),)),
            "1件目の在職：従業日数732日は、在職の日数731日",
        ),
        (replace(HANAKO, employments=(replace(JOB, workdays_in_window=411),)), "食い違って"),
        (
            replace(HANAKO, convictions=(ConvictionForm("other", "imprisonment", None, date(2020, 1, 1)),)),
            "確定日が空",
        ),
        (
            replace(HANAKO, convictions=(ConvictionForm("other", "whipping", date(2020, 1, 1)),)),
            "罪の区分と刑",
        ),
    ],
)
def test_a_form_that_cannot_be_true_is_refused_and_leaves_nothing(
    office: Office, cohort: int, form: ApplicantForm, words: str
) -> None:
    before = counted(office)
    with pytest.raises(RuleViolation, match=words):
        intake.receive_application(office, cohort, form)
    assert counted(office) == before


def test_every_reason_of_a_refused_form_names_its_column(office: Office, cohort: int) -> None:
    wrong = replace(HANAKO, name=" ", birth_date=TODAY, employments=(replace(JOB, workdays=732),))
    with pytest.raises(FormRefused) as caught:
        intake.receive_application(office, cohort, wrong)
    assert [column for column, _ in caught.value.problems] == ["氏名", "生年月日", "在職歴"]


def test_an_application_of_tomorrow_is_refused(office: Office, cohort: int) -> None:
    with pytest.raises(RuleViolation, match="令和8年2月21日）が今日より後"):
        intake.receive_application(office, cohort, HANAKO, received_on=date(2026, 2, 21))


def test_what_was_received_is_there_after_the_file_is_opened_again(store: Store, store_path: Path) -> None:
    office = make_office(store)
    received = intake.receive_application(office, make_cohort(office), HANAKO)
    before = intake.get_application(office, received)
    store.close()
    with open_store(store_path, PASSPHRASE) as again:
        assert intake.get_application(make_office(again), received) == before
        assert audit.verify(again) == []


def test_a_withdrawal_and_its_cancelling_both_need_a_reason_and_keep_it(office: Office, cohort: int) -> None:
    application = make_application(office, cohort)
    for act in (
        lambda reason: intake.withdraw(office, application, TODAY, reason),
        lambda reason: intake.reinstate(office, application, reason),
    ):
        with pytest.raises(RuleViolation, match="理由"):
            act(" ")
        act("本人の申出")
        assert last_entry(office).reason == "本人の申出"
        with pytest.raises(RuleViolation, match=r"既に辞退|辞退となっていません"):
            act("もう一度")
    assert intake.get_application(office, application).withdrawn_on is None


def test_a_corrected_name_is_stored_as_typed_and_found_and_loses_its_sign_off(
    office: Office, cohort: int
) -> None:
    application = make_application(
        office, cohort, "邊見 一", certificate_name="邊見 一", certificate_name_signed_off=True
    )
    person = intake.get_application(office, application).person
    intake.update_person(
        office, person.id, {"name": "邉󠄂見 一", "certificate_name": "邉見 一"}, date(1981, 1, 2)
    )
    after = intake.get_application(office, application).person
    assert (after.name, after.certificate_name, after.birth_date) == ("邉󠄂見 一", "邉見 一", date(1981, 1, 2))
    assert after.certificate_name_signed_off is False
    assert [h.title for h in search.find(office, "辺見")] == ["邉󠄂見 一"]


@pytest.mark.parametrize("changes", [{"name": ""}, {"name": "花\x00子"}, {"died_on": "2020-01-01"}])
def test_a_correction_of_the_person_that_cannot_be_is_refused(
    office: Office, changes: dict[str, str]
) -> None:
    person = make_person(office)
    before = counted(office)
    with pytest.raises(RuleViolation):
        intake.update_person(office, person, changes)
    assert counted(office) == before

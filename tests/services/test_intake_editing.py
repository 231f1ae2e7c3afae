"""受け付けた申込を直す：行の番号を保ち、矛盾を断り、決定の後の変わりを示し、ほかの直しを上書きしない。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services import eligibility, intake
from app.services.intake.editing import Amended
from app.services.intake.form import FormRefused
from app.services.office import Office
from app.workbooks.applicants import (
    ApplicantForm,
    ConvictionForm,
    EmploymentForm,
    QualificationForm,
    write_applicants,
)
from database.opening import Store
from database.schema.audit import AuditEntry
from database.schema.intake import Application
from database.schema.people import Conviction, Person
from tests.factories import change, insert, make_cohort, make_office

JOB = EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "窓口A", True, True, 410)
NEXT = EmploymentForm("private", date(2024, 4, 1), None, "窓口B", None, True, 200)
WORKER = QualificationForm("certified_social_worker", date(2015, 4, 1), None, None, True)
FINED = ConvictionForm("other", "fine", date(2008, 1, 9), date(2008, 2, 1))
HANAKO = ApplicantForm(
    row=0,
    number="",
    name="見本 花子",
    birth_date=date(1985, 4, 1),
    reading="ミホン ハナコ",
    phone="090-1111-2222",
    counter_name="見本市相談窓口",
    counter="municipal",
    counter_engaged=True,
    counter_standard=True,
    mental_declared=False,
    employments=(JOB, NEXT),
    qualifications=(WORKER,),
    convictions=(FINED,),
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office, starts_on=date(2026, 4, 1))


@pytest.fixture
def received(office: Office, cohort: int) -> int:
    return intake.receive_application(office, cohort, HANAKO)


def entries(office: Office) -> list[AuditEntry]:
    with office.store.sessions() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)))


def test_the_form_read_is_the_form_received_and_the_reading_is_audited(office: Office, received: int) -> None:
    draft = intake.read_form(office, received)
    assert draft.form == HANAKO
    assert [e.id for e in draft.form.employments] == [1, 2]
    assert (draft.received_on, draft.decided, draft.listed) == (office.today(), False, ())
    assert entries(office)[-1].summary == "欠格事由の申告を閲覧（申込の訂正）"
    with pytest.raises(RuleViolation, match="変わったところがありません"):
        intake.update_application(office, received, draft.form, seen=draft)


def test_rows_are_changed_in_place_added_and_removed_and_the_rest_stay(office: Office, received: int) -> None:
    eligibility.set_workdays(office, 2, days=[date(2024, 5, 1), date(2024, 5, 2)])
    draft = intake.read_form(office, received)
    assert draft.listed == ((2, 2),)
    first, second = draft.form.employments
    added = EmploymentForm("national", date(2019, 4, 1), date(2022, 3, 31), "窓口C")
    form = replace(
        draft.form,
        counter_engaged=False,
        counter="commissioned_by_nation",
        commissioner="出入国在留管理庁",
        employments=(replace(first, ended_on=date(2024, 2, 29), workdays=400), second, added),
        qualifications=(QualificationForm("mental_health_social_worker", date(2016, 4, 1)),),
    )
    result = intake.update_application(office, received, form, received_on=date(2026, 2, 1), seen=draft)
    found = intake.get_application(office, received)
    assert [(e.id, e.counter_name, e.ended_on, e.workdays) for e in found.employments] == [
        (1, "窓口A", date(2024, 2, 29), 400),
        (2, "窓口B", None, None),
        (3, "窓口C", date(2022, 3, 31), None),
    ]
    assert found.employments[1].days == (date(2024, 5, 1), date(2024, 5, 2))
    assert [q.kind for q in found.qualifications] == ["mental_health_social_worker"]
    assert (found.counter_engaged, found.commissioner) == (False, "出入国在留管理庁")
    assert found.received_on == date(2026, 2, 1)
    assert result == Amended(
        (
            "受付日：令和8年2月20日 → 令和8年2月1日",
            "委託元：（なし） → 出入国在留管理庁",
            "現在の従事場所の窓口の種類：地方公共団体が運営する窓口 → 国の委託等を受けた機関の窓口",
            "現在の従事場所の相談対応への従事：従事している → 従事していない",
            "在職1の終了日：令和6年3月31日 → 令和6年2月29日",
            "在職1の従業日数（全期間）：410日 → 400日",
            "在職3（窓口C）：なし → 追加（平成31年4月1日〜令和4年3月31日）",
            "国家資格1の種類：社会福祉士 → 精神保健福祉士",
            "国家資格1の登録日：平成27年4月1日 → 平成28年4月1日",
            "国家資格1の登録証の写し：確認済み → 未確認",
        ),
        False,
    )


def test_what_changed_is_audited_but_never_a_conviction_or_health(office: Office, received: int) -> None:
    draft = intake.read_form(office, received)
    form = replace(
        draft.form,
        name="見本 華子",
        phone="080-3333-4444",
        mental_declared=True,
        convictions=(replace(draft.form.convictions[0], finalized_on=date(2009, 1, 9)),),
        employments=(replace(draft.form.employments[0], counter_name="窓口甲"), draft.form.employments[1]),
    )
    form = replace(form, convictions=(replace(form.convictions[0], execution_ended_on=date(2009, 2, 1)),))
    result = intake.update_application(office, received, form, "本人の申出", seen=draft)
    entry = entries(office)[-1]
    assert (entry.action, entry.reason) == ("intake.update_application", "本人の申出")
    assert entry.summary == ("申込を訂正（在職1の窓口名、氏名、電話、欠格事由の申告）")
    assert entry.detail == {"changes": ["在職1の窓口名：窓口A → 窓口甲"]}
    assert result.changes[1:] == ("氏名", "電話", "欠格事由の申告")
    with office.store.sessions() as session:
        (conviction,) = session.scalars(select(Conviction))
        assert (conviction.id, conviction.finalized_on, conviction.source) == (1, date(2009, 1, 9), "申告")


def test_what_the_office_found_out_itself_stays(office: Office, received: int) -> None:
    insert(office, [Conviction(person_id=1, law="other", penalty="fine", source="検察庁の回答")])
    draft = intake.read_form(office, received)
    assert draft.form.convictions == (FINED,)
    intake.update_application(office, received, replace(draft.form, convictions=()), seen=draft)
    with office.store.sessions() as session:
        assert session.scalars(select(Conviction.source)).all() == ["検察庁の回答"]


def test_a_standing_decision_needs_a_reason_and_is_shown_to_be_judged_again(
    office: Office, received: int
) -> None:
    eligibility.decide(office, received, "eligible")
    draft = intake.read_form(office, received)
    assert draft.decided
    form = replace(draft.form, counter_engaged=False)
    with pytest.raises(FormRefused) as refused:
        intake.update_application(office, received, form, " ", seen=draft)
    assert [column for column, _ in refused.value.problems] == ["理由"]
    assert not eligibility.get_finding(office, received).row.changed_since
    result = intake.update_application(office, received, form, "所属機関に照会", seen=draft)
    assert result.judged_again
    found = eligibility.get_finding(office, received)
    assert (found.row.decision, found.row.changed_since) == ("eligible", True)
    assert found.fact_changes == ("現在の従事場所の相談対応への従事：従事している → 従事していない",)


def test_a_telephone_corrected_after_the_decision_is_no_new_judgement(office: Office, received: int) -> None:
    eligibility.decide(office, received, "eligible")
    draft = intake.read_form(office, received)
    form = replace(draft.form, phone="03-1234-5678")
    assert intake.update_application(office, received, form, "本人の申出") == Amended(("電話",), False)
    assert not eligibility.get_finding(office, received).row.changed_since


@pytest.mark.parametrize(
    ("wrong", "columns"),
    [
        ({"name": " "}, ["氏名"]),
        ({"email": "hanako"}, ["メール"]),
        ({"phone": "O9O", "reading": "見本"}, ["フリガナ", "電話"]),
        ({"employments": (replace(JOB, ended_on=date(2022, 3, 31)),)}, ["在職歴"]),
        ({"qualifications": (replace(WORKER, registered_on=date(1985, 4, 1)),)}, ["国家資格"]),
        ({"convictions": (replace(FINED, finalized_on=None),)}, ["申告"]),
        ({"commissioner": "見本県"}, ["委託元"]),
    ],
)
def test_what_cannot_be_true_is_refused_at_its_field_and_nothing_is_kept(
    office: Office, received: int, wrong: dict[str, object], columns: list[str]
) -> None:
    draft = intake.read_form(office, received)
    before = len(entries(office))
    with pytest.raises(FormRefused) as refused:
        intake.update_application(office, received, replace(draft.form, **wrong))  # type: ignore[arg-type]
    assert [column for column, _ in refused.value.problems] == columns
    assert len(entries(office)) == before
    assert intake.read_form(office, received).form == HANAKO


def test_the_reception_day_and_the_listed_days_are_held_to_the_facts(office: Office, received: int) -> None:
    with pytest.raises(FormRefused, match="受付日（令和8年2月21日）が今日より後"):
        intake.update_application(office, received, HANAKO, received_on=date(2026, 2, 21))
    eligibility.set_workdays(office, 1, days=[date(2024, 3, 30), date(2024, 3, 31)])
    draft = intake.read_form(office, received)
    first, second = draft.form.employments
    shorter = replace(draft.form, employments=(replace(first, ended_on=date(2024, 3, 30)), second))
    with pytest.raises(FormRefused, match=r"在職歴：1件目の在職：在職期間.*の外の日があります"):
        intake.update_application(office, received, shorter)
    fewer = replace(draft.form, employments=(replace(first, workdays=1), second))
    with pytest.raises(FormRefused, match="在職歴：1件目の在職：勤務日の一覧は2日で"):
        intake.update_application(office, received, fewer)


def test_a_contact_kept_from_an_older_record_stops_no_other_correction(office: Office, received: int) -> None:
    change(office, Person, 1, email="はなこ")
    draft = intake.read_form(office, received)
    intake.update_application(office, received, replace(draft.form, counter_name="新しい窓口"), seen=draft)
    assert intake.get_application(office, received).counter_name == "新しい窓口"
    with pytest.raises(FormRefused, match="メール"):
        intake.update_application(office, received, replace(draft.form, email="はなこさん"))


def test_a_record_changed_meanwhile_is_not_overwritten(
    office: Office, cohort: int, received: int, tmp_path: Path
) -> None:
    draft = intake.read_form(office, received)
    path = tmp_path / "申込.xlsx"
    write_applicants(path, [replace(HANAKO, number="1", phone="03-1234-5678", employments=(JOB,))])
    assert intake.import_applicants(office, cohort, path).changed == 1
    with pytest.raises(RuleViolation, match="ほかで変わりました（電話、在職歴）。上書きしていません"):
        intake.update_application(office, received, replace(draft.form, address="見本市"), seen=draft)
    assert intake.get_application(office, received).person.address == ""
    fresh = intake.read_form(office, received)
    intake.update_application(office, received, replace(fresh.form, address="見本市"), seen=fresh)
    eligibility.set_workdays(office, 1, days=[date(2024, 3, 1)])
    with pytest.raises(RuleViolation, match="ほかで変わりました（"):
        intake.update_application(office, received, replace(fresh.form, address="見本町"), seen=fresh)


def test_a_row_that_is_gone_and_a_withdrawn_application_are_refused(office: Office, received: int) -> None:
    draft = intake.read_form(office, received)
    gone = replace(draft.form, employments=(replace(JOB, id=99),))
    with pytest.raises(RuleViolation, match="行がもうありません"):
        intake.update_application(office, received, gone)
    intake.withdraw(office, received, office.today(), "本人の申出")
    with pytest.raises(RuleViolation, match="辞退した申込です"):
        intake.read_form(office, received)
    with pytest.raises(RuleViolation, match="辞退した申込です"):
        intake.update_application(office, received, draft.form)
    change(office, Application, received, withdrawn_on=None)


def test_a_new_printed_name_is_no_longer_signed_off_and_is_found(office: Office, received: int) -> None:
    intake.sign_off_certificate_name(office, 1, "見本 花子")
    draft = intake.read_form(office, received)
    intake.update_application(office, received, replace(draft.form, name="見本 華子"), seen=draft)
    person = intake.get_application(office, received).person
    assert (person.name, person.certificate_name_signed_off) == ("見本 華子", False)


def test_the_cautions_are_those_of_the_import(office: Office, cohort: int, tmp_path: Path) -> None:
    careless = replace(
        HANAKO, number="1", name="見本  花子", phone="1234-5678", affiliation_prefecture="東京"
    )
    said = intake.form_cautions(office, cohort, careless, date(2026, 4, 2))
    assert [column for column, _ in said] == ["氏名", "受付日", "電話", "所属機関の都道府県"]
    path = tmp_path / "申込.xlsx"
    write_applicants(path, [careless])
    seen = intake.preview_import(office, cohort, path)
    assert {(w.column, w.reason) for w in seen.warnings} == {c for c in said if c[0] != "受付日"}
    write_applicants(path, [replace(careless, email="hanako", reading="見本")])
    assert [p.column for p in intake.preview_import(office, cohort, path).errors] == ["フリガナ", "メール"]


def test_a_correction_of_the_person_is_held_to_the_same_writing(office: Office, received: int) -> None:
    with pytest.raises(FormRefused) as refused:
        intake.update_person(office, 1, {"email": "hanako", "phone": "12"})
    assert [column for column, _ in refused.value.problems] == ["メール"]
    intake.update_person(office, 1, {"phone": "+84 90 123 45 67"})
    assert intake.get_application(office, received).person.phone == "+84 90 123 45 67"

"""受付：受講申込の一覧と一件、本人の情報の訂正、辞退と復帰。"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.domain.contacts import CONTACT_FIELDS, contact_findings
from app.domain.errors import RuleViolation
from app.services.employments import check_person_facts, contacts_of
from app.services.intake.checklist import (
    deficiency_view,
    papers_waiting,
)
from app.services.intake.form import FormRefused
from app.services.office import Office
from app.services.people import (
    check_not_merged,
    check_person,
    grams_of,
    open_elsewhere,
    printed_name,
    unsign,
)
from app.services.views.intake import (
    ApplicationRow,
    ApplicationView,
    EmploymentView,
    PersonView,
    QualificationView,
)
from database.queries.search import index_person
from database.schema.intake import Application, Deficiency, Employment
from database.schema.people import Person


def list_applications(office: Office, cohort_id: int) -> tuple[ApplicationRow, ...]:
    """受付番号の順の一覧。"""
    today = office.today()
    with office.read("intake.list_applications") as session:
        open_due = {
            row[0]: (row[1], row[2])
            for row in session.execute(
                select(Deficiency.application_id, func.count(), func.min(Deficiency.due_on))
                .join(Application)
                .where(
                    Application.cohort_id == cohort_id,
                    Deficiency.answered_on.is_(None),
                    Deficiency.cancelled_on.is_(None),
                )
                .group_by(Deficiency.application_id)
            )
        }
        rows = session.execute(
            select(Application, Person.name, Person.reading)
            .join(Person)
            .where(Application.cohort_id == cohort_id)
            .order_by(Application.reception_number)
        )
        papers = papers_waiting(session, office, cohort_id)
        found = []
        for application, name, reading in rows:
            waiting, due = open_due.get(application.id, (0, None))
            found.append(
                ApplicationRow(
                    application.id,
                    application.person_id,
                    application.reception_number,
                    name,
                    reading,
                    application.counter_name,
                    application.received_on,
                    waiting,
                    due is not None and due < today,
                    application.withdrawn_on is not None,
                    papers[application.id],
                )
            )
        return tuple(found)


def employment_view(e: Employment) -> EmploymentView:
    """在職期間の行を画面のものへ。"""
    days = None if e.days is None else tuple(date.fromisoformat(d) for d in e.days)
    return EmploymentView(
        e.id,
        e.counter_name,
        e.counter,
        e.counter_standard,
        e.consultation,
        e.started_on,
        e.ended_on,
        e.workdays,
        e.workdays_in_window,
        days,
        e.commissioner,
    )


def _person_view(p: Person) -> PersonView:
    names = [f for f in PersonView.__dataclass_fields__]
    return PersonView(**{name: getattr(p, name) for name in names})


def get_application(office: Office, application_id: int) -> ApplicationView:
    """一件の受講申込。"""
    with office.read("intake.get_application") as session:
        a = session.get_one(
            Application,
            application_id,
            options=[
                selectinload(Application.person),
                selectinload(Application.employments),
                selectinload(Application.qualifications),
                selectinload(Application.deficiencies),
            ],
        )
        return ApplicationView(
            a.id,
            a.cohort_id,
            a.reception_number,
            a.received_on,
            _person_view(a.person),
            a.counter_name,
            a.counter,
            a.counter_engaged,
            a.counter_standard,
            a.withdrawn_on,
            a.withdrawal_reason,
            tuple(employment_view(e) for e in a.employments),
            tuple(
                QualificationView(q.kind, q.grade, q.registered_on, q.lapsed_on, q.evidence)
                for q in a.qualifications
            ),
            tuple(deficiency_view(d) for d in a.deficiencies),
            a.note,
            a.commissioner,
        )


PERSON_FIELDS = {
    "name": "氏名",
    "reading": "フリガナ",
    "roman_name": "ローマ字",
    "certificate_name": "証書表記",
    "alias": "通称",
    "former_name": "旧姓",
    "nationality": "国籍",
    "phone": "電話",
    "email": "メール",
    "postal_code": "郵便番号",
    "address": "住所",
    "affiliation": "所属機関",
    "affiliation_prefecture": "所属機関の都道府県",
    "activity_area": "活動地域",
    "specialties": "専門分野",
    "languages": "対応言語",
}


def _check_contacts(person: Person, changes: Mapping[str, str]) -> None:
    """直した連絡先を確かめる。受け取れなければ FormRefused。直していないものは問わない。"""
    wrong = tuple(
        (found.column, found.reason)
        for found in contact_findings(contacts_of(person))
        if not found.warning and CONTACT_FIELDS[found.column] in changes
    )
    if wrong:
        raise FormRefused(wrong)


def update_person(
    office: Office, person_id: int, changes: dict[str, str], birth_date: date | None = None
) -> None:
    """人の記録を直す。氏名は打たれたまま保存する。"""
    with office.act("intake.update_person") as act:
        person = act.session.get_one(Person, person_id)
        unknown = set(changes) - set(PERSON_FIELDS)
        if unknown:
            raise RuleViolation(f"直せない項目です：{'、'.join(sorted(unknown))}")
        check_not_merged(act.session, person)
        printed = printed_name(person)
        for name, value in changes.items():
            setattr(person, name, value)
        if birth_date is not None:
            person.birth_date = birth_date
        if printed_name(person) != printed:
            unsign(person)
        check_person(person.name, person.birth_date, office.today())
        _check_contacts(person, changes)
        act.session.flush()
        if birth_date is not None:
            check_person_facts(office, act.session, person_id)
        index_person(act.session, person.id, grams_of(person))
        labels = "、".join(PERSON_FIELDS[name] for name in changes)
        act.say(f"person:{person_id}", f"人の記録を訂正（{labels}）")


def withdraw(office: Office, application_id: int, withdrawn_on: date, reason: str) -> None:
    """本人の申出による辞退を記す。"""
    if not reason.strip():
        raise RuleViolation("辞退の理由が空です。理由を書いてください。")
    with office.act("intake.withdraw") as act:
        row = act.session.get_one(Application, application_id)
        if row.withdrawn_on is not None:
            raise RuleViolation("既に辞退となっています。")
        row.withdrawn_on, row.withdrawal_reason = withdrawn_on, reason
        act.say(f"application:{application_id}", "辞退を記録", reason=reason)


def reinstate(office: Office, application_id: int, reason: str) -> None:
    """辞退の記録を理由を付けて取り消す。"""
    if not reason.strip():
        raise RuleViolation("辞退を取り消す理由が空です。理由を書いてください。")
    with office.act("intake.reinstate") as act:
        row = act.session.get_one(Application, application_id)
        if row.withdrawn_on is None:
            raise RuleViolation("辞退となっていません。")
        check_not_merged(act.session, row.person)
        if elsewhere := open_elsewhere(act.session, row.cohort_id, [row.person_id]):
            raise RuleViolation(elsewhere[row.person_id])
        row.withdrawn_on, row.withdrawal_reason = None, ""
        act.say(f"application:{application_id}", "辞退を取消し", reason=reason)

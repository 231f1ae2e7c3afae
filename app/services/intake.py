"""受付：研修期・受講申込・補正依頼・辞退。取込は intake_import にある。"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.domain.calendar import fiscal_year
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_code, cohort_title
from app.services.employments import check_person_facts
from app.services.import_jobs import applicants_job
from app.services.intake_checklist import (
    deficiency_view,
    list_checklist,
    papers_waiting,
    receive_all,
    receive_document,
    reset_document,
    waive_document,
)
from app.services.intake_corrections import (
    answer_correction,
    cancel_correction,
    list_corrections,
    refuse_answer,
    request_correction,
)
from app.services.intake_documents import (
    DOCUMENT_KINDS,
    DocumentRow,
    attach_document,
    list_documents,
    read_document,
    remove_document,
    replace_document,
)
from app.services.intake_form import LikelyDuplicate, receive_application
from app.services.intake_import import import_applicants, preview_import, write_template
from app.services.intake_letters import write_letter, write_letters, write_reminders
from app.services.intake_mapping import (
    list_mappings,
    propose_mapping,
    remove_mapping,
    rename_mapping,
    save_mapping,
)
from app.services.intake_undo import list_imports, preview_undo, undo_import
from app.services.office import Office
from app.services.people import check_person, grams_of, open_elsewhere
from app.services.views.intake import (
    ApplicationRow,
    ApplicationView,
    CohortView,
    EmploymentView,
    PersonView,
    QualificationView,
)
from database.queries.search import index_person
from database.schema.intake import Application, Cohort, Deficiency, Employment
from database.schema.people import Person

__all__ = [
    "DOCUMENT_KINDS",
    "PERSON_FIELDS",
    "CohortForm",
    "DocumentRow",
    "LikelyDuplicate",
    "answer_correction",
    "attach_document",
    "cancel_correction",
    "cohort_code",
    "cohort_title",
    "create_cohort",
    "employment_view",
    "find_cohort",
    "get_application",
    "import_applicants",
    "list_applications",
    "list_checklist",
    "list_cohorts",
    "list_corrections",
    "list_documents",
    "list_imports",
    "list_mappings",
    "preview_import",
    "preview_undo",
    "propose_mapping",
    "read_document",
    "receive_all",
    "receive_application",
    "receive_document",
    "refuse_answer",
    "reinstate",
    "remove_document",
    "remove_mapping",
    "rename_mapping",
    "replace_document",
    "request_correction",
    "reset_document",
    "save_mapping",
    "undo_import",
    "update_person",
    "waive_document",
    "withdraw",
    "write_letter",
    "write_letters",
    "write_refused",
    "write_reminders",
    "write_template",
]


def _cohort_view(cohort: Cohort, applications: int) -> CohortView:
    return CohortView(
        cohort.id,
        cohort.fiscal_year,
        cohort.term,
        cohort_title(cohort),
        cohort.training_starts_on,
        cohort.application_closes_on,
        cohort.course2_starts_on,
        cohort.capacity,
        applications,
    )


def list_cohorts(office: Office) -> tuple[CohortView, ...]:
    """研修期の一覧（新しい順）。"""
    with office.read("intake.list_cohorts") as session:
        rows = session.execute(select(Application.cohort_id, func.count()).group_by(Application.cohort_id))
        counts = {cohort_id: number for cohort_id, number in rows}
        cohorts = session.scalars(select(Cohort).order_by(Cohort.fiscal_year.desc(), Cohort.term.desc()))
        return tuple(_cohort_view(c, counts.get(c.id, 0)) for c in cohorts)


def find_cohort(office: Office, code: str) -> int:
    """略号（R7-2）から研修期を見つける。なければ RuleViolation。"""
    with office.read("intake.find_cohort") as session:
        known = {cohort_code(c): c.id for c in session.scalars(select(Cohort))}
    if code not in known:
        raise RuleViolation(
            f"研修期「{code}」はありません（あるもの：{'、'.join(sorted(known)) or 'なし'}）。"
        )
    return known[code]


@dataclass(frozen=True)
class CohortForm:
    """研修期に書くこと。"""

    term: int
    training_starts_on: date
    capacity: int = 60
    application_closes_on: date | None = None
    course2_starts_on: date | None = None
    quiz_pass_mark: int = 60
    comprehensive_pass_mark: int = 60
    max_attempts: int = 3


def create_cohort(office: Office, form: CohortForm) -> int:
    """研修期を作る。年度は研修開始日から決まる。"""
    year = fiscal_year(form.training_starts_on)
    with office.act("intake.create_cohort") as act:
        if act.session.scalar(select(Cohort.id).where(Cohort.fiscal_year == year, Cohort.term == form.term)):
            raise RuleViolation(f"R{year - 2018}-{form.term} は既にあります。期の番号を変えてください。")
        if form.term < 1 or form.capacity < 1 or form.max_attempts < 1:
            raise RuleViolation("期・定員・受験回数は1以上にしてください。")
        if form.application_closes_on and form.application_closes_on > form.training_starts_on:
            raise RuleViolation("申込の締切が研修開始日より後です。日付を確かめてください。")
        cohort = Cohort(
            fiscal_year=year,
            term=form.term,
            training_starts_on=form.training_starts_on,
            application_closes_on=form.application_closes_on,
            course2_starts_on=form.course2_starts_on,
            capacity=form.capacity,
            quiz_pass_mark=form.quiz_pass_mark,
            comprehensive_pass_mark=form.comprehensive_pass_mark,
            max_attempts=form.max_attempts,
            edition=office.guideline.name,
        )
        act.session.add(cohort)
        act.session.flush()
        act.say(f"cohort:{cohort.id}", f"研修期 {cohort_title(cohort)} を作成")
        return cohort.id


def write_refused(office: Office, cohort_id: int, path: Path, target: Path) -> int:
    """申込様式 path の断られる行だけを、理由を添えた同じ様式のブック target に書き、行の数を返す。

    データベースには何も書かない。断る行がなければ RuleViolation。
    """
    office.require("intake.write_refused")
    job = applicants_job(office, cohort_id)
    seen = job.preview(path)
    job.write_refused(path, seen, target)
    return seen.count("error")


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


def update_person(
    office: Office, person_id: int, changes: dict[str, str], birth_date: date | None = None
) -> None:
    """人の記録を直す。氏名は打たれたまま保存する。"""
    with office.act("intake.update_person") as act:
        person = act.session.get_one(Person, person_id)
        unknown = set(changes) - set(PERSON_FIELDS)
        if unknown:
            raise RuleViolation(f"直せない項目です：{'、'.join(sorted(unknown))}")
        before = {name: getattr(person, name) for name in changes}
        for name, value in changes.items():
            setattr(person, name, value)
        if birth_date is not None:
            person.birth_date = birth_date
        if "certificate_name" in changes and before["certificate_name"] != person.certificate_name:
            person.certificate_name_signed_off = False
        check_person(person.name, person.birth_date, office.today())
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
        if elsewhere := open_elsewhere(act.session, row.cohort_id, [row.person_id]):
            raise RuleViolation(elsewhere[row.person_id])
        row.withdrawn_on, row.withdrawal_reason = None, ""
        act.say(f"application:{application_id}", "辞退を取消し", reason=reason)

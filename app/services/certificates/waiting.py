"""交付を待つ人。"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents import fonts
from app.services.office import Office
from app.services.people import printed_name
from app.services.standings import standing_of
from app.services.views.certificates import WaitingRow
from database.queries.certifications import load_facts
from database.queries.committee import closed_cases
from database.schema.certificates import Certificate, Certification
from database.schema.intake import Application
from database.schema.people import Person


def list_waiting(office: Office, cohort_id: int) -> tuple[WaitingRow, ...]:
    """交付を待つ人：認定と議決されてまだ番号のない人と、更新されて新しい期間の認定証を待つ人。"""
    with office.read("certificates.list_waiting") as session:
        return waiting_rows(session, office, cohort_id)


def waiting_rows(session: Session, office: Office, cohort_id: int) -> tuple[WaitingRow, ...]:
    """取引の中で、交付を待つ人を読む。"""
    rows = []
    done = set(session.scalars(select(Certification.case_id)))
    for meeting, case in closed_cases(session, cohort_id):
        if case["decision"] == "certified" and case["case_id"] not in done:
            person = session.get_one(Person, case["person_id"])
            name = printed_name(person)
            rows.append(
                WaitingRow(
                    case["case_id"],
                    None,
                    "new",
                    case["reception_number"],
                    person.name,
                    name,
                    tuple(str(m) for m in fonts.missing_glyphs(name)),
                    meeting.certification_on,
                    person.id,
                )
            )
    return tuple(rows) + _renewed(session, office, cohort_id)


def _renewed(session: Session, office: Office, cohort_id: int) -> tuple[WaitingRow, ...]:
    latest: dict[int, date] = dict(
        session.execute(
            select(Certificate.certification_id, func.max(Certificate.expires_on)).group_by(
                Certificate.certification_id
            )
        ).all()
    )
    rows = []
    for facts in load_facts(session, Certification.cohort_id == cohort_id):
        standing = standing_of(facts, office.today(), office.guideline)
        if standing.state == "valid" and latest.get(facts.id, date.max) < standing.expires_on:
            certification = session.get_one(Certification, facts.id)
            person = session.get_one(Person, certification.person_id)
            name = printed_name(person)
            missing = tuple(str(m) for m in fonts.missing_glyphs(name))
            number = session.scalar(
                select(Application.reception_number).where(
                    Application.person_id == person.id, Application.cohort_id == cohort_id
                )
            )
            rows.append(
                WaitingRow(
                    certification.case_id,
                    certification.id,
                    "renewal",
                    number or 0,
                    person.name,
                    name,
                    missing,
                    person_id=person.id,
                )
            )
    return tuple(rows)

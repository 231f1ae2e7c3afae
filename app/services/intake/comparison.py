"""受付：同じ人かもしれない二つの記録を、来し方と共に並べて見せる。"""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.documents import EVIDENCE_SCAN
from app.domain.likeness import likeness
from app.services.cohorts import cohort_title
from app.services.intake.duplicates import briefs, identity
from app.services.intake.merging import LABELS, obstacle, rows_of, two_records
from app.services.intake.records import shown
from app.services.office import Office
from app.services.people import open_elsewhere
from app.services.views.people import Comparison, FieldPair, HistoryLine
from database.schema.certificates import Certificate, Certification
from database.schema.committee import Case, CaseDecision
from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application, Deficiency, Employment, Qualification
from database.schema.people import Attachment, Person

_ELIGIBLE = {"eligible": "受講資格あり", "ineligible": "受講資格なし"}
_SELECTED = {"selected": "受講決定", "waiting": "補欠", "not_selected": "選考外"}
_DECIDED = {"certified": "認定", "not_certified": "不認定", "deferred": "保留", "conditional": "条件付き"}


def _count(session: Session, table: type, application_id: int) -> int:
    wanted = select(func.count()).where(table.application_id == application_id)  # type: ignore[attr-defined]
    return session.scalar(wanted) or 0


def _application_words(session: Session, a: Application) -> str:
    """申込の一行：研修期・受付番号・窓口・件数・決定・議決。"""
    counts = [
        f"{label}{number}件"
        for table, label in ((Employment, "在職"), (Qualification, "資格"), (Deficiency, "補正"))
        if (number := _count(session, table, a.id))
    ]
    decided = []
    for table, words in ((EligibilityDecision, _ELIGIBLE), (SelectionDecision, _SELECTED)):
        last = session.scalar(
            select(table.decision).where(table.application_id == a.id).order_by(table.id.desc()).limit(1)
        )
        decided.append(words.get(last or "", ""))
    verdict = session.scalar(
        select(CaseDecision.decision)
        .join(Case, Case.id == CaseDecision.case_id)
        .where(Case.application_id == a.id)
        .order_by(CaseDecision.id.desc())
        .limit(1)
    )
    decided.append(_DECIDED.get(verdict or "", ""))
    if a.withdrawn_on is not None:
        decided.append(f"{wareki(a.withdrawn_on)}辞退")
    parts = (
        f"{cohort_title(a.cohort)} 受付{a.reception_number:04d}",
        a.counter_name,
        "・".join(counts),
        "・".join(d for d in decided if d),
    )
    return "　".join(p for p in parts if p)


def _history(session: Session, person_id: int) -> Iterator[HistoryLine]:
    for a in session.scalars(
        select(Application).where(Application.person_id == person_id).order_by(Application.id)
    ):
        yield HistoryLine(a.received_on, f"申込　{_application_words(session, a)}")
    documents = select(Attachment.kind, Attachment.file_name, Attachment.received_on).where(
        Attachment.person_id == person_id, Attachment.kind != EVIDENCE_SCAN
    )
    for kind, file_name, day in session.execute(documents.order_by(Attachment.id)):
        yield HistoryLine(day, f"書類　{kind}（{file_name}）")
    certified = select(Certification).where(Certification.person_id == person_id)
    for c in session.scalars(certified.order_by(Certification.id)):
        last = session.scalar(
            select(func.max(Certificate.expires_on)).where(Certificate.certification_id == c.id)
        )
        until = "" if last is None else f"（{wareki(last)}まで）"
        yield HistoryLine(c.certified_on, f"認証　{c.number}{until}")


def _value(person: Person, name: str) -> str:
    return shown(getattr(person, name))


def _cautions(session: Session, one: Person, other: Person) -> tuple[str, ...]:
    """まとめられるが、確かめるところ（研修の重なる二つの研修期の申込）。"""
    found: list[str] = []
    for mine, theirs in ((one, other), (other, one)):
        cohorts = session.scalars(
            select(Application.cohort_id).where(
                Application.person_id == mine.id, Application.withdrawn_on.is_(None)
            )
        )
        for cohort_id in cohorts:
            found += open_elsewhere(session, cohort_id, [theirs.id]).values()
    return tuple(dict.fromkeys(found))


def compare_people(office: Office, one_id: int, other_id: int) -> Comparison:
    """二つの記録を、欄ごとの値・来し方・似ているわけ・まとめられないわけと共に並べる。"""
    with office.read("intake.compare_people") as session:
        one, other = two_records(session, one_id, other_id)
        known = briefs(session, (one_id, other_id))
        why = likeness(identity(one), identity(other))
        rows = rows_of(session, one_id), rows_of(session, other_id)
        return Comparison(
            known[one_id],
            known[other_id],
            tuple(
                FieldPair(name, label, _value(one, name), _value(other, name))
                for name, label in LABELS.items()
            ),
            (tuple(_history(session, one_id)), tuple(_history(session, other_id))),
            () if why is None else why.reasons,
            (obstacle(*rows), obstacle(rows[1], rows[0])),
            _cautions(session, one, other),
        )

"""受付：申込ごとの書類の確認。どの書類が要るかは事実から規則が決め、ここは受け取った日と「要らない」理由を持つ。"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.domain import documents
from app.domain.calendar import wareki
from app.domain.documents import (
    APPLICATION_FORM,
    DOCUMENT_KINDS,
    EVIDENCE_SCAN,
    OTHER,
    WAITING,
    DocumentState,
    Requirement,
    Tenure,
    base_of,
    document_state,
    required_documents,
)
from app.domain.eligibility import Qualification as QualificationFact
from app.domain.errors import RuleViolation
from app.domain.experience import Employment as EmploymentFact
from app.services.office import Office
from app.services.views.intake import DeficiencyView
from app.services.views.intake_papers import ChecklistRow, DocumentRow
from database.schema.intake import (
    Application,
    Cohort,
    Deficiency,
    DocumentCheck,
    Employment,
    Qualification,
)
from database.schema.people import Attachment

# 同じ事実からは同じ書類：一覧を出すたびに数え直さない
_required = lru_cache(maxsize=20_000)(required_documents)


def deficiency_view(d: Deficiency) -> DeficiencyView:
    """不備の行を画面のものへ。"""
    return DeficiencyView(
        d.id,
        d.item,
        d.found_on,
        d.requested_on,
        d.due_on,
        d.answered_on,
        d.note,
        d.document_kind,
        d.requirement,
        d.reminded_on,
        d.answer or "",
        d.cancelled_on,
        d.cancellation or "",
    )


def _tenures(session: Session, wanted: Select[int]) -> dict[int, list[Tenure]]:
    found: dict[int, list[Tenure]] = defaultdict(list)
    e = Employment
    rows = session.execute(
        select(
            e.application_id,
            e.counter_name,
            e.counter,
            e.counter_standard,
            e.started_on,
            e.ended_on,
            e.workdays,
            e.workdays_in_window,
            e.days,
            e.consultation,
        )
        .where(e.application_id.in_(wanted))
        .order_by(e.id)
    )
    for application_id, name, counter, standard, start, end, whole, inside, days, consulted in rows:
        listed = None if days is None else tuple(date.fromisoformat(d) for d in days)
        job = EmploymentFact(counter, standard, start, end, whole, inside, listed, consulted)
        found[application_id].append(Tenure(name, job))
    return found


def _qualifications(session: Session, wanted: Select[int]) -> dict[int, list[QualificationFact]]:
    found: dict[int, list[QualificationFact]] = defaultdict(list)
    q = Qualification
    rows = session.execute(
        select(q.application_id, q.kind, q.registered_on, q.evidence, q.grade, q.lapsed_on)
        .where(q.application_id.in_(wanted))
        .order_by(q.id)
    )
    for application_id, kind, registered_on, evidence, grade, lapsed_on in rows:
        found[application_id].append(QualificationFact(kind, registered_on, evidence, grade, lapsed_on))
    return found


def _requirements(
    session: Session, office: Office, wanted: Select[int]
) -> dict[int, tuple[Requirement, ...]]:
    """申込の id から、要る書類（要らないと決まるものも）へ。"""
    tenures, qualifications = _tenures(session, wanted), _qualifications(session, wanted)
    rows = session.execute(
        select(
            Application.id,
            Cohort.training_starts_on,
            Application.counter_name,
            Application.counter_standard,
        )
        .join(Cohort, Application.cohort_id == Cohort.id)
        .where(Application.id.in_(wanted))
    )
    return {
        i: _required(
            documents.Application(start, name, standard, tuple(tenures[i]), tuple(qualifications[i])),
            office.guideline,
        )
        for i, start, name, standard in rows
    }


def _settled(one: Requirement, received_on: date) -> Requirement:
    """申込書は、申込を受け付けた日に受け取っている。"""
    if one.kind != APPLICATION_FORM:
        return one
    words = f"{wareki(received_on)}の受付のとき"
    return Requirement(one.kind, one.clause, one.needed, one.reason, words)


def _asked_kinds(session: Session, wanted: Select[int]) -> dict[int, set[str]]:
    rows = session.execute(
        select(Deficiency.application_id, Deficiency.document_kind).where(
            Deficiency.application_id.in_(wanted),
            Deficiency.document_kind.is_not(None),
            Deficiency.answered_on.is_(None),
            Deficiency.cancelled_on.is_(None),
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for application_id, kind in rows:
        found[application_id].add(kind or "")
    return found


def papers_waiting(session: Session, office: Office, cohort_id: int) -> dict[int, int]:
    """申込の id から、未着か不備のある書類の数へ（研修期の全員）。"""
    wanted = select(Application.id).where(Application.cohort_id == cohort_id)
    asked = _asked_kinds(session, wanted)
    checks: dict[int, dict[str, tuple[date | None, str | None]]] = defaultdict(dict)
    for application_id, kind, received_on, waived in session.execute(
        select(
            DocumentCheck.application_id, DocumentCheck.kind, DocumentCheck.received_on, DocumentCheck.waived
        ).where(DocumentCheck.application_id.in_(wanted))
    ):
        checks[application_id][kind] = received_on, waived
    applied = select(Application.id, Application.received_on).where(Application.cohort_id == cohort_id)
    received = {i: day for i, day in session.execute(applied)}
    counts = {}
    for application_id, rows in _requirements(session, office, wanted).items():
        mine, wrong = checks[application_id], asked[application_id]
        known = {one.kind for one in rows}
        beside = [(None, kind) for kind in {*mine, *wrong} - known]
        listed = [(_settled(one, received[application_id]), one.kind) for one in rows]
        counts[application_id] = sum(
            document_state(one, *mine.get(kind, (None, None)), kind in wrong) in WAITING
            for one, kind in [*listed, *beside]
        )
    return counts


def scans_of(session: Session, application: Application) -> tuple[DocumentRow, ...]:
    """申込の書類の写し（受け取った順）。申込を定めずに付けた前からの写しも、その人のものとして入る。中身は読まない。"""
    a = Attachment
    rows = session.execute(
        select(
            a.id,
            a.kind,
            a.file_name,
            a.media_type,
            a.received_on,
            func.length(a.content),
            a.replaced_by_id,
        )
        .where(
            a.person_id == application.person_id,
            or_(a.application_id == application.id, a.application_id.is_(None)),
            a.kind != EVIDENCE_SCAN,
        )
        .order_by(a.id)
    )
    return tuple(DocumentRow(*row) for row in rows)


def _sorted_scans(scans: Iterable[DocumentRow], kinds: list[str]) -> dict[str, list[DocumentRow]]:
    """書類の名から写しへ。名が種類だけの写しは、その種類の初めの行に置く。"""
    found: dict[str, list[DocumentRow]] = defaultdict(list)
    for scan in scans:
        same = [k for k in kinds if base_of(k) == scan.kind]
        found[scan.kind if scan.kind in kinds else (same[0] if same else scan.kind)].append(scan)
    return found


def list_checklist(office: Office, application_id: int) -> tuple[ChecklistRow, ...]:
    """申込の書類の確認（要る書類、要らないと決まる書類、ほかに記した書類の順）。"""
    with office.read("intake.list_checklist") as session:
        application = session.get_one(Application, application_id)
        wanted = select(Application.id).where(Application.id == application_id)
        rows = {
            r.kind: _settled(r, application.received_on)
            for r in _requirements(session, office, wanted)[application_id]
        }
        checks = {
            c.kind: c
            for c in session.scalars(
                select(DocumentCheck).where(DocumentCheck.application_id == application_id)
            )
        }
        asked: dict[str, list[DeficiencyView]] = defaultdict(list)
        for d in application.deficiencies:
            if d.document_kind is not None and d.answered_on is None and d.cancelled_on is None:
                asked[d.document_kind].append(deficiency_view(d))
        kinds = list(dict.fromkeys([*rows, *checks, *asked]))
        scans = _sorted_scans(scans_of(session, application), kinds)
        kinds = list(dict.fromkeys([*kinds, *scans]))
        made = [_row(k, rows.get(k), checks.get(k), scans[k], asked[k]) for k in kinds]
    return tuple(sorted(made, key=lambda r: not (r.needed or r.waiting)))


def _row(
    kind: str,
    one: Requirement | None,
    check: DocumentCheck | None,
    scans: list[DocumentRow],
    asked: list[DeficiencyView],
) -> ChecklistRow:
    received_on = None if check is None else check.received_on
    waived = None if check is None else check.waived
    return ChecklistRow(
        kind,
        "" if one is None else one.clause,
        one is not None and one.needed,
        "申込の事実からは要らない書類です。" if one is None else one.reason,
        document_state(one, received_on, waived, bool(asked)),
        received_on,
        waived or "",
        "" if check is None else check.note,
        "" if one is None else one.settled,
        tuple(scans),
        tuple(asked),
    )


def check_kind(kind: str) -> None:
    """書類の種類でなければ RuleViolation。"""
    if base_of(kind) not in DOCUMENT_KINDS:
        raise RuleViolation(f"書類の種類は{'・'.join(DOCUMENT_KINDS)}のどれかです。")


def _check(session: Session, application_id: int, kind: str) -> DocumentCheck:
    """書類の確認の行。なければ作る。"""
    session.get_one(Application, application_id)
    found = session.scalar(
        select(DocumentCheck).where(
            DocumentCheck.application_id == application_id, DocumentCheck.kind == kind
        )
    )
    if found is None:
        found = DocumentCheck(application_id=application_id, kind=kind)
        session.add(found)
    return found


def mark_received(session: Session, application_id: int, kind: str, day: date) -> None:
    """書類を受領とする。既に受領なら受領日はそのまま。その他の書類は確認の行を持たない。"""
    if kind == OTHER:
        return
    check = _check(session, application_id, kind)
    if check.received_on is None:
        check.received_on, check.waived = day, None


def receive_document(
    office: Office, application_id: int, kind: str, received_on: date | None = None, note: str = ""
) -> None:
    """書類の原本を受け取った。received_on がなければ今日。今日より後の日は RuleViolation。"""
    day = received_on or office.today()
    with office.act("intake.receive_document") as act:
        check_kind(kind)
        if day > office.today():
            raise RuleViolation(f"受領日（{wareki(day)}）が今日より後です。日付を確かめてください。")
        check = _check(act.session, application_id, kind)
        check.received_on, check.waived, check.note = day, None, note or check.note or ""
        act.say(f"application:{application_id}", f"書類を受領：{kind}（{wareki(day)}）")


def receive_all(office: Office, application_ids: Sequence[int], received_on: date | None = None) -> int:
    """まとめて届いた書類：選んだ申込の、補正を頼んでいない未着の書類をすべて受領とし、その数を返す。"""
    day = received_on or office.today()
    with office.act("intake.receive_all") as act:
        if day > office.today():
            raise RuleViolation(f"受領日（{wareki(day)}）が今日より後です。日付を確かめてください。")
        wanted = select(Application.id).where(Application.id.in_(application_ids))
        checks = {
            (c.application_id, c.kind): c
            for c in act.session.scalars(
                select(DocumentCheck).where(DocumentCheck.application_id.in_(application_ids))
            )
        }
        asked, marked = _asked_kinds(act.session, wanted), []
        for application_id, rows in _requirements(act.session, office, wanted).items():
            for one in rows:
                check = checks.get((application_id, one.kind))
                had = (None, None) if check is None else (check.received_on, check.waived)
                state = document_state(one, *had, one.kind in asked[application_id])
                if state is DocumentState.MISSING and one.kind not in (
                    *asked[application_id],
                    APPLICATION_FORM,
                ):
                    if check is None:
                        check = DocumentCheck(application_id=application_id, kind=one.kind)
                        act.session.add(check)
                    check.received_on = day
                    marked.append(one.kind)
        act.say(
            f"applications:{len(application_ids)}",
            f"書類をまとめて受領（{len(application_ids)}名、{len(marked)}点）",
            detail={"applications": sorted(application_ids)},
        )
        return len(marked)


def waive_document(office: Office, application_id: int, kind: str, reason: str) -> None:
    """書類を「要らない」とする。理由は記録に残る。"""
    with office.act("intake.waive_document") as act:
        check_kind(kind)
        if not reason.strip():
            raise RuleViolation("書類を不要とする理由が空です。理由を書いてください。")
        check = _check(act.session, application_id, kind)
        check.received_on, check.waived = None, reason.strip()
        act.say(f"application:{application_id}", f"書類を不要とした：{kind}", reason=reason)


def reset_document(office: Office, application_id: int, kind: str, reason: str) -> None:
    """受領・不要の印を、理由を添えて取り消す（写しは残る）。"""
    with office.act("intake.reset_document") as act:
        check_kind(kind)
        if not reason.strip():
            raise RuleViolation("印を取り消す理由が空です。理由を書いてください。")
        check = _check(act.session, application_id, kind)
        if check.received_on is None and not check.waived:
            raise RuleViolation(f"「{kind}」は、まだ受領とも不要ともしていません。")
        check.received_on, check.waived = None, None
        act.say(f"application:{application_id}", f"書類の印を取消し：{kind}", reason=reason)

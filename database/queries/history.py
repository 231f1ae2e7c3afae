"""一人の年表：どの部屋の事実も日付の順に並べられる形で読む。"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.schema.certificates import Certificate, Certification
from database.schema.committee import Case, CaseDecision, DecisionReversal, Meeting
from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Application
from database.schema.people import NameChange, Person, PersonMerge
from database.schema.progress import Attendance, ReportDue, ReportSubmission, TrainingSession
from database.schema.renewal import Closure, Renewal, Revocation
from database.schema.scoring import AnswerSheet, CertificationTest
from database.schema.submission import SubmissionBatch, SubmissionRow

Entry = tuple[date, str, str]
ENDED = "ended"
DECISIONS = {"certified": "認定", "not_certified": "不認定", "deferred": "保留", "conditional": "条件付き"}
ISSUES = {"new": "新規", "renewal": "更新", "reissue": "再交付", "rewrite": "書換", "correction": "訂正"}
SELECTIONS = {"selected": "選ばれた", "waiting": "待機", "not_selected": "選考外"}
CLOSURES = {"returned": "返納", "died": "死亡"}


def records_of(session: Session, person_id: int) -> list[int]:
    """同じ人の記録の id：名寄せで残した記録と、それにまとめたすべての記録。"""
    kept = session.get_one(Person, person_id)
    while kept.merged_into_id is not None:
        kept = session.get_one(Person, kept.merged_into_id)
    found, newest = [kept.id], [kept.id]
    while newest:
        newest = list(session.scalars(select(Person.id).where(Person.merged_into_id.in_(newest))))
        found += newest
    return found


def load_history(session: Session, ids: Sequence[int]) -> list[Entry]:
    """一人の記録（records_of）の、（日、種類、言葉）の列。順は定めない。"""
    parts = (_course, _committee, _certified, _names)
    return [entry for part in parts for entry in part(session, ids)]


def _course(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    mine = Application.person_id.in_(ids)
    for a in session.scalars(select(Application).where(mine).order_by(Application.id)):
        yield a.received_on, "intake", f"受講申込を受付（受付番号 {a.reception_number:04d}）"
        if a.withdrawn_on is not None:
            yield a.withdrawn_on, "intake", f"辞退（{a.withdrawal_reason}）"
    decisions = select(EligibilityDecision).join(Application).where(mine).order_by(EligibilityDecision.id)
    for d in session.scalars(decisions):
        words = "受講を決定" if d.decision == "eligible" else "不受講を決定"
        yield d.decided_on, "eligibility", words
    selections = select(SelectionDecision).join(Application).where(mine).order_by(SelectionDecision.id)
    for s in session.scalars(selections):
        order = f"（{s.rank}番）" if s.decision == "waiting" else ""
        yield s.decided_on, "eligibility", f"選考：{SELECTIONS[s.decision]}{order}"
    reports = (
        select(ReportSubmission.submitted_on, ReportDue.title)
        .join(ReportDue)
        .join(Application, Application.id == ReportSubmission.application_id)
        .where(mine, ReportSubmission.submitted_on.is_not(None))
        .order_by(ReportDue.position)
    )
    for submitted_on, title in session.execute(reports):
        assert submitted_on is not None
        yield submitted_on, "progress", f"{title}を提出"
    sessions = (
        select(TrainingSession.held_on, TrainingSession.title)
        .join(Attendance, Attendance.training_session_id == TrainingSession.id)
        .join(Application, Application.id == Attendance.application_id)
        .where(mine, Attendance.attended.is_(True))
        .order_by(TrainingSession.position)
    )
    for held_on, title in session.execute(sessions):
        yield held_on, "progress", f"{title}に出席"
    tests = (
        select(CertificationTest.held_on, CertificationTest.title)
        .join(AnswerSheet)
        .join(Application, Application.id == AnswerSheet.application_id)
        .where(mine, AnswerSheet.outcome == "points")
        .order_by(CertificationTest.id)
    )
    for held_on, title in session.execute(tests):
        yield held_on, "scoring", f"{title}を受験"


def _committee(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    rows = (
        select(Meeting.held_on, Meeting.number, CaseDecision.decision)
        .join(Case, Case.meeting_id == Meeting.id)
        .join(CaseDecision, CaseDecision.case_id == Case.id)
        .join(Application, Application.id == Case.application_id)
        .where(Application.person_id.in_(ids), Meeting.closed_at.is_not(None))
        .order_by(Meeting.id)
    )
    for held_on, number, decision in session.execute(rows):
        yield held_on, "committee", f"第{number}回認定審査委員会の議決：{DECISIONS[decision]}"
    yield from _reversals(session, ids)


def _certified(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    for c in session.scalars(select(Certification).where(Certification.person_id.in_(ids))):
        yield c.certified_on, "certificates", f"認証（{c.number}）"
        yield from _after(session, c.id, c.number)


def _reversals(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    rows = (
        select(DecisionReversal.reversed_on, DecisionReversal.reason, Meeting.number)
        .join(Case, Case.id == DecisionReversal.case_id)
        .join(Meeting, Meeting.id == Case.meeting_id)
        .join(Application, Application.id == Case.application_id)
        .where(Application.person_id.in_(ids))
        .order_by(DecisionReversal.id)
    )
    for reversed_on, reason, number in session.execute(rows):
        yield reversed_on, ENDED, f"第{number}回認定審査委員会の議決を変更（{reason}）"


def _after(session: Session, certification_id: int, number: str) -> Iterator[Entry]:
    issues = (
        select(
            Certificate.issued_on,
            Certificate.kind,
            Certificate.version,
            Certificate.withdrawn_on,
            Certificate.withdrawn_reason,
        )
        .where(Certificate.certification_id == certification_id)
        .order_by(Certificate.version)
    )
    for issued_on, kind, version, withdrawn_on, reason in session.execute(issues):
        yield issued_on, "certificates", f"認定証を交付（{ISSUES[kind]}・第{version}版）"
        if withdrawn_on is not None:
            yield withdrawn_on, "certificates", f"認定証の第{version}版を取下げ（{reason}）"
    for r in session.scalars(select(Renewal).where(Renewal.certification_id == certification_id)):
        yield r.completed_on, "renewal", "更新研修を修了"
    for v in session.scalars(select(Revocation).where(Revocation.certification_id == certification_id)):
        yield v.opened_on, "renewal", "取消しの調査を開始"
        if v.notice_on is not None:
            yield v.notice_on, "renewal", "本人へ通知"
        if v.revoked_on is not None:
            yield v.revoked_on, ENDED, "認証を取消し"
        if v.closed_without_on is not None:
            yield v.closed_without_on, "renewal", "取り消さずに調査を終了"
    for e in session.scalars(select(Closure).where(Closure.certification_id == certification_id)):
        yield e.closed_on, ENDED, CLOSURES[e.kind]
    batches = (
        select(SubmissionBatch.as_of, SubmissionBatch.number)
        .join(SubmissionRow)
        .where(SubmissionRow.key == number, SubmissionBatch.kind == "register")
        .order_by(SubmissionBatch.number)
    )
    for as_of, batch in session.execute(batches):
        yield as_of, "submission", f"認定者名簿の第{batch}便で提出"


def _names(session: Session, ids: Sequence[int]) -> Iterator[Entry]:
    changes = select(NameChange).where(NameChange.person_id.in_(ids)).order_by(NameChange.id)
    for c in session.scalars(changes):
        old, new = (
            str(side.get("name") or side.get("certificate_name") or "") for side in (c.before, c.after)
        )
        yield (
            c.changed_on,
            "people",
            f"氏名を変更（{old} → {new}）" if new else f"氏名の表記を変更（{c.reason}）",
        )
    merges = (
        select(PersonMerge, Person.name)
        .join(Person, Person.id == PersonMerge.merged_id)
        .where(PersonMerge.kept_id.in_(ids))
        .order_by(PersonMerge.id)
    )
    for merge, name in session.execute(merges):
        words = f"記録{merge.merged_id}「{name}」"
        yield merge.merged_at.astimezone().date(), "people", f"{words}を名寄せ"
        if merge.undone_at is not None:
            yield merge.undone_at.astimezone().date(), "people", f"{words}の名寄せを元に戻した"

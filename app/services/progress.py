"""進捗：進捗の盤、受験・報告・集合研修の記録、辞退扱いの確認。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.course import (
    TEST_GROUPS,
    attempt_views,
    board_rows,
    gate_views,
    load_progress,
    missed,
    reports_of,
    sentences,
)
from app.services.course_plan import cohort_of, set_report_due, set_session
from app.services.office import Act, Office
from app.services.progress_import import import_results, preview_results, write_template
from app.services.views.progress import (
    OUTCOME_WORDS,
    TEST_WORDS,
    BoardView,
    CourseView,
    PlanView,
    ReportView,
    SessionView,
)
from database.queries.progress import CohortCourse, load_course
from database.schema.intake import Application, Cohort
from database.schema.progress import Attempt, Attendance, ReportDue, ReportSubmission, TrainingSession

__all__ = [
    "AttemptForm",
    "AttendanceForm",
    "attendances",
    "board",
    "confirm_withdrawal",
    "extend_report",
    "get_course",
    "import_results",
    "preview_results",
    "record_attempt",
    "record_attendance",
    "record_report",
    "set_report_due",
    "set_session",
    "write_template",
]


HIGHEST = 1000


def board(office: Office, cohort_id: int) -> BoardView:
    """受講が決定した人の進捗の盤（受付番号の順）。状態は事実から今日の時点で導く。"""
    with office.read("progress.board") as session:
        cohort = cohort_of(session, cohort_id)
        course = load_course(session, cohort_id)
        return BoardView(
            cohort_id,
            board_rows(course, cohort, office.today()),
            tuple(PlanView(d.id, d.position, d.title, d.due_on, d.final) for d in course.dues),
            tuple(PlanView(s.id, s.position, s.title, s.held_on) for s in course.sessions),
        )


def _application(session: Session, application_id: int) -> Application:
    application = session.get(Application, application_id)
    if application is None:
        raise RuleViolation("その受講申込がありません。一覧を開き直してください。")
    return application


def _one(session: Session, application_id: int) -> tuple[CohortCourse, Cohort]:
    application = _application(session, application_id)
    course = load_course(session, application.cohort_id, application_id)
    if not course.participants:
        raise RuleViolation(
            f"受付番号{application.reception_number:04d}は受講が決定していません。受講資格の部屋で決定してください。"
        )
    return course, cohort_of(session, application.cohort_id)


def _active(session: Session, application_id: int) -> tuple[CohortCourse, Cohort]:
    # 辞退した人の記録は動かさない
    course, cohort = _one(session, application_id)
    who = course.participants[0]
    if who.withdrawn_on is not None:
        raise RuleViolation(
            f"受付番号{who.reception_number:04d}は{wareki(who.withdrawn_on)}に辞退となっています。"
            "記録するには、先に辞退を取り消してください。"
        )
    return course, cohort


def _report_views(course: CohortCourse, application_id: int, today: date) -> tuple[ReportView, ...]:
    handed = course.submissions.get(application_id, {})
    found = []
    for due, report in zip(course.dues, reports_of(course, application_id), strict=True):
        s = handed.get(due.id)
        found.append(
            ReportView(
                due.id,
                due.position,
                due.title,
                due.due_on,
                due.final,
                report.extended_to,
                s.extension_reason if s else "",
                report.submitted_on,
                report.missed(today),
            )
        )
    return tuple(found)


def _session_views(course: CohortCourse, application_id: int) -> tuple[SessionView, ...]:
    present = course.attendances.get(application_id, {})
    found = []
    for one in course.sessions:
        a = present.get(one.id)
        attended, late, early = (a.attended, a.minutes_late, a.minutes_left_early) if a else (None, 0, 0)
        found.append(SessionView(one.id, one.position, one.title, one.held_on, attended, late, early))
    return tuple(found)


def get_course(office: Office, application_id: int) -> CourseView:
    """一人の研修のすべて（受験・報告・出欠と、今日の状態の文）。"""
    today = office.today()
    with office.read("progress.get_course") as session:
        course, cohort = _one(session, application_id)
        who = course.participants[0]
        return CourseView(
            row=board_rows(course, cohort, today)[0],
            attempts=attempt_views(course, cohort, application_id),
            reports=_report_views(course, application_id, today),
            sessions=_session_views(course, application_id),
            withdrawn_on=who.withdrawn_on,
            withdrawal_reason=who.withdrawal_reason,
            sentences=sentences(course, cohort, application_id, today),
            gates=gate_views(course, cohort, application_id, today),
        )


@dataclass(frozen=True)
class AttemptForm:
    """一回の受験に書くこと。subject_group が空なら総合確認テスト。points は 0〜HIGHEST 点（得点のときだけ）。"""

    subject_group: str
    outcome: str = "points"
    points: int | None = None
    taken_on: date | None = None


def _check_attempt(form: AttemptForm, today: date) -> None:
    if form.subject_group not in TEST_GROUPS:
        raise RuleViolation(
            f"科目群「{form.subject_group}」はありません。A〜E か総合確認テストを選んでください。"
        )
    if form.outcome not in OUTCOME_WORDS:
        raise RuleViolation("結果の種類を、得点・欠席・無効・免除・未実施から選んでください。")
    if (form.outcome == "points") != (form.points is not None):
        raise RuleViolation("点は、結果が「得点」のときだけ入れてください（0点と欠席は別のものです）。")
    if form.points is not None and not 0 <= form.points <= HIGHEST:
        raise RuleViolation(
            f"点（{form.points}）が0〜{HIGHEST}の外です。結果の一覧を見て入れ直してください。"
        )
    if form.taken_on is not None and form.taken_on > today:
        raise RuleViolation(f"受験日（{wareki(form.taken_on)}）が今日より後です。日付を確かめてください。")


def record_attempt(office: Office, application_id: int, form: AttemptForm) -> int:
    """一回の受験を記す。回数は研修期の上限まで。前の受験は消さない。"""
    _check_attempt(form, office.today())
    test = "quiz" if form.subject_group else "comprehensive"
    with office.act("progress.record_attempt") as act:
        course, cohort = _active(act.session, application_id)
        earlier = [
            a for a in course.attempts.get(application_id, ()) if a.subject_group == form.subject_group
        ]
        if len(earlier) >= cohort.max_attempts:
            raise RuleViolation(
                f"{TEST_WORDS[test]}{form.subject_group}は既に{len(earlier)}回記録されています"
                f"（上限{cohort.max_attempts}回）。研修期の設定を確かめてください。"
            )
        row = Attempt(
            application_id=application_id,
            test=test,
            subject_group=form.subject_group,
            number=max((a.number for a in earlier), default=0) + 1,
            outcome=form.outcome,
            points=form.points,
            taken_on=form.taken_on,
        )
        act.session.add(row)
        act.session.flush()
        words = OUTCOME_WORDS[form.outcome] if form.points is None else f"{form.points}点"
        act.say(
            f"application:{application_id}",
            f"{TEST_WORDS[test]}{form.subject_group} {row.number}回目：{words}",
        )
        return row.id


def _report(
    act: Act, cohort_id: int, application_id: int, report_due_id: int
) -> tuple[ReportSubmission, ReportDue]:
    due = act.session.get(ReportDue, report_due_id)
    if due is None or due.cohort_id != cohort_id:
        raise RuleViolation("この研修期にその提出物はありません。一覧を開き直してください。")
    row = act.session.scalar(
        select(ReportSubmission).where(
            ReportSubmission.application_id == application_id, ReportSubmission.report_due_id == report_due_id
        )
    )
    if row is None:
        row = ReportSubmission(application_id=application_id, report_due_id=report_due_id)
        act.session.add(row)
    return row, due


def record_report(office: Office, application_id: int, report_due_id: int, submitted_on: date | None) -> None:
    """提出の日を記す。期限に遅れた提出も日のとおりに記す。空を与えれば記録を取り消す。"""
    if submitted_on is not None and submitted_on > office.today():
        raise RuleViolation(f"提出日（{wareki(submitted_on)}）が今日より後です。日付を確かめてください。")
    with office.act("progress.record_report") as act:
        course, cohort = _active(act.session, application_id)
        if load_progress(course, cohort, office.today())[application_id].practice == "shut":
            raise RuleViolation(
                "養成課程①を終えていないため、実践の提出物は受け取れません。テストの結果を確かめてください。"
            )
        row, due = _report(act, cohort.id, application_id, report_due_id)
        row.submitted_on = submitted_on
        words = "提出の記録を取消し" if submitted_on is None else f"{wareki(submitted_on)}に提出"
        act.say(f"application:{application_id}", f"{due.title}：{words}")


def extend_report(
    office: Office, application_id: int, report_due_id: int, extended_to: date, reason: str
) -> None:
    """一人の期限を、理由を付けて延ばす（過ぎた後でもよい）。"""
    if not reason.strip():
        raise RuleViolation("延長の理由が空です。理由を書いてください。")
    with office.act("progress.extend_report") as act:
        _, cohort = _active(act.session, application_id)
        row, due = _report(act, cohort.id, application_id, report_due_id)
        if extended_to <= due.due_on:
            raise RuleViolation(
                f"延長後の期限は、もとの期限（{wareki(due.due_on)}）より後の日にしてください。"
            )
        row.extended_to, row.extension_reason = extended_to, reason
        act.say(
            f"application:{application_id}", f"{due.title}の期限を{wareki(extended_to)}に延長", reason=reason
        )


@dataclass(frozen=True)
class AttendanceForm:
    """一人の出欠。attended が空は未確認。遅刻・早退は分。"""

    attended: bool | None
    minutes_late: int = 0
    minutes_left_early: int = 0


def record_attendance(office: Office, training_session_id: int, forms: Mapping[int, AttendanceForm]) -> None:
    """集合研修一回の出欠をまとめて記す。鍵は申込の id。養成課程②が開いていない人は受け取らない。"""
    if any(f.minutes_late < 0 or f.minutes_left_early < 0 for f in forms.values()):
        raise RuleViolation("遅刻・早退の分が負です。入れ直してください。")
    with office.act("progress.record_attendance") as act:
        one = act.session.get(TrainingSession, training_session_id)
        if one is None:
            raise RuleViolation("その集合研修がありません。一覧を開き直してください。")
        if one.held_on > office.today():
            raise RuleViolation(f"{one.title}は{wareki(one.held_on)}です。まだ出欠を記録できません。")
        _check_course2(act.session, one.cohort_id, forms, office.today())
        kept = {
            a.application_id: a
            for a in act.session.scalars(
                select(Attendance).where(Attendance.training_session_id == training_session_id)
            )
        }
        for application_id, form in forms.items():
            row = kept.get(application_id)
            if row is None:
                row = Attendance(application_id=application_id, training_session_id=training_session_id)
                act.session.add(row)
            row.attended, row.minutes_late = form.attended, form.minutes_late
            row.minutes_left_early = form.minutes_left_early
        absent = sum(f.attended is False for f in forms.values())
        act.say(
            f"training_session:{training_session_id}",
            f"{one.title}の出欠を記録（{len(forms)}人、欠席{absent}人）",
        )


def attendances(office: Office, training_session_id: int) -> dict[int, AttendanceForm]:
    """集合研修一回の、いまの出欠（申込の id から。記録のない人は含まない）。"""
    with office.read("progress.attendances") as session:
        rows = session.scalars(
            select(Attendance).where(Attendance.training_session_id == training_session_id)
        )
        return {
            a.application_id: AttendanceForm(a.attended, a.minutes_late, a.minutes_left_early) for a in rows
        }


def _check_course2(
    session: Session, cohort_id: int, forms: Mapping[int, AttendanceForm], today: date
) -> None:
    course = load_course(session, cohort_id)
    found = load_progress(course, cohort_of(session, cohort_id), today)
    numbers = {p.application_id: p.reception_number for p in course.participants if p.withdrawn_on is None}
    shut = [i for i in forms if i not in numbers or found[i].course2 == "shut"]
    if shut:
        named = "、".join(f"{numbers[i]:04d}" if i in numbers else "受講者でない人" for i in shut[:5])
        more = f" ほか{len(shut) - 5}人" if len(shut) > 5 else ""
        raise RuleViolation(
            f"養成課程②に進んでいない人がいます（{named}{more}）。外してから記録してください。"
        )


def confirm_withdrawal(office: Office, application_id: int, reason: str = "") -> None:
    """期限までに提出がないことによる辞退扱いを、事務局が確かめて記す（実施要綱 第5条）。"""
    today = office.today()
    with office.act("progress.confirm_withdrawal") as act:
        course, cohort = _active(act.session, application_id)
        if load_progress(course, cohort, today)[application_id].practice != "withdrawal_due":
            raise RuleViolation(
                "辞退として取り扱う事実（期限までに提出のない報告）がありません。進捗を確かめてください。"
            )
        late = missed(course, application_id, today)
        named = "、".join(f"{title}（期限 {wareki(report.limit)}）" for title, report in late)
        words = f"期限までに提出がないため辞退として取り扱う：{named}"
        row = _application(act.session, application_id)
        row.withdrawn_on = today
        row.withdrawal_reason = f"{words}。{reason}" if reason.strip() else words
        act.say(f"application:{application_id}", "辞退扱いを確認", reason=row.withdrawal_reason)

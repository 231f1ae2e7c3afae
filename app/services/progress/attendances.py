"""進捗：集合研修の出欠を記す。"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.progress.course import load_progress
from app.services.progress.plan import cohort_of
from app.services.views.progress import ATTENDED, SESSION_WORDS, outcome_of
from database.queries.progress import load_course
from database.schema.progress import Attendance, TrainingSession


@dataclass(frozen=True)
class AttendanceForm:
    """一人の出欠。attended が空は未確認。遅刻・早退は分。

    outcome は SESSION_WORDS の鍵。空なら、attended が真は出席、偽は欠席とする。
    """

    attended: bool | None
    minutes_late: int = 0
    minutes_left_early: int = 0
    outcome: str = ""

    @classmethod
    def of(cls, outcome: str, minutes_late: int = 0, minutes_left_early: int = 0) -> "AttendanceForm":
        """出欠の種類（空は未確認）から。"""
        return cls(ATTENDED.get(outcome), minutes_late, minutes_left_early, outcome)

    @property
    def kind(self) -> str:
        """出欠の種類（SESSION_WORDS の鍵、未確認は空）。"""
        return self.outcome or {True: "attended", False: "absent", None: ""}[self.attended]


def record_attendance(office: Office, training_session_id: int, forms: Mapping[int, AttendanceForm]) -> None:
    """集合研修一回の出欠をまとめて記す。鍵は申込の id。養成課程②が開いていない人は受け取らない。"""
    _check_forms(forms.values())
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
            row.outcome = form.kind or None
            row.attended, row.minutes_late = ATTENDED.get(form.kind), form.minutes_late
            row.minutes_left_early = form.minutes_left_early
        absent = sum(f.kind == "absent" for f in forms.values())
        act.say(
            f"training_session:{training_session_id}",
            f"{one.title}の出欠を記録（{len(forms)}人、欠席{absent}人）",
        )


def _check_forms(forms: Iterable[AttendanceForm]) -> None:
    for form in forms:
        if form.kind not in ("", *SESSION_WORDS):
            raise RuleViolation("出欠を、出席・欠席・無効・免除・未実施から選んでください。")
        if form.minutes_late < 0 or form.minutes_left_early < 0:
            raise RuleViolation("遅刻・早退の分が負です。入れ直してください。")
        if form.kind != "attended" and (form.minutes_late or form.minutes_left_early):
            raise RuleViolation("遅刻・早退の分は、出席した人にだけ入れてください。")


def attendances(office: Office, training_session_id: int) -> dict[int, AttendanceForm]:
    """集合研修一回の、いまの出欠（申込の id から。記録のない人は含まない）。"""
    with office.read("progress.attendances") as session:
        rows = session.scalars(
            select(Attendance).where(Attendance.training_session_id == training_session_id)
        )
        return {
            a.application_id: AttendanceForm.of(
                outcome_of(a.attended, a.outcome), a.minutes_late, a.minutes_left_early
            )
            for a in rows
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

"""進捗：受験を記し、誤った記録を理由を付けて取り消す。"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.progress.course import TEST_GROUPS
from app.services.progress.people import active_course_of
from app.services.progress.plan import HIGHEST
from app.services.views.progress import OUTCOME_WORDS, TEST_WORDS
from database.schema.progress import VOIDED, Attempt


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
        course, cohort = active_course_of(act.session, application_id)
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


def void_attempt(office: Office, attempt_id: int, reason: str) -> None:
    """誤って記した受験を、理由を付けて取り消す。記録は消さず、正しい回をあらためて記せるようにする。"""
    if not reason.strip():
        raise RuleViolation("取り消す理由が空です。理由を書いてください。")
    with office.act("progress.void_attempt") as act:
        row = act.session.get(Attempt, attempt_id)
        if row is None:
            raise RuleViolation("その受験の記録がありません。一覧を開き直してください。")
        if row.voided_on is not None:
            raise RuleViolation("この受験は既に取り消されています。")
        active_course_of(act.session, row.application_id)
        title = f"{TEST_WORDS[row.test]}{row.subject_group} {row.number}回目"
        words = OUTCOME_WORDS[row.outcome] if row.points is None else f"{row.points}点"
        void_row(act.session, row, office.today(), reason.strip())
        act.say(f"application:{row.application_id}", f"{title}（{words}）を取消し", reason=reason)


def void_row(session: Session, row: Attempt, today: date, reason: str) -> None:
    """受験の行を取り消したものにする。回の番号は、空けるために VOIDED ずつ大きくする。"""
    used = session.scalars(
        select(Attempt.number).where(
            Attempt.application_id == row.application_id,
            Attempt.test == row.test,
            Attempt.subject_group == row.subject_group,
        )
    ).all()
    number = row.number + VOIDED
    while number in used:
        number += VOIDED
    row.number, row.voided_on, row.void_reason = number, today, reason
    session.flush()

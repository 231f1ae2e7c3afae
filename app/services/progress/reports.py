"""進捗：提出と延長を記し、期限を過ぎた人の辞退扱いを確かめる・取り消す。"""

from datetime import date

from sqlalchemy import select

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.office import Act, Office
from app.services.people import check_not_merged, open_elsewhere
from app.services.progress.course import load_progress
from app.services.progress.people import active_course_of, application_of
from app.services.progress.words import missed
from app.services.views.progress import MISSED, was_missed
from database.schema.progress import ReportDue, ReportSubmission


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
        course, cohort = active_course_of(act.session, application_id)
        if load_progress(course, cohort, office.today())[application_id].practice == "shut":
            raise RuleViolation(
                "養成課程①を終えていないため、実践の提出物は受け取れません。テストの結果を確かめてください。"
            )
        row, due = _report(act, cohort.id, application_id, report_due_id)
        row.submitted_on = submitted_on
        words = "提出の記録を取消し" if submitted_on is None else f"{wareki(submitted_on)}に提出"
        act.say(f"application:{application_id}", f"{due.title}：{words}")


def extend_report(
    office: Office,
    application_id: int,
    report_due_id: int,
    extended_to: date,
    reason: str,
    take_back: bool = False,
) -> None:
    """一人の期限を、理由を付けて延ばす（過ぎた後でもよい）。

    辞退扱いを確認した後なら、take_back が真のときだけ、辞退扱いを同じ理由で取り消したうえで延ばす。
    """
    if not reason.strip():
        raise RuleViolation("延長の理由が空です。理由を書いてください。")
    with office.act("progress.extend_report") as act:
        gone = take_back and _take_back(act, application_id, reason)
        _, cohort = active_course_of(act.session, application_id)
        row, due = _report(act, cohort.id, application_id, report_due_id)
        if extended_to <= due.due_on:
            raise RuleViolation(
                f"延長後の期限は、もとの期限（{wareki(due.due_on)}）より後の日にしてください。"
            )
        row.extended_to, row.extension_reason = extended_to, reason
        words = f"{due.title}の期限を{wareki(extended_to)}に延長{'し、辞退扱いを取消し' if gone else ''}"
        act.say(f"application:{application_id}", words, reason=reason)


def confirm_withdrawal(office: Office, application_id: int, reason: str = "") -> None:
    """期限までに提出がないことによる辞退扱いを、事務局が確かめて記す（実施要綱 第5条）。"""
    today = office.today()
    with office.act("progress.confirm_withdrawal") as act:
        course, cohort = active_course_of(act.session, application_id)
        if load_progress(course, cohort, today)[application_id].practice != "withdrawal_due":
            raise RuleViolation(
                "辞退として取り扱う事実（期限までに提出のない報告）がありません。進捗を確かめてください。"
            )
        late = missed(course, application_id, today)
        named = "、".join(f"{title}（期限 {wareki(report.limit)}）" for title, report in late)
        words = f"{MISSED}：{named}"
        row = application_of(act.session, application_id)
        row.withdrawn_on = today
        row.withdrawal_reason = f"{words}。{reason}" if reason.strip() else words
        act.say(f"application:{application_id}", "辞退扱いを確認", reason=row.withdrawal_reason)


def _take_back(act: Act, application_id: int, reason: str) -> bool:
    """辞退扱いを取り消す。取り消すものがなければ偽。"""
    row = application_of(act.session, application_id)
    if row.withdrawn_on is None:
        return False
    if not was_missed(row.withdrawal_reason):
        raise RuleViolation(
            f"{wareki(row.withdrawn_on)}の辞退は本人の申出によるものです。取り消すときは、受付の部屋で取り消してください。"
        )
    check_not_merged(act.session, row.person)
    if elsewhere := open_elsewhere(act.session, row.cohort_id, [row.person_id]):
        raise RuleViolation(elsewhere[row.person_id])
    before = {"withdrawn_on": row.withdrawn_on.isoformat(), "reason": row.withdrawal_reason}
    row.withdrawn_on, row.withdrawal_reason = None, ""
    act.session.flush()
    act.say(f"application:{application_id}", "辞退扱いを取消し", reason=reason, detail=before)
    return True


def take_back_withdrawal(office: Office, application_id: int, reason: str) -> None:
    """確認した辞退扱いを、理由を付けて取り消す。期限が過ぎたままなら、また確認待ちになる。"""
    if not reason.strip():
        raise RuleViolation("辞退扱いを取り消す理由が空です。理由を書いてください。")
    with office.act("progress.take_back_withdrawal") as act:
        if application_of(act.session, application_id).withdrawn_on is None:
            raise RuleViolation("辞退となっていません。一覧を開き直してください。")
        _take_back(act, application_id, reason)

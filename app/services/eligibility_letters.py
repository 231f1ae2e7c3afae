"""受講資格：決定の通知の手紙。"""

from pathlib import Path

from sqlalchemy.orm import Session

from app.documents.letters import Letter, render_letters
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.eligibility_cases import load
from app.services.files import write_whole
from app.services.intake import cohort_title
from app.services.office import Office
from app.services.settings import value_of
from database.queries.eligibility import CaseRow, latest_decisions, load_cases
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Cohort

_LETTERS = {
    "eligible": ("受講決定通知書", "下記の研修について、受講を決定しましたので通知します。"),
    "ineligible": (
        "受講不決定通知書",
        "下記の研修について、次の理由により受講を決定しないこととしましたので通知します。",
    ),
}


def _letter(session: Session, a: CaseRow, decision: EligibilityDecision) -> Letter:
    title, opening = _LETTERS[decision.decision]
    unmet = [f["sentence"] for f in decision.findings if f["status"] != "met"]
    return Letter(
        number=f"受付 {a.reception_number:04d}",
        date=decision.decided_on,
        addressee=a.name,
        sender=str(value_of(session, "office_name")),
        title=title,
        paragraphs=(opening,),
        rows=_letter_rows(session.get_one(Cohort, a.cohort_id), decision, unmet),
    )


def write_letter(office: Office, application_id: int, path: Path) -> Path:
    """決定の通知を PDF に書く。決定がなければ RuleViolation。"""
    with office.act("eligibility.write_letter") as act:
        a, decision = load(act.session, application_id)
        if decision is None:
            raise RuleViolation("まだ決定していません。決定してから通知を作ってください。")
        letter = _letter(act.session, a, decision)
        content = render_letters((letter,))
        act.say(f"application:{application_id}", f"{letter.title}を作成")
    write_whole(path, content)
    return path


def write_letters(office: Office, cohort_id: int, path: Path) -> int:
    """研修期の、決定した申込すべての通知を一冊の PDF に書き、通数を返す（受付番号の順、辞退を除く）。"""
    with office.act("eligibility.write_letters") as act:
        latest = latest_decisions(act.session, cohort_id)
        cases = load_cases(act.session, cohort_id)
        decided = [(a, latest[a.application_id]) for a in cases if a.application_id in latest]
        if not decided:
            raise RuleViolation("まだ一人も決定していません。決定してから通知を作ってください。")
        content = render_letters(tuple(_letter(act.session, a, d) for a, d in decided))
        act.say(f"cohort:{cohort_id}", f"決定の通知を{len(decided)}通作成")
    write_whole(path, content)
    return len(decided)


def _letter_rows(
    cohort: Cohort, decision: EligibilityDecision, unmet: list[str]
) -> tuple[tuple[str, str], ...]:
    rows = [("研修", cohort_title(cohort)), ("研修開始日", wareki(cohort.training_starts_on))]
    if decision.decision == "ineligible":
        rows += [("理由", decision.reason)] if decision.reason else [("理由", sentence) for sentence in unmet]
    return tuple(rows)

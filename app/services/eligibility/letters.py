"""受講資格：決定の通知の手紙。"""

from pathlib import Path

from sqlalchemy.orm import Session

from app.documents.letters import Letter, render_letters
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.selection import parse_plan
from app.services.cohorts import cohort_title
from app.services.eligibility.cases import load
from app.services.eligibility.selection_cases import selection_state
from app.services.files import write_whole
from app.services.office import Office
from app.services.settings import value_of
from database.queries.eligibility import CaseRow, latest_decisions, latest_selections, load_cases
from database.schema.eligibility import EligibilityDecision, SelectionDecision
from database.schema.intake import Cohort

_LETTERS = {
    "eligible": ("受講決定通知書", "下記の研修について、受講を決定しましたので通知します。"),
    "ineligible": (
        "受講不決定通知書",
        "下記の研修について、次の理由により受講を決定しないこととしましたので通知します。",
    ),
}
_SELECTION_TITLE = "選考結果通知書"
_SELECTION_OPENING = (
    "下記の研修について、受講資格を有すると認めましたが、受講資格を有する申込者が定員を超えたため選考を行いました。"
    "その結果を次のとおり通知します。"
)
# 選考の結果から、結果の文と、この後のこと
_SELECTION_WORDS = {
    "waiting": (
        "補欠（繰上げの順位 第{rank}位）",
        "辞退などで席が空いたときは、この順位に従って受講を決定し、改めて通知します。",
    ),
    "not_selected": (
        "受講を決定しないこととしました。",
        "今後の研修の受講を希望されるときは、改めて申込みが必要です。",
    ),
}


def _letter(
    session: Session, a: CaseRow, decision: EligibilityDecision, selection: SelectionDecision | None
) -> Letter:
    cohort = session.get_one(Cohort, a.cohort_id)
    day = decision.decided_on
    rows: tuple[tuple[str, str], ...] = ()
    title, opening = _LETTERS[decision.decision]
    if decision.decision == "ineligible":
        rows = _refusal_rows(decision)
    elif selection is not None:
        day = max(day, selection.decided_on)
        if selection.decision != "selected":
            title, opening, rows = _SELECTION_TITLE, _SELECTION_OPENING, _selection_rows(cohort, selection)
    return Letter(
        number=f"受付 {a.reception_number:04d}",
        date=day,
        addressee=a.name,
        sender=str(value_of(session, "office_name")),
        title=title,
        paragraphs=(opening,),
        rows=(("研修", cohort_title(cohort)), ("研修開始日", wareki(cohort.training_starts_on)), *rows),
    )


def _refusal_rows(decision: EligibilityDecision) -> tuple[tuple[str, str], ...]:
    if decision.reason:
        return (("理由", decision.reason),)
    return tuple(("理由", f["sentence"]) for f in decision.findings if f["status"] != "met")


def _selection_rows(cohort: Cohort, selection: SelectionDecision) -> tuple[tuple[str, str], ...]:
    result, after = _SELECTION_WORDS[selection.decision]
    plan = parse_plan(cohort.selection_criteria)
    return (
        ("定員", f"{plan.decided_capacity or cohort.capacity}名"),
        *(
            ("" if place > 1 else "選考の基準", f"{place}　{c.words}")
            for place, c in enumerate(plan.decided, 1)
        ),
        ("選考の結果", result.format(rank=selection.rank)),
        ("この後", after),
    )


def _check_selected(session: Session, cohort_id: int) -> None:
    """定員を超えているのに選考の決定がなければ、受講決定の通知は作らせない。"""
    state = selection_state(session, cohort_id)
    if state.needed:
        raise RuleViolation(
            f"資格ありの人が{state.eligible}名で、定員{state.capacity}名を{state.over}名超えています。"
            "［選考…］で選考を決定してから通知を作ってください。"
        )


def write_letter(office: Office, application_id: int, path: Path) -> Path:
    """決定の通知を PDF に書く。決定がないか、要る選考がまだなら RuleViolation。

    選考を決定した研修期では、選ばれた人に受講決定通知書、待機・選考外の人に選考結果通知書を書く。
    """
    with office.act("eligibility.write_letter") as act:
        a, decision = load(act.session, application_id)
        if decision is None:
            raise RuleViolation("まだ決定していません。決定してから通知を作ってください。")
        selections = latest_selections(act.session, a.cohort_id)
        if decision.decision == "eligible":
            _check_selected(act.session, a.cohort_id)
            if selections and application_id not in selections:
                raise RuleViolation(
                    "選考の後に資格ありとなった人です。［選考…］で選考に加えてから通知を作ってください。"
                )
        letter = _letter(act.session, a, decision, selections.get(application_id))
        content = render_letters((letter,))
        act.say(f"application:{application_id}", f"{letter.title}を作成")
    write_whole(path, content)
    return path


def write_letters(office: Office, cohort_id: int, path: Path) -> int:
    """研修期の、決定した申込すべての通知を一冊の PDF に書き、通数を返す（受付番号の順、辞退を除く）。

    選考の後に資格ありとなり、選考の決定がまだの人の分は書かない。要る選考がまだなら RuleViolation。
    """
    with office.act("eligibility.write_letters") as act:
        latest = latest_decisions(act.session, cohort_id)
        selections = latest_selections(act.session, cohort_id)
        _check_selected(act.session, cohort_id)
        decided = [
            (a, latest[a.application_id])
            for a in load_cases(act.session, cohort_id)
            if a.application_id in latest
            and (
                not selections
                or a.application_id in selections
                or latest[a.application_id].decision == "ineligible"
            )
        ]
        if not decided:
            raise RuleViolation("まだ一人も決定していません。決定してから通知を作ってください。")
        content = render_letters(
            tuple(_letter(act.session, a, d, selections.get(a.application_id)) for a, d in decided)
        )
        act.say(f"cohort:{cohort_id}", f"決定の通知を{len(decided)}通作成")
    write_whole(path, content)
    return len(decided)

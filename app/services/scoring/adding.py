"""採点：合格者を後から加える決定と、その取消し。初めの結果は消さずに残る。"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.office import Actor, Office
from app.services.scoring.analysis import load_test
from app.services.scoring.rule import check_meeting
from database.queries.scoring import latest_adoption
from database.schema.intake import Application
from database.schema.scoring import PassRuleAdoption

Result = Mapping[str, Any]


def _cannot_add(row: Result | None) -> str:
    if row is None or row["total"] is None:
        return "得点がないため、合格に加えられません。"
    return "既に合格しています。選び直してください。" if row["passed"] else ""


def _cannot_remove(row: Result | None) -> str:
    return (
        "" if row is not None and row.get("added") else "合格に加えた人ではありません。選び直してください。"
    )


def _passes(row: Result) -> bool:
    """凍った点と基準だけで合格するか。基準を凍らせていない前の採用では、加えられた人は達していなかった人。"""
    if row.get("needed") is None:
        return False
    groups = all(row["groups"][g] >= n for g, n in row["group_needed"].items())
    return bool(row["total"] >= row["needed"] and groups)


def _name(session: Session, application_id: int) -> str:
    application = session.get(Application, application_id)
    return "選んだ人" if application is None else application.person.name


def _next_results(
    session: Session,
    latest: PassRuleAdoption,
    chosen: Sequence[int],
    refusal: Callable[[Result | None], str],
    change: Callable[[Result], dict[str, Any]],
) -> list[dict[str, Any]]:
    known = {r["application_id"]: r for r in latest.results}
    for one in chosen:
        if words := refusal(known.get(one)):
            raise RuleViolation(f"{_name(session, one)}さんは{words}")
    return [r | change(r) if r["application_id"] in chosen else r for r in latest.results]


def _decide(
    office: Office,
    test_id: int,
    application_ids: Sequence[int],
    reason: str,
    kind: str,
    second: Actor | None,
    meeting_id: int | None,
) -> int:
    chosen = tuple(dict.fromkeys(application_ids))
    if not chosen:
        raise RuleViolation("人が選ばれていません。一人以上を選んでください。")
    if not reason.strip():
        raise RuleViolation("理由が空です。委員会の決定などを書いてください。")
    adding = kind == "addition"
    function = "scoring.add_passers" if adding else "scoring.remove_passers"
    with office.act(function, second=second) as act:
        test = load_test(act.session, test_id)
        latest = latest_adoption(act.session, test_id)
        if latest is None:
            raise RuleViolation("合格基準がまだ採用されていません。先に合格基準を採用してください。")
        check_meeting(act.session, test, meeting_id)
        results = (
            _next_results(act.session, latest, chosen, _cannot_add, lambda r: {"passed": True, "added": True})
            if adding
            else _next_results(
                act.session, latest, chosen, _cannot_remove, lambda r: {"passed": _passes(r), "added": False}
            )
        )
        row = PassRuleAdoption(
            certification_test_id=test_id,
            adopted_on=office.today(),
            total_minimum=latest.total_minimum,
            group_minimum=dict(latest.group_minimum),
            no_zero=latest.no_zero,
            correction=latest.correction,
            reason=reason,
            adopted_by=act.actor.name,
            results=results,
            kind=kind,
            added=list(chosen),
            meeting_id=meeting_id,
        )
        act.session.add(row)
        act.session.flush()
        what = "合格者に追加" if adding else "合格者の追加を取消し"
        passed = sum(r["passed"] is True for r in results)
        words = f"{test.title}：{len(chosen)}人を{what}（合格{passed}人）"
        act.say(f"certification_test:{test_id}", words, reason=reason, detail={"applications": list(chosen)})
        return row.id


def add_passers(
    office: Office,
    test_id: int,
    application_ids: Sequence[int],
    reason: str,
    *,
    second: Actor | None,
    meeting_id: int | None = None,
) -> int:
    """採用した基準に達しない人を、理由を付けて合格者に加える。二人目（責任者）が要る。決定の id を返す。

    合格基準の採用とは別の決定として積み、初めの結果は記録に残る。点は変わらない。
    得点のない人（欠席など）と、既に合格した人は加えられない。
    """
    return _decide(office, test_id, application_ids, reason, "addition", second, meeting_id)


def remove_passers(
    office: Office,
    test_id: int,
    application_ids: Sequence[int],
    reason: str,
    *,
    second: Actor | None,
    meeting_id: int | None = None,
) -> int:
    """誤って加えた人の追加を、理由を付けて取り消す（追加の記録は残る）。二人目（責任者）が要る。"""
    return _decide(office, test_id, application_ids, reason, "removal", second, meeting_id)

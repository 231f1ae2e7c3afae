"""認証予定日を動かす：欠格事由を新しい日で計算し直し、変わる案件を先に示し、変わった案件はもう一度審査する。"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.committee.facts import grounds, open_sentence
from app.services.committee.presence import open_meeting
from app.services.committee.recusals import hidden_cases
from app.services.office import Actor, Office, check_second_person
from app.services.views.committee import DECISION_WORDS, GROUND_TEXTS
from app.services.views.conflicts import DayChange, DayChangeRow
from database.schema.base import canonical_json
from database.schema.committee import Case, Meeting
from database.schema.intake import Application

# アは計算しないので、日を動かしても変わらない
_COMPUTED = ("i", "u", "e")
_Computed = tuple[Mapping[str, Any], str]


def _both(
    session: Session, office: Office, meeting: Meeting, case: Case, day: date
) -> tuple[_Computed, _Computed]:
    """いまの日と新しい日の、四つの事由の計算と要約値。"""
    application = session.get_one(Application, case.application_id)
    return (
        grounds(session, application, meeting.certification_on, office.guideline),
        grounds(session, application, day, office.guideline),
    )


def _case_rows(session: Session, case: Case, before: _Computed, after: _Computed) -> list[DayChangeRow]:
    name = session.get_one(Application, case.application_id).person.name
    return [
        DayChangeRow(
            case.id,
            case.position,
            name,
            ground,
            GROUND_TEXTS[ground][0],
            str(before[0][ground]["status"]),
            str(after[0][ground]["status"]),
            open_sentence(ground, after[0][ground]),
            case.decision.decision if case.decision else "",
        )
        for ground in _COMPUTED
        if before[0][ground]["status"] != after[0][ground]["status"]
    ]


def _digest(meeting: Meeting, day: date, rows: list[DayChangeRow]) -> str:
    facts = [meeting.certification_on.isoformat(), day.isoformat()]
    facts += [f"{r.case_id}:{r.ground}:{r.before}:{r.after}:{r.decision}" for r in rows]
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def _check_day(meeting: Meeting, day: date) -> None:
    if day < meeting.held_on:
        raise RuleViolation("認証予定日が会議の日より前です。会議の日以後にしてください。")
    if day == meeting.certification_on:
        raise RuleViolation(f"認証予定日は、いま{wareki(day)}です。別の日を入れてください。")


def _change(
    session: Session, office: Office, meeting: Meeting, day: date
) -> tuple[DayChange, dict[int, tuple[_Computed, _Computed]]]:
    computed = {c.id: _both(session, office, meeting, c, day) for c in meeting.cases}
    rows = [row for c in meeting.cases for row in _case_rows(session, c, *computed[c.id])]
    digest = _digest(meeting, day, rows)
    found = DayChange(meeting.id, meeting.certification_on, day, len(meeting.cases), tuple(rows), digest)
    return found, computed


def preview_certification_day(office: Office, meeting_id: int, day: date) -> DayChange:
    """認証予定日を day に動かすと、どの案件のどの事由が変わり、どの議決をもう一度審査することになるか。何も変えない。"""
    with office.read("committee.preview_certification_day") as session:
        actor = office.require("committee.preview_certification_day")
        meeting = open_meeting(session, meeting_id)
        _check_day(meeting, day)
        found, _ = _change(session, office, meeting, day)
        hidden = hidden_cases(session, meeting_id, actor)
        if not hidden:
            return found
        rows = tuple(r for r in found.rows if r.case_id not in hidden)
        return DayChange(meeting_id, found.before, day, found.cases - len(hidden), rows, found.digest)


def _stamp(case: Case, before: _Computed, after: _Computed) -> None:
    """変わらない事由の確認を、新しい日の計算に付け替える。変わった事由の確認は外す。"""
    for row in list(case.grounds):
        if row.facts_digest != before[1]:
            continue  # 日を動かす前から、確認し直しを待っている
        if str(after[0][row.ground]["status"]) != str(before[0][row.ground]["status"]):
            case.grounds.remove(row)
            continue
        row.computed = str(after[0][row.ground]["status"])
        row.computed_sentence = str(after[0][row.ground].get("sentence", ""))
        row.facts_digest = after[1]


def _reopen(case: Case) -> dict[str, object] | None:
    """議決を外し、その中身を返す。議決していなければ None。"""
    kept = case.decision
    if kept is None:
        return None
    case.decision = None
    return {
        "case": case.id,
        "position": case.position,
        "decision": kept.decision,
        "votes": [kept.votes_for, kept.votes_against, kept.abstentions],
    }


def set_certification_day(
    office: Office, meeting_id: int, day: date, seen: str, reason: str, *, second: Actor | None = None
) -> DayChange:
    """認証予定日を day に動かす。seen は先に見た見通しの digest で、その後に変わっていれば RuleViolation。

    判定の変わった案件は、議決を外してもう一度審査する（元の議決は監査記録に残る）。議決を外すときは二人目が要る。
    判定の変わらない案件の確認と議決は、そのまま残る。閉じた会議では RuleViolation。
    """
    if not reason.strip():
        raise RuleViolation("認証予定日を動かす理由が空です。理由を書いてください。")
    with office.act("committee.set_certification_day", second=second) as act:
        meeting = open_meeting(act.session, meeting_id)
        _check_day(meeting, day)
        found, computed = _change(act.session, office, meeting, day)
        if found.digest != seen:
            raise RuleViolation("見通しを示した後に、事実か議決が変わりました。もう一度確かめてください。")
        if found.reopened:
            check_second_person(act.actor, second)
        changed = {r.case_id for r in found.rows}
        reopened = []
        for case in meeting.cases:
            if case.id in changed and (kept := _reopen(case)) is not None:
                reopened.append(kept)
            _stamp(case, *computed[case.id])
        meeting.certification_on = day
        words = "、".join(
            f"案件{k['position']:03d}（{DECISION_WORDS[str(k['decision'])]}）をもう一度審査" for k in reopened
        )
        act.say(
            f"meeting:{meeting_id}",
            f"認証予定日を{wareki(found.before)}から{wareki(day)}に動かした"
            + (f"：{words}" if words else ""),
            reason=reason.strip(),
            detail={
                "before": found.before.isoformat(),
                "after": day.isoformat(),
                "changed": [[r.case_id, r.ground, r.before, r.after] for r in found.rows],
                "reopened": reopened,
            },
        )
        return found

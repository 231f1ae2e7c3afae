"""議題：待っているものから作る、順を替える、一つの議題を定足数と人数の表決で議決する。"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.committee import evaluate_committee
from app.domain.errors import RuleViolation
from app.services.committee.counting import Counts, check_counts, spread
from app.services.committee.declarations import check_asked
from app.services.committee.item_recusals import hidden_items, recusals_of, suggest_for_items
from app.services.committee.presence import check_held, members_in_office, open_meeting, present_members
from app.services.committee.recusals import hidden_cases
from app.services.office import Actor, Office
from app.services.views.agenda import (
    CASES_TITLE,
    HIDDEN_TITLE,
    ITEM_RESULT_WORDS,
    AgendaRow,
    WaitingItem,
)
from database.schema.certificates import Certification
from database.schema.committee import AgendaItem, Case, Meeting
from database.schema.renewal import Revocation
from database.schema.scoring import CertificationTest, PassRuleAdoption

CASES = "cases"


def _items(session: Session, meeting_id: int) -> list[AgendaItem]:
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
    return list(session.scalars(query))


def _append(session: Session, meeting_id: int, item: AgendaItem) -> AgendaItem:
    last = session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting_id))
    item.meeting_id, item.position = meeting_id, (last or 0) + 1
    session.add(item)
    session.flush()
    return item


def ensure_cases_item(session: Session, meeting: Meeting) -> None:
    """案件のある会議に、修了認定の議題を置く（あれば何もしない）。"""
    if all(i.kind != CASES for i in _items(session, meeting.id)):
        _append(session, meeting.id, AgendaItem(kind=CASES, title=CASES_TITLE))


def agenda_row(session: Session, item: AgendaItem, number: int, hidden: Collection[int] = ()) -> AgendaRow:
    """議題の一行。修了認定の議題の議決は、（hidden でない）案件の議決の数から言う。"""
    cases = decided = 0
    if item.kind == CASES:
        query = select(Case).where(Case.meeting_id == item.meeting_id, Case.id.not_in(hidden))
        found = session.scalars(query).all()
        cases, decided = len(found), sum(c.decision is not None for c in found)
    counts = None
    if item.votes_for is not None:
        counts = (item.votes_for, item.votes_against or 0, item.abstentions or 0)
    return AgendaRow(
        item.id,
        number,
        item.kind,
        item.title,
        item.result or "",
        counts,
        item.base or 0,
        item.present or 0,
        item.casting_vote,
        item.words,
        cases,
        decided,
        item.certification_test_id,
        item.revocation_id,
    )


def agenda_rows(session: Session, meeting_id: int) -> tuple[AgendaRow, ...]:
    """会議の議題（順に番号を付ける）。"""
    return tuple(agenda_row(session, item, n) for n, item in enumerate(_items(session, meeting_id), 1))


def visible_agenda(session: Session, meeting_id: int, *actors: Actor) -> tuple[AgendaRow, ...]:
    """この人たちの皆に見せてよい議題。回避した議題は番号だけを残し、案件の数には回避した案件を数えない。"""
    closed = {key for actor in actors for key in hidden_items(session, meeting_id, actor)}
    hidden = {key for actor in actors for key in hidden_cases(session, meeting_id, actor)}
    rows = (agenda_row(session, item, n, hidden) for n, item in enumerate(_items(session, meeting_id), 1))
    return tuple(
        replace(row, title=HIDDEN_TITLE, text="", counts=None, revocation_id=None)
        if row.id in closed
        else row
        for row in rows
    )


def list_agenda(office: Office, meeting_id: int) -> tuple[AgendaRow, ...]:
    """会議の議題。"""
    with office.read("committee.list_agenda") as session:
        return visible_agenda(session, meeting_id, office.require("committee.list_agenda"))


def _taken(session: Session, column: ColumnElement[int | None], kind: str) -> set[int]:
    """閉じていない会議の議題に載っているか、会議で可決・否決されたもの。延期されたものは、また待つ。"""
    rows = session.execute(
        select(column, AgendaItem.result, Meeting.closed_at)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.kind == kind, column.is_not(None))
    )
    return {
        key
        for key, result, closed in rows
        if key is not None and (closed is None or result in ("approved", "rejected"))
    }


def _waiting(session: Session, meeting: Meeting) -> list[WaitingItem]:
    found = []
    tests = session.scalars(
        select(CertificationTest)
        .where(CertificationTest.cohort_id == meeting.cohort_id)
        .order_by(CertificationTest.id)
    ).all()
    test_id = AgendaItem.certification_test_id.expression
    reviewed, marked = _taken(session, test_id, "questions"), _taken(session, test_id, "pass_mark")
    adopted = set(session.scalars(select(PassRuleAdoption.certification_test_id)))
    for test in tests:
        if test.locked_at is None and test.questions and test.id not in reviewed:
            title = f"{test.title}の設問の審査（{len(test.questions)}問）"
            found.append(WaitingItem("questions", title, certification_test_id=test.id))
        if test.id not in adopted and test.id not in marked:
            found.append(
                WaitingItem("pass_mark", f"{test.title}の合格基準の決定", certification_test_id=test.id)
            )
    return found + _revocations(session, meeting.cohort_id)


def _revocations(session: Session, cohort_id: int) -> list[WaitingItem]:
    taken = _taken(session, AgendaItem.revocation_id.expression, "revocation")
    rows = session.execute(
        select(Revocation.id, Certification.number)
        .join(Certification, Certification.id == Revocation.certification_id)
        .where(Revocation.revoked_on.is_(None), Revocation.closed_without_on.is_(None))
        .order_by(Certification.cohort_id != cohort_id, Revocation.id)
    )
    # 氏名は議題に書かない。回避する委員にも配られるため
    return [
        WaitingItem("revocation", f"認証の取消し（{number}）", revocation_id=key)
        for key, number in rows
        if key not in taken
    ]


def list_waiting_items(office: Office, meeting_id: int) -> tuple[WaitingItem, ...]:
    """議題にできる、待っているもの：設問の審査・合格基準・取消し。案件は「議案を作る」で入る。"""
    with office.read("committee.list_waiting_items") as session:
        return tuple(_waiting(session, session.get_one(Meeting, meeting_id)))


def add_agenda_items(office: Office, meeting_id: int, items: tuple[WaitingItem, ...]) -> int:
    """待っているものを議題に加え、加えた数を返す。もう待っていないものは RuleViolation。"""
    with office.act("committee.add_agenda_items") as act:
        meeting = open_meeting(act.session, meeting_id)
        waiting = _waiting(act.session, meeting)
        for item in items:
            if item not in waiting:
                raise RuleViolation(f"「{item.title}」は、もう待っていません。一覧を開き直してください。")
        added = [_append(act.session, meeting_id, AgendaItem(**vars(item))) for item in items]
        suggested = suggest_for_items(act.session, meeting, added)
        words = f"、利害関係の候補を{suggested}件挙げた" if suggested else ""
        act.say(f"meeting:{meeting_id}", f"議題を{len(items)}件加えた{words}")
        return len(items)


def add_agenda_item(office: Office, meeting_id: int, title: str) -> int:
    """手で書いた議題（その他）を加える。"""
    if not title.strip():
        raise RuleViolation("議題が空です。議題を書いてください。")
    with office.act("committee.add_agenda_item") as act:
        open_meeting(act.session, meeting_id)
        item = _append(act.session, meeting_id, AgendaItem(kind="other", title=title.strip()))
        act.say(f"meeting:{meeting_id}", f"議題を加えた（{item.title}）")
        return item.id


def _open_item(session: Session, item_id: int) -> tuple[AgendaItem, Meeting]:
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise RuleViolation("その議題はありません。一覧を開き直してください。")
    return item, open_meeting(session, item.meeting_id)


def remove_agenda_item(office: Office, item_id: int) -> None:
    """議題を外す。議決した議題と、案件のある修了認定の議題は外せない。"""
    with office.act("committee.remove_agenda_item") as act:
        item, meeting = _open_item(act.session, item_id)
        if item.result is not None:
            raise RuleViolation("議決した議題は外せません。")
        if item.kind == CASES and meeting.cases:
            raise RuleViolation("案件があるため、修了認定の議題は外せません。")
        for row in recusals_of(act.session, item.id):
            act.session.delete(row)
        act.session.flush()
        act.session.delete(item)
        act.say(f"meeting:{meeting.id}", f"議題を外した（{item.title}）")


def move_agenda_item(office: Office, item_id: int, step: int) -> None:
    """議題の順を一つ替える。step は -1（前へ）か 1（後へ）。端ならそのまま。"""
    with office.act("committee.move_agenda_item") as act:
        item, meeting = _open_item(act.session, item_id)
        items = _items(act.session, meeting.id)
        place = items.index(item)
        if 0 <= place + step < len(items):
            other = items[place + step]
            # 会議と順の組は一つしか置けないので、空いた番号を通って入れ替える
            mine, theirs = item.position, other.position
            item.position = items[-1].position + 1
            act.session.flush()
            other.position = mine
            act.session.flush()
            item.position = theirs
        act.say(f"meeting:{meeting.id}", f"議題の順を替えた（{item.title}）")


@dataclass(frozen=True)
class ItemForm:
    """議題の議決に書くこと。counts は可・否・棄権の人数。"""

    result: str
    counts: Counts
    words: str = ""
    casting_vote: str | None = None


def _recused(session: Session, item: AgendaItem) -> set[int]:
    """この議題から除かれる委員。候補が未確認なら RuleViolation。"""
    rows = recusals_of(session, item.id)
    if any(r.confirmed is None for r in rows):
        raise RuleViolation(
            f"議題「{item.title}」の利害関係の候補が未確認です。"
            "回避を確認するか、利害関係なしとしてから議決してください。"
        )
    return {r.member_id for r in rows if r.confirmed}


def _tally(
    session: Session, item: AgendaItem, meeting: Meeting, office: Office, form: ItemForm
) -> Mapping[str, Any]:
    away = _recused(session, item)
    members = [m.id for m in members_in_office(session, meeting.held_on)]
    present = present_members(session, meeting)
    voters = [m for m in present if m not in away]
    check_counts(form.counts, len(voters))
    value: dict[str, object] = {
        "members": [str(m) for m in members],
        "present": [str(m) for m in present],
        "recused": [str(m) for m in members if m in away],
        "votes": {str(m): choice for m, choice in spread(form.counts, voters).items()},
        "majority": meeting.majority,
    }
    plain = evaluate_committee(value, office.guideline)
    if plain["result"] != "tie" or form.casting_vote is None:
        return plain
    chairs = {m.id for m in members_in_office(session, meeting.held_on) if m.role == "chair"}
    if not chairs & set(voters):
        raise RuleViolation(
            "議長が出席していないか、この議題を回避しているため、決する票がありません。延期としてください。"
        )
    return evaluate_committee({**value, "casting_vote": form.casting_vote}, office.guideline) | {
        "by_chair": True
    }


def _check_result(form: ItemForm, counted: Mapping[str, Any]) -> None:
    if not counted["quorum"]:
        raise RuleViolation(
            f"定足数を満たしていないため議決できません（出席{counted['present']}名、母数{counted['base']}名の過半数が要ります）。"
        )
    if form.result == "deferred":
        if not form.words.strip():
            raise RuleViolation("延期の理由が空です。理由を書いてください。")
        return
    if counted["result"] == "tie":
        raise RuleViolation("可否同数です。議長の決する票を入れてください。")
    if (counted["result"] == "carried") != (form.result == "approved"):
        words = "可決" if counted["result"] == "carried" else "否決"
        raise RuleViolation(f"この表決では{words}です。人数を確かめてください。")


def decide_item(office: Office, item_id: int, form: ItemForm) -> None:
    """一つの議題を、可決（approved）・否決（rejected）・延期（deferred）と議決する。案件は一件ずつ議決する。"""
    with office.act("committee.decide_item") as act:
        if form.result not in ITEM_RESULT_WORDS:
            raise RuleViolation("議決は可決・否決・延期のどれかです。")
        item, meeting = _open_item(act.session, item_id)
        check_held(meeting, office.today())
        if item.kind == CASES:
            raise RuleViolation("修了認定は、案件ごとに議決します。左の一覧から案件を選んでください。")
        if item.result is not None:
            raise RuleViolation("この議題は議決済みです。先に議決を取り消してください。")
        check_asked(act.session, meeting)
        counted = _tally(act.session, item, meeting, office, form)
        _check_result(form, counted)
        item.result, item.words, item.decided_at = form.result, form.words.strip(), office.now()
        item.base, item.present = counted["base"], counted["present"]
        item.votes_for, item.votes_against, item.abstentions = form.counts
        item.casting_vote = form.casting_vote if counted.get("by_chair") else None
        act.say(
            f"meeting:{meeting.id}",
            f"議題「{item.title}」を議決：{ITEM_RESULT_WORDS[form.result]}",
            reason=form.words.strip(),
            detail={"item": item.id, "counts": list(form.counts)},
        )


def reopen_item(office: Office, item_id: int, reason: str, *, second: Actor | None) -> None:
    """閉じる前の会議の、議題の議決を取り消す。理由と二人目が要る。元の議決は監査記録に残る。"""
    if not reason.strip():
        raise RuleViolation("議決を取り消す理由が空です。理由を書いてください。")
    with office.act("committee.reopen_item", second=second) as act:
        item, meeting = _open_item(act.session, item_id)
        if item.result is None:
            raise RuleViolation("この議題はまだ議決していません。")
        kept = {"result": item.result, "votes": [item.votes_for, item.votes_against, item.abstentions]}
        item.result = item.decided_at = item.casting_vote = None
        item.base = item.present = item.votes_for = item.votes_against = item.abstentions = None
        item.words = ""
        act.say(
            f"meeting:{meeting.id}", f"議題「{item.title}」の議決を取り消した", reason=reason, detail=kept
        )


def deciding_meetings(office: Office, test_id: int) -> tuple[int, ...]:
    """そのテストの合格基準を可決した会議（新しい順）。採用のときに添える会議として勧める。"""
    with office.read("committee.deciding_meetings") as session:
        query = (
            select(AgendaItem.meeting_id)
            .where(
                AgendaItem.kind == "pass_mark",
                AgendaItem.certification_test_id == test_id,
                AgendaItem.result == "approved",
            )
            .order_by(AgendaItem.id.desc())
        )
        return tuple(session.scalars(query))


def revocation_decision(office: Office, revocation_id: int) -> str:
    """その取消しを可決した会議の議決の言葉。なければ空。"""
    with office.read("committee.revocation_decision") as session:
        row = session.execute(
            select(Meeting.number, AgendaItem.words)
            .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
            .where(AgendaItem.revocation_id == revocation_id, AgendaItem.result == "approved")
            .order_by(AgendaItem.id.desc())
            .limit(1)
        ).first()
        return "" if row is None else f"第{row[0]}回認定審査委員会の議決による。{row[1]}"

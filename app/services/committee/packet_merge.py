"""持ち出しの戻りを受け取る：確かめ、下見し、一つの取引で取り込む。一つの持ち出しの戻りは一度だけ。"""

import hashlib
from collections.abc import Collection
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.cases import _set_ground
from app.services.committee.facts import tally
from app.services.committee.packet_format import (
    DRAFT,
    PACKET,
    RETURN,
    Entries,
    check_signature,
    read_entries,
    read_file,
    read_signed,
    short,
)
from app.services.committee.packet_plan import Item, Plan
from app.services.committee.presence import open_meeting
from app.services.committee.recusals import hidden_cases
from app.services.committee.sitting import seat
from app.services.office import Act, Actor, Office
from app.services.views.packets import CONFLICT, NEW, REFUSED, SAME, MergeResult, ReturnPreview
from database.schema.base import canonical_json
from database.schema.committee import Case, ConflictDeclaration, Meeting, MeetingPacket, Recusal, Vote
from database.sealed import ALTERED, open_sealed

_KINDS = {
    PACKET: "これは持ち出しのファイルです。委員が送り返した「戻り」のファイルを選んでください。",
    DRAFT: "これは入力の途中の下書きです。持ち出しを開き、「送り返す」で書いた戻りを受け取ってください。",
}
_CHANGED = "下見の後に記録が変わりました。取り込んでいません。もう一度下見をして確かめてください。"


@dataclass(frozen=True)
class _Returned:
    """開いて確かめた戻り。"""

    meeting: Meeting
    packet: MeetingPacket
    entries: Entries
    digest: str


@dataclass(frozen=True)
class _File:
    """合言葉で開いた戻りのファイル（署名はまだ確かめていない）。"""

    body: dict[str, Any]
    signature: bytes
    digest: str


def _open_file(path: Path, passphrase: str) -> _File:
    _, opened = open_sealed(read_file(path), passphrase)
    if opened.kind != RETURN:
        raise RuleViolation(_KINDS.get(opened.kind, ALTERED))
    body, signature = read_signed(opened.content)
    return _File(body, signature, hashlib.sha256(opened.content).hexdigest())


def _find(session: Session, direction: str, key: object) -> MeetingPacket | None:
    return session.scalar(
        select(MeetingPacket).where(
            MeetingPacket.direction == direction, MeetingPacket.packet_key == str(key)
        )
    )


def _check_origin(session: Session, meeting_id: int, file: _File) -> MeetingPacket:
    """この事務局の、この会議の持ち出しの、まだ取り込んでいない戻りであること。"""
    key = file.body.get("packet")
    packet = _find(session, "out", key)
    if packet is None:
        raise RuleViolation(
            "この戻りのもとの持ち出しが、この記録にありません。別の事務局か、別の記録のものです。取り込めません。"
        )
    assert packet.return_public_key is not None
    check_signature(file.body, file.signature, packet.return_public_key)
    if packet.meeting_id != meeting_id:
        other = session.get_one(Meeting, packet.meeting_id)
        raise RuleViolation(
            f"別の会議（第{other.number}回、{wareki(other.held_on)}）の戻りです。"
            "その会議を選んでから取り込んでください。"
        )
    if (before := _find(session, "in", key)) is not None:
        day = wareki(before.made_at.astimezone().date())
        raise RuleViolation(
            f"この持ち出し（{short(packet.packet_key)}）の戻りは、既に{day}に取り込んでいます。"
            "二度は取り込めません。"
        )
    if file.body.get("source") != packet.digest or file.body.get("meeting") != meeting_id:
        raise RuleViolation(ALTERED)
    return packet


def _check_entries(packet: MeetingPacket, entries: Entries) -> None:
    """持ち出した案件の分だけで、委員の戻りなら本人の票だけであること。"""
    known = {int(case_id) for case_id in packet.summary["cases"]}
    voters = {m for entry in entries.cases.values() for m in entry.votes} | set(entries.sat)
    strangers = packet.member_id is not None and voters - {packet.member_id}
    declared = set(entries.declared.cases) if entries.declared is not None else set()
    unasked = packet.member_id is None and entries.declared is not None
    if (set(entries.cases) | declared) - known or strangers or unasked:
        raise RuleViolation(ALTERED)


def _check_hidden(session: Session, meeting_id: int, entries: Entries, actor: Actor) -> None:
    told = set(entries.declared.cases) if entries.declared is not None else set()
    if hidden_cases(session, meeting_id, actor) & (set(entries.cases) | told):
        raise AccessDenied(
            "この戻りには、あなたが回避している案件（または利害関係が未確認の案件）が含まれています。"
            "ほかの人に取り込んでもらってください。"
        )


def _received(session: Session, meeting_id: int, file: _File, actor: Actor) -> _Returned:
    packet = _check_origin(session, meeting_id, file)
    meeting = open_meeting(session, meeting_id)
    entries = read_entries(file.body)
    _check_entries(packet, entries)
    _check_hidden(session, meeting_id, entries, actor)
    return _Returned(meeting, packet, entries, file.digest)


def _preview(plan: Plan, returned: _Returned) -> ReturnPreview:
    rows, notes = tuple(i.row for i in plan.items), plan.notes()
    content = canonical_json({"rows": [list(astuple(r)) for r in rows], "notes": list(notes)})
    digest = hashlib.sha256((returned.digest + content).encode()).hexdigest()
    packet = returned.packet
    return ReturnPreview(short(packet.packet_key), str(packet.summary["recipient"]), rows, notes, digest)


def preview_return(office: Office, meeting_id: int, path: Path, passphrase: str) -> ReturnPreview:
    """戻りを確かめ、何が新しく、何が食い違い、何が取り込めないかを返す。何も変えない。

    書き換えられたもの、知らない持ち出しのもの、別の会議のもの、既に取り込んだもの、違う合言葉、閉じた会議は
    RuleViolation。
    """
    actor = office.require("committee.preview_return")
    file = _open_file(path, passphrase)
    with office.read("committee.preview_return") as session:
        returned = _received(session, meeting_id, file, actor)
        plan = Plan(session, office, returned.meeting, returned.packet, returned.entries)
        return _preview(plan, returned)


def merge_return(
    office: Office,
    meeting_id: int,
    path: Path,
    passphrase: str,
    *,
    seen: str,
    take: Collection[str] = (),
) -> MergeResult:
    """下見した戻りを一つの取引で取り込む。seen は下見の digest、take は入れ替える食い違いの key。

    新しいものはすべて、食い違いは take にあるものだけを取り込み、取り込めないものは残す。下見の後に何かが
    変わっていれば RuleViolation で、何も変わらない。
    """
    office.require("committee.merge_return")
    file = _open_file(path, passphrase)
    with office.act("committee.merge_return") as act:
        returned = _received(act.session, meeting_id, file, act.actor)
        plan = Plan(act.session, office, returned.meeting, returned.packet, returned.entries)
        if _preview(plan, returned).digest != seen:
            raise RuleViolation(_CHANGED)
        wanted = [
            i for i in plan.items if i.row.state == NEW or (i.row.state == CONFLICT and i.row.key in take)
        ]
        states = [i.row.state for i in plan.items]
        result = MergeResult(
            len(wanted),
            states.count(CONFLICT) - sum(i.row.state == CONFLICT for i in wanted),
            states.count(REFUSED),
            states.count(SAME),
        )
        if not wanted and not result.same:
            raise RuleViolation(
                "取り込めるものがありません。理由を確かめ、直してからもう一度取り込んでください。"
            )
        _apply(act, office, plan, returned, wanted)
        _remember(act, office, returned, wanted, result)
        return result


def _apply(act: Act, office: Office, plan: Plan, returned: _Returned, wanted: list[Item]) -> None:
    recipient = str(returned.packet.summary["recipient"])
    touched: dict[int, Case] = {}
    for item in wanted:
        if item.kind == "seat":
            seat(act.session, returned.meeting, int(item.target), item.value[0])
            continue
        if item.kind == "declare":
            _put_declaration(act, office, returned, recipient, item)
            continue
        case = item.case
        assert case is not None
        if item.kind == "recuse":
            _put_recusal(case, int(item.target))
            touched[case.id] = case
        elif item.kind == "vote":
            _put_vote(case, int(item.target), item.value[0])
            touched[case.id] = case
        elif item.kind == "ground":
            standing = plan.standing(case)
            who = (f"{recipient}（持ち出し）", office.now())
            _set_ground(case, item.target, *item.value, standing.computed, standing.digest, who)
        else:
            case.remarks = "\n\n".join(filter(None, (case.remarks, item.value[0])))
    act.session.flush()
    act.session.expire(returned.meeting, ["presences"])
    for case in touched.values():
        # 出席していない、または回避した委員の票があれば、ここで断られ、何も残らない
        tally(act.session, case, returned.meeting, office.guideline, None)


def _put_declaration(act: Act, office: Office, returned: _Returned, recipient: str, item: Item) -> None:
    meeting_id, member_id = returned.meeting.id, int(item.target)
    row = act.session.scalar(
        select(ConflictDeclaration).where(
            ConflictDeclaration.meeting_id == meeting_id, ConflictDeclaration.member_id == member_id
        )
    )
    if row is None:
        row = ConflictDeclaration(meeting_id=meeting_id, member_id=member_id)
        act.session.add(row)
    row.answer, row.words = item.value
    row.asked_by, row.asked_at = f"{recipient}（持ち出し）", office.now()


def _put_recusal(case: Case, member_id: int) -> None:
    """本人の申し出た回避を確かめ、その票を外す。"""
    row = next((r for r in case.recusals if r.member_id == member_id), None)
    if row is None:
        row = Recusal(member_id=member_id, ground="本人の申告")
        case.recusals.append(row)
    row.confirmed, row.kind, row.reason = True, "withdrawn", "持ち出し先での申告"
    case.votes = [v for v in case.votes if v.member_id != member_id]


def _put_vote(case: Case, member_id: int, choice: str) -> None:
    case.counted_votes = None
    kept = next((v for v in case.votes if v.member_id == member_id), None)
    if kept is None:
        case.votes.append(Vote(member_id=member_id, choice=choice))
    else:
        kept.choice = choice


def _remember(act: Act, office: Office, returned: _Returned, wanted: list[Item], result: MergeResult) -> None:
    packet = returned.packet
    act.session.add(
        MeetingPacket(
            meeting_id=packet.meeting_id,
            direction="in",
            packet_key=packet.packet_key,
            member_id=packet.member_id,
            made_at=office.now(),
            made_by=act.actor.name,
            digest=returned.digest,
            summary={"recipient": packet.summary["recipient"], **vars(result)},
        )
    )
    # 票と出席は前と後を残す。判断（健康・有罪に及ぶ）と所見は、どの案件の何かだけ
    changes = [
        [i.row.key, i.row.now, i.row.incoming] if i.kind not in ("ground", "remark") else [i.row.key]
        for i in wanted
    ]
    act.say(
        f"meeting:{packet.meeting_id}",
        f"会議の戻りを取り込んだ（{packet.summary['recipient']}、{result.taken}項目、"
        f"残した食い違い{result.kept}、取り込めない{result.refused}）",
        detail={"packet": packet.packet_key, "digest": returned.digest, "taken": changes},
    )

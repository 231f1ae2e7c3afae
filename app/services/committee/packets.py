"""会議の持ち出し：一人の委員（または事務局の二台目の PC）に見せてよい案件だけを、封をして署名した一つのファイルに書く。"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import qr
from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services.certificates.freezing import SECRET_BYTES, signing_key
from app.services.cohorts import cohort_title
from app.services.committee.cases import get_case
from app.services.committee.facts import grounds
from app.services.committee.packet_format import (
    FORMAT,
    PACKET,
    digest_of,
    fingerprint,
    short,
    signed,
    to_text,
)
from app.services.committee.presence import members_in_office, open_meeting, present_members
from app.services.committee.recusals import hidden_cases
from app.services.files import write_whole
from app.services.office import Act, Actor, Office
from app.services.settings import value_of
from app.services.views.packets import SECOND_PC, PacketExport, PacketRow
from database.keys import Cost
from database.schema.committee import Case, GroundEvidence, Meeting, MeetingPacket, Member
from database.schema.intake import Application, Cohort
from database.sealed import new_envelope

KEY_BYTES = 16
# 書き写しにくい字（0 と O、1 と I と L）を除く
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 5, 4


def propose_passphrase(office: Office) -> str:
    """持ち出しのための、無作為の合言葉（四字ずつ五つ、およそ 99 ビット）。記録には残らない。"""
    office.require("committee.propose_passphrase")
    # 余りの偏りが出ないよう、多めの乱数を一つの大きな数として使う
    number = int.from_bytes(office.entropy(32), "big")
    letters = ""
    for _ in range(_GROUPS * _GROUP):
        number, place = divmod(number, len(_LETTERS))
        letters += _LETTERS[place]
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def hidden_from_member(session: Session, meeting_id: int, member_id: int) -> set[int]:
    """その委員に見せない案件。本人の口座で見たときと同じ規則で決める。"""
    return hidden_cases(session, meeting_id, Actor(None, "", Role.MEMBER, "", member_id))


def hidden_from(session: Session, meeting_id: int, member_id: int | None, actor: Actor) -> set[int]:
    """持ち出しに入れない案件：受け取る委員にも、書き出す人にも、見せない案件。"""
    hidden = hidden_cases(session, meeting_id, actor)
    return hidden if member_id is None else hidden | hidden_from_member(session, meeting_id, member_id)


def _evidence(session: Session, application_id: int) -> list[list[str | None]]:
    """証拠の目録（種類・照会先・日付・どちらを指すか）。中身の言葉は持ち出さない。"""
    rows = session.scalars(
        select(GroundEvidence)
        .where(GroundEvidence.application_id == application_id, GroundEvidence.withdrawn_on.is_(None))
        .order_by(GroundEvidence.ground, GroundEvidence.dated_on, GroundEvidence.id)
    )
    return [
        [
            e.ground,
            e.kind,
            e.addressee,
            e.dated_on.isoformat(),
            None if e.answered_on is None else e.answered_on.isoformat(),
            e.points_to,
        ]
        for e in rows
    ]


class _Packing:
    """一つの持ち出しの中身を作る。"""

    def __init__(self, session: Session, office: Office, meeting: Meeting, member_id: int | None) -> None:
        self.session, self.office, self.meeting, self.member_id = session, office, meeting, member_id
        self.members = members_in_office(session, meeting.held_on)
        if member_id is not None and member_id not in {m.id for m in self.members}:
            raise RuleViolation("会議の日に在任していない委員です。任期を確かめてください。")
        self.facts: dict[str, str] = {}
        self._veiled = {m.id: hidden_from_member(session, meeting.id, m.id) for m in self.members}

    @property
    def recipient(self) -> str:
        """だれの分か。"""
        if self.member_id is None:
            return SECOND_PC
        return self.session.get_one(Member, self.member_id).name

    def cases(self, hidden: Collection[int]) -> list[dict[str, Any]]:
        """見せてよい、まだ議決していない案件。"""
        open_cases = [c for c in self.meeting.cases if c.id not in hidden and c.decision is None]
        if not open_cases:
            raise RuleViolation(
                "持ち出せる案件がありません。議決済みの案件と、その委員が回避した案件は入りません。"
            )
        return [self._case(c) for c in open_cases]

    def _case(self, case: Case) -> dict[str, Any]:
        # 計算の文と確認は、審査の紙に見えるものだけ（扉の向こうの中身は入らない）
        view = get_case(self.office, case.id)
        application = self.session.get_one(Application, case.application_id)
        _, self.facts[str(case.id)] = grounds(
            self.session, application, self.meeting.certification_on, self.office.guideline
        )
        away = {m for m, veiled in self._veiled.items() if case.id in veiled}
        return {
            "id": case.id,
            "position": case.position,
            "reception": view.reception_number,
            "name": view.name,
            "reading": view.reading,
            "affiliation": view.affiliation,
            "course": [view.course1, view.practice, view.course2, view.test],
            "grounds": [
                [g.ground, g.computed, g.sentence]
                + (["", "", ""] if g.stale else [g.finding, g.reason, g.confirmed_by])
                for g in view.grounds
            ],
            "evidence": _evidence(self.session, application.id),
            # 委員の持ち出しには、ほかの委員の回避も票も入れない
            "recused": sorted(away) if self.member_id is None else [],
            "votes": {
                str(member): choice
                for member, choice in view.votes.items()
                if self.member_id in (None, member)
            },
        }

    def head(self) -> dict[str, Any]:
        """会議と委員。"""
        m = self.meeting
        cohort = self.session.get_one(Cohort, m.cohort_id)
        shown = [x for x in self.members if self.member_id in (None, x.id)]
        present = present_members(self.session, m)
        return {
            "office": str(value_of(self.session, "office_name")),
            "recipient": self.recipient,
            "member": self.member_id,
            "members": [[x.id, x.name, x.role] for x in shown],
            "present": {
                str(p.member_id): p.arrived_at
                for p in m.presences
                if p.left_at is None and p.member_id in present and p.member_id in {x.id for x in shown}
            },
            "meeting": {
                "id": m.id,
                "number": m.number,
                "title": f"{cohort_title(cohort)} 第{m.number}回 認定審査委員会",
                "held_on": m.held_on.isoformat(),
                "starts_at": m.starts_at,
                "place": m.place,
                "kind": m.kind,
                "certification_on": m.certification_on.isoformat(),
                "majority": m.majority,
            },
        }


def export_packet(
    office: Office,
    meeting_id: int,
    member_id: int | None,
    passphrase: str,
    path: Path,
    cost: Cost | None = None,
) -> PacketExport:
    """持ち出しを path に書く。member_id が None なら事務局の二台目の PC の分。

    その委員が回避した案件、利害関係が未確認の案件、議決済みの案件は入らない。合言葉は残らない。
    書けなければ RuleViolation で、記録も残らない。
    """
    office.require("committee.export_packet")
    envelope = new_envelope(passphrase, office.entropy, cost)
    with office.act("committee.export_packet") as act:
        meeting = open_meeting(act.session, meeting_id)
        packing = _Packing(act.session, office, meeting, member_id)
        hidden = hidden_from(act.session, meeting_id, member_id, act.actor)
        key = office.entropy(KEY_BYTES).hex()
        private, public = qr.new_key(office.entropy(SECRET_BYTES))
        signer = signing_key(act, office)
        body = {
            "format": FORMAT,
            "packet": key,
            "made_at": office.now().isoformat(),
            "cases": packing.cases(hidden),
            "return_key": to_text(private),
            "public_key": to_text(signer.public_key),
            **packing.head(),
        }
        _record(act, office, packing, body, public, len(hidden))
        write_whole(path, envelope.seal(PACKET, signed(body, signer.private_key)))
        return PacketExport(
            short(key), packing.recipient, len(packing.facts), len(hidden), fingerprint(signer.public_key)
        )


def _record(
    act: Act, office: Office, packing: _Packing, body: dict[str, Any], public: bytes, left_out: int
) -> None:
    """持ち出しの行と監査記録の言葉。"""
    meeting_id, key = packing.meeting.id, str(body["packet"])
    row = MeetingPacket(
        meeting_id=meeting_id,
        direction="out",
        packet_key=key,
        member_id=packing.member_id,
        made_at=office.now(),
        made_by=act.actor.name,
        digest=digest_of(body),
        return_public_key=public,
        summary={"recipient": packing.recipient, "cases": packing.facts, "left_out": left_out},
    )
    act.session.add(row)
    act.say(
        f"meeting:{meeting_id}",
        f"会議の持ち出しを書き出し（{packing.recipient}、{len(packing.facts)}件）",
        detail={
            "packet": key,
            "member_id": packing.member_id,
            "cases": [int(c) for c in packing.facts],
        },
    )


def list_packets(office: Office, meeting_id: int) -> tuple[PacketRow, ...]:
    """会議の持ち出し（書き出した順）と、戻りを取り込んだ時。"""
    with office.read("committee.list_packets") as session:
        rows = session.scalars(
            select(MeetingPacket).where(MeetingPacket.meeting_id == meeting_id).order_by(MeetingPacket.id)
        ).all()
        back = {r.packet_key: r.made_at for r in rows if r.direction == "in"}
        return tuple(
            PacketRow(
                short(r.packet_key),
                str(r.summary["recipient"]),
                len(r.summary["cases"]),
                r.made_at,
                r.made_by,
                back.get(r.packet_key),
            )
            for r in rows
            if r.direction == "out"
        )

"""会議の持ち出しの試験のための場面：事務局の記録と、その記録のない、持ち出し先のフォルダー。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select

from app.services import committee
from app.services.committee.review import Review, open_packet
from app.services.office import Office
from app.services.views.packets import MergeResult, ReturnPreview
from database.schema.committee import ConflictDeclaration, Meeting
from tests.conftest import CHEAP
from tests.factories import change, insert, person
from tests.services.committee_scene import Scene

WORD = "もちだしの合言葉 あいうえお"
NAMES = ("カナリア 一子", "カナリア 二郎", "カナリア 三枝")


class Away:
    """会議一つと、持ち出し先（事務局の記録とは別のフォルダー）。"""

    def __init__(self, office: Office, folder: Path, kind: str = "written", members: int = 5) -> None:
        self.office = office
        self.scene = Scene(office, [person(name) for name in NAMES], members=members)
        change(office, Meeting, self.scene.meeting, kind=kind)
        self.home, self.away = folder / "事務局", folder / "持ち出し先"
        self.home.mkdir()
        self.away.mkdir()
        self.meeting, self.cases, self.members = self.scene.meeting, self.scene.cases, self.scene.members

    def export(self, place: int | None, name: str = "a") -> Path:
        """委員（番号で。None は二台目の PC）の分を書き、持ち出し先へ運ぶ。"""
        member = None if place is None else self.members[place]
        made = self.home / f"{name}.ndpacket"
        committee.export_packet(self.office, self.meeting, member, WORD, made, CHEAP)
        return made.rename(self.away / made.name)

    def open(self, packet: Path) -> Review:
        """持ち出し先で開く。"""
        return open_packet(packet, WORD)

    def send(self, review: Review, name: str = "back") -> Path:
        """戻りを書き、事務局へ運ぶ。"""
        made = self.away / f"{name}.ndreturn"
        review.write_return(made)
        return made.rename(self.home / made.name)

    def preview(self, back: Path, meeting: int | None = None) -> ReturnPreview:
        """下見。"""
        return committee.preview_return(self.office, meeting or self.meeting, back, WORD)

    def merge(self, back: Path, *take: str) -> MergeResult:
        """下見して取り込む。"""
        seen = self.preview(back).digest
        return committee.merge_return(self.office, self.meeting, back, WORD, seen=seen, take=take)

    def reply(self, *places: int) -> None:
        """委員の書面の回答を受け、利害関係はないと尋ねてある。"""
        for place in places:
            committee.record_reply(self.office, self.meeting, self.members[place], self.office.today())
            asked(self.office, self.meeting, self.members[place])

    def on(self, day: date) -> None:
        """今日を替える。"""
        self.office = replace(self.office, today=lambda: day)
        self.scene.office = self.office

    def states(self, back: Path) -> list[tuple[int, str, str]]:
        """下見の項目：案件の番号・何・状態。"""
        return [(r.position, r.what, r.words) for r in self.preview(back).rows]


def asked(office: Office, meeting: int, member: int) -> None:
    """利害関係を尋ねた答え（なし）。もうあれば何もしない。"""
    with office.store.sessions() as session:
        found = session.scalar(
            select(ConflictDeclaration.id).where(
                ConflictDeclaration.meeting_id == meeting, ConflictDeclaration.member_id == member
            )
        )
    if found is None:
        row = ConflictDeclaration(
            meeting_id=meeting, member_id=member, answer="none", asked_by="事務 花子", asked_at=office.now()
        )
        insert(office, [row])


def fill(review: Review, case: int, choice: str = "for") -> None:
    """四つを「該当しない」とし、本人の票を入れる。"""
    if review.entries.declared is None:
        review.declare()
    for ground in "aiue":
        review.judge(case, ground, "clear")
    assert review.member_id is not None
    review.vote(case, review.member_id, choice)


def filled(away: Away, place: int | None = 1, name: str = "a", cases: int = 1) -> Review:
    review = away.open(away.export(place, name))
    for case in away.cases[:cases]:
        fill(review, case)
    return review

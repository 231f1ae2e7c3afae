"""戻りを、いまの記録と見比べる：新しい・同じ・食い違い・取り込めない。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.committee.counting import counts_of
from app.services.committee.facts import grounds
from app.services.committee.packet_format import CaseEntry, Declared, Entries
from app.services.committee.packets import hidden_from_member
from app.services.committee.presence import WRITTEN, check_voting, present_members, present_words
from app.services.committee.sitting import check_arrival, check_reply
from app.services.office import Office
from app.services.views.committee import GROUND_TEXTS
from app.services.views.packets import (
    ANSWER_WORDS,
    CHOICE_WORDS,
    CONFLICT,
    FINDING_WORDS,
    NEW,
    REFUSED,
    SAME,
    ReturnRow,
)
from database.schema.committee import Case, ConflictDeclaration, Meeting, MeetingPacket, Member
from database.schema.intake import Application

_DECIDED = "持ち出しの後に議決されました。取り込むには、先に議決を取り消してください。"
_RECUSED = "持ち出しの後に、この委員の回避が確認されました。この案件の分は取り込めません。"
_SUSPECTED = (
    "この委員に利害関係の候補が挙がり、未確認です。回避か利害関係なしかを確かめてから取り込んでください。"
)
_FACTS = "持ち出しの後に欠格事由の事実が変わりました。"
_ABSENT = "この委員の出席が記されていません。先に「出席…」で記してから取り込んでください。"


@dataclass
class Item:
    """戻りの一項目と、取り込むときに使う値。"""

    row: ReturnRow
    case: Case | None
    kind: str
    target: str
    value: tuple[str, str] = ("", "")


@dataclass
class Standing:
    """一つの案件の、いまの立場。"""

    case: Case
    name: str
    computed: Mapping[str, Any]
    digest: str
    changed: bool
    recusals: dict[int, bool | None]


class Plan:
    """戻り一つの見比べ。読むだけで、何も変えない。"""

    def __init__(
        self, session: Session, office: Office, meeting: Meeting, packet: MeetingPacket, entries: Entries
    ) -> None:
        """項目を作る。"""
        self.session, self.office, self.meeting = session, office, meeting
        self.member_id = packet.member_id
        self._facts: Mapping[str, str] = packet.summary["cases"]
        self._names = {m.id: m.name for m in session.scalars(select(Member))}
        self.items: list[Item] = []
        self._present = set(present_members(session, meeting))
        self._veiled: dict[int, set[int]] = {}
        if entries.declared is not None:
            self._declaration(entries.declared)
        self._seats(entries.sat)
        self._early = self._too_early()
        wanted = sorted({*entries.cases, *(entries.declared.cases if entries.declared else ())})
        for case in session.scalars(select(Case).where(Case.id.in_(wanted)).order_by(Case.position)):
            if case.id in entries.cases:
                self._case(self.standing(case), entries.cases[case.id])
            else:
                self._withdrawal(self.standing(case))

    @property
    def seats_someone(self) -> bool:
        """取り込むと出席が増えるか（人数で採った表決は採り直しになる）。"""
        return any(i.kind == "seat" and i.row.state == NEW for i in self.items)

    def notes(self) -> tuple[str, ...]:
        """会議全体について知らせること。"""
        counted = [c.position for c in self.meeting.cases if c.counted_votes and c.decision is None]
        if not (counted and self.seats_someone):
            return ()
        return (f"出席が増えるため、人数で採った表決{len(counted)}件は採り直しになります。",)

    def _too_early(self) -> str:
        try:
            check_voting(self.meeting, self.office.today())
        except RuleViolation as refusal:
            return str(refusal)
        return ""

    # ── 出席 ──

    def seat_value(self, at: str) -> str:
        """出席として残る値：時刻、書面なら受け取った日（今日、遅くとも締切日）。"""
        if self.meeting.kind != WRITTEN:
            return at
        return min(self.office.today(), self.meeting.held_on).isoformat()

    def _seats(self, sat: Mapping[int, str]) -> None:
        for member_id, at in sorted(sat.items()):
            if member_id in self._present:
                continue
            if self.member_id is not None and self.meeting.kind == "in_person":
                continue  # 対面の会議では、会場の出席だけが出席である
            value = self.seat_value(at)
            refusal = self._seat_refusal(member_id, value)
            if not refusal:
                self._present.add(member_id)
            words = value if refusal else present_words(value, None)
            row = ReturnRow(
                f"seat:{member_id}",
                0,
                self._names.get(member_id, ""),
                "出席",
                "",
                words,
                REFUSED if refusal else NEW,
                refusal,
            )
            self.items.append(Item(row, None, "seat", str(member_id), (value, "")))

    def _seat_refusal(self, member_id: int, value: str) -> str:
        try:
            if self.meeting.kind == WRITTEN:
                day = date.fromisoformat(value)
                check_reply(self.session, self.meeting, member_id, day, self.office.today())
            else:
                check_arrival(self.session, self.meeting, member_id, value)
        except RuleViolation as refusal:
            return str(refusal)
        return ""

    # ── 利害関係 ──

    def _declaration(self, declared: Declared) -> None:
        """本人の申告。"""
        assert self.member_id is not None
        rows = self.session.scalars(select(Case).where(Case.id.in_(declared.cases)).order_by(Case.position))
        places = "、".join(f"案件{c.position:03d}" for c in rows)
        told = "：".join(filter(None, (places, declared.words)))
        row = self.session.scalar(
            select(ConflictDeclaration).where(
                ConflictDeclaration.meeting_id == self.meeting.id,
                ConflictDeclaration.member_id == self.member_id,
            )
        )
        now = "" if row is None else ANSWER_WORDS[row.answer] + (f"：{row.words}" if row.words else "")
        incoming = ANSWER_WORDS[declared.answer] + (f"：{told}" if told else "")
        state = NEW if row is None else SAME if now == incoming else CONFLICT
        note = "別の申告が既に記されています。" if state == CONFLICT else ""
        name = self._names.get(self.member_id, "")
        made = ReturnRow("declare", 0, name, "利害関係の申告", now, incoming, state, note)
        self.items.append(Item(made, None, "declare", str(self.member_id), (declared.answer, told)))

    def _withdrawal(self, standing: Standing) -> None:
        """本人が申し出た回避。"""
        assert self.member_id is not None
        kept = standing.recusals.get(self.member_id, "")
        now = {True: "回避", None: "候補", False: "利害関係なし", "": ""}[kept]
        if standing.case.decision is not None:
            state = (REFUSED, _DECIDED)
        elif kept is True:
            state = (SAME, "")
        elif kept is False:
            state = (CONFLICT, "利害関係なしと確かめられています。")
        else:
            state = (NEW, "本人の票は外れます。" if kept == "" else "候補に挙がっています。")
        words = ("回避の申出", now, "回避")
        self._add(standing, "recuse", str(self.member_id), words, state, ("", ""))

    def _stopped(self, standing: Standing, member_id: int | None) -> str:
        """この案件の、その人の分を取り込めない理由。なければ空。"""
        if standing.case.decision is not None:
            return _DECIDED
        if member_id is None:
            return ""
        if standing.recusals.get(member_id):
            return _RECUSED
        if member_id not in self._veiled:
            self._veiled[member_id] = hidden_from_member(self.session, self.meeting.id, member_id)
        return _SUSPECTED if standing.case.id in self._veiled[member_id] else ""

    # ── 案件 ──

    def standing(self, case: Case) -> Standing:
        """案件のいまの立場。"""
        application = self.session.get_one(Application, case.application_id)
        computed, digest = grounds(
            self.session, application, self.meeting.certification_on, self.office.guideline
        )
        return Standing(
            case,
            application.person.name,
            computed,
            digest,
            self._facts.get(str(case.id)) != digest,
            {r.member_id: r.confirmed for r in case.recusals},
        )

    def _case(self, standing: Standing, entry: CaseEntry) -> None:
        stopped = self._stopped(standing, self.member_id)
        for member_id, choice in sorted(entry.votes.items()):
            self._vote(standing, member_id, choice, stopped)
        for ground in GROUND_TEXTS:
            if ground in entry.grounds:
                self._ground(standing, ground, entry.grounds[ground], stopped)
        if entry.remark:
            self._remark(standing, entry.remark, stopped)

    def _add(
        self,
        standing: Standing,
        kind: str,
        target: str,
        words: tuple[str, str, str],
        state: tuple[str, str],
        value: tuple[str, str],
    ) -> None:
        case = standing.case
        key = f"{case.id}:{kind}:{target}"
        row = ReturnRow(key, case.position, standing.name, *words, *state)
        self.items.append(Item(row, case, kind, target, value))

    def _vote(self, standing: Standing, member_id: int, choice: str, stopped: str) -> None:
        now = {v.member_id: v.choice for v in standing.case.votes}.get(member_id, "")
        counts = counts_of(standing.case.counted_votes)
        by_count = counts is not None and not self.seats_someone
        shown = CHOICE_WORDS.get(now, "")
        if by_count and counts is not None:
            shown = f"人数（可{counts[0]}・否{counts[1]}・棄権{counts[2]}）"
        refusal = stopped or self._stopped(standing, member_id) or self._early
        if not refusal and member_id not in self._present:
            refusal = _ABSENT
        if refusal:
            state = (REFUSED, refusal)
        elif now == choice and not by_count:
            state = (SAME, "")
        elif by_count:
            state = (CONFLICT, "取り込むと、人数の記録に代えて、名を挙げた票になります。")
        elif now or standing.changed:
            state = (CONFLICT, _FACTS if standing.changed else "別の票が既に記されています。")
        else:
            state = (NEW, "")
        who = self._names.get(member_id, "")
        words = (f"表決　{who}", shown, CHOICE_WORDS[choice])
        self._add(standing, "vote", str(member_id), words, state, (choice, ""))

    def _ground(self, standing: Standing, ground: str, pair: tuple[str, str], stopped: str) -> None:
        finding, reason = pair
        row = next((g for g in standing.case.grounds if g.ground == ground), None)
        fresh = row is not None and row.facts_digest == standing.digest
        now = row.finding if row is not None and fresh else ""
        computed = str(standing.computed[ground]["status"])
        if stopped:
            state = (REFUSED, stopped)
        elif standing.changed:
            state = (REFUSED, _FACTS + "この確認は取り込めません。確認し直してください。")
        elif computed not in ("unconfirmed", finding) and not reason.strip():
            state = (REFUSED, "計算と違う判断ですが、理由がありません。")
        elif now == finding:
            state = (SAME, "")
        else:
            state = (CONFLICT, "別の判断が既に記されています。") if now else (NEW, reason)
        what = f"欠格事由{GROUND_TEXTS[ground][0]}"
        words = (what, FINDING_WORDS.get(now, ""), FINDING_WORDS[finding])
        self._add(standing, "ground", ground, words, state, pair)

    def remark_line(self, text: str, recipient: str) -> str:
        """所見に加える一行。誰の所見かを頭に付ける。"""
        return f"【{recipient}】{text}"

    def _remark(self, standing: Standing, text: str, stopped: str) -> None:
        who = self._names.get(self.member_id, "") if self.member_id is not None else "事務局"
        line = self.remark_line(text, who)
        now = standing.case.remarks
        if stopped:
            state = (REFUSED, stopped)
        elif line in now.split("\n\n"):
            state = (SAME, "")
        else:
            state = (NEW, "いまの所見の後に加えます。" if now else "")
        self._add(standing, "remark", "", ("所見", now, text), state, (line, ""))

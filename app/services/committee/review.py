"""持ち出し先での審査：記録のデータベースなしに、持ち出しのファイル一つだけで判断・所見・票を入れ、戻りを書く。

入れたことは一つごとに、持ち出しの傍らの下書き（同じ封）に書き、書けてから覚える。落ちても開き直せば残っている。
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.documents import qr
from app.domain.committee import CHOICES
from app.domain.errors import RuleViolation
from app.services.committee.packet_format import (
    DRAFT,
    FORMAT,
    LONGEST_REMARK,
    PACKET,
    RETURN,
    CaseEntry,
    Declared,
    Entries,
    check_signature,
    digest_of,
    fingerprint,
    read_entries,
    read_file,
    read_signed,
    short,
    signed,
    to_bytes,
)
from app.services.committee.presence import TIME, WRITTEN
from app.services.committee.review_views import case_view, evidence_lines, meeting_view
from app.services.files import write_whole
from app.services.views.committee import GROUND_TEXTS, CaseRow, CaseView, MeetingView
from app.services.views.packets import FINDING_WORDS
from app.workbooks.faults import fault_words
from database.files import beside, sync_folder
from database.sealed import ALTERED, Envelope, open_sealed

_NOTHING = CaseEntry({}, {}, "")
_A_RETURN = "これは、事務局へ送り返す「戻り」のファイルです。持ち出しのファイルを選んでください。"
_NOT_A_PACKET = "これは持ち出しのファイルではありません（下書きなど）。渡されたファイルを選んでください。"


class Review:
    """開いた持ち出し一つ。"""

    def __init__(self, path: Path, envelope: Envelope, body: Mapping[str, Any]) -> None:
        """下書きがあれば続きから始める。"""
        self.path = path
        self._envelope, self._body = envelope, body
        self._cases = {int(c["id"]): c for c in body["cases"]}
        self._draft = beside(path, ".draft")
        self._written = ""
        self.meeting_kind = str(body["meeting"]["kind"])
        self.entries = self._resume() or self._start()

    # ── 何を審査するか ──

    @property
    def member_id(self) -> int | None:
        """受け取った委員。事務局の二台目の PC なら None。"""
        return None if self._body["member"] is None else int(self._body["member"])

    @property
    def number(self) -> str:
        """持ち出しの番号。"""
        return short(str(self._body["packet"]))

    @property
    def recipient(self) -> str:
        """だれの分か。"""
        return str(self._body["recipient"])

    @property
    def office_name(self) -> str:
        """書き出した事務局。"""
        return str(self._body["office"])

    @property
    def fingerprint(self) -> str:
        """署名した事務局の鍵の指紋。合言葉と一緒に伝えられたものと比べる。"""
        return fingerprint(to_bytes(self._body["public_key"]))

    @property
    def title(self) -> str:
        """会議の名。"""
        return str(self._body["meeting"]["title"])

    def meeting(self) -> MeetingView:
        """会議。案件には、ここで入れたことの状態を付ける。"""
        return meeting_view(self._body, self.entries)

    def case(self, case_id: int) -> CaseView:
        """審査の紙一枚。"""
        return case_view(self._body, self._cases[case_id], self.entry(case_id), self.entries.sat)

    def evidence(self, case_id: int) -> tuple[str, ...]:
        """証拠の目録（中身の言葉は持ち出されない）。"""
        return evidence_lines(self._cases[case_id])

    def entry(self, case_id: int) -> CaseEntry:
        """その案件に入れたこと。"""
        return self.entries.cases.get(case_id, _NOTHING)

    def is_done(self, case_id: int) -> bool:
        """表決に加われる人の票がみな入っていれば真。"""
        return set(self.voters(case_id)) <= set(self.entry(case_id).votes)

    def voters(self, case_id: int) -> tuple[int, ...]:
        """この案件の票を入れられる委員。"""
        if self.member_id is not None:
            return (self.member_id,)
        away = set(self._cases[case_id]["recused"])
        return tuple(m for m, _, _ in self._body["members"] if m in self.entries.sat and m not in away)

    def rows(self) -> tuple[CaseRow, ...]:
        """案件の一覧。"""
        return self.meeting().cases

    @property
    def set_aside(self) -> frozenset[int]:
        """本人が回避を申し出た案件。開けず、何も入れられない。"""
        declared = self.entries.declared
        return frozenset(declared.cases if declared is not None else ())

    # ── 入れる ──

    def declare(self, words: str = "", case_ids: Collection[int] = ()) -> None:
        """利害関係を申告する（委員本人の持ち出しだけ）。申し出た案件に入れたことは消える。

        何も挙げず言葉もなければ「利害関係なし」。入れ直せば、新しい申告に替わる。
        """
        if self.member_id is None:
            raise RuleViolation("事務局の二台目の PC では、申告は戻った後に記します。")
        if not set(case_ids) <= set(self._cases) or len(words) > LONGEST_REMARK:
            raise RuleViolation(
                "申告の言葉が長すぎるか、この資料にない案件が選ばれています。選び直してください。"
            )
        told = Declared(words.strip(), tuple(sorted(set(case_ids))))
        cases = {c: e for c, e in self.entries.cases.items() if c not in told.cases}
        self._keep(replace(self.entries, cases=cases, declared=told))

    def judge(self, case_id: int, ground: str, finding: str, reason: str = "") -> None:
        """欠格事由一つについての判断。計算と違えば理由が要る。"""
        if ground not in GROUND_TEXTS or finding not in FINDING_WORDS:
            raise RuleViolation("欠格事由の判断は「該当する」か「該当しない」です。")
        if len(reason) > LONGEST_REMARK:
            raise RuleViolation(f"理由が長すぎます（{LONGEST_REMARK:,}文字まで）。")
        computed = next(g[1] for g in self._cases[case_id]["grounds"] if g[0] == ground)
        if computed not in ("unconfirmed", finding) and not reason.strip():
            raise RuleViolation("計算と違う判断をするには理由が要ります。理由を書いてください。")
        entry = self.entry(case_id)
        self._put(case_id, replace(entry, grounds={**entry.grounds, ground: (finding, reason.strip())}))

    def vote(self, case_id: int, member_id: int, choice: str) -> None:
        """票を入れる。出席していない委員、その案件を回避した委員の票は断る。"""
        if choice not in CHOICES:
            raise RuleViolation("表決は可・否・棄権のどれかです。")
        if self.member_id is not None and self.entries.declared is None:
            raise RuleViolation("票を入れる前に、「申告…」で利害関係を申告してください。")
        if member_id not in self.voters(case_id):
            raise RuleViolation(
                "その委員の票は入れられません。出席しているか、この案件を回避していないかを確かめてください。"
            )
        entry = self.entry(case_id)
        self._put(case_id, replace(entry, votes={**entry.votes, member_id: choice}))

    def remark(self, case_id: int, text: str) -> None:
        """所見を書く。"""
        if len(text) > LONGEST_REMARK:
            raise RuleViolation(f"所見が長すぎます（{LONGEST_REMARK:,}文字まで）。短くしてください。")
        self._put(case_id, replace(self.entry(case_id), remark=text.strip()))

    def sit(self, member_id: int, at: str) -> None:
        """着席の時刻を記す（書面の会議では時刻はなく、空を渡す）。"""
        if member_id not in {m for m, _, _ in self._body["members"]}:
            raise RuleViolation("会議の日に在任していない委員です。任期を確かめてください。")
        if self.meeting_kind != WRITTEN and not TIME.fullmatch(at):
            raise RuleViolation("時刻は 14:00 の形で入れてください。")
        self._keep(replace(self.entries, sat={**self.entries.sat, member_id: at}))

    def stand(self, member_id: int) -> None:
        """着席を取り消す。その委員の票も外れる。"""
        cases = {
            c: replace(e, votes={m: v for m, v in e.votes.items() if m != member_id})
            for c, e in self.entries.cases.items()
        }
        sat = {m: at for m, at in self.entries.sat.items() if m != member_id}
        self._keep(replace(self.entries, cases=cases, sat=sat))

    def _put(self, case_id: int, entry: CaseEntry) -> None:
        if case_id in self.set_aside:
            raise RuleViolation("利害関係があると申し出た案件です。審査には加われません。")
        self._keep(replace(self.entries, cases={**self.entries.cases, case_id: entry}))

    # ── 残す ──

    def _start(self) -> Entries:
        """初めの姿：記された出席。委員本人は、審査するのだから出席とする。"""
        sat = {int(m): str(at) for m, at in self._body["present"].items()}
        if self.member_id is not None:
            usual = "" if self.meeting_kind == WRITTEN else str(self._body["meeting"]["starts_at"])
            sat.setdefault(self.member_id, usual)
        return Entries({}, sat)

    def _resume(self) -> Entries | None:
        """下書き。なければ None。壊れているか、ほかの持ち出しのものなら RuleViolation。"""
        if not self._draft.exists():
            return None
        data = read_file(self._draft)
        try:
            opened = self._envelope.open(data)
            body, signature = read_signed(opened.content)
            check_signature(body, signature, self._public)
            if opened.kind != DRAFT or body.get("packet") != self._body["packet"]:
                raise RuleViolation(ALTERED)
            entries = read_entries(body)
        except RuleViolation:
            raise RuleViolation(
                f"下書きのファイル「{self._draft.name}」を読めません（壊れているか、ほかの持ち出しのものです）。"
                "消さずに別のフォルダーへ移すと、初めから入れ直せます。"
            ) from None
        self._written = _digest(data)
        return entries

    def _keep(self, entries: Entries) -> None:
        """下書きに書けてから覚える。ほかの窓が書いていれば断る（上書きして消さない）。"""
        if self._draft.exists() and _digest(read_file(self._draft)) != self._written:
            raise RuleViolation(
                "同じ持ち出しを、ほかの窓でも開いています。一つだけを残して閉じ、開き直してください。"
            )
        data = self._envelope.seal(DRAFT, self._signed(entries, {}))
        write_whole(self._draft, data)
        try:
            sync_folder(self._draft.parent)
        except OSError as error:
            raise RuleViolation(
                f"下書きを残せませんでした（{fault_words(error)}）。保存できる場所かを確かめてください。"
            ) from error
        self._written, self.entries = _digest(data), entries

    @property
    def _public(self) -> bytes:
        return qr.new_key(to_bytes(self._body["return_key"]))[1]

    def _signed(self, entries: Entries, more: Mapping[str, Any]) -> bytes:
        body = {"format": FORMAT, "packet": self._body["packet"], **entries.as_json(), **more}
        return signed(body, to_bytes(self._body["return_key"]))

    def write_return(self, path: Path) -> int:
        """事務局へ送り返す戻りを書き、入れた案件の数を返す。何も入れていなければ RuleViolation。

        合言葉は持ち出しと同じ。事務局は、一つの持ち出しの戻りを一度だけ受け取る。
        """
        if path.resolve() == self.path.resolve():
            raise RuleViolation("持ち出しのファイルには上書きできません。別の名で保存してください。")
        filled = sum(not e.is_empty for e in self.entries.cases.values())
        if not filled and not self.set_aside:
            raise RuleViolation("まだ何も入れていません。判断・所見・票を入れてから送り返してください。")
        more = {"source": digest_of(self._body), "meeting": self._body["meeting"]["id"]}
        write_whole(path, self._envelope.seal(RETURN, self._signed(self.entries, more)))
        return filled


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def open_packet(path: Path, passphrase: str) -> Review:
    """持ち出しを合言葉で開く。違う合言葉、改変、署名の不一致、戻りや下書きは RuleViolation。"""
    envelope, opened = open_sealed(read_file(path), passphrase)
    if opened.kind != PACKET:
        raise RuleViolation(_A_RETURN if opened.kind == RETURN else _NOT_A_PACKET)
    body, signature = read_signed(opened.content)
    try:
        check_signature(body, signature, to_bytes(body["public_key"]))
        return Review(path, envelope, body)
    except (KeyError, TypeError, ValueError):
        raise RuleViolation(ALTERED) from None

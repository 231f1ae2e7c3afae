"""申込の書類：事実から、どの書類が要るかを決める（要綱 4・注5・注6・6(1)）。"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.eligibility import COUNTER_WORDS, Qualification, exemption_finding, qualification_ja
from app.domain.experience import Employment, Stretch, experience, stretch_of, window_of
from app.domain.findings import Status
from app.domain.guideline import Guideline

APPLICATION_FORM = "申込書"
DECLARATION = "申告書"
STANDARD_FORM = "窓口の要件の確認書"
EXPERIENCE_PROOF = "実務経験証明書"
WORKDAY_LIST = "勤務日内訳表"
LICENCE_COPY = "資格証の写し"
OTHER = "その他"
# 欠格事由の証拠の写し。受付の書類とは別に置き、審査会議で理由を書いて開く
EVIDENCE_SCAN = "欠格事由の証拠"
DOCUMENT_KINDS = (
    APPLICATION_FORM,
    EXPERIENCE_PROOF,
    LICENCE_COPY,
    STANDARD_FORM,
    DECLARATION,
    WORKDAY_LIST,
    OTHER,
)
CURRENT_PLACE = "現在の窓口"
_SEPARATOR = "："


class DocumentState(StrEnum):
    """書類の状態。"""

    RECEIVED = "received"
    WAIVED = "waived"
    MISSING = "missing"
    DEFICIENT = "deficient"


STATE_WORDS = {
    DocumentState.RECEIVED: "受領",
    DocumentState.WAIVED: "不要",
    DocumentState.MISSING: "未着",
    DocumentState.DEFICIENT: "不備あり",
}
WAITING = frozenset({DocumentState.MISSING, DocumentState.DEFICIENT})


@dataclass(frozen=True)
class Tenure:
    """窓口の名と、そこでの在職。"""

    name: str
    employment: Employment

    @property
    def label(self) -> str:
        """窓口の名。なければ運営者の言葉。"""
        return self.name.strip() or COUNTER_WORDS[self.employment.counter]


@dataclass(frozen=True)
class Application:
    """書類を決める事実。counter_standard は現在の窓口が注5に当たるか（None は未確認）。"""

    training_starts_on: date
    counter_name: str
    counter_standard: bool | None
    tenures: tuple[Tenure, ...]
    qualifications: tuple[Qualification, ...]


@dataclass(frozen=True)
class Requirement:
    """書類一つ。needed は要るか、reason はその理由、settled は記録が既に確かめていることの言葉（なければ空）。"""

    kind: str
    clause: str
    needed: bool
    reason: str
    settled: str = ""


def kind_of(base: str, detail: str = "") -> str:
    """書類の名（実務経験証明書：見本市相談窓口）。"""
    return f"{base}{_SEPARATOR}{detail}" if detail else base


def base_of(kind: str) -> str:
    """書類の種類（実務経験証明書）。"""
    return kind.partition(_SEPARATOR)[0]


def detail_of(kind: str) -> str:
    """書類の種類より細かい名（見本市相談窓口）。なければ空。"""
    return kind.partition(_SEPARATOR)[2]


def document_state(
    one: Requirement | None, received_on: date | None, waived: str | None, asked: bool
) -> DocumentState:
    """書類の状態。asked は、回答を待つ補正があること。one が None なら、事実からは要らない書類。

    受け取った書類に補正が残れば不備、まだ届かない書類は補正を頼んでいても未着。
    """
    settled = received_on is not None or (one is not None and bool(one.settled))
    if asked:
        return DocumentState.DEFICIENT if settled else DocumentState.MISSING
    if settled:
        return DocumentState.RECEIVED
    if waived or one is None or not one.needed:
        return DocumentState.WAIVED
    return DocumentState.MISSING


def _licences(facts: Application) -> tuple[list[Requirement], str]:
    """資格ごとの写しと、実務経験を不要とする資格の名（なければ空）。"""
    rows, exempting = [], ""
    for one in facts.qualifications:
        # 写しを見る前なので、申込に書かれたとおりなら当たるかを見る
        claimed = exemption_finding(facts.training_starts_on, [replace(one, evidence=True)])
        name = qualification_ja(one)
        needed = claimed.status is not Status.NOT_MET
        reason = f"{name}により実務経験を不要とするため。" if needed else claimed.sentence
        settled = "国家資格の記録で、写しを確認済み" if one.evidence else ""
        clause = claimed.clause if needed else "4(3)"
        rows.append(Requirement(kind_of(LICENCE_COPY, name), clause, needed, reason, settled))
        if claimed.status is Status.MET:
            exempting = exempting or name
    return rows, exempting


def _not_counted(one: Employment) -> str:
    if one.consultation is False:
        return "相談対応の業務ではないため、実務経験に数えません。"
    if one.counter_standard is False:
        return "注5の要件を満たさない窓口のため、実務経験に数えません。"
    return "直近5年の外の在職のため、実務経験に数えません。"


def _proofs(facts: Application, counted: dict[str, list[Stretch]], exempting: str) -> Iterable[Requirement]:
    """窓口ごとの実務経験証明書。"""
    if not facts.tenures and not exempting:
        yield Requirement(EXPERIENCE_PROOF, "4(2)", True, "実務経験を不要とする国家資格がないため。")
    for name in dict.fromkeys(t.label for t in facts.tenures):
        first = next(t.employment for t in facts.tenures if t.label == name)
        needed = name in counted and not exempting
        reason = f"{name}での在職と従業日数を確かめるため。"
        if exempting:
            reason = f"{exempting}により、実務経験は不要です（4 ただし書き）。"
        elif not needed:
            reason = _not_counted(first)
        clause = "4 ただし書き" if exempting else "4(2)・注6"
        yield Requirement(kind_of(EXPERIENCE_PROOF, name), clause, needed, reason)


def _confirmations(facts: Application, names: Iterable[str], guideline: Guideline) -> Iterable[Requirement]:
    """窓口の要件の確認書。現在の窓口と、読みによっては実務経験の窓口ごと。"""
    current = facts.counter_name.strip() or CURRENT_PLACE
    settled = "" if facts.counter_standard is None else "現在の従事場所の記録で確認済み"
    reason = "現在の窓口が注5に当たることを確かめるため。"
    yield Requirement(kind_of(STANDARD_FORM, current), "4(1)・注5", True, reason, settled)
    if not guideline.standard_for_experience:
        return
    for name in names:
        known = [t.employment.counter_standard for t in facts.tenures if t.label == name]
        if name != current:
            settled = "" if None in known else "在職期間の記録で確認済み"
            reason = f"{name}が注5に当たることを確かめるため。"
            yield Requirement(kind_of(STANDARD_FORM, name), "4(2)・注5", True, reason, settled)


def _lists(counted: dict[str, list[Stretch]]) -> Iterable[Requirement]:
    """従業日が決まらない窓口の勤務日内訳表。"""
    stretches = [(name, s) for name, found in counted.items() for s in found if s.days is None]
    for name in counted:
        mine = [s for owner, s in stretches if owner == name]
        others = [s for owner, s in stretches if owner != name]
        overlapping = any(a.first <= b.last and b.first <= a.last for a in mine for b in others)
        if overlapping or any(s.least < s.most for s in mine):
            reason = "直近5年の従業日数が、証明書の日数だけでは決まらないため。"
            yield Requirement(kind_of(WORKDAY_LIST, name), "注6", True, reason)


def required_documents(facts: Application, guideline: Guideline) -> tuple[Requirement, ...]:
    """申込の書類の一覧（出す順）。要らないと決まるものも、理由とともに入る。

    申込書（4）・申告書（6(1)ア〜エ）・現在の窓口の要件の確認書（注5）はいつも要る。
    実務経験証明書は窓口ごと（4(2)）で、実務経験を不要とする国家資格があれば要らない（4 ただし書き）。
    """
    window = window_of(facts.training_starts_on, guideline)
    licences, exempting = _licences(facts)
    counted: dict[str, list[Stretch]] = {}
    for one in facts.tenures:
        found = stretch_of(one.employment, window, facts.training_starts_on, guideline)
        if found is not None:
            counted.setdefault(one.label, []).append(found)
    needed = {} if exempting else counted
    return _unique(
        [
            Requirement(APPLICATION_FORM, "4", True, "受講の申込のため。"),
            Requirement(DECLARATION, "6(1)", True, "欠格事由ア〜エに当たるかを確かめるため。"),
            *_confirmations(facts, needed, guideline),
            *_proofs(facts, counted, exempting),
            *(_lists(needed) if needed and _unsettled(facts, guideline) else ()),
            *licences,
        ]
    )


def _unsettled(facts: Application, guideline: Guideline) -> bool:
    """従業日数が足りるかどうか、まだ決まらないか。"""
    jobs = [t.employment for t in facts.tenures]
    return experience(facts.training_starts_on, jobs, guideline).workdays is Status.UNCONFIRMED


def _unique(rows: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """同じ名の書類は一つにする（要るほうを残す）。"""
    found: dict[str, Requirement] = {}
    for one in rows:
        if one.kind not in found or (one.needed and not found[one.kind].needed):
            found[one.kind] = one
    return tuple(found.values())

"""定員を超えたときの選考：書かれた基準で一列に並べ、なぜその順かを言葉にし、定員で分ける。"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.calendar import wareki
from app.domain.names import search_key

CRITERIA: Mapping[str, str] = {
    "reception": "受付の早い順",
    "affiliation": "所属機関ごとに一人目を先に",
    "prefecture": "都道府県ごとに一人目を先に",
    "passed_over": "前の期に選考外だった人を先に",
    "qualification": "国家資格のある人を先に",
    "workdays": "対象期間の従業日数の多い順",
    "lot": "抽選",
}
OUTCOME_WORDS: Mapping[str, str] = {"selected": "選ばれる", "waiting": "待機", "not_selected": "選考外"}
# ここで順がすべて定まるので、後に置いた基準は働かない
_FINAL = ("reception", "lot")
_LONGEST_WORDS = 120


@dataclass(frozen=True)
class Criterion:
    """選考の基準一つ。key は並べ方（CRITERIA）、words は事務局の書いた文。"""

    key: str
    words: str


@dataclass(frozen=True)
class Move:
    """一人を手で動かすこと。place は一列の中の置く所（1 から）、None なら選考外。"""

    application_id: int
    place: int | None
    reason: str


@dataclass(frozen=True)
class Plan:
    """研修期の選考の定め。

    waiting は待機とする人数（None なら選ばれない人すべて）。seed・drawn_on・drawn_by は抽選の種と、引いた日と人。
    moves は決定のときに手で動かしたこと。基準・種・動かしたことから、同じ結果をもう一度求められる。
    decided・decided_capacity は最後に決定したときの基準と定員（後から改めても、通知は決定のとおりに書く）。
    """

    criteria: tuple[Criterion, ...] = (Criterion("reception", CRITERIA["reception"]),)
    waiting: int | None = None
    seed: str = ""
    drawn_on: date | None = None
    drawn_by: str = ""
    moves: tuple[Move, ...] = ()
    decided: tuple[Criterion, ...] = ()
    decided_capacity: int | None = None

    def uses(self, key: str) -> bool:
        """基準 key を使うか。"""
        return any(c.key == key for c in self.criteria)


@dataclass(frozen=True)
class Candidate:
    """受講資格のある一人の、選考で見る事実。

    affiliation・prefecture は書かれたまま、passed_over は選考外だった前の期の名（なければ空）、
    workdays は対象期間の従業日数（少なくとも、日）。
    """

    application_id: int
    reception_number: int
    received_on: date
    affiliation: str = ""
    prefecture: str = ""
    passed_over: str = ""
    qualified: bool = False
    workdays: int = 0


@dataclass(frozen=True)
class Standing:
    """計算した順の一人。reasons は基準ごとの文、decisive は一つ上の人の後になった基準の文（先頭は空）。"""

    candidate: Candidate
    place: int
    reasons: tuple[str, ...]
    decisive: str


@dataclass(frozen=True)
class Outcome:
    """選考の結果。rank は選ばれた順か待機の順（選考外は None）。"""

    decision: str
    rank: int | None

    @property
    def words(self) -> str:
        """札の言葉（選ばれる・待機n・選考外）。"""
        return OUTCOME_WORDS[self.decision] + (str(self.rank) if self.decision == "waiting" else "")


@dataclass(frozen=True)
class Placed:
    """手で動かした後の一人。computed は計算のままの結果、moved は動かした理由（動かしていなければ空）。"""

    standing: Standing
    outcome: Outcome
    computed: Outcome
    moved: str = ""

    @property
    def departs(self) -> bool:
        """計算の結果と違うか（選ばれた人どうしの順は、結果を変えない）。"""
        if self.outcome.decision == self.computed.decision == "selected":
            return False
        return self.outcome != self.computed


Line = list[Candidate]
Keyed = Callable[[Line], list[tuple[Any, str]]]


def _nth(line: Line, value: Callable[[Candidate], str], name: str) -> list[tuple[Any, str]]:
    """同じ値の人の中の何人目か。書かれていない人は、どれも一人目として扱う。"""
    seen: Counter[str] = Counter()
    found: list[tuple[Any, str]] = []
    for one in line:
        shown = value(one).strip()
        key = search_key(shown) or shown
        if not key:
            found.append((1, f"{name}：記載なし（1人目として扱う）"))
            continue
        seen[key] += 1
        found.append((seen[key], f"{name}：{shown}の{seen[key]}人目"))
    return found


def _received(one: Candidate) -> tuple[date, int]:
    return one.received_on, one.reception_number


def _reception(line: Line) -> list[tuple[Any, str]]:
    return [(_received(c), f"受付：{wareki(c.received_on)}（{c.reception_number:04d}）") for c in line]


def _passed_over(line: Line) -> list[tuple[Any, str]]:
    return [
        (not c.passed_over, f"前の期：{c.passed_over}に選考外" if c.passed_over else "前の期：選考外ではない")
        for c in line
    ]


def lot_of(seed: str, reception_number: int) -> str:
    """くじ：種と受付番号だけから決まる 16 進 64 桁。小さい順に先。ほかの人の出入りでは変わらない。"""
    return hashlib.sha256(f"{seed}:{reception_number:04d}".encode()).hexdigest()


def _lots(seed: str) -> Keyed:
    def keyed(line: Line) -> list[tuple[Any, str]]:
        if not seed:
            return [("", "抽選：まだ引いていない") for _ in line]
        lots = [lot_of(seed, c.reception_number) for c in line]
        return [(lot, f"抽選：くじ {lot[:8].upper()}") for lot in lots]

    return keyed


def _keyed(seed: str) -> Mapping[str, Keyed]:
    return {
        "reception": _reception,
        "affiliation": lambda line: _nth(line, lambda c: c.affiliation, "所属機関"),
        "prefecture": lambda line: _nth(line, lambda c: c.prefecture, "都道府県"),
        "passed_over": _passed_over,
        "qualification": lambda line: [
            (not c.qualified, "国家資格：" + ("あり" if c.qualified else "なし")) for c in line
        ],
        "workdays": lambda line: [(-c.workdays, f"従業日数：少なくとも{c.workdays}日") for c in line],
        "lot": _lots(seed),
    }


def rank(candidates: Iterable[Candidate], criteria: Sequence[Criterion], seed: str = "") -> list[Standing]:
    """基準の順に並べる。どの基準でも同じ人どうしは受付の順。

    「一人目を先に」の何人目かは、それより後の基準の順で数える。
    """
    line = sorted(candidates, key=_received)
    keyed = _keyed(seed)
    found: dict[int, list[tuple[Any, str, str]]] = {c.application_id: [] for c in line}
    # 後の基準から並べ、前の基準で並べ直すと（安定な並べ替え）、前の基準が強くなる
    for criterion in reversed(criteria):
        keys = keyed[criterion.key](line)
        for one, (key, words) in zip(line, keys, strict=True):
            found[one.application_id].insert(0, (key, words, criterion.words))
        order = sorted(range(len(line)), key=lambda place: keys[place][0])
        line = [line[place] for place in order]
    standings = []
    above: list[tuple[Any, str, str]] | None = None
    for place, one in enumerate(line, 1):
        mine = found[one.application_id]
        standings.append(Standing(one, place, tuple(words for _, words, _ in mine), _decisive(above, mine)))
        above = mine
    return standings


def _decisive(above: Sequence[tuple[Any, str, str]] | None, mine: Sequence[tuple[Any, str, str]]) -> str:
    if above is None:
        return ""
    for upper, lower in zip(above, mine, strict=True):
        if upper[0] != lower[0]:
            return lower[2]
    return CRITERIA["reception"]


def _outcomes(count: int, capacity: int, waiting: int | None) -> list[Outcome]:
    """一列の先頭から、選ばれる・待機・選考外。"""
    last = count if waiting is None else min(count, capacity + waiting)
    return [
        Outcome("selected", place)
        if place <= capacity
        else Outcome("waiting", place - capacity)
        if place <= last
        else Outcome("not_selected", None)
        for place in range(1, count + 1)
    ]


def arrange(
    standings: Sequence[Standing], capacity: int, waiting: int | None = None, moves: Iterable[Move] = ()
) -> list[Placed]:
    """手で動かし、定員で分ける（選ばれる・待機・選考外の順に並べて返す）。

    同じ人を二度動かせば後の方だけが効く。いまの一列にいない人の move は捨てる。
    """
    line = list(standings)
    computed = dict(
        zip((s.candidate.application_id for s in line), _outcomes(len(line), capacity, waiting), strict=True)
    )
    latest: dict[int, Move] = {}
    for move in moves:
        latest.pop(move.application_id, None)
        latest[move.application_id] = move
    outside = []
    for move in latest.values():
        mine = next((s for s in line if s.candidate.application_id == move.application_id), None)
        if mine is None:
            continue
        line.remove(mine)
        if move.place is None:
            outside.append(mine)
        else:
            line.insert(max(0, move.place - 1), mine)
    outcomes = [*_outcomes(len(line), capacity, waiting), *(Outcome("not_selected", None) for _ in outside)]
    return [
        Placed(
            s,
            outcome,
            computed[s.candidate.application_id],
            latest[s.candidate.application_id].reason if s.candidate.application_id in latest else "",
        )
        for s, outcome in zip([*line, *outside], outcomes, strict=True)
    ]


def plan_problem(plan: Plan) -> str:
    """定めの誤りの文。なければ空。"""
    keys = [c.key for c in plan.criteria]
    if not keys:
        return "選考の基準が一つもありません。少なくとも一つ（例：受付の早い順）を入れてください。"
    if unknown := [k for k in keys if k not in CRITERIA]:
        return f"知らない基準があります（{unknown[0]}）。一覧から選んでください。"
    if len(set(keys)) != len(keys):
        return "同じ並べ方の基準が二つあります。一つにしてください。"
    for c in plan.criteria:
        if not c.words.strip() or len(c.words) > _LONGEST_WORDS or not c.words.isprintable():
            return f"「{CRITERIA[c.key]}」の文を、一行、{_LONGEST_WORDS}字までで書いてください。"
    if plan.waiting is not None and plan.waiting < 0:
        return "待機の人数は0以上で入れてください。"
    return ""


def idle_criteria(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """前の基準で順がすべて定まるため、働かない基準。"""
    for place, c in enumerate(criteria):
        if c.key in _FINAL:
            return tuple(criteria[place + 1 :])
    return ()


def _stored(criteria: Iterable[Criterion]) -> list[dict[str, str]]:
    return [{"key": c.key, "words": c.words} for c in criteria]


def _read(stored: Iterable[Mapping[str, str]]) -> tuple[Criterion, ...]:
    return tuple(Criterion(c["key"], c["words"]) for c in stored)


def dump_plan(plan: Plan) -> str:
    """定めを、残す文字列（JSON）にする。"""
    return json.dumps(
        {
            "criteria": _stored(plan.criteria),
            "decided": _stored(plan.decided),
            "decided_capacity": plan.decided_capacity,
            "waiting": plan.waiting,
            "seed": plan.seed,
            "drawn_on": plan.drawn_on and plan.drawn_on.isoformat(),
            "drawn_by": plan.drawn_by,
            "moves": [[m.application_id, m.place, m.reason] for m in plan.moves],
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def parse_plan(text: str | None) -> Plan:
    """残した文字列から定めを読む。まだなければ受付の早い順。"""
    if not text:
        return Plan()
    stored = json.loads(text)
    drawn = stored["drawn_on"]
    return Plan(
        _read(stored["criteria"]),
        stored["waiting"],
        stored["seed"],
        None if drawn is None else date.fromisoformat(drawn),
        stored["drawn_by"],
        tuple(Move(*m) for m in stored["moves"]),
        _read(stored["decided"]),
        stored["decided_capacity"],
    )

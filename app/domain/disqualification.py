"""欠格事由ア〜エ（実施要綱 6(1)）。認証予定日の時点で判定する。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from app.domain.calendar import last_day_of_period, wareki
from app.domain.errors import InputRefused
from app.domain.guideline import Guideline
from app.domain.inputs import Fields, boolean, choice, iso_date, items

# 刑の重さ：科料 < 拘留 < 罰金 < 禁錮 < 懲役・拘禁刑 < 死刑
PENALTIES = {
    "petty_fine": "科料",
    "detention": "拘留",
    "fine": "罰金",
    "imprisonment_without_work": "禁錮",
    "imprisonment": "懲役・拘禁刑",
    "death": "死刑",
}
_SEVERITY = {name: i for i, name in enumerate(PENALTIES)}
# 禁錮と拘禁刑（令和7年6月1日から）の別の呼び名も受け取る
ALIASES = {"minor_fine": "petty_fine", "penal_detention": "detention", "confinement": "imprisonment"}
LAWS = {"immigration": "入管法", "technical_intern": "技能実習法", "other": "その他の法令"}
_FLOOR = {"i": _SEVERITY["fine"], "u": _SEVERITY["imprisonment_without_work"]}
_NO_RECORD = {
    "i": "入管法・技能実習法による罰金以上の刑の記録はありません。",
    "u": "その他の法令による禁錮以上（令和7年6月1日からは拘禁刑以上）の刑の記録はありません。",
}
CLAUSES = {"a": "6(1)ア", "i": "6(1)イ", "u": "6(1)ウ", "e": "6(1)エ"}


@dataclass(frozen=True)
class Suspension:
    """執行猶予。kind は full（全部）か partial（一部）。"""

    kind: str
    ends_on: date | None
    revoked: bool = False


@dataclass(frozen=True)
class Conviction:
    """有罪の裁判。finalized_on が空なら未確定。"""

    law: str
    penalty: str
    finalized_on: date | None
    execution_ended_on: date | None = None
    execution_ceased_on: date | None = None
    suspension: Suspension | None = None


@dataclass(frozen=True)
class Ground:
    """事由一つの判定。status は applies / clear / unconfirmed、last_day は該当する最後の日（分からなければ空）。

    figures は計算の数字、settles は未確認や末日の分からない該当を解くもの（なければ空）。
    """

    ground: str
    status: str
    last_day: date | None
    sentence: str
    settles: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def clause(self) -> str:
        """条項（6(1)ア〜エ）。"""
        return CLAUSES[self.ground]


@dataclass(frozen=True)
class Disqualification:
    """四つの事由と、まとめた結果（disqualified / unconfirmed / clear）。"""

    grounds: tuple[Ground, Ground, Ground, Ground]

    @property
    def result(self) -> str:
        """該当が一つでもあれば disqualified、未確認があれば unconfirmed。"""
        found = {g.status for g in self.grounds}
        if "applies" in found:
            return "disqualified"
        return "unconfirmed" if "unconfirmed" in found else "clear"


_Answer = tuple[bool, date | None, str]


def _two_years(start: date, day: date, what: str, years: int) -> _Answer:
    last = last_day_of_period(start, years)
    if day <= last:
        return True, last, f"{wareki(start)}{what} → {wareki(last)}まで該当（初日不算入）"
    return False, None, f"{wareki(start)}{what} → {wareki(last)}で経過済み（初日不算入）"


def _served(one: Conviction, day: date, years: int) -> _Answer:
    ends = [d for d in (one.execution_ended_on, one.execution_ceased_on) if d is not None and d <= day]
    if not ends:
        return True, None, "執行が終わっておらず、受けることがなくなってもいない"
    start = min(ends)
    return _two_years(
        start, day, "執行終了" if start == one.execution_ended_on else "執行を受けることがなくなった", years
    )


def _suspended(one: Conviction, suspension: Suspension, day: date, years: int) -> _Answer:
    running = suspension.ends_on is None or day <= suspension.ends_on
    until = "期間の末日が未確認" if suspension.ends_on is None else f"{wareki(suspension.ends_on)}まで"
    if suspension.kind == "full":
        if running:
            return True, suspension.ends_on, f"執行猶予中（{until}）"
        return False, None, f"執行猶予の期間（{until}）が過ぎ、刑の言渡しは効力を失った（刑法27条）"
    if running:
        return True, None, f"刑の一部の執行猶予中（{until}）"
    applies, last, words = _served(one, day, years)
    return applies, last, f"刑の一部の執行猶予の期間（{until}）が過ぎた。実刑の部分：{words}"


def judge_conviction(one: Conviction, day: date, years: int) -> _Answer:
    """一つの裁判が day に該当するか、該当する最後の日、計算の言葉。"""
    if one.finalized_on is None or one.finalized_on > day:
        return False, None, "裁判が確定していない"
    if one.suspension is not None and not one.suspension.revoked:
        return _suspended(one, one.suspension, day, years)
    return _served(one, day, years)


_UNKNOWN_END = "執行を終わった日、執行を受けることがなくなった日、または猶予の期間の末日を確かめてください。"


def _figures(one: Conviction, applies: bool, last: date | None, words: str) -> dict[str, object]:
    return {
        "words": words,
        "law": one.law,
        "penalty": one.penalty,
        "applies": applies,
        "last_day": last.isoformat() if last else None,
    }


def _offences(ground: str, convictions: Sequence[Conviction] | None, day: date, years: int) -> Ground:
    if convictions is None:
        return Ground(
            ground,
            "unconfirmed",
            None,
            "申告または照会の回答が確認できていません。",
            "申告書または照会の回答を確かめてください。",
        )
    mine = [
        c
        for c in convictions
        if (c.law == "other") == (ground == "u") and _SEVERITY[c.penalty] >= _FLOOR[ground]
    ]
    if not mine:
        return Ground(ground, "clear", None, _NO_RECORD[ground])
    judged = [(c, *judge_conviction(c, day, years)) for c in mine]
    applying = [last for _, applies, last, _ in judged if applies]
    last_day = None if not applying or None in applying else max(d for d in applying if d is not None)
    words = "。".join(f"{LAWS[c.law]}・{PENALTIES[c.penalty]}：{w}" for c, _, _, w in judged)
    end = "に該当します。" if applying else "には該当しません。"
    return Ground(
        ground,
        "applies" if applying else "clear",
        last_day,
        f"{words}。認証予定日（{wareki(day)}）{end}",
        _UNKNOWN_END if None in applying else "",
        {"years": years, "sentences": [_figures(*one) for one in judged]},
    )


def _revocations(revocations: Sequence[date] | None, day: date, years: int) -> Ground:
    if revocations is None:
        return Ground(
            "e",
            "unconfirmed",
            None,
            "認証の取消しの有無が確認できていません。",
            "取消しの記録を確かめてください。",
        )
    judged = [_two_years(r, day, "取消し", years) for r in revocations if r <= day]
    last_days = [last for applies, last, _ in judged if applies and last is not None]
    if not judged:
        return Ground("e", "clear", None, "認証の取消しの記録はありません。")
    words = "。".join(w for _, _, w in judged)
    last_day = max(last_days, default=None)
    end = "に該当します。" if last_days else "には該当しません。"
    return Ground(
        "e",
        "applies" if last_days else "clear",
        last_day,
        f"{words}。認証予定日（{wareki(day)}）{end}",
        figures={"years": years, "revocations": len(judged)},
    )


_ASK_COMMITTEE = "委員会が証拠（医師の意見など）により判断し、その所見を記録してください。"
_MENTAL = {
    "impaired": (
        "applies",
        "業務に必要な認知・判断・意思疎通を適切に行えないと、証拠により委員会が判断しました。",
    ),
    "none": ("clear", "該当しないと、証拠により委員会が判断しました。"),
    None: ("unconfirmed", "委員会が証拠により判断する事由です（計算しません）。"),
}


def disqualification(
    day: date,
    mental: str | None,
    convictions: Sequence[Conviction] | None,
    revocations: Sequence[date] | None,
    guideline: Guideline,
) -> Disqualification:
    """day（認証予定日）の時点の四つの事由。convictions・revocations が None は未確認。"""
    years = guideline.bar_years
    status, sentence = _MENTAL[mental]
    return Disqualification(
        (
            Ground("a", status, None, sentence, "" if mental else _ASK_COMMITTEE),
            _offences("i", convictions, day, years),
            _offences("u", convictions, day, years),
            _revocations(revocations, day, years),
        )
    )


def _penalty(value: object, name: str) -> str:
    found = choice(*PENALTIES, *ALIASES)(value, name)
    return ALIASES.get(found, found)


def _read_suspension(value: object, name: str) -> Suspension:
    fields = Fields(value, name)
    kind = fields.need("kind", choice("full", "partial"))
    ends_on = fields.maybe("ends_on", iso_date)
    revoked = fields.maybe("revoked", boolean)
    fields.done()
    return Suspension(kind, ends_on, bool(revoked))


def _read_conviction(value: object, name: str) -> Conviction:
    fields = Fields(value, name)
    one = Conviction(
        fields.need("law", choice(*LAWS)),
        fields.need("penalty", _penalty),
        fields.maybe("finalized_on", iso_date),
        fields.maybe("execution_ended_on", iso_date),
        fields.maybe("execution_ceased_on", iso_date),
        fields.maybe("suspension", _read_suspension),
    )
    fields.done()
    later = [d for d in (one.execution_ended_on, one.execution_ceased_on) if d is not None]
    if one.suspension is not None and one.suspension.ends_on is not None:
        later.append(one.suspension.ends_on)
    if later and one.finalized_on is None:
        raise InputRefused(f"{name} は確定していないのに、執行または猶予の日があります。")
    if one.finalized_on is not None and any(d < one.finalized_on for d in later):
        raise InputRefused(f"{name} の執行または猶予の日が、確定日より前です。")
    return one


def _each(value: object, name: str) -> list[object]:
    return items(value, name)


def judge_grounds(value: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    """JSON の形の事実に四つの事由を当て、事由ごとの所見と result を返す。

    convictions・revocations は、なければ空、null なら未確認。形の誤りは InputRefused。
    """
    fields = Fields(value, "")
    day = fields.need("as_of", iso_date)
    mental = fields.maybe("mental", choice("impaired", "none"))
    convictions = fields.maybe("convictions", _each)
    revocations = fields.maybe("revocations", _each)
    fields.done()
    if convictions is None and not fields.has("convictions"):
        convictions = []
    if revocations is None and not fields.has("revocations"):
        revocations = []
    found = disqualification(
        day,
        mental,
        None
        if convictions is None
        else [_read_conviction(c, f"convictions[{i}]") for i, c in enumerate(convictions)],
        None
        if revocations is None
        else [iso_date(r, f"revocations[{i}]") for i, r in enumerate(revocations)],
        guideline,
    )
    answer: dict[str, object] = {
        g.ground: {
            "status": g.status,
            "last_day": g.last_day.isoformat() if g.last_day else None,
            "clause": g.clause,
            "sentence": g.sentence,
            "settles": g.settles,
            "figures": dict(g.figures),
        }
        for g in found.grounds
    }
    return answer | {"result": found.result}


def evaluate_disqualification(value: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    """規則 disqualification をコマンドラインの形で行う。事由ごとの答えと、その理由（findings）を分けて返す。"""
    judged = judge_grounds(value, guideline)
    answer: dict[str, object] = {"result": judged.pop("result")}
    reasons: dict[str, object] = {}
    for ground, finding in judged.items():
        told = dict(cast("Mapping[str, object]", finding))
        answer[ground] = {"status": told.pop("status"), "last_day": told.pop("last_day")}
        reasons[ground] = told
    # ア は計算しない：最後の日を持たない
    answer["a"] = {"status": cast("dict[str, object]", answer["a"])["status"]}
    return answer | {"findings": reasons}

"""受講資格の事実と所見の違いを、一つずつ言葉にする（在職2の終了日：令和7年3月31日 → 令和6年12月31日）。"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.calendar import wareki, wareki_short
from app.domain.eligibility import COUNTER_WORDS, QUALIFICATION_WORDS, qualification_ja
from app.domain.eligibility_case import (
    Case,
    EmploymentPart,
    FactKey,
    Frozen,
    QualificationPart,
    Value,
)
from app.domain.findings import Finding, Status

STATUS_WORDS = {Status.MET: "満たす", Status.NOT_MET: "満たさない", Status.UNCONFIRMED: "要確認"}
_FEW = 5


@dataclass(frozen=True)
class Difference:
    """違い一つ。label は何の、before・after は前と後の言葉。"""

    key: FactKey
    label: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """一行の言葉。"""
        return f"{self.label}：{self.before} → {self.after}"


def _yes_no(yes: str, no: str) -> Callable[[Any], str]:
    return lambda value: "未確認" if value is None else (yes if value else no)


def _days_words(value: Any) -> str:
    return "なし" if value is None else f"{len(value)}日分"


def _number(unit: str) -> Callable[[Any], str]:
    return lambda value: "なし" if value is None else f"{value}{unit}"


def _day(empty: str) -> Callable[[Any], str]:
    return lambda value: empty if value is None else wareki(value)


def _choice(words: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: "未確認" if value is None else words[value]


_STANDARD = ("窓口の要件（注5）", _yes_no("満たす", "満たさない"))
FIELD_WORDS: Mapping[str, Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "training": {"starts_on": ("研修開始日", _day("なし"))},
    "current": {
        "counter": ("窓口の種類", _choice(COUNTER_WORDS)),
        "engaged": ("相談対応への従事", _yes_no("従事している", "従事していない")),
        "counter_standard": _STANDARD,
    },
    "employment": {
        "counter": ("窓口の種類", _choice(COUNTER_WORDS)),
        "counter_standard": _STANDARD,
        "consultation": ("業務", _yes_no("相談対応", "相談対応ではない")),
        "started_on": ("開始日", _day("なし")),
        "ended_on": ("終了日", _day("在職中")),
        "workdays": ("従業日数（全期間）", _number("日")),
        "workdays_in_window": ("従業日数（対象期間内）", _number("日")),
        "days": ("勤務日の一覧", _days_words),
    },
    "qualification": {
        "kind": ("種類", _choice(QUALIFICATION_WORDS)),
        "grade": ("級", _number("級")),
        "registered_on": ("登録日", _day("なし")),
        "lapsed_on": ("失効日", _day("なし")),
        "evidence": ("登録証の写し", _yes_no("確認済み", "未確認")),
    },
}


def _few_days(days: Sequence[date]) -> str:
    shown = "、".join(wareki_short(day) for day in days[:_FEW])
    return shown + (f" ほか{len(days) - _FEW}日" if len(days) > _FEW else "")


def _listed(before: Value, after: Value) -> str:
    """一覧の日の出入りを、後の言葉に添える。"""
    old = set(before) if isinstance(before, tuple) else set()
    new = set(after) if isinstance(after, tuple) else set()
    parts = [
        f"{_few_days(sorted(days))} を{verb}"
        for days, verb in ((new - old, "追加"), (old - new, "除外"))
        if days and old and new
    ]
    return _days_words(after) + (f"（{'、'.join(parts)}）" if parts else "")


def _differing(head: str, part: str, ids: int, before: object, after: object) -> list[Difference]:
    found = []
    for name, (label, words) in FIELD_WORDS[part].items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            shown = _listed(old, new) if name == "days" else words(new)
            found.append(Difference(FactKey(part, ids, name), f"{head}の{label}", words(old), shown))
    return found


Part = EmploymentPart | QualificationPart


def _pairs(before: Sequence[Part], after: Sequence[Part]) -> list[tuple[int, Part | None, Part | None]]:
    """同じ行どうし、残りは並びの順に組にする。数は後（なければ前）での何番目か。"""
    left = [b for b in before if b.id not in {a.id for a in after}]
    known = {b.id: b for b in before}
    pairs: list[tuple[int, Part | None, Part | None]] = []
    for place, one in enumerate(after, 1):
        old = known.get(one.id) or (left.pop(0) if left else None)
        pairs.append((place, old, one))
    return pairs + [(before.index(one) + 1, one, None) for one in left]


def _head(part: str, place: int, one: Part) -> str:
    if isinstance(one, EmploymentPart):
        return f"在職{place}" + (f"（{one.name}）" if one.name else "")
    return f"国家資格{place}"


def _said(one: Part) -> str:
    if isinstance(one, EmploymentPart):
        end = "在職中" if one.fact.ended_on is None else wareki(one.fact.ended_on)
        return f"{wareki(one.fact.started_on)}〜{end}"
    return qualification_ja(one.fact)


def _of_parts(part: str, before: Sequence[Part], after: Sequence[Part]) -> list[Difference]:
    found: list[Difference] = []
    for place, old, new in _pairs(before, after):
        if old is not None and new is not None:
            name = "在職" if part == "employment" else "国家資格"
            found += _differing(f"{name}{place}", part, new.id, old.fact, new.fact)
        elif new is not None:
            found.append(
                Difference(
                    FactKey(part, new.id, ""), _head(part, place, new), "なし", f"追加（{_said(new)}）"
                )
            )
        elif old is not None:
            key = FactKey(part, old.id, "")
            found.append(Difference(key, f"前の{_head(part, place, old)}", _said(old), "削除"))
    return found


def differences(before: Case, after: Case) -> tuple[Difference, ...]:
    """二つの事実の一式の違い（研修開始日・現在の窓口・在職・国家資格の順）。同じなら空。"""
    found = []
    if before.starts_on != after.starts_on:
        found.append(
            Difference(
                FactKey("training", 0, "starts_on"),
                "研修開始日",
                wareki(before.starts_on),
                wareki(after.starts_on),
            )
        )
    found += _differing("現在の従事場所", "current", 0, before.current, after.current)
    found += _of_parts("employment", before.employments, after.employments)
    found += _of_parts("qualification", before.qualifications, after.qualifications)
    return tuple(found)


_GUIDELINE_WORDS = {
    "name": "要綱の版",
    "workdays": "従業日数の下限（日）",
    "tenure_months": "在職期間の下限（月）",
    "window_years": "対象期間（年）",
    "days_per_month": "読み：通算の一か月の日数",
    "window_counts_first_day": "読み：研修開始日を対象期間に算入",
    "standard_for_experience": "読み：実務経験の窓口にも注5を適用",
}


def _plain_words(value: object) -> str:
    return {True: "する", False: "しない"}[value] if isinstance(value, bool) else str(value)


def guideline_differences(before: Frozen, after: Frozen) -> tuple[str, ...]:
    """凍らせた二つの一式の、要綱の版と読みの違い。"""
    old, new = before["guideline"], after["guideline"]
    return tuple(
        f"{label}：{_plain_words(old[name])} → {_plain_words(new[name])}"
        for name, label in _GUIDELINE_WORDS.items()
        if old[name] != new[name]
    )


def frozen_findings(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """決定と共に凍らせる所見。"""
    return [
        {
            "requirement": f.requirement,
            "status": str(f.status),
            "clause": f.clause,
            "sentence": f.sentence,
        }
        for f in findings
    ]


def finding_differences(before: Sequence[Mapping[str, str]], after: Sequence[Finding]) -> tuple[str, ...]:
    """凍らせた所見と、いまの所見の違い。同じ順の所見どうしを比べる。"""
    found = []
    for old, new in zip(before, after, strict=False):
        status = Status(old["status"])
        if status is not new.status:
            words = f"{STATUS_WORDS[status]} → {STATUS_WORDS[new.status]}"
            found.append(f"{new.requirement}：{words}（{new.sentence}）")
        elif old["sentence"] != new.sentence:
            found.append(f"{new.requirement}：「{old['sentence']}」→「{new.sentence}」")
    return tuple(found)

"""受講資格の事実の一式：試しに変える、凍らせる、何が変わったかを一つずつ言う。"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, NamedTuple

from app.domain.eligibility import CurrentPlace, Eligibility, Qualification, eligibility, eligibility_status
from app.domain.errors import RuleViolation
from app.domain.experience import Employment
from app.domain.findings import Status
from app.domain.guideline import Guideline

Value = str | int | bool | date | tuple[date, ...] | None
Frozen = dict[str, Any]


class FactKey(NamedTuple):
    """事実一つの場所。part は training・current・employment・qualification、id は在職・資格の行（ほかは 0）。"""

    part: str
    id: int
    field: str


Changes = Mapping[FactKey, Value]


@dataclass(frozen=True)
class EmploymentPart:
    """在職一つ。name は窓口の名。"""

    id: int
    name: str
    fact: Employment


@dataclass(frozen=True)
class QualificationPart:
    """国家資格一つ。"""

    id: int
    fact: Qualification


@dataclass(frozen=True)
class Case:
    """一件の申込の、判定に要る事実のすべて。"""

    starts_on: date
    current: CurrentPlace
    employments: tuple[EmploymentPart, ...] = ()
    qualifications: tuple[QualificationPart, ...] = ()


_DATES = {"starts_on", "started_on", "ended_on", "registered_on", "lapsed_on"}
_NEEDED = {"starts_on", "started_on", "registered_on"}
_NUMBERS = {"workdays", "workdays_in_window", "grade"}
# 要綱の版と読みのうち、この判定が使うもの
GUIDELINE_FIELDS = (
    "name",
    "workdays",
    "tenure_months",
    "window_years",
    "days_per_month",
    "window_counts_first_day",
    "standard_for_experience",
)


def judge_case(case: Case, guideline: Guideline) -> Eligibility:
    """事実の一式から、受講資格を所見とともに判定する。"""
    return eligibility(
        case.starts_on,
        case.current,
        [e.fact for e in case.employments],
        [q.fact for q in case.qualifications],
        guideline,
    )


def case_status(case: Case, guideline: Guideline) -> Status:
    """答えだけを求める（文を作らないので、多くの人を一度に判定するときに使う）。"""
    return eligibility_status(
        case.starts_on,
        case.current,
        [e.fact for e in case.employments],
        [q.fact for q in case.qualifications],
        guideline,
    )


def _checked(key: FactKey, value: Value) -> Value:
    """項目に合う値であること。欠かせない日が空なら RuleViolation。"""
    if value is None and key.field in _NEEDED:
        raise RuleViolation("この日付は空にできません。日付を入れてください。")
    if value is not None and key.field in _DATES and not isinstance(value, date):
        raise RuleViolation("日付として読めない値です。日付を入れてください。")
    if (
        value is not None
        and key.field in _NUMBERS
        and (isinstance(value, bool) or not isinstance(value, int))
    ):
        raise RuleViolation("数として読めない値です。0以上の整数を入れてください。")
    return value


def _of_part(changes: Changes, part: str, part_id: int) -> dict[str, Any]:
    return {k.field: _checked(k, v) for k, v in changes.items() if (k.part, k.id) == (part, part_id)}


def apply_changes(case: Case, changes: Changes) -> Case:
    """試しの変更を当てた事実の一式を返す（元は変えない）。ない在職・資格への変更は RuleViolation。"""
    known = {("training", 0), ("current", 0)}
    known |= {("employment", e.id) for e in case.employments}
    known |= {("qualification", q.id) for q in case.qualifications}
    if any((k.part, k.id) not in known for k in changes):
        raise RuleViolation(
            "変えようとした在職か資格が、もう記録にありません。開き直してやり直してください。"
        )
    return Case(
        starts_on=_of_part(changes, "training", 0).get("starts_on", case.starts_on),
        current=replace(case.current, **_of_part(changes, "current", 0)),
        employments=tuple(
            replace(e, fact=replace(e.fact, **_of_part(changes, "employment", e.id)))
            for e in case.employments
        ),
        qualifications=tuple(
            replace(q, fact=replace(q.fact, **_of_part(changes, "qualification", q.id)))
            for q in case.qualifications
        ),
    )


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return [day.isoformat() for day in value] if isinstance(value, tuple) else value


def _values(fact: Employment | Qualification | CurrentPlace) -> dict[str, Value]:
    return {f.name: getattr(fact, f.name) for f in fields(fact)}


def freeze_case(case: Case, guideline: Guideline) -> Frozen:
    """決定と共に凍らせる、JSON にできる事実の一式と、要綱の版・読み。"""

    def plain(fact: Employment | Qualification | CurrentPlace) -> Frozen:
        return {name: _plain(value) for name, value in _values(fact).items()}

    return {
        "training": {"starts_on": case.starts_on.isoformat()},
        "current": plain(case.current),
        "employments": [{"id": e.id, "name": e.name, **plain(e.fact)} for e in case.employments],
        "qualifications": [{"id": q.id, **plain(q.fact)} for q in case.qualifications],
        "guideline": {name: getattr(guideline, name) for name in GUIDELINE_FIELDS},
    }


def _thawed(values: Frozen) -> dict[str, Any]:
    found = {k: v for k, v in values.items() if k not in ("id", "name")}
    for name in _DATES & set(found):
        found[name] = None if found[name] is None else date.fromisoformat(found[name])
    if found.get("days") is not None:
        found["days"] = tuple(date.fromisoformat(day) for day in found["days"])
    return found


def thaw_case(frozen: Frozen) -> Case:
    """凍らせた事実の一式を戻す。"""
    return Case(
        starts_on=date.fromisoformat(frozen["training"]["starts_on"]),
        current=CurrentPlace(**frozen["current"]),
        employments=tuple(
            EmploymentPart(e["id"], e["name"], Employment(**_thawed(e))) for e in frozen["employments"]
        ),
        qualifications=tuple(
            QualificationPart(q["id"], Qualification(**_thawed(q))) for q in frozen["qualifications"]
        ),
    )


def same_facts(one: Frozen, other: Frozen) -> bool:
    """凍らせた二つの事実が、行の番号と窓口の名を除いて同じか。"""

    def bare(frozen: Frozen) -> list[Any]:
        parts = [
            [{k: v for k, v in row.items() if k not in ("id", "name")} for row in frozen[part]]
            for part in ("employments", "qualifications")
        ]
        return [frozen["training"], frozen["current"], *parts]

    return bare(one) == bare(other)


def fact_values(case: Case) -> dict[FactKey, Value]:
    """すべての事実を、場所と値の対で。"""
    found: dict[FactKey, Value] = {FactKey("training", 0, "starts_on"): case.starts_on}
    found |= {FactKey("current", 0, n): v for n, v in _values(case.current).items()}
    for e in case.employments:
        found |= {FactKey("employment", e.id, n): v for n, v in _values(e.fact).items()}
    for q in case.qualifications:
        found |= {FactKey("qualification", q.id, n): v for n, v in _values(q.fact).items()}
    return found

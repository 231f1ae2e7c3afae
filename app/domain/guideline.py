"""要綱の版：条文の数と、要綱が黙っているところの読み。版の文（TOML）から作る。"""

import tomllib
from dataclasses import dataclass
from typing import Any

from app.domain.errors import InputRefused


@dataclass(frozen=True)
class Reading:
    """要綱が黙っているところに置いた読み。

    name は設定の名、value は値、clause は条項、title は見出し、comment はその理由（画面に出す日本語）。
    """

    name: str
    value: str | int | bool
    clause: str
    title: str
    comment: str


@dataclass(frozen=True)
class Guideline:
    """要綱の一つの版。

    数の単位：validity_years・bar_years・window_years は年、tenure_months は月、workdays は日、
    days_per_month は通算で一月とみなす日数、pass_mark_… は点、quiz_attempts は回（0 は制限なし）。
    """

    name: str
    title: str
    enforced_on: str
    validity_years: int
    bar_years: int
    workdays: int
    tenure_months: int
    window_years: int
    days_per_month: int
    window_counts_first_day: bool
    standard_for_experience: bool
    renewal_follows_expiry: bool
    recused_leave_base: bool
    majority: str
    pass_mark_quiz: int
    pass_mark_comprehensive: int
    pass_mark_certification: int
    quiz_attempts: int
    readings: tuple[Reading, ...]

    def reading(self, name: str) -> Reading:
        """名で読みを一つ返す。なければ InputRefused。"""
        for one in self.readings:
            if one.name == name:
                return one
        raise InputRefused(f"要綱の版「{self.title}」に「{name}」という読みはありません。")


_BOUNDS = ("validity_years", "bar_years", "workdays", "tenure_months", "window_years")
_COHORT = ("pass_mark_quiz", "pass_mark_comprehensive", "pass_mark_certification", "quiz_attempts")
_READINGS: dict[str, type] = {
    "window_counts_first_day": bool,
    "days_per_month": int,
    "standard_for_experience": bool,
    "renewal_follows_expiry": bool,
    "recused_leave_base": bool,
    "majority": str,
}
MAJORITIES = ("of_present", "of_votes_cast")


def _take(table: Any, key: str, kind: type, where: str) -> Any:
    value: Any = table.get(key) if isinstance(table, dict) else None
    if type(value) is not kind or (isinstance(value, int) and value < 0):
        raise InputRefused(
            f"要綱の版の「{where}.{key}」がないか、型が違います。版のファイルを確かめてください。"
        )
    return value


def _reading(name: str, kind: type, tables: dict[str, Any]) -> Reading:
    table = tables.get(name)
    where = f"readings.{name}"
    return Reading(
        name=name,
        value=_take(table, "value", kind, where),
        clause=_take(table, "clause", str, where),
        title=_take(table, "title", str, where),
        comment=_take(table, "comment", str, where),
    )


def parse_guideline(text: str) -> Guideline:
    """版の TOML の文から Guideline を作る。足りない・型の違う設定は InputRefused。"""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(f"要綱の版を読めません（TOML の書き方：{error}）。") from error
    tables = data.get("readings")
    readings = tuple(
        _reading(n, kind, tables if isinstance(tables, dict) else {}) for n, kind in _READINGS.items()
    )
    if isinstance(tables, dict) and (unknown := sorted(set(tables) - set(_READINGS))):
        raise InputRefused(
            f"要綱の版に知らない読み「{unknown[0]}」があります。名の書き誤りを確かめてください。"
        )
    values: dict[str, Any] = {one.name: one.value for one in readings}
    if values["majority"] not in MAJORITIES or values["days_per_month"] < 1:
        raise InputRefused("要綱の版の readings.majority か readings.days_per_month の値が正しくありません。")
    values |= {key: _take(data.get("bounds"), key, int, "bounds") for key in _BOUNDS}
    values |= {key: _take(data.get("cohort_defaults"), key, int, "cohort_defaults") for key in _COHORT}
    edition = data.get("edition")
    values |= {key: _take(edition, key, str, "edition") for key in ("name", "title", "enforced_on")}
    return Guideline(readings=readings, **values)

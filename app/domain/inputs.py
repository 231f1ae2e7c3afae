"""規則への入力（JSON の値）を厳しく読む。誤りはすべて InputRefused の日本語の文になる。"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from app.domain.calendar import FIRST_DAY, LAST_DAY, parse_date
from app.domain.errors import InputRefused

T = TypeVar("T")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LARGEST = 1_000_000_000


def iso_date(value: object, name: str) -> date:
    """日付の文字。ISO 8601（2026-03-31）のほか、人の書く和暦も意味どおりに受け取る。"""
    if not isinstance(value, str):
        raise InputRefused(f"{name} は日付（2026-03-31 の形の文字）で与えてください。")
    if _ISO.fullmatch(value):
        try:
            found: date | None = date.fromisoformat(value)
        except ValueError:
            found = None  # 何が誤りかは parse_date が言う
        if found is not None and FIRST_DAY <= found <= LAST_DAY:
            return found
    try:
        return parse_date(value).date
    except InputRefused as refusal:
        raise InputRefused(f"{name}：{refusal}", refusal.code) from None


def integer(value: object, name: str) -> int:
    """0以上の整数。真偽値は受け取らない。"""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputRefused(f"{name} は整数で与えてください。")
    if value < 0:
        raise InputRefused(f"{name} が負です。")
    if value > _LARGEST:
        raise InputRefused(f"{name} が大きすぎます。")
    return value


def boolean(value: object, name: str) -> bool:
    """真偽値。"""
    if not isinstance(value, bool):
        raise InputRefused(f"{name} は true か false で与えてください。")
    return value


def text(value: object, name: str) -> str:
    """文字。"""
    if not isinstance(value, str):
        raise InputRefused(f"{name} は文字で与えてください。")
    return value


def items(value: object, name: str) -> list[Any]:
    """並び。"""
    if not isinstance(value, list):
        raise InputRefused(f"{name} は並び（[…]）で与えてください。")
    return value


class Fields:
    """一つのまとまりの項目を読み、読まれなかった項目があれば断る。"""

    def __init__(self, value: object, name: str) -> None:
        """Value は項目の集まり（対応）でなければならない。"""
        if not isinstance(value, Mapping):
            raise InputRefused(f"{name} は項目の集まり（{{…}}）で与えてください。")
        self._value: Mapping[str, object] = value
        self._name = name
        self._read: set[str] = set()

    def path(self, key: str) -> str:
        """誤りの文に出す項目の名。"""
        return f"{self._name}.{key}" if self._name else key

    def has(self, key: str) -> bool:
        """項目が書かれているか。"""
        return key in self._value

    def need(self, key: str, read: Callable[[object, str], T]) -> T:
        """なければならない項目。"""
        self._read.add(key)
        if key not in self._value:
            raise InputRefused(f"{self.path(key)} がありません。")
        return read(self._value[key], self.path(key))

    def maybe(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """なくても null でもよい項目。"""
        self._read.add(key)
        value = self._value.get(key)
        return None if value is None else read(value, self.path(key))

    def done(self) -> None:
        """知らない項目が残っていれば断る。"""
        unknown = sorted(str(k)[:60] for k in self._value if k not in self._read)
        if unknown:
            raise InputRefused(f"知らない項目です：{'、'.join(self.path(k) for k in unknown)}。")


def choice(*allowed: str) -> Callable[[object, str], str]:
    """決まった語のどれか。"""

    def read(value: object, name: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise InputRefused(f"{name} は {'・'.join(allowed)} のどれかで与えてください。")
        return value

    return read

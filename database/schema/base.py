"""表の土台：名付けの約束と、値の型。"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """すべての表の親。"""

    metadata = MetaData(naming_convention=NAMING)


class Row:
    """整数の主キーを持つ行。"""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


@lru_cache(maxsize=4096)
def _day(text: str | None) -> date | None:
    # 一覧は同じ日付を何万も読む
    return None if text is None else date.fromisoformat(text)


class ISODate(TypeDecorator[date]):
    """日付を ISO 8601 の文字で持つ。"""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """日付から文字へ。"""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        """文字から日付へ。"""
        return _day(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], date | None]:
        """読む値ごとに呼ばれるもの（間に何も挟まない）。"""
        return _day


class UTCDateTime(TypeDecorator[datetime]):
    """時刻を協定世界時の ISO 8601 の文字で持つ。時差のない時刻は受け取らない。"""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """時刻から文字へ。"""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("時差のない時刻は保存できません。")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """文字から時刻へ。"""
        return None if value is None else datetime.fromisoformat(value)


def canonical_json(value: Any) -> str:
    """同じ値なら同じ文字になる JSON（キーの順・空白なし）。"""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class CanonicalJSON(TypeDecorator[Any]):
    """標準形の JSON の文字で持つ値。"""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        """値から文字へ。"""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:
        """文字から値へ。"""
        return None if value is None else json.loads(value)

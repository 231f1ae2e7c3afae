"""名簿の一人の記載事項の文。"""

from datetime import date

from app.domain.calendar import wareki
from app.services.views.register import HistoryEntry, RegisterRow

_NONE = "（記載なし）"
CARDS = {"work": "所属と活動", "days": "認証と有効期間", "history": "年表", "names": "氏名と生年月日"}


def _lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(f"{name}　{value or _NONE}" for name, value in pairs)


def _day(day: date | None) -> str:
    return "" if day is None else wareki(day)


def texts(row: RegisterRow) -> dict[str, str]:
    """札の名から文へ。"""
    return {
        "names": _lines(
            ("ローマ字", row.roman_name),
            ("証書表記", row.certificate_name or "（氏名のとおり）"),
            ("通称・旧姓", "　".join(x for x in (row.alias, row.former_name) if x)),
            ("生年月日・国籍", f"{wareki(row.birth_date)}　{row.nationality}".strip()),
        ),
        "work": _lines(
            ("所属機関", f"{row.affiliation}　{row.affiliation_prefecture}".strip()),
            ("活動地域", row.activity_area),
            ("保有資格", "、".join(row.qualifications)),
            ("専門分野", row.specialties),
            ("対応言語", row.languages),
            ("公表の同意", "あり" if row.publish_consent else "なし"),
        ),
        "days": _lines(
            ("研修期", row.cohort),
            ("議決・認証", f"{_day(row.decided_on)}　{_day(row.certified_on)}"),
            ("交付", _day(row.issued_on) or "まだ交付していません"),
            ("有効期間", f"{_day(row.valid_from)}〜{_day(row.expires_on)}　更新 {len(row.renewals)}回"),
            ("最後の便", "まだ送っていません" if row.last_batch is None else f"第{row.last_batch}便"),
        ),
    }


def history_words(entries: tuple[HistoryEntry, ...]) -> str:
    """年表の文（一行に一つ）。"""
    return "\n".join(f"{wareki(e.day)}　{e.words}" for e in entries)

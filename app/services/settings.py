"""設定：要綱の読みの一覧と、名を持つ設定。"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.domain.guideline import Reading
from app.domain.numbering import NumberFormat
from app.services.office import Office
from database.schema.settings import Setting

DEFAULTS: dict[str, Any] = {
    "number_format": "第{年度略}-{期}-{4桁}号",
    "issuer_title": "出入国在留管理庁長官",
    "issuer_name": "",
    "office_name": "認定審査委員会事務局",
    "lock_minutes": 5,
    "convocation_days": 7,
    "blank_low": 20,
    "certificate_layout": "landscape",
    "seal_image": "",
    "signature_image": "",
}

NAMES = {
    "office_name": "事務局の名",
    "issuer_title": "認証する者の職名",
    "issuer_name": "認証する者の氏名",
    "number_format": "認定番号の書式",
    "lock_minutes": "自動ロックまで",
    "convocation_days": "会議の招集",
    "blank_low": "用紙が少ないと知らせる枚数",
    "certificate_layout": "認定証の紙の設計",
    "seal_image": "公印の絵",
    "signature_image": "署名の絵",
}
# 空のままでは書類が作れないもの
REQUIRED = frozenset({"office_name", "issuer_title"})


def value_of(session: Session, name: str) -> Any:
    """取引の中で設定の値を読む。"""
    row = session.scalar(select(Setting).where(Setting.name == name))
    return DEFAULTS[name] if row is None else row.value


def get(office: Office, name: str) -> Any:
    """設定の値。置かれていなければ既定。"""
    if name not in DEFAULTS:
        raise RuleViolation(f"設定「{name}」はありません。")
    with office.read("settings.get") as session:
        return value_of(session, name)


def check(name: str, value: Any) -> None:
    """置けない値なら、その理由の RuleViolation。"""
    if name == "number_format":
        _check_number_format(value)
    if name == "lock_minutes" and not 1 <= value <= 15:
        raise RuleViolation("自動ロックは1〜15分で選んでください。")
    if name == "convocation_days" and not 1 <= value <= 30:
        raise RuleViolation("招集の通知は、会議の1〜30開庁日前までの間で選んでください。")
    if name == "blank_low" and not 0 <= value <= 9999:
        raise RuleViolation("用紙が少ないと知らせる枚数は、0〜9999枚で選んでください。")
    if name in REQUIRED and not value.strip():
        raise RuleViolation(f"{NAMES[name]}が空です。書類に刷られるので、入れてください。")


def number_example(pattern: str) -> str:
    """認定番号の書式の例（令和7年度第1期の1番）。書式が誤りなら InputRefused。"""
    return NumberFormat(pattern).format(2025, 1, 1)


def _check_number_format(pattern: str) -> None:
    """書式として読め、年度と期の両方を含むことを確かめる（番号は研修期ごとに1から始まる）。"""
    NumberFormat(pattern)
    if "{年度略}" not in pattern or "{期}" not in pattern:
        raise RuleViolation(
            "認定番号の書式に {年度略} と {期} の両方を入れてください。ないと別の研修期と同じ番号になります。"
        )


def put(office: Office, name: str, value: Any) -> None:
    """設定を変える。"""
    if name not in DEFAULTS:
        raise RuleViolation(f"設定「{name}」はありません。")
    if type(value) is not type(DEFAULTS[name]):
        raise RuleViolation(f"設定「{name}」に合わない値です。")
    check(name, value)
    with office.act("settings.put") as act:
        row = act.session.scalar(select(Setting).where(Setting.name == name))
        before = None if row is None else row.value
        if row is None:
            act.session.add(Setting(name=name, value=value))
        else:
            row.value = value
        act.say(
            f"setting:{name}",
            f"設定「{NAMES.get(name, name)}」を変更",
            detail={"before": before, "after": value},
        )


def list_readings(office: Office) -> tuple[Reading, ...]:
    """要綱が黙っているところの読みの一覧。"""
    office.require("settings.list_readings")
    return office.guideline.readings

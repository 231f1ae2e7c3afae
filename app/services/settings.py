"""設定：要綱の読みの一覧と、名を持つ設定。"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.domain.guideline import Reading
from app.services.office import Office
from database.schema.settings import Setting

DEFAULTS: dict[str, Any] = {
    "number_format": "第{年度略}-{期}-{4桁}号",
    "issuer_title": "出入国在留管理庁長官",
    "issuer_name": "",
    "office_name": "認定審査委員会事務局",
    "lock_minutes": 5,
    "scale_percent": 100,
    "dark": False,
}


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


def put(office: Office, name: str, value: Any) -> None:
    """設定を変える。"""
    if name not in DEFAULTS:
        raise RuleViolation(f"設定「{name}」はありません。")
    if type(value) is not type(DEFAULTS[name]):
        raise RuleViolation(f"設定「{name}」に合わない値です。")
    if name == "lock_minutes" and not 1 <= value <= 15:
        raise RuleViolation("自動ロックは1〜15分で選んでください。")
    with office.act("settings.put") as act:
        row = act.session.scalar(select(Setting).where(Setting.name == name))
        before = None if row is None else row.value
        if row is None:
            act.session.add(Setting(name=name, value=value))
        else:
            row.value = value
        act.say(f"setting:{name}", f"設定「{name}」を変更", detail={"before": before, "after": value})


def list_readings(office: Office) -> tuple[Reading, ...]:
    """要綱が黙っているところの読みの一覧。"""
    office.require("settings.list_readings")
    return office.guideline.readings

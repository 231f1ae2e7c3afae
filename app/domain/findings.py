"""判定：三値の結果と、その理由。"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """三値の結果（Kleene の論理で組み合わせる）。"""

    MET = "met"
    NOT_MET = "not_met"
    UNCONFIRMED = "unconfirmed"


def all_of(statuses: Iterable[Status]) -> Status:
    """すべてを要する条件。一つでも not_met なら not_met、残りに unconfirmed があれば unconfirmed。"""
    found = set(statuses)
    if Status.NOT_MET in found:
        return Status.NOT_MET
    return Status.UNCONFIRMED if Status.UNCONFIRMED in found else Status.MET


def any_of(statuses: Iterable[Status]) -> Status:
    """どれか一つでよい条件。空なら not_met。"""
    found = set(statuses)
    if Status.MET in found:
        return Status.MET
    return Status.UNCONFIRMED if Status.UNCONFIRMED in found else Status.NOT_MET


def status_of(fact: bool | None) -> Status:
    """確かめた事実（真・偽・未確認）から。"""
    if fact is None:
        return Status.UNCONFIRMED
    return Status.MET if fact else Status.NOT_MET


@dataclass(frozen=True)
class Finding:
    """判定一つ：要件の名、結果、条項、計算の数字、会議で読み上げられる文、未確認を解く方法。"""

    status: Status
    clause: str
    sentence: str
    requirement: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
    settles: str = ""

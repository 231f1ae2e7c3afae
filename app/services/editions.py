"""要綱の版を、同梱の資源から読む。"""

import re
from importlib.resources import files

from app.domain.errors import InputRefused
from app.domain.guideline import Guideline, parse_guideline

DEFAULT_EDITION = "r7-02-27"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def edition_names() -> tuple[str, ...]:
    """同梱の版の名（名の順）。"""
    found = (item.name for item in files("resources.editions").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load_edition(name: str = DEFAULT_EDITION) -> Guideline:
    """名で版を読む。なければ InputRefused（ある版の名を言う）。"""
    if not _NAME.fullmatch(name) or name not in edition_names():
        known = "・".join(edition_names())
        raise InputRefused(f"要綱の版「{name}」はありません。ある版は {known} です。", "UNKNOWN_EDITION")
    return parse_guideline((files("resources.editions") / f"{name}.toml").read_text(encoding="utf-8"))

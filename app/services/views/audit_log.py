"""監査記録の画面へ渡すもの。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class AuditLine:
    """監査記録の一件。digest はその記録の鎖の要約値、rows はその操作が変えた行の数。"""

    sequence: int
    at: datetime
    who: str
    machine: str
    action: str
    subject: str
    summary: str
    reason: str
    detail: Mapping[str, Any]
    digest: str
    rows: int

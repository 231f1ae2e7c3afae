"""提出：前の便から、新しいもの・変わったもの・取り消されたもの・失効したものだけを選ぶ。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CHANGES = ("new", "changed", "revoked", "lapsed", "removed")


@dataclass(frozen=True)
class SubmittedRow:
    """一行。key は認定番号、digest は中身の要約値、standing は基準日の立場。"""

    key: str
    digest: str
    standing: str


@dataclass(frozen=True)
class Change:
    """送る一行とその理由。"""

    key: str
    change: str


def _kind(row: SubmittedRow, known: str | None) -> str:
    if known is None:
        return "new"
    if row.standing == "revoked":
        return "revoked"
    return "lapsed" if row.standing == "expired" else "changed"


def delta(previous: Mapping[str, str], present: Sequence[SubmittedRow]) -> tuple[Change, ...]:
    """送るべき行を、今の名簿の順に。previous はこれまでに送った key から最後の digest への対応。

    名簿から消えた key は removed として最後に置く（訂正で番号が消えることはないが、黙って忘れない）。
    """
    changes = [
        Change(r.key, _kind(r, previous.get(r.key))) for r in present if previous.get(r.key) != r.digest
    ]
    here = {r.key for r in present}
    return tuple(changes) + tuple(Change(key, "removed") for key in sorted(previous) if key not in here)

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


_ENDS = {"revoked": "revoked", "expired": "lapsed"}


def _kind(row: SubmittedRow, known: str | None, told: str | None) -> str:
    if known is None:
        return "new"
    end = _ENDS.get(row.standing)
    return "changed" if end is None or end == told else end


def delta(
    previous: Mapping[str, str], present: Sequence[SubmittedRow], told: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """送るべき行を、今の名簿の順に。previous はこれまでに送った key から最後の digest への対応。

    told は key から、既に知らせた終わり方（revoked / lapsed）への対応。知らせた後の訂正は changed とし、
    取消し・失効を二度数えない。
    名簿から消えた key は removed として最後に置く（訂正で番号が消えることはないが、黙って忘れない）。
    """
    known = told or {}
    changes = [
        Change(r.key, _kind(r, previous.get(r.key), known.get(r.key)))
        for r in present
        if previous.get(r.key) != r.digest
    ]
    here = {r.key for r in present}
    return tuple(changes) + tuple(Change(key, "removed") for key in sorted(previous) if key not in here)

"""認定証の画面の言葉と調子。"""

from app.services.views.certificates import KIND_WORDS, CertificateRow, WaitingRow
from ui.theme.tokens import Tone


def check_words(row: WaitingRow) -> str:
    """文字の点検の言葉。"""
    return f"印刷できない字 {len(row.missing)}" if row.missing else "印刷できる"


def check_tone(row: WaitingRow) -> Tone:
    """文字の点検の調子。"""
    return Tone.BAD if row.missing else Tone.OK


def safe_name(row: WaitingRow) -> str:
    """画面に箱を出さないよう、描けない字を〓にした証書表記。"""
    name = row.certificate_name
    for part in row.missing:
        name = name.replace(part, "〓")
    return name


def missing_words(row: WaitingRow) -> str:
    """描けない字の場所と番号（2文字目 U+E000 など）。"""
    return "、".join(
        f"{row.certificate_name.index(part) + 1}文字目 {' '.join(f'U+{ord(c):04X}' for c in part)}"
        for part in row.missing
    )


def printed_as(row: WaitingRow) -> str:
    """氏名と違う証書表記。同じなら空。"""
    return "" if row.certificate_name == row.name else f"証書表記 {safe_name(row)}"


def version_words(row: CertificateRow) -> str:
    """版と事由の言葉。"""
    return f"第{row.version}版　{KIND_WORDS[row.kind]}"


def state_words(row: CertificateRow) -> str:
    """台帳の状態の言葉。"""
    if row.withdrawn_on is not None:
        return "取下げ"
    if not row.latest:
        return "旧版"
    return "印刷済み" if row.printed_at is not None else "未印刷"


def state_tone(row: CertificateRow) -> Tone:
    """台帳の状態の調子。"""
    if not row.latest or row.withdrawn_on is not None:
        return Tone.MUTED
    return Tone.OK if row.printed_at is not None else Tone.WARN


def spaced_digest(digest: str) -> str:
    """狭い所で折り返せるように、16字ごとに空けた要約値。"""
    return " ".join(digest[i : i + 16] for i in range(0, len(digest), 16))

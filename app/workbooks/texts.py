"""文字のファイル（CSV・TSV）の読み方：UTF-8、CP932、UTF-16 を試し、初めの行と共に見せる。"""

from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import InputRefused
from app.workbooks.faults import fault_words

# 読み方の名から符号へ（試す順）
ENCODINGS = {
    "UTF-8": "utf-8-sig",
    "CP932（Shift_JIS）": "cp932",
    "UTF-16": "utf-16",
    "UTF-16 LE": "utf-16-le",
    "UTF-16 BE": "utf-16-be",
}
_BOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # zip と OLE
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SHOWN_LINES = 8
_SHOWN_LENGTH = 200
_MOST = (64 << 20) + 1


@dataclass(frozen=True)
class TextLook:
    """文字のファイルの見え方。encoding は読み方の名、lines は初めの行、fitting は読める読み方の名。"""

    encoding: str
    lines: tuple[str, ...]
    fitting: tuple[str, ...]


def _clean(text: str) -> bool:
    return not any(c < " " and c not in "\t\r\n\f\v\x1a" for c in set(text))


def _as(data: bytes, name: str) -> str | None:
    """その読み方で読んだ文字。読めなければ None。"""
    if name == "UTF-16" and data[:2] not in _MARKS:
        return None
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeError:
        return None
    return text if _clean(text) else None


def _tried(data: bytes) -> tuple[str, ...]:
    """試す順。BOM があればそれに従う。"""
    if data[:2] in _MARKS:
        return ("UTF-16", "UTF-16 LE", "UTF-16 BE", "UTF-8", "CP932（Shift_JIS）")
    return tuple(ENCODINGS)


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """文字と読み方の名。encoding を与えればその読み方だけを、なければ順に試す。読めなければ InputRefused（NOT_EXCEL）。"""
    for name in _tried(data) if encoding is None else (encoding,):
        text = _as(data, name)
        if text is not None:
            return text, name
    if encoding is not None:
        raise InputRefused(f"{encoding} としては読めません。ほかの読み方を選んでください。", "NOT_EXCEL")
    raise InputRefused(
        "文字のファイルとして読めません。Excel で開いて .xlsx で保存し直し、それを選んでください。",
        "NOT_EXCEL",
    )


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise InputRefused(
            f"ファイル「{path.name}」を開けません（{fault_words(error)}）。"
            "場所と、ほかで開いていないかを確かめてください。",
            "UNREADABLE",
        ) from error


def is_text(path: Path) -> bool:
    """文字のファイルなら真（ブックの始まりの印がない）。開けなければ InputRefused（UNREADABLE）。"""
    return not _read(path, 8).startswith(_BOOKS)


def look_at_text(path: Path, encoding: str | None = None) -> TextLook:
    """文字のファイルを読み方を決めて（空なら試して）見る。開けなければ InputRefused（UNREADABLE）。"""
    data = _read(path, _MOST)
    text, name = decode(data, encoding)
    lines = tuple(line[:_SHOWN_LENGTH] for line in text[: _SHOWN_LENGTH * 100].splitlines()[:_SHOWN_LINES])
    return TextLook(name, lines, tuple(n for n in _tried(data) if _as(data, n) is not None))

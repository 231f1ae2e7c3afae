"""危ないファイルを作る。どれも本物のバイトで、置き場所だけを受け取る。"""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from app.workbooks.packing import Page, letters, pack

GOOD = pack([Page("表", [[("見出し", "heading")], [("値", "text"), (1, "integer")]], [10.0, 10.0])], "試し")
_SHEET = "xl/worksheets/sheet1.xml"


def rebuilt(change: Callable[[str, bytes], bytes | None], content: bytes = GOOD) -> bytes:
    """部品を一つずつ作り替えた zip。None を返した部品は落とす。"""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for info in source.infolist():
            changed = change(info.filename, source.read(info))
            if changed is not None:
                made.writestr(info.filename, changed)
    return out.getvalue()


def in_sheet(old: bytes, new: bytes, content: bytes = GOOD) -> bytes:
    """最初のシートの XML を書き換える。"""

    def change(name: str, data: bytes) -> bytes:
        if name != _SHEET:
            return data
        assert old in data
        return data.replace(old, new)

    return rebuilt(change, content)


def dtd() -> bytes:
    """実体参照の爆弾。"""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    return in_sheet(b"<worksheet", bomb)


def wide_dtd() -> bytes:
    """UTF-16 に隠した DTD。"""

    def change(name: str, data: bytes) -> bytes:
        if name != _SHEET:
            return data
        text = data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        return text.replace("<worksheet", "<!DOCTYPE x []><worksheet").encode("utf-16")

    return rebuilt(change)


def odd_encoding() -> bytes:
    """DTD を隠せる文字符号。"""
    return rebuilt(lambda n, d: d.replace(b'"UTF-8"', b'"UTF-7"') if n == _SHEET else d)


def duplicated() -> bytes:
    """同じ名の部品が二つ。"""
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("XL/worksheets/sheet1.xml", b"<worksheet/>")
    return out.getvalue()


def bomb() -> bytes:
    """開くと 400 MB になる zip。"""
    out = io.BytesIO(GOOD)
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/big.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(400):
            part.write(b"\0" * (1 << 20))
    return out.getvalue()


def escaping() -> bytes:
    """外を指す部品の名。"""
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("../../evil.xml", b"<x/>")
    return out.getvalue()


def flipped() -> bytes:
    """シートの縮めた中身の一ビットが違う。"""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        info = package.getinfo(_SHEET)
    at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    return GOOD[:at] + bytes([GOOD[at] ^ 4]) + GOOD[at + 1 :]


def document() -> bytes:
    """Word の文書の形をした zip。"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("word/document.xml", b"<document/>")
    return out.getvalue()


def far_cell() -> bytes:
    """二つのセルが対角の果てにある（密な格子にすれば 170 億セル）。"""
    return in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def declared_small() -> bytes:
    """開いた大きさを偽る部品（書いてある大きさは 10 バイト）。"""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        size = struct.pack("<I", package.getinfo(_SHEET).file_size)
    assert GOOD.count(size) >= 2  # 部品の頭と一覧の両方に書いてある
    return GOOD.replace(size, struct.pack("<I", 10))


def many_parts() -> bytes:
    """部品が四千を超える。"""
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        for number in range(4000):
            package.writestr(f"xl/media/{number}", b"")
    return out.getvalue()


def many_cells() -> bytes:
    """セルの囲む四角が八百万を超える。"""
    return in_sheet(b"</sheetData>", b'<row r="90000"><c r="CV90000"><v>1</v></c></row></sheetData>')


def swollen() -> bytes:
    """一つの長い文を何万ものセルが指す（ファイルは小さく、読めば 1 GiB を超える）。"""
    content = pack([Page("表", [[("見" * 30_000, "text")]], [10.0])], "長い")
    names = [letters(c) for c in range(40)]
    rows = (
        f'<row r="{r}">' + "".join(f'<c r="{n}{r}" t="s"><v>0</v></c>' for n in names) + "</row>"
        for r in range(2, 402)
    )
    return in_sheet(b"</sheetData>", "".join(rows).encode() + b"</sheetData>", content)


def with_part(name: str, content: bytes = b"<x/>") -> bytes:
    """部品を一つ足す。"""
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, content)
    return out.getvalue()


def relation_outside() -> bytes:
    """シートのつながりがブックの外を指す。"""
    return rebuilt(
        lambda n, d: d.replace(b"worksheets/", b"../../../") if n.endswith("workbook.xml.rels") else d
    )


def locked_part() -> bytes:
    """部品に zip のパスワードの印がある。"""
    at = GOOD.index(b"PK\x01\x02")
    return GOOD[: at + 8] + bytes([GOOD[at + 8] | 1]) + GOOD[at + 9 :]


def odd_compression() -> bytes:
    """Excel の使わない縮め方。"""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as made,
    ):
        for info in source.infolist():
            made.writestr(info.filename, source.read(info))
    return out.getvalue()


def text_document() -> bytes:
    """OpenDocument の文書（表計算でない）。"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", b"application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", b"<x/>")
    return out.getvalue()


def _plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("readme.txt", b"x")
    return out.getvalue()


def _without(name: str) -> bytes:
    return rebuilt(lambda n, d: None if n == name else d)


def _outside_entity() -> bytes:
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><sst'
    return rebuilt(lambda n, d: d.replace(b"<sst", entity) if n.endswith("sharedStrings.xml") else d)


CASES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "空のファイル": (lambda: b"", "a.xlsx", "NO_ROWS"),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "a.xlsx", "NOT_EXCEL"),
    "プログラム": (lambda: b"MZ\x90\0" + bytes(200), "a.csv", "NOT_EXCEL"),
    "HTML を xls と名乗る": (
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        "a.xls",
        "NOT_EXCEL",
    ),
    "Word の文書": (document, "a.xlsx", "NOT_EXCEL"),
    "途中で切れた xlsx": (lambda: GOOD[: len(GOOD) // 2], "a.xlsx", "DAMAGED"),
    "一ビット違う xlsx": (flipped, "a.xlsx", "DAMAGED"),
    "同じ名の部品": (duplicated, "a.xlsx", "DAMAGED"),
    "外を指す部品": (escaping, "a.xlsx", "DAMAGED"),
    "シートのない xlsx": (lambda: rebuilt(lambda n, d: None if n == _SHEET else d), "a.xlsx", "DAMAGED"),
    "閉じない XML": (lambda: in_sheet(b"</worksheet>", b""), "a.xlsx", "DAMAGED"),
    "古い xls を名乗る屑": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "DAMAGED"),
    "実体参照": (dtd, "a.xlsx", "UNSAFE_XML"),
    "UTF-16 の DTD": (wide_dtd, "a.xlsx", "UNSAFE_XML"),
    "見慣れない文字符号": (odd_encoding, "a.xlsx", "UNSAFE_XML"),
    "zip 爆弾": (bomb, "a.xlsx", "TOO_LARGE"),
    "外を読む実体（XXE）": (_outside_entity, "a.xlsx", "UNSAFE_XML"),
    "つながりの表の DTD": (
        lambda: rebuilt(lambda n, d: d.replace(b"<Relationships", b"<!DOCTYPE x []><Relationships")),
        "a.xlsx",
        "UNSAFE_XML",
    ),
    "大きさを偽る部品": (declared_small, "a.xlsx", "DAMAGED"),
    "つながりがブックの外を指す": (relation_outside, "a.xlsx", "DAMAGED"),
    "zip のパスワードの印": (locked_part, "a.xlsx", "DAMAGED"),
    "Excel の使わない縮め方": (odd_compression, "a.xlsx", "DAMAGED"),
    "駆動器の名を持つ部品": (lambda: with_part("C:evil.xml"), "a.xlsx", "DAMAGED"),
    "本体のない xlsx": (lambda: _without("xl/workbook.xml"), "a.xlsx", "DAMAGED"),
    "つながりの表のない xlsx": (lambda: _without("_rels/.rels"), "a.xlsx", "DAMAGED"),
    "シートのつながりのない xlsx": (
        lambda: _without("xl/_rels/workbook.xml.rels"),
        "a.xlsx",
        "DAMAGED",
    ),
    "何も入っていない zip": (lambda: b"PK\x05\x06" + bytes(18), "a.xlsx", "DAMAGED"),
    "閉じない引用符の CSV": (lambda: '番号,氏名\n1,"見本'.encode(), "a.csv", "DAMAGED"),
    "部品が多すぎる": (many_parts, "a.xlsx", "TOO_LARGE"),
    "セルが多すぎる": (many_cells, "a.xlsx", "TOO_LARGE"),
    "64 MB を超えるファイル": (lambda: GOOD + bytes(64 << 20), "a.xlsx", "TOO_LARGE"),
    "画像を xlsx と名乗る": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(60), "a.xlsx", "NOT_EXCEL"),
    "OpenDocument の文書": (text_document, "a.ods", "NOT_EXCEL"),
    "ただの zip": (_plain_zip, "a.xlsx", "NOT_EXCEL"),
    "文字でないもの": (lambda: bytes(range(256)) * 4, "a.csv", "NOT_EXCEL"),
    "空のシート": (lambda: pack([Page("表", [], [])], "空"), "a.xlsx", "NO_ROWS"),
    "空白だけの CSV": (lambda: b"\r\n,,\r\n", "a.csv", "NO_ROWS"),
}


def place(folder: Path, name: str) -> tuple[Path, str]:
    """その名の危ないファイルを置き、待つ符号を返す。"""
    make, file_name, code = CASES[name]
    path = folder / file_name
    path.write_bytes(make())
    return path, code

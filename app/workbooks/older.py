"""古い xls と ods の、黙って読めない所を拾う（速い読み手は、エラーのセルを空として返す）。"""

import io
import struct
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse

from app.workbooks.guard import Oddities, damaged

_BOUND_SHEET, _END, _ROW, _COLUMNS, _FORMULA, _BOOL_OR_ERROR = 0x85, 0x0A, 0x208, 0x7D, 0x06, 0x205
_ERROR_RESULT = 2
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")
_MOST = 1000  # 一つの札が繰り返すセルのうち、印を付ける数


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """BIFF の記録（種類, 中身）。途中で切れていればそこで終わる。"""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _sheet_name(body: bytes, ancient: bool) -> str:
    if ancient:  # Excel 5・95 は字の幅を書かない
        return body[7 : 7 + body[6]].decode("cp932", "replace")
    length, wide = body[6], body[7] & 1
    text = body[8 : 8 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1", "replace")


def _is_error(kind: int, body: bytes) -> bool:
    if kind == _FORMULA:
        return body[12:14] == b"\xff\xff" and body[6] == _ERROR_RESULT
    return kind == _BOOL_OR_ERROR and body[7] == 1


def _scan_sheet(stream: bytes, start: int) -> Oddities:
    odd = Oddities()
    for kind, body in _records(stream, start):
        if kind == _END:
            break
        if kind in (_FORMULA, _BOOL_OR_ERROR) and _is_error(kind, body):
            odd.errors.append(struct.unpack_from("<HH", body))
        elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            odd.hidden_rows.append(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMNS and struct.unpack_from("<H", body, 8)[0] & 1:
            odd.hidden_columns.append(struct.unpack_from("<H", body)[0])
    return odd


def scan_xls(data: bytes) -> dict[str, Oddities]:
    """古い xls のシートごとの、エラーのセル・隠れた行と列。読めなければ DAMAGED。"""
    import olefile  # type: ignore[import-untyped]  # 古い形だけ

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            name = next(n for n in ("Workbook", "Book") if container.exists(n))
            stream: bytes = container.openstream(name).read()
        sheets = {}
        for kind, body in _records(stream, 0):
            if kind == _BOUND_SHEET and body[5] == 0:
                sheets[_sheet_name(body, name == "Book")] = _scan_sheet(
                    stream, struct.unpack_from("<I", body)[0]
                )
            elif kind == _END:
                break
    except (
        OSError, ValueError, IndexError, KeyError, OverflowError, AttributeError, TypeError, StopIteration, struct.error,
    ) as error:  # fmt: skip
        raise damaged("古い Excel の形が読み取れない") from error
    return sheets


def _repeat(element: Element, name: str) -> int:
    text = element.get(_TABLE + name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _mark(cell: Element, odd: Oddities) -> list[tuple[int, int]] | None:
    """このセルの位置を加える列。読めるセルなら None。"""
    kind = cell.get(_CALC + "value-type") or cell.get(_OFFICE + "value-type")
    formula = cell.get(_TABLE + "formula") is not None
    text = "".join(cell.itertext())
    if kind == "error" or (formula and text.startswith(("#", "Err:"))):
        return odd.errors
    return odd.no_value if formula and kind is None else None


def _is_calculated(cell: Element) -> bool:
    return cell.get(_TABLE + "formula") is not None and cell.get(_OFFICE + "value-type") is not None


def _scan_row(row: Element, number: int, odd: Oddities) -> None:
    rows = range(number, number + min(_repeat(row, "number-rows-repeated"), _MOST))
    if row.get(_TABLE + "visibility") in ("collapse", "filter"):
        odd.hidden_rows.extend(rows)
    column = 0
    for cell in (c for c in row if c.tag in _CELLS):
        count = _repeat(cell, "number-columns-repeated")
        places = _mark(cell, odd)
        if places is not None:
            places.extend((r, c) for r in rows for c in range(column, column + min(count, _MOST)))
        column += count


def scan_ods(content: bytes) -> dict[str, Oddities]:
    """ods の content.xml から、シートごとのエラーのセル・結果のない式・隠れた行。読めなければ DAMAGED。"""
    sheets: dict[str, Oddities] = {}
    odd, row, calculated = Oddities(), 0, False
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
            if event == "start" and element.tag == _TABLE + "table":
                odd, row = sheets.setdefault(element.get(_TABLE + "name", ""), Oddities()), 0
            elif event == "end" and element.tag == _TABLE + "table-row":
                calculated |= any(_is_calculated(c) for c in element)
                _scan_row(element, row, odd)
                row += _repeat(element, "number-rows-repeated")
                element.clear()
    except (ParseError, ValueError) as error:
        raise damaged("部品「content.xml」の XML が正しくない") from error
    if calculated:  # 計算した表計算は、空の文字になった式に値を書かない
        for found in sheets.values():
            found.no_value.clear()
    return sheets

"""子プロセス：外から来たファイルを、時間と記憶の限りの中で読み、格子か一つの断りにして返す。

標準入力から JSON（path, password, encoding, second, memory）を受け、標準出力へ marshal で返す。
("ok", シートの列, 報告の列, 形) か ("refused", 符号, 文)。シートは
(名, 行の列, 日付を含む行の番号, 日付を含む列の番号)、日付のセルは通日一つの組。
形は（シートの名から結合の範囲（A1:B2）の列, 日付の起点が 1904 年か）。
"""

import csv
import gc
import io
import json
import marshal
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from app.domain.errors import InputRefused
from app.workbooks.faults import fault_words
from app.workbooks.guard import Oddities, Package, content_of, damaged, inspect_zip, kind_of, too_large
from app.workbooks.older import scan_ods, scan_xls
from app.workbooks.texts import decode

MEMORY = 1 << 30
SECONDS = 20
MAX_CELLS = 8_000_000
ERROR_CELL = "#エラー"
NO_VALUE_CELL = "#値なし"
_EXACT = 1e15
_MOST_MERGED = 20_000
_SHOWN = 5

Plain = str | int | float | bool | tuple[int] | None
Row = tuple[Plain, ...]
Grid = tuple[str, list[Row], list[int], list[int]]
Shape = tuple[dict[str, list[str]], bool]


def _limit(memory: int) -> None:
    """記憶と計算の時間に限りを付ける（Linux など。Windows では親が時間だけを見る）。"""
    if sys.platform == "win32":
        return
    import resource  # Windows にはない

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _odd_value(value: object) -> Plain:
    """文字・数・真偽でない値。時刻のある日付は文字のまま渡し、黙って切り捨てない。"""
    if isinstance(value, datetime):
        if value.time() == time(0):
            return (value.toordinal(),)
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return (value.toordinal(),)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return None if value is None else str(value)


def _grid(name: str, source: Iterable[Sequence[Any]]) -> Grid:
    """値をそろえ、終わりの空の行を落とし、日付のある所を控える。"""
    rows: list[Row] = []
    dated: list[int] = []
    columns: set[int] = set()
    cells = 0
    for values in source:
        cleaned: list[Any] = [
            (v or None)
            if (t := type(v)) is str
            else (int(v) if v.is_integer() and -_EXACT < v < _EXACT else v if v - v == 0 else ERROR_CELL)
            if t is float
            else v
            if t is bool or t is int or v is None
            else _odd_value(v)
            for v in values
        ]
        row: Row = tuple(cleaned)
        if tuple in map(type, row):
            dated.append(len(rows))
            columns.update(i for i, v in enumerate(row) if type(v) is tuple)
        cells += len(row)
        if cells > MAX_CELLS:
            raise too_large(f"セルが {MAX_CELLS:,} 個を超える")
        rows.append(row)
    while rows and not any(v is not None for v in rows[-1]):
        rows.pop()
    return name, rows, dated, sorted(columns)


def _patch(grid: Grid, odd: Oddities) -> None:
    """黙って空になるセルに、読めなかったことが分かる値を置く。"""
    for places, mark in ((odd.errors, ERROR_CELL), (odd.no_value, NO_VALUE_CELL)):
        for row, column in places:
            while row >= len(grid[1]) and row < len(grid[1]) + 1000:
                grid[1].append(())
            if row < len(grid[1]) and column >= 0:
                cells = list(grid[1][row])
                cells += [None] * (column + 1 - len(cells))
                cells[column] = mark
                grid[1][row] = tuple(cells)


def _letters(column: int) -> str:
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def _listed(places: Sequence[str]) -> str:
    more = f" ほか{len(places) - _SHOWN}か所" if len(places) > _SHOWN else ""
    return "、".join(places[:_SHOWN]) + more


def _report(name: str, odd: Oddities) -> list[str]:
    """シートの読めない所の文。"""
    said = []
    if odd.no_value:
        cells = [f"{_letters(c)}{r + 1}" for r, c in odd.no_value]
        said.append(f"シート「{name}」に計算結果のない式があります（{_listed(cells)}）。値は読めません。")
    if odd.errors:
        cells = [f"{_letters(c)}{r + 1}" for r, c in odd.errors]
        said.append(f"シート「{name}」にエラーのセルがあります（{_listed(cells)}）。値は読めません。")
    if odd.hidden_rows:
        rows = [f"{r + 1}行" for r in odd.hidden_rows]
        said.append(f"シート「{name}」に隠れた行があります（{_listed(rows)}）。隠れた行も読みました。")
    if odd.hidden_columns:
        columns = [f"{_letters(c)}列" for c in odd.hidden_columns]
        said.append(f"シート「{name}」に隠れた列があります（{_listed(columns)}）。隠れた列も読みました。")
    if odd.merged:
        said.append(
            f"シート「{name}」に結合されたセルがあります（{_listed(odd.merged)}）。値は左上のセルだけにあります。"
        )
    return said


def _hidden_sheet(name: str) -> str:
    return f"シート「{name}」は隠れています。隠れたシートも読みました。"


def _fast(data: bytes) -> tuple[list[Grid], list[str], dict[str, Oddities]]:
    """速い読み手（calamine）。"""
    import python_calamine as calamine  # 文字のファイルには要らない

    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            grids, reports, merged = [], [], {}
            for meta in book.sheets_metadata:
                if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(meta.name)
                if sheet.total_height * sheet.total_width > MAX_CELLS:
                    raise too_large(
                        f"シート「{meta.name}」が {sheet.total_height:,} 行 {sheet.total_width:,} 列"
                    )
                grids.append(_grid(meta.name, sheet.to_python(skip_empty_area=False)))
                if meta.visible is not calamine.SheetVisibleEnum.Visible:
                    reports.append(_hidden_sheet(meta.name))
                ranges = sheet.merged_cell_ranges or []
                merged[meta.name] = Oddities(
                    merged=[f"{_letters(a[1])}{a[0] + 1}:{_letters(b[1])}{b[0] + 1}" for a, b in ranges]
                )
            return grids, reports, merged
    except calamine.PasswordError as error:
        raise _password() from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise damaged("表を読み取れない") from error


def _slow(data: bytes) -> tuple[list[Grid], list[str], dict[str, Oddities]]:
    """二番目の読み手（openpyxl）。"""
    import openpyxl  # 速い読み手が読めなかったときだけ

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        grids = [_grid(s.title, s.iter_rows(values_only=True)) for s in book.worksheets]
        reports = [_hidden_sheet(s.title) for s in book.worksheets if s.sheet_state != "visible"]
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        EOFError,
        SyntaxError,
    ) as error:
        raise damaged("表を読み取れない") from error
    return grids, [*reports, "速い読み手で読めなかったため、二番目の読み手で読みました。"], {}


def _found(data: bytes, package: Package | None) -> dict[str, Oddities]:
    """シートごとの、黙って読めない所。"""
    if package is None:
        return scan_xls(data)
    return scan_ods(content_of(data)) if package.form == "ods" else package.oddities


def _read_book(data: bytes, package: Package | None, second: bool) -> tuple[list[Grid], list[str], Shape]:
    # openpyxl は Strict 形式を空として読むので、二番目の読み手にしない
    fallback = package is not None and package.form == "xlsx" and not package.strict
    if second and not fallback:
        raise damaged("表を読み取れない")
    try:
        grids, reports, odd = _slow(data) if second else _fast(data)
    except InputRefused as error:
        if second or not fallback or error.code != "DAMAGED":
            raise
        grids, reports, odd = _slow(data)
    if package is not None:
        reports = [*package.reports, *reports]
    for name, seen in _found(data, package).items():
        seen.merged = seen.merged or odd.get(name, seen).merged
        odd[name] = seen
    for grid in grids:
        if found := odd.get(grid[0]):
            _patch(grid, found)
            reports.extend(_report(grid[0], found))
    merged = {name: seen.merged[:_MOST_MERGED] for name, seen in odd.items() if seen.merged}
    return grids, reports, (merged, package is not None and package.epoch_1904)


def _password(wrong: bool = False) -> InputRefused:
    if wrong:
        return InputRefused("パスワードが違います。確かめて入れ直してください。", "PASSWORD")
    return InputRefused("パスワードの掛かったブックです。パスワードを入れてください。", "PASSWORD")


def _decrypt(data: bytes, password: str | None) -> bytes:
    """OLE の入れ物を開く。暗号なら解き、そうでなければ（古い xls）そのまま返す。"""
    import msoffcrypto  # 暗号のブックだけ
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not office.is_encrypted():
            return data
        if not password:
            raise _password()
        office.load_key(password=password, verify_password=True)
        out = io.BytesIO()
        office.decrypt(out)
        return out.getvalue()
    except InvalidKeyError as error:
        raise _password(wrong=True) from error
    except (
        DecryptionError,
        FileFormatError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise damaged("古い Excel の形か、暗号が読み取れない") from error


def _read_text(data: bytes, wanted: str | None) -> tuple[list[Grid], list[str]]:
    text, encoding = decode(data, wanted)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    csv.field_size_limit(1 << 20)
    try:
        grid = _grid("CSV", csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise damaged("引用符が閉じていないか、一つの欄が長すぎる") from error
    return [grid], [f"文字のファイルを {encoding} として読みました。文字が化けていないか確かめてください。"]


def read(
    path: str, password: str | None, second: bool = False, encoding: str | None = None
) -> tuple[list[Grid], list[str], Shape]:
    """関所を通して読む。encoding は文字のファイルの読み方（空なら試す）。読めなければ InputRefused。"""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  この行だけで済む
            data = stream.read((64 << 20) + 1)
    except OSError as error:
        raise InputRefused(
            f"ファイルを開けません（{fault_words(error)}）。場所と、ほかで開いていないかを確かめてください。",
            "UNREADABLE",
        ) from error
    kind = kind_of(data)
    if kind == "ole":
        data = _decrypt(data, password)
        kind = kind_of(data)
    if kind == "text":
        grids, reports = _read_text(data, encoding)
        shape: Shape = {}, False
    else:
        grids, reports, shape = _read_book(data, inspect_zip(data) if kind == "zip" else None, second)
    if not any(grid[1] for grid in grids):
        raise InputRefused(
            "書き込まれたセルが一つもありません。正しいファイルかを確かめてください。", "NO_ROWS"
        )
    return grids, reports, shape


def _answer(request: dict[str, object]) -> tuple[Any, ...]:
    try:
        password, encoding = (
            None if v is None else str(v) for v in (request["password"], request["encoding"])
        )
        grids, reports, shape = read(str(request["path"]), password, bool(request.get("second")), encoding)
    except InputRefused as error:
        return "refused", error.code, str(error)
    except MemoryError:
        gc.collect()
        refusal = too_large("記憶の限りを超える")
        return "refused", refusal.code, str(refusal)
    return "ok", grids, reports, shape


def _packed(answer: tuple[Any, ...]) -> bytes:
    try:
        return marshal.dumps(answer, 2)
    except MemoryError:  # 同じ長い文字を指す何万ものセルは、渡すときに膨らむ
        del answer
        gc.collect()
        refusal = too_large("記憶の限りを超える")
        return marshal.dumps(("refused", refusal.code, str(refusal)), 2)


def main() -> int:
    """標準入力の求めを一つ読み、答えを標準出力へ書く。"""
    gc.disable()  # 小さな組を何百万も作る間、見回りは要らない
    with os.fdopen(0, "rb", closefd=False) as source:
        request = json.loads(source.read())
    _limit(int(request["memory"]))
    answer = _packed(_answer(request))
    with os.fdopen(1, "wb", closefd=False) as out:
        out.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())

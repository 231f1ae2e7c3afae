"""格子から表を見つけ、セルを型のある値にする。読めないセルは所と理由を残す。"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.domain.calendar import parse_date, wareki
from app.domain.errors import InputRefused
from app.workbooks.reading import ERROR_CELL, NO_VALUE_CELL, Cell, Sheet, Workbook

_HEADER_ROWS = 20
_NUMBERS = ("受付番号", "認定番号", "申込番号")
_SERIAL_DIGITS = 5  # 1927年から2173年（起点が 1904 年なら 1931年から2177年）
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_AFTER = re.compile(r"[（(【\[※*＊].*$", re.DOTALL)
_TIME = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?")
# 全角の英数字と記号だけを半角にする表。NFKC は「8²」を 82 にしてしまうので、数には使わない
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_RAISED = re.compile("([\u00b2\u00b3\u00b9\u2070-\u209c\u00bc-\u00be\u2150-\u215f\u2189]+)")
_UNIT = re.compile(r"(?<=[0-9])\s*(日|点|分|回|級)$")
YES_NO: Mapping[str, bool] = {"はい": True, "いいえ": False}
_YES_WORDS = {"はい", "有", "あり", "○", "〇", "◯", "する", "同意", "同意する", "yes", "y", "true", "1"}
_NO_WORDS = {"いいえ", "無", "なし", "×", "✕", "しない", "同意しない", "no", "n", "false", "0"}


@dataclass(frozen=True)
class CellError:
    """受け取れない、または注意するセル。row は Excel の行の番号、column は見出し。

    who はその行の（番号, 氏名）で、書かれているとおり。分からなければ空（比べるときは見ない）。
    """

    sheet: str
    row: int
    column: str
    value: str
    reason: str
    who: tuple[str, str] = field(default=("", ""), compare=False)


def fold(text: str) -> str:
    """見出しと選択肢を比べるための鍵（全角半角・空白・改行の違いを畳む）。値には使わない。"""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def folded_width(text: str) -> str:
    """全角と半角をそろえる（NFKC）。上付き・下付き・分数は別の字のまま残す。"""
    parts = _RAISED.split(text)
    return "".join(p if i % 2 else unicodedata.normalize("NFKC", p) for i, p in enumerate(parts))


def shown(value: Cell) -> str:
    """セルを人に見せる文字。"""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass
class Table:
    """見つけた表。columns は見出しから列の番号（0 から）、first は最初の行の番号（0 から）。"""

    sheet: Sheet
    columns: dict[str, int]
    first: int
    unknown: tuple[str, ...] = ()
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)

    def records(self) -> "list[Record]":
        """空でない行。"""
        rows = enumerate(self.sheet.rows[self.first :], self.first + 1)
        places = self.columns.values()
        return [
            Record(self, number, row)
            for number, row in rows
            if any(i < len(row) and row[i] is not None and row[i] != "" for i in places)
        ]


class Record:
    """表の一行。読めないセルは Table.errors に加え、ok を偽にする。"""

    def __init__(self, table: Table, number: int, row: Sequence[Cell]) -> None:
        """number は Excel の行の番号。"""
        self.table = table
        self.number = number
        self._row = row
        self.ok = True

    def raw(self, heading: str) -> Cell:
        """セルの値そのまま。列がなければ None。"""
        index = self.table.columns.get(heading)
        return self._row[index] if index is not None and index < len(self._row) else None

    def refuse(self, heading: str, reason: str) -> None:
        """このセルを断る。"""
        self.ok = False
        value = shown(self.raw(heading))
        number = next((shown(self.raw(h)) for h in _NUMBERS if h in self.table.columns), "")
        who = number, shown(self.raw("氏名"))
        self.table.errors.append(CellError(self.table.sheet.name, self.number, heading, value, reason, who))

    def warn(self, heading: str, reason: str) -> None:
        """このセルに注意を付ける。"""
        value = shown(self.raw(heading))
        self.table.warnings.append(CellError(self.table.sheet.name, self.number, heading, value, reason))

    def value(self, heading: str, *, required: bool = False) -> Cell:
        """セルの値。エラーと計算結果のない式は断る。空白だけの文字は空とみなす。"""
        found = self.raw(heading)
        if found in (ERROR_CELL, NO_VALUE_CELL):
            self.refuse(heading, "式の値が読めません。Excel で開いて保存し直すか、値を打ち直してください。")
            return None
        if isinstance(found, str) and not found.strip():
            found = None
        if found is None and required:
            self.refuse(heading, f"{heading}が空です。必ず書いてください。")
        return found

    def text(self, heading: str, *, required: bool = False) -> str:
        """文字。打たれたまま返す（前後の空白も直さない）。数は文字に、日付は ISO にする。"""
        return shown(self.value(heading, required=required))

    def day(self, heading: str, *, required: bool = False) -> date | None:
        """日付。日付のセル、和暦・西暦の文字、8桁の数を読む。"""
        found = self.value(heading, required=required)
        if found is None or (isinstance(found, date) and not isinstance(found, bool)):
            return found if found is None else self._in_range(heading, found)
        if (serial := self._serial(heading, found)) is not None:
            return serial
        try:
            parsed = parse_date(_TIME.sub("", shown(found).strip()))
        except InputRefused as error:
            self.refuse(heading, str(error))
            return None
        if parsed.warning:
            self.warn(heading, parsed.note)
        return parsed.date

    def _serial(self, heading: str, found: Cell) -> date | None:
        """書式の失われた日付の番号（5桁）。みてよい表のときだけ、ブックの起点に従って読み、注意を付ける。"""
        if not self.table.sheet.serials:
            return None
        text = "" if isinstance(found, bool) else shown(found).strip()
        if not (len(text) == _SERIAL_DIGITS and text.isascii() and text.isdecimal() and text[0] != "0"):
            return None
        epoch = _EPOCH_1904 if self.table.sheet.epoch_1904 else _EPOCH
        day = epoch + timedelta(days=int(text))
        self.warn(
            heading, f"数「{text}」を表計算の日付の番号とみて、{wareki(day)}と読みました。確かめてください。"
        )
        return day

    def _in_range(self, heading: str, found: date) -> date | None:
        if 1873 <= found.year <= 2999:
            return found
        self.refuse(heading, "扱えるのは明治6年1月1日から西暦2999年までです。日付を確かめてください。")
        return None

    def number_of(self, heading: str, *, required: bool = False) -> float | None:
        """数（全角、「日」「点」の付いたものも読む）。"""
        found = self.value(heading, required=required)
        if found is None:
            return None
        if isinstance(found, int | float) and not isinstance(found, bool):
            return found
        plain = _UNIT.sub("", shown(found).translate(_WIDTH).strip())
        if isinstance(found, str) and _NUMBER.fullmatch(plain):
            return float(plain)
        self.refuse(heading, f"「{shown(found)}」は数として読めません。数字だけを書いてください。")
        return None

    def integer(self, heading: str, *, low: int, high: int, required: bool = False) -> int | None:
        """low 以上 high 以下の整数。"""
        found = self.number_of(heading, required=required)
        if found is None:
            return None
        if not low <= found <= high or found != int(found):  # 無限大と非数は範囲の外になる
            self.refuse(heading, f"{low}から{high}までの整数を書いてください。")
            return None
        return int(found)

    def choice(self, heading: str, words: Mapping[str, str], *, required: bool = False) -> str | None:
        """選択肢の言葉から符号。words は言葉から符号への表。"""
        found = self.value(heading, required=required)
        if found is None:
            return None
        key = fold(shown(found))
        for word, code in words.items():
            if key in (fold(word), code.casefold()):
                return code
        self.refuse(heading, f"「{shown(found)}」は選べません。{'・'.join(words)}のどれかを書いてください。")
        return None

    def yes_no(self, heading: str, others: Mapping[str, bool | None] | None = None) -> bool | None:
        """はい・いいえ。others は同じ意味の言葉。空と「未回答」「未確認」は None。"""
        found = self.value(heading)
        if found is None or isinstance(found, bool):
            return found
        key = fold(shown(found))
        for word, meaning in (others or {}).items():
            if fold(word) == key:
                return meaning
        if key in _YES_WORDS:
            return True
        if key in _NO_WORDS:
            return False
        if key not in ("未回答", "未確認", "不明"):
            self.refuse(heading, f"「{shown(found)}」は選べません。はい・いいえのどちらかを書いてください。")
        return None


def _headings(row: Sequence[Cell], known: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    columns: dict[str, int] = {}
    unknown = []
    for index, cell in enumerate(row):
        if not isinstance(cell, str) or not cell.strip():
            continue
        key = fold(cell)
        # 「別紙（注5）」のように括弧まで見出しのものを先に見る
        name = known.get(key) or known.get(fold(_AFTER.sub("", cell)))
        if name is None:
            unknown.append(cell.strip())
        elif name not in columns:
            columns[name] = index
    return columns, unknown


def find_table(
    sheet: Sheet, headings: Sequence[str], required: Sequence[str], synonyms: Mapping[str, str] | None = None
) -> Table | None:
    """見出しの行を最初の 20 行から探す。required の見出しがすべてある行がなければ None。列の順は問わない。"""
    known = {fold(word): name for word, name in (synonyms or {}).items()} | {fold(h): h for h in headings}
    best: Table | None = None
    for index, row in enumerate(sheet.rows[:_HEADER_ROWS]):
        columns, unknown = _headings(row, known)
        if all(name in columns for name in required) and (best is None or len(columns) > len(best.columns)):
            best = Table(sheet, columns, index + 1, tuple(unknown))
    return best


def need_table(
    workbook: Workbook,
    name: str,
    headings: Sequence[str],
    required: Sequence[str],
    synonyms: Mapping[str, str] | None = None,
) -> Table:
    """名の合うシートから、なければ見出しの合う最初のシートから表を見つける。なければ InputRefused。"""
    ordered = sorted(workbook.sheets, key=lambda s: s.name.strip() != name)
    for sheet in ordered:
        found = find_table(sheet, headings, required, synonyms)
        if found is not None:
            return found
    raise InputRefused(
        f"見出し（{'・'.join(required)}）の揃った表がありません。"
        f"「{name}」の様式を使っているか、見出しの行を消していないかを確かめてください。",
        "NO_TABLE",
    )

"""ブックを書く：表の形を決めて詰め、隣に書いて同期してから置き換える。パスワードは本物の暗号。"""

import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.domain.errors import RuleViolation
from app.workbooks.faults import fault_words
from app.workbooks.packing import Page, Value, pack
from app.workbooks.validating import Choice, Limit, Rule

# msoffcrypto は 4096 バイトより小さい中身の入れ物を正しく書かない（読み戻すと壊れている）
_SMALLEST_ENCRYPTED = 5000
_HEADING_HEIGHT = 32.0
_MOST_REPEATED = 5
_NAME_REFUSED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# 種類: (見た目, 幅 半角の字数)
_KINDS: dict[str, tuple[str, float]] = {
    "text": ("text", 16),
    "short": ("text", 11),
    "code": ("text", 13),
    "name": ("text", 20),
    "long": ("text", 32),
    "reason": ("reason", 48),
    "date": ("date", 18),
    "integer": ("integer", 10),
    "decimal": ("decimal", 10),
    "flag": ("flag", 10),
    "percent": ("percent", 10),
    "index": ("index", 10),
}


@dataclass(frozen=True)
class Column:
    """一つの列。

    words は戻ってくる表の選択肢。kind は text・short・code・name・long・reason・date・integer・decimal・flag・percent（0〜1を％で）・index（小数二桁）。width は半角の字数（0 は種類に合わせる）。
    """

    title: str
    kind: str = "text"
    width: float = 0
    words: tuple[str, ...] = ()

    @property
    def style(self) -> str:
        """セルの見た目の名。"""
        return _KINDS[self.kind][0]

    @property
    def wide(self) -> float:
        """列の幅（半角の字数）。"""
        return self.width or _KINDS[self.kind][1]


def sheet_name(words: str) -> str:
    """シートの名として書ける形（31字まで、書けない記号は「_」）。"""
    return _NAME_REFUSED.sub("_", words).strip("' ")[:31].strip("' ") or "シート"


def _unique(pages: Sequence[Page]) -> list[Page]:
    """名の重なるシートに番号を添える。"""
    taken: set[str] = set()
    found = []
    for page in pages:
        name, number = sheet_name(page.name), 2
        while name.casefold() in taken:
            tail = f"({number})"
            name, number = sheet_name(page.name)[: 31 - len(tail)] + tail, number + 1
        taken.add(name.casefold())
        found.append(replace(page, name=name))
    return found


def table_page(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[str] = (),
    *,
    returns: bool = False,
) -> Page:
    """一覧のシート：表題、注、見出し、行。見出しは固定し、各ページに繰り返す。

    横に二枚以上で刷るときは、左の列（氏名まで）も各ページに繰り返す。returns なら、戻ってくる表として入力規則を付ける。
    """
    styles = [c.style for c in columns]
    top: list[Sequence[tuple[Value, str] | None]] = [[(title, "title")], *([(n, "note")] for n in notes)]
    body = [list(zip(row, styles, strict=True)) for row in rows]
    at = len(top) + 1
    return Page(
        title,
        [*top, [(c.title, "heading") for c in columns], *body],
        [c.wide for c in columns],
        at,
        heights={at: _HEADING_HEIGHT},
        choices=_rules(columns, (at + 1, at + len(body))) if returns and body else (),
        repeat=_repeated(columns),
    )


def _rules(columns: Sequence[Column], rows: tuple[int, int]) -> list[Rule]:
    """戻ってくる表の入力規則：選択肢・日付・整数の列。"""
    found: list[Rule] = []
    for place, column in enumerate(columns):
        if column.words:
            found.append(Choice(place, rows, column.words))
        elif column.kind in ("date", "integer"):
            found.append(Limit(place, rows, "date" if column.kind == "date" else "whole"))
    return found


def _repeated(columns: Sequence[Column]) -> int:
    """各ページに繰り返す左の列の数：氏名まで（左の方にあるとき）。なければ初めの列。"""
    titles = [c.title for c in columns[:_MOST_REPEATED]]
    return titles.index("氏名") + 1 if "氏名" in titles else 1


def encrypt(content: bytes, password: str) -> bytes:
    """ブックを Excel のパスワード（AES）で暗号化する。"""
    from msoffcrypto.format.ooxml import OOXMLFile  # パスワードを掛けるときだけ要る

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def put(path: Path, content: bytes) -> None:
    """隣に書き、同期してから置き換える。書けなければ RuleViolation で、前のファイルは残る。"""
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise RuleViolation(
            f"{path} に書けませんでした（{fault_words(error)}）。"
            "開いている Excel などを閉じ、空き容量と場所を確かめてください。"
        ) from error


def write_book(
    path: Path,
    pages: Sequence[Page],
    title: str,
    password: str | None = None,
    *,
    created: date | None = None,
) -> None:
    """シートの列を一つのブックに書く。password があれば暗号化する（そのときは毎回違うバイトになる）。

    書けない文字があれば InputRefused、書けない場所なら RuleViolation で、前のファイルは残る。
    """
    sheets = _unique(pages)
    content = pack(sheets, title, created)
    if password:
        if len(content) < _SMALLEST_ENCRYPTED:
            content = pack(sheets, title, created, stored=True)
        content = encrypt(content, password)
    put(path, content)


def write_table(
    path: Path,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    notes: Sequence[str] = (),
    password: str | None = None,
    *,
    created: date | None = None,
) -> None:
    """一枚の表を書く。値は文字・数・真偽・日付・空。日付は和暦で見える。"""
    write_book(path, [table_page(title, columns, rows, notes)], title, password, created=created)

"""自分の書くブックの部品（xlsx の XML と zip）。同じ中身は同じバイトになり、書いた人も所も残さない。"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from xml.sax.saxutils import escape, quoteattr

from app.domain.calendar import wareki
from app.domain.errors import InputRefused
from app.workbooks.charts import Chart, drawing_parts
from app.workbooks.comments import Notes, comments_xml, drawing_xml
from app.workbooks.validating import EPOCH, Choice, Rule, letters, rules_xml

__all__ = ["STYLES", "Chart", "Choice", "Page", "Value", "check_text", "letters", "pack"]

Value = str | int | float | bool | date | None

# 見た目の名から cellXfs の番号へ
STYLES = (
    "general", "text", "date", "integer", "decimal", "heading", "title", "note", "reason", "required", "flag",
    "wrong", "wrong_date", "percent", "index", "missing",
)  # fmt: skip
STYLE = {name: i for i, name in enumerate(STYLES)}
_NUMERIC = frozenset(("general", "date", "integer", "decimal", "flag", "percent", "index"))
# A4 の用紙の番号と、横一枚に読める大きさで収まる列幅の合計（半角の字数）
_A4, _WIDE = 9, 180
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FIRST_SERIAL = date(1900, 3, 1)  # これより前の通し番号は Excel と暦がずれる
_LONGEST = 32767
_EXACT = 1e15  # Excel が一の位まで持てる数
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Page:
    """一枚のシート。rows のセルは（値, 見た目）か None。heading_row は固定し各ページに繰り返す見出しの行（1 から）。

    column_styles は、まだ書かれていないセルの列ごとの見た目（空なら付けない）。notes はセル（1 から数えた行,
    0 から数えた列）に付ける注。repeat は、横に二枚以上で刷るとき各ページに繰り返す左の列の数。charts は置く図。
    whole が真なら、一枚の紙に収める。
    """

    name: str
    rows: Sequence[Sequence[tuple[Value, str] | None]]
    widths: Sequence[float]
    heading_row: int = 0
    choices: Sequence[Rule] = ()
    heights: dict[int, float] = field(default_factory=dict)
    portrait: bool = False
    column_styles: Sequence[str] = ()
    notes: Notes = field(default_factory=dict)
    repeat: int = 0
    charts: Sequence[Chart] = ()
    whole: bool = False

    @property
    def across(self) -> int:
        """刷るときの、横のページの数。A4 に読める大きさで収める。"""
        return max(1, ceil(sum(self.widths) / _WIDE))


def check_text(text: str, place: str) -> None:
    """セルに書けない文字（制御文字・対にならないサロゲート）と長すぎる文を断る。"""
    if found := _UNPRINTABLE.search(text):
        raise InputRefused(
            f"{place}に Excel に書けない文字（U+{ord(found.group()):04X}）があります。"
            "その記録を開いて、文字を入れ直してください。",
            "BAD_CHARACTER",
        )
    if len(text.encode("utf-16-le")) // 2 > _LONGEST:
        raise InputRefused(
            f"{place}の文が長すぎます（上限は {_LONGEST:,} 字）。短くしてください。", "TOO_LONG"
        )


class _Strings:
    """文字の共有表。"""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.count = 0

    def add(self, text: str, place: str) -> int:
        self.count += 1
        number = self.index.get(text)
        if number is None:
            check_text(text, place)
            number = self.index[text] = len(self.index)
        return number

    def xml(self) -> str:
        items = "".join(
            f'<si><t xml:space="preserve">{escape(_LOOKS_ESCAPED.sub("_x005F_", t))}</t></si>'
            for t in (text.replace("\r\n", "\n").replace("\r", "\n") for text in self.index)
        )
        return (
            f'{_HEAD}<sst xmlns="{_MAIN}" count="{self.count}" uniqueCount="{len(self.index)}">{items}</sst>'
        )


def _cell(reference: str, value: Value, style: str, strings: _Strings, page: str) -> str:
    number = STYLE[style]
    if value is None or value == "":
        return f'<c r="{reference}" s="{number}"/>'
    if isinstance(value, bool):
        return f'<c r="{reference}" s="{number}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        raise TypeError("時刻を持つ値は書かない。日付か文字にして渡す")
    if isinstance(value, date):
        if value >= _FIRST_SERIAL:
            shown = STYLE["wrong_date" if style == "wrong" else "date"]
            return f'<c r="{reference}" s="{shown}"><v>{value.toordinal() - EPOCH}</v></c>'
        value, number = wareki(value), STYLE["wrong" if style == "wrong" else "text"]
    if isinstance(value, int | float):
        if not -_EXACT < value < _EXACT:  # 桁が失われるか、数でない
            return _cell(reference, str(value), style, strings, page)
        return f'<c r="{reference}" s="{number}"><v>{value!r}</v></c>'
    if style in _NUMERIC:
        number = STYLE["text"]  # 数の列に入った言葉（欠席など）。Excel で編集しても式にならない
    index = strings.add(value, f"シート「{page}」の {reference} ")
    return f'<c r="{reference}" s="{number}" t="s"><v>{index}</v></c>'


def _rows_xml(page: Page, strings: _Strings) -> str:
    names = [letters(i) for i in range(max((len(r) for r in page.rows), default=0))]
    out = []
    for number, row in enumerate(page.rows, 1):
        cells = "".join(
            [
                _cell(f"{names[i]}{number}", c[0], c[1], strings, page.name)
                for i, c in enumerate(row)
                if c is not None
            ]
        )
        height = page.heights.get(number)
        extra = f' ht="{height}" customHeight="1"' if height else ""
        out.append(f'<row r="{number}"{extra}>{cells}</row>')
    return "".join(out)


def _view_xml(page: Page, first: bool) -> str:
    selected = ' tabSelected="1"' if first else ""
    if not page.heading_row:
        return f'<sheetViews><sheetView{selected} workbookViewId="0"/></sheetViews>'
    top = page.heading_row + 1
    return (
        f'<sheetViews><sheetView{selected} workbookViewId="0"><pane ySplit="{page.heading_row}" '
        f'topLeftCell="A{top}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{top}" sqref="A{top}"/></sheetView></sheetViews>'
    )


def _sheet_xml(page: Page, strings: _Strings, first: bool) -> str:
    styles = [f' style="{STYLE[name]}"' for name in page.column_styles] or [""] * len(page.widths)
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{w:g}"{style} customWidth="1"/>'
        for i, (w, style) in enumerate(zip(page.widths, styles, strict=True), 1)
    )
    orientation = "portrait" if page.portrait else "landscape"
    links = _links(page)
    relations = f' xmlns:r="{_REL}"' if links else ""
    drawing = "".join(f'<{name} r:id="rId{i}"/>' for i, name in enumerate(links, 1))
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"{relations}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'{_view_xml(page, first)}<sheetFormatPr defaultRowHeight="18"/>'
        f"{f'<cols>{columns}</cols>' if columns else ''}"
        f"<sheetData>{_rows_xml(page, strings)}</sheetData>{rules_xml(page.choices)}"
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="{_A4}" orientation="{orientation}" pageOrder="overThenDown" '
        f'fitToWidth="{page.across}" fitToHeight="{int(page.whole)}"/>'
        "<headerFooter><oddHeader>&amp;L&amp;A</oddHeader><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>"
        f"{drawing}</worksheet>"
    )


_FONT = '<name val="游ゴシック"/><family val="3"/><charset val="128"/>'
_FILL = (
    '<fill><patternFill patternType="solid"><fgColor rgb="FF{}"/><bgColor indexed="64"/></patternFill></fill>'
)
_EDGE = '<{0} style="thin"><color rgb="FFB0B8C4"/></{0}>'
_BOX = "".join(_EDGE.format(side) for side in ("left", "right", "top", "bottom"))


def _xf(font: int, fill: int, border: int, form: int, align: str, *, quote: bool = False) -> str:
    prefix = ' quotePrefix="1"' if quote else ""
    return (
        f'<xf numFmtId="{form}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"{prefix} '
        f'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f'<alignment vertical="center" {align}/></xf>'
    )


def _styles_xml() -> str:
    wrap, right, centre = 'wrapText="1"', 'horizontal="right"', 'horizontal="center" wrapText="1"'
    era = escape('[$-411]ggge"年"m"月"d"日"', {'"': "&quot;"})
    formats = {
        "general": _xf(0, 0, 0, 0, wrap),
        "text": _xf(0, 0, 1, 49, wrap, quote=True),
        "date": _xf(0, 0, 1, 164, right),
        "integer": _xf(0, 0, 1, 1, right),
        "decimal": _xf(0, 0, 1, 165, right),
        "heading": _xf(1, 2, 1, 49, centre, quote=True),
        "title": _xf(2, 0, 0, 49, 'horizontal="left"', quote=True),
        "note": _xf(3, 0, 0, 49, 'horizontal="left"', quote=True),
        "reason": _xf(4, 3, 1, 49, wrap, quote=True),
        "required": _xf(1, 4, 1, 49, centre, quote=True),
        "flag": _xf(0, 0, 1, 0, centre),
        "wrong": _xf(4, 5, 1, 0, wrap, quote=True),
        "wrong_date": _xf(4, 5, 1, 164, right),
        "percent": _xf(0, 0, 1, 166, right),
        "index": _xf(0, 0, 1, 2, right),
        "missing": _xf(3, 6, 1, 0, right),
    }
    fonts = (
        f'<font><sz val="11"/>{_FONT}</font><font><b/><sz val="11"/>{_FONT}</font>'
        f'<font><b/><sz val="14"/>{_FONT}</font><font><sz val="10"/><color rgb="FF5A6472"/>{_FONT}</font>'
        f'<font><sz val="11"/><color rgb="FFB3261E"/>{_FONT}</font>'
    )
    fills = (
        '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        + "".join(_FILL.format(c) for c in ("E4EAF2", "FDECEA", "FFF3D6", "F9C6C0", "D5D9DF"))
    )
    cells = "".join(formats[name] for name in STYLES)
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="{era}"/>'
        f'<numFmt numFmtId="165" formatCode="0.0##"/><numFmt numFmtId="166" formatCode="0.0%"/></numFmts>'
        f'<fonts count="5">{fonts}</fonts>'
        f'<fills count="7">{fills}</fills><borders count="2"><border/><border>{_BOX}</border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(STYLES)}">{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="標準" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _workbook_xml(pages: Sequence[Page]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(p.name)} sheetId="{i}" r:id="rId{i}"/>' for i, p in enumerate(pages, 1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{i}">{_titles(p)}</definedName>'
        for i, p in enumerate(pages)
        if p.heading_row
    )
    names = f"<definedNames>{titles}</definedNames>" if titles else ""
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{sheets}</sheets>{names}</workbook>"
    )


def _titles(page: Page) -> str:
    """各ページに繰り返す所：見出しの行と、横に分かれるときは左の列。"""
    name, row = escape(_quoted(page.name)), page.heading_row
    left = f"{name}!$A:${letters(page.repeat - 1)}," if page.repeat and page.across > 1 else ""
    return f"{left}{name}!${row}:${row}"


def _links(page: Page) -> list[str]:
    """シートから指す部品の名（シートの中の要素の順）。注の枠の次は注そのものなので、最後に置く。"""
    return [*(["drawing"] if page.charts else []), *(["legacyDrawing"] if page.notes else [])]


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _relations(rows: Sequence[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(rows, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _types(pages: Sequence[Page]) -> str:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    parts = [("/xl/workbook.xml", f"{sheet}sheet.main+xml"), ("/xl/styles.xml", f"{sheet}styles+xml")]
    parts.append(("/xl/sharedStrings.xml", f"{sheet}sharedStrings+xml"))
    parts += [(f"/xl/worksheets/sheet{i}.xml", f"{sheet}worksheet+xml") for i in range(1, len(pages) + 1)]
    noted = [i for i, page in enumerate(pages, 1) if page.notes]
    parts += [(f"/xl/comments{i}.xml", f"{sheet}comments+xml") for i in noted]
    office = "application/vnd.openxmlformats-officedocument."
    parts += [
        (f"/xl/drawings/drawing{i}.xml", f"{office}drawing+xml") for i, p in enumerate(pages, 1) if p.charts
    ]
    total = sum(len(page.charts) for page in pages)
    parts += [(f"/xl/charts/chart{i}.xml", f"{office}drawingml.chart+xml") for i in range(1, total + 1)]
    parts.append(("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    items = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    vml = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    drawings = vml if noted else ""
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{drawings}{items}</Types>'
    )


def _core(title: str, created: date | None) -> str:
    stamp = (
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created.isoformat()}T00:00:00Z</dcterms:created>'
        if created
        else ""
    )
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>{stamp}</cp:coreProperties>"
    )


def _noted(number: int, page: Page) -> dict[str, str]:
    """シートの注の部品（注がなければ空）。"""
    if not page.notes:
        return {}
    for words in page.notes.values():
        check_text(words, f"シート「{page.name}」の注")
    placed = {f"{letters(column)}{row}": words for (row, column), words in page.notes.items()}
    return {
        f"xl/comments{number}.xml": comments_xml(placed),
        f"xl/drawings/vmlDrawing{number}.vml": drawing_xml(page.notes),
    }


def _pictured(number: int, page: Page, first: int) -> dict[str, str]:
    """シートの図の部品（図がなければ空）。"""
    if not page.charts:
        return {}
    drawing, charts = drawing_parts(page.charts, first)
    links = [(f"{_REL}/chart", f"../charts/chart{first + i}.xml") for i in range(len(charts))]
    return {
        f"xl/drawings/drawing{number}.xml": drawing,
        f"xl/drawings/_rels/drawing{number}.xml.rels": _relations(links),
        **{f"xl/charts/chart{first + i}.xml": text for i, text in enumerate(charts)},
    }


def _attached(number: int, page: Page, first: int) -> dict[str, str]:
    """シートに付く部品のすべてと、シートからの指し先。first は初めの図の番号。"""
    links = [(f"{_REL}/drawing", f"../drawings/drawing{number}.xml")] if page.charts else []
    if page.notes:
        links.append((f"{_REL}/vmlDrawing", f"../drawings/vmlDrawing{number}.vml"))
        links.append((f"{_REL}/comments", f"../comments{number}.xml"))
    if not links:
        return {}
    own = {f"xl/worksheets/_rels/sheet{number}.xml.rels": _relations(links)}
    return own | _noted(number, page) | _pictured(number, page, first)


def pack(pages: Sequence[Page], title: str, created: date | None = None, *, stored: bool = False) -> bytes:
    """シートの列を xlsx のバイトにする。同じ引数なら同じバイト。stored なら縮めない。書けない文字があれば InputRefused。"""
    strings = _Strings()
    check_text(title, "表題")
    parts = {"[Content_Types].xml": _types(pages), "_rels/.rels": _relations(
        [(f"{_REL}/officeDocument", "xl/workbook.xml"), (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")]
    )}  # fmt: skip
    inner = [(f"{_REL}/worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(pages) + 1)]
    inner += [(f"{_REL}/styles", "styles.xml"), (f"{_REL}/sharedStrings", "sharedStrings.xml")]
    parts |= {"docProps/core.xml": _core(title, created), "xl/workbook.xml": _workbook_xml(pages)}
    parts |= {"xl/_rels/workbook.xml.rels": _relations(inner), "xl/styles.xml": _styles_xml()}
    drawn = 0
    for i, page in enumerate(pages):
        parts[f"xl/worksheets/sheet{i + 1}.xml"] = _sheet_xml(page, strings, i == 0)
        parts |= _attached(i + 1, page, drawn + 1)
        drawn += len(page.charts)
    parts["xl/sharedStrings.xml"] = strings.xml()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.create_system = 0
            package.writestr(info, text.encode(), compresslevel=6)
    return out.getvalue()

"""シートに置く図（Excel の図）。値は同じブックのセルを指し、空のセルは描かない（0 としない）。"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from openpyxl.chart._chart import ChartBase

# 濃いものから淡いものへ。色がなくても濃さで分かれる
_SHADES = ("1F4E8C", "8FB0D9", "3F7F5F", "C9D6E8", "7A6A3A", "B0B8C4")
_EMU = 36000  # 1 mm
_PERCENT = "0%"


@dataclass(frozen=True)
class Series:
    """一つの系列。values は「'統計'!$C$5:$I$5」のようなセルの範囲。"""

    name: str
    values: str


@dataclass(frozen=True)
class Chart:
    """図一つ。kind は columns・bars・stacked・rate。at は左上のセル（1 から数えた行, 0 から数えた列）、size は mm。"""

    title: str
    kind: str
    labels: str
    series: tuple[Series, ...]
    at: tuple[int, int]
    size: tuple[float, float] = (180, 85)


def _drawn(chart: Chart) -> "ChartBase":
    from openpyxl.chart import BarChart
    from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
    from openpyxl.chart.label import DataLabelList
    from openpyxl.chart.series import Series as DrawnSeries
    from openpyxl.chart.series import SeriesLabel

    drawn = BarChart()
    drawn.type = "bar" if chart.kind == "bars" else "col"
    drawn.title, drawn.gapWidth = chart.title, 60
    if chart.kind == "stacked":
        drawn.grouping, drawn.overlap = "stacked", 100
    for number, one in enumerate(chart.series):
        series: Any = DrawnSeries(idx=number, order=number, tx=SeriesLabel(v=one.name))
        series.val = NumDataSource(numRef=NumRef(f=one.values))
        series.cat = AxDataSource(strRef=StrRef(f=chart.labels))
        series.graphicalProperties.solidFill = _SHADES[number % len(_SHADES)]
        drawn.series.append(series)
    drawn.dataLabels = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )
    _axes(drawn, chart.kind)
    if len(chart.series) == 1:
        drawn.legend = None
    else:
        drawn.legend.position = "b"
    drawn.display_blanks = "gap"
    return drawn


def _axes(drawn: Any, kind: str) -> None:
    drawn.x_axis.delete = drawn.y_axis.delete = False
    if kind == "bars":
        drawn.x_axis.scaling.orientation = "maxMin"  # 表と同じ、上から下の順
    drawn.y_axis.scaling.min = 0
    if kind == "stacked":
        drawn.dataLabels.numFmt = "#,##0;;"  # 積んだ中の 0 は字が重なるので書かない
    if kind == "rate":
        drawn.gapWidth = 200
        drawn.y_axis.scaling.max = 1
        drawn.y_axis.number_format = drawn.dataLabels.numFmt = _PERCENT
    else:
        drawn.y_axis.number_format = "0"


def drawing_parts(charts: Sequence[Chart], first: int) -> tuple[str, list[str]]:
    """シートの絵の部品と、図の部品の列。first は初めの図の番号。"""
    from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor, SpreadsheetDrawing
    from openpyxl.drawing.xdr import XDRPositiveSize2D

    drawing: Any = SpreadsheetDrawing()
    for place, chart in enumerate(charts):
        drawn: Any = _drawn(chart)
        drawn._id = first + place
        row, column = chart.at
        drawn.anchor = OneCellAnchor(
            _from=AnchorMarker(col=column, row=row - 1),
            ext=XDRPositiveSize2D(round(chart.size[0] * _EMU), round(chart.size[1] * _EMU)),
        )
        drawing.charts.append(drawn)
    text = _text(drawing._write())
    return text, [_text(c._write()) for c in drawing.charts]


def _text(element: Any) -> str:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return head + ElementTree.tostring(element, "unicode")

"""一覧の表。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.tables.model import Column, Kind, PageRequest, RowsModel, safe_cell
from ui.tables.view import RowsView, fitted_widths
from ui.theme.fonts import squeezed
from ui.theme.tokens import Tone


@dataclass(frozen=True)
class Row:
    number: int
    name: str
    reading: str
    born: date | None
    result: str = "要確認"


ROWS = (
    Row(3, "見本 花子", "みほん はなこ", date(1992, 7, 3)),
    Row(1, "=CMD()", "しー", None),
    Row(2, "NGUYỄN THỊ", "ぐえん", date(2001, 1, 8)),
)
COLUMNS = (
    Column("番号", lambda r: r.number, Kind.NUMBER, 60),
    Column("氏名", lambda r: r.name, Kind.NAME, 160, second=lambda r: r.reading, sort=lambda r: r.reading),
    Column("生年月日", lambda r: r.born, Kind.DATE, 120),
    Column("判定", lambda r: r.result, Kind.CHIP, 80, tone=lambda _r: Tone.WARN),
)


def made(rows: Sequence[Row] = ROWS) -> RowsModel:
    model = RowsModel(COLUMNS, lambda r: r.number)
    model.set_rows(rows)
    return model


def numbers(model: RowsModel) -> list[int]:
    return [row.number for row in model.rows]


def test_model_keeps_the_contract_of_qt(qtmodeltester) -> None:
    qtmodeltester.check(made())


def test_paged_model_keeps_the_contract_of_qt(qtmodeltester) -> None:
    model = RowsModel(
        COLUMNS, lambda r: r.number, lambda request: ROWS if request.after is None else (), page=3
    )
    qtmodeltester.check(model)


def test_cells_are_shown_in_the_japanese_calendar_and_with_thousands() -> None:
    model = made([Row(18204, "甲", "こう", date(2026, 3, 31))])
    shown = [model.index(0, c).data() for c in range(4)]
    assert shown == ["18,204", "甲", "令和8年3月31日", "要確認"]


def test_times_are_shown_with_the_short_date() -> None:
    column = Column("日時", lambda r: r)
    moment = datetime(2026, 1, 19, 9, 12)  # noqa: DTZ001  表示だけの値
    assert (column.text(moment), column.plain(moment)) == ("R8.1.19 09:12", "2026-01-19 09:12")


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (0, Qt.SortOrder.AscendingOrder, [1, 2, 3]),
        (0, Qt.SortOrder.DescendingOrder, [3, 2, 1]),
        (1, Qt.SortOrder.AscendingOrder, [2, 1, 3]),
        (2, Qt.SortOrder.AscendingOrder, [3, 2, 1]),
        (2, Qt.SortOrder.DescendingOrder, [2, 3, 1]),
    ],
)
def test_columns_sort_and_blanks_stay_last(column: int, order: Qt.SortOrder, expected: list[int]) -> None:
    model = made()
    model.sort(column, order)
    assert numbers(model) == expected


def test_new_rows_keep_the_sort() -> None:
    model = made()
    model.sort(0)
    model.set_rows([Row(9, "九", "く", None), Row(4, "四", "し", None)])
    assert numbers(model) == [4, 9]


def test_chosen_row_stays_chosen_when_sorted_and_when_read_again(qtbot) -> None:
    model = made()
    view = RowsView(model)
    qtbot.addWidget(view)
    assert view.select_key(2) is True
    view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert view.chosen() == ROWS[2]
    model.set_rows(reversed(ROWS))
    assert view.chosen() == ROWS[2]


def test_choosing_is_told_once_and_its_loss_too(qtbot) -> None:
    model = made()
    view = RowsView(model)
    qtbot.addWidget(view)
    told: list[object] = []
    view.row_chosen.connect(told.append)
    view.select_key(3)
    model.set_rows(ROWS[1:])
    assert told == [ROWS[0], None]


def test_a_missing_key_is_not_chosen(qtbot) -> None:
    view = RowsView(made())
    qtbot.addWidget(view)
    assert (view.select_key(99), view.chosen()) == (False, None)


def test_enter_opens_the_row(qtbot) -> None:
    view = RowsView(made())
    qtbot.addWidget(view)
    view.select_key(1)
    opened: list[object] = []
    view.opened.connect(opened.append)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened == [ROWS[1]]


def test_copied_rows_paste_into_a_sheet_without_formulas(qtbot) -> None:
    view = RowsView(made())
    qtbot.addWidget(view)
    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "番号\t氏名\t氏名（ふりがな）\t生年月日\t判定\n"
        "3\t見本 花子\tみほん はなこ\t1992-07-03\t要確認\n"
        "1\t'=CMD()\tしー\t\t要確認\n"
        "2\tNGUYỄN THỊ\tぐえん\t2001-01-08\t要確認\n"
    )


def test_cells_do_not_break_rows_or_columns() -> None:
    assert [safe_cell(t) for t in ("a\tb", "a\r\nb", "a\nb", " =1", "+1", "@x", "-1")] == [
        "a b", "a b", "a b", "' =1", "'+1", "'@x", "-1",
    ]  # fmt: skip


def test_pages_are_read_by_key_until_a_short_one() -> None:
    asked: list[PageRequest] = []
    store = [Row(n, str(n), str(n), None) for n in range(1, 8)]

    def load(request: PageRequest) -> list[Row]:
        asked.append(request)
        start = 0 if request.after is None else int(str(request.after))
        return store[start : start + request.limit]

    model = RowsModel(COLUMNS, lambda r: r.number, load, page=3)
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert numbers(model) == [1, 2, 3, 4, 5, 6, 7]
    assert [request.after for request in asked] == [None, 3, 6]


def test_sorting_pages_asks_the_reader_again() -> None:
    asked: list[PageRequest] = []

    def load(request: PageRequest) -> tuple[Row, ...]:
        asked.append(request)
        return ROWS

    model = RowsModel(COLUMNS, lambda r: r.number, load, page=200)
    model.reload()
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert asked == [PageRequest(None, 200), PageRequest(None, 200, "氏名", True)]


def test_every_kind_of_cell_is_painted_without_complaint(qtbot) -> None:
    view = RowsView(made())
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    view.select_key(3)
    picture = view.viewport().grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 500, 2) for y in range(0, 140, 2)}
    assert {"#e8eff8", "#fdf3dc", "#ffffff"} <= colours


def _column(width: int, least: int = 0, drop: int = 0) -> Column:
    return Column("列", lambda row: row, Kind.TEXT, width, least=least, drop=drop)


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (400, [100, 50, 50, 60, 80]),
        (240, [80, 50, 50, 60, 0]),  # 大きい drop から隠れ、残りは least まで縮む
        (130, [70, 0, 0, 60, 0]),  # 同じ drop の列は一緒に隠れる
        (60, [60, 0, 0, 0, 0]),
    ],
)
def test_columns_shrink_then_drop_in_their_order(room: int, widths: list[int]) -> None:
    columns = (
        _column(100, 60),
        _column(50, drop=2),
        _column(50, drop=2),
        _column(60, drop=1),
        _column(80, drop=3),
    )
    found = fitted_widths(columns, room, round)
    assert found == widths


def test_a_narrow_column_comes_back_when_wide_ones_are_dropped_after_it() -> None:
    columns = (_column(100), _column(200, drop=1), _column(40, drop=2))
    assert fitted_widths(columns, 150, round) == [100, 0, 40]


def test_a_long_name_is_narrowed_to_its_cell_and_a_short_one_is_left(themed: QApplication) -> None:
    font, name = themed.font(), "NGUYEN THI PHUONG THAO"
    wide = QFontMetrics(font).horizontalAdvance(name)
    assert squeezed(font, name, wide) == font
    assert squeezed(font, name, wide * 8 // 10).stretch() == 100 * (wide * 8 // 10) // wide
    assert squeezed(font, name, 10).stretch() == 70

"""部屋の置き方：事務室の画面で、どの大きさの文字でも、何も切れず、横に巻かない。"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontDatabase, QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.rooms.layout_sample import LOOKS, Look, Made, maker
from ui.background import Background
from ui.main_window import FrameInfo, MainWindow, RoomEntry
from ui.rooms.context import RoomContext
from ui.rooms.listing import ROOMS
from ui.rooms.scoring.room import ScoringRoom
from ui.tables.model import Column, Kind
from ui.tables.view import RowsView
from ui.theme import tokens
from ui.theme.fonts import fit_font, load_fonts, squeezed
from ui.theme.style import apply_theme, current_look
from ui.widgets.chip import Chip, caption_font, chip_size
from ui.widgets.scrolling import ScrolledColumn

# 文字の大きさごとの、窓の大きさ
PLACES = {1.0: ((1280, 720), (1366, 768)), 1.25: ((1366, 768),), 1.5: ((1366, 768),)}
FIELDS = (QLineEdit, QComboBox, QAbstractSpinBox)
INFO = FrameInfo(
    cohorts=((1, "令和7年度 第2期"),),
    cohort_id=1,
    signed_in="事務局　見本（担当）",
    last_backup="今日 09:12",
    audit="正常（18,204件）",
    edition="令和7年2月27日改正版",
)


@pytest.fixture(scope="module")
def families() -> Iterator[tuple[str, ...]]:
    """同梱の書体。終われば外す（ほかの試験は、書体を読まずに走る）。"""
    yield load_fonts()
    QFontDatabase.removeAllApplicationFonts()


@pytest.fixture(scope="module")
def made(
    template_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Made]]:
    """名の記録を一度だけ作る。"""
    with ExitStack() as opened:
        yield maker(opened, template_database, tmp_path_factory)


@contextmanager
def opened_window(look: Look, made: Made, background: Background) -> Iterator[MainWindow]:
    """部屋を一つ入れた窓を開き、終われば部品ごと消す。"""
    office, cohort = made
    context = RoomContext(office, background, cohort)
    entries = [
        RoomEntry(
            r.key,
            r.title,
            partial(r.page, context) if r.key == look.room else QWidget,
            lambda: (12, True),
            r.separated,
        )
        for r in ROOMS
    ]
    window = MainWindow(entries, INFO, lambda _text: [], background)
    window.open_room(look.room)
    window.show()
    try:
        yield window
    finally:
        window.close()
        shiboken6.delete(window)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """画面の外の仕事が終わり、置き直しが済むまで待つ。"""
    qtbot.waitUntil(lambda: not window.background.is_busy)
    for _ in range(4):
        QApplication.processEvents()


def name_of(widget: QWidget) -> str:
    """誤りに示す名。"""
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else widget.accessibleName()
    return f"{type(widget).__name__}「{text[:24]}」"


def wrapped_need(label: QLabel) -> QSize:
    """折り返す文字が、いまの幅で要る大きさ。"""
    document = QTextDocument()
    document.setDefaultFont(label.font())
    document.setDocumentMargin(0)
    if label.textFormat() == Qt.TextFormat.RichText:
        document.setHtml(QLabel.text(label))
    else:
        document.setPlainText(label.text())
    around = label.contentsMargins()
    document.setTextWidth(label.width() - around.left() - around.right())
    wide = document.size().width() + around.left() + around.right()
    return QSize(int(wide), label.heightForWidth(label.width()))


def is_cut(widget: QWidget) -> bool:
    """言葉が部品に入りきらなければ真。"""
    if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
        if widget.toolTip() == widget.text():
            return False  # 「…」で切り、吹き出しで全文を見せる
        need = wrapped_need(widget) if widget.wordWrap() else widget.sizeHint()
    elif isinstance(widget, QAbstractButton | Chip):
        need = widget.sizeHint()
    elif isinstance(widget, FIELDS):
        need = widget.minimumSizeHint()
    else:
        return False
    return need.width() > widget.width() + 1 or need.height() > widget.height() + 1


def is_outside(widget: QWidget, room: QWidget) -> bool:
    """部屋の中の囲みから、巻いても見えない所にはみ出していれば真。"""
    rect = QRect(QPoint(), widget.size())
    inside, parent = widget, widget.parentWidget()
    while parent is not None and inside is not room:
        rect.translate(inside.pos())
        area = parent.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is parent:
            rect.setRect(rect.x(), 0, rect.width(), 1)  # 縦には巻けるので、外へは横だけを問う
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(rect):
            return True
        inside, parent = parent, area
    return False


def cell_need(table: RowsView, column: Column, row: object, inner: int) -> int:
    """升の言葉の要る幅（px）。「…」で切って吹き出しで見せてよい升は 0。"""
    look, text = current_look(), column.text(row)
    font = caption_font(table.font(), look)
    if column.title == "氏名":
        # 折り返す氏名は、いちばん長い一語が入ればよい
        words = text.split() if column.kind is Kind.WRAPPED else [text]
        fonts = [squeezed(fit_font(table.font(), word), word, inner) for word in words]
        metrics = [QFontMetrics(f).horizontalAdvance(w) for f, w in zip(fonts, words, strict=True)]
        return max(*metrics, QFontMetrics(font).horizontalAdvance(column.second(row)), 0)
    if column.kind is Kind.CHIP and text and not column.least:
        return chip_size(text, font, look).width()
    if column.kind in (Kind.NUMBER, Kind.DATE_SHORT) or (column.kind is Kind.NAME and not column.least):
        return table.fontMetrics().horizontalAdvance(text)
    return 0


def cut_cells(table: RowsView) -> Iterator[str]:
    """見えている列のうち、題・札・数・日付・氏名が入りきらないもの。"""
    look, header = current_look(), table.horizontalHeader()
    for place, column in enumerate(table.rows_model.columns):
        if table.isColumnHidden(place):
            continue
        inner = table.columnWidth(place) - 2 * look.px(8)
        title = QFontMetrics(caption_font(header.font(), look)).horizontalAdvance(column.title)
        if header.isVisible() and title > inner + 1:
            yield f"列「{column.title}」の題 {title}>{inner}"
        for row in table.rows_model.rows:
            if (need := cell_need(table, column, row, inner)) > inner + 1:
                yield f"列「{column.title}」の「{column.text(row)}」 {need}>{inner}"


def faults(room: QWidget) -> list[str]:
    """切れたもの・はみ出したもの・横の帯。"""
    found: list[str] = []
    for widget in room.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if is_cut(widget):
            need = widget.sizeHint()
            found.append(f"切れた {name_of(widget)} {widget.size().toTuple()} < {need.toTuple()}")
        if isinstance(widget, (QLabel, QAbstractButton, Chip, *FIELDS)) and is_outside(widget, room):
            found.append(f"はみ出した {name_of(widget)}")
        if isinstance(widget, QAbstractScrollArea) and widget.horizontalScrollBar().maximum() > 0:
            found.append(f"横に巻く {name_of(widget)} {widget.horizontalScrollBar().maximum()}")
        if isinstance(widget, RowsView):
            found += cut_cells(widget)
    return found


def faults_at(window: MainWindow, room: QWidget, size: tuple[int, int]) -> list[str]:
    """窓がその大きさになれなければ、その訳。なれれば、部屋の中の誤り。"""
    found = []
    if window.size().toTuple() != size:
        found.append(f"窓が {window.size().toTuple()} より縮まない")
    least, given = room.minimumSizeHint(), room.size()
    if least.width() > given.width() or least.height() > given.height():
        found.append(f"部屋が {given.toTuple()} に入らず、{least.toTuple()} 要る")
    return [*found, *faults(room)]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.xdist_group(f"layout_{k.data}")) for n, k in LOOKS.items()]
)
def test_nothing_is_cut_and_nothing_scrolls_sideways(
    name: str,
    made: Callable[[str], Made],
    background: Background,
    families: tuple[str, ...],
    qapp: QApplication,
    qtbot: QtBot,
) -> None:
    look, found = LOOKS[name], {}
    for scale, sizes in PLACES.items():
        apply_theme(qapp, tokens.LIGHT, scale, families)
        with opened_window(look, made(look.data), background) as window:
            window.resize(*sizes[0])
            settle(qtbot, window)
            room = window.room(look.room)
            look.after(room)
            for size in sizes:
                window.resize(*size)
                settle(qtbot, window)
                if there := faults_at(window, room, size):
                    found[scale, size] = there
    apply_theme(qapp, tokens.LIGHT, 1.0)
    assert found == {}


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize(
    "name", ["scoring_answers", "scoring_person", "scoring_decisions", "scoring_letters"]
)
def test_a_page_of_the_scoring_room_that_fits_does_not_scroll_for_the_sake_of_a_taller_one(
    qtbot: QtBot, made: Callable[[str], Made], background: Background, name: str
) -> None:
    look = LOOKS[name]
    with opened_window(look, made(look.data), background) as window:
        window.resize(1366, 768)
        settle(qtbot, window)
        look.after(window.room(look.room))
        settle(qtbot, window)
        room = window.room(look.room)
        assert isinstance(room, ScoringRoom)
        bars = [a.verticalScrollBar().maximum() for a in room.record.findChildren(ScrolledColumn)]
        assert bars == [0]

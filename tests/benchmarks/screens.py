"""画面の物差し：最初の絵まで、部屋から部屋へ。起動は一度ごとに新しい過程で計る。"""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services import committee
from tests.benchmarks.harness import Job, Pair, in_new_process
from tests.benchmarks.storage import filled_office, new_store
from tests.factories import make_cohort
from tests.ui.rooms.committee_sample import make_manager_office, make_meeting, make_members, make_passed
from ui.application import Desk, dress
from ui.background import Background
from ui.rooms.committee.room import CommitteeRoom
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([]); window = QMainWindow(); window.setCentralWidget(QLabel("見本"))
window.resize(1280, 800); window.show(); app.processEvents(); window.grab()
"""
OURS = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ui.application import Opening, dress
app = QApplication([]); dress(app)
opening = Opening(app, Path(sys.argv[1]), ""); opening.start(); app.processEvents()
opening.dialog.grab()
opening.close()
"""


def _first_paint(size: int, folder: Path) -> Pair:
    office = filled_office(size, folder)
    path = office.store.path
    office.close()
    return Pair(
        lambda: in_new_process(folder, "-c", OURS, str(path)), lambda: in_new_process(folder, "-c", BARE)
    )


def _application() -> QApplication:
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    dress(app)
    return app


def _key(size: int, _folder: Path) -> Pair:
    """size 行の一覧で下の矢印を一度押す。もう一方は、同じ一覧を描き直すだけ。"""
    app = _application()
    columns = (
        Column("番号", lambda r: r, Kind.NUMBER, 80),
        Column("氏名", lambda r: f"見本 {r}", Kind.TEXT, 200),
    )
    model = RowsModel(columns, key=lambda r: r)
    model.set_rows(range(size))
    table = RowsView(model, stretch=1)
    table.resize(900, 700)
    table.show()
    table.selectRow(0)

    def press() -> None:
        QTest.keyClick(table, Qt.Key.Key_Down)
        table.viewport().repaint()
        app.processEvents()

    def repaint() -> None:
        table.viewport().repaint()
        app.processEvents()

    return Pair(press, repaint)


def _from_room_to_room(size: int, folder: Path) -> Pair:
    """受付と受講資格を行き来する（記録を読み直す）。もう一方は、同じ窓を描き直すだけ。"""
    app = _application()
    desk = Desk(filled_office(size, folder), Background())
    desk.window.resize(1366, 768)
    desk.window.show()
    rooms = ("intake", "eligibility")
    for key in rooms:
        desk.window.open_room(key)

    def move() -> None:
        for key in rooms:
            desk.window.open_room(key)
            desk.window.grab()
            app.processEvents()

    def repaint() -> None:
        for _ in rooms:
            desk.window.grab()
            app.processEvents()

    return Pair(move, repaint)


def _decide_and_next(size: int, folder: Path) -> Pair:
    """size 件の会議で、認定を議決して次の案件が出るまで（確認と表決は、計る前に済ませる）。もう一方は、窓を描き直すだけ。"""
    app = _application()
    office = make_manager_office(new_store(folder))
    cohort = make_cohort(office, term=2)
    make_members(office)
    make_passed(office, cohort, tuple((f"見本 {n}", "ミホン", f"見本町{n}丁目") for n in range(size)))
    meeting = make_meeting(office, cohort)
    desk = Desk(office, Background())
    desk.window.resize(1366, 768)
    desk.window.show()
    desk.window.open_room("committee")
    desk.window.activateWindow()
    app.processEvents()
    room = desk.window.room("committee")
    assert isinstance(room, CommitteeRoom)

    def confirm() -> None:
        for key in (Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8):
            QTest.keyClick(room, key)

    def decide() -> None:
        before = committee.get_meeting(office, meeting).decided
        QTest.keyClick(room, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        desk.window.grab()
        assert committee.get_meeting(office, meeting).decided == before + 1

    return Pair(decide, desk.window.grab, confirm)


def _cold_command(_size: int, folder: Path) -> Pair:
    libraries = "import sqlalchemy.orm, PySide6.QtWidgets"
    return Pair(
        lambda: in_new_process(folder, "-m", "app", "--help"), lambda: in_new_process(folder, "-c", libraries)
    )


JOBS = (
    Job("窓の最初の絵", "空の PySide6 の窓", 2.0, (60, 240), _first_paint, wall=True, memory=False),
    Job("一覧の鍵一つ", "描き直すだけ", 2.0, (10_000, 100_000), _key, wall=True, memory=False),
    Job("部屋から部屋へ", "描き直すだけ", 5.0, (60, 240), _from_room_to_room, wall=True, memory=False),
    Job("議決して次の案件へ", "描き直すだけ", 8.0, (60, 240), _decide_and_next, wall=True, memory=False),
    Job("命令の立ち上がり", "SQLAlchemy と Qt の読込み", 2.0, (1, 2), _cold_command, memory=False, rounds=3),
)

"""受付と受講資格：申込の下見、研修期の全員の判定、長い一覧を巻く。"""

from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import openpyxl
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem
from sqlalchemy import select

from app.domain.eligibility import CurrentPlace, eligibility
from app.domain.experience import Employment as Job3
from app.services import eligibility as room
from app.services import intake
from app.workbooks.applicants import ApplicantForm, EmploymentForm, write_applicants
from database.schema.intake import Application, Cohort
from tests.benchmarks.harness import Job, Pair
from tests.benchmarks.screens import _application
from tests.benchmarks.storage import filled_office, new_store
from tests.factories import GUIDELINE, make_cohort, make_office
from ui.application import Desk
from ui.background import Background
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView

FIRST = date(1960, 1, 1)
STEPS = 40
_TICK = 5  # 窓が答えるかを見る間（ミリ秒）


def _form(i: int) -> ApplicantForm:
    """在職が三つある一人。"""
    jobs = tuple(
        EmploymentForm("municipal", date(start, 4, 1), end, f"見本市相談窓口{i % 97}", True, True, 200)
        for start, end in ((2020, date(2021, 3, 31)), (2021, date(2023, 3, 31)), (2023, None))
    )
    return ApplicantForm(
        i + 2,
        str(i + 1),
        f"見本 {i}",
        FIRST + timedelta(days=i % 12_000),
        f"ミホン {chr(0x30A2 + i % 40)}{chr(0x30A2 + i // 40 % 40)}{chr(0x30A2 + i // 1600)}",
        counter="municipal",
        counter_engaged=True,
        counter_standard=True,
        employments=jobs,
    )


def _preview(size: int, folder: Path) -> Pair:
    office = make_office(new_store(folder))
    cohort = make_cohort(office)
    path = folder / "申込様式.xlsx"
    write_applicants(path, [_form(i) for i in range(size)])

    def cells() -> int:
        """openpyxl で、同じブックのすべてのセルを読むだけ（比べも確かめもしない）。"""
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        return sum(len(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))

    def ours() -> object:
        seen = intake.preview_import(office, cohort, path)
        assert seen.new == size, seen.errors[:3]
        return seen

    return Pair(ours, cells)


def _preview_beside_the_window(size: int, folder: Path) -> Pair:
    """窓を開いたまま下見する。もう一方は、窓を答えさせずに同じ下見をする。窓が答えなかった最も長い間も出す。"""
    app = _application()
    office = make_office(new_store(folder))
    cohort = make_cohort(office)
    path = folder / "申込様式.xlsx"
    write_applicants(path, [_form(i) for i in range(size)])
    background = Background()
    desk = Desk(office, background)
    desk.window.resize(1366, 768)
    desk.window.show()
    desk.window.open_room("intake")
    app.processEvents()
    gaps: list[float] = []

    def ours() -> None:
        loop, before = QEventLoop(), perf_counter()

        def tick() -> None:
            nonlocal before
            now = perf_counter()
            gaps.append(now - before)
            before = now
            desk.window.update()

        clock = QTimer()
        clock.timeout.connect(tick)
        clock.start(_TICK)
        background.run(lambda _progress: intake.preview_import(office, cohort, path)).finished.connect(
            loop.quit
        )
        loop.exec()
        clock.stop()

    ours()
    gaps.clear()
    ours()
    print(f"  窓が答えなかった最も長い間 {max(gaps) * 1000:.0f} ms（約束は 100 ms、{size:,}人の下見の間）")
    return Pair(ours, lambda: intake.preview_import(office, cohort, path))


def _findings(size: int, folder: Path) -> Pair:
    office = filled_office(size, folder, per_cohort=size)

    def one_by_one() -> list[str]:
        """一人ずつ、在職を読みながら判定する。"""
        found = []
        with office.store.sessions() as session:
            starts = session.get_one(Cohort, 1).training_starts_on
            for a in session.scalars(select(Application).where(Application.cohort_id == 1)):
                jobs = [
                    Job3(e.counter, e.counter_standard, e.started_on, e.ended_on, e.workdays)
                    for e in a.employments
                ]
                place = CurrentPlace(a.counter, a.counter_engaged, a.counter_standard)
                found.append(str(eligibility(starts, place, jobs, (), GUIDELINE).result))
        return found

    def ours() -> object:
        rows = room.list_findings(office, 1)
        assert len(rows) == size
        return rows

    return Pair(ours, one_by_one)


def _scrolling(size: int, _folder: Path) -> Pair:
    """一覧を一頁ずつ巻く。もう一方は、セルごとに部品を作る QTableWidget（作る手間は数えない）。"""
    app = _application()
    columns = (
        Column("受付", lambda r: f"{r:06d}", Kind.TEXT, 80),
        Column("氏名", lambda r: f"見本 {r}", Kind.NAME, 200, second=lambda r: f"ミホン {r}"),
        Column("生年月日", lambda r: FIRST + timedelta(days=r % 9000), Kind.DATE_SHORT, 90),
        Column("状態", lambda r: "受付済み", Kind.CHIP, 120),
    )
    model = RowsModel(columns, key=lambda r: r)
    model.set_rows(range(size))
    ours = RowsView(model, stretch=1)
    other = QTableWidget(min(size, 20_000), len(columns))
    for row in range(other.rowCount()):
        for column, one in enumerate(columns):
            other.setItem(row, column, QTableWidgetItem(one.text(row)))
    for table in (ours, other):
        table.resize(900, 700)
        table.show()
    app.processEvents()

    def scroll(table: RowsView | QTableWidget) -> None:
        bar = table.verticalScrollBar()
        bar.setValue(0)
        for _ in range(STEPS):
            QTest.keyClick(table, Qt.Key.Key_PageDown)
            table.viewport().repaint()
            QApplication.processEvents()

    return Pair(lambda: scroll(ours), lambda: scroll(other))


JOBS = (
    Job(
        "窓を開いたままの下見",
        "窓なしの同じ下見",
        1.5,
        (250, 1_000),
        _preview_beside_the_window,
        wall=True,
        memory=False,
        rounds=3,
    ),
    Job(
        "申込の下見（一人に在職三つ）",
        "openpyxl で読むだけ",
        1.0,
        (1_000, 10_000),
        _preview,
        rounds=3,
        wall=True,
    ),
    Job("研修期の全員の判定", "一人ずつ在職を読む", 0.5, (1_000, 10_000), _findings, rounds=3),
    Job(f"一覧を{STEPS}頁巻く", "QTableWidget", 2.0, (1_000, 100_000), _scrolling, rounds=3),
)

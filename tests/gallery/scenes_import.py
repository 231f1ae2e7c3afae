"""取込の窓の見本：いくつものファイル、文字の読み方、誤りの壁、変わる欄、元に戻す取消し。"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.services import intake
from app.services.import_jobs import applicants_job
from app.workbooks.applicants import ApplicantForm, EmploymentForm, write_applicants
from tests.factories import make_cohort
from tests.gallery.scene import Scene, WindowFactory, new_folder
from tests.gallery.scenes_course import context, fresh_office
from tests.ui.rooms.course_sample import applicants_book, locked_book
from ui.rooms.import_preview import PreviewPane
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.undoing import UndoImportDialog

JOB = EmploymentForm("municipal", date(2022, 4, 1), date(2024, 3, 31), "見本市相談窓口", True, True, 410)


def applicants(count: int) -> list[ApplicantForm]:
    """架空の申込。"""
    return [
        ApplicantForm(
            row=0,
            number=str(i),
            name=f"見本 花子{i}",
            birth_date=date(1970, 4, 1).replace(year=1960 + i % 40),
            reading=f"ミホン ハナコ{i}",
            phone=f"03-0000-{i:04d}",
            counter="municipal",
            employments=(JOB,),
        )
        for i in range(1, count + 1)
    ]


def _dialog(*books: Callable[[Path], Path]) -> QWidget:
    office = fresh_office()
    cohort, folder = make_cohort(office), new_folder()
    paths = [made(folder) for made in books]
    return ImportDialog(None, context(office, cohort), applicants_job(office, cohort), paths)


def _applied(name: str, count: int) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        write_applicants(folder / name, applicants(count))
        return folder / name

    return make


def csv_book(folder: Path) -> Path:
    """CP932 の CSV。"""
    path = folder / "申込（見本市）.csv"
    lines = ["申込番号,氏名,フリガナ,生年月日,電話"]
    lines += [f"{i},髙橋 花子{i},タカハシ ハナコ{i},昭和{50 + i}年4月1日,03-0000-000{i}" for i in range(1, 7)]
    path.write_bytes("\r\n".join(lines).encode("cp932"))
    return path


def wall_book(folder: Path, count: int = 600) -> Path:
    """千の誤ったセルのあるブック。"""
    path = folder / "申込（誤りの多い）.xlsx"
    write_applicants(path, applicants(count + 20))
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["申込者"]
    column = {str(c.value): c.column or 0 for c in sheet[1]}
    for row in range(2, count + 2):
        sheet.cell(row, column["生年月日"]).value = f"令和{row}年2月30日"
        if row % 3:
            sheet.cell(row, column["窓口の種別"]).value = "市町村など"
    workbook.save(path)
    return path


def _several() -> QWidget:
    return _dialog(
        _applied("申込（見本県）.xlsx", 24),
        lambda folder: applicants_book(folder / "申込（見本市）.xlsx", True),
        lambda folder: locked_book(folder / "申込（例協会）.xlsx", "ブックの合言葉"),
        _broken,
        csv_book,
    )


def _broken(folder: Path) -> Path:
    path = folder / "申込（壊れた）.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    return path


def _changed() -> QWidget:
    office = fresh_office()
    cohort, folder = make_cohort(office), new_folder()
    forms = applicants(5)
    write_applicants(folder / "一度目.xlsx", forms)
    intake.import_applicants(office, cohort, folder / "一度目.xlsx")
    first = replace(forms[0], phone="090-1111-2222", employments=(replace(JOB, workdays=420),))
    write_applicants(folder / "二度目.xlsx", [first, *forms[1:], *applicants(7)[5:]])
    return ImportDialog(None, context(office, cohort), applicants_job(office, cohort), folder / "二度目.xlsx")


def _same() -> QWidget:
    office = fresh_office()
    cohort, folder = make_cohort(office), new_folder()
    path = _applied("申込.xlsx", 6)(folder)
    intake.import_applicants(office, cohort, path)
    return ImportDialog(None, context(office, cohort), applicants_job(office, cohort), path)


def _undo() -> QWidget:
    office = fresh_office()
    cohort, folder = make_cohort(office), new_folder()
    forms = applicants(4)
    write_applicants(folder / "一度目.xlsx", forms)
    intake.import_applicants(office, cohort, folder / "一度目.xlsx")
    changed = [replace(f, phone="090-1111-2222") for f in forms[:3]]
    write_applicants(folder / "二度目.xlsx", [*changed, *applicants(6)[3:]])
    intake.import_applicants(office, cohort, folder / "二度目.xlsx")
    intake.request_correction(office, 2, "写しがない", date(2026, 3, 10))
    return UndoImportDialog(None, context(office, cohort), cohort)  # type: ignore[arg-type]


def settled(dialog: QWidget) -> ImportDialog:
    """下見がすべて済んだ窓。"""
    assert isinstance(dialog, ImportDialog)
    for _ in range(600):
        if dialog.progress.isHidden():
            break
        QTest.qWait(30)
    return dialog


def _seen(dialog: QWidget) -> None:
    settled(dialog)


def _refused_file(dialog: QWidget) -> None:
    settled(dialog).file_table.selectRow(1)


def _done(dialog: QWidget) -> None:
    settled(dialog).submit()
    settled(dialog)


def _one_row(dialog: QWidget) -> None:
    settled(dialog).table.selectRow(0)


def _opened(dialog: QWidget) -> None:
    pane = settled(dialog).pane
    assert isinstance(pane, PreviewPane)
    pane.toggle(0)


def _waited(dialog: QWidget) -> None:
    QTest.qWait(600)


def scenes(_window: WindowFactory) -> Iterable[Scene]:
    """取込の窓。"""
    yield Scene("import_several", _several, size=None, after=_seen)
    yield Scene("import_several_refused", _several, size=None, after=_refused_file)
    yield Scene("import_several_done", _several, size=None, after=_done)
    yield Scene("import_several_dark", _several, size=None, after=_seen, dark=True)
    yield Scene("import_several_150", _several, size=None, after=_seen, scale=1.5)
    yield Scene("import_csv", lambda: _dialog(csv_book), size=None, after=_seen)
    yield Scene("import_wall", lambda: _dialog(wall_book), size=None, after=_seen)
    yield Scene("import_wall_open", lambda: _dialog(wall_book), size=None, after=_opened)
    yield Scene("import_changed", _changed, size=None, after=_one_row)
    yield Scene("import_same", _same, size=None, after=_seen)
    yield Scene("import_undo_changed", _undo, size=None, after=_waited)

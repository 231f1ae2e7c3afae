"""ほかの様式の読み方の場面。"""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.services import intake
from app.services.import_jobs import applicants_job
from app.services.office import Office
from tests.factories import make_cohort, make_office
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.workbooks.foreign import paper_form, two_row_list, two_sheets
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.intake.mappings import MappingsDialog


def _office() -> Office:
    return make_office(fresh_store())


def _files() -> dict[str, Path]:
    folder = new_folder()
    return {
        "table": two_row_list(folder / "見本県_受講希望者名簿.xlsx"),
        "form": paper_form(folder / "申込書（見本）.xlsx", "見本 花子", "例 太郎"),
        "second": two_sheets(folder / "二枚のシート.xlsx"),
    }


def _mapping(which: str, key: str, *, clear: str = "") -> Callable[[], QWidget]:
    def make() -> QWidget:
        office, path = _office(), _files()[which]
        draft = intake.propose_mapping(office, path)
        if clear:
            draft.clear(clear)
        dialog = MappingDialog(None, RoomContext(office, background()), draft, path.name)  # type: ignore[arg-type]
        dialog.table.select_key(key)
        return dialog

    return make


def _offered(known: bool) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office, path = _office(), _files()["table"]
        cohort = make_cohort(office)
        if known:
            intake.save_mapping(office, "見本県の名簿", intake.propose_mapping(office, path).mapping)
        job = applicants_job(office, cohort)
        return ImportDialog(None, RoomContext(office, background(), cohort), job, path)

    return make


def _read(dialog: QWidget) -> None:
    assert isinstance(dialog, ImportDialog)
    for _ in range(300):
        if not background().is_busy:
            break
        QTest.qWait(30)
    QTest.qWait(60)


def _saved() -> QWidget:
    office = _office()
    for which, name in (
        ("table", "見本県の名簿"),
        ("form", "見本市の申込書"),
        ("second", "例町の一覧（職歴は別のシート）"),
    ):
        intake.save_mapping(office, name, intake.propose_mapping(office, _files()[which]).mapping)
    return MappingsDialog(None, RoomContext(office, background()))  # type: ignore[arg-type]


def scenes(_window: WindowFactory) -> Iterator[Scene]:
    """読み方の窓と、取込の窓の知らせ。"""
    size = (1280, 720)
    yield Scene("intake_mapping_table", _mapping("table", "在職歴/種別/1"), size)
    yield Scene("intake_mapping_needed", _mapping("table", "申込者/氏名/0", clear="申込者/氏名/0"), size)
    yield Scene("intake_mapping_form", _mapping("form", "申込者/氏名/0"), size)
    yield Scene("intake_mapping_second", _mapping("second", "在職歴/開始日/1"), size)
    yield Scene("intake_mapping_150", _mapping("table", "申込者/氏名/0"), size, 1.5)
    yield Scene("intake_mapping_dark", _mapping("table", "申込者/氏名/0"), size, dark=True)
    yield Scene("intake_mapping_offered", _offered(False), (960, 600), after=_read)
    yield Scene("intake_mapping_known", _offered(True), (960, 600), after=_read)
    yield Scene("intake_mappings", _saved, (720, 420))

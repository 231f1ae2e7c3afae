"""壊れたブックと、いたずらな文字は、断りの文になるか、そのまま残る。窓は決して落ちない。"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.services import intake
from app.services.office import Office
from database import audit
from database.opening import Store
from tests.factories import make_cohort, make_office
from tests.gallery.__main__ import all_scenes
from tests.gallery.scene import Scene, close_stores
from tests.gallery.scene import background as gallery_background
from tests.ui.rooms.course_sample import dialog_of
from tests.workbooks.foreign import paper_form, plain_csv, two_row_list, two_sheets
from tests.workbooks.test_mangled import mangled, originals
from ui.background import Background
from ui.messages import Dialog, ErrorDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.intake.room import IntakeRoom

# 見えない字・右から左・結合・異体字・BMP の外・式・引用符・長いもの・空白だけ
HOSTILE = (
    "Robert'); DROP TABLE person;--",
    '=HYPERLINK("http://example.invalid","x")',
    "\u202e山田\u202c 太郎\u200b",
    "葛\U000e0100󠄀 𠮷田\u3099é",
    "👩‍👩‍👧‍👦 ﷽ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳",
    "\x00\x01\x1b[31m\x7f",
    "字" * 5000,
    "　\t ",
    "令和99年13月32日",
    "-1e309",
    "<b>太い</b><img src='file:///etc/passwd'>&amp;",
    "../../..\\NUL|?*\n\r\n改行",
    "\ud800",
)
ROUNDS = 3


def originals_of_intake(folder: Path) -> list[Path]:
    """受付に来るファイル：申込様式と、ほかの様式の四つ。"""
    own = folder / "申込様式.xlsx"
    own.write_bytes(originals(folder)[0][0])
    return [
        own,
        two_row_list(folder / "名簿.xlsx"),
        paper_form(folder / "申込書.xlsx", "見本 花子"),
        two_sheets(folder / "二枚.xlsx"),
        plain_csv(folder / "一覧.csv"),
    ]


def spoiled_files(folder: Path, seeds: range) -> Iterator[Path]:
    """種で決まる壊れ方のファイル。"""
    sources = originals_of_intake(folder)
    for seed in seeds:
        source = sources[seed % len(sources)]
        # 文字のファイルには部品がないので、いつもバイトのまま壊す
        data = mangled(source.read_bytes(), seed * 3 if source.suffix == ".csv" else seed)
        path = folder / f"壊れた{seed}{source.suffix}"
        path.write_bytes(data)
        yield path


def no_error() -> bool:
    """思いがけない誤りの窓が、一つも出ていない。"""
    return not any(isinstance(w, ErrorDialog) and w.isVisible() for w in QApplication.topLevelWidgets())


def look_at_mapping(qtbot: QtBot, dialog: ImportDialog, background: Background) -> None:
    """読み方を決める窓も開いてみる。"""
    if not dialog.mapping_button.isEnabled():
        return
    dialog.mapping_button.click()
    qtbot.waitUntil(lambda: not background.is_busy, timeout=60_000)
    assert no_error()
    for opened in dialog.findChildren(MappingDialog):
        opened.reject()


def take_in(qtbot: QtBot, room: IntakeRoom, background: Background, path: Path) -> str:
    """窓で下見し、読めれば取り込む。何になったかを返す。"""
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(lambda: not background.is_busy, timeout=60_000)
    assert no_error()
    if not dialog.main_button.isEnabled():
        assert dialog.note.text or dialog.problems.rows
        look_at_mapping(qtbot, dialog, background)
        dialog.reject()
        return "refused"
    dialog.submit()
    qtbot.waitUntil(lambda: not background.is_busy, timeout=60_000)
    assert no_error()
    for left in room.findChildren(ImportDialog):
        left.reject()
    return "taken"


def run(qtbot: QtBot, office: Office, background: Background, folder: Path, seeds: range) -> dict[str, int]:
    cohort = make_cohort(office)
    room = IntakeRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.show()
    for number, source in enumerate(originals_of_intake(folder)[1:], 1):
        intake.save_mapping(office, f"読み方{number}", intake.propose_mapping(office, source).mapping)
    found = {"refused": 0, "taken": 0}
    for path in spoiled_files(folder, seeds):
        found[take_in(qtbot, room, background, path)] += 1
    assert audit.verify(office.store) == []
    assert intake.list_applications(office, cohort)
    return found


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def test_ten_mangled_workbooks_never_break_the_window(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    found = run(qtbot, office, background, tmp_path, range(10))
    assert sum(found.values()) == 10
    assert min(found.values()) >= 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_mangled_workbooks_never_break_the_window(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    assert sum(run(qtbot, office, background, tmp_path, range(100, 300)).values()) == 200


def fields_of(window: QWidget) -> list[QLineEdit | QPlainTextEdit]:
    """いま打てる欄（数の欄や選ぶ欄の中のものは、自分で値を守る）。"""
    found: list[QLineEdit | QPlainTextEdit] = [
        *window.findChildren(QLineEdit),
        *window.findChildren(QPlainTextEdit),
    ]
    return [f for f in found if f.isVisible() and f.isEnabled() and not f.isReadOnly()]


def fill(window: QWidget, turn: int) -> int:
    """すべての欄に、順にずらした文字を入れ、入れた欄の数を返す。"""
    fields = fields_of(window)
    for place, one in enumerate(fields):
        text = HOSTILE[(place + turn) % len(HOSTILE)]
        one.setText(text) if isinstance(one, QLineEdit) else one.setPlainText(text)
    return len(fields)


def finish(window: QWidget) -> None:
    """窓を片付ける。"""
    for left in [*QApplication.topLevelWidgets()]:
        if left is not window and left.isVisible() and isinstance(left, QDialog):
            left.deleteLater()
    if isValid(window):
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    close_stores()


def dialogs_of(window: QWidget) -> list[QWidget]:
    """場面の窓。部屋の中に開いたものも含む。"""
    if not isValid(window):
        return []
    own = [window] if isinstance(window, Dialog) else []
    return [*own, *(d for d in window.findChildren(Dialog) if d.isVisible())]


# kit_error は、思いがけない誤りの窓そのものの場面
SCENES = {
    scene.name: scene
    for scene in all_scenes()
    if not scene.dark and scene.scale == 1.0 and scene.name != "kit_error"
}


def idle(qtbot: QtBot) -> None:
    """画面の外の仕事が終わるまで待つ。"""
    qtbot.waitUntil(lambda: not gallery_background().is_busy, timeout=20_000)


def torment(qtbot: QtBot, scene: Scene, rounds: int) -> list[str]:
    """場面のすべての欄にいたずらな文字を入れて主なボタンを押し、思いがけない誤りを返す。"""
    window = scene.make()
    window.show()
    idle(qtbot)
    if scene.after is not None:
        scene.after(window)
        idle(qtbot)
    for turn in range(0, rounds * 4, 4):
        for target in dialogs_of(window) or ([window] if isValid(window) else []):
            fill(target, turn)
            QApplication.processEvents()
            main = getattr(target, "main_button", None) if isValid(target) else None
            if isinstance(main, QPushButton) and isValid(main) and main.isVisible() and main.isEnabled():
                main.click()
            idle(qtbot)
    found = [w.details for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.details]
    finish(window)
    return found


@pytest.mark.parametrize("name", sorted(n for n, scene in SCENES.items() if scene.size is None))
def test_hostile_words_in_every_field_of_a_dialog_end_in_a_sentence_or_are_kept(
    qtbot: QtBot, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert (torment(qtbot, SCENES[name], 1), caplog.records) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SCENES))
def test_hostile_words_again_and_again_in_every_field_of_every_screen(
    qtbot: QtBot, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert (torment(qtbot, SCENES[name], ROUNDS), caplog.records) == ([], [])

"""窓を使う人の手：見えている言葉でボタンを押し、欄に打ち、窓が出るのを待つ。"""

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.shots import shot
from ui.application import Desk
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.importing import ImportDialog
from ui.widgets.date_field import DateField
from ui.widgets.room import RoomPage

W = TypeVar("W", bound=QWidget)
_WAIT = 20_000


class Hands:
    """一つの机の前に座った人。saved は次に保存する場所。"""

    def __init__(self, desk: Desk, qtbot: QtBot, folder: Path) -> None:
        self.desk, self.qtbot, self.folder = desk, qtbot, folder
        self.shots = 0
        desk.context.save_path = lambda _parent, _title, name, chosen: chosen(
            folder / name.replace("/", "／")
        )

    def go(self, number: int, key: str) -> RoomPage:
        """左の列の部屋へ Alt+数字で行く。"""
        self.desk.window.activateWindow()
        self.qtbot.waitUntil(self.desk.window.isActiveWindow)
        modifier = Qt.KeyboardModifier.AltModifier
        self.qtbot.keyClick(self.desk.window, Qt.Key(int(Qt.Key.Key_0) + number), modifier)
        assert self.desk.window.current_room == key
        page = self.desk.window.room(key)
        assert isinstance(page, RoomPage)
        return page

    def enter(self, key: str) -> RoomPage:
        """左の列の部屋の名を押して行く。"""
        self.qtbot.mouseClick(self.desk.window.nav.button_of(key), Qt.MouseButton.LeftButton)
        assert self.desk.window.current_room == key
        page = self.desk.window.room(key)
        assert isinstance(page, RoomPage)
        return page

    def settle(self) -> None:
        """画面の外の仕事が終わるまで待つ。"""
        self.qtbot.waitUntil(lambda: not self.desk.context.background.is_busy, timeout=_WAIT)

    def press(self, where: QWidget, words: str) -> None:
        """where の中の、見えていて押せる、その言葉で始まるボタンを押す（同じ言葉なら、どれを押しても同じはず）。"""
        found = [
            b
            for b in where.findChildren(QAbstractButton)
            if b.isVisible() and b.isEnabled() and b.text().startswith(words)
        ]
        assert len({b.text() for b in found}) == 1, (
            words,
            [b.text() for b in where.findChildren(QAbstractButton) if b.isVisible()],
        )
        self.qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)

    def pick(self, where: QWidget, button: str, words: str) -> None:
        """where のボタンの下の品書きから、words で始まる項目を選ぶ。"""
        menus = [b.menu() for b in where.findChildren(QPushButton) if b.isVisible() and b.text() == button]
        (menu,) = [m for m in menus if m is not None]
        (action,) = [a for a in menu.actions() if a.text().startswith(words) and a.isEnabled()]
        action.trigger()
        self.settle()

    def dialog(self, kind: type[W]) -> W:
        """開いている、その種類のただ一つの窓。"""
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        assert len(found) == 1, (kind.__name__, [w.windowTitle() for w in found])
        return found[0]

    def write(self, field: QWidget, words: str) -> None:
        """欄の中を打ち直す。"""
        target = field.edit if isinstance(field, DateField) else field
        assert isinstance(target, QLineEdit | QPlainTextEdit)
        target.setFocus()
        target.selectAll()
        if words.isascii():
            self.qtbot.keyClicks(target, words)
            return
        # 日本語は、入力方式が確定した字として届く
        typed = QInputMethodEvent()
        typed.setCommitString(words)
        QApplication.sendEvent(target, typed)

    def take_in(self, page: RoomPage, book: Path, refused: int = 0) -> str:
        """ブックを取り込み、部屋の帯に出た言葉を返す。"""
        page.import_file(book)  # type: ignore[attr-defined]  # 取り込む部屋にだけ使う
        dialog = self.dialog(ImportDialog)
        self.settle()
        assert len(dialog.problems.rows) == refused, dialog.problems.rows[:3]
        assert dialog.main_button.isEnabled()
        self.qtbot.mouseClick(dialog.main_button, Qt.MouseButton.LeftButton)
        self.settle()
        if refused:
            self.press(dialog, "断った行を保存")
            self.settle()
            self.press(dialog, "閉じる")
        return page.banner.text

    def picture(self, widget: QWidget, name: str) -> None:
        """環境変数 NINTEI_PICTURES のフォルダーに、いまの見た目を残す（なければ何もしない）。"""
        self.shots += 1
        shot(widget, f"{self.shots:02d}_{name}")

    def reason(self, words: str) -> None:
        """理由を書いて進む。"""
        dialog = self.dialog(ReasonDialog)
        dialog.editor.setPlainText(words)
        dialog.submit()

    def second(self, login: str, password: str) -> None:
        """二人目がサインインして確かめる。"""
        dialog = self.dialog(SecondPersonDialog)
        self.write(dialog.login, login)
        self.write(dialog.password, password)
        dialog.submit()

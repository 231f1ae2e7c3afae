"""窓の土台：画面に収まる、鍵盤だけで進める、打ったものを黙って捨てない、直した欄の誤りは消える。"""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import RuleViolation
from ui.messages import ConfirmDialog, Dialog, LeaveDialog, ask_reason
from ui.tables.grid import EditGrid, GridColumn
from ui.theme import tokens
from ui.theme.style import apply_theme
from ui.widgets.cards import label
from ui.widgets.date_field import DateField
from ui.widgets.number import NumberBox
from ui.widgets.room import RoomPage
from ui.widgets.saving import SavingDialog

TODAY = date(2026, 1, 19)
CONTROL = Qt.KeyboardModifier.ControlModifier


class Sample(SavingDialog):
    """欄の多い窓。「断る」と書くと断られる。"""

    def __init__(self, parent: QWidget | None = None, more: int = 0) -> None:
        super().__init__(parent, "見本の記録", "説明の文。", "保存する")
        self.name, self.day, self.count = QLineEdit(), DateField(TODAY, "日付"), NumberBox()
        self.grid = EditGrid([GridColumn("甲"), GridColumn("乙")], "表")
        self.form.add("name", "氏名", self.name, required=True)
        self.form.add("day", "日付", self.day)
        self.form.add("count", "数", self.count)
        for place in range(more):
            self.form.add(f"more{place}", f"長い見出しの欄 その{place}", QLineEdit(), "補足の文")
        self.form.add_wide("grid", "表", self.grid)
        self.name.setFocus()
        self.done_with: list[str] = []

    def errors(self) -> dict[str, str]:
        return {} if self.name.text() else {"name": "氏名を入れてください。", "day": "日付を入れてください。"}

    def save(self) -> None:
        if self.name.text() == "断る":
            raise RuleViolation("できません。")
        self.done_with.append(self.name.text())


def opened(qtbot: QtBot, dialog: Sample) -> Sample:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_long_form_fits_the_screen_and_scrolls_only_down(qtbot: QtBot, qapp, scale: float) -> None:
    apply_theme(qapp, tokens.LIGHT, scale)
    dialog = Sample(more=30)
    dialog.scroll_form(920, 4_000)
    opened(qtbot, dialog)
    screen = dialog.screen().availableSize()
    assert dialog.width() <= screen.width()
    assert dialog.height() <= screen.height()
    assert dialog._area.horizontalScrollBar().maximum() == 0
    assert dialog._area.verticalScrollBar().maximum() > 0
    bottom = dialog.main_button.mapTo(dialog, dialog.main_button.rect().bottomRight())
    assert dialog.rect().contains(bottom)
    assert dialog.form.width() <= dialog._area.viewport().width()


def test_a_window_set_larger_than_the_screen_is_cut_to_it(qtbot: QtBot) -> None:
    dialog = Dialog(None, "大きな窓")
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.setMinimumSize(3_000, 2_000)
    dialog.open()
    screen = dialog.screen().availableSize()
    assert (dialog.width() <= screen.width(), dialog.height() <= screen.height()) == (True, True)


def test_a_window_without_words_scrolls_too(qtbot: QtBot) -> None:
    dialog = Dialog(None, "文のない窓")
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    tall = QWidget()
    tall.setMinimumHeight(3_000)
    dialog.body.addWidget(tall)
    dialog.open()
    assert dialog._area.verticalScrollBar().maximum() == 3_000 - dialog._area.viewport().height()


def test_a_short_window_grows_when_words_are_added(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    before = dialog.height()
    dialog.refusal.set_text("長い断りの文です。" * 12)
    qtbot.waitUntil(lambda: dialog.height() > before)
    assert dialog._area.verticalScrollBar().maximum() == 0


def test_ctrl_enter_and_ctrl_s_are_the_main_action_and_enter_is_not(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    dialog.name.setText("断る")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.day.edit, Qt.Key.Key_Return)
    assert (dialog.refusal.text, dialog.day._popup, dialog.isVisible()) == ("", None, True)
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return, CONTROL)
    assert dialog.refusal.text == "できません。"
    dialog.name.setText("甲野")
    qtbot.keyClick(dialog.name, Qt.Key.Key_S, CONTROL)
    assert (dialog.done_with, dialog.isVisible()) == (["甲野"], False)


def test_enter_presses_the_focused_button_and_no_button_is_the_default(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    found = dialog.findChildren(QPushButton)
    assert [b.text() for b in found if b.autoDefault() or b.isDefault()] == []
    dialog.cancel_button.setFocus()
    qtbot.keyClick(dialog.cancel_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_ctrl_enter_takes_the_cell_being_typed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    dialog.name.setText("断る")
    dialog.grid.add_row(["", ""])
    dialog.grid.setCurrentCell(0, 0)
    dialog.grid.setFocus()
    qtbot.keyClicks(dialog.grid, "x")
    editor = dialog.grid.viewport().findChild(QLineEdit)
    qtbot.keyClicks(editor, "y")
    qtbot.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    assert (dialog.grid.values(), dialog.refusal.text) == ([["xy", ""]], "できません。")


def test_esc_asks_before_typed_words_are_lost(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    dialog.day.set_value(TODAY)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    (asked,) = dialog.findChildren(LeaveDialog)
    assert (dialog.isVisible(), asked.focusWidget()) == (True, asked.cancel_button)
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    dialog.cancel_button.click()
    dialog.findChildren(LeaveDialog)[-1].confirm_button.click()
    assert (dialog.isVisible(), dialog.done_with) == (False, [])


def test_esc_closes_at_once_when_nothing_was_typed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    dialog.name.setText("甲")
    dialog.name.clear()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.isVisible(), dialog.findChildren(LeaveDialog)) == (False, [])


def test_ctrl_enter_sends_a_reason_and_never_confirms_a_danger(qtbot: QtBot) -> None:
    given: list[str] = []
    reason = ask_reason(None, "改める", "", "改める", given.append)
    qtbot.addWidget(reason)
    qtbot.waitUntil(reason.isActiveWindow)
    reason.editor.setPlainText("誤記のため")
    qtbot.keyClick(reason.editor, Qt.Key.Key_Return, CONTROL)
    assert given == ["誤記のため"]
    danger = ConfirmDialog(None, "消す", "消えます", "消す", lambda: given.append("消した"))
    qtbot.addWidget(danger)
    danger.open()
    qtbot.waitUntil(danger.isActiveWindow)
    for widget in (danger.cancel_button, danger.confirm_button):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        qtbot.keyClick(widget, Qt.Key.Key_Return, CONTROL)
    assert (given, danger.isVisible()) == (["誤記のため"], True)
    danger.reject()


def test_the_error_of_a_field_goes_when_that_field_is_changed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    dialog.submit()
    rows = [dialog.form.row(key) for key in ("name", "day")]
    assert [row.error for row in rows] == ["氏名を入れてください。", "日付を入れてください。"]
    qtbot.keyClicks(dialog.name, "a")
    assert [row.error for row in rows] == ["", "日付を入れてください。"]
    qtbot.keyClicks(dialog.day.edit, "R8")
    assert [row.error for row in rows] == ["", ""]


def test_an_error_found_while_typing_is_not_wiped_by_that_typing(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    row = dialog.form.row("name")
    dialog.name.textChanged.connect(lambda text: row.set_error("短すぎます。" if len(text) < 3 else ""))
    dialog.submit()
    seen = []
    for letter in "abc":
        qtbot.keyClicks(dialog.name, letter)
        seen.append(row.error)
    assert seen == ["短すぎます。", "短すぎます。", ""]


def test_ctrl_z_takes_back_the_last_typing_in_a_field(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    qtbot.keyClicks(dialog.name, "abc")
    qtbot.keyClick(dialog.name, Qt.Key.Key_Z, CONTROL)
    assert dialog.name.text() == ""


def test_tab_leaves_a_grid_and_typing_tab_goes_cell_by_cell_to_its_end(qtbot: QtBot) -> None:
    dialog = opened(qtbot, Sample())
    dialog.grid.add_row(["", ""])
    dialog.grid.setCurrentCell(0, 0)
    dialog.grid.setFocus()
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Tab)
    assert not dialog.grid.hasFocus()
    dialog.grid.setFocus()
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Backtab)
    assert not dialog.grid.hasFocus()
    dialog.grid.setCurrentCell(0, 0)
    dialog.grid.setFocus()
    for words in ("p", "q"):
        qtbot.keyClicks(dialog.grid.focusWidget() or dialog.grid, words)
        editor = dialog.focusWidget()
        assert isinstance(editor, QLineEdit)
        qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert dialog.grid.values() == [["p", "q"]]
    focused = dialog.focusWidget()
    assert focused is not None
    assert focused is not dialog.grid
    assert not dialog.grid.isAncestorOf(focused)


def test_tab_leaves_a_long_text(qtbot: QtBot) -> None:
    dialog = Sample()
    text = QPlainTextEdit()
    dialog.form.add("text", "文", text)
    opened(qtbot, dialog)
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert (text.toPlainText(), text.hasFocus()) == ("", False)


def test_opening_a_window_is_the_next_act_and_clears_the_banner_of_its_room(qtbot: QtBot) -> None:
    page = RoomPage("部屋")
    qtbot.addWidget(page)
    page.banner.show_message("できません。", tokens.Tone.BAD)
    Dialog(QWidget(page), "次の操作").open()
    assert page.banner.text == ""


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_number_is_as_tall_as_a_line_and_its_text_as_far_from_the_edge(
    qtbot: QtBot, qapp, scale: float
) -> None:
    apply_theme(qapp, tokens.LIGHT, scale)
    dialog = opened(qtbot, Sample())
    assert dialog.count.height() == dialog.name.height()
    assert dialog.count.lineEdit().textMargins().left() == round(8 * scale)


def test_the_heading_of_a_field_stands_at_the_height_of_its_text(qtbot: QtBot) -> None:
    dialog = Sample()
    plain = label("字だけ")
    row = dialog.form.add("plain", "見出し", plain)
    opened(qtbot, dialog)

    def middle(part: QLabel | QLineEdit) -> int:
        margins = part.contentsMargins()
        inner = part.fontMetrics().height() if isinstance(part, QLabel) else part.height()
        return part.mapTo(dialog, part.rect().topLeft()).y() + margins.top() + inner // 2

    assert abs(middle(row.heading) - middle(plain)) <= 1
    assert abs(middle(dialog.form.row("name").heading) - middle(dialog.name)) <= 1

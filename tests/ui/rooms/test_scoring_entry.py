"""採点の画面：答案を鍵盤で打つ、二度目の入力を照らす。"""

from dataclasses import replace
from time import perf_counter

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.services import scoring
from app.services.office import Office
from app.services.scoring import QuestionForm
from app.services.views.scoring_marking import AnswersTyped
from database.opening import Store
from tests.factories import make_actor, make_office
from tests.ui.rooms.course_sample import THREE, dialog_of, make_ready, press
from ui.background import Background
from ui.messages import LeaveDialog, ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.scoring.entry import EntryDialog

SECOND = make_actor(name="事務 月子")
SPACE, ENTER = Qt.Key.Key_Space, Qt.Key.Key_Return


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_entry(qtbot: QtBot, office: Office, background: Background, test: int) -> EntryDialog:
    dialog = EntryDialog(None, RoomContext(office, background), test, "修了認定テスト")  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.modes.current == "first", timeout=20_000)
    return dialog


def ready(office: Office) -> int:
    _, test, _ = make_ready(office)
    scoring.set_questions(office, test, THREE)
    return test


def typed(qtbot: QtBot, dialog: EntryDialog, keys: str) -> None:
    for key in keys:
        qtbot.keyClick(dialog.grid, ENTER if key == "\n" else SPACE if key == " " else key)


def saved(office: Office, test: int) -> list[tuple[str, dict[int, object]]]:
    return [(r.outcome, dict(r.answers)) for r in scoring.answer_grid(office, test).rows]


def enter_three(qtbot: QtBot, office: Office, background: Background) -> int:
    test = ready(office)
    dialog = open_entry(qtbot, office, background, test)
    typed(qtbot, dialog, "1b 9\n")
    typed(qtbot, dialog, " b 10\n")
    qtbot.keyClick(dialog.grid, "2", Qt.KeyboardModifier.ControlModifier)
    typed(qtbot, dialog, "\n")
    dialog.close()
    return test


def test_one_key_is_one_answer_and_enter_saves_and_goes_to_the_next_person(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    test = ready(office)
    dialog = open_entry(qtbot, office, background, test)
    typed(qtbot, dialog, "1")
    assert dialog.grid.currentIndex().column() == 3
    # 二つ選ぶ設問は → で次へ進み、点は数字で打つ
    typed(qtbot, dialog, "bc ")
    typed(qtbot, dialog, "9")
    assert saved(office, test)[0] == ("", {})
    typed(qtbot, dialog, "\n")
    assert saved(office, test)[0] == ("points", {1: ("ア",), 2: ("イ", "ウ"), 3: 9})
    assert (dialog.grid.currentIndex().row(), dialog.grid.currentIndex().column()) == (1, 2)
    assert dialog.model.state(0) == "入力済"
    assert dialog.model.state(1) == "未入力"


def test_the_outcomes_have_keys_and_answers_are_left_empty_by_space(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    test = enter_three(qtbot, office, background)
    assert saved(office, test) == [
        ("points", {1: ("ア",), 2: ("イ",), 3: 9}),
        ("points", {2: ("イ",), 3: 10}),
        ("absent", {}),
    ]


def test_a_key_that_is_no_choice_says_so_and_writes_nothing(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    dialog = open_entry(qtbot, office, background, ready(office))
    typed(qtbot, dialog, "z")
    assert dialog.hint.text() == "問1に肢「z」はありません（ア イ ウ エ）。"
    assert dialog.model.drafts == {}
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Home)
    typed(qtbot, dialog, "21")
    assert (
        dialog.hint.text()
        == "結果が「欠席」です。受験した人なら、先に結果を「受験」（Ctrl+1）にしてください。"
    )


def test_backspace_and_undo_take_typing_back(qtbot: QtBot, office: Office, background: Background) -> None:
    dialog = open_entry(qtbot, office, background, ready(office))
    typed(qtbot, dialog, "1")
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Backspace)
    assert (dialog.model.answer(0, 1), dialog.grid.currentIndex().column()) == (None, 2)
    typed(qtbot, dialog, "3")
    qtbot.keyClick(dialog.grid, "z", Qt.KeyboardModifier.ControlModifier)
    assert (dialog.model.answer(0, 1), dialog.model.outcome(0), dialog.model.drafts) == (None, "", {})


def test_moving_up_or_down_also_saves(qtbot: QtBot, office: Office, background: Background) -> None:
    test = ready(office)
    dialog = open_entry(qtbot, office, background, test)
    typed(qtbot, dialog, "2")
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: not dialog.model.drafts)
    assert saved(office, test)[0] == ("points", {1: ("イ",)})


def test_the_second_typist_starts_blank_and_differences_are_settled_at_the_cell(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    test = enter_three(qtbot, office, background)
    dialog = open_entry(qtbot, replace(office, actor=SECOND), background, test)
    dialog.modes.choose("second")
    qtbot.waitUntil(lambda: dialog.model.second, timeout=20_000)
    assert [dialog.model.data(dialog.model.index(0, c)) for c in range(5)] == ["", "未照合", "", "", ""]
    typed(qtbot, dialog, "2b 8\n")
    assert dialog.model.state(0) == "違いあり"
    assert dialog.grid.currentIndex().column() == 2
    assert dialog.note.text == "受付0001：初めの入力（事務 花子さん）と2か所が違います。"
    assert dialog.difference.text() == (
        "問1が違います　一度目 「ア」　二度目 「イ」　答案を見て、どちらかを採ってください。"
    )
    press(qtbot, dialog.first_button)
    assert dialog.grid.currentIndex().column() == 4
    qtbot.keyClick(dialog.grid, "2", Qt.KeyboardModifier.AltModifier)
    assert saved(office, test)[0][1] == {1: ("ア",), 2: ("イ",), 3: 9}
    typed(qtbot, dialog, "\n")
    assert saved(office, test)[0][1] == {1: ("ア",), 2: ("イ",), 3: 8}
    assert (dialog.model.state(0), dialog.grid.currentIndex().row()) == ("照合済", 1)
    assert scoring.answer_grid(office, test).rows[0].checked_by == "事務 月子"


def test_the_first_typist_finds_nothing_to_type_a_second_time(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    dialog = open_entry(qtbot, office, background, enter_three(qtbot, office, background))
    dialog.modes.choose("second")
    qtbot.waitUntil(lambda: dialog.model.second, timeout=20_000)
    assert dialog.model.people == []
    assert dialog.note.text == "二度目に打てる答案がありません。初めに打った本人は、二度目を打てません。"


def test_an_answer_that_was_checked_is_corrected_with_a_reason(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    test = enter_three(qtbot, office, background)
    other = replace(office, actor=SECOND)
    row = scoring.answer_grid(other, test).rows[0]
    scoring.check_answers(other, test, row, AnswersTyped(row.outcome, row.answers))
    dialog = open_entry(qtbot, office, background, test)
    dialog.grid.go(0, 2)
    typed(qtbot, dialog, "4\n")
    reason = dialog_of(dialog, ReasonDialog)
    assert saved(office, test)[0][1][1] == ("ア",)
    reason.editor.setPlainText("読み違い")
    reason.submit()
    assert saved(office, test)[0][1][1] == ("エ",)
    assert dialog.model.drafts == {}


def test_what_cannot_be_saved_is_not_lost_on_closing_without_asking(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    test = ready(office)
    dialog = open_entry(qtbot, office, background, test)
    row = scoring.answer_grid(office, test).rows[0]
    scoring.save_answers(office, test, row, AnswersTyped("points", {1: ("ウ",)}))
    typed(qtbot, dialog, "1\n")
    assert dialog.model.state(0) == "未保存"
    assert dialog.note.text == (
        "受付0001　受付0001の答案は、開いた後にほかで変わっています。表を開き直してから打ってください。"
    )
    dialog.reject()
    leaving = dialog_of(dialog, LeaveDialog)
    assert dialog.isVisible()
    leaving.confirm_button.click()
    assert not dialog.isVisible()


def test_a_locked_test_is_only_looked_at(qtbot: QtBot, office: Office, background: Background) -> None:
    test = enter_three(qtbot, office, background)
    scoring.lock_test(office, test)
    dialog = open_entry(qtbot, office, background, test)
    dialog.grid.go(0, 2)
    typed(qtbot, dialog, "4")
    assert dialog.model.drafts == {}
    assert dialog.hint.text() == "確定したテストの答案は変えられません。"


def test_a_key_takes_less_than_20_ms_with_100_questions_and_300_people(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, test, _ = make_ready(office)
    questions = [QuestionForm(n, "ABCDE"[n % 5], 1, ("アイウエ"[n % 4],)) for n in range(1, 101)]
    scoring.set_questions(office, test, questions)
    dialog = open_entry(qtbot, office, background, test)
    dialog.model.people *= 100
    dialog.model.beginResetModel()
    dialog.model.endResetModel()
    dialog.grid.go(0, 2)
    started = perf_counter()
    typed(qtbot, dialog, "1" * 100)
    assert dialog.grid.currentIndex().column() == 101
    assert (perf_counter() - started) / 100 < 0.02

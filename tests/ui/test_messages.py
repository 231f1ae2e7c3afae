"""知らせ・長い仕事・入り口の窓。"""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.errors import RuleViolation
from ui.background import Background, Progress
from ui.messages import ConfirmDialog, SecondPersonDialog, ask_reason, error_details, show_error
from ui.sign_in import FirstRunDialog, SetupRequest, SignInDialog, SignInRequest


def test_long_work_runs_elsewhere_and_answers_here(qtbot, background: Background) -> None:
    here = threading.get_ident()
    seen: list[object] = []

    def work(progress: Progress) -> bool:
        progress.report(1, 2, "半分")
        return threading.get_ident() != here

    job = background.run(
        work,
        lambda result: seen.append(("済み", result, threading.get_ident() == here)),
        progress=lambda done, total, text: seen.append((done, total, text)),
    )
    qtbot.waitUntil(lambda: not background.is_busy, timeout=20_000)
    assert (seen, job.is_over) == ([(1, 2, "半分"), ("済み", True, True)], True)


def test_failed_work_hands_over_its_error(qtbot, background: Background) -> None:
    errors: list[BaseException] = []

    def work(_progress: Progress) -> None:
        raise RuleViolation("できません。")

    background.run(work, failed=errors.append)
    qtbot.waitUntil(lambda: not background.is_busy, timeout=20_000)
    assert [(type(e), str(e)) for e in errors] == [(RuleViolation, "できません。")]


def test_cancelled_work_stops_at_its_next_report(qtbot, background: Background) -> None:
    go, seen = threading.Event(), []

    def work(progress: Progress) -> None:
        go.wait(5)
        progress.report(1, 2)
        seen.append("続けてしまった")

    job = background.run(work, lambda _result: seen.append("済み"))
    job.cancelled.connect(lambda: seen.append("中止"))
    job.cancel()
    go.set()
    qtbot.waitUntil(lambda: not background.is_busy, timeout=20_000)
    assert seen == ["中止"]


def test_enter_never_confirms_a_dangerous_action(qtbot) -> None:
    done: list[int] = []
    dialog = ConfirmDialog(None, "消します", "見本 花子の下書きが消えます。", "消す", lambda: done.append(1))
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.focusWidget() is dialog.cancel_button
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.confirm_button, Qt.Key.Key_Return)
    qtbot.keyClick(dialog.cancel_button, Qt.Key.Key_Enter)
    assert (done, dialog.isVisible()) == ([], True)
    qtbot.mouseClick(dialog.confirm_button, Qt.MouseButton.LeftButton)
    assert done == [1]


def test_a_blank_reason_is_not_taken(qtbot) -> None:
    given: list[str] = []
    dialog = ask_reason(None, "改めます", "", "改める", given.append)
    dialog.editor.setPlainText(" \n")
    dialog.submit()
    assert (given, dialog.error) == ([], "理由を書いてください。記録に残り、後から読めます。")
    dialog.editor.setPlainText(" 誤記のため ")
    dialog.submit()
    assert given == ["誤記のため"]


def test_second_person_is_asked_again_when_refused(qtbot) -> None:
    def given(login: str, word: str) -> None:
        if (login, word) != ("sato", "正しい"):
            raise RuleViolation("利用者名かパスワードが違います。")

    dialog = SecondPersonDialog(None, "確認", "", given)
    dialog.open()
    dialog.submit()
    assert dialog.errors == ("利用者名を入れてください。", "パスワードを入れてください。")
    dialog.login.setText(" sato ")
    dialog.password.setText("違う")
    dialog.submit()
    assert dialog.errors == ("", "利用者名かパスワードが違います。")
    assert (dialog.password.selectedText(), dialog.focusWidget()) == ("違う", dialog.password)
    dialog.password.setText("正しい")
    dialog.submit()
    assert dialog.isVisible() is False


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_refusal_is_shown_in_its_own_words_without_details(qtbot) -> None:
    dialog = show_error(None, RuleViolation("期は閉じています。"))
    assert (dialog.words.text(), dialog.details) == ("期は閉じています。", "")
    dialog.close()


def test_unexpected_error_names_no_person_and_can_be_copied(qtbot, log_fail: Callable[..., Any]) -> None:
    error = raised(ValueError("見本 花子の住所"))
    number, details = error_details(error)
    with log_fail() as lines:
        dialog = show_error(None, error)
    assert [line.startswith(f"ui.messages ERROR: 照合番号 {number}") for line in lines] == [True]
    dialog.copy_details()
    copied = QGuiApplication.clipboard().text()
    assert copied == details
    assert [text.count("花子") for text in (copied, dialog.words.text(), *lines)] == [0, 0, 0]
    dialog.close()


def test_sign_in_asks_for_what_is_missing_then_opens(qtbot, background: Background) -> None:
    asked: list[SignInRequest] = []

    def sign_in(request: SignInRequest) -> str:
        asked.append(request)
        if request.password != "p":
            raise RuleViolation("利用者名かパスワードが違います。")
        return "入った"

    dialog = SignInDialog("nintei.db", sign_in, background)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.submit()
    assert (asked, dialog.row_error("passphrase")) == ([], "合言葉を入れてください。")
    dialog.passphrase.setText("合言葉")
    dialog.login.setText("yamada")
    dialog.password.setText("x")
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.note.text != "", timeout=20_000)
    assert dialog.note.text == "利用者名かパスワードが違います。"
    dialog.password.setText("p")
    with qtbot.waitSignal(dialog.signed_in) as opened:
        dialog.submit()
    assert opened.args == ["入った"]
    assert (asked[-1], dialog.passphrase.text()) == (SignInRequest("合言葉", "yamada", "p"), "")


def test_first_run_shows_the_recovery_key_until_it_is_noted(qtbot, background: Background) -> None:
    asked: list[SetupRequest] = []

    def create(request: SetupRequest) -> str:
        asked.append(request)
        return "AB12-CD34"

    dialog = FirstRunDialog("nintei.db", create, background)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.first.setText("みじかい")
    assert sorted(dialog.errors()) == ["admin_name", "first", "login", "password", "second"]
    for entry in (dialog.first, dialog.second):
        entry.setText("長い長い合言葉を決めました")
    dialog.admin_name.setText("髙﨑󠄀 花子")
    dialog.login.setText("hanako-san")
    for word, wrong in (("abcdefghi", True), ("hanako-san", True), ("abcdefghij", False)):
        for entry in (dialog.password, dialog.password_again):
            entry.setText(word)
        assert ("password" in dialog.errors()) is wrong
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.key_page.is_key_shown, timeout=20_000)
    assert asked == [SetupRequest("長い長い合言葉を決めました", "髙﨑󠄀 花子", "hanako-san", "abcdefghij")]
    assert (dialog.key_page.key_label.text(), dialog.key_page.start_button.isEnabled()) == (
        "AB12-CD34",
        False,
    )
    dialog.reject()
    assert dialog.isVisible() is True
    dialog.key_page.noted.setChecked(True)
    QGuiApplication.clipboard().setText("AB12-CD34")
    with qtbot.waitSignal(dialog.created):
        dialog.key_page.start_button.click()
    assert (dialog.key_page.key_label.text(), QGuiApplication.clipboard().text(), dialog.isVisible()) == (
        "",
        "",
        False,
    )

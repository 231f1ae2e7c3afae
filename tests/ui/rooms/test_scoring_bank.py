"""採点の画面：問題庫で書き、審査し、テストに入れる。"""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import scoring
from app.services.office import Office
from app.services.views.scoring_bank import BankForm
from database.opening import Store
from tests.factories import make_actor, make_meeting, make_office
from tests.ui.rooms.course_sample import dialog_of, make_ready, press
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.scoring.bank import ApproveDialog, BankDialog
from ui.rooms.scoring.bank_form import BankFormDialog
from ui.rooms.scoring.room import ScoringRoom

CHOICES = (("ア", "在留カード"), ("イ", "住民票"))
FORM = BankForm("B-001", "B", "choice", "在留資格を確かめる書類はどれか。", 4, CHOICES, ("ア",))


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_bank(qtbot: QtBot, office: Office, background: Background, cohort: int) -> BankDialog:
    room = ScoringRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.show()
    press(qtbot, room.bank_button)
    dialog = dialog_of(room, BankDialog)
    qtbot.waitUntil(lambda: dialog.states.current == "all", timeout=20_000)
    return dialog


def buttons(dialog: BankDialog) -> set[str]:
    return {key for key, made in dialog.buttons.items() if made.isEnabled()}


def reviewer(office: Office) -> Office:
    return replace(office, actor=make_actor(Role.MANAGER, "責任 次郎"))


def test_a_question_is_written_and_sent_to_review(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    dialog = open_bank(qtbot, reviewer(office), background, cohort)
    assert buttons(dialog) == {"create"}
    press(qtbot, dialog.buttons["create"])
    form = dialog_of(dialog, BankFormDialog)
    form.code.setText("B-001")
    form.text.setPlainText("在留資格を確かめる書類はどれか。")
    form.submit()
    assert form.form.row("choices").error == "肢を二つ以上、名を重ねずに書いてください。"
    for row, words in enumerate(("在留カード", "住民票")):
        form.choices.put(row, 2, words)
    form.choices.put(0, 1, "正答")
    form.points.setValue(4)
    form.submit()
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    assert [(q.code, q.newest.choices, q.newest.key) for q in dialog.model.rows] == [
        ("B-001", CHOICES, ("ア",))
    ]
    assert dialog.detail.choices.text() == "○ア　在留カード\n　イ　住民票"
    press(qtbot, dialog.buttons["submit"])
    qtbot.waitUntil(lambda: dialog.model.rows[0].newest.state == "review", timeout=20_000)
    # 書いた人は、承認も差戻しもできない
    assert buttons(dialog) == {"create", "remark"}


def test_another_returns_it_with_words_then_approves_it_with_the_meeting(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    make_meeting(office, cohort)
    scoring.create_bank_question(office, FORM)
    version = scoring.list_bank(office)[0].newest.id
    scoring.submit_bank_version(office, version)
    dialog = open_bank(qtbot, reviewer(office), background, cohort)
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    assert buttons(dialog) == {"create", "remark", "return", "approve"}
    press(qtbot, dialog.buttons["return"])
    reason = dialog_of(dialog, ReasonDialog)
    reason.editor.setPlainText("肢を増やすこと")
    reason.submit()
    qtbot.waitUntil(lambda: dialog.model.rows[0].newest.state == "draft", timeout=20_000)
    assert [r.remark for r in dialog.detail.reviews.rows] == ["", "肢を増やすこと"]
    scoring.submit_bank_version(office, version)
    dialog.read()
    qtbot.waitUntil(dialog.buttons["approve"].isEnabled, timeout=20_000)
    press(qtbot, dialog.buttons["approve"])
    approving = dialog_of(dialog, ApproveDialog)
    approving.meeting.setCurrentIndex(1)
    approving.submit()
    qtbot.waitUntil(lambda: dialog.model.rows[0].newest.state == "approved", timeout=20_000)
    assert dialog.detail.reviews.rows[-1].meeting == "第1回（令和8年3月20日）"


def test_an_approved_question_goes_to_the_paper_and_shows_its_use(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    scoring.create_bank_question(office, FORM)
    version = scoring.list_bank(office)[0].newest.id
    scoring.submit_bank_version(office, version)
    scoring.approve_bank_version(reviewer(office), version)
    dialog = open_bank(qtbot, office, background, cohort)
    qtbot.waitUntil(dialog.place_button.isEnabled, timeout=20_000)
    press(qtbot, dialog.place_button)
    assert dialog.note.text == "「B-001」を「修了認定テスト」の問1として入れました。"
    qtbot.waitUntil(lambda: bool(dialog.detail.uses.rows), timeout=20_000)
    assert [(u.title, u.number, u.n) for u in dialog.detail.uses.rows] == [("修了認定テスト", 1, 0)]
    (question,) = scoring.list_tests(office, cohort)[0].questions
    assert (question.text, question.key, question.choices) == (FORM.text, ("ア",), CHOICES)
    press(qtbot, dialog.place_button)
    assert dialog.note.text == "「B-001」は、問1として既に入っています。"


def test_the_list_is_narrowed_by_state_and_words(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_ready(office)
    for code, text in (("B-001", "在留資格"), ("C-001", "文化")):
        scoring.create_bank_question(office, replace(FORM, code=code, text=text))
    dialog = open_bank(qtbot, office, background, cohort)
    qtbot.waitUntil(lambda: len(dialog.model.rows) == 2, timeout=20_000)
    dialog.search.setText("文化")
    assert [q.code for q in dialog.model.rows] == ["C-001"]
    dialog.search.clear()
    dialog.states.choose("approved")
    assert (list(dialog.model.rows), dialog.detail.heading.text()) == (
        [],
        "左の一覧から問題を選んでください。",
    )
    dialog.states.choose("draft")
    assert [q.code for q in dialog.model.rows] == ["B-001", "C-001"]


def test_the_versions_are_looked_at_one_by_one(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort, _, _ = make_ready(office)
    made = scoring.create_bank_question(office, FORM)
    version = scoring.list_bank(office)[0].newest.id
    scoring.submit_bank_version(office, version)
    scoring.approve_bank_version(reviewer(office), version)
    scoring.revise_bank_question(office, made, replace(FORM, text="直した"))
    dialog = open_bank(qtbot, office, background, cohort)
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    assert (dialog.detail.heading.text(), dialog.detail.text.text()) == ("B-001　第2版", "直した")
    dialog.detail.tabs.choose("versions")
    dialog.detail.tables["versions"].select_key(version)
    assert (dialog.detail.heading.text(), dialog.detail.text.text()) == ("B-001　第1版", FORM.text)

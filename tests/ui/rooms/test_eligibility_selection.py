"""選考の窓：基準の並び、定員の線、理由つきの移動、二人目、繰上げ。"""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.domain.selection import Criterion
from app.services import accounts, eligibility, intake
from app.services.office import Office, PasswordCost
from database.opening import Store
from tests.factories import TODAY, as_role, make_actor, make_office
from tests.services.selection_scene import make_crowded
from tests.ui.rooms.course_sample import dialog_of, press
from ui.background import Background
from ui.messages import ReasonDialog, SecondPersonDialog
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.room import EligibilityRoom
from ui.rooms.eligibility.selecting import SelectionDialog
from ui.rooms.eligibility.selecting_parts import CapacityDialog, MoveDialog
from ui.theme.style import current_look

PASSWORD = "確認のための言葉です"
RECEPTION = (Criterion("reception", "受付の早い順"),)


@pytest.fixture
def office(store: Store) -> Office:
    made = replace(make_office(store), password_cost=PasswordCost(1, 64))
    admin = replace(made, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
    accounts.add_account(admin, "second", "確認 四郎", Role.MANAGER, PASSWORD)
    return made


def open_room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> EligibilityRoom:
    room = EligibilityRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


def open_dialog(
    qtbot: QtBot, office: Office, background: Background, capacity: int = 3
) -> tuple[EligibilityRoom, SelectionDialog]:
    cohort, _ = make_crowded(office, capacity)
    room = open_room(qtbot, office, background, cohort)
    press(qtbot, room.selection_button)
    return room, dialog_of(room, SelectionDialog)


def shown(dialog: SelectionDialog) -> list[tuple[int, str]]:
    return [(r.reception_number, r.outcome.words) for r in dialog.model.rows]


def confirm(dialog: SelectionDialog) -> None:
    second = dialog_of(dialog, SecondPersonDialog)
    second.login.setText("second")
    second.password.setText(PASSWORD)
    second.submit()


def test_criteria_are_ordered_by_buttons_and_the_line_follows_at_once(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, dialog = open_dialog(qtbot, office, background)
    assert dialog.words.text() == "令和8年度 第1期　定員3名　資格あり6名（3名超過）"
    assert not dialog.decide_button.isEnabled()  # 基準をまだ定めていない
    assert dialog.decide_button.toolTip().startswith("基準を替えたので")
    dialog.box.add("affiliation")
    assert [c.key for c in dialog.box.criteria] == ["affiliation", "reception"]
    assert [n for n, _ in shown(dialog)] == [1, 4, 6, 2, 5, 3]
    press(qtbot, dialog.box.down_button)
    assert [c.key for c in dialog.box.criteria] == ["reception", "affiliation"]
    assert [n for n, _ in shown(dialog)] == [1, 2, 3, 4, 5, 6]
    assert "「所属機関ごとに一人目を先に」は働きません" in dialog.warning.text
    press(qtbot, dialog.box.up_button)
    dialog.box.waiting.setValue(2)
    dialog.box.items.item(0).setText("所属機関の均衡")
    press(qtbot, dialog.criteria_button)
    assert not dialog.criteria_button.isEnabled()
    press(qtbot, dialog.decide_button)
    assert dialog.note.text == "選考を決定しました：選ばれた人3名、待機2名、選考外1名"
    assert [(r.reception_number, r.decided) for r in dialog.model.rows] == [
        (1, "選ばれた"),
        (4, "選ばれた"),
        (6, "選ばれた"),
        (2, "待機1"),
        (5, "待機2"),
        (3, "選考外"),
    ]
    assert not dialog.decide_button.isEnabled()
    assert [room.model.columns[3].text(r) for r in room.model.rows] == [
        "選考：選ばれた",
        "選考：待機1",
        "選考：選考外",
        "選考：選ばれた",
        "選考：待機2",
        "選考：選ばれた",
    ]
    plan = eligibility.get_selection(office, 1).plan
    assert plan.criteria[0] == Criterion("affiliation", "所属機関の均衡")


def test_why_a_person_stands_there_is_said_below_the_table(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, dialog = open_dialog(qtbot, office, background)
    dialog.box.add("prefecture")
    dialog.table.selectRow(3)
    assert dialog.why.text == (
        "4番目　見本 二葉：待機1\n都道府県：東京都の2人目／受付：令和8年1月6日（0002）\n"
        "一つ上の人の後になった基準：都道府県ごとに一人目を先に"
    )


def test_the_capacity_is_drawn_as_a_line_under_the_last_selected(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, dialog = open_dialog(qtbot, office, background)
    accent = QColor(current_look().colour("accent")).name()

    def line(place: int) -> bool:
        rect = dialog.table.visualRect(dialog.model.index(place, 2))
        image = dialog.table.viewport().grab().toImage()
        ratio = image.devicePixelRatio()
        return (
            QColor(image.pixel(round(rect.center().x() * ratio), round(rect.bottom() * ratio))).name()
            == accent
        )

    assert [line(place) for place in range(5)] == [False, False, True, False, False]


def test_a_move_asks_for_a_reason_and_its_decision_for_a_second_person(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, dialog = open_dialog(qtbot, office, background)
    press(qtbot, dialog.criteria_button)
    dialog.table.selectRow(5)
    press(qtbot, dialog.move_button)
    move = dialog_of(dialog, MoveDialog)
    move.place.setValue(2)
    move.submit()
    assert move.form.row("reason").error.startswith("理由を書いてください。")
    move.reason.setPlainText("愛知県からの\n受講がないため")
    move.submit()
    assert shown(dialog)[:4] == [(1, "選ばれる"), (6, "選ばれる"), (2, "選ばれる"), (3, "待機1")]
    assert [dialog.model.columns[5].text(r) for r in dialog.model.rows] == [
        "",
        "動かした",
        "",
        "ずれた",
        "ずれた",
        "ずれた",
    ]
    assert eligibility.get_selection(office, 1).rows[1].reception_number == 2  # まだ書いていない
    press(qtbot, dialog.decide_button)
    second = dialog_of(dialog, SecondPersonDialog)
    assert second.words.text() == (
        "計算の並びと違う選考を決定します。\n"
        "・𠮷田 みなみ：待機3 → 選ばれる（愛知県からの 受講がないため）\nそれに伴い3名の結果が計算と違います。"
    )
    confirm(dialog)
    assert dialog.note.text.startswith("選考を決定しました：")
    row = next(r for r in dialog.model.rows if r.reception_number == 6)
    assert row.decided_reason == "愛知県からの 受講がないため（計算では6番目・待機3、確認 確認 四郎）"
    press(qtbot, dialog.unmove_button)
    assert [n for n, _ in shown(dialog)] == [1, 2, 3, 4, 5, 6]


def test_a_person_is_put_outside_and_the_decision_is_made_again_with_a_reason(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, dialog = open_dialog(qtbot, office, background)
    press(qtbot, dialog.criteria_button)
    press(qtbot, dialog.decide_button)
    dialog.table.selectRow(0)
    press(qtbot, dialog.move_button)
    move = dialog_of(dialog, MoveDialog)
    move.out.setChecked(True)
    assert not move.place.isEnabled()
    move.reason.setPlainText("受講の意思がないと確かめた")
    move.submit()
    press(qtbot, dialog.decide_button)
    dialog_of(dialog, ReasonDialog).editor.setPlainText("本人の連絡")
    dialog_of(dialog, ReasonDialog).submit()
    assert "選ばれていた1名が外れます。" in dialog_of(dialog, SecondPersonDialog).words.text()
    confirm(dialog)
    assert [(r.reception_number, r.decided) for r in dialog.model.rows] == [
        (2, "選ばれた"),
        (3, "選ばれた"),
        (4, "選ばれた"),
        (5, "待機1"),
        (6, "待機2"),
        (1, "選考外"),
    ]


def test_within_the_capacity_one_press_selects_all(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, dialog = open_dialog(qtbot, office, background, capacity=6)
    assert dialog.decide_button.text() == "全員の受講を決定する"
    press(qtbot, dialog.decide_button)
    assert dialog.note.text == "資格ありの人は定員の内です。6名全員の受講を決定しました。"


def test_the_lots_are_drawn_once_and_again_only_with_four_eyes(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    _, dialog = open_dialog(qtbot, office, background)
    assert not dialog.lot_button.isVisible()
    dialog.box.add("lot")
    dialog.box.items.setCurrentRow(1)
    press(qtbot, dialog.box.remove_button)
    assert [c.key for c in dialog.box.criteria] == ["lot"]
    assert not dialog.lot_button.isEnabled()
    press(qtbot, dialog.criteria_button)
    press(qtbot, dialog.lot_button)
    seed = eligibility.get_selection(office, 1).plan.seed
    assert dialog.lot_words.text() == f"令和8年2月20日 事務 花子が引いた種：{seed}"
    press(qtbot, dialog.lot_button)
    dialog_of(dialog, ReasonDialog).editor.setPlainText("立会いの誤り")
    dialog_of(dialog, ReasonDialog).submit()
    confirm(dialog)
    assert eligibility.get_selection(office, 1).plan.seed != seed


def test_a_free_seat_is_filled_from_the_dialog(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort, ids = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, RECEPTION)
    eligibility.decide_selection(office, cohort)
    intake.withdraw(office, ids[0], TODAY, "本人の申出")
    room = open_room(qtbot, office, background, cohort)
    press(qtbot, room.selection_button)
    dialog = dialog_of(room, SelectionDialog)
    assert dialog.promote_button.text() == "待機1番の髙﨑󠄀 健太郎さんを繰り上げる"
    press(qtbot, dialog.promote_button)
    assert dialog.note.text.startswith("髙﨑󠄀 健太郎さんを繰り上げました。")
    assert not dialog.promote_button.isVisible()


def test_the_capacity_is_changed_with_a_reason(qtbot: QtBot, office: Office, background: Background) -> None:
    _, dialog = open_dialog(qtbot, office, background)
    press(qtbot, dialog.capacity_button)
    change = dialog_of(dialog, CapacityDialog)
    change.capacity.setValue(6)
    change.submit()
    assert change.form.row("reason").error == "理由を書いてください。"
    change.reason.setPlainText("会場の変更")
    change.submit()
    assert dialog.words.text() == "令和8年度 第1期　定員6名　資格あり6名（定員の内）"


def test_an_auditor_sees_and_cannot_decide(qtbot: QtBot, office: Office, background: Background) -> None:
    cohort, _ = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, RECEPTION)
    dialog = SelectionDialog(None, RoomContext(as_role(office, Role.AUDITOR), background, cohort), cohort)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show()
    assert len(dialog.model.rows) == 6
    assert [
        b.isEnabled()
        for b in (dialog.decide_button, dialog.criteria_button, dialog.lot_button, dialog.capacity_button)
    ] == [False] * 4


def test_without_anybody_eligible_the_button_rests(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_crowded(office, decided=False)
    room = open_room(qtbot, office, background, cohort)
    assert not room.selection_button.isEnabled()
    dialog = SelectionDialog(None, RoomContext(office, background, cohort), cohort)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show()
    assert dialog.empty.text.startswith("受講資格ありと決定した人がまだいません。")
    assert not dialog.decide_button.isEnabled()

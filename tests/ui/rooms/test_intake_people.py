"""受付の画面：同じ人かもしれない記録を見比べてまとめ、元に戻す。証書表記を見て確かめる。"""

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import intake
from app.services.office import Office
from database.opening import Store
from tests.factories import as_role, make_application, make_office
from tests.gallery.scenes_people import sample
from tests.ui.rooms.course_sample import dialog_of, press
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.duplicates import DuplicatesDialog
from ui.rooms.intake.person_merging import MergeDialog
from ui.rooms.intake.room import IntakeRoom
from ui.rooms.intake.signing import SigningDialog


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> IntakeRoom:
    made = IntakeRoom(RoomContext(office, background, sample(office)))
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def duplicates(qtbot: QtBot, room: IntakeRoom) -> DuplicatesDialog:
    room.menu_actions["同じ人かもしれない記録…"].trigger()
    dialog = dialog_of(room, DuplicatesDialog)
    qtbot.waitUntil(lambda: len(dialog.pair_model.rows) == 2)
    return dialog


def comparison(qtbot: QtBot, dialog: DuplicatesDialog) -> MergeDialog:
    press(qtbot, dialog.compare_button)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(MergeDialog)))
    return dialog_of(dialog, MergeDialog)


def test_two_records_are_compared_merged_and_taken_apart_again(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    dialog = duplicates(qtbot, room)
    assert dialog.detail.text() == "一方の旧姓がもう一方の氏名と同じで、生年月日も同じです。"
    merging = comparison(qtbot, dialog)
    assert {key: pair.chosen for key, pair in merging.fields.items()} == {
        "name": 0, "reading": 0, "former_name": 1, "phone": 0, "email": 1, "address": 0, "affiliation": 0,
    }  # fmt: skip
    assert "同じ欄：生年月日 昭和60年4月1日" in merging.same.text()
    press(qtbot, merging.main_button)
    assert merging.form.row("reason").error == "同じ人と確かめたわけを書いてください。記録に残ります。"
    merging.fields["phone"].choose(1)
    merging.reason.setPlainText("戸籍の写し")
    press(qtbot, merging.main_button)
    qtbot.waitUntil(lambda: len(dialog.merge_model.rows) == 1 and len(dialog.pair_model.rows) == 1)
    assert dialog.words.text() == "髙橋 花子さんの二つの記録を一つにまとめました。"
    (merge,) = intake.list_merges(office)
    assert (merge.kept_name, merge.merged_name, merge.reason) == ("髙橋 花子", "佐藤 花子", "戸籍の写し")
    assert merge.replaced == (
        "旧姓：（なし） → 髙橋、電話：03-0000-0001 → 090-1111-2222、メール：（なし） → hanako@example.jp"
    )
    assert "髙橋 花子" in {r.name for r in intake.list_applications(office, 2)}
    dialog.tabs.setCurrentIndex(1)
    press(qtbot, dialog.unmerge_button)
    asked = dialog_of(dialog, ReasonDialog)
    asked.editor.setPlainText("別の人と分かった")
    press(qtbot, asked.main_button)
    qtbot.waitUntil(lambda: len(dialog.pair_model.rows) == 2)
    assert dialog.words.text() == "「佐藤 花子」の記録を元に戻しました（申込1件）。"
    assert dialog.unmerge_button.isEnabled() is False
    assert room.banner.text == dialog.words.text()


def test_the_other_record_may_be_kept(qtbot: QtBot, room: IntakeRoom, office: Office) -> None:
    merging = comparison(qtbot, duplicates(qtbot, room))
    merging.kept.choose(1)
    merging.reason.setPlainText("戸籍の写し")
    press(qtbot, merging.main_button)
    qtbot.waitUntil(lambda: bool(intake.list_merges(office)))
    (merge,) = intake.list_merges(office)
    assert (merge.kept_id, merge.merged_id) == (2, 1)
    # 氏名は残した記録のまま、そこになかった住所だけが入る
    assert merge.replaced == "住所：（なし） → 東京都見本区見本町一丁目2番3号 見本ビル405"


def test_what_cannot_be_merged_says_why(room: IntakeRoom, office: Office, background: Background) -> None:
    form = intake.get_application(office, 2).person
    make_application(office, 2, "佐藤 華子", reading=form.reading, birth_date=form.birth_date)
    context = RoomContext(office, background, 2)
    dialog = MergeDialog(room, context, intake.compare_people(office, 2, 8))
    dialog.open()
    assert dialog.main_button.isEnabled() is False
    assert dialog.note.text.startswith("どちらの記録にも令和7年度 第2期の申込があります")
    intake.withdraw(office, 8, date(2026, 2, 19), "二重の申込")
    again = MergeDialog(room, context, intake.compare_people(office, 2, 8))
    again.open()
    assert again.main_button.isEnabled() is True
    again.kept.choose(1)
    assert again.main_button.isEnabled() is False
    assert "もう一方の記録を残す方に選び直して" in again.note.text


def test_an_auditor_compares_but_does_not_merge(
    qtbot: QtBot, room: IntakeRoom, office: Office, background: Background
) -> None:
    context = RoomContext(as_role(office, Role.AUDITOR), background, 2)
    dialog = DuplicatesDialog(room, context)
    dialog.open()
    qtbot.waitUntil(lambda: len(dialog.pair_model.rows) == 2)
    assert comparison(qtbot, dialog).main_button.isEnabled() is False
    signing = SigningDialog(room, context, 2)
    signing.open()
    qtbot.waitUntil(lambda: not signing.paper.image.isNull())
    assert signing.sign_button.isEnabled() is False


def test_certificate_names_are_seen_and_signed_off_one_after_the_other(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    assert "（氏名のとおり）　まだ確認していません" in room.words["person"].text()
    room.menu_actions["証書表記の確認…"].trigger()
    dialog = dialog_of(room, SigningDialog)
    for printed in ("佐藤 花子", "渡邉󠄂 葛󠄀子", "神\ufa19 𠮷雄", "グエン　ティ　タオ"):
        qtbot.waitUntil(dialog.sign_button.isEnabled)
        assert dialog.paper.accessibleName() == f"証書に刷る氏名 {printed}"
        assert dialog.paper.image.width() > 1000
        press(qtbot, dialog.sign_button)
    qtbot.waitUntil(lambda: dialog.note.text.startswith("印刷できない字があります：𓀀（U+13000）"))
    assert dialog.sign_button.isEnabled() is False
    assert dialog.paper.image.isNull()
    assert dialog.filters.words() == ("まだ 1", "すべて 5")
    dialog.filters.choose("all")
    assert [r.signed_off for r in dialog.model.rows] == [True, True, True, True, False]
    press(qtbot, dialog.close_button)
    assert "（氏名のとおり）　確認済み" in room.words["person"].text()


@pytest.mark.parametrize("kind", [DuplicatesDialog, SigningDialog])
def test_a_window_closed_while_it_is_still_looking_leaves_nothing_behind(
    qtbot: QtBot, room: IntakeRoom, background: Background, kind: type[DuplicatesDialog | SigningDialog]
) -> None:
    words = "同じ人かもしれない記録…" if kind is DuplicatesDialog else "証書表記の確認…"
    room.menu_actions[words].trigger()
    press(qtbot, dialog_of(room, kind).close_button)
    qtbot.waitUntil(lambda: not background.is_busy)
    assert room.findChildren(kind) == []


def test_a_pair_is_said_to_be_two_people_and_the_mark_taken_back(qtbot: QtBot, room: IntakeRoom) -> None:
    dialog = duplicates(qtbot, room)
    for page, button, left in ((0, dialog.distinct_button, 1), (2, dialog.restore_button, 2)):
        dialog.tabs.setCurrentIndex(page)
        press(qtbot, button)
        asked = dialog_of(dialog, ReasonDialog)
        asked.editor.setPlainText("双子の姉妹")
        press(qtbot, asked.main_button)
        qtbot.waitUntil(lambda: len(dialog.pair_model.rows) == left)  # noqa: B023
    assert [dialog.tabs.tabText(n) for n in range(3)] == [
        "似た記録（2組）",
        "これまでの名寄せ（0）",
        "別の人とした組（0）",
    ]


def test_choosing_the_record_to_keep_takes_its_values_and_loses_none(qtbot: QtBot, room: IntakeRoom) -> None:
    merging = comparison(qtbot, duplicates(qtbot, room))
    merging.kept.choose(1)
    assert {key: pair.chosen for key, pair in merging.fields.items()} == {
        "name": 1, "reading": 1, "former_name": 1, "phone": 1, "email": 1, "address": 0, "affiliation": 1,
    }  # fmt: skip

"""受付の画面。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import intake
from app.services.office import Office
from app.workbooks.applicants import parse_applicants
from app.workbooks.reading import read_workbook
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import as_role, make_application, make_cohort, make_office
from tests.ui.rooms.course_sample import applicants_book, dialog_of, make_candidates, press
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.corrections import AnswerDialog, CorrectionDialog
from ui.rooms.intake.dialogs import CohortDialog, PersonDialog
from ui.rooms.intake.room import IntakeRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def open_room(qtbot: QtBot, context: RoomContext) -> IntakeRoom:
    room = IntakeRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    return room


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> IntakeRoom:
    return open_room(qtbot, RoomContext(office, background, make_candidates(office)[0]))


def test_without_a_cohort_one_is_made_from_the_empty_list(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, RoomContext(office, background, None))
    assert room.list_pane.empty.text == "まず研修期を作ってください。"
    assert not room.import_button.isEnabled()
    press(qtbot, room.list_pane.empty._button)
    dialog = dialog_of(room, CohortDialog)
    dialog.submit()
    assert dialog.form.row("starts").error == "研修開始日を入れてください。"
    dialog.starts.edit.setText("R8.13.1")
    dialog.submit()
    assert dialog.form.row("starts").error == dialog.starts.error
    dialog.starts.edit.setText("R7.8.1")
    dialog.submit()
    assert [(c.title, c.training_starts_on, c.capacity) for c in intake.list_cohorts(office)] == [
        ("令和7年度 第1期", date(2025, 8, 1), 60)
    ]


def test_the_same_cohort_twice_is_refused_in_the_dialog(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    room.create_cohort()
    dialog = dialog_of(room, CohortDialog)
    dialog.starts.edit.setText("R7.9.1")
    dialog.submit()
    assert "既に" in dialog.refusal.text
    assert len(intake.list_cohorts(office)) == 1


def test_an_empty_cohort_says_to_import_and_files_may_be_dropped(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    words = "申込がまだありません。申込様式をここに落とすか、取り込むか、手で入れてください。"
    assert room.list_pane.empty.text == words


def test_the_list_and_the_record_show_what_was_typed(room: IntakeRoom) -> None:
    assert [(r.reception, r.name) for r in room.model.rows] == [
        ("0001", "髙﨑󠄀 健太郎"),
        ("0002", "NGUYỄN THỊ PHƯƠNG THẢO"),
        ("0003", "渡邉 直樹"),
        ("0004", "𠮷田 みなみ"),
    ]
    assert room.record.heading.text() == "髙﨑󠄀 健太郎"
    assert room.words["career"].text() == "見本市相談窓口　令和4年4月1日〜現在　400日"
    room.open_target(room.model.rows[3].id)
    assert room.record.heading.text() == "𠮷田 みなみ"
    assert room.words["career"].text() == "記載がありません。"


def test_the_main_action_asks_for_a_correction_and_the_answer_is_received(
    qtbot: QtBot, room: IntakeRoom, office: Office
) -> None:
    assert not room.answer_button.isEnabled()
    room.main_action()
    dialog = dialog_of(room, CorrectionDialog)
    dialog.submit()
    assert dialog.form.row("item").error == "不備の内容を書いてください。"
    assert dialog.form.row("due").error == "期限を入れてください。"
    dialog.item.setPlainText("従業日数がない")
    dialog.due.edit.setText("R8.2.19")
    dialog.submit()
    assert "期限（令和8年2月19日）が過ぎています" in dialog.refusal.text
    dialog.due.edit.setText("R8.3.10")
    dialog.submit()
    assert room.papers.words.text() == "従業日数がない　期限 令和8年3月10日　依頼書がまだ"
    room.list_pane.filters.choose("waiting")
    assert [r.reception for r in room.model.rows] == ["0001"]
    press(qtbot, room.answer_button)
    answer = dialog_of(room, AnswerDialog)
    answer.answer.setPlainText("証明書が届いた")
    answer.submit()
    qtbot.waitUntil(lambda: room.banner.text == "回答を受けました：従業日数がない")
    assert [d.answered_on for d in intake.get_application(office, 1).deficiencies] == [date(2026, 2, 20)]


def test_a_name_is_changed_exactly_as_typed(room: IntakeRoom, office: Office) -> None:
    room.edit_person()
    dialog = dialog_of(room, PersonDialog)
    dialog.fields["name"].setText("神\ufa19 健太郎")
    dialog.birth_date.edit.setText("")
    dialog.submit()
    assert dialog.form.row("birth_date").error == "生年月日を入れてください。"
    dialog.birth_date.edit.setText("S55.4.1")
    dialog.submit()
    assert room.record.heading.text() == "神\ufa19 健太郎"
    assert intake.get_application(office, 1).person.name == "神\ufa19 健太郎"


def test_an_empty_name_is_refused_in_the_dialog(room: IntakeRoom, office: Office) -> None:
    room.edit_person()
    dialog = dialog_of(room, PersonDialog)
    dialog.fields["name"].setText(" ")
    dialog.submit()
    assert "氏名" in dialog.refusal.text
    assert intake.get_application(office, 1).person.name == "髙﨑󠄀 健太郎"


def test_a_withdrawal_needs_a_reason(room: IntakeRoom, office: Office) -> None:
    room.withdraw()
    dialog = dialog_of(room, ReasonDialog)
    assert "髙﨑󠄀 健太郎さんの申込を辞退とします" in dialog.words.text()
    dialog.submit()
    assert dialog.error.startswith("理由を書いてください。")
    dialog.editor.setPlainText("本人の申出")
    dialog.submit()
    application = intake.get_application(office, 1)
    assert (application.withdrawn_on, application.withdrawal_reason) == (date(2026, 2, 20), "本人の申出")
    assert room.list_pane.filters.words()[3] == "辞退 1"


def test_the_blank_workbook_is_written(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    target = tmp_path / "申込様式.xlsx"
    context = RoomContext(
        office, background, make_cohort(office), save_path=lambda _p, _t, _n, chosen: chosen(target)
    )
    room = open_room(qtbot, context)
    room.write_template()
    assert room.banner.text == f"申込様式を書きました：{target}"
    assert parse_applicants(read_workbook(target), date(2026, 2, 20)).forms == ()


def test_a_workbook_is_previewed_imported_and_its_refused_rows_given_back(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    refused = tmp_path / "断った行.xlsx"
    path = applicants_book(tmp_path / "申込.xlsx", bad=True)
    context = RoomContext(
        office,
        background,
        make_cohort(office),
        save_path=lambda _p, _t, _n, chosen: chosen(refused),
        open_paths=lambda _p, _t, _n, chosen: chosen([path]),
    )
    room = open_room(qtbot, context)
    press(qtbot, room.import_button)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    assert [(r.row, r.state) for r in dialog.rows.rows] == [(2, "new"), (3, "error"), (4, "new")]
    assert dialog.main_button.text() == "2件を取り込む"
    assert [(p.column, p.row) for p in dialog.problems.rows] == [("生年月日", 3)]
    assert intake.list_applications(office, 1) == ()
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.cancel_button.text() == "閉じる", timeout=20_000)
    assert [r.name for r in room.model.rows] == ["髙﨑󠄀 健太郎", "NGUYỄN THỊ PHƯƠNG THẢO"]
    assert room.banner.text == "受講申込を取り込みました：新規2件・変更0件・同じ0件・断った行1件"
    press(qtbot, dialog.save_button)
    qtbot.waitUntil(lambda: "断った行を書きました" in dialog.note.text, timeout=20_000)
    cells = [
        str(c) for row in openpyxl.load_workbook(refused)["申込者"].iter_rows(values_only=True) for c in row
    ]
    assert "見本 花子" in cells
    assert "髙﨑󠄀 健太郎" not in cells
    assert any("生年月日が空です" in c for c in cells)


def test_the_same_workbook_twice_changes_nothing_and_says_so(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path = applicants_book(tmp_path / "申込.xlsx")
    room = open_room(qtbot, RoomContext(office, background, make_cohort(office)))
    room.import_file(path)
    first = dialog_of(room, ImportDialog)
    qtbot.waitUntil(first.main_button.isEnabled, timeout=20_000)
    first.submit()
    qtbot.waitUntil(lambda: bool(room.banner.text), timeout=20_000)
    room.import_file(path)
    again = dialog_of(room, ImportDialog)
    qtbot.waitUntil(lambda: bool(again.rows.rows), timeout=20_000)
    assert {r.state for r in again.rows.rows} == {"unchanged"}
    assert not again.main_button.isEnabled()
    assert "前に取り込まれています" in again.note.text
    assert "取り込む行はありません" in again.note.text
    assert len(intake.list_applications(office, 1)) == 3


def test_the_refused_rows_are_never_written_over_the_source(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    path = applicants_book(tmp_path / "申込.xlsx", bad=True)
    before = path.read_bytes()
    context = RoomContext(
        office, background, make_cohort(office), save_path=lambda _p, _t, _n, chosen: chosen(path)
    )
    room = open_room(qtbot, context)
    room.import_file(path)
    dialog = dialog_of(room, ImportDialog)
    qtbot.waitUntil(dialog.main_button.isEnabled, timeout=20_000)
    press(qtbot, dialog.save_button)
    qtbot.waitUntil(lambda: "もとのファイルには書けません" in dialog.note.text, timeout=20_000)
    assert path.read_bytes() == before


def test_an_auditor_reads_but_is_refused_with_the_reason(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_candidates(office)
    room = open_room(qtbot, RoomContext(as_role(office, Role.AUDITOR), background, cohort))
    assert len(room.model.rows) == 4
    room.papers.request()
    dialog = dialog_of(room, CorrectionDialog)
    dialog.item.setPlainText("従業日数がない")
    dialog.due.edit.setText("R8.3.10")
    dialog.submit()
    assert "役割" in dialog.refusal.text


def test_a_correction_is_there_after_reopening(
    qtbot: QtBot, store_path: Path, background: Background
) -> None:
    with open_store(store_path, PASSPHRASE) as store:
        office = make_office(store)
        cohort = make_cohort(office)
        make_application(office, cohort, "神\ufa19 花子", eligible=False)
        room = open_room(qtbot, RoomContext(office, background, cohort))
        room.papers.request()
        dialog = dialog_of(room, CorrectionDialog)
        dialog.item.setPlainText("資格証の写し")
        dialog.due.edit.setText("R8.3.10")
        dialog.submit()
    with open_store(store_path, PASSPHRASE) as store:
        again = open_room(qtbot, RoomContext(make_office(store), background, cohort))
        assert [r.name for r in again.model.rows] == ["神\ufa19 花子"]
        assert again.papers.words.text() == "資格証の写し　期限 令和8年3月10日　依頼書がまだ"

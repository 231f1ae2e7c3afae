"""審査会議の画面：利害関係の一覧と申告、欠格事由の証拠、認証予定日を動かす、委員の関わり。"""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services import audit_log, committee
from app.services.committee.cases import ConvictionForm
from app.services.office import Office
from database.store import Store
from tests.scans import picture_bytes, scan_file
from tests.ui.rooms.committee_sample import TODAY, decide, make_manager_office, make_sitting
from tests.ui.rooms.test_committee import dialog_of, give_reason, give_second
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.committee.agenda import AgendaDialog, ItemDialog
from ui.rooms.committee.conflicts import ConflictsDialog, DeclarationsDialog, DeclareDialog, KindDialog
from ui.rooms.committee.day import CertificationDayDialog
from ui.rooms.committee.evidence import AnswerDialog, EvidenceDialog, EvidenceFormDialog
from ui.rooms.committee.interests import InterestsDialog
from ui.rooms.committee.members import MembersDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> CommitteeRoom:
    cohort, _ = make_sitting(office)
    made = CommitteeRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def reason_of(parent: QWidget, reason: str) -> None:
    dialog = dialog_of(parent, ReasonDialog)
    dialog.editor.setPlainText(reason)
    dialog.submit()


def test_the_conflicts_of_the_meeting_are_confirmed_with_their_kind_in_one_window(
    room: CommitteeRoom,
) -> None:
    room.head.meeting_actions["利害関係…"].trigger()
    dialog = dialog_of(room, ConflictsDialog)
    assert dialog.note.text == "未確認の候補が1件あります。確かめるまで、その案件と議題は議決できません。"
    assert [(r.place, r.member_name, r.ground, r.words) for r in dialog.model.rows] == [
        ("003", "見本 良子", "同一所属（見本大学）", "候補・未確認")
    ]
    dialog.confirm_button.click()
    kind = dialog_of(dialog, KindDialog)
    kind.kind.setCurrentIndex(2)
    kind.submit()
    assert [r.words for r in dialog.model.rows] == ["忌避"]
    assert (dialog.note.text, dialog.confirm_button.isEnabled()) == ("すべて確かめてあります。", False)
    dialog.suggest_button.click()
    assert dialog.note.text == "新しい候補はありません。"


def test_candidates_are_dismissed_together_by_two_people(room: CommitteeRoom) -> None:
    room.head.meeting_actions["利害関係…"].trigger()
    dialog = dialog_of(room, ConflictsDialog)
    dialog.dismiss_button.click()
    reason_of(dialog, "部局が違う")
    give_second(room)
    assert [(r.words, r.reason) for r in dialog.model.rows] == [("利害関係なし", "部局が違う")]


def test_the_members_are_asked_one_by_one_or_all_at_once(room: CommitteeRoom, office: Office) -> None:
    meeting = room.meeting
    assert meeting is not None
    committee.record_arrival(office, meeting.id, meeting.members[4].id, "14:10")
    room.refresh()
    room.certify()
    assert room.banner.text.startswith("利害関係をまだ尋ねていない委員がいます（西 真紀）。")
    room.head.declare_button.click()
    dialog = dialog_of(room, DeclarationsDialog)
    assert dialog.note.text == "まだ尋ねていない出席委員：西 真紀"
    dialog.all_button.click()
    assert dialog.note.text == "出席している委員の全員に尋ねてあります。"
    assert [r.answer for r in dialog.model.rows] == ["none"] * 5
    dialog.table.selectRow(1)
    dialog.has_button.click()
    declare = dialog_of(dialog, DeclareDialog)
    declare.numbers.setText("1、x")
    declare.submit()
    assert declare.form.row("numbers").error == "番号を読めません。3、12 のように入れてください。"
    declare.numbers.setText("１ ９")
    declare.submit()
    assert declare.form.row("numbers").error == "この会議にない番号です（9）。"
    declare.numbers.setText("１、2")
    assert declare.names.text() == "001 髙﨑󠄀 健太郎、002 NGUYỄN THỊ PHƯƠNG THẢO"
    declare.words_edit.setText("元の上司")
    declare.submit()
    assert dialog.model.rows[1].words == "案件001・案件002：元の上司".replace("・", "、")
    assert [r.recused for r in (room.meeting.cases if room.meeting else ())][:2] == [1, 1]


def test_evidence_is_recorded_answered_and_opened_beside_the_ground_with_a_reason(
    qtbot: QtBot, room: CommitteeRoom, office: Office, tmp_path: Path
) -> None:
    room.sheet.grounds.evidence_button("u").click()
    dialog = dialog_of(room, EvidenceDialog)
    assert dialog.note.text == "証拠はまだありません。"
    dialog.add_button.click()
    form = dialog_of(dialog, EvidenceFormDialog)
    form.kind.setCurrentIndex(1)
    form.submit()
    assert form.form.row("addressee").error == "どこに照会したかを入れてください。"
    form.addressee.setCurrentText("見本市長（本籍地）")
    with qtbot.waitSignal(form.saved):
        form.submit()
    assert room.sheet.grounds.evidence_button("u").text() == "答え待ち…"
    assert room.sheet.grounds.computed_of("u") == "要確認"
    dialog.answer_button.click()
    answer = dialog_of(dialog, AnswerDialog)
    answer.points.setCurrentIndex(1)
    answer.words_edit.setPlainText("犯罪人名簿に記載なし")
    answer.place.edit.setText(str(scan_file(tmp_path, "回答.png", picture_bytes())))
    with qtbot.waitSignal(answer.saved):
        answer.submit()
    assert room.sheet.grounds.computed_of("u") == "該当しない"
    assert dialog.paper.image.isNull()
    dialog.open_button.click()
    reason_of(dialog, "照会の答えを確かめる")
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull())
    assert dialog.words_note.text == "犯罪人名簿に記載なし"
    entry = audit_log.read(office)[0]
    assert (entry.action, entry.reason) == ("committee.open_evidence", "照会の答えを確かめる")
    dialog.withdraw_button.click()
    reason_of(dialog, "別の人の回答")
    assert room.sheet.grounds.evidence_button("u").text() == "証拠…"


def test_the_day_of_certification_is_moved_after_what_changes_is_shown(
    room: CommitteeRoom, office: Office
) -> None:
    case = room.case
    assert case is not None
    form = ConvictionForm("other", "imprisonment", date(2020, 1, 1), date(2024, 3, 30))
    committee.record_conviction(office, case.person_id, form)
    decide(office, case.id)
    room.refresh()
    room.head.meeting_actions["認証予定日を動かす…"].trigger()
    dialog = dialog_of(room, CertificationDayDialog)
    dialog.submit()
    assert dialog.form.row("day").error == "新しい認証予定日を入れてください。"
    dialog.day.set_value(TODAY.replace(day=19))
    assert dialog.preview.text == "認証予定日が会議の日より前です。会議の日以後にしてください。"
    dialog.day.set_value(date(2026, 4, 1))
    assert dialog.preview.text.startswith("5件のどれも、欠格事由の判定は変わりません。")
    dialog.day.set_value(date(2026, 3, 30))
    assert dialog.preview.text.splitlines()[:2] == [
        "5件のうち1件の判定が変わります（議決を外すもの 1件）。",
        "001 髙﨑󠄀 健太郎　ウ：該当しない → 該当する　議決「認定」を外し、もう一度審査します。",
    ]
    assert dialog.main_button.text() == "二人目の確認へ"
    dialog.reason.setPlainText("交付の日程の変更")
    dialog.submit()
    give_second(room)
    assert room.meeting is not None
    assert room.meeting.certification_on == date(2026, 3, 30)
    assert [(r.position, r.decision) for r in room.model.rows][:2] == [(1, ""), (2, "")]


def test_the_interests_of_a_member_are_kept_and_raise_candidates(room: CommitteeRoom, office: Office) -> None:
    room.head.meeting_actions["委員…"].trigger()
    members = dialog_of(room, MembersDialog)
    members.table.selectRow(0)
    members.interests_button.click()
    dialog = dialog_of(members, InterestsDialog)
    dialog.former.setPlainText("見本センター")
    for box in dialog.boxes.values():
        box.setChecked(True)
    dialog.submit()
    assert room.meeting is not None
    committee.suggest_recusals(office, room.meeting.id)
    grounds = {
        r.place: r.ground for r in committee.list_conflicts(office, room.meeting.id) if r.member_id == 1
    }
    assert grounds["005"] == (
        "委員の前の所属（見本センター）が申込者の所属、講師を務めた（集合研修（1日目））、講師を務めた（集合研修（2日目））"
    )


def test_the_door_of_convictions_asks_for_the_reason_and_opens_nothing_without_it(
    room: CommitteeRoom, office: Office
) -> None:
    before = len(audit_log.read(office))
    room.sheet.convictions_button.click()
    dialog = dialog_of(room, ReasonDialog)
    dialog.submit()
    assert dialog.error.startswith("理由を書いてください。")
    dialog.reject()
    assert len(audit_log.read(office)) == before
    room.sheet.convictions_button.click()
    give_reason(room, "ウを確かめる")
    assert audit_log.read(office)[0].reason == "ウを確かめる"


def test_an_item_is_voted_by_those_present_who_are_not_recused_from_it(
    room: CommitteeRoom, office: Office
) -> None:
    assert room.meeting is not None
    meeting = room.meeting
    item = committee.add_agenda_item(office, meeting.id, "設問の作成の委託")
    committee.record_declaration(office, meeting.id, meeting.members[1].id, item_ids=[item])
    room.head.meeting_actions["議題…"].trigger()
    agenda = dialog_of(room, AgendaDialog)
    agenda.table.select_key(item)
    agenda.decide_button.click()
    dialog = dialog_of(agenda, ItemDialog)
    assert dialog.fields.counts == (3, 0, 0)
    dialog.submit()
    assert [(r.words, r.counts) for r in agenda.model.rows if r.id == item] == [("可決", (3, 0, 0))]

"""審査会議の画面：申告のない事由と、回避した委員。"""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.domain.access import Role
from app.services import accounts, committee
from app.services.office import Actor, Office
from database.opening import Store
from database.schema.intake import Application
from tests.factories import as_role, change, make_cohort
from tests.ui.rooms.committee_sample import (
    PASSWORD,
    PEOPLE,
    make_manager_office,
    make_meeting,
    make_members,
    make_passed,
    make_sitting,
)
from ui.background import Background
from ui.rooms.committee.members import NOT_LINKED, AccountLinkDialog, MembersDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


def open_room(qtbot: QtBot, office: Office, background: Background, cohort: int) -> CommitteeRoom:
    room = CommitteeRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(room)
    room.show()
    return room


def test_grounds_without_a_declaration_are_never_computed_as_clear(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort = make_cohort(office)
    make_members(office)
    first, second = make_passed(office, cohort, PEOPLE[:2])
    change(office, Application, first, immigration_declared=None, other_law_declared=True)
    change(office, Application, second, revocation_declared=True)
    meeting = make_meeting(office, cohort)
    cases = committee.get_meeting(office, meeting).cases
    found = [[(g.computed, g.sentence) for g in committee.get_case(office, c.id).grounds[1:]] for c in cases]
    assert found[0][0] == ("unconfirmed", "本人の申告がありません（未回答）。")
    assert found[0][1] == ("unconfirmed", "本人は該当すると申告していますが、裁判の記録がありません。")
    assert found[1][2] == ("unconfirmed", "本人は取消しがあったと申告していますが、記録がありません。")
    room = open_room(qtbot, office, background, cohort)
    room.sheet.computed_button.click()
    assert [room.sheet.grounds.note_of(g) for g in "iue"] == [
        "委員会の確認が必要です",
        "委員会の確認が必要です",
        "責任 次郎が確認",
    ]


def test_an_account_is_chosen_for_a_member_in_the_window_of_members(qtbot: QtBot, office: Office) -> None:
    make_members(office)
    admin = as_role(office, Role.ADMINISTRATOR)
    account = accounts.add_account(admin, "ono", "大野 誠", Role.MEMBER, PASSWORD)
    dialog = MembersDialog(None, office)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.account_button.isEnabled()
    dialog.table.selectRow(0)
    dialog.account_button.click()
    (link,) = dialog.findChildren(AccountLinkDialog)
    assert [link.account.itemText(i) for i in range(link.account.count())] == [
        "（口座なし。票は事務局が入れる）",
        "大野 誠（ono）",
    ]
    link.account.setCurrentIndex(1)
    link.submit()
    shown = dialog.table.chosen()
    assert (shown.name, shown.account_id) == ("大野 誠", account)
    assert dialog.model.columns[-1].text(shown) == "ono"


def test_an_unlinked_member_is_told_why_nothing_is_seen(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _ = make_sitting(office)
    member = replace(office, actor=Actor(None, "見本 良子", Role.MEMBER, "見本 良子"))
    room = open_room(qtbot, member, background, cohort)
    assert room.model.rows == ()
    assert room.list_pane.empty.text == NOT_LINKED


def test_a_recused_member_can_neither_see_nor_vote_on_the_case(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, meeting = make_sitting(office)
    third = committee.get_meeting(office, meeting).members[2]
    assert third.affiliation == "見本大学"
    member = replace(office, actor=Actor(None, third.name, Role.MEMBER, third.name, third.id))
    room = open_room(qtbot, member, background, cohort)
    assert [r.name for r in room.model.rows] == [p[0] for p in PEOPLE if p[2] != "見本大学"]
    room.main_action()
    assert room.banner.text.startswith("見本 良子さんの役割ではこの操作はできません")
    own, other = room.meeting.present[2], room.meeting.present[0]  # type: ignore[union-attr]
    room.vote(other, "for")
    assert room.banner.text == "委員は自分の票だけを入れられます。ほかの委員の票は、本人か事務局が入れます。"
    assert own == third.id
    room.sheet.votes.buttons[own, "for"].click()
    assert room.case is not None
    assert room.case.votes == {own: "for"}

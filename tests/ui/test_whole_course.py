"""一つの研修期を、申込様式から庁への提出まで、窓だけで通す。"""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.cli.demo import results
from app.cli.demo.applicants import CERTIFIED_ON
from app.cli.demo.course import Course
from app.cli.demo.stage import PASSPHRASE, PASSWORD, Stage, set_stage
from app.domain.calendar import wareki
from app.services import accounts, certificates, maintenance, register, submission
from app.workbooks import answers as answers_book
from app.workbooks import applicants as applicants_book
from app.workbooks import renewals as renewals_book
from app.workbooks import results as results_book
from app.workbooks.reading import read_workbook
from app.workbooks.register import parse_register
from app.workbooks.renewals import RenewalForm
from database import audit
from tests.ui.hands import Hands
from ui.application import Desk, dress
from ui.background import Background
from ui.messages import ConfirmDialog
from ui.rooms.certificates.dialogs import IssueDialog
from ui.rooms.committee.conflicts import DeclarationsDialog
from ui.rooms.committee.dialogs import BlockDialog
from ui.rooms.committee.meetings import MeetingDialog, PresenceDialog
from ui.rooms.committee.members import MemberDialog, MembersDialog
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.intake.dialogs import CohortDialog
from ui.rooms.progress.settings import ScheduleDialog
from ui.rooms.register.room import RegisterRoom
from ui.rooms.renewal.cases import NoticeDialog, OpenDialog, RevokeDialog
from ui.rooms.renewal.room import RenewalRoom
from ui.rooms.scoring.dialogs import TestDialog
from ui.rooms.submission.room import SubmissionRoom
from ui.rooms.submission.writing import PasswordDialog

PEOPLE = 8
MEETING_ON = date(2026, 3, 10)


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    """口座だけのあるデータベースと、これから申し込む8人（道は平らにする）。"""
    stage = set_stage(tmp_path / "office", date(2025, 5, 7))
    made = Course(stage, PEOPLE, 1)
    made.applicants = [
        replace(
            a,
            fate="",
            form=replace(
                a.form,
                convictions=(),
                mental_declared=False,
                immigration_declared=False,
                other_law_declared=False,
            ),
        )
        for a in made.applicants
    ]
    yield made
    stage.office.close()


def sit(stage: Stage, qtbot: QtBot, login: str) -> Hands:
    """その人がサインインした机を開く。"""
    stage.office.actor = stage.staff[login]
    desk = Desk(stage.office, Background())
    qtbot.addWidget(desk.window)
    desk.window.show()
    return Hands(desk, qtbot, stage.folder)


def leave(hands: Hands) -> None:
    """窓を閉じる。"""
    hands.settle()
    hands.desk.window.close()


def reopen(stage: Stage) -> None:
    """プログラムを終えて、もう一度データベースを開く。"""
    stage.office.close()
    office = maintenance.open_office(stage.folder / "nintei.db", PASSPHRASE, today=stage.clock.today)
    office.now = stage.clock.now
    accounts.sign_in(office, "tanto", PASSWORD)
    stage.office = office


def receive(hands: Hands, course: Course) -> None:
    room = hands.go(2, "intake")
    hands.press(room, "研修期を作る")
    dialog = hands.dialog(CohortDialog)
    hands.write(dialog.starts, "R7.6.2")
    hands.write(dialog.course2, "令和8年1月24日")
    hands.press(dialog, "作る")
    cohort_id = hands.desk.context.cohort_id
    assert cohort_id is not None
    course.cohort_id = cohort_id
    book = course.stage.path("申込様式.xlsx")
    applicants_book.write_applicants(book, [a.form for a in course.applicants])
    assert hands.take_in(room, book) == f"受講申込を取り込みました：新規{PEOPLE}件・変更0件・同じ0件"
    course.meet()


def judge(hands: Hands) -> None:
    room = hands.enter("eligibility")
    hands.press(room, "判定のとおり一括決定")
    assert room.banner.text == "判定のとおり5名を「資格あり」と決定しました。"


def plan(hands: Hands) -> None:
    room = hands.enter("progress")
    for kind, rows in ((0, results.REPORTS[:2]), (1, results.REPORTS[2:]), (2, results.SESSIONS)):
        for _, title, day in rows:
            hands.press(room, "日程")
            dialog = hands.dialog(ScheduleDialog)
            dialog.kind.setCurrentIndex(kind)
            hands.write(dialog.title, title)
            hands.write(dialog.day, wareki(day))
            hands.press(dialog, "定める")


def study(hands: Hands, course: Course) -> None:
    room = hands.enter("progress")
    clock = course.stage.clock
    for day, name, forms in (
        (date(2025, 8, 15), "成績1.xlsx", lambda: results.tests(course.numbered(), 1)),
        (
            date(2026, 1, 14),
            "成績2.xlsx",
            lambda: results.reports(course.numbered("practice", "withdrawal_due")),
        ),
        (date(2026, 1, 26), "成績3.xlsx", lambda: results.sessions(course.numbered("course2", "open"))),
    ):
        clock.to(day)
        book = course.stage.path(name)
        results_book.write_results(book, forms())
        assert "成績を取り込みました：新規" in hands.take_in(room, book)


def score(hands: Hands, course: Course) -> None:
    course.stage.clock.to(date(2026, 2, 9))
    room = hands.enter("scoring")
    hands.press(room, "テストを作る")
    dialog = hands.dialog(TestDialog)
    hands.write(dialog.held_on, "R8.1.31")
    hands.press(dialog, "作る")
    key = results.keys(1)
    book = course.stage.path("答案.xlsx")
    people = course.numbered("certification_test", "open")
    answers_book.write_answers(book, results.answers(people, key, 1), key)
    assert "新規5件" in hands.take_in(room, book)
    hands.press(room, "設問と答案を確定")
    hands.press(hands.dialog(ConfirmDialog), "確定する")
    hands.settle()
    hands.press(room, "合格基準を採用")
    hands.reason("委員会の決定（第1回）による")
    hands.settle()
    assert room.banner.text == "合格基準を採用しました（合格5名）。"


def meet(hands: Hands, course: Course) -> None:
    course.stage.clock.to(MEETING_ON)
    room = hands.enter("committee")
    hands.pick(room, "会議", "委員…")
    members = hands.dialog(MembersDialog)
    for name, role in (("大野 恭一", "議長"), ("森 佐知子", "委員"), ("野口 徹", "委員")):
        hands.press(members, "委員を加える")
        dialog = hands.dialog(MemberDialog)
        hands.write(dialog.name, name)
        dialog.role.setCurrentText(role)
        hands.write(dialog.term_from, "R7.4.1")
        hands.press(dialog, "加える")
    members.close()
    hands.press(room, "会議を作る")
    meeting = hands.dialog(MeetingDialog)
    hands.write(meeting.held_on, wareki(MEETING_ON))
    hands.write(meeting.certification_on, wareki(CERTIFIED_ON))
    hands.press(meeting, "作る")
    hands.press(room, "議案を作る")
    assert "議案に5件を加えました。" in room.banner.text
    hands.press(room, "出席…")
    presence = hands.dialog(PresenceDialog)
    hands.press(presence, "全員着席")
    presence.close()
    hands.press(room, "申告…")
    declarations = hands.dialog(DeclarationsDialog)
    hands.press(declarations, "まだの出席委員は全員「なし」")
    declarations.close()
    decide(hands, course)


def decide(hands: Hands, course: Course) -> None:
    room = hands.desk.window.room("committee")
    assert isinstance(room, CommitteeRoom)
    first = room.case
    assert first is not None
    sheet = room.sheet
    for made in (sheet.grounds.radio("a", "clear"), sheet.computed_button, sheet.votes.all_button):
        hands.qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
    hands.press(room, "認定を議決")
    assert room.case is not None
    assert room.case.id != first.id
    for row in room.model.rows[1:]:
        room.table.select_key(row.id)
        hands.qtbot.mouseClick(sheet.grounds.radio("a", "clear"), Qt.MouseButton.LeftButton)
    hands.press(room, "一括…")
    hands.press(hands.dialog(BlockDialog), "4件の認定を議決")
    assert [r.decision for r in room.model.rows] == ["certified"] * 5
    hands.press(room, "閉会")
    hands.second("fuku", PASSWORD)
    hands.settle()
    hands.pick(room, "書類", "議事録…")
    assert (course.stage.folder / "第1回_議事録.pdf").read_bytes().startswith(b"%PDF")


def certify(hands: Hands, course: Course) -> list[str]:
    course.stage.clock.to(CERTIFIED_ON)
    room = hands.enter("certificates")
    hands.press(room, "5名に交付")
    dialog = hands.dialog(IssueDialog)
    hands.write(dialog.issued_on, wareki(CERTIFIED_ON))
    hands.press(dialog, "5枚を交付")
    hands.settle()
    assert "認定証を5枚交付しました" in room.banner.text
    hands.press(room, "一冊の PDF に書く")
    hands.settle()
    names = [r.name for r in certificates.list_ledger(hands.desk.office)]
    text = subprocess.run(
        ["pdftotext", "-layout", str(course.stage.folder / "認定証.pdf"), "-"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert [n for n, page in zip(names, text.split("\f"), strict=False) if n not in page] == []
    return names


def renew(hands: Hands, course: Course) -> None:
    course.stage.clock.to(date(2026, 7, 1))
    room = hands.enter("renewal")
    assert isinstance(room, RenewalRoom)
    rows = room.model.rows
    book = course.stage.path("更新研修.xlsx")
    renewals_book.write_renewals(book, [RenewalForm(0, rows[0].number, rows[0].name, date(2026, 6, 20))])
    assert "新規1件" in hands.take_in(room, book)
    assert [r.expires_on for r in room.model.rows][:2] == [date(2032, 3, 31), date(2029, 3, 31)]


def hand_in(hands: Hands, course: Course, names: list[str]) -> None:
    room = hands.enter("register")
    assert isinstance(room, RegisterRoom)
    hands.settle()
    assert [r.name for r in room.model.rows] == names
    hands.press(room, "名簿を書き出す")
    hands.press(hands.dialog(PasswordDialog), "保存先を選ぶ")
    hands.settle()
    (book,) = course.stage.folder.glob("認定者名簿*.xlsx")
    assert [line.name for line in parse_register(read_workbook(book)).lines] == names
    send(hands, course, 1)


def send(hands: Hands, course: Course, number: int) -> None:
    room = hands.enter("submission")
    assert isinstance(room, SubmissionRoom)
    hands.settle()
    hands.write(room.as_of, wareki(course.stage.clock.day))
    hands.settle()
    hands.press(room, f"第{number}便を作る")
    hands.press(hands.dialog(PasswordDialog), "保存先を選ぶ")
    hands.settle()
    assert len(list(course.stage.folder.glob(f"認定者名簿_第{number}便*.xlsx"))) == 1


def revoke(hands: Hands, course: Course) -> None:
    course.stage.clock.to(date(2026, 8, 31))
    room = hands.enter("renewal")
    assert isinstance(room, RenewalRoom)
    room.table.select_key(room.model.rows[-1].certification_id)
    hands.press(room, "取消しの調査")
    opened = hands.dialog(OpenDialog)
    opened.ground.setCurrentIndex(1)
    hands.press(opened, "調査を開く")
    hands.press(room, "通知と弁明")
    notice = hands.dialog(NoticeDialog)
    hands.press(notice, "記録する")
    hands.press(room, "取り消す…")
    dialog = hands.dialog(RevokeDialog)
    hands.write(dialog.reason, "証明に偽りがあったため")
    hands.press(dialog, "二人目の確認へ")
    hands.second("fuku", PASSWORD)
    hands.settle()
    assert room.model.rows[-1].standing == "revoked"


def test_a_whole_course_goes_through_the_window_and_survives_closing_it_in_every_room(
    course: Course, qtbot: QtBot, qapp: QApplication
) -> None:
    dress(qapp)
    stage = course.stage
    clerk = sit(stage, qtbot, "tanto")
    for step in (
        lambda h: receive(h, course),
        judge,
        plan,
        lambda h: study(h, course),
        lambda h: score(h, course),
    ):
        step(clerk)
        leave(clerk)
        reopen(stage)
        course.office = stage.office
        clerk = sit(stage, qtbot, "tanto")
    leave(clerk)
    manager = sit(stage, qtbot, "sekinin")
    meet(manager, course)
    names = certify(manager, course)
    renew(manager, course)
    hand_in(manager, course, names)
    revoke(manager, course)
    send(manager, course, 2)
    leave(manager)
    first, second = (dict(b.counts) for b in reversed(submission.list_batches(stage.office)))
    assert (sum(first.values()), sum(second.values())) == (5, 1)
    standing = [r.standing for r in register.as_of(stage.office, stage.clock.day).rows]
    assert standing == ["valid"] * 4 + ["revoked"]
    assert audit.verify(stage.office.store) == []

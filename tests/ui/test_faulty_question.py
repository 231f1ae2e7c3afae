"""設問の誤りが分かった日を、窓だけで通す：分析で見つけ、扱いを見比べ、委員会の決定を採用し、通知書を訂正する。"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from app.cli.demo.stage import PASSWORD, Stage, set_stage
from app.domain.calendar import wareki
from app.services import home, scoring
from database import audit
from database.schema.letters import Letter
from tests.ui.hands import Hands
from tests.ui.rooms.course_sample import QUESTIONS, make_test
from ui.application import Desk
from ui.background import Background
from ui.messages import ReasonDialog
from ui.rooms.committee.meetings import MeetingDialog
from ui.rooms.scoring.deciding import AdoptionDialog, PeopleDecisionDialog
from ui.rooms.scoring.letters import MakeLettersDialog
from ui.rooms.scoring.room import ScoringRoom
from ui.rooms.scoring.treatments import TreatmentDialog

FIRST, FOUND, DECIDED = date(2026, 2, 20), date(2026, 3, 2), date(2026, 3, 6)
REASON = "問7は正答の登録の誤りのため、誤答とされた人の採点から除く"


@dataclass
class Day:
    """採点を終え、合格点65点を採用する前のテスト。問7の正答は、本当はエなのにアと登録されている。"""

    stage: Stage
    hands: Hands
    cohort: int
    test: int

    @property
    def room(self) -> ScoringRoom:
        found = self.hands.desk.window.room("scoring")
        assert isinstance(found, ScoringRoom)
        return found

    def page(self, title: str) -> None:
        """右の頁の札を押す。"""
        self.hands.press(self.room.pages, title)
        self.hands.settle()

    def wait_trial(self) -> None:
        self.hands.qtbot.waitUntil(lambda: self.room.rule.result is not None, timeout=20_000)
        self.hands.settle()

    def passed(self) -> set[str]:
        """いま合格の人の氏名と受付番号。"""
        return {f"{r.reception} {r.name}" for r in self.room.people.model.rows if r.passed}


@pytest.fixture
def day(tmp_path: Path, qtbot: QtBot) -> Iterator[Day]:
    stage = set_stage(tmp_path / "office", FIRST)
    try:
        stage.office.actor = stage.staff["tanto"]
        cohort, test, _ = make_test(stage.office)
        turned = [replace(q, key=("ア",)) if q.number == 7 else q for q in QUESTIONS]
        scoring.set_questions(stage.office, test, turned)
        scoring.lock_test(stage.office, test)
        desk = Desk(stage.office, Background())
        qtbot.addWidget(desk.window)
        desk.window.resize(1366, 768)
        desk.window.show()
        yield Day(stage, Hands(desk, qtbot, stage.folder), cohort, test)
    finally:
        stage.office.close()


def adopt_first(day: Day) -> None:
    """初めの採用：分布の線を、合格点65点まで動かす。"""
    hands, room = day.hands, hands_room(day)
    day.wait_trial()
    room.rule.histogram.setFocus()
    for _ in range(5):
        hands.qtbot.keyClick(room.rule.histogram, Qt.Key.Key_Right)
    day.wait_trial()
    assert room.rule.total.value() == 65
    assert room.list_pane.filters.current == "changed"
    assert [(c.name, c.after_passed) for c in room.people.changes.rows] == [
        (r.name, False) for r in room.people.model.rows if r.total in range(60, 65)
    ]
    hands.press(room, "合格基準を採用")
    hands.reason("第1回認定審査委員会の決定による")
    day.wait_trial()
    assert room.banner.text == "合格基準を採用しました（合格17名）。"


def hands_room(day: Day) -> ScoringRoom:
    day.hands.enter("scoring")
    return day.room


def send_letters(day: Day) -> bytes:
    """全員の結果通知書を作る。"""
    hands, room = day.hands, day.room
    day.page("通知書")
    hands.press(room.letters, "全員分を作る")
    dialog = hands.dialog(MakeLettersDialog)
    hands.write(dialog.number, "見認第3号")
    hands.press(dialog, "保存先を選ぶ")
    hands.settle()
    path = day.stage.folder / "結果通知書_修了認定テスト.pdf"
    assert room.banner.text == f"結果通知書を作りました：新しく40通：{path}"
    assert [r.state for r in room.letters.model.rows] == ["agrees"] * 40
    return path.read_bytes()


def find_in_analysis(day: Day) -> None:
    """点双列の小さい順に並べ、疑わしい設問を一覧から押して選ぶ。"""
    hands, room = day.hands, hands_room(day)
    day.page("設問と分析")
    table = room.items.table
    place = [c.title for c in room.items.model.columns].index("点双列")
    table.sortByColumn(place, Qt.SortOrder.AscendingOrder)
    at = table.visualRect(room.items.model.index(0, 0)).center()
    hands.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    chosen = room.items.chosen()
    assert chosen is not None
    assert chosen.number == 7
    assert "相関が負" in room.items.detail.flags.text()
    hands.picture(hands.desk.window, "分析で見つける")


def compare(day: Day) -> None:
    """四つの扱いを見比べ、誤答者だけの除外を合格基準で試す。"""
    hands, room = day.hands, day.room
    hands.press(room.items, "設問の扱いを試す")
    dialog = hands.dialog(TreatmentDialog)
    hands.write(dialog.key, "ア,エ")
    hands.qtbot.waitUntil(lambda: _effects(dialog) == EFFECTS, timeout=20_000)
    passed = [c.title for c in dialog.model.columns].index("合格（前 → 後）")
    dialog.table.sortByColumn(passed, Qt.SortOrder.AscendingOrder)
    assert [r.effect.passed_after for r in dialog.model.rows] == [17, 18, 19, 20, 20]
    assert dialog.table.select_key("excluded_for_missed")
    hands.settle()
    assert dialog.changes.summary.text() == "点か合否の変わる人22名（合格になる2名、不合格になる0名）"
    assert "65点 × 96÷100 ＝ 62.4 → 63点" in dialog.changes.scaling.text()
    hands.picture(dialog, "扱いを見比べる")
    hands.press(dialog, "この扱いを合格基準で試す")
    day.wait_trial()
    assert room.rule.drafts.text() == "設問の扱いの案　問7：誤答者だけ除外"
    assert scoring.list_tests(day.stage.office, day.cohort)[0].questions[6].treatment is None
    hands.picture(hands.desk.window, "合格基準で試す")


# 扱い、合格の前と後、変わる人、合格へ、不合格へ
EFFECTS = {
    (None, 17, 17, 0, 0, 0),
    ("all_correct", 17, 20, 22, 3, 0),
    ("excluded_for_missed", 17, 19, 22, 2, 0),
    ("excluded_for_all", 17, 18, 39, 2, 1),
    ("several_right", 17, 20, 22, 3, 0),
}


def _effects(dialog: TreatmentDialog) -> set[tuple[object, ...]]:
    found = [r.effect for r in dialog.model.rows]
    return {(e.treatment, e.passed_before, e.passed_after, e.changed, e.up, e.down) for e in found}


def hold_meeting(day: Day) -> None:
    day.stage.clock.to(DECIDED)
    hands = day.hands
    room = hands.enter("committee")
    hands.press(room, "会議を作る")
    dialog = hands.dialog(MeetingDialog)
    hands.write(dialog.held_on, wareki(DECIDED))
    hands.write(dialog.certification_on, "R8.3.31")
    hands.press(dialog, "作る")


def adopt_again(day: Day) -> None:
    """委員会の決定を、会議と理由を添え、責任者と二人で採用する。"""
    hands, room = day.hands, hands_room(day)
    day.page("合格基準")
    day.wait_trial()
    hands.press(room, "合格基準を採用")
    dialog = hands.dialog(AdoptionDialog)
    assert "合格になる2名：" in dialog.words.text()
    dialog.meeting.setCurrentIndex(dialog.meeting.findText(f"第1回（{wareki(DECIDED)}）"))
    dialog.editor.setPlainText(REASON)
    hands.picture(dialog, "採用する")
    hands.press(dialog, "採用する")
    hands.second("sekinin", PASSWORD)
    day.wait_trial()
    assert room.banner.text == "合格基準を採用しました（合格19名）。"


def read_history(day: Day, gained: set[str]) -> None:
    """決定の履歴：新しい決定で変わった人と、消えずに残る初めの決定。"""
    hands, page = day.hands, day.room.decisions
    day.page("決定")
    assert [(r.words, r.passed, r.meeting, r.reason) for r in page.model.rows] == [
        ("合格基準の採用", 19, f"第1回（{wareki(DECIDED)}）", REASON),
        ("合格基準の採用", 17, "", "第1回認定審査委員会の決定による"),
    ]
    assert page.shown.words() == ("変わった人 2", "全員 40")
    assert {f"{r.reception_number:04d} {r.name}" for r in page.people_model.rows} == gained
    assert {(r.before_passed, r.passed) for r in page.people_model.rows} == {(False, True)}
    hands.picture(hands.desk.window, "決定の履歴")
    page.table.selectRow(1)
    assert sum(r.passed is True for r in page.people_model.rows) == 17


def add_one(day: Day) -> str:
    """あと一人を、別の決定として合格に加える。"""
    hands, page = day.hands, day.room.decisions
    hands.press(page, "合格者を加える")
    dialog = hands.dialog(PeopleDecisionDialog)
    hands.press(dialog, "二人目の確認へ")
    assert dialog.people_error.text() == "人が選ばれていません。一人以上を選んでください。"
    dialog.table.selectRow(0)
    name: str = dialog.chosen()[0].name
    dialog.editor.setPlainText("僅差であり、委員会が合格と認めた")
    hands.picture(dialog, "合格者を加える")
    hands.press(dialog, "二人目の確認へ")
    hands.second("sekinin", PASSWORD)
    day.wait_trial()
    assert day.room.banner.text == f"1名を合格に加えました：{name}。"
    assert [(r.words, r.passed) for r in page.model.rows] == [
        ("合格者の追加", 20),
        ("合格基準の採用", 19),
        ("合格基準の採用", 17),
    ]
    return name


def correct_letters(day: Day) -> None:
    """ホームの知らせから通知書の頁を開き、合わない通知だけを訂正する。"""
    hands, room, page = day.hands, day.room, day.room.letters
    (task,) = [t for t in home.tasks(day.stage.office, day.cohort) if t.room == "scoring"]
    assert (task.text.partition("：")[0], task.who) == ("いまの結果と合わない結果通知書があります", "22通")
    hands.desk.context.open_room(task.room, task.target_id)
    hands.settle()
    assert room.pages.current == "letters"
    hands.press(page.filters, "訂正が要る 22")
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for place in range(len(page.model.rows)):
        page.table.selectionModel().select(page.model.index(place, 0), flags)
    hands.settle()
    assert not page.paper.image.isNull()
    hands.picture(hands.desk.window, "訂正の通知の下見")
    hands.press(page, "選んだ人の分を作る")
    dialog = hands.dialog(MakeLettersDialog)
    hands.press(dialog, "保存先を選ぶ")
    assert dialog.form.row("reason").error.startswith("訂正の理由を書いてください。")
    hands.write(dialog.reason, "問7の正答の登録に誤りがあったため")
    hands.press(dialog, "保存先を選ぶ")
    hands.settle()
    assert room.banner.text.startswith("結果通知書を作りました：新しく22通（うち訂正22通）：")
    assert [t for t in home.tasks(day.stage.office, day.cohort) if "通知書" in t.text] == []


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def test_the_day_of_a_faulty_question_goes_through_the_window(day: Day) -> None:
    adopt_first(day)
    first = send_letters(day)
    before = day.passed()
    day.stage.clock.to(FOUND)
    find_in_analysis(day)
    compare(day)
    hold_meeting(day)
    adopt_again(day)
    gained = day.passed() - before
    assert (len(gained), before - day.passed()) == (2, set())
    read_history(day, gained)
    added = add_one(day)
    correct_letters(day)

    office, folder = day.stage.office, day.stage.folder
    words = text_of((folder / "結果通知書_修了認定テスト.pdf").read_bytes())
    assert words.count("修了認定テスト結果通知書（訂正）") == 22
    assert words.count("判定　不合格 → 合格") == 3
    assert f"{added}　様" in words
    with office.store.sessions() as session:
        kept = session.query(Letter).order_by(Letter.id).all()
        assert sum(one.replaces_id is not None for one in kept) == 22
        assert text_of(first).count("修了認定テスト結果通知書") == 40
    assert audit.verify(office.store) == []
    assert not day.hands.desk.window.findChildren(ReasonDialog)

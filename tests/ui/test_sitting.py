"""認定審査委員会の一日を、窓だけで通す：六十件、利害関係、定足数、保留、一括議決、閉会、閉会の後の変更。人はすべて作り物。"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.cli.demo.stage import PASSWORD, Stage, set_stage
from app.services.views.committee import CaseRow
from database import audit
from tests.factories import make_cohort
from tests.ui.hands import Hands
from tests.ui.rooms.committee_sample import TODAY, make_meeting, make_members, make_passed
from ui.application import Desk
from ui.background import Background
from ui.rooms.committee.closed import ReconciliationDialog, ReversalDialog
from ui.rooms.committee.conflicts import DeclarationsDialog, KindDialog
from ui.rooms.committee.dialogs import BlockDialog, ConvictionDialog, DecisionDialog
from ui.rooms.committee.meetings import PresenceDialog
from ui.rooms.committee.room import CommitteeRoom

SURNAMES = (
    ("髙﨑", "タカサキ"),
    ("𠮷田", "ヨシダ"),
    ("渡邉", "ワタナベ"),
    ("小野寺", "オノデラ"),
    ("長谷部", "ハセベ"),
    ("三浦", "ミウラ"),
)
GIVEN = (
    ("明", "アキラ"),
    ("恵", "メグミ"),
    ("修", "オサム"),
    ("直美", "ナオミ"),
    ("健", "ケン"),
    ("千夏", "チナツ"),
    ("徹", "トオル"),
    ("由紀", "ユキ"),
    ("誠", "マコト"),
    ("理沙", "リサ"),
)
# 案件の番：委員と同じ所属の人二人、刑の終わりから二年がちょうど認証の前日に満ちる人、保留にする人、定足数の欠ける件
AT_UNIVERSITY, AT_INSTITUTE, SENTENCED, DEFERRED, NO_QUORUM = 7, 23, 12, 15, 20
# 一件ずつ議決する終わり。後は明らかな件として一括で議決する
ONE_BY_ONE = 40
SIZE = 60


def _people() -> tuple[tuple[str, str, str], ...]:
    places = {AT_UNIVERSITY: "見本大学", AT_INSTITUTE: "見本研究所"}
    return tuple(
        (f"{family} {given}", f"{kana} {kana_given}", places.get(n, f"見本町{n}丁目相談室"))
        for n, ((family, kana), (given, kana_given)) in enumerate(
            ((s, g) for s in SURNAMES for g in GIVEN), 1
        )
    )


@dataclass
class Sitting:
    """四人が着席した会議。"""

    stage: Stage
    hands: Hands

    @property
    def room(self) -> CommitteeRoom:
        found = self.hands.desk.window.room("committee")
        assert isinstance(found, CommitteeRoom)
        return found

    @property
    def place(self) -> int:
        """いま開いている案件の番。"""
        assert self.room.case is not None
        return self.room.case.position

    def key(self, *keys: Qt.Key, control: bool = False) -> None:
        window = self.hands.desk.window
        window.activateWindow()
        self.hands.qtbot.waitUntil(window.isActiveWindow)
        held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        for one in keys:
            self.hands.qtbot.keyClick(self.room, one, held)

    def decide(self) -> None:
        """鍵だけで一件：ア（F6）、計算のとおり（F7）、全員可（F8）、認定を議決（Ctrl+Enter）。"""
        self.key(Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8)
        self.key(Qt.Key.Key_Return, control=True)

    def row(self, place: int) -> CaseRow:
        found: CaseRow = self.room.model.rows[place - 1]
        return found

    def picture(self, name: str, widget: QWidget | None = None) -> None:
        self.hands.picture(self.hands.desk.window if widget is None else widget, name)

    def seats(self, at: str, *names: str) -> None:
        """出席の窓で、名の挙がった委員の着席と退席を、その時刻で入れ替える。"""
        hands, room = self.hands, self.room
        hands.press(room, "出席…")
        dialog = hands.dialog(PresenceDialog)
        hands.write(dialog.time, at)
        assert room.meeting is not None
        for member in room.meeting.members:
            if member.name in names:
                hands.qtbot.mouseClick(dialog.buttons[member.id], Qt.MouseButton.LeftButton)
        assert dialog.error == ""
        self.picture("出席", dialog)
        dialog.close()


@pytest.fixture
def sitting(tmp_path: Path, qtbot: QtBot) -> Iterator[Sitting]:
    stage = set_stage(tmp_path / "office", TODAY)
    try:
        stage.office.actor = stage.staff["sekinin"]
        cohort = make_cohort(stage.office, term=2)
        make_members(stage.office)
        make_passed(stage.office, cohort, _people())
        make_meeting(stage.office, cohort)
        desk = Desk(stage.office, Background())
        qtbot.addWidget(desk.window)
        desk.window.resize(1366, 768)
        desk.window.show()
        yield Sitting(stage, Hands(desk, qtbot, stage.folder))
    finally:
        stage.office.close()


def open_room(sitting: Sitting) -> None:
    hands = sitting.hands
    hands.go(6, "committee")
    hands.settle()
    assert (len(sitting.room.model.rows), sitting.place) == (SIZE, 1)
    hands.press(sitting.room, "申告…")
    asked = hands.dialog(DeclarationsDialog)
    sitting.picture("利害関係の申告", asked)
    assert not asked.all_button.isEnabled()  # 着席した四人には、もう尋ねてある
    asked.close()
    sitting.picture("開会")


def recuse(sitting: Sitting, member: str) -> None:
    """データから挙がった利害関係を、回避と確かめてから議決する。回避した人は票を持たない。"""
    hands, room = sitting.hands, sitting.room
    case = room.case
    assert case is not None
    assert [(r.member_name, r.confirmed) for r in case.recusals] == [(member, None)]
    hands.press(room.sheet.recusals, "確認する")
    hands.press(hands.dialog(KindDialog), "確認する")
    case = room.case
    assert case is not None
    assert [(r.member_name, r.confirmed) for r in case.recusals] == [(member, True)]
    assert (case.present, case.base) == (3, 4)
    sitting.picture(f"回避_{sitting.place:03d}")
    sitting.decide()


def sentence(sitting: Sitting) -> None:
    """認証の前日に二年の満ちる刑：会議の日にはまだ該当する日だが、認証予定日には該当しない。"""
    hands, room = sitting.hands, sitting.room
    hands.press(room.sheet, "有罪の記録")
    hands.reason("欠格事由ウの確認のため")
    dialog = hands.dialog(ConvictionDialog)
    dialog.law.setCurrentText("その他の法令")
    dialog.penalty.setCurrentText("禁錮")
    hands.write(dialog.finalized, "R5.3.1")
    hands.write(dialog.ended, "R6.3.30")
    hands.write(dialog.source, "判決謄本の写し")
    sitting.picture("有罪の記録", dialog)
    hands.press(dialog, "裁判を加える")
    case = room.case
    assert case is not None
    (view,) = [g for g in case.grounds if g.ground == "u"]
    assert (view.computed, "令和8年3月30日で経過済み（初日不算入）" in view.sentence) == ("clear", True)
    sitting.picture("刑の計算")
    sitting.decide()


def defer(sitting: Sitting) -> None:
    hands = sitting.hands
    sitting.key(Qt.Key.Key_F8, Qt.Key.Key_F9)
    dialog = hands.dialog(DecisionDialog)
    hands.write(dialog.reason, "照会の回答を待つ")
    sitting.picture("保留", dialog)
    hands.press(dialog, "保留を議決")


def lose_quorum(sitting: Sitting) -> None:
    """二人が席を離れると、その件は議決できない。戻れば議決できる。"""
    room, place = sitting.room, sitting.place
    sitting.seats("15:10", "見本 良子", "谷口 薫")
    sitting.decide()
    assert sitting.place == place
    assert sitting.row(place).decision == ""
    assert "定足数" in room.banner.text
    sitting.picture("定足数の不足")
    sitting.seats("15:25", "見本 良子", "谷口 薫")
    sitting.decide()
    assert sitting.row(place).decision == "certified"


def one_by_one(sitting: Sitting) -> None:
    special = {
        AT_UNIVERSITY: lambda: recuse(sitting, "見本 良子"),
        AT_INSTITUTE: lambda: recuse(sitting, "森 一郎"),
        SENTENCED: lambda: sentence(sitting),
        DEFERRED: lambda: defer(sitting),
        NO_QUORUM: lambda: lose_quorum(sitting),
    }
    for place in range(1, ONE_BY_ONE + 1):
        assert sitting.place == place
        special.get(place, sitting.decide)()
    found = [r.decision for r in sitting.room.model.rows[:ONE_BY_ONE]]
    assert [n for n, d in enumerate(found, 1) if d != "certified"] == [DEFERRED]
    assert found[DEFERRED - 1] == "deferred"


def block(sitting: Sitting) -> None:
    """残りはアを確かめ、一括して議決する。一件ずつ挙がる。"""
    hands, room = sitting.hands, sitting.room
    for row in room.model.rows[ONE_BY_ONE:]:
        room.table.select_key(row.id)
        sitting.key(Qt.Key.Key_F6)
    hands.press(room, "一括…")
    dialog = hands.dialog(BlockDialog)
    assert len(dialog.boxes) == SIZE - ONE_BY_ONE
    sitting.picture("一括議決", dialog)
    hands.press(dialog, f"{SIZE - ONE_BY_ONE}件の認定を議決")
    assert Counter(r.decision for r in room.model.rows) == {"certified": SIZE - 1, "deferred": 1}


def close(sitting: Sitting) -> str:
    """二人目と閉じ、議事録を書き、件数を照らす。"""
    hands, room = sitting.hands, sitting.room
    hands.press(room, "閉会")
    hands.second("fuku", PASSWORD)
    hands.settle()
    sitting.picture("閉会")
    hands.pick(room, "書類", "議事録…")
    pdf = pypdfium2.PdfDocument((sitting.stage.folder / "第1回_議事録.pdf").read_bytes())
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    hands.pick(room, "書類", "件数照合表…")
    dialog = hands.dialog(ReconciliationDialog)
    assert dialog.verdict.text == "件数はすべて合っています。"
    sitting.picture("件数照合表", dialog)
    dialog.close()
    return text


def reverse(sitting: Sitting) -> None:
    """閉じた後に一件を変える：掛かっているものを示し、理由と二人目を求める。もとの議決は残る。"""
    hands, room = sitting.hands, sitting.room
    room.table.select_key(sitting.row(3).id)
    hands.press(room, "議決を変更する")
    dialog = hands.dialog(ReversalDialog)
    sitting.picture("議決の変更", dialog)
    hands.write(dialog.reason, "申請書の記載が事実と違うことが分かったため")
    hands.press(dialog, "二人目の確認へ")
    hands.second("fuku", PASSWORD)
    hands.settle()
    assert room.case is not None
    assert (room.case.decision, bool(room.case.reversal)) == ("certified", True)
    sitting.picture("変更した議決")


def test_sixty_cases_are_decided_in_one_sitting(sitting: Sitting) -> None:
    open_room(sitting)
    one_by_one(sitting)
    block(sitting)
    minutes = close(sitting)
    assert all(words in minutes for words in ("見本 良子", "回避", "15:10", "15:25", "照会の回答を待つ"))
    reverse(sitting)
    assert audit.verify(sitting.stage.office.store) == []

"""十人の九年を、動く時計で生き、毎年四月一日に更新・名簿・認定証の画面で見る。"""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services import certificates, register, renewal
from app.services.views.renewal import STANDING_WORDS, WavePicture
from database.opening import Store
from tests.services.nine_years import (
    AGAIN,
    BARRED,
    DIED,
    FATES,
    FIRST_OF_APRIL,
    LAPSED,
    LOST,
    NEW_NAME,
    RENAMED,
    YEARS,
    Story,
    expected,
)
from tests.ui.shots import shot
from ui.background import Background
from ui.rooms.certificates.room import CertificatesRoom
from ui.rooms.context import RoomContext
from ui.rooms.register.room import RegisterRoom
from ui.rooms.renewal.room import RenewalRoom
from ui.widgets.room import SplitRoomPage


@pytest.fixture
def story(store: Store, tmp_path: Path) -> Story:
    return Story(store, tmp_path)


class Screens:
    """毎年の四月一日に開く三つの部屋。"""

    def __init__(self, story: Story, qtbot: QtBot, background: Background) -> None:
        self.story, self.qtbot, self.background = story, qtbot, background

    def open(self, kind: Callable[[RoomContext], SplitRoomPage], name: str) -> SplitRoomPage:
        room = kind(RoomContext(self.story.office, self.background, self.story.cohorts[0]))
        self.qtbot.addWidget(room)
        room.resize(1180, 680)
        room.show()
        self.qtbot.waitUntil(lambda: not self.background.is_busy)
        shot(room, f"九年_{self.story.day.isoformat()}_{name}")
        return room

    def renewal(self) -> tuple[RenewalRoom, dict[str, str]]:
        room = self.open(RenewalRoom, "更新")
        assert isinstance(room, RenewalRoom)
        return room, {r.number: room.model.columns[3].text(r) for r in room.model.rows}

    def register(self) -> dict[str, str]:
        room = self.open(RegisterRoom, "名簿")
        assert isinstance(room, RegisterRoom)
        return {r.number: room.model.columns[-1].text(r) for r in room.model.rows}

    def certificates(self) -> tuple[int, dict[str, tuple[int, str, str]]]:
        """交付を待つ人の数と、認定番号からいまの版（版・事由・氏名）へ。"""
        room = self.open(CertificatesRoom, "認定証")
        assert isinstance(room, CertificatesRoom)
        waiting = len(room.waiting_model.rows)
        room.list_pane.filters.choose("ledger")
        rows = [r for r in room.ledger_model.rows if r.latest]
        return waiting, {r.number: (r.version, r.words, r.name) for r in rows}


def look(screens: Screens, place: int) -> None:
    """その四月一日の三つの画面が、十人の運命のとおりであること。"""
    story = screens.story
    due = FIRST_OF_APRIL[place]
    story.to(due.year, due.month, due.day)
    words = {number: STANDING_WORDS[state] for number, state in expected(story, place).items()}
    room, shown = screens.renewal()
    assert shown == words, due
    assert screens.register() == words, due
    valid = sum(w == "有効" for w in words.values())
    assert f"認証 {len(words)}名のうち 有効 {valid}名" in room._subtitle.text()
    waiting, latest = screens.certificates()
    assert waiting == 0, due
    assert latest[f"第R7-1-{list(FATES).index(RENAMED) + 1:04d}号"][2] == (RENAMED if place < 2 else NEW_NAME)


def test_ten_people_live_nine_years_and_every_screen_is_right_on_each_first_of_april(
    story: Story, qtbot: QtBot, background: Background
) -> None:
    screens = Screens(story, qtbot, background)
    for place, live in enumerate(YEARS):
        live(story)
        look(screens, place + 1)
    everyone(story)
    pictures(screens)


def everyone(story: Story) -> None:
    """終わりの日から振り返っても、過去のどの四月一日も同じ（名簿は基準日で導く）。"""
    for place, day in enumerate(FIRST_OF_APRIL):
        back = {
            r.number: r.standing
            for r in renewal.list_certifications(story.office, day)
            if r.standing != "not_yet"
        }
        assert back == expected(story, place), day
        listed = {r.number: r.standing for r in register.as_of(story.office, day).rows}
        assert {n: s for n, s in listed.items() if s != "not_yet"} == expected(story, place), day
    ledger: dict[str, list[tuple[int, str]]] = {}
    for row in certificates.list_ledger(story.office):
        ledger.setdefault(row.name, []).append((row.version, row.words))
    assert ledger[NEW_NAME][-4:] == [(2, "書換"), (3, "更新"), (4, "更新"), (5, "更新")]
    assert ledger[LOST] == [(1, "新規（取下げ）"), (2, "再交付"), (3, "更新")]
    assert ledger[LAPSED] == [(1, "新規")]
    assert [r.standing for r in (story.row(BARRED), story.row(DIED))] == ["revoked", "died"]


def pictures(screens: Screens) -> None:
    """一人の経過の画面：取り消され、二年を過ぎて再び認証された人。"""
    room, _ = screens.renewal()
    first, second = (screens.story.row(AGAIN, place) for place in (0, 1))
    room.open_target(first.certification_id)
    told = room.case_card.words.text()
    assert "令和9年3月1日　認証を取消し（責任 次郎・確認 四郎）" in told
    assert "令和9年3月1日　認定証が返納された" in told
    assert "弁明の機会の付与通知書（令和9年1月10日作成、令和9年1月10日発送）" in told
    shot(room, "九年_取り消された人")
    room.open_target(second.certification_id)
    assert room.record.chip.text == "有効"
    assert not room.case_card.isVisible()
    shot(room, "九年_再び認証された人")
    assert [(w.expires_on.year, w.renewed, w.lapsed, w.ended) for w in screens_pictures(screens)] == [
        (2029, 6, 1, 3),
        (2032, 4, 1, 1),
        (2033, 1, 0, 0),
        (2035, 1, 3, 0),
        (2036, 0, 0, 0),
        (2038, 0, 0, 0),
    ]


def screens_pictures(screens: Screens) -> tuple[WavePicture, ...]:
    return renewal.overview(screens.story.office).pictures

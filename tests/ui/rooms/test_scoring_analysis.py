"""採点の画面：設問の分析。図の点と表の行、肢の表、報告書。"""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.domain.abilities import ABILITIES
from app.domain.access import Role
from app.services import scoring
from app.services.office import Office
from database.opening import Store
from tests.factories import as_role, make_office
from tests.ui.rooms.course_sample import QUESTIONS, make_test, press
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.scoring.item_map import Dot, ItemMap
from ui.rooms.scoring.items import test_words as words_of
from ui.rooms.scoring.room import ScoringRoom


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def room_of(
    qtbot: QtBot, office: Office, background: Background, people: int = 40, save_to: Path | None = None
) -> tuple[ScoringRoom, int]:
    """問7の正答を取り違えたテストの、「設問と分析」を開いた部屋。"""
    cohort, test, _ = make_test(office, people)
    turned = [replace(q, key=("ア",)) if q.number == 7 else q for q in QUESTIONS]
    scoring.set_questions(office, test, turned)
    context = RoomContext(office, background, cohort)
    if save_to is not None:
        context.save_path = lambda _page, _title, _name, chosen: chosen(save_to)
    return open_items(qtbot, context), test


def open_items(qtbot: QtBot, context: RoomContext) -> ScoringRoom:
    room = ScoringRoom(context)
    qtbot.addWidget(room)
    room.resize(1180, 680)
    room.show()
    room.pages.choose("items")
    wait_for_figures(qtbot, room)
    return room


def wait_for_figures(qtbot: QtBot, room: ScoringRoom) -> None:
    qtbot.waitUntil(lambda: room.items.figures.text() not in ("", "分析しています…"), timeout=20_000)
    qtbot.waitUntil(lambda: room.rule.result is not None, timeout=20_000)


def test_the_table_and_the_head_show_the_figures_of_the_service(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, test = room_of(qtbot, office, background, 12)
    view = scoring.score_test(office, test)
    item = view.items[0]
    columns = {c.title: c for c in room.items.model.columns}
    row = room.items.model.rows[0]
    rate, power, tie = item.correct_rate.value, item.discrimination.value, item.correlation.value
    assert rate is not None
    assert columns["正答率"].text(row) == f"{rate * 100:.0f}%"
    assert columns["識別"].text(row) == f"{power:.2f}"
    assert columns["点双列"].text(row) == f"{tie:.2f}"
    assert columns["n"].text(row) == "11"
    assert columns["選ばれた肢"].text(row) == "　".join(f"{c.label} {c.n}" for c in item.choices)
    assert room.items.map.numbers == tuple(range(1, 21))
    assert room.items.boxes.names == tuple(f"科目群{g}" for g in "ABCDE")
    assert room.items.abilities.names == ()
    assert room.items.abilities.accessibleDescription().startswith("設問に能力が定められていません。")
    assert room.items.caution.text() == "受験者が11名と少ないため、指数は参考にとどめてください。"
    assert room.items.figures.text() == words_of(view.analysis.figures)
    found = view.analysis.figures.reliability
    assert (
        f"信頼性係数α {found.value:.2f}　測定の標準誤差 {found.measurement:.1f}点" in room.rule.figures.text()
    )


def test_below_ten_people_the_table_says_none_and_there_is_no_map(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background, 9)
    columns = {c.title: c for c in room.items.model.columns}
    assert {columns["識別"].text(row) for row in room.items.model.rows} == {"—"}
    assert room.items.map.numbers == ()
    room.items.table.selectRow(0)
    assert "正答率 —（人数不足）" in room.items.detail.figures.text()
    assert "信頼性係数 —（人数不足）" in room.items.figures.text()


def test_a_dot_chooses_its_row_and_a_row_its_dot(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    dots = {line.question.number: line.dot for line in room.items.model.rows}
    seven = dots[7]
    assert seven is not None
    assert seven.tone == "bad"
    at = room.items.map.place_of(seven).toPoint()
    qtbot.mouseClick(room.items.map, Qt.MouseButton.LeftButton, pos=at)
    chosen = room.items.chosen()
    assert chosen is not None
    assert chosen.number == 7
    assert room.items.detail.heading.text().startswith("問7（科目群B）")
    assert room.items.detail.flags.text() == "相関が負・識別が負・正答より多い肢"
    assert [(c.label, c.key, c.lured) for c, _ in room.items.detail.model.rows] == [
        ("ア", True, False),
        ("エ", False, True),
    ]
    room.items.table.select_key(3)
    assert room.items.map.chosen == 3


def test_sorting_by_a_figure_puts_the_worst_first(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    place = [c.title for c in room.items.model.columns].index("点双列")
    room.items.table.sortByColumn(place, Qt.SortOrder.AscendingOrder)
    assert room.items.model.rows[0].question.number == 7


def test_the_arrow_keys_walk_over_the_dots(qtbot: QtBot) -> None:
    map_ = ItemMap()
    qtbot.addWidget(map_)
    map_.resize(400, 200)
    map_.set_dots([Dot(1, 0.9, 0.1), Dot(2, 0.2, -0.3, "bad"), Dot(3, 0.5, 0.6)])
    map_.show()
    picked: list[int] = []
    map_.picked.connect(picked.append)
    key = Qt.Key
    for one in (
        key.Key_Right,
        key.Key_Right,
        key.Key_Right,
        key.Key_Right,
        key.Key_Up,
        key.Key_Down,
        key.Key_Left,
    ):
        qtbot.keyClick(map_, one)
    assert picked == [2, 3, 1, 3, 1, 3]
    assert map_.accessibleDescription() == (
        "問1 正答率90% 識別指数0.10、問2 正答率20% 識別指数-0.30、問3 正答率50% 識別指数0.60"
    )
    qtbot.mouseClick(map_, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert map_.chosen == 3


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx"])
def test_the_report_is_written_where_the_user_says(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path, suffix: str
) -> None:
    room, _ = room_of(qtbot, office, background, save_to=tmp_path / "報告書")
    press(qtbot, room.items.paper_button if suffix == ".pdf" else room.items.book_button)
    target = tmp_path / f"報告書{suffix}"
    qtbot.waitUntil(lambda: room.banner.text == f"テスト分析報告書を書きました：{target}", timeout=20_000)
    assert target.stat().st_size > 5000


def test_a_report_that_cannot_be_written_is_told_in_the_banner(
    qtbot: QtBot, office: Office, background: Background, tmp_path: Path
) -> None:
    room, _ = room_of(qtbot, office, background, save_to=tmp_path / "ない所" / "報告書")
    press(qtbot, room.items.paper_button)
    qtbot.waitUntil(lambda: "書けませんでした" in room.banner.text, timeout=20_000)


def test_a_reader_sees_the_figures_and_writes_no_report(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, _, _ = make_test(office)
    reader = as_role(office, Role.AUDITOR)
    room = open_items(qtbot, RoomContext(reader, background, cohort))
    assert not room.items.paper_button.isEnabled()
    assert not room.items.book_button.isEnabled()


def test_the_list_of_people_makes_room_for_the_analysis(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    room, _ = room_of(qtbot, office, background)
    assert not room.list_pane.isVisible()
    room.pages.choose("rule")
    assert room.list_pane.isVisible()


def test_the_abilities_are_drawn_named_in_the_table_and_beside_the_question(
    qtbot: QtBot, office: Office, background: Background
) -> None:
    cohort, test, _ = make_test(office, 40)
    names = tuple(ABILITIES)
    able = [replace(q, ability=names[q.number % 4]) if q.number < 20 else q for q in QUESTIONS]
    scoring.set_questions(office, test, able)
    room = open_items(qtbot, RoomContext(office, background, cohort))
    room.items.pictures.choose("abilities")
    assert room.items.stack.currentWidget() is room.items.abilities
    assert room.items.abilities.names == tuple(ABILITIES.values())
    column = next(c for c in room.items.model.columns if c.title == "能力")
    assert [column.text(r) for r in room.items.model.rows[17:]] == [
        ABILITIES[names[2]],
        ABILITIES[names[3]],
        "",
    ]
    room.items.table.selectRow(0)
    assert room.items.detail.heading.text() == f"問1（科目群A・{ABILITIES[names[1]]}）　"

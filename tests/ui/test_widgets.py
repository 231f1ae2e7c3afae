"""部品。"""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from app.domain.findings import Finding, Status
from ui.theme.tokens import Tone
from ui.widgets.cards import EmptyState, NoteBox, ProgressCard, button, label
from ui.widgets.chip import Chip
from ui.widgets.date_field import DateField
from ui.widgets.findings import FindingLine, FindingList, lines_of
from ui.widgets.form import Form
from ui.widgets.funnel import Funnel, FunnelStep
from ui.widgets.histogram import Bar, Histogram, bars_of
from ui.widgets.room import ActionBar, Filter, FilterBar, RoomPage, SplitRoomPage
from ui.widgets.timeline import Span, Timeline, axis_marks, overlaps

TODAY = date(2026, 1, 19)
WINDOW = (date(2020, 8, 2), date(2025, 8, 1))


@pytest.mark.parametrize("typed", ["R8.3.31", "8/3/31", "20260331", "令和８年３月３１日", "2026-03-31"])
def test_dates_are_read_as_people_write_them(qtbot, typed: str) -> None:
    field = DateField(TODAY)
    qtbot.addWidget(field)
    field.edit.setText(typed)
    assert (field.value, field.shown, field.error) == (date(2026, 3, 31), "令和8年3月31日（火）", "")


def test_an_impossible_date_says_why_beside_the_field(qtbot) -> None:
    field = DateField(TODAY)
    qtbot.addWidget(field)
    field.edit.setText("R8.2.30")
    assert field.value is None
    assert field.error == field.shown != ""
    assert field.edit.property("role") == "wrong"
    field.edit.clear()
    assert (field.error, field.shown, field.edit.property("role")) == ("", "", "")


def test_a_date_out_of_its_era_is_shown_with_a_note(qtbot) -> None:
    field = DateField(TODAY)
    qtbot.addWidget(field)
    field.edit.setText("平成40年5月1日")
    assert field.value == date(2028, 5, 1)
    assert field.shown.startswith("令和10年5月1日（月）　")


def test_change_is_told_only_when_the_date_changes(qtbot) -> None:
    field = DateField(TODAY)
    qtbot.addWidget(field)
    told: list[date | None] = []
    field.changed.connect(told.append)
    for typed in ("R8.3.31", "20260331", "x", "", "R8.4.1"):
        field.edit.setText(typed)
    assert told == [date(2026, 3, 31), None, date(2026, 4, 1)]


def test_calendar_opens_at_today_and_fills_the_field(qtbot) -> None:
    field = DateField(TODAY)
    qtbot.addWidget(field)
    field.show()
    calendar = field.open_calendar()
    assert (calendar.yearShown(), calendar.monthShown()) == (2026, 1)
    calendar.clicked.emit(calendar.selectedDate())
    assert field.value == TODAY


def test_overlaps_are_found_inside_the_window_only() -> None:
    spans = (
        Span("甲", date(2019, 1, 1), date(2020, 8, 10)),
        Span("乙", date(2020, 7, 1), date(2024, 9, 19)),
        Span("丙", date(2024, 8, 10), None),
        Span("丁", date(2024, 9, 1), date(2024, 9, 30)),
    )
    assert overlaps(spans, WINDOW) == (
        (date(2020, 8, 2), date(2020, 8, 10)),
        (date(2024, 8, 10), date(2024, 9, 30)),
    )


def test_spans_that_only_touch_do_not_overlap() -> None:
    spans = (Span("甲", date(2021, 1, 1), date(2021, 1, 31)), Span("乙", date(2021, 2, 1), None))
    assert overlaps(spans, WINDOW) == ()


def test_axis_is_marked_once_a_year() -> None:
    assert [day.isoformat() for day in axis_marks(WINDOW)] == [
        "2020-08-01", "2021-08-01", "2022-08-01", "2023-08-01", "2024-08-01", "2025-08-01",
    ]  # fmt: skip


def test_timeline_says_in_words_what_it_draws(qtbot) -> None:
    line = Timeline()
    qtbot.addWidget(line)
    spans = (
        Span("甲", date(2023, 10, 1), date(2024, 9, 19), "96日"),
        Span("乙", date(2024, 8, 10), None, "107日"),
    )
    line.set_data(spans, WINDOW)
    assert line.accessibleDescription() == (
        "甲　R5.10.1〜R6.9.19　96日\n乙　R6.8.10〜在職中　107日\n重なり　R6.8.10〜R6.9.19"
    )


def test_timeline_pales_what_lies_outside_the_window(qtbot) -> None:
    line = Timeline()
    qtbot.addWidget(line)
    line.set_data((Span("甲", date(2019, 1, 1), date(2021, 3, 31), "120日"),), WINDOW)
    line.resize(600, line.sizeHint().height())
    picture = line.grab().toImage()
    row = [picture.pixelColor(x, 13).name() for x in range(124, 584)]
    assert {"#c9d8ec", "#1f4e8c"} <= set(row)
    assert row.index("#c9d8ec") < row.index("#1f4e8c")


def test_scores_are_counted_into_bars_with_full_marks_in_the_last() -> None:
    assert bars_of([0, 59.5, 60, 100, 101], 0, 100, 20) == (
        Bar(0, 20, 1), Bar(20, 40, 0), Bar(40, 60, 1), Bar(60, 80, 1), Bar(80, 100, 1),
    )  # fmt: skip


def test_pass_mark_moves_by_key_and_stops_at_the_end(qtbot) -> None:
    picture = Histogram()
    qtbot.addWidget(picture)
    picture.set_data((Bar(0, 50, 1), Bar(50, 100, 2)), 99, movable=True)
    told: list[float] = []
    picture.mark_moved.connect(told.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(picture, key)
    assert told == [100.0, 99.0]


def test_a_test_of_no_points_draws_nothing(qtbot) -> None:
    picture = Histogram()
    qtbot.addWidget(picture)
    picture.resize(300, 140)
    blank = picture.grab().toImage()
    picture.set_data((Bar(0, 0, 3), Bar(0, 0, 0)), 0)
    assert picture.grab().toImage() == blank


def test_pass_mark_that_may_not_move_stays(qtbot) -> None:
    picture = Histogram()
    qtbot.addWidget(picture)
    picture.set_data((Bar(0, 100, 3),), 60)
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton)
    assert picture.mark == 60


def test_funnel_shows_a_dash_for_what_has_not_begun(qtbot) -> None:
    funnel = Funnel()
    qtbot.addWidget(funnel)
    funnel.set_steps([FunnelStep("受付", 1071), FunnelStep("認証", None)])
    funnel.set_steps([FunnelStep("受付", 1072), FunnelStep("認証", None)])
    assert funnel.accessibleName() == "受付 1,072、認証 —"


def test_findings_become_lines_with_how_to_settle_them() -> None:
    finding = Finding(
        Status.UNCONFIRMED, "注6", "最少 162日です。", "従業日数", settles="内訳を入れてください。"
    )
    assert lines_of([finding]) == (
        FindingLine(Status.UNCONFIRMED, "従業日数", "最少 162日です。　内訳を入れてください。", "注6"),
    )


def test_finding_list_shows_words_as_they_are(qtbot) -> None:
    listed = FindingList()
    qtbot.addWidget(listed)
    listed.set_lines([FindingLine(None, "<b>甲</b>", "a < b & c", "4(3)", "2年0か月")])
    listed.set_lines([FindingLine(Status.MET, "<b>甲</b>", "a < b & c", "4(3)", "2年0か月")])
    texts = [part.accessibleName() or part.text() for part in listed.findChildren(QLabel)]
    assert [t for t in texts if "a < b & c" in t] == ["<b>甲</b>：2年0か月a < b & c"]
    assert [chip.accessibleName() for chip in listed.findChildren(Chip)] == ["満たす"]


def test_long_evidence_makes_the_list_taller_instead_of_being_cut(qtbot) -> None:
    short, tall = FindingList(), FindingList()
    for listed, words in ((short, "短い"), (tall, "長い根拠の文" * 40)):
        qtbot.addWidget(listed)
        listed.set_lines([FindingLine(Status.MET, "要件", words, "4(1)")])
    assert tall.heightForWidth(600) > short.heightForWidth(600) * 2


def test_chip_is_wide_enough_for_its_words_and_hides_without(qtbot) -> None:
    chip = Chip("資格あり", Tone.OK)
    qtbot.addWidget(chip)
    assert chip.sizeHint().width() >= chip.fontMetrics().horizontalAdvance("資格あり")
    chip.set("", Tone.MUTED)
    assert chip.isHidden() is True


def test_labels_show_markup_as_typed(qtbot) -> None:
    made = label("<i>甲</i>  乙\n丙", wrap=True)
    qtbot.addWidget(made)
    assert made.text() == "<i>甲</i>  乙\n丙"


def test_ampersand_in_a_button_is_shown(qtbot) -> None:
    made = button("甲&乙")
    qtbot.addWidget(made)
    assert (made.text(), made.accessibleName()) == ("甲&&乙", "甲&乙")


def test_note_box_hides_when_empty(qtbot) -> None:
    note = NoteBox("注意")
    qtbot.addWidget(note)
    note.show()
    note.set_text("")
    assert note.isVisible() is False
    note.set_text("だめ", Tone.BAD)
    assert (note.text, note.property("role")) == ("だめ", "note_bad")


def test_form_moves_to_the_first_wrong_field_and_takes_errors_back(qtbot) -> None:
    form = Form()
    qtbot.addWidget(form)
    first, second = QLineEdit(), QLineEdit()
    form.add("a", "氏名", first, required=True)
    form.add("b", "連絡先", second, "電話か電子メール")
    form.show()
    assert form.show_errors({"b": "連絡先を入れてください。"}) is False
    assert (form.row("a").error, form.row("b").error) == ("", "連絡先を入れてください。")
    assert form.focusWidget() is second
    assert (second.accessibleName(), second.accessibleDescription()) == ("連絡先", "連絡先を入れてください。")
    assert form.show_errors({}) is True
    assert second.accessibleDescription() == "電話か電子メール"


def test_filters_keep_the_choice_when_counts_change(qtbot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.set_filters([Filter("q", "要確認", 5), Filter("a", "すべて", 1071)])
    told: list[str] = []
    bar.changed.connect(told.append)
    bar.choose("a")
    bar.choose("a")
    bar.set_filters([Filter("q", "要確認", 4), Filter("a", "すべて", 1071)])
    assert (bar.current, bar.words(), told) == ("a", ("要確認 4", "すべて 1,071"), ["a"])
    bar.set_filters([Filter("q", "要確認", 4)])
    assert bar.current == "q"


def test_main_action_works_only_while_it_may_be_pressed(qtbot) -> None:
    page = SplitRoomPage("部屋")
    qtbot.addWidget(page)
    done: list[str] = []
    page.actions_bar.set_main("古い", lambda: done.append("古い"))
    main = page.actions_bar.set_main("確定", lambda: done.append("確定"))
    main.setEnabled(False)
    page.main_action()
    main.setEnabled(True)
    page.main_action()
    assert done == ["確定"]


def test_dangerous_action_never_touches_the_main_one(qtbot) -> None:
    page = SplitRoomPage("部屋")
    qtbot.addWidget(page)
    danger = page.actions_bar.add_danger("消す", lambda: None)
    main = page.actions_bar.set_main("確定", lambda: None)
    page.record.show_record("見本 花子")
    page.resize(1100, 600)
    page.show()
    assert main.geometry().left() - danger.geometry().right() >= 24
    assert (danger.property("role"), main.property("role")) == ("danger", "main")


def test_actions_that_do_not_fit_go_to_the_next_line_whole(qtbot) -> None:
    bar = ActionBar()
    qtbot.addWidget(bar)
    plain = [bar.add(words, lambda: None) for words in ("勤務日を入力…", "通知を作成…")]
    danger, main = (
        bar.add_danger("資格なしと判定", lambda: None),
        bar.set_main("資格ありと判定", lambda: None),
    )
    bar.resize(900, 60)
    bar.show()
    assert {b.y() for b in (*plain, danger, main)} == {plain[0].y()}
    assert (plain[0].x(), main.geometry().right()) == (0, 899)
    narrow = sum(b.sizeHint().width() for b in (danger, main)) + 60
    bar.resize(narrow, bar.heightForWidth(narrow))
    for made in (*plain, danger, main):
        assert made.width() == made.sizeHint().width()
        assert bar.rect().contains(made.geometry())
    assert plain[0].y() == plain[1].y() < danger.y() == main.y()
    assert main.x() - danger.geometry().right() >= 24
    danger.hide()
    assert bar.heightForWidth(narrow) == bar.height()


def test_the_buttons_of_a_heading_that_do_not_fit_go_below_it(qtbot) -> None:
    page = RoomPage("第1回 認定審査委員会", "令和8年3月20日（金）14:00〜")
    qtbot.addWidget(page)
    made = [page.add_button(words, lambda: None) for words in ("委員…", "出席…", "議事録…", "閉会…")]
    page.resize(1000, 400)
    page.show()
    assert made[0].geometry().center().y() == page.title_label.geometry().center().y()
    page.resize(420, 400)
    assert made[0].y() >= page.title_label.geometry().bottom()
    assert [b.width() for b in made] == [b.sizeHint().width() for b in made]
    assert page.minimumSizeHint().width() <= 420


def test_room_shows_what_to_do_when_there_is_nothing(qtbot) -> None:
    page = SplitRoomPage("部屋")
    qtbot.addWidget(page)
    assert (page.list_pane.is_empty_shown, page.record.is_empty_shown) == (True, True)
    done: list[int] = []
    page.list_pane.show_empty("取り込んでください。", "取り込む…", lambda: done.append(1))
    page.list_pane.empty._button.click()
    assert (page.list_pane.empty.text, done) == ("取り込んでください。", [1])
    page.record.show_record("見本 花子", "受付 0001", "要確認", Tone.WARN)
    assert (page.record.is_empty_shown, page.record.heading.text()) == (False, "見本 花子")


def test_empty_state_has_no_button_without_an_action(qtbot) -> None:
    empty = EmptyState("何もありません。")
    qtbot.addWidget(empty)
    empty.show()
    assert empty._button.isVisible() is False


def test_progress_shows_counts(qtbot) -> None:
    card = ProgressCard()
    qtbot.addWidget(card)
    card.show_progress(120, 1500, "読み込んでいます")
    assert card.text == "読み込んでいます　120／1,500"

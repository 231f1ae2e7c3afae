"""勤務日内訳表：どの形で貼られても同じ日になり、読めないところ・重なり・外の日を名指しする。"""

from datetime import date

import pytest

from app.domain.errors import InputRefused
from app.domain.workday_lists import (
    PastedDays,
    duplicate_words,
    few,
    listed_problem,
    outside_words,
    pattern_days,
    read_days,
    written,
)

A, B, C = date(2024, 8, 10), date(2024, 9, 2), date(2024, 9, 3)
WINDOW = (date(2020, 8, 2), date(2025, 8, 1))


@pytest.mark.parametrize(
    "text",
    [
        "令和6年8月10日\n令和6年9月2日\n令和6年9月3日",
        "勤務日\nR6.8.10\nR6.9.2\nR6.9.3\n",
        "2024-08-10\t2024/9/2\n2024年9月3日\t",
        "2024/8/10 0:00\r\n2024/9/2 0:00:00\r\n2024/9/3 00:00",
        "45514\n45537\n45538.0",
        "R6.8.10、R6.9.2,2024-09-03",
        "平成36年8月10日\nＲ６．９．２\n20240903",
        "\t1\t2\t3\t10\nR6.8\t\t\t\t○\nR6.9\t\t1\t出勤\t休",
        "年月\t2日\t3日\t10日\n令和6年8月分\t×\t0\t◯\n2024/9\t●\tレ\t-",
        "日\tR6.8\tR6.9\n2\t\t○\n3\t\t○\n10\t○\t\n",
    ],
)
def test_every_way_of_writing_gives_the_same_days(text: str) -> None:
    read = read_days(text)
    assert (read.days, read.duplicates, read.problems) == ((A, B, C), (), ())


def test_a_single_month_stands_under_its_title() -> None:
    text = "令和6年9月\n日\t曜日\t勤務\n1\t日\t\n2\t月\t○\n3\t火\t○\n4\t水\t休"
    assert read_days(text) == PastedDays((B, C))


def test_days_given_twice_count_once_and_are_named() -> None:
    read = read_days("R6.9.2\nR6.8.10\nR6.9.2\n2024-09-02")
    assert (read.days, read.duplicates) == ((A, B), (B,))
    assert duplicate_words(read.duplicates) == "同じ日が二度あります（一日として数えます）：R6.9.2"
    assert duplicate_words(()) == ""


def test_what_cannot_be_read_is_said_with_its_line_and_the_rest_is_read() -> None:
    read = read_days("日付\nR6.8.10\n令和6年2月30日\n不明\nR6.9.2")
    assert read.days == (A, B)
    assert [words.partition("：")[0] for words in read.problems] == ["3行目", "4行目"]


def test_a_mark_that_says_nothing_is_asked_about() -> None:
    read = read_days("\t1\t2\t31\nR6.9\t△\t○\t○")
    assert read.days == (B,)
    assert read.problems == (
        "2行目1日の「△」は、働いた印（○・1 など）か休みの印（空・休 など）として読めません。",
        "2行目31日の「○」：2024年9月に31日はありません。",
    )


def test_a_weekday_that_does_not_fit_is_a_caution() -> None:
    read = read_days("R6.9.2（火）")
    assert (read.days, read.problems) == ((B,), ())
    assert read.cautions == ("1行目：令和6年9月2日は月曜日です。日付か曜日を確かめてください。",)


def test_nothing_pasted_is_no_day() -> None:
    assert read_days(" \n\t\n") == PastedDays(())


def test_a_sheet_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputRefused, match="大きすぎます"):
        read_days("\t".join(["R6.9.2"] * 20_001))
    assert read_days("\t".join(["R6.9.2"] * 20_000)).days == (B,)


def test_days_outside_the_employment_are_named() -> None:
    assert outside_words((A, B, C), A, C) == ""
    assert outside_words((A, B, C), date(2024, 8, 11), B) == (
        "在職期間（令和6年8月11日から令和6年9月2日）の外の日が2日あります：R6.8.10、R6.9.3"
    )
    many = pattern_days(date(2024, 9, 1), date(2024, 9, 7), range(7))
    assert few(many) == "R6.9.1、R6.9.2、R6.9.3、R6.9.4、R6.9.5 ほか2日"


def test_a_list_longer_than_the_certificate_is_a_contradiction() -> None:
    days = (date(2020, 8, 1), date(2020, 8, 2), date(2025, 8, 1), date(2025, 8, 2))
    assert listed_problem(days, 4, 2, WINDOW) == ""
    assert listed_problem(days, 3, 2, WINDOW).startswith("勤務日の一覧は4日で、証明書の従業日数3日より")
    assert listed_problem(days, None, 1, WINDOW).startswith("勤務日の一覧の対象期間内の日は2日で、")
    assert listed_problem(None, 0, 0, WINDOW) == ""


def test_a_pattern_of_weekdays_leaves_out_what_it_is_told() -> None:
    first, last = date(2024, 9, 1), date(2024, 9, 14)
    assert pattern_days(first, last, (0, 4), (date(2024, 9, 6),)) == (B, date(2024, 9, 9), date(2024, 9, 13))
    assert pattern_days(last, first, range(7)) == ()


def test_what_is_written_is_read_back() -> None:
    assert written((C, A)) == "令和6年8月10日（土）\n令和6年9月3日（火）"
    assert read_days(written((A, B, C))) == PastedDays((A, B, C))

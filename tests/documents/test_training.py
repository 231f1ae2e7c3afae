"""集合研修の紙：氏名は打たれたとおりに出て、頁の数は人数から決まる。"""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from app.documents.measure import A4, A4_WIDE
from app.documents.training import (
    RENDERERS,
    Trainee,
    TrainingPaper,
    render_badges,
    render_plates,
    render_roll,
)
from app.domain.errors import RuleViolation

NAMES = ("髙﨑󠄀 健太郎", "NGUYỄN THỊ PHƯƠNG THẢO", "𠮷田 みなみ", "神\ufa19 花子", "渡邉 直樹")


def paper(count: int = 5) -> TrainingPaper:
    people = tuple(
        Trainee(f"{n + 1:04d}", NAMES[n % 5], "ミホン ナマエ", "見本市国際交流協会") for n in range(count)
    )
    return TrainingPaper("令和7年度 第2期", "集合研修（1日目）", date(2026, 2, 3), "見本事務局", people)


def pages(pdf: bytes) -> list[tuple[tuple[float, float], str]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [(page.get_size(), page.get_textpage().get_text_range()) for page in document]


@pytest.mark.parametrize("kind", RENDERERS)
def test_every_name_is_on_the_paper_as_it_was_typed(kind: str) -> None:
    text = "".join(words for _, words in pages(RENDERERS[kind](paper())))
    assert [name for name in NAMES if name not in text] == []


@pytest.mark.parametrize(
    ("count", "roll", "badges", "plates"), [(1, 1, 1, 1), (22, 1, 3, 22), (23, 2, 3, 23)]
)
def test_pages_follow_from_the_number_of_people(count: int, roll: int, badges: int, plates: int) -> None:
    one = paper(count)
    found = [pages(make(one)) for make in (render_roll, render_badges, render_plates)]
    assert [len(p) for p in found] == [roll, badges, plates]
    sizes = [p[0][0] for p in found]
    for size, wanted in zip(sizes, (A4, A4, A4_WIDE), strict=True):
        assert size == pytest.approx(wanted, abs=0.1)


def test_the_roll_says_what_when_and_how_many_on_every_page() -> None:
    for number, (_, words) in enumerate(pages(render_roll(paper(23))), 1):
        lines = words.replace("\r", "").split("\n")
        assert ("集合研修（1日目） 名簿" in words.replace("　", " "), f"{number}／2" in lines) == (True, True)
        assert "令和8年2月3日" in words
        assert "23名" in words


def test_a_plate_is_read_from_both_sides() -> None:
    ((_, words),) = pages(render_plates(paper(1)))
    assert words.count(NAMES[0]) == 2


@pytest.mark.parametrize("kind", RENDERERS)
def test_a_name_that_cannot_be_drawn_is_refused_by_name(kind: str) -> None:
    one = paper(1)
    wrong = replace(one, people=(replace(one.people[0], name="見本\U00013000"),))
    with pytest.raises(RuleViolation, match="受付 0001「見本\U00013000」の \U00013000 は印刷できません"):
        RENDERERS[kind](wrong)


@pytest.mark.parametrize("kind", RENDERERS)
def test_without_people_there_is_nothing_to_print(kind: str) -> None:
    with pytest.raises(RuleViolation, match="刷る人がいません"):
        RENDERERS[kind](replace(paper(), people=()))


def test_the_same_people_make_the_same_bytes() -> None:
    assert [make(paper(3)) for make in RENDERERS.values()] == [make(paper(3)) for make in RENDERERS.values()]

"""見本の成績と答案：一人ずつの道に合わせて、本物の様式で書く。"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from random import Random

from app.cli.demo.applicants import Applicant
from app.workbooks.answers import AnswerForm, KeyForm
from app.workbooks.results import ResultForm

GROUPS = ("A", "B", "C", "D", "E")
QUIZ_ON = date(2025, 7, 4)
RETAKE_ON = date(2025, 7, 18)
COMPREHENSIVE_ON = (date(2025, 7, 25), date(2025, 8, 1), date(2025, 8, 8))
REPORTS = (
    (1, "取組状況報告1", date(2025, 9, 30)),
    (2, "取組状況報告2", date(2025, 11, 28)),
    (3, "課題レポート", date(2025, 12, 19)),
)
EXTENDED_TO = date(2026, 1, 9)
HANDED_LATE_ON = date(2026, 1, 6)
SESSIONS = (
    (1, "集合研修 第1日", date(2026, 1, 24)),
    (2, "集合研修 第2日", date(2026, 1, 25)),
)
TEST_ON = date(2026, 1, 31)
CHOICES = ("ア", "イ", "ウ", "エ")
_PER_GROUP = 10
_POINTS = 2
GROUP_MINIMUM = 8
PASS_MARK = 60
_LOWEST_SCORE, _HIGHEST_SCORE = 66, 98
Numbered = Sequence[tuple[int, Applicant]]


def _quiz(
    number: int, who: Applicant, group: str, points: int | None, day: date, attempt: int = 1
) -> ResultForm:
    outcome = "points" if points is not None else "exempt"
    kind = "quiz" if group else "comprehensive"
    taken = day if points is not None else None
    return ResultForm(0, number, who.form.name, kind, outcome, points, taken, group, attempt=attempt)


def _tests(number: int, who: Applicant, rng: Random) -> Iterator[ResultForm]:
    for group in GROUPS:
        points: int | None = rng.randint(_LOWEST_SCORE, _HIGHEST_SCORE)
        if who.fate == "exempt" and group == "A":
            points = None
        if who.fate == "quiz_retake" and group == "C":
            yield _quiz(number, who, group, 48, QUIZ_ON)
            yield _quiz(number, who, group, 74, RETAKE_ON, 2)
            continue
        yield _quiz(number, who, group, points, QUIZ_ON)
    if who.fate == "quiz_fail":
        for attempt, (day, points) in enumerate(zip(COMPREHENSIVE_ON, (41, 55, 59), strict=True), 1):
            yield _quiz(number, who, "", points, day, attempt)
        return
    yield _quiz(number, who, "", rng.randint(_LOWEST_SCORE, _HIGHEST_SCORE), COMPREHENSIVE_ON[0])


def tests(people: Numbered, seed: int) -> list[ResultForm]:
    """養成課程①の六つのテスト。"""
    rng = Random(seed + 1)  # noqa: S311  見本を作るだけで、秘密ではない
    return [form for number, who in people for form in _tests(number, who, rng)]


def reports(people: Numbered) -> list[ResultForm]:
    """実践の報告。最後の一つを出さない人がいる。"""
    found = []
    for number, who in people:
        for position, _, due in REPORTS:
            final = position == len(REPORTS)
            if final and who.fate in ("report_missing", "report_extended"):
                continue
            kind = "final_report" if final else "report"
            place = None if final else position
            found.append(
                ResultForm(0, number, who.form.name, kind, "submitted", taken_on=due, position=place)
            )
    return found


def sessions(people: Numbered) -> list[ResultForm]:
    """集合研修の出欠。"""
    found = []
    for number, who in people:
        for position, _, held_on in SESSIONS:
            absent = who.fate == "session_absent" and position == len(SESSIONS)
            outcome = "absent" if absent else "attended"
            late = 10 if number % 17 == 0 and position == 1 else 0
            found.append(
                ResultForm(
                    0,
                    number,
                    who.form.name,
                    "session",
                    outcome,
                    taken_on=held_on,
                    position=position,
                    minutes_late=late,
                )
            )
    return found


def keys(seed: int) -> list[KeyForm]:
    """修了認定テストの正答（五つの科目群に10問ずつ、2点ずつ）。"""
    rng = Random(seed + 2)  # noqa: S311  見本を作るだけで、秘密ではない
    return [
        KeyForm(0, n + 1, GROUPS[n // _PER_GROUP], _POINTS, (rng.choice(CHOICES),), "choice")
        for n in range(len(GROUPS) * _PER_GROUP)
    ]


def _marks(who: Applicant, key: Sequence[KeyForm], rng: Random) -> dict[int, bool]:
    ability = 0.35 if who.fate == "test_low" else who.ability
    right = {k.number: rng.random() < ability for k in key}
    if who.fate == "test_group_low":
        right |= {k.number: False for k in key if k.subject_group == "D"}
    if who.fate in ("test_low", "test_group_low"):
        return right
    # 普通の人は必ず合格する：足りない科目群は、若い番号の問から正答にする
    for group in GROUPS:
        mine = [k.number for k in key if k.subject_group == group]
        for number in mine:
            if sum(right[n] for n in mine) * _POINTS > PASS_MARK // len(GROUPS):
                break
            right[number] = True
    return right


def _answers(who: Applicant, key: Sequence[KeyForm], rng: Random) -> Mapping[int, tuple[str, ...]]:
    right = _marks(who, key, rng)
    found: dict[int, tuple[str, ...]] = {}
    for k in key:
        wrong = rng.choice([c for c in CHOICES if c not in k.key])
        if right[k.number]:
            found[k.number] = k.key
        elif rng.random() > 0.1:
            found[k.number] = (wrong,)
    return found


def answers(people: Numbered, key: Sequence[KeyForm], seed: int) -> list[AnswerForm]:
    """修了認定テストの答案。欠席の人がいる。"""
    rng = Random(seed + 3)  # noqa: S311  見本を作るだけで、秘密ではない
    found = []
    for number, who in people:
        if who.fate == "test_absent":
            found.append(AnswerForm(0, number, who.form.name, "absent"))
        else:
            found.append(AnswerForm(0, number, who.form.name, "points", _answers(who, key, rng)))
    return found

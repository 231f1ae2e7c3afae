"""ホームから採点までの部屋のための見本：申込・研修の途中の人・答案。人はすべて作り物。"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.services import progress, scoring
from app.services.office import Office
from app.services.progress import AttemptForm, AttendanceForm
from app.services.scoring import QuestionForm
from app.workbooks.answers import AnswerForm, write_answers
from app.workbooks.applicants import ApplicantForm, EmploymentForm, write_applicants
from app.workbooks.results import ResultForm, write_results
from database.schema.intake import Application, Employment
from database.schema.people import Person
from database.schema.scoring import AnswerSheet
from tests.factories import (
    GROUPS,
    finish_course,
    insert,
    make_applications,
    make_cohort,
    make_report_dues,
    make_sessions,
    pass_course1,
    person,
)

W = TypeVar("W", bound=QWidget)
HELD_ON = date(2026, 2, 10)
PEOPLE = (
    ("髙﨑󠄀 健太郎", "タカサキ ケンタロウ"),
    ("NGUYỄN THỊ PHƯƠNG THẢO", "グエン ティ フオン タオ"),
    ("渡邉 直樹", "ワタナベ ナオキ"),
    ("𠮷田 みなみ", "ヨシダ ミナミ"),
    ("SHRESTHA BINOD", "シュレスタ ビノド"),
    ("見本 花子", "ミホン ハナコ"),
    ("李 秀英", "リ シュウエイ"),
)
FAMILY, GIVEN = "佐藤鈴木高橋田中伊藤", "翔子誠一結衣大輔美咲"

THREE = [
    QuestionForm(1, "A", 40, ("ア",)),
    QuestionForm(2, "B", 50, ("イ", "ウ"), "multiple"),
    QuestionForm(3, "B", 10, (), "written"),
]


def people(count: int = len(PEOPLE)) -> list[Person]:
    """count 人。初めの何人かは、字の難しい名の人。"""
    made = [person(name, reading) for name, reading in PEOPLE[:count]]
    for i in range(len(made), count):
        family, given = FAMILY[i % 5 * 2 : i % 5 * 2 + 2], GIVEN[i // 5 % 5 * 2 : i // 5 % 5 * 2 + 2]
        made.append(person(f"{family} {given}", "ミホン ナマエ"))
    return made


def dialog_of(parent: QWidget, kind: type[W]) -> W:
    """いま開いている、その種類のただ一つの窓。"""
    found = [d for d in parent.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def press(qtbot: QtBot, button: QPushButton) -> None:
    """押せるボタンを押す。"""
    assert button.isEnabled()
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def make_candidates(office: Office) -> tuple[int, list[int]]:
    """在職期間のある申込者。資格あり・要確認・資格なしが一人ずつと、書きかけの一人。"""
    cohort = make_cohort(office, term=2, capacity=60)
    ids = make_applications(
        office,
        cohort,
        people(4),
        eligible=False,
        counter_engaged=True,
        counter_standard=True,
        counter_name="見本市相談窓口",
    )
    jobs = [
        (ids[0], "見本市相談窓口", date(2022, 4, 1), None, 400),
        (ids[1], "見本県相談センター", date(2023, 4, 1), date(2025, 3, 31), 96),
        (ids[1], "見本市国際交流協会", date(2024, 9, 1), None, 107),
        (ids[2], "見本市相談窓口", date(2025, 4, 1), None, 60),
    ]
    insert(
        office,
        [
            Employment(
                application_id=a,
                counter_name=name,
                counter="municipal",
                counter_standard=True,
                started_on=start,
                ended_on=end,
                workdays=days,
                workdays_in_window=days,
            )
            for a, name, start, end, days in jobs
        ],
    )
    return cohort, ids


def make_course(office: Office) -> tuple[int, list[int]]:
    """研修の途中の七人：①の途中、実践、辞退扱い、②、受験待ち、辞退、未受験。"""
    cohort = make_cohort(office, term=2)
    ids = make_applications(office, cohort, people())
    dues, sessions = make_report_dues(office, cohort), make_sessions(office, cohort)
    for group, points in (("A", 55), ("A", 72), ("B", 0), ("C", 90)):
        progress.record_attempt(office, ids[0], AttemptForm(group, "points", points, date(2025, 9, 1)))
    progress.record_attempt(office, ids[0], AttemptForm("D", "absent"))
    progress.record_attempt(office, ids[0], AttemptForm("E", "exempt"))
    pass_course1(office, ids[1:6])
    for due in dues[:2]:
        progress.record_report(office, ids[1], due, date(2025, 10, 20))
    progress.extend_report(office, ids[1], dues[2], date(2026, 3, 10), "災害による")
    progress.record_report(office, ids[2], dues[0], date(2025, 10, 30))
    for one in (ids[3], ids[4]):
        for due in dues:
            progress.record_report(office, one, due, date(2025, 10, 20))
    progress.record_attendance(office, sessions[0], {i: AttendanceForm(True) for i in ids[3:5]})
    progress.record_attendance(office, sessions[1], {ids[4]: AttendanceForm(True, minutes_late=10)})
    progress.confirm_withdrawal(office, ids[5])
    return cohort, ids


QUESTIONS = [
    *(QuestionForm(n, GROUPS[(n - 1) // 4], 4, ("アイウエ"[n % 4],)) for n in range(1, 20)),
    QuestionForm(20, "E", 24, (), "written"),
]


def answers_of(place: int, count: int) -> dict[str, object]:
    """place 番目の人の答案。後の人ほど、また難しい設問ほど誤る。"""
    found: dict[str, object] = {}
    for q in QUESTIONS[:-1]:
        right = (place * 7 + q.number * 13) % count < count - place * 0.8 - (q.number % 5)
        found[str(q.number)] = ["アイウエ"[(q.number + (0 if right else 1)) % 4]]
    found["20"] = max(0, 24 - place * 20 // count)
    return found


def make_test(office: Office, count: int = 40, locked: bool = False) -> tuple[int, int, list[int]]:
    """答案のそろった修了認定テスト。最後の一人は欠席。研修期・テスト・申込の id を返す。"""
    cohort = make_cohort(office, term=2)
    ids = make_applications(office, cohort, people(count))
    finish_course(office, ids, make_report_dues(office, cohort), make_sessions(office, cohort))
    test = scoring.create_test(office, cohort, "修了認定テスト", HELD_ON)
    scoring.set_questions(office, test, QUESTIONS)
    insert(
        office,
        [
            AnswerSheet(certification_test_id=test, application_id=a, answers=answers_of(i, count))
            for i, a in enumerate(ids[:-1])
        ]
        + [AnswerSheet(certification_test_id=test, application_id=ids[-1], outcome="absent", answers={})],
    )
    if locked:
        scoring.lock_test(office, test)
    return cohort, test, ids


def make_ready(office: Office) -> tuple[int, int, list[int]]:
    """修了認定テストを待つ三人と、まだ設問も答案もないテスト。"""
    cohort = make_cohort(office, term=2)
    ids = make_applications(office, cohort, people(3))
    finish_course(office, ids, make_report_dues(office, cohort), make_sessions(office, cohort))
    return cohort, scoring.create_test(office, cohort, "修了認定テスト", HELD_ON), ids


def applicants_book(path: Path, bad: bool = False) -> Path:
    """三人の申込様式。bad なら二人目の生年月日がない。"""
    job = EmploymentForm("municipal", date(2022, 4, 1), None, "見本市相談窓口", True, True, 410)
    born: Any = None if bad else date(1990, 5, 2)
    write_applicants(
        path,
        [
            ApplicantForm(2, "1", "髙﨑󠄀 健太郎", date(1985, 4, 1), "タカサキ ケンタロウ", counter="municipal", employments=(job,)),
            ApplicantForm(3, "2", "見本 花子", born, "ミホン ハナコ"),
            ApplicantForm(4, "3", "NGUYỄN THỊ PHƯƠNG THẢO", date(1992, 7, 3), "グエン ティ フオン タオ"),
        ],
    )  # fmt: skip
    return path


def locked_book(path: Path, password: str) -> Path:
    """パスワードの掛かった、一人は受け取れない申込様式。"""
    write_applicants(
        path,
        [
            ApplicantForm(2, "1", "髙﨑󠄀 健太郎", date(1985, 4, 1), "タカサキ ケンタロウ"),
            ApplicantForm(3, "2", "見本 花子", date(2030, 1, 1), "ミホン ハナコ"),
        ],
        password,
    )
    return path


def scan(path: Path) -> Path:
    """書類の写しの代わりの絵。"""
    image = QImage(600, 800, QImage.Format.Format_RGB32)
    image.fill(QColor("#fdf3dc"))
    assert image.save(str(path))
    return path


def results_book(path: Path, numbers: Sequence[int] = (1, 2), wrong: bool = False) -> Path:
    """小テストAの成績。wrong なら、いない受付番号の行が加わる。"""
    forms = [
        ResultForm(i + 2, n, "", "quiz", "points", 80 + n, date(2025, 9, 2), "A")
        for i, n in enumerate(numbers)
    ]
    if wrong:
        forms.append(ResultForm(9, 99, "いない 人", "quiz", "points", 70, date(2025, 9, 2), "A"))
    write_results(path, forms)
    return path


def answers_book(path: Path, numbers: Sequence[int] = (1, 2, 3)) -> Path:
    """三問の答案。"""
    forms = [AnswerForm(0, n, "", "points", {1: ("ア",), 2: ("イ", "ウ"), 3: ("8",)}) for n in numbers]
    write_answers(path, forms)
    return path


def application_of(office: Office, application_id: int) -> Application:
    """申込の行。"""
    with office.store.sessions() as session:
        return session.get_one(Application, application_id)

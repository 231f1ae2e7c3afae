"""進捗の物差し：盤を開く。もう一方は、同じ事実の行を素の SQL で読むだけ（状態は導かない）。"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from app.services import progress
from app.services.office import Office
from database.schema.eligibility import EligibilityDecision
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.progress import Attempt, Attendance, ReportDue, ReportSubmission, TrainingSession
from tests.benchmarks.harness import Job, Pair
from tests.benchmarks.storage import (
    Rows,
    application_rows,
    make_cohorts,
    new_store,
    person_rows,
    store_audited,
)
from tests.factories import GROUPS, GUIDELINE, NOW, TODAY, make_actor
from ui.application import dress
from ui.background import Background
from ui.rooms.context import RoomContext
from ui.rooms.progress.room import ProgressRoom

DUES, SESSIONS = 3, 2
READS = (
    "SELECT id, reception_number, person_id, withdrawn_on FROM application WHERE cohort_id = 1",
    "SELECT id, name, reading FROM person",
    "SELECT application_id, decision FROM eligibility_decision",
    "SELECT id, application_id, test, subject_group, number, outcome, points, taken_on FROM attempt",
    "SELECT application_id, report_due_id, submitted_on, extended_to FROM report_submission",
    "SELECT application_id, training_session_id, attended, minutes_late FROM attendance",
)


def _decisions(people: Rows) -> Rows:
    same: dict[str, Any] = {
        "decided_on": date(2025, 7, 1),
        "decision": "eligible",
        "finding": "eligible",
        "facts_digest": "0" * 64,
        "findings": [],
        "decided_by": "事務 花子",
    }
    return [{"id": p["id"], "application_id": p["id"], **same} for p in people]


def _attempts(people: Rows) -> Rows:
    """六つのテスト。五人に一人は一つを落とし、二度目を受けている。"""
    rows: Rows = []
    for p in people:
        for group in (*GROUPS, ""):
            failed = p["id"] % 5 == 0 and group == GROUPS[p["id"] // 5 % 5]
            for number, points in enumerate((40, 70) if failed else (80,), 1):
                rows.append(
                    {
                        "id": len(rows) + 1,
                        "application_id": p["id"],
                        "test": "quiz" if group else "comprehensive",
                        "subject_group": group,
                        "number": number,
                        "outcome": "points",
                        "points": points,
                        "taken_on": date(2025, 9, number),
                    }
                )
    return rows


def _reports(people: Rows) -> Rows:
    """七人に一人は、最後の一つをまだ出していない。"""
    return [
        {
            "application_id": p["id"],
            "report_due_id": due,
            "submitted_on": date(2025, 10, due),
            "extension_reason": "",
        }
        for p in people
        for due in range(1, DUES + (p["id"] % 7 > 0))
    ]


def _rolls(people: Rows) -> Rows:
    return [
        {"application_id": p["id"], "training_session_id": s, "attended": True, "outcome": "attended"}
        for p in people
        for s in range(1, SESSIONS + 1)
        if p["id"] % 7
    ]


def course_office(size: int, folder: Path) -> Office:
    """size 人が一つの研修期で、集合研修まで進んだオフィス。"""
    people = person_rows(size)
    store = new_store(folder)
    make_cohorts(store, 1)
    dues: Rows = [
        {"id": n, "cohort_id": 1, "position": n, "title": f"報告{n}", "due_on": TODAY + timedelta(n)}
        for n in range(1, DUES + 1)
    ]
    sessions: Rows = [
        {"id": n, "cohort_id": 1, "position": n, "title": f"集合研修{n}", "held_on": date(2026, 2, n)}
        for n in range(1, SESSIONS + 1)
    ]
    store_audited(
        store,
        [
            (Person, people),
            (Application, application_rows(people, dict.fromkeys(range(1, size + 1), 1))),
            (EligibilityDecision, _decisions(people)),
            (ReportDue, dues),
            (TrainingSession, sessions),
            (Attempt, _attempts(people)),
            (ReportSubmission, _reports(people)),
            (Attendance, _rolls(people)),
        ],
    )
    return Office(store, GUIDELINE, make_actor(), today=lambda: TODAY, now=lambda: NOW)


def _raw(office: Office) -> int:
    with office.store.driver() as driver:
        return sum(len(driver.execute(statement).fetchall()) for statement in READS)


def _board(size: int, folder: Path) -> Pair:
    office = course_office(size, folder)
    return Pair(lambda: progress.board(office, 1), lambda: _raw(office))


def _room(size: int, folder: Path) -> Pair:
    """部屋を開き、一人目の記録まで描く。"""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication([])
    dress(app)
    office = course_office(size, folder)
    context = RoomContext(office, Background(), 1)

    def ours() -> None:
        room = ProgressRoom(context)
        room.resize(1180, 680)
        room.show()
        room.grab()
        room.deleteLater()
        app.processEvents()

    return Pair(ours, lambda: _raw(office))


JOBS = (
    Job("進捗の盤", "同じ行を素の SQL で読む", 4.0, (1_000, 10_000), _board, wall=True),
    Job("進捗の部屋", "同じ行を素の SQL で読む", 6.0, (1_000, 10_000), _room, wall=True, memory=False),
)

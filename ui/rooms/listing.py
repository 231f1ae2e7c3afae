"""部屋の並び：仕事の順。ここに一行足せば、左の列にも Alt+数字にも現れる。"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.services import eligibility, home, intake
from ui.rooms.certificates import room as certificates
from ui.rooms.certificates.room import CertificatesRoom
from ui.rooms.committee import room as committee
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.room import EligibilityRoom
from ui.rooms.home.room import HomeRoom
from ui.rooms.intake.room import IntakeRoom
from ui.rooms.progress import room as progress
from ui.rooms.progress.room import ProgressRoom
from ui.rooms.register import room as register
from ui.rooms.register.room import RegisterRoom
from ui.rooms.renewal import room as renewal
from ui.rooms.renewal.room import RenewalRoom
from ui.rooms.scoring import room as scoring
from ui.rooms.settings import room as settings
from ui.rooms.settings.room import SettingsRoom
from ui.rooms.submission import room as submission
from ui.rooms.submission.room import SubmissionRoom

Waiting = Callable[[RoomContext], tuple[int, bool]]


@dataclass(frozen=True)
class Room:
    """部屋一つ。waiting は（待つ件数, 期限を過ぎたものがあるか）。

    needs はその部屋を開くのに要る権限の名で、できない役割の人の列には現れない。
    """

    key: str
    title: str
    page: Callable[[RoomContext], QWidget]
    needs: str
    waiting: Waiting
    separated: bool = False


def _home(context: RoomContext) -> tuple[int, bool]:
    assert context.cohort_id is not None
    tasks = home.tasks(context.office, context.cohort_id)
    return sum(t.overdue for t in tasks), any(t.overdue for t in tasks)


def _intake(context: RoomContext) -> tuple[int, bool]:
    assert context.cohort_id is not None
    rows = intake.list_applications(context.office, context.cohort_id)
    return sum(r.deficiencies > 0 for r in rows), any(r.overdue for r in rows)


def _eligibility(context: RoomContext) -> tuple[int, bool]:
    assert context.cohort_id is not None
    rows = eligibility.list_findings(context.office, context.cohort_id)
    waiting = [r for r in rows if not r.decision or r.changed_since]
    return len(waiting), any(r.changed_since for r in waiting)


ROOMS = (
    Room("home", "ホーム", HomeRoom, "home.tasks", _home),
    Room("intake", "受付", IntakeRoom, "intake.list_applications", _intake),
    Room("eligibility", "受講資格", EligibilityRoom, "eligibility.list_findings", _eligibility),
    Room("progress", "研修の進捗", ProgressRoom, "progress.board", progress.waiting),
    Room("scoring", "採点", scoring.page_of, "scoring.marking_tests", scoring.waiting),
    Room("committee", "審査会議", CommitteeRoom, "committee.list_meetings", committee.waiting),
    Room(
        "certificates",
        "認定証",
        CertificatesRoom,
        "certificates.list_waiting",
        certificates.waiting,
        separated=True,
    ),
    Room("renewal", "更新・取消", RenewalRoom, "renewal.list_certifications", renewal.waiting),
    Room("register", "認定者名簿", RegisterRoom, "register.as_of", register.waiting),
    Room(
        "submission",
        "帳票・提出",
        SubmissionRoom,
        "submission.list_batches",
        submission.waiting,
        separated=True,
    ),
    Room("settings", "設定", SettingsRoom, "settings.get", settings.waiting),
)

"""受付の書類の確認・写し・補正の場面。"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget

from app.domain.access import Role
from app.services import intake
from app.services.office import Office
from tests.factories import as_role
from tests.gallery.scene import Scene, WindowFactory, background, new_folder
from tests.gallery.scenes_course import context, fresh_office
from tests.scans import picture_bytes, scan_file
from tests.ui.rooms.course_sample import make_candidates
from ui.main_window import MainWindow
from ui.rooms.home.room import HomeRoom
from ui.rooms.intake.correction_list import CorrectionsDialog, LettersDialog
from ui.rooms.intake.corrections import AnswerDialog, CorrectionDialog
from ui.rooms.intake.documents import DocumentsDialog
from ui.rooms.intake.room import IntakeRoom

PROOF = "実務経験証明書：見本市相談窓口"
LATE = date(2026, 3, 9)


def _letter(folder: Path) -> Path:
    """写しの代わりに見せる、字のある PDF。"""
    office = fresh_office()
    _, ids = make_candidates(office)
    words = "従業日数の記載がありません。対象期間の従業日数を記した証明書を提出してください。"
    intake.request_correction(office, ids[0], words, date(2026, 3, 6), document_kind=PROOF)
    return intake.write_letter(office, ids[0], folder / "証明書（髙﨑）.pdf")


def papers(office: Office) -> tuple[int, list[int]]:
    """書類と補正のいろいろな状態の研修期。"""
    cohort, ids = make_candidates(office)
    folder = new_folder()
    first = intake.attach_document(office, ids[0], PROOF, _letter(folder))
    intake.replace_document(office, first, _letter(folder))
    intake.attach_document(office, ids[0], "申告書", scan_file(folder, "申告書.png", picture_bytes()))
    intake.request_correction(
        office, ids[0], "従業日数の記載がありません。", date(2026, 3, 6), document_kind=PROOF
    )
    intake.request_correction(
        office,
        ids[1],
        "重なる期間の従業日を示してください。",
        date(2026, 3, 6),
        requirement="従業日数 180日以上",
    )
    wrong = intake.request_correction(office, ids[2], "押印がない", date(2026, 3, 6))
    intake.write_letters(office, cohort, folder / "a.pdf")
    intake.cancel_correction(office, wrong, "裏面に押印があった")
    done = intake.request_correction(
        office, ids[2], "申告書の日付がない", date(2026, 3, 13), document_kind="申告書"
    )
    intake.answer_correction(office, done, "日付の入った申告書が届いた")
    intake.request_correction(office, ids[3], "実務経験証明書がありません。", date(2026, 3, 13))
    return cohort, ids


def _room(late: bool) -> Callable[[], QWidget]:
    def page() -> QWidget:
        office = fresh_office()
        cohort, _ = papers(office)
        return IntakeRoom(context(as_role(office, Role.CLERK, LATE) if late else office, cohort))

    return page


def _home() -> QWidget:
    office = fresh_office()
    cohort, _ = papers(office)
    return HomeRoom(context(as_role(office, Role.CLERK, LATE), cohort))


def _documents() -> QWidget:
    office = fresh_office()
    cohort, ids = papers(office)
    return DocumentsDialog(None, context(office, cohort), intake.get_application(office, ids[0]))  # type: ignore[arg-type]


def _seen(dialog: QWidget) -> None:
    assert isinstance(dialog, DocumentsDialog)
    dialog.view()
    while background().is_busy:
        QTest.qWait(30)
    dialog.paper.fit("width")


def _list() -> QWidget:
    office = fresh_office()
    cohort, _ = papers(office)
    return CorrectionsDialog(None, context(as_role(office, Role.CLERK, LATE), cohort), "all")


def _request() -> QWidget:
    office = fresh_office()
    _, ids = papers(office)
    return CorrectionDialog(None, office, ids[0], document_kind=PROOF)  # type: ignore[arg-type]


def _answer() -> QWidget:
    office = fresh_office()
    cohort, ids = papers(office)
    waiting = intake.get_application(office, ids[0]).deficiencies
    dialog = AnswerDialog(None, context(office, cohort), "髙﨑󠄀 健太郎", waiting)
    dialog.short.setChecked(True)
    return dialog


def _letters(kind: str) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        cohort, _ = papers(office)
        return LettersDialog(None, context(office, cohort), Path("手紙.pdf"), kind, 5)

    return make


def _to_papers(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    room = window.room("intake")
    assert isinstance(room, IntakeRoom)
    holder = room.cards["documents"].parentWidget()
    while holder is not None and not isinstance(holder, QScrollArea):
        holder = holder.parentWidget()
    assert holder is not None
    holder.ensureWidgetVisible(room.cards["deficiencies"])


def _refused(window: QWidget) -> None:
    _to_papers(window)
    assert isinstance(window, MainWindow)
    room = window.room("intake")
    assert isinstance(room, IntakeRoom)
    heic = scan_file(new_folder(), "IMG_0123.HEIC", b"\0\0\0\x18ftypheic" + bytes(64))
    row = room.papers.checklist.model.rows[-1]
    room.papers.checklist.attach_files(row, (heic,))


def scenes(window: WindowFactory) -> Iterator[Scene]:
    """書類の確認、写し、補正。"""
    yield Scene("papers_checklist", lambda: window("intake", "受付", _room(False)), after=_to_papers)
    yield Scene("papers_late", lambda: window("intake", "受付", _room(True)), after=_to_papers)
    yield Scene("papers_refused", lambda: window("intake", "受付", _room(False)), after=_refused)
    yield Scene(
        "papers_checklist_150", lambda: window("intake", "受付", _room(False)), scale=1.5, after=_to_papers
    )
    yield Scene(
        "papers_checklist_dark", lambda: window("intake", "受付", _room(False)), dark=True, after=_to_papers
    )
    yield Scene("papers_home", lambda: window("home", "ホーム", _home))
    yield Scene("papers_documents", _documents, size=None, after=_seen)
    yield Scene("papers_corrections", _list, size=None)
    yield Scene("papers_request", _request, size=None)
    yield Scene("papers_answer", _answer, size=None)
    yield Scene("papers_letters", _letters("request"), size=None)
    yield Scene("papers_reminders", _letters("reminder"), size=None)

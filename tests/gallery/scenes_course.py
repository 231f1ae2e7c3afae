"""ホーム・受付・受講資格・進捗・採点の場面。"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.services import eligibility, intake, progress, scoring
from app.services.import_jobs import applicants_job
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from tests.factories import make_cohort, make_office
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.ui.rooms.course_sample import (
    QUESTIONS,
    applicants_book,
    locked_book,
    make_candidates,
    make_course,
    make_ready,
    make_test,
    scan,
)
from ui.main_window import MainWindow
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.room import EligibilityRoom
from ui.rooms.eligibility.workdays import WorkdaysDialog
from ui.rooms.home.room import HomeRoom
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.application import ApplicationDialog
from ui.rooms.intake.corrections import CorrectionDialog
from ui.rooms.intake.dialogs import CohortDialog, PersonDialog
from ui.rooms.intake.documents import AttachDialog, DocumentsDialog
from ui.rooms.intake.room import IntakeRoom
from ui.rooms.intake.undoing import UndoImportDialog
from ui.rooms.progress.dialogs import AttemptDialog, ExtendDialog, ReportDialog
from ui.rooms.progress.room import ProgressRoom
from ui.rooms.scoring.dialogs import QuestionsDialog, TestDialog
from ui.rooms.scoring.room import ScoringRoom

ROOMS: dict[str, tuple[str, Callable[[RoomContext], QWidget]]] = {
    "home": ("ホーム", HomeRoom),
    "intake": ("受付", IntakeRoom),
    "eligibility": ("受講資格", EligibilityRoom),
    "progress": ("研修の進捗", ProgressRoom),
    "scoring": ("採点", ScoringRoom),
}
# 何も入れずに進もうとすると、欄の横に断りの出る窓
_REFUSING = (
    "intake_cohort",
    "intake_correction",
    "progress_attempt",
    "progress_report",
    "progress_extend",
    "scoring_test",
)


def fresh_office() -> Office:
    """使い捨ての、暗号化された見本のデータベース。"""
    return make_office(fresh_store())


def context(office: Office, cohort: int | None) -> RoomContext:
    """部屋に渡すもの。"""
    return RoomContext(office, background(), cohort)


def _candidates(office: Office) -> int:
    cohort, ids = make_candidates(office)
    intake.request_correction(office, ids[1], "実務経験証明書に従業日数がない", date(2026, 2, 24))
    eligibility.decide(office, ids[0], "eligible")
    return cohort


def _test(office: Office) -> int:
    return make_test(office)[0]


def _doubtful(office: Office) -> int:
    """正答を取り違えた設問（問7）と、扱いを変えた設問（問5）のあるテスト。"""
    cohort, test, _ = make_test(office)
    turned = [replace(q, key=("ア",)) if q.number == 7 else q for q in QUESTIONS]
    scoring.set_questions(office, test, turned)
    scoring.lock_test(office, test)
    changes = (QuestionChange(5, "excluded_for_missed"),)
    scoring.adopt_rule(office, test, PassRuleForm(60, changes=changes), "第1回認定審査委員会の決定による")
    return cohort


def _few(office: Office) -> int:
    return make_test(office, 8)[0]


def _adopted(office: Office) -> int:
    cohort, test, _ = make_test(office, locked=True)
    scoring.adopt_rule(
        office, test, PassRuleForm(60, (("A", 4),), correction=-2), "第1回認定審査委員会の決定による"
    )
    return cohort


def _page(key: str, make: Callable[[Office], int | None]) -> Callable[[], QWidget]:
    def page() -> QWidget:
        office = fresh_office()
        return ROOMS[key][1](context(office, make(office)))

    return page


def _room(window: QWidget, key: str) -> QWidget:
    assert isinstance(window, MainWindow)
    return window.room(key)


def _open_person(place: int) -> Callable[[QWidget], None]:
    def after(window: QWidget) -> None:
        room = _room(window, "progress")
        assert isinstance(room, ProgressRoom)
        room.table.selectRow(place)

    return after


def _items(window: QWidget) -> None:
    room = _room(window, "scoring")
    assert isinstance(room, ScoringRoom)
    room.pages.choose("items")


def _item(picture: str) -> Callable[[QWidget], None]:
    """問7を選び、上の図を picture にする。"""

    def after(window: QWidget) -> None:
        room = _room(window, "scoring")
        assert isinstance(room, ScoringRoom)
        room.pages.choose("items")
        room.items.table.select_key(7)
        room.items.pictures.choose(picture)

    return after


def _person(window: QWidget) -> None:
    room = _room(window, "scoring")
    assert isinstance(room, ScoringRoom)
    room.table.selectRow(34)
    room.pages.choose("person")


def _draft(window: QWidget) -> None:
    room = _room(window, "scoring")
    assert isinstance(room, ScoringRoom)
    room.desk.put_draft(QuestionChange(5, "all_correct"), same=False)
    room.rule.total.setValue(66)


def _import(bad: bool) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        cohort = make_cohort(office)
        path = applicants_book(new_folder() / "申込.xlsx", bad)
        return ImportDialog(None, context(office, cohort), applicants_job(office, cohort), path)

    return make


def _locked() -> QWidget:
    office = fresh_office()
    path = locked_book(new_folder() / "申込.xlsx", "ブックの合言葉")
    return ImportDialog(None, context(office, 1), applicants_job(office, make_cohort(office)), path)


def _asked(dialog: QWidget) -> None:
    assert isinstance(dialog, ImportDialog)
    for _ in range(300):
        if not dialog.password_form.isHidden():
            return
        QTest.qWait(30)


def _undo() -> QWidget:
    office = fresh_office()
    cohort = make_cohort(office)
    path = applicants_book(new_folder() / "申込（見本市）.xlsx")
    intake.import_applicants(office, cohort, path)
    first = intake.list_applications(office, cohort)[0].id
    intake.request_correction(office, first, "写しがない", date(2026, 3, 10))
    return UndoImportDialog(None, context(office, cohort), cohort)  # type: ignore[arg-type]


def _documents(attach: bool) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        cohort, ids = make_candidates(office)
        intake.attach_document(office, ids[0], "申込書", scan(new_folder() / "申込書（髙﨑）.png"))
        view = intake.get_application(office, ids[0])
        kind = AttachDialog if attach else DocumentsDialog
        return kind(None, context(office, cohort), view)  # type: ignore[arg-type]

    return make


def _viewed(dialog: QWidget) -> None:
    assert isinstance(dialog, DocumentsDialog)
    dialog.view()


def _filled(dialog: QWidget) -> None:
    assert isinstance(dialog, ApplicationDialog)
    dialog.person["name"].setText("NGUYỄN THỊ PHƯƠNG THẢO")
    dialog.person["reading"].setText("グエン ティ フオン タオ")
    dialog.employments.add()
    row = ["見本市相談窓口", "地方公共団体", "確認済", "R4.4.1", "", "410", "", "はい"]
    for place, words in enumerate(row):
        dialog.employments.grid.put(0, place, words)
    dialog.employments.add()
    dialog.employments.grid.put(1, 3, "R6.13.1")
    dialog._area.ensureWidgetVisible(dialog.employments)


def _imported(dialog: QWidget) -> None:
    assert isinstance(dialog, ImportDialog)
    for _ in range(300):
        if dialog.main_button.isEnabled():
            break
        QTest.qWait(30)
    dialog.submit()
    for _ in range(300):
        if dialog.cancel_button.text() == "閉じる":
            break
        QTest.qWait(30)


def _previewed(dialog: QWidget) -> None:
    assert isinstance(dialog, ImportDialog)
    for _ in range(300):
        if dialog.main_button.isEnabled():
            return
        QTest.qWait(30)


def _refused(dialog: QWidget) -> None:
    dialog.submit()  # type: ignore[attr-defined]


def _intake_dialog(made: Callable[[Office, int], QWidget]) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        _, ids = make_candidates(office)
        return made(office, ids[1])

    return make


def _course_dialog(
    kind: type[AttemptDialog | ReportDialog | ExtendDialog], place: int
) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        _, ids = make_course(office)
        return kind(None, office, progress.get_course(office, ids[place]))  # type: ignore[arg-type]

    return make


def _test_dialog(made: Callable[[Office, int], QWidget]) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        return made(office, make_test(office, 8)[0])

    return make


def _dialogs() -> Iterator[tuple[str, Callable[[], QWidget]]]:
    yield "intake_cohort", lambda: CohortDialog(None, fresh_office())  # type: ignore[arg-type]
    yield "intake_correction", _intake_dialog(lambda o, a: CorrectionDialog(None, o, a))  # type: ignore[arg-type]
    yield (
        "intake_person",
        _intake_dialog(lambda o, a: PersonDialog(None, o, intake.get_application(o, a).person)),  # type: ignore[arg-type]
    )
    yield (
        "eligibility_workdays",
        _intake_dialog(lambda o, a: WorkdaysDialog(None, o, eligibility.get_finding(o, a))),
    )
    yield "progress_attempt", _course_dialog(AttemptDialog, 0)
    yield "progress_report", _course_dialog(ReportDialog, 1)
    yield "progress_extend", _course_dialog(ExtendDialog, 2)
    yield "scoring_test", lambda: TestDialog(None, fresh_office(), 1)  # type: ignore[arg-type]
    yield (
        "scoring_questions",
        _test_dialog(lambda o, c: QuestionsDialog(None, o, scoring.list_tests(o, c)[0])),  # type: ignore[arg-type]
    )


def _analysis(
    framed: Callable[[str, Callable[[Office], int | None]], Callable[[], QWidget]],
) -> Iterator[Scene]:
    """設問と分析：誤りを疑う設問、箱ひげ図、大きな字、暗い色、少ない人数。"""
    doubtful = framed("scoring", _doubtful)
    for picture in ("map", "groups"):
        yield Scene(f"course_scoring_items_{picture}", doubtful, after=_item(picture))
    yield Scene("course_scoring_items_150", doubtful, scale=1.5, after=_item("map"))
    yield Scene("course_scoring_items_dark", doubtful, dark=True, after=_item("map"))
    yield Scene("course_scoring_items_few", framed("scoring", _few), after=_items)


def scenes(window: WindowFactory) -> Iterator[Scene]:
    """部屋の一枚ずつ、窓の一枚ずつ。"""

    def framed(key: str, make: Callable[[Office], int | None]) -> Callable[[], QWidget]:
        return lambda: window(key, ROOMS[key][0], _page(key, make))

    def course(office: Office) -> int:
        return make_course(office)[0]

    full: dict[str, Callable[[Office], int | None]] = {
        "home": course,
        "intake": _candidates,
        "eligibility": _candidates,
        "progress": course,
        "scoring": _test,
    }
    for key, make in full.items():
        yield Scene(f"course_{key}", framed(key, make))
        yield Scene(f"course_{key}_none", framed(key, lambda _office: None))
        yield Scene(f"course_{key}_empty", framed(key, lambda office: make_cohort(office)))
        yield Scene(f"course_{key}_150", framed(key, make), scale=1.5)
        yield Scene(f"course_{key}_dark", framed(key, make), dark=True)
    for place, name in ((1, "practice"), (2, "withdrawal"), (3, "course2"), (5, "withdrawn")):
        yield Scene(f"course_progress_{name}", framed("progress", course), after=_open_person(place))
    yield Scene("course_home_scored", framed("home", _adopted))
    yield Scene("course_scoring_new", framed("scoring", lambda office: make_ready(office)[0]))
    yield Scene("course_scoring_adopted", framed("scoring", _adopted))
    yield Scene("course_scoring_items", framed("scoring", _test), after=_items)
    yield from _analysis(framed)
    yield Scene("course_scoring_person", framed("scoring", _adopted), after=_person)
    yield Scene("course_scoring_draft", framed("scoring", _adopted), after=_draft)
    yield Scene("course_import_preview", _import(False), size=None, after=_previewed)
    yield Scene("course_import_refused", _import(True), size=None, after=_previewed)
    yield Scene("course_import_result", _import(True), size=None, after=_imported)
    yield Scene("course_import_locked", _locked, size=None, after=_asked)
    hand = lambda: ApplicationDialog(None, fresh_office(), 1)  # type: ignore[arg-type]  # noqa: E731
    yield Scene("course_dialog_intake_application", hand, size=None)
    yield Scene("course_dialog_intake_application_150", hand, size=None, scale=1.5)
    yield Scene("course_dialog_intake_application_filled", hand, size=None, after=_filled)
    yield Scene("course_dialog_intake_application_error", hand, size=None, after=_refused)
    yield Scene("course_dialog_intake_undo", _undo, size=None)
    yield Scene("course_dialog_intake_attach", _documents(True), size=None)
    yield Scene("course_dialog_intake_documents", _documents(False), size=None)
    yield Scene("course_dialog_intake_documents_seen", _documents(False), size=(760, 700), after=_viewed)
    for name, make_dialog in _dialogs():
        yield Scene(f"course_dialog_{name}", make_dialog, size=None)
        if name in _REFUSING:
            yield Scene(f"course_dialog_{name}_error", make_dialog, size=None, after=_refused)

"""受講資格の場面：見比べ、試しの欄、補正の依頼、勤務日の入力、決定後の変化。"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.eligibility_case import FactKey
from app.domain.selection import CRITERIA, Criterion
from app.services import eligibility, intake
from app.services.office import Office
from tests.gallery.scene import Scene, WindowFactory
from tests.gallery.scenes_course import context, fresh_office
from tests.services.selection_scene import make_crowded
from tests.ui.rooms.course_sample import make_candidates
from ui.main_window import MainWindow
from ui.rooms.eligibility.requesting import RequestDialog
from ui.rooms.eligibility.room import EligibilityRoom
from ui.rooms.eligibility.selecting import SelectionDialog
from ui.rooms.eligibility.selecting_parts import MoveDialog
from ui.rooms.eligibility.workdays import WorkdaysDialog


def _room(window: QWidget) -> EligibilityRoom:
    assert isinstance(window, MainWindow)
    room = window.room("eligibility")
    assert isinstance(room, EligibilityRoom)
    return room


def _changed_after(office: Office) -> int:
    cohort, ids = make_candidates(office)
    eligibility.decide(office, ids[0], "eligible")
    (job,) = eligibility.get_finding(office, ids[0]).employments
    change: dict[FactKey, Any] = {FactKey("employment", job.id, "ended_on"): date(2023, 3, 30)}
    change[FactKey("employment", job.id, "workdays")] = 150
    change[FactKey("employment", job.id, "workdays_in_window")] = 150
    eligibility.record_changes(office, ids[0], change, "在職証明書の差し替え")
    return cohort


def _tried(window: QWidget) -> None:
    room = _room(window)
    room.table.selectRow(1)
    job = eligibility.get_finding(room._context.office, room.model.rows[1].application_id).employments[1]
    room.try_change(FactKey("employment", job.id, "started_on"), date(2025, 4, 1))
    room.panel.timeline.setFocus()


def _panel(window: QWidget) -> None:
    room = _room(window)
    room.table.selectRow(1)
    room.panel.trial_button.setChecked(True)


def _second_person(window: QWidget) -> None:
    _room(window).table.selectRow(1)


def _dialog(kind: type[RequestDialog] | type[WorkdaysDialog]) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        _, ids = make_candidates(office)
        return kind(None, office, eligibility.get_finding(office, ids[1]))

    return make


def _pasted(dialog: QWidget) -> None:
    assert isinstance(dialog, WorkdaysDialog)
    dialog.days.setPlainText("\t1\t2\t3\t31\nR6.9\t○\t休\t○\t\nR6.10\t○\t○\t△\t○")


def _calendar(dialog: QWidget) -> None:
    assert isinstance(dialog, WorkdaysDialog)
    dialog.tabs.setCurrentIndex(1)
    dialog.choice.setCurrentIndex(1)
    dialog.pattern.fill_button.click()


_SPREAD = tuple(Criterion(k, CRITERIA[k]) for k in ("affiliation", "prefecture", "reception"))


def _selection(decided: bool = False) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        cohort, ids = make_crowded(office)
        eligibility.set_selection_criteria(office, cohort, _SPREAD, 2)
        if decided:
            eligibility.decide_selection(office, cohort)
            intake.withdraw(office, ids[0], office.today(), "本人の申出")
        return SelectionDialog(None, context(office, cohort), cohort)

    return make


def _moved(dialog: QWidget) -> None:
    assert isinstance(dialog, SelectionDialog)
    dialog.box.add("lot")
    dialog.put(dialog.model.rows[4].application_id, 2, "大阪府の西部からの受講がほかにないため")
    dialog.table.selectRow(1)


def _chosen(dialog: QWidget) -> None:
    assert isinstance(dialog, SelectionDialog)
    dialog.table.selectRow(2)


def _move_dialog() -> QWidget:
    office = fresh_office()
    cohort, _ = make_crowded(office)
    return MoveDialog(None, eligibility.get_selection(office, cohort).rows[4], 6, 3)


def _selected(office: Office) -> int:
    cohort, _ = make_crowded(office)
    eligibility.set_selection_criteria(office, cohort, _SPREAD, 2)
    eligibility.decide_selection(office, cohort)
    return cohort


def scenes(window: WindowFactory) -> Iterator[Scene]:
    """受講資格の一枚ずつ。"""

    def framed(make: Callable[[Office], int]) -> Callable[[], QWidget]:
        def page() -> QWidget:
            office = fresh_office()
            return EligibilityRoom(context(office, make(office)))

        return lambda: window("eligibility", "受講資格", page)

    def people(office: Office) -> int:
        return make_candidates(office)[0]

    yield Scene("eligibility_unconfirmed", framed(people), after=_second_person)
    yield Scene("eligibility_tried", framed(people), after=_tried)
    yield Scene("eligibility_tried_dark", framed(people), after=_tried, dark=True)
    yield Scene("eligibility_tried_150", framed(people), after=_tried, scale=1.5)
    yield Scene("eligibility_trial_panel", framed(people), after=_panel)
    yield Scene("eligibility_changed", framed(_changed_after))
    yield Scene("eligibility_request", _dialog(RequestDialog), size=None)
    yield Scene("eligibility_days", _dialog(WorkdaysDialog), size=(680, 700), after=_pasted)
    yield Scene("eligibility_calendar", _dialog(WorkdaysDialog), size=(680, 760), after=_calendar)
    yield Scene("selection", _selection(), size=(1120, 700), after=_chosen)
    yield Scene("selection_moved", _selection(), size=(1120, 700), after=_moved)
    yield Scene("selection_decided_dark", _selection(True), size=(1120, 700), after=_chosen, dark=True)
    yield Scene("selection_150", _selection(), size=(1366, 768), after=_chosen, scale=1.5)
    yield Scene("selection_move", _move_dialog, size=None)
    yield Scene("selection_room", framed(_selected))

"""採点の決定と通知書：変わる人、扱いの見比べ、採用、決定の履歴、合格者の追加、結果通知書。"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.access import Role
from app.services import scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from tests.factories import make_actor, make_meeting
from tests.gallery.scene import Scene, WindowFactory, new_folder
from tests.gallery.scenes_course import context, fresh_office
from tests.ui.rooms.course_sample import QUESTIONS, make_test
from ui.main_window import MainWindow
from ui.rooms.scoring.letters import MakeLettersDialog
from ui.rooms.scoring.room import ScoringRoom
from ui.theme.style import current_look

SECOND = make_actor(Role.MANAGER, "責任 次郎")
# 打ち終わってから試すまでの間（ミリ秒）
_TRIED = 800
RULE = PassRuleForm(65, (("A", 4),))


def _faulty(office: Office) -> int:
    """正答を取り違えた設問（問7）のある、基準を採用したテスト。"""
    cohort, test, _ = make_test(office)
    turned = [replace(q, key=("ア",)) if q.number == 7 else q for q in QUESTIONS]
    scoring.set_questions(office, test, turned)
    scoring.lock_test(office, test)
    meeting = make_meeting(office, cohort)
    scoring.adopt_rule(office, test, RULE, "第1回認定審査委員会の決定による", meeting_id=meeting)
    return cohort


def _corrected(office: Office) -> int:
    """通知書を作った後に、問7の扱いを改め、二人を合格に加えたテスト。"""
    cohort, test = _faulty(office), 1
    scoring.make_letters(office, test, new_folder() / "通知.pdf", number="見認第3号")
    changed = replace(RULE, changes=(QuestionChange(7, "excluded_for_missed"),))
    scoring.adopt_rule(office, test, changed, "問7は正答の誤りのため、誤答者から除く", second=SECOND)
    rows = scoring.score_test(office, test).rows
    failed = sorted((r for r in rows if r.passed is False and r.total), key=lambda r: -(r.total or 0))
    ids = [r.application_id for r in failed[:2]]
    scoring.add_passers(office, test, ids, "僅差であり、面接の記録も考え合わせた", second=SECOND)
    return cohort


def _of(window: QWidget) -> ScoringRoom:
    assert isinstance(window, MainWindow)
    room = window.room("scoring")
    assert isinstance(room, ScoringRoom)
    return room


def _show(page: str, key: int = 0) -> Callable[[QWidget], None]:
    def after(window: QWidget) -> None:
        room = _of(window)
        room.pages.choose(page)
        if page == "letters" and key:
            room.letters.table.select_key(key)

    return after


def _tried(window: QWidget) -> None:
    """問7を誤答者から除き、合格点を動かした試し。"""
    room = _of(window)
    room.desk.put_draft(QuestionChange(7, "excluded_for_missed"), same=False)
    room.rule.total.setValue(68)
    QTest.qWait(_TRIED)


def _opened(press: Callable[[ScoringRoom], object]) -> Callable[[], QWidget]:
    """部屋から開く窓。"""

    def make() -> QWidget:
        office = fresh_office()
        room = ScoringRoom(context(office, _corrected(office)))
        KEPT.append(room)
        press(room)
        (found,) = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.parent() is room]
        return found

    return make


# 窓の親は、絵が描かれるまで残しておく
KEPT: list[QWidget] = []


def _treat(room: ScoringRoom) -> None:
    room.items.table.select_key(7)
    room.treat_question()


def _compared(treatment: str) -> Callable[[QWidget], None]:
    def after(dialog: QWidget) -> None:
        dialog.key.setText("ア,エ")  # type: ignore[attr-defined]
        QTest.qWait(_TRIED)
        dialog.table.select_key(treatment)  # type: ignore[attr-defined]

    return after


def _people_chosen(dialog: QWidget) -> None:
    table = dialog.table  # type: ignore[attr-defined]
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    table.selectRow(0)
    table.selectionModel().select(table.model().index(2, 0), flags)


def _letters_dialog() -> QWidget:
    office = fresh_office()
    _corrected(office)
    return MakeLettersDialog(None, scoring.list_letters(office, 1))  # type: ignore[arg-type]


def _dialogs() -> Iterator[Scene]:
    tall = (current_look().px(900), current_look().px(640))
    for treatment in ("excluded_for_missed", "several_right"):
        yield Scene(f"scoring_treatments_{treatment}", _opened(_treat), size=tall, after=_compared(treatment))
    yield Scene(
        "scoring_treatments_150", _opened(_treat), size=None, scale=1.5, after=_compared("all_correct")
    )
    yield Scene(
        "scoring_dialog_adding", _opened(lambda r: r.decisions.add_passers()), size=None, after=_people_chosen
    )
    yield Scene("scoring_dialog_letters", _letters_dialog, size=None)


def scenes(window: WindowFactory) -> Iterator[Scene]:
    """採点の決定と通知書の一枚ずつ。"""

    def framed(make: Callable[[Office], int]) -> Callable[[], QWidget]:
        def page() -> QWidget:
            office = fresh_office()
            return ScoringRoom(context(office, make(office)))

        return lambda: window("scoring", "採点", page)

    yield Scene("scoring_rule_changes", framed(_faulty), after=_tried)
    yield Scene("scoring_rule_changes_150", framed(_faulty), scale=1.5, after=_tried)
    for name, make, page in (
        ("decisions", _corrected, "decisions"),
        ("letters", _corrected, "letters"),
        ("letters_first", _faulty, "letters"),
    ):
        yield Scene(f"scoring_{name}", framed(make), after=_show(page))
    for page in ("decisions", "letters"):
        yield Scene(f"scoring_{page}_150", framed(_corrected), scale=1.5, after=_show(page))
        yield Scene(f"scoring_{page}_dark", framed(_corrected), dark=True, after=_show(page))
    yield from _dialogs()

"""集合研修の出欠：一回の名簿を鍵盤で埋める。"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.calendar import wareki
from app.services import progress
from app.services.office import Office
from app.services.progress import AttendanceForm
from app.services.views.progress import SESSION_WORDS, BoardView
from ui.tables.grid import EditGrid, GridColumn
from ui.theme.style import current_look, show_if
from ui.widgets.cards import label
from ui.widgets.saving import SavingDialog

UNKNOWN = "未確認"
CHOICES = (UNKNOWN, *SESSION_WORDS.values())
CODES = {UNKNOWN: "", **{words: code for code, words in SESSION_WORDS.items()}}
WORDS = {code: words for words, code in CODES.items()}
_OUTCOME, _LATE, _EARLY = 2, 3, 4
KEYS = "　".join(f"{n}＝{words}" for n, words in enumerate(CHOICES))


def _minutes(text: str) -> str:
    return "" if not text or text.isdecimal() else "0以上の整数（分）で入れてください。"


class RollGrid(EditGrid):
    """名簿の表。出欠の升では、数字の鍵一つで記して次の人へ進む。"""

    def __init__(self) -> None:
        super().__init__(
            (
                GridColumn("受付", 60, fixed=True),
                GridColumn("氏名", 240, fixed=True),
                GridColumn("出欠", 110, choices=CHOICES),
                GridColumn("遅刻（分）", 90, _minutes),
                GridColumn("早退（分）", 90, _minutes),
            ),
            "出欠の表",
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """出欠の升の 0〜5 は、その出欠。ほかはふつうの表と同じ。"""
        place = "012345".find(event.text()) if event.text() else -1
        if self.currentColumn() != _OUTCOME or place < 0 or event.modifiers() & ~_KEYPAD:
            super().keyPressEvent(event)
            return
        row = self.currentRow()
        self.put(row, _OUTCOME, CHOICES[place])
        if row + 1 < self.rowCount():
            self.setCurrentCell(row + 1, _OUTCOME)


_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class AttendanceDialog(SavingDialog):
    """集合研修一回の出欠を、養成課程②にいる人の一覧で記す。"""

    def __init__(self, parent: QWidget, office: Office, board: BoardView, chosen: int | None) -> None:
        super().__init__(
            parent,
            "出欠を記録",
            f"養成課程②に進んだ人だけを並べます。出欠の升では数字の鍵で記せます：{KEYS}。Excel から列を貼れます。",
            "記録する",
        )
        self.setMinimumSize(current_look().px(760), current_look().px(540))
        self._office, self._board = office, board
        self._people = [r for r in board.rows if not r.withdrawn and r.course2 != "shut"]
        self.session = QComboBox()
        for s in board.sessions:
            self.session.addItem(f"{s.title}（{wareki(s.day)}）", s.id)
        self.form.add("session", "集合研修", self.session, required=True)
        self.grid = RollGrid()
        self.grid_error, self.count = label("", "error", wrap=True), label("", "caption")
        self.grid.problems_changed.connect(self._show_problem)
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(self.count)
        self.body.addWidget(self.grid_error)
        self.all_button = self.add_action("未確認の人をすべて出席にする", self.mark_all)
        self.action_row.insertWidget(0, self.all_button)
        self.session.currentIndexChanged.connect(self._load)
        self._choose_session()
        self._load()
        places = [i for i, r in enumerate(self._people) if r.application_id == chosen]
        if self._people:
            self.grid.setCurrentCell(places[0] if places else 0, _OUTCOME)
        self.grid.setFocus()

    def _choose_session(self) -> None:
        """出欠の残る、終わった回があれば、それを初めに出す。"""
        today = self._office.today()
        for place, one in enumerate(self._board.sessions):
            if one.day <= today and any(place in r.unrecorded_sessions for r in self._people):
                self.session.setCurrentIndex(place)
                return

    def _known(self) -> dict[int, AttendanceForm]:
        return progress.attendances(self._office, self.session.currentData())

    def _load(self) -> None:
        known = self._known()
        rows = []
        for r in self._people:
            a = known.get(r.application_id, AttendanceForm(None))
            late, early = (str(n) if n else "" for n in (a.minutes_late, a.minutes_left_early))
            rows.append((r.reception, r.name, WORDS[a.kind], late, early))
        self.grid.set_values(rows)
        self._show_problem("")

    def _show_problem(self, problem: str) -> None:
        self.grid_error.setText(problem)
        show_if(self.grid_error, bool(problem))
        said = [row[_OUTCOME] for row in self.grid.values()]
        found = "　".join(f"{words} {said.count(words)}名" for words in CHOICES if words in said)
        self.count.setText(found)

    def mark_all(self) -> None:
        """未確認の人を出席にする。"""
        for place, row in enumerate(self.grid.values()):
            if row[_OUTCOME] == UNKNOWN:
                self.grid.put(place, _OUTCOME, "出席")

    def submit(self) -> None:
        """表に誤りがあれば、そのセルに移って止まる。"""
        self._show_problem(self.grid.problem)
        if self.grid.problem:
            self.grid.focus_problem()
            return
        super().submit()

    def save(self) -> None:
        """変わった人の出欠を記す。"""
        before, forms = self._known(), {}
        for person, row in zip(self._people, self.grid.values(), strict=True):
            form = AttendanceForm.of(CODES[row[_OUTCOME]], int(row[_LATE] or 0), int(row[_EARLY] or 0))
            if form != before.get(person.application_id, AttendanceForm.of("")):
                forms[person.application_id] = form
        if forms:
            progress.record_attendance(self._office, self.session.currentData(), forms)

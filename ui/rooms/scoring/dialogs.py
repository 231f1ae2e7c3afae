"""採点の窓：テストを作る、設問を編集する。"""

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.domain.abilities import ABILITIES
from app.domain.progress import SUBJECT_GROUPS
from app.services import scoring
from app.services.office import Office
from app.services.scoring import QuestionForm
from app.services.views.scoring import (
    KIND_WORDS,
    CertificationTestView,
    QuestionView,
)
from ui.tables.grid import EditGrid, GridColumn
from ui.theme.style import current_look, show_if
from ui.widgets.cards import button, label
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog

_SEPARATOR = re.compile(r"[,、，;；/／\s]+")
KINDS = {words: kind for kind, words in KIND_WORDS.items()}
# 測る能力は、定めなくてもよい
_ABILITIES: dict[str, str | None] = {"": None} | {words: name for name, words in ABILITIES.items()}


def labels(text: str) -> tuple[str, ...]:
    """「ア、ウ」を肢の並びにする（重なりは一つに）。"""
    return tuple(dict.fromkeys(x for x in _SEPARATOR.split(text.strip()) if x))


class TestDialog(SavingDialog):
    """修了認定テストを作る。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように
    created = Signal(int)

    def __init__(self, parent: QWidget, office: Office, cohort_id: int) -> None:
        super().__init__(
            parent, "修了認定テストを作る", "追試や再試験は、別の名のテストとして作ります。", "作る"
        )
        self._office, self._cohort_id = office, cohort_id
        self.title, self.held_on = QLineEdit("修了認定テスト"), DateField(office.today(), "実施日")
        self.form.add("title", "名", self.title, required=True)
        self.form.add("held_on", "実施日", self.held_on, required=True)
        self.held_on.setFocus()

    def errors(self) -> dict[str, str]:
        """名と実施日は要る。"""
        found = {} if self.title.text().strip() else {"title": "テストの名を入れてください。"}
        if self.held_on.value is None:
            found["held_on"] = self.held_on.error or "実施日を入れてください。"
        return found

    def save(self) -> None:
        """作る。"""
        assert self.held_on.value is not None
        title = self.title.text().strip()
        self.created.emit(scoring.create_test(self._office, self._cohort_id, title, self.held_on.value))


def _whole(text: str) -> str:
    return "" if text.isdecimal() and int(text) >= 1 else "1以上の整数で入れてください。"


class QuestionsDialog(SavingDialog):
    """設問の全体を編集する。Excel の範囲（問・科目群・形式・配点・正答・能力・問題文）をそのまま貼れる。"""

    def __init__(self, parent: QWidget, office: Office, test: CertificationTestView) -> None:
        super().__init__(
            parent,
            f"設問を編集：{test.title}",
            "正答が二つ以上なら「ア,ウ」のように区切ります。記述の正答は空のままにします。Excel から貼れます。",
            "保存する",
        )
        self.setMinimumSize(current_look().px(820), current_look().px(560))
        self._office, self._test = office, test
        self.grid = EditGrid(
            (
                GridColumn("問", 56, _whole),
                GridColumn("科目群", 72, choices=tuple(SUBJECT_GROUPS)),
                GridColumn("形式", 110, choices=tuple(KINDS)),
                GridColumn("配点", 64, _whole),
                GridColumn("正答", 96),
                GridColumn("能力", 184, choices=tuple(_ABILITIES)),
                GridColumn("問題文（控え）", 200),
            ),
            "設問の表",
        )
        self.total, self.grid_error = label("", "caption"), label("", "error", wrap=True)
        self.grid.problems_changed.connect(self._changed)
        row = QHBoxLayout()
        row.addWidget(button("設問を足す", "small", self.add))
        row.addWidget(button("選んだ設問を除く", "small", self.grid.remove_current))
        row.addStretch(1)
        row.addWidget(self.total)
        self.body.addWidget(self.grid, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.grid_error)
        self.grid.set_values([_question_row(q) for q in test.questions])
        if not test.questions:
            self.add()
        self._changed("")
        self.grid.setCurrentCell(0, 0)
        self.grid.setFocus()

    def add(self) -> None:
        """次の番号の設問を足す。科目群・形式・配点は前の設問と同じにする。"""
        rows = self.grid.values()
        last = rows[-1] if rows else ["0", "A", KIND_WORDS["choice"], "2", "", "", ""]
        number = str(int(last[0]) + 1) if last[0].isdecimal() else ""
        self.grid.add_row([number, *last[1:4], "", "", ""])
        self.grid.setCurrentCell(self.grid.rowCount() - 1, 0)

    def _changed(self, problem: str) -> None:
        self.grid_error.setText(problem)
        show_if(self.grid_error, bool(problem))
        rows = self.grid.values()
        points = sum(int(r[3]) for r in rows if r[3].isdecimal())
        self.total.setText(f"{len(rows)}問　満点{points}点")

    def submit(self) -> None:
        """表に誤りがあれば、そのセルに移って止まる。"""
        self._changed(self.grid.problem)
        if self.grid.problem:
            self.grid.focus_problem()
            return
        super().submit()

    def save(self) -> None:
        """保存する。"""
        forms = [
            QuestionForm(int(number), group, int(points), labels(key), KINDS[kind], text, _ABILITIES[ability])
            for number, group, kind, points, key, ability, text in self.grid.values()
        ]
        scoring.set_questions(self._office, self._test.id, forms)


def _question_row(q: QuestionView) -> tuple[str, ...]:
    kind, key = KIND_WORDS[q.kind], ",".join(q.key)
    return str(q.number), q.subject_group, kind, str(q.points), key, q.ability_words, q.text

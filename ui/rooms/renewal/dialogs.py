"""更新・取消の窓：更新の記録、返納と死亡。及ぶところの一覧。"""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.services import renewal
from app.services.office import Office
from app.services.views.renewal import STANDING_WORDS, CertificationRow, Effect
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.widgets.cards import Card, label
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog

_TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


def who(row: CertificationRow) -> str:
    """誰の、どの認証か。"""
    return f"{row.name}さん（{row.number}）"


class DayDialog(SavingDialog):
    """一つの日付と、ほかの欄を持つ窓。日は今日より後にできない。"""

    day_name = "日"

    def __init__(
        self, parent: QWidget | None, office: Office, title: str, text: str, action: str, earliest: date
    ) -> None:
        super().__init__(parent, title, text, action)
        self.office, self._earliest = office, earliest
        self.day = DateField(office.today(), self.day_name)
        self.day.set_value(office.today())
        self.form.add("day", self.day_name, self.day, required=True)

    @property
    def on(self) -> date:
        """入れられた日。"""
        assert self.day.value is not None
        return self.day.value

    def errors(self) -> dict[str, str]:
        """日付は要り、認証や調査の始まりより前にも、今日より後にもできない。"""
        day = self.day.value
        if day is None:
            return {"day": self.day.error or f"{self.day_name}を入れてください。"}
        if day > self.office.today():
            return {"day": f"{self.day_name}が今日より後です。"}
        if day < self._earliest:
            return {"day": f"{self.day_name}が{wareki(self._earliest)}より前です。"}
        return {}


class EffectsCard(Card):
    """及ぶところを、所と言葉の二列で並べる囲み。"""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(current_look().px(t.GAP_4))
        self._grid.setVerticalSpacing(current_look().px(t.GAP_1))
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.effects: tuple[Effect, ...] = ()
        show_if(self, False)

    def set_effects(self, effects: Sequence[Effect]) -> None:
        """並べ直す。なければ囲みごと隠す。"""
        self.effects = tuple(effects)
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for place, effect in enumerate(self.effects):
            self._grid.addWidget(label(effect.place, "muted"), place, 0, _TOP)
            self._grid.addWidget(label(effect.words, wrap=True), place, 1)
        show_if(self, bool(self.effects))


def editor(name: str) -> QPlainTextEdit:
    """幾行も書く欄。Tab で次の欄へ移る。"""
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(current_look().px(88))
    return made


class RenewalDialog(DayDialog):
    """更新研修の修了を一人だけ記す。"""

    day_name = "更新研修の修了日"

    def __init__(self, parent: QWidget | None, office: Office, row: CertificationRow) -> None:
        words = f"{who(row)}　いまの満了日 {wareki(row.expires_on)}"
        super().__init__(parent, office, "更新を記録する", words, "更新を記録", row.certified_on)
        self._row = row
        self.expires_on: date | None = None
        self.day.edit.selectAll()
        self.day.setFocus()

    def save(self) -> None:
        """修了を記し、新しい満了日を覚える。"""
        self.expires_on = renewal.record_renewal(self.office, self._row.certification_id, self.on)


class ClosureDialog(DayDialog):
    """返納または死亡を記す。"""

    day_name = "返納・死亡の日"

    def __init__(self, parent: QWidget | None, office: Office, row: CertificationRow) -> None:
        words = f"{who(row)}の認証は、その日から名簿で有効でなくなります。"
        super().__init__(parent, office, "返納・死亡を記録する", words, "記録する", row.certified_on)
        self._row = row
        self.kind = QComboBox()
        self.kind.addItem("選んでください", "")
        for key in renewal.CLOSURE_KINDS:
            self.kind.addItem(STANDING_WORDS[key], key)
        self.note = QLineEdit()
        self.form.add("kind", "区分", self.kind, required=True)
        self.form.add("note", "備考", self.note, "例：本人の申出、家族からの届出")
        self.effects = EffectsCard("記録すると")
        self.body.addWidget(self.effects)
        self.kind.currentIndexChanged.connect(lambda _place: self._show_effects())
        self.day.changed.connect(self._show_effects)
        self.kind.setFocus()

    def _show_effects(self) -> None:
        """区分と日が決まれば、及ぶところを並べる。"""
        kind, day = str(self.kind.currentData()), self.day.value
        found = (
            renewal.closure_effects(self.office, self._row.certification_id, kind, day)
            if kind and day is not None
            else ()
        )
        self.effects.set_effects(found)
        self.fit()

    def errors(self) -> dict[str, str]:
        """区分と日付は要る。"""
        found = super().errors()
        if not self.kind.currentData():
            found["kind"] = "返納か死亡かを選んでください。"
        return found

    def save(self) -> None:
        """返納・死亡を記す。"""
        kind = str(self.kind.currentData())
        renewal.record_closure(
            self.office, self._row.certification_id, kind, self.on, self.note.text().strip()
        )

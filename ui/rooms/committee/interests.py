"""委員の、利害関係の候補を挙げるための事実の窓：所属・前の所属・住所・講師を務めた集合研修。"""

from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki_short
from app.services import committee
from app.services.committee.members import InterestsForm
from app.services.office import Office
from app.services.views.committee import MemberView
from ui.theme.style import current_look
from ui.widgets.saving import SavingDialog


class InterestsDialog(SavingDialog):
    """委員の所属・前の所属・住所・講師を務めた研修。"""

    def __init__(self, parent: QWidget | None, office: Office, member: MemberView) -> None:
        super().__init__(
            parent,
            "委員の関わり",
            f"{member.name}さんの、利害関係の候補を挙げるための事実です。候補は「利害関係…」で挙げ直すと替わります。",
            "記録する",
        )
        self._office, self._member = office, member
        kept = committee.get_interests(office, member.id)
        self.affiliation, self.address = QLineEdit(kept.affiliation), QLineEdit(kept.address)
        self.former = QPlainTextEdit(kept.former_affiliations)
        self.former.setTabChangesFocus(True)
        self.former.setFixedHeight(current_look().px(72))
        self.form.add("affiliation", "所属機関", self.affiliation)
        self.form.add("former", "前の所属", self.former, "一行に一つ")
        self.form.add("address", "住所", self.address, "同じ住所の申込者を候補に挙げるため")
        self.boxes: dict[int, QCheckBox] = {}
        for one in kept.sessions:
            box = QCheckBox(f"{one.title}（{wareki_short(one.held_on)}）".replace("&", "&&"))
            box.setChecked(one.taught)
            self.form.add(f"session{one.id}", "" if self.boxes else "講師を務めた研修", box)
            self.boxes[one.id] = box
        self.scroll_form(600, 420)
        self.affiliation.setFocus()

    def save(self) -> None:
        """書き替える。"""
        form = InterestsForm(
            self.affiliation.text(),
            self.former.toPlainText(),
            self.address.text(),
            [key for key, box in self.boxes.items() if box.isChecked()],
        )
        committee.set_interests(self._office, self._member.id, form)

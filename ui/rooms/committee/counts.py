"""人数だけで採った表決の窓。"""

from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.counting import Counts, check_counts
from app.services.office import Office
from app.services.views.committee import CaseView
from ui.theme.style import current_look
from ui.widgets.form import Form
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog

COUNT_WORDS = (("for", "可"), ("against", "否"), ("abstain", "棄権"))


class CountFields:
    """可・否・棄権の人数の三つの欄。初めは全員が可。"""

    def __init__(self, form: Form, voters: int, before: Counts | None = None) -> None:
        self.voters = voters
        self.boxes: dict[str, NumberBox] = {}
        for (key, words), n in zip(COUNT_WORDS, before or (voters, 0, 0), strict=True):
            box = NumberBox()
            box.setRange(0, 999)
            box.setSuffix(" 名")
            box.setMaximumWidth(current_look().px(120))
            box.setValue(n)
            self.boxes[key] = box
            form.add(key, words, box)

    @property
    def counts(self) -> Counts:
        """いまの人数。"""
        given = [self.boxes[key].value() for key, _ in COUNT_WORDS]
        return given[0], given[1], given[2]

    def errors(self) -> dict[str, str]:
        """和が出席と合わなければ、そのことを言う。"""
        try:
            check_counts(self.counts, self.voters)
        except RuleViolation as refusal:
            return {"for": str(refusal)}
        return {}


class CountedVotesDialog(SavingDialog):
    """一件の表決を、人数だけで記す。"""

    def __init__(self, parent: QWidget | None, office: Office, case: CaseView, voters: int) -> None:
        super().__init__(
            parent,
            "人数で表決を記す",
            f"案件{case.position:03d}　{case.name}さん。表決に加われる出席委員は{voters}名です。"
            "名を挙げて記した票があれば、これに代わります。",
            "記録する",
        )
        self._office, self._case = office, case
        self.fields = CountFields(self.form, voters, case.counted)
        self.fields.boxes["for"].setFocus()
        self.fields.boxes["for"].selectAll()

    def errors(self) -> dict[str, str]:
        """人数の和が、出席と合うこと。"""
        return self.fields.errors()

    def save(self) -> None:
        """記録する。"""
        committee.record_counts(self._office, self._case.id, self.fields.counts)

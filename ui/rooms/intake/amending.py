"""受付の窓：受け付けた申込を直す。入れる窓と同じ欄を、いまの記録で満たして開く。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.services import intake
from app.services.intake.editing import Amended, ApplicationDraft
from app.services.office import Office
from ui.rooms.intake.application import ApplicationDialog


def _list_words(draft: ApplicationDraft) -> str:
    """勤務日の一覧のある在職の言葉（一覧は受講資格の部屋で直す）。"""
    listed = dict(draft.listed)
    said = [
        f"{at}行目（{listed[e.id]}日）" for at, e in enumerate(draft.form.employments, 1) if e.id in listed
    ]
    if not said:
        return ""
    return f"\n勤務日の一覧のある在職：{'、'.join(said)}。一覧は残ります。直すのは受講資格の部屋です。"


class AmendDialog(ApplicationDialog):
    """一人の受け付けた申込を直す。amended は直した結果（Amended）を送る。"""

    amended = Signal(object)
    asks_before_leaving = True

    def __init__(self, parent: QWidget, office: Office, draft: ApplicationDraft) -> None:
        self._draft = draft
        said = (
            f"申込を直す（受付 {draft.reception_number:04d}）",
            "いまの記録が入っています。変わったところは監査記録に残ります（申告の中身は残しません）。"
            + _list_words(draft),
            "直して保存する",
        )
        super().__init__(parent, office, draft.cohort_id, said)
        self._fill()
        self.show_cautions()

    def _build_more(self) -> None:
        self.reason = QLineEdit()
        decided = self._draft.decided
        self.form.add_section("直した理由")
        words = (
            "受講資格の決定が既にあります。決定は変わらず、決定の後に事実が変わったことが示されます。"
            if decided
            else "何によって確かめたか（例：在職証明書の再提出）。"
        )
        self.form.add("reason", "理由", self.reason, words, required=decided)

    def _fill(self) -> None:
        draft, form = self._draft, self._draft.form
        self.received_on.set_value(draft.received_on)
        self.birth_date.set_value(form.birth_date)
        for key, field in self.person.items():
            field.setText(getattr(form, key))
        self.consent.setChecked(form.publish_consent)
        self.counter_name.setText(form.counter_name)
        self.commissioner.setText(form.commissioner or "")
        for box, value in (
            (self.counter, form.counter),
            (self.standard, form.counter_standard),
            (self.engaged, form.counter_engaged),
            *((field, getattr(form, key)) for key, field in self.declared.items()),
        ):
            box.setCurrentIndex(box.findData(value))
        self.employments.show_rows(form.employments)
        self.qualifications.show_rows(form.qualifications)
        self.convictions.show_rows(form.convictions)

    def errors(self) -> dict[str, str]:
        """入れるときの誤りと、要るときの理由。"""
        found = super().errors()
        if self._draft.decided and not self.reason.text().strip():
            found["reason"] = "受講資格の決定が既にあります。何によって確かめた訂正か、理由を書いてください。"
        return found

    def save(self) -> None:
        """直して保存する。"""
        result: Amended = intake.update_application(
            self._office,
            self._draft.application_id,
            self.filled(),
            self.reason.text(),
            received_on=self.received_on.value,
            seen=self._draft,
        )
        self.amended.emit(result)

"""更新・取消の窓：更新の記録、調査の開始、通知と弁明、取消し、調査の終了、返納と死亡。"""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.services import committee, renewal
from app.services.office import Office
from app.services.views.renewal import GROUND_WORDS, STANDING_WORDS, CertificationRow, RevocationView
from ui.theme.style import current_look
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog


def who(row: CertificationRow) -> str:
    """誰の、どの認証か。"""
    return f"{row.name}さん（{row.number}）"


class _DayDialog(SavingDialog):
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


def _editor(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFixedHeight(current_look().px(88))
    return made


class RenewalDialog(_DayDialog):
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


class OpenDialog(_DayDialog):
    """取消しの調査を開く。"""

    day_name = "調査を開いた日"

    def __init__(self, parent: QWidget | None, office: Office, row: CertificationRow) -> None:
        words = f"{who(row)}　調査を開いても、認証は取り消すまで有効のままです。"
        super().__init__(parent, office, "取消しの調査を開く", words, "調査を開く", row.certified_on)
        self._row = row
        self.ground = QComboBox()
        self.ground.addItem("選んでください", "")
        for key, name in GROUND_WORDS.items():
            self.ground.addItem(name, key)
        self.form.add("ground", "取消しの事由", self.ground, "実施要綱 6(1)", required=True)
        self.ground.setFocus()

    def errors(self) -> dict[str, str]:
        """事由と日付は要る。"""
        found = super().errors()
        if not self.ground.currentData():
            found["ground"] = "取消しの事由を選んでください。"
        return found

    def save(self) -> None:
        """調査を開く。"""
        renewal.open_revocation(
            self.office, self._row.certification_id, str(self.ground.currentData()), self.on
        )


class NoticeDialog(_DayDialog):
    """本人への通知と弁明を記す。弁明が後から届いたら、もう一度開いて書く。"""

    day_name = "通知した日"

    def __init__(
        self, parent: QWidget | None, office: Office, row: CertificationRow, case: RevocationView
    ) -> None:
        words = f"{who(row)}　取り消す前に、本人に通知し、弁明の機会を与えます。"
        super().__init__(parent, office, "通知と弁明を記録する", words, "記録する", case.opened_on)
        self._case = case
        if case.notice_on is not None:
            self.day.set_value(case.notice_on)
        self.statement = _editor("弁明")
        self.statement.setPlainText(case.statement)
        self.form.add("statement", "弁明", self.statement, "まだ届いていなければ空のまま")
        (self.day if case.notice_on is None else self.statement).setFocus()

    def save(self) -> None:
        """通知と弁明を記す。"""
        renewal.record_notice(self.office, self._case.id, self.on, self.statement.toPlainText().strip())


class RevokeDialog(_DayDialog):
    """取消しの日と理由を書き、二人目の確認へ進む。"""

    day_name = "取り消す日"

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        row: CertificationRow,
        case: RevocationView,
        given: Callable[[date, str], None],
    ) -> None:
        words = (
            f"{who(row)}の認証が失われます。認定証は効力をなくし、名簿には取消しとして残り、"
            "次の便で庁に送られます。元には戻せません。"
        )
        earliest = case.notice_on or case.opened_on
        super().__init__(parent, office, "認証を取り消す", words, "二人目の確認へ", earliest)
        self._given, self._case = given, case
        self.reason = _editor("理由")
        hint = "取消しの通知と監査記録に残ります"
        self.form.add("reason", "理由", self.reason, hint, required=True)
        if office.may("committee.revocation_decision"):
            # 会議で可決していれば、その議決を理由の書き出しとして勧める
            self.reason.setPlainText(committee.revocation_decision(office, case.id))
        self.cancel_button.setFocus()

    def errors(self) -> dict[str, str]:
        """通知が済んでいること、理由と日付が要る。"""
        found = super().errors()
        if not self.reason.toPlainText().strip():
            found["reason"] = "取消しの理由を書いてください。"
        if self._case.notice_on is None:
            found["day"] = "本人への通知がまだです。先に通知を記録してください。"
        return found

    def save(self) -> None:
        """二人目の確認へ渡す。ここでは何も書かない。"""
        self._given(self.on, self.reason.toPlainText().strip())


class CloseDialog(_DayDialog):
    """取り消さずに調査を終える。"""

    day_name = "調査を終えた日"

    def __init__(
        self, parent: QWidget | None, office: Office, row: CertificationRow, case: RevocationView
    ) -> None:
        words = f"{who(row)}　取り消さないと決めたことと、その理由が経過に残ります。"
        super().__init__(parent, office, "取り消さずに調査を終える", words, "調査を終える", case.opened_on)
        self._case = case
        self.reason = _editor("理由")
        self.form.add("reason", "理由", self.reason, required=True)
        self.reason.setFocus()

    def errors(self) -> dict[str, str]:
        """理由と日付は要る。"""
        found = super().errors()
        if not self.reason.toPlainText().strip():
            found["reason"] = "取り消さない理由を書いてください。"
        return found

    def save(self) -> None:
        """調査を終える。"""
        renewal.close_investigation(self.office, self._case.id, self.on, self.reason.toPlainText().strip())


class ClosureDialog(_DayDialog):
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
        self.kind.setFocus()

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

"""取消しの窓：調査の開始、通知と弁明、取消し、調査の終了、手紙、発送、認定証の返納。"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.services import committee, renewal
from app.services.office import Office
from app.services.views.renewal import CASE_LETTERS, GROUND_WORDS, CertificationRow, RevocationView
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import WorkingDialog
from ui.rooms.renewal.dialogs import DayDialog, EffectsCard, editor, who
from ui.widgets.date_field import DateField
from ui.widgets.saving import unread

DAYS_TO_ANSWER = 14


class OpenDialog(DayDialog):
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


class NoticeDialog(DayDialog):
    """本人への通知と弁明を記す。弁明が後から届いたら、もう一度開いて書く。"""

    day_name = "通知した日"

    def __init__(
        self, parent: QWidget | None, office: Office, row: CertificationRow, case: RevocationView
    ) -> None:
        words = f"{who(row)}　取り消す前に、本人に通知し、弁明の機会を与えます。"
        super().__init__(parent, office, "通知と弁明を記録する", words, "記録する", case.opened_on)
        self._case = case
        self.due = DateField(office.today(), "弁明の期限")
        self.statement_day = DateField(office.today(), "弁明の届いた日")
        self.statement = editor("弁明")
        for field, day in (
            (self.day, case.notice_on),
            (self.due, case.statement_due_on),
            (self.statement_day, case.statement_on),
        ):
            if day is not None:
                field.set_value(day)
        self.statement.setPlainText(case.statement)
        self.form.add("due", "弁明の期限", self.due, "弁明が届かなければ、この日が過ぎるまで取り消せません")
        self.form.add("statement", "弁明", self.statement, "まだ届いていなければ空のまま")
        self.form.add("arrived", "弁明の届いた日", self.statement_day, "空なら今日とします")
        (self.day if case.notice_on is None else self.statement).setFocus()

    def errors(self) -> dict[str, str]:
        """日付の欄が読めること。"""
        found = super().errors()
        for key, field in (("due", self.due), ("arrived", self.statement_day)):
            if words := unread(field):
                found[key] = words
        return found

    def save(self) -> None:
        """通知と弁明を記す。弁明の日が空なら今日とする。"""
        statement = self.statement.toPlainText().strip()
        arrived = self.statement_day.value
        if statement != self._case.statement and arrived is None:
            arrived = self.office.today()
        renewal.record_notice(
            self.office, self._case.id, self.on, statement, due_on=self.due.value, statement_on=arrived
        )


class RevokeDialog(DayDialog):
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
        words = f"{who(row)}の認証が失われます。元には戻せません。"
        earliest = case.notice_on or case.opened_on
        super().__init__(parent, office, "認証を取り消す", words, "二人目の確認へ", earliest)
        self._given, self._case = given, case
        self.reason = editor("理由")
        hint = "取消しの通知と監査記録に残ります"
        self.form.add("reason", "理由", self.reason, hint, required=True)
        if office.may("committee.revocation_decision"):
            # 会議で可決していれば、その議決を理由の書き出しとして勧める
            self.reason.setPlainText(committee.revocation_decision(office, case.id))
        self._row = row
        self.effects = EffectsCard("取り消すと")
        self.body.addWidget(self.effects)
        self.day.changed.connect(self._show_effects)
        self._show_effects()
        self.cancel_button.setFocus()

    def _show_effects(self) -> None:
        """取り消す日が決まれば、及ぶところを並べる。"""
        day = self.day.value
        found = (
            () if day is None else renewal.revocation_effects(self.office, self._row.certification_id, day)
        )
        self.effects.set_effects(found)
        self.fit()

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


class CloseDialog(DayDialog):
    """取り消さずに調査を終える。"""

    day_name = "調査を終えた日"

    def __init__(
        self, parent: QWidget | None, office: Office, row: CertificationRow, case: RevocationView
    ) -> None:
        words = f"{who(row)}　取り消さないと決めたことと、その理由が経過に残ります。"
        super().__init__(parent, office, "取り消さずに調査を終える", words, "調査を終える", case.opened_on)
        self._case = case
        self.reason = editor("理由")
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


def letter_kind(case: RevocationView) -> str:
    """調査のいまの段で作る手紙の種類。"""
    if case.revoked_on is not None:
        return "revocation"
    return "no_revocation" if case.closed_without_on is not None else "statement_notice"


class CaseLetterDialog(WorkingDialog):
    """調査の手紙を作り、保存する。written は書いたことの言葉を送る。"""

    written = Signal(str)

    def __init__(
        self, parent: QWidget, context: RoomContext, row: CertificationRow, case: RevocationView, path: Path
    ) -> None:
        self._kind, self._case, self._path = letter_kind(case), case, path
        title = CASE_LETTERS[self._kind]
        super().__init__(parent, context, f"{title}を作る", f"{who(row)}　作った紙は台帳に残ります。", "作る")
        self.number = QLineEdit()
        self.form.add("number", "文書番号", self.number, "なければ空のまま")
        self.facts = editor("原因となる事実")
        self.due = DateField(context.office.today(), "期限")
        self.due.set_value(context.office.today() + timedelta(days=DAYS_TO_ANSWER))
        if self._kind == "statement_notice":
            self.form.add(
                "facts", "原因となる事実", self.facts, "本人が弁明できるように書きます", required=True
            )
            self.form.add("due", "弁明の期限", self.due, required=True)
        elif self._kind == "revocation":
            self.form.add("due", "認定証の返納の期限", self.due, "返納を求めます", required=True)
        (self.facts if self._kind == "statement_notice" else self.number).setFocus()

    def errors(self) -> dict[str, str]:
        """弁明の通知には事実と期限、取消しの通知には返納の期限が要る。"""
        found = {}
        if self._kind == "statement_notice" and not self.facts.toPlainText().strip():
            found["facts"] = "原因となる事実を書いてください。"
        if self._kind != "no_revocation" and self.due.value is None:
            found["due"] = self.due.error or "期限を入れてください。"
        return found

    def work(self) -> Callable[[], Any]:
        """手紙を作って書く。"""
        return partial(
            renewal.make_case_letter,
            self._context.office,
            self._case.id,
            self._kind,
            self._path,
            words=self.facts.toPlainText().strip(),
            due_on=None if self._kind == "no_revocation" else self.due.value,
            number=self.number.text().strip(),
        )

    def worked(self, value: Any) -> None:
        """書いたことを知らせる。"""
        self.written.emit(f"{CASE_LETTERS[self._kind]}を作りました：{self._path}")


class SentDialog(DayDialog):
    """手紙を発送した日を記す。"""

    day_name = "発送した日"

    def __init__(self, parent: QWidget | None, office: Office, words: str, letters: list[int], made_on: date):
        super().__init__(parent, office, "発送を記す", words, "発送を記す", made_on)
        self._letters = letters
        self.day.setFocus()

    def save(self) -> None:
        """発送を記す。"""
        renewal.record_sent(self.office, self._letters, self.on)


class MailReturnedDialog(DayDialog):
    """送った手紙が届かず戻った日を記す。"""

    day_name = "戻った日"

    def __init__(self, parent: QWidget | None, office: Office, words: str, letter_id: int, sent_on: date):
        super().__init__(parent, office, "返送を記す", words, "返送を記す", sent_on)
        self._letter_id = letter_id
        self.day.setFocus()

    def save(self) -> None:
        """返送を記す。"""
        renewal.record_returned(self.office, self._letter_id, self.on)


class CertificateReturnDialog(DayDialog):
    """取り消した認証の認定証が、本人から戻った日を記す。"""

    day_name = "認定証の戻った日"

    def __init__(
        self, parent: QWidget | None, office: Office, row: CertificationRow, case: RevocationView
    ) -> None:
        assert case.revoked_on is not None
        words = f"{who(row)}　返納された認定証を確かめてから記します。"
        super().__init__(parent, office, "認定証の返納を記す", words, "返納を記す", case.revoked_on)
        self._case = case
        self.day.setFocus()

    def save(self) -> None:
        """返納を記す。"""
        renewal.record_return(self.office, self._case.id, self.on)

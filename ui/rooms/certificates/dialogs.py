"""認定証の窓：交付・欠番・検証。"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.views.certificates import Verification, VoidedRow
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, label
from ui.widgets.chip import Chip
from ui.widgets.date_field import DateField
from ui.widgets.form import Form
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog, unread

RESULT_TONES = {
    "genuine": t.Tone.OK,
    "altered": t.Tone.BAD,
    "unknown": t.Tone.BAD,
    "revoked": t.Tone.BAD,
    "returned": t.Tone.BAD,
    "died": t.Tone.BAD,
    "annulled": t.Tone.BAD,
    "withdrawn": t.Tone.BAD,
    "superseded": t.Tone.WARN,
    "lapsed": t.Tone.WARN,
    "not_yet": t.Tone.WARN,
}
RESULT_SHORT = {
    "genuine": "真正",
    "altered": "不正",
    "unknown": "記録なし",
    "revoked": "取消し",
    "returned": "返納",
    "died": "死亡",
    "annulled": "議決変更",
    "withdrawn": "取り下げた版",
    "superseded": "旧版",
    "lapsed": "失効",
    "not_yet": "期間前",
}


class IssueDialog(SavingDialog):
    """待っている人すべてに交付する。given(交付日) は部屋が長い仕事として行う。

    certified_on は待っている人の最も遅い認証日（新規の人がいなければ None）。交付日は今日から始まり、
    認証日が今日より後なら認証日から始まる。
    """

    def __init__(
        self,
        parent: QWidget | None,
        today: date,
        count: int,
        given: Callable[[date], None],
        certified_on: date | None = None,
    ) -> None:
        super().__init__(
            parent,
            "認定証の交付",
            f"{count}名に番号を振り、認定証を交付します。すべてか無かの一つの操作です。番号と印刷した値は凍り、後から変えられません。",
            f"{count}枚を交付",
        )
        self._given, self._certified_on = given, certified_on
        self.issued_on = DateField(today, "交付日")
        self.issued_on.set_value(today if certified_on is None else max(today, certified_on))
        hint = "" if certified_on is None else f"認証日（{wareki(certified_on)}）以後の日"
        self.form.add("issued_on", "交付日", self.issued_on, hint, required=True)
        self.issued_on.setFocus()

    def errors(self) -> dict[str, str]:
        """交付日は要り、認証日より前ではいけない。"""
        day = self.issued_on.value
        if day is None:
            return {"issued_on": unread(self.issued_on) or "交付日を入れてください。"}
        if self._certified_on is not None and day < self._certified_on:
            return {
                "issued_on": f"交付日（{wareki(day)}）が認証日（{wareki(self._certified_on)}）より前です。"
                "認証日以後にしてください。"
            }
        return {}

    def save(self) -> None:
        """交付日を渡す。"""
        assert self.issued_on.value is not None
        self._given(self.issued_on.value)


class VoidDialog(SavingDialog):
    """番号を欠番にする。given(番号, 理由) の後に二人目の確認が続く。"""

    def __init__(
        self,
        parent: QWidget | None,
        voided: tuple[VoidedRow, ...],
        next_serial: int,
        given: Callable[[int, str], None],
    ) -> None:
        super().__init__(
            parent,
            "番号を欠番にする",
            "欠番にした番号は、この先だれにも振られません。理由と二人目の名が台帳に残ります。",
            "二人目の確認へ",
        )
        self._given = given
        self.serial, self.reason = NumberBox(), QLineEdit()
        self.serial.setRange(1, 999_999)
        self.serial.setValue(next_serial)
        self.form.add("serial", "番号", self.serial, "期の中の通し番号", required=True)
        self.form.add("reason", "理由", self.reason, "例：用紙の書損", required=True)
        lines = "\n".join(f"{v.serial}番　{v.reason}（二人目 {v.second_person}）" for v in voided)
        note = NoteBox(f"これまでの欠番\n{lines}" if lines else "", t.Tone.ACCENT)
        self.body.addWidget(note, 0, Qt.AlignmentFlag.AlignTop)
        self.reason.setFocus()

    def errors(self) -> dict[str, str]:
        """理由は要る。"""
        return {} if self.reason.text().strip() else {"reason": "欠番の理由を書いてください。"}

    def save(self) -> None:
        """番号と理由を渡す。"""
        self._given(self.serial.value(), self.reason.text().strip())


class VerifyDialog(Dialog):
    """QR の文字か、PDF・絵のファイルを、この事務局の記録で確かめる。"""

    def __init__(self, parent: QWidget | None, context: RoomContext) -> None:
        super().__init__(
            parent,
            "認定証を確かめる",
            "QR を読んだ文字を貼るか、PDF・スキャン・写真を選んでください。通信はしません。",
        )
        self.setMinimumWidth(current_look().px(640))
        self._context = context
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMinimumSize(current_look().px(460), current_look().px(90))
        self.as_of = DateField(context.office.today(), "いつの時点か")
        self.as_of.set_value(context.office.today())
        self.form = Form()
        self.form.add("text", "QR の文字", self.text)
        self.form.add("as_of", "いつの時点か", self.as_of)
        self.body.addWidget(self.form)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(2, 1)
        self._grid.setHorizontalSpacing(current_look().px(t.GAP_3))
        self.body.addLayout(self._grid)
        self.results: tuple[Verification, ...] = ()
        self.pdf_button = self.add_action("ファイルを選ぶ…", self.choose_file)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept)
        self.main_button = self.add_action("確かめる", self.submit, "main")
        self.text.setFocus()

    def _day(self) -> date | None:
        if self.as_of.value is None:
            self.form.show_errors({"as_of": unread(self.as_of) or "日付を入れてください。"})
        return self.as_of.value

    def submit(self) -> None:
        """貼られた文字を確かめる。"""
        text = self.text.toPlainText().strip()
        if not self.form.show_errors({} if text else {"text": "QR を読んだ文字を貼ってください。"}):
            return
        if (day := self._day()) is not None:
            self._run(lambda: (certificates.verify_text(self._context.office, text, day),))

    def choose_file(self) -> None:
        """確かめる PDF か絵を選ぶ。"""
        kinds = "認定証 (*.pdf *.png *.jpg *.jpeg *.tif *.tiff *.bmp *.webp)"
        self._context.open_path(self, "認定証のファイルを選ぶ", kinds, self.check_file)

    def check_file(self, path: Path) -> None:
        """PDF の頁ごと、または絵の中の記号を、画面の外で確かめる。"""
        if (day := self._day()) is None:
            return
        office = self._context.office
        work_beside(
            self._context,
            self,
            lambda: certificates.verify_file(office, path, day),
            self._checked,
            self._refused,
        )

    def _checked(self, found: tuple[Verification, ...]) -> None:
        self.form.show_errors({})
        self.show_results(found)

    def _refused(self, refusal: RuleViolation) -> None:
        self.show_results(())
        self.form.show_errors({"text": str(refusal)})

    def _run(self, work: Callable[[], tuple[Verification, ...]]) -> None:
        try:
            self._checked(work())
        except RuleViolation as refusal:
            self._refused(refusal)

    def show_results(self, results: tuple[Verification, ...]) -> None:
        """結果を一行ずつ示す。"""
        self.results = results
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        for place, row in enumerate(results):
            self._grid.addWidget(Chip(RESULT_SHORT[row.result], RESULT_TONES[row.result]), place, 0)
            self._grid.addWidget(label(row.number or "番号を読めません", "strong"), place, 1)
            words = row.words
            if self.as_of.value is not None:
                words += f"（{wareki(self.as_of.value)} 時点）"
            if row.name and row.expires_on is not None:
                words += f"\n記録：{row.name}　第{row.version}版　{wareki(row.expires_on)}まで"
            self._grid.addWidget(label(words, wrap=True), place, 2)

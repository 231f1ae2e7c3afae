"""新しい版を作る窓：再交付・書換・訂正。それぞれに要ることを尋ねる。"""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.certificates.changing import CAUSES, ChangeForm, NameForm
from app.services.views.certificates import CertificateRow
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button
from ui.widgets.date_field import DateField
from ui.widgets.paper import PaperView
from ui.widgets.saving import SavingDialog, unread

_OLD = (("返納された", "old_returned"), ("手元にない（紛失・盗難など）", "old_missing"), ("これから返納", ""))
_FILES = "書類の写し (*.pdf *.png *.jpg *.jpeg *.tif *.tiff)"
_PAUSE = 350  # 打つのが止まってから姿を組むまで（ミリ秒）


class ChangeDialog(SavingDialog):
    """新しい版の窓の共通：交付日・理由・旧い認定証。made に、できた版が入る。"""

    kind_words = ""
    reason_hint = ""

    def __init__(self, parent: QWidget | None, context: RoomContext, row: CertificateRow, text: str) -> None:
        super().__init__(
            parent,
            f"認定証の{self.kind_words}",
            f"{row.number}　{row.name}さん　いまは第{row.version}版です。{text}"
            "番号と有効期間は変わりません。前の版はそのまま残り、検証では「取り下げた版」と出ます。",
            f"{self.kind_words}の版を作る",
        )
        self._context, self._row = context, row
        self.made: CertificateRow | None = None
        self.build()
        self.issued_on = DateField(context.office.today(), "交付日")
        # 前の版を先の日付で交付していれば、今日では断られる
        self.issued_on.set_value(max(context.office.today(), row.issued_on))
        self.old = QComboBox()
        for words, key in _OLD:
            self.old.addItem(words, key)
        self.reason = QLineEdit()
        self.form.add("issued_on", "交付日", self.issued_on, required=True)
        self.form.add("old", "旧い認定証", self.old, required=True)
        self.form.add("reason", "理由", self.reason, self.reason_hint, required=True)

    def build(self) -> None:
        """この事由だけの欄を、初めに置く。"""

    def errors(self) -> dict[str, str]:
        """交付日と理由は要る。"""
        found = {} if self.reason.text().strip() else {"reason": "理由を書いてください。"}
        if self.issued_on.value is None:
            found["issued_on"] = unread(self.issued_on) or "交付日を入れてください。"
        elif self.issued_on.value < self._row.issued_on:
            found["issued_on"] = (
                f"前の版の交付日（{wareki(self._row.issued_on)}）より前です。その日以後にしてください。"
            )
        return found

    def change_form(self, signed_off: bool = False) -> ChangeForm:
        """欄の値。"""
        assert self.issued_on.value is not None
        return ChangeForm(
            self.issued_on.value, self.reason.text().strip(), str(self.old.currentData()), signed_off
        )


class ReissueDialog(ChangeDialog):
    """再交付：なくした・汚した・届かなかった認定証の代わりを作る。"""

    kind_words = "再交付"
    reason_hint = "例：令和8年4月15日の紛失の届出による"

    def __init__(self, parent: QWidget | None, context: RoomContext, row: CertificateRow) -> None:
        super().__init__(parent, context, row, "同じ氏名で、もう一枚を交付します。")

    def build(self) -> None:
        """事由の欄。"""
        self.cause = QComboBox()
        for key, words in CAUSES.items():
            self.cause.addItem(words, key)
        self.form.add("cause", "事由", self.cause, required=True)
        self.cause.currentIndexChanged.connect(self._cause_chosen)

    def _cause_chosen(self) -> None:
        # 汚損・不着の認定証は戻ってくる
        gone = self.cause.currentData() in ("lost", "stolen")
        self.old.setCurrentIndex(1 if gone else 0)

    def showEvent(self, event: object) -> None:
        """初めの事由に、旧い認定証の欄を合わせる。"""
        super().showEvent(event)  # type: ignore[arg-type]
        if not self.reason.text():
            self._cause_chosen()

    def save(self) -> None:
        """再交付の版を作る。"""
        form = self.change_form()
        reason = f"{self.cause.currentText()}：{form.reason}"
        self.made = certificates.reissue(
            self._context.office, self._row.certification_id, "reissue", form.issued_on, reason, form.old
        )


class NameChangeDialog(ChangeDialog):
    """氏名を直す窓の共通：いまの氏名から始まる欄と、刷られる姿と、証書表記の確認。"""

    def build(self) -> None:
        """氏名の欄と姿。"""
        self.names = certificates.names_of(self._context.office, self._row.certification_id)
        self.name, self.reading = QLineEdit(self.names.name), QLineEdit(self.names.reading)
        self.certificate_name = QLineEdit(self.names.certificate_name)
        self.former_name = QLineEdit(self.names.former_name)
        self.form.add("name", "氏名", self.name, "書類のとおりに。字の形も直しません。", required=True)
        self.form.add("reading", "フリガナ", self.reading)
        self.form.add("certificate_name", "証書表記", self.certificate_name, "空なら氏名のまま刷ります。")
        self.build_more()
        self.paper, self.name_note = PaperView("証書に刷る氏名"), NoteBox("", Tone.BAD)
        self.form.add_wide("paper", "刷られる姿", self.paper)
        self.body.addWidget(self.name_note)
        self.signed_off = QCheckBox("刷られる姿を見て、この表記でよいことを確認した")
        self.form.add("signed_off", "証書表記の確認", self.signed_off, required=True)
        self._timer = QTimer(self, interval=_PAUSE, singleShot=True)
        self._timer.timeout.connect(self.draw)
        for field in (self.name, self.certificate_name):
            field.textChanged.connect(self._typed)
        self.scroll_form(620, 520)
        self.draw()

    def build_more(self) -> None:
        """この事由だけの欄。"""

    @property
    def printed(self) -> str:
        """刷られる氏名。"""
        return self.certificate_name.text() or self.name.text()

    def _typed(self) -> None:
        # 直せば、見た姿ではなくなる
        self.signed_off.setChecked(False)
        self._timer.start()

    def draw(self) -> None:
        """刷られる姿を、画面の外で組む。"""
        printed, office = self.printed, self._context.office
        work_beside(
            self._context,
            self,
            lambda: certificates.preview_name(office, printed),
            lambda pdf: self._drawn(printed, pdf),
            lambda refusal: self._undrawn(printed, refusal),
        )

    def _drawn(self, printed: str, pdf: bytes) -> None:
        if printed == self.printed:
            self.name_note.set_text("")
            self.paper.set_pdf(pdf)

    def _undrawn(self, printed: str, refusal: RuleViolation) -> None:
        if printed == self.printed:
            self.paper.set_pdf(None)
            self.name_note.set_text(str(refusal), Tone.BAD)

    def errors(self) -> dict[str, str]:
        """氏名と確認は要る。"""
        found = super().errors()
        if not self.name.text().strip():
            found["name"] = "氏名を書類のとおりに入れてください。"
        if not self.signed_off.isChecked():
            found["signed_off"] = "刷られる姿を見て、確認の印を付けてください。"
        return found

    def name_form(self) -> NameForm:
        """欄の値。"""
        return NameForm(
            self.name.text(), self.reading.text(), self.certificate_name.text(), self.former_name.text()
        )


class RewriteDialog(NameChangeDialog):
    """書換：婚姻などで氏名が変わった人の、新しい氏名の認定証を作る。変更を確かめた書類が要る。"""

    kind_words = "書換"
    reason_hint = "例：婚姻による氏の変更"

    def __init__(self, parent: QWidget | None, context: RoomContext, row: CertificateRow) -> None:
        self.document: Path | None = None
        super().__init__(parent, context, row, "氏名の変更を書類とともに記し、新しい氏名で交付します。")

    def build_more(self) -> None:
        """旧姓・変更の日・書類。"""
        self.form.add("former_name", "旧姓", self.former_name, "旧姓を残すとき")
        self.changed_on = DateField(self._context.office.today(), "氏名の変わった日")
        self.form.add("changed_on", "氏名の変わった日", self.changed_on, required=True)
        self.document_button = button("写しを選ぶ…", "small", self.choose_document)
        self.form.add(
            "document", "確かめた書類", self.document_button, "戸籍抄本など（PDF・画像）", required=True
        )

    def choose_document(self) -> None:
        """書類の写しを選ぶ。"""
        self._context.open_path(self, "氏名の変更を確かめた書類", _FILES, self.attach)

    def attach(self, path: Path) -> None:
        """選ばれた写しを覚える。"""
        self.document = path
        self.document_button.setText(path.name.replace("&", "&&"))

    def errors(self) -> dict[str, str]:
        """変更の日と書類は要る。"""
        found = super().errors()
        if self.changed_on.value is None:
            found["changed_on"] = unread(self.changed_on) or "氏名の変わった日を入れてください。"
        if self.document is None:
            found["document"] = "変更を確かめた書類の写しを付けてください。"
        return found

    def save(self) -> None:
        """氏名の変更と、書換の版を作る。"""
        assert self.changed_on.value is not None
        self.made = certificates.rewrite(
            self._context.office,
            self._row.certification_id,
            self.name_form(),
            self.changed_on.value,
            self.document,
            self.change_form(signed_off=True),
        )


class CorrectionDialog(NameChangeDialog):
    """訂正：事務局の誤りで違って刷った氏名・生年月日を直した認定証を作る。"""

    kind_words = "訂正"
    reason_hint = "例：申込書の転記の誤り（高→髙）"

    def __init__(self, parent: QWidget | None, context: RoomContext, row: CertificateRow) -> None:
        super().__init__(parent, context, row, "誤って刷った値を直して交付します。")

    def build_more(self) -> None:
        """生年月日。"""
        self.birth_date = DateField(self._context.office.today(), "生年月日")
        self.birth_date.set_value(self.names.birth_date)
        self.form.add("birth_date", "生年月日", self.birth_date, required=True)

    def errors(self) -> dict[str, str]:
        """生年月日は要る。"""
        found = super().errors()
        if self.birth_date.value is None:
            found["birth_date"] = unread(self.birth_date) or "生年月日を入れてください。"
        return found

    def name_form(self) -> NameForm:
        """欄の値。"""
        return NameForm(
            self.name.text(),
            self.reading.text(),
            self.certificate_name.text(),
            None,
            self.birth_date.value,
        )

    def save(self) -> None:
        """訂正の版を作る。"""
        self.made = certificates.correct(
            self._context.office,
            self._row.certification_id,
            self.name_form(),
            self.change_form(signed_off=True),
        )

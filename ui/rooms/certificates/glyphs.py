"""刷れない字の窓：どの字がないかを姿で示し、代わりの字を選んで証書表記を確認する。"""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.services import certificates
from app.services.views.certificate_ledger import MissingGlyph
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.flow import FlowLayout
from ui.widgets.paper import PaperView
from ui.widgets.saving import SavingDialog

_PAUSE = 350  # 打つのが止まってから姿を組むまで（ミリ秒）


class GlyphDialog(SavingDialog):
    """刷れない字のある一人。代わりの字を選ぶか証書表記を打ち直し、姿を見て確認する。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, person_id: int) -> None:
        self.check = certificates.check_glyphs(context.office, person_id)
        super().__init__(
            parent,
            "刷れない字",
            f"{self._safe(self.check.name)}さんの証書表記に、刷れない字が{len(self.check.missing)}つあります。"
            "〓のところです。代わりの字は、本人に確かめてから選んでください。",
            "証書表記を確認",
        )
        self._context = context
        self.before = PaperView("いまの証書表記（刷れない字は〓）")
        self.before.set_pdf(self.check.picture)
        self.body.insertWidget(1, self.before)
        self._choices = QGridLayout()
        self._choices.setHorizontalSpacing(current_look().px(t.GAP_3))
        for place, missing in enumerate(self.check.missing):
            self._add_choice(place, missing)
        self.body.insertLayout(2, self._choices)
        self.printed, self.reason = QLineEdit(self._safe(self.check.printed)), QLineEdit()
        self.form.add("printed", "新しい証書表記", self.printed, "〓を、刷れる字に替えます。", required=True)
        self.paper, self.glyph_note = PaperView("新しい証書表記の姿"), NoteBox("", Tone.BAD)
        self.form.add_wide("paper", "刷られる姿", self.paper)
        self.body.addWidget(self.glyph_note)
        self.signed_off = QCheckBox("刷られる姿を見て、この表記でよいことを確認した")
        self.form.add("signed_off", "証書表記の確認", self.signed_off, required=True)
        self.form.add("reason", "認める理由", self.reason, "例：本人に電話で確かめた", required=True)
        self._timer = QTimer(self, interval=_PAUSE, singleShot=True)
        self._timer.timeout.connect(self.draw)
        self.printed.textChanged.connect(self._typed)
        self.scroll_form(640, 560)
        self.draw()

    def _safe(self, text: str) -> str:
        """画面に箱を出さないよう、刷れない字を〓にした文。"""
        for missing in self.check.missing:
            text = text.replace(missing.text, "〓")
        return text

    def _add_choice(self, place: int, missing: MissingGlyph) -> None:
        self._choices.addWidget(label(f"{missing.place}文字目　{missing.codes}", "strong"), place * 2, 0)
        self._choices.addWidget(label(missing.about, "caption", wrap=True), place * 2, 1)
        holder = QWidget()
        flow = FlowLayout(holder)
        flow.setContentsMargins(0, 0, 0, 0)
        if not missing.substitutes:
            flow.addWidget(label("代わりの字の候補はありません。証書表記を打ち直してください。", "muted"))
        for one in missing.substitutes:
            codes = " ".join(f"U+{ord(c):04X}" for c in one)
            made = button(f"{one}（{codes}）にする", "small", partial(self.use, missing, one))
            flow.addWidget(made)
        self._choices.addWidget(holder, place * 2 + 1, 1)
        self._choices.setColumnStretch(1, 1)

    def use(self, missing: MissingGlyph, one: str) -> None:
        """刷れない字を、選んだ字に替える。"""
        text = self.check.printed.replace(missing.text, one)
        self.printed.setText(self._safe(text))

    def _typed(self) -> None:
        self.signed_off.setChecked(False)
        self._timer.start()

    def draw(self) -> None:
        """新しい証書表記の姿を、画面の外で組む。"""
        printed, office = self.printed.text(), self._context.office
        if "〓" in printed:
            self._drawn(printed, None, "〓が残っています。代わりの字を選ぶか、打ち直してください。")
            return
        work_beside(
            self._context,
            self,
            lambda: certificates.preview_name(office, printed),
            lambda pdf: self._drawn(printed, pdf, ""),
            lambda refusal: self._drawn(printed, None, str(refusal)),
        )

    def _drawn(self, printed: str, pdf: bytes | None, words: str) -> None:
        if printed == self.printed.text():
            self.paper.set_pdf(pdf)
            self.glyph_note.set_text(words, Tone.BAD)

    def errors(self) -> dict[str, str]:
        """確認と理由は要る。"""
        found = {}
        if "〓" in self.printed.text() or not self.printed.text().strip():
            found["printed"] = "〓を、刷れる字に替えてください。"
        if not self.signed_off.isChecked():
            found["signed_off"] = "刷られる姿を見て、確認の印を付けてください。"
        if not self.reason.text().strip():
            found["reason"] = "認める理由を書いてください。"
        return found

    def save(self) -> None:
        """証書表記を改め、確認とする。"""
        certificates.approve_name(
            self._context.office,
            self.check.person_id,
            self.check.printed,
            self.printed.text(),
            self.reason.text(),
        )

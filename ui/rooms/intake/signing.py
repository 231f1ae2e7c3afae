"""受付の窓：証書表記の確認。認定証に刷られるとおりの字を大きく見せ、確かめた人と日を残す。"""

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import intake
from app.services.views.people import CertificateName, SigningRow
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.paper import PaperView, render_page
from ui.widgets.room import Filter, FilterBar

_DPI = 200


def _state(seen: CertificateName) -> str:
    if not seen.signed_off:
        return "まだ確認していません。申込書・旅券・在留カードの字と見比べてください。"
    on = "" if seen.signed_on is None else wareki(seen.signed_on)
    return f"{on} {seen.signed_by}さんが確認しました。".strip()


class SigningDialog(Dialog):
    """研修期の人の証書表記を、一人ずつ見て確かめる。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, cohort_id: int, first: int = 0) -> None:
        super().__init__(
            parent,
            "証書表記の確認",
            "認定証に刷られるとおりの字です。本人の書類の字と見比べ、合っていれば［確認した］を押します。"
            "氏名か証書表記を直すと、確認は外れます。",
        )
        self._context, self._cohort_id = context, cohort_id
        self._rows: tuple[SigningRow, ...] = ()
        self._seen: CertificateName | None = None
        px = current_look().px
        self.setMinimumSize(px(960), px(480))
        self.model: RowsModel = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 56),
                Column("証書表記", lambda r: r.printed, Kind.NAME, 180),
                Column(
                    "確認", lambda r: r.state, Kind.CHIP, 100,
                    tone=lambda r: Tone.OK if r.signed_off else Tone.WARN,
                ),
            ),
            key=lambda r: r.person_id,
        )  # fmt: skip
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("証書表記の一覧")
        self.table.setFixedWidth(px(360))
        self.filters = FilterBar()
        self.paper = PaperView("証書に刷る氏名")
        self.state, self.special = label("", wrap=True), label("", "muted", wrap=True)
        self.note = NoteBox("", Tone.BAD)
        self._lay_out()
        self.sign_button = self.add_action("確認した", self.sign, "main")
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.table.row_chosen.connect(self._choose)
        self.filters.changed.connect(lambda _key: self._show_rows())
        self._load()
        if first:
            self.table.select_key(first)

    def _lay_out(self) -> None:
        px = current_look().px
        row, left, right = QHBoxLayout(), QVBoxLayout(), QVBoxLayout()
        row.setSpacing(px(t.GAP_4))
        left.addWidget(self.filters)
        left.addWidget(self.table, 1)
        for part in (self.note, self.paper, self.state, self.special):
            right.addWidget(part)
        right.addStretch(1)
        row.addLayout(left)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)

    def _load(self) -> None:
        self._rows = intake.list_signing(self._context.office, self._cohort_id)
        waiting = sum(not r.signed_off for r in self._rows)
        self.filters.set_filters(
            [Filter("waiting", "まだ", waiting), Filter("all", "すべて", len(self._rows))]
        )
        self._show_rows()

    def _show_rows(self) -> None:
        waiting = self.filters.current == "waiting"
        self.model.set_rows([r for r in self._rows if not (waiting and r.signed_off)])
        if self.model.rows and self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def _choose(self, row: SigningRow | None) -> None:
        self._seen = None
        self.sign_button.setEnabled(False)
        if row is None:
            self._show_nobody()
            return
        office = self._context.office
        work_beside(
            self._context,
            self,
            lambda: _drawn(intake.certificate_name(office, row.person_id)),
            lambda made: self._show(row, *made),
            self._refused,
        )

    def _show_nobody(self) -> None:
        self.paper.set_image(QImage())
        self.note.set_text("")
        self.special.setText("")
        done = bool(self._rows)
        self.state.setText("全員の証書表記を確認しました。" if done else "この研修期には申込がありません。")

    def _show(self, row: SigningRow, seen: CertificateName, image: QImage) -> None:
        # 組んでいる間に、ほかの人が選ばれていることがある
        if row != self.table.chosen():
            return
        self._seen = seen
        self.paper.set_image(image)
        self.paper.setAccessibleName(f"証書に刷る氏名 {seen.printed}")
        words = f"印刷できない字があります：{'、'.join(seen.missing)}。［記録を直す…］で証書表記を直してください。"
        self.note.set_text(words if seen.missing else "", Tone.BAD)
        self.state.setText(_state(seen))
        self.special.setText("\n".join(seen.special))
        may = self._context.office.may("intake.sign_off_certificate_name")
        self.sign_button.setEnabled(may and not seen.signed_off and not seen.missing)

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)

    def sign(self) -> None:
        """見た字を確認済みとし、次の人に移る。"""
        if self._seen is None:
            return
        seen, place = self._seen, self.table.currentIndex().row()
        try:
            intake.sign_off_certificate_name(self._context.office, seen.person_id, seen.printed)
        except RuleViolation as refusal:
            self._refused(refusal)
            return
        self._load()
        self._context.changed()
        if self.model.rows and self.filters.current == "waiting":
            self.table.selectRow(min(place, len(self.model.rows) - 1))


def _drawn(seen: CertificateName) -> tuple[CertificateName, QImage]:
    return seen, QImage() if seen.pdf is None else render_page(seen.pdf, 0, _DPI)

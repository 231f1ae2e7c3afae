"""台帳に記す窓：出来事・まとめての発送・用紙の帳簿。"""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.calendar import wareki
from app.services import certificates
from app.services.certificates.events import EventForm
from app.services.certificates.stock import StockForm
from app.services.views.certificate_ledger import EVENT_WORDS, STOCK_WORDS, EventRow, StockLine, StockView
from app.services.views.certificates import CertificateRow
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.date_field import DateField
from ui.widgets.form import FormRow
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog, unread

_OLD = ("old_returned", "old_missing")


class EventDialog(SavingDialog):
    """一枚の認定証の出来事を記す。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, row: CertificateRow) -> None:
        super().__init__(
            parent,
            "台帳に記す",
            f"{row.number}　{row.name}さん　第{row.version}版（{row.words}）",
            "記す",
        )
        self._context, self._row = context, row
        self.kind, self.tracking, self.remarks = QComboBox(), QLineEdit(), QLineEdit()
        for key, words in EVENT_WORDS.items():
            # 旧い認定証の始末は、取り下げた版だけに記せる
            if (key in _OLD) == (row.withdrawn_on is not None) or key == "returned_mail":
                self.kind.addItem(words, key)
        self.day = DateField(context.office.today(), "日付")
        self.day.set_value(max(context.office.today(), row.issued_on))
        self.form.add("kind", "出来事", self.kind, required=True)
        self.form.add("day", "日付", self.day, f"交付日（{wareki(row.issued_on)}）以後", required=True)
        self._tracking_row: FormRow = self.form.add(
            "tracking", "追跡番号", self.tracking, "書留などの引受番号"
        )
        self.form.add("words", "覚え", self.remarks, "例：あて所に尋ねあたらず")
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self._kind_chosen()

    def _kind_chosen(self) -> None:
        self.tracking.setEnabled(self.kind.currentData() == "posted")

    def errors(self) -> dict[str, str]:
        """日付は要る。"""
        if self.day.value is None:
            return {"day": unread(self.day) or "日付を入れてください。"}
        return {}

    def save(self) -> None:
        """出来事を記す。"""
        assert self.day.value is not None
        number = self.tracking.text() if self.tracking.isEnabled() else ""
        form = EventForm(str(self.kind.currentData()), self.day.value, self.remarks.text(), number)
        certificates.record_event(self._context.office, self._row.id, form)


class UndoEventDialog(SavingDialog):
    """記した出来事を、理由を付けて取り消す。元の記録は、取り消したことと共に年表に残る。"""

    def __init__(
        self, parent: QWidget | None, context: RoomContext, row: CertificateRow, events: Sequence[EventRow]
    ) -> None:
        super().__init__(
            parent,
            "記した出来事を取り消す",
            f"{row.number}　{row.name}さん。元の記録は消えず、取り消した人と理由と共に年表に残ります。",
            "取り消す",
        )
        self._context = context
        self.chosen, self.reason = QComboBox(), QLineEdit()
        for one in events:
            more = one.tracking_number or one.words
            words = f"{wareki(one.happened_on)}　{one.title}　第{one.version}版" + (
                f"　{more}" if more else ""
            )
            self.chosen.addItem(words, one.id)
        self.chosen.setCurrentIndex(len(events) - 1)
        self.form.add("event", "出来事", self.chosen, required=True)
        self.form.add("reason", "理由", self.reason, "例：別の人の発送を記した", required=True)
        self.reason.setFocus()

    def errors(self) -> dict[str, str]:
        """理由は要る。"""
        return {} if self.reason.text().strip() else {"reason": "取り消す理由を書いてください。"}

    def save(self) -> None:
        """取り消す。"""
        certificates.undo_event(self._context.office, int(self.chosen.currentData()), self.reason.text())


class PostingDialog(SavingDialog):
    """何枚もの発送を、追跡番号とともに一度に記す。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, rows: Sequence[CertificateRow]) -> None:
        super().__init__(
            parent,
            "発送をまとめて記す",
            f"印刷済みでまだ発送していない{len(rows)}枚です。送らないものは、追跡番号に「-」と入れてください。",
            "発送を記す",
        )
        self._context, self._rows = context, tuple(rows)
        self.day = DateField(context.office.today(), "発送日")
        self.day.set_value(context.office.today())
        self.form.add("day", "発送日", self.day, required=True)
        self.numbers = [QLineEdit() for _ in rows]
        for row, field in zip(rows, self.numbers, strict=True):
            self.form.add(f"n{row.id}", row.name, field, row.number)
        self.scroll_form(560, 420)

    def errors(self) -> dict[str, str]:
        """発送日は要り、追跡番号は重ならない。"""
        if self.day.value is None:
            return {"day": unread(self.day) or "発送日を入れてください。"}
        seen: dict[str, str] = {}
        found = {}
        for row, field in zip(self._rows, self.numbers, strict=True):
            number = field.text().strip()
            if number not in ("", "-") and (other := seen.setdefault(number, row.name)) != row.name:
                found[f"n{row.id}"] = f"{other}さんと同じ追跡番号です。"
        return found

    def save(self) -> None:
        """発送を記す。"""
        assert self.day.value is not None
        posted = [
            (row.id, field.text().strip())
            for row, field in zip(self._rows, self.numbers, strict=True)
            if field.text().strip() != "-"
        ]
        certificates.record_postings(self._context.office, self.day.value, posted)


class StockDialog(SavingDialog):
    """用紙の帳簿：残り、受け入れ・書損じ・数え直し。"""

    def __init__(self, parent: QWidget | None, context: RoomContext) -> None:
        super().__init__(
            parent,
            "認定証の用紙",
            "用紙の出し入れを記します。印刷と書損じは、印刷の結果から自ずと引かれます。",
            "記す",
        )
        self._context = context
        self.total = NoteBox("")
        self.model = RowsModel(
            (
                Column("日付", lambda r: r.happened_on, Kind.DATE_SHORT, 84),
                Column("事由", lambda r: r.reason, Kind.TEXT, 190, least=120),
                Column("枚数", lambda r: f"{r.change:+,d}", Kind.NUMBER, 60),
                Column("残り", lambda r: r.balance, Kind.NUMBER, 60),
                Column("記した人", lambda r: r.recorded_by, Kind.TEXT, 100, drop=1),
            ),
            key=_line_key,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("用紙の帳簿")
        self.table.setMinimumHeight(current_look().px(180))
        self.kind, self.sheets, self.remarks = QComboBox(), NumberBox(), QLineEdit()
        for key, words in STOCK_WORDS.items():
            self.kind.addItem(words, key)
        self.sheets.setRange(0, 100_000)
        self.day = DateField(context.office.today(), "日付")
        self.day.set_value(context.office.today())
        self.form.add("kind", "出し入れ", self.kind, required=True)
        self.form.add("day", "日付", self.day, required=True)
        self._sheets_row = self.form.add("sheets", "枚数", self.sheets, required=True)
        self.form.add("words", "覚え", self.remarks, "例：○○印刷から納品")
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.body.insertWidget(0, self.total)
        self.body.addWidget(self.table, 1)
        self._kind_chosen()
        self.refresh()

    def _kind_chosen(self) -> None:
        counted = self.kind.currentData() == "counted"
        self._sheets_row.set_caution("数えた、いまの枚数を入れます。" if counted else "")

    def refresh(self) -> None:
        """帳簿を読み直す。"""
        view = certificates.get_stock(self._context.office)
        self.model.set_rows(view.lines)
        self.total.set_text(*stock_words(view))

    def errors(self) -> dict[str, str]:
        """日付は要る。"""
        if self.day.value is None:
            return {"day": unread(self.day) or "日付を入れてください。"}
        return {}

    def save(self) -> None:
        """出し入れを記す。"""
        assert self.day.value is not None
        form = StockForm(
            str(self.kind.currentData()), self.day.value, self.sheets.value(), self.remarks.text()
        )
        certificates.record_stock(self._context.office, form)


def _line_key(line: StockLine) -> int:
    return line.id


def stock_words(view: StockView) -> tuple[str, Tone]:
    """用紙の残りの言葉と調子。"""
    if not view.kept:
        return "まだ数を付けていません。受け入れか数え直しを記すと、残りを数え始めます。", Tone.ACCENT
    if view.warning:
        return view.warning, Tone.WARN
    return f"残り {view.total:,}枚", Tone.OK

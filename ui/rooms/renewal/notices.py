"""満了の案内の窓：波と時期を選び、まだ更新していない人へ手紙を作り、刷り直し、発送と返送を記す。"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QSplitter, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import renewal
from app.services.views.renewal import NOTICE_MONTHS, NoticeRow, NoticesMade, WavePicture
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.rooms.renewal.cases import MailReturnedDialog, SentDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.paper import PaperView
from ui.widgets.room import Filter, FilterBar
from ui.widgets.saving import SavingDialog

TONES = {"未作成": Tone.ACCENT, "作成済み": Tone.WARN, "発送済み": Tone.OK, "返送": Tone.BAD}
COLUMNS = (
    Column("認定番号", lambda r: r.number, Kind.TEXT, 108, drop=2),
    Column("氏名", lambda r: r.name, Kind.NAME, 150, second=lambda r: r.reading, least=110),
    Column("案内", lambda r: r.words, Kind.CHIP, 84, tone=lambda r: TONES[r.words]),
    Column("作成", lambda r: r.made_on, Kind.DATE_SHORT, 76, drop=3),
    Column("発送", lambda r: r.sent_on, Kind.DATE_SHORT, 76, drop=1),
    Column("注意", lambda r: r.trouble, Kind.TEXT, 150, least=90),
)


class MakeNoticesDialog(SavingDialog):
    """作る前に、人数と、届かないおそれのある人を言い、文書番号を尋ねる。given は文書番号を送る。"""

    given = Signal(str)

    def __init__(self, parent: QWidget, rows: Sequence[NoticeRow]) -> None:
        fresh = sum(r.letter_id is None for r in rows)
        words = f"{len(rows)}名分を一冊の PDF に書きます：新しく作る{fresh}通、台帳のまま刷り直す{len(rows) - fresh}通。"
        super().__init__(parent, "満了の案内を作る", words, "保存先を選ぶ…")
        troubled = [f"{r.name}（{r.trouble}）" for r in rows if r.trouble]
        self.caution = NoteBox("")
        self.caution.set_text(
            f"届かないおそれのある人が{len(troubled)}名います：{'、'.join(troubled[:8])}" if troubled else ""
        )
        self.body.addWidget(self.caution)
        self.number = QLineEdit()
        self.number.setPlaceholderText("例：見認第12号（なくてもよい）")
        self.form.add("number", "文書番号", self.number, "二通以上なら「の1」から枝番が付きます")
        self.number.setFocus()

    def save(self) -> None:
        """文書番号を渡す。"""
        self.given.emit(self.number.text().strip())


class NoticesDialog(Dialog):
    """一つの波の、一つの時期の案内。changed は台帳が変わったとき。"""

    changed = Signal()

    def __init__(
        self, parent: QWidget, context: RoomContext, waves: Sequence[WavePicture], day: date | None = None
    ) -> None:
        words = "満了日と時期を選ぶと、まだ更新していない人が並びます。更新した人・終わった人には作りません。"
        super().__init__(parent, "満了の案内", words)
        self._context = context
        self._waves = {w.expires_on: w for w in waves if w.lapsing}
        self._shown: int | None = None
        px = current_look().px
        self.setMinimumSize(px(1060), px(560))
        self.days, self.times = QComboBox(), FilterBar()
        self.days.setAccessibleName("満了日")
        for each in self._waves:
            self.days.addItem(wareki(each), each)
        self.note, self.paper = NoteBox(""), PaperView("案内の下見")
        self.summary = label("", "caption", wrap=True)
        self._build_head()
        self._build_lists()
        self._build_buttons()
        if day in self._waves:
            self.days.setCurrentIndex(list(self._waves).index(day))
        self.days.activated.connect(lambda _place: self._choose_wave())
        self.times.changed.connect(lambda _key: self.refresh())
        self._choose_wave()
        self.table.setFocus()

    def _build_head(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("満了日", "muted"))
        head.addWidget(self.days)
        head.addWidget(self.times, 1)
        self.body.addLayout(head)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.note)

    def _build_lists(self) -> None:
        self.model = RowsModel(COLUMNS, key=lambda r: r.certification_id)
        self.table = RowsView(self.model, stretch=5)
        self.table.setAccessibleName("案内を受ける人")
        self.table.row_chosen.connect(self._preview)
        self.table.selectionModel().selectionChanged.connect(lambda *_parts: self._show_buttons())
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.paper)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(self.table)
        both.addWidget(area)
        both.setSizes([current_look().px(640), current_look().px(380)])
        self.body.addWidget(both, 1)

    def _build_buttons(self) -> None:
        row = QHBoxLayout()
        self.chosen_button = button("選んだ人の分を作る…", "small", lambda: self.make(self.chosen()))
        self.chosen_button.setToolTip("Ctrl か Shift を押しながら、何人でも選べます")
        self.sent_button = button("発送を記す…", "small", self.record_sent)
        self.returned_button = button("返送を記す…", "small", self.record_returned)
        self.list_button = button("一覧を書き出す…", "small", self.write_list)
        for one in (self.chosen_button, self.sent_button, self.returned_button, self.list_button):
            row.addWidget(one)
        row.addStretch(1)
        self.body.addLayout(row)
        self.close_button = self.add_action("閉じる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("全員の分を作る…", lambda: self.make(self.model.rows), "main")

    @property
    def day(self) -> date | None:
        """選ばれている満了日。"""
        return list(self._waves)[self.days.currentIndex()] if self._waves else None

    @property
    def months(self) -> int:
        """選ばれている時期（月前）。"""
        return int(self.times.current or NOTICE_MONTHS[0])

    def _choose_wave(self) -> None:
        wave = None if self.day is None else self._waves[self.day]
        if wave is None:
            self.note.set_text("更新を待つ人のいる満了日がありません。")
            self.times.set_filters([])
            self._show_buttons()
            return
        self.times.set_filters([Filter(str(x.months), f"{x.months}か月前", x.waiting) for x in wave.times])
        self.times.choose(str(wave.notice_months or NOTICE_MONTHS[0]))
        self.refresh()

    def refresh(self) -> None:
        """台帳から並べ直す。選びは保つ。"""
        if self.day is None:
            return
        rows = renewal.list_notices(self._context.office, self.day, self.months)
        self._shown = None
        self.model.set_rows(rows)
        counts = {words: sum(r.words == words for r in rows) for words in TONES}
        told = "、".join(f"{words}{count}" for words, count in counts.items() if count)
        time = next(x for x in self._waves[self.day].times if x.months == self.months)
        self.summary.setText(
            f"{self.months}か月前は{wareki(time.on)}　まだ更新していない{len(rows)}名：{told}"
        )
        troubled = [f"{r.name}（{r.trouble}）" for r in rows if r.trouble]
        self.note.set_text(f"届かないおそれ：{'、'.join(troubled[:6])}" if troubled else "")
        if rows and self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._preview(self.table.chosen())
        self._show_buttons()

    def chosen(self) -> list[NoticeRow]:
        """選ばれている人（表の順）。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places]

    def _show_buttons(self) -> None:
        may, rows = self._context.office.may("renewal.make_notices"), self.chosen()
        self.main_button.setEnabled(may and bool(self.model.rows))
        self.chosen_button.setEnabled(may and bool(rows))
        self.list_button.setEnabled(may and bool(self.model.rows))
        self.sent_button.setEnabled(may and bool(rows) and all(r.letter_id for r in rows))
        self.returned_button.setEnabled(may and len(rows) == 1 and rows[0].sent_on is not None)

    def _preview(self, row: NoticeRow | None) -> None:
        if row is None or self.day is None:
            self.paper.set_pdf(None)
            return
        if self._shown == row.certification_id:
            return
        office, day, months, key = self._context.office, self.day, self.months, row.certification_id
        self._shown = key

        def arrived(pdf: bytes) -> None:
            if self._shown == key:
                self.paper.set_pdf(pdf)

        def refused(refusal: RuleViolation) -> None:
            if self._shown == key:
                self.paper.set_pdf(None)
                self.note.set_text(str(refusal), Tone.BAD)

        work_beside(
            self._context, self, lambda: renewal.preview_notice(office, key, day, months), arrived, refused
        )

    def make(self, rows: Sequence[NoticeRow]) -> None:
        """文書番号と保存先を尋ね、画面の外で作る。"""
        if not rows or self.day is None:
            return
        office, day, months = self._context.office, self.day, self.months
        ids = [r.certification_id for r in rows]

        def given(number: str) -> None:
            def work(path: Path) -> Callable[[], NoticesMade]:
                return lambda: renewal.make_notices(
                    office, day, months, path, certification_ids=ids, number=number
                )

            name = f"更新の案内_{day.isoformat()}_{months}か月前.pdf"
            self._write("案内を保存", name, work, _made_words)

        dialog = MakeNoticesDialog(self, rows)
        dialog.given.connect(given)
        dialog.open()

    def write_list(self) -> None:
        """宛先と案内の状態の一覧をブックに書く。"""
        if self.day is None:
            return
        office, day, months = self._context.office, self.day, self.months

        def work(path: Path) -> Callable[[], int]:
            return lambda: renewal.write_notice_list(office, day, months, path)

        self._write(
            "一覧を保存",
            f"更新の案内_{day.isoformat()}_{months}か月前.xlsx",
            work,
            lambda count: f"{count}名の一覧を書きました",
        )

    def _write(
        self, title: str, name: str, work: Callable[[Path], Callable[[], object]], words: Callable[..., str]
    ) -> None:
        def save(path: Path) -> None:
            target = path if path.suffix else path.with_suffix(Path(name).suffix)

            def done(made: object) -> None:
                self._finished(f"{words(made)}：{target}")

            self.note.set_text("書いています…")
            refused = self._refused
            work_beside(self._context, self, work(target), done, refused)

        self._context.save_path(self, title, name, save)

    def _finished(self, words: str) -> None:
        self.refresh()
        self.note.set_text(words, Tone.OK)
        self.changed.emit()

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)

    def record_sent(self) -> None:
        """選んだ人の案内を発送した日を記す。"""
        rows = self.chosen()
        letters = [r.letter_id for r in rows if r.letter_id is not None]
        made = [r.made_on for r in rows if r.made_on is not None]
        if not letters:
            return
        dialog = SentDialog(
            self, self._context.office, f"{len(letters)}通の案内を発送した日です。", letters, max(made)
        )
        dialog.saved.connect(lambda: self._finished(f"{len(letters)}通の発送を記しました。"))
        dialog.open()

    def record_returned(self) -> None:
        """選んだ一人の案内が届かず戻った日を記す。"""
        rows = self.chosen()
        if len(rows) != 1 or rows[0].letter_id is None or rows[0].sent_on is None:
            return
        row = rows[0]
        words = f"{row.name}さんへの案内が届かず戻った日です。住所は受付の部屋の「記録を直す…」で直します。"
        dialog = MailReturnedDialog(self, self._context.office, words, rows[0].letter_id, rows[0].sent_on)
        dialog.saved.connect(lambda: self._finished(f"{row.name}さんへの案内の返送を記しました。"))
        dialog.open()


def _made_words(made: NoticesMade) -> str:
    words = f"案内を{made.made + made.reprinted}通書きました（新しく{made.made}通）"
    return words + (f"。届かないおそれ：{'、'.join(made.names_without)}" if made.names_without else "")

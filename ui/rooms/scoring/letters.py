"""結果通知書：一人ずつの状態、下見、作成（訂正を含む）と刷り直し。"""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.views.scoring import ScoresView
from app.services.views.scoring_decisions import LetterRow, LettersMade
from ui.rooms.intake.working import work_beside
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.paper import PaperView
from ui.widgets.room import Filter, FilterBar
from ui.widgets.saving import SavingDialog

STATE_TONES = {"none": Tone.ACCENT, "agrees": Tone.OK, "differs": Tone.WARN, "": Tone.MUTED}
_FILTERS: dict[str, tuple[str, Callable[[LetterRow], bool]]] = {
    "all": ("全員", lambda r: True),
    "none": ("未作成", lambda r: r.state == "none"),
    "differs": ("訂正が要る", lambda r: r.state == "differs"),
    "agrees": ("作成済み", lambda r: r.state == "agrees"),
}
COLUMNS = (
    Column("受付", lambda r: f"{r.reception_number:04d}", Kind.TEXT, 56, drop=1),
    Column("氏名", lambda r: r.name, Kind.NAME, 170, second=lambda r: r.reading, least=160),
    Column("判定", lambda r: r.result, Kind.TEXT, 110, least=70, drop=4),
    Column("通知書", lambda r: r.words, Kind.CHIP, 98, tone=lambda r: STATE_TONES[r.state]),
    Column("作成日", lambda r: r.made_on, Kind.DATE_SHORT, 84, drop=2),
    Column("通", lambda r: r.issues or None, Kind.NUMBER, 36, drop=3),
)


class MakeLettersDialog(SavingDialog):
    """作る前に、文書番号と、訂正があればその理由を尋ねる。given は（文書番号, 理由）を送る。"""

    given = Signal(str, str)

    def __init__(self, parent: QWidget, rows: Sequence[LetterRow]) -> None:
        fresh = sum(r.state == "none" for r in rows)
        self._differing = [r for r in rows if r.state == "differs"]
        same = len(rows) - fresh - len(self._differing)
        words = f"{len(rows)}名分を一冊の PDF に書きます：新しく作る{fresh}通、訂正{len(self._differing)}通、台帳のまま刷り直す{same}通。"
        super().__init__(parent, "結果通知書を作る", words, "保存先を選ぶ…")
        self.number, self.reason = QLineEdit(), QPlainTextEdit()
        self.number.setPlaceholderText("例：見認第12号（なくてもよい）")
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(current_look().px(72))
        self.form.add("number", "文書番号", self.number, "二通以上なら「の1」から枝番が付きます")
        if self._differing:
            names = "、".join(r.name for r in self._differing[:5])
            more = f"（ほか{len(self._differing) - 5}名）" if len(self._differing) > 5 else ""
            hint = f"訂正の通知に載ります：{names}{more}"
            self.form.add("reason", "訂正の理由", self.reason, hint, required=True)
        self.number.setFocus()

    def errors(self) -> dict[str, str]:
        """訂正があれば、理由が要る。"""
        missing = self._differing and not self.reason.toPlainText().strip()
        return {"reason": "訂正の理由を書いてください。受け取った人が読みます。"} if missing else {}

    def save(self) -> None:
        """書かれたことを渡す。"""
        self.given.emit(self.number.text().strip(), self.reason.toPlainText().strip())


class LettersPage(ScoringPage):
    """左に一人ずつの通知書の状態、右に選んだ人の通知書の下見。"""

    key = "letters"
    title = "通知書"
    wide = True
    lazy = True

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__(desk)
        self._rows: tuple[LetterRow, ...] = ()
        self._shown: int | None = None
        self.filters = FilterBar()
        self.filters.changed.connect(lambda _key: self._show_rows())
        self.model = RowsModel(COLUMNS, key=lambda r: r.application_id)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("結果通知書の状態")
        self.table.row_chosen.connect(self._choose)
        self.table.selectionModel().selectionChanged.connect(lambda *_parts: self._show_buttons())
        self.all_button = button("全員分を作る…", "small", self.make_all)
        self.chosen_button = button("選んだ人の分を作る…", "small", self.make_chosen)
        self.chosen_button.setToolTip("Ctrl か Shift を押しながら、何人でも選べます")
        self.reprint_button = button("刷り直す…", "small", self.reprint)
        self.reprint_button.setToolTip("選んだ人の通知書を、台帳の紙のまま書き出します")
        self.empty, self.summary = label("", "muted", wrap=True), label("", "caption", wrap=True)
        self.differences, self.paper = NoteBox(""), PaperView("結果通知書の下見")
        self._build()

    def _build(self) -> None:
        px = current_look().px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(t.GAP_2))
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        for one in (self.all_button, self.chosen_button, self.reprint_button):
            head.addWidget(one)
        column.addLayout(head)
        column.addWidget(self.empty)
        self.both = QSplitter(Qt.Orientation.Horizontal)
        self.both.setChildrenCollapsible(False)
        self.both.setMinimumHeight(px(300))
        left = QWidget()
        lines = QVBoxLayout(left)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.filters)
        lines.addWidget(self.table, 1)
        self.both.addWidget(left)
        self.both.addWidget(self._paper_side())
        for place, share in enumerate((11, 10)):
            self.both.setStretchFactor(place, share)
        self.both.setSizes([px(550), px(500)])
        column.addWidget(self.both, 1)
        column.addStretch(0)

    def _paper_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(current_look().px(t.GAP_2), 0, 0, 0)
        column.addWidget(self.differences)
        area, inside = QScrollArea(), QWidget()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setMinimumHeight(current_look().px(160))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        stack = QVBoxLayout(inside)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self.paper)
        stack.addStretch(1)
        area.setWidget(inside)
        column.addWidget(area, 1)
        return side

    def show_test(self, view: ScoresView) -> None:
        """一人ずつの状態を読み直す。"""
        self._rows = scoring.list_letters(self.desk.office, view.test.id)
        self._shown = None
        words = "合格基準を採用すると、ここで結果通知書を作れます。"
        self.empty.setText("" if self._rows else words)
        show_if(self.empty, not self._rows)
        show_if(self.both, bool(self._rows))
        counts = {key: sum(map(test, self._rows)) for key, (_, test) in _FILTERS.items()}
        self.filters.set_filters([Filter(k, w, counts[k]) for k, (w, _) in _FILTERS.items()])
        told = sum(bool(r.state) for r in self._rows)
        self.summary.setText(
            f"通知する人{told}名：作成済み{counts['agrees']}、未作成{counts['none']}、訂正が要る{counts['differs']}"
            if self._rows
            else ""
        )
        self._show_rows()

    def _show_rows(self) -> None:
        _, wanted = _FILTERS[self.filters.current or "all"]
        self.model.set_rows([r for r in self._rows if wanted(r)])
        if self.model.rows and self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen() if self.model.rows else None)
        self._show_buttons()

    def chosen(self) -> list[LetterRow]:
        """選ばれている人（表の順）。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places]

    def _show_buttons(self) -> None:
        may = self.desk.office.may("scoring.make_letters")
        chosen = [r for r in self.chosen() if r.state]
        self.all_button.setEnabled(may and any(r.state for r in self._rows))
        self.chosen_button.setEnabled(may and bool(chosen))
        self.reprint_button.setEnabled(may and bool(chosen) and all(r.letter_id for r in chosen))

    def _choose(self, row: LetterRow | None) -> None:
        if row is None or not row.state:
            self._shown = None
            self.paper.set_pdf(None)
            self.differences.set_text(
                "" if row is None else "免除・未実施の人には、知らせる結果がありません。"
            )
            return
        changed = "\n".join(row.differences)
        self.differences.set_text(
            f"作ってある通知書が、いまの結果と違います。訂正の通知の下見です。\n{changed}" if changed else ""
        )
        if self._shown != row.application_id:
            self._preview(row)

    def _preview(self, row: LetterRow) -> None:
        office, test_id = self.desk.office, self.desk.test_id
        assert test_id is not None
        self._shown = row.application_id

        def arrived(pdf: bytes) -> None:
            if self._shown == row.application_id:
                self.paper.set_pdf(pdf)

        def refused(refusal: RuleViolation) -> None:
            if self._shown == row.application_id:
                self.paper.set_pdf(None)
                self.differences.set_text(str(refusal), Tone.BAD)

        work_beside(
            self.desk.context,
            self,
            lambda: scoring.preview_letter(office, test_id, row.application_id),
            arrived,
            refused,
        )

    def make_all(self) -> None:
        """全員分を作る。"""
        self._make([r for r in self._rows if r.state])

    def make_chosen(self) -> None:
        """選んだ人の分を作る。"""
        self._make([r for r in self.chosen() if r.state])

    def _make(self, rows: Sequence[LetterRow]) -> None:
        desk, test_id = self.desk, self.desk.test_id
        if not rows or test_id is None:
            return
        ids = [r.application_id for r in rows]

        def given(number: str, reason: str) -> None:
            def work(path: Path) -> Callable[[], LettersMade]:
                return lambda: scoring.make_letters(
                    desk.office, test_id, path, application_ids=ids, number=number, reason=reason
                )

            self._write(work, _made_words)

        dialog = MakeLettersDialog(desk.room, rows)
        dialog.given.connect(given)
        dialog.open()

    def reprint(self) -> None:
        """選んだ人の通知書を、台帳の紙のまま書き出す。"""
        desk, test_id = self.desk, self.desk.test_id
        ids = [r.application_id for r in self.chosen() if r.letter_id]
        if not ids or test_id is None:
            return

        def work(path: Path) -> Callable[[], int]:
            return lambda: scoring.reprint_letters(desk.office, test_id, path, ids)

        self._write(work, lambda count: f"結果通知書{count}通を刷り直しました")

    def _write(self, work: Callable[[Path], Callable[[], object]], words: Callable[..., str]) -> None:
        """保存先を選び、画面の外で書く。"""
        desk = self.desk

        def save(path: Path) -> None:
            target = path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf")
            desk.say("結果通知書を作っています…")
            work_beside(
                desk.context,
                self,
                work(target),
                lambda made: desk.saved(f"{words(made)}：{target}"),
                lambda refusal: desk.say(str(refusal), Tone.BAD),
            )

        title = "" if desk.test is None else desk.test.title
        desk.context.save_path(desk.room, "結果通知書を保存", f"結果通知書_{title}.pdf", save)


def _made_words(made: LettersMade) -> str:
    corrected = f"（うち訂正{made.corrected}通）" if made.corrected else ""
    reprinted = f"、台帳のまま{made.reprinted}通" if made.reprinted else ""
    return f"結果通知書を作りました：新しく{made.made}通{corrected}{reprinted}"

"""帳票・提出：次の便の下見と作成、送った便の中身、庁の様式の一覧。"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied, RuleViolation
from app.services import submission
from app.services.office import Office
from app.services.views.submission import CHANGE_WORDS, BatchPreview, BatchRow, BatchView, ReturnedView
from ui.messages import show_error
from ui.rooms.context import RoomContext
from ui.rooms.submission.exporting import ExportDialog, ExportRequest
from ui.rooms.submission.returning import BOOKS, CompareDialog, ReturnedDialog, summary
from ui.rooms.submission.writing import PasswordDialog, write_in_background
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.date_field import DateField
from ui.widgets.form import Form
from ui.widgets.room import Filter, FilterBar, SplitRoomPage

TONES = {
    "new": Tone.OK,
    "changed": Tone.ACCENT,
    "revoked": Tone.BAD,
    "lapsed": Tone.WARN,
    "removed": Tone.MUTED,
}
NEXT = 0  # 次の便の行の鍵


def waiting(context: RoomContext) -> tuple[int, bool]:
    """次の便で送るものの数。取消しを庁にまだ知らせていなければ真。"""
    try:
        preview = submission.preview_batch(context.office)
    except AccessDenied:
        return 0, False
    except RuleViolation:
        return 0, False  # 前の便の基準日が今日より後：今日送るものはない
    return len(preview.rows), preview.count("revoked") > 0


@dataclass(frozen=True)
class Line:
    """左の一行：次の便（batch が空）か、送った便。rows が空なら、基準日のために下見できない。"""

    id: int
    title: str
    as_of: str
    rows: int | None
    batch: BatchView | None


@dataclass(frozen=True)
class _Ahead:
    """次の便の下見。断られたら preview が空で、refusal に理由。day が空なら基準日が読めない。"""

    day: date | None
    preview: BatchPreview | None
    refusal: str = ""


def _look_ahead(office: Office, day: date) -> _Ahead:
    try:
        return _Ahead(day, submission.preview_batch(office, day))
    except RuleViolation as refusal:
        return _Ahead(day, None, str(refusal))


class SubmissionRoom(SplitRoomPage):
    """左に次の便と送った便、右に選んだ便の中身。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("帳票・提出", widths=(400, 738))
        self._context = context
        self._line: Line | None = None
        self._rows: tuple[BatchRow, ...] = ()
        self._preview: BatchPreview | None = None
        self._batches: tuple[BatchView, ...] = ()
        self._target: int | None = None
        self._returned: tuple[ReturnedView, ...] = ()
        self._build_list()
        self._build_record()
        self.export_button = self.add_button("一覧を書き出す…", self.export)
        self.result_button = self.add_button("照合の結果…", self.show_result)
        self.compare_button = self.add_button("戻ったファイルを比べる…", self.compare)
        self.main_button = self.actions_bar.set_main("便を作る…", self.make)
        self.refresh()

    def _build_list(self) -> None:
        self.model = RowsModel(
            (
                Column("便", lambda r: r.title, Kind.TEXT, 72),
                Column("基準日", lambda r: r.as_of, Kind.TEXT, 132, least=80),
                Column("行", lambda r: r.rows, Kind.NUMBER, 56, drop=1),
                Column("状態", _state, Kind.CHIP, 108, tone=_state_tone),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("便の一覧")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)

    def _build_record(self) -> None:
        content = self.record.content
        self.form = Form()
        self.as_of = DateField(self._context.office.today(), "基準日")
        self.as_of.set_value(self._context.office.today())
        self.as_of.changed.connect(lambda _day: self.refresh())
        self.form.add("as_of", "基準日", self.as_of, "この日までの事実を、前の便と比べます。")
        self.facts = label("", wrap=True)
        self.note = NoteBox("")
        self.kinds = FilterBar()
        self.kinds.changed.connect(lambda _key: self._show_rows())
        self.changes = RowsModel(
            (
                Column("変わり方", lambda r: r.words, Kind.CHIP, 84, tone=lambda r: TONES[r.change]),
                Column("認定番号", lambda r: r.key, Kind.TEXT, 140, least=108, drop=1),
                Column("氏名", lambda r: r.name, Kind.TEXT, 280, least=140),
            ),
            key=lambda r: r.key,
        )
        self.change_table = RowsView(self.changes, stretch=2)
        self.change_table.setAccessibleName("便の中身")
        self.change_table.setMinimumHeight(current_look().px(280))
        for widget in (self.form, self.facts, self.note, self.kinds):
            content.addWidget(widget)
        content.addWidget(self.change_table, 100)
        content.addStretch(1)

    def refresh(self) -> None:
        """送った便を読み、次の便を画面の外で下見する。選びは保つ。"""
        office, day = self._context.office, self.as_of.value
        try:
            self._batches = submission.list_batches(office)
        except AccessDenied as refusal:
            self.list_pane.show_empty(str(refusal))
            self.record.show_empty()
            self.export_button.setEnabled(False)
            return
        self.main_button.setEnabled(False)
        if day is None:
            self._seen(_Ahead(None, None))
        else:
            self._context.background.run(
                lambda _progress: _look_ahead(office, day), self._seen, self._not_seen
            )

    def _not_seen(self, error: BaseException) -> None:
        show_error(self, error)

    def _seen(self, ahead: _Ahead) -> None:
        """下見の結果を出す。断られたら、その理由を基準日の欄に出す。"""
        if ahead.day != self.as_of.value:
            return  # 下見の間に基準日が変わった
        self._preview = ahead.preview
        self.form.row("as_of").set_error(ahead.refusal)
        batches = self._batches
        number = max((b.number for b in batches), default=0) + 1
        count = None if ahead.preview is None else len(ahead.preview.rows)
        last = f"最後の便 第{batches[0].number}便（{wareki(batches[0].as_of)}）" if batches else ""
        self.set_heading("帳票・提出", f"認定者名簿の便　{last or '便はまだありません'}")
        first = Line(NEXT, f"第{number}便", "" if ahead.day is None else wareki(ahead.day), count, None)
        past = [Line(b.id, f"第{b.number}便", wareki(b.as_of), b.rows, b) for b in batches]
        self.model.set_rows([first, *past])
        self.list_pane.show_content()
        if self._target is not None:
            target, self._target = self._target, None
            self.table.select_key(target)
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def open_target(self, target_id: int) -> None:
        """番号の便を開く。"""
        if not self.table.select_key(target_id):
            self._target = target_id  # 読み終えてから選ぶ

    def _choose(self, line: Line | None) -> None:
        self._line = line
        show_if(self.compare_button, line is not None and line.batch is not None)
        self.result_button.hide()
        if line is None:
            self.record.show_empty()
            return
        show_if(self.form, line.batch is None)
        show_if(self.facts, line.batch is not None)
        show_if(self.main_button, line.batch is None)
        if line.batch is None:
            self._show_next(line)
        else:
            self._show_sent(line.batch)
        counts = Counter(r.change for r in self._rows)
        kinds = [Filter(k, name, counts[k]) for k, name in CHANGE_WORDS.items() if counts[k]]
        self.kinds.set_filters([Filter("all", "すべて", len(self._rows)), *kinds])
        show_if(self.kinds, bool(self._rows))
        show_if(self.change_table, bool(self._rows))
        self._show_rows()

    def _show_next(self, line: Line) -> None:
        preview = self._preview
        self._rows = () if preview is None else preview.rows
        aside = "まだ送っていません。作ると、送った行を覚え、次の便からは変わったものだけを送ります。"
        self.record.show_record(f"{line.title}の下見", aside, _state(line), _state_tone(line))
        self.main_button.setText(f"{line.title}を作る…")
        self.main_button.setAccessibleName(f"{line.title}を作る")
        self.main_button.setEnabled(bool(self._rows))
        if preview is None:
            self.note.set_text("")
        elif preview.rows:
            words = f"前の便から変わっていない {preview.unchanged:,}名は送りません。"
            self.note.set_text(words if preview.unchanged else "", Tone.ACCENT)
        elif preview.unchanged:
            self.note.set_text(
                "前の便から変わったものがありません。送るものができると、ここに並びます。", Tone.OK
            )
        else:
            words = "この基準日までに認証された人がいません。審査会議を閉じて認証すると、ここに並びます。"
            self.note.set_text(words, Tone.WARN)

    def _show_sent(self, batch: BatchView) -> None:
        self._rows = submission.batch_rows(self._context.office, batch.id)
        made = batch.made_at.astimezone()
        self.record.show_record(
            f"第{batch.number}便", f"{wareki(made.date())} {made:%H:%M} に作成", "送った便", Tone.MUTED
        )
        lines = (
            f"基準日　{wareki(batch.as_of)}",
            f"ファイル　{batch.file_name}",
            f"ファイルの要約値（SHA-256）　{batch.file_digest}",
        )
        self.facts.setText("\n".join(lines))
        self._returned = submission.list_returned(self._context.office, batch.id)
        show_if(self.result_button, bool(self._returned))
        if self._returned:
            tone = Tone.WARN if self._returned[0].differences else Tone.OK
            self.note.set_text(f"戻ったファイル　{summary(self._returned[0])}", tone)
        else:
            self.note.set_text("")

    def _show_rows(self) -> None:
        key = self.kinds.current
        self.changes.set_rows(r for r in self._rows if key in ("all", "", r.change))

    def make(self) -> None:
        """次の便を作る：パスワードと保存先を選び、書き、送った行を覚える。"""
        line, day = self._line, self.as_of.value
        if line is None or line.batch is not None or day is None or not self._rows:
            return
        office = self._context.office
        words = f"基準日 {wareki(day)}　{len(self._rows):,}行。作った便は取り消せません（次の便で直します）。"

        def ask_path(password: str) -> None:
            def save(path: Path) -> None:
                write_in_background(
                    self,
                    self._context,
                    line.title,
                    lambda target: submission.make_batch(office, target, day, password),
                    path,
                    self.refresh,
                )

            name = f"認定者名簿_{line.title}_{day:%Y%m%d}.xlsx"
            self._context.save_path(self, f"{line.title}を保存", name, save)

        PasswordDialog(self, f"{line.title}を作る", words, "保存先を選ぶ…", ask_path).open()

    def compare(self) -> None:
        """庁から戻ったファイルを選び、選んだ便と比べる。"""
        batch = None if self._line is None else self._line.batch
        if batch is None:
            return

        def chosen(path: Path) -> None:
            CompareDialog(self, self._context, batch, path, self._compared).open()

        self._context.open_path(self, f"第{batch.number}便に戻ったファイル", BOOKS, chosen)

    def _compared(self, _view: ReturnedView) -> None:
        self._context.changed()
        self._choose(self._line)
        self.show_result()

    def show_result(self) -> None:
        """選んだ便の、最後の照合の結果を出す。"""
        batch = None if self._line is None else self._line.batch
        if batch is not None and self._returned:
            ReturnedDialog(self, batch, self._returned[0]).open()

    def export(self) -> None:
        """一覧を選んで書き出す窓を開く。"""
        ExportDialog(self, self._context.office, self._context.cohort_id, self._export).open()

    def _export(self, request: ExportRequest) -> None:
        def write(path: Path) -> None:
            work = partial(
                submission.export,
                self._context.office,
                request.kind,
                cohort_id=request.cohort_id,
                password=request.password,
                as_of=request.as_of,
            )
            write_in_background(self, self._context, request.words, work, path)

        name = f"{request.words}_{request.as_of:%Y%m%d}.{request.ending}"
        self._context.save_path(self, f"{request.words}を保存", name, write)


def _state(line: Line) -> str:
    if line.batch is not None:
        return "送った便"
    if line.rows is None:
        return "基準日を確認"
    return "送るものあり" if line.rows else "変わりなし"


def _state_tone(line: Line) -> Tone:
    if line.batch is not None:
        return Tone.MUTED
    if line.rows is None:
        return Tone.WARN
    return Tone.ACCENT if line.rows else Tone.OK

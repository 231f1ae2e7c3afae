"""更新・取消：満了の波、更新の記録と取込、取消しの調査から決定まで、返納と死亡。"""

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied
from app.services import import_jobs, renewal
from app.services.views.renewal import (
    CertificateDue,
    CertificationRow,
    RevocationView,
    WavePicture,
)
from ui.rooms.context import RoomContext
from ui.rooms.importing import choose_workbook, import_workbook
from ui.rooms.renewal.case_card import CaseCard, open_case_of
from ui.rooms.renewal.dialogs import ClosureDialog, RenewalDialog, who
from ui.rooms.renewal.many import ManyRenewalsDialog
from ui.rooms.renewal.notices import NoticesDialog
from ui.rooms.renewal.undoing import UndoRenewalsDialog
from ui.rooms.renewal.waves import NEAR, WaveChart, shown_waves
from ui.rooms.renewal.words import due_words, period_spans, validity_words
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, NoteBox, hairline, label
from ui.widgets.room import Filter, SplitRoomPage
from ui.widgets.saving import SavingDialog
from ui.widgets.timeline import Timeline

SOON = 12  # か月以内に満了する人を「満了が近い」とする
TONES = {
    "valid": Tone.OK,
    "not_yet": Tone.ACCENT,
    "expired": Tone.WARN,
    "revoked": Tone.BAD,
    "annulled": Tone.BAD,
}


def waiting(context: RoomContext) -> tuple[int, bool]:
    """三か月以内に満了する人と、終わっていない調査の数。一か月以内に満了する人がいれば真。"""
    try:
        rows = renewal.list_certifications(context.office)
    except AccessDenied:
        return 0, False
    today = context.office.today()
    near = [r for r in rows if _within(r, today, NEAR)]
    opened = [r for r in rows if open_case_of(r) is not None and r not in near]
    return len(near) + len(opened), any(_within(r, today, 1) for r in near)


def _within(row: CertificationRow, today: date, months: int) -> bool:
    return row.standing == "valid" and renewal.months_before(row.expires_on, months) <= today


def _state(row: CertificationRow) -> str:
    case = open_case_of(row)
    return row.words if case is None else case.words


def _tone(row: CertificationRow) -> Tone:
    return TONES.get(row.standing, Tone.MUTED) if open_case_of(row) is None else Tone.BAD


class RenewalRoom(SplitRoomPage):
    """認証の一覧と、一人の有効期間・更新・取消しの経過。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("更新・取消", widths=(590, 548))
        self._context = context
        self._rows: tuple[CertificationRow, ...] = ()
        self._due: dict[int, CertificateDue] = {}
        self._row: CertificationRow | None = None
        self._pictures: tuple[WavePicture, ...] = ()
        self._build_list()
        self._build_record()
        self.notices_button = self.add_button("満了の案内…", self.show_notices)
        self.import_button = self.add_button("更新研修を取り込む…", self.choose_import)
        menu = QMenu(self)
        self.menu_actions = {
            words: menu.addAction(words, act)
            for words, act in (
                ("更新研修の様式を書き出す…", self.write_template),
                ("取込を取り消す…", self.undo_import),
            )
        }
        self.add_button("そのほか", lambda: None).setMenu(menu)
        self._build_actions()
        self.refresh()

    def _build_list(self) -> None:
        self.chart = WaveChart()
        self.chart.chosen.connect(lambda _day: self._show_rows())
        self.chart_line = hairline("hairline_weak")
        self.list_pane.top.addWidget(self.chart)
        self.list_pane.top.addWidget(self.chart_line)
        self.model = RowsModel(
            (
                Column("認定番号", lambda r: r.number, Kind.TEXT, 108, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 180, second=lambda r: r.reading),
                Column("満了日", lambda r: r.expires_on, Kind.DATE_SHORT, 78, drop=2),
                Column("状態", _state, Kind.CHIP, 118, tone=_tone),
            ),
            key=lambda r: r.certification_id,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("認証の一覧")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())

    def _build_record(self) -> None:
        self.validity, self.case_card = Card("有効期間"), CaseCard(self, self._context)
        self.case_card.changed.connect(self._case_changed)
        self.timeline, self.validity_words = Timeline(), label("", wrap=True)
        self.validity.body.addWidget(self.timeline)
        self.validity.body.addWidget(self.validity_words)
        self.due_note = NoteBox("", Tone.ACCENT)
        for widget in (self.due_note, self.validity, self.case_card):
            self.record.content.addWidget(widget)
        self.record.content.addStretch(1)

    def _build_actions(self) -> None:
        bar = self.actions_bar
        self.closure_button = bar.add("返納・死亡…", self.record_closure)
        self.open_button = bar.add_danger("取消しの調査…", self.case_card.open_case)
        self.revoke_button = bar.add_danger("取り消す…", self.case_card.revoke)
        self.renew_button = bar.set_main("更新を記録…", self.record_renewal)

    def refresh(self) -> None:
        """いまの記録から書き直す。選びは保つ。"""
        office = self._context.office
        try:
            found = renewal.overview(office)
        except AccessDenied as refusal:
            self._rows = ()
            self.list_pane.show_empty(str(refusal))
            self.record.show_empty()
            return
        self._rows = found.rows
        self._due = {d.certification_id: d for d in found.due}
        self._pictures = found.pictures
        self.chart.set_waves(shown_waves(found.pictures, office.today()))
        self.notices_button.setEnabled(any(w.lapsing for w in found.pictures))
        show_if(self.chart, bool(self._rows))
        show_if(self.chart_line, bool(self._rows))
        valid = sum(r.standing == "valid" for r in self._rows)
        words = f"{wareki(office.today())}現在　認証 {len(self._rows):,}名のうち 有効 {valid:,}名"
        self.set_heading("更新・取消", words)
        titles = {
            "all": "すべて",
            "soon": "1年以内",
            "case": "調査中",
            "due": "認定証待ち",
            "ended": "有効でない",
        }
        self.list_pane.set_filters(
            [Filter(k, title, sum(self._fits(r, k) for r in self._rows)) for k, title in titles.items()]
            if self._rows
            else []
        )
        self._show_rows()

    def _fits(self, row: CertificationRow, key: str) -> bool:
        if key == "soon":
            return _within(row, self._context.office.today(), SOON)
        if key == "case":
            return open_case_of(row) is not None
        if key == "due":
            return row.certification_id in self._due
        return row.standing not in ("valid", "not_yet") if key == "ended" else True

    def _show_rows(self) -> None:
        key, day = self.list_pane.filters.current, self.chart.day
        shown = [r for r in self._rows if self._fits(r, key) and self._in_wave(r, day)]
        self.model.set_rows(shown)
        if shown:
            self.list_pane.show_content()
            if self.table.chosen() is None:
                self.table.selectRow(0)
            else:
                self._choose(self.table.chosen())
            return
        self._choose(None)
        if self._rows:
            self.list_pane.show_empty("この絞り込みに当たる認証はありません。")
        else:
            words = "認証がまだありません。審査会議で認定を議決し、会議を閉じると、ここに並びます。"
            go = partial(self._context.open_room, "committee", None)
            self.list_pane.show_empty(words, "審査会議を開く", go)

    @staticmethod
    def _in_wave(row: CertificationRow, day: date | None) -> bool:
        return day is None or (row.standing in ("valid", "expired") and row.expires_on == day)

    def open_target(self, target_id: int) -> None:
        """番号の認証を開く。"""
        self.chart.choose(None)
        if self._rows:
            self.list_pane.filters.choose("all")
        self.table.select_key(target_id)

    def _choose(self, row: CertificationRow | None) -> None:
        self._row = row
        if row is None:
            self.record.show_empty()
            return
        case = open_case_of(row)
        aside = f"{row.number}　{row.cohort}　{row.reading}"
        self.record.show_record(row.name, aside, _state(row), _tone(row))
        self.timeline.set_data(period_spans(row), (row.certified_on, row.expires_on))
        self.timeline.setAccessibleName("有効期間の図")
        self.validity_words.setText(validity_words(row))
        due = self._due.get(row.certification_id)
        words = "" if due is None else due_words(due)
        self.due_note.set_text(words, Tone.ACCENT)
        self.case_card.show_row(row)
        self._arrange(row, case)

    def _arrange(self, row: CertificationRow, case: RevocationView | None) -> None:
        show_if(self.revoke_button, case is not None)
        alive = row.standing not in ("revoked", "returned", "died", "annulled")
        show_if(self.open_button, case is None)
        self.open_button.setEnabled(row.standing not in ("revoked", "annulled"))
        self.closure_button.setEnabled(alive)
        self.renew_button.setEnabled(alive)

    def _case_changed(self, words: str) -> None:
        self._context.changed()
        self.refresh()
        if words:
            self.banner.show_message(words)

    def _open(self, dialog: SavingDialog, words: str) -> None:
        def saved() -> None:
            self._context.changed()
            self.refresh()
            self.banner.show_message(words)

        dialog.saved.connect(saved)
        dialog.open()

    def record_renewal(self) -> None:
        """更新研修の修了を記す窓を開く。何人も選んであれば、まとめて記す窓にする。"""
        if (row := self._row) is None:
            return
        chosen = self.chosen()
        if len(chosen) > 1:
            self._record_many(chosen)
            return
        dialog = RenewalDialog(self, self._context.office, row)

        def saved() -> None:
            assert dialog.expires_on is not None
            self._context.changed()
            self.refresh()
            words = f"{who(row)}の更新を記録しました。新しい満了日は{wareki(dialog.expires_on)}です。"
            self.banner.show_message(words + "認定証の部屋で新しい認定証を交付してください。")

        dialog.saved.connect(saved)
        dialog.open()

    def chosen(self) -> list[CertificationRow]:
        """一覧で選ばれている人（表の順）。"""
        places = sorted(i.row() for i in self.table.selectionModel().selectedRows())
        return [self.model.rows[place] for place in places]

    def _record_many(self, rows: list[CertificationRow]) -> None:
        dialog = ManyRenewalsDialog(self, self._context, rows)

        def saved() -> None:
            assert dialog.made is not None
            self._context.changed()
            self.refresh()
            left = (
                f"更新にならなかった人が{len(dialog.made.refused)}名います。" if dialog.made.refused else ""
            )
            words = f"{dialog.made.recorded}名の更新を記録しました。{left}"
            self.banner.show_message(words + "認定証の部屋で新しい認定証を交付してください。")

        dialog.saved.connect(saved)
        dialog.open()

    def show_notices(self) -> None:
        """満了の案内の窓を開く。波が選ばれていれば、その波から。"""
        dialog = NoticesDialog(self, self._context, self._pictures, self.chart.day)
        dialog.changed.connect(self._context.changed)
        dialog.finished.connect(lambda _result: self.refresh())
        dialog.open()

    def undo_import(self) -> None:
        """更新研修の取込を取り消す窓を開く。"""

        def undone(words: str) -> None:
            self._context.changed()
            self.refresh()
            self.banner.show_message(words)

        dialog = UndoRenewalsDialog(self, self._context)
        dialog.undone.connect(undone)
        dialog.open()

    def record_closure(self) -> None:
        """返納・死亡を記す窓を出す。"""
        if (row := self._row) is not None:
            dialog = ClosureDialog(self, self._context.office, row)
            self._open(dialog, f"{who(row)}の返納・死亡を記録しました。")

    def write_template(self) -> None:
        """更新研修の空の様式を書き出す。"""

        def save(path: Path) -> None:
            words = f"更新研修の様式を書きました：{path}"
            self._context.attempt(self, lambda: renewal.write_template(self._context.office, path), words)

        self._context.save_path(self, "更新研修の様式を保存", "更新研修.xlsx", save)

    def choose_import(self) -> None:
        """取り込むファイルを選ぶ。"""
        choose_workbook(self, self._context, "更新研修", self.import_file)

    def import_file(self, path: Path) -> None:
        """取込の窓を開く（部屋に落とされたファイルもここへ来る）。"""
        job = import_jobs.renewals_job(self._context.office)
        import_workbook(self, self._context, job, path, self.refresh)

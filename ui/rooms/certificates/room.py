"""認定証：交付を待つ人と台帳、一枚の下見、交付・印刷・新しい版・欠番・検証。"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.views.certificates import KIND_WORDS, CertificateRow, WaitingRow
from ui.messages import show_error
from ui.rooms.certificates.acts import CertificateActs
from ui.rooms.certificates.dialogs import IssueDialog
from ui.rooms.certificates.glyphs import GlyphDialog
from ui.rooms.certificates.history import HistoryCard
from ui.rooms.certificates.sheet_acts import SheetActs
from ui.rooms.certificates.words import (
    check_tone,
    check_words,
    missing_words,
    printed_as,
    safe_name,
    spaced_digest,
    state_tone,
    state_words,
    version_words,
)
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.paper import PaperView
from ui.widgets.room import Filter, SplitRoomPage


def waiting(context: RoomContext) -> tuple[int, bool]:
    """交付を待つ人数と、印刷できない文字のある人がいるか。"""
    assert context.cohort_id is not None
    rows = certificates.list_waiting(context.office, context.cohort_id)
    return len(rows), any(r.missing for r in rows)


class CertificatesRoom(SplitRoomPage):
    """交付を待つ人を交付し、台帳から印刷・書き出し・新しい版・検証を行う。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("認定証", widths=(500, 650))
        self._context = context
        self._waiting: tuple[WaitingRow, ...] = ()
        self._ledger: tuple[CertificateRow, ...] = ()
        self.person: WaitingRow | None = None
        self.certificate: CertificateRow | None = None
        self._pdf: bytes | None = None
        self.waiting_model = RowsModel(
            (
                Column("受付", lambda r: f"{r.reception_number:04d}", Kind.TEXT, 56, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 190, second=printed_as, least=150),
                Column("事由", lambda r: KIND_WORDS[r.kind], Kind.TEXT, 56, drop=2),
                Column("文字の点検", check_words, Kind.CHIP, 130, tone=check_tone),
            ),
            key=lambda r: r.case_id,
        )
        self.ledger_model = RowsModel(
            (
                Column("認定番号", lambda r: r.number, Kind.NAME, 124, second=version_words, least=100),
                Column("氏名", lambda r: r.name, Kind.NAME, 150),
                Column("交付日", lambda r: r.issued_on, Kind.DATE_SHORT, 78, drop=1),
                Column("状態", state_words, Kind.CHIP, 82, tone=state_tone),
            ),
            key=lambda r: r.id,
        )
        self.waiting_table = RowsView(self.waiting_model, stretch=1)
        self.waiting_table.setAccessibleName("交付を待つ人")
        self.waiting_table.row_chosen.connect(self._choose_person)
        self.ledger_table = RowsView(self.ledger_model, stretch=1)
        self.ledger_table.setAccessibleName("認定証の台帳")
        self.ledger_table.row_chosen.connect(self._choose_certificate)
        self._tables = QStackedWidget()
        self._tables.addWidget(self.waiting_table)
        self._tables.addWidget(self.ledger_table)
        self.list_pane.set_content(self._tables)
        self.list_pane.setMinimumWidth(current_look().px(340))
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self.acts = CertificateActs(self, context, lambda: self._ledger, self.refresh)
        self.sheet = SheetActs(self, context, self.refresh, self.open_target, lambda: self._unprinted)
        self._build_record()
        self.refresh()

    def _build_record(self) -> None:
        self.note = NoteBox("")
        self.paper = PaperView("認定証の下見")
        self.facts, self.history = label("", wrap=True), HistoryCard()
        for widget in (self.note, self.paper, self.facts, self.history):
            self.record.content.addWidget(widget)
        # 途中の印刷と、用紙の残りの知らせ。消えずに残る
        self.alert = NoteBox("")
        self.run_button = button("印刷の続き…", "", self.sheet.open_run)
        told = QHBoxLayout()
        told.addWidget(self.alert, 1)
        told.addWidget(self.run_button)
        self.body.insertLayout(0, told)
        self.verify_button = self.add_button("認定証を確かめる…", self.acts.verify)
        self.booklet_button = self.add_button("一冊の PDF に書く…", self.write_booklet)
        self.more_button = self.add_button("そのほか", lambda: None)
        self.more_button.setMenu(self.acts.menu())
        bar = self.actions_bar
        self.glyph_button = bar.add("刷れない字…", self.fix_glyphs)
        self.save_button = bar.add("PDF を保存…", self.save_pdf)
        self.event_button = bar.add("出来事", lambda: None)
        self.event_button.setMenu(self.sheet.event_menu())
        self.change_button = bar.add("新しい版", lambda: None)
        self.change_button.setMenu(self.sheet.menu())
        self.print_button = bar.add("一枚を印刷…", self.sheet.print)
        self.issue_button = bar.set_main("交付…", self.issue)

    # ── 読み直し ──

    def refresh(self) -> None:
        """いまの記録から書き直す。選びは保つ。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        self._waiting = () if cohort_id is None else certificates.list_waiting(office, cohort_id)
        self._ledger = () if cohort_id is None else certificates.list_ledger(office, cohort_id)
        latest = sum(r.latest for r in self._ledger)
        self.set_heading("認定証", f"交付待ち {len(self._waiting)}名　交付済み {latest}枚")
        self.list_pane.set_filters(
            [
                Filter("waiting", "交付待ち", len(self._waiting)),
                Filter("unprinted", "未印刷", len(self._unprinted)),
                Filter("ledger", "台帳", len(self._ledger)),
            ]
        )
        self.booklet_button.setEnabled(bool(self._ledger))
        self.acts.show_state()
        self._show_alert()
        self._show_rows()

    def _show_alert(self) -> None:
        """途中の印刷と、用紙の残りを知らせる。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        runs = () if cohort_id is None else certificates.open_runs(office, cohort_id)
        self.sheet.runs = runs
        lines = [f"終わっていない印刷があります（{run.counts}）。" for run in runs]
        if warning := certificates.get_stock(office).warning:
            lines.append(warning)
        self.alert.set_text("\n".join(lines), Tone.WARN)
        show_if(self.run_button, bool(runs) and office.may("certificates.settle_run"))

    @property
    def _unprinted(self) -> list[CertificateRow]:
        return [r for r in self._ledger if r.latest and r.printed_at is None and r.withdrawn_on is None]

    @property
    def _on_waiting(self) -> bool:
        return self.list_pane.filters.current in ("", "waiting")

    def _show_rows(self) -> None:
        self._show_actions()
        if self._on_waiting:
            self._tables.setCurrentWidget(self.waiting_table)
            self.waiting_model.set_rows(self._waiting)
            self._after_rows(self.waiting_table, self._choose_person, bool(self._waiting))
            return
        only_unprinted = self.list_pane.filters.current == "unprinted"
        rows = self._unprinted if only_unprinted else list(self._ledger)
        self._tables.setCurrentWidget(self.ledger_table)
        self.ledger_model.set_rows(rows)
        self._after_rows(self.ledger_table, self._choose_certificate, bool(rows))

    def _after_rows(self, table: RowsView, choose: Callable[..., None], filled: bool) -> None:
        if not filled:
            choose(None)
            self.list_pane.show_empty(self._empty_words())
            return
        self.list_pane.show_content()
        if table.chosen() is None:
            table.selectRow(0)
        else:
            choose(table.chosen())

    def _empty_words(self) -> str:
        if self._context.cohort_id is None:
            return "研修期がまだありません。受付の部屋で研修期を作ってください。"
        if self._on_waiting:
            return (
                "交付を待つ人はいません。審査会議の部屋で会議を閉じると、認定と議決した人がここに並びます。"
            )
        if not self._ledger:
            return "交付した認定証はまだありません。「交付待ち」から交付してください。"
        return "未印刷の認定証はありません。"

    def _show_actions(self) -> None:
        on_waiting, count = self._on_waiting, len(self._unprinted)
        for made in (self.save_button, self.event_button, self.change_button):
            made.setVisible(not on_waiting)
        self.glyph_button.setVisible(on_waiting and any(w.missing for w in self._waiting))
        self.print_button.setVisible(not on_waiting and count > 0)
        bar = self.actions_bar
        if on_waiting:
            self.issue_button = bar.set_main(f"{len(self._waiting)}名に交付…", self.issue)
        elif count:
            self.issue_button = bar.set_main(f"{count}枚を印刷…", self.sheet.print_all)
        else:
            self.issue_button = bar.set_main("一枚を印刷…", self.sheet.print)

    def open_target(self, target_id: int) -> None:
        """番号の認証の、最新の版を台帳で開く。"""
        self.list_pane.filters.choose("ledger")
        newest = [r.id for r in self._ledger if r.certification_id == target_id and r.latest]
        if newest:
            self.ledger_table.select_key(newest[0])

    # ── 一枚 ──

    def _choose_person(self, row: WaitingRow | None) -> None:
        if not self._on_waiting:
            return
        self.person, self.certificate, self.sheet.certificate = row, None, None
        if row is None or self._context.cohort_id is None:
            self.record.show_empty("交付を待つ人を選ぶと、刷る姿がここに出ます。")
            return
        self.history.hide()
        self.glyph_button.setEnabled(
            bool(row.missing) and self._context.office.may("certificates.approve_name")
        )
        aside = f"受付 {row.reception_number:04d}　証書表記 {safe_name(row)}"
        self.record.show_record(row.name, aside, check_words(row), check_tone(row))
        if row.missing:
            self._show_paper(None)
            self.note.set_text(
                f"印刷できない文字があります：{missing_words(row)}。"
                "［刷れない字…］で代わりの字を選ぶか、証書表記を直してください。直すまで、一枚も交付できません。",
                Tone.BAD,
            )
            self.facts.setText("")
            return
        office, cohort_id, case_id = self._context.office, self._context.cohort_id, row.case_id
        self._load(lambda: certificates.preview(office, cohort_id, case_id, office.today()))
        self.facts.setText("番号は交付のときに振られます。日付は今日を交付日とした見本です。")

    def _choose_certificate(self, row: CertificateRow | None) -> None:
        if self._on_waiting:
            return
        self.person, self.certificate, self.sheet.certificate = None, row, row
        if row is None:
            self.record.show_empty("台帳の一行を選ぶと、交付した紙がここに出ます。")
            return
        aside = f"{row.number}　第{row.version}版（{row.words}）"
        self.record.show_record(row.name, aside, state_words(row), state_tone(row))
        self._load(lambda: certificates.page(self._context.office, row.id))
        printed = "まだ印刷していません" if row.printed_at is None else "印刷しました"
        lines = [
            f"交付日　{wareki(row.issued_on)}　　交付した人　{row.issued_by}　　{printed}",
            f"有効期間　{wareki(row.valid_from)}から{wareki(row.expires_on)}まで",
            f"PDF の要約値　{spaced_digest(row.pdf_digest)}",
        ]
        if row.reason:
            lines.insert(0, f"{KIND_WORDS[row.kind]}の理由　{row.reason}")
        if row.withdrawn_on is not None:
            lines.insert(0, f"取下げ　{wareki(row.withdrawn_on)}　{row.withdrawn_reason}")
        if row.layout:
            lines.append(f"紙の設計　{row.layout}")
        self.facts.setText("\n".join(lines))
        self.history.show_rows(certificates.timeline(self._context.office, row.certification_id))
        self.history.show()
        may = self._context.office.may
        current = row.latest and row.withdrawn_on is None
        self.change_button.setEnabled(current and may("certificates.reissue"))
        self.event_button.setEnabled(may("certificates.record_event"))
        self.print_button.setEnabled(current and may("certificates.record_print"))

    def _load(self, read: Callable[[], bytes]) -> None:
        self.note.set_text("")
        try:
            self._show_paper(read())
        except RuleViolation as refusal:
            self._show_paper(None)
            self.note.set_text(str(refusal), Tone.BAD)

    def _show_paper(self, pdf: bytes | None) -> None:
        self._pdf = self.sheet.pdf = pdf
        self.paper.set_pdf(pdf)

    # ── 操作 ──

    def issue(self) -> None:
        """交付日を尋ね、待っている人すべてに交付する。"""
        bad = [w for w in self._waiting if w.missing]
        if not self._waiting:
            return
        if bad:
            names = "、".join(f"{w.reception_number:04d} {w.name}" for w in bad)
            self.banner.show_message(f"印刷できない文字のある人がいるため、交付できません：{names}", Tone.BAD)
            return
        certified = [w.certified_on for w in self._waiting if w.certified_on is not None]
        latest = max(certified, default=None)
        IssueDialog(self, self._context.office.today(), len(self._waiting), self._issue, latest).open()

    def _issue(self, issued_on: date) -> None:
        cohort_id, office = self._context.cohort_id, self._context.office
        if cohort_id is None:
            return
        self._run(
            lambda: certificates.issue(office, cohort_id, issued_on), "認定証を作っています", self._issued
        )

    def _issued(self, rows: tuple[CertificateRow, ...]) -> None:
        self._context.changed()
        self.refresh()
        self.list_pane.filters.choose("unprinted")
        self.banner.show_message(
            f"認定証を{len(rows)}枚交付しました（{rows[0].number}〜{rows[-1].number}）。下見を確かめて印刷してください。"
        )

    def _run(self, work: Callable[[], object], words: str, done: Callable[..., None]) -> None:
        """長い仕事を画面の外で行う。途中でやめられない（すべてか無か）。"""
        self.setEnabled(False)
        self.progress.cancel_button.hide()
        self.progress.show_progress(0, 0, words)

        def ended() -> None:
            self.setEnabled(True)
            self.progress.hide()

        def finished(result: object) -> None:
            ended()
            done(result)

        def failed(error: BaseException) -> None:
            ended()
            if isinstance(error, RuleViolation):
                self.banner.show_message(str(error), Tone.BAD)
            else:
                show_error(self, error)

        self._context.background.run(lambda _progress: work(), finished, failed)

    def save_pdf(self) -> None:
        """台帳の一枚を、交付したときのバイトのまま書く。"""
        if self.certificate is None:
            return
        row, office = self.certificate, self._context.office

        def save(path: Path) -> None:
            words = f"認定証を書きました：{path}"
            self._context.attempt(self, lambda: certificates.save_page(office, row.id, path), words)

        self._context.save_path(self, "認定証を保存", f"{row.number}_第{row.version}版.pdf", save)

    def write_booklet(self) -> None:
        """研修期の最新の版を一冊の PDF に書く。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        if cohort_id is None:
            return

        def save(path: Path) -> None:
            self._run(
                lambda: certificates.reprint(office, cohort_id, path),
                "一冊にまとめています",
                lambda count: self.banner.show_message(f"認定証{count}枚を一冊に書きました：{path}"),
            )

        self._context.save_path(self, "認定証の一冊を保存", "認定証.pdf", save)

    def fix_glyphs(self) -> None:
        """刷れない字の代わりを選ぶ窓を開く。"""
        if self.person is None or not self.person.missing:
            return
        dialog = GlyphDialog(self, self._context, self.person.person_id)
        dialog.saved.connect(self._glyphs_fixed)
        dialog.open()

    def _glyphs_fixed(self) -> None:
        self._context.changed()
        self.refresh()
        self.banner.show_message("証書表記を改め、確認しました。")

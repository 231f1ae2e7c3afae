"""認定証：交付を待つ人と台帳、一枚の下見、交付・印刷・新しい版・欠番・検証。"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QStackedWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.office import Actor
from app.services.views.certificates import KIND_WORDS, CertificateRow, WaitingRow
from ui.messages import show_error
from ui.rooms.certificates.dialogs import IssueDialog, ReissueDialog, VerifyDialog, VoidDialog
from ui.rooms.certificates.words import (
    check_tone,
    check_words,
    missing_words,
    printed_as,
    safe_name,
    state_tone,
    state_words,
    version_words,
)
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.paper import PaperView, print_pdf
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
                Column("氏名", lambda r: r.name, Kind.NAME, 190, second=printed_as),
                Column("事由", lambda r: KIND_WORDS[r.kind], Kind.TEXT, 56, drop=2),
                Column("文字の点検", check_words, Kind.CHIP, 130, tone=check_tone),
            ),
            key=lambda r: r.case_id,
        )
        self.ledger_model = RowsModel(
            (
                Column("認定番号", lambda r: r.number, Kind.NAME, 124, second=version_words),
                Column("氏名", lambda r: r.name, Kind.TEXT, 150, least=100),
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
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self._build_record()
        self.refresh()

    def _build_record(self) -> None:
        self.note = NoteBox("")
        self.paper = PaperView("認定証の下見")
        self.facts = label("", wrap=True)
        for widget in (self.note, self.paper, self.facts):
            self.record.content.addWidget(widget)
        self.verify_button = self.add_button("認定証を確かめる…", self.verify)
        self.void_button = self.add_button("番号を欠番に…", self.void)
        self.booklet_button = self.add_button("一冊の PDF に書く…", self.write_booklet)
        bar = self.actions_bar
        self.save_button = bar.add("PDF を保存…", self.save_pdf)
        self.reissue_button = bar.add("新しい版…", self.reissue)
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
                Filter("unprinted", "未印刷", sum(r.latest and r.printed_at is None for r in self._ledger)),
                Filter("ledger", "台帳", len(self._ledger)),
            ]
        )
        self.void_button.setEnabled(cohort_id is not None)
        self.booklet_button.setEnabled(bool(self._ledger))
        self._show_rows()

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
        rows = [r for r in self._ledger if not only_unprinted or (r.latest and r.printed_at is None)]
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
        on_waiting = self._on_waiting
        self.save_button.setVisible(not on_waiting)
        self.reissue_button.setVisible(not on_waiting)
        bar = self.actions_bar
        if on_waiting:
            self.issue_button = bar.set_main(f"{len(self._waiting)}名に交付…", self.issue)
        else:
            self.issue_button = bar.set_main("印刷…", self.print)

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
        self.person, self.certificate = row, None
        if row is None or self._context.cohort_id is None:
            self.record.show_empty("交付を待つ人を選ぶと、刷る姿がここに出ます。")
            return
        aside = f"受付 {row.reception_number:04d}　証書表記 {safe_name(row)}"
        self.record.show_record(row.name, aside, check_words(row), check_tone(row))
        if row.missing:
            self._show_paper(None)
            self.note.set_text(
                f"印刷できない文字があります：{missing_words(row)}。"
                "受付の部屋の「記録を直す…」で証書表記を直してください。直すまで、一枚も交付できません。",
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
        self.person, self.certificate = None, row
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
            f"PDF の要約値　{row.pdf_digest}",
        ]
        if row.reason:
            lines.insert(0, f"{row.words}の理由　{row.reason}")
        self.facts.setText("\n".join(lines))
        self.reissue_button.setEnabled(row.latest)

    def _load(self, read: Callable[[], bytes]) -> None:
        self.note.set_text("")
        try:
            self._show_paper(read())
        except RuleViolation as refusal:
            self._show_paper(None)
            self.note.set_text(str(refusal), Tone.BAD)

    def _show_paper(self, pdf: bytes | None) -> None:
        self._pdf = pdf
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

    def print(self) -> None:
        """プリンターを選んで、下見の紙を刷る。"""
        if self.certificate is None or self._pdf is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle("認定証を印刷")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setModal(True)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.show()

    def print_on(self, printer: QPrinter) -> None:
        """決まったプリンターに刷り、台帳に記す。"""
        if self.certificate is None or self._pdf is None:
            return
        row, office = self.certificate, self._context.office
        print_pdf(self._pdf, printer)
        if self._context.attempt(self, lambda: certificates.record_print(office, row.id)):
            self.refresh()
            self.banner.show_message(f"{row.number} {row.name}さんの認定証を印刷しました。")

    def reissue(self) -> None:
        """再交付・書換・訂正の新しい版を作る窓を開く。"""
        if self.certificate is None or not self.certificate.latest:
            return
        dialog = ReissueDialog(self, self._context, self.certificate)
        dialog.saved.connect(lambda: self._reissued(dialog.made))
        dialog.open()

    def _reissued(self, made: CertificateRow | None) -> None:
        self._context.changed()
        self.refresh()
        if made is not None:
            self.open_target(made.certification_id)
            self.banner.show_message(f"{made.number}の第{made.version}版（{made.words}）を作りました。")

    def void(self) -> None:
        """番号を欠番にする。理由と二人目を求める。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        if cohort_id is None:
            return
        voided = certificates.list_voided(office, cohort_id)
        issued = len({r.certification_id for r in self._ledger})

        def second_given(serial: int, reason: str, second: Actor) -> None:
            certificates.void_number(office, cohort_id, serial, reason, second=second)
            self.refresh()
            self.banner.show_message(f"{serial}番を欠番にしました。")

        def given(serial: int, reason: str) -> None:
            self._context.with_second_person(
                self,
                f"{serial}番を欠番にします。この番号は、この先だれにも振られません。\n理由：{reason}",
                lambda second: second_given(serial, reason, second),
            )

        VoidDialog(self, voided, issued + len(voided) + 1, given).open()

    def verify(self) -> None:
        """検証の窓を開く。"""
        VerifyDialog(self, self._context).open()

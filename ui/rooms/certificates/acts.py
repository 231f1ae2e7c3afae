"""認定証の部屋の、たまに行う操作：欠番・検証・用紙・宛名・番号の取込・位置合わせ・設計・鍵。"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.services import certificates, import_jobs
from app.services.office import Actor
from app.services.views.certificates import CertificateRow
from ui.messages import ask_reason
from ui.rooms.certificates.calibrating import CalibrationDialog
from ui.rooms.certificates.designing import DesignDialog
from ui.rooms.certificates.dialogs import VerifyDialog, VoidDialog
from ui.rooms.certificates.records import PostingDialog, StockDialog
from ui.rooms.context import RoomContext
from ui.rooms.importing import choose_workbook, import_workbook
from ui.theme.tokens import Tone
from ui.widgets.room import RoomPage

Ledger = Callable[[], tuple[CertificateRow, ...]]


class CertificateActs:
    """部屋の見出しの「そのほか」から行う操作。ledger はいまの台帳、refresh は読み直し。"""

    def __init__(
        self, page: RoomPage, context: RoomContext, ledger: Ledger, refresh: Callable[[], None]
    ) -> None:
        self._page, self._context, self._ledger, self._refresh = page, context, ledger, refresh

    def menu(self) -> QMenu:
        """「そのほか」の一覧。"""
        made = QMenu(self._page)
        self.actions = {
            words: made.addAction(words, act)
            for words, act in (
                ("発送をまとめて記す…", self.post_all),
                ("宛名ラベル…", self.write_labels),
                ("用紙の帳簿…", self.stock),
                ("庁の番号の様式を書き出す…", self.write_number_template),
                ("庁の番号を取り込む…", self.import_numbers),
                ("番号を欠番に…", self.void),
                ("紙の設計を下見…", self.design),
                ("印刷機の位置合わせ…", self.calibrate),
                ("公開鍵の紙…", self.write_key_sheet),
                ("検証の頁…", self.write_page),
                ("署名鍵を取り下げる…", self.retire_key),
            )
        }
        return made

    def show_state(self) -> None:
        """研修期と役割で、できないものを押せなくする。"""
        office, cohort = self._context.office, self._context.cohort_id is not None
        waiting = bool(self.unposted())
        for words, able in (
            ("発送をまとめて記す…", waiting and office.may("certificates.record_postings")),
            ("宛名ラベル…", bool(self._ledger()) and office.may("certificates.write_labels")),
            ("庁の番号の様式を書き出す…", cohort),
            ("庁の番号を取り込む…", cohort and office.may("certificates.import_numbers")),
            ("番号を欠番に…", cohort and office.may("certificates.void_number")),
            ("印刷機の位置合わせ…", office.may("certificates.set_calibration")),
            ("署名鍵を取り下げる…", office.may("certificates.retire_key")),
        ):
            self.actions[words].setEnabled(able)

    def _save(self, title: str, name: str, work: Callable[[Path], object], words: str) -> None:
        def save(path: Path) -> None:
            self._context.attempt(self._page, lambda: work(path), f"{words}：{path}")

        self._context.save_path(self._page, title, name, save)

    def unposted(self) -> list[CertificateRow]:
        """印刷済みの最新の版で、まだ発送も手渡しもしていないもの。"""
        if self._context.cohort_id is None:
            return []
        events = certificates.list_events(self._context.office, self._context.cohort_id)
        gone = {e.certificate_id for e in events if e.kind in ("posted", "handed") and not e.undone}
        return [
            r
            for r in self._ledger()
            if r.latest and r.withdrawn_on is None and r.printed_at is not None and r.id not in gone
        ]

    def post_all(self) -> None:
        """発送をまとめて記す窓を開く。"""
        rows = self.unposted()
        if not rows:
            self._page.banner.show_message("発送を待つ認定証はありません。", Tone.ACCENT)
            return
        dialog = PostingDialog(self._page, self._context, rows)
        dialog.saved.connect(lambda: self._done("発送を台帳に記しました。"))
        dialog.open()

    def _done(self, words: str) -> None:
        self._context.changed()
        self._refresh()
        self._page.banner.show_message(words)

    def write_labels(self) -> None:
        """発送を待つ人（いなければ最新の版のすべて）の宛名ラベルを書く。"""
        waiting = self.unposted()
        rows = waiting or [r for r in self._ledger() if r.latest and r.withdrawn_on is None]
        ids = [r.id for r in rows]
        self._save(
            "宛名ラベルを保存",
            "宛名ラベル.pdf",
            lambda path: certificates.write_labels(self._context.office, ids, path),
            f"宛名ラベル{len(ids)}枚（A4 12 面）を書きました",
        )

    def stock(self) -> None:
        """用紙の帳簿を開く。"""
        dialog = StockDialog(self._page, self._context)
        dialog.saved.connect(lambda: self._done("用紙の帳簿に記しました。"))
        dialog.open()

    def write_number_template(self) -> None:
        """庁に渡す、番号の欄の空いた様式を書く。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        if cohort_id is not None:
            self._save(
                "庁の番号の様式を保存",
                "認定番号の様式.xlsx",
                lambda path: certificates.write_number_template(office, cohort_id, path),
                "番号を待つ人を並べた様式を書きました",
            )

    def import_numbers(self) -> None:
        """庁の番号のブックを選んで取り込む。"""
        choose_workbook(self._page, self._context, "庁の認定番号", self.import_from)

    def import_from(self, path: Path) -> None:
        """庁の番号のブックを下見して取り込む。"""
        if self._context.cohort_id is not None:
            job = import_jobs.numbers_job(self._context.office, self._context.cohort_id)
            import_workbook(self._page, self._context, job, path, self._refresh)

    def void(self) -> None:
        """番号を欠番にする。理由と二人目を求める。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        if cohort_id is None:
            return
        voided = certificates.list_voided(office, cohort_id)
        issued = len({r.certification_id for r in self._ledger()})

        def second_given(serial: int, reason: str, second: Actor) -> None:
            certificates.void_number(office, cohort_id, serial, reason, second=second)
            self._refresh()
            self._page.banner.show_message(f"{serial}番を欠番にしました。")

        def given(serial: int, reason: str) -> None:
            self._context.with_second_person(
                self._page,
                f"{serial}番を欠番にします。この番号は、この先だれにも振られません。\n理由：{reason}",
                lambda second: second_given(serial, reason, second),
            )

        VoidDialog(self._page, voided, issued + len(voided) + 1, given).open()

    def verify(self) -> None:
        """検証の窓を開く。"""
        VerifyDialog(self._page, self._context).open()

    def design(self) -> None:
        """紙の設計の下見を開く。"""
        dialog = DesignDialog(self._page, self._context)
        dialog.accepted.connect(lambda: self._done("これから交付する認定証の、紙の設計を替えました。"))
        dialog.open()

    def calibrate(self) -> None:
        """印刷機の位置合わせを開く。"""
        dialog = CalibrationDialog(self._page, self._context)
        dialog.saved.connect(lambda: self._done("印刷機の位置を合わせました。"))
        dialog.open()

    def write_key_sheet(self) -> None:
        """公開鍵の紙を書く。"""
        self._save(
            "公開鍵の紙を保存",
            "公開鍵.pdf",
            lambda path: certificates.write_key_sheet(self._context.office, path),
            "公開鍵の紙を書きました",
        )

    def write_page(self) -> None:
        """通信なしで確かめる検証の頁を書く。"""
        self._save(
            "検証の頁を保存",
            "認定証の検証.html",
            lambda path: certificates.write_verifying_page(self._context.office, path),
            "検証の頁を書きました。受け取った人は、ブラウザーで開いて確かめられます",
        )

    def retire_key(self) -> None:
        """署名鍵を取り下げる。理由と二人目を求める。"""

        def given(reason: str) -> None:
            self._context.with_second_person(
                self._page,
                "認定証の署名鍵を取り下げます。次の交付で新しい鍵を作ります。公開鍵の紙と検証の頁は配り直してください。\n"
                f"理由：{reason}",
                lambda second: certificates.retire_key(self._context.office, reason, second=second),
                "署名鍵を取り下げました。公開鍵の紙と検証の頁を配り直してください。",
            )

        ask_reason(
            self._page,
            "署名鍵を取り下げる",
            "秘密鍵が漏れたおそれのあるときだけ行います。交付した認定証は、この事務局の記録では真正のままです。",
            "二人目の確認へ",
            given,
        )

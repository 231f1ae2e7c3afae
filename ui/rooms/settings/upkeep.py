"""設定：バックアップ・監査記録の検証・整合の確認・合言葉。"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import maintenance
from app.services.maintenance import SHORTEST_PASSPHRASE, AuditReport
from ui.messages import show_error
from ui.rooms.settings.section import Section
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, NoteBox, button, label
from ui.widgets.room import ActionBar
from ui.widgets.saving import SavingDialog
from ui.widgets.secrets import secret_field


class PassphraseDialog(SavingDialog):
    """データベースの合言葉を変える。確かめるのに時間がかかるので、窓を閉じてから行う。"""

    def __init__(self, parent: QWidget | None, given: Callable[[str, str], None]) -> None:
        text = "合言葉を忘れると、復旧鍵がなければ二度と開けません。紙に書き、鍵のかかる所に置いてください。"
        super().__init__(parent, "合言葉を変える", text, "変える")
        self._given = given
        self.old, self.new, self.again = (
            secret_field(name) for name in ("いまの合言葉", "新しい合言葉", "新しい合言葉（もう一度）")
        )
        self.form.add("old", "いまの合言葉", self.old, required=True)
        self.form.add("new", "新しい合言葉", self.new, f"{SHORTEST_PASSPHRASE}文字以上", required=True)
        self.form.add("again", "もう一度", self.again, required=True)
        self.old.setFocus()

    def errors(self) -> dict[str, str]:
        """三つの欄。"""
        found = {}
        if not self.old.text():
            found["old"] = "いまの合言葉を入れてください。"
        if len(self.new.text()) < SHORTEST_PASSPHRASE:
            found["new"] = f"合言葉が短すぎます（{SHORTEST_PASSPHRASE}文字以上にしてください）。"
        elif self.new.text() != self.again.text():
            found["again"] = "二つの合言葉が違います。もう一度入れてください。"
        return found

    def save(self) -> None:
        """渡す。"""
        self._given(self.old.text(), self.new.text())


def audit_words(report: AuditReport) -> tuple[str, Tone]:
    """検証の結果の言葉と調子。"""
    if not report.breaks:
        return (
            f"監査記録 {report.entries:,}件の鎖はすべてつながり、業務の記録とも合っています。"
            "書き換えや抜けは見つかりませんでした。",
            Tone.OK,
        )
    count = len(report.breaks)
    return (
        f"監査記録 {report.entries:,}件のうち、合わないところが{count:,}か所あります。最初は次のところです。\n"
        f"{report.breaks[0]}\n"
        "このファイルを使い続けず、責任者に知らせ、直前のバックアップと比べてください。",
        Tone.BAD,
    )


def check_words(problems: tuple[str, ...]) -> tuple[str, Tone]:
    """整合の確認の結果の言葉と調子。"""
    if not problems:
        return "監査記録・暗号化・データベースの構造・記録どうしのつながりは、すべて正常です。", Tone.OK
    lines = "\n".join(problems[:10])
    more = f"\nほかに{len(problems) - 10:,}件あります。" if len(problems) > 10 else ""
    return f"{len(problems):,}件の誤りが見つかりました。\n{lines}{more}", Tone.BAD


class UpkeepSection(Section):
    """控えを取り、記録が正しいことを確かめる。どれも画面の外で行う。"""

    key, title, about = "upkeep", "保守", "バックアップは暗号化されたまま作り、作った後に開いて検査します。"

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """区画を並べる。"""
        self.backup_words, self.audit_note, self.check_note = label("", wrap=True), NoteBox(), NoteBox()
        saved = Card("バックアップ")
        self.elsewhere_button = button("別の場所に作る…", "small", self.back_up_elsewhere)
        saved.add_to_header(self.elsewhere_button)
        saved.body.addWidget(self.backup_words)
        proof = Card("監査記録の検証")
        self.verify_button = button("検証する", "small", self.verify)
        proof.add_to_header(self.verify_button)
        self.audit_count = label("", wrap=True)
        proof.body.addWidget(self.audit_count)
        proof.body.addWidget(self.audit_note)
        whole = Card("整合の確認")
        self.check_button = button("確かめる", "small", self.check)
        whole.add_to_header(self.check_button)
        words = "監査記録に加えて、暗号化・データベースの構造・記録どうしのつながりを確かめます。"
        whole.body.addWidget(label(words, wrap=True))
        whole.body.addWidget(self.check_note)
        secret = Card("合言葉")
        self.rekey_button = button("合言葉を変える…", "small", self.rekey)
        secret.add_to_header(self.rekey_button)
        words = "データベースを開くときの合言葉です。変えられるのは管理者だけです。"
        secret.body.addWidget(label(words, wrap=True))
        for card in (saved, proof, whole, secret):
            content.addWidget(card)
        content.addStretch(1)
        self.backup_button = bar.set_main("今すぐバックアップ", self.back_up)

    @property
    def _buttons(self) -> tuple[QWidget, ...]:
        return (
            self.elsewhere_button,
            self.verify_button,
            self.check_button,
            self.rekey_button,
            self.backup_button,
        )

    def refresh(self) -> None:
        """最後のバックアップと件数を読み直す。"""
        last = maintenance.last_backup(self.context.office)
        words = "バックアップはまだありません。今すぐ作ってください。"
        self.backup_words.setText(words if last is None else f"最後の検査済みバックアップ　{last}")
        self.audit_count.setText(f"監査記録　{maintenance.audit_entries(self.context.office):,}件")

    def _run(self, words: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        for one in self._buttons:
            one.setEnabled(False)
        self.page.banner.clear()
        self.page.progress.cancel_button.hide()
        self.page.progress.show_progress(0, 0, words)
        self._finish = done
        self.context.background.run(lambda _progress: work(), self._done, self._failed)

    def _ended(self) -> None:
        self.page.progress.hide()
        for one in self._buttons:
            one.setEnabled(True)

    def _done(self, value: object) -> None:
        self._ended()
        self._finish(value)
        self.context.changed()
        self.refresh()

    def _failed(self, error: BaseException) -> None:
        self._ended()
        if isinstance(error, RuleViolation):
            self.page.banner.show_message(str(error), Tone.BAD)
        else:
            show_error(self.page, error)

    def _saved(self, path: object) -> None:
        self.page.banner.show_message(f"検査済みのバックアップを作りました：{path}")

    def back_up(self) -> None:
        """決まったフォルダーにバックアップを作る。"""
        office = self.context.office
        self._run("バックアップを作っています…", lambda: maintenance.back_up_now(office), self._saved)

    def back_up_elsewhere(self) -> None:
        """選んだ場所（外の記憶装置など）にバックアップを作る。"""
        office = self.context.office

        def save(path: Path) -> None:
            self._run("バックアップを作っています…", lambda: maintenance.back_up(office, path), self._saved)

        name = f"nintei_{office.today():%Y%m%d}.db"
        self.context.save_path(self.page, "バックアップの保存先", name, save)

    def verify(self) -> None:
        """監査記録の鎖を検証する。"""
        office = self.context.office
        self._run(
            "監査記録を検証しています…",
            lambda: audit_words(maintenance.audit_verify(office)),
            lambda found: self.audit_note.set_text(*found),
        )

    def check(self) -> None:
        """整合のすべてを確かめる。"""
        office = self.context.office
        self._run(
            "データベースを確かめています…",
            lambda: check_words(maintenance.check(office)),
            lambda found: self.check_note.set_text(*found),
        )

    def rekey(self) -> None:
        """合言葉を変える窓を開く。"""
        PassphraseDialog(self.page, self._rekey).open()

    def _rekey(self, old: str, new: str) -> None:
        office = self.context.office
        words = "合言葉を変えました。次に開くときから、新しい合言葉を使ってください。"
        self._run(
            "合言葉を変えています…",
            lambda: maintenance.rekey(office, old, new),
            lambda _none: self.page.banner.show_message(words),
        )

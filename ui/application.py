"""窓を組み立てて開く：外見 → 開く窓 → 部屋を並べた主な窓。"""

import logging
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.access import ROLE_NAMES, Role
from app.domain.errors import RuleViolation
from app.services import accounts, intake, maintenance, search, settings
from app.services.office import Actor, Office
from app.services.views.search import SearchHit
from ui.background import Background, Progress
from ui.frame import FrameInfo, FrameSettings, OpensTargets, RoomEntry
from ui.idle import IdleWatch
from ui.main_window import MainWindow
from ui.messages import confirm_dangerous, show_error, show_notice
from ui.recovery import RecoveryRequest
from ui.review.window import ReviewWindow
from ui.rooms.context import RoomContext
from ui.rooms.listing import ROOMS
from ui.sign_in import FirstRunDialog, LockPage, SetupRequest, SignInDialog, SignInRequest
from ui.theme import tokens as t
from ui.theme.fonts import fault_words, font_faults, japanese_translator, load_fonts
from ui.theme.style import apply_theme
from ui.widgets.drafts import Shelf

_LOG = logging.getLogger(__name__)
_PERCENT = 100
_MINUTE = 60_000
_BACKUP_MINUTES = 180
_RECOUNT = 200  # 手が止まってから件数を数えるまで（ミリ秒）
_IDLE_CHECK = 50  # 仕事の終わりを見る間隔（ミリ秒）


def dress(app: QApplication, *, scale: float = 1.0, dark: bool = False) -> None:
    """書体・色・言葉を整える。"""
    families = load_fonts()
    if (translator := japanese_translator(app)) is not None:
        app.installTranslator(translator)
    apply_theme(app, t.DARK if dark else t.LIGHT, scale, families)


def dress_as_kept(app: QApplication, stored: FrameSettings) -> None:
    """この PC に覚えた文字の大きさと色で整える。"""
    display = stored.display()
    dress(app, scale=display.percent / _PERCENT, dark=display.dark)


class Desk(QObject):
    """サインインした一人の机：主な窓と、その部屋の文脈。"""

    def __init__(self, office: Office, background: Background, stored: FrameSettings | None = None) -> None:
        super().__init__()
        self.office = office
        self.lock_page: LockPage | None = None
        self._counted_at: tuple[int, date, int] | None = None
        self._counts: dict[Callable[[RoomContext], tuple[int, bool]], tuple[int, bool]] = {}
        cohorts = intake.list_cohorts(office)
        self.context = RoomContext(office, background, cohorts[0].id if cohorts else None)
        self.context.stored = stored or FrameSettings()
        self.context.changed = self._changed
        self.context.open_room = self.open_room
        rooms = [
            RoomEntry(
                r.key, r.title, partial(r.page, self.context), partial(self._count, r.waiting), r.separated
            )
            for r in ROOMS
            if office.may(r.needs)
        ]
        self.window = MainWindow(rooms, self._info(), self._search, background, stored)
        self.window.drafts = Shelf(office, background)
        # 件数は手が止まってから数える（続けて押す鍵を待たせない）
        self._recount = QTimer(self.window)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_RECOUNT)
        self._recount.timeout.connect(self._count_again)
        self.window.cohort_changed.connect(self.context.choose_cohort)
        self.context.cohort_chosen = self.window.refresh
        self.window.lock_wanted.connect(self.lock)

    def _count(self, waiting: Callable[[RoomContext], tuple[int, bool]]) -> tuple[int, bool]:
        if self.context.cohort_id is None:
            return 0, False
        # 書かれたことはすべて監査記録に残るので、件数が同じなら数え直さなくてよい
        now = (maintenance.audit_entries(self.office), self.office.today(), self.context.cohort_id)
        if now != self._counted_at:
            self._counted_at, self._counts = now, {}
        if waiting not in self._counts:
            self._counts[waiting] = waiting(self.context)
        return self._counts[waiting]

    def _count_again(self) -> None:
        # 待つ間に閉じていれば、数えるものはない
        if not self.office.store.is_closed:
            self.window.refresh_counts()

    def _info(self) -> FrameInfo:
        office = self.office
        cohorts = tuple((c.id, c.title) for c in intake.list_cohorts(office))
        notices = maintenance.notices(office)
        backup = maintenance.last_backup(office)
        return FrameInfo(
            cohorts=cohorts,
            cohort_id=self.context.cohort_id,
            signed_in=_signed_in_words(office.actor),
            last_backup="まだありません" if backup is None else backup,
            backup_late=backup is None,
            audit=notices[0] if notices else f"正常（{maintenance.audit_entries(office):,}件）",
            audit_ok=not notices,
            edition=office.guideline.title.removeprefix("実施要綱 "),
        )

    def _search(self, text: str) -> tuple[SearchHit, ...]:
        return search.find(self.office, text) if self.office.may("search.find") else ()

    def _changed(self) -> None:
        if self.context.cohort_id is None and (cohorts := intake.list_cohorts(self.office)):
            self.context.cohort_id = cohorts[0].id
        self.refresh_frame()
        self._recount.start()

    def refresh_frame(self) -> None:
        """上下の帯を今の記録に合わせる。"""
        self.window.set_info(self._info())

    def open_room(self, key: str, target_id: int | None) -> None:
        """部屋を開き、あれば番号の記録を選ぶ。"""
        self.window.open_room(key)
        page: QWidget = self.window.room(key)
        if target_id is not None and isinstance(page, OpensTargets):
            page.open_target(target_id)

    def lock(self) -> None:
        """画面を隠す。解くのは同じ人のパスワード。"""
        if self.window.is_locked:
            return
        self.lock_page = LockPage(self._unlock, self.context.background, _signed_in_words(self.office.actor))
        self.lock_page.unlocked.connect(self.window.unlock)
        self.lock_page.switch_wanted.connect(self._switch_from_lock)
        self.window.lock(self.lock_page)

    def _switch_from_lock(self) -> None:
        """ロックの画面から人を替える。隠した窓の書きかけは保存されないので、あれば確かめる。"""
        titles = self.window.hidden_drafts
        if not titles or self.lock_page is None:
            self.window.switch_wanted.emit()
            return
        loss = f"書きかけの窓（{'、'.join(titles)}）に入れたことは、保存されません。次にサインインして同じ書式を開くと戻せます。"
        wanted = self.window.switch_wanted.emit
        confirm_dangerous(self.lock_page, "利用者を替えます", loss, "保存せずに替える", wanted)

    def _unlock(self, password: str) -> None:
        actor = self.office.actor
        if actor is None or actor.account_id is None:
            raise RuleViolation("サインインし直してください。")
        accounts.confirm_password(self.office, actor.account_id, password)


def _signed_in_words(actor: Actor | None) -> str:
    if actor is None:
        return ""
    words = f"{actor.name}（{ROLE_NAMES[actor.role]}）"
    return words if actor.role is Role.MEMBER else f"事務局　{words}"


def stored_here() -> FrameSettings:
    """この PC を使う人の置き場（OS の設定）。"""
    kept = QSettings("nintei-desk", "nintei-desk")
    return FrameSettings(
        lambda key: str(kept.value(f"frame/{key}", "")),
        lambda key, value: kept.setValue(f"frame/{key}", value),
    )


class Opening(QObject):
    """開く窓から主な窓へ渡す。"""

    def __init__(
        self, app: QApplication, path: Path, passphrase: str, stored: FrameSettings | None = None
    ) -> None:
        super().__init__()
        self._app, self._path, self._passphrase = app, path, passphrase
        self._stored = stored or stored_here()
        self.background = Background(self)
        self.desk: Desk | None = None
        self.dialog: SignInDialog | FirstRunDialog | None = None
        self.review: ReviewWindow | None = None
        self._office: Office | None = None
        self._watch: IdleWatch | None = None
        self._backup_clock = QTimer(self)
        self._backup_clock.setInterval(_BACKUP_MINUTES * _MINUTE)
        self._backup_clock.timeout.connect(self._back_up)

    def start(self) -> None:
        """データベースがあれば開く窓を、なければ作る窓を出す。"""
        if self._path.exists():
            known = bool(self._passphrase) or self._office is not None
            dialog = SignInDialog(
                self._path.name,
                self._sign_in,
                self.background,
                needs_passphrase=not known,
                recover=self._recover,
                review=self._review,
            )
            dialog.signed_in.connect(self._signed_in)
            self.dialog = dialog
        else:
            first = FirstRunDialog(str(self._path), self._create, self.background, review=self._review)
            first.created.connect(lambda: self._signed_in(self._office))
            self.dialog = first
        self.dialog.rejected.connect(self._app.quit)
        self.dialog.open()

    def _review(self) -> None:
        """記録を開かずに、委員の持ち出しの窓に移る。"""
        dialog, self.review = self.dialog, ReviewWindow(self.background)
        self.review.show()
        if dialog is not None:
            dialog.rejected.disconnect(self._app.quit)
            dialog.close()

    def check_fonts(self) -> None:
        """同梱の書体が揃っているかを画面の外で確かめ、揃っていなければ、いま出ている窓で言う。"""
        self.background.run(lambda _progress: fault_words(font_faults()), self._fonts_checked)

    def _fonts_checked(self, words: str) -> None:
        if not words:
            return
        # 日本語の書体が一つもない機械では、窓の文も読めない
        _LOG.warning("%s", words)
        if self.desk is not None:
            show_notice(self.desk.window, "書体が揃っていません", words)
        elif self.dialog is not None:
            self.dialog.set_notice(words)

    def _sign_in(self, request: SignInRequest) -> Office:
        if self._office is None:
            self._office = maintenance.open_office(self._path, request.passphrase or self._passphrase)
        accounts.sign_in(self._office, request.login, request.password)
        return self._office

    def _recover(self, request: RecoveryRequest) -> str:
        # 合言葉は合っていてパスワードだけを間違えたあとなら、もう開いている
        if self._office is not None:
            self._office.close()
            self._office = None
        self._office, key = maintenance.recover(self._path, request.recovery_key, request.passphrase)
        return key

    def _create(self, request: SetupRequest) -> str:
        # データベースを作ってから断ると、管理者のいないファイルが残る
        accounts.check_new(request.login, request.admin_name, request.password)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        office, recovery_key = maintenance.create(self._path, request.passphrase)
        accounts.first_administrator(office, request.login, request.admin_name, request.password)
        accounts.sign_in(office, request.login, request.password)
        self._office = office
        return recovery_key

    def _signed_in(self, office: object) -> None:
        assert isinstance(office, Office)
        dress_as_kept(self._app, self._stored)
        self.desk = Desk(office, self.background, self._stored)
        self.desk.window.switch_wanted.connect(self.switch)
        self._watch = IdleWatch(int(settings.get(office, "lock_minutes")), self.desk.lock, self)
        self._app.installEventFilter(self._watch)
        self.desk.window.show()
        if found := maintenance.notices(office):
            show_error(self.desk.window, RuleViolation("\n".join(found)))
        self._back_up()
        self._backup_clock.start()

    def switch(self) -> None:
        """いまの人の机をしまい、次の人の開く窓を出す。データベースは開いたまま。"""
        if self.desk is None:
            return
        # 始めた仕事は、始めた人の名で終わらせてから替わる
        self.desk.window.setEnabled(False)
        self._backup_clock.stop()
        self._switch_when_idle()

    def _switch_when_idle(self) -> None:
        desk, office = self.desk, self._office
        if desk is None or office is None:
            return
        if self.background.is_busy:
            QTimer.singleShot(_IDLE_CHECK, self, self._switch_when_idle)
            return
        try:
            accounts.sign_out(office)
        except Exception as error:  # noqa: BLE001  画面の入口：記録できなければ、替わらずに知らせる
            desk.window.setEnabled(True)
            self._backup_clock.start()
            show_error(desk.window, error)
            return
        self.desk = None
        self._stop_watch()
        QGuiApplication.clipboard().clear()
        # 窓が一つもなくなるとプログラムが終わるので、次の窓を出してからしまう
        self.start()
        desk.window.close()
        desk.window.deleteLater()
        desk.deleteLater()

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._app.removeEventFilter(self._watch)
            self._watch.deleteLater()
            self._watch = None

    def _back_up(self) -> None:
        office, desk = self._office, self.desk
        assert office is not None
        assert desk is not None

        def work(_progress: Progress) -> object:
            return maintenance.back_up_automatically(office)

        def failed(error: BaseException) -> None:
            show_error(desk.window, error)

        self.background.run(work, lambda _path: desk.refresh_frame(), failed)

    def close(self) -> None:
        """書きかけを控え、終わりのバックアップを取り、データベースを閉じる。"""
        self._backup_clock.stop()
        self._stop_watch()
        # 窓は、閉じるときに書きかけを控えるので、データベースより先に閉じる
        if self.desk is not None:
            self.desk.window.close()
        self.background.stop()
        office, self._office = self._office, None
        if office is None:
            return
        try:
            if office.actor is not None:
                maintenance.back_up_automatically(office)
        finally:
            office.close()


def open_window(path: Path, passphrase: str = "") -> int:
    """窓を開き、閉じられたら終了の値を返す。passphrase が空なら開く窓で尋ねる。"""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([])
    stored = stored_here()
    dress_as_kept(app, stored)
    opening = Opening(app, path, passphrase, stored)
    opening.start()
    opening.check_fonts()
    try:
        return app.exec()
    finally:
        opening.close()

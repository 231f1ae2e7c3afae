"""更新・取消、認定者名簿、帳票・提出、設定の場面。"""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain.access import Role
from app.services import renewal, submission
from app.services.office import Office
from app.services.views.renewal import CertificationRow, RevocationView
from app.services.views.submission import Difference, ReturnedView
from tests.factories import as_role
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.ui.rooms.after_sample import (
    TODAY,
    make_after,
    make_first,
    make_manager_office,
    make_second,
    revoke,
)
from ui.rooms.context import RoomContext
from ui.rooms.register.room import RegisterRoom
from ui.rooms.renewal.cases import CloseDialog, NoticeDialog, OpenDialog, RevokeDialog
from ui.rooms.renewal.dialogs import ClosureDialog, RenewalDialog
from ui.rooms.renewal.room import RenewalRoom
from ui.rooms.settings.office import OfficeSection
from ui.rooms.settings.people import AccountDialog
from ui.rooms.settings.room import SettingsRoom
from ui.rooms.settings.upkeep import PassphraseDialog, UpkeepSection, check_words
from ui.rooms.submission.exporting import ExportDialog
from ui.rooms.submission.returning import ReturnedDialog
from ui.rooms.submission.room import SubmissionRoom
from ui.rooms.submission.writing import PasswordDialog
from ui.widgets.saving import SavingDialog


def fresh_office() -> Office:
    """使い捨ての、暗号化された見本のデータベース。"""
    return make_manager_office(fresh_store())


def _context(office: Office, cohort: int | None = None) -> RoomContext:
    return RoomContext(office, background(), cohort)


def _renewal(place: int = 0) -> RenewalRoom:
    office = fresh_office()
    _, first = make_after(office)
    revoke(office, first[3])
    room = RenewalRoom(_context(office))
    room.open_target(first[place])
    return room


def _renewal_empty() -> RenewalRoom:
    return RenewalRoom(_context(fresh_office()))


def _renewal_dialogs() -> Iterator[Scene]:
    def row(office: Office, place: int) -> CertificationRow:
        return renewal.list_certifications(office)[place]

    def case(office: Office) -> RevocationView:
        found = row(office, 2).investigation
        assert found is not None
        return found

    makers: dict[str, Callable[[Office], SavingDialog]] = {
        "renew": lambda o: RenewalDialog(None, o, row(o, 1)),
        "open": lambda o: OpenDialog(None, o, row(o, 1)),
        "notice": lambda o: NoticeDialog(None, o, row(o, 2), case(o)),
        "revoke": lambda o: RevokeDialog(None, o, row(o, 2), case(o), lambda _day, _reason: None),
        "close": lambda o: CloseDialog(None, o, row(o, 2), case(o)),
        "closure": lambda o: ClosureDialog(None, o, row(o, 1)),
    }
    for name, make in makers.items():
        yield Scene(f"after_renewal_{name}", _tried(make), None)


def _tried(make: Callable[[Office], SavingDialog]) -> Callable[[], QWidget]:
    """空のまま押して、欄の誤りを出す。"""

    def build() -> QWidget:
        office = fresh_office()
        make_after(office)
        dialog = make(office)
        if not isinstance(dialog, RenewalDialog | NoticeDialog):
            dialog.submit()
        return dialog

    return build


def _ready(context: RoomContext) -> None:
    """画面の外の仕事が終わるまで待つ。"""
    while context.background.is_busy:
        QTest.qWait(20)


def _register(place: int = 0) -> RegisterRoom:
    office = fresh_office()
    _, first = make_after(office)
    revoke(office, first[3])
    context = _context(office)
    room = RegisterRoom(context)
    room.open_target(first[place])
    _ready(context)
    return room


def _narrowed() -> RegisterRoom:
    room = _register(1)
    room.filters.fields["language"].setText("べとなむ")
    room.filters.publish.setChecked(True)
    QTest.qWait(300)
    return room


def _nobody() -> RegisterRoom:
    room = _register()
    room.filters.fields["area"].setText("沖縄")
    QTest.qWait(300)
    return room


def _register_empty() -> RegisterRoom:
    context = _context(fresh_office())
    room = RegisterRoom(context)
    _ready(context)
    return room


def _bad_day(window: QWidget) -> None:
    room = window.findChild(RegisterRoom)
    assert room is not None
    room.filters.day.edit.setText("R8.2.30")


def _password() -> QWidget:
    words = "基準日 令和10年9月30日　13名"
    dialog = PasswordDialog(None, "認定者名簿を書き出す", words, "保存先を選ぶ…", lambda _password: None)
    dialog.wanted.setChecked(True)
    dialog.password.setText("短い")
    dialog.submit()
    return dialog


def _submission(after: bool = True) -> SubmissionRoom:
    """第1便を送った後に、取消しと新しい認証のあった提出。"""
    office = fresh_office()
    cohort, first = make_first(office)
    if after:
        folder = new_folder()
        submission.make_batch(office, folder / "認定者名簿_第1便_20280901.xlsx", TODAY.replace(day=1))
        make_second(office)
        revoke(office, first[3])
    return _ready_submission(office, cohort)


def _ready_submission(office: Office, cohort: int | None = None) -> SubmissionRoom:
    context = _context(office, cohort)
    room = SubmissionRoom(context)
    _ready(context)
    return room


def _sent() -> SubmissionRoom:
    room = _submission()
    room.table.selectRow(1)
    return room


def _returned() -> QWidget:
    """送った便に、値と行の違うファイルが戻ったところ。"""
    room = _sent()
    line = room.table.chosen()
    found = (
        Difference("value", 5, "第R10-1-0001号", "氏名", "髙橋 一", "高橋 一"),
        Difference("unread", 6, "第R10-1-0002号", "生年月日", "1985-04-01", "不明"),
        Difference("missing", 0, "第R10-1-0003号", sent="三好 三"),
    )
    view = ReturnedView(1, line.id, "名簿_確認済.xlsx", "", line.batch.made_at, "事務 花子", found)
    return ReturnedDialog(None, line.batch, view)


def _early(window: QWidget) -> None:
    room = window.findChild(SubmissionRoom)
    assert room is not None
    room.as_of.edit.setText("R10.8.1")
    _ready(room._context)


def _export() -> QWidget:
    dialog = ExportDialog(None, fresh_office(), None, lambda _request: None)
    dialog.kind.setCurrentIndex(2)
    dialog.submit()
    return dialog


def _statistics() -> QWidget:
    dialog = ExportDialog(None, fresh_office(), None, lambda _request: None)
    dialog.kind.setCurrentIndex(dialog.kind.findData("statistics"))
    dialog.ending.setCurrentIndex(dialog.ending.findData("pdf"))
    return dialog


def _settings(key: str, role: Role = Role.ADMINISTRATOR) -> SettingsRoom:
    office = fresh_office()
    make_after(office)
    admin = as_role(office, role)
    room = SettingsRoom(_context(admin))
    room.open_section(key)
    return room


def _first_day() -> SettingsRoom:
    """責任者が一人しかいない事務局。"""
    room = SettingsRoom(_context(as_role(fresh_office(), Role.ADMINISTRATOR)))
    room.open_section("people")
    return room


def _bad_format() -> SettingsRoom:
    room = _settings("office")
    section = room.sections["office"]
    assert isinstance(section, OfficeSection)
    section.texts["number_format"].setText("第{年度}-{4桁}号")
    section.texts["office_name"].setText("")
    return room


def _upkeep() -> SettingsRoom:
    office = as_role(fresh_office(), Role.ADMINISTRATOR)
    context = _context(office)
    room = SettingsRoom(context)
    room.open_section("upkeep")
    section = room.sections["upkeep"]
    assert isinstance(section, UpkeepSection)
    for act in (section.back_up, section.verify):
        act()
        _ready(context)
    section.check_note.set_text(*check_words(("表 person の行 3：記録と合いません。",)))
    return room


def _account() -> QWidget:
    dialog = AccountDialog(None, fresh_office(), ())
    dialog.password.setText("短い")
    dialog.submit()
    return dialog


def _passphrase() -> QWidget:
    dialog = PassphraseDialog(None, lambda _old, _new: None)
    dialog.submit()
    return dialog


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """認証の後の部屋のすべての姿と窓。"""

    def renewals(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("renewal", "更新・取消", room)

    yield Scene("after_renewal_full", renewals(_renewal))
    yield Scene("after_renewal_case", renewals(lambda: _renewal(2)))
    yield Scene("after_renewal_revoked_dark", renewals(lambda: _renewal(3)), dark=True)
    yield Scene("after_renewal_150", renewals(lambda: _renewal(2)), (1920, 1080), 1.5)
    yield Scene("after_renewal_empty", renewals(_renewal_empty))
    yield from _renewal_dialogs()
    yield from _registers(window_factory)
    yield from _submissions(window_factory)
    yield from _settings_scenes(window_factory)


def _registers(window_factory: WindowFactory) -> Iterator[Scene]:
    def registers(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("register", "認定者名簿", room)

    yield Scene("after_register_full", registers(_register))
    yield Scene("after_register_narrowed", registers(_narrowed))
    yield Scene("after_register_nobody", registers(_nobody))
    yield Scene("after_register_bad_day", registers(_register), after=_bad_day)
    yield Scene("after_register_empty", registers(_register_empty))
    yield Scene("after_register_150", registers(lambda: _register(1)), (1920, 1080), 1.5)
    yield Scene("after_register_dark", registers(lambda: _register(3)), dark=True)
    yield Scene("after_register_password", _password, None)


def _submissions(window_factory: WindowFactory) -> Iterator[Scene]:
    def submissions(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("submission", "帳票・提出", room)

    yield Scene("after_submission_next", submissions(_submission))
    yield Scene("after_submission_sent", submissions(_sent))
    yield Scene("after_submission_first", submissions(lambda: _submission(after=False)))
    yield Scene("after_submission_early", submissions(_submission), after=_early)
    yield Scene("after_submission_empty", submissions(lambda: _ready_submission(fresh_office())))
    yield Scene("after_submission_150_dark", submissions(_submission), (1920, 1080), 1.5, True)
    yield Scene("after_submission_export", _export, None)
    yield Scene("after_submission_statistics", _statistics, None)
    yield Scene("after_submission_returned", _returned, None)


def _settings_scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    def rooms(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("settings", "設定", room)

    for key in ("office", "readings", "people", "log", "display"):
        yield Scene(f"after_settings_{key}", rooms(partial(_settings, key)))
    yield Scene("after_settings_first", rooms(_first_day))
    yield Scene("after_settings_bad", rooms(_bad_format))
    yield Scene("after_settings_upkeep", rooms(_upkeep))
    for key in ("office", "people", "log"):
        yield Scene(f"after_settings_{key}_clerk", rooms(partial(_settings, key, Role.CLERK)))
    yield Scene("after_settings_office_150", rooms(partial(_settings, "office")), (1920, 1080), 1.5)
    yield Scene("after_settings_log_dark", rooms(partial(_settings, "log")), dark=True)
    yield Scene("after_settings_account", _account, None)
    yield Scene("after_settings_passphrase", _passphrase, None)

"""設定：利用者の一覧・追加・停止と、自分のパスワード。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.domain.access import ROLE_NAMES, Role
from app.domain.errors import AccessDenied
from app.services import accounts
from app.services.accounts import SHORTEST_PASSWORD
from app.services.office import Office
from app.services.views.accounts import AccountView
from ui.messages import confirm_dangerous
from ui.rooms.settings.section import Section
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.room import ActionBar
from ui.widgets.saving import SavingDialog
from ui.widgets.secrets import secret_field

MANAGERS_NEEDED = 2
ABOUT_ROLES = {
    Role.CLERK: "日々の仕事（受付・判定・進捗・採点・書き出し）",
    Role.MANAGER: "日々の仕事と、二人目の確認・会議を閉じる・交付・取消し",
    Role.MEMBER: "回避していない案件を読み、表決する",
    Role.AUDITOR: "すべてを読み、監査記録を読む。何も変えない",
    Role.ADMINISTRATOR: "利用者・設定・バックアップ。案件は決められない",
}


def next_step(known: tuple[AccountView, ...]) -> str:
    """仕事を始めるのに足りない人を言う文。足りていれば空。"""
    roles = [a.role for a in known if a.active]
    # 口座が別でも同じ人は二人目になれないので、人を数える
    managers = len({a.person_key for a in known if a.active and a.role == ROLE_NAMES[Role.MANAGER]})
    if not managers and ROLE_NAMES[Role.CLERK] not in roles:
        return (
            "次にすること：「利用者を加える…」で、担当と責任者（二人以上）の口座を作ってください。"
            "受付から提出までの部屋は、担当か責任者にだけ見えます。"
            "作ったら、上の帯の「利用者を替える」を押し、その人がサインインして仕事を始めます。"
        )
    if managers < MANAGERS_NEEDED:
        return (
            f"責任者は、いま{managers}人です。会議を閉じる・番号を欠番にする・認証を取り消すには、責任者が二人要ります。"
            "仕事を始めるには、上の帯の「利用者を替える」を押し、担当か責任者がサインインします。"
        )
    return ""


def new_password_errors(password: str, again: str) -> dict[str, str]:
    """新しいパスワードの二つの欄の誤り。"""
    if len(password) < SHORTEST_PASSWORD:
        return {"password": f"パスワードが短すぎます（{SHORTEST_PASSWORD}文字以上にしてください）。"}
    return {} if password == again else {"again": "二つのパスワードが違います。もう一度入れてください。"}


class AccountDialog(SavingDialog):
    """利用者を加える。"""

    def __init__(self, parent: QWidget | None, office: Office, known: tuple[AccountView, ...]) -> None:
        text = "初めのパスワードは本人に渡し、サインインした後に自分で変えてもらってください。"
        super().__init__(parent, "利用者を加える", text, "加える")
        self._office = office
        self.login, self.name = QLineEdit(), QLineEdit()
        self.role, self.same = QComboBox(), QComboBox()
        for role, name in ROLE_NAMES.items():
            self.role.addItem(f"{name}　{ABOUT_ROLES[role]}", role.value)
        self.same.addItem("いいえ（初めての口座）", "")
        for account in known:
            self.same.addItem(f"{account.name}（{account.login}）と同じ人", account.person_key)
        self.password, self.again = (secret_field(name) for name in ("パスワード", "パスワード（もう一度）"))
        self.form.add("login", "利用者名", self.login, "サインインに使う名。例：yamada", required=True)
        self.form.add("name", "氏名", self.name, "監査記録に残る名", required=True)
        self.form.add("role", "役割", self.role)
        hint = "口座が別でも、同じ人は二人目になれません。"
        self.form.add("same", "口座を持つ人か", self.same, hint)
        self.form.add("password", "パスワード", self.password, required=True)
        self.form.add("again", "もう一度", self.again, required=True)
        self.login.setFocus()

    @property
    def chosen_role(self) -> Role:
        """選ばれた役割。"""
        return Role(str(self.role.currentData()))

    def errors(self) -> dict[str, str]:
        """利用者名・氏名・二つのパスワード。"""
        found = new_password_errors(self.password.text(), self.again.text())
        if not self.login.text().strip():
            found["login"] = "利用者名を入れてください。"
        if not self.name.text().strip():
            found["name"] = "氏名を入れてください。"
        return found

    def save(self) -> None:
        """利用者を加える。"""
        accounts.add_account(
            self._office,
            self.login.text().strip(),
            self.name.text(),
            self.chosen_role,
            self.password.text(),
            person_key=str(self.same.currentData()),
        )


class PasswordChangeDialog(SavingDialog):
    """自分のパスワードを変える。"""

    def __init__(self, parent: QWidget | None, office: Office) -> None:
        super().__init__(parent, "自分のパスワードを変える", "", "変える")
        self._office = office
        self.old, self.password, self.again = (
            secret_field(name)
            for name in ("いまのパスワード", "新しいパスワード", "新しいパスワード（もう一度）")
        )
        self.form.add("old", "いまのパスワード", self.old, required=True)
        hint = f"{SHORTEST_PASSWORD}文字以上"
        self.form.add("password", "新しいパスワード", self.password, hint, required=True)
        self.form.add("again", "もう一度", self.again, required=True)
        self.old.setFocus()

    def errors(self) -> dict[str, str]:
        """三つの欄。"""
        found = new_password_errors(self.password.text(), self.again.text())
        if not self.old.text():
            found["old"] = "いまのパスワードを入れてください。"
        return found

    def save(self) -> None:
        """変える。"""
        accounts.change_password(self._office, self.old.text(), self.password.text())


class PeopleSection(Section):
    """利用者の一覧（管理者だけ）と、自分のパスワード（誰でも）。"""

    people_changed = Signal()
    key, title, about = "people", "利用者", "消すことはできません。やめた人は利用を止めます。"

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """一覧を置く。"""
        self.model = RowsModel(
            (
                Column("利用者名", lambda a: a.login, Kind.TEXT, 150),
                Column("氏名", lambda a: a.name, Kind.TEXT, 220),
                Column("役割", lambda a: a.role, Kind.TEXT, 90),
                Column("状態", _state, Kind.CHIP, 90, tone=lambda a: Tone.OK if a.active else Tone.MUTED),
            ),
            key=lambda a: a.id,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("利用者の一覧")
        self.table.setMinimumHeight(current_look().px(300))
        self.table.row_chosen.connect(self._chosen)
        content.addWidget(self.table, 100)
        content.addStretch(1)
        self.password_button = bar.add("自分のパスワードを変える…", self.change_password)
        self.restore_button = bar.add("利用を戻す", self.restore)
        self.stop_button = bar.add_danger("利用を止める…", self.stop)
        self.add_button = bar.set_main("利用者を加える…", self.add)

    def refresh(self) -> None:
        """一覧を読み直す。見られない役割なら、そう言う。"""
        try:
            found = accounts.list_accounts(self.context.office)
        except AccessDenied:
            found = ()
            words = "利用者の一覧は管理者だけが見られます。自分のパスワードは、ここで変えられます。"
            self.refused.set_text(words)
        else:
            self.refused.set_text("")
        allowed = not self.refused.text
        self.model.set_rows(found)
        for part in (self.table, self.add_button):
            show_if(part, allowed)
        self._chosen(self.table.chosen())

    def _chosen(self, account: AccountView | None) -> None:
        show_if(self.stop_button, account is not None and account.active)
        show_if(self.restore_button, account is not None and not account.active)

    def _done(self, words: str) -> None:
        self.context.changed()
        self.refresh()
        self.people_changed.emit()
        self.page.banner.show_message(words)

    def add(self) -> None:
        """加える窓を開く。"""
        dialog = AccountDialog(self.page, self.context.office, tuple(self.model.rows))
        dialog.saved.connect(lambda: self._done("利用者を加えました。"))
        dialog.open()

    def stop(self) -> None:
        """止める前に、誰が使えなくなるかを確かめる。"""
        account: AccountView | None = self.table.chosen()
        if account is None:
            return
        loss = f"{account.name}さん（{account.login}）はサインインできなくなります。記録はそのまま残り、後から戻せます。"
        confirm_dangerous(
            self.page, "利用を止めます", loss, "利用を止める", lambda: self._set(account, active=False)
        )

    def restore(self) -> None:
        """止めた利用者を戻す。"""
        account: AccountView | None = self.table.chosen()
        if account is not None:
            self._set(account, active=True)

    def _set(self, account: AccountView, *, active: bool) -> None:
        office = self.context.office
        words = f"{account.name}さんの利用を{'戻しました' if active else '止めました'}。"
        if self.context.attempt(
            self.page,
            lambda: accounts.set_active(office, account.id, active),
            words,
            lambda: accounts.set_active(office, account.id, not active),
        ):
            self.refresh()
            self.people_changed.emit()

    def change_password(self) -> None:
        """自分のパスワードを変える窓を開く。"""
        dialog = PasswordChangeDialog(self.page, self.context.office)
        dialog.saved.connect(lambda: self._done("パスワードを変えました。"))
        dialog.open()


def _state(account: AccountView) -> str:
    return "使える" if account.active else "止めた"

"""委員の窓：一覧・追加・任期の終わり。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.calendar import wareki_short
from app.services import committee
from app.services.committee.meetings import MemberForm
from app.services.office import Office
from app.services.views.committee import MemberView
from ui.messages import Dialog
from ui.rooms.committee.interests import InterestsDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import EmptyState
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog, unread

NOT_LINKED = (
    "この口座は、まだ委員と結ばれていないため、案件が見えません。"
    "事務局に、「委員…」の「口座を選ぶ…」で結ぶよう頼んでください。"
)
ROLE_WORDS = {"chair": "議長", "member": "委員"}


def _term(member: MemberView) -> str:
    return f"{wareki_short(member.term_from)}〜{wareki_short(member.term_to) if member.term_to else ''}"


class MemberDialog(SavingDialog):
    """委員を一人加える。"""

    def __init__(self, parent: QWidget | None, office: Office) -> None:
        super().__init__(
            parent,
            "委員を加える",
            "所属機関は、同じ所属の人の案件で利害関係の候補を挙げるのに使います。",
            "加える",
        )
        self._office = office
        self.name, self.reading, self.affiliation, self.lectures = (QLineEdit() for _ in range(4))
        self.role = QComboBox()
        self.role.addItems(["委員", "議長"])
        self.term_from = DateField(office.today(), "任期の始まり")
        self.term_to = DateField(office.today(), "任期の終わり")
        self.form.add("name", "氏名", self.name, required=True)
        self.form.add("reading", "フリガナ", self.reading)
        self.form.add("role", "役", self.role)
        self.form.add("affiliation", "所属機関", self.affiliation)
        self.form.add("lectures", "担当する科目", self.lectures, "養成課程②の講師のとき")
        self.form.add("term_from", "任期の始まり", self.term_from, required=True)
        self.form.add("term_to", "任期の終わり", self.term_to, "決まっていなければ空のまま")
        self.name.setFocus()

    def errors(self) -> dict[str, str]:
        """氏名と任期の始まりは要る。"""
        found = {} if self.name.text().strip() else {"name": "委員の氏名を入れてください。"}
        if self.term_from.value is None:
            found["term_from"] = unread(self.term_from) or "任期の始まりを入れてください。"
        if self.term_to.error:
            found["term_to"] = unread(self.term_to)
        elif self.term_to.value and self.term_from.value and self.term_to.value < self.term_from.value:
            found["term_to"] = "任期の終わりが始まりより前です。"
        return found

    def save(self) -> None:
        """委員を加える。"""
        assert self.term_from.value is not None
        committee.add_member(
            self._office,
            MemberForm(
                self.name.text(),
                self.term_from.value,
                self.term_to.value,
                "chair" if self.role.currentIndex() else "member",
                self.reading.text(),
                self.affiliation.text(),
                self.lectures.text(),
            ),
        )


class AccountLinkDialog(SavingDialog):
    """委員がサインインする口座を選ぶ。"""

    def __init__(self, parent: QWidget | None, office: Office, member: MemberView) -> None:
        words = (
            f"{member.name}さんがサインインする口座を選んでください。結ぶと、回避した案件はその人に見えず、"
            "その人は自分の票だけを入れられます。口座は、管理者が「設定」の「利用者」で役割を委員として作ります。"
        )
        super().__init__(parent, "委員の口座", words, "記録する")
        self._office, self._member = office, member
        self.account = QComboBox()
        self.account.addItem("（口座なし。票は事務局が入れる）", None)
        for one in committee.list_member_accounts(office):
            state = "" if one.active else "　止めた"
            self.account.addItem(f"{one.name}（{one.login}）{state}", one.id)
        self.account.setCurrentIndex(max(0, self.account.findData(member.account_id)))
        self.form.add("account", "口座", self.account)
        self.account.setFocus()

    def save(self) -> None:
        """結ぶ、または外す。"""
        chosen = self.account.currentData()
        committee.link_account(self._office, self._member.id, None if chosen is None else int(chosen))


class EndTermDialog(SavingDialog):
    """委員の任期を終える。"""

    def __init__(self, parent: QWidget | None, office: Office, member: MemberView) -> None:
        super().__init__(
            parent, "任期を終える", f"{member.name}さんの任期の最後の日を入れてください。", "記録する"
        )
        self._office, self._member = office, member
        self.term_to = DateField(office.today(), "任期の終わり")
        self.form.add("term_to", "任期の終わり", self.term_to, required=True)
        self.term_to.setFocus()

    def errors(self) -> dict[str, str]:
        """日付は要る。"""
        if self.term_to.value is None:
            return {"term_to": unread(self.term_to) or "任期の終わりを入れてください。"}
        return {}

    def save(self) -> None:
        """任期の終わりを記す。"""
        assert self.term_to.value is not None
        committee.end_term(self._office, self._member.id, self.term_to.value)


class MembersDialog(Dialog):
    """委員の一覧。ここから加え、任期を終える。"""

    saved = Signal()

    def __init__(self, parent: QWidget | None, office: Office) -> None:
        super().__init__(parent, "認定審査委員会の委員")
        self._office = office
        self._logins: dict[int, str] = {}
        self.model = RowsModel(
            (
                Column("氏名", lambda m: m.name, Kind.NAME, 170, second=lambda m: m.affiliation),
                Column(
                    "役",
                    lambda m: ROLE_WORDS[m.role],
                    Kind.CHIP,
                    64,
                    tone=lambda m: Tone.ACCENT if m.role == "chair" else Tone.MUTED,
                ),
                Column("担当する科目", lambda m: m.lectures, Kind.TEXT, 150),
                Column("任期", _term, Kind.TEXT, 150),
                Column("口座", self._login, Kind.TEXT, 90),
            ),
            key=lambda m: m.id,
        )
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("委員の一覧")
        self.table.setMinimumSize(current_look().px(780), current_look().px(300))
        self.table.row_chosen.connect(self._chosen)
        self.empty = EmptyState()
        self.empty.set_text("委員がまだ登録されていません。", "委員を加える…", self.add_member)
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        self.interests_button = self.add_action("関わり…", self.show_interests)
        self.account_button = self.add_action("口座を選ぶ…", self.link_account)
        self.end_button = self.add_action("任期を終える…", self.end_term)
        self.action_row.addStretch(1)
        self.add_action("閉じる", self.accept)
        self.add_action("委員を加える…", self.add_member, "main")
        self.refresh()

    def refresh(self) -> None:
        """一覧を読み直す。"""
        members = committee.list_members(self._office)
        self._logins = {a.id: a.login for a in committee.list_member_accounts(self._office)}
        self.model.set_rows(members)
        self.table.setVisible(bool(members))
        self.empty.setVisible(not members)
        self._chosen(self.table.chosen())

    def _chosen(self, row: MemberView | None) -> None:
        for made in (self.end_button, self.account_button, self.interests_button):
            made.setEnabled(row is not None)

    def _login(self, member: MemberView) -> str:
        return "" if member.account_id is None else self._logins.get(member.account_id, "")

    def _saved(self) -> None:
        self.refresh()
        self.saved.emit()

    def add_member(self) -> None:
        """加える窓を開く。"""
        dialog = MemberDialog(self, self._office)
        dialog.saved.connect(self._saved)
        dialog.open()

    def show_interests(self) -> None:
        """利害関係の候補を挙げるための事実の窓を開く。"""
        if (member := self.table.chosen()) is not None:
            dialog = InterestsDialog(self, self._office, member)
            dialog.saved.connect(self._saved)
            dialog.open()

    def link_account(self) -> None:
        """口座を選ぶ窓を開く。"""
        if (member := self.table.chosen()) is not None:
            dialog = AccountLinkDialog(self, self._office, member)
            dialog.saved.connect(self._saved)
            dialog.open()

    def end_term(self) -> None:
        """任期を終える窓を開く。"""
        if (member := self.table.chosen()) is not None:
            dialog = EndTermDialog(self, self._office, member)
            dialog.saved.connect(self._saved)
            dialog.open()

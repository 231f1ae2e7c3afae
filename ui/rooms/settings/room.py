"""設定：事務局と書類・要綱の読み・利用者・保守・監査記録・表示。"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from app.services import accounts
from ui.rooms.context import RoomContext
from ui.rooms.settings.display import DisplaySection
from ui.rooms.settings.log import LogSection
from ui.rooms.settings.office import OfficeSection
from ui.rooms.settings.people import PeopleSection, next_step
from ui.rooms.settings.readings import ReadingsSection
from ui.rooms.settings.section import Section
from ui.rooms.settings.upkeep import UpkeepSection
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look, show_if
from ui.widgets.cards import NoteBox, button
from ui.widgets.room import ListPane, RoomPage

SECTIONS: tuple[type[Section], ...] = (
    OfficeSection,
    ReadingsSection,
    PeopleSection,
    UpkeepSection,
    LogSection,
    DisplaySection,
)


def waiting(_context: RoomContext) -> tuple[int, bool]:
    """待つ仕事はない。"""
    return 0, False


class SettingsRoom(RoomPage):
    """左に区画の一覧、右に選んだ区画。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("設定")
        self._context = context
        self.model = RowsModel((Column("区画", lambda s: s.title, Kind.TEXT, 200),), key=lambda s: s.key)
        self.model.set_rows(SECTIONS)
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("設定の区画")
        self.table.setSortingEnabled(False)
        self.table.horizontalHeader().hide()
        pane = ListPane()
        pane.set_content(self.table)
        pane.show_content()
        pane.setFixedWidth(current_look().px(200))
        self.stack = QStackedWidget()
        self.sections: dict[str, Section] = {}
        for kind in SECTIONS:
            section = kind(context, self)
            self.sections[kind.key] = section
            self.stack.addWidget(section)
            if isinstance(section, PeopleSection):
                section.people_changed.connect(self._show_guide)
        row = QHBoxLayout()
        row.setSpacing(current_look().px(t.GAP_3))
        row.addWidget(pane)
        row.addWidget(self.stack, 1)
        self.guide = NoteBox("", t.Tone.ACCENT)
        self.guide_button = button("利用者を加える…", "small", self._add_account)
        guide = QHBoxLayout()
        guide.setSpacing(current_look().px(t.GAP_3))
        guide.addWidget(self.guide, 1)
        guide.addWidget(self.guide_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(guide)
        self.body.addLayout(row, 1)
        self.table.row_chosen.connect(self._chosen)
        self.table.selectRow(0)
        save = QShortcut(QKeySequence.StandardKey.Save, self)
        save.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(self.main_action)

    @property
    def section(self) -> Section | None:
        """いま出している区画。"""
        found = self.stack.currentWidget()
        return found if isinstance(found, Section) else None

    def _show_guide(self) -> None:
        """管理者に、仕事を始めるのに足りない人を言う。"""
        office = self._context.office
        known = accounts.list_accounts(office) if office.may("accounts.list_accounts") else None
        words = "" if known is None else next_step(known)
        self.guide.set_text(words, t.Tone.ACCENT)
        show_if(self.guide_button, bool(words))

    def _add_account(self) -> None:
        self.open_section(PeopleSection.key)
        section = self.sections[PeopleSection.key]
        assert isinstance(section, PeopleSection)
        section.add()

    def open_section(self, key: str) -> None:
        """区画を開く。"""
        self.table.select_key(key)

    def _chosen(self, kind: type[Section] | None) -> None:
        if kind is None:
            return
        section = self.sections[kind.key]
        self.stack.setCurrentWidget(section)
        self.banner.clear()
        section.refresh()
        self._show_guide()

    def refresh(self) -> None:
        """いまの区画と、次にすることを書き直す。"""
        self._show_guide()
        if (section := self.section) is not None:
            section.refresh()

    def main_action(self) -> None:
        """いまの区画の主な操作（Ctrl+Enter）。"""
        if (section := self.section) is not None:
            section.actions_bar.trigger_main()

"""設定の一区画の型：見出し、巻ける中身、操作の列。"""

from PySide6.QtWidgets import QVBoxLayout

from ui.rooms.context import RoomContext
from ui.widgets.cards import NoteBox
from ui.widgets.room import ActionBar, RecordPane, RoomPage


class Section(RecordPane):
    """一区画。refused は、その役割では見られないときの言葉。"""

    key, title, about = "", "", ""

    def __init__(self, context: RoomContext, page: RoomPage) -> None:
        super().__init__()
        self.context, self.page = context, page
        self.refused = NoteBox("")
        self.content.addWidget(self.refused)
        self.build(self.content, self.actions_bar)
        self.show_record(self.title, self.about)

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """部品を置く。"""

    def refresh(self) -> None:
        """いまの記録から書き直す。"""

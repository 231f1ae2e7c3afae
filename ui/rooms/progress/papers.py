"""集合研修の紙：名簿・名札・卓上名札の下見と書き出し。"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import progress
from app.services.views.progress import BoardView
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.paper import PaperView, page_count
from ui.widgets.room import RoomPage


class TrainingPapersDialog(Dialog):
    """紙の種類と集合研修を選び、下見して PDF に書き出す。"""

    def __init__(
        self, page: RoomPage, context: RoomContext, board: BoardView, told: Callable[[str], None]
    ) -> None:
        super().__init__(
            page, "集合研修の紙", "養成課程②に進み、辞退していない人を刷ります。氏名は記録のとおりです。"
        )
        self._page, self._context, self._told = page, context, told
        self._pdf: bytes | None = None
        self._place = self._turn = 0
        self.setMinimumWidth(current_look().px(720))
        self.kind, self.session = QComboBox(), QComboBox()
        self.kind.setAccessibleName("紙の種類")
        self.session.setAccessibleName("集合研修")
        for code, words in progress.PAPERS.items():
            self.kind.addItem(words, code)
        for s in board.sessions:
            self.session.addItem(f"{s.title}（{wareki(s.day)}）", s.id)
        row = QHBoxLayout()
        for part in (label("紙", "muted"), self.kind, label("集合研修", "muted"), self.session):
            row.addWidget(part)
        row.addStretch(1)
        self.back = button("前の頁", "small", lambda: self.turn(-1))
        self.count = label("", "caption")
        self.forward = button("次の頁", "small", lambda: self.turn(1))
        row.addWidget(self.back)
        row.addWidget(self.count)
        row.addWidget(self.forward)
        self.note, self.paper = NoteBox(""), PaperView("紙の下見")
        self.body.addLayout(row)
        self.body.addWidget(self.note)
        self.body.addWidget(self.paper)
        self.limit_content(current_look().px(560))
        self.add_action("閉じる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("PDF に書き出す…", self.write, "main")
        for box in (self.kind, self.session):
            box.currentIndexChanged.connect(lambda _place: self.refresh())
        self.refresh()
        self.kind.setFocus()

    def refresh(self) -> None:
        """選んだ紙を、画面の外で組み直す。"""
        self._turn += 1
        turn, office = self._turn, self._context.office
        session, kind = self.session.currentData(), self.kind.currentData()
        self._show(None)

        def made(pdf: bytes) -> None:
            if turn == self._turn:
                self._show(pdf)

        def refused(refusal: RuleViolation) -> None:
            if turn == self._turn:
                self.note.set_text(str(refusal), Tone.BAD)

        work_beside(
            self._context,
            self,
            lambda: progress.preview_training_paper(office, session, kind),
            made,
            refused,
        )

    def _show(self, pdf: bytes | None) -> None:
        self._pdf, self._place = pdf, 0
        self.note.set_text("")
        may = self._context.office.may("progress.write_training_paper")
        self.main_button.setEnabled(pdf is not None and may)
        self.turn(0)

    def turn(self, by: int) -> None:
        """頁をめくる。"""
        total = 0 if self._pdf is None else page_count(self._pdf)
        self._place = min(max(0, self._place + by), max(0, total - 1))
        self.paper.set_pdf(self._pdf, self._place)
        self.count.setText(f"{self._place + 1}／{total}頁" if total else "")
        self.back.setEnabled(self._place > 0)
        self.forward.setEnabled(self._place + 1 < total)

    def write(self) -> None:
        """PDF に書き出す。"""
        session, kind, office = self.session.currentData(), self.kind.currentData(), self._context.office
        words = progress.FILE_WORDS[kind]

        def write(path: Path) -> None:
            work_beside(
                self._context,
                self,
                lambda: progress.write_training_paper(office, session, kind, path),
                lambda done: self._written(words, done),
                lambda refusal: self.note.set_text(str(refusal), Tone.BAD),
            )

        self._context.save_path(self, f"{words}を保存", f"{words}.pdf", write)

    def _written(self, words: str, path: Path) -> None:
        self.accept()
        self._told(f"{words}を書き出しました：{path}")

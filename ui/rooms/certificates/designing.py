"""紙の設計の下見：設計とファイルを、むずかしい氏名の見本で確かめ、使う設計を選ぶ。"""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.domain.access import role_words
from app.domain.errors import RuleViolation
from app.services import certificates
from app.services.certificates.designs import SAMPLES
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.paper import PaperView

_SETTLE = 200  # ファイルが書き終わるのを待つ（ミリ秒）


class DesignDialog(Dialog):
    """設計を選ぶか、設計のファイルを開いて下見する。開いたファイルは、書き替わるたびに描き直す。"""

    def __init__(self, parent: QWidget | None, context: RoomContext) -> None:
        super().__init__(
            parent,
            "認定証の紙の設計",
            "見本の氏名で下見します。番号も二次元コードも見本で、紙としては使えません。",
        )
        self._context = context
        self.file: Path | None = None
        self._turn = 0
        self.setMinimumWidth(current_look().px(760))
        self.design, self.name = QComboBox(), QComboBox()
        self.design.setAccessibleName("紙の設計")
        self.name.setAccessibleName("見本の氏名")
        self.name.setEditable(True)
        self.name.addItems(list(SAMPLES))
        self.name.setMinimumWidth(current_look().px(240))
        self.file_button = button("設計のファイルを下見…", "small", self.choose_file)
        self.seal_button = button("公印の絵…", "small", lambda: self.choose_picture("seal", "公印"))
        self.signature_button = button("署名の絵…", "small", lambda: self.choose_picture("signature", "署名"))
        row, pictures = QHBoxLayout(), QHBoxLayout()
        for part in (label("紙の設計", "muted"), self.design, label("見本の氏名", "muted"), self.name):
            row.addWidget(part)
        row.addStretch(1)
        for made in (self.file_button, self.seal_button, self.signature_button):
            pictures.addWidget(made)
        pictures.addStretch(1)
        self.note, self.paper = NoteBox(""), PaperView("認定証の下見")
        self.body.addLayout(row)
        self.body.addLayout(pictures)
        self.body.addWidget(self.note)
        self.body.addWidget(self.paper)
        self.limit_content(current_look().px(560))
        self.add_action("閉じる", self.reject)
        self.action_row.addStretch(1)
        self.main_button = self.add_action("この設計を使う", self.submit, "main")
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, interval=_SETTLE, singleShot=True)
        self._timer.timeout.connect(self.draw)
        self._watcher.fileChanged.connect(self._file_changed)
        self._load()
        self.design.currentIndexChanged.connect(lambda _place: self._design_chosen())
        self.name.currentTextChanged.connect(lambda _text: self._timer.start())
        self.draw()

    def _load(self) -> None:
        for place, found in enumerate(certificates.list_designs(self._context.office)):
            self.design.addItem(found.title + ("（使用中）" if found.chosen else ""), found.key)
            if found.chosen:
                self.design.setCurrentIndex(place)
        may = self._context.office.may("certificates.set_design")
        for made in (self.main_button, self.seal_button, self.signature_button):
            made.setEnabled(may)
        if not may:
            who = role_words("certificates.set_design")
            self.main_button.setToolTip(f"紙の設計を替えられるのは、{who}です。")

    def _design_chosen(self) -> None:
        self._forget_file()
        self.draw()

    def _forget_file(self) -> None:
        if self.file is not None:
            self._watcher.removePath(str(self.file))
        self.file = None
        self.file_button.setText("設計のファイルを下見…")

    def choose_file(self) -> None:
        """下見する TOML のファイルを選ぶ。"""
        self._context.open_path(self, "設計のファイル", "紙の設計 (*.toml)", self.watch)

    def watch(self, path: Path) -> None:
        """ファイルの設計を下見し、書き替わるたびに描き直す。"""
        self._forget_file()
        self.file = path
        self._watcher.addPath(str(path))
        self.file_button.setText(path.name.replace("&", "&&"))
        self.draw()

    def _file_changed(self, path: str) -> None:
        # 編集するプログラムは、新しいファイルに置き換えることがある
        if path not in self._watcher.files() and Path(path).exists():
            self._watcher.addPath(path)
        self._timer.start()

    def draw(self) -> None:
        """いまの設計と見本の氏名で、画面の外で組み直す。"""
        self._turn += 1
        turn, office, file = self._turn, self._context.office, self.file
        key, name = str(self.design.currentData()), self.name.currentText()
        self.main_button.setEnabled(file is None and office.may("certificates.set_design"))
        work_beside(
            self._context,
            self,
            lambda: certificates.preview_design(office, key, file, name),
            lambda pdf: self._show(turn, pdf, ""),
            lambda refusal: self._show(turn, None, str(refusal)),
        )

    def _show(self, turn: int, pdf: bytes | None, words: str) -> None:
        if turn == self._turn:
            self.note.set_text(words, Tone.BAD)
            self.paper.set_pdf(pdf)

    def choose_picture(self, kind: str, words: str) -> None:
        """公印か署名の絵を選ぶ。"""

        def chosen(path: Path) -> None:
            try:
                certificates.set_picture(self._context.office, kind, path)
            except RuleViolation as refusal:
                self.note.set_text(str(refusal), Tone.BAD)
                return
            self.draw()

        self._context.open_path(self, f"{words}の絵", "絵 (*.png *.jpg *.jpeg)", chosen)

    def submit(self) -> None:
        """選んだ設計を使う。"""
        try:
            certificates.set_design(self._context.office, str(self.design.currentData()))
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self.accept()

"""受付の窓：書類の写しを付け、見て、保存する。中身はデータベースの中にだけある。"""

from pathlib import Path

import pypdfium2
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QScrollArea, QWidget

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import intake
from app.services.files import write_whole
from app.services.intake import DOCUMENT_KINDS, DocumentRow
from app.services.views.intake import ApplicationView
from ui.messages import Dialog
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, set_role, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.paper import PaperView, page_count
from ui.widgets.saving import SavingDialog

FILES = "書類の写し (*.pdf *.png *.jpg *.jpeg *.tif *.tiff)"
_KILO = 1024


def size_words(size: int) -> str:
    """大きさ（バイト）の言葉。"""
    if size < _KILO * _KILO:
        return f"{max(1, round(size / _KILO)):,} KB"
    return f"{size / _KILO / _KILO:.1f} MB"


def document_lines(documents: tuple[DocumentRow, ...]) -> str:
    """付いている書類と、まだない種類の言葉。"""
    lines = [f"{d.kind}　{wareki(d.received_on)}　{d.file_name}" for d in documents]
    missing = [k for k in DOCUMENT_KINDS[:-1] if k not in {d.kind for d in documents}]
    if missing:
        lines.append(f"まだない書類：{'・'.join(missing)}")
    return "\n".join(lines)


class AttachDialog(SavingDialog):
    """書類の写しを一つ付ける。"""

    def __init__(self, parent: QWidget, context: RoomContext, application: ApplicationView) -> None:
        super().__init__(
            parent,
            "書類を付ける",
            f"{application.person.name}さんの書類の写し（PDF・PNG・JPEG・TIFF、20 MB まで）。"
            "データベースの中に暗号化して置きます。もとのファイルはそのまま残ります。",
            "付ける",
        )
        self._context, self._application_id = context, application.id
        self.kind, self.path = QComboBox(), QLineEdit()
        self.kind.addItems(list(DOCUMENT_KINDS))
        self.path.setAccessibleName("書類のファイル")
        self.choose_button = button("選ぶ…", "", self.choose)
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose_button)
        beside.setFocusProxy(self.path)
        self.form.add("kind", "種類", self.kind, required=True)
        self.form.add("path", "ファイル", beside, required=True)
        self.choose_button.setFocus()

    def choose(self) -> None:
        """ファイルを選ぶ。"""
        self._context.open_path(
            self, "書類のファイルを選ぶ", FILES, lambda path: self.path.setText(str(path))
        )

    def errors(self) -> dict[str, str]:
        """ファイルは要る。"""
        return {} if self.path.text().strip() else {"path": "書類のファイルを選んでください。"}

    def save(self) -> None:
        """付ける。"""
        path = Path(self.path.text().strip())
        intake.attach_document(self._context.office, self._application_id, self.kind.currentText(), path)

    def refused(self, refusal: RuleViolation) -> None:
        """受け取れないファイルの理由は、欄の横に言う。"""
        self.show_errors({"path": str(refusal)})


class DocumentsDialog(Dialog):
    """付いている書類の一覧。一つを窓の中で見るか、ファイルに保存する。見たこと・保存したことは監査記録に残る。"""

    changed = Signal()

    def __init__(self, parent: QWidget, context: RoomContext, application: ApplicationView) -> None:
        super().__init__(
            parent, f"{application.person.name}さんの書類", "見たことと保存したことは、監査記録に残ります。"
        )
        self._context, self._application = context, application
        self._content, self._page, self._pages = b"", 0, 1
        px = current_look().px
        self.setMinimumSize(px(640), px(480))
        self.note = NoteBox("")
        self.model: RowsModel = RowsModel(
            (
                Column("種類", lambda d: d.kind, Kind.TEXT, 130),
                Column("ファイル", lambda d: d.file_name, Kind.TEXT, 220),
                Column("受領日", lambda d: d.received_on, Kind.DATE_SHORT, 90),
                Column("大きさ", lambda d: size_words(d.size), Kind.TEXT, 80),
            ),
            key=lambda d: d.id,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("付いている書類")
        self.table.row_chosen.connect(lambda _row: self._clear_view())
        self.body.addWidget(self.note)
        self.body.addWidget(self.table, 1)
        self._build_view()
        self.attach_button = self.add_action("書類を付ける…", self.attach)
        self.save_button = self.add_action("保存…", self.save)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.view_button = self.add_action("見る", self.view, "main")
        self.refresh()

    def _build_view(self) -> None:
        self.paper = PaperView("書類の写し")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        set_role(self.paper, "scrolled")
        self.area.setWidget(self.paper)
        self.area.setMinimumHeight(current_look().px(260))
        self.area.hide()
        self.pages = QWidget()
        row = QHBoxLayout(self.pages)
        row.setContentsMargins(0, 0, 0, 0)
        self.back_button = button("前の頁", "small", lambda: self._turn(-1))
        self.next_button = button("次の頁", "small", lambda: self._turn(1))
        self.page_words = label("", "caption")
        for widget in (self.back_button, self.next_button, self.page_words):
            row.addWidget(widget)
        row.addStretch(1)
        self.pages.hide()
        self.body.addWidget(self.area, 3)
        self.body.addWidget(self.pages)

    def refresh(self) -> None:
        """一覧を書き直す。"""
        self.model.set_rows(intake.list_documents(self._context.office, self._application.id))
        some = bool(self.model.rows)
        self.note.set_text("" if some else "まだ書類がありません。［書類を付ける…］で写しを付けてください。")
        self.view_button.setEnabled(some)
        self.save_button.setEnabled(some)
        if some and self.table.chosen() is None:
            self.table.selectRow(0)

    def attach(self) -> None:
        """書類を付ける窓を開く。"""
        dialog = AttachDialog(self, self._context, self._application)
        dialog.saved.connect(self.refresh)
        dialog.saved.connect(self.changed)
        dialog.open()

    def _read(self) -> bytes | None:
        """選ばれた書類の中身。断られたら理由を出して None。"""
        chosen: DocumentRow | None = self.table.chosen()
        if chosen is None:
            return None
        try:
            return intake.read_document(self._context.office, chosen.id)
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return None

    def view(self) -> None:
        """選ばれた書類を窓の中で見る。"""
        content = self._read()
        if content is None:
            return
        self._content, self._page = content, 0
        self.note.set_text("")
        self._draw()

    def _draw(self) -> None:
        """いまの頁を見せる。壊れた書類は、保存して開くように言う。"""
        try:
            if self._content.startswith(b"%PDF-"):
                self._pages = page_count(self._content)
                self.paper.set_pdf(self._content, self._page)
            else:
                self._pages = 1
                self.paper.set_image(QImage.fromData(self._content))
        except pypdfium2.PdfiumError:
            self.paper.set_image(QImage())
        if self.paper.image.isNull():
            self._clear_view()
            words = (
                "この書類は、ここでは表示できません。［保存…］で保存し、ほかのプログラムで開いてください。"
            )
            self.note.set_text(words)
            return
        self.area.show()
        show_if(self.pages, self._pages > 1)
        self.page_words.setText(f"{self._page + 1} / {self._pages}頁")
        self.back_button.setEnabled(self._page > 0)
        self.next_button.setEnabled(self._page + 1 < self._pages)

    def _turn(self, step: int) -> None:
        self._page += step
        self._draw()

    def _clear_view(self) -> None:
        self._content = b""
        self.area.hide()
        self.pages.hide()

    def save(self) -> None:
        """選ばれた書類をファイルに書く。"""
        chosen: DocumentRow | None = self.table.chosen()
        if chosen is not None:
            self._context.save_path(self, "書類を保存", chosen.file_name, self._save)

    def _save(self, path: Path) -> None:
        content = self._read()
        if content is None:
            return
        try:
            write_whole(path, content)
        except RuleViolation as refusal:
            self.note.set_text(str(refusal), Tone.BAD)
            return
        self.note.set_text(f"書類を書きました：{path}", Tone.OK)

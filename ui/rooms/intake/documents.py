"""受付の窓：書類の写しを付け、見て、差し替え、保存する。中身はデータベースの中にだけある。"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.documents import OTHER
from app.domain.errors import RuleViolation
from app.services import intake
from app.services.files import write_whole
from app.services.intake import DOCUMENT_KINDS, DocumentRow
from app.services.views.intake import ApplicationView
from ui.messages import Dialog, ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import WorkingDialog, work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button
from ui.widgets.scan_view import ScanView, scan_page, scan_pages

FILES = "書類の写し (*.pdf *.png *.jpg *.jpeg *.tif *.tiff)"
_KILO = 1024
_UNSHOWN = "この書類は、ここでは表示できません。［保存…］で保存し、ほかのプログラムで開いてください。"


def size_words(size: int) -> str:
    """大きさ（バイト）の言葉。"""
    if size < _KILO * _KILO:
        return f"{max(1, round(size / _KILO)):,} KB"
    return f"{size / _KILO / _KILO:.1f} MB"


class PathField(QWidget):
    """ファイルの場所の欄と、選ぶボタン。"""

    def __init__(self, context: RoomContext, title: str, patterns: str = FILES) -> None:
        super().__init__()
        self._context, self._title, self._patterns = context, title, patterns
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.choose_button = button("選ぶ…", "", self.choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose_button)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path | None:
        """書かれた場所。空なら None。"""
        text = self.edit.text().strip()
        return Path(text) if text else None

    def choose(self) -> None:
        """ファイルを選ぶ。"""
        self._context.open_path(
            self, f"{self._title}を選ぶ", self._patterns, lambda path: self.edit.setText(str(path))
        )


class AttachDialog(WorkingDialog):
    """書類の写しを一つ付ける。kinds は選べる書類（書類の確認の行）、chosen は初めに選ぶもの。"""

    def __init__(
        self,
        parent: QWidget,
        context: RoomContext,
        application: ApplicationView,
        kinds: tuple[str, ...] = (),
        chosen: str = "",
    ) -> None:
        super().__init__(
            parent,
            context,
            "書類を付ける",
            f"{application.person.name}さんの書類の写し（PDF・JPEG・PNG・TIFF、20 MB まで）。"
            "データベースの中に暗号化して置きます。もとのファイルはそのまま残ります。",
            "付ける",
        )
        self._application_id = application.id
        self.kind = QComboBox()
        self.kind.addItems(list(dict.fromkeys([*kinds, OTHER])) if kinds else list(DOCUMENT_KINDS))
        if chosen:
            self.kind.setCurrentText(chosen)
        self.place = PathField(context, "書類のファイル")
        self.path, self.choose_button = self.place.edit, self.place.choose_button
        self.form.add("kind", "書類", self.kind, required=True)
        self.form.add("path", "ファイル", self.place, required=True)
        self.choose_button.setFocus()

    def errors(self) -> dict[str, str]:
        """ファイルは要る。"""
        return {} if self.place.path else {"path": "書類のファイルを選んでください。"}

    def work(self) -> Callable[[], Any]:
        """付ける。"""
        kind, path = self.kind.currentText(), self.place.path or Path()
        return partial(intake.attach_document, self._context.office, self._application_id, kind, path)

    def refused(self, refusal: RuleViolation) -> None:
        """受け取れないファイルの理由は、欄の横に言う。"""
        self.show_errors({"path": str(refusal)})


class DocumentsDialog(Dialog):
    """付いている書類を、一覧と並べて窓の中で見る。見たこと・保存したことは監査記録に残る。

    Alt+↓・Alt+↑ で次・前の書類、← → で頁（終わりまで来れば次の書類）へ移る。
    """

    changed = Signal()

    def __init__(
        self,
        parent: QWidget,
        context: RoomContext,
        application: ApplicationView,
        document_id: int | None = None,
        kinds: tuple[str, ...] = (),
    ) -> None:
        super().__init__(
            parent,
            f"{application.person.name}さんの書類",
            "見たことと保存したことは、監査記録に残ります。Alt+↓↑で前後の書類、← →で頁、＋－で拡大と縮小。",
        )
        self._context, self._application, self._kinds = context, application, kinds
        self._content, self._page, self._pages, self._turn = b"", 0, 1, 0
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1080), room.width()), min(px(760), room.height()))
        self.note = NoteBox("")
        self.model: RowsModel = RowsModel(
            (
                Column("書類", lambda d: d.kind, Kind.NAME, 190, second=_file_words),
                Column("受領日", lambda d: d.received_on, Kind.DATE_SHORT, 82),
                Column("", _standing, Kind.CHIP, 80),
            ),
            key=lambda d: d.id,
        )
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("付いている書類")
        self.table.opened.connect(lambda _row: self.view())
        self.paper = ScanView()
        self.paper.stepped.connect(self._step)
        self._build(px(360), px(480))
        self.refresh()
        if document_id is not None and self.table.select_key(document_id):
            self.view()

    def _build(self, left: int, right: int) -> None:
        self.body.addWidget(self.note)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        self.replace_button = button("差し替える…", "small", self.replace)
        self.remove_button = button("除く…", "small", self.remove)
        for made in (self.replace_button, self.remove_button):
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(beside)
        splitter.addWidget(self.paper)
        splitter.setSizes([left, right])
        splitter.setStretchFactor(1, 1)
        self.body.addWidget(splitter, 1)
        self.attach_button = self.add_action("書類を付ける…", self.attach)
        self.save_button = self.add_action("保存…", self.save)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.view_button = self.add_action("見る", self.view, "main")
        for keys, step in (("Alt+Down", 1), ("Alt+Up", -1)):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda s=step: self._next_document(s))

    def refresh(self) -> None:
        """一覧を書き直す。"""
        self.model.set_rows(intake.list_documents(self._context.office, self._application.id))
        some = bool(self.model.rows)
        self.note.set_text("" if some else "まだ写しがありません。［書類を付ける…］で付けてください。")
        for made in (self.view_button, self.save_button, self.replace_button, self.remove_button):
            made.setEnabled(some)
        if some and self.table.chosen() is None:
            self.table.selectRow(0)

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)

    def _beside(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """画面の外で行う。ほかの書類に移った後や、閉じた後に届いたものは捨てる。"""
        self._turn += 1
        turn = self._turn

        def fresh(act: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: act(value) if turn == self._turn else None

        work_beside(self._context, self, work, fresh(done), fresh(self._refused))

    def done(self, result: int) -> None:
        """閉じる。これから届くものは捨てる。"""
        self._turn += 1
        super().done(result)

    def view(self) -> None:
        """選ばれた書類を窓の中で見る。"""
        chosen: DocumentRow | None = self.table.chosen()
        if chosen is None:
            return
        office, document_id = self._context.office, chosen.id
        self.paper.clear()
        self.note.set_text("")

        def read() -> tuple[bytes, int, QImage]:
            content = intake.read_document(office, document_id)
            return (content, *_opened(content, 0))

        self._beside(read, self._opened)

    def _opened(self, found: tuple[bytes, int, QImage]) -> None:
        self._content, self._pages, image = found
        self._page = 0
        self._show(image)
        self.paper.setFocus()

    def _show(self, image: QImage) -> None:
        """いまの頁を見せる。表示できない書類は、保存して開くように言う。"""
        self.paper.set_image(image, self._page, self._pages)
        self.note.set_text(_UNSHOWN if image.isNull() else "")

    def _step(self, step: int) -> None:
        """前後の頁へ。端まで来れば前後の書類へ。"""
        page = self._page + step
        if not 0 <= page < self._pages or not self._content:
            self._next_document(step)
            return
        content = self._content

        def turned(found: tuple[int, QImage]) -> None:
            self._page = page
            self._show(found[1])

        self._beside(lambda: _opened(content, page), turned)

    def _next_document(self, step: int) -> None:
        place = self.table.currentIndex().row() + step
        if 0 <= place < len(self.model.rows):
            self.table.selectRow(place)
            self.view()

    def _finished(self, words: str) -> None:
        self.refresh()
        self.changed.emit()
        self.note.set_text(words, Tone.OK)

    def attach(self) -> None:
        """書類を付ける窓を開く。"""
        dialog = AttachDialog(self, self._context, self._application, self._kinds)
        dialog.saved.connect(lambda: self._finished("書類を付けました。"))
        dialog.open()

    def replace(self) -> None:
        """選ばれた写しを、新しいファイルに差し替える。"""
        chosen: DocumentRow | None = self.table.chosen()
        if chosen is None:
            return

        def given(path: Path) -> None:
            work = partial(intake.replace_document, self._context.office, chosen.id, path)
            words = f"「{chosen.kind}」を差し替えました。前の写しも残っています。"
            self._beside(work, lambda _new: self._finished(words))

        self._context.open_path(self, f"「{chosen.kind}」の新しい写しを選ぶ", FILES, given)

    def remove(self) -> None:
        """誤って付けた写しを、理由を添えて除く。"""
        chosen: DocumentRow | None = self.table.chosen()
        if chosen is None:
            return

        def given(reason: str) -> None:
            try:
                intake.remove_document(self._context.office, chosen.id, reason)
            except RuleViolation as refusal:
                self._refused(refusal)
                return
            self.paper.clear()
            self._finished(f"「{chosen.kind}」の写しを除きました。理由は監査記録に残りました。")

        words = (
            f"「{chosen.kind}」（{chosen.file_name}）の写しを除きます。別の人の書類を誤って付けたときなどに使います。"
            "写しの中身は戻せません。直したものに替えるだけなら、［差し替える…］を使ってください。"
        )
        ask_reason(self, "写しを除く", words, "除く", given)

    def save(self) -> None:
        """選ばれた書類をファイルに書く。"""
        chosen: DocumentRow | None = self.table.chosen()
        if chosen is not None:
            self._context.save_path(self, "書類を保存", chosen.file_name, partial(self._save, chosen.id))

    def _save(self, document_id: int, path: Path) -> None:
        def write() -> None:
            write_whole(path, intake.read_document(self._context.office, document_id))

        words = f"書類を書きました：{path}"
        self._beside(write, lambda _done: self.note.set_text(words, Tone.OK))


def _file_words(row: DocumentRow) -> str:
    return f"{size_words(row.size)}　{row.file_name}"


def _standing(row: DocumentRow) -> str:
    return "" if row.replaced_by_id is None else "差替え前"


def _opened(content: bytes, page: int) -> tuple[int, QImage]:
    """頁の数と、一頁の絵。開けなければ（1, 空の絵）。"""
    try:
        return scan_pages(content), scan_page(content, page)
    except pypdfium2.PdfiumError:
        return 1, QImage()

"""手引きの窓：同梱の頁を見せ、頁を移り、言葉を探す。頁は resources/manual の Markdown。"""

import re
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTextBrowser, QWidget

from ui.messages import Dialog
from ui.theme import tokens as t
from ui.theme.style import Look, current_look
from ui.widgets.cards import button, label

INDEX = "index"
# 目次の順。探すときも、この順に次の頁へ進む
PAGES = (
    INDEX,
    "signing_in",
    "home",
    "intake",
    "eligibility",
    "progress",
    "scoring",
    "committee",
    "certificates",
    "renewal",
    "register",
    "submission",
    "settings",
    "backup",
    "readings",
    "problems",
    "command_line",
)
_SCHEME = "manual"
_PICTURE = re.compile(r"^!\[[^\]\n]*\]\((images/[A-Za-z0-9_.-]+)\)\n?", re.MULTILINE)
_MISSING = "この画面の手引きは、まだありません。\n\n[目次を見る](index.md)\n"
_WIDTH, _HEIGHT = 820, 560


def manual_folder() -> Traversable:
    """同梱の手引きの置き場。"""
    return files("resources") / "manual"


def manual_text(key: str, folder: Traversable | None = None) -> str:
    """頁の文（Markdown）。まだなければその旨。folder（省けば同梱の置き場）にない絵は行ごと除く。"""
    place = folder or manual_folder()
    page = place / f"{key}.md"
    if key not in PAGES or not page.is_file():
        return _MISSING

    def kept(found: re.Match[str]) -> str:
        return found.group() if (place / found.group(1)).is_file() else ""

    return _PICTURE.sub(kept, page.read_text(encoding="utf-8"))


def _address(key: str) -> QUrl:
    return QUrl(f"{_SCHEME}:/{key}.md")


class ManualBrowser(QTextBrowser):
    """手引きの頁。頁の中のつなぎで移り、外へはつながない。"""

    def __init__(self, folder: Traversable | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or manual_folder()
        self.setAccessibleName("手引き")
        self.setOpenLinks(False)
        # 横には巻かない。長い一続きの字も、枠の幅で折り返す
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # 縦の帯が出入りすると、絵の幅を計ったあとで枠の幅が変わる
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(0)
        self._fitting.timeout.connect(self._fit_pictures)
        self.anchorClicked.connect(self.follow)
        self.sourceChanged.connect(lambda _url: self._dress())

    @property
    def page(self) -> str:
        """いま見せている頁の名。"""
        return self.source().path().removeprefix("/").removesuffix(".md")

    def open_page(self, key: str) -> None:
        """頁を開く。"""
        self.setSource(_address(key), QTextDocument.ResourceType.MarkdownResource)

    def follow(self, url: QUrl) -> None:
        """頁の中のつなぎをたどる。手引きの外を指すものは開かない。"""
        key = url.path().removeprefix("/").removesuffix(".md")
        if url.scheme() in ("", _SCHEME) and key in PAGES:
            self.open_page(key)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """頁と絵を同梱の資源から渡す（場所の名をたどらせない）。"""
        path = QUrl(name).path().removeprefix("/")
        if kind == QTextDocument.ResourceType.ImageResource.value:
            return self._picture(path)
        return manual_text(path.removesuffix(".md"), self._folder)

    def _picture(self, path: str) -> QImage:
        """枠の幅に収めた絵。"""
        picture = QImage.fromData((self._folder / path).read_bytes())
        inside = self.viewport().width() - 2 * current_look().px(t.GAP_4)
        width = max(1, min(picture.width(), inside))
        return picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """幅が変われば、絵を新しい幅に合わせる。"""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self.source().isValid():
            # 大きさを決めている最中に読み直すと Qt が落ちるので、終わってから
            self._fitting.start()

    def _fit_pictures(self) -> None:
        """読み直す。読んでいた所は保つ。"""
        place = self.verticalScrollBar().value()
        self.reload()
        self.verticalScrollBar().setValue(place)

    def _dress(self) -> None:
        look = current_look()
        document = self.document()
        document.setDocumentMargin(look.px(t.GAP_4))
        # 見た目を整えた跡を、取り消しの列に残さない
        document.setUndoRedoEnabled(False)
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _dress_table(frame, look)
        block = document.begin()
        while block.isValid():
            _dress_block(block, look)
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)


def _dress_table(table: QTextTable, look: Look) -> None:
    """表に細い線と余白を付け、見出しの行を塗る。"""
    form = table.format()
    form.setBorder(1)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderBrush(look.colour("line"))
    form.setBorderCollapse(True)
    form.setCellSpacing(0)
    form.setTopMargin(look.px(t.GAP_1))
    form.setBottomMargin(look.px(t.GAP_2))
    form.setCellPadding(look.px(t.GAP_1 + 2))
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(form)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        cell_form = cell.format()
        cell_form.setBackground(look.colour("header"))
        cell.setFormat(cell_form)


def _dress_block(block: QTextBlock, look: Look) -> None:
    """行の間を広げ、見出しの前をあけ、命令の字を地の文の書体で塗り分ける。"""
    cursor = QTextCursor(block)
    form = block.blockFormat()
    in_table = cursor.currentTable() is not None
    level = form.headingLevel()
    form.setLineHeight(135.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if not in_table:
        form.setTopMargin(look.px(t.GAP_4 if level > 1 else t.GAP_1))
        form.setBottomMargin(look.px(t.GAP_1 + 2))
    cursor.setBlockFormat(form)
    spans = []
    place = block.begin()
    while not place.atEnd():
        spans.append(place.fragment())
        place += 1
    for fragment in spans:
        code = fragment.charFormat().fontFixedPitch()
        if not (code or level):
            continue
        piece = QTextCursor(block)
        piece.setPosition(fragment.position())
        piece.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
        style = fragment.charFormat()
        piece.setCharFormat(_code_form(style, look) if code else _heading_form(style, level, look))


def _code_form(form: QTextCharFormat, look: Look) -> QTextCharFormat:
    form.setFontFamilies(QGuiApplication.font().families())
    form.setBackground(look.colour("neutral_weak"))
    return form


def _heading_form(form: QTextCharFormat, level: int, look: Look) -> QTextCharFormat:
    # Markdown の見出しの「大きさの加減」が残ると、決めた大きさは使われない
    form.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
    form.setProperty(QTextFormat.Property.FontPixelSize.value, look.px({1: 18, 2: 15}.get(level, t.TEXT)))
    form.setForeground(look.colour("accent" if level == 2 else "ink"))
    return form


class ManualDialog(Dialog):
    """手引きの窓。開いたときは渡された頁を見せる。"""

    def __init__(self, parent: QWidget | None, key: str, title: str) -> None:
        super().__init__(parent, f"手引き：{title}" if title else "手引き")
        look = current_look()
        self._texts: dict[str, str] = {}
        self.browser = ManualBrowser()
        self.browser.setMinimumSize(look.px(480), look.px(240))
        self.query = QLineEdit()
        self.query.setPlaceholderText("手引きの中を探す（Enter で次へ）")
        self.query.setAccessibleName("手引きの中を探す")
        self.query.setClearButtonEnabled(True)
        self.query.returnPressed.connect(self.find_next)
        self.found = label("", "caption")
        self.body.addLayout(self._bar())
        self.body.addWidget(self.browser, 1)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.accept, "main")
        self.close_button.setAutoDefault(False)
        for keys, action in (("Ctrl+F", self.query.setFocus), ("F3", self.find_next)):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        self.browser.open_page(key)
        self.resize(look.px(_WIDTH), look.px(_HEIGHT))
        self.browser.setFocus()

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current_look().px(t.GAP_2))
        self.back_button = button("戻る", "small", self.browser.backward)
        self.forward_button = button("進む", "small", self.browser.forward)
        index = button("目次", "small", partial(self.browser.open_page, INDEX))
        for made, available in (
            (self.back_button, self.browser.backwardAvailable),
            (self.forward_button, self.browser.forwardAvailable),
        ):
            made.setEnabled(False)
            available.connect(made.setEnabled)
            row.addWidget(made)
        row.addWidget(index)
        row.addWidget(self.query, 1)
        row.addWidget(self.found)
        return row

    def _text(self, key: str) -> str:
        """頁の字だけ（探すため）。一度読めば覚えておく。"""
        if key not in self._texts:
            document = QTextDocument()
            document.setMarkdown(_PICTURE.sub("", manual_text(key)))
            self._texts[key] = document.toPlainText().casefold()
        return self._texts[key]

    def find_next(self) -> None:
        """言葉の次の所へ進む。この頁になければ、次にある頁を開く。"""
        words = self.query.text().strip()
        self.found.setText("")
        if not words or self.browser.find(words):
            return
        here = PAGES.index(self.browser.page) if self.browser.page in PAGES else 0
        order = (*PAGES[here + 1 :], *PAGES[: here + 1])
        for key in order:
            if words.casefold() in self._text(key):
                if key != self.browser.page:
                    self.browser.open_page(key)
                self.browser.moveCursor(QTextCursor.MoveOperation.Start)
                self.browser.find(words)
                return
        self.found.setText("手引きにはありません。")


def open_manual(parent: QWidget | None, key: str, title: str) -> ManualDialog:
    """部屋の手引きの窓を開く。key が空なら目次。"""
    dialog = ManualDialog(parent, key or INDEX, title)
    dialog.open()
    return dialog

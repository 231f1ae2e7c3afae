"""囲み・注意書き・空の一覧の言葉・見出しの文字。"""

import html
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look, set_role, show_if
from ui.widgets.two_sided import TwoSided

LINE_GAP = 4


def spaced(inner: str) -> str:
    """行の間をあけた書式（inner はすでに書式の字）。空白と改行は打たれたとおりに保つ。"""
    return f'<div style="line-height:140%; white-space:pre-wrap">{inner}</div>' if inner else ""


class Words(QLabel):
    """折り返す文字。書体の行の間が詰まって読みにくいので、間をあける。字は打たれたとおりに出す。"""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._plain = ""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        # 行の間は行の下に付くので、上にも同じだけあけて真ん中に見せる
        self.setContentsMargins(0, current_look().px(LINE_GAP), 0, 0)
        self.setText(text)

    def setText(self, text: str) -> None:
        """文字を替える。"""
        self._plain = text
        super().setText(spaced(html.escape(text)))
        self.setAccessibleName(text)

    def clear(self) -> None:
        """文字を消す。"""
        self.setText("")

    def text(self) -> str:
        """いまの文字（打たれたまま）。"""
        return self._plain


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """文字の部品。書式として解釈せず、打たれたとおりに出す。"""
    made: QLabel = Words(text) if wrap else QLabel()
    if not wrap:
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setText(text)
    if role:
        set_role(made, role)
    return made


def button(text: str, role: str = "", clicked: Callable[[], None] | None = None) -> QPushButton:
    """押しボタン。role は main（主な操作）・danger（危険な操作）・small・link・空（ふつう）。"""
    made = QPushButton(text.replace("&", "&&"))
    made.setAccessibleName(text)
    made.setAutoDefault(False)
    if role:
        set_role(made, role)
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def hairline(role: str = "hairline") -> QFrame:
    """横の細い線。"""
    line = QFrame()
    set_role(line, role)
    line.setFixedHeight(1)
    return line


class Card(QFrame):
    """見出しのついた白い囲み。中身は body に並べる。"""

    def __init__(self, title: str = "", aside: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        px = current_look().px
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(t.GAP_4), px(t.GAP_3), px(t.GAP_4), px(t.GAP_3))
        outer.setSpacing(px(t.GAP_2))
        self._title, self._aside = label(title, "section"), label(aside, "caption")
        # 狭ければ、補足とボタンを次の行に送る
        self._header = TwoSided(None, 0)
        self._header.setSpacing(px(t.GAP_2))
        self._header.add_part("plain", self._title)
        self._header.add_part("main", self._aside)
        outer.addLayout(self._header)
        self.body = QVBoxLayout()
        self.body.setSpacing(px(t.GAP_2))
        outer.addLayout(self.body, 1)
        self.set_title(title, aside)

    def set_title(self, title: str, aside: str = "") -> None:
        """見出しと、右端の補足を替える。"""
        self._title.setText(title)
        show_if(self._title, bool(title))
        self._aside.setText(aside)
        show_if(self._aside, bool(aside))
        self.setAccessibleName(title)

    def add_to_header(self, widget: QWidget) -> None:
        """見出しの右に部品を置く。"""
        self._header.add_part("main", widget)


class NoteBox(QFrame):
    """注意書き。tone は WARN（既定）・BAD・OK・ACCENT。"""

    def __init__(self, text: str = "", tone: t.Tone = t.Tone.WARN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(t.GAP_4), px(t.GAP_3), px(t.GAP_4), px(t.GAP_3))
        self._label = label(text, wrap=True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._label)
        self.set_text(text, tone)

    @property
    def text(self) -> str:
        """いまの言葉。"""
        return self._label.text()

    def set_text(self, text: str, tone: t.Tone = t.Tone.WARN) -> None:
        """言葉と調子を替える。空なら隠す。"""
        self._label.setText(text)
        self.setAccessibleName(text)
        set_role(self, f"note_{tone.value}")
        show_if(self, bool(text))


class EmptyState(QWidget):
    """何もないときの言葉。次にすることを書き、あればその場で行えるようにする。"""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(24), px(24), px(24))
        self._label = label(text, "muted", wrap=True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = button("")
        self._action: Callable[[], None] | None = None
        self._button.clicked.connect(self._act)
        self._button.hide()
        layout.addStretch(1)
        layout.addWidget(self._label)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)

    @property
    def text(self) -> str:
        """いまの言葉。"""
        return self._label.text()

    def set_text(self, text: str, action_text: str = "", action: Callable[[], None] | None = None) -> None:
        """言葉と、次にすることのボタンを替える。"""
        self._label.setText(text)
        self._action = action
        self._button.setText(action_text)
        self._button.setAccessibleName(action_text)
        show_if(self._button, action is not None)

    def _act(self) -> None:
        if self._action is not None:
            self._action()


class ProgressCard(QFrame):
    """長い仕事の進み具合と中止のボタン。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "note_accent")
        px = current_look().px
        layout = QHBoxLayout(self)
        layout.setContentsMargins(px(t.GAP_4), px(t.GAP_2), px(t.GAP_4), px(t.GAP_2))
        self._label = label("")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel_button = button("中止", "small")
        layout.addWidget(self._label)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self.cancel_button)
        self.hide()

    @property
    def text(self) -> str:
        """いまの言葉。"""
        return self._label.text()

    def show_progress(self, done: int, total: int, text: str) -> None:
        """進みを示す。total が 0 なら終わりの見えない仕事として示す。"""
        count = f"　{done:,}／{total:,}" if total else ""
        self._label.setText(f"{text}{count}")
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self.show()

"""操作の列：狭いときは折り返し、ボタンを切らない。"""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.cards import button
from ui.widgets.two_sided import TwoSided


class ActionBar(QWidget):
    """操作の列。左にふつうの操作、右に危険な操作（赤の枠）、間をあけて右端に主な操作。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_look().px
        # 危険な操作は主な操作に触れさせない
        self._layout = TwoSided(self, px(t.GAP_3 + t.GAP_4 + t.GAP_3))
        self._layout.setContentsMargins(0, px(t.GAP_2), 0, 0)
        self._layout.setSpacing(px(t.GAP_3))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.main_button: QPushButton | None = None
        self._main_action: Callable[[], None] = lambda: None

    def add(self, text: str, clicked: Callable[[], None]) -> QPushButton:
        """ふつうの操作を左に足す。"""
        made = button(text, "", clicked)
        self._layout.add_part("plain", made)
        return made

    def add_danger(self, text: str, clicked: Callable[[], None]) -> QPushButton:
        """危険な操作を足す。押した先で confirm_dangerous を通すこと。"""
        made = button(text, "danger", clicked)
        self._layout.add_part("danger", made)
        return made

    def set_main(self, text: str, clicked: Callable[[], None], *, keyed: bool = False) -> QPushButton:
        """主な操作を右端に置く（一つだけ。Ctrl+Enter でも動く）。keyed なら、その鍵を言葉の右に書く。"""
        self._main_action = clicked
        if self.main_button is None:
            self.main_button = button(text, "main", lambda: self._main_action())
            self._layout.add_part("main", self.main_button)
        # 二度目からは同じボタンの言葉と行き先を替える（作り直すと、見えている列に現れるのが遅れる）
        self.main_button.setText(f"{text}　Ctrl+Enter" if keyed else text)
        self.main_button.setAccessibleName(text)
        self.main_button.setToolTip(f"{text}（Ctrl+Enter）")
        return self.main_button

    def trigger_main(self) -> None:
        """主な操作が押せるときだけ押す。"""
        if self.main_button is not None and self.main_button.isEnabled() and not self.main_button.isHidden():
            self.main_button.click()

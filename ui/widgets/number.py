"""整数の欄。"""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSpinBox, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look


class NumberBox(QSpinBox):
    """左の余白と高さをほかの欄と揃えた整数の欄。スタイルシートの余白は、この部品の左には効かない。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = current_look().px(t.GAP_2)
        self.lineEdit().setTextMargins(self._margin, 0, 0, 0)
        # スタイルシートは、上下のボタンのある欄だけ高さを余分に取る
        self._height = current_look().field_height
        self.setFixedHeight(self._height)

    def sizeHint(self) -> QSize:
        """余白を入れた大きさ。"""
        return self._level(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """余白を入れた大きさ。"""
        return self._level(super().minimumSizeHint())

    def _level(self, hint: QSize) -> QSize:
        return QSize(hint.width() + self._margin, self._height)

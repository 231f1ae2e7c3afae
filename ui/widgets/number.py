"""整数の欄。"""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSpinBox, QWidget

from ui.theme import tokens as t
from ui.theme.style import current_look


class NumberBox(QSpinBox):
    """左の余白をほかの欄と揃えた整数の欄。スタイルシートの余白は、この部品の左には効かない。"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = current_look().px(t.GAP_2)
        self.lineEdit().setTextMargins(self._margin, 0, 0, 0)

    def sizeHint(self) -> QSize:
        """余白を入れた大きさ。"""
        return super().sizeHint() + QSize(self._margin, 0)

    def minimumSizeHint(self) -> QSize:
        """余白を入れた大きさ。"""
        return super().minimumSizeHint() + QSize(self._margin, 0)

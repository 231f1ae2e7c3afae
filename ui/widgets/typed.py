"""欄に打たれたことを、欄の種類によらずに読む・聞く。"""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QTableWidget,
    QTextEdit,
    QWidget,
)

from ui.tables.grid import EditGrid

_HOOKED = "change_heard"


def _fields(root: QWidget) -> Iterator[QWidget]:
    """root と、その中の部品。表の中で開いている編集の欄は、表の一部として数える。"""
    for widget in [root, *root.findChildren(QWidget)]:
        above = widget.parentWidget()
        while above is not None and above is not root.parentWidget():
            if isinstance(above, QAbstractItemView | QAbstractSpinBox):
                break
            above = above.parentWidget()
        else:
            yield widget


def _value(field: QWidget) -> object:
    """欄の値。打てない部品は None。"""
    if isinstance(field, QLineEdit):
        return None if field.isReadOnly() else field.text()
    if isinstance(field, QPlainTextEdit | QTextEdit):
        return None if field.isReadOnly() else field.toPlainText()
    if isinstance(field, QComboBox):
        return field.currentText()
    if isinstance(field, QAbstractSpinBox):
        return field.text()
    if isinstance(field, QCheckBox | QRadioButton):
        return field.isChecked()
    if isinstance(field, QTableWidget):
        items = [
            field.item(row, column)
            for row in range(field.rowCount())
            for column in range(field.columnCount())
        ]
        return [item.text() if item is not None else "" for item in items]
    return None


def typed_values(root: QWidget) -> list[object]:
    """root の中のすべての欄の、いまの値。"""
    return [value for field in _fields(root) if (value := _value(field)) is not None]


def on_change(root: QWidget, changed: Callable[[], None]) -> None:
    """root の中のどの欄が変わっても changed を呼ぶ。同じ欄につなぐのは一度だけ。"""
    for field in _fields(root):
        if not field.property(_HOOKED) and _connect(field, changed):
            field.setProperty(_HOOKED, True)


def _connect(field: QWidget, changed: Callable[[], None]) -> bool:
    if isinstance(field, QLineEdit | QPlainTextEdit | QTextEdit):
        field.textChanged.connect(changed)
    elif isinstance(field, QComboBox):
        field.currentTextChanged.connect(changed)
    elif isinstance(field, QSpinBox | QDoubleSpinBox):
        field.valueChanged.connect(changed)
    elif isinstance(field, QCheckBox | QRadioButton):
        field.toggled.connect(changed)
    elif isinstance(field, EditGrid):
        field.problems_changed.connect(changed)
    else:
        return False
    return True

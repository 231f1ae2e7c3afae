"""欄に打たれたことを、欄の種類によらずに読む・聞く。"""

from collections.abc import Callable, Iterable, Iterator, Mapping

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
    QTableWidgetItem,
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


def _is_secret(field: QWidget) -> bool:
    return isinstance(field, QLineEdit) and field.echoMode() is not QLineEdit.EchoMode.Normal


def draft_values(root: QWidget) -> list[dict[str, object]]:
    """書きかけとして控える値：欄の種類・名・値。伏せ字の欄は控えない。"""
    return [
        {"kind": type(field).__name__, "name": field.accessibleName(), "value": value}
        for field in _fields(root)
        if (value := _value(field)) is not None and not _is_secret(field)
    ]


def put_values(root: QWidget, saved: Iterable[Mapping[str, object]]) -> int:
    """控えた値を、種類と名の同じ欄に順に戻し、戻せた欄の数を返す。"""
    put = 0
    used: set[QWidget] = set()
    for one in saved:
        # 値によって現れる欄があるので、一つ戻すごとに探し直す
        for field in _fields(root):
            same = (type(field).__name__, field.accessibleName()) == (one["kind"], one["name"])
            if same and field not in used and not _is_secret(field) and _value(field) is not None:
                used.add(field)
                put += _put(field, one["value"])
                break
    return put


def _put(field: QWidget, value: object) -> bool:
    if isinstance(field, QTableWidget) and isinstance(value, list):
        return _put_cells(field, value)
    if isinstance(field, QCheckBox | QRadioButton):
        field.setChecked(bool(value))
    elif isinstance(field, QLineEdit):
        field.setText(str(value))
    elif isinstance(field, QPlainTextEdit | QTextEdit):
        field.setPlainText(str(value))
    elif isinstance(field, QComboBox):
        field.setCurrentText(str(value))
    elif isinstance(field, QAbstractSpinBox):
        field.lineEdit().setText(str(value))
        field.interpretText()
    return True


def _put_cells(table: QTableWidget, value: list[object]) -> bool:
    """表の升を戻す。行の数が違えば、行を足す。"""
    columns = table.columnCount()
    if not columns or len(value) % columns:
        return False
    table.setRowCount(max(table.rowCount(), len(value) // columns))
    for place, text in enumerate(value):
        row, column = divmod(place, columns)
        item = table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            table.setItem(row, column, item)
        if item.text() != text:
            item.setText(str(text))
    return True


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

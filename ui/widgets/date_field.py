"""人の書き方のまま打てる日付の欄。"""

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.calendar import parse_date, wareki, weekday_ja
from app.domain.errors import InputRefused
from ui.theme import tokens as t
from ui.theme.style import current_look, set_role
from ui.widgets.cards import label


def spoken(day: date) -> str:
    """曜日までつけた和暦（令和8年3月31日（火））。"""
    return f"{wareki(day)}（{weekday_ja(day)}）"


class DateField(QWidget):
    """日付の欄。打つそばから和暦と曜日を横に示し、読めなければそこに理由を出す。

    changed は値が変わるたびに date か None を送る。today は暦を開く月に使う（欄が空のとき）。
    """

    changed = Signal(object)

    def __init__(self, today: date, name: str = "日付", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._value: date | None = None
        self._error = ""
        self._edit = QLineEdit()
        self._edit.setAccessibleName(name)
        self._edit.setPlaceholderText("例 R8.3.31")
        self._edit.setMaximumWidth(current_look().px(150))
        self._edit.textChanged.connect(self._typed)
        self._button = QToolButton()
        self._button.setText("暦")
        self._button.setAccessibleName(f"{name}を暦から選ぶ")
        self._button.clicked.connect(self.open_calendar)
        self._shown = label("", "caption", wrap=True)
        self._popup: QFrame | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_look().px(t.GAP_2))
        layout.addWidget(self._edit)
        layout.addWidget(self._button)
        layout.addWidget(self._shown, 1)
        self.setFocusProxy(self._edit)

    @property
    def value(self) -> date | None:
        """いまの日付。空または読めないときは None。"""
        return self._value

    @property
    def error(self) -> str:
        """読めない理由。なければ空。"""
        return self._error

    @property
    def shown(self) -> str:
        """横に示している言葉。"""
        return self._shown.text()

    @property
    def edit(self) -> QLineEdit:
        """打つ欄。"""
        return self._edit

    def set_value(self, day: date | None) -> None:
        """日付を入れる。None なら空にする。"""
        self._edit.setText("" if day is None else wareki(day))

    def _typed(self, text: str) -> None:
        before = self._value
        self._value, self._error, shown, role = None, "", "", "caption"
        if text.strip():
            try:
                parsed = parse_date(text)
            except InputRefused as refusal:
                self._error, shown, role = str(refusal), str(refusal), "error"
            else:
                self._value = parsed.date
                shown = spoken(parsed.date) + (f"　{parsed.note}" if parsed.warning else "")
        self._shown.setText(shown)
        set_role(self._shown, role)
        set_role(self._edit, "wrong" if self._error else "")
        if before != self._value:
            self.changed.emit(self._value)

    def open_calendar(self) -> QCalendarWidget:
        """暦を欄の下に開き、選ばれた日を入れる。"""
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        set_role(popup, "popup")
        calendar = QCalendarWidget(popup)
        calendar.setLocale(QLocale(QLocale.Language.Japanese, QLocale.Country.Japan))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        shown = self._value or self._today
        calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        calendar.clicked.connect(self._picked)
        calendar.activated.connect(self._picked)
        layout = QVBoxLayout(popup)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(calendar)
        popup.move(self._edit.mapToGlobal(QPoint(0, self._edit.height())))
        popup.destroyed.connect(self._popup_gone)
        self._popup = popup
        popup.show()
        return calendar

    def _popup_gone(self) -> None:
        self._popup = None

    def _picked(self, day: QDate) -> None:
        self.set_value(date(day.year(), day.month(), day.day()))
        if self._popup is not None:
            self._popup.close()
        self._edit.setFocus()

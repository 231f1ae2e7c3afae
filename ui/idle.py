"""手が止まったことを見張る。"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

_MINUTE = 60_000


class IdleWatch(QObject):
    """手が止まって決めた分だけ経ったらロックする。"""

    def __init__(self, minutes: int, lock: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(minutes * _MINUTE)
        self._timer.timeout.connect(lock)
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """鍵とマウスの動きで数え直す。"""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove):
            self._timer.start()
        return False

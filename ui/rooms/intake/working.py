"""受付の窓：書類を付ける・手紙を書くなど、長くかかることのある操作を画面の外で行う。"""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.errors import RuleViolation
from ui.messages import show_error
from ui.rooms.context import RoomContext
from ui.widgets.saving import SavingDialog


def work_beside(
    context: RoomContext,
    parent: QWidget,
    work: Callable[[], Any],
    done: Callable[[Any], None],
    refused: Callable[[RuleViolation], None],
) -> None:
    """work を画面の外で行い、値を done に、断りを refused に渡す。思いがけない誤りは窓で知らせる。

    行っている間に parent が閉じられて無くなれば、値と断りは捨てる。
    """

    def finished(value: Any) -> None:
        if isValid(parent):
            done(value)

    def failed(error: BaseException) -> None:
        if not isinstance(error, RuleViolation):
            show_error(parent if isValid(parent) else None, error)
        elif isValid(parent):
            refused(error)

    context.background.run(lambda _progress: work(), finished, failed)


class WorkingDialog(SavingDialog):
    """保存を画面の外で行う窓。work を書き、済めば finished_work が呼ばれて閉じる。"""

    def __init__(self, parent: QWidget | None, context: RoomContext, title: str, text: str, action: str):
        super().__init__(parent, title, text, action)
        self._context = context
        self._working = False

    def work(self) -> Callable[[], Any]:
        """画面の外で行うこと（欄の値はここで読んでおく）。"""
        raise NotImplementedError

    def worked(self, value: Any) -> None:
        """済んだときの値を受ける。"""

    def submit(self) -> None:
        """確かめて、画面の外で行い、済めば閉じる。"""
        self.refusal.set_text("")
        if self._working or not self.show_errors(self.errors()):
            return
        self._set_working(True)
        work_beside(self._context, self, self.work(), self._done, self._refused)

    def _set_working(self, working: bool) -> None:
        self._working = working
        self.main_button.setEnabled(not working)
        self.cancel_button.setEnabled(not working)

    def _done(self, value: Any) -> None:
        self._set_working(False)
        self.worked(value)
        self.accept()
        self.saved.emit()

    def _refused(self, refusal: RuleViolation) -> None:
        self._set_working(False)
        self.refused(refusal)

    def reject(self) -> None:
        """行っている間は閉じない。"""
        if not self._working:
            super().reject()

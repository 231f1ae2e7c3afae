"""答案の写しを見る所：一人分の写しを続いた頁として見せる。次の人に移っても、見ている頁と大きさと所を保つ。"""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import scoring
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.widgets.cards import EmptyState
from ui.widgets.scan_view import ScanView, scan_page, scan_pages

_NONE = "この答案の写しは、まだありません。紙の答案を見て採点するか、先に写しを付けてください。"
Pages = tuple[tuple[bytes, int], ...]


def all_pages(contents: Sequence[bytes]) -> Pages:
    """写しの並びを、（中身, 何頁目か）の並びにする。"""
    return tuple((content, page) for content in contents for page in range(scan_pages(content)))


class ScanPane(QWidget):
    """写しを画面の外で読んで見せる。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__()
        self._context = context
        self._pages: Pages = ()
        self._page, self._turn = 0, 0
        self.paper, self.empty = ScanView(), EmptyState()
        self.paper.fit("width")
        self.paper.stepped.connect(self.step)
        self.stack = QStackedWidget()
        for one in (self.paper, self.empty):
            self.stack.addWidget(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)
        self.say("")

    @property
    def pages(self) -> int:
        """いま見せている写しの頁の数。"""
        return len(self._pages)

    @property
    def page(self) -> int:
        """見ている頁（0 から数える）。"""
        return self._page

    def say(self, words: str) -> None:
        """写しの代わりに言葉を出す。"""
        self._turn += 1
        self._pages = ()
        self.empty.set_text(words)
        self.stack.setCurrentWidget(self.empty)

    def show_sheet(self, sheet_id: int, scans: int) -> None:
        """番号の答案の写しを見せる。scans は写しの数（0 なら、ないと言う）。"""
        office = self._context.office
        if scans:
            self._read(lambda: all_pages(scoring.read_scans(office, sheet_id)))
        else:
            self.say(_NONE)

    def show_pages(self, find: Callable[[], Pages]) -> None:
        """頁の並びを求めて、初めの頁から見せる。"""
        self._page = 0
        self._read(find)

    def _read(self, find: Callable[[], Pages]) -> None:
        kept = self._page

        def read() -> tuple[Pages, int, QImage]:
            pages = find()
            place = min(kept, max(0, len(pages) - 1))
            return pages, place, scan_page(*pages[place]) if pages else QImage()

        def arrived(found: tuple[Pages, int, QImage]) -> None:
            self._pages, self._page, image = found
            self._show(image)

        self.say("写しを読んでいます…")
        self._beside(read, arrived)

    def step(self, step: int) -> None:
        """前後の頁へ。"""
        place = self._page + step
        if not 0 <= place < len(self._pages):
            return
        content, page = self._pages[place]

        def arrived(image: QImage) -> None:
            self._page = place
            self._show(image)

        self._beside(lambda: scan_page(content, page), arrived)

    def _beside(self, work: Callable[[], object], arrived: Callable[..., None]) -> None:
        """画面の外で行う。ほかの答案に移った後に届いたものは捨てる。"""
        self._turn += 1
        turn = self._turn

        def fresh(value: object) -> None:
            if turn == self._turn:
                arrived(value)

        def refused(refusal: RuleViolation) -> None:
            if turn == self._turn:
                self.say(str(refusal))

        work_beside(self._context, self, work, fresh, refused)

    def _show(self, image: QImage) -> None:
        if image.isNull():
            self.say("この写しは表示できません。" if self._pages else _NONE)
            return
        # 同じ所を続けて見られるように、巻いた所を戻す
        bars = (self.paper.area.horizontalScrollBar(), self.paper.area.verticalScrollBar())
        places = [bar.value() for bar in bars]
        self.stack.setCurrentWidget(self.paper)
        self.paper.set_image(image, self._page, len(self._pages))
        for bar, place in zip(bars, places, strict=True):
            bar.setValue(place)

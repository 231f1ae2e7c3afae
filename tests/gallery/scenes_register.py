"""認定者名簿の場面：一人の年表の図、取っておいた絞り込み。"""

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.services import register
from app.services.views.register import RegisterFilter
from tests.gallery.scene import Scene, WindowFactory, background, fresh_store, new_folder
from tests.gallery.scenes_after import fresh_office
from tests.services.nine_years import AGAIN, RENAMED, YEARS, Story
from tests.ui.rooms.after_sample import make_after
from ui.rooms.context import RoomContext
from ui.rooms.register.lifeline import LifeLine
from ui.rooms.register.room import RegisterRoom
from ui.rooms.register.saved import SavedFiltersDialog, SaveFilterDialog


def _life(name: str, years: int) -> Callable[[], RegisterRoom]:
    """九年の物語の一人を、years 年目まで生きたところで開く。"""

    def build() -> RegisterRoom:
        story = Story(fresh_store(), new_folder())
        for year in YEARS[:years]:
            year(story)
        room = RegisterRoom(RoomContext(story.office, background()))
        room.open_target(story.key(name))
        while background().is_busy:
            QTest.qWait(20)
        return room

    return build


def _step(window: QWidget) -> None:
    """年表の図の五つ目のできごとを選び、見えるところまで巻く。"""
    line = window.findChild(LifeLine)
    assert line is not None
    for _ in range(5):
        QTest.keyClick(line, Qt.Key.Key_Right)
    room = window.findChild(RegisterRoom)
    assert room is not None
    room.record._scrolled.ensureWidgetVisible(line, 0, 60)


def _save() -> QWidget:
    office = fresh_office()
    chosen = RegisterFilter(area="東京", language="ベトナム", publish_only=True)
    register.save_filter(office, "都内でベトナム語", chosen)
    dialog = SaveFilterDialog(None, office, chosen, "valid")
    dialog.name.setText("都内でベトナム語")
    dialog.submit()
    return dialog


def _arrange() -> QWidget:
    office = fresh_office()
    make_after(office)
    filters = {
        "都内でベトナム語": RegisterFilter(area="東京", language="ベトナム", publish_only=True),
        "社会福祉士": RegisterFilter(qualification="社会福祉士", standing="valid"),
    }
    for name, chosen in filters.items():
        register.save_filter(office, name, chosen)
    return SavedFiltersDialog(None, RoomContext(office, background()))


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """場面のすべて。"""

    def registers(room: Callable[[], QWidget]) -> Callable[[], QWidget]:
        return lambda: window_factory("register", "認定者名簿", room)

    yield Scene("register_life", registers(_life(AGAIN, 4)), after=_step)
    yield Scene("register_life_dark", registers(_life(RENAMED, 4)), dark=True, after=_step)
    yield Scene("register_life_150", registers(_life(AGAIN, 4)), (1366, 768), 1.5, after=_step)
    yield Scene("register_filter_save", _save, None)
    yield Scene("register_filter_arrange", _arrange, None)

"""部屋が受け取るもの：サービスの土台、いまの研修期、長い仕事、二人目の確認、保存先の選び方。"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import RuleViolation
from app.services import accounts
from app.services.office import Actor, Office
from ui.background import Background
from ui.frame import FrameSettings, Refreshes
from ui.messages import ask_second_person, show_error
from ui.theme.tokens import Tone
from ui.widgets.room import RoomPage

ChoosePath = Callable[[QWidget, str, str, Callable[[Path], None]], None]
ChoosePaths = Callable[[QWidget, str, str, Callable[[list[Path]], None]], None]
OpenRoom = Callable[[str, int | None], None]


class Folders:
    """ファイルを選ぶ窓の初めの場所：この回に最後に使ったところ、なければ「ドキュメント」。"""

    last: Path | None = None

    @classmethod
    def start(cls) -> Path:
        """初めに見せるフォルダー。"""
        if cls.last is not None and cls.last.is_dir():
            return cls.last
        place = QStandardPaths.StandardLocation.DocumentsLocation
        documents = Path(QStandardPaths.writableLocation(place))
        return documents if documents.is_dir() else Path.home()

    @classmethod
    def used(cls, path: str) -> Path:
        """選ばれたファイルの場所を覚え、そのパスを返す。"""
        chosen = Path(path)
        cls.last = chosen.parent
        return chosen


def _file_dialog(parent: QWidget, title: str, filters: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(Folders.start()), filters)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def choose_save_path(parent: QWidget, title: str, name: str, chosen: Callable[[Path], None]) -> None:
    """保存先を選んでもらう。name は初めの名。"""
    dialog = _file_dialog(parent, title, "")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: chosen(Folders.used(path)))
    dialog.open()


def choose_open_path(parent: QWidget, title: str, name: str, chosen: Callable[[Path], None]) -> None:
    """読むファイルを選んでもらう。name は絞り込み（*.xlsx *.csv など）。"""
    dialog = _file_dialog(parent, title, name)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Folders.used(path)))
    dialog.open()


def choose_open_paths(parent: QWidget, title: str, name: str, chosen: Callable[[list[Path]], None]) -> None:
    """読むファイルを、いくつでも選んでもらう。name は絞り込み。"""
    dialog = _file_dialog(parent, title, name)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda paths: chosen([Folders.used(path) for path in paths]))
    dialog.open()


def _stay(_room: str, _target: int | None) -> None:
    return None


@dataclass
class RoomContext:
    """窓が作り、すべての部屋に渡す。cohort_id は上の帯で選ばれている研修期。"""

    office: Office
    background: Background
    cohort_id: int | None = None
    save_path: ChoosePath = choose_save_path
    open_path: ChoosePath = choose_open_path
    open_paths: ChoosePaths = choose_open_paths
    open_room: OpenRoom = _stay
    changed: Callable[[], None] = field(default=lambda: None)
    cohort_chosen: Callable[[], None] = field(default=lambda: None)
    # PC を使う人ごとに覚えること（表示など）
    stored: FrameSettings = field(default_factory=FrameSettings)

    def choose_cohort(self, cohort_id: int) -> None:
        """研修期を選び直す。窓があれば、窓がすべての部屋を書き直す。"""
        self.cohort_id = cohort_id
        self.changed()
        self.cohort_chosen()

    def attempt(
        self,
        page: RoomPage,
        action: Callable[[], object],
        done: str = "",
        undo: Callable[[], object] | None = None,
    ) -> bool:
        """操作を一つ行う。断られたら理由を帯に出し、思いがけない誤りは窓で知らせる。行えたら真。

        undo は逆の操作。渡せば、次の操作を始めるまで、帯の「元に戻す」か Ctrl+Z で行える（これも監査記録に残る）。
        """
        try:
            action()
        except RuleViolation as refusal:
            page.banner.show_message(str(refusal), Tone.BAD)
            return False
        except Exception as error:  # noqa: BLE001  画面の入口：どの誤りも窓で知らせる
            show_error(page, error)
            return False
        page.banner.clear()
        if done:
            back = None if undo is None else partial(self._take_back, page, undo)
            page.banner.show_message(done, Tone.OK, back)
        self.changed()
        return True

    def _take_back(self, page: RoomPage, undo: Callable[[], object]) -> None:
        if self.attempt(page, undo, "元に戻しました。") and isinstance(page, Refreshes):
            page.refresh()

    def with_second_person(
        self, page: RoomPage, text: str, given: Callable[[Actor], object], done: str = ""
    ) -> None:
        """二人目に確かめてもらい、その人を given に渡す。given の断りは二人目の欄に出る。行えたら done を帯に出す。"""

        def check(login: str, password: str) -> None:
            given(accounts.identify(self.office, login, password))
            page.banner.clear()
            if done:
                page.banner.show_message(done, Tone.OK)
            self.changed()

        ask_second_person(page, "二人目の確認", text, check)

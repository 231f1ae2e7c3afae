"""画面の見本帳の一枚と、枠を作る関数の約束。"""

import atexit
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Protocol

from PySide6.QtWidgets import QWidget

from database.opening import Store, create_store
from tests.conftest import CHEAP, PASSPHRASE
from ui.background import Background
from ui.main_window import MainWindow


class WindowFactory(Protocol):
    """部屋を一つ入れた窓を作る。page は部屋を作る関数で、見た目が掛かった後に呼ばれる。"""

    def __call__(self, key: str, title: str, page: Callable[[], QWidget]) -> MainWindow: ...


@dataclass(frozen=True)
class Scene:
    """一枚。make は見た目が掛かった後に呼ばれ、窓か部品を返す。size が None なら部品の望む大きさ。

    scale は拡大率（1.0 が 100 %）。after は窓が出た後の操作（行を選ぶ、誤りを出す など）。
    """

    name: str
    make: Callable[[], QWidget]
    size: tuple[int, int] | None = (1366, 768)
    scale: float = 1.0
    dark: bool = False
    after: Callable[[QWidget], None] | None = None


Scenes = Callable[[WindowFactory], Iterable[Scene]]


@cache
def background() -> Background:
    """見本帳のすべての場面が使う、ただ一つの受け持ち（描く前に、その仕事が終わるのを待てるように）。"""
    return Background()


STORES: list[Store] = []


def new_folder() -> Path:
    """場面のファイルを置く、新しいフォルダー。見本帳を描き終えれば消える。"""
    made = Path(mkdtemp(prefix="gallery_"))
    atexit.register(rmtree, made, ignore_errors=True)
    return made


def fresh_store() -> Store:
    """使い捨ての、暗号化されたデータベース。場面が済めば close_stores で閉じる。"""
    store, _ = create_store(new_folder() / "nintei.db", PASSPHRASE, cost=CHEAP)
    STORES.append(store)
    return store


def close_stores() -> None:
    """場面が開いたデータベースをすべて閉じる。"""
    while STORES:
        STORES.pop().close()

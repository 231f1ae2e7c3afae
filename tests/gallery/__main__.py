"""画面の見本帳：`python -m tests.gallery OUT [名の一部]` で、すべての場面を PNG に書く。

場面は tests/gallery/scenes_*.py の `scenes(window_factory) -> Iterable[Scene]` が出す。
"""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# 窓は画面より大きくならないので、事務室の画面の大きさで描く（Windows の場所の名は、この書き方では渡せない）
if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    _SCREEN = "" if os.name == "nt" else f":configfile={Path(__file__).with_name('screen.json')}"
    os.environ["QT_QPA_PLATFORM"] = f"offscreen{_SCREEN}"

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import tests.gallery
from app.services.views.search import SearchHit
from tests.gallery.scene import Scene, Scenes, background, close_stores
from ui.main_window import FrameInfo, FrameSettings, MainWindow, RoomEntry
from ui.theme import tokens
from ui.theme.fonts import japanese_translator, load_fonts
from ui.theme.style import apply_theme

ROOMS = (
    ("home", "ホーム", 0, False, False),
    ("intake", "受付", 3, False, False),
    ("eligibility", "受講資格", 5, True, False),
    ("progress", "研修の進捗", 0, False, False),
    ("scoring", "採点", 2, False, False),
    ("committee", "審査会議", 1, True, False),
    ("certificates", "認定証", 12, False, True),
    ("renewal", "更新・取消", 4, False, False),
    ("register", "認定者名簿", 164, False, False),
    ("submission", "帳票・提出", 0, False, True),
    ("settings", "設定", 0, False, False),
)
INFO = FrameInfo(
    cohorts=((1, "令和7年度 第2期"), (2, "令和7年度 第1期")),
    cohort_id=1,
    signed_in="事務局　見本（担当）",
    last_backup="今日 09:12",
    audit="正常（18,204件）",
    edition="令和7年2月27日改正版",
)


def search(query: str) -> list[SearchHit]:
    """見本の検索：どの言葉にも同じ二件を返す。"""
    return [
        SearchHit("申込者", "見本 花子", f"受付 0001　{query}", "intake", 1),
        SearchHit("画面", "受付", "申込みの受付と点検", "intake", 0),
    ]


def _count(number: int, overdue: bool) -> Callable[[], tuple[int, bool]]:
    return lambda: (number, overdue)


def window_factory(key: str, title: str, page: Callable[[], QWidget]) -> MainWindow:
    """見本の枠に、部屋を一つ入れる。ほかの部屋は開かない。"""
    entries = [
        RoomEntry(k, title if k == key else words, page if k == key else QWidget, _count(n, late), line)
        for k, words, n, late, line in ROOMS
    ]
    chosen = {"last_room": key}
    settings = FrameSettings(lambda name: chosen.get(name, ""), lambda _name, _value: None)
    return MainWindow(entries, INFO, search, background(), settings)


def all_scenes() -> Iterator[Scene]:
    """見つかったすべての場面（ファイルの名の順）。"""
    for module in sorted(pkgutil.iter_modules(tests.gallery.__path__), key=lambda m: m.name):
        if module.name.startswith("scenes_"):
            make: Scenes = importlib.import_module(f"tests.gallery.{module.name}").scenes
            yield from make(window_factory)


def settle() -> None:
    """画面の外の仕事が終わり、描き終わるまで待つ（長くても 10 秒）。"""
    for _ in range(200):
        QTest.qWait(30)
        if not background().is_busy:
            break
    QTest.qWait(30)


def picture(app: QApplication, scene: Scene, families: tuple[str, ...], out: Path) -> Path:
    """一枚を描いて書く。"""
    apply_theme(app, tokens.DARK if scene.dark else tokens.LIGHT, scene.scale, families)
    widget = scene.make()
    if scene.size is not None:
        widget.resize(*scene.size)
    widget.show()
    settle()
    if scene.after is not None:
        scene.after(widget)
        settle()
    target = out / f"{scene.name}.png"
    if not widget.grab().save(str(target)):
        raise OSError(f"{target} に書けません。")
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    close_stores()
    return target


def main() -> int:
    """場面を描き、書いたファイルの名を出す。"""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery")
    parser.add_argument("out", type=Path)
    parser.add_argument("only", nargs="?", default="", help="名にこの字を含む場面だけ")
    parser.add_argument("--fonts", type=Path, default=None, help="書体のフォルダ（省けば同梱のもの）")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    translator = japanese_translator(app)
    if translator is not None:
        app.installTranslator(translator)
    families = load_fonts(options.fonts)
    for scene in all_scenes():
        if options.only in scene.name:
            print(picture(app, scene, families, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())

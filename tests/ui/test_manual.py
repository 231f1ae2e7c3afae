"""手引き：どの部屋にも頁があり、書かれたボタン・断りの文・命令・読みは、どれもプログラムにある。"""

import ast
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QImage, QTextTable
from PySide6.QtWidgets import QLabel

from app.cli.commands import COMMANDS
from app.services.editions import edition_names
from ui.background import Background
from ui.frame import FrameInfo, RoomEntry
from ui.help import PAGES, ManualBrowser, ManualDialog, manual_text
from ui.main_window import MainWindow
from ui.rooms.listing import ROOMS
from ui.theme import tokens
from ui.theme.style import apply_theme

FOLDER = Path(str(files("resources") / "manual"))
HOUSE = FOLDER.parents[1]
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)]+)\)")
TITLES = {room.key: room.title for room in ROOMS}


def source(key: str) -> str:
    return (FOLDER / f"{key}.md").read_text(encoding="utf-8")


def spoken_texts(*floors: str) -> list[str]:
    """プログラムの中の文字（つないだ文は一つに、埋め込みの前後は別々に）。"""
    return [
        node.value
        for floor in floors
        for path in (HOUSE / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def cells(page: str, heading: str) -> list[list[str]]:
    """見出しの行が heading で始まる表の、行ごとの升。"""
    rows, inside = [], False
    for line in source(page).splitlines():
        parts = [part.strip() for part in line.strip("|").split("|")] if line.startswith("|") else []
        if not parts:
            inside = False
        elif parts[0] == heading:
            inside = True
        elif inside and not set(parts[0]) <= set("-"):
            rows.append(parts)
    return rows


def test_every_room_has_a_page_and_every_page_is_in_the_order() -> None:
    kept = {path.stem for path in FOLDER.glob("*.md")}
    assert (set(TITLES) - kept, kept) == (set(), set(PAGES))


@pytest.mark.parametrize("room", TITLES)
def test_a_room_page_has_its_title_picture_and_the_four_parts(room: str) -> None:
    text = source(room)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    first = text.splitlines()[0]
    parts = [any(h.startswith(part) for h in headings) for part in ("何をする所か", "断られるとき", "キー")]
    assert (first, f"(images/{room}.png)" in text, parts) == (f"# {TITLES[room]}", True, [True] * 3)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_leads_somewhere(page: str) -> None:
    found = LINK.findall(source(page))
    links = {target for mark, target in found if not mark}
    pictures = {target for mark, target in found if mark}
    assert links - {f"{key}.md" for key in PAGES} == set()
    assert pictures - {f"images/{room}.png" for room in TITLES} == set()


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, waiting = set(), ["index"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = {target.removesuffix(".md") for mark, target in LINK.findall(source(page)) if not mark}
        waiting += sorted(links - reached - set(waiting))
    assert reached == set(PAGES)


def test_every_button_spoken_of_is_on_a_screen() -> None:
    named = {label for page in PAGES for label in re.findall(r"［([^］]+)］", source(page))}
    assert (len(named) > 50, named - set(spoken_texts("ui"))) == (True, set())


@pytest.mark.parametrize("page", PAGES)
def test_every_refusal_quoted_is_one_that_the_program_says(page: str) -> None:
    said = "\n".join(spoken_texts("app", "ui", "database"))
    pieces = [piece for row in cells(page, "文") for piece in re.split(r"\s*[○「」]\s*", row[0])]
    assert [piece for piece in pieces if piece not in said] == []


def test_every_reading_of_every_edition_is_listed_with_its_value() -> None:
    listed = {row[0].strip("`"): row[1] for row in cells("readings", "設定の名")}
    for name in edition_names():
        text = (files("resources.editions") / f"{name}.toml").read_text(encoding="utf-8")
        readings = tomllib.loads(text)["readings"]
        values = {key: str(one["value"]) for key, one in readings.items()}
        assert {key: value.lower() for key, value in values.items()} == listed
        explained = re.findall(r"^## .+：(\w+)$", source("readings"), re.MULTILINE)
        assert explained == list(readings)


def test_the_command_page_lists_every_command_and_no_unknown_option() -> None:
    rows = [row[0].strip("`").split()[1] for row in cells("command_line", "命令")]
    assert set(rows) == set(COMMANDS)
    options = {word for page in PAGES for word in re.findall(r"--[a-z][a-z-]+", source(page))}
    assert options - set(spoken_texts("app/cli")) - {"--help"} == set()


def make_window(qtbot, background: Background) -> MainWindow:
    entries = [RoomEntry(room.key, room.title, QLabel) for room in ROOMS]
    window = MainWindow(entries, FrameInfo(), lambda _words: [], background)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def shown_heading(browser: ManualBrowser) -> str:
    return browser.document().begin().text()


def test_f1_opens_the_page_of_the_current_room(qtbot, background: Background) -> None:
    window = make_window(qtbot, background)
    opened = {}
    for room in ROOMS:
        window.open_room(room.key)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_F1)
        dialog = window.findChildren(ManualDialog)[-1]
        opened[dialog.browser.page] = (dialog.windowTitle(), shown_heading(dialog.browser))
        dialog.close()
    assert opened == {key: (f"手引き：{title}", title) for key, title in TITLES.items()}


def make_dialog(qtbot, key: str) -> ManualDialog:
    dialog = ManualDialog(None, key, "見本")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_links_move_between_pages_and_back(qtbot) -> None:
    dialog = make_dialog(qtbot, "intake")
    dialog.browser.anchorClicked.emit(QUrl("problems.md"))
    assert (dialog.browser.page, shown_heading(dialog.browser)) == ("problems", "困ったとき")
    dialog.back_button.click()
    assert (dialog.browser.page, dialog.forward_button.isEnabled()) == ("intake", True)
    dialog.forward_button.click()
    assert shown_heading(dialog.browser) == "困ったとき"


@pytest.mark.parametrize(
    "address",
    ["https://example.jp/intake.md", "file:///intake.md", "manual:/../intake.md", "no_such_page.md"],
)
def test_nothing_outside_the_manual_is_opened(qtbot, address: str) -> None:
    dialog = make_dialog(qtbot, "home")
    dialog.browser.anchorClicked.emit(QUrl(address))
    assert (dialog.browser.page, shown_heading(dialog.browser)) == ("home", "ホーム")


def test_search_goes_on_to_the_next_page_that_has_the_words(qtbot) -> None:
    dialog = make_dialog(qtbot, "home")
    dialog.query.setText("復旧鍵")
    dialog.find_next()
    first = (dialog.browser.page, dialog.browser.textCursor().selectedText())
    pages = [first[0]]
    for _ in range(60):
        dialog.find_next()
        if dialog.browser.page != pages[-1]:
            pages.append(dialog.browser.page)
    having = [page for page in PAGES if "復旧鍵" in source(page)]
    start = having.index(first[0])
    assert first == ("backup", "復旧鍵")
    assert pages[: len(having)] == having[start:] + having[:start]


def test_words_that_are_nowhere_are_said_to_be_nowhere(qtbot) -> None:
    dialog = make_dialog(qtbot, "home")
    dialog.query.setText("どこにもない言葉")
    dialog.find_next()
    assert (dialog.found.text(), dialog.browser.page) == ("手引きにはありません。", "home")


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_page_is_wider_than_the_window(qtbot, qapp, scale: float) -> None:
    apply_theme(qapp, tokens.LIGHT, scale)
    dialog = make_dialog(qtbot, "index")
    dialog.browser.setMinimumSize(0, 0)
    wide = []
    dialog.resize(640, 600)
    for page in PAGES:
        dialog.browser.open_page(page)
        qtbot.wait(1)
        # 表の枠の線の一画素は、はみ出しに数えない
        if dialog.browser.document().size().width() > dialog.browser.viewport().width() + 1:
            wide.append(page)
    assert (wide, dialog.browser.horizontalScrollBar().isVisible()) == ([], False)


def test_a_picture_that_is_not_there_leaves_no_trace_and_one_that_is_fits_the_page(
    qtbot, tmp_path: Path
) -> None:
    (tmp_path / "home.md").write_text("# 頁\n\n![画面](images/home.png)\n\n終わり\n", encoding="utf-8")
    assert manual_text("home", tmp_path) == "# 頁\n\n\n終わり\n"
    (tmp_path / "images").mkdir()
    picture = QImage(2000, 1000, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    assert picture.save(str(tmp_path / "images" / "home.png"))
    browser = ManualBrowser(tmp_path)
    qtbot.addWidget(browser)
    browser.resize(772, 500)
    browser.show()
    browser.open_page("home")
    shown = browser.loadResource(2, QUrl("manual:/images/home.png"))
    assert isinstance(shown, QImage)
    inside = browser.viewport().width() - 32
    found = (shown.width(), shown.height(), "images/home.png" in browser.toHtml())
    assert found == (inside, inside // 2, True)


def test_tables_are_framed_with_a_shaded_heading(qtbot) -> None:
    dialog = make_dialog(qtbot, "readings")
    frames = dialog.browser.document().rootFrame().childFrames()
    table = next(frame for frame in frames if isinstance(frame, QTextTable))
    heading, row = table.cellAt(0, 0).format(), table.cellAt(1, 0).format()
    empty = Qt.BrushStyle.NoBrush
    assert (table.format().border(), heading.background().style() == empty) == (1.0, False)
    assert (row.background().style(), table.columns()) == (empty, 4)

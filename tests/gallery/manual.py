"""手引きの絵：見本の一期を通し、その記録を開いた本物の窓を、部屋ごとに描く。

`python -m tests.gallery.manual` は resources/manual/images の絵をすべて描き直す。
"""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.cli.demo.command import play
from app.cli.demo.stage import PASSPHRASE, PASSWORD
from app.services import accounts, maintenance
from tests.gallery.scene import background
from ui.application import Desk, dress

IMAGES = Path(__file__).parents[2] / "resources" / "manual" / "images"
PEOPLE = 60
# 見本の一期が終わった後の、ある日の朝
TODAY = date(2026, 10, 1)
WIDTH, HEIGHT = 1366, 768
# どの部屋で、どの行を選んで描くか（絞り込みの鍵、行の場所）
CHOICES = {"eligibility": ("unconfirmed", 0), "certificates": ("ledger", 2), "renewal": ("all", 3)}


def _settle() -> None:
    for _ in range(300):
        QTest.qWait(30)
        if not background().is_busy:
            break
    QTest.qWait(60)


def _choose(page: object, key: str, place: int) -> None:
    page.list_pane.filters.choose(key)  # type: ignore[attr-defined]
    _settle()
    table = getattr(page, "ledger_table" if key == "ledger" else "table")
    table.selectRow(place)


def _draw(desk: Desk, key: str) -> None:
    desk.window.open_room(key)
    _settle()
    if key in CHOICES:
        _choose(desk.window.room(key), *CHOICES[key])
        _settle()
    image = desk.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    if not image.save(str(IMAGES / f"{key}.png")):
        raise OSError(f"{IMAGES / key} に書けません。")


def main() -> int:
    """すべての部屋を描く。"""
    app = QApplication(sys.argv[:1])
    dress(app)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder) / "demo", PEOPLE, 1)
        office = maintenance.open_office(Path(folder) / "demo" / "nintei.db", PASSPHRASE, today=lambda: TODAY)
        accounts.sign_in(office, "sekinin", PASSWORD)
        maintenance.back_up_automatically(office)
        desk = Desk(office, background())
        desk.window.resize(WIDTH, HEIGHT)
        desk.window.show()
        for key in desk.window.rooms:
            _draw(desk, key)
            print(IMAGES / f"{key}.png")
        desk.window.close()
        office.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

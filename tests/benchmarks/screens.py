"""画面の物差し：最初の絵まで、部屋から部屋へ。起動は一度ごとに新しい過程で計る。"""

from pathlib import Path

from tests.benchmarks.harness import Job, Pair, in_new_process
from tests.benchmarks.storage import filled_office

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([]); window = QMainWindow(); window.setCentralWidget(QLabel("見本"))
window.resize(1280, 800); window.show(); app.processEvents(); window.grab()
"""
OURS = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ui.application import Opening, dress
app = QApplication([]); dress(app)
opening = Opening(app, Path(sys.argv[1]), ""); opening.start(); app.processEvents()
opening.dialog.grab()
opening.close()
"""


def _first_paint(size: int, folder: Path) -> Pair:
    office = filled_office(size, folder)
    path = office.store.path
    office.close()
    return Pair(
        lambda: in_new_process(folder, "-c", OURS, str(path)), lambda: in_new_process(folder, "-c", BARE)
    )


def _cold_command(_size: int, folder: Path) -> Pair:
    libraries = "import sqlalchemy.orm, PySide6.QtWidgets"
    return Pair(
        lambda: in_new_process(folder, "-m", "app", "--help"), lambda: in_new_process(folder, "-c", libraries)
    )


JOBS = (
    Job("窓の最初の絵", "空の PySide6 の窓", 2.0, (60, 240), _first_paint, wall=True, memory=False),
    Job("命令の立ち上がり", "SQLAlchemy と Qt の読込み", 2.0, (1, 2), _cold_command, memory=False, rounds=3),
)

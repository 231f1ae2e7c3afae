"""取込の始め方：ファイルを選んでもらい、取込の窓を開き、結果を部屋の帯に出す。

使い方：`import_workbook(page, context, import_jobs.results_job(office, cohort_id), path, done)`。
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.services.import_jobs import ImportJob
from ui.rooms.context import RoomContext
from ui.rooms.import_dialog import ImportDialog
from ui.rooms.import_files import result_words
from ui.widgets.room import RoomPage

__all__ = [
    "ImportDialog",
    "choose_workbook",
    "choose_workbooks",
    "import_workbook",
    "import_workbooks",
    "result_words",
]

FILES = "表のファイル (*.xlsx *.xls *.ods *.xlsb *.csv *.tsv)"


def import_workbooks(
    page: RoomPage,
    context: RoomContext,
    job: ImportJob,
    paths: Path | Sequence[Path],
    refresh: Callable[[], Any],
) -> ImportDialog:
    """取込の窓を開く。取り込めたら、枠の件数を数え直し、refresh を呼び、結果を部屋の帯に出す。"""

    def imported(words: str) -> None:
        context.changed()
        refresh()
        page.banner.show_message(words)

    dialog = ImportDialog(page, context, job, paths)
    dialog.imported.connect(imported)
    dialog.open()
    return dialog


def import_workbook(
    page: RoomPage, context: RoomContext, job: ImportJob, path: Path, refresh: Callable[[], Any]
) -> ImportDialog:
    """一つのファイルの取込の窓を開く。"""
    return import_workbooks(page, context, job, path, refresh)


def choose_workbook(
    page: RoomPage, context: RoomContext, job_words: str, chosen: Callable[[Path], None]
) -> None:
    """取り込むファイルを選んでもらう。"""
    context.open_path(page, f"{job_words}のファイルを選ぶ", FILES, chosen)


def choose_workbooks(
    page: RoomPage, context: RoomContext, job_words: str, chosen: Callable[[list[Path]], None]
) -> None:
    """取り込むファイルを、いくつでも選んでもらう。"""
    context.open_paths(page, f"{job_words}のファイルを選ぶ（いくつでも）", FILES, chosen)

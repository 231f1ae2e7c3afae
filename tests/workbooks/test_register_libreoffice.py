"""庁へ送る名簿は、LibreOffice で開いて保存し直しても、同じ値で読み戻せる。"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from app.services.exports import REGISTER_HEADERS, ListSheet
from app.services.lists import write_list
from app.workbooks.reading import read_workbook
from app.workbooks.register import read_returned
from tests.workbooks.test_libreoffice import convert
from tests.workbooks.test_register import ROW

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice がない"),
]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_register_saved_by_another_program_comes_back_with_the_same_cells(
    tmp_path: Path, form: str
) -> None:
    sheet = ListSheet("認定者名簿", REGISTER_HEADERS, (tuple(ROW[h] for h in REGISTER_HEADERS),))
    control = ListSheet("件数照合表", ("項目", "件数"), (("この便の行", 1),))
    write_list(tmp_path / "a.xlsx", [sheet, control], ["基準日 令和8年4月1日", "監査記録の先頭"])
    (row,) = read_returned(read_workbook(convert(tmp_path, tmp_path / "a.xlsx", form))).rows
    shown = {h: v.isoformat() if isinstance(v, date) else str(v or "") for h, v in ROW.items()}
    assert (row.number, dict(row.cells), dict(row.unread)) == (ROW["認定番号"], shown | {"更新": "0"}, {})

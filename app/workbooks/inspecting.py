"""関所を通して何が見えるかを言う。何も保存しない。"""

from pathlib import Path

from app.domain.errors import InputRefused
from app.workbooks.reading import read_workbook


def inspect_file(path: Path, password: str | None = None) -> dict[str, object]:
    """ブックか文字のファイルを読み、シートの名・行・列・埋まったセルの数と報告を返す。

    返すのは {"sheets": [{"name", "rows", "columns", "filled"}], "reports": […]}、断ったときは
    {"refused": 符号, "reason": 文}。
    """
    try:
        workbook = read_workbook(path, password)
    except InputRefused as refusal:
        return {"refused": refusal.code, "reason": str(refusal)}
    sheets = [
        {"name": s.name, "rows": len(s.rows), "columns": s.columns, "filled": s.filled}
        for s in workbook.sheets
    ]
    return {"sheets": sheets, "reports": list(workbook.reports)}

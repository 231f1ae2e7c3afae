"""番人の見たものを言う。何も保存しない。"""

from pathlib import Path

import pytest

from app.workbooks.inspecting import inspect_file
from app.workbooks.packing import Page, pack
from app.workbooks.writing import Column, write_table
from tests.workbooks.hostile import CASES, GOOD, place


def test_sheets_are_counted_and_nothing_is_written(tmp_path: Path) -> None:
    pages = [
        Page("表", [[("見出し", "heading"), None, ("x", "text")], [], [(0, "integer")]], [10.0] * 3),
        Page("空", [], []),
    ]
    (tmp_path / "a.xlsx").write_bytes(pack(pages, "表"))
    assert inspect_file(tmp_path / "a.xlsx") == {
        "sheets": [
            {"name": "表", "rows": 3, "columns": 3, "filled": 3},
            {"name": "空", "rows": 0, "columns": 0, "filled": 0},
        ],
        "reports": [],
    }
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize("name", ["PDF", "一ビット違う xlsx", "実体参照", "部品が多すぎる", "空のシート"])
def test_a_refused_file_gives_its_code_and_the_reason(tmp_path: Path, name: str) -> None:
    path, code = place(tmp_path, name)
    found = inspect_file(path)
    assert (set(found), found["refused"]) == ({"refused", "reason"}, code)
    assert str(found["reason"]).endswith("。")


def test_an_encrypted_file_asks_for_its_password(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", "名簿", [Column("氏名")], [["見本"]], password="ブックの合言葉")
    assert inspect_file(tmp_path / "a.xlsx")["refused"] == "PASSWORD"
    assert inspect_file(tmp_path / "a.xlsx", "ちがう")["reason"] == (
        "パスワードが違います。確かめて入れ直してください。"
    )
    sheets = inspect_file(tmp_path / "a.xlsx", "ブックの合言葉")["sheets"]
    assert sheets == [{"name": "名簿", "rows": 3, "columns": 1, "filled": 3}]


def test_the_cases_are_many_and_the_good_one_is_good(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(GOOD)
    assert len(CASES) >= 30
    assert "sheets" in inspect_file(tmp_path / "a.xlsx")

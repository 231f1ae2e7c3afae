"""番人の見たものを、命令として。"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.cli import main as cli
from app.workbooks.applicants import ApplicantForm, EmploymentForm, write_applicants
from app.workbooks.packing import Page
from app.workbooks.writing import write_book

HANAKO = ApplicantForm(
    row=2,
    number="1",
    name="見本 花子",
    birth_date=date(1985, 4, 1),
    reading="ミホン ハナコ",
    employments=(EmploymentForm("municipal", date(2022, 4, 1), None, "窓口A", True, True, 410),),
)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """標準出力の一つの JSON。"""

    def read() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return read


def test_inspect_says_what_is_in_the_file(tmp_path: Path, said: Callable[[], dict[str, Any]]) -> None:
    write_book(
        tmp_path / "a.xlsx", [Page("表", [[("見出し", "heading"), (1, "integer")]], [10.0, 10.0])], "表"
    )
    assert cli.run(cli.parse(["inspect", str(tmp_path / "a.xlsx"), "--json"])) == 0
    assert said() == {"sheets": [{"name": "表", "rows": 1, "columns": 2, "filled": 2}], "reports": []}
    (tmp_path / "a.csv").write_text("番号,氏名\n1,見本\n", encoding="utf-8")
    assert cli.run(cli.parse(["--json", "inspect", str(tmp_path / "a.csv")])) == 0
    assert said() == {
        "sheets": [{"name": "CSV", "rows": 2, "columns": 2, "filled": 4}],
        "reports": ["文字のファイルを UTF-8 として読みました。文字が化けていないか確かめてください。"],
    }


def test_inspect_ends_with_two_and_the_code_when_the_guard_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + bytes(40))
    assert cli.run(cli.parse(["inspect", str(tmp_path / "a.xlsx"), "--json"])) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["refused"] == "DAMAGED"
    assert err == f"DAMAGED：{json.loads(out)['reason']}\n"


def test_inspect_opens_an_encrypted_workbook_with_its_password(
    tmp_path: Path, said: Callable[[], dict[str, Any]]
) -> None:
    write_applicants(tmp_path / "a.xlsx", [HANAKO], "ブックの合言葉")
    (tmp_path / "word").write_text("ブックの合言葉\n", encoding="utf-8")
    assert cli.run(cli.parse(["inspect", str(tmp_path / "a.xlsx"), "--json"])) == 2
    assert said()["refused"] == "PASSWORD"
    words = ["inspect", str(tmp_path / "a.xlsx"), "--json", "--book-password-file", str(tmp_path / "word")]
    assert cli.run(cli.parse(words)) == 0
    assert said()["sheets"][0]["name"] == "申込者"

"""空の様式・取込・番人・一覧を、命令として。"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine

from app.cli import main as cli
from app.cli.parser import EXPORTS
from app.domain.access import Role
from app.services import accounts, intake, scoring, submission
from app.services.office import Office, PasswordCost
from app.workbooks.answers import AnswerForm, KeyForm, write_answers
from app.workbooks.applicants import ApplicantForm, EmploymentForm, parse_applicants, write_applicants
from app.workbooks.reading import read_workbook
from app.workbooks.renewals import RenewalForm, write_renewals
from app.workbooks.results import ResultForm, write_results
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE
from tests.factories import (
    finish_course,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    person,
)

Run = Callable[..., int]
PASSWORD = "とても長いパスワード"
HANAKO = ApplicantForm(
    row=2,
    number="1",
    name="見本 花子",
    birth_date=date(1985, 4, 1),
    reading="ミホン ハナコ",
    employments=(EmploymentForm("municipal", date(2022, 4, 1), None, "窓口A", True, True, 410),),
)
TARO = ApplicantForm(row=3, number="2", name="例 太郎", birth_date=date(1990, 12, 31), reading="レイ タロウ")
NOTHING = {"rows": 0, "new": 0, "changed": 0, "unchanged": 0, "warnings": [], "errors": []}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """命令は機械の今日で動くので、今日を決める。"""
    with time_machine.travel("2026-04-10T01:00:00+00:00", tick=True):
        yield


@pytest.fixture
def office(store: Store) -> Office:
    """命令の前に、事実を用意するための入口。run が閉じる。"""
    opened = make_office(store, Role.ADMINISTRATOR)
    opened.password_cost = PasswordCost(1, 64)
    for login, role in (("tanto", Role.CLERK), ("etsuran", Role.AUDITOR)):
        accounts.add_account(opened, login, f"{login}の人", role, PASSWORD)
    return make_office(store)


@pytest.fixture
def run(office: Office, store_path: Path, tmp_path: Path) -> Run:
    """命令を、担当として（または --user を替えて）行う。"""
    (tmp_path / "phrase").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")

    def command(*arguments: object, user: str = "tanto") -> int:
        office.close()
        files = ["--passphrase-file", str(tmp_path / "phrase"), "--password-file", str(tmp_path / "password")]
        return cli.run(
            cli.parse([*map(str, arguments), "--database", str(store_path), "--user", user, *files])
        )

    return command


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """標準出力の一つの JSON。"""

    def read() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return read


def names(store_path: Path) -> list[str]:
    with open_store(store_path, PASSPHRASE) as store:
        office = make_office(store)
        cohort = intake.list_cohorts(office)[0].id
        return [r.name for r in intake.list_applications(office, cohort)]


def spoiled(folder: Path, *forms: ApplicantForm) -> Path:
    """二人目の生年月日が日付でない申込様式。"""
    write_applicants(folder / "申込.xlsx", forms)
    book = openpyxl.load_workbook(folder / "申込.xlsx")
    book["申込者"]["H3"].value = "令和7年2月30日"
    book.save(folder / "申込.xlsx")
    return folder / "申込.xlsx"


@pytest.mark.parametrize(
    ("kind", "sheets"),
    [
        ("applicants", ["申込者", "在職歴", "国家資格", "申告", "記入例", "説明"]),
        ("results", ["成績", "説明"]),
        ("answers", ["答案", "正答", "説明"]),
        ("renewals", ["更新研修", "説明"]),
    ],
)
def test_a_template_is_written_without_any_database(tmp_path: Path, kind: str, sheets: list[str]) -> None:
    out = tmp_path / "様式.xlsx"
    assert cli.run(cli.parse(["template", kind, str(out)])) == 0
    assert openpyxl.load_workbook(out).sheetnames == sheets


def test_a_template_that_cannot_be_written_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(cli.parse(["template", "results", str(tmp_path / "ない" / "a.xlsx")])) == 2
    assert "に書けませんでした" in capsys.readouterr().err


def test_applicants_are_previewed_then_imported_then_unchanged(
    office: Office, run: Run, said: Callable[[], dict[str, Any]], store_path: Path, tmp_path: Path
) -> None:
    make_cohort(office)
    book = tmp_path / "申込.xlsx"
    write_applicants(book, [HANAKO, TARO])
    new = {**NOTHING, "rows": 2, "new": 2}
    assert run("import", "applicants", book, "--cohort", "R7-1", "--dry-run", "--json") == 0
    assert said() == new
    assert names(store_path) == []
    assert run("import", "applicants", book, "--cohort", "R7-1", "--json") == 0
    assert said() == new
    assert names(store_path) == ["見本 花子", "例 太郎"]
    assert run("import", "applicants", book, "--cohort", "R7-1", "--json") == 0
    again = said()
    assert {**again, "warnings": []} == {**NOTHING, "rows": 2, "unchanged": 2}
    assert [w["reason"] for w in again["warnings"]] == ["同じ中身のファイルを前に取り込んでいます。"]


def test_a_refused_row_ends_with_one_and_goes_back_with_its_reason(
    office: Office, run: Run, said: Callable[[], dict[str, Any]], store_path: Path, tmp_path: Path
) -> None:
    make_cohort(office)
    book, back = spoiled(tmp_path, HANAKO, TARO), tmp_path / "断った行.xlsx"
    assert run("import", "applicants", book, "--refused", back, "--json") == 1
    seen = said()
    assert (seen["rows"], seen["new"]) == (2, 1)
    reason = seen["errors"][0]["reason"]
    assert seen["errors"] == [
        {
            "sheet": "申込者",
            "row": 3,
            "column": "生年月日",
            "value": "令和7年2月30日",
            "reason": reason,
        }
    ]
    assert names(store_path) == ["見本 花子"]
    refused = openpyxl.load_workbook(back)["申込者"]
    assert [c.value for c in refused["B"]] == ["氏名", "例 太郎"]
    assert refused.cell(2, refused.max_column).value == f"生年月日：{reason}"


def test_all_or_nothing_imports_nothing_and_ends_with_two(
    office: Office, run: Run, store_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cohort(office)
    book, back = spoiled(tmp_path, HANAKO, TARO), tmp_path / "断った行.xlsx"
    assert run("import", "applicants", book, "--all-or-nothing", "--refused", back, "--json") == 2
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["rows"], found["new"], len(found["errors"])) == (2, 0, 1)
    assert err.count("\n") == 1
    assert err.startswith("受け取れない行が1行あるため、何も取り込みませんでした")
    assert (names(store_path), back.exists()) == ([], True)


def test_a_refused_workbook_that_cannot_be_written_imports_nothing(
    office: Office, run: Run, store_path: Path, tmp_path: Path
) -> None:
    make_cohort(office)
    book = spoiled(tmp_path, HANAKO, TARO)
    before = book.read_bytes()
    for target in (book, tmp_path / "ない" / "a.xlsx"):
        assert run("import", "applicants", book, "--refused", target) == 2
    assert (names(store_path), book.read_bytes()) == ([], before)


def test_the_words_name_the_cell_and_the_counts(
    office: Office, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cohort(office)
    assert run("import", "applicants", spoiled(tmp_path, HANAKO, TARO), "--dry-run") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "受講申込の下見（何も取り込んでいません）：2行のうち新規1・変更0・同じ0・断った行1"
    assert lines[1].startswith("誤り　申込者 3行目 生年月日（令和7年2月30日）：")


def test_a_row_with_a_warning_counts_as_what_it_will_be_in_the_preview_too(
    office: Office, run: Run, said: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    make_cohort(office)
    book = tmp_path / "申込.xlsx"
    write_applicants(book, [HANAKO, replace(TARO, name="例  太郎")])
    counts = []
    for words in (["--dry-run"], [], ["--dry-run"], []):
        assert run("import", "applicants", book, "--json", *words) == 0
        found = said()
        counts.append((found["rows"], found["new"], found["changed"], found["unchanged"]))
    assert counts == [(2, 2, 0, 0), (2, 2, 0, 0), (2, 0, 0, 2), (2, 0, 0, 2)]


def test_a_locked_workbook_goes_in_with_its_password_and_its_refused_rows_stay_locked(
    office: Office, run: Run, store_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cohort(office)
    book, back, word = tmp_path / "申込.xlsx", tmp_path / "断った行.xlsx", tmp_path / "word"
    word.write_text("ブックの合言葉", encoding="utf-8")
    write_applicants(book, [HANAKO, replace(TARO, birth_date=date(2030, 1, 1))], "ブックの合言葉")
    assert run("import", "applicants", book) == 2
    assert capsys.readouterr().err == "パスワードの掛かったブックです。パスワードを入れてください。\n"
    assert run("import", "applicants", book, "--book-password-file", word, "--refused", back) == 1
    assert names(store_path) == ["見本 花子"]
    assert not back.read_bytes().startswith(b"PK")
    assert read_workbook(back, "ブックの合言葉").sheets[0].rows[1][1] == "例 太郎"


def test_a_cohort_must_be_named_when_there_are_two(
    office: Office, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cohort(office)
    make_cohort(office, 2)
    book = tmp_path / "申込.xlsx"
    write_applicants(book, [HANAKO])
    assert run("import", "applicants", book) == 2
    assert capsys.readouterr().err == (
        "研修期が決まりません（あるもの：令和7年度 第2期、令和7年度 第1期）。"
        "--cohort R7-2 のように略号で選んでください。\n"
    )
    assert run("import", "applicants", book, "--cohort", "R9-1") == 2
    assert run("import", "applicants", book, "--cohort", "R7-2") == 0


def test_results_answers_and_renewals_are_imported_too(
    office: Office, run: Run, said: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    ids = make_applications(office, cohort, [person("見本 花子"), person("例 太郎", "レイ タロウ")])
    finish_course(office, ids[:1], make_report_dues(office, cohort), make_sessions(office, cohort))
    make_certifications(office, cohort, ids[1:])
    scoring.create_test(office, cohort, "修了認定テスト", date(2026, 2, 10))
    write_results(
        tmp_path / "成績.xlsx",
        [ResultForm(2, 2, "例 太郎", "quiz", "points", 80, date(2025, 9, 1), "A")],
    )
    write_answers(
        tmp_path / "答案.xlsx",
        [AnswerForm(2, 1, "見本 花子", "points", {1: ("ア",)})],
        [KeyForm(2, 1, "A", 10, ("ア",), "choice")],
    )
    write_renewals(tmp_path / "更新.xlsx", [RenewalForm(2, "第R7-1-0001号", "例 太郎", date(2026, 4, 2))])
    for kind, name in (("results", "成績"), ("answers", "答案"), ("renewals", "更新")):
        assert run("import", kind, tmp_path / f"{name}.xlsx", "--json") == 0
        assert said() == {**NOTHING, "rows": 1, "new": 1}


def test_answers_without_a_test_to_put_them_in_are_refused(
    office: Office, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort = make_cohort(office)
    for title in ("本試験", "追試験"):
        scoring.create_test(office, cohort, title, date(2026, 2, 10))
    write_answers(tmp_path / "答案.xlsx", [AnswerForm(2, 1, "見本 花子", "points", {1: ("ア",)})])
    assert run("import", "answers", tmp_path / "答案.xlsx") == 2
    assert "（あるもの：「本試験」、「追試験」）" in capsys.readouterr().err
    assert run("import", "answers", tmp_path / "答案.xlsx", "--test", "追試験") == 2
    assert "設問がまだありません" in capsys.readouterr().err


def test_a_reader_may_look_but_not_import_and_nobody_acts_unsigned(
    office: Office, run: Run, store_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cohort(office)
    book = tmp_path / "申込.xlsx"
    write_applicants(book, [HANAKO])
    assert run("import", "applicants", book, "--dry-run", user="etsuran") == 0
    assert run("import", "applicants", book, user="etsuran") == 2
    assert run("import", "applicants", book, user="dareka") == 2
    assert capsys.readouterr().err.splitlines() == [
        "etsuranの人さんの役割ではこの操作はできません（受付）。行えるのは担当・責任者です。その役割の人に依頼してください。",
        "利用者名かパスワードが違います。確かめて入れ直してください。",
    ]
    assert names(store_path) == []


def test_a_hostile_file_is_refused_in_one_line_before_anything_is_written(
    office: Office, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cohort(office)
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    assert run("import", "applicants", tmp_path / "a.xlsx", "--refused", tmp_path / "b.xlsx") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), (tmp_path / "b.xlsx").exists()) == ("", 1, False)
    assert err.startswith("Excel のブックでも CSV でもありません")


def test_lists_are_written_as_of_a_day_and_may_be_encrypted(
    office: Office, run: Run, said: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    make_certifications(office, cohort, make_applications(office, cohort, [person("見本 花子")]))
    out, word = tmp_path / "名簿.xlsx", tmp_path / "word"
    word.write_text("ブックの合言葉", encoding="utf-8")
    assert run("export", "register", out, "--as-of", "R8.4.1", "--json") == 0
    found = said()
    assert (found["rows"], found["file"], found["encrypted"]) == (1, str(out), False)
    rows = read_workbook(out).sheets[0].rows
    assert rows[1][0] == "基準日 令和8年4月1日"
    assert rows[-1][:2] == ("第R7-1-0001号", "見本 花子")
    assert run("export", "register", out, "--as-of", "2026-03-01", "--json") == 0
    assert said()["rows"] == 0
    assert run("export", "register", out, "--book-password-file", word, "--json") == 0
    assert said()["encrypted"] is True
    assert read_workbook(out, "ブックの合言葉").sheets[0].rows[-1][1] == "見本 花子"


@pytest.mark.parametrize("kind", [k for k in EXPORTS if k != "register"])
def test_every_list_of_a_cohort_is_written(office: Office, run: Run, tmp_path: Path, kind: str) -> None:
    cohort = make_cohort(office)
    make_certifications(office, cohort, make_applications(office, cohort, [person("見本 花子")]))
    scoring.create_test(office, cohort, "修了認定テスト", date(2026, 2, 10))
    assert run("export", kind, tmp_path / "a.xlsx", "--cohort", "R7-1") == 0
    assert read_workbook(tmp_path / "a.xlsx").sheets[0].filled > 5


def test_the_layouts_of_the_command_are_the_layouts_of_the_room() -> None:
    assert set(EXPORTS) == set(submission.KINDS)


def test_statistics_become_a_paper_by_the_ending_of_the_name_and_nothing_else_does(
    office: Office, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    word = tmp_path / "word"
    word.write_text("ブックの合言葉", encoding="utf-8")
    make_cohort(office)
    assert run("export", "statistics", tmp_path / "a.pdf") == 0
    assert (tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"
    capsys.readouterr()
    assert run("export", "register", tmp_path / "b.pdf") == 2
    assert run("export", "statistics", tmp_path / "c.pdf", "--book-password-file", word) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line[:12] for line in said] == ["PDF にできるのは統計", "PDF にはパスワードを"]
    assert sorted(p.name for p in tmp_path.glob("?.pdf")) == ["a.pdf"]


def test_a_wrong_day_writes_nothing(office: Office, run: Run, tmp_path: Path) -> None:
    make_cohort(office)
    assert run("export", "register", tmp_path / "a.xlsx", "--as-of", "令和7年2月30日") == 2
    assert not (tmp_path / "a.xlsx").exists()


def test_what_was_written_by_the_template_goes_in_again(
    office: Office, run: Run, store_path: Path, tmp_path: Path
) -> None:
    make_cohort(office)
    out = tmp_path / "様式.xlsx"
    assert run("template", "applicants", out) == 0
    book = openpyxl.load_workbook(out)
    at = {c.value: n for n, c in enumerate(book["申込者"][1], 1)}
    for heading, value in (("申込番号", 7), ("氏名", "神\ufa19 太郎"), ("生年月日", "S60.4.1")):
        book["申込者"].cell(2, at[heading]).value = value
    book.save(out)
    assert parse_applicants(read_workbook(out), date(2026, 1, 1)).forms[0].name == "神\ufa19 太郎"
    assert run("import", "applicants", out) == 0
    assert names(store_path) == ["神\ufa19 太郎"]

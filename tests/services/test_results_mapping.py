"""研修のサイトの書き出し（ほかの様式の成績）を、受付と同じ読み方の仕組みで取り込む。"""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.domain.errors import InputRefused
from app.services import intake, progress
from app.services.import_jobs import results_job
from app.services.intake.mapping import propose_mapping
from app.services.office import Office
from app.workbooks.mapping import RESULTS
from app.workbooks.reading import read_workbook
from database.opening import Store
from tests.factories import make_applications, make_cohort, make_office, person

WIDE = (
    ("研修サイト 成績一覧",),
    ("受講者番号", "受講者名", "完了日", "小テストA", "小テストB（評点）", "総合テスト", "備考"),
    ("0001", "甲 一", date(2025, 9, 2), 80, "欠席", "-", "x"),
    ("0002", "乙 二", date(2025, 9, 3), 0, None, None, ""),
    ("0003", "丙 三", None, 50, None, None, ""),
)
LONG = (
    ("テスト名", "点数", "受験日", "ユーザ名", "受験回"),
    ("小テストA", 55, date(2025, 9, 2), 1, 1),
    ("小テストA", 75, date(2025, 9, 9), 1, 2),
    ("総合確認テスト", "無効", date(2025, 9, 9), 2, None),
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    cohort = make_cohort(office)
    make_applications(office, cohort, [person(n) for n in ("甲 一", "乙 二", "丙 三")])
    return cohort


def book(path: Path, rows: tuple[tuple[Any, ...], ...]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    made.worksheets[0].title = "export"
    made.save(path)
    return path


def attempts(office: Office, cohort: int) -> list[tuple[str, str, int, str]]:
    return [
        (r.reception, a.subject_group, a.number, a.words)
        for r in progress.board(office, cohort).rows
        for a in progress.get_course(office, r.application_id).attempts
    ]


def test_a_wide_export_is_guessed_and_each_filled_cell_becomes_a_result(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path / "export.xlsx", WIDE)
    draft = propose_mapping(office, path, kind=RESULTS)
    assigned = {i.title: i.place for i in draft.items() if i.state == "assigned"}
    assert assigned == {
        "受付番号": "A列「受講者番号」",
        "氏名": "B列「受講者名」",
        "実施日（どの列にも）": "C列「完了日」",
        "小テストA": "D列「小テストA」",
        "小テストB": "E列「小テストB（評点）」",
        "総合確認テスト": "F列「総合テスト」",
    }
    assert draft.problem == ""
    seen = progress.preview_results(office, cohort, path, mapping=draft.mapping)
    assert [(r.row, r.number, r.state) for r in seen.rows] == [
        (3, "0001", "new"),
        (3, "0001", "new"),
        (4, "0002", "new"),
        (5, "0003", "error"),
    ]
    assert [(e.sheet, e.row, e.column) for e in seen.errors] == [("export", 5, "完了日")]
    assert "横線だけの升1個は、記録なしとみて読みませんでした。" in seen.reports
    assert "列「備考」は読みませんでした。" in seen.reports
    progress.import_results(office, cohort, path, mapping=draft.mapping)
    assert attempts(office, cohort) == [
        ("0001", "A", 1, "80点 合格"),
        ("0001", "B", 1, "欠席"),
        ("0002", "A", 1, "0点 不合格"),
    ]
    assert progress.import_results(office, cohort, path, mapping=draft.mapping).batch_id is None


def test_one_row_a_result_is_read_with_its_attempts(office: Office, cohort: int, tmp_path: Path) -> None:
    path = book(tmp_path / "long.xlsx", LONG)
    mapping = propose_mapping(office, path, kind=RESULTS).mapping
    progress.import_results(office, cohort, path, mapping=mapping)
    assert attempts(office, cohort) == [
        ("0001", "A", 1, "55点 不合格"),
        ("0001", "A", 2, "75点 合格"),
        ("0002", "", 1, "無効"),
    ]


def test_a_saved_reading_is_used_for_the_next_file_and_only_for_results(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    first = book(tmp_path / "1.xlsx", WIDE)
    with pytest.raises(InputRefused):
        progress.preview_results(office, cohort, first)
    intake.save_mapping(office, "研修サイト", propose_mapping(office, first, kind=RESULTS).mapping)
    again = book(tmp_path / "2.xlsx", (*WIDE[:2], ("0002", "乙 二", date(2025, 9, 5), 90, 70, 65, "")))
    seen = progress.preview_results(office, cohort, again)
    assert (seen.reports[0], seen.new) == ("保存した読み方「研修サイト」で読みました。", 3)
    assert propose_mapping(office, again, kind=RESULTS).name == "研修サイト"
    assert propose_mapping(office, again).name == ""
    assert [m.name for m in intake.list_mappings(office)] == ["研修サイト"]


def test_a_guess_is_corrected_and_what_is_missing_is_said(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    rows = (("番号", "お名前", "第1回", "実施日"), (1, "甲 一", 66, date(2025, 9, 2)))
    path = book(tmp_path / "odd.xlsx", rows)
    draft = propose_mapping(office, path, kind=RESULTS)
    assert draft.problem == (
        "読む結果がありません。テストの列（小テストAなど）か、「種別」と「結果」の列を割り当ててください。"
    )
    draft.point("成績の表/小テストC/0", "export", 1, 2)
    assert draft.problem == ""
    progress.import_results(office, cohort, path, mapping=draft.mapping)
    assert attempts(office, cohort) == [("0001", "C", 1, "66点 合格")]


def test_refused_rows_come_back_in_the_own_layout_with_the_reason(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    path = book(tmp_path / "export.xlsx", WIDE)
    job = results_job(office, cohort, propose_mapping(office, path, kind=RESULTS).mapping)
    seen = job.preview(path)
    target = tmp_path / "refused.xlsx"
    job.write_refused(path, seen, target)
    (sheet,) = (s for s in read_workbook(target).sheets if s.name == "成績")
    heading, row = sheet.rows[0], sheet.rows[1]
    found = dict(zip(heading, row, strict=False))
    assert (found["受付番号"], found["種別"], found["結果"]) == ("0003", "小テストA", 50)
    assert str(found["不受理の理由"]).startswith("実施日：")
    assert len(sheet.rows) == 2

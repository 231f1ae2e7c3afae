"""採点の分析と、テスト分析報告書。"""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from app.domain.abilities import ABILITIES
from app.domain.access import Role
from app.domain.errors import AccessDenied, InputRefused, RuleViolation
from app.domain.item_analysis import Flag
from app.services import audit_log, scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from app.workbooks.answers import parse_answers
from app.workbooks.reading import read_workbook
from database.opening import Store
from database.schema.scoring import AnswerSheet
from tests.factories import as_role, make_office
from tests.ui.rooms.course_sample import HELD_ON, QUESTIONS, THREE, make_ready, make_test


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def doubtful(office: Office, people: int = 40) -> int:
    """問7の正答を取り違え、問5を誤答者だけ除外した、合格基準の採用されたテスト。"""
    _, test, _ = make_test(office, people)
    scoring.set_questions(
        office,
        test,
        [
            replace(q, key=("ア",), text="窓口で最初にすることはどれか") if q.number == 7 else q
            for q in QUESTIONS
        ],
    )
    scoring.lock_test(office, test)
    form = PassRuleForm(60, correction=-2, changes=(QuestionChange(5, "excluded_for_missed"),))
    scoring.adopt_rule(office, test, form, "第1回認定審査委員会の決定による")
    return test


def text_of(path: Path) -> str:
    pages = PdfReader(BytesIO(path.read_bytes())).pages
    return "\n".join(page.extract_text() for page in pages)


def test_the_paper_says_flags_first_then_how_to_read_then_every_table(office: Office, tmp_path: Path) -> None:
    test = doubtful(office)
    target = scoring.write_analysis(office, test, tmp_path / "報告書.pdf")
    text = text_of(target)
    for number, heading in enumerate(
        ("目を向けたい設問", "指数の読み方", "得点の分布（n=39）", "科目群ごとの得点率", "信頼性（n=39）", "設問の図と一覧",
         "肢の表", "合格の基準と人数"),
        1,
    ):  # fmt: skip
        assert f"{number}　{heading}" in text
    assert "正答や問い方の誤りを疑うのは1問です（問7）。" in text
    assert "設問の文：窓口で最初にすることはどれか" in text
    assert "扱いを変えて採点した設問：問5（誤答者だけ除外）" in text
    view = scoring.score_test(office, test)
    passed = sum(r.passed is True for r in view.rows)
    assert f"{passed}名" in text
    assert "58点（満点100点）。60点を委員会が−2点補正" in text
    found = view.analysis.figures.reliability
    assert f"α {found.value:.2f}（標準誤差 {found.error:.3f}" in text


def test_the_paper_of_a_few_people_shows_no_index(office: Office, tmp_path: Path) -> None:
    _, test, _ = make_test(office, 8)
    text = text_of(scoring.write_analysis(office, test, tmp_path / "報告書.pdf"))
    assert "受験者が7名（10名未満）のため、指数は出しません。" in text
    assert "印も付けません" in text
    assert "まだ採用されていません。" in text
    assert "（人数不足）" in text


def test_the_book_has_four_sheets_with_real_numbers(office: Office, tmp_path: Path) -> None:
    test = doubtful(office)
    book = load_workbook(scoring.write_analysis(office, test, tmp_path / "分析.xlsx"))
    assert book.sheetnames == ["概要", "設問", "選択肢", "得点分布"]
    view = scoring.score_test(office, test)
    rows = [[c.value for c in row] for row in book["設問"].iter_rows()]
    at = next(i for i, row in enumerate(rows) if row[0] == "問")
    titles = rows[at]
    first = dict(zip(titles, rows[at + 1], strict=True))
    item = view.items[0]
    assert (first["問"], first["n"], first["科目群"]) == (1, 39, "A")
    assert first["正答率（得点率）"] == item.correct_rate.value
    assert first["識別指数"] == item.discrimination.value
    assert first["点双列（項目合計相関）"] == item.correlation.value
    fifth: dict[Any, Any] = dict(zip(titles, rows[at + 5], strict=True))
    assert fifth["点双列（項目合計相関）"] == "—（全員同じ点）"
    assert fifth["除外"] == 39 - fifth["n"]
    assert fifth["正答率（答案どおり）"] == pytest.approx(fifth["n"] / 39)
    sheet = book["設問"]
    assert sheet.freeze_panes == f"A{at + 2}"
    assert sheet.print_title_rows == f"${at + 1}:${at + 1}"
    assert sheet.cell(at + 2, titles.index("正答率（得点率）") + 1).number_format == "0.0%"
    assert sheet.cell(at + 2, titles.index("識別指数") + 1).number_format == "0.00"
    marks = {(r[0].value, r[1].value): r[2].value for r in book["選択肢"].iter_rows(min_row=3)}
    assert (marks[7, "ア"], marks[7, "エ"]) == ("正答", "正答より多い")
    summary = {r[0].value: r[1].value for r in book["概要"].iter_rows()}
    assert summary["平均"] == view.mean
    assert summary["正答や問い方の誤りを疑う設問"] == "問7"
    assert summary["人数：合格"] == sum(r.passed is True for r in view.rows)
    counted: list[Any] = [r[2].value for r in book["得点分布"].iter_rows() if isinstance(r[0].value, int)]
    assert sum(counted) == 39


def test_the_flags_and_the_figures_as_answered_reach_the_screen(office: Office) -> None:
    items = scoring.score_test(office, doubtful(office)).items
    assert items[6].flags == (Flag.NEGATIVE, Flag.REVERSED, Flag.LURED)
    assert items[4].excluded > 0
    assert items[4].untreated is not None
    assert items[4].untreated.n == 39


def test_the_abilities_measured_are_kept_and_analysed_on_paper_and_in_the_book(
    office: Office, tmp_path: Path
) -> None:
    _, test, _ = make_test(office, 40)
    names = ("status", "solving", "agencies", "linking")
    able = [replace(q, ability=names[q.number % 4]) if q.number < 20 else q for q in QUESTIONS]
    scoring.set_questions(office, test, able)
    view = scoring.score_test(office, test)
    assert [q.ability for q in view.test.questions] == [q.ability for q in able]
    assert tuple(view.analysis.abilities) == names
    text = text_of(scoring.write_analysis(office, test, tmp_path / "報告書.pdf"))
    assert "測る能力ごとの得点率" in text
    assert "出入国・在留の制度の知識は4問、" in text
    assert "能力を定めていない設問が1問あります。" in text.replace("\n", "")
    book = load_workbook(scoring.write_analysis(office, test, tmp_path / "分析.xlsx"))
    rows = [[c.value for c in row] for row in book["設問"].iter_rows()]
    at = next(i for i, row in enumerate(rows) if row[0] == "問")
    place = rows[at].index("能力")
    assert [row[place] for row in rows[at + 1 : at + 5]] == [
        ABILITIES[n] for n in ("solving", "agencies", "linking", "status")
    ]
    medians = {
        r[0].value: r[4].value for r in book["得点分布"].iter_rows() if r[0].value in ABILITIES.values()
    }
    assert medians == {
        ABILITIES[a]: pytest.approx(box.median / 100) for a, box in view.analysis.abilities.items()
    }
    with pytest.raises(RuleViolation, match="問1：能力を、出入国・在留の制度の知識・"):
        scoring.set_questions(office, test, [replace(QUESTIONS[0], ability="flying")])


def test_the_key_sheet_carries_the_abilities_out_and_back(office: Office, tmp_path: Path) -> None:
    _, test, _ = make_ready(office)
    able = [replace(q, ability=a) for q, a in zip(THREE, ("status", None, "linking"), strict=True)]
    scoring.set_questions(office, test, able)
    path = scoring.write_template(office, test, tmp_path / "答案.xlsx")
    assert [k.ability for k in parse_answers(read_workbook(path)).keys] == ["status", None, "linking"]
    other = scoring.create_test(office, 1, "追試", HELD_ON)
    book = load_workbook(path)
    for number in (1, 2, 3):
        book["答案"].cell(number + 1, 1).value = number
    headings = [c.value for c in next(book["答案"].iter_rows())]
    for place in (2, 3, 4):
        book["答案"].cell(place, headings.index("問1") + 1).value = "ア"
    book.save(path)
    scoring.import_answers(office, other, path)
    questions = scoring.score_test(office, other).test.questions
    assert [(q.number, q.ability) for q in questions] == [(1, "status"), (2, None), (3, "linking")]
    scoring.set_questions(office, other, [replace(able[0], ability="solving"), *able[1:]])
    with pytest.raises(InputRefused, match="登録された設問と違います（問1）"):
        scoring.preview_answers(office, other, path)


def test_the_first_page_says_the_result_and_how_many_stand_near_the_mark(
    office: Office, tmp_path: Path
) -> None:
    test = doubtful(office)
    text = text_of(scoring.write_analysis(office, test, tmp_path / "報告書.pdf"))
    view = scoring.score_test(office, test)
    figures = view.analysis.figures
    passed = sum(r.passed is True for r in view.rows)
    assert f"合格{passed}名、不合格（得点あり）{39 - passed}名、欠席1名（合格点58点）" in text
    assert f"{figures.mean:.1f}点（標準偏差{figures.deviation:.1f}点）、満点100点" in text
    width = figures.reliability.measurement
    assert width is not None
    near = [r for r in view.rows if r.total is not None and abs(r.total - (r.needed or 58)) <= width]
    assert f"にいる人は{len(near)}名です。" in text.replace("\n", "")


def test_no_question_is_torn_between_two_pages_of_the_choice_table(office: Office, tmp_path: Path) -> None:
    test = doubtful(office)
    path = scoring.write_analysis(office, test, tmp_path / "報告書.pdf")
    for page in PdfReader(BytesIO(path.read_bytes())).pages:
        lines = page.extract_text().splitlines()
        if "合計の平均" in lines:  # 肢の表の見出しの次は、設問の番号で始まる
            assert lines[lines.index("合計の平均") + 1].isdecimal()


def test_writing_a_report_is_audited_and_needs_the_office(office: Office, tmp_path: Path) -> None:
    _, test, _ = make_test(office, 12)
    scoring.write_analysis(office, test, tmp_path / "a.PDF")
    entries = audit_log.read(as_role(office, Role.MANAGER))
    assert entries[0].summary == "修了認定テストの分析報告書を書き出し（PDF、受験11人）"
    with pytest.raises(AccessDenied):
        scoring.write_analysis(as_role(office, Role.AUDITOR), test, tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()


def test_what_cannot_be_written_is_refused_and_leaves_no_trace(office: Office, tmp_path: Path) -> None:
    _, test, _ = make_ready(office)
    with pytest.raises(RuleViolation, match=r"名の終わりを \.pdf か \.xlsx に"):
        scoring.write_analysis(office, test, tmp_path / "報告書.doc")
    with pytest.raises(RuleViolation, match="得点のある人がまだいません"):
        scoring.write_analysis(office, test, tmp_path / "報告書.pdf")
    assert list(tmp_path.glob("報告書*")) == []


def test_answers_and_keys_changed_since_the_last_look_are_seen(office: Office) -> None:
    _, test, ids = make_test(office, 12)
    before = scoring.score_test(office, test)
    assert scoring.score_test(office, test).rows == before.rows
    turned = [replace(q, key=("ア",)) if q.number == 7 else q for q in QUESTIONS]
    scoring.set_questions(office, test, turned)
    assert scoring.score_test(office, test).mean != before.mean
    scoring.set_questions(office, test, QUESTIONS)
    with office.act("scoring.set_questions") as act:
        sheet = act.session.scalars(select(AnswerSheet).where(AnswerSheet.application_id == ids[0])).one()
        sheet.answers = {}
        act.say("answer_sheet", "答案を空にする")
    after = scoring.preview_rule(office, test, PassRuleForm(60)).rows
    assert after[0].total == 0
    assert [r.total for r in after[1:]] == [r.total for r in before.rows[1:]]

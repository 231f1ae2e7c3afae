"""採点：答案を打つ、二度目の入力と照らす、断り。"""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.exports import scores_sheet
from app.services.office import Office
from app.services.scoring import PassRuleForm
from app.services.views.scoring_marking import AnswersTyped, Difference, GridRow
from app.workbooks.answers import AnswerForm, write_answers
from database.opening import Store
from database.schema.audit import AuditEntry
from tests.factories import (
    finish_course,
    make_actor,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
)
from tests.ui.rooms.course_sample import HELD_ON, THREE, make_ready, people

TYPED = AnswersTyped("points", {1: ("ア",), 2: ("イ", "ウ"), 3: 9})


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def test_id(office: Office) -> int:
    _, test, _ = make_ready(office)
    scoring.set_questions(office, test, THREE)
    return test


def other(office: Office, key: str = "") -> Office:
    return replace(office, actor=make_actor(name="事務 月子", key=key))


def row(office: Office, test_id: int, place: int = 0) -> GridRow:
    return scoring.answer_grid(office, test_id).rows[place]


def test_a_row_is_saved_with_the_audit_log_and_scored(office: Office, test_id: int) -> None:
    made = scoring.save_answers(office, test_id, row(office, test_id), TYPED)
    assert (made.outcome, made.answers, made.entered_by) == ("points", TYPED.answers, "事務 花子")
    assert [r.total for r in scoring.score_test(office, test_id).rows] == [99]
    with office.store.sessions() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).one()
        assert last.summary == "受付0001の答案を入力（修了認定テスト）"
        assert last.detail["answers"] == {"1": [None, ["ア"]], "2": [None, ["イ", "ウ"]], "3": [None, 9]}


@pytest.mark.parametrize("outcome", ["points", "absent", "invalid", "exempt", "not_held"])
def test_the_five_outcomes_stay_five(office: Office, test_id: int, outcome: str) -> None:
    scoring.save_answers(office, test_id, row(office, test_id), AnswersTyped(outcome))
    assert (row(office, test_id).outcome, dict(row(office, test_id).answers)) == (outcome, {})
    # 白紙の受験は0点、ほかは得点ではない
    assert [r.total for r in scoring.score_test(office, test_id).rows] == [0 if outcome == "points" else None]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (AnswersTyped(""), "結果（受験・欠席など）が空です"),
        (AnswersTyped("absent", {1: ("ア",)}), "結果が「欠席」なのに答えがあります"),
        (AnswersTyped("points", {1: ("z",)}), "問1に肢「z」はありません"),
        (AnswersTyped("points", {3: 11}), "問3の点は0〜10の整数で"),
        (AnswersTyped("points", {9: ("ア",)}), "問9はこのテストにありません"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(
    office: Office, test_id: int, typed: AnswersTyped, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        scoring.save_answers(office, test_id, row(office, test_id), typed)
    assert row(office, test_id).sheet_id is None


def test_a_row_changed_elsewhere_is_not_written_over(office: Office, test_id: int) -> None:
    seen = row(office, test_id)
    scoring.save_answers(other(office), test_id, seen, TYPED)
    with pytest.raises(RuleViolation, match="開いた後にほかで変わっています"):
        scoring.save_answers(office, test_id, seen, AnswersTyped("absent"))
    assert row(office, test_id).outcome == "points"


def test_the_second_entry_is_anothers_and_names_each_difference(office: Office, test_id: int) -> None:
    scoring.save_answers(office, test_id, row(office, test_id), TYPED)
    with pytest.raises(RuleViolation, match="二度目は別の人が打ってください"):
        scoring.check_answers(office, test_id, row(office, test_id), TYPED)
    # 口座が別でも同じ人なら、二度目ではない
    again = other(office, key="事務 花子/clerk")
    with pytest.raises(RuleViolation, match="二度目は別の人が打ってください"):
        scoring.check_answers(again, test_id, row(again, test_id), TYPED)
    second = other(office)
    typed = AnswersTyped("points", {1: ("イ",), 2: ("ウ", "イ")})
    result = scoring.check_answers(second, test_id, row(second, test_id), typed)
    assert result.differences == (Difference(1, "ア", "イ"), Difference(3, "9", ""))
    assert row(office, test_id).checked_by == ""
    taken = {1: "second", 3: "first"}
    result = scoring.check_answers(second, test_id, row(second, test_id), typed, taken)
    assert result.differences == ()
    assert row(office, test_id).answers == {1: ("イ",), 2: ("イ", "ウ"), 3: 9}
    assert row(office, test_id).checked_by == "事務 月子"


def test_a_checked_row_is_corrected_with_a_reason_and_is_unchecked_again(
    office: Office, test_id: int
) -> None:
    scoring.save_answers(office, test_id, row(office, test_id), TYPED)
    second = other(office)
    scoring.check_answers(second, test_id, row(second, test_id), TYPED)
    changed = AnswersTyped("points", {1: ("エ",)})
    with pytest.raises(RuleViolation, match="理由が要ります"):
        scoring.save_answers(office, test_id, row(office, test_id), changed)
    scoring.save_answers(office, test_id, row(office, test_id), changed, reason="読み違い")
    assert (row(office, test_id).answers, row(office, test_id).checked_by) == ({1: ("エ",)}, "")


def test_a_locked_test_takes_no_answers(office: Office, test_id: int) -> None:
    seen = row(office, test_id)
    scoring.save_answers(office, test_id, seen, TYPED)
    scoring.lock_test(office, test_id)
    assert scoring.answer_grid(office, test_id).locked
    with pytest.raises(RuleViolation, match="確定しているため"):
        scoring.save_answers(office, test_id, row(office, test_id), AnswersTyped("absent"))
    with pytest.raises(RuleViolation, match="確定しているため"):
        scoring.check_answers(other(office), test_id, row(office, test_id), TYPED)


def test_the_five_outcomes_go_through_the_workbooks_and_stay_five(office: Office, tmp_path: Path) -> None:
    cohort = make_cohort(office, term=3)
    ids = make_applications(office, cohort, people(6))
    finish_course(office, ids, make_report_dues(office, cohort), make_sessions(office, cohort))
    test = scoring.create_test(office, cohort, "追試", HELD_ON)
    scoring.set_questions(office, test, THREE)
    outcomes = ("points", "absent", "invalid", "exempt", "not_held")
    forms = [AnswerForm(n + 2, n, "", outcome) for n, outcome in enumerate(outcomes, 1)]
    forms.append(AnswerForm(8, 6, "", "points", {1: ("ア",), 2: ("エ",), 3: ("0",)}))
    write_answers(tmp_path / "答案.xlsx", forms)
    scoring.import_answers(office, test, tmp_path / "答案.xlsx")
    assert [r.outcome for r in scoring.answer_grid(office, test).rows] == [*outcomes, "points"]
    scores = scoring.score_test(office, test)
    assert [(r.total, r.outcome_words) for r in scores.rows] == [
        (0, ""),
        (None, "欠席"),
        (None, "無効"),
        (None, "免除"),
        (None, "未実施"),
        (40, ""),
    ]
    scoring.lock_test(office, test)
    scoring.adopt_rule(office, test, PassRuleForm(30, no_zero=False), "委員会の決定")
    sheet = scores_sheet(scoring.score_test(office, test))
    assert [row[-2:] for row in sheet.rows] == [
        (0, "不合格"),
        (None, "欠席"),
        (None, "無効"),
        (None, "免除"),
        (None, "未実施"),
        (40, "合格"),
    ]

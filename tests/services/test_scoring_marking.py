"""採点：二人の採点、読み残し、得点への反映、断り。"""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.domain.marking import Standing
from app.services import scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionForm
from app.services.views.scoring_marking import MarkingItem
from app.workbooks.answers import AnswerForm, write_answers
from database.opening import Store
from database.schema.audit import AuditEntry
from database.schema.scoring import AnswerSheet, WrittenMark
from tests.factories import insert, make_actor, make_office
from tests.ui.rooms.course_sample import THREE, make_ready


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def test_id(office: Office) -> int:
    """三人のうち二人が受験した、差が2点を超えたら三人目が読むテスト（問3が10点の記述）。"""
    _, test, ids = make_ready(office)
    scoring.set_questions(office, test, THREE)
    sheets = [
        AnswerSheet(
            certification_test_id=test, application_id=a, answers={"1": ["ア"], "2": ["イ", "ウ"], "3": 9}
        )
        for a in ids[:2]
    ]
    absent = AnswerSheet(certification_test_id=test, application_id=ids[2], outcome="absent", answers={})
    insert(office, [*sheets, absent])
    return test


def reader(office: Office, name: str, key: str = "", role: Role = Role.MEMBER) -> Office:
    return replace(office, actor=make_actor(role, name, key))


def items(office: Office, test_id: int) -> tuple[MarkingItem, ...]:
    return scoring.marking_desk(office, test_id).items


def totals(office: Office, test_id: int) -> list[int | None]:
    return [r.total for r in scoring.score_test(office, test_id).rows]


def test_without_two_readers_the_points_in_the_answers_count(office: Office, test_id: int) -> None:
    assert totals(office, test_id) == [99, 99, None]
    assert scoring.marking_overview(office, test_id).gap is None
    assert items(office, test_id) == ()


def test_with_two_readers_only_their_points_count(office: Office, test_id: int) -> None:
    scoring.set_marking(office, test_id, 2)
    assert totals(office, test_id) == [90, 90, None]
    one, two = reader(office, "甲"), reader(office, "乙")
    first, second = items(one, test_id)
    assert (first.standing, first.reading, first.reception) == (Standing.TO_READ, 1, "0001")
    assert scoring.mark_written(one, first.sheet_id, 3, 6).standing is Standing.WAITING
    assert totals(office, test_id) == [90, 90, None]
    hidden = items(two, test_id)[0]
    assert (hidden.given, hidden.result, hidden.reading, hidden.mine) == ((), None, 2, None)
    done = scoring.mark_written(two, first.sheet_id, 3, 7, note="根拠が足りない")
    assert [g.words for g in done.given] == ["一人目 6点（甲）", "二人目 7点（乙）：根拠が足りない"]
    assert (done.result, done.standing, done.mine) == (7, Standing.SETTLED, 7)
    assert totals(office, test_id) == [97, 90, None]
    assert second.sheet_id != first.sheet_id


def test_a_wide_gap_calls_a_third_who_sees_nothing_and_the_middle_counts(
    office: Office, test_id: int
) -> None:
    scoring.set_marking(office, test_id, 2)
    one, two, three = (reader(office, name) for name in "甲乙丙")
    sheet = items(one, test_id)[0].sheet_id
    scoring.mark_written(one, sheet, 3, 2)
    wide = scoring.mark_written(two, sheet, 3, 5)
    assert (wide.standing, wide.reading, wide.result) == (Standing.WAITING, 3, None)
    waiting = scoring.marking_overview(office, test_id).waiting
    assert [w.words for w in waiting] == ["問3 一人目 1枚", "問3 三人目 1枚（甲・乙さん以外）"]
    assert items(three, test_id)[0].given == ()
    assert scoring.mark_written(three, sheet, 3, 9).result == 5
    assert totals(office, test_id)[0] == 95


def test_one_person_with_two_accounts_reads_once(office: Office, test_id: int) -> None:
    scoring.set_marking(office, test_id, 2)
    one = reader(office, "甲", "同じ人")
    again = reader(office, "甲（別の口座）", "同じ人", Role.CLERK)
    sheet = items(one, test_id)[0].sheet_id
    scoring.mark_written(one, sheet, 3, 2)
    assert items(again, test_id)[0].standing is Standing.WAITING
    corrected = scoring.mark_written(again, sheet, 3, 4)  # 二人目にはならず、自分の点の訂正になる
    assert (corrected.reading, corrected.mine) == (2, 4)
    with office.store.sessions() as session:
        assert session.scalars(select(WrittenMark.reading)).all() == [1]


def test_correcting_after_the_other_read_needs_a_reason_and_is_over_after_the_third(
    office: Office, test_id: int
) -> None:
    scoring.set_marking(office, test_id, 2)
    one, two, three = (reader(office, name) for name in "甲乙丙")
    sheet = items(one, test_id)[0].sheet_id
    scoring.mark_written(one, sheet, 3, 2)
    scoring.mark_written(two, sheet, 3, 9)
    with pytest.raises(RuleViolation, match="理由が要ります"):
        scoring.mark_written(one, sheet, 3, 3)
    scoring.mark_written(one, sheet, 3, 3, reason="読み違い")
    scoring.mark_written(three, sheet, 3, 10)
    with pytest.raises(RuleViolation, match="三人目が読んだ後は"):
        scoring.mark_written(two, sheet, 3, 8, reason="直したい")
    assert totals(office, test_id)[0] == 99
    with office.store.sessions() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.reason == "読み違い")).one()
    assert said.detail == {"reading": 1, "before": [2, ""], "after": [3, ""]}


@pytest.mark.parametrize("points", [-1, 11])
def test_a_mark_outside_the_points_is_refused(office: Office, test_id: int, points: int) -> None:
    scoring.set_marking(office, test_id, 2)
    with pytest.raises(RuleViolation, match="問3の点は0〜10点です"):
        scoring.mark_written(office, items(office, test_id)[0].sheet_id, 3, points)


def test_a_settled_answer_takes_no_further_reader(office: Office, test_id: int) -> None:
    scoring.set_marking(office, test_id, 2)
    one, two, three = (reader(office, name) for name in "甲乙丙")
    sheet = items(one, test_id)[0].sheet_id
    scoring.mark_written(one, sheet, 3, 2)
    scoring.mark_written(two, sheet, 3, 4)
    with pytest.raises(RuleViolation, match="もう二人の採点で決まっています"):
        scoring.mark_written(three, sheet, 3, 3)


def test_a_test_is_locked_only_when_all_is_read_and_then_nothing_changes(
    office: Office, test_id: int
) -> None:
    scoring.set_marking(office, test_id, 2)
    one, two = reader(office, "甲"), reader(office, "乙")
    sheets = [i.sheet_id for i in items(one, test_id)]
    for sheet in sheets:
        scoring.mark_written(one, sheet, 3, 4)
    with pytest.raises(RuleViolation, match="問3 二人目 2枚（甲さん以外）"):
        scoring.lock_test(office, test_id)
    for sheet in sheets:
        scoring.mark_written(two, sheet, 3, 5)
    scoring.lock_test(office, test_id)
    for change in (
        lambda: scoring.mark_written(two, sheets[0], 3, 4, reason="直したい"),
        lambda: scoring.set_marking(office, test_id, 0),
    ):
        with pytest.raises(RuleViolation, match="確定している"):
            change()
    scoring.adopt_rule(office, test_id, PassRuleForm(95), "委員会の決定")
    assert [(r.total, r.passed) for r in scoring.score_test(office, test_id).rows] == [
        (95, True),
        (95, True),
        (None, False),
    ]


def test_once_begun_two_readers_stay_and_the_question_keeps_its_points(office: Office, test_id: int) -> None:
    scoring.set_marking(office, test_id, 2)
    scoring.mark_written(office, items(office, test_id)[0].sheet_id, 3, 7)
    with pytest.raises(RuleViolation, match="戻せません"):
        scoring.set_marking(office, test_id, None)
    for changed in ([*THREE[:2]], [*THREE[:2], QuestionForm(3, "B", 6, (), "written")]):
        with pytest.raises(RuleViolation, match=r"問3は採点が始まっています。.*7点"):
            scoring.set_questions(office, test_id, changed)
    scoring.set_questions(office, test_id, [*THREE[:2], QuestionForm(3, "B", 7, (), "written")])
    scoring.set_marking(office, test_id, 3)


def test_a_workbook_gives_no_points_where_two_read(office: Office, test_id: int, tmp_path: Path) -> None:
    scoring.set_marking(office, test_id, 2)
    path = tmp_path / "答案.xlsx"
    typed = {1: ("ア",), 2: ("イ",)}
    forms = [AnswerForm(2, 1, "", "points", typed | {3: ("9",)}), AnswerForm(3, 2, "", "points", typed)]
    write_answers(path, forms, ())
    seen = scoring.preview_answers(office, test_id, path)
    assert [(e.column, e.reason) for e in seen.errors] == [
        ("問3", "二人で採点する記述です。空にし、点は採点の画面で入れてください。")
    ]
    assert (seen.changed, seen.new) == (1, 0)


def test_members_mark_and_see_no_scores(office: Office, test_id: int) -> None:
    scoring.set_marking(office, test_id, 2)
    member, auditor = reader(office, "委員"), reader(office, "監", role=Role.AUDITOR)
    scoring.mark_written(member, items(member, test_id)[0].sheet_id, 3, 1)
    with pytest.raises(AccessDenied):
        scoring.score_test(member, test_id)
    with pytest.raises(AccessDenied):
        scoring.mark_written(auditor, items(auditor, test_id)[0].sheet_id, 3, 1)


def test_the_first_mark_is_not_written_in_the_words_of_the_log(office: Office, test_id: int) -> None:
    scoring.set_marking(office, test_id, 2)
    scoring.mark_written(office, items(office, test_id)[0].sheet_id, 3, 7)
    with office.store.sessions() as session:
        said = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert said is not None
    assert (said.summary, said.detail) == ("受付0001の問3を採点（一人目、修了認定テスト）", {})

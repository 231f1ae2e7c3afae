"""採点：合格基準と不適切な設問の扱いを試し、採用する。採用の履歴。"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.scoring import TREATMENTS, PassRule, Question, full_marks, group_need, scaled_words
from app.services.office import Act, Actor, Office, check_second_person
from app.services.scoring.analysis import added_people, frozen_rule, load_test, questions_of
from app.services.scoring.scores import (
    LoadTable,
    adopted_rule,
    change_questions,
    load_table,
    match_scores,
    pass_rule,
    recent_table,
    score_rows,
    score_sheets,
)
from app.services.views.scoring import PassRuleForm, QuestionChange, RuleChange, RulePreview, ScoreRow
from app.services.views.scoring_decisions import DecidedRow, DecisionRow, TreatmentEffect
from database.queries.scoring import latest_adoption, load_sheets
from database.schema.committee import Meeting
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.scoring import CertificationTest, PassRuleAdoption


def _check_rule(form: PassRuleForm, questions: Sequence[Question]) -> None:
    full = sum(q.points for q in questions)
    if not 0 <= form.total_minimum + form.correction <= full:
        raise RuleViolation(
            f"合格点（補正して{form.total_minimum + form.correction}点）が0〜{full}点の外です。確かめてください。"
        )
    groups = full_marks(questions)
    for group, minimum in form.group_minimum:
        if not 0 <= minimum <= groups.get(group, -1):
            raise RuleViolation(
                f"科目群{group}の最低点（{minimum}点）が満点の外か、その科目群の設問がありません。"
            )


def _changes(
    before: Sequence[ScoreRow], after: Sequence[ScoreRow], mark: int, full: int
) -> tuple[RuleChange, ...]:
    """点・満点・合否のどれかが変わる人。"""
    found = []
    for b, a in zip(before, after, strict=True):
        if a.total is None or b.total is None:
            continue
        if (a.total, a.passed, a.full) != (b.total, b.passed, b.full):
            found.append(
                RuleChange(
                    a.application_id,
                    a.reception_number,
                    a.name,
                    b.total,
                    a.total,
                    b.passed,
                    a.passed is True,
                    b.full_total,
                    a.full_total,
                    a.needed or 0,
                    scaled_words(mark, a.full_total, full),
                )
            )
    return tuple(found)


def _preview(
    session: Session,
    test: CertificationTest,
    form: PassRuleForm,
    load: LoadTable = load_table,
    against: PassRuleForm | None = None,
) -> RulePreview:
    before_questions = questions_of(test)
    after_questions = change_questions(before_questions, form.changes)
    _check_rule(form, after_questions)
    sheets, table = load(session, test.id, before_questions)
    latest = latest_adoption(session, test.id)
    rule, old, added = pass_rule(form), frozen_rule(latest), added_people(latest)
    if old is None and against is not None:
        old = pass_rule(against)
    scored = match_scores(sheets, table)
    before = score_rows(scored, old, before_questions, added)
    if form.changes:
        scored = match_scores(sheets, table.rescored(after_questions))
    after = score_rows(scored, rule, after_questions, added)
    full = sum(q.points for q in after_questions)
    passed_before = None if latest is None else sum(b.passed is True for b in before)
    return RulePreview(
        tuple(after),
        passed_before,
        sum(a.passed is True for a in after),
        _changes(before, after, rule.pass_mark, full),
        rule.pass_mark,
    )


def preview_rule(
    office: Office, test_id: int, form: PassRuleForm, against: PassRuleForm | None = None
) -> RulePreview:
    """合格基準と設問の扱いを当ててみる（何も書かない）。変わる人を前後の点・満点・合否で示す。

    前はいまの採用。採用がまだなく against があれば、それを前とする。合格に加えた人は合格のままにする。
    """
    with office.read("scoring.preview_rule") as session:
        return _preview(session, load_test(session, test_id), form, recent_table, against)


def compare_treatments(
    office: Office, test_id: int, form: PassRuleForm, number: int, key: Sequence[str] = ()
) -> tuple[TreatmentEffect, ...]:
    """問 number の扱いを、通常と四つの扱いのそれぞれにしたときの効果（ほかの設問の案は form のまま）。

    key は複数の肢を正解とするときの肢（二つ未満なら、その扱いは試さない）。
    """
    with office.read("scoring.compare_treatments") as session:
        test = load_test(session, test_id)
        found = []
        for treatment in (None, *TREATMENTS):
            if treatment == "several_right" and len(key) < 2:
                words = "正答とする肢を二つ以上入れると出ます"
                found.append(TreatmentEffect(treatment, None, problem=words))
                continue
            change = QuestionChange(number, treatment, tuple(key) if treatment == "several_right" else None)
            others = tuple(c for c in form.changes if c.number != number)
            trial = PassRuleForm(
                form.total_minimum, form.group_minimum, form.no_zero, form.correction, (*others, change)
            )
            plain = PassRuleForm(form.total_minimum, form.group_minimum, form.no_zero, form.correction)
            result = _preview(session, test, trial, recent_table, plain)
            up = sum(c.after_passed and c.before_passed is False for c in result.changes)
            down = sum(not c.after_passed and c.before_passed is True for c in result.changes)
            before = result.passed_after - up + down
            found.append(
                TreatmentEffect(treatment, before, result.passed_after, len(result.changes), up, down)
            )
        return tuple(found)


def frozen_row(
    row: ScoreRow, rule: PassRule, full: Mapping[str, int], added: Collection[int] = ()
) -> dict[str, Any]:
    """決定に凍らせる一人の結果：点と、その人の満点・基準。full は科目群の満点。"""
    own = dict(row.full)
    return {
        "application_id": row.application_id,
        "outcome": row.outcome,
        "total": row.total,
        "groups": dict(row.groups),
        "passed": row.passed,
        "full": own,
        "needed": row.needed,
        "group_needed": {g: group_need(rule, g, own[g], full[g]) for g in own},
        "added": row.application_id in added,
    }


def check_meeting(session: Session, test: CertificationTest, meeting_id: int | None) -> None:
    """決めた会議が、そのテストの研修期のものか。違えば RuleViolation。"""
    if meeting_id is None:
        return
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.cohort_id != test.cohort_id:
        raise RuleViolation("その会議は、このテストの研修期のものではありません。選び直してください。")


def _results(
    act: Act, test: CertificationTest, form: PassRuleForm
) -> tuple[RulePreview, list[dict[str, Any]]]:
    preview = _preview(act.session, test, form)
    plain = change_questions(
        questions_of(test), [QuestionChange(q.number, None) for q in test.questions if q.treatment]
    )
    original = {
        s.sheet.application_id: None if s.score is None else s.score.total
        for s in score_sheets(load_sheets(act.session, test.id), plain)
    }
    rule, full = pass_rule(form), full_marks(questions_of(test))
    added = added_people(latest_adoption(act.session, test.id))
    return preview, [
        frozen_row(r, rule, full, added) | {"original_total": original[r.application_id]}
        for r in preview.rows
    ]


def adopt_rule(
    office: Office,
    test_id: int,
    form: PassRuleForm,
    reason: str,
    *,
    second: Actor | None = None,
    meeting_id: int | None = None,
) -> int:
    """合格基準と設問の扱いの変更を、理由を付けて採用し、一人ずつの結果を凍らせる。確定したテストに限る。

    結果には、設問の扱いを変える前の点（original_total）と、その人の満点・基準も残す。前の採用は消さない。
    すでに採用した結果を変えるには二人目（責任者）が要る。閉じた会議の議決は変わらない。
    合格に加えた人は、別の決定によるものなので合格のまま残る。meeting_id は決めた会議（あれば）。
    """
    if not reason.strip():
        raise RuleViolation("合格基準の理由が空です。委員会の決定などを書いてください。")
    with office.act("scoring.adopt_rule", second=second) as act:
        test = load_test(act.session, test_id)
        if latest_adoption(act.session, test_id) is not None:
            check_second_person(act.actor, second)
        if test.locked_at is None:
            raise RuleViolation(f"「{test.title}」の設問と答案を確定してから合格基準を採用してください。")
        check_meeting(act.session, test, meeting_id)
        preview, results = _results(act, test, form)
        changed = _apply_changes(test, form.changes)
        row = PassRuleAdoption(
            certification_test_id=test_id,
            adopted_on=office.today(),
            total_minimum=form.total_minimum,
            group_minimum=dict(form.group_minimum),
            no_zero=form.no_zero,
            correction=form.correction,
            reason=reason,
            adopted_by=act.actor.name,
            results=results,
            kind="rule",
            meeting_id=meeting_id,
        )
        act.session.add(row)
        act.session.flush()
        words = f"{test.title}の合格基準を採用（合格点{preview.pass_mark}点、合格{preview.passed_after}人）"
        act.say(f"certification_test:{test_id}", words, reason=reason, detail={"questions": changed})
        return row.id


def _apply_changes(test: CertificationTest, changes: Sequence[QuestionChange]) -> list[dict[str, object]]:
    kept = {q.number: q for q in test.questions}
    said: list[dict[str, object]] = []
    for change in changes:
        row = kept[change.number]
        before = {"treatment": row.treatment, "key": list(row.key)}
        row.treatment = change.treatment
        if change.key is not None:
            row.key = list(change.key)
        after = {"treatment": row.treatment, "key": list(row.key)}
        said.append({"number": change.number, "before": before, "after": after})
    return said


def load_adoptions(session: Session, test_id: int) -> list[PassRuleAdoption]:
    """テストの決定のすべて（古い順）。"""
    query = select(PassRuleAdoption).where(PassRuleAdoption.certification_test_id == test_id)
    return list(session.scalars(query.order_by(PassRuleAdoption.id)))


def _people(session: Session, test_id: int) -> dict[int, tuple[int, str]]:
    """申込の id から、受付番号と氏名。"""
    test = session.get_one(CertificationTest, test_id)
    query = (
        select(Application.id, Application.reception_number, Person.name)
        .join(Person, Person.id == Application.person_id)
        .where(Application.cohort_id == test.cohort_id)
    )
    return {i: (number, name) for i, number, name in session.execute(query)}


def list_adoptions(office: Office, test_id: int) -> tuple[DecisionRow, ...]:
    """合格の決定の履歴（新しい順）：採用、合格者の追加、追加の取消し。"""
    with office.read("scoring.list_adoptions") as session:
        people = _people(session, test_id)
        rows = reversed(load_adoptions(session, test_id))
        return tuple(_decision(session, row, people) for row in rows)


def _decision(session: Session, row: PassRuleAdoption, people: Mapping[int, tuple[int, str]]) -> DecisionRow:
    rule = adopted_rule(row)
    meeting = None if row.meeting_id is None else session.get_one(Meeting, row.meeting_id)
    return DecisionRow(
        row.id,
        row.kind or "rule",
        row.adopted_on,
        row.adopted_by,
        row.reason,
        PassRuleForm(
            rule.total_minimum, tuple(sorted(rule.group_minimum.items())), rule.no_zero, rule.correction
        ),
        sum(r["passed"] is True for r in row.results),
        sum(r["passed"] is not None for r in row.results),
        "" if meeting is None else f"第{meeting.number}回（{wareki(meeting.held_on)}）",
        tuple(people[i][1] for i in row.added or ()),
    )


def get_adoption(office: Office, adoption_id: int) -> tuple[DecidedRow, ...]:
    """一つの決定に凍った一人ずつの結果（受付番号の順）。一つ前の決定での点と合否を添える。"""
    with office.read("scoring.get_adoption") as session:
        row = session.get(PassRuleAdoption, adoption_id)
        if row is None:
            raise RuleViolation("その決定の記録がありません。一覧を開き直してください。")
        people = _people(session, row.certification_test_id)
        earlier = [a for a in load_adoptions(session, row.certification_test_id) if a.id < adoption_id]
        known = {r["application_id"]: r for r in earlier[-1].results} if earlier else {}
        found = [_decided(r, known.get(r["application_id"]), people, not earlier) for r in row.results]
        return tuple(sorted(found, key=lambda r: r.reception_number))


def _decided(
    r: Mapping[str, Any], old: Mapping[str, Any] | None, people: Mapping[int, tuple[int, str]], first: bool
) -> DecidedRow:
    before = old or {}
    return DecidedRow(
        r["application_id"],
        *people[r["application_id"]],
        r["outcome"],
        r["total"],
        sum(r["full"].values()) if r.get("full") else None,
        r.get("needed"),
        r["passed"],
        bool(r.get("added")),
        before.get("total"),
        before.get("passed"),
        first,
    )

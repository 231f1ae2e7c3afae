"""問題庫：版を重ねる、審査、テストに入れる、使われ方と指数。"""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import scoring
from app.services.office import Office
from app.services.scoring import QuestionForm
from app.services.scoring.bank import check_bank_form
from app.services.views.scoring_bank import BankForm, BankQuestionView
from database.opening import Store
from database.schema.audit import AuditEntry
from database.schema.scoring import AnswerSheet, Question
from tests.factories import insert, make_actor, make_meeting, make_office
from tests.ui.rooms.course_sample import HELD_ON, make_ready, make_test

CHOICES = (("ア", "在留カード"), ("イ", "住民票"), ("ウ", "旅券"))
FORM = BankForm(
    "B-001", "B", "choice", "在留資格を確かめる書類はどれか。", 4, CHOICES, ("ア",), "status", "講師 甲"
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def member(office: Office, name: str = "委員 乙", role: Role = Role.MEMBER) -> Office:
    return replace(office, actor=make_actor(role, name))


def bank(office: Office) -> BankQuestionView:
    return scoring.list_bank(office)[0]


def states(office: Office) -> list[tuple[int, str]]:
    return [(v.version, v.state) for v in bank(office).versions]


def approved(office: Office, form: BankForm = FORM) -> int:
    made = scoring.create_bank_question(office, form)
    version = next(q for q in scoring.list_bank(office) if q.id == made).newest.id
    scoring.submit_bank_version(office, version)
    scoring.approve_bank_version(member(office), version)
    return version


def test_a_question_goes_from_draft_through_review_to_approval(office: Office) -> None:
    scoring.create_bank_question(office, FORM)
    version = bank(office).newest.id
    scoring.submit_bank_version(office, version)
    scoring.remark_bank_version(member(office), version, "肢ウは紛らわしい")
    scoring.return_bank_version(member(office), version, "肢ウを直すこと")
    assert states(office) == [(1, "draft")]
    scoring.revise_bank_question(
        office, bank(office).id, replace(FORM, choices=(*CHOICES[:2], ("ウ", "免許証")))
    )
    scoring.submit_bank_version(office, version)
    cohort, _, _ = make_ready(office)
    meeting = make_meeting(office, cohort)
    scoring.approve_bank_version(member(office), version, meeting_id=meeting)
    assert states(office) == [(1, "approved")]
    assert [(r.action, r.remark, r.by, r.meeting) for r in bank(office).newest.reviews] == [
        ("submit", "", "事務 花子", ""),
        ("remark", "肢ウは紛らわしい", "委員 乙", ""),
        ("return", "肢ウを直すこと", "委員 乙", ""),
        ("submit", "", "事務 花子", ""),
        ("approve", "", "委員 乙", "第1回（令和8年3月20日）"),
    ]
    with office.store.sessions() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).one()
        assert (last.action, last.summary) == (
            "scoring.approve_bank_version",
            "問題「B-001」第1版：承認",
        )


@pytest.mark.parametrize("name", ["責任 次郎", "講師 甲", "責任 三郎"])
def test_nobody_who_wrote_it_reviews_it(office: Office, name: str) -> None:
    writer = member(office, "責任 次郎", Role.MANAGER)
    second = member(office, "責任 三郎", Role.MANAGER)
    scoring.create_bank_question(writer, FORM)
    scoring.revise_bank_question(second, bank(office).id, replace(FORM, points=5))
    version = bank(office).newest
    assert version.made_by == "責任 次郎、責任 三郎"
    scoring.submit_bank_version(office, version.id)
    reviewer = member(office, name, Role.MANAGER)
    with pytest.raises(RuleViolation, match="自分で承認も差戻しもできません"):
        scoring.approve_bank_version(reviewer, version.id)
    with pytest.raises(RuleViolation, match="自分で承認も差戻しもできません"):
        scoring.return_bank_version(reviewer, version.id, "直すこと")
    scoring.approve_bank_version(member(office), version.id)


def test_an_approved_version_stays_and_a_new_one_retires_it_on_approval(office: Office) -> None:
    approved(office)
    question = bank(office)
    assert scoring.revise_bank_question(office, question.id, replace(FORM, text="直した問題文")) == 2
    assert states(office) == [(2, "draft"), (1, "approved")]
    newest = bank(office).newest.id
    scoring.submit_bank_version(office, newest)
    scoring.approve_bank_version(member(office), newest)
    assert states(office) == [(2, "approved"), (1, "retired")]
    assert bank(office).versions[1].text == FORM.text
    assert bank(office).versions[1].reviews[-1].remark == "第2版の承認による"


@pytest.mark.parametrize(
    ("action", "state"), [("approve", "草案"), ("return", "草案"), ("retire", "草案"), ("submit", "承認")]
)
def test_a_step_out_of_turn_is_refused_with_the_state(office: Office, action: str, state: str) -> None:
    version = approved(office) if state == "承認" else 0
    if not version:
        scoring.create_bank_question(office, FORM)
        version = bank(office).newest.id
    act = getattr(scoring, f"{action}_bank_version")
    who = member(office, "責任 次郎", Role.MANAGER)
    before = states(office)
    with pytest.raises(RuleViolation, match=f"第1版は{state}です"):
        act(who, version, "理由")
    assert states(office) == before


def test_a_version_under_review_and_what_holds_its_history_together_cannot_be_changed(office: Office) -> None:
    scoring.create_bank_question(office, FORM)
    version = bank(office).newest.id
    scoring.submit_bank_version(office, version)
    with pytest.raises(RuleViolation, match="第1版は審査中です"):
        scoring.revise_bank_question(office, bank(office).id, FORM)
    scoring.approve_bank_version(member(office), version)
    with pytest.raises(RuleViolation, match="番号・科目群・形式は変えられません"):
        scoring.revise_bank_question(office, bank(office).id, replace(FORM, subject_group="C"))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (FORM, ""),
        (replace(FORM, text=" "), "問題の番号か問題文が空です。"),
        (replace(FORM, points=0), "配点は1以上にしてください。"),
        (replace(FORM, choices=CHOICES[:1]), "肢を二つ以上、名を重ねずに書いてください。"),
        (replace(FORM, choices=(("ア", "甲"), ("ア", "乙"))), "肢を二つ以上、名を重ねずに書いてください。"),
        (
            replace(FORM, choices=(("ア", "甲"), ("イ", " "))),
            "文のない肢があります。すべての肢に文を書いてください。",
        ),
        (replace(FORM, key=("エ",)), "正答の肢がないか、肢の中にありません。"),
        (
            replace(FORM, key=("ア", "イ")),
            "一つ選ぶ問題の正答は一つです。二つ以上なら「すべて選ぶ」にしてください。",
        ),
        (replace(FORM, kind="multiple", key=("ア", "イ")), ""),
        (replace(FORM, kind="written"), "記述には肢も正答も置けません。"),
        (replace(FORM, kind="written", choices=(), key=()), ""),
        (replace(FORM, ability="flying"), "能力を選び直してください。"),
    ],
)
def test_a_form_is_checked_in_words(form: BankForm, words: str) -> None:
    assert check_bank_form(form) == words


def test_a_number_is_used_once(office: Office) -> None:
    scoring.create_bank_question(office, FORM)
    with pytest.raises(RuleViolation, match="番号「B-001」の問題は既にあります"):
        scoring.create_bank_question(office, FORM)


def test_approved_versions_are_copied_to_the_paper_and_stay_as_they_were_sat(office: Office) -> None:
    _, test, _ = make_ready(office)
    scoring.set_questions(office, test, [QuestionForm(3, "A", 2, ("1",))])
    version = approved(office)
    assert scoring.place_bank_questions(office, test, [version]) == (4,)
    question = bank(office).id
    scoring.revise_bank_question(office, question, replace(FORM, text="後で直した"))
    with office.store.sessions() as session:
        row = session.scalars(select(Question).where(Question.number == 4)).one()
        assert (row.text, row.points, row.key, row.ability, row.bank_version_id) == (
            FORM.text,
            4,
            ["ア"],
            "status",
            version,
        )
        assert row.choices == dict(CHOICES)
    with pytest.raises(RuleViolation, match="問4として既に入っています"):
        scoring.place_bank_questions(office, test, [version])
    with pytest.raises(RuleViolation, match="第2版は草案です"):
        scoring.place_bank_questions(office, test, [bank(office).newest.id])


def test_a_question_changed_on_the_paper_no_longer_counts_as_the_banks(office: Office) -> None:
    _, test, _ = make_ready(office)
    scoring.place_bank_questions(office, test, [approved(office)])
    same = QuestionForm(1, "B", 4, ("ア",), "choice", FORM.text)
    scoring.set_questions(office, test, [same])
    assert len(bank(office).uses) == 1
    scoring.set_questions(office, test, [replace(same, points=5)])
    assert bank(office).uses == ()


def test_a_locked_paper_takes_no_more(office: Office) -> None:
    _, test, _ = make_test(office, 12, locked=True)
    with pytest.raises(RuleViolation, match="確定しているため"):
        scoring.place_bank_questions(office, test, [approved(office)])


def test_the_history_of_use_has_the_figures_of_each_test(office: Office) -> None:
    _, first, _ = make_test(office, 40)
    version = approved(office, replace(FORM, subject_group="A"))
    (number,) = scoring.place_bank_questions(office, first, [version])
    view = scoring.score_test(office, first)
    item = next(i for i in view.items if i.number == number)
    (use,) = bank(office).uses
    assert (use.title, use.held_on, use.number, use.version, use.locked, use.n) == (
        "修了認定テスト",
        HELD_ON,
        21,
        1,
        False,
        39,
    )
    assert (use.correct_rate, use.discrimination) == (item.correct_rate, item.discrimination)
    assert use.correct_rate.value == 0


def test_a_use_without_answers_says_so(office: Office) -> None:
    _, test, ids = make_ready(office)
    version = approved(office)
    scoring.place_bank_questions(office, test, [version])
    assert (bank(office).uses[0].n, bank(office).uses[0].correct_rate.reason) == (0, "答案がまだありません")
    rows = [
        AnswerSheet(certification_test_id=test, application_id=a, answers={"1": [key]})
        for a, key in zip(ids, "アアイ", strict=True)
    ]
    insert(office, rows)
    assert bank(office).uses[0].n == 3


def test_who_may_do_what(office: Office) -> None:
    version = approved(office)
    auditor = member(office, "閲覧 丙", Role.AUDITOR)
    assert [q.code for q in scoring.list_bank(auditor)] == ["B-001"]
    with pytest.raises(AccessDenied):
        scoring.remark_bank_version(auditor, version, "意見")
    with pytest.raises(AccessDenied):
        scoring.create_bank_question(member(office), FORM)
    with pytest.raises(AccessDenied):
        scoring.approve_bank_version(office, version)

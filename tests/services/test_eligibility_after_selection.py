"""選考の後：繰上げ・後から資格ありとなった人・通知・年表。"""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import eligibility, intake, register
from app.services.office import Office
from app.services.views.selection import SelectionDraft
from database.schema.intake import Application
from database.store import Store
from tests.factories import (
    TODAY,
    as_role,
    insert,
    make_applications,
    make_office,
    person,
)
from tests.factories import eligibility as eligible
from tests.services.selection_scene import (
    APPLICANTS,
    SECOND,
    SPREAD,
    STARTS_ON,
    admitted,
    asked,
    by,
    last_entry,
    make_crowded,
    selected,
    stored,
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def text_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [page.get_textpage().get_text_bounded().replace("\r\n", "") for page in document]


def test_a_withdrawn_seat_is_offered_to_the_next_and_taken_in_order(office: Office) -> None:
    cohort, ids = selected(office)
    with pytest.raises(RuleViolation, match="空いている席がありません"):
        eligibility.promote_waiting(office, ids[3])
    intake.withdraw(office, ids[1], TODAY, "本人の申出")
    assert asked(office, cohort) == [
        ("席が1つ空きました：待機1番を繰り上げてください", APPLICANTS[3][0], ids[3])
    ]
    with pytest.raises(RuleViolation, match="待機の順と違う繰上げには、理由が要ります"):
        eligibility.promote_waiting(office, ids[4])
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        eligibility.promote_waiting(office, ids[4], "本人が待てないため")
    with pytest.raises(RuleViolation, match="待機の人ではありません"):
        eligibility.promote_waiting(office, ids[0])
    eligibility.promote_waiting(office, ids[3])
    assert stored(office)[6:] == [(ids[3], "selected", None, "待機1番から繰上げ")]
    assert asked(office, cohort) == []
    assert admitted(office, cohort) == ids[:4]  # 辞退した人も、記録として盤に残る
    assert (last_entry(office).action, last_entry(office).summary) == (
        "eligibility.promote_waiting",
        "選考：待機1番から繰上げ",
    )
    intake.withdraw(office, ids[0], TODAY, "本人の申出")
    eligibility.promote_waiting(office, ids[5], "待機2番は連絡がとれないため", second=SECOND)
    assert stored(office)[7][3] == "待機3番から繰上げ（待機2番は連絡がとれないため、確認 責任 次郎）"


def test_nobody_is_called_up_into_a_course_that_has_begun(office: Office) -> None:
    cohort, ids = selected(office)
    intake.withdraw(office, ids[1], TODAY, "本人の申出")
    on = as_role(office, Role.CLERK, STARTS_ON)
    assert len(asked(on, cohort)) == 1
    assert asked(as_role(office, Role.CLERK, date(2026, 8, 2)), cohort) == []


def test_who_becomes_eligible_later_waits_for_a_new_decision(office: Office, tmp_path: Path) -> None:
    cohort, ids = selected(office)
    (late,) = make_applications(office, cohort, [person("後から 来た人")], received_on=date(2026, 1, 31))
    assert asked(office, cohort) == [("選考の後に資格ありとなりました：選考に加えてください", "1名", late)]
    assert admitted(office, cohort) == ids[:3]
    with pytest.raises(RuleViolation, match="選考の後に資格ありとなった人"):
        eligibility.write_letter(office, late, tmp_path / "a.pdf")
    assert eligibility.write_letters(office, cohort, tmp_path / "b.pdf") == 6
    eligibility.decide_selection(office, cohort, reason="追加の申込")
    assert stored(office)[6:] == [(late, "waiting", 4, "追加の申込：受付：令和8年1月31日（0007）")]


def test_a_returned_person_makes_one_too_many_and_that_is_said(office: Office) -> None:
    cohort, ids = selected(office)
    intake.withdraw(office, ids[1], TODAY, "本人の申出")
    eligibility.promote_waiting(office, ids[3])
    intake.reinstate(office, ids[1], "誤りだった")
    assert asked(office, cohort) == [
        ("選ばれた人が定員より1名多くなっています：選考を決定し直してください", "4名", None)
    ]
    assert eligibility.get_selection(office, cohort).warnings == (
        "選ばれた人が定員より1名多くなっています。選考を決定し直してください。",
    )


def test_an_ineligible_selected_person_is_out_and_the_seat_is_free(office: Office) -> None:
    cohort, ids = selected(office)
    insert(office, [eligible(ids[0], "ineligible", TODAY)])
    assert admitted(office, cohort) == ids[1:3]
    assert eligibility.get_selection(office, cohort).state.free == 1


def test_letters_wait_for_the_selection_and_then_tell_each_their_own(office: Office, tmp_path: Path) -> None:
    cohort, ids = make_crowded(office)
    target = tmp_path / "通知.pdf"
    with pytest.raises(RuleViolation, match="定員3名を3名超えています"):
        eligibility.write_letter(office, ids[0], target)
    with pytest.raises(RuleViolation, match="選考を決定してから"):
        eligibility.write_letters(office, cohort, target)
    eligibility.set_selection_criteria(office, cohort, SPREAD, 2)
    eligibility.decide_selection(office, cohort)
    (out,) = make_applications(office, cohort, [person("資格 なし")], False)
    insert(office, [eligible(out, "ineligible", TODAY)])
    assert eligibility.write_letters(office, cohort, target) == 7
    pages = text_of(target)
    titles = [next(x for x in ("選考結果", "受講不決定", "受講決定") if f"{x}通知書" in p) for p in pages]
    assert titles == ["受講決定", "選考結果", "選考結果", "受講決定", "選考結果", "受講決定", "受講不決定"]
    assert ["補欠（繰上げの順位 第1位）" in p for p in pages] == [False, True, *[False] * 5]
    assert ["受講を決定しないこととしました。" in p for p in pages] == [False, False, True, *[False] * 4]
    assert "1　所属機関の均衡" in pages[1]
    assert "2　受付の早い順" in pages[1]
    assert "令和8年2月20日" in pages[0]  # 選考の決定の日
    eligibility.set_selection_criteria(office, cohort, by("workdays"))
    eligibility.set_capacity(office, cohort, 4, "会場の変更")
    eligibility.write_letter(office, ids[1], target)
    assert "定員 3名" in text_of(target)[0]  # 決定したときの基準と定員
    assert "1　所属機関の均衡" in text_of(target)[0]
    assert (len(text_of(target)), last_entry(office).summary) == (1, "選考結果通知書を作成")


def test_the_history_of_a_person_tells_the_selection(office: Office) -> None:
    _, ids = selected(office)
    with office.store.sessions() as session:
        who = session.get_one(Application, ids[3]).person_id
    assert "選考：待機（1番）" in [e.words for e in register.history(office, who)]


def test_who_is_left_out_here_is_not_yet_left_out_of_an_earlier_one(office: Office) -> None:
    cohort, _ = selected(office)
    rows = eligibility.get_selection(office, cohort, SelectionDraft(by("passed_over"))).rows
    assert {r.reasons for r in rows} == {("前の期：選考外ではない",)}

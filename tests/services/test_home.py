"""ホーム：今日の仕事・人数の流れ・満了の波・最近の操作。"""

from datetime import date
from pathlib import Path

import pytest

from app.domain.access import Role
from app.services import eligibility, home, intake, renewal
from app.services.office import Office
from app.services.views.home import Task
from database.schema.intake import Cohort
from database.store import Store
from tests.factories import (
    TODAY,
    as_role,
    change,
    finish_course,
    make_applications,
    make_certifications,
    make_cohort,
    make_meeting,
    make_office,
    make_qualification,
    make_report_dues,
    make_sessions,
    pass_course1,
    person,
)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


def todo(office: Office, cohort: int) -> list[tuple[str, str, int | None, bool]]:
    """受講資格のほかの、対応が必要なもの。"""
    found = [t for t in home.tasks(office, cohort) if t.room != "eligibility"]
    return [(t.room, t.who, t.target_id, t.overdue) for t in found]


def asked(office: Office, cohort: int) -> list[Task]:
    """受付の、対応が必要なもの。"""
    return [t for t in home.tasks(office, cohort) if t.room == "intake"]


def applied(office: Office, cohort: int, name: str, **values: object) -> int:
    place = {"counter_engaged": True, "counter_standard": True}
    return make_applications(office, cohort, [person(name)], False, **{**place, **values})[0]


def test_a_notice_that_is_due_is_asked_for_until_it_is_sent(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    ids = make_certifications(
        office, cohort, make_applications(office, cohort, [person("一"), person("二")]), date(2026, 3, 31)
    )
    wave = date(2029, 3, 31)

    def asked(*day: int) -> list[tuple[str, str, int | None, bool]]:
        later = as_role(office, Role.MANAGER, date(*day))
        found = [t for t in home.tasks(later, cohort) if t.room == "renewal"]
        return [(t.text, t.who, t.target_id, t.overdue) for t in found]

    text = "令和11年3月31日満了の{}か月前の案内をまだ送っていません"
    assert asked(2028, 3, 30) == []
    assert asked(2028, 3, 31) == [(text.format(12), "2名", ids[0], False)]
    sender = as_role(office, Role.MANAGER, date(2028, 4, 3))
    renewal.make_notices(sender, wave, 12, tmp_path / "案内.pdf")
    assert asked(2028, 4, 3) == [(text.format(12), "2名", ids[0], True)]
    letters = [r.letter_id for r in renewal.list_notices(sender, wave, 12) if r.letter_id is not None]
    renewal.record_sent(sender, letters[:1], date(2028, 4, 3))
    assert asked(2028, 4, 3) == [(text.format(12), "1名", ids[1], True)]
    renewal.record_sent(sender, letters[1:], date(2028, 4, 3))
    assert asked(2028, 4, 3) == []
    renewed = as_role(office, Role.MANAGER, date(2028, 9, 1))
    renewal.record_renewal(renewed, ids[0], date(2028, 9, 1))
    assert asked(2028, 9, 30) == [(text.format(6), "1名", ids[1], False)]


def test_nothing_is_to_do_in_an_empty_cohort(office: Office, cohort: int) -> None:
    assert home.tasks(office, cohort) == ()
    assert [s.count for s in home.funnel(office, cohort)] == [0, 0, None, None, None, None, None]
    assert home.waves(office) == ()


def test_corrections_come_first_by_date_and_are_gone_once_answered_or_withdrawn(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    first, second = (make_applications(office, cohort, [person(n)])[0] for n in ("甲 一", "乙 二"))
    late = intake.request_correction(office, first, "写し", date(2026, 3, 1))
    wrong = intake.request_correction(office, second, "写し", date(2026, 2, 25))
    assert [(t.due, t.text, t.who, t.target_id) for t in asked(office, cohort)] == [
        (date(2026, 2, 25), "補正依頼書をまだ作っていません（2件）", "2名", second)
    ]
    intake.write_letters(office, cohort, tmp_path / "a.pdf")
    assert todo(office, cohort) == [("intake", "乙 二", second, False)]  # 甲の期限は七日より先
    on = as_role(office, Role.CLERK, date(2026, 2, 26))
    assert todo(on, cohort) == [("intake", "乙 二", second, True), ("intake", "甲 一", first, False)]
    intake.write_reminders(on, cohort, tmp_path / "b.pdf", date(2026, 3, 2))
    assert [(t.due, t.text) for t in asked(on, cohort)] == [
        (date(2026, 3, 1), "補正の期限が近づいています（写し）"),
        (date(2026, 3, 2), "補正の期限が近づいています（写し、R8.2.26督促）"),
    ]
    after = as_role(office, Role.CLERK, date(2026, 3, 3))
    assert [t.text for t in asked(after, cohort)] == [
        "補正依頼に回答がありません（写し）",
        "補正依頼に回答がありません（写し、R8.2.26督促）",
    ]
    intake.cancel_correction(office, wrong, "見まちがい")
    assert todo(on, cohort) == [("intake", "甲 一", first, False)]
    intake.answer_correction(office, late)
    assert todo(on, cohort) == []


def test_a_withdrawn_person_is_not_asked_for_papers(office: Office, cohort: int, tmp_path: Path) -> None:
    (application,) = make_applications(office, cohort, [person("甲 一")])
    intake.request_correction(office, application, "写し", date(2026, 2, 25))
    intake.withdraw(office, application, TODAY, "本人の申出")
    assert todo(office, cohort) == []


def test_findings_wait_by_kind_and_a_changed_fact_calls_by_name(office: Office, cohort: int) -> None:
    for name in ("甲 一", "乙 二"):
        make_qualification(office, applied(office, cohort, name))
    unsure = applied(office, cohort, "丙 三")
    make_qualification(office, unsure, evidence=False)
    out = applied(office, cohort, "丁 四", counter="national")
    assert [(t.who, t.text) for t in home.tasks(office, cohort)] == [
        ("丙 三", "受講資格の判定「要確認」：確かめることが残っています"),
        ("2名", "受講資格の判定「資格あり」：決定してください"),
        ("丁 四", "受講資格の判定「資格なし」：決定してください"),
    ]
    eligibility.decide_all_clear(office, cohort)
    eligibility.decide(office, out, "ineligible")
    make_qualification(office, out)
    assert [(t.who, t.target_id, t.text) for t in home.tasks(office, cohort)] == [
        ("丁 四", out, "決定の後に事実が変わりました。確かめてください"),
        ("丙 三", unsure, "受講資格の判定「要確認」：確かめることが残っています"),
    ]


def test_a_missed_report_and_an_open_meeting_ask_to_be_looked_at(office: Office, cohort: int) -> None:
    (application,) = make_applications(office, cohort, [person("甲 一")])
    make_report_dues(office, cohort)
    pass_course1(office, [application])
    meeting = make_meeting(office, cohort, date(2026, 3, 20))
    assert todo(office, cohort) == [
        ("progress", "甲 一", application, True),
        ("committee", "未審査 0件", meeting, False),
    ]


def test_the_funnel_counts_each_gate(office: Office, cohort: int) -> None:
    ids = make_applications(office, cohort, [person(f"人 {n}") for n in range(4)])
    applied(office, cohort, "未決定 一")
    dues, sessions = make_report_dues(office, cohort), make_sessions(office, cohort)
    pass_course1(office, ids[2:3])
    finish_course(office, ids[:2], dues, sessions)
    make_certifications(office, cohort, ids[:1])
    assert [(s.title, s.count) for s in home.funnel(office, cohort)] == [
        ("受付", 5),
        ("受講資格あり", 4),
        ("養成課程① 修了", 3),
        ("実践 修了", 2),
        ("養成課程② 修了", 2),
        ("修了認定テスト 合格", None),
        ("認証", 1),
    ]


def test_a_wave_counts_the_valid_and_the_renewed(office: Office, cohort: int) -> None:
    ids = make_applications(office, cohort, [person(f"人 {n}") for n in range(3)])
    certified = make_certifications(office, cohort, ids)
    later = as_role(office, Role.CLERK, date(2028, 9, 30))
    renewal.record_renewal(later, certified[0], date(2028, 6, 1))
    assert [(w.expires_on, w.certified, w.renewed) for w in home.waves(later)] == [
        (date(2029, 3, 31), 2, 0),
        (date(2032, 3, 31), 1, 1),
    ]
    assert [w.certified for w in home.waves(as_role(office, Role.CLERK, date(2029, 4, 1)))] == [1]


def test_the_latest_acts_are_shown_newest_first(office: Office, cohort: int) -> None:
    application = applied(office, cohort, "甲 一")
    intake.withdraw(office, application, TODAY, "本人の申出")
    intake.reinstate(office, application, "取下げの撤回")
    assert [(r.who, r.summary) for r in home.recent(office, 2)] == [
        ("事務 花子", "辞退を取消し"),
        ("事務 花子", "辞退を記録"),
    ]


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (None, ""),
        (TODAY, ""),
        (date(2026, 2, 21), "養成課程② まで 1日"),
        (date(2026, 3, 20), "養成課程② まで 28日"),
    ],
)
def test_the_days_to_the_second_course_are_counted_from_today(
    office: Office, cohort: int, starts: date | None, words: str
) -> None:
    change(office, Cohort, cohort, course2_starts_on=starts)
    assert home.cohort_words(office, cohort) == words

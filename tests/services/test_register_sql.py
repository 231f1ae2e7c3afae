"""名簿を SQL で導いた状態・絞り込み・並びは、一人ずつ規則で導いたものと、どの日でも同じ。"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.access import Role
from app.domain.guideline import Guideline
from app.domain.names import search_key
from app.services import register
from app.services.office import Office
from app.services.register import load_rows
from app.services.standings import load_standings
from app.services.views.register import ORDERS, RegisterFilter, RegisterPlace, RegisterRow
from database.opening import Store
from database.queries.expiries import Expiry, count_expiries
from database.queries.register import STATES, standing_on
from database.schema.certificates import Certification
from database.schema.committee import DecisionReversal
from database.schema.people import Person
from database.schema.renewal import Closure, Renewal, Revocation
from database.schema.search_keys import NUMBER_KEYS, PERSON_KEYS, fill_keys
from tests.factories import (
    GUIDELINE,
    change,
    insert,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_qualification,
    person,
)
from tests.services.nine_years import YEARS, Story

FROM_COMPLETION = replace(GUIDELINE, renewal_follows_expiry=False)
NO_RENEWAL = replace(GUIDELINE, validity_years=0)
EDITIONS = (GUIDELINE, FROM_COMPLETION, replace(GUIDELINE, validity_years=1), NO_RENEWAL)
FIRST, LAST = date(2020, 1, 1), date(2042, 12, 31)
DAY = timedelta(days=1)


def by_sql(office: Office, day: date, guideline: Guideline) -> dict[int, str]:
    """認証の id から、SQL の導いた状態へ。"""
    with office.store.sessions() as session:
        rows = session.execute(select(Certification.id, standing_on(session, day, guideline)))
        return {key: STATES[state] for key, state in rows}


def expiries_by_sql(office: Office, day: date, guideline: Guideline) -> list[Expiry]:
    """SQL の数えた満了の波。"""
    with office.store.sessions() as session:
        return count_expiries(session, day, guideline)


def expiries_by_rule(office: Office, day: date, guideline: Guideline) -> list[Expiry]:
    """一人ずつ規則で導いて数えた満了の波。"""
    with office.store.sessions() as session:
        found = [s for s in load_standings(session, day, guideline) if s.state == "valid"]
    certified = Counter(s.expires_on for s in found)
    renewed = Counter(s.expires_on for s in found if len(s.validity.periods) > 1)
    return [Expiry(d, certified[d], renewed[d]) for d in sorted(certified)]


def by_rule(office: Office, day: date, guideline: Guideline) -> dict[int, str]:
    """認証の id から、一人ずつ規則で導いた状態へ。"""
    with office.store.sessions() as session:
        return {s.facts.id: s.state for s in load_standings(session, day, guideline)}


@dataclass(frozen=True)
class Life:
    """一つの認証の事実。"""

    certified: date
    renewals: tuple[date, ...] = ()
    revoked: date | None = None
    closed: tuple[str, date] | None = None
    annulled: date | None = None


def _edges(life: Life) -> set[date]:
    """状態の替わりうる日の前後。"""
    known = {life.certified, *life.renewals, life.revoked, life.annulled, life.closed and life.closed[1]}
    ends = {date(y, 3, 31) for y in range(life.certified.year, life.certified.year + 14)}
    return {d + n * DAY for d in (*(k for k in known if k), *ends) for n in (-1, 0, 1)}


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """更新は四月一日・三月三十一日の前後に多く、欠けることもある。"""
    certified = draw(st.dates(FIRST, date(2028, 12, 31)))
    near = st.builds(
        lambda y, n: date(certified.year + y, 3, 31) + n * DAY, st.integers(1, 12), st.integers(-1, 1)
    )
    after = near | st.dates(certified, LAST)
    renewals = draw(st.lists(after, max_size=6, unique=True).map(sorted))
    kinds = st.sampled_from(("returned", "died"))
    return Life(
        certified,
        tuple(d for d in renewals if d >= certified),
        draw(st.none() | st.dates(certified, LAST)),
        draw(st.none() | st.tuples(kinds, st.dates(certified, LAST))),
        draw(st.none() | st.dates(certified, LAST)),
    )


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=date(2026, 10, 1))


@pytest.fixture
def places(office: Office) -> list[int]:
    """八つの認証。試しごとに、事実だけを書き直す。"""
    cohort = make_cohort(office)
    applications = make_applications(office, cohort, [person(f"人 {i}") for i in range(8)])
    return make_certifications(office, cohort, applications, FIRST, issued=False)


def _live(office: Office, places: Sequence[int], told: Sequence[Life]) -> None:
    """前の事実を消し、認証ごとの事実を置く（規則だけを試すので、監査記録は通さない）。"""
    with office.store.driver() as driver:
        driver.execute("BEGIN IMMEDIATE")
        for table in ("renewal", "revocation", "closure", "decision_reversal"):
            driver.execute(f"DELETE FROM {table}")
        for key, life in zip(places, told, strict=False):
            day = life.certified.isoformat()
            driver.execute(
                "UPDATE certification SET decided_on=?, certified_on=? WHERE id=?", (day, day, key)
            )
            driver.executemany(
                "INSERT INTO renewal (certification_id, completed_on) VALUES (?, ?)",
                [(key, r.isoformat()) for r in life.renewals],
            )
        driver.execute("COMMIT")
    rows = [row for key, life in zip(places, told, strict=False) for row in _ends(office, key, life)]
    if rows:
        insert(office, rows)


def _ends(office: Office, key: int, life: Life) -> Iterable[Revocation | Closure | DecisionReversal]:
    if life.revoked is not None:
        words = {"ground": "fraud", "reason": "偽り", "second_person": "次郎"}
        yield Revocation(certification_id=key, opened_on=life.certified, revoked_on=life.revoked, **words)
    if life.closed is not None:
        yield Closure(certification_id=key, kind=life.closed[0], closed_on=life.closed[1])
    if life.annulled is not None:
        with office.store.sessions() as session:
            case = session.get_one(Certification, key).case_id
        words = {"reason": "誤り", "reversed_by": "太郎", "second_person": "次郎"}
        yield DecisionReversal(case_id=case, reversed_on=life.annulled, effects={}, **words)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=st.lists(lives(), min_size=8, max_size=8), seed=st.integers(0, 99))
def test_sql_and_the_rule_agree_on_every_edge_of_random_lives(
    office: Office, places: list[int], told: list[Life], seed: int
) -> None:
    _live(office, places, told)
    days = sorted(set().union(*map(_edges, told)))
    for day in random.Random(seed).sample(days, 6):
        for guideline in EDITIONS:
            assert by_sql(office, day, guideline) == by_rule(office, day, guideline), (day, guideline)
            if guideline.validity_years:  # 期間のない版では、更新しても満了日が動かない
                waves = expiries_by_sql(office, day, guideline)
                assert waves == expiries_by_rule(office, day, guideline), (day, guideline)


def test_sql_and_the_rule_agree_on_ten_lives_of_nine_years(store: Store, tmp_path: Path) -> None:
    story = Story(store, tmp_path)
    for year in YEARS:
        year(story)
    seen: set[str] = set()
    firsts = [date(y, 4, 1) for y in range(2026, 2040)]
    for day in [*firsts, *(d - DAY for d in firsts), date(2026, 3, 25), date(2027, 8, 25), date(2030, 6, 20)]:
        for guideline in EDITIONS:
            found = by_sql(story.office, day, guideline)
            assert found == by_rule(story.office, day, guideline), (day, guideline)
            seen |= set(found.values())
    assert seen == {"not_yet", "valid", "expired", "revoked", "died"}


AREAS = ("東京都・埼玉県", "大阪府", "", "ﾄｳｷｮｳ都", "神奈川県")
LANGUAGES = ("英語、ベトナム語", "中国語", "", "ﾍﾞﾄﾅﾑ語")
SPECIALTIES = ("労働", "医療　教育", "")
NAMES = ("髙橋 一", "高橋 二", "グエン　ヴァン", "Đặng Thị", "渡邉 三", "渡辺 四")


def _members(count: int, dice: random.Random) -> list[dict[str, object]]:
    return [
        {
            "name": dice.choice(NAMES),
            "reading": dice.choice(("タカハシ", "グエン", "ワタナベ", "")),
            "alias": dice.choice(("", "田中 花")),
            "activity_area": dice.choice(AREAS),
            "affiliation_prefecture": dice.choice(("東京都", "大阪府", "")),
            "affiliation": dice.choice(("甲市国際交流協会", "乙支援ｾﾝﾀｰ")),
            "specialties": dice.choice(SPECIALTIES),
            "languages": dice.choice(LANGUAGES),
            "publish_consent": dice.random() < 0.5,
        }
        for _ in range(count)
    ]


@pytest.fixture
def crowd(office: Office) -> Office:
    """二つの研修期の六十人。資格・更新・取消し・返納が混じる。"""
    dice = random.Random(8)
    for term, certified in ((1, date(2022, 3, 31)), (2, date(2026, 3, 31))):
        cohort = make_cohort(office, term)
        people = [person(**values) for values in _members(30, dice)]  # type: ignore[arg-type]
        applications = make_applications(office, cohort, people)
        for a in applications[::2]:
            kind = dice.choice(("certified_social_worker", "career_consulting_technician"))
            grade = 2 if kind == "career_consulting_technician" else None
            make_qualification(office, a, kind, grade=grade, evidence=dice.random() < 0.8)
        made = make_certifications(office, cohort, applications, certified, meeting_number=term)
        insert(office, [Renewal(certification_id=i, completed_on=certified + DAY * 400) for i in made[::3]])
        words = {"ground": "fraud", "reason": "偽り", "second_person": "次郎"}
        revoked = certified + DAY * 30
        rows = [
            Revocation(certification_id=i, opened_on=certified, revoked_on=revoked, **words)
            for i in made[::7]
        ]
        insert(office, rows)
        insert(office, [Closure(certification_id=i, kind="returned", closed_on=revoked) for i in made[1::9]])
    return office


def _fits(row: RegisterRow, chosen: RegisterFilter) -> bool:
    """絞り込みの規則（一行ずつ）。"""
    texts = {
        "area": (row.activity_area, row.affiliation_prefecture),
        "qualification": row.qualifications,
        "specialty": (row.specialties,),
        "language": (row.languages,),
        "text": (
            row.number, row.name, row.reading, row.roman_name, row.certificate_name, row.alias,
            row.former_name, row.affiliation,
        ),
    }  # fmt: skip
    keys = {field: search_key(getattr(chosen, field)) for field in texts}
    return (
        chosen.standing in ("", row.standing)
        and chosen.cohort_id in (None, row.cohort_id)
        and (row.publish_consent or not chosen.publish_only)
        and all(any(key in search_key(t) for t in texts[field]) for field, key in keys.items() if key)
    )


FILTERS = (
    RegisterFilter(),
    RegisterFilter(area="とうきょう"),
    RegisterFilter(area="大阪"),
    RegisterFilter(qualification="社会福祉士"),
    RegisterFilter(qualification="２級"),
    RegisterFilter(qualification="弁護士"),
    RegisterFilter(specialty="医療教育"),
    RegisterFilter(language="べとなむ"),
    RegisterFilter(text="高橋"),
    RegisterFilter(text="dang"),
    RegisterFilter(text="渡邊"),
    RegisterFilter(text="0012"),
    RegisterFilter(text="R7-2"),
    RegisterFilter(text="センター"),
    RegisterFilter(text="一タカ"),
    RegisterFilter(standing="revoked"),
    RegisterFilter(standing="valid", publish_only=True),
    RegisterFilter(cohort_id=1, language="中国", area="大阪"),
)


@pytest.mark.parametrize("chosen", FILTERS)
def test_filters_and_counts_are_those_of_the_rule(crowd: Office, chosen: RegisterFilter) -> None:
    for day in (date(2022, 4, 1), date(2026, 4, 1), date(2026, 10, 1)):
        with crowd.store.sessions() as session:
            every = load_rows(session, day, GUIDELINE)
        view = register.as_of(crowd, day, chosen)
        assert view.rows == tuple(r for r in every if _fits(r, chosen))
        any_state = replace(chosen, standing="")
        assert view.counts == Counter(r.standing for r in every if _fits(r, any_state))
        assert view.total == len(every)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_one_another_without_gap_or_repeat(crowd: Office, order: str, descending: bool) -> None:
    day, chosen = date(2026, 10, 1), RegisterFilter()
    keys: dict[str, Callable[[RegisterRow], Any]] = {
        "": lambda r: r.certified_on,
        "number": lambda r: r.number,
        "reading": lambda r: search_key(r.reading),
        "area": lambda r: r.activity_area,
        "language": lambda r: r.languages,
        "standing": lambda r: STATES.index(r.standing),
    }
    every = sorted(
        register.as_of(crowd, day).rows,
        key=lambda r: (keys[order](r), r.certification_id),
        reverse=descending,
    )
    seen: list[RegisterRow] = []
    while True:
        after = seen[-1].certification_id if seen else None
        found = register.page(crowd, day, chosen, RegisterPlace(order, descending, after, limit=7))
        seen += found
        if len(found) < 7:
            break
    assert seen == every
    assert len(seen) == 60


def test_keys_follow_every_change_of_a_person(crowd: Office) -> None:
    assert register.as_of(crowd, None, RegisterFilter(language="タガログ")).rows == ()
    row = register.as_of(crowd).rows[0]
    change(crowd, Person, row.person_id, languages="ﾀｶﾞﾛｸﾞ語")
    found = register.as_of(crowd, None, RegisterFilter(language="タガログ")).rows
    assert [r.certification_id for r in found] == [row.certification_id]


def test_rows_that_came_in_bulk_get_their_keys(crowd: Office) -> None:
    before = [r.number for r in register.as_of(crowd, None, RegisterFilter(text="渡辺")).rows]
    with crowd.store.sessions.begin() as session:
        session.connection().execute(PERSON_KEYS.delete())
        session.connection().execute(NUMBER_KEYS.delete())
        assert fill_keys(session.connection()) == 120
    assert [r.number for r in register.as_of(crowd, None, RegisterFilter(text="渡辺")).rows] == before

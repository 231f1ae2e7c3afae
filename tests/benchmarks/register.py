"""名簿の物差し：基準日の名簿、絞り込み、続きの一頁。もう一方は、一人ずつ規則で導くやり方。"""

import random
from datetime import date
from pathlib import Path
from typing import Any

from app.services import register
from app.services.office import Office
from app.services.register import load_rows
from app.services.views.register import RegisterFilter, RegisterPlace
from database.schema.certificates import Certification
from database.schema.committee import Case, Meeting
from database.schema.renewal import Closure, Renewal, Revocation
from database.schema.search_keys import fill_keys
from tests.benchmarks.harness import Job, Pair
from tests.benchmarks.storage import certification_rows, filled_office, person_rows, store_audited
from tests.factories import GUIDELINE

DAY = date(2026, 4, 1)
AREAS = ("東京都", "大阪府", "埼玉県・東京都", "愛知県", "福岡県")
LANGUAGES = ("英語", "ベトナム語", "中国語、英語", "ネパール語")


def _after(certified: list[dict[str, Any]], dice: random.Random) -> list[tuple[Any, list[dict[str, Any]]]]:
    """更新・取消し・返納。十年の間に認証された人の、八割が一度、半分が二度更新する。"""
    renewals: list[dict[str, Any]] = []
    for row in certified:
        year = dice.randrange(2016, 2026)
        row["decided_on"] = row["certified_on"] = date(year, 3, 20)
        chances = ((0.8, year + 2), (0.5, year + 5), (0.4, year + 8))
        renewals += [
            {"certification_id": row["id"], "completed_on": date(when, 6, 1)}
            for chance, when in chances
            if dice.random() < chance
        ]
    ids = [row["id"] for row in certified]
    words = {"ground": "fraud", "reason": "偽り", "second_person": "次郎", "opened_on": DAY}
    revoked = [{"certification_id": i, "revoked_on": date(2026, 3, 1), **words} for i in ids[::50]]
    closed = [{"certification_id": i, "kind": "returned", "closed_on": DAY} for i in ids[7::90]]
    return [(Certification, certified), (Renewal, renewals), (Revocation, revoked), (Closure, closed)]


def _registered(size: int, folder: Path) -> Office:
    office = filled_office(size, folder)
    cases, certified = certification_rows(person_rows(size))
    meeting = {"id": 1, "cohort_id": 1, "number": 1, "held_on": DAY, "certification_on": DAY}
    tables = [(Meeting, [meeting]), (Case, cases), *_after(certified, random.Random(size))]
    with office.store.driver() as driver:
        rows = [(AREAS[i % 5], LANGUAGES[i % 4], i % 2, i) for i in range(1, size + 1)]
        sql = "UPDATE person SET activity_area = ?, languages = ?, publish_consent = ? WHERE id = ?"
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(sql, rows)
        driver.execute("COMMIT")
    store_audited(office.store, tables)
    with office.store.sessions.begin() as session:
        fill_keys(session.connection())
    return office


def _slow(office: Office) -> None:
    with office.store.sessions() as session:
        load_rows(session, DAY, GUIDELINE)


def _as_of(size: int, folder: Path) -> Pair:
    office = _registered(size, folder)
    return Pair(lambda: register.as_of(office, DAY), lambda: _slow(office))


def _narrowed(size: int, folder: Path) -> Pair:
    office = _registered(size, folder)
    chosen = RegisterFilter(area="東京", language="ベトナム", standing="valid", publish_only=True)
    return Pair(lambda: register.as_of(office, DAY, chosen), lambda: _slow(office))


def _next_page(size: int, folder: Path) -> Pair:
    office = _registered(size, folder)
    place = RegisterPlace(after=register.as_of(office, DAY).rows[-1].certification_id)
    return Pair(lambda: register.page(office, DAY, RegisterFilter(), place), lambda: _slow(office))


JOBS = (
    Job(
        "基準日の名簿（人数と初めの一頁）",
        "一人ずつ導く",
        0.08,
        (10_000, 50_000),
        _as_of,
        full=100_000,
        rounds=3,
    ),
    Job("名簿の絞り込み（四つ）", "一人ずつ導く", 0.1, (10_000, 50_000), _narrowed, full=100_000, rounds=3),
    Job("名簿の続きの一頁", "一人ずつ導く", 0.02, (10_000, 50_000), _next_page, full=100_000, rounds=3),
)

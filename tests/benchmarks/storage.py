"""保管の物差し：まとめて入れる、一覧の一頁、検索、開く。"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.domain.names import grams, search_key
from app.services import intake, search
from app.services.office import Office
from app.services.people import grams_of
from database import audit
from database.keys import Cost, open_keys
from database.opening import Store, create_store, open_store
from database.queries.search import find_people, index_person
from database.schema.certificates import Certification
from database.schema.committee import Case, Meeting
from database.schema.intake import Application, Cohort, Employment
from database.schema.people import Person
from tests.benchmarks.harness import Job, Pair
from tests.factories import GUIDELINE, NOW, TODAY, make_actor

PASSPHRASE = "物差しのための長い合言葉です"
CHEAP = Cost(time_cost=1, memory_cost=8, parallelism=1)
CHILDREN = 3
PAGE = 60
SURNAMES = ("見本", "試山", "仮田", "例川", "架空")
GIVEN = ("花子", "太郎", "次郎", "桜", "和子", "一", "𠮷雄")
# 人の名に数字はない：番号を字に替えて、一人ずつ違う名にする
KANJI, KANA = (
    str.maketrans("0123456789", letters) for letters in ("零一二三四五六七八九", "アカサタナハマヤラワ")
)
Rows = list[dict[str, Any]]


def new_store(folder: Path, name: str = "nintei.db") -> Store:
    """空のデータベース。"""
    store, _ = create_store(folder / name, PASSPHRASE, cost=CHEAP)
    return store


def person_rows(count: int, first: int = 1) -> Rows:
    """架空の人の行。"""
    return [
        {
            "id": i,
            "name": f"{SURNAMES[i % 5]}{f'{i:06d}'.translate(KANJI)} {GIVEN[i % 7]}",
            "reading": f"ミホン{f'{i:06d}'.translate(KANA)} ハナコ",
            "birth_date": date(1960, 1, 1) + timedelta(days=i % 15000),
            "phone": f"090-{i * 7919 % 10000:04d}-{i * 104729 // 10000 % 10000:04d}",
            "email": f"p{i}@example.jp",
            "affiliation": f"見本市国際交流協会{i % 97}",
        }
        for i in range(first, first + count)
    ]


def application_rows(people: Rows, cohort_of: Mapping[int, int]) -> Rows:
    """一人に一つの申込の行。"""
    return [
        {
            "id": p["id"],
            "person_id": p["id"],
            "cohort_id": cohort_of[p["id"]],
            "reception_number": p["id"],
            "received_on": date(2025, 6, 2),
            "counter_name": p["affiliation"],
            "counter": "municipal",
        }
        for p in people
    ]


def employment_rows(people: Rows) -> Rows:
    """一人に三つの在職の行。"""
    return [
        {
            "id": (p["id"] - 1) * CHILDREN + k + 1,
            "application_id": p["id"],
            "counter_name": p["affiliation"],
            "counter": "municipal",
            "counter_standard": True,
            "started_on": date(2015 + 3 * k, 4, 1),
            "ended_on": date(2018 + 3 * k, 3, 31),
            "workdays": 600,
        }
        for p in people
        for k in range(CHILDREN)
    ]


def _record(session: Any, store: Store) -> None:
    audit.record(
        session,
        mac_key=store.keys.mac_key,
        at=datetime.now(UTC),
        actor_id=None,
        actor_name="物差し",
        action="intake.import_applicants",
    )


def store_audited(store: Store, tables: Sequence[tuple[Any, Rows]]) -> None:
    """表ごとの行を、監査記録と共に一つの取引で入れる。"""
    with store.sessions.begin() as session:
        for table, rows in tables:
            audit.bulk_insert(session, table, rows)
        _record(session, store)


def make_cohorts(store: Store, count: int) -> None:
    """研修期を count だけ作る。"""
    rows = [
        {"id": i, "fiscal_year": 2000 + i, "term": 1, "training_starts_on": date(2025, 10, 1)}
        for i in range(1, count + 1)
    ]
    store_audited(store, [(Cohort, rows)])


def _raw_statement(store: Store, table: Any, rows: Rows) -> tuple[str, list[tuple[object, ...]]]:
    """同じ列・同じ値を入れる素の SQL。値は SQLAlchemy と同じ形にしておく。"""
    statement = insert(table.__table__)
    dialect = store.engine.dialect
    columns = [c for c in table.__table__.columns if c.name in rows[0] or c.default is not None]
    makers = [c.type.dialect_impl(dialect).bind_processor(dialect) or (lambda v: v) for c in columns]
    values = [
        tuple(
            make(row.get(c.name, getattr(c.default, "arg", None)))
            for c, make in zip(columns, makers, strict=True)
        )
        for row in rows
    ]
    names = ", ".join(c.name for c in columns)
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {statement.table.name} ({names}) VALUES ({marks})", values


def _storing(size: int, folder: Path) -> Pair:
    people = person_rows(size)
    tables: list[tuple[Any, Rows]] = [
        (Person, people),
        (Application, application_rows(people, dict.fromkeys(range(1, size + 1), 1))),
        (Employment, employment_rows(people)),
    ]
    store = new_store(folder)
    make_cohorts(store, 1)
    statements = [_raw_statement(store, table, rows) for table, rows in tables]

    def empty() -> None:
        with store.driver() as driver:
            for table in ("employment", "application", "person"):
                driver.execute(f"DELETE FROM {table}")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def raw() -> None:
        with store.driver() as driver:
            driver.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                driver.executemany(statement, values)
            driver.execute("COMMIT")

    return Pair(lambda: store_audited(store, tables), raw, empty)


def filled_office(size: int, folder: Path, per_cohort: int = PAGE) -> Office:
    """size 人が per_cohort 人ずつの研修期に申し込んだオフィス。検索の索引も作る。"""
    people = person_rows(size)
    cohort_of = {p["id"]: (p["id"] - 1) // per_cohort + 1 for p in people}
    store = new_store(folder)
    make_cohorts(store, max(cohort_of.values()))
    store_audited(
        store,
        [
            (Person, people),
            (Application, application_rows(people, cohort_of)),
            (Employment, employment_rows(people)),
        ],
    )
    return Office(store, GUIDELINE, make_actor(), today=lambda: TODAY, now=lambda: NOW)


def _page(size: int, folder: Path) -> Pair:
    office = filled_office(size, folder)
    wanted = max(1, size // PAGE // 2)

    def one_by_one() -> list[object]:
        with office.store.sessions() as session:
            found: list[object] = []
            rows = session.scalars(select(Application).where(Application.cohort_id == wanted))
            for application in rows:
                found.append((application.person.name, len(application.employments)))
            return found

    return Pair(lambda: intake.list_applications(office, wanted), one_by_one)


def _index(office: Office) -> None:
    with office.store.sessions.begin() as session:
        for person in session.scalars(select(Person)):
            index_person(session, person.id, grams_of(person))


def certification_rows(people: Rows) -> tuple[Rows, Rows]:
    """一人に一つの案件と認証の行。"""
    cases = [{"id": p["id"], "meeting_id": 1, "application_id": p["id"], "position": p["id"]} for p in people]
    certified = [
        {
            "id": p["id"],
            "person_id": p["id"],
            "case_id": p["id"],
            "cohort_id": 1,
            "serial": p["id"],
            "number": f"第R7-1-{p['id']:06d}号",
            "decided_on": date(2026, 3, 20),
            "certified_on": date(2026, 3, 31),
        }
        for p in people
    ]
    return cases, certified


def _searching(size: int, folder: Path) -> tuple[Office, Rows]:
    """探すオフィス（全員に電話・受付番号・認定番号がある）。終わりの方に一人だけいる名を置く。"""
    office = filled_office(size, folder)
    people = person_rows(size)
    with office.store.sessions.begin() as session:
        person = session.get_one(Person, size - 3)
        person.name, person.former_name = "別所 珠緒子", "渡邉 珠緒子"
        _record(session, office.store)
    cases, certified = certification_rows(people)
    meeting = [
        {
            "id": 1,
            "cohort_id": 1,
            "number": 1,
            "held_on": date(2026, 3, 20),
            "certification_on": date(2026, 3, 31),
        }
    ]
    store_audited(office.store, [(Meeting, meeting), (Case, cases), (Certification, certified)])
    _index(office)
    return office, people


def _scan(office: Office, wanted: str) -> list[Any]:
    """LIKE で全員を見るやり方。"""
    columns = " OR ".join(f"{name} LIKE :like" for name in ("name", "reading", "former_name", "phone"))
    with office.store.driver() as driver:
        found = driver.execute(f"SELECT id FROM person WHERE {columns} LIMIT 50", {"like": f"%{wanted}%"})
        return list(found)


def _search_index(size: int, folder: Path) -> Pair:
    office, _ = _searching(size, folder)
    pairs = [gram for gram in grams(search_key("珠緒")) if len(gram) == 2]

    def ours() -> list[int]:
        with office.store.sessions() as session:
            return find_people(session, pairs, 50)

    assert ours() == [row[0] for row in _scan(office, "珠緒")] == [size - 3]
    return Pair(ours, lambda: _scan(office, "珠緒"))


def _search_screen(size: int, folder: Path) -> Pair:
    """一打ずつ：珍しい名、旧姓、電話の途中、認定番号、受付番号。"""
    office, people = _searching(size, folder)
    phone = people[size // 2]["phone"]
    typed = ("珠緒", "渡辺 珠", phone[4:], phone, f"第R7-1-{size - 3:06d}号", str(size - 3))
    assert [hit.title for hit in search.find(office, "珠緒")] == ["別所 珠緒子"]
    assert people[size // 2]["name"] in {hit.title for hit in search.find(office, phone)}

    def ours() -> None:
        for text in typed:
            search.find(office, text)

    def scan() -> None:
        for text in typed:
            _scan(office, text)

    return Pair(ours, scan)


def _opening(size: int, folder: Path) -> Pair:
    path = folder / "opened.db"
    store, _ = create_store(path, PASSPHRASE)
    people = person_rows(size)
    store_audited(store, [(Person, people)])
    store.close()
    keys = open_keys(path, PASSPHRASE)

    def bare() -> None:
        open_keys(path, PASSPHRASE)

    def ours() -> None:
        open_store(path, PASSPHRASE).close()

    assert len(keys.data_key) == 32
    return Pair(ours, bare)


JOBS = (
    Job("申込者と三つの子をまとめて記録", "素の executemany", 5.0, (2_500, 10_000), _storing),
    Job("一覧の一頁", "一人ずつ問い合わせる", 0.5, (5_000, 20_000), _page, full=100_000),
    Job("検索の索引", "LIKE の全走査", 0.1, (20_000, 100_000), _search_index),
    Job("検索の一打（結果の行まで、六つ）", "LIKE の全走査だけ", 1.0, (20_000, 100_000), _search_screen),
    Job("データベースを開く", "Argon2id だけ", 2.0, (1_000, 10_000), _opening, wall=True, rounds=3),
)

"""移行：最新まで進めた形は、いまの表の定義と少しも違わない。"""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from database import migrations
from database.queries.search import find_people, index_person
from database.schema import Base
from database.store import Store


def test_nothing_is_missing_from_the_migrations(store: Store) -> None:
    with store.engine.connect() as connection:
        opts = {k: v for k, v in migrations.options().items() if k != "target_metadata"}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_check_constraints_are_the_same_as_in_the_definitions(store: Store) -> None:
    """自動の比較は CHECK を見ない。名で比べる。"""
    wanted = {
        (table.name, str(c.name), " ".join(str(c.sqltext).split()))  # type: ignore[attr-defined]
        for table in Base.metadata.tables.values()
        for c in table.constraints
        if c.__visit_name__ == "check_constraint"
    }
    with store.driver() as driver:
        sql = {
            n: " ".join(s.split())
            for n, s in driver.execute("SELECT name, sql FROM sqlite_master WHERE sql > ''")
        }
    missing = [
        (table, name, condition)
        for table, name, condition in wanted
        if f"CONSTRAINT ck_{table}_{name.removeprefix(f'ck_{table}_')} CHECK ({condition})" not in sql[table]
    ]
    assert missing == []


def test_file_names_give_the_versions_that_alembic_sees(store: Store) -> None:
    with store.engine.connect() as connection:
        scripts = ScriptDirectory.from_config(migrations.config(connection))
    assert [s.revision for s in scripts.walk_revisions()][::-1] == migrations.revisions()
    assert scripts.get_current_head() == migrations.revisions()[-1]


def test_migrations_do_not_lean_on_the_definitions() -> None:
    texts = [f.read_text("utf-8") for f in (migrations.folder() / "versions").glob("*.py")]
    assert [t for t in texts if "from database" in t or "import database" in t or "create_all" in t] == []


def test_search_index_keeps_every_sign_apart(store: Store) -> None:
    with store.sessions.begin() as session:
        index_person(session, 1, ("グ", "エン", "グエ", "・ン", "葛󠄀"))
        index_person(session, 2, ("ク", "エン", "クエ", "e"))
        index_person(session, 2, ("ク", "エン", "クエ", "é"))
        found = [find_people(session, [g], 9) for g in ("グ", "ク", "・ン", "葛", "葛󠄀", "e", "é", "エン")]
    assert found == [[1], [2], [1], [], [1], [], [2], [1, 2]]

"""名簿の検索：認証日の順と、氏名・地域・分野・言語・番号の畳んだ鍵。"""

from alembic import op
from sqlalchemy import text

from app.domain.names import search_key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMES = (
    "name",
    "reading",
    "roman_name",
    "certificate_name",
    "alias",
    "former_name",
    "affiliation",
)
GROUPS = (NAMES, ("reading",), ("activity_area", "affiliation_prefecture"), ("specialties",), ("languages",))


def upgrade() -> None:
    """次の版へ進める。今ある人と番号にも鍵を付ける。"""
    op.create_index("ix_certification_certified_on", "certification", ["certified_on"])
    op.execute(
        "CREATE TABLE person_search_key (id INTEGER NOT NULL PRIMARY KEY, names TEXT NOT NULL,"
        " reading TEXT NOT NULL, area TEXT NOT NULL, specialty TEXT NOT NULL, language TEXT NOT NULL)"
    )
    op.execute("CREATE INDEX person_search_key_reading ON person_search_key (reading)")
    op.execute("CREATE TABLE person_search_number (id INTEGER NOT NULL PRIMARY KEY, number TEXT NOT NULL)")
    connection = op.get_bind()
    columns = list(dict.fromkeys(name for group in GROUPS for name in group))
    for row in connection.execute(text(f"SELECT id, {', '.join(columns)} FROM person")).mappings().all():  # noqa: S608  列の名は定数
        keys = ["\n".join(key for name in group if (key := search_key(row[name]))) for group in GROUPS]
        connection.exec_driver_sql(
            "INSERT INTO person_search_key VALUES (?, ?, ?, ?, ?, ?)", (row["id"], *keys)
        )
    for key, number in connection.execute(text("SELECT id, number FROM certification")).all():
        connection.exec_driver_sql(
            "INSERT INTO person_search_number VALUES (?, ?)", (key, search_key(number))
        )


def downgrade() -> None:
    """前の版へ戻す。"""
    op.execute("DROP TABLE person_search_number")
    op.execute("DROP TABLE person_search_key")
    op.drop_index("ix_certification_certified_on", "certification")

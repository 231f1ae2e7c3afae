"""人の検索の索引（一字・二字の並び）。"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """次の版へ進める。"""
    # 空白だけで区切る：中黒・符号・異体字の選択子・結合文字も字として数え、字形を畳まない
    op.execute(
        "CREATE VIRTUAL TABLE person_search USING fts5(grams, content='', contentless_delete=1,"
        " tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")"
    )


def downgrade() -> None:
    """前の版へ戻す。"""
    op.execute("DROP TABLE person_search")

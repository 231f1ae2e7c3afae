"""Alembic の実行環境。接続は呼んだ側の取引をそのまま使う。"""

from alembic import context

from database.migrations import options

context.configure(connection=context.config.attributes["connection"], **options())
with context.begin_transaction():
    context.run_migrations()

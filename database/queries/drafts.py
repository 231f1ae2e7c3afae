"""書きかけの書式を置き、探し、捨てる。監査の見張る取引（Session）を通さない。"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from database.schema.drafts import draft


def put_draft(connection: Connection, owner: int, form: str, token: str, content: Any, at: datetime) -> None:
    """書きかけを置く。同じ token の前の中身は替わる。"""
    drop_draft(connection, owner, token)
    connection.execute(
        insert(draft).values(token=token, owner_id=owner, form=form, content=content, kept_at=at)
    )


def newest_draft(connection: Connection, owner: int, form: str) -> tuple[str, Any, datetime] | None:
    """その人の、その書式の、いちばん新しい書きかけ（token・中身・置いた時刻）。なければ None。"""
    query = (
        select(draft.c.token, draft.c.content, draft.c.kept_at)
        .where(draft.c.owner_id == owner, draft.c.form == form)
        .order_by(draft.c.kept_at.desc(), draft.c.token)
    )
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else (row.token, row.content, row.kept_at)


def drop_draft(connection: Connection, owner: int, token: str) -> None:
    """書きかけを捨てる。なければ何もしない。"""
    connection.execute(delete(draft).where(draft.c.token == token, draft.c.owner_id == owner))


def count_drafts(connection: Connection, owner: int) -> int:
    """その人の書きかけの数。"""
    return connection.execute(select(func.count()).where(draft.c.owner_id == owner)).scalar_one()


def drop_old_drafts(connection: Connection, before: datetime) -> None:
    """before より前に置いたものを捨てる。"""
    connection.execute(delete(draft).where(draft.c.kept_at < before))

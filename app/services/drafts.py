"""書きかけの書式。窓を閉じても、ロックしても、落ちても、同じ人が同じ書式を開けば戻せる。

業務の記録ではないので監査記録には残さず、暗号化したデータベースの中にだけ置く。
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.services.office import Office
from database.queries.drafts import count_drafts, drop_draft, drop_old_drafts, newest_draft, put_draft

KEPT_DAYS = 60


@dataclass(frozen=True)
class Draft:
    """書きかけ。content は置いたときのまま。"""

    token: str
    content: dict[str, Any]
    kept_at: datetime


def _owner(office: Office, function: str) -> int:
    return office.require(function).account_id or 0


def keep(office: Office, form: str, token: str, content: dict[str, Any]) -> None:
    """書きかけを置く（同じ token は替わる）。KEPT_DAYS 日より古いものは、誰のものも捨てる。"""
    owner, now = _owner(office, "drafts.keep"), office.now()
    with office.store.engine.begin() as connection:
        drop_old_drafts(connection, now - timedelta(days=KEPT_DAYS))
        put_draft(connection, owner, form, token, content, now)


def find(office: Office, form: str) -> Draft | None:
    """自分の、その書式の、いちばん新しい書きかけ。"""
    owner = _owner(office, "drafts.find")
    with office.store.engine.connect() as connection:
        found = newest_draft(connection, owner, form)
    return None if found is None else Draft(*found)


def drop(office: Office, token: str) -> None:
    """書きかけを捨てる（保存できたとき、捨てると決めたとき）。"""
    owner = _owner(office, "drafts.drop")
    with office.store.engine.begin() as connection:
        drop_draft(connection, owner, token)


def count(office: Office) -> int:
    """自分の書きかけの数。"""
    owner = _owner(office, "drafts.count")
    with office.store.engine.connect() as connection:
        return count_drafts(connection, owner)

"""移行：データベースの形の版。versions の中の番号の順に進む。

版のファイルは「番号_名.py」とし、番号（四桁）をその版の名にする。
開くたびに Alembic を読み込まずに済ませるためである。
"""

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from database.schema import Base
from database.schema.base import CanonicalJSON, ISODate, UTCDateTime

if TYPE_CHECKING:
    from alembic.config import Config

SEARCH_INDEX = "person_search"


def folder() -> Path:
    """移行の置き場。配布物ではデータのファイルとして入っている。"""
    return Path(str(resources.files("database.migrations")))


def revisions() -> list[str]:
    """このプログラムの知っている版（古い順）。"""
    return sorted(file.name.split("_")[0] for file in (folder() / "versions").glob("[0-9]*_*.py"))


def _include_name(name: str | None, kind: str, parents: Any) -> bool:
    # 検索の索引（FTS5）とその影の表は、移行が SQL で作る
    return not (kind == "table" and name is not None and name.startswith(SEARCH_INDEX))


def _render_item(kind: str, item: Any, context: Any) -> str | bool:
    # 移行は後で変わる型に頼らない：凍った文字の列として書く
    return (
        "sa.Text()" if kind == "type" and isinstance(item, ISODate | UTCDateTime | CanonicalJSON) else False
    )


def options() -> dict[str, Any]:
    """Alembic に渡す約束。移行と、移行の漏れを探す試験とが同じものを使う。"""
    return {
        "target_metadata": Base.metadata,
        "render_as_batch": True,
        "compare_type": True,
        "include_name": _include_name,
        "render_item": _render_item,
    }


def config(connection: Connection) -> "Config":
    """connection の上で動く Alembic の設定。"""
    # 読み込みに時間がかかり、移行するときにしか要らない
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(folder()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """取引の中で最新の版まで進める。確定は呼んだ側がする。"""
    from alembic import command

    command.upgrade(config(connection), "head")

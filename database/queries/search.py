"""人の検索の索引（FTS5）。索引は人の表から導くもので、監査の対象ではない。"""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

PHONE_LEAST = 4  # 電話はこの桁数から探す（短いと当たりすぎる）
_PHONE = "☎"  # 電話の数字を、名の字の並びと分ける印


def _token(gram: str) -> str:
    # どの文字も語の切れ目と見なされないよう、符号の数字に置き換える
    return "z".join(f"{ord(c):x}" for c in gram)


def phone_grams(digits: str) -> set[str]:
    """電話の索引に入れる並び：どこから打っても頭から当たるように、途中から後ろまでのすべて。"""
    return {_PHONE + digits[i:] for i in range(len(digits) - PHONE_LEAST + 1)}


def count_indexed(session: Session) -> int:
    """索引にある人の数。"""
    return int(session.execute(text("SELECT count(*) FROM person_search")).scalar_one())


def find_phones(session: Session, digits: str, limit: int) -> list[int]:
    """電話に digits（PHONE_LEAST 桁以上の数字）を続けて含む人の id（古い順）。"""
    rows = session.execute(
        text("SELECT rowid FROM person_search WHERE person_search MATCH :q ORDER BY rowid LIMIT :n"),
        {"q": f'"{_token(_PHONE + digits)}" *', "n": limit},
    )
    return [row[0] for row in rows]


def tokens_of(grams: Iterable[str]) -> set[str]:
    """grams を、索引に入れる語にしたもの。"""
    return {_token(g) for g in grams}


def indexed_tokens(session: Session) -> dict[int, set[str]]:
    """索引にある人の id と、その人に入れてある語。"""
    session.execute(
        text("CREATE VIRTUAL TABLE temp.search_words USING fts5vocab(main, person_search, 'instance')")
    )
    found: dict[int, set[str]] = {}
    for row in session.execute(text("SELECT DISTINCT doc, term FROM temp.search_words")):
        found.setdefault(row[0], set()).add(row[1])
    session.execute(text("DROP TABLE temp.search_words"))
    return found


def index_person(session: Session, person_id: int, grams: Iterable[str]) -> None:
    """一人の索引を置き換える。grams は一字・二字の組と、電話の並び（phone_grams）。"""
    session.execute(text("DELETE FROM person_search WHERE rowid = :id"), {"id": person_id})
    session.execute(
        text("INSERT INTO person_search (rowid, grams) VALUES (:id, :grams)"),
        {"id": person_id, "grams": " ".join(sorted(tokens_of(grams)))},
    )


def find_people(session: Session, grams: list[str], limit: int) -> list[int]:
    """すべての grams を含む人の id（古い順）。"""
    if not grams:
        return []
    query = " AND ".join(f'"{_token(g)}"' for g in grams)
    rows = session.execute(
        text("SELECT rowid FROM person_search WHERE person_search MATCH :q ORDER BY rowid LIMIT :n"),
        {"q": query, "n": limit},
    )
    return [row[0] for row in rows]

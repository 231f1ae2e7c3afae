"""一覧のブックを書き、その要約値を返す。監査記録の先頭を注に刷る。"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from app.services.exports import ListSheet
from app.services.importing import digest_file
from app.services.views.renewal import STANDING_WORDS
from app.services.views.submission import CHANGE_WORDS
from app.workbooks.writing import Column, table_page, write_book
from database import audit

KINDS = {
    "受付番号": "code",
    "認定番号": "code",
    "氏名": "name",
    "フリガナ": "name",
    "証書表記": "name",
    "ローマ字": "name",
    "通称": "name",
    "旧姓": "name",
    "生年月日": "date",
    "議決日": "date",
    "認証日": "date",
    "交付日": "date",
    "決定日": "date",
    "開催日": "date",
    "条件の期限": "date",
    "有効期間の始まり": "date",
    "有効期間の満了": "date",
    "所属機関": "long",
    "保有資格": "long",
    "理由": "reason",
    "合計": "integer",
    "申込": "integer",
    "受講決定": "integer",
    "認証": "integer",
    "委員（除く回避）": "integer",
    "出席": "integer",
    "賛成": "integer",
    "反対": "integer",
    "棄権": "integer",
    "議案": "integer",
    "更新": "integer",
    "最後の便": "integer",
    "人数": "integer",
    "項目": "reason",
    "件数": "integer",
}

# 庁から戻る一覧の、決まった言葉の列
WORDS = {
    "状態": tuple(STANDING_WORDS.values()),
    "公表の同意": ("あり", "なし"),
    "変更": tuple(CHANGE_WORDS.values()),
}


def audit_line(session: Session) -> str:
    """監査記録の先頭を、紙やブックに刷る一行にする。"""
    sequence, digest = audit.head(session)
    return f"監査記録の先頭 第{sequence}号 {digest}"


def _column(title: str) -> Column:
    kind = KINDS.get(title, "integer" if title.startswith("科目群") else "text")
    return Column(title, kind, words=WORDS.get(title, ()))


def write_list(path: Path, sheets: Sequence[ListSheet], notes: Sequence[str], password: str = "") -> str:
    """一覧を一つのブックに書き、ファイルの SHA-256（16進）を返す。書けなければ RuleViolation で元のまま。"""
    pages = [
        table_page(s.title, [_column(h) for h in s.headers], s.rows, notes, returns=s.returns) for s in sheets
    ]
    write_book(path, pages, sheets[0].title, password or None)
    return digest_file(path).digest

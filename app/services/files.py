"""ファイルは隣に書き、確かめて置き換える。最後の名を持つものは必ず完全である。"""

from pathlib import Path

from app.domain.errors import RuleViolation
from app.workbooks.faults import fault_words
from database.files import write_atomic


def write_whole(path: Path, content: bytes) -> None:
    """content を path に書く。書けなければ RuleViolation で、元のファイルはそのまま残る。"""
    try:
        write_atomic(path, content)
    except OSError as error:
        raise RuleViolation(
            f"{path} に書けませんでした（{fault_words(error)}）。開いている Excel などを閉じ、空き容量と場所を確かめてください。"
        ) from error

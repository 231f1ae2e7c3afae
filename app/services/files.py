"""ファイルは隣に書き、確かめて置き換える。最後の名を持つものは必ず完全である。"""

import os
import tempfile
from pathlib import Path

from app.domain.errors import RuleViolation
from app.workbooks.faults import fault_words


def write_whole(path: Path, content: bytes) -> None:
    """content を path に書く。書けなければ RuleViolation で、元のファイルはそのまま残る。"""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise RuleViolation(
            f"{path} に書けませんでした（{fault_words(error)}）。開いている Excel などを閉じ、空き容量と場所を確かめてください。"
        ) from error

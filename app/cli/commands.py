"""命令の名から、行うものへ。"""

import sys
from collections.abc import Callable

from app.cli import evaluate, keeping
from app.cli.session import Options


def _evaluate(options: Options) -> int:
    return evaluate.run(options.edition, sys.stdin, sys.stdout)


COMMANDS: dict[str, Callable[[Options], int]] = {
    "init": keeping.init,
    "evaluate": _evaluate,
    "audit": keeping.audit,
    "backup": keeping.backup,
    "restore": keeping.restore,
    "check": keeping.check,
    "rekey": keeping.rekey,
}


def run(options: Options) -> int:
    """選ばれた命令を行う。"""
    return COMMANDS[options.command](options)

"""入口：記録を整え、引数を読み、命令を行う。"""

import logging
from collections.abc import Sequence

from app.cli import main as cli


def run(arguments: Sequence[str]) -> int:
    """命令を行い、終了の値を返す。命令がなければ使い方を出す。"""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    options = cli.parse(arguments)
    if options.command is None:
        cli.parse(["--help"])
    return cli.run(options)

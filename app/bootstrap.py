"""すべての階を知る唯一の場所：記録 → 引数 → 命令か窓。"""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.cli import main as cli
from app.cli.session import Options, database_path, read_secret


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: Sequence[str]) -> int:
    """命令があれば行い、なければ窓を開く。終了の値を返す。"""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    options = cli.parse(arguments)
    if options.command is None:
        return _open_window(options)
    if options.command == "review":
        from ui.review.start import open_review

        return open_review(options.file)
    code = cli.run(options)
    if options.command == "demo" and code == 0 and not options.no_window and _has_display():
        options.database = options.out / "nintei.db"
        options.passphrase_file = options.out / "passphrase.txt"
        return _open_window(options)
    return code


def _open_window(options: Options) -> int:
    # 命令だけのときは Qt を読み込まない（起動が速く、画面のない機械でも動く）
    from ui.application import open_window

    file = options.passphrase_file or os.environ.get("NINTEI_PASSPHRASE_FILE")
    passphrase = read_secret(Path(file), "", "合言葉") if file else ""
    return open_window(database_path(options), passphrase)

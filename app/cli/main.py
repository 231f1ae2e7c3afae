"""命令を行い、日本語の言葉と終了の値にする。"""

import sys
import traceback
from collections.abc import Sequence

from app.cli import commands
from app.cli.parser import build_parser
from app.cli.session import Options
from app.domain.errors import RuleViolation
from app.workbooks.faults import fault_words

NOT_DONE, FAULT = 2, 3


def parse(arguments: Sequence[str]) -> Options:
    """引数を読む。"""
    return build_parser().parse_args(arguments)


def run(options: Options) -> int:
    """命令を行う。誤りは標準エラーへ日本語の一行。"""
    try:
        return commands.run(options)
    except RuleViolation as refusal:
        _say_error(options, str(refusal))
        return NOT_DONE
    except (OSError, MemoryError) as fault:
        words = fault_words(fault) if isinstance(fault, OSError) else "メモリーが足りない"
        _say_error(
            options,
            f"機械またはファイルの障害で行えませんでした（{words}）。空き容量と場所を確かめてください。",
        )
        return FAULT
    except Exception as fault:  # noqa: BLE001  命令の入口：どの障害も一行の言葉にして終わる
        _say_error(
            options,
            f"プログラムの障害で行えませんでした（{type(fault).__name__}）。--debug を付けて記録を取ってください。",
        )
        return FAULT


def _say_error(options: Options, words: str) -> None:
    if options.debug:
        traceback.print_exc()
    print(" ".join(words.split("\n")), file=sys.stderr)

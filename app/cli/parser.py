"""コマンドラインの引数。"""

import argparse
import re
from pathlib import Path
from typing import Any

IMPORTS = ("applicants", "results", "answers", "renewals")
EXPORTS = ("register", "eligibility", "progress", "scores", "decisions", "statistics", "affiliations")


# argparse の英語の文から日本語へ（並びの順に、初めに合ったもの）
_SAYINGS = (
    (r"the following arguments are required: (.*)", r"足りない引数：\1"),
    (r"unrecognized arguments: (.*)", r"知らない引数：\1"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1 に \2 は選べません：\3 のどれか"),
    (r"argument (.*): expected (?:one|at least one) argument", r"\1 に続く値がありません"),
    (r"argument (.*): invalid int value: (.*)", r"\1 の \2 は整数ではありません"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 に値 \2 は付けられません"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 は \2 のどれか分かりません"),
)


def _japanese(message: str) -> str:
    for pattern, words in _SAYINGS:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, words, message, count=1, flags=re.DOTALL)
    return message


class _Formatter(argparse.HelpFormatter):
    """使い方の頭の言葉を日本語にする。"""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """「使い方：」で始める。"""
        super().add_usage(usage, actions, groups, "使い方：" if prefix is None else prefix)


class JapaneseParser(argparse.ArgumentParser):
    """使い方の誤りを日本語の一行で言い、2 で終わる。"""

    def __init__(self, *, add_help: bool = True, **options: Any) -> None:
        """説明の見出しと -h も日本語にする。"""
        super().__init__(add_help=False, formatter_class=_Formatter, **options)
        self._positionals.title, self._optionals.title = "引数", "オプション"
        if add_help:
            self.add_argument("-h", "--help", action="help", help="この説明を出して終わる")

    def error(self, message: str) -> "None":  # type: ignore[override]
        """誤りを標準エラーへ一行で出して終わる。"""
        said = _japanese(message)
        self.exit(2, f"引数を読めません（{said}）。{self.prog} --help で使い方を確かめてください。\n")


def _common(default: object = argparse.SUPPRESS) -> JapaneseParser:
    # 命令の後になければ何も置かない：命令の前に与えられたものを空で上書きしない
    common = JapaneseParser(add_help=False, argument_default=default)
    group = common.add_argument_group("共通")
    group.add_argument(
        "--database",
        type=Path,
        metavar="FILE",
        help="データベース（既定は NINTEI_DATABASE か利用者のフォルダー）",
    )
    group.add_argument("--passphrase-file", type=Path, metavar="FILE", help="合言葉を書いたファイル")
    group.add_argument("--user", metavar="NAME", help="操作する人の利用者名")
    group.add_argument(
        "--password-file", type=Path, metavar="FILE", help="その人のパスワードを書いたファイル"
    )
    group.add_argument("--json", action="store_true", help="結果を一つの JSON で出す")
    group.add_argument(
        "--ack", action="store_true", help="確定のたびに「ACK 操作の名」を一行出す（試験のため）"
    )
    group.add_argument("--debug", action="store_true", help="障害のとき詳しい記録を出す")
    return common


def build_parser() -> JapaneseParser:
    """すべての命令の引数を読むもの。"""
    parser = JapaneseParser(
        prog="nintei-desk",
        description="認定デスク：外国人支援コーディネーター認定審査委員会の事務局の仕事をするプログラム",
        parents=[_common(None)],
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="命令", parser_class=JapaneseParser)

    def add(name: str, text: str) -> JapaneseParser:
        return commands.add_parser(name, help=text, description=text, parents=[_common()])

    _add_set_up(
        add("demo", "見本の研修期を最初から最後まで通す"),
        add("init", "新しい暗号化データベースと最初の管理者を作る"),
    )
    template = add("template", "記入用の空のブックを書く")
    template.add_argument("kind", choices=IMPORTS)
    template.add_argument("out", type=Path, metavar="OUT.xlsx")
    _add_import(add("import", "ブックを下見し、一つの取引で取り込む"))
    inspect = add("inspect", "番人を通してファイルを読み、何が見えるかを言う（何も保存しない）")
    inspect.add_argument("file", type=Path, metavar="FILE", help="読むファイル")
    _add_book_password(inspect)
    evaluate = add("evaluate", "標準入力の JSON Lines に規則を当てる")
    evaluate.add_argument("--edition", default="r7-02-27", help="実施要綱の版")
    export = add("export", "庁へのブックを書く")
    export.add_argument("kind", choices=EXPORTS)
    export.add_argument("out", type=Path, metavar="OUT.xlsx", help="書くブック（統計は OUT.pdf で図の紙）")
    export.add_argument("--as-of", metavar="DATE")
    export.add_argument("--cohort", help="研修期（R7-2 のように）")
    _add_book_password(export)
    _add_certificates(add("certificates", "認定証の交付・再印刷・検証"))
    audit = add("audit", "監査記録")
    audit.add_argument("action", choices=("verify",))
    add("backup", "検査済みのバックアップを作る").add_argument("out", type=Path, metavar="OUT", help="書く先")
    restore = add("restore", "バックアップから新しいファイルへ戻す")
    restore.add_argument("file", type=Path, metavar="FILE", help="戻すバックアップ")
    restore.add_argument("--to", type=Path, help="戻す先（既定は --database）")
    add("check", "すべての整合を確かめる")
    _add_rekey(add("rekey", "合言葉を変える"))
    # 共通の引数（データベースや利用者）は、持ち出しには要らない
    words = "委員の持ち出し資料を窓で開く（データベースは要らない）"
    review = commands.add_parser("review", help=words, description=words)
    review.add_argument("file", type=Path, nargs="?", metavar="FILE", help="事務局から渡されたファイル")
    return parser


def _add_rekey(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--new-passphrase-file",
        type=Path,
        required=True,
        metavar="FILE",
        help="新しい合言葉を書いたファイル",
    )
    parser.add_argument(
        "--recovery-key-file",
        type=Path,
        metavar="FILE",
        help="復旧鍵を書いたファイル（合言葉を忘れたとき。サインインは要らない）",
    )


def _add_set_up(demo: argparse.ArgumentParser, init: argparse.ArgumentParser) -> None:
    demo.add_argument(
        "--out", type=Path, metavar="DIR", help="書くフォルダー（既定は、まだない demo・demo-2 …）"
    )
    demo.add_argument("--people", type=int, default=60, metavar="N", help="申込者の数")
    demo.add_argument("--seed", type=int, default=1, metavar="K", help="種。同じ種なら同じ見本になる")
    demo.add_argument("--no-window", action="store_true", help="終わっても窓を開かない")
    init.add_argument("--name", help="最初の管理者の氏名")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=IMPORTS)
    parser.add_argument("file", type=Path, metavar="FILE", help="取り込むブックか CSV")
    parser.add_argument("--cohort", help="研修期（R7-2 のように）")
    parser.add_argument("--dry-run", action="store_true", help="下見だけ")
    parser.add_argument("--all-or-nothing", action="store_true", help="一行でも誤りがあれば何も取り込まない")
    parser.add_argument("--refused", type=Path, metavar="OUT.xlsx", help="断った行と理由を書くブック")
    parser.add_argument("--test", metavar="NAME", help="答案を取り込む修了認定テストの名")
    _add_book_password(parser)


def _add_book_password(parser: argparse.ArgumentParser) -> None:
    # --password-file は操作する人のもの。ブックを開く・掛けるパスワードは別に与える
    parser.add_argument(
        "--book-password-file", type=Path, metavar="FILE", help="ブックのパスワードを書いたファイル"
    )


def _add_certificates(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="操作", parser_class=JapaneseParser)
    for name, text in (("issue", "交付する"), ("reprint", "同じ紙をもう一度出す")):
        sub = actions.add_parser(name, help=text, parents=[_common()])
        sub.add_argument("--cohort", required=True)
        sub.add_argument("out", type=Path, metavar="OUT.pdf")
        if name == "issue":
            sub.add_argument("--issued-on", metavar="DATE", help="交付日（既定は今日）")
    verify = actions.add_parser("verify", help="本物かどうかを確かめる", parents=[_common()])
    verify.add_argument(
        "what", metavar="FILE.pdf|FILE.png|TEXT", help="PDF・絵のファイルか、二次元コードの文"
    )
    verify.add_argument("--as-of", metavar="DATE")

"""コマンドラインの引数。"""

import argparse
from pathlib import Path


class JapaneseParser(argparse.ArgumentParser):
    """使い方の誤りを日本語の一行で言い、2 で終わる。"""

    def error(self, message: str) -> "None":  # type: ignore[override]
        """誤りを標準エラーへ一行で出して終わる。"""
        self.exit(2, f"引数を読めません（{message}）。{self.prog} --help で使い方を確かめてください。\n")


def _common() -> JapaneseParser:
    common = JapaneseParser(add_help=False)
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
    group.add_argument("--debug", action="store_true", help="障害のとき詳しい記録を出す")
    return common


def build_parser() -> JapaneseParser:
    """すべての命令の引数を読むもの。"""
    parser = JapaneseParser(
        prog="nintei-desk",
        description="認定デスク：外国人支援コーディネーター認定審査委員会の事務局の仕事をするプログラム",
        parents=[_common()],
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="命令", parser_class=JapaneseParser)

    def add(name: str, text: str) -> JapaneseParser:
        return commands.add_parser(name, help=text, description=text, parents=[_common()])

    init = add("init", "新しい暗号化データベースと最初の管理者を作る")
    init.add_argument("--name", help="最初の管理者の氏名")
    evaluate = add("evaluate", "標準入力の JSON Lines に規則を当てる")
    evaluate.add_argument("--edition", default="r7-02-27", help="実施要綱の版")
    audit = add("audit", "監査記録")
    audit.add_argument("action", choices=("verify",))
    add("backup", "検査済みのバックアップを作る").add_argument("out", type=Path)
    restore = add("restore", "バックアップから新しいファイルへ戻す")
    restore.add_argument("file", type=Path)
    restore.add_argument("--to", type=Path, help="戻す先（既定は --database）")
    add("check", "すべての整合を確かめる")
    add("rekey", "合言葉を変える").add_argument("--new-passphrase-file", type=Path, required=True)
    return parser

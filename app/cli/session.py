"""命令が使う、データベースと操作する人の用意。"""

import argparse
import getpass
import json
import os
import sys
from pathlib import Path
from typing import Any

from app.domain.errors import RuleViolation
from app.services import accounts, maintenance
from app.services.office import Office
from app.workbooks.faults import fault_words

Options = argparse.Namespace


def read_secret(file: Path | None, variable: str, prompt: str) -> str:
    """ファイル、環境、端末の順に秘密を読む。"""
    chosen = file or (Path(os.environ[variable]) if variable and os.environ.get(variable) else None)
    if chosen is None:
        if not sys.stdin.isatty():
            raise RuleViolation(f"{prompt}が与えられていません。--help を見て、ファイルで与えてください。")
        return getpass.getpass(f"{prompt}：")
    try:
        return chosen.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise RuleViolation(f"{prompt}のファイル {chosen} を読めません（{fault_words(error)}）。") from error


def database_path(options: Options) -> Path:
    """--database、環境、既定の順。"""
    if options.database:
        return Path(options.database)
    named = os.environ.get("NINTEI_DATABASE")
    return Path(named) if named else maintenance.default_database()


def passphrase(options: Options) -> str:
    """合言葉。"""
    return read_secret(options.passphrase_file, "NINTEI_PASSPHRASE_FILE", "合言葉")


def open_signed_in(options: Options) -> Office:
    """データベースを開き、操作する人としてサインインする。"""
    office = maintenance.open_office(database_path(options), passphrase(options))
    try:
        if not options.user:
            raise RuleViolation(
                "誰が操作するかが与えられていません。--user と --password-file を与えてください。"
            )
        password = read_secret(options.password_file, "", "パスワード")
        accounts.sign_in(office, options.user, password)
        if options.ack:
            office.committed = _acknowledge
    except BaseException:
        office.store.close()
        raise
    return office


def _acknowledge(function: str) -> None:
    # すぐに出す：この後で止まっても、確定したことは伝わっている
    print(f"ACK {function}", flush=True)


def report(options: Options, words: str, data: dict[str, Any]) -> None:
    """結果を、言葉か JSON で出す。"""
    print(json.dumps(data, ensure_ascii=False) if options.json else words)


def complain(words: str) -> None:
    """標準エラーへ一行で言う。"""
    print(" ".join(words.split("\n")), file=sys.stderr)

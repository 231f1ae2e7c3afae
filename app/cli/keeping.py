"""データベースを作り、守り、確かめる命令。"""

from contextlib import closing

from app.cli.session import Options, database_path, open_signed_in, passphrase, read_secret, report
from app.domain.errors import RuleViolation
from app.services import accounts, maintenance

DONE, NOT_DONE = 0, 2


def init(options: Options) -> int:
    """新しいデータベースと最初の管理者を作る。"""
    if not options.user:
        raise RuleViolation(
            "最初の管理者の利用者名がありません。--user と --password-file を与えてください。"
        )
    password = read_secret(options.password_file, "", "パスワード")
    # データベースと復旧鍵を作ってから断ると、管理者のいないファイルが残る
    accounts.check_new(options.user, options.name or options.user, password)
    path = database_path(options)
    path.parent.mkdir(parents=True, exist_ok=True)
    office, recovery_key = maintenance.create(path, passphrase(options))
    with closing(office.store):
        accounts.first_administrator(office, options.user, options.name or options.user, password)
    words = f"作成しました：{path}\n復旧鍵（印刷して金庫に）：{recovery_key}"
    report(options, words, {"database": str(path), "recovery_key": recovery_key})
    return DONE


def audit(options: Options) -> int:
    """監査記録を検証する。悪いところがあれば名指す。"""
    with closing(open_signed_in(options)) as office:
        found = maintenance.audit_verify(office)
    words = "\n".join(found.breaks) or f"監査記録は正常です（{found.entries:,}件）。"
    report(options, words, {"entries": found.entries, "breaks": list(found.breaks)})
    return NOT_DONE if found.breaks else DONE


def backup(options: Options) -> int:
    """検査済みのバックアップを作る。"""
    with closing(open_signed_in(options)) as office:
        made = maintenance.back_up(office, options.out)
    report(options, f"検査済みのバックアップを作りました：{made}", {"backup": str(made), "checked": True})
    return DONE


def restore(options: Options) -> int:
    """バックアップから新しいファイルへ戻す。"""
    target = options.to or database_path(options)
    made = maintenance.restore(options.file, passphrase(options), target)
    report(options, f"戻しました：{made}", {"database": str(made)})
    return DONE


def check(options: Options) -> int:
    """整合のすべてを確かめる。"""
    with closing(open_signed_in(options)) as office:
        problems = maintenance.check(office)
    words = "\n".join(problems) or "すべて正常です。"
    report(options, words, {"problems": list(problems)})
    return NOT_DONE if problems else DONE


def rekey(options: Options) -> int:
    """合言葉を変える。復旧鍵が与えられていれば、いまの合言葉もサインインも要らない。"""
    new = read_secret(options.new_passphrase_file, "", "新しい合言葉")
    if options.recovery_key_file is not None:
        return _recover(options, new)
    with closing(open_signed_in(options)) as office:
        maintenance.rekey(office, passphrase(options), new)
    report(options, "合言葉を変えました。", {"rekeyed": True})
    return DONE


def _recover(options: Options, new: str) -> int:
    key = read_secret(options.recovery_key_file, "", "復旧鍵")
    office, next_key = maintenance.recover(database_path(options), key, new)
    office.close()
    words = (
        "合言葉を定め直しました。いま使った復旧鍵は、もう使えません。\n"
        f"新しい復旧鍵（印刷して金庫に）：{next_key}"
    )
    report(options, words, {"rekeyed": True, "recovery_key": next_key})
    return DONE

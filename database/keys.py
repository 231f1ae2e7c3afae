"""鍵：無作為のデータ鍵と監査鍵を、合言葉と復旧鍵で包んでデータベースの傍らに置く。"""

import base64
import json
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import RuleViolation
from database.files import beside, write_atomic

FORMAT = "nintei-keys"
VERSION = 1
SHORTEST_PASSPHRASE = 12
RECOVERY_BYTES = 20
MOST_MEMORY = 1024 * 1024
MOST_TIME = 64

WRONG_PASSPHRASE = "合言葉が違います。大文字・小文字と入力方式を確かめて入れ直してください。"  # noqa: S105  断りの文
WRONG_RECOVERY = "復旧鍵が違います。設定のときに印刷した紙を見て、すべての文字を入れ直してください。"


@dataclass(frozen=True)
class Cost:
    """Argon2id の重さ。memory_cost は KiB。既定は事務用の PC でおよそ 0.5 秒。"""

    time_cost: int = 4
    memory_cost: int = 131072
    parallelism: int = 2


@dataclass(frozen=True)
class Keys:
    """開いた鍵。data_key は SQLCipher の生の鍵、mac_key は監査記録の鍵（どちらも 32 バイト）。"""

    data_key: bytes
    mac_key: bytes

    def __repr__(self) -> str:
        """鍵は記録にも画面にも出さない。"""
        return "Keys(…)"


def key_path(database: Path) -> Path:
    """データベースの鍵のファイルの名（nintei.db.keys）。"""
    return beside(database, ".keys")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: Any) -> bytes:
    return base64.b64decode(value, validate=True)


def passphrase_key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """合言葉から作る 32 バイトの鍵（Argon2id）。"""
    # 合言葉は人名ではない：入力方式による字形の違いを吸収してから使う
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    return hash_secret_raw(secret, salt, cost.time_cost, cost.memory_cost, cost.parallelism, 32, Type.ID)


def _recovery_bytes(recovery_key: str) -> bytes:
    folded = unicodedata.normalize("NFKC", recovery_key).upper().replace("0", "O").replace("1", "I")
    letters = "".join(c for c in folded if c.isalnum())
    try:
        value = base64.b32decode(letters)
    except ValueError:
        raise RuleViolation(WRONG_RECOVERY) from None
    if len(value) != RECOVERY_BYTES:
        raise RuleViolation(WRONG_RECOVERY)
    return value


def _recovery_text(value: bytes) -> str:
    letters = base64.b32encode(value).decode("ascii")
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def _recovery_wrapping(secret: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"nintei recovery").derive(secret)


def _wrap(keys: Keys, wrapping: bytes, purpose: bytes) -> dict[str, str]:
    nonce = secrets.token_bytes(12)
    return {
        "nonce": _text(nonce),
        "wrapped": _text(AESGCM(wrapping).encrypt(nonce, keys.data_key + keys.mac_key, purpose)),
    }


def _unwrap(part: dict[str, Any], wrapping: bytes, purpose: bytes, refusal: str) -> Keys:
    try:
        plain = AESGCM(wrapping).decrypt(_bytes(part["nonce"]), _bytes(part["wrapped"]), purpose)
    except InvalidTag:
        raise RuleViolation(refusal) from None
    return Keys(plain[:32], plain[32:])


def _damaged(path: Path) -> RuleViolation:
    return RuleViolation(
        f"鍵のファイル「{path.name}」が壊れています。バックアップの傍らにある鍵のファイルから復元してください。"
    )


def _check_new(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise RuleViolation(f"合言葉が短すぎます（{SHORTEST_PASSPHRASE}文字以上にしてください）。")


class KeyFile:
    """鍵のファイルの中身（JSON）。包んだ鍵だけを持ち、開いた鍵は持たない。"""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        """path は鍵のファイルそのもの。"""
        self.path = path
        self.content = content

    @classmethod
    def read(cls, path: Path) -> "KeyFile":
        """読んで形を確かめる。無いか壊れていれば RuleViolation。"""
        try:
            content = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise RuleViolation(
                f"鍵のファイル「{path.name}」がありません。データベースと同じフォルダーに戻してください。"
                "なければバックアップから復元してください。"
            ) from None
        except ValueError:
            raise _damaged(path) from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise _damaged(path)
        if content.get("version") != VERSION:
            raise RuleViolation(
                "鍵のファイルはより新しい版のプログラムで作られています。プログラムを新しくしてください。"
            )
        return cls(path, content)

    def write(self) -> None:
        """一度に置き換える。"""
        write_atomic(self.path, json.dumps(self.content, indent=1).encode())

    def set_passphrase(self, keys: Keys, passphrase: str, cost: Cost) -> None:
        """合言葉の鍵で包み直す。"""
        salt = secrets.token_bytes(16)
        part = {"argon2id": asdict(cost), "salt": _text(salt)}
        part |= _wrap(keys, passphrase_key(passphrase, salt, cost), b"passphrase")
        self.content["passphrase"] = part

    def set_recovery(self, keys: Keys) -> str:
        """新しい復旧鍵で包み、印刷する文字を返す。"""
        secret, salt = secrets.token_bytes(RECOVERY_BYTES), secrets.token_bytes(16)
        self.content["recovery"] = {"salt": _text(salt)} | _wrap(
            keys, _recovery_wrapping(secret, salt), b"recovery"
        )
        return _recovery_text(secret)

    def open(self, passphrase: str) -> Keys:
        """合言葉で開く。違えば RuleViolation。"""
        try:
            part = self.content["passphrase"]
            cost = Cost(**part["argon2id"])
            # 細工したファイルに計算機を止めさせない
            if not (0 < cost.time_cost <= MOST_TIME and 0 < cost.memory_cost <= MOST_MEMORY):
                raise _damaged(self.path)
            wrapping = passphrase_key(passphrase, _bytes(part["salt"]), cost)
            return _unwrap(part, wrapping, b"passphrase", WRONG_PASSPHRASE)
        except (KeyError, TypeError, ValueError):
            raise _damaged(self.path) from None

    def open_with_recovery(self, recovery_key: str) -> Keys:
        """印刷した復旧鍵で開く。違えば RuleViolation。"""
        secret = _recovery_bytes(recovery_key)
        try:
            part = self.content["recovery"]
            return _unwrap(
                part, _recovery_wrapping(secret, _bytes(part["salt"])), b"recovery", WRONG_RECOVERY
            )
        except (KeyError, TypeError, ValueError):
            raise _damaged(self.path) from None

    def cost(self) -> Cost:
        """いまの合言葉に使われている重さ。"""
        return Cost(**self.content["passphrase"]["argon2id"])


def create_keys(path: Path, passphrase: str, cost: Cost | None = None) -> tuple[Keys, str]:
    """データベース path のための新しい鍵を作り、鍵と復旧鍵（一度だけ見せる）を返す。

    鍵のファイルが既にあれば RuleViolation。
    """
    _check_new(passphrase)
    target = key_path(path)
    if target.exists():
        raise RuleViolation(
            f"鍵のファイル「{target.name}」が既にあります。上書きするとその鍵のデータベースが開けなくなります。"
            "別のフォルダーを選ぶか、先に鍵のファイルを移してください。"
        )
    keys = Keys(secrets.token_bytes(32), secrets.token_bytes(32))
    file = KeyFile(target, {"format": FORMAT, "version": VERSION})
    file.set_passphrase(keys, passphrase, cost or Cost())
    recovery = file.set_recovery(keys)
    file.write()
    return keys, recovery


def open_keys(path: Path, passphrase: str) -> Keys:
    """データベース path の鍵を合言葉で開く。違えば RuleViolation。"""
    return KeyFile.read(key_path(path)).open(passphrase)


def open_with_recovery(path: Path, recovery_key: str) -> Keys:
    """データベース path の鍵を復旧鍵で開く。違えば RuleViolation。"""
    return KeyFile.read(key_path(path)).open_with_recovery(recovery_key)


def change_passphrase(path: Path, old: str, new: str, cost: Cost | None = None) -> None:
    """合言葉を変える。データは暗号化し直さない。復旧鍵はそのまま使える。古いバックアップは古い合言葉で開く。"""
    _check_new(new)
    file = KeyFile.read(key_path(path))
    file.set_passphrase(file.open(old), new, cost or file.cost())
    file.write()


def reset_with_recovery(path: Path, recovery_key: str, new: str, cost: Cost | None = None) -> str:
    """合言葉を忘れたとき、復旧鍵で新しい合言葉を定める。使った復旧鍵は無効になり、新しい復旧鍵を返す。"""
    _check_new(new)
    file = KeyFile.read(key_path(path))
    keys = file.open_with_recovery(recovery_key)
    file.set_passphrase(keys, new, cost or file.cost())
    recovery = file.set_recovery(keys)
    file.write()
    return recovery

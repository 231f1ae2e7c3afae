"""認定証の二次元コード：署名した文を作り、公開鍵だけで確かめ、紙面の記号から読み戻す。

文は「NINTEI1:」に続く Base32。中身は版・番号・氏名の要約値・四つの日付・Ed25519 の署名で、氏名そのものは入れない。
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.domain.calendar import wareki
from app.domain.errors import InputRefused, RuleViolation

if TYPE_CHECKING:
    import pypdfium2

# segno と pypdfium2 は、画面の立ち上がりを遅らせないよう使うときに読む
PREFIX = "NINTEI1:"
# 紙面での場所（pt、左下から）：左、下、一辺。読み戻すときもここを見る
PLACE = (76.5, 79.0, 74.0)
NAME_PLACE = (200.0, 366.0, 642.0, 436.0)  # 氏名の場所：左、下、右、上
ISSUED_PLACE = (300.0, 150.0, 542.0, 175.0)  # 交付の日付の場所
_DIGEST = 32
_SIGNATURE = 64
_DATE = 3
_LONGEST = 64  # 番号の長さ（UTF-8 のバイト）
_SCALE = 4.0  # 読み戻すときの大きさ（1pt あたりの画素）


@dataclass(frozen=True)
class Payload:
    """署名する中身。氏名は要約値だけが文に入る。"""

    number: str
    name: str
    certified_on: date
    valid_from: date
    expires_on: date
    issued_on: date


@dataclass(frozen=True)
class Signed:
    """確かめられた中身。"""

    number: str
    name_digest: bytes
    certified_on: date
    valid_from: date
    expires_on: date
    issued_on: date

    def names(self, name: str) -> bool:
        """この認定証が name（打たれたままの氏名、空白は問わない）のものか。"""
        return _name_digest(self.number, name) == self.name_digest


def new_key(secret: bytes | None = None) -> tuple[bytes, bytes]:
    """新しい鍵（秘密鍵 32 バイト、公開鍵 32 バイト）。secret（32 バイト）を与えれば、それから作る。"""
    key = Ed25519PrivateKey.generate() if secret is None else Ed25519PrivateKey.from_private_bytes(secret)
    return key.private_bytes_raw(), key.public_key().public_bytes_raw()


def _name_digest(number: str, name: str) -> bytes:
    # 番号を混ぜ、同じ氏名でも別の値にする（名簿から作った表との突き合わせを防ぐ）。空白は紙面から読み戻せない
    return hashlib.sha256(f"{number}\n{''.join(name.split())}".encode()).digest()


def sign(payload: Payload, private_key: bytes) -> str:
    """署名した文。同じ中身と鍵からは同じ文ができる。番号が 64 バイトを超えれば RuleViolation。"""
    number = payload.number.encode()
    if len(number) > _LONGEST:
        raise RuleViolation("認定番号が長すぎて二次元コードに入りません。番号の書式を短くしてください。")
    days = (payload.certified_on, payload.valid_from, payload.expires_on, payload.issued_on)
    body = bytes([len(number)]) + number + _name_digest(payload.number, payload.name)
    body += b"".join(day.toordinal().to_bytes(_DATE, "big") for day in days)
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(PREFIX.encode() + body)
    return PREFIX + _base32(body + signature)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def verify_text(text: str, public_key: bytes) -> Signed | None:
    """文を公開鍵で確かめ、中身を返す。一字でも違えば None。"""
    data = _unwrapped(text.strip())
    if data is None:
        return None
    body, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, PREFIX.encode() + body)
        return _parsed(body)
    except (InvalidSignature, ValueError, UnicodeDecodeError):
        return None


def _unwrapped(text: str) -> bytes | None:
    coded = text.removeprefix(PREFIX)
    try:
        data = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except (binascii.Error, ValueError):
        return None
    # 末尾の余りのビットだけが違う文も受け付けない
    if text != PREFIX + _base32(data) or len(data) <= 1 + _DIGEST + 4 * _DATE + _SIGNATURE:
        return None
    return data


def _parsed(body: bytes) -> Signed:
    end = 1 + body[0]
    days_at = end + _DIGEST
    if len(body) != days_at + 4 * _DATE:
        raise ValueError("長さが合わない")
    days = [
        date.fromordinal(int.from_bytes(body[i : i + _DATE], "big")) for i in range(days_at, len(body), _DATE)
    ]
    return Signed(body[1:end].decode(), body[end:days_at], *days)


def operators(text: str) -> str:
    """記号を PLACE に描く PDF の命令（一つの型抜き）。"""
    from app.documents import symbol

    drawn = symbol.encode(text)
    x, y, side = PLACE
    return (
        f"q 0 0 0 rg {side:g} 0 0 {side:g} {x:g} {y:g} cm\n"
        f"BI /IM true /D [1 0] /W {drawn.size} /H {drawn.size} /BPC 1 /F /AHx ID\n{drawn.data.hex()}>\nEI Q"
    )


def texts_in_pdf(path: Path) -> tuple[str, ...]:
    """PDF の各ページに描かれた記号の文。PDF でなければ RuleViolation。

    文書の情報ではなく、紙面に描かれた記号そのものを読む。記号が読めないページと、紙面の氏名・番号・日付が
    記号と合わないページは空の文になる。
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path.read_bytes())
    except (OSError, pypdfium2.PdfiumError) as error:
        raise RuleViolation(
            f"{path.name} を PDF として開けません。認定証の PDF を選び直すか、二次元コードの文を入れてください。"
        ) from error
    try:
        return tuple(_checked(document[i]) for i in range(len(document)))
    finally:
        document.close()


def _checked(page: "pypdfium2.PdfPage") -> str:
    """記号の文。紙面に書かれたことが記号の中身と違えば空の文。"""
    text = _text_on(page)
    data = _unwrapped(text)
    if data is None:
        return ""
    try:
        signed = _parsed(data[:-_SIGNATURE])
        issued = wareki(signed.issued_on)
        certified = f"認証年月日{wareki(signed.certified_on)}"
        period = f"有効期間{wareki(signed.valid_from)}から{wareki(signed.expires_on)}まで"
    except (ValueError, InputRefused):
        return ""
    words = page.get_textpage()
    name = words.get_text_bounded(*NAME_PLACE)
    shown = {"".join(row.split()) for row in words.get_text_bounded().splitlines()}
    agrees = signed.names(name) and words.get_text_bounded(*ISSUED_PLACE).strip() == issued
    number = f"認定番号{''.join(signed.number.split())}"
    return text if agrees and {number, certified, period} <= shown else ""


def _text_on(page: "pypdfium2.PdfPage") -> str:
    from app.documents import symbol

    x, y, side = PLACE
    width, height = page.get_size()
    if width < x + side or height < y + side:
        return ""
    bitmap = page.render(
        scale=_SCALE, crop=(x, y, width - x - side, height - y - side), grayscale=True, no_smoothimage=True
    )
    gray, stride = bytes(bitmap.buffer), bitmap.stride
    for version in symbol.VERSIONS:
        size = version * 4 + 17
        at = [int((i + 0.5) * bitmap.width / size) for i in range(size)]
        down = [int((i + 0.5) * bitmap.height / size) for i in range(size)]
        rows = tuple(bytes(gray[r * stride + c] < 128 for c in at) for r in down)
        text = symbol.decode(rows)
        if text is not None and text.startswith(PREFIX):
            return text
    return ""

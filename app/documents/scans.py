"""書類の写し：名ではなく中身で種類を見分け、受け取れないもの・壊れたものを、どうするかの言葉で断る。"""

import os
import subprocess
import sys
from pathlib import Path

from app.documents.scan_check import SECONDS, damaged
from app.domain.errors import InputRefused

_TYPES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_APPLE = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_FTYP = slice(4, 8)
_BRAND = slice(8, 12)
_PICTURE = "画像を開き、「名前を付けて保存」で JPEG か PNG にしてから付けてください。"
_OFFICE = (
    "開いて PDF で保存し（［ファイル］の［エクスポート］か［名前を付けて保存］）、その PDF を付けてください。"
)
# 受け取らないが、よく届くもの：初めのバイトから、何であるかと、どうするか
_OTHERS: dict[bytes, tuple[str, str]] = {
    b"GIF8": ("GIF の画像", _PICTURE),
    b"BM": ("BMP の画像", _PICTURE),
    b"\x00\x00\x00\x0cJXL": ("JPEG XL の画像", _PICTURE),
    b"PK\x03\x04": ("Word・Excel などの文書か ZIP", _OFFICE),
    b"\xd0\xcf\x11\xe0": ("古い Word・Excel などの文書", _OFFICE),
    b"{\\rtf": ("リッチテキストの文書", _OFFICE),
    b"MZ": ("プログラム", "書類ではありません。送った人に確かめ、開かないでください。"),
}
_KINDS = "PDF・JPEG・PNG・TIFF"


def _refusal(name: str, what: str, do: str, code: str = "NOT_DOCUMENT") -> InputRefused:
    return InputRefused(f"「{name}」は{what}なので、書類の写しとして受け取れません。{do}", code)


def media_type_of(name: str, content: bytes) -> str:
    """写しの種類（MIME）を初めのバイトで見分ける。name は断る文に出すファイルの名。受け取れないものは InputRefused。"""
    for start, media_type in _TYPES.items():
        if content.startswith(start):
            return media_type
    if not content:
        raise _refusal(name, "空のファイル", "もう一度スキャンするか、送り直してもらってください。")
    if content[_FTYP] == b"ftyp" and content[_BRAND] in _APPLE:
        raise _refusal(
            name,
            "HEIC（iPhone の写真）",
            "iPhone の「設定」→「カメラ」→「フォーマット」を「互換性優先」にして撮り直すか、"
            "写真を JPEG か PDF に変えて送り直してもらってください。",
            "HEIC",
        )
    if content.startswith(b"RIFF") and content[_BRAND] == b"WEBP":
        raise _refusal(name, "WebP の画像", _PICTURE)
    for start, (what, do) in _OTHERS.items():
        if content.startswith(start):
            raise _refusal(name, what, do)
    raise _refusal(name, f"{_KINDS} のどれでもないもの", f"{_KINDS} のどれかにしてください。")


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--scan-child"]
    # -P：作業中のフォルダーにある同じ名のモジュールを読み込まない
    return [sys.executable, "-P", "-X", "utf8", "-m", "app.documents.scan_check"]


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    kept = ("SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
    return {k: v for k, v in os.environ.items() if k in kept} | {"PYTHONPATH": root}


def check_scan(name: str, content: bytes, seconds: float = SECONDS) -> str:
    """写しを子プロセスで確かめ、種類（MIME）を返す。壊れたもの・開けないものは InputRefused で、理由と次にすることを言う。

    seconds は限りの時間（秒）。
    """
    media_type = media_type_of(name, content)
    try:
        done = subprocess.run(  # noqa: S603  引数は自分の実行ファイルだけ
            _command(),
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=_environment(),
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise damaged(f"{seconds:g} 秒以内に開き終わらない") from error
    code, _, words = done.stdout.decode("utf-8", "replace").partition("\n")
    if done.returncode != 0:
        raise damaged("開く途中で止まった")
    if code:
        raise InputRefused(f"「{name}」：{words}", code)
    return media_type

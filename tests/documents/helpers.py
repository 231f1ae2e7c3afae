"""書類の試験の道具：見本の人、一枚の値、外のプログラムによる読み取り。"""

import subprocess
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pypdf

from app.documents import qr
from app.documents.certificate import CertificateFace
from app.documents.page import Paper

PRIVATE, PUBLIC = qr.new_key()
NAMES: tuple[str, ...] = tuple(
    person["name"]
    for person in tomllib.loads((files("resources") / "sample" / "people.toml").read_text("utf-8"))["person"]
)


def payload(name: str, number: str = "第R7-2-0038号") -> qr.Payload:
    return qr.Payload(
        number, name, date(2026, 3, 31), date(2026, 3, 31), date(2029, 3, 31), date(2026, 4, 10)
    )


def face(name: str, serial: int = 38, kind: str = "new") -> CertificateFace:
    made = payload(name, f"第R7-2-{serial:04d}号")
    return CertificateFace(
        number=made.number,
        name=name,
        birth_date=date(1988, 4, 12),
        decided_on=date(2026, 3, 20),
        certified_on=made.certified_on,
        issued_on=made.issued_on,
        valid_from=made.valid_from,
        expires_on=made.expires_on,
        issuer_title="出入国在留管理庁長官",
        issuer_name="佐伯　明子",
        kind=kind,
        qr_text=qr.sign(made, PRIVATE),
    )


def one_line(text: str, **how: object) -> bytes:
    """一行だけの紙。"""
    paper = Paper("試し", "試し")
    paper.draw_text(72, 700, text, 24, **how)  # type: ignore[arg-type]
    paper.showPage()
    return paper.finish()


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout


def extracted(path: Path, content: bytes, *options: str) -> str:
    """pdftotext の読む文（前後の空白と改ページを除く）。"""
    path.write_bytes(content)
    return run("pdftotext", *options, str(path), "-").strip()


def embedded_fonts(path: Path, content: bytes) -> dict[str, dict[str, pypdf.generic.DictionaryObject]]:
    """書体の名（抜き出しの印を除く）から、Type0 の辞書とその下の辞書。"""
    path.write_bytes(content)
    found = {}
    for page in pypdf.PdfReader(path).pages:
        for entry in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font = entry.get_object()
            below = font["/DescendantFonts"][0].get_object()
            found[str(font["/BaseFont"]).split("+")[1]] = {"font": font, "below": below}
    return found

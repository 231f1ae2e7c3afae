"""紙の物差し：ほかの道具で同じ認定証を作る。その道具がこの機械になければ、計らない。"""

import importlib
import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Any

import segno

from app.documents.certificate import CertificateFace, render_certificates
from tests.benchmarks.harness import HOUSE, Job, Pair
from tests.benchmarks.papers import TEXTS, border_points, certificate_faces

FONTS = HOUSE / "resources" / "fonts"
FAMILY = "BIZ UDMincho"


def _qr_svg(text: str) -> str:
    return segno.make(text, error="m").svg_inline(scale=1, border=0)


def _typst_page(face: CertificateFace) -> str:
    svg = _qr_svg(face.qr_text).replace("\\", "\\\\").replace('"', '\\"')
    return f'#face("{face.name}", "{face.number}", "{svg}")'


def _typst_source(faces: tuple[CertificateFace, ...]) -> str:
    curves = "\n".join(
        f"#place(curve(stroke: 0.3pt, curve.move(({x:.2f}pt, {y:.2f}pt)),"
        f" curve.cubic(({x + 30:.2f}pt, {y:.2f}pt), ({x:.2f}pt, {y + 30:.2f}pt), (421pt, 297pt))))"
        for x, y in border_points()
    )
    fixed = "\n".join(f"#place(dx: 120pt, dy: {110 + 30 * i}pt)[{text}]" for i, text in enumerate(TEXTS))
    return (
        f'#set text(font: "{FAMILY}", size: 14pt)\n'
        "#set page(width: 842pt, height: 595pt, margin: 0pt, background: [\n"
        + curves
        + "\n"
        + fixed
        + "\n])\n"
        "#let face(name, number, svg) = page[\n"
        "#place(dx: 300pt, dy: 200pt, text(size: 31pt, name))\n#place(dx: 560pt, dy: 80pt, number)\n"
        '#place(dx: 76pt, dy: 440pt, image(bytes(svg), format: "svg", width: 74pt))\n]\n'
        + "\n".join(_typst_page(face) for face in faces)
    )


def _typst(size: int, folder: Path) -> Pair:
    typst: Any = importlib.import_module("typst")
    faces = certificate_faces(size)
    source = folder / "a.typ"
    source.write_text(_typst_source(faces), encoding="utf-8")
    return Pair(
        lambda: render_certificates(faces),
        lambda: typst.compile(str(source), font_paths=[str(FONTS)], ignore_system_fonts=True),
    )


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:mimetype="application/vnd.oasis.opendocument.text" office:version="1.3">
<office:automatic-styles>
<style:style style:name="P" style:family="paragraph"><style:paragraph-properties fo:break-after="page"/>
</style:style></office:automatic-styles><office:body><office:text>
"""


def _fodt(faces: tuple[CertificateFace, ...]) -> str:
    """一人一頁の文書。飾りの線は、頁ごとの図形（差し込み印刷が作るものと同じ）。"""
    curves = "".join(
        f'<draw:line draw:z-index="0" svg:x1="{x / 60:.2f}cm" svg:y1="{y / 60:.2f}cm"'
        f' svg:x2="{(x + 30) / 60:.2f}cm" svg:y2="{(y + 30) / 60:.2f}cm"/>'
        for x, y in border_points()
    )
    lines = "".join(f"<text:p>{text}</text:p>" for text in TEXTS)
    pages = "".join(
        f'<text:p>{curves}{face.name}</text:p>{lines}<text:p text:style-name="P">{face.number}</text:p>'
        for face in faces
    )
    return _HEAD + pages + "</office:text></office:body></office:document>"


def _libreoffice(size: int, folder: Path) -> Pair:
    faces = certificate_faces(size)
    source = folder / "a.fodt"
    source.write_text(_fodt(faces), encoding="utf-8")
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(source),
    ]
    return Pair(
        lambda: render_certificates(faces),
        lambda: subprocess.run(command, check=True, capture_output=True),
    )


def _rivals() -> tuple[Job, ...]:
    found = []
    if importlib.util.find_spec("typst") is not None:
        found.append(Job("認定証を一つの PDF に", "Typst", 0.5, (250, 1_000), _typst, memory=False, rounds=3))
    if shutil.which("soffice") is not None:
        job = Job(
            "認定証を一つの PDF に", "LibreOffice", 0.05, (100, 400), _libreoffice, memory=False, rounds=3
        )
        found.append(job)
    return tuple(found)


JOBS = _rivals()

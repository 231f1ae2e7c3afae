import base64
import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from app.documents import certificate_reading, qr, symbol
from app.documents.certificate import CertificatePaper, render_certificates
from app.documents.certificate_layout import bundled_layouts
from app.domain.errors import RuleViolation
from tests.documents.helpers import NAMES, PRIVATE, PUBLIC, face, payload


def test_a_signed_text_is_verified_with_the_public_key_alone() -> None:
    made = payload("髙﨑 健太郎")
    found = qr.verify_text(qr.sign(made, PRIVATE), PUBLIC)
    assert found is not None
    assert (found.number, found.certified_on, found.valid_from, found.expires_on, found.issued_on) == (
        made.number, made.certified_on, made.valid_from, made.expires_on, made.issued_on,
    )  # fmt: skip
    assert found.names("髙﨑 健太郎")
    assert not found.names("高崎 健太郎")
    assert qr.verify_text(f" {qr.sign(made, PRIVATE)}\n", PUBLIC) == found


def test_any_one_character_changed_is_found() -> None:
    text = qr.sign(payload("髙﨑 健太郎"), PRIVATE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    changed = [
        text[:i] + other + text[i + 1 :] for i in range(len(text)) for other in alphabet if other != text[i]
    ]
    assert [t for t in changed if qr.verify_text(t, PUBLIC) is not None] == []


def test_the_first_form_of_the_text_is_still_verified() -> None:
    made = payload("髙﨑 健太郎")
    number = made.number.encode()
    digest = hashlib.sha256(f"{made.number}\n髙﨑健太郎".encode()).digest()
    days = (made.certified_on, made.valid_from, made.expires_on, made.issued_on)
    body = bytes([len(number)]) + number + digest + b"".join(d.toordinal().to_bytes(3, "big") for d in days)
    signature = Ed25519PrivateKey.from_private_bytes(PRIVATE).sign(b"NINTEI1:" + body)
    text = "NINTEI1:" + base64.b32encode(body + signature).decode().rstrip("=")
    found = qr.verify_text(text, PUBLIC)
    assert found is not None
    assert (found.number, found.expires_on, found.issued_on) == (made.number, made.expires_on, made.issued_on)
    assert (found.names("髙﨑 健太郎"), found.names("高崎 健太郎")) == (True, False)
    assert qr.verify_text(text.replace("NINTEI1:", "NINTEI2:"), PUBLIC) is None


def test_the_symbol_is_no_larger_than_the_signed_text_needs() -> None:
    text = qr.sign(payload("髙﨑 健太郎"), PRIVATE)
    assert (len(text), symbol.encode(text).size) == (175, 45)


@pytest.mark.parametrize(
    "text", ["", "NINTEI1:", "NINTEI1:ABC", "https://example.jp/", "髙﨑", "NINTEI1:" + "A" * 400]
)
def test_what_is_not_ours_is_not_verified(text: str) -> None:
    assert qr.verify_text(text, PUBLIC) is None


def test_a_text_cut_or_lengthened_or_signed_by_another_is_not_verified() -> None:
    text = qr.sign(payload("辻󠄀 佳奈"), PRIVATE)
    another, _ = qr.new_key()
    for bad in (text[:-1], text[:-8], text + "A", text.lower(), qr.sign(payload("辻󠄀 佳奈"), another)):
        assert qr.verify_text(bad, PUBLIC) is None


def test_the_name_is_not_in_the_code_in_the_clear() -> None:
    name = "SHRESTHA BINOD"
    found = qr._unwrapped(qr.sign(payload(name), PRIVATE))
    assert found is not None
    _, data = found
    assert name.encode() not in data
    assert hashlib.sha256(name.encode()).digest() not in data


def test_a_number_too_long_for_the_symbol_is_refused_in_words() -> None:
    qr.operators(qr.sign(payload("あ", "第" * 21), PRIVATE), (0, 0, 74))
    with pytest.raises(RuleViolation, match="番号が長すぎ"):
        qr.sign(payload("あ", "第" * 22), PRIVATE)


def test_a_reader_of_symbols_reads_each_rendered_page() -> None:
    made = [face(name, i) for i, name in enumerate(NAMES[:6], 1)]
    document = pypdfium2.PdfDocument(render_certificates(made))
    read = []
    for page in document:
        image = page.render(scale=150 / 72).to_pil()
        read.append([found.text for found in zxingcpp.read_barcodes(image)])
    document.close()
    assert read == [[f.qr_text] for f in made]
    assert [qr.verify_text(t[0], PUBLIC) is not None for t in read] == [True] * 6


def test_the_texts_are_read_from_the_drawn_pages_of_every_name(tmp_path: Path) -> None:
    names = (*NAMES, "محمد علي", "髙﨑　健太郎", "A  B", "あ" * 60)
    made = [face(name, i) for i, name in enumerate(names, 1)]
    path = tmp_path / "a.pdf"
    path.write_bytes(render_certificates(made))
    assert certificate_reading.texts_in_pdf(path) == tuple(f.qr_text for f in made)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "佐伯 明子"},
        {"number": "第R7-2-0039号"},
        {"expires_on": date(2039, 3, 31)},
        {"certified_on": date(2026, 4, 10)},
        {"issued_on": date(2026, 3, 31)},
    ],
)
def test_a_page_whose_words_do_not_agree_with_its_code_is_not_read_as_genuine(
    change: dict[str, object], tmp_path: Path
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(render_certificates([replace(face("髙﨑 健太郎"), **change)]))  # type: ignore[arg-type]
    assert certificate_reading.texts_in_pdf(path) == ("",)


def test_a_file_that_is_no_pdf_is_refused_and_a_page_without_a_code_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(RuleViolation, match="PDF として開けません"):
        certificate_reading.texts_in_pdf(path)
    document = pypdfium2.PdfDocument.new()
    document.new_page(842, 595)
    document.new_page(50, 50)
    document.save(path)
    document.close()
    assert certificate_reading.texts_in_pdf(path) == ("", "")


@pytest.mark.parametrize("key", ["landscape", "portrait", "landscape_preprinted", "portrait_preprinted"])
def test_a_page_of_any_design_is_read_back_and_a_changed_one_is_not(key: str, tmp_path: Path) -> None:
    paper = CertificatePaper(bundled_layouts()[key])
    good, path = face("髙﨑󠄀 健太郎"), tmp_path / "a.pdf"
    path.write_bytes(render_certificates([good, replace(good, name="佐伯 明子")], paper))
    assert certificate_reading.texts_in_pdf(path) == (good.qr_text, "")


@pytest.mark.parametrize(("angle", "name"), [(0, "a.png"), (7, "a.jpg"), (180, "a.webp")])
def test_the_text_is_read_from_a_picture_of_the_paper(angle: int, name: str, tmp_path: Path) -> None:
    made = face("𠮷田 みなみ")
    document = pypdfium2.PdfDocument(render_certificates([made]))
    picture = document[0].render(scale=150 / 72).to_pil().rotate(angle, fillcolor="white", expand=True)
    document.close()
    picture.save(tmp_path / name)
    assert certificate_reading.texts_in_image(tmp_path / name) == (made.qr_text,)
    scanned = tmp_path / "scan.pdf"
    picture.convert("RGB").save(scanned, resolution=150)
    assert certificate_reading.texts_in_pdf(scanned) == (made.qr_text,)


def test_a_picture_without_a_code_has_no_text_and_a_file_that_is_no_picture_is_refused(
    tmp_path: Path,
) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "a.png")
    assert certificate_reading.texts_in_image(tmp_path / "a.png") == ()
    (tmp_path / "b.png").write_bytes(b"not a picture")
    with pytest.raises(RuleViolation, match="絵として開けません"):
        certificate_reading.texts_in_image(tmp_path / "b.png")

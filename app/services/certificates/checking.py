"""認定証の検証：QR の署名と、この事務局の記録で確かめる。"""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import certificate_reading, qr
from app.domain.calendar import wareki
from app.services.office import Office
from app.services.standings import standing_of
from app.services.views.certificates import Verification
from database.queries.certifications import load_facts
from database.schema.certificates import Certificate, Certification, SigningKey

# 有効でない認証の状態から、確かめた結果へ
_STATES = {
    "expired": "lapsed",
    "not_yet": "not_yet",
    "revoked": "revoked",
    "returned": "returned",
    "died": "died",
    "annulled": "annulled",
}


def verify_text(office: Office, text: str, as_of: date) -> Verification:
    """QR の文字を、公開鍵とこの事務局の記録で確かめる。空白と改行は、打ち写した文に混じっても構わない。"""
    plain = "".join(text.split())
    with office.read("certificates.verify_text") as session:
        payload = None
        for key in session.scalars(select(SigningKey).order_by(SigningKey.id.desc())):
            payload = qr.verify_text(plain, key.public_key)
            if payload is not None:
                break
        if payload is None:
            return Verification("", "altered")
        certification = session.scalar(select(Certification).where(Certification.number == payload.number))
        if certification is None:
            return Verification(payload.number, "unknown")
        return _found(session, office, certification, plain, as_of)


def _found(
    session: Session, office: Office, certification: Certification, text: str, as_of: date
) -> Verification:
    versions = certification.certificates
    version = next((v for v in versions if v.qr_text == text), None)
    if version is None:
        return Verification(certification.number, "unknown")
    (facts,) = load_facts(session, Certification.id == certification.id)
    state = standing_of(facts, as_of, office.guideline).state
    result, detail = _version_result(version, versions, as_of)
    if state != "valid":
        result, detail = _STATES[state], ""
    return Verification(
        certification.number, result, str(version.face["name"]), version.version, version.expires_on, detail
    )


def _version_result(version: Certificate, versions: list[Certificate], as_of: date) -> tuple[str, str]:
    """認証が有効な日の、この版の結果。"""
    if version.withdrawn_on is not None and version.withdrawn_on <= as_of:
        return "withdrawn", f"{wareki(version.withdrawn_on)}　{version.withdrawn_reason}"
    later = [v for v in versions if v.version > version.version and v.issued_on <= as_of]
    return ("superseded", f"第{later[-1].version}版") if later else ("genuine", "")


def verify_pdf(office: Office, path: Path, as_of: date) -> tuple[Verification, ...]:
    """PDF の各ページを、紙面の QR と印刷した値で確かめる。スキャンのページは QR だけで確かめる。"""
    office.require("certificates.verify_pdf")
    return _verified(office, certificate_reading.texts_in_pdf(path), as_of)


def verify_image(office: Office, path: Path, as_of: date) -> tuple[Verification, ...]:
    """絵（スキャン・写真）の中の QR を確かめる。紙面の氏名は、結果の氏名と人が見比べる。"""
    office.require("certificates.verify_image")
    return _verified(office, certificate_reading.texts_in_image(path), as_of)


def verify_file(office: Office, path: Path, as_of: date) -> tuple[Verification, ...]:
    """ファイルの名の終わりで PDF か絵かを決めて確かめる。"""
    office.require("certificates.verify_file")
    if path.suffix.lower() in certificate_reading.IMAGES:
        return verify_image(office, path, as_of)
    return verify_pdf(office, path, as_of)


def _verified(office: Office, texts: tuple[str, ...], as_of: date) -> tuple[Verification, ...]:
    if not texts:
        return (Verification("", "altered"),)
    return tuple(verify_text(office, t, as_of) for t in texts)

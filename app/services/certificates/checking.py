"""認定証の検証：QR の署名と、この事務局の記録で確かめる。"""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import qr
from app.services.office import Office
from app.services.standings import standing_of
from app.services.views.certificates import Verification
from database.queries.certifications import load_facts
from database.schema.certificates import Certificate, Certification, SigningKey


def verify_text(office: Office, text: str, as_of: date) -> Verification:
    """QR の文字を、公開鍵とこの事務局の記録で確かめる。"""
    with office.read("certificates.verify_text") as session:
        payload = None
        for key in session.scalars(select(SigningKey).order_by(SigningKey.id.desc())):
            payload = qr.verify_text(text, key.public_key)
            if payload is not None:
                break
        if payload is None:
            return Verification("", "altered")
        certification = session.scalar(select(Certification).where(Certification.number == payload.number))
        if certification is None:
            return Verification(payload.number, "unknown")
        return Verification(payload.number, _result(session, office, certification, text, as_of))


def _result(session: Session, office: Office, certification: Certification, text: str, as_of: date) -> str:
    (facts,) = load_facts(session, Certification.id == certification.id)
    state = standing_of(facts, as_of, office.guideline).state
    if state != "valid":
        return {"expired": "lapsed", "not_yet": "not_yet", "revoked": "revoked"}.get(state, "lapsed")
    versions = list(
        session.scalars(
            select(Certificate)
            .where(Certificate.certification_id == certification.id)
            .order_by(Certificate.version)
        )
    )
    if text.strip() not in {v.qr_text for v in versions}:
        return "unknown"
    return "genuine" if versions[-1].qr_text == text.strip() else "superseded"


def verify_pdf(office: Office, path: Path, as_of: date) -> tuple[Verification, ...]:
    """PDF の各ページを、凍った版の QR と印刷した値で確かめる。"""
    office.require("certificates.verify_pdf")
    texts = qr.texts_in_pdf(path)
    if not texts:
        return (Verification("", "altered"),)
    return tuple(verify_text(office, t, as_of) for t in texts)

"""認定証の一枚を作って凍らせる：紙の値・QR の署名・紙の設計・PDF と要約値。"""

import base64
import hashlib
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents import qr
from app.documents.certificate import CertificateFace, CertificatePaper, render_certificates
from app.documents.certificate_layout import bundled_layouts, standard_layout
from app.services.office import Act, Office
from app.services.people import printed_name
from app.services.settings import value_of
from app.services.views.certificates import CertificateRow
from database.schema.certificates import Certificate, Certification, SigningKey
from database.schema.people import Person

SECRET_BYTES = 32


def signing_key(act: Act, office: Office) -> SigningKey:
    """いまの署名鍵。なければ作る。"""
    key = act.session.scalar(select(SigningKey).where(SigningKey.retired_at.is_(None)))
    if key is None:
        private, public = qr.new_key(office.entropy(SECRET_BYTES))
        key = SigningKey(private_key=private, public_key=public, created_at=office.now())
        act.session.add(key)
        act.session.flush()
    return key


def current_paper(session: Session) -> CertificatePaper:
    """設定で選んだ紙の設計と、公印・署名の絵。設計のファイルがなければ、ふだんの設計。"""
    layout = bundled_layouts().get(str(value_of(session, "certificate_layout")), standard_layout())
    seal, signature = (
        base64.b64decode(str(value_of(session, f"{name}_image"))) for name in ("seal", "signature")
    )
    return CertificatePaper(layout, seal, signature)


def build_face(
    session: Session,
    certification: Certification,
    kind: str,
    period: tuple[date, date],
    issued_on: date,
    key: SigningKey,
) -> CertificateFace:
    """いまの人の記録と設定から、署名した一枚の値を作る。"""
    person = session.get_one(Person, certification.person_id)
    name = printed_name(person)
    text = qr.sign(
        qr.Payload(
            number=certification.number,
            name=name,
            certified_on=certification.certified_on,
            valid_from=period[0],
            expires_on=period[1],
            issued_on=issued_on,
        ),
        key.private_key,
    )
    return CertificateFace(
        number=certification.number,
        name=name,
        birth_date=person.birth_date,
        decided_on=certification.decided_on,
        certified_on=certification.certified_on,
        issued_on=issued_on,
        valid_from=period[0],
        expires_on=period[1],
        issuer_title=str(value_of(session, "issuer_title")),
        issuer_name=str(value_of(session, "issuer_name")),
        kind=kind,
        qr_text=text,
    )


def frozen_face(face: CertificateFace) -> dict[str, Any]:
    """印刷した値を JSON にできる形に。"""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(face).items()}


def thawed_face(value: dict[str, Any]) -> CertificateFace:
    """凍った値から紙の値へ。"""
    days = ("birth_date", "decided_on", "certified_on", "issued_on", "valid_from", "expires_on")
    read: dict[str, Any] = {k: date.fromisoformat(v) if k in days and v else v for k, v in value.items()}
    return CertificateFace(**read)


def freeze(
    act: Act, certification: Certification, face: CertificateFace, paper: CertificatePaper
) -> Certificate:
    """一枚を刷る姿にし、値・PDF・要約値・紙の設計とともに、次の版として置く。"""
    pdf = render_certificates((face,), paper)
    last = act.session.scalar(
        select(func.max(Certificate.version)).where(Certificate.certification_id == certification.id)
    )
    certificate = Certificate(
        certification_id=certification.id,
        version=(last or 0) + 1,
        kind=face.kind,
        issued_on=face.issued_on,
        valid_from=face.valid_from,
        expires_on=face.expires_on,
        face=frozen_face(face),
        qr_text=face.qr_text,
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        issued_by=act.actor.name,
        layout=paper.mark,
    )
    act.session.add(certificate)
    return certificate


def certificate_row(c: Certification, x: Certificate, *, latest: bool = True) -> CertificateRow:
    """台帳の一行。"""
    return CertificateRow(
        x.id,
        c.id,
        c.number,
        x.version,
        x.kind,
        str(x.face["name"]),
        x.issued_on,
        x.valid_from,
        x.expires_on,
        x.pdf_digest,
        latest,
        x.printed_at,
        x.reason,
        x.issued_by,
        x.withdrawn_on,
        x.withdrawn_reason or "",
        x.layout or "",
    )

"""台帳：交付した版の一覧・凍った一枚・再印刷・欠番。"""

import hashlib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.binding import bind
from app.documents.certificate import render_certificates
from app.domain.errors import RuleViolation
from app.services.certificates.freezing import certificate_row, current_paper, thawed_face
from app.services.certificates.stock import take_blank
from app.services.files import write_whole
from app.services.office import Actor, Office
from app.services.views.certificates import CertificateRow, VoidedRow
from app.services.withdrawing import add_voided
from database.schema.certificates import Certificate, Certification, VoidedNumber


def list_ledger(office: Office, cohort_id: int | None = None) -> tuple[CertificateRow, ...]:
    """台帳（番号と版の順）。"""
    with office.read("certificates.list_ledger") as session:
        query = (
            select(Certificate, Certification)
            .join(Certification)
            .order_by(Certification.id, Certificate.version)
        )
        if cohort_id is not None:
            query = query.where(Certification.cohort_id == cohort_id)
        rows = session.execute(query).all()
        newest: dict[int, int] = {}
        for certificate, certification in rows:
            newest[certification.id] = certificate.version
        return tuple(certificate_row(c, x, latest=x.version == newest[c.id]) for x, c in rows)


def page(office: Office, certificate_id: int) -> bytes:
    """凍った一枚の PDF。要約値が合わなければ RuleViolation。"""
    with office.read("certificates.page") as session:
        return frozen_page(session, certificate_id)


def frozen_page(session: Session, certificate_id: int) -> bytes:
    """取引の中で、凍った一枚の PDF を読む。要約値が合わなければ RuleViolation。"""
    row = session.get_one(Certificate, certificate_id)
    if hashlib.sha256(row.pdf).hexdigest() != row.pdf_digest:
        raise RuleViolation(
            "保存された認定証の要約値が合いません。監査記録を検証し、管理者に知らせてください。"
        )
    return row.pdf


def reprint(office: Office, cohort_id: int, path: Path) -> int:
    """研修期の最新の版を、凍った値からもう一度一冊にする。"""
    with office.act("certificates.reprint") as act:
        rows = act.session.scalars(
            select(Certificate)
            .join(Certification)
            .where(Certification.cohort_id == cohort_id, Certificate.withdrawn_on.is_(None))
            .order_by(Certification.serial, Certificate.version)
        )
        latest = {row.certification_id: row for row in rows}
        if not latest:
            raise RuleViolation("この研修期に交付した認定証はありません。")
        paper = current_paper(act.session)
        if {r.layout for r in latest.values()} == {paper.mark}:
            content = render_certificates(tuple(thawed_face(r.face) for r in latest.values()), paper)
        else:
            # 紙の設計や公印が替わっていても、交付したときの姿のまま綴じる
            content = bind([r.pdf for r in latest.values()], max(r.issued_on for r in latest.values()))
        act.say(f"cohort:{cohort_id}", f"認定証{len(latest)}枚を再印刷")
    write_whole(path, content)
    return len(latest)


def void_number(office: Office, cohort_id: int, serial: int, reason: str, *, second: Actor | None) -> None:
    """番号を欠番とし、理由を残す。二人目が要る。"""
    if not reason.strip():
        raise RuleViolation("欠番の理由が空です。理由を書いてください。")
    if serial < 1:
        raise RuleViolation("番号は1からです。欠番とする番号を確かめてください。")
    with office.act("certificates.void_number", second=second) as act:
        taken = act.session.scalar(
            select(Certification.id).where(
                Certification.cohort_id == cohort_id, Certification.serial == serial
            )
        )
        if taken is not None:
            raise RuleViolation(
                "その番号は交付済みです。欠番にはできません（取消しまたは訂正をしてください）。"
            )
        assert second is not None
        add_voided(act.session, cohort_id, serial, reason, second.name)
        act.say(f"cohort:{cohort_id}", f"{serial}番を欠番とした", reason=reason)


def list_voided(office: Office, cohort_id: int) -> tuple[VoidedRow, ...]:
    """研修期の欠番（番号の順）。"""
    with office.read("certificates.list_voided") as session:
        rows = session.scalars(
            select(VoidedNumber).where(VoidedNumber.cohort_id == cohort_id).order_by(VoidedNumber.serial)
        )
        return tuple(VoidedRow(r.serial, r.reason, r.second_person) for r in rows)


def save_page(office: Office, certificate_id: int, path: Path) -> Path:
    """凍った一枚の PDF を、そのままのバイトで書く。"""
    office.require("certificates.save_page")
    content = page(office, certificate_id)
    with office.act("certificates.save_page") as act:
        row = act.session.get_one(Certificate, certificate_id)
        act.say(f"certification:{row.certification_id}", f"認定証の第{row.version}版を書き出し")
    write_whole(path, content)
    return path


def record_print(office: Office, certificate_id: int) -> None:
    """印刷したことを台帳に記す。"""
    with office.act("certificates.record_print") as act:
        row = act.session.get_one(Certificate, certificate_id)
        row.printed_at = office.now()
        take_blank(act.session, office.today(), row.id, act.actor.name, "印刷")
        act.say(f"certification:{row.certification_id}", f"認定証の第{row.version}版を印刷")

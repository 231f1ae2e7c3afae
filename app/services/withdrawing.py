"""番号を欠番とし、認定証を取り下げる。認定証の部屋と審査会議が共に使う。元の行と紙はそのまま残る。"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from database.schema.certificates import Certification, VoidedNumber


def add_voided(session: Session, cohort_id: int, serial: int, reason: str, second_name: str) -> None:
    """欠番の行を置く。既に欠番なら RuleViolation。"""
    known = select(VoidedNumber.id).where(VoidedNumber.cohort_id == cohort_id, VoidedNumber.serial == serial)
    if session.scalar(known) is not None:
        raise RuleViolation("その番号は既に欠番です。")
    session.add(VoidedNumber(cohort_id=cohort_id, serial=serial, reason=reason, second_person=second_name))


def withdraw_certification(
    session: Session, certification: Certification, day: date, reason: str, second_name: str
) -> None:
    """認証の番号を欠番とし、取り下げていない版のすべてを取り下げる（呼ぶ操作の取引の中で行う）。"""
    add_voided(session, certification.cohort_id, certification.serial, reason, second_name)
    for certificate in certification.certificates:
        if certificate.withdrawn_on is None:
            certificate.withdrawn_on, certificate.withdrawn_reason = day, reason

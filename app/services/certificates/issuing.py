"""番号を振り、認定証を交付する。下見と、再交付・書換・訂正。"""

import hashlib
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents import fonts, qr
from app.documents.certificate import CertificateFace, render_certificates
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.numbering import NumberFormat
from app.domain.validity import validity
from app.services.certificates.waiting import list_waiting
from app.services.committee.closing import closed_cases
from app.services.files import write_whole
from app.services.office import Act, Office
from app.services.people import printed_name
from app.services.settings import value_of
from app.services.standings import standing_of
from app.services.views.certificates import KIND_WORDS, CertificateRow, WaitingRow
from database.queries.certifications import load_facts
from database.schema.certificates import Certificate, Certification, SigningKey, VoidedNumber
from database.schema.intake import Cohort
from database.schema.people import Person

# 下見の番号と QR（署名しない。QR には英数字しか入らない）
SPECIMEN, SPECIMEN_QR = "見本", "MIHON"
SECRET_BYTES = 32


def _signing_key(act: Act, office: Office) -> SigningKey:
    key = act.session.scalar(select(SigningKey).where(SigningKey.retired_at.is_(None)))
    if key is None:
        private, public = qr.new_key(office.entropy(SECRET_BYTES))
        key = SigningKey(private_key=private, public_key=public, created_at=office.now())
        act.session.add(key)
        act.session.flush()
    return key


def _next_serials(session: Session, cohort_id: int, count: int) -> list[int]:
    """まだ使わず、欠番でもない番号を、小さいものから count 個。"""
    used = set(session.scalars(select(Certification.serial).where(Certification.cohort_id == cohort_id)))
    used |= set(session.scalars(select(VoidedNumber.serial).where(VoidedNumber.cohort_id == cohort_id)))
    found: list[int] = []
    serial = 0
    while len(found) < count:
        serial += 1
        if serial not in used:
            found.append(serial)
    return found


def _certify(act: Act, office: Office, cohort_id: int, waiting: list[WaitingRow]) -> list[Certification]:
    session = act.session
    cohort = session.get_one(Cohort, cohort_id)
    number_format = NumberFormat(str(value_of(session, "number_format")))
    frozen = {case["case_id"]: (meeting, case) for meeting, case in closed_cases(session, cohort_id)}
    made = []
    for row, serial in zip(waiting, _next_serials(session, cohort_id, len(waiting)), strict=True):
        meeting, case = frozen[row.case_id]
        certification = Certification(
            person_id=case["person_id"],
            case_id=row.case_id,
            cohort_id=cohort_id,
            serial=serial,
            number=number_format.format(cohort.fiscal_year, cohort.term, serial),
            decided_on=meeting.held_on,
            certified_on=meeting.certification_on,
        )
        session.add(certification)
        made.append(certification)
    session.flush()
    return made


def _face(
    session: Session,
    certification: Certification,
    kind: str,
    period: tuple[date, date],
    issued_on: date,
    key: SigningKey,
) -> CertificateFace:
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
    read: dict[str, Any] = {k: date.fromisoformat(v) if k in days else v for k, v in value.items()}
    return CertificateFace(**read)


def _freeze(act: Act, certification: Certification, face: CertificateFace) -> Certificate:
    pdf = render_certificates((face,))
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
    )
    act.session.add(certificate)
    return certificate


def _check_printable(waiting: list[WaitingRow]) -> None:
    bad = [f"{w.reception_number:04d} {w.name}（{'、'.join(w.missing)}）" for w in waiting if w.missing]
    if bad:
        raise RuleViolation(
            f"印刷できない文字があるため、一枚も交付していません：{'；'.join(bad)}。証書表記を直してからやり直してください。"
        )


def issue(
    office: Office, cohort_id: int, issued_on: date, path: Path | None = None
) -> tuple[CertificateRow, ...]:
    """交付を待つ人すべてに、番号を振り認定証を交付する。一つの取引で、すべてか無か。

    path を与えれば一冊の PDF も書く。認証予定日より前の交付日は断る。
    """
    office.require("certificates.issue")
    waiting = [w for w in list_waiting(office, cohort_id)]
    if not waiting:
        raise RuleViolation("交付を待つ人がいません。会議を閉じて議決を確定してから交付してください。")
    _check_printable(waiting)
    with office.act("certificates.issue") as act:
        key = _signing_key(act, office)
        fresh = _certify(act, office, cohort_id, [w for w in waiting if w.kind == "new"])
        renewed = [
            act.session.get_one(Certification, w.certification_id) for w in waiting if w.kind == "renewal"
        ]
        if any(c.certified_on > issued_on for c in fresh):
            raise RuleViolation(
                f"交付日（{wareki(issued_on)}）が認証日より前です。認証日以後にしてください。"
            )
        faces = []
        for certification in fresh:
            found = validity(certification.certified_on, (), None, office.guideline)
            period = (found.periods[-1].valid_from, found.periods[-1].expires_on)
            faces.append((certification, _face(act.session, certification, "new", period, issued_on, key)))
        for certification in renewed:
            (facts,) = load_facts(act.session, Certification.id == certification.id)
            last = standing_of(facts, office.today(), office.guideline).validity.periods[-1]
            period = (last.valid_from, last.expires_on)
            faces.append(
                (certification, _face(act.session, certification, "renewal", period, issued_on, key))
            )
        made = [(c, _freeze(act, c, face)) for c, face in faces]
        act.session.flush()
        numbers = [c.number for c, _ in made]
        act.say(
            f"cohort:{cohort_id}",
            f"認定証を{len(made)}枚交付（{numbers[0]}〜{numbers[-1]}）",
            detail={"numbers": numbers},
        )
        rows = tuple(certificate_row(c, x) for c, x in made)
    if path is not None:
        _write_issued(path, [face for _, face in faces])
    return rows


def _write_issued(path: Path, faces: list[CertificateFace]) -> None:
    """交付した一冊を書く。書けなくても交付は済んでいるので、そのことを言う。"""
    try:
        write_whole(path, render_certificates(tuple(faces)))
    except RuleViolation as refusal:
        raise RuleViolation(
            f"{len(faces)}枚の交付は済み、台帳に残っています。PDF だけが書けませんでした（もう一度交付せず、再印刷で書き出してください）：{refusal}"
        ) from refusal


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
    )


def preview(office: Office, cohort_id: int, case_id: int, issued_on: date) -> bytes:
    """交付する前の下見の PDF。番号も QR も「見本」で、署名しない（紙として使えない）。

    刷れない文字があれば RuleViolation。
    """
    row = next((w for w in list_waiting(office, cohort_id) if w.case_id == case_id), None)
    if row is None:
        raise RuleViolation("交付を待つ人ではありません。一覧を読み直してください。")
    _check_printable([row])
    with office.read("certificates.preview") as session:
        meeting, case = next((m, c) for m, c in closed_cases(session, cohort_id) if c["case_id"] == case_id)
        person = session.get_one(Person, case["person_id"])
        if row.certification_id is None:
            periods = validity(meeting.certification_on, (), None, office.guideline).periods
        else:
            (facts,) = load_facts(session, Certification.id == row.certification_id)
            periods = standing_of(facts, office.today(), office.guideline).validity.periods
        face = CertificateFace(
            number=SPECIMEN,
            name=printed_name(person),
            birth_date=person.birth_date,
            decided_on=meeting.held_on,
            certified_on=meeting.certification_on,
            issued_on=issued_on,
            valid_from=periods[-1].valid_from,
            expires_on=periods[-1].expires_on,
            issuer_title=str(value_of(session, "issuer_title")),
            issuer_name=str(value_of(session, "issuer_name")),
            kind=row.kind,
            qr_text=SPECIMEN_QR,
        )
    return render_certificates((face,))


def reissue(office: Office, certification_id: int, kind: str, issued_on: date, reason: str) -> CertificateRow:
    """再交付（reissue）・書換（rewrite）・訂正（correction）の新しい版を作る。前の版は残る。

    番号と有効期間は変わらない。理由が要る。初めの版より前の交付日と、刷れない文字は RuleViolation。
    """
    if kind not in ("reissue", "rewrite", "correction"):
        raise RuleViolation("事由は再交付・書換・訂正のどれかです。")
    if not reason.strip():
        raise RuleViolation("新しい版を作る理由が空です。理由を書いてください。")
    with office.act("certificates.reissue") as act:
        session = act.session
        certification = session.get_one(Certification, certification_id)
        if not certification.certificates:
            raise RuleViolation("まだ交付していない認定証です。先に交付してください。")
        last = certification.certificates[-1]
        if issued_on < last.issued_on:
            raise RuleViolation(
                f"交付日が前の版の交付日（{wareki(last.issued_on)}）より前です。日付を確かめてください。"
            )
        name = printed_name(session.get_one(Person, certification.person_id))
        if missing := fonts.missing_glyphs(name):
            raise RuleViolation(
                f"印刷できない文字があります：{name}（{'、'.join(str(m) for m in missing)}）。証書表記を直してからやり直してください。"
            )
        period = (last.valid_from, last.expires_on)
        face = _face(session, certification, kind, period, issued_on, _signing_key(act, office))
        if face.qr_text in {v.qr_text for v in certification.certificates}:
            raise RuleViolation(
                "前の版と同じ交付日・同じ氏名では、QR で新旧を見分けられません。"
                "用紙の書損なら新しい版を作らず、もう一度印刷してください。"
            )
        made = _freeze(act, certification, face)
        made.reason = reason
        session.flush()
        act.say(
            f"certification:{certification_id}",
            f"{certification.number}の第{made.version}版を作成（{KIND_WORDS[kind]}）",
            reason=reason,
        )
        return certificate_row(certification, made)

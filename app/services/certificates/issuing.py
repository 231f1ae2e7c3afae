"""番号を振り、認定証を交付する。交付する前の下見。"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.certificate import CertificateFace, CertificatePaper, render_certificates
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.numbering import NumberFormat
from app.domain.validity import validity
from app.services.certificates.freezing import (
    build_face,
    certificate_row,
    current_paper,
    freeze,
    signing_key,
)
from app.services.certificates.numbers import assigned_numbers, check_assigned
from app.services.certificates.waiting import list_waiting, waiting_rows
from app.services.files import write_whole
from app.services.office import Act, Office
from app.services.people import printed_name
from app.services.settings import value_of
from app.services.standings import standing_of
from app.services.views.certificates import CertificateRow, WaitingRow
from database.queries.certifications import load_facts
from database.queries.committee import closed_cases
from database.schema.certificates import Certification, SigningKey, VoidedNumber
from database.schema.intake import Cohort
from database.schema.people import Person

# 下見の番号と QR（署名しない。QR には英数字しか入らない）
SPECIMEN, SPECIMEN_QR = "見本", "MIHON"


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
    assigned = assigned_numbers(session, cohort_id)
    check_assigned(assigned, waiting)
    made = []
    for row, serial in zip(waiting, _next_serials(session, cohort_id, len(waiting)), strict=True):
        meeting, case = frozen[row.case_id]
        number = assigned.get(row.reception_number) or number_format.format(
            cohort.fiscal_year, cohort.term, serial
        )
        certification = Certification(
            person_id=case["person_id"],
            case_id=row.case_id,
            cohort_id=cohort_id,
            serial=serial,
            number=number,
            decided_on=meeting.held_on,
            certified_on=meeting.certification_on,
        )
        session.add(certification)
        made.append(certification)
    session.flush()
    return made


def _check_waiting(waiting: Sequence[WaitingRow]) -> None:
    if not waiting:
        raise RuleViolation("交付を待つ人がいません。会議を閉じて議決を確定してから交付してください。")
    _check_printable(waiting)


def _check_printable(waiting: Sequence[WaitingRow]) -> None:
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
    with office.act("certificates.issue") as act:
        # 待つ人は、書く取引の中で読む（二つの窓が同時に交付しても、同じ人に二つの番号を振らない）
        waiting = waiting_rows(act.session, office, cohort_id)
        _check_waiting(waiting)
        key, paper = signing_key(act, office), current_paper(act.session)
        faces = _faces(act, office, cohort_id, waiting, issued_on, key)
        made = [(c, freeze(act, c, face, paper)) for c, face in faces]
        act.session.flush()
        numbers = [c.number for c, _ in made]
        act.say(
            f"cohort:{cohort_id}",
            f"認定証を{len(made)}枚交付（{numbers[0]}〜{numbers[-1]}）",
            detail={"numbers": numbers},
        )
        rows = tuple(certificate_row(c, x) for c, x in made)
    if path is not None:
        _write_issued(path, [face for _, face in faces], paper)
    return rows


def _faces(
    act: Act,
    office: Office,
    cohort_id: int,
    waiting: Sequence[WaitingRow],
    issued_on: date,
    key: SigningKey,
) -> list[tuple[Certification, CertificateFace]]:
    """新しく認証した人と更新した人の、認証と一枚の値。認証日より前の交付日は RuleViolation。"""
    session = act.session
    fresh = _certify(act, office, cohort_id, [w for w in waiting if w.kind == "new"])
    if any(c.certified_on > issued_on for c in fresh):
        raise RuleViolation(f"交付日（{wareki(issued_on)}）が認証日より前です。認証日以後にしてください。")
    faces = []
    for certification in fresh:
        last = validity(certification.certified_on, (), None, office.guideline).periods[-1]
        period = (last.valid_from, last.expires_on)
        faces.append((certification, build_face(session, certification, "new", period, issued_on, key)))
    for row in waiting:
        if row.certification_id is None:
            continue
        certification = session.get_one(Certification, row.certification_id)
        (facts,) = load_facts(session, Certification.id == certification.id)
        last = standing_of(facts, office.today(), office.guideline).validity.periods[-1]
        period = (last.valid_from, last.expires_on)
        faces.append((certification, build_face(session, certification, "renewal", period, issued_on, key)))
    return faces


def _write_issued(path: Path, faces: list[CertificateFace], paper: CertificatePaper) -> None:
    """交付した一冊を書く。書けなくても交付は済んでいるので、そのことを言う。"""
    try:
        write_whole(path, render_certificates(tuple(faces), paper))
    except RuleViolation as refusal:
        raise RuleViolation(
            f"{len(faces)}枚の交付は済み、台帳に残っています。PDF だけが書けませんでした（もう一度交付せず、再印刷で書き出してください）：{refusal}"
        ) from refusal


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
        paper = current_paper(session)
    return render_certificates((face,), paper)

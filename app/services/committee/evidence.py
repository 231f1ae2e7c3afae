"""欠格事由の証拠：誓約書・照会とその答え・書類。中身（言葉と写し）は、理由を書いて開き、開いたことが残る。"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.documents import EVIDENCE_SCAN
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.recusals import hidden_cases, hidden_words
from app.services.intake.documents import checked_scan
from app.services.office import Act, Actor, Office
from app.services.views.committee import GROUND_TEXTS
from app.services.views.conflicts import EVIDENCE_WORDS, POINTS_WORDS, EvidenceContent, EvidenceView
from database.schema.committee import Case, GroundEvidence
from database.schema.intake import Application
from database.schema.people import Attachment


@dataclass(frozen=True)
class EvidenceForm:
    """証拠一つに書くこと。kind は declaration・inquiry・document・other、points_to は applies・clear か空。"""

    ground: str
    kind: str
    dated_on: date
    addressee: str = ""
    due_on: date | None = None
    answered_on: date | None = None
    points_to: str = ""
    words: str = ""


def evidence_view(row: GroundEvidence) -> EvidenceView:
    """証拠の、中身でないところ。"""
    return EvidenceView(
        row.id,
        row.ground,
        row.kind,
        row.addressee,
        row.dated_on,
        row.due_on,
        row.answered_on,
        row.points_to or "",
        row.recorded_by,
        row.attachment_id is not None,
        row.withdrawn_on,
        row.withdrawn_reason or "",
    )


def evidence_of(session: Session, application_id: int) -> list[GroundEvidence]:
    """申込の証拠（日付の順、取り下げたものも）。"""
    query = select(GroundEvidence).where(GroundEvidence.application_id == application_id)
    return list(session.scalars(query.order_by(GroundEvidence.dated_on, GroundEvidence.id)))


def check_visible(session: Session, application_id: int, actor: Actor) -> None:
    """この人の案件を、本人が回避していないこと。回避していれば AccessDenied。"""
    for case in session.scalars(select(Case).where(Case.application_id == application_id)):
        if case.id in hidden_cases(session, case.meeting_id, actor):
            raise AccessDenied(hidden_words(actor))


def list_evidence(office: Office, case_id: int) -> tuple[EvidenceView, ...]:
    """案件の証拠の一覧。中身は載らない。"""
    with office.read("committee.list_evidence") as session:
        case = session.get_one(Case, case_id)
        check_visible(session, case.application_id, office.require("committee.list_evidence"))
        return tuple(evidence_view(row) for row in evidence_of(session, case.application_id))


def _check_days(form: EvidenceForm, today: date) -> None:
    if form.dated_on > today:
        raise RuleViolation(f"日付（{wareki(form.dated_on)}）が今日より後です。日付を確かめてください。")
    if form.due_on is not None and form.due_on < form.dated_on:
        raise RuleViolation("答えの期限が、照会した日より前です。日付を確かめてください。")
    if form.answered_on is not None and not form.dated_on <= form.answered_on <= today:
        raise RuleViolation("答えを受けた日が、照会した日より前か、今日より後です。日付を確かめてください。")


def _check(form: EvidenceForm, today: date) -> None:
    if form.ground not in GROUND_TEXTS or form.kind not in EVIDENCE_WORDS:
        raise RuleViolation("証拠の事由はア〜エ、種類は誓約書・照会・書類・その他のどれかです。")
    if form.points_to not in ("", *POINTS_WORDS):
        raise RuleViolation("証拠が示すことは、該当する・該当しない・（空）のどれかです。")
    if form.kind == "inquiry" and not form.addressee.strip():
        raise RuleViolation("照会の宛先が空です。どこに照会したかを書いてください。")
    if form.kind != "inquiry" and (form.due_on or form.answered_on):
        raise RuleViolation("期限と答えの日は、照会だけに記します。")
    if form.kind == "inquiry" and form.points_to and form.answered_on is None:
        raise RuleViolation("答えを受けていない照会は、何も示しません。答えを受けた日を入れてください。")
    _check_days(form, today)


def _scan(act: Act, office: Office, application: Application, path: Path) -> int:
    content, media_type = checked_scan(path)
    row = Attachment(
        person_id=application.person_id,
        application_id=application.id,
        kind=EVIDENCE_SCAN,
        file_name=path.name,
        media_type=media_type,
        content=content,
        received_on=office.today(),
    )
    act.session.add(row)
    act.session.flush()
    return row.id


def _subject(row: GroundEvidence) -> str:
    return f"application:{row.application_id}"


def _title(row: GroundEvidence) -> str:
    """監査記録の言葉。中身は言わない。"""
    return f"欠格事由{GROUND_TEXTS[row.ground][0]}の証拠（{EVIDENCE_WORDS[row.kind]}）"


def record_evidence(office: Office, case_id: int, form: EvidenceForm, path: Path | None = None) -> int:
    """証拠を一つ記し、その id を返す。path は写し（PDF・PNG・JPEG・TIFF）。確認済みの事由は、確認し直すことになる。"""
    with office.act("committee.record_evidence") as act:
        _check(form, office.today())
        case = act.session.get_one(Case, case_id)
        check_visible(act.session, case.application_id, act.actor)
        application = act.session.get_one(Application, case.application_id)
        row = GroundEvidence(
            application_id=application.id,
            ground=form.ground,
            kind=form.kind,
            addressee=form.addressee.strip(),
            dated_on=form.dated_on,
            due_on=form.due_on,
            answered_on=form.answered_on,
            words=form.words.strip(),
            points_to=form.points_to or None,
            attachment_id=None if path is None else _scan(act, office, application, path),
            recorded_by=act.actor.name,
        )
        act.session.add(row)
        act.session.flush()
        act.say(_subject(row), f"{_title(row)}を記した")
        return row.id


def _standing(act: Act, evidence_id: int) -> GroundEvidence:
    row = act.session.get(GroundEvidence, evidence_id)
    if row is None:
        raise RuleViolation("その証拠はありません。一覧を開き直してください。")
    check_visible(act.session, row.application_id, act.actor)
    if row.withdrawn_on is not None:
        raise RuleViolation("この証拠は取り下げられています。")
    return row


def answer_inquiry(
    office: Office,
    evidence_id: int,
    answered_on: date,
    points_to: str,
    words: str = "",
    path: Path | None = None,
) -> None:
    """照会の答えを、受けた日・示すこと（applies・clear か空）・言葉・写しとともに記す。"""
    with office.act("committee.answer_inquiry") as act:
        row = _standing(act, evidence_id)
        if row.kind != "inquiry" or row.answered_on is not None:
            raise RuleViolation("答えを待っている照会ではありません。一覧を開き直してください。")
        form = EvidenceForm(
            row.ground, row.kind, row.dated_on, row.addressee, None, answered_on, points_to, words
        )
        _check(form, office.today())
        row.answered_on, row.points_to = answered_on, points_to or None
        row.words = "\n".join(part for part in (row.words, words.strip()) if part)
        if path is not None:
            row.attachment_id = _scan(act, office, act.session.get_one(Application, row.application_id), path)
        act.say(_subject(row), f"{_title(row)}の答えを記した")


def withdraw_evidence(office: Office, evidence_id: int, reason: str) -> None:
    """誤って記した証拠を、理由を添えて取り下げる。行と写しは残る。"""
    if not reason.strip():
        raise RuleViolation("証拠を取り下げる理由が空です。理由を書いてください。")
    with office.act("committee.withdraw_evidence") as act:
        row = _standing(act, evidence_id)
        row.withdrawn_on, row.withdrawn_reason = office.today(), reason.strip()
        act.say(_subject(row), f"{_title(row)}を取り下げた", reason=reason.strip())


def check_purpose(reason: str) -> str:
    """開く理由。空なら RuleViolation。"""
    if not reason.strip():
        raise RuleViolation("開く理由が空です。何を確かめるために開くかを書いてください。記録に残ります。")
    return reason.strip()


def open_evidence(office: Office, evidence_id: int, reason: str) -> EvidenceContent:
    """証拠の中身を開く。理由が要り、開いたことが監査記録に残る。回避した委員は AccessDenied。"""
    purpose = check_purpose(reason)
    with office.act("committee.open_evidence") as act:
        row = act.session.get(GroundEvidence, evidence_id)
        if row is None:
            raise RuleViolation("その証拠はありません。一覧を開き直してください。")
        check_visible(act.session, row.application_id, act.actor)
        scan = None if row.attachment_id is None else act.session.get_one(Attachment, row.attachment_id)
        act.say(_subject(row), f"{_title(row)}を閲覧", reason=purpose, detail={"evidence": row.id})
        return EvidenceContent(
            evidence_view(row),
            row.words,
            "" if scan is None else scan.file_name,
            b"" if scan is None else scan.content,
        )

"""台帳の出来事：発送と追跡番号・返送・手渡し・書損じ・旧い認定証の返納。一つの認証の年表。"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.certificates.stock import take_blank
from app.services.certificates.undoing import Undone, undone_events
from app.services.office import Act, Office
from app.services.views.certificate_ledger import EVENT_WORDS, EventRow, TimelineRow
from app.services.views.certificates import KIND_WORDS
from database.schema.certificates import Certificate, CertificateEvent, Certification
from database.schema.people import NameChange

_OLD = ("old_returned", "old_missing")
NAME_COLUMNS = {
    "name": "氏名",
    "reading": "フリガナ",
    "certificate_name": "証書表記",
    "former_name": "旧姓",
    "alias": "通称",
    "birth_date": "生年月日",
}


@dataclass(frozen=True)
class EventForm:
    """記す出来事。kind は EVENT_WORDS の名。追跡番号は発送だけに付ける。"""

    kind: str
    happened_on: date
    words: str = ""
    tracking_number: str = ""


def _check(session: Session, certificate: Certificate, form: EventForm, today: date) -> None:
    if form.kind not in EVENT_WORDS:
        raise RuleViolation("その種類の出来事は記せません。")
    if form.happened_on > today:
        raise RuleViolation("日付が今日より後です。日付を確かめてください。")
    if form.happened_on < certificate.issued_on:
        raise RuleViolation(
            f"交付日（{wareki(certificate.issued_on)}）より前の日付です。日付を確かめてください。"
        )
    if form.tracking_number.strip() and form.kind != "posted":
        raise RuleViolation("追跡番号は、発送の記録だけに付けます。")
    if form.kind in _OLD and certificate.withdrawn_on is None:
        raise RuleViolation(
            "新しい版のある認定証だけに記せます。返納による失効は、更新・取消の部屋で記してください。"
        )
    if form.kind == "returned_mail" and "posted" not in _kinds(session, certificate.id):
        raise RuleViolation("発送の記録がありません。先に発送を記してください。")


def _kinds(session: Session, certificate_id: int) -> set[str]:
    query = select(CertificateEvent.id, CertificateEvent.kind).where(
        CertificateEvent.certificate_id == certificate_id
    )
    undone = undone_events(session)
    return {kind for event_id, kind in session.execute(query) if event_id not in undone}


def add_event(act: Act, certificate: Certificate, form: EventForm, today: date) -> CertificateEvent:
    """出来事を一つ加える（呼ぶ操作の取引の中で行う）。書損じなら用紙の帳簿からも一枚引く。"""
    _check(act.session, certificate, form, today)
    row = CertificateEvent(
        certificate_id=certificate.id,
        kind=form.kind,
        happened_on=form.happened_on,
        words=form.words.strip(),
        tracking_number=form.tracking_number.strip(),
        recorded_by=act.actor.name,
    )
    act.session.add(row)
    act.session.flush()
    if form.kind == "spoiled":
        take_blank(act.session, form.happened_on, certificate.id, act.actor.name, "書損じ")
    return row


def record_event(office: Office, certificate_id: int, form: EventForm) -> int:
    """一枚の出来事を記し、その id を返す。日付の矛盾・種類の誤りは RuleViolation。"""
    with office.act("certificates.record_event") as act:
        certificate = act.session.get_one(Certificate, certificate_id)
        row = add_event(act, certificate, form, office.today())
        act.say(
            f"certification:{certificate.certification_id}",
            f"認定証の第{certificate.version}版：{EVENT_WORDS[form.kind]}",
            reason=form.words.strip(),
            detail={"happened_on": form.happened_on.isoformat()},
        )
        return row.id


def record_postings(office: Office, posted_on: date, postings: Sequence[tuple[int, str]]) -> int:
    """何枚もの発送（認定証の id, 追跡番号）を一つの取引で記し、枚数を返す。追跡番号の重なりは RuleViolation。"""
    office.require("certificates.record_postings")
    numbers = [number.strip() for _, number in postings if number.strip()]
    if len(set(numbers)) < len(numbers):
        twice = next(n for n in numbers if numbers.count(n) > 1)
        raise RuleViolation(f"追跡番号 {twice} が二度あります。一枚ずつ確かめてください。")
    with office.act("certificates.record_postings") as act:
        if not postings:
            raise RuleViolation("発送する認定証がありません。")
        for certificate_id, number in postings:
            certificate = act.session.get_one(Certificate, certificate_id)
            add_event(act, certificate, EventForm("posted", posted_on, "", number), office.today())
        act.say(
            "certificates",
            f"認定証{len(postings)}枚を発送",
            detail={"certificates": [c for c, _ in postings], "posted_on": posted_on.isoformat()},
        )
    return len(postings)


def list_events(office: Office, cohort_id: int) -> tuple[EventRow, ...]:
    """研修期の認定証の出来事（記した順）。"""
    with office.read("certificates.list_events") as session:
        rows = session.execute(
            select(CertificateEvent, Certificate.version)
            .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
            .join(Certification, Certification.id == Certificate.certification_id)
            .where(Certification.cohort_id == cohort_id)
            .order_by(CertificateEvent.id)
        )
        undone = undone_events(session)
        return tuple(_row(e, version, undone) for e, version in rows)


def _row(e: CertificateEvent, version: int, undone: Mapping[int, Undone]) -> EventRow:
    words = undone[e.id].words if e.id in undone else ""
    return EventRow(
        e.id,
        e.certificate_id,
        version,
        e.kind,
        e.happened_on,
        e.words,
        e.tracking_number,
        e.recorded_by,
        words,
    )


def timeline(office: Office, certification_id: int) -> tuple[TimelineRow, ...]:
    """一つの認証の、認定証の年表（日付の順、同じ日は起きた順）。"""
    with office.read("certificates.timeline") as session:
        certification = session.get_one(Certification, certification_id)
        rows = [*_versions(certification), *_events(session, certification), *_names(session, certification)]
        return tuple(sorted(rows, key=lambda r: r.day))


def _versions(certification: Certification) -> Iterator[TimelineRow]:
    yield TimelineRow(certification.certified_on, "認証", certification.number)
    for x in certification.certificates:
        detail = f"{KIND_WORDS[x.kind]}　{x.face['name']}" + (f"　{x.reason}" if x.reason else "")
        yield TimelineRow(x.issued_on, "交付", detail, x.version)
        if x.printed_at is not None:
            yield TimelineRow(max(x.printed_at.date(), x.issued_on), "印刷", "", x.version)
        if x.withdrawn_on is not None:
            yield TimelineRow(x.withdrawn_on, "取下げ", x.withdrawn_reason or "", x.version)


def _events(session: Session, certification: Certification) -> Iterator[TimelineRow]:
    versions = {x.id: x.version for x in certification.certificates}
    query = (
        select(CertificateEvent)
        .where(CertificateEvent.certificate_id.in_(versions))
        .order_by(CertificateEvent.id)
    )
    undone = undone_events(session)
    for e in session.scalars(query):
        number = f"追跡番号 {e.tracking_number}" if e.tracking_number else ""
        gone = undone[e.id].words if e.id in undone else ""
        detail = "　".join(part for part in (number, e.words, gone) if part)
        title = f"{EVENT_WORDS[e.kind]}（取消し）" if gone else EVENT_WORDS[e.kind]
        yield TimelineRow(e.happened_on, title, detail, versions[e.certificate_id])


def _names(session: Session, certification: Certification) -> Iterator[TimelineRow]:
    query = select(NameChange).where(NameChange.person_id == certification.person_id).order_by(NameChange.id)
    for change in session.scalars(query):
        told = "、".join(
            f"{words} {change.before.get(k) or '（なし）'} → {change.after[k] or '（なし）'}"
            for k, words in NAME_COLUMNS.items()
            if k in change.after
        )
        yield TimelineRow(change.changed_on, "氏名の変更", f"{told}（{change.reason}）")

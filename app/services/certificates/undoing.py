"""台帳の出来事の取消し：元の行はそのまま残し、取り消したこと（誰が・いつ・なぜ）は監査記録に置いて、そこから導く。"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.certificates.stock import take_blank
from app.services.office import Act, Office
from app.services.views.certificate_ledger import EVENT_WORDS
from database.schema.audit import AuditEntry
from database.schema.certificates import Certificate, CertificateEvent, PrintSheet

_ACTION = "certificates.undo_event"
_SUBJECT = "certificate_event:"


@dataclass(frozen=True)
class Undone:
    """取り消した出来事。words は画面に出す一行。"""

    event_id: int
    words: str


def undone_events(session: Session) -> dict[int, Undone]:
    """取り消した出来事（出来事の id から）。"""
    query = select(AuditEntry).where(
        AuditEntry.subject > _SUBJECT, AuditEntry.subject < f"{_SUBJECT}:", AuditEntry.action == _ACTION
    )
    found = {}
    for entry in session.scalars(query):
        event_id = int(entry.subject.removeprefix(_SUBJECT))
        day = wareki(date.fromisoformat(entry.detail["undone_on"]))
        found[event_id] = Undone(event_id, f"{day}に取消し：{entry.reason}（{entry.actor_name}）")
    return found


def undo_event(office: Office, event_id: int, reason: str) -> None:
    """出来事を、理由を付けて取り消す。元の行は残り、書損じなら用紙の帳簿に一枚戻す。

    理由のないもの、二度目の取消し、後の返送のある発送、印刷の結果として記した書損じは RuleViolation。
    """
    if not reason.strip():
        raise RuleViolation("取り消す理由が空です。理由を書いてください。")
    with office.act(_ACTION) as act:
        event = act.session.get(CertificateEvent, event_id)
        if event is None:
            raise RuleViolation("その出来事は台帳にありません。一覧を読み直してください。")
        _check(act.session, event)
        if event.kind == "spoiled":
            take_blank(
                act.session, office.today(), event.certificate_id, act.actor.name, "書損じの取消し", -1
            )
        _say(act, event, reason.strip(), office.today())


def _check(session: Session, event: CertificateEvent) -> None:
    undone = undone_events(session)
    if event.id in undone:
        raise RuleViolation("その出来事は既に取り消してあります。")
    if event.kind == "posted" and _returned_after(session, event, set(undone)):
        raise RuleViolation("この発送の後に返送が記してあります。先に返送を取り消してください。")
    if event.kind == "spoiled" and _from_run(session, event):
        raise RuleViolation(
            "印刷の結果として記した書損じは、刷り直しの紙が続いているため取り消せません。"
            "用紙の数が違うときは、用紙の帳簿で数え直してください。"
        )


def _returned_after(session: Session, event: CertificateEvent, undone: set[int]) -> bool:
    """ほかに生きた発送のないまま残る返送があるか。"""
    query = select(CertificateEvent.id, CertificateEvent.kind).where(
        CertificateEvent.certificate_id == event.certificate_id, CertificateEvent.id != event.id
    )
    kinds = {kind for key, kind in session.execute(query) if key not in undone}
    return "returned_mail" in kinds and "posted" not in kinds


def _from_run(session: Session, event: CertificateEvent) -> bool:
    query = select(PrintSheet.position).where(
        PrintSheet.certificate_id == event.certificate_id, PrintSheet.state == "spoiled"
    )
    return event.words in {f"印刷の{position}枚目" for position in session.scalars(query)}


def _say(act: Act, event: CertificateEvent, reason: str, today: date) -> None:
    certificate = act.session.get_one(Certificate, event.certificate_id)
    act.say(
        f"{_SUBJECT}{event.id}",
        f"認定証の第{certificate.version}版：{EVENT_WORDS[event.kind]}の記録を取消し",
        reason=reason,
        detail={"certification": certificate.certification_id, "undone_on": today.isoformat()},
    )

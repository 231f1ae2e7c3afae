"""再交付・書換・訂正：新しい版を作る。交付した版はそのまま残り、取り下げた版となる。"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.documents import fonts
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.certificates.events import NAME_COLUMNS, EventForm, add_event
from app.services.certificates.freezing import (
    build_face,
    certificate_row,
    current_paper,
    freeze,
    signing_key,
)
from app.services.intake.documents import checked_scan
from app.services.office import Act, Office
from app.services.people import check_birth_date, check_name, check_not_merged, grams_of, printed_name
from app.services.views.certificates import KIND_WORDS, CertificateRow
from database.queries.search import index_person
from database.schema.certificates import Certificate, Certification
from database.schema.people import Attachment, NameChange, Person

DOCUMENT = "氏名の変更の書類"
CAUSES: Mapping[str, str] = {
    "lost": "紛失",
    "stolen": "盗難",
    "damaged": "汚損・破損",
    "undelivered": "不着",
}
OLD_WORDS: Mapping[str, str] = {"old_returned": "返納された", "old_missing": "手元にない", "": "まだ"}
_KINDS = ("reissue", "rewrite", "correction")


@dataclass(frozen=True)
class NameForm:
    """証書に関わる氏名の新しい値。None の欄は変えない。"""

    name: str | None = None
    reading: str | None = None
    certificate_name: str | None = None
    former_name: str | None = None
    birth_date: date | None = None


@dataclass(frozen=True)
class ChangeForm:
    """新しい版に要ること。old は旧い認定証の始末（old_returned・old_missing・空はまだ）。

    signed_off は、刷られる姿を見て証書表記を確認したか（書換と訂正では要る）。
    """

    issued_on: date
    reason: str
    old: str = ""
    signed_off: bool = False


def reissue(
    office: Office, certification_id: int, kind: str, issued_on: date, reason: str, old: str = ""
) -> CertificateRow:
    """再交付（reissue）・書換（rewrite）・訂正（correction）の新しい版を、いまの記録から作る。

    番号と有効期間は変わらない。理由が要る。前の版より前の交付日と、刷れない文字は RuleViolation。
    """
    if kind not in _KINDS:
        raise RuleViolation("事由は再交付・書換・訂正のどれかです。")
    with office.act("certificates.reissue") as act:
        return _new_version(act, office, certification_id, kind, ChangeForm(issued_on, reason, old))


def rewrite(
    office: Office,
    certification_id: int,
    names: NameForm,
    changed_on: date,
    document: Path | None,
    form: ChangeForm,
) -> CertificateRow:
    """書換：氏名の変更を、確かめた書類とともに記し、新しい氏名の版を作る。すべて一つの取引。

    書類（PDF・PNG・JPEG・TIFF）と、証書表記の確認が要る。変わるものがない、日付が先、刷れない字は RuleViolation。
    """
    office.require("certificates.rewrite")
    if document is None:
        raise RuleViolation("氏名の変更を確かめた書類（戸籍抄本など）の写しを付けてください。")
    if changed_on > office.today():
        raise RuleViolation("氏名の変わった日が今日より後です。日付を確かめてください。")
    _check_reason(form)
    scan = checked_scan(document)
    with office.act("certificates.rewrite") as act:
        person = _person(act.session, certification_id)
        before, after = _apply(act.session, person, names, office.today())
        row = Attachment(
            person_id=person.id,
            kind=DOCUMENT,
            file_name=document.name,
            media_type=scan[1],
            content=scan[0],
            received_on=office.today(),
        )
        act.session.add(row)
        act.session.flush()
        act.session.add(
            NameChange(
                person_id=person.id,
                changed_on=changed_on,
                before=before,
                after=after,
                attachment_id=row.id,
                reason=form.reason.strip(),
                recorded_by=act.actor.name,
            )
        )
        _sign_off(act, office, person, form)
        return _new_version(act, office, certification_id, "rewrite", form, tuple(after))


def correct(office: Office, certification_id: int, names: NameForm, form: ChangeForm) -> CertificateRow:
    """訂正：事務局の誤りで違って刷った氏名・生年月日を直し、正しい版を作る。

    前の版と刷る値が同じなら RuleViolation（用紙の書損じなら、もう一度印刷すればよい）。
    """
    with office.act("certificates.correct") as act:
        person = _person(act.session, certification_id)
        _, after = _apply(act.session, person, names, office.today())
        _sign_off(act, office, person, form)
        return _new_version(act, office, certification_id, "correction", form, tuple(after))


def _person(session: Session, certification_id: int) -> Person:
    certification = session.get_one(Certification, certification_id)
    person = session.get_one(Person, certification.person_id)
    check_not_merged(session, person)
    return person


def _apply(
    session: Session, person: Person, names: NameForm, today: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """変わる欄の前と後の値を返し、人の記録に写す。変わるものがなければ RuleViolation。"""
    wanted = {
        k: getattr(names, k) for k in ("name", "reading", "certificate_name", "former_name", "birth_date")
    }
    changes = {k: v for k, v in wanted.items() if v is not None and v != getattr(person, k)}
    if not changes:
        raise RuleViolation("変わるところがありません。新しい氏名か生年月日を入れてください。")
    for key in ("name", "certificate_name"):
        if changes.get(key) or (key == "name" and key in changes):
            check_name(changes[key])
    if "birth_date" in changes:
        check_birth_date(changes["birth_date"], today)
    before = {k: _plain(getattr(person, k)) for k in changes}
    for key, value in changes.items():
        setattr(person, key, value)
    index_person(session, person.id, grams_of(person))
    return before, {k: _plain(v) for k, v in changes.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _sign_off(act: Act, office: Office, person: Person, form: ChangeForm) -> None:
    if not form.signed_off:
        raise RuleViolation("刷られる姿を見て、証書表記を確認してください。")
    person.certificate_name_signed_off = True
    person.certificate_name_signed_by = act.actor.name
    person.certificate_name_signed_on = office.today()


def _check_reason(form: ChangeForm) -> None:
    if not form.reason.strip():
        raise RuleViolation("新しい版を作る理由が空です。理由を書いてください。")


def _check_new(certification: Certification, form: ChangeForm) -> Certificate:
    _check_reason(form)
    if form.old not in OLD_WORDS:
        raise RuleViolation("旧い認定証の始末は、返納・手元にない・まだ のどれかです。")
    if not certification.certificates:
        raise RuleViolation("まだ交付していない認定証です。先に交付してください。")
    last = certification.certificates[-1]
    if last.withdrawn_on is not None:
        raise RuleViolation("認定の議決が変更され、取り下げた認定証です。新しい版は作れません。")
    if form.issued_on < last.issued_on:
        raise RuleViolation(
            f"交付日が前の版の交付日（{wareki(last.issued_on)}）より前です。日付を確かめてください。"
        )
    return last


def _new_version(
    act: Act,
    office: Office,
    certification_id: int,
    kind: str,
    form: ChangeForm,
    changed: tuple[str, ...] = (),
) -> CertificateRow:
    session = act.session
    certification = session.get_one(Certification, certification_id)
    last = _check_new(certification, form)
    name = printed_name(session.get_one(Person, certification.person_id))
    if missing := fonts.missing_glyphs(name):
        raise RuleViolation(
            f"印刷できない文字があります：{name}（{'、'.join(str(m) for m in missing)}）。証書表記を直してからやり直してください。"
        )
    period = (last.valid_from, last.expires_on)
    face = build_face(session, certification, kind, period, form.issued_on, signing_key(act, office))
    if face.qr_text in {v.qr_text for v in certification.certificates}:
        raise RuleViolation(
            "前の版と同じ交付日・同じ氏名では、QR で新旧を見分けられません。"
            "用紙の書損なら新しい版を作らず、もう一度印刷してください。"
        )
    made = freeze(act, certification, face, current_paper(session))
    made.reason = form.reason.strip()
    words = KIND_WORDS[kind]
    last.withdrawn_on, last.withdrawn_reason = form.issued_on, f"{words}により第{made.version}版に替えた"
    session.flush()
    if form.old:
        # 先の日付で交付した版の始末は、その交付日とする
        day = max(office.today(), last.issued_on)
        add_event(act, last, EventForm(form.old, day), day)
    told = "、".join(NAME_COLUMNS.get(c, c) for c in changed)
    act.say(
        f"certification:{certification_id}",
        f"{certification.number}の第{made.version}版を作成（{words}{'：' + told if told else ''}）",
        reason=form.reason.strip(),
        detail={"old": form.old, "layout": made.layout},
    )
    return certificate_row(certification, made)

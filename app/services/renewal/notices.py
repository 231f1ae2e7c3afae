"""更新：満了の案内。波と時期ごとに、まだ更新していない人へ作り、宛先の一覧を書く。"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.letters import Letter as Paper
from app.documents.letters import render_letters
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.exports import ListSheet
from app.services.lists import audit_line, write_list
from app.services.office import Office
from app.services.renewal.letters import keep_letter, newest, paper_digest, write_letters
from app.services.renewal.papers import notice_paper
from app.services.renewal.waves import notice_kind
from app.services.standings import Standing, load_standings
from app.services.views.renewal import NOTICE_MONTHS, NoticeRow, NoticesMade
from database.schema.certificates import Certificate, CertificateEvent, Certification
from database.schema.letters import Letter
from database.schema.people import Person

_FEW = 500  # 一度に尋ねる行の数
NOTICE_HEADERS = (
    "認定番号",
    "氏名",
    "フリガナ",
    "郵便番号",
    "住所",
    "満了日",
    "案内",
    "作成",
    "発送",
    "注意",
)


def _chunks(ids: Collection[int]) -> list[list[int]]:
    wanted = sorted(ids)
    return [wanted[first : first + _FEW] for first in range(0, len(wanted), _FEW)]


def _mail(session: Session, ids: Collection[int]) -> dict[int, tuple[date, bool, str]]:
    """認証の id から、最後の郵便（日・戻ったか・何が）。同じ日なら戻ったほうを後とする。"""
    found: dict[int, tuple[date, bool, str]] = {}

    def note(key: int | None, day: date | None, returned: bool, what: str) -> None:
        if key is not None and day is not None:
            found[key] = max(found.get(key, (date.min, False, "")), (day, returned, what))

    for chunk in _chunks(ids):
        events = (
            select(Certificate.certification_id, CertificateEvent.kind, CertificateEvent.happened_on)
            .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
            .where(
                Certificate.certification_id.in_(chunk),
                CertificateEvent.kind.in_(("posted", "handed", "returned_mail")),
            )
        )
        for key, kind, day in session.execute(events):
            note(key, day, kind == "returned_mail", "認定証")
        letters = select(Letter.certification_id, Letter.sent_on, Letter.returned_on).where(
            Letter.certification_id.in_(chunk)
        )
        for owner, sent_on, returned_on in session.execute(letters):
            note(owner, sent_on, False, "手紙")
            note(owner, returned_on, True, "手紙")
    return found


def _trouble(person: Person, mail: tuple[date, bool, str] | None) -> str:
    """届かないおそれの言葉。なければ空。"""
    words = [] if person.address.strip() else ["住所がありません"]
    if mail is not None and mail[1]:
        words.append(f"{mail[2]}が{wareki(mail[0])}に返送されています")
    return "。".join(words)


def _check_months(months: int) -> None:
    if months not in NOTICE_MONTHS:
        raise RuleViolation("案内の時期を、満了の12・6・3・1か月前から選んでください。")


class _Wave:
    """一つの満了日の、まだ更新していない人と、その一つの時期の案内。"""

    def __init__(
        self, session: Session, office: Office, expires_on: date, months: int, only: int | None = None
    ) -> None:
        _check_months(months)
        self.session, self.office, self.months, self.expires_on = session, office, months, expires_on
        where = None if only is None else Certification.id == only
        standings = load_standings(session, office.today(), office.guideline, where)
        self.people = [s for s in standings if s.state == "valid" and s.expires_on == expires_on]
        ids = [s.facts.id for s in self.people]
        self.persons = self._persons([s.facts.person_id for s in self.people])
        self.mail, self.ledger = _mail(session, ids), newest(session, notice_kind(expires_on, months))

    def _persons(self, ids: list[int]) -> dict[int, Person]:
        found: dict[int, Person] = {}
        for chunk in _chunks(ids):
            found |= {p.id: p for p in self.session.scalars(select(Person).where(Person.id.in_(chunk)))}
        return found

    def row(self, s: Standing) -> NoticeRow:
        person, letter = self.persons[s.facts.person_id], self.ledger.get(s.facts.id)
        row = NoticeRow(
            s.facts.id,
            s.facts.number,
            person.name,
            person.reading,
            person.postal_code,
            person.address,
            _trouble(person, self.mail.get(s.facts.id)),
        )
        if letter is None:
            return row
        return replace(
            row,
            letter_id=letter.id,
            made_on=letter.made_on,
            sent_on=letter.sent_on,
            returned_on=letter.returned_on,
        )

    def paper(self, s: Standing, number: str) -> Paper:
        person = self.persons[s.facts.person_id]
        return notice_paper(self.session, self.office, s, person, self.months, number)

    def chosen(self, ids: Collection[int] | None) -> list[Standing]:
        found = self.people if ids is None else [s for s in self.people if s.facts.id in set(ids)]
        if not found:
            raise RuleViolation(
                f"{wareki(self.expires_on)}に満了する、まだ更新していない人がいません。一覧を開き直してください。"
            )
        return found


def list_notices(office: Office, expires_on: date, months: int) -> tuple[NoticeRow, ...]:
    """その日に満了し、まだ更新していない人と、months か月前の案内の状態（認証日の順）。"""
    with office.read("renewal.list_notices") as session:
        wave = _Wave(session, office, expires_on, months)
        return tuple(wave.row(s) for s in wave.people)


def preview_notice(office: Office, certification_id: int, expires_on: date, months: int) -> bytes:
    """一人の案内の下見（何も残さない）。作ってあり中身が同じなら台帳の紙。"""
    with office.read("renewal.preview_notice") as session:
        wave = _Wave(session, office, expires_on, months, certification_id)
        (standing,) = wave.chosen([certification_id])
        paper, letter = wave.paper(standing, ""), wave.ledger.get(certification_id)
        if letter is not None and letter.digest == paper_digest(paper):
            return letter.pdf
        return render_letters((paper,))


def _numbered(number: str, place: int, count: int) -> str:
    """文書番号（なければ空。二通以上なら「の1」から枝番を付ける）。"""
    number = number.strip()
    return f"{number}の{place}" if number and count > 1 else number


def make_notices(
    office: Office,
    expires_on: date,
    months: int,
    path: Path,
    *,
    certification_ids: Collection[int] | None = None,
    number: str = "",
) -> NoticesMade:
    """満了の案内を一冊の PDF に書く（認証日の順）。certification_ids がなければ、まだ更新していない全員。

    まだの人には新しく作って台帳に入れ、作ってある人の分は台帳の紙を刷り直す（氏名などが変わっていれば作り直す）。
    """
    with office.act("renewal.make_notices") as act:
        wave = _Wave(act.session, office, expires_on, months)
        found, letters, made = wave.chosen(certification_ids), [], 0
        for place, standing in enumerate(found, 1):
            paper = wave.paper(standing, _numbered(number, place, len(found)))
            letter = wave.ledger.get(standing.facts.id)
            if letter is None or letter.digest != paper_digest(paper):
                kind = notice_kind(expires_on, months)
                letter = keep_letter(act, office.today(), kind, standing.facts.id, paper, letter)
                made += 1
            letters.append(letter)
        act.session.flush()
        act.say(
            "renewal",
            f"{wareki(expires_on)}満了の{months}か月前の案内を{len(letters)}通書き出し（新しく{made}通）",
            detail={"certifications": [s.facts.id for s in found]},
        )
        write_letters(path, letters)
        without = tuple(wave.row(s).name for s in found if wave.row(s).trouble)
    return NoticesMade(made, len(letters) - made, without)


def write_notice_list(office: Office, expires_on: date, months: int, path: Path, password: str = "") -> int:
    """まだ更新していない人の一覧（宛先・案内の状態・届かないおそれ）をブックに書き、人数を返す。"""
    with office.act("renewal.write_notice_list") as act:
        wave = _Wave(act.session, office, expires_on, months)
        rows = [wave.row(s) for s in wave.chosen(None)]
        lines = tuple(
            (
                r.number,
                r.name,
                r.reading,
                r.postal_code,
                r.address,
                wareki(expires_on),
                r.words,
                "" if r.made_on is None else wareki(r.made_on),
                "" if r.sent_on is None else wareki(r.sent_on),
                r.trouble,
            )
            for r in rows
        )
        title = f"更新の案内（満了{months}か月前）"
        notes = [f"{wareki(office.today())}現在　{wareki(expires_on)}満了　{len(rows)}名"]
        notes.append(audit_line(act.session))
        digest = write_list(path, [ListSheet(title, NOTICE_HEADERS, lines)], notes, password)
        act.say(
            "renewal",
            f"{wareki(expires_on)}満了の人の一覧を書き出し（{len(rows)}名）",
            detail={"file_digest": digest},
        )
        return len(rows)

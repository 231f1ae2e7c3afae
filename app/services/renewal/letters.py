"""更新・取消の手紙の台帳：紙のまま残し、刷り直し、発送と返送を記す。取消しの調査の手紙。"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.binding import bind
from app.documents.letters import Letter as Paper
from app.documents.letters import render_letters
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.files import write_whole
from app.services.office import Act, Office
from app.services.people import printed_name
from app.services.renewal.papers import case_paper
from app.services.renewal.waves import NOTICE
from app.services.views.renewal import CASE_LETTERS, CaseLetter
from database.schema.base import canonical_json
from database.schema.certificates import Certification
from database.schema.letters import Letter
from database.schema.people import Person
from database.schema.renewal import Revocation


def paper_digest(paper: Paper) -> str:
    """紙の中身の要約値。日付と文書番号は、作るたびに変わるので入れない。"""
    facts = asdict(paper) | {"date": None, "number": ""}
    # 後から加わった欄は、空なら数えない（前に作った手紙と比べられる）
    facts = {k: v for k, v in facts.items() if v or k not in ("postal_code", "address")}
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def newest(session: Session, kind: str) -> dict[int, Letter]:
    """その種類の、認証ごとの最も新しい手紙。"""
    found = session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id))
    return {x.certification_id: x for x in found if x.certification_id is not None}


def keep_letter(
    act: Act, today: date, kind: str, certification_id: int, paper: Paper, old: Letter | None
) -> Letter:
    """紙を作り、台帳に入れる。前の紙があれば、それに代わるものとする。"""
    content = render_letters((paper,))
    letter = Letter(
        kind=kind,
        certification_id=certification_id,
        made_on=today,
        made_by=act.actor.name,
        digest=paper_digest(paper),
        pdf=content,
        pdf_digest=hashlib.sha256(content).hexdigest(),
        replaces_id=None if old is None else old.id,
        reason="" if old is None else "記載の変更",
    )
    act.session.add(letter)
    return letter


def _check_paper(letter: Letter) -> None:
    if hashlib.sha256(letter.pdf).hexdigest() != letter.pdf_digest:
        raise RuleViolation(
            "台帳の手紙の紙が、作ったときと違います。設定の部屋で［確かめる］を行ってください。"
        )


def write_letters(path: Path, letters: Sequence[Letter]) -> None:
    """手紙を一冊の PDF に綴じて書く。台帳の紙が作ったときと違えば RuleViolation。"""
    for letter in letters:
        _check_paper(letter)
    write_whole(path, bind([x.pdf for x in letters], max(x.made_on for x in letters)))


def reprint_letters(office: Office, letter_ids: Sequence[int], path: Path) -> int:
    """台帳の手紙（案内・弁明の通知・取消しの通知）を、作ったときの紙のまま刷り直し、通数を返す。"""
    with office.act("renewal.reprint_letters") as act:
        letters = [_letter(act.session, key) for key in letter_ids]
        if not letters:
            raise RuleViolation("刷り直す手紙がありません。作ってある人を選んでください。")
        act.say("renewal", f"手紙を{len(letters)}通刷り直し", detail={"letters": list(letter_ids)})
        write_letters(path, letters)
    return len(letters)


def _letter(session: Session, letter_id: int) -> Letter:
    letter = session.get(Letter, letter_id)
    if letter is None or letter.kind.split(":")[0] not in (NOTICE, *CASE_LETTERS):
        raise RuleViolation("その手紙の記録がありません。一覧を開き直してください。")
    return letter


def record_sent(office: Office, letter_ids: Sequence[int], sent_on: date) -> int:
    """手紙を発送した日を記し、通数を返す。

    弁明の通知を送れば本人への通知の日に、取消しの通知を送れば認定証の返納を求めた日になる（まだなら）。
    """
    with office.act("renewal.record_sent") as act:
        letters = [_letter(act.session, key) for key in letter_ids]
        if not letters:
            raise RuleViolation("発送を記す手紙がありません。作ってある人を選んでください。")
        for letter in letters:
            if not letter.made_on <= sent_on <= office.today():
                raise RuleViolation("発送の日が作成の日より前か、今日より後です。日付を確かめてください。")
            letter.sent_on, letter.returned_on = sent_on, None
            _follow(act.session, letter, sent_on)
        act.say(
            "renewal",
            f"手紙{len(letters)}通を発送（{wareki(sent_on)}）",
            detail={"letters": list(letter_ids)},
        )
        return len(letters)


def _follow(session: Session, letter: Letter, sent_on: date) -> None:
    """調査の手紙の発送が、経過の日になる。"""
    kind, _, key = letter.kind.partition(":")
    if kind not in CASE_LETTERS:
        return
    row = session.get_one(Revocation, int(key))
    if kind == "statement_notice" and row.notice_on is None:
        row.notice_on = sent_on
    if kind == "revocation" and row.return_asked_on is None:
        row.return_asked_on = sent_on


def record_returned(office: Office, letter_id: int, returned_on: date) -> None:
    """送った手紙が、宛先に届かず戻った日を記す。"""
    with office.act("renewal.record_returned") as act:
        letter = _letter(act.session, letter_id)
        if letter.sent_on is None:
            raise RuleViolation("発送の記録がありません。先に発送を記してください。")
        if not letter.sent_on <= returned_on <= office.today():
            raise RuleViolation("返送の日が発送の日より前か、今日より後です。日付を確かめてください。")
        letter.returned_on = returned_on
        act.say(f"certification:{letter.certification_id}", f"手紙が返送された（{wareki(returned_on)}）")


def list_case_letters(office: Office, revocation_id: int) -> tuple[CaseLetter, ...]:
    """調査の手紙の台帳（古い順）。"""
    kinds = [f"{kind}:{revocation_id}" for kind in CASE_LETTERS]
    with office.read("renewal.list_case_letters") as session:
        columns = (Letter.id, Letter.kind, Letter.made_on, Letter.made_by, Letter.sent_on, Letter.returned_on)
        found = session.execute(select(*columns).where(Letter.kind.in_(kinds)).order_by(Letter.id))
        return tuple(CaseLetter(row[0], row[1].split(":")[0], *row[2:]) for row in found)


def _case(session: Session, revocation_id: int) -> tuple[Revocation, Certification, Person]:
    row = session.get(Revocation, revocation_id)
    if row is None:
        raise RuleViolation("その調査の記録がありません。一覧を開き直してください。")
    certification = session.get_one(Certification, row.certification_id)
    return row, certification, session.get_one(Person, certification.person_id)


def preview_case_letter(
    office: Office, revocation_id: int, kind: str, *, words: str = "", due_on: date | None = None
) -> bytes:
    """調査の手紙の下見（何も残さない）。"""
    with office.read("renewal.preview_case_letter") as session:
        row, certification, person = _case(session, revocation_id)
        paper = case_paper(session, office, kind, row, certification, printed_name(person), words, due_on, "")
    return render_letters((paper,))


def make_case_letter(
    office: Office,
    revocation_id: int,
    kind: str,
    path: Path,
    *,
    words: str = "",
    due_on: date | None = None,
    number: str = "",
) -> int:
    """調査の手紙を作って台帳に入れ、PDF に書き、その id を返す。中身が同じ手紙があれば、その紙を刷り直す。

    kind は CASE_LETTERS の名。words は弁明の通知では原因となる事実、due_on は弁明（取消しの通知では返納）の期限。
    """
    with office.act("renewal.make_case_letter") as act:
        row, certification, person = _case(act.session, revocation_id)
        paper = case_paper(
            act.session, office, kind, row, certification, printed_name(person), words, due_on, number.strip()
        )
        ledger_kind = f"{kind}:{revocation_id}"
        letter = newest(act.session, ledger_kind).get(certification.id)
        if letter is None or letter.digest != paper_digest(paper):
            letter = keep_letter(act, office.today(), ledger_kind, certification.id, paper, letter)
        if kind == "statement_notice":
            row.statement_due_on = due_on
        act.session.flush()
        act.say(f"certification:{certification.id}", f"{certification.number} {CASE_LETTERS[kind]}を作成")
        write_letters(path, [letter])
        return letter.id

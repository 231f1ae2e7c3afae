"""採点：修了認定テスト結果通知書。決定に凍った結果から作り、台帳に紙のまま残す。訂正は新しい通知として積む。"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.binding import bind
from app.documents.letters import render_letters
from app.domain.errors import RuleViolation
from app.domain.scoring import full_marks
from app.services.files import write_whole
from app.services.office import Act, Office
from app.services.scoring.analysis import added_people, load_scores, load_test, questions_of
from app.services.scoring.letter_paper import (
    TOLD,
    Examinee,
    Facts,
    OldLetter,
    differences,
    facts_digest,
    judgement,
    letter_facts,
    letter_paper,
)
from app.services.scoring.rule import frozen_row, load_adoptions
from app.services.scoring.scores import adopted_rule
from app.services.views.scoring_decisions import LetterRow, LettersMade
from database.queries.scoring import latest_adoption
from database.schema.intake import Application
from database.schema.letters import Letter
from database.schema.people import Person
from database.schema.scoring import CertificationTest, PassRuleAdoption


def _kind(test_id: int) -> str:
    """台帳の種類。テストごとに分ける（一つの研修期に追試もある）。"""
    return f"test_result:{test_id}"


def _frozen(session: Session, test: CertificationTest, adoption: PassRuleAdoption) -> dict[int, Facts]:
    """申込の id から、決定に凍った結果。満点と基準を凍らせていない前の採用では、いまの採点から補う。"""
    rows: dict[int, Facts] = {r["application_id"]: r for r in adoption.results}
    if all("full" in r for r in rows.values()):
        return rows
    rule, full, added = adopted_rule(adoption), full_marks(questions_of(test)), added_people(adoption)
    live = {r.application_id: frozen_row(r, rule, full, added) for r in load_scores(session, test.id).rows}
    return {i: {**live.get(i, {"full": {}, "needed": None, "group_needed": {}, "added": False}), **r}
            for i, r in rows.items()}  # fmt: skip


def _people(session: Session, ids: Collection[int]) -> list[Examinee]:
    query = (
        select(
            Application.id, Application.reception_number, Person.name, Person.reading, Application.cohort_id
        )
        .join(Person, Person.id == Application.person_id)
        .order_by(Application.reception_number)
    )
    return [Examinee(*row[:4]) for row in session.execute(query) if row[0] in ids]


def _ledger(session: Session, test_id: int) -> dict[int, list[tuple[int, str, date, str]]]:
    """申込の id から、通知（id・中身の要約値・作成日・作成者）の列（古い順）。紙のバイト列は読まない。"""
    query = select(Letter.application_id, Letter.id, Letter.digest, Letter.made_on, Letter.made_by)
    found: dict[int, list[tuple[int, str, date, str]]] = {}
    mine = query.where(Letter.kind == _kind(test_id)).order_by(Letter.id)
    for application_id, letter_id, digest, made_on, made_by in session.execute(mine):
        # 種類が試験の結果の手紙には、いつも申込がある
        if application_id is not None:
            found.setdefault(application_id, []).append((letter_id, digest, made_on, made_by))
    return found


class _Desk:
    """一つのテストの通知：いまの結果と、台帳と、決定の履歴。"""

    def __init__(self, session: Session, test_id: int) -> None:
        self.session, self.test = session, load_test(session, test_id)
        adoption = latest_adoption(session, test_id)
        self.results = {} if adoption is None else _frozen(session, self.test, adoption)
        self.people = _people(session, self.results.keys())
        self.ledger = _ledger(session, test_id)
        self._history: list[dict[int, Facts]] | None = None

    def facts(self, person: Examinee) -> Facts:
        return letter_facts(self.test, person, self.results[person.application_id])

    def old_facts(self, person: Examinee, digest: str) -> Facts | None:
        """その要約値になる中身を、決定の履歴から探す。"""
        if self._history is None:
            adoptions = load_adoptions(self.session, self.test.id)
            self._history = [_frozen(self.session, self.test, a) for a in reversed(adoptions)]
        for results in self._history:
            if (result := results.get(person.application_id)) is not None:
                facts = letter_facts(self.test, person, result)
                if facts_digest(facts) == digest:
                    return facts
        return None

    def state(self, person: Examinee) -> str:
        if self.results[person.application_id]["outcome"] not in TOLD:
            return ""
        kept = self.ledger.get(person.application_id)
        if not kept:
            return "none"
        return "agrees" if kept[-1][1] == facts_digest(self.facts(person)) else "differs"

    def row(self, person: Examinee) -> LetterRow:
        state, facts = self.state(person), self.facts(person)
        kept = self.ledger.get(person.application_id, [])
        who = (person.application_id, person.reception_number, person.name, person.reading)
        result = judgement(facts) if state else ""
        if not kept:
            return LetterRow(*who, result, state)
        letter_id, digest, made_on, made_by = kept[-1]
        changed = differences(self.old_facts(person, digest), facts) if state == "differs" else ()
        return LetterRow(*who, result, state, letter_id, made_on, made_by, len(kept), changed)


def list_letters(office: Office, test_id: int) -> tuple[LetterRow, ...]:
    """一人ずつの結果通知書の状態（受付番号の順）。合格基準の採用がまだなら空。

    いまの結果と合わない通知（differs）には、何が変わったかを添える。
    """
    with office.read("scoring.list_letters") as session:
        desk = _Desk(session, test_id)
        return tuple(desk.row(person) for person in desk.people)


def count_differing(session: Session, test_id: int) -> int:
    """いまの結果と合わない通知の数（ホームのため。通知がなければ採点もしない）。"""
    if not session.scalar(select(func.count(Letter.id)).where(Letter.kind == _kind(test_id))):
        return 0
    desk = _Desk(session, test_id)
    return sum(desk.state(person) == "differs" for person in desk.people)


def _numbered(number: str, place: int, count: int) -> str:
    """文書番号（なければ空。二通以上なら「の1」から枝番を付ける）。"""
    number = number.strip()
    return f"{number}の{place}" if number and count > 1 else number


def _draw(desk: _Desk, person: Examinee, today: date, number: str, reason: str) -> tuple[bytes, int | None]:
    """いまの結果の通知の紙と、それが代わる前の通知の id（なければ空）。"""
    kept, old = desk.ledger.get(person.application_id), None
    if kept:
        letter = desk.session.get_one(Letter, kept[-1][0])
        old = OldLetter(letter, desk.old_facts(person, kept[-1][1]))
    paper = letter_paper(desk.session, desk.test, person, desk.facts(person), today, number, old, reason)
    return render_letters((paper,)), None if old is None else old.letter.id


def _write(
    act: Act, office: Office, desk: _Desk, wanted: Sequence[Examinee], number: str, reason: str
) -> None:
    """新しい通知を作り、台帳に入れる。"""
    session, today = act.session, office.today()
    for place, person in enumerate(wanted, 1):
        content, replaces_id = _draw(desk, person, today, _numbered(number, place, len(wanted)), reason)
        session.add(
            Letter(
                kind=_kind(desk.test.id),
                application_id=person.application_id,
                made_on=today,
                made_by=act.actor.name,
                digest=facts_digest(desk.facts(person)),
                pdf=content,
                pdf_digest=hashlib.sha256(content).hexdigest(),
                replaces_id=replaces_id,
                reason="" if replaces_id is None else reason,
            )
        )
    session.flush()


def _newest(session: Session, test_id: int, wanted: Sequence[Examinee]) -> list[Letter]:
    """それぞれの人の、最も新しい通知（渡された順）。紙が作られた後に変わっていれば RuleViolation。"""
    newest = select(func.max(Letter.id)).where(Letter.kind == _kind(test_id)).group_by(Letter.application_id)
    found = {x.application_id: x for x in session.scalars(select(Letter).where(Letter.id.in_(newest)))}
    letters = [found[p.application_id] for p in wanted if p.application_id in found]
    for letter in letters:
        if hashlib.sha256(letter.pdf).hexdigest() != letter.pdf_digest:
            raise RuleViolation(
                "台帳の通知の紙が、作ったときと違います。設定の部屋で［確かめる］を行ってください。"
            )
    return letters


def _wanted(desk: _Desk, application_ids: Collection[int] | None) -> list[Examinee]:
    found = [p for p in desk.people if desk.state(p)]
    if application_ids is None:
        return found
    chosen = [p for p in found if p.application_id in application_ids]
    if len(chosen) < len(set(application_ids)):
        raise RuleViolation("通知する結果のない人（免除・未実施など）が含まれています。選び直してください。")
    return chosen


def preview_letter(office: Office, test_id: int, application_id: int) -> bytes:
    """一人の結果通知書の下見（何も残さない）。作ってあっていまの結果と合えば台帳の紙、合わなければ訂正の通知の案。"""
    with office.read("scoring.preview_letter") as session:
        desk = _Desk(session, test_id)
        (person,) = _wanted(desk, [application_id])
        if desk.state(person) == "agrees":
            return _newest(session, test_id, [person])[0].pdf
        return _draw(desk, person, office.today(), "", "（作るときに書く理由が、ここに入ります）")[0]


def make_letters(
    office: Office,
    test_id: int,
    path: Path,
    *,
    application_ids: Collection[int] | None = None,
    number: str = "",
    reason: str = "",
) -> LettersMade:
    """結果通知書を一冊の PDF に書く（受付番号の順）。application_ids がなければ全員。

    まだの人には新しく作り、いまの結果と合わなくなった人には訂正の通知を作る（reason が要る）。
    合っている人の分は、台帳の紙をそのまま刷り直す。number は新しく作る通知の文書番号。
    """
    with office.act("scoring.make_letters") as act:
        desk = _Desk(act.session, test_id)
        if not desk.results:
            raise RuleViolation("合格基準がまだ採用されていません。採用してから結果通知書を作ってください。")
        wanted = _wanted(desk, application_ids)
        if not wanted:
            raise RuleViolation("通知する人がいません。答案を確かめてください。")
        differing = [p for p in wanted if desk.state(p) == "differs"]
        if differing and not reason.strip():
            raise RuleViolation(
                f"いまの結果と合わない通知が{len(differing)}通あります。訂正の理由を書いてください。"
            )
        fresh = [p for p in wanted if desk.state(p) != "agrees"]
        _write(act, office, desk, fresh, number, reason.strip())
        letters = _newest(act.session, test_id, wanted)
        made = LettersMade(len(fresh), len(differing), len(wanted) - len(fresh))
        words = f"{desk.test.title}の結果通知書を{len(wanted)}通書き出し（新しく{made.made}通"
        words += f"、うち訂正{made.corrected}通）" if made.corrected else "）"
        act.say(f"certification_test:{test_id}", words, reason=reason.strip())
        write_whole(path, bind([x.pdf for x in letters], max(x.made_on for x in letters)))
    return made


def reprint_letters(office: Office, test_id: int, path: Path, application_ids: Collection[int]) -> int:
    """作った結果通知書を、台帳の紙のまま刷り直す（一人なら、作ったときと同じバイト列）。通数を返す。"""
    with office.act("scoring.reprint_letters") as act:
        desk = _Desk(act.session, test_id)
        letters = _newest(
            act.session, test_id, [p for p in desk.people if p.application_id in application_ids]
        )
        if not letters:
            raise RuleViolation("まだ結果通知書がありません。先に作ってください。")
        act.say(f"certification_test:{test_id}", f"{desk.test.title}の結果通知書を{len(letters)}通刷り直し")
        write_whole(path, bind([x.pdf for x in letters], max(x.made_on for x in letters)))
    return len(letters)

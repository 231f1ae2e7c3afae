"""採点：修了認定テスト結果通知書。決定に凍った結果から作り、台帳に紙のまま残す。訂正は新しい通知として積む。"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.binding import bind
from app.documents.letters import Letter as Paper
from app.documents.letters import LetterTable, render_letters
from app.documents.measure import Align
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.progress import SUBJECT_GROUPS
from app.domain.scoring import full_marks
from app.services.cohorts import cohort_title
from app.services.files import write_whole
from app.services.office import Act, Office
from app.services.scores import adopted_rule
from app.services.scoring_analysis import added_people, load_scores, load_test, questions_of
from app.services.scoring_rule import frozen_row, load_adoptions
from app.services.settings import value_of
from app.services.views.scoring_decisions import LetterRow, LettersMade
from database.queries.scoring import latest_adoption
from database.schema.base import canonical_json
from database.schema.intake import Application, Cohort
from database.schema.letters import Letter
from database.schema.people import Person
from database.schema.scoring import CertificationTest, PassRuleAdoption

TITLE = "修了認定テスト結果通知書"
NONE = "－"  # 欠席など、点のないところ（実務の通知の書き方）
_TOLD = ("points", "absent", "invalid")  # 免除・未実施には、知らせる結果がない
_ASIDE = {"absent": "（欠席）", "invalid": "（無効）"}
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class _Person:
    application_id: int
    reception_number: int
    name: str
    reading: str


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


def _facts(test: CertificationTest, person: _Person, result: Facts) -> Facts:
    """通知書が言うことのすべて。"""
    told = ("outcome", "total", "groups", "passed", "full", "needed", "group_needed")
    return {
        "test": [test.title, test.held_on.isoformat()],
        "name": person.name,
        "reception": person.reception_number,
        **{key: result[key] for key in told},
    }


def _digest(facts: Facts) -> str:
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def _people(session: Session, ids: Collection[int]) -> list[_Person]:
    query = (
        select(
            Application.id, Application.reception_number, Person.name, Person.reading, Application.cohort_id
        )
        .join(Person, Person.id == Application.person_id)
        .order_by(Application.reception_number)
    )
    return [_Person(*row[:4]) for row in session.execute(query) if row[0] in ids]


def _judgement(facts: Facts) -> str:
    return ("合格" if facts["passed"] else "不合格") + _ASIDE.get(facts["outcome"], "")


def differences(old: Facts | None, new: Facts) -> tuple[str, ...]:
    """前の通知から変わったこと。前の通知の中身が決定の履歴になければ、氏名などの訂正とする。"""
    if old is None:
        return ("氏名・受付番号・テストの名などの記載",)

    def points(value: object) -> str:
        return NONE if value is None else f"{value}点"

    found = []
    for group in sorted({*old["groups"], *new["groups"]}):
        a, b = old["groups"].get(group), new["groups"].get(group)
        if a != b:
            found.append(f"科目群{group}の得点　{points(a)} → {points(b)}")
        a, b = old["full"].get(group), new["full"].get(group)
        if a != b:
            found.append(f"科目群{group}の満点　{points(a)} → {points(b)}")
        a, b = old["group_needed"].get(group) or None, new["group_needed"].get(group) or None
        if a != b:
            found.append(f"科目群{group}の基準　{points(a)} → {points(b)}")
    for key, words in (("total", "合計の得点"), ("needed", "合格点")):
        if old[key] != new[key]:
            found.append(f"{words}　{points(old[key])} → {points(new[key])}")
    if _judgement(old) != _judgement(new):
        found.append(f"判定　{_judgement(old)} → {_judgement(new)}")
    return tuple(found)


def _table(facts: Facts, groups: Sequence[str]) -> LetterTable:
    def cell(values: Facts, group: str) -> str:
        return str(values[group]) if values.get(group) else (str(values[group]) if group in values else NONE)

    rows = [
        (
            f"{g}　{SUBJECT_GROUPS[g]}",
            cell(facts["groups"], g),
            cell(facts["full"], g),
            str(facts["group_needed"].get(g) or NONE),
        )
        for g in groups
    ]
    if facts["total"] is None:
        total = (NONE, NONE, NONE)
    else:
        total = (str(facts["total"]), str(sum(facts["full"].values())), str(facts["needed"]))
    columns: tuple[tuple[str, float, Align], ...] = (
        ("科目群", 4.6, "left"),
        ("得点", 1.2, "right"),
        ("満点", 1.2, "right"),
        ("基準", 1.2, "right"),
    )
    return LetterTable(columns, (*rows, ("合計", *total)))


def _note(facts: Facts, whole: int) -> str:
    """この人の満点が減っているときの、基準の説明。"""
    own = sum(facts["full"].values())
    if facts["total"] is None or own == whole:
        return ""
    return (
        f"採点から除いた設問があるため、満点{whole}点を{own}点とし、"
        "合格点などの基準は満点の比で縮めて端数を切り上げています。"
    )


@dataclass(frozen=True)
class _Old:
    """この人の、最も新しい通知と、その中身（履歴に見つからなければ空）。"""

    letter: Letter
    facts: Facts | None


def _paper(
    session: Session,
    test: CertificationTest,
    person: _Person,
    facts: Facts,
    today: date,
    number: str,
    old: _Old | None,
    reason: str,
) -> Paper:
    full = full_marks(questions_of(test))
    rows = [
        ("受付番号（受験番号）", f"{person.reception_number:04d}"),
        ("研修", cohort_title(session.get_one(Cohort, test.cohort_id))),
        ("試験", f"{test.title}（{wareki(test.held_on)}実施）"),
        ("判定", _judgement(facts)),
    ]
    if note := _note(facts, sum(full.values())):
        rows.append(("満点と基準", note))
    title, opening = TITLE, ("修了認定テストの結果を、下記のとおり通知します。",)
    if old is not None:
        title = f"{TITLE}（訂正）"
        opening = (
            f"{wareki(old.letter.made_on)}付けの{TITLE}を、下記のとおり訂正します。"
            "この通知書が先の通知書に代わります。先の通知書は破棄してください。",
        )
        changed = differences(old.facts, facts)
        rows += [("訂正の理由", reason)]
        rows += [("" if place else "訂正の内容", words) for place, words in enumerate(changed)]
    return Paper(
        number=number,
        date=today,
        addressee=person.name,
        sender=str(value_of(session, "office_name")),
        title=title,
        paragraphs=opening,
        rows=tuple(rows),
        table=_table(facts, sorted(full)),
    )


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

    def facts(self, person: _Person) -> Facts:
        return _facts(self.test, person, self.results[person.application_id])

    def old_facts(self, person: _Person, digest: str) -> Facts | None:
        """その要約値になる中身を、決定の履歴から探す。"""
        if self._history is None:
            adoptions = load_adoptions(self.session, self.test.id)
            self._history = [_frozen(self.session, self.test, a) for a in reversed(adoptions)]
        for results in self._history:
            if (result := results.get(person.application_id)) is not None:
                facts = _facts(self.test, person, result)
                if _digest(facts) == digest:
                    return facts
        return None

    def state(self, person: _Person) -> str:
        if self.results[person.application_id]["outcome"] not in _TOLD:
            return ""
        kept = self.ledger.get(person.application_id)
        if not kept:
            return "none"
        return "agrees" if kept[-1][1] == _digest(self.facts(person)) else "differs"

    def row(self, person: _Person) -> LetterRow:
        state, facts = self.state(person), self.facts(person)
        kept = self.ledger.get(person.application_id, [])
        who = (person.application_id, person.reception_number, person.name, person.reading)
        result = _judgement(facts) if state else ""
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


def _write(
    act: Act, office: Office, desk: _Desk, wanted: Sequence[_Person], number: str, reason: str
) -> None:
    """新しい通知を作り、台帳に入れる。"""
    session, today = act.session, office.today()
    for place, person in enumerate(wanted, 1):
        facts, kept = desk.facts(person), desk.ledger.get(person.application_id)
        old = None
        if kept:
            old = _Old(session.get_one(Letter, kept[-1][0]), desk.old_facts(person, kept[-1][1]))
        branch = _numbered(number, place, len(wanted))
        paper = _paper(session, desk.test, person, facts, today, branch, old, reason)
        content = render_letters((paper,))
        session.add(
            Letter(
                kind=_kind(desk.test.id),
                application_id=person.application_id,
                made_on=today,
                made_by=act.actor.name,
                digest=_digest(facts),
                pdf=content,
                pdf_digest=hashlib.sha256(content).hexdigest(),
                replaces_id=None if old is None else old.letter.id,
                reason="" if old is None else reason,
            )
        )
    session.flush()


def _newest(session: Session, test_id: int, wanted: Sequence[_Person]) -> list[Letter]:
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


def _wanted(desk: _Desk, application_ids: Collection[int] | None) -> list[_Person]:
    found = [p for p in desk.people if desk.state(p)]
    if application_ids is None:
        return found
    chosen = [p for p in found if p.application_id in application_ids]
    if len(chosen) < len(set(application_ids)):
        raise RuleViolation("通知する結果のない人（免除・未実施など）が含まれています。選び直してください。")
    return chosen


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

"""件数照合表：凍った議決・通知・認定証・名簿・庁への便の件数が合うことを示す。合わなければ、どの案件かを言う。"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.committee.recusals import hidden_cases
from app.services.office import Office
from app.services.standings import load_standings
from app.services.views.committee import DECISION_WORDS
from app.services.views.reconciliation import Mismatch, Reconciliation, ReconciliationRow
from database.queries.certifications import load_last_batches
from database.schema.certificates import Certificate, Certification, VoidedNumber
from database.schema.committee import DecisionReversal, Meeting
from database.schema.letters import Letter

Case = Mapping[str, Any]


def letter_kind(meeting_id: int) -> str:
    """台帳の、この会議の議決の通知の種類。"""
    return f"committee_result:{meeting_id}"


@dataclass(frozen=True)
class _Books:
    """照らし合わせる、会議の外の記録。どれも案件の id から引く。"""

    certifications: Mapping[int, Certification]
    issued: frozenset[int]
    letters: Mapping[int, Letter]
    reversed: frozenset[int]
    voided: frozenset[tuple[int, int]]
    standings: Mapping[int, str]
    batches: Mapping[str, int]


def _load(session: Session, office: Office, meeting: Meeting, case_ids: list[int]) -> _Books:
    certifications = {
        c.case_id: c
        for c in session.scalars(select(Certification).where(Certification.case_id.in_(case_ids)))
    }
    ids = [c.id for c in certifications.values()]
    letters = session.scalars(
        select(Letter).where(Letter.kind == letter_kind(meeting.id)).order_by(Letter.id)
    )
    voided = session.execute(
        select(VoidedNumber.cohort_id, VoidedNumber.serial).where(VoidedNumber.cohort_id == meeting.cohort_id)
    )
    standings = load_standings(session, office.today(), office.guideline, Certification.id.in_(ids))
    return _Books(
        certifications,
        frozenset(
            session.scalars(select(Certificate.certification_id).where(Certificate.certification_id.in_(ids)))
        ),
        {x.application_id: x for x in letters if x.application_id is not None},
        frozenset(
            session.scalars(select(DecisionReversal.case_id).where(DecisionReversal.case_id.in_(case_ids)))
        ),
        frozenset((row[0], row[1]) for row in voided),
        {s.facts.id: s.state for s in standings},
        load_last_batches(session, "register", office.today()),
    )


def _problems(case: Case, books: _Books) -> list[str]:
    """一つの案件の、議決と合わないところ。"""
    found = []
    certified, changed = case["decision"] == "certified", case["case_id"] in books.reversed
    certification = books.certifications.get(case["case_id"])
    if certification is not None and not certified:
        found.append(f"「{DECISION_WORDS[case['decision']]}」なのに認証（{certification.number}）があります")
    if certification is None:
        return found
    if certification.person_id != case["person_id"]:
        found.append(f"認証（{certification.number}）が別の人のものです")
    state = books.standings.get(certification.id)
    if changed and state != "annulled":
        found.append(f"議決が変更されたのに、名簿の{certification.number}が無効になっていません")
    if changed and (certification.cohort_id, certification.serial) not in books.voided:
        found.append(f"議決が変更されたのに、{certification.number}が欠番になっていません")
    if certification.id not in books.issued:
        found.append(f"認定番号{certification.number}があるのに、認定証がありません")
    return found


def _letter_problems(case: Case, books: _Books) -> list[str]:
    letter = books.letters.get(case["application_id"])
    if letter is not None and case["case_id"] in books.reversed and letter.replaces_id is None:
        return ["議決が変更されたのに、先の通知を改める通知がありません"]
    return []


def reconciliation(
    session: Session, office: Office, meeting: Meeting, hidden: frozenset[int] = frozenset()
) -> Reconciliation:
    """閉じた会議の件数照合表。hidden は見せない案件（数にも名にも入れない）。"""
    if meeting.frozen is None:
        raise RuleViolation("会議が閉じられていません。閉じてから件数を照らし合わせてください。")
    cases = [c for c in meeting.frozen["cases"] if c["case_id"] not in hidden]
    books = _load(session, office, meeting, [c["case_id"] for c in cases])
    mismatches = tuple(
        Mismatch(c["position"], c["case_id"], words)
        for c in cases
        for words in (*_problems(c, books), *_letter_problems(c, books))
    )
    return Reconciliation(meeting.number, tuple(_rows(cases, books)), mismatches)


def _rows(cases: list[Case], books: _Books) -> Iterable[ReconciliationRow]:
    decisions = Counter(c["decision"] for c in cases)
    changed = [c for c in cases if c["case_id"] in books.reversed]
    words = "　".join(f"{w} {decisions[k]}" for k, w in DECISION_WORDS.items() if decisions[k])
    aside = f"　うち後で変更 {len(changed)}" if changed else ""
    yield ReconciliationRow("議決（凍った記録）", len(cases), words + aside)
    sent = sum(c["application_id"] in books.letters for c in cases)
    never = sum(c["application_id"] not in books.letters for c in changed)
    left = len(cases) - sent - never
    aside = f"　通知の前に変更 {never}" if never else ""
    yield ReconciliationRow(
        "通知（議決の数）", len(cases), f"作成済み {sent}　未作成 {left}{aside}", left == 0
    )
    certified = [c for c in cases if c["decision"] == "certified"]
    numbered = [books.certifications[c["case_id"]] for c in certified if c["case_id"] in books.certifications]
    issued = sum(c.id in books.issued for c in numbered)
    gone = sum(c["case_id"] in books.reversed and c["case_id"] not in books.certifications for c in certified)
    waiting = len(certified) - len(numbered) - gone
    parts = [f"交付済み {issued}", f"交付待ち {waiting}"] + ([f"交付前に変更 {gone}"] if gone else [])
    yield ReconciliationRow("認定証（認定の数）", len(certified), "　".join(parts), waiting == 0)
    annulled = sum(books.standings.get(c.id) == "annulled" for c in numbered)
    aside = f"　うち議決変更により無効 {annulled}" if annulled else ""
    yield ReconciliationRow(
        "名簿の行（認証の数）", len(numbered), f"名簿に載っている {len(books.standings)}{aside}"
    )
    told = sum(c.number in books.batches for c in numbered)
    yield ReconciliationRow(
        "庁への便（認証の数）",
        len(numbered),
        f"送付済み {told}　次の便 {len(numbered) - told}",
        told == len(numbered),
    )


def reconcile(office: Office, meeting_id: int) -> Reconciliation:
    """閉じた会議の件数照合表。"""
    with office.read("committee.reconcile") as session:
        meeting = session.get_one(Meeting, meeting_id)
        hidden = hidden_cases(session, meeting_id, office.require("committee.reconcile"))
        return reconciliation(session, office, meeting, frozenset(hidden))

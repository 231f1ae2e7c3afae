"""統計一式を、記録から数える。まだ始まっていない関門は空（0 と分ける）。"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.statistics import StatisticsPaper, render_statistics
from app.domain.calendar import wareki
from app.domain.eligibility import QUALIFICATION_WORDS
from app.domain.guideline import Guideline
from app.domain.statistics import (
    COHORT,
    EMPTY,
    NATIONALITY,
    Applicant,
    Life,
    Statistics,
    TestCount,
    Wave,
    gates_table,
    pictures_of,
    reasons_table,
    tests_table,
    waves_table,
    years_table,
)
from app.services.cohorts import cohort_title
from app.services.exports import COUNTER_WORDS, DECISION_WORDS
from app.services.files import write_whole
from app.services.importing import digest_file
from app.services.lists import audit_line
from app.services.office import Office
from app.services.progress.course import board_rows
from app.services.renewal.waves import pictures_of as wave_pictures
from app.services.standings import Standing, load_standings
from app.services.views.progress import MISSED, was_missed
from app.services.views.renewal import GROUND_WORDS, STANDING_WORDS
from app.workbooks.statistics import statistics_pages
from app.workbooks.writing import write_book
from database.queries.progress import CohortCourse, load_course
from database.queries.scoring import latest_adoptions
from database.queries.submission import (
    ApplicationFact,
    closed_meetings,
    load_applications,
    load_certified,
    load_decided,
    load_eligibility_findings,
    load_tests,
)
from database.schema.certificates import Certification
from database.schema.intake import Cohort
from database.schema.scoring import PassRuleAdoption

EVERY = "すべての研修期"
DIMENSIONS = (COHORT, NATIONALITY, "都道府県", "窓口の区分", "国家資格")
_GROUND_KANA = {"a": "ア", "i": "イ", "u": "ウ", "e": "エ"}
_OTHER_WITHDRAWAL = "申出など"
_NOW = "書き出した日の記録によります"
Reason = tuple[str, str, int | None]


class _Counting:
    """一度に数える研修期と、その事実。"""

    def __init__(self, session: Session, cohorts: Sequence[Cohort], day: date) -> None:
        self.session, self.cohorts, self.day = session, cohorts, day
        ids = [c.id for c in cohorts]
        self.applications = load_applications(session, ids, day)
        self.findings = load_eligibility_findings(session, ids, day)
        self.decided = load_decided(session, ids, day)
        self.meetings = closed_meetings(session, ids, day)
        self.tests = load_tests(session, ids, day)
        adoptions = latest_adoptions(session, [t[0] for t in self.tests])
        self.adoptions = {i: a for i, a in adoptions.items() if a.adopted_on <= day}
        self.passed: dict[int, set[str]] = defaultdict(set)
        self.begun: dict[int, frozenset[str]] = {}
        certified = load_certified(session, ids, day)
        self.certified = set(certified.values())
        for cohort in cohorts:
            self._mark_course(cohort)
        for application_id in certified:
            self.passed[application_id].add("certified")

    def _mark_course(self, cohort: Cohort) -> None:
        course = load_course(self.session, cohort.id)
        tests = [t[0] for t in self.tests if t[1] == cohort.id and t[0] in self.adoptions]
        self.begun[cohort.id] = frozenset(self._begun(cohort, course, bool(tests)))
        winners = {i for t in tests for i in _passed(self.adoptions[t])}
        for row in board_rows(course, cohort, self.day):
            marks = self.passed[row.application_id]
            marks.add("eligible")
            if row.withdrawn:
                continue
            states = {"course1": "passed", "practice": "completed", "course2": "completed"}
            marks.update(gate for gate, done in states.items() if getattr(row, gate) == done)
            if row.application_id in winners:
                marks.add("passed")

    def _begun(self, cohort: Cohort, course: CohortCourse, adopted: bool) -> Iterator[str]:
        """記録のある関門。"""
        recorded = {
            "eligible": any(c == cohort.id for c, _, _ in self.findings),
            "course1": any(course.attempts.values()),
            "practice": any(course.submissions.values()),
            "course2": any(course.attendances.values()),
            "passed": adopted,
            "certified": cohort.id in self.meetings or cohort.id in self.certified,
        }
        return (gate for gate, known in recorded.items() if known)

    def applicants(self) -> list[Applicant]:
        """申込ごとの分け方と越えた関門（研修期の順）。"""
        order = {c.id: n for n, c in enumerate(self.cohorts)}
        titles = {c.id: cohort_title(c) for c in self.cohorts}
        facts = sorted(self.applications, key=lambda f: order[f.cohort_id])
        return [Applicant(f.cohort_id, _items(f, titles), frozenset(self._marks(f))) for f in facts]

    def _marks(self, fact: ApplicationFact) -> set[str]:
        gone = fact.withdrawn_on is not None and fact.withdrawn_on <= self.day
        return self.passed[fact.application_id] | ({"withdrawn"} if gone else set())

    def test_counts(self) -> Iterator[TestCount]:
        """研修期ごとのテストの人数。テストのない研修期も、空の行で言う。"""
        for cohort in self.cohorts:
            held = [t for t in self.tests if t[1] == cohort.id]
            for test_id, _, title, held_on in held:
                adoption = self.adoptions.get(test_id)
                examined = None if adoption is None else _examined(adoption)
                passed = None if adoption is None else len(_passed(adoption))
                yield TestCount(cohort_title(cohort), title, held_on, examined, passed)
            if not held:
                yield TestCount(cohort_title(cohort), "", None, None, None)

    def reasons(self) -> Iterator[Reason]:
        """受講資格・辞退・議決・欠格事由の理由ごとの人数。"""
        refused = [f for _, decision, f in self.findings if decision != "eligible"]
        wants = Counter(
            str(f.get("requirement") or f["clause"])
            for rows in refused
            for f in rows
            if f["status"] == "not_met"
        )
        yield from _sorted("受講資格なし", wants)
        gone = [f for f in self.applications if f.withdrawn_on is not None and f.withdrawn_on <= self.day]
        words = Counter(MISSED if was_missed(f.withdrawal_reason) else _OTHER_WITHDRAWAL for f in gone)
        yield from _sorted("辞退", words)
        decisions = Counter(d.decision for d in self.decided)
        yield from (
            ("議決", words, decisions[key] if self.decided else None)
            for key, words in DECISION_WORDS.items()
            if key != "certified"
        )
        grounds = Counter(g for d in self.decided if d.decision == "not_certified" for g in d.grounds)
        yield from (
            ("不認定の欠格事由", f"欠格事由{kana}", grounds[key])
            for key, kana in _GROUND_KANA.items()
            if grounds[key]
        )


def _sorted(kind: str, counts: Counter[str]) -> Iterator[Reason]:
    return ((kind, words, n) for words, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _items(f: ApplicationFact, titles: dict[int, str]) -> dict[str, Sequence[str]]:
    known = tuple(words for key, words in QUALIFICATION_WORDS.items() if key in f.qualifications)
    return {
        COHORT: (titles[f.cohort_id],),
        NATIONALITY: (f.nationality or EMPTY,),
        "都道府県": (f.prefecture or EMPTY,),
        "窓口の区分": (COUNTER_WORDS.get(f.counter or "", EMPTY),),
        "国家資格": known or ("なし",),
    }


def _passed(adoption: PassRuleAdoption) -> set[int]:
    return {int(r["application_id"]) for r in adoption.results if r["passed"]}


def _examined(adoption: PassRuleAdoption) -> int:
    return sum(r.get("total") is not None for r in adoption.results)


def _life(s: Standing, day: date) -> Life:
    """認証の続いた間。有効でなくなった初めの日は、満了の翌日・取消し・返納・死亡の早いもの。"""
    ends = [s.expires_on + timedelta(days=1)]
    ends += [d for d in (s.revoked_on, s.closed_on) if d is not None]
    renewals = tuple(d for d in s.facts.renewals if d <= day)
    return Life(s.facts.certified_on, renewals, min(ends), s.state)


def _endings(standings: Sequence[Standing]) -> Iterator[Reason]:
    grounds = Counter(
        GROUND_WORDS[r.ground]
        for s in standings
        for r in s.facts.revocations
        if s.revoked_on is not None and r.revoked_on == s.revoked_on
    )
    yield from _sorted("取消し", grounds)
    ended = Counter(STANDING_WORDS[s.state] for s in standings if s.state in ("expired", "returned", "died"))
    yield from _sorted("認証の終わり", ended)


def _certifications(
    session: Session, guideline: Guideline, cohorts: Sequence[Cohort], day: date
) -> list[Standing]:
    where = Certification.cohort_id.in_([c.id for c in cohorts])
    found = load_standings(session, day, guideline, where)
    return [s for s in found if s.state not in ("not_yet", "annulled")]


def count_statistics(session: Session, guideline: Guideline, cohort: Cohort | None, day: date) -> Statistics:
    """研修期（空ならすべて）の統計。申込・決定・認証は基準日まで、研修の関門は記録にある今の値。"""
    every = select(Cohort).order_by(Cohort.fiscal_year, Cohort.term)
    cohorts = [cohort] if cohort is not None else list(session.scalars(every))
    counting = _Counting(session, cohorts, day)
    standings = _certifications(session, guideline, cohorts, day)
    coming = [
        Wave(w.expires_on, w.certified, w.renewed, w.lapsing, w.lapsed, w.ended)
        for w in wave_pictures(standings, day, guideline, {})
    ]
    tables = (
        gates_table(counting.applicants(), counting.begun, DIMENSIONS),
        reasons_table([*counting.reasons(), *_endings(standings)]),
        tests_table(list(counting.test_counts())),
        years_table([_life(s, day) for s in standings], day),
        waves_table(coming, day),
    )
    return Statistics(tables, pictures_of(tables))


def write_statistics(
    session: Session, office: Office, cohort: Cohort | None, day: date, path: Path, password: str
) -> tuple[str, int, str]:
    """統計を書き、題・行の数・ファイルの要約値を返す。path の終わりが .pdf なら紙、ほかはブック。"""
    found = count_statistics(session, office.guideline, cohort, day)
    title = EVERY if cohort is None else cohort_title(cohort)
    head = audit_line(session)
    if path.suffix.lower() == ".pdf":
        facts = (("範囲", title), ("基準日", wareki(day)), ("養成課程・実践・テスト", _NOW))
        write_whole(path, render_statistics(StatisticsPaper(title, facts, found, head)))
    else:
        notes = [f"{title}　基準日 {wareki(day)}", f"養成課程・実践・テストは、{_NOW}", head]
        write_book(path, statistics_pages(found, notes), "統計", password or None)
    return "統計", sum(len(t.rows) for t in found.tables), digest_file(path).digest

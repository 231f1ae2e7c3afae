"""審査会議の試験のための、委員・会議・案件の小さな場面。"""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.domain.access import Role
from app.services import committee
from app.services.committee.cases import DecisionForm
from app.services.committee.meetings import MemberForm
from app.services.office import Actor, Office
from database.schema.audit import AuditEntry
from database.schema.committee import Case, Meeting
from database.schema.people import Person
from database.schema.scoring import CertificationTest, PassRuleAdoption
from tests.factories import insert, make_actor, make_applications, make_cohort, make_meeting

HELD_ON = date(2026, 3, 20)
CERTIFIED_ON = date(2026, 3, 31)
TERM = date(2025, 4, 1)
SECOND = make_actor(Role.MANAGER, "責任 次郎")
DECLARED = {"immigration_declared": False, "other_law_declared": False, "revocation_declared": False}


class Scene:
    """開いた会議一つ。members の初めは議長、cases は people の順。"""

    def __init__(self, office: Office, people: list[Person], members: int = 5, **declared: Any) -> None:
        self.office = office
        self.cohort = make_cohort(office)
        self.test: int | None = None
        self.members = [
            committee.add_member(
                office,
                MemberForm(f"委員 {n}", TERM, role="chair" if n == 1 else "member", affiliation=f"{n}大学"),
            )
            for n in range(1, members + 1)
        ]
        self.applications = make_applications(office, self.cohort, people, **{**DECLARED, **declared})
        self.meeting = make_meeting(office, self.cohort, HELD_ON)
        self.cases = insert(
            office,
            [
                Case(meeting_id=self.meeting, application_id=a, position=n)
                for n, a in enumerate(self.applications, 1)
            ],
        )

    def seat(self, *places: int) -> None:
        """委員を着席させ、利害関係を尋ねる（places は members の番号）。"""
        for place in places:
            arrive(self.office, self.meeting, self.members[place], "14:00")

    def vote(self, case: int, votes: dict[int, str]) -> None:
        """票を記す（委員は番号で）。"""
        committee.record_votes(self.office, self.cases[case], {self.members[m]: c for m, c in votes.items()})

    def clear(self, case: int) -> None:
        """四つの事由を「該当しない」と確認する。"""
        for ground in "aiue":
            committee.confirm_ground(self.office, self.cases[case], ground, "clear")

    def decide(self, case: int, decision: str = "certified", **values: Any) -> None:
        """議決する。"""
        committee.decide_case(self.office, self.cases[case], DecisionForm(decision, **values))

    def carry(self, case: int, decision: str = "certified", **values: Any) -> None:
        """着席した三人の賛成（認定しないときは反対）で、確認から議決まで行う。"""
        self.clear(case)
        choice = "for" if decision == "certified" else "against"
        self.vote(case, dict.fromkeys(range(3), choice))
        self.decide(case, decision, **values)

    def case(self, case: int) -> Any:
        """審査の紙。"""
        return committee.get_case(self.office, self.cases[case])

    def close(self, second: Actor | None = SECOND) -> str:
        """会議を閉じる。"""
        return committee.close_meeting(self.office, self.meeting, second=second)

    def adopt(self, passed: list[int]) -> None:
        """修了認定テストの合格者を採用する（得点は受付の順に 90 点から下がる）。"""
        if self.test is None:
            made = CertificationTest(cohort_id=self.cohort, title="修了認定テスト", held_on=HELD_ON)
            (self.test,) = insert(self.office, [made])
        results = [
            {"application_id": a, "total": 90 - n, "passed": a in passed}
            for n, a in enumerate(self.applications)
        ]
        adoption = PassRuleAdoption(
            certification_test_id=self.test,
            adopted_on=HELD_ON,
            total_minimum=60,
            group_minimum={},
            adopted_by="責任 次郎",
            results=results,
        )
        insert(self.office, [adoption])


def arrive(office: Office, meeting: int, member: int, at: str = "14:00") -> None:
    """委員の着席を記し、利害関係はないと申告させる。"""
    committee.record_arrival(office, meeting, member, at)
    committee.record_declaration(office, meeting, member)


def entries(office: Office) -> int:
    with office.store.sessions() as session:
        return session.scalar(select(func.count(AuditEntry.sequence))) or 0


def last_entry(office: Office) -> AuditEntry:
    with office.store.sessions() as session:
        found = session.scalar(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1))
    assert found is not None
    return found


def sitting(office: Office, member_id: int, role: Role = Role.MEMBER) -> Office:
    """委員本人としてのオフィス。"""
    return replace(office, actor=Actor(None, "委員の人", role, "委員の人", member_id))


def person_of(scene: Scene, case: int = 0) -> int:
    found: int = scene.case(case).person_id
    return found


def empty_meeting(office: Office, cohort: int, number: int) -> int:
    """案件のない会議。"""
    row = Meeting(cohort_id=cohort, number=number, held_on=HELD_ON, certification_on=CERTIFIED_ON)
    return insert(office, [row])[0]

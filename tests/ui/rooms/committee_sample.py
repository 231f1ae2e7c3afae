"""審査会議と認定証の画面のための見本：委員・合格者・会議。人はすべて作り物。"""

from dataclasses import replace
from datetime import date

from app.domain.access import Role
from app.services import accounts, committee
from app.services.committee.cases import DecisionForm
from app.services.committee.meetings import MeetingForm, MemberForm
from app.services.office import Actor, Office, PasswordCost
from database.opening import Store
from database.schema.scoring import CertificationTest, PassRuleAdoption
from tests.factories import (
    finish_course,
    insert,
    make_actor,
    make_applications,
    make_cohort,
    make_office,
    make_report_dues,
    make_sessions,
    person,
)
from tests.services.committee_scene import arrive

TODAY = date(2026, 3, 20)
CERTIFIED_ON = date(2026, 3, 31)
PASSWORD = "確認のための言葉です"
PEOPLE = (
    ("髙﨑󠄀 健太郎", "タカサキ ケンタロウ", "見本市国際交流課"),
    ("NGUYỄN THỊ PHƯƠNG THẢO", "グエン ティ フオン タオ", "見本国際交流協会"),
    ("渡邉 直樹", "ワタナベ ナオキ", "見本大学"),
    ("𠮷田 みなみ", "ヨシダ ミナミ", "見本市多文化共生課"),
    ("SHRESTHA BINOD", "シュレスタ ビノド", "見本センター"),
)
MEMBERS = ("大野 誠", "森 一郎", "見本 良子", "谷口 薫", "西 真紀")


def make_manager_office(store: Store) -> Office:
    """責任者のオフィス。二人目になれる責任者の口座（login は second）もある。"""
    office = make_office(store, Role.MANAGER, today=TODAY, name="責任 次郎")
    office = replace(office, password_cost=PasswordCost(1, 64))
    admin = replace(office, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
    accounts.add_account(admin, "second", "確認 四郎", Role.MANAGER, PASSWORD)
    return office


def second_person() -> Actor:
    """二人目になれる責任者。"""
    return make_actor(Role.MANAGER, "確認 四郎")


def make_passed(
    office: Office, cohort_id: int, people: tuple[tuple[str, str, str], ...] = PEOPLE
) -> list[int]:
    """研修を終え、修了認定テストに合格した人。申告はすべて「いいえ」。申込の id を返す。"""
    rows = [person(name, reading, affiliation=place) for name, reading, place in people]
    ids = make_applications(
        office,
        cohort_id,
        rows,
        immigration_declared=False,
        other_law_declared=False,
        mental_declared=False,
        revocation_declared=False,
    )
    finish_course(office, ids, make_report_dues(office, cohort_id), make_sessions(office, cohort_id))
    (test,) = insert(
        office, [CertificationTest(cohort_id=cohort_id, title="修了認定テスト", held_on=date(2026, 2, 10))]
    )
    insert(
        office,
        [
            PassRuleAdoption(
                certification_test_id=test,
                adopted_on=date(2026, 2, 20),
                total_minimum=60,
                group_minimum={},
                adopted_by="責任 次郎",
                results=[
                    {"application_id": a, "total": max(60, 90 - 4 * i), "passed": True}
                    for i, a in enumerate(ids)
                ],
            )
        ],
    )
    return ids


def make_members(office: Office) -> list[int]:
    """委員五人。初めの一人が議長、三人目は見本大学の人。"""
    places = ("見本法律事務所", "見本研究所", "見本大学", "", "")
    return [
        committee.add_member(
            office,
            MemberForm(name, date(2025, 4, 1), role="chair" if not i else "member", affiliation=places[i]),
        )
        for i, name in enumerate(MEMBERS)
    ]


def make_meeting(office: Office, cohort_id: int) -> int:
    """今日の会議と議案。四人が着席している。"""
    meeting = committee.create_meeting(
        office, cohort_id, MeetingForm(TODAY, CERTIFIED_ON, place="見本会館 3階")
    )
    committee.build_agenda(office, meeting)
    for member in committee.get_meeting(office, meeting).members[:4]:
        arrive(office, meeting, member.id, "13:55")
    return meeting


def confirm_all(office: Office, case_id: int) -> None:
    """四つの事由を「該当しない」と確認する。"""
    for ground in ("a", "i", "u", "e"):
        committee.confirm_ground(office, case_id, ground, "clear")


def decide(office: Office, case_id: int, decision: str = "certified", reason: str = "") -> None:
    """利害関係の候補を回避とし、認定なら四つを確認し、全員の票を入れて議決する。"""
    case = committee.get_case(office, case_id)
    for row in case.recusals:
        if row.confirmed is None:
            committee.confirm_recusal(office, case_id, row.member_id)
    confirm_all(office, case_id)
    recused = {r.member_id for r in case.recusals}
    present = committee.get_meeting(office, case.meeting_id).present
    choice = "against" if decision == "not_certified" else "for"
    committee.record_votes(office, case_id, {m: choice for m in present if m not in recused})
    due = date(2026, 4, 30) if decision == "conditional" else None
    committee.decide_case(office, case_id, DecisionForm(decision, reason, due))


def make_sitting(office: Office) -> tuple[int, int]:
    """研修期・委員・合格者五人・会議。研修期と会議の id を返す。"""
    cohort = make_cohort(office, term=2)
    make_members(office)
    make_passed(office, cohort)
    return cohort, make_meeting(office, cohort)


def make_closed(office: Office) -> tuple[int, int]:
    """五人とも認定と議決し、閉じた会議。"""
    cohort, meeting = make_sitting(office)
    for case in committee.get_meeting(office, meeting).cases:
        decide(office, case.id)
    committee.close_meeting(office, meeting, second=second_person())
    return cohort, meeting

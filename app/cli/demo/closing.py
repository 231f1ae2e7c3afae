"""見本の研修期の後半：審査会議、認定証、更新・取消し、名簿、提出。"""

from datetime import date

from app.cli.demo.applicants import CERTIFIED_ON, sample
from app.cli.demo.course import BOOKS, Course
from app.services import certificates, committee, register, renewal, submission
from app.services.committee.cases import DecisionForm
from app.services.committee.meetings import MeetingForm, MemberForm
from app.services.views.committee import CaseView
from app.services.views.renewal import CertificationRow
from app.workbooks import renewals as renewals_book
from app.workbooks.renewals import RenewalForm

MEETING_ON = date(2026, 3, 10)
_RENEWED_ON = date(2026, 6, 20)
_REVOKED_ON = date(2026, 8, 31)
_LAST_DAY = date(2026, 9, 30)
_ONE_BY_ONE = {
    "mental": DecisionForm("deferred", "医師の意見を求めて次の会議で審査する"),
    "conditional": DecisionForm("conditional", "実践報告の補足の提出を条件とする", date(2026, 3, 24)),
}
_NOT_CERTIFIED = DecisionForm("not_certified", "実施要綱6(1)の欠格事由に該当するため")


def hold_meeting(course: Course) -> None:
    """会議を開き、案件を議決し、閉じて議事録を書く。"""
    office, stage = course.office, course.stage
    stage.clock.to(MEETING_ON)
    members = []
    for one in sample()["member"]:
        form = MemberForm(
            one["name"],
            date(2025, 4, 1),
            role=one["role"],
            affiliation=one["affiliation"],
            lectures=one["lectures"],
        )
        members.append(committee.add_member(office, form))
    meeting_id = committee.create_meeting(
        office, course.cohort_id, MeetingForm(MEETING_ON, CERTIFIED_ON, "14:00", "見本会議室")
    )
    course.count("議案", committee.build_agenda(office, meeting_id))
    for member_id in members:
        committee.record_arrival(office, meeting_id, member_id, "14:00")
        committee.record_declaration(office, meeting_id, member_id)
    _decide(course, meeting_id, members)
    committee.set_remarks(office, meeting_id, "見本の会議である。")
    committee.close_meeting(office, meeting_id, second=stage.second)
    committee.write_minutes(office, meeting_id, stage.path("minutes.pdf"))
    cases = committee.get_meeting(office, meeting_id).cases
    for words, decision in (
        ("認定", "certified"),
        ("不認定", "not_certified"),
        ("保留", "deferred"),
        ("条件付き", "conditional"),
    ):
        course.count(words, sum(c.decision == decision for c in cases))


def _decide(course: Course, meeting_id: int, members: list[int]) -> None:
    office = course.office
    everyone = dict.fromkeys(members, "for")
    block = []
    for row in committee.get_meeting(office, meeting_id).cases:
        case = committee.get_case(office, row.id)
        fate = course.people[row.application_id].fate
        if fate == "mental":
            committee.record_votes(office, row.id, everyone)
            committee.decide_case(office, row.id, _ONE_BY_ONE[fate])
            continue
        committee.confirm_ground(office, row.id, "a", "clear")
        barred = [g.ground for g in case.grounds if g.computed == "applies"]
        if not barred and not case.recusals and fate not in _ONE_BY_ONE:
            block.append(row.id)
        else:
            _one_by_one(course, case, barred, members)
    if block:
        committee.decide_block(office, meeting_id, block, everyone)


def _one_by_one(course: Course, case: CaseView, barred: list[str], members: list[int]) -> None:
    office = course.office
    for ground in ("i", "u", "e"):
        committee.confirm_ground(office, case.id, ground, "applies" if ground in barred else "clear")
    for recusal in case.recusals:
        committee.confirm_recusal(office, case.id, recusal.member_id, reason="委員の申出により回避")
    recused = {r.member_id for r in case.recusals}
    sitting = [m for m in members if m not in recused]
    fate = course.people[case.application_id].fate
    form = _NOT_CERTIFIED if barred else _ONE_BY_ONE.get(fate, DecisionForm("certified"))
    votes = dict.fromkeys(sitting, "against" if barred else "for")
    if recused:
        # 可否同数となり、議長が決する
        half = len(sitting) // 2
        votes = {m: "for" if i < half else "against" for i, m in enumerate(sitting)}
        form = DecisionForm("certified", casting_vote="for")
    committee.record_votes(office, case.id, votes)
    committee.decide_case(office, case.id, form)


def issue_certificates(course: Course) -> None:
    """認定証を交付し、最初の便を庁へ送る。"""
    stage = course.stage
    stage.clock.to(CERTIFIED_ON)
    rows = certificates.issue(course.office, course.cohort_id, CERTIFIED_ON, stage.path("certificates.pdf"))
    course.count("認定証", len(rows))
    stage.clock.to(date(2026, 4, 3))
    sent = submission.make_batch(course.office, stage.path("提出/第1便.xlsx"))
    course.count("提出 第1便", sent.rows)


def renew(course: Course) -> None:
    """更新研修の修了を取り込み、新しい期間の認定証を交付する。"""
    stage, office = course.stage, course.office
    stage.clock.to(date(2026, 7, 1))
    mine = _certified(course, "renewed")
    forms = [RenewalForm(0, row.number, row.name, _RENEWED_ON) for row in mine]
    if forms:
        book = stage.path(f"{BOOKS}/更新研修.xlsx")
        renewals_book.write_renewals(book, forms)
        renewal.import_renewals(office, book, all_or_nothing=True)
        with stage.acting("sekinin"):
            certificates.issue(
                office, course.cohort_id, date(2026, 7, 1), stage.path("certificates_renewed.pdf")
            )
    course.count("更新", len(forms))


def _certified(course: Course, fate: str) -> list[CertificationRow]:
    mine = {(a.form.name, a.form.birth_date) for a in course.applicants if a.fate == fate}
    names = {name for name, _ in mine}
    return [r for r in renewal.list_certifications(course.office) if r.name in names]


def revoke(course: Course) -> None:
    """取消し・返納・死亡を記す。取消しは通知と弁明の後で、二人で行う。"""
    stage, office = course.stage, course.office
    stage.clock.to(_REVOKED_ON)
    revoked = _certified(course, "revoked")
    for row in revoked:
        revocation_id = renewal.open_revocation(office, row.certification_id, "fraud", date(2026, 8, 3))
        renewal.record_notice(office, revocation_id, date(2026, 8, 10), "弁明なし")
        renewal.revoke(
            office, revocation_id, _REVOKED_ON, "従業日数の証明に偽りがあったため（見本）", stage.second
        )
    course.count("取消し", len(revoked))
    for fate, words in (("returned", "返納"), ("died", "死亡")):
        closed = _certified(course, fate)
        for row in closed:
            renewal.record_closure(office, row.certification_id, fate, _REVOKED_ON)
        course.count(words, len(closed))


def submit(course: Course) -> None:
    """名簿を書き、変わった分だけの便と、一覧の写しを庁へ送る。"""
    stage, office = course.stage, course.office
    stage.clock.to(_LAST_DAY)
    listed = register.write_register(office, stage.path("register.xlsx"), _LAST_DAY)
    course.count("名簿", listed.rows)
    # 変わったものがなければ、送る便はない
    changed = bool(submission.preview_batch(office).rows)
    sent = submission.make_batch(office, stage.path("提出/第2便.xlsx")).rows if changed else 0
    course.count("提出 第2便", sent)
    for kind, name in (
        ("eligibility", "受講資格審査結果一覧"),
        ("progress", "進捗一覧"),
        ("scores", "得点一覧"),
        ("decisions", "審査結果一覧"),
        ("statistics", "統計"),
    ):
        submission.export(office, kind, stage.path(f"提出/{name}.xlsx"), course.cohort_id)

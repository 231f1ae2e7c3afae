"""更新・取消：有効期間の状態、更新研修の修了、取消し、返納と死亡。"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import month_length, wareki
from app.domain.errors import RuleViolation
from app.services.intake import cohort_title
from app.services.office import Actor, Office
from app.services.renewal_import import (
    import_renewals,
    preview_renewals,
    renewal_problem,
    write_template,
)
from app.services.standings import Standing, load_standings, standing_of
from app.services.views.renewal import (
    GROUND_WORDS,
    NOTICE_MONTHS,
    STANDING_WORDS,
    CertificateDue,
    CertificationRow,
    RenewalOverview,
    RevocationView,
    WaveView,
)
from database.queries.certifications import CertificationFacts, RevocationFact, load_facts
from database.schema.certificates import Certification
from database.schema.intake import Cohort
from database.schema.people import Person
from database.schema.renewal import Closure, Renewal, Revocation

__all__ = [
    "certificates_due",
    "close_investigation",
    "import_renewals",
    "list_certifications",
    "months_before",
    "open_revocation",
    "overview",
    "preview_renewals",
    "record_closure",
    "record_notice",
    "record_renewal",
    "revoke",
    "waves",
    "write_template",
]

CLOSURE_KINDS = ("returned", "died")


def _revocation_view(fact: RevocationFact) -> RevocationView:
    return RevocationView(**asdict(fact))


def _investigation(facts: CertificationFacts) -> RevocationView | None:
    # 最も新しい調査を見せる（終わったものも経過として残る）
    return _revocation_view(facts.revocations[-1]) if facts.revocations else None


def _row(s: Standing, cohorts: dict[int, str]) -> CertificationRow:
    f = s.facts
    return CertificationRow(
        f.id,
        f.person_id,
        f.number,
        f.name,
        f.reading,
        cohorts[f.cohort_id],
        f.certified_on,
        s.expires_on,
        f.renewals,
        s.state,
        s.revoked_on,
        s.closed_on,
        _investigation(f),
        tuple((p.valid_from, p.expires_on) for p in s.validity.periods),
    )


def list_certifications(office: Office, day: date | None = None) -> tuple[CertificationRow, ...]:
    """基準日（既定は今日）の認証の一覧。認証日の順。"""
    with office.read("renewal.list_certifications") as session:
        cohorts = {c.id: cohort_title(c) for c in session.scalars(select(Cohort))}
        standings = load_standings(session, day or office.today(), office.guideline)
        return tuple(_row(s, cohorts) for s in standings)


def months_before(day: date, months: int) -> date:
    """months か月前の応当日。応当日がなければその月の末日。"""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def _notice(expires_on: date, today: date) -> int | None:
    reached = [m for m in NOTICE_MONTHS if months_before(expires_on, m) <= today]
    return min(reached, default=None)


def _waves(standings: Iterable[Standing], today: date) -> tuple[WaveView, ...]:
    found: dict[date, list[int]] = defaultdict(list)
    for s in standings:
        if s.state == "valid":
            found[s.expires_on].append(s.facts.id)
    return tuple(WaveView(d, len(ids), _notice(d, today), tuple(ids)) for d, ids in sorted(found.items()))


def _due(standings: Iterable[Standing]) -> tuple[CertificateDue, ...]:
    due = []
    for s in standings:
        f = s.facts
        if s.state != "valid" or not f.issues or f.issues[-1].expires_on >= s.expires_on:
            continue
        last = s.validity.periods[-1]
        printed = f.issues[-1].expires_on
        due.append(CertificateDue(f.id, f.number, f.name, printed, last.valid_from, last.expires_on))
    return tuple(due)


def waves(office: Office) -> tuple[WaveView, ...]:
    """有効な認証を満了日ごとにまとめる（近い順）。"""
    with office.read("renewal.waves") as session:
        return _waves(load_standings(session, office.today(), office.guideline), office.today())


def certificates_due(office: Office) -> tuple[CertificateDue, ...]:
    """最後に交付した認定証の満了日より、事実から導いた満了日が後である有効な認証。新しい版を交付する。"""
    with office.read("renewal.certificates_due") as session:
        return _due(load_standings(session, office.today(), office.guideline))


def overview(office: Office) -> RenewalOverview:
    """今日の一覧・満了の波・交付待ちを、事実を一度だけ読んで作る。"""
    today = office.today()
    with office.read("renewal.overview") as session:
        cohorts = {c.id: cohort_title(c) for c in session.scalars(select(Cohort))}
        standings = load_standings(session, today, office.guideline)
        rows = tuple(_row(s, cohorts) for s in standings)
        return RenewalOverview(rows, _waves(standings, today), _due(standings))


def _facts(session: Session, certification_id: int) -> CertificationFacts:
    found = load_facts(session, Certification.id == certification_id)
    if not found:
        raise RuleViolation("その認証の記録がありません。一覧を開き直してください。")
    return found[0]


def record_renewal(office: Office, certification_id: int, completed_on: date) -> date:
    """更新研修の修了を記し、新しい満了日を返す。"""
    with office.act("renewal.record_renewal") as act:
        facts = _facts(act.session, certification_id)
        problem = renewal_problem(facts, completed_on, office.today(), office.guideline)
        if problem:
            raise RuleViolation(f"{facts.number}：{problem}。修了証と認証の記録を確かめてください。")
        act.session.add(Renewal(certification_id=certification_id, completed_on=completed_on))
        act.session.flush()
        after = standing_of(_facts(act.session, certification_id), office.today(), office.guideline)
        act.say(
            f"certification:{certification_id}",
            f"{facts.number} 更新研修の修了（{wareki(completed_on)}）、満了日 {wareki(after.expires_on)}",
        )
        return after.expires_on


def open_revocation(office: Office, certification_id: int, ground: str, opened_on: date | None = None) -> int:
    """取消しの調査を開く。ground は fraud / disqualified。"""
    if ground not in GROUND_WORDS:
        raise RuleViolation("取消しの事由を「不正の手段」か「欠格事由」から選んでください。")
    day = opened_on or office.today()
    with office.act("renewal.open_revocation") as act:
        facts = _facts(act.session, certification_id)
        if any(r.revoked_on is not None for r in facts.revocations):
            raise RuleViolation(f"{facts.number} は既に取り消されています。")
        if any(r.closed_without_on is None for r in facts.revocations):
            raise RuleViolation(f"{facts.number} の調査は既に開かれています。その調査を進めてください。")
        if not facts.certified_on <= day <= office.today():
            raise RuleViolation("調査を開いた日が認証日より前か、今日より後です。日付を確かめてください。")
        row = Revocation(certification_id=certification_id, opened_on=day, ground=ground)
        act.session.add(row)
        act.session.flush()
        act.say(
            f"certification:{certification_id}",
            f"{facts.number} 取消しの調査を開始（{GROUND_WORDS[ground]}）",
        )
        return row.id


def _open(session: Session, revocation_id: int) -> tuple[Revocation, str]:
    row = session.get(Revocation, revocation_id)
    if row is None:
        raise RuleViolation("その調査の記録がありません。一覧を開き直してください。")
    if row.revoked_on is not None or row.closed_without_on is not None:
        raise RuleViolation("この調査は既に終わっています。")
    return row, session.get_one(Certification, row.certification_id).number


def record_notice(office: Office, revocation_id: int, notice_on: date, statement: str = "") -> None:
    """本人への通知と、弁明を記す。弁明が後から届いたときは同じ通知日でもう一度記す。"""
    with office.act("renewal.record_notice") as act:
        row, number = _open(act.session, revocation_id)
        if not row.opened_on <= notice_on <= office.today():
            raise RuleViolation("通知の日が調査を開いた日より前か、今日より後です。日付を確かめてください。")
        row.notice_on = notice_on
        row.statement = statement or row.statement
        words = "弁明を受領" if statement else "弁明の機会を通知"
        act.say(f"certification:{row.certification_id}", f"{number} {words}（{wareki(notice_on)}）")


def revoke(office: Office, revocation_id: int, revoked_on: date, reason: str, second: Actor | None) -> None:
    """認証を取り消す。通知の後でなければならず、理由と二人目（責任者）が要る。"""
    with office.act("renewal.revoke", second=second) as act:
        row, number = _open(act.session, revocation_id)
        if second is None:
            raise RuleViolation("取消しには二人目の確認が要ります。責任者にサインインしてもらってください。")
        if not reason.strip():
            raise RuleViolation("取消しの理由が空です。理由を書いてください。")
        if row.notice_on is None:
            raise RuleViolation("本人への通知がまだです。通知して弁明の機会を与えてから取り消してください。")
        if not row.notice_on <= revoked_on <= office.today():
            raise RuleViolation("取消しの日が通知の日より前か、今日より後です。日付を確かめてください。")
        row.revoked_on, row.reason = revoked_on, reason
        row.decided_by, row.second_person = act.actor.name, second.name
        act.say(
            f"certification:{row.certification_id}",
            f"{number} 認証を取消し（{wareki(revoked_on)}）",
            reason=reason,
        )


def close_investigation(office: Office, revocation_id: int, closed_on: date, reason: str) -> None:
    """取り消さずに調査を終える。"""
    if not reason.strip():
        raise RuleViolation("取り消さない理由が空です。理由を書いてください。")
    with office.act("renewal.close_investigation") as act:
        row, number = _open(act.session, revocation_id)
        if not row.opened_on <= closed_on <= office.today():
            raise RuleViolation("終えた日が調査を開いた日より前か、今日より後です。日付を確かめてください。")
        row.closed_without_on, row.reason, row.decided_by = closed_on, reason, act.actor.name
        act.say(f"certification:{row.certification_id}", f"{number} 取り消さずに調査を終了", reason=reason)


def record_closure(office: Office, certification_id: int, kind: str, closed_on: date, note: str = "") -> None:
    """返納（returned）または死亡（died）を記す。死亡は人の記録にも日を残す。"""
    if kind not in CLOSURE_KINDS:
        raise RuleViolation("返納か死亡かを選んでください。")
    words = STANDING_WORDS[kind]
    with office.act("renewal.record_closure") as act:
        facts = _facts(act.session, certification_id)
        if facts.closure is not None:
            raise RuleViolation(f"{facts.number} は既に{STANDING_WORDS[facts.closure[0]]}となっています。")
        if not facts.certified_on <= closed_on <= office.today():
            raise RuleViolation(f"{words}の日が認証日より前か、今日より後です。日付を確かめてください。")
        act.session.add(Closure(certification_id=certification_id, kind=kind, closed_on=closed_on, note=note))
        if kind == "died":
            act.session.get_one(Person, facts.person_id).died_on = closed_on
        act.say(f"certification:{certification_id}", f"{facts.number} {words}（{wareki(closed_on)}）")

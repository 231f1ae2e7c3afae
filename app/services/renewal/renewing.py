"""更新・取消：有効期間の一覧、更新研修の修了、返納と死亡。"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import select

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.office import Office
from app.services.renewal.imports import (
    renewal_problem,
)
from app.services.renewal.revocation import (
    check_stands,
    facts_of,
    load_agenda,
)
from app.services.renewal.waves import load_sent, pictures_of, waves_of
from app.services.standings import Standing, load_standings, standing_of
from app.services.views.renewal import (
    STANDING_WORDS,
    BatchRenewals,
    CertificateDue,
    CertificationRow,
    RenewalOverview,
    RevocationView,
    WaveView,
)
from database import audit
from database.queries.certifications import load_facts
from database.schema.certificates import Certification
from database.schema.intake import Cohort
from database.schema.people import Person
from database.schema.renewal import Closure, Renewal

CLOSURE_KINDS = ("returned", "died")


def _row(s: Standing, cohorts: dict[int, str], agenda: Mapping[int, str]) -> CertificationRow:
    f = s.facts
    cases = tuple(RevocationView(**asdict(r), agenda=agenda.get(r.id, "")) for r in f.revocations)
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
        # 最も新しい調査を見せる（終わったものも経過として残る）
        cases[-1] if cases else None,
        tuple((p.valid_from, p.expires_on) for p in s.validity.periods),
        cases,
    )


def list_certifications(office: Office, day: date | None = None) -> tuple[CertificationRow, ...]:
    """基準日（既定は今日）の認証の一覧。認証日の順。"""
    with office.read("renewal.list_certifications") as session:
        cohorts = {c.id: cohort_title(c) for c in session.scalars(select(Cohort))}
        standings = load_standings(session, day or office.today(), office.guideline)
        agenda = load_agenda(session)
        return tuple(_row(s, cohorts, agenda) for s in standings)


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
        return waves_of(load_standings(session, office.today(), office.guideline), office.today())


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
        agenda = load_agenda(session)
        rows = tuple(_row(s, cohorts, agenda) for s in standings)
        pictures = pictures_of(standings, today, office.guideline, load_sent(session))
        return RenewalOverview(rows, waves_of(standings, today), _due(standings), pictures)


def record_renewal(office: Office, certification_id: int, completed_on: date) -> date:
    """更新研修の修了を記し、新しい満了日を返す。"""
    with office.act("renewal.record_renewal") as act:
        facts = facts_of(act.session, certification_id)
        problem = renewal_problem(facts, completed_on, office.today(), office.guideline)
        if problem:
            raise RuleViolation(f"{facts.number}：{problem}。修了証と認証の記録を確かめてください。")
        act.session.add(Renewal(certification_id=certification_id, completed_on=completed_on))
        act.session.flush()
        after = standing_of(facts_of(act.session, certification_id), office.today(), office.guideline)
        act.say(
            f"certification:{certification_id}",
            f"{facts.number} 更新研修の修了（{wareki(completed_on)}）、満了日 {wareki(after.expires_on)}",
        )
        return after.expires_on


def preview_renewals_of(
    office: Office, certification_ids: Collection[int], completed_on: date
) -> tuple[tuple[str, str, str], ...]:
    """何人もの更新の下見：（認定番号, 氏名, 更新にならない理由。なれば空）。何も書かない。"""
    with office.read("renewal.preview_renewals_of") as session:
        found = load_facts(session, Certification.id.in_(certification_ids))
        return tuple(
            (f.number, f.name, renewal_problem(f, completed_on, office.today(), office.guideline))
            for f in found
        )


def record_renewals(office: Office, certification_ids: Collection[int], completed_on: date) -> BatchRenewals:
    """同じ日に更新研修を修了した何人もの更新を、一つの取引で記す。更新にならない人は理由を添えて残す。"""
    with office.act("renewal.record_renewals") as act:
        found = load_facts(act.session, Certification.id.in_(certification_ids))
        refused, rows = [], []
        for facts in found:
            problem = renewal_problem(facts, completed_on, office.today(), office.guideline)
            if problem:
                refused.append((f"{facts.number} {facts.name}", problem))
            else:
                rows.append({"certification_id": facts.id, "completed_on": completed_on})
        if not rows:
            first = f"（{refused[0][0]}：{refused[0][1]}）" if refused else ""
            raise RuleViolation(f"更新になる人がいません{first}。修了日と人を確かめてください。")
        audit.bulk_insert(act.session, Renewal, rows)
        act.say(
            "renewal",
            f"更新研修の修了（{wareki(completed_on)}）を{len(rows)}名まとめて記録",
            detail={"certifications": [r["certification_id"] for r in rows]},
        )
        return BatchRenewals(len(rows), tuple(refused))


def record_closure(office: Office, certification_id: int, kind: str, closed_on: date, note: str = "") -> None:
    """返納（returned）または死亡（died）を記す。死亡は人の記録にも日を残す。"""
    if kind not in CLOSURE_KINDS:
        raise RuleViolation("返納か死亡かを選んでください。")
    words = STANDING_WORDS[kind]
    with office.act("renewal.record_closure") as act:
        facts = facts_of(act.session, certification_id)
        check_stands(facts)
        if facts.closure is not None:
            raise RuleViolation(f"{facts.number} は既に{STANDING_WORDS[facts.closure[0]]}となっています。")
        if not facts.certified_on <= closed_on <= office.today():
            raise RuleViolation(f"{words}の日が認証日より前か、今日より後です。日付を確かめてください。")
        act.session.add(Closure(certification_id=certification_id, kind=kind, closed_on=closed_on, note=note))
        if kind == "died":
            act.session.get_one(Person, facts.person_id).died_on = closed_on
        act.say(f"certification:{certification_id}", f"{facts.number} {words}（{wareki(closed_on)}）")

"""取消し：調査の開始、通知と弁明、取消し、取り消さない終わり、認定証の返納。及ぶところを先に並べる。"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import last_day_of_period, wareki
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.office import Actor, Office
from app.services.standings import Standing, standing_of
from app.services.views.renewal import GROUND_WORDS, STANDING_WORDS, Effect
from database.queries.certifications import CertificationFacts, load_facts, load_last_batches
from database.schema.certificates import Certification
from database.schema.committee import AgendaItem, Meeting
from database.schema.intake import Application, Cohort
from database.schema.people import Person
from database.schema.renewal import Revocation

AGENDA_RESULTS = {"approved": "可決", "rejected": "否決", "deferred": "継続審議"}


@dataclass(frozen=True)
class NoticeForm:
    """本人への通知：通知の日、弁明の期限、弁明の届いた日。"""

    notice_on: date
    due_on: date | None
    statement_on: date | None


def facts_of(session: Session, certification_id: int) -> CertificationFacts:
    """一つの認証の事実。なければ RuleViolation。"""
    found = load_facts(session, Certification.id == certification_id)
    if not found:
        raise RuleViolation("その認証の記録がありません。一覧を開き直してください。")
    return found[0]


def check_stands(facts: CertificationFacts) -> None:
    """認証が、議決の変更で無効になっていないこと。"""
    if facts.annulled_on is not None:
        raise RuleViolation(f"{facts.number} は{wareki(facts.annulled_on)}に認定の議決が変更され、無効です。")


def load_agenda(session: Session) -> dict[int, str]:
    """調査の id から、取消しの議題にかけた最も新しい会議とその結果の言葉。"""
    query = (
        select(AgendaItem.revocation_id, Meeting.number, Meeting.held_on, AgendaItem.result)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.revocation_id.is_not(None))
        .order_by(AgendaItem.id)
    )
    return {
        key: f"第{number}回認定審査委員会（{wareki(held_on)}）　{AGENDA_RESULTS.get(result or '', '議決前')}"
        for key, number, held_on, result in session.execute(query)
        if key is not None
    }


def open_revocation(office: Office, certification_id: int, ground: str, opened_on: date | None = None) -> int:
    """取消しの調査を開く。ground は fraud / disqualified。"""
    if ground not in GROUND_WORDS:
        raise RuleViolation("取消しの事由を「不正の手段」か「欠格事由」から選んでください。")
    day = opened_on or office.today()
    with office.act("renewal.open_revocation") as act:
        facts = facts_of(act.session, certification_id)
        check_stands(facts)
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


def open_case(session: Session, revocation_id: int) -> tuple[Revocation, str]:
    """終わっていない調査と認定番号。なければ、または終わっていれば RuleViolation。"""
    row = session.get(Revocation, revocation_id)
    if row is None:
        raise RuleViolation("その調査の記録がありません。一覧を開き直してください。")
    if row.revoked_on is not None or row.closed_without_on is not None:
        raise RuleViolation("この調査は既に終わっています。")
    return row, session.get_one(Certification, row.certification_id).number


def _check_notice(row: Revocation, notice: NoticeForm, today: date) -> None:
    if not row.opened_on <= notice.notice_on <= today:
        raise RuleViolation("通知の日が調査を開いた日より前か、今日より後です。日付を確かめてください。")
    if notice.due_on is not None and notice.due_on <= notice.notice_on:
        raise RuleViolation("弁明の期限が通知の日以前です。通知の後の日にしてください。")
    if notice.statement_on is not None and not notice.notice_on <= notice.statement_on <= today:
        raise RuleViolation("弁明の届いた日が通知の日より前か、今日より後です。日付を確かめてください。")


def record_notice(
    office: Office,
    revocation_id: int,
    notice_on: date,
    statement: str = "",
    *,
    due_on: date | None = None,
    statement_on: date | None = None,
) -> None:
    """本人への通知と弁明の期限、届いた弁明とその日を記す。弁明が後から届いたときは同じ通知日でもう一度記す。"""
    with office.act("renewal.record_notice") as act:
        row, number = open_case(act.session, revocation_id)
        notice = NoticeForm(notice_on, due_on, statement_on)
        _check_notice(row, notice, office.today())
        row.notice_on = notice_on
        row.statement_due_on = due_on or row.statement_due_on
        row.statement = statement or row.statement
        row.statement_on = statement_on or row.statement_on
        words = "弁明を受領" if statement else "弁明の機会を通知"
        act.say(f"certification:{row.certification_id}", f"{number} {words}（{wareki(notice_on)}）")


def revoke(office: Office, revocation_id: int, revoked_on: date, reason: str, second: Actor | None) -> None:
    """認証を取り消す。通知の後でなければならず、理由と二人目（責任者）が要る。"""
    with office.act("renewal.revoke", second=second) as act:
        row, number = open_case(act.session, revocation_id)
        if second is None:
            raise RuleViolation("取消しには二人目の確認が要ります。責任者にサインインしてもらってください。")
        if not reason.strip():
            raise RuleViolation("取消しの理由が空です。理由を書いてください。")
        if row.notice_on is None:
            raise RuleViolation("本人への通知がまだです。通知して弁明の機会を与えてから取り消してください。")
        if not row.notice_on <= revoked_on <= office.today():
            raise RuleViolation("取消しの日が通知の日より前か、今日より後です。日付を確かめてください。")
        due = row.statement_due_on
        if due is not None and not row.statement and revoked_on <= due:
            raise RuleViolation(
                f"弁明の期限（{wareki(due)}）が過ぎていません。弁明が届くか、期限が過ぎてから取り消してください。"
            )
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
        row, number = open_case(act.session, revocation_id)
        if not row.opened_on <= closed_on <= office.today():
            raise RuleViolation("終えた日が調査を開いた日より前か、今日より後です。日付を確かめてください。")
        row.closed_without_on, row.reason, row.decided_by = closed_on, reason, act.actor.name
        act.say(f"certification:{row.certification_id}", f"{number} 取り消さずに調査を終了", reason=reason)


def ask_return(office: Office, revocation_id: int, asked_on: date) -> None:
    """取り消した認証の認定証の返納を、本人に求めた日を記す。"""
    with office.act("renewal.ask_return") as act:
        row, number = _revoked(act.session, revocation_id)
        assert row.revoked_on is not None
        if not row.revoked_on <= asked_on <= office.today():
            raise RuleViolation(
                "返納を求めた日が取消しの日より前か、今日より後です。日付を確かめてください。"
            )
        row.return_asked_on = asked_on
        act.say(
            f"certification:{row.certification_id}", f"{number} 認定証の返納を求めた（{wareki(asked_on)}）"
        )


def record_return(office: Office, revocation_id: int, returned_on: date) -> None:
    """取り消した認証の認定証が戻った日を記す。"""
    with office.act("renewal.record_return") as act:
        row, number = _revoked(act.session, revocation_id)
        assert row.revoked_on is not None
        if not row.revoked_on <= returned_on <= office.today():
            raise RuleViolation(
                "認定証の戻った日が取消しの日より前か、今日より後です。日付を確かめてください。"
            )
        row.certificate_returned_on = returned_on
        act.say(
            f"certification:{row.certification_id}", f"{number} 認定証が返納された（{wareki(returned_on)}）"
        )


def _revoked(session: Session, revocation_id: int) -> tuple[Revocation, str]:
    row = session.get(Revocation, revocation_id)
    if row is None or row.revoked_on is None:
        raise RuleViolation("取り消した認証だけに記せます。先に取消しを済ませてください。")
    return row, session.get_one(Certification, row.certification_id).number


def revocation_effects(office: Office, certification_id: int, day: date) -> tuple[Effect, ...]:
    """day に取り消すと及ぶところ（認証・認定証・名簿・庁への便・欠格事由エ・ほかの申込）。何も書かない。"""
    with office.read("renewal.revocation_effects") as session:
        facts = facts_of(session, certification_id)
        standing = standing_of(facts, office.today(), office.guideline)
        bar = last_day_of_period(day, office.guideline.bar_years)
        return (
            Effect(
                "認証",
                f"{wareki(day)}から効力を失います（いまは{STANDING_WORDS[standing.state]}、"
                f"満了日 {wareki(standing.expires_on)}）。この日からの更新はできません。",
            ),
            *_paper_effects(standing, "取消し"),
            *_list_effects(session, standing, "取消し", day),
            Effect("欠格事由エ", f"{wareki(bar)}まで当たり、その間は新たに認証できません（6(1)エ）。"),
            *_application_effects(session, facts),
        )


def closure_effects(office: Office, certification_id: int, kind: str, day: date) -> tuple[Effect, ...]:
    """day の返納（returned）・死亡（died）の及ぶところ。何も書かない。"""
    with office.read("renewal.closure_effects") as session:
        facts = facts_of(session, certification_id)
        standing = standing_of(facts, office.today(), office.guideline)
        words = STANDING_WORDS[kind]
        effects = [
            Effect("認証", f"{wareki(day)}から有効でなくなります（{words}）。"),
            *_paper_effects(standing, words),
            *_list_effects(session, standing, words, day),
        ]
        if kind == "died":
            effects.append(Effect("人の記録", f"{wareki(day)}に死亡と記し、案内の宛先から外れます。"))
            effects += _application_effects(session, facts)
        else:
            effects.append(Effect("欠格事由", "返納では当たりません。改めて認証を受けられます。"))
        if any(r.revoked_on is None and r.closed_without_on is None for r in facts.revocations):
            effects.append(
                Effect("取消しの調査", "開いたまま残ります。取り消すか、取り消さずに終えてください。")
            )
        return tuple(effects)


def _paper_effects(standing: Standing, words: str) -> Iterator[Effect]:
    issues = standing.facts.issues
    if not issues:
        yield Effect("認定証", "まだ交付していません。交付の待ちから外れます。")
        return
    last = issues[-1]
    told = f"第{last.version}版（{wareki(last.issued_on)}交付）は、QR で確かめても有効とは出なくなります。"
    if words == "取消し":
        told += "本人に返納を求めます。"
    yield Effect("認定証", told)
    if standing.state == "valid" and last.expires_on < standing.expires_on:
        yield Effect("更新の認定証", "まだ交付していない新しい版は、交付できなくなります。")


def _list_effects(session: Session, standing: Standing, words: str, day: date) -> Iterator[Effect]:
    facts = standing.facts
    person = session.get_one(Person, facts.person_id)
    told = f"{facts.number} の行は消えず、{wareki(day)}からの名簿に「{words}」として残ります。"
    if person.publish_consent:
        told += "公表する一覧からは外れます。"
    yield Effect("認定者名簿", told)
    last = load_last_batches(session, "register", day).get(facts.number)
    if last is None:
        yield Effect("庁への便", f"まだ送っていません。次の便に、初めから「{words}」として載ります。")
    else:
        yield Effect("庁への便", f"第{last}便で送っています。次の便に「{words}」への変更として載ります。")


def _application_effects(session: Session, facts: CertificationFacts) -> Iterator[Effect]:
    query = (
        select(Application.reception_number, Cohort)
        .join(Cohort, Cohort.id == Application.cohort_id)
        .where(
            Application.person_id == facts.person_id,
            Application.id != facts.application_id,
            Application.withdrawn_on.is_(None),
            Cohort.training_starts_on > facts.certified_on,
        )
        .order_by(Application.id)
    )
    for number, cohort in session.execute(query):
        yield Effect(
            "ほかの申込", f"{cohort_title(cohort)}の受付 {number:04d} の申込があります。確かめてください。"
        )

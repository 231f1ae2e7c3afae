"""ホーム：今日の仕事・研修期の人数の流れ・満了の波・最近の操作。"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki, wareki_short
from app.services import eligibility, progress
from app.services.committee.veil import Veil
from app.services.eligibility.selection_cases import selection_state
from app.services.intake.corrections import SOON
from app.services.office import Office
from app.services.renewal.waves import months_before, notice_kind, reached_notice
from app.services.scoring.letters import count_differing
from app.services.views.board import is_near, waits_roll
from app.services.views.home import ExpiryWave, FunnelStep, RecentAct, Task
from app.services.views.progress import BoardView
from database.queries.expiries import count_expiries, unsent_notices
from database.schema.audit import AuditEntry
from database.schema.certificates import Certification
from database.schema.committee import Case, CaseDecision, DecisionReversal, Meeting
from database.schema.intake import Application, Cohort, Deficiency
from database.schema.people import Person
from database.schema.scoring import CertificationTest, PassRuleAdoption

ROOM_TITLES = {
    "intake": "受付",
    "eligibility": "受講資格",
    "progress": "研修の進捗",
    "scoring": "採点",
    "committee": "審査会議",
    "certificates": "認定証",
    "renewal": "更新・取消",
}


def _task(today: date, due: date | None, text: str, who: str, room: str, target: int | None) -> Task:
    return Task(due, text, who, room, ROOM_TITLES[room], target, due is not None and due < today)


def _corrections(session: Session, cohort_id: int, today: date) -> list[Task]:
    """期限を過ぎた補正、期限の近い補正（一つずつ）と、依頼書を作っていない補正（まとめて一つ）。"""
    rows = session.execute(
        select(Deficiency, Person.name)
        .join(Application, Deficiency.application_id == Application.id)
        .join(Person, Application.person_id == Person.id)
        .where(
            Application.cohort_id == cohort_id,
            Application.withdrawn_on.is_(None),
            Deficiency.answered_on.is_(None),
            Deficiency.cancelled_on.is_(None),
        )
        .order_by(Deficiency.due_on, Application.reception_number)
    ).all()
    tasks = []
    for d, name in rows:
        if d.requested_on is None or d.due_on is None or (d.due_on - today).days > SOON:
            continue
        text = "補正依頼に回答がありません" if d.due_on < today else "補正の期限が近づいています"
        reminded = "" if d.reminded_on is None else f"、{wareki_short(d.reminded_on)}督促"
        tasks.append(
            _task(today, d.due_on, f"{text}（{d.item}{reminded}）", name, "intake", d.application_id)
        )
    unsent = [(d, name) for d, name in rows if d.requested_on is None]
    if unsent:
        first, names = unsent[0][0], {d.application_id: name for d, name in unsent}
        who = unsent[0][1] if len(names) == 1 else f"{len(names)}名"
        text = f"補正依頼書をまだ作っていません（{len(unsent)}件）"
        tasks.append(_task(today, first.due_on, text, who, "intake", first.application_id))
    return tasks


def _judgements(office: Office, cohort_id: int, today: date) -> list[Task]:
    rows = eligibility.list_findings(office, cohort_id)
    tasks = [
        _task(
            today,
            None,
            "決定の後に事実が変わりました。確かめてください",
            r.name,
            "eligibility",
            r.application_id,
        )
        for r in rows
        if r.changed_since
    ]
    waiting = [r for r in rows if not r.decision]
    for result, words in (
        ("unconfirmed", "確かめることが残っています"),
        ("eligible", "決定してください"),
        ("ineligible", "決定してください"),
    ):
        found = [r for r in waiting if r.result == result]
        if found:
            who = found[0].name if len(found) == 1 else f"{len(found)}名"
            text = f"受講資格の判定「{found[0].words}」：{words}"
            tasks.append(_task(today, None, text, who, "eligibility", found[0].application_id))
    return tasks


def _selection(session: Session, cohort_id: int, today: date) -> list[Task]:
    """定員を超えたときの選考、選考の後に資格ありとなった人、繰上げ。"""
    state = selection_state(session, cohort_id)

    def task(text: str, who: str, target: int | None) -> Task:
        return _task(today, None, text, who, "eligibility", target)

    found = []
    if state.needed:
        text = f"定員を超えています：選考が要ります（定員{state.capacity}名を{state.over}名超過）"
        found.append(task(text, f"{state.eligible}名", None))
    if state.made and state.free < 0:
        text = f"選ばれた人が定員より{-state.free}名多くなっています：選考を決定し直してください"
        found.append(task(text, f"{state.selected}名", None))
    if today > state.training_starts_on:  # 始まった研修に、後から人は加えない
        return found
    if state.unranked:
        text = "選考の後に資格ありとなりました：選考に加えてください"
        found.append(task(text, f"{len(state.unranked)}名", state.unranked[0]))
    if state.free > 0 and state.next_up is not None:
        text = f"席が{state.free}つ空きました：待機{state.next_up.rank}番を繰り上げてください"
        found.append(task(text, state.next_up.name, state.next_up.application_id))
    return found


def _meetings(session: Session, cohort_id: int, today: date) -> list[Task]:
    tasks = []
    for meeting in session.scalars(
        select(Meeting).where(Meeting.cohort_id == cohort_id, Meeting.closed_at.is_(None))
    ):
        left = session.scalar(
            select(func.count(Case.id))
            .outerjoin(CaseDecision)
            .where(Case.meeting_id == meeting.id, CaseDecision.id.is_(None))
        )
        text = f"第{meeting.number}回認定審査委員会（{wareki(meeting.held_on)}）を進めてください"
        tasks.append(_task(today, meeting.held_on, text, f"未審査 {left}件", "committee", meeting.id))
        by = meeting.notice_by
        if meeting.convened_on is None and by is not None and (by - today).days <= SOON:
            words = (
                f"第{meeting.number}回認定審査委員会の招集通知をまだ作っていません（期限 {wareki_short(by)}）"
            )
            tasks.append(_task(today, by, words, "委員", "committee", meeting.id))
    return tasks


def _letters(session: Session, cohort_id: int, today: date) -> list[Task]:
    """合格の決定をし直した後に、いまの結果と合わなくなった結果通知書。"""
    text = "いまの結果と合わない結果通知書があります：訂正の通知を作ってください"
    tests = session.scalars(select(CertificationTest.id).where(CertificationTest.cohort_id == cohort_id))
    counted = [(test_id, count_differing(session, test_id)) for test_id in tests]
    return [_task(today, None, text, f"{n}通", "scoring", test_id) for test_id, n in counted if n]


def _course(board: BoardView, today: date) -> list[Task]:
    """研修：辞退扱いの確認待ち、期限の近い提出、終わったのに出欠の記されていない集合研修。"""
    ask = "提出期限を過ぎました。辞退として取り扱うかを確認してください"
    tasks = [_task(today, r.missed_due, ask, r.name, "progress", r.application_id) for r in board.waiting]
    near = sorted((r for r in board.rows if is_near(r)), key=lambda r: r.next_due or today)
    if near:
        who = near[0].name if len(near) == 1 else f"{len(near)}名"
        text = "提出の期限が近づいています"
        tasks.append(_task(today, near[0].next_due, text, who, "progress", near[0].application_id))
    for number, one in enumerate(board.sessions):
        left = [r for r in board.rows if waits_roll(r, number)] if one.day < today else []
        if left:
            text = f"{one.title}の出欠がまだ記録されていません"
            tasks.append(_task(today, one.day, text, f"{len(left)}名", "progress", left[0].application_id))
    return tasks


def _notices(session: Session, office: Office, today: date) -> list[Task]:
    """案内の時期を迎えた満了の波で、その案内をまだ送っていない人（波ごとに一つ、研修期によらない）。"""
    found = []
    for wave in count_expiries(session, today, office.guideline):
        if (months := reached_notice(wave.expires_on, today)) is None:
            break  # 近い順なので、後の波はまだ時期でない
        kind = notice_kind(wave.expires_on, months)
        count, first = unsent_notices(session, today, office.guideline, wave.expires_on, kind)
        if count:
            text = f"{wareki(wave.expires_on)}満了の{months}か月前の案内をまだ送っていません"
            due = months_before(wave.expires_on, months)
            found.append(_task(today, due, text, f"{count:,}名", "renewal", first))
    return found


def tasks(office: Office, cohort_id: int) -> tuple[Task, ...]:
    """対応が必要なもの（期限の早い順、期限のないものは後）。"""
    today = office.today()
    found = _judgements(office, cohort_id, today)
    found += _course(progress.board(office, cohort_id), today)
    with office.read("home.tasks") as session:
        found += _corrections(session, cohort_id, today)
        found += _selection(session, cohort_id, today)
        found += _meetings(session, cohort_id, today)
        found += _letters(session, cohort_id, today)
        found += _notices(session, office, today)
        veil = Veil(session, office.require("home.tasks"))
    shown = [t for t in found if not veil.covers(t.text, t.who)]
    return tuple(sorted(shown, key=lambda t: (t.due is None, t.due or today)))


def funnel(office: Office, cohort_id: int) -> tuple[FunnelStep, ...]:
    """受付から認証までの人数。まだ始まっていない段は None。"""
    board = progress.board(office, cohort_id)
    with office.read("home.funnel") as session:
        received = (
            session.scalar(select(func.count(Application.id)).where(Application.cohort_id == cohort_id)) or 0
        )
        adoption = session.scalar(
            select(PassRuleAdoption)
            .join(CertificationTest)
            .where(CertificationTest.cohort_id == cohort_id)
            .order_by(PassRuleAdoption.id.desc())
            .limit(1)
        )
        certified = (
            session.scalar(
                select(func.count(Certification.id)).where(
                    Certification.cohort_id == cohort_id,
                    Certification.case_id.not_in(select(DecisionReversal.case_id)),
                )
            )
            or 0
        )
        selected = selection_state(session, cohort_id).made
    passed = None if adoption is None else sum(bool(r["passed"]) for r in adoption.results)
    steps = (
        ("受付", received),
        ("受講決定" if selected else "受講資格あり", len(board.rows)),
        ("養成課程① 修了", board.count("course1", "passed") or None),
        ("実践 修了", board.count("practice", "completed") or None),
        ("養成課程② 修了", board.count("course2", "completed") or None),
        ("修了認定テスト 合格", passed),
        ("認証", certified or None),
    )
    return tuple(FunnelStep(title, count) for title, count in steps)


def waves(office: Office) -> tuple[ExpiryWave, ...]:
    """満了日ごとの、有効な認証の数と更新済みの数。"""
    with office.read("home.waves") as session:
        found = count_expiries(session, office.today(), office.guideline)
    return tuple(ExpiryWave(*one) for one in found)


def recent(office: Office, limit: int = 8) -> tuple[RecentAct, ...]:
    """最近の操作（新しい順）。"""
    with office.read("home.recent") as session:
        rows = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.summary != "")
            .order_by(AuditEntry.sequence.desc())
            .limit(limit)
        )
        veil = Veil(session, office.require("home.recent"))
        return tuple(
            RecentAct(r.at.astimezone().strftime("%m/%d %H:%M"), r.actor_name, r.summary)
            for r in rows
            if not veil.hides_subject(r.subject) and not veil.covers(r.summary)
        )


def cohort_words(office: Office, cohort_id: int) -> str:
    """養成課程②までの日数の言葉（決まっていなければ空）。"""
    with office.read("home.cohort_words") as session:
        starts_on = session.get_one(Cohort, cohort_id).course2_starts_on
    if starts_on is None or starts_on <= office.today():
        return ""
    return f"養成課程② まで {(starts_on - office.today()).days}日"

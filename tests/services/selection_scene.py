"""選考の試験と見本帳のための、定員を超えた研修期。人はすべて作り物。"""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.domain.access import Role
from app.domain.selection import CRITERIA, Criterion
from app.services import eligibility, home, progress
from app.services.office import Office
from database.schema.audit import AuditEntry
from database.schema.eligibility import SelectionDecision
from database.schema.intake import Employment
from tests.factories import insert, make_actor, make_applications, make_cohort, person

SECOND = make_actor(Role.MANAGER, "責任 次郎")
RECEPTION = (Criterion("reception", "受付の早い順"),)
SPREAD = (Criterion("affiliation", "所属機関の均衡"), *RECEPTION)
STARTS_ON = date(2026, 8, 1)
# 氏名、ふりがな、所属機関、都道府県、受付日
APPLICANTS = (
    ("見本 一郎", "ミホン イチロウ", "見本市国際交流協会", "東京都", date(2026, 1, 5)),
    ("見本 二葉", "ミホン フタバ", "見本市国際交流協会", "東京都", date(2026, 1, 6)),
    ("NGUYỄN THỊ PHƯƠNG THẢO", "グエン ティ フオン タオ", "見本市国際交流協会", "東京都", date(2026, 1, 6)),
    ("髙﨑󠄀 健太郎", "タカサキ ケンタロウ", "例示県相談センター", "大阪府", date(2026, 1, 7)),
    ("渡邉 直樹", "ワタナベ ナオキ", "例示県相談センター", "大阪府", date(2026, 1, 8)),
    ("𠮷田 みなみ", "ヨシダ ミナミ", "仮名市多文化共生課", "愛知県", date(2026, 1, 9)),
)


def make_crowded(office: Office, capacity: int = 3, decided: bool = True) -> tuple[int, list[int]]:
    """定員を超えた研修期（研修はまだ始まっていない）と、受付の順の申込。

    全員が実務経験（従業日数 300日）で資格あり。decided ならそう決定してある（令和8年2月1日）。
    """
    cohort = make_cohort(office, starts_on=STARTS_ON, capacity=capacity)
    ids = []
    for name, reading, affiliation, prefecture, received_on in APPLICANTS:
        one = person(name, reading, affiliation=affiliation, affiliation_prefecture=prefecture)
        ids += make_applications(
            office,
            cohort,
            [one],
            False,
            received_on=received_on,
            counter_name=affiliation,
            counter_engaged=True,
            counter_standard=True,
        )
    insert(office, [employed(i, date(2024, 4, 1), None, 300) for i in ids])
    if decided:
        eligibility.decide_all_clear(replace(office, today=lambda: date(2026, 2, 1)), cohort)
    return cohort, ids


def employed(application_id: int, started_on: date, ended_on: date | None, workdays: int) -> Employment:
    """要件を満たす市の窓口での在職。"""
    return Employment(
        application_id=application_id,
        counter="municipal",
        counter_standard=True,
        started_on=started_on,
        ended_on=ended_on,
        workdays=workdays,
        workdays_in_window=workdays,
    )


def by(*keys: str) -> tuple[Criterion, ...]:
    """決まりの文の基準。"""
    return tuple(Criterion(k, CRITERIA[k]) for k in keys)


def stored(office: Office) -> list[tuple[int, str, int | None, str]]:
    """積まれた選考の決定（申込、結果、順、理由）。"""
    with office.store.sessions() as session:
        rows = session.scalars(select(SelectionDecision).order_by(SelectionDecision.id))
        return [(r.application_id, r.decision, r.rank, r.reason) for r in rows]


def admitted(office: Office, cohort: int) -> list[int]:
    """研修の進捗に並ぶ申込。"""
    return [r.application_id for r in progress.board(office, cohort).rows]


def asked(office: Office, cohort: int) -> list[tuple[str, str, int | None]]:
    """ホームの受講資格の仕事（文、誰、申込）。"""
    tasks = home.tasks(office, cohort)
    return [(t.text, t.who, t.target_id) for t in tasks if t.room == "eligibility" and "事実" not in t.text]


def last_entry(office: Office) -> AuditEntry:
    """最後の監査記録。"""
    with office.store.sessions() as session:
        found = session.scalar(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1))
        assert found is not None
        return found


def selected(office: Office, waiting: int | None = None, capacity: int = 3) -> tuple[int, list[int]]:
    """受付の順で選考を決定した研修期。"""
    cohort, ids = make_crowded(office, capacity)
    eligibility.set_selection_criteria(office, cohort, RECEPTION, waiting)
    eligibility.decide_selection(office, cohort)
    return cohort, ids

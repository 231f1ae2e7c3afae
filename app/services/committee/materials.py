"""会議の資料：全件の一冊と、回避した案件を除いた、委員ごとの一冊。"""

from collections.abc import Collection, Sequence
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.materials import CasePage, MaterialsPaper, render_materials
from app.domain.calendar import wareki, weekday_ja
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.committee.agenda import visible_agenda
from app.services.committee.facts import grounds, open_sentence
from app.services.committee.presence import WRITTEN, members_in_office
from app.services.committee.recusals import as_member, hidden_cases
from app.services.committee.summary import TestResults, course_rows
from app.services.files import write_whole
from app.services.office import Actor, Office
from app.services.views.committee import GROUND_TEXTS
from app.services.views.progress import GATE_WORDS
from database.schema.committee import Case, Meeting, Member
from database.schema.intake import Application, Cohort
from database.schema.people import Person

_COMPUTED = {"applies": "該当する", "clear": "該当しない", "unconfirmed": "未確認"}
_TITLES = ("養成課程①", "実践", "養成課程②", "修了認定テスト")
_NOTE = "この資料には個人の情報が含まれます。会議の後、事務局へ返してください。"


def _case_page(session: Session, office: Office, meeting: Meeting, case: Case, words: Any) -> CasePage:
    application = session.get_one(Application, case.application_id)
    computed, _ = grounds(session, application, meeting.certification_on, office.guideline)
    return CasePage(
        f"{case.position:03d}",
        f"{application.reception_number:04d}",
        application.person.name,
        application.person.affiliation,
        tuple(zip(_TITLES, words, strict=True)),
        tuple(
            (
                mark,
                "委員会が判断" if ground == "a" else _COMPUTED[str(computed[ground]["status"])],
                "" if ground == "a" else open_sentence(ground, computed[ground]),
            )
            for ground, (mark, _text) in GROUND_TEXTS.items()
        ),
    )


def _facts(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    day = f"{wareki(meeting.held_on)}（{weekday_ja(meeting.held_on)}）"
    when = f"{day}（書面の回答の締切日）" if meeting.kind == WRITTEN else f"{day}{meeting.starts_at}から"
    return (
        ("日時", when),
        ("場所", meeting.place or "（記載なし）"),
        ("認証予定日", wareki(meeting.certification_on)),
    )


def _test_statistics(results: TestResults) -> tuple[tuple[str, str], ...]:
    totals = [r["total"] for r in results.rows if r.get("total") is not None]
    if not totals:
        return (("受験者", "0名"),)
    passed = sum(bool(r["passed"]) for r in results.rows)
    rows = [
        ("受験者", f"{len(totals)}名"),
        ("合格者", f"{passed}名（{passed * 100 / len(totals):.1f}%）"),
        ("合格点", f"{results.line}点"),
    ]
    if len(totals) >= 10:  # 少ない人数の平均は、一人の点を言うのに近い
        rows += [
            ("平均・標準偏差", f"{fmean(totals):.1f}点・{pstdev(totals):.1f}点"),
            ("最高・最低", f"{max(totals)}点・{min(totals)}点"),
        ]
    return tuple(rows)


def _statistics(session: Session, office: Office, meeting: Meeting, results: TestResults) -> Any:
    cohort = session.get_one(Cohort, meeting.cohort_id)
    board = course_rows(session, cohort, office.today())
    course = [("受講者", f"{len(board)}名")]
    for key, title in (("course1", "養成課程①"), ("practice", "実践"), ("course2", "養成課程②")):
        states = [getattr(r, key) for r in board]
        counts = (f"{GATE_WORDS[s]} {states.count(s)}名" for s in dict.fromkeys(sorted(states)))
        course.append((title, "　".join(counts)))
    return (("修了認定テスト", _test_statistics(results)), ("研修", tuple(course)))


def _paper(
    session: Session,
    office: Office,
    meeting: Meeting,
    hidden: Collection[int],
    recipient: str,
    readers: Sequence[Actor],
) -> MaterialsPaper:
    cohort = session.get_one(Cohort, meeting.cohort_id)
    rows = session.execute(
        select(Case, Application.reception_number)
        .join(Application, Application.id == Case.application_id)
        .join(Person, Person.id == Application.person_id)
        .where(Case.meeting_id == meeting.id)
        .order_by(Application.reception_number)
    ).all()
    shown = [case for case, _ in rows if case.id not in hidden]
    results = TestResults(session, meeting.cohort_id)
    board = {r.application_id: r for r in course_rows(session, cohort, office.today())}
    return MaterialsPaper(
        title=f"{cohort_title(cohort)} 第{meeting.number}回 認定審査委員会 会議資料",
        recipient=recipient,
        facts=_facts(meeting),
        agenda=tuple(f"議案第{r.number}号　{r.title}" for r in visible_agenda(session, meeting.id, *readers)),
        cases=tuple(
            _case_page(
                session,
                office,
                meeting,
                case,
                results.words(board.get(case.application_id), case.application_id),
            )
            for case in shown
        ),
        gaps=tuple(f"{case.position:03d}" for case, _ in rows if case.id in hidden),
        statistics=_statistics(session, office, meeting, results),
        note=_NOTE,
    )


def materials_paper(office: Office, meeting_id: int, member_id: int | None = None) -> MaterialsPaper:
    """資料の中身。member_id があれば、その委員に見せない案件を番号だけにする。"""
    with office.read("committee.materials_paper") as session:
        meeting = session.get_one(Meeting, meeting_id)
        actor = office.require("committee.materials_paper")
        hidden = hidden_cases(session, meeting_id, actor)
        readers = [actor] if member_id is None else [actor, as_member(member_id)]
        recipient = "事務局・全件"
        if member_id is not None:
            member = session.get_one(Member, member_id)
            recipient = f"{member.name} 委員"
            hidden = hidden | hidden_cases(session, meeting_id, as_member(member_id))
        return _paper(session, office, meeting, hidden, recipient, readers)


def write_materials(office: Office, meeting_id: int, path: Path, member_id: int | None = None) -> int:
    """資料の PDF を書き、載せた案件の数を返す。"""
    office.require("committee.write_materials")
    paper = materials_paper(office, meeting_id, member_id)
    content = render_materials(paper)
    with office.act("committee.write_materials") as act:
        act.say(
            f"meeting:{meeting_id}",
            f"会議資料を書き出し（{paper.recipient}、{len(paper.cases)}件）",
            detail={"member_id": member_id, "left_out": list(paper.gaps)},
        )
    write_whole(path, content)
    return len(paper.cases)


def write_member_materials(office: Office, meeting_id: int, path: Path) -> int:
    """会議の日に在任する委員の一人ひとりに一冊ずつ書き、冊数を返す。

    path が「資料.pdf」なら「資料_委員01.pdf」から。ファイルの名に氏名は使わない。
    """
    office.require("committee.write_member_materials")
    with office.read("committee.write_member_materials") as session:
        meeting = session.get_one(Meeting, meeting_id)
        ids = [m.id for m in members_in_office(session, meeting.held_on)]
    if not ids:
        raise RuleViolation("会議の日に在任する委員がいません。委員を登録してください。")
    for place, member_id in enumerate(ids, 1):
        write_materials(office, meeting_id, path.with_name(f"{path.stem}_委員{place:02d}.pdf"), member_id)
    return len(ids)

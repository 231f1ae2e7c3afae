"""会議の招集：委員ごとの招集通知と、出す期限。"""

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from app.documents.letters import Letter, render_letters
from app.domain.calendar import wareki, weekday_ja
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.committee.agenda import visible_agenda
from app.services.committee.presence import WRITTEN, members_in_office, open_meeting
from app.services.committee.recusals import as_member
from app.services.files import write_whole
from app.services.office import Office
from app.services.settings import value_of
from app.services.working_days import working_days_before
from database.schema.committee import Meeting, Member
from database.schema.intake import Cohort

_KINDS = {"in_person": "対面", "online": "オンライン", "written": "書面（持ち回り）"}


def notice_deadline(session: Session, held_on: date) -> date:
    """招集通知を出す期限：会議の日から、設定の開庁日数だけ戻した日。"""
    return working_days_before(held_on, int(value_of(session, "convocation_days")))


def _rows(session: Session, meeting: Meeting) -> tuple[tuple[str, str], ...]:
    day = f"{wareki(meeting.held_on)}（{weekday_ja(meeting.held_on)}）"
    rows = [
        ("会議", f"第{meeting.number}回認定審査委員会"),
        ("研修", cohort_title(session.get_one(Cohort, meeting.cohort_id))),
        ("開き方", _KINDS[meeting.kind]),
    ]
    if meeting.kind == WRITTEN:
        rows.append(("回答の締切日", day))
    else:
        rows.append(("日時", f"{day}{meeting.starts_at}から"))
    if meeting.place:
        rows.append(("場所", meeting.place))
    return tuple(rows)


def _letter(session: Session, meeting: Meeting, member: Member, today: date, number: str) -> Letter:
    written = meeting.kind == WRITTEN
    opening = (
        "下記のとおり、認定審査委員会を書面により開催しますので、議案について締切日までにご回答ください。"
        if written
        else "下記のとおり、認定審査委員会を開催しますので、ご出席くださいますようお願いします。"
    )
    closing = (
        "審査を受ける人と利害関係（同じ所属、指導や採点、親族など）のあるときは、会議の前に事務局へお知らせください。"
        "ご欠席のときも、お早めにお知らせください。"
    )
    items = tuple(
        ("" if place else "議題", f"{row.number}　{row.title}")
        for place, row in enumerate(visible_agenda(session, meeting.id, as_member(member.id)))
    )
    return Letter(
        number=number,
        date=today,
        addressee=member.name,
        sender=str(value_of(session, "office_name")),
        title="認定審査委員会の開催について（招集通知）",
        paragraphs=(opening, closing),
        rows=(*_rows(session, meeting), *items),
    )


def convocation_letters(office: Office, meeting_id: int, number: str = "") -> bytes:
    """招集通知の下見：会議の日に在任する委員へ一通ずつ、一冊の PDF。"""
    with office.read("committee.convocation_letters") as session:
        return _draw(session, session.get_one(Meeting, meeting_id), office.today(), number)


def _draw(session: Session, meeting: Meeting, today: date, number: str) -> bytes:
    members = members_in_office(session, meeting.held_on)
    if not members:
        raise RuleViolation("会議の日に在任する委員がいません。委員を登録してから招集してください。")
    count = len(members)
    return render_letters(
        [
            _letter(session, meeting, m, today, f"{number}の{n}" if number and count > 1 else number)
            for n, m in enumerate(members, 1)
        ]
    )


def write_convocation(office: Office, meeting_id: int, path: Path, number: str = "") -> int:
    """招集通知を書き、招集した日を記す。期限を過ぎていても書けるが、監査記録にそのことが残る。通数を返す。"""
    with office.act("committee.write_convocation") as act:
        meeting = open_meeting(act.session, meeting_id)
        today = office.today()
        if today > meeting.held_on:
            raise RuleViolation("会議の日を過ぎています。招集通知は作れません。")
        content = _draw(act.session, meeting, today, number.strip())
        deadline = meeting.notice_by or notice_deadline(act.session, meeting.held_on)
        meeting.notice_by = deadline
        meeting.convened_on = meeting.convened_on or today
        count = len(members_in_office(act.session, meeting.held_on))
        late = f"（期限 {wareki(deadline)} を過ぎている）" if today > deadline else ""
        act.say(f"meeting:{meeting_id}", f"第{meeting.number}回の会議の招集通知を{count}通書き出し{late}")
        write_whole(path, content)
        return count

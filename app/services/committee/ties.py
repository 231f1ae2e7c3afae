"""委員と申込者の関わりを、記録から挙げる。挙げるだけで、利害関係かどうかは人が確かめる。"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.names import search_key
from app.services.views.conflicts import RECUSAL_WORDS
from database.schema.accounts import Account
from database.schema.committee import Case, Member, MemberLecture, Recusal
from database.schema.intake import Application, Employment
from database.schema.people import Person
from database.schema.progress import Attendance, TrainingSession
from database.schema.scoring import AnswerSheet, WrittenMark

# （申込, 委員）から、関わりの言葉へ
Ties = dict[tuple[int, int], list[str]]


class _Places:
    """委員の所属から、その委員へ。書き方の違いを畳んで比べる。"""

    def __init__(self, members: Sequence[Member]) -> None:
        self._now: dict[str, list[Member]] = defaultdict(list)
        self._before: dict[str, list[tuple[Member, str]]] = defaultdict(list)
        for member in members:
            if key := search_key(member.affiliation):
                self._now[key].append(member)
            for place in (member.former_affiliations or "").splitlines():
                if key := search_key(place):
                    self._before[key].append((member, place.strip()))

    def current(self, place: str | None) -> list[Member]:
        """その所属の委員。"""
        return self._now.get(search_key(place or ""), [])

    def former(self, place: str | None) -> list[tuple[Member, str]]:
        """前にその所属だった委員と、その所属。"""
        return self._before.get(search_key(place or ""), [])


def _add(ties: Ties, application_id: int, member: Member, words: str) -> None:
    found = ties.setdefault((application_id, member.id), [])
    if words not in found:
        found.append(words)


def _employers(session: Session, ids: Sequence[int], places: _Places, ties: Ties) -> None:
    rows = session.execute(
        select(Application.id, Application.counter_name, Application.commissioner, Person.affiliation)
        .join(Person, Person.id == Application.person_id)
        .where(Application.id.in_(ids))
    )
    for key, counter_name, commissioner, affiliation in rows:
        for place in (affiliation, counter_name):
            for member in places.current(place):
                _add(ties, key, member, f"同一所属（{member.affiliation}）")
            for member, before in places.former(place):
                _add(ties, key, member, f"委員の前の所属（{before}）が申込者の所属")
        for member in places.current(commissioner):
            _add(ties, key, member, f"委員の所属（{member.affiliation}）が窓口の委託元")


def _employments(session: Session, ids: Sequence[int], places: _Places, ties: Ties) -> None:
    rows = session.execute(
        select(Employment.application_id, Employment.counter_name, Employment.commissioner)
        .where(Employment.application_id.in_(ids))
        .order_by(Employment.id)
    )
    for key, counter_name, commissioner in rows:
        for member in places.current(counter_name):
            if not any(w.startswith("同一所属") for w in ties.get((key, member.id), ())):
                _add(ties, key, member, f"委員の所属（{member.affiliation}）に申込者が在職した")
        for member, before in places.former(counter_name):
            _add(ties, key, member, f"委員の前の所属（{before}）に申込者が在職した")
        for member in places.current(commissioner):
            _add(ties, key, member, f"委員の所属（{member.affiliation}）が在職した窓口の委託元")


def _lectures(session: Session, ids: Sequence[int], members: dict[int, Member], ties: Ties) -> None:
    rows = session.execute(
        select(Attendance.application_id, MemberLecture.member_id, TrainingSession.title)
        .join(TrainingSession, TrainingSession.id == Attendance.training_session_id)
        .join(MemberLecture, MemberLecture.training_session_id == TrainingSession.id)
        .where(
            Attendance.application_id.in_(ids),
            Attendance.attended.is_(True),
            MemberLecture.member_id.in_(members),
        )
        .order_by(TrainingSession.position)
    )
    for key, member_id, title in rows:
        _add(ties, key, members[member_id], f"講師を務めた（{title}）")


def _marks(session: Session, ids: Sequence[int], members: dict[int, Member], ties: Ties) -> None:
    """採点した人は、口座の人の鍵で、なければ氏名で委員に当てる。"""
    keys = dict(
        session.execute(
            select(Account.person_key, Member.id)
            .join(Member, Member.account_id == Account.id)
            .where(Member.id.in_(members))
        ).all()
    )
    names = {search_key(m.name): m.id for m in members.values()}
    rows = session.execute(
        select(
            AnswerSheet.application_id,
            WrittenMark.marker_key,
            WrittenMark.marker,
            WrittenMark.question_number,
        )
        .join(WrittenMark, WrittenMark.answer_sheet_id == AnswerSheet.id)
        .where(AnswerSheet.application_id.in_(ids))
        .order_by(WrittenMark.question_number)
    )
    for key, marker_key, marker, number in rows:
        member_id = keys.get(marker_key, names.get(search_key(marker)))
        if member_id is not None:
            _add(ties, key, members[member_id], f"記述の答を採点した（問{number}）")


def _family_name(name: str) -> str:
    return search_key(name.replace("\u3000", " ").strip().partition(" ")[0])


def _homes(session: Session, ids: Sequence[int], members: Iterable[Member], ties: Ties) -> None:
    homes = {m.id: (search_key(m.address or ""), m) for m in members if (m.address or "").strip()}
    if not homes:
        return
    rows = session.execute(
        select(Application.id, Person.name, Person.address)
        .join(Person, Person.id == Application.person_id)
        .where(Application.id.in_(ids), Person.address != "")
    )
    for key, name, address in rows:
        folded = search_key(address)
        for home, member in homes.values():
            if home == folded:
                same = _family_name(name) == _family_name(member.name)
                _add(ties, key, member, "姓と住所が同じ" if same else "住所が同じ")


def _earlier(
    session: Session, ids: Sequence[int], members: dict[int, Member], meeting_id: int, ties: Ties
) -> None:
    """ほかの会議で、同じ人の案件を回避した委員。"""
    mine, theirs = aliased(Application), aliased(Application)
    rows = session.execute(
        select(mine.id, Recusal.member_id, Recusal.kind)
        .join(theirs, theirs.person_id == mine.person_id)
        .join(Case, Case.application_id == theirs.id)
        .join(Recusal, Recusal.case_id == Case.id)
        .where(
            mine.id.in_(ids),
            Case.meeting_id != meeting_id,
            Recusal.confirmed.is_(True),
            Recusal.member_id.in_(members),
        )
        .order_by(Recusal.id)
    )
    for key, member_id, kind in rows:
        _add(ties, key, members[member_id], f"ほかの会議で{RECUSAL_WORDS[kind]}とした")


def ties_of(
    session: Session, members: Sequence[Member], application_ids: Sequence[int], meeting_id: int
) -> Ties:
    """申込と委員の組から、関わりの言葉（一つずつ）へ。関わりのない組は入らない。meeting_id は、いまの会議。"""
    ties: Ties = {}
    by_id, places = {m.id: m for m in members}, _Places(members)
    _employers(session, application_ids, places, ties)
    _employments(session, application_ids, places, ties)
    _lectures(session, application_ids, by_id, ties)
    _marks(session, application_ids, by_id, ties)
    _homes(session, application_ids, members, ties)
    _earlier(session, application_ids, by_id, meeting_id, ties)
    return ties

"""受付：同じ人かもしれない記録を、二つになる前と後に見つける（似ているわけは app.domain.likeness）。"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.errors import RuleViolation
from app.domain.likeness import Identity, Likeness, likeness
from app.services.cohorts import cohort_code
from app.services.office import Office
from app.services.views.people import DistinctPair, DuplicatePair, PersonBrief, SimilarPerson
from app.workbooks.applicant_forms import ApplicantForm
from database.schema.intake import Application, Cohort
from database.schema.people import Person, PersonDistinction

_MOST = 500  # 一度に尋ねる人の数
_CROWD = 40  # 一つの鍵を持つ人がこれより多ければ、隣どうしだけを比べる
_FIELDS = tuple(Identity.__dataclass_fields__)
Known = dict[int, Identity]


def identity(one: object) -> Identity:
    """人の記録・申込書・その列を持つ行の、人を見分ける値。"""
    return Identity(**{name: getattr(one, name) for name in _FIELDS})


def _columns() -> list[InstrumentedAttribute[object]]:
    return [getattr(Person, name) for name in _FIELDS]


def roots(session: Session) -> dict[int, int]:
    """名寄せされた人の番号から、残した記録の番号へ（重ねて名寄せしたものは、最後に残したものへ）。"""
    to = {
        merged: kept
        for merged, kept in session.execute(
            select(Person.id, Person.merged_into_id).where(Person.merged_into_id.is_not(None))
        )
        if kept is not None
    }
    found = {}
    for merged in to:
        last = merged
        while last in to:
            last = to[last]
        found[merged] = last
    return found


def application_words(session: Session, people: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """人の番号から、その人の申込の短い言葉（研修期の順）へ。"""
    found: dict[int, list[str]] = defaultdict(list)
    for first in range(0, len(people), _MOST):
        rows = session.execute(
            select(Application, Cohort)
            .join(Cohort)
            .where(Application.person_id.in_(people[first : first + _MOST]))
            .order_by(Cohort.fiscal_year, Cohort.term, Application.id)
        )
        for a, cohort in rows:
            left = "（辞退）" if a.withdrawn_on is not None else ""
            found[a.person_id].append(f"{cohort_code(cohort)} 受付{a.reception_number:04d}{left}")
    return {person_id: tuple(words) for person_id, words in found.items()}


def briefs(session: Session, people: Iterable[int]) -> dict[int, PersonBrief]:
    """人の番号から、一覧での一人へ。"""
    wanted = sorted(set(people))
    applied = application_words(session, wanted)
    found = {}
    for first in range(0, len(wanted), _MOST):
        for p in session.scalars(select(Person).where(Person.id.in_(wanted[first : first + _MOST]))):
            found[p.id] = PersonBrief(p.id, p.name, p.reading, p.birth_date, applied.get(p.id, ()))
    return found


def _candidates(groups: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    """鍵の等しい人の組。とても多ければ、隣どうしだけ。"""
    for group in groups:
        if len(group) > 1:
            yield from combinations(group, 2) if len(group) <= _CROWD else pairwise(group)


def _keyed(people: Known, ids: Iterable[int], *, same_day: bool) -> Iterator[tuple[int, int]]:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in ids:
        one = people[number]
        for key in one.same_day_keys() if same_day else one.contact_keys():
            groups[key].append(number)
    return _candidates(groups.values())


def find_pairs(people: Known) -> dict[tuple[int, int], Likeness]:
    """人の番号の組（小さい方が先）から、似ているわけへ。people の人数にほぼ比例する手間で見つける。"""
    by_day: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for number in sorted(people):
        by_day[people[number].day].append(number)
    found: dict[tuple[int, int], Likeness] = {}
    looked: set[tuple[int, int]] = set()

    def look(pairs: Iterable[tuple[int, int]]) -> None:
        for pair in pairs:
            if pair not in looked:
                looked.add(pair)
                if why := likeness(people[pair[0]], people[pair[1]]):
                    found[pair] = why

    for ids in by_day.values():
        if len(ids) > 1:
            look(_keyed(people, ids, same_day=True))
    look(_keyed(people, sorted(people), same_day=False))
    return found


def list_duplicates(office: Office) -> tuple[DuplicatePair, ...]:
    """同じ人かもしれない記録の組（ほぼ同じ人と見てよいものが先、その中では新しい記録が先）。

    名寄せした記録と、別の人と確かめた組は出ない。研修期を問わず、すべての人を比べる。
    """
    with office.read("intake.list_duplicates") as session:
        rows = session.execute(select(Person.id, *_columns()).where(Person.merged_into_id.is_(None)))
        pairs = find_pairs({row.id: identity(row) for row in rows})
        for one, other in session.execute(select(PersonDistinction.one_id, PersonDistinction.other_id)):
            pairs.pop((one, other), None)
        people = briefs(session, {number for pair in pairs for number in pair})
    made = [
        DuplicatePair(people[one], people[other], why.reasons, why.strong)
        for (one, other), why in pairs.items()
    ]
    return tuple(sorted(made, key=lambda p: (not p.strong, -p.other.id, -p.one.id)))


def list_distinctions(office: Office) -> tuple[DistinctPair, ...]:
    """別の人と確かめた組（新しいものが先）。"""
    with office.read("intake.list_distinctions") as session:
        found = list(session.scalars(select(PersonDistinction).order_by(PersonDistinction.id.desc())))
        people = briefs(session, {number for d in found for number in (d.one_id, d.other_id)})
        return tuple(
            DistinctPair(d.id, people[d.one_id], people[d.other_id], d.noted_on, d.noted_by, d.reason)
            for d in found
        )


def record_distinction(office: Office, one_id: int, other_id: int, reason: str) -> int:
    """似た二つの記録を、わけを添えて別の人と記す。以後、同じ人かもしれない組として挙げない。"""
    one, other = sorted((one_id, other_id))
    with office.act("intake.record_distinction") as act:
        if not reason.strip():
            raise RuleViolation("別の人と確かめたわけを書いてください。記録に残ります。")
        names = [act.session.get_one(Person, number).name for number in (one, other)]
        before = select(PersonDistinction.id).filter_by(one_id=one, other_id=other)
        if one == other or act.session.scalar(before) is not None:
            raise RuleViolation("この組は、もう別の人と記してあります。一覧を開き直してください。")
        row = PersonDistinction(
            one_id=one, other_id=other, noted_on=office.today(), noted_by=act.actor.name, reason=reason
        )
        act.session.add(row)
        act.session.flush()
        act.say(f"person:{one}", f"別の人と確認：{names[0]}と{names[1]}（person:{other}）", reason=reason)
        return row.id


def remove_distinction(office: Office, distinction_id: int, reason: str) -> None:
    """別の人とした印を、わけを添えて取り消す。似ていれば、また組として挙がる。"""
    with office.act("intake.remove_distinction") as act:
        if not reason.strip():
            raise RuleViolation("取り消すわけを書いてください。記録に残ります。")
        row = act.session.get_one(PersonDistinction, distinction_id)
        act.say(f"person:{row.one_id}", f"別の人とした印を取消し（person:{row.other_id}）", reason=reason)
        act.session.delete(row)


class Near(NamedTuple):
    """似ているわけと、読み（なければ氏名）と生年月日が同じか。"""

    reasons: tuple[str, ...]
    exact: bool


class Similar:
    """前からいる人の中から、申込書に似た人を探すもの。下見の間、一度だけ読む。"""

    def __init__(self, session: Session, forms: Sequence[ApplicantForm]) -> None:
        """forms に似ていることのありうる人だけを持つ。"""
        self._session = session
        wanted = [identity(f) for f in forms]
        days = {one.day for one in wanted}
        contacts = {contact for one in wanted for contact in one.contacts}
        self._roots = roots(session)
        self._people: Known = {}
        self._by_day: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        self._by_contact: dict[str, list[int]] = defaultdict(list)
        for row in session.execute(select(Person.id, *_columns()).order_by(Person.id)):
            one = identity(row)
            if one.day in days or (contacts and not contacts.isdisjoint(one.contacts)):
                self._keep(row.id, one)

    def _keep(self, number: int, one: Identity) -> None:
        self._people[number] = one
        self._by_day[one.day].append(number)
        for contact in one.contacts:
            self._by_contact[contact].append(number)

    def near(self, form: ApplicantForm) -> dict[int, Near]:
        """残した記録の番号から、似ているわけへ。名寄せした記録に似ていれば、残した記録として返す。"""
        given = identity(form)
        numbers = [*self._by_day[given.day], *(n for c in given.contacts for n in self._by_contact[c])]
        found: dict[int, Near] = {}
        for number in dict.fromkeys(numbers):
            one = self._people[number]
            if (why := likeness(given, one)) is None:
                continue
            kept = self._roots.get(number, number)
            exact = given.read_as == one.read_as and given.birth_date == one.birth_date
            reasons = why.reasons
            if kept != number:
                reasons += (f"（名寄せした前の記録「{one.name}」と比べて）",)
            # 残した記録そのもののわけを先に取り、どちらかが同じなら同じとする
            before = found.get(kept)
            if before is None or (exact and not before.exact) or (kept == number and not before.exact):
                found[kept] = Near(reasons, exact)
        return found

    def people(self, form: ApplicantForm, *, exact: bool | None = None) -> tuple[SimilarPerson, ...]:
        """form に似た人（読みと生年月日が同じ人が先）。exact を与えれば、そうである人・ない人だけ。"""
        near = {n: why for n, why in self.near(form).items() if exact is None or why.exact == exact}
        known = briefs(self._session, near)
        found = [
            SimilarPerson(n, known[n].name, why.reasons, known[n].applications, why.exact)
            for n, why in near.items()
        ]
        return tuple(sorted(found, key=lambda s: (not s.exact, s.id)))

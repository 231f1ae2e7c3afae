"""受付：同じ人の二つの記録を一つにまとめる（名寄せ）。元に戻すのは people_unmerge にある。"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.employments import check_person_facts
from app.services.intake.records import PERSON_LABELS, shown
from app.services.office import Office
from app.services.people import check_person, grams_of, printed_name, unsign
from app.services.views.people import MergeRow
from database.queries.search import index_person
from database.schema.base import Base
from database.schema.intake import Application
from database.schema.people import Attachment, Person, PersonMerge

LABELS = {**PERSON_LABELS, "died_on": "死亡日"}
TABLES = {
    "application": "申込",
    "attachment": "書類",
    "certification": "認証",
    "conviction": "裁判の記録",
}
_MINE = {"person", "person_merge", "person_distinction"}
Rows = dict[str, list[Base]]


def rows_of(session: Session, person_id: int) -> Rows:
    """人を指すすべての行（表の名から、番号の順の行へ）。どの部屋の表も漏らさない。"""
    found: Rows = {}
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if table.name in _MINE:  # type: ignore[attr-defined]
            continue
        for column in table.columns:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                wanted = select(mapper).where(column == person_id).order_by(table.columns["id"])
                found[str(table.name)] = list(session.scalars(wanted))  # type: ignore[attr-defined]
    return found


def plain(value: object) -> object:
    """JSON に置く値。"""
    return value.isoformat() if isinstance(value, date) else value


def counted(rows: Mapping[str, Sequence[object]]) -> str:
    """「申込2件、書類1件」の形。何もなければ空。"""
    return "、".join(f"{TABLES.get(t, 'ほかの記録')}{len(ids)}件" for t, ids in sorted(rows.items()) if ids)


def _by_cohort(rows: Rows) -> dict[int, Application]:
    return {a.cohort_id: a for a in rows["application"] if isinstance(a, Application)}


def obstacle(kept: Rows, merged: Rows) -> str:
    """まとめられないわけ（空ならまとめられる）。同じ研修期の二つの申込は、移す方が辞退なら前の記録に残す。"""
    mine = _by_cohort(kept)
    for cohort_id, other in _by_cohort(merged).items():
        one = mine.get(cohort_id)
        if one is None or other.withdrawn_on is not None:
            continue
        numbers = f"受付{one.reception_number:04d}と受付{other.reception_number:04d}"
        where = f"どちらの記録にも{cohort_title(one.cohort)}の申込があります（{numbers}）。"
        if one.withdrawn_on is not None:
            return f"{where}残す方の申込が辞退なので、もう一方の記録を残す方に選び直してください。"
        return (
            f"{where}一つの研修期に一人の申込は一つなので、どちらかの申込を辞退としてから、まとめてください。"
        )
    return ""


def _staying(kept: Rows, merged: Rows) -> set[int]:
    """前の記録に残る（移すと同じ研修期に二つになる）辞退した申込の番号。"""
    mine = _by_cohort(kept)
    return {a.id for cohort_id, a in _by_cohort(merged).items() if cohort_id in mine}


def _move(merged: Rows, kept_id: int, staying: set[int]) -> dict[str, list[int]]:
    """行を移し、移した番号を表ごとに返す。残る申込とその書類は移さない。"""
    moved: dict[str, list[int]] = {}
    for table, rows in merged.items():
        for row in rows:
            stays = (
                row.id in staying
                if isinstance(row, Application)
                else (isinstance(row, Attachment) and row.application_id in staying)
            )
            if not stays:
                row.person_id = kept_id  # type: ignore[attr-defined]
                moved.setdefault(table, []).append(row.id)  # type: ignore[attr-defined]
    return moved


def _replace(kept: Person, merged: Person, chosen: Sequence[str]) -> dict[str, Any]:
    """選ばれた欄を merged の値に替え、{欄: [前, 後]} を返す。刷る氏名が変われば、確認済みの印も控えて外す。"""
    unknown = set(chosen) - set(LABELS)
    if unknown:
        raise RuleViolation(f"選べない項目です：{'、'.join(sorted(unknown))}")
    printed = printed_name(kept)
    signed = {
        "printed": printed,
        "off": kept.certificate_name_signed_off,
        "by": kept.certificate_name_signed_by,
        "on": plain(kept.certificate_name_signed_on),
    }
    found: dict[str, Any] = {}
    for name in dict.fromkeys(chosen):
        before, after = getattr(kept, name), getattr(merged, name)
        if before != after:
            setattr(kept, name, after)
            found[name] = [plain(before), plain(after)]
    if printed_name(kept) != printed:
        unsign(kept)
        found["signed"] = signed
    return found


def two_records(session: Session, kept_id: int, merged_id: int) -> tuple[Person, Person]:
    """比べる、またはまとめる二つの記録。同じか、ないか、名寄せ済みなら RuleViolation。"""
    if kept_id == merged_id:
        raise RuleViolation("同じ一つの記録です。二つの記録を選んでください。")
    found = [session.get(Person, number) for number in (kept_id, merged_id)]
    one, other = found
    if one is None or other is None:
        raise RuleViolation("その人の記録はありません。一覧を開き直してください。")
    for person in (one, other):
        if person.merged_into_id is not None:
            raise RuleViolation(
                f"「{person.name}」の記録は、既に名寄せされています。一覧を開き直してください。"
            )
    return one, other


def merge_people(
    office: Office, kept_id: int, merged_id: int, reason: str, chosen: Sequence[str] = ()
) -> int:
    """二つの記録を kept_id にまとめ、名寄せの id を返す。chosen は merged_id の値を採る欄の名。

    申込・書類・認証・裁判の記録を移す。まとめた記録の値は消さず、検索では残した記録に行き着く。
    同じ研修期の申込が両方にあれば RuleViolation（移す方が辞退なら、その申込は前の記録に残る）。
    """
    if not reason.strip():
        raise RuleViolation("名寄せの理由が空です。同じ人と確かめたわけを書いてください。")
    with office.act("intake.merge_people") as act:
        session = act.session
        kept, merged = two_records(session, kept_id, merged_id)
        mine, theirs = rows_of(session, kept_id), rows_of(session, merged_id)
        if words := obstacle(mine, theirs):
            raise RuleViolation(words)
        held = {table: [row.id for row in rows] for table, rows in mine.items()}  # type: ignore[attr-defined]
        moved = _move(theirs, kept_id, _staying(mine, theirs))
        replaced = _replace(kept, merged, chosen)
        merged.merged_into_id = kept_id
        check_person(kept.name, kept.birth_date, office.today())
        session.flush()
        session.expire_all()
        check_person_facts(office, session, kept_id)
        for person in (kept, merged):
            index_person(session, person.id, grams_of(person))
        made = PersonMerge(
            kept_id=kept_id,
            merged_id=merged_id,
            merged_at=office.now(),
            merged_by=act.actor.name,
            reason=reason,
            moved={"moved": moved, "held": held},
            replaced=replaced,
        )
        session.add(made)
        session.flush()
        act.say(
            f"person:{kept_id}",
            f"同じ人の記録を名寄せ（記録{merged_id}を記録{kept_id}に、{counted(moved) or '移した記録なし'}）",
            reason=reason,
            detail={"merged": merged_id, "replaced": sorted(replaced)},
        )
        return made.id


def _replaced_words(replaced: Mapping[str, Any]) -> Iterator[str]:
    for name, label in LABELS.items():
        if name in replaced:
            before, after = (_shown(name, value) for value in replaced[name])
            yield f"{label}：{before or '（なし）'} → {after or '（なし）'}"


def _shown(name: str, value: Any) -> str:
    return shown(value_of(name, value))


def value_of(name: str, value: Any) -> Any:
    """控えた値を、欄の値へ。"""
    is_day = name in ("birth_date", "died_on") and value is not None
    return date.fromisoformat(value) if is_day else value


def list_merges(office: Office) -> tuple[MergeRow, ...]:
    """名寄せの一覧（新しい順）。元に戻したものも残る。"""
    with office.read("intake.list_merges") as session:
        merges = list(session.scalars(select(PersonMerge).order_by(PersonMerge.id.desc())))
        numbers = {n for m in merges for n in (m.kept_id, m.merged_id)}
        people = {p.id: p.name for p in session.scalars(select(Person)) if p.id in numbers} if merges else {}
        return tuple(
            MergeRow(
                m.id,
                m.kept_id,
                people[m.kept_id],
                m.merged_id,
                people[m.merged_id],
                m.merged_at,
                m.merged_by,
                m.reason,
                counted(m.moved["moved"]),
                "、".join(_replaced_words(m.replaced)),
                m.undone_at,
            )
            for m in merges
        )

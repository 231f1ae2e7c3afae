"""受付：名寄せを元に戻す。後から触れられていないものはすべて戻し、戻せないものを言う。"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.employments import check_person_facts
from app.services.intake.merging import LABELS, TABLES, Rows, counted, plain, rows_of, value_of
from app.services.intake.records import shown
from app.services.office import Office
from app.services.people import grams_of, printed_name, unsign
from app.services.views.people import UnmergeResult
from database.queries.search import index_person
from database.schema.base import Base
from database.schema.certificates import Certification
from database.schema.committee import Case
from database.schema.people import Attachment, Person, PersonMerge

Numbers = dict[str, list[int]]


def _merge(session: Session, merge_id: int) -> tuple[PersonMerge, Person, Person]:
    merge = session.get(PersonMerge, merge_id)
    if merge is None or merge.undone_at is not None:
        raise RuleViolation("この名寄せはないか、既に元に戻しています。一覧を開き直してください。")
    kept, merged = session.get_one(Person, merge.kept_id), session.get_one(Person, merge.merged_id)
    if kept.merged_into_id is not None:
        onto = session.get_one(Person, kept.merged_into_id)
        raise RuleViolation(
            f"残した記録「{kept.name}」は、その後に「{onto.name}」に名寄せされています。"
            "先に、その新しい名寄せを元に戻してください。"
        )
    return merge, kept, merged


def _follows(session: Session, row: Base, applications: set[int]) -> bool:
    """名寄せの後にできた行のうち、戻す申込に付くもの（その議決による認証、その申込の書類）。"""
    if isinstance(row, Attachment):
        return row.application_id in applications
    if isinstance(row, Certification):
        return session.get_one(Case, row.case_id).application_id in applications
    return False


def _known_since(session: Session, merge: PersonMerge) -> dict[str, set[int]]:
    """残した記録に、名寄せの前からあったか、ほかの名寄せで移ってきた行。"""
    known = {table: set(ids) for table, ids in merge.moved["held"].items()}
    others = select(PersonMerge).where(
        PersonMerge.kept_id == merge.kept_id, PersonMerge.undone_at.is_(None), PersonMerge.id != merge.id
    )
    for other in session.scalars(others):
        for table, ids in other.moved["moved"].items():
            known.setdefault(table, set()).update(ids)
    return known


def _back(session: Session, merge: PersonMerge, now: Rows) -> tuple[Numbers, list[str]]:
    """行を戻し、戻した番号と、戻せないか残したものの文を返す。now は残した記録のいまの行。"""
    known = _known_since(session, merge)
    back: Numbers = {}
    left = []
    applications = set(merge.moved["moved"].get("application", ()))
    for table, rows in now.items():
        label = TABLES.get(table, "ほかの記録")
        moved = set(merge.moved["moved"].get(table, ()))
        newer = 0
        for row in rows:
            number: int = row.id  # type: ignore[attr-defined]
            since = number not in moved and number not in known.get(table, ())
            if number in moved or (since and _follows(session, row, applications)):
                row.person_id = merge.merged_id  # type: ignore[attr-defined]
                back.setdefault(table, []).append(number)
            newer += since and number not in back.get(table, ())
        if gone := len(moved - set(back.get(table, ()))):
            left.append(f"{label}{gone}件は、名寄せの後に消されているので戻せません。")
        if newer:
            left.append(f"名寄せの後に加わった{label}{newer}件は、残した記録のままです。")
    return back, left


def _restore(kept: Person, replaced: Mapping[str, Any]) -> Iterator[str]:
    """替えた欄を前の値に戻す。後から直された欄はそのままにし、その文を出す。"""
    printed = printed_name(kept)
    for name, (before, after) in ((n, v) for n, v in replaced.items() if n in LABELS):
        now = getattr(kept, name)
        if plain(now) == after:
            setattr(kept, name, value_of(name, before))
        elif plain(now) != before:
            yield f"{LABELS[name]}は、名寄せの後に直されているので、いまの値「{shown(now)}」のままです。"
    if printed_name(kept) == printed:
        return
    unsign(kept)
    signed = replaced.get("signed", {})
    if printed_name(kept) == signed.get("printed"):
        kept.certificate_name_signed_off, kept.certificate_name_signed_by = signed["off"], signed["by"]
        day = signed["on"]
        kept.certificate_name_signed_on = None if day is None else date.fromisoformat(day)


def unmerge_people(office: Office, merge_id: int, reason: str) -> UnmergeResult:
    """名寄せを元に戻し、戻したものと、戻せなかったか残したものを返す。

    移した行は元の記録に、替えた欄は前の値に戻す。名寄せの後に直された欄と加わった記録は、残した記録のまま。
    残した記録がさらに名寄せされていれば RuleViolation。
    """
    if not reason.strip():
        raise RuleViolation("名寄せを戻す理由が空です。別の人と分かったわけを書いてください。")
    with office.act("intake.unmerge_people") as act:
        session = act.session
        merge, kept, merged = _merge(session, merge_id)
        back, left = _back(session, merge, rows_of(session, kept.id))
        left += _restore(kept, merge.replaced)
        merged.merged_into_id = None
        merge.undone_at = office.now()
        session.flush()
        session.expire_all()
        for person in (kept, merged):
            check_person_facts(office, session, person.id)
            index_person(session, person.id, grams_of(person))
        act.say(
            f"person:{kept.id}",
            f"名寄せを元に戻した（記録{merged.id}、{counted(back) or '移した記録なし'}）",
            reason=reason,
            detail={"merge": merge_id, "left": left},
        )
        return UnmergeResult(counted(back), tuple(left))

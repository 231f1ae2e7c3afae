"""受付：取込をまとめて取り消す。新しく作った申込を消し、書き替えた前からの記録を前の値に戻す。"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session, selectinload

from app.domain.errors import RuleViolation
from app.services.intake.records import child_ids, restore_application, restore_person
from app.services.office import Office
from app.services.people import grams_of
from app.services.views.intake import ImportRow, UndoPreview, UndoResult, UndoRow
from database.queries.search import index_person
from database.schema.audit import AuditEntry, AuditRow
from database.schema.base import Base
from database.schema.intake import Application, ImportBatch
from database.schema.people import Attachment, Person

# 取込が申込と共に作る行。申込と共に消える
_OWN = {"application", "employment", "qualification", "person", "conviction"}
_CHANGED = {
    "application": "申込が変わった",
    "person": "人の記録が変わった",
    "employment": "在職期間が変わった",
    "qualification": "国家資格が変わった",
    "conviction": "裁判の記録が変わった",
    "attachment": "書類を付けた",
}
_RECORDED = {
    "deficiency": "補正の依頼がある",
    "attachment": "書類を付けた",
    "document_check": "書類の確認がある",
    "eligibility_decision": "受講資格の決定がある",
    "selection_decision": "選考の決定がある",
    "attempt": "テストの記録がある",
    "report_submission": "提出物の記録がある",
    "attendance": "出欠の記録がある",
    "answer_sheet": "答案がある",
    "committee_case": "審査会議の案件になっている",
}
_MOST = 500  # 一度に尋ねる行の数
Kept = Mapping[str, Any]


def _imported_at(session: Session, batch_id: int) -> int:
    """取込の監査記録の番号。"""
    found = session.scalar(
        select(func.max(AuditEntry.sequence)).where(
            AuditEntry.subject == f"import_batch:{batch_id}", AuditEntry.action == "intake.import_applicants"
        )
    )
    return found or 0


class _Since:
    """取込の後に変わった行。取込の触れた行が、変わってから元に戻っていれば、変わっていない。"""

    def __init__(self, session: Session, sequence: int) -> None:
        self._session, self._sequence = session, sequence
        rows = session.execute(
            select(AuditRow.table_name, AuditRow.row_id, AuditRow.after)
            .where(AuditRow.sequence > sequence)
            .order_by(AuditRow.sequence)
        )
        self._last: dict[tuple[str, int], bytes | None] = {(t, i): after for t, i, after in rows}

    def __call__(self, table: str, row_id: int) -> bool:
        """表の行が、取込のときと違えば真。"""
        if (table, row_id) not in self._last:
            return False
        at_import = self._session.get(AuditRow, (self._sequence, table, row_id))
        return at_import is None or self._last[table, row_id] != at_import.after


def _links(table: Table, target: str) -> list[str]:
    return [c.name for c in table.columns for key in c.foreign_keys if key.column.table.name == target]


def _referring(
    session: Session, target: str, ids: Iterable[int], leave: set[str]
) -> Iterator[tuple[int, str, int]]:
    """ids の行を指す、ほかの部屋の表（決定・受験・補正依頼など）の行：（指された番号, 表の名, 行の番号）。"""
    wanted = list(ids)
    for table in Base.metadata.sorted_tables:
        if table.name in leave:
            continue
        for column in _links(table, target):
            for first in range(0, len(wanted), _MOST):
                chosen = table.c[column].in_(wanted[first : first + _MOST])
                for pointed, row_id in session.execute(select(table.c[column], table.c.id).where(chosen)):
                    yield pointed, table.name, row_id


@dataclass(frozen=True)
class _Judged:
    """取込の触れた申込一件と、残る理由。kept は取込の前の値（控えのない古い取込では空）。"""

    application: Application
    created: bool
    kept: Kept
    reasons: tuple[str, ...]


def _batch(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.undone_at is not None or batch.kind != "applicants":
        raise RuleViolation("この取込は取り消せません（取消し済みか、申込の取込ではありません）。")
    return batch


def _applications(session: Session, batch_id: int, changed: Iterable[int]) -> list[Application]:
    """取込で作った申込と、書き替えた申込（受付番号の順）。"""
    options = (
        selectinload(Application.person).selectinload(Person.convictions),
        selectinload(Application.employments),
        selectinload(Application.qualifications),
    )
    found = list(
        session.scalars(select(Application).where(Application.import_batch_id == batch_id).options(*options))
    )
    others = sorted(set(changed) - {a.id for a in found})
    for first in range(0, len(others), _MOST):
        chosen = Application.id.in_(others[first : first + _MOST])
        found += session.scalars(select(Application).where(chosen).options(*options))
    return sorted(found, key=lambda a: a.reception_number)


def _own_rows(application: Application, documents: Mapping[int, list[int]]) -> dict[str, list[int]]:
    person = application.person
    return {
        "application": [application.id],
        "person": [person.id],
        "employment": [e.id for e in application.employments],
        "qualification": [q.id for q in application.qualifications],
        "conviction": [c.id for c in person.convictions],
        "attachment": documents.get(person.id, []),
    }


def _documents(session: Session, people: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    wanted = list(people)
    for first in range(0, len(wanted), _MOST):
        rows = session.execute(
            select(Attachment.person_id, Attachment.id).where(
                Attachment.person_id.in_(wanted[first : first + _MOST])
            )
        )
        for person_id, row_id in rows:
            found[person_id].append(row_id)
    return found


def _gone(application: Application, kept: Kept) -> Iterator[str]:
    """取込の後に除かれた子の行の、表の名。"""
    now = child_ids(application)
    for table, ids in kept.get("now", {}).items():
        if set(ids) - set(now[table]):
            yield table


def _judged(session: Session, batch: ImportBatch) -> list[_Judged]:
    """取込の触れた申込と、その残る理由（受付番号の順）。理由がなければ、消えるか前の値に戻る。

    取込の後に触れたところ（申込・人・在職・資格・申告・書類の変更と、ほかの部屋の記録）が理由になる。
    """
    since = _Since(session, _imported_at(session, batch.id))
    replaced = {kept["application"]: kept for kept in batch.replaced or []}
    applications = _applications(session, batch.id, replaced)
    documents = _documents(session, {a.person_id for a in applications})
    pointing: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for pointed, table, row_id in _referring(
        session, "application", [a.id for a in applications], {*_OWN, "attachment"}
    ):
        pointing[pointed].append((table, row_id))
    found = []
    for a in applications:
        kept, created = replaced.get(a.id, {}), a.import_batch_id == batch.id
        own = _own_rows(a, documents)
        changed = [t for t, ids in own.items() if any(since(t, i) for i in ids)]
        changed += [t for t in _gone(a, kept) if t not in changed]
        reasons = [_CHANGED[t] for t in changed]
        # 書き替えた申込に前からあった記録は、取り消しても困らない
        reasons += [
            _RECORDED.get(t, "ほかの部屋の記録がある") for t, i in pointing[a.id] if created or since(t, i)
        ]
        found.append(_Judged(a, created, kept, tuple(dict.fromkeys(reasons))))
    return found


def _remove(session: Session, application: Application, kept: Kept, sequence: int) -> None:
    """申込を消す。取込で初めて記した人なら人も、前からいる人なら前の値に戻す。"""
    person = application.person
    session.delete(application)
    session.flush()
    made_here = session.scalar(
        select(AuditRow.row_id).where(
            AuditRow.sequence == sequence,
            AuditRow.table_name == "person",
            AuditRow.row_id == person.id,
            AuditRow.before.is_(None),
        )
    )
    if made_here is not None and not any(_referring(session, "person", [person.id], {"conviction"})):
        index_person(session, person.id, ())
        session.delete(person)
    elif "person" in kept:
        restore_person(session, person, kept)
        index_person(session, person.id, grams_of(person))


def _restore(session: Session, application: Application, kept: Kept) -> None:
    restore_application(session, application, kept)
    session.flush()
    index_person(session, application.person_id, grams_of(application.person))


def list_imports(office: Office, cohort_id: int) -> tuple[ImportRow, ...]:
    """研修期の、申込の取込の一覧（新しい順）。取り消したものも残る。"""
    with office.read("intake.list_imports") as session:
        left = select(Application.import_batch_id, func.count()).group_by(Application.import_batch_id)
        known = {batch_id: number for batch_id, number in session.execute(left)}
        batches = session.scalars(
            select(ImportBatch)
            .where(ImportBatch.kind == "applicants", ImportBatch.cohort_id == cohort_id)
            .order_by(ImportBatch.id.desc())
        )
        return tuple(
            ImportRow(
                b.id,
                b.file_name,
                b.imported_at,
                b.counts["new"],
                b.counts["changed"],
                b.counts["unchanged"],
                b.counts["error"],
                known.get(b.id, 0),
                b.undone_at,
            )
            for b in batches
        )


def preview_undo(office: Office, batch_id: int) -> UndoPreview:
    """取込を取り消すと消える・戻る申込と、残る申込とその理由（何も書かない）。取り消せない取込は RuleViolation。"""
    with office.read("intake.preview_undo") as session:
        rows = [
            UndoRow(j.application.reception_number, j.application.person.name, j.reasons, not j.created)
            for j in _judged(session, _batch(session, batch_id))
        ]
    return UndoPreview(
        tuple(r for r in rows if not r.reasons and not r.restores),
        tuple(r for r in rows if r.reasons),
        tuple(r for r in rows if not r.reasons and r.restores),
    )


def undo_import(office: Office, batch_id: int) -> UndoResult:
    """取込で新しく作った申込（と、その取込で初めて記した人）を消し、書き替えた前からの記録を前の値に戻す。

    取込の後に触れた申込（訂正・補正依頼・決定・受験など）は、どちらもそのまま残す。
    """
    with office.act("intake.undo_import") as act:
        session = act.session
        batch = _batch(session, batch_id)
        sequence = _imported_at(session, batch_id)
        judged = _judged(session, batch)
        kept = tuple(j.application.person.name for j in judged if j.reasons)
        removed = [j for j in judged if not j.reasons and j.created]
        restored = [j for j in judged if not j.reasons and not j.created]
        for j in removed:
            _remove(session, j.application, j.kept, sequence)
        for j in restored:
            _restore(session, j.application, j.kept)
        batch.undone_at, batch.replaced = office.now(), None
        act.say(
            f"import_batch:{batch_id}",
            f"取込を取消し（消した申込{len(removed)}件、元に戻した申込{len(restored)}件、"
            f"残した申込{len(kept)}件）",
        )
        return UndoResult(len(removed), len(restored), kept)

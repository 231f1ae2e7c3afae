"""受付：取込で新しく作った申込を、まとめて取り消す。"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.views.intake import ImportRow, UndoPreview, UndoRow
from database.queries.search import index_person
from database.schema.audit import AuditEntry, AuditRow
from database.schema.base import Base
from database.schema.intake import Application, ImportBatch
from database.schema.people import Attachment

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
    "eligibility_decision": "受講資格の決定がある",
    "attempt": "テストの記録がある",
    "report_submission": "提出物の記録がある",
    "attendance": "出欠の記録がある",
    "answer_sheet": "答案がある",
    "committee_case": "審査会議の案件になっている",
}


def _imported_at(session: Session, batch_id: int) -> int:
    """取込の監査記録の番号。"""
    found = session.scalar(
        select(func.max(AuditEntry.sequence)).where(
            AuditEntry.subject == f"import_batch:{batch_id}", AuditEntry.action == "intake.import_applicants"
        )
    )
    return found or 0


def _changed_since(session: Session, sequence: int, table: str, ids: Iterable[int]) -> bool:
    found = session.scalar(
        select(AuditRow.row_id)
        .where(AuditRow.sequence > sequence, AuditRow.table_name == table, AuditRow.row_id.in_(list(ids)))
        .limit(1)
    )
    return found is not None


def _referring(session: Session, target: str, row_id: int, leave: set[str]) -> Iterator[str]:
    """この行を指す行のある、ほかの部屋の表（決定・受験・補正依頼・書類など）の名。"""
    for table in Base.metadata.sorted_tables:
        if table.name in leave:
            continue
        for column in _links(table, target):
            if session.scalar(select(func.count()).where(table.c[column] == row_id)):
                yield table.name


def _links(table: Table, target: str) -> list[str]:
    return [c.name for c in table.columns for key in c.foreign_keys if key.column.table.name == target]


def _reasons(session: Session, application: Application, sequence: int) -> tuple[str, ...]:
    """取込の後に触れたところ（申込・人・在職・資格・申告・書類の変更と、ほかの部屋の記録）。空なら触れていない。"""
    person = application.person
    documents = session.scalars(select(Attachment.id).where(Attachment.person_id == person.id)).all()
    rows = {
        "application": [application.id],
        "person": [person.id],
        "employment": [e.id for e in application.employments],
        "qualification": [q.id for q in application.qualifications],
        "conviction": [c.id for c in person.convictions],
        "attachment": list(documents),
    }
    changed = [_CHANGED[t] for t, ids in rows.items() if _changed_since(session, sequence, t, ids)]
    others = _referring(session, "application", application.id, _OWN)
    return tuple(dict.fromkeys([*changed, *(_RECORDED.get(t, "ほかの部屋の記録がある") for t in others)]))


def _batch(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.undone_at is not None or batch.kind != "applicants":
        raise RuleViolation("この取込は取り消せません（取消し済みか、申込の取込ではありません）。")
    return batch


def _judged(session: Session, batch_id: int) -> list[tuple[Application, tuple[str, ...]]]:
    """取込で新しく作った申込と、その残る理由（受付番号の順）。理由がなければ消える。"""
    sequence = _imported_at(session, batch_id)
    applications = session.scalars(
        select(Application)
        .where(Application.import_batch_id == batch_id)
        .order_by(Application.reception_number)
    )
    return [(a, _reasons(session, a, sequence)) for a in applications]


def _remove(session: Session, application: Application, sequence: int) -> None:
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
    if made_here is not None and not any(_referring(session, "person", person.id, {"conviction"})):
        index_person(session, person.id, ())
        session.delete(person)


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
    """取込を取り消すと消える申込と、残る申込とその理由（何も書かない）。取り消せない取込は RuleViolation。"""
    with office.read("intake.preview_undo") as session:
        _batch(session, batch_id)
        rows = [
            UndoRow(a.reception_number, a.person.name, reasons) for a, reasons in _judged(session, batch_id)
        ]
    return UndoPreview(tuple(r for r in rows if not r.reasons), tuple(r for r in rows if r.reasons))


def undo_import(office: Office, batch_id: int) -> tuple[int, tuple[str, ...]]:
    """取込で新しく作った申込（と、その取込で初めて記した人）を取り消し、件数と残した人の氏名を返す。

    取込の後に触れた申込（訂正・補正依頼・決定・受験など）は残す。取込が書き替えた前からの申込は元に戻らない。
    """
    with office.act("intake.undo_import") as act:
        session = act.session
        batch = _batch(session, batch_id)
        sequence = _imported_at(session, batch_id)
        judged = _judged(session, batch_id)
        kept = tuple(a.person.name for a, reasons in judged if reasons)
        removed = [a for a, reasons in judged if not reasons]
        for application in removed:
            _remove(session, application, sequence)
        batch.undone_at = office.now()
        act.say(f"import_batch:{batch_id}", f"取込を取消し（{len(removed)}件、残した申込{len(kept)}件）")
        return len(removed), kept

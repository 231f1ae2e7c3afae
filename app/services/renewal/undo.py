"""更新：更新研修の取込の一覧と、取込をまとめて取り消すこと。新しい認定証や後の更新のある人は残す。"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.standings import standing_of
from app.services.views.renewal import RenewalImportRow, RenewalUndoRow
from database.queries.certifications import CertificationFacts, load_facts
from database.schema.certificates import Certification
from database.schema.intake import ImportBatch
from database.schema.renewal import Renewal

KIND = "renewals"


def list_imports(office: Office) -> tuple[RenewalImportRow, ...]:
    """更新研修の取込の一覧（新しい順）。取り消したものも残る。"""
    with office.read("renewal.list_imports") as session:
        counts = select(Renewal.import_batch_id, func.count()).group_by(Renewal.import_batch_id)
        left = {key: number for key, number in session.execute(counts)}
        batches = session.scalars(
            select(ImportBatch).where(ImportBatch.kind == KIND).order_by(ImportBatch.id.desc())
        )
        return tuple(
            RenewalImportRow(
                b.id,
                b.file_name,
                b.imported_at,
                b.counts["new"],
                b.counts["unchanged"],
                b.counts["error"],
                left.get(b.id, 0),
                b.undone_at,
            )
            for b in batches
        )


def _batch(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.undone_at is not None or batch.kind != KIND:
        raise RuleViolation("この取込は取り消せません（取消し済みか、更新研修の取込ではありません）。")
    return batch


def _reason(facts: CertificationFacts, row: Renewal, office: Office) -> str:
    """この更新を消せない理由。消せれば空。"""
    if any(day > row.completed_on for day in facts.renewals):
        return "後の更新が記されています"
    without = replace(facts, renewals=tuple(d for d in facts.renewals if d != row.completed_on))
    before = standing_of(without, office.today(), office.guideline).expires_on
    if any(issue.expires_on > before for issue in facts.issues):
        return "更新の認定証を交付しています"
    return ""


def _judged(session: Session, office: Office, batch_id: int) -> Iterator[tuple[Renewal, RenewalUndoRow]]:
    rows = session.scalars(select(Renewal).where(Renewal.import_batch_id == batch_id).order_by(Renewal.id))
    mine = {row.certification_id: row for row in rows}
    touched = select(Renewal.certification_id).where(Renewal.import_batch_id == batch_id)
    for facts in load_facts(session, Certification.id.in_(touched)):
        row = mine[facts.id]
        reason = _reason(facts, row, office)
        yield row, RenewalUndoRow(facts.id, facts.number, facts.name, row.completed_on, reason)


def preview_undo(office: Office, batch_id: int) -> tuple[RenewalUndoRow, ...]:
    """取込を取り消すと消える更新と、残る更新とその理由（何も書かない）。"""
    with office.read("renewal.preview_undo") as session:
        _batch(session, batch_id)
        return tuple(seen for _, seen in _judged(session, office, batch_id))


def undo_import(office: Office, batch_id: int) -> tuple[int, tuple[str, ...]]:
    """取込で記した更新を消す。更新の認定証を交付した人・後の更新のある人は残す。（消した数, 残した氏名）を返す。"""
    with office.act("renewal.undo_import") as act:
        batch = _batch(act.session, batch_id)
        judged = list(_judged(act.session, office, batch_id))
        kept = tuple(seen.name for _, seen in judged if seen.reason)
        for row, seen in judged:
            if not seen.reason:
                act.session.delete(row)
        batch.undone_at = office.now()
        removed = len(judged) - len(kept)
        act.say(
            f"import_batch:{batch_id}",
            f"更新研修の取込を取消し（消した更新{removed}件、残した更新{len(kept)}件）",
        )
        return removed, kept

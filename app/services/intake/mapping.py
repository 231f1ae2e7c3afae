"""受付：ほかの様式の読み方を見当づけ、名を付けて残し、次のファイルで思い出す。"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.importing import Plan
from app.services.mapping_draft import MappingDraft
from app.services.office import Office
from app.services.views.intake import CellProblem, PreviewRow
from app.services.views.mapping import SavedMapping
from app.workbooks import mapping as m
from app.workbooks.applicant_layout import APPLICANTS
from app.workbooks.fields import CellError
from app.workbooks.reading import Unlock, Workbook, read_workbook
from app.workbooks.renewals import LAYOUT as RENEWED
from app.workbooks.results import LAYOUT as RESULTS
from app.workbooks.results_mapping import convert_results
from database.schema.intake import ImportMapping

T = TypeVar("T")
_LONGEST = 60


@dataclass(frozen=True)
class Recognised:
    """見分けた、保存済みの読み方。"""

    name: str
    mapping: m.Mapping


def _load(row: ImportMapping) -> m.Mapping:
    return m.from_stored(row.shape, row.sheet, row.heading_row, row.headings, row.places)


def _rows(session: Session, kind: str = "") -> list[ImportMapping]:
    query = select(ImportMapping).order_by(ImportMapping.name)
    return list(session.scalars(query.where(ImportMapping.kind == kind) if kind else query))


def _get(session: Session, mapping_id: int) -> ImportMapping:
    found = session.get(ImportMapping, mapping_id)
    if found is None:
        raise RuleViolation("この読み方はもうありません。一覧を開き直してください。")
    return found


def _check_name(name: str) -> str:
    found = name.strip()
    if not found or len(found) > _LONGEST or not found.isprintable():
        raise RuleViolation(f"読み方の名を、{_LONGEST}字までで付けてください（例：○○県の名簿）。")
    return found


def list_mappings(office: Office) -> tuple[SavedMapping, ...]:
    """保存した読み方（名の順）。"""
    with office.read("intake.list_mappings") as session:
        return tuple(
            SavedMapping(
                r.id,
                r.name,
                r.shape == m.FORM,
                len(r.places["items"]) + sum(len(s["items"]) for s in r.places["seconds"]),
                r.made_at,
            )
            for r in _rows(session)
        )


def save_mapping(office: Office, name: str, mapping: m.Mapping) -> int:
    """読み方を名を付けて残す。同じ名のものがあれば置き換える。"""
    found = _check_name(name)
    with office.act("intake.save_mapping") as act:
        row = act.session.scalar(select(ImportMapping).where(ImportMapping.name == found))
        words = "保存" if row is None else "置き換え"
        if row is None:
            row = ImportMapping(name=found)
            act.session.add(row)
        row.kind = m.family_of(s.layout for s in mapping.places)
        row.shape, row.sheet, row.heading_row = mapping.shape, mapping.sheet, mapping.heading_row
        row.headings, row.places = list(mapping.headings), m.to_stored(mapping)
        row.made_at = office.now()
        act.session.flush()
        act.say(f"import_mapping:{row.id}", f"取込の読み方「{found}」を{words}")
        return row.id


def rename_mapping(office: Office, mapping_id: int, name: str) -> None:
    """読み方の名を替える。ほかの読み方と同じ名にはできない。"""
    found = _check_name(name)
    with office.act("intake.rename_mapping") as act:
        row = _get(act.session, mapping_id)
        other = act.session.scalar(select(ImportMapping.id).where(ImportMapping.name == found))
        if other not in (None, mapping_id):
            raise RuleViolation(f"「{found}」という読み方は既にあります。別の名にしてください。")
        act.say(f"import_mapping:{mapping_id}", f"取込の読み方「{row.name}」の名を「{found}」に変更")
        row.name = found


def remove_mapping(office: Office, mapping_id: int) -> None:
    """読み方を消す。取り込んだ申込は変わらない。"""
    with office.act("intake.remove_mapping") as act:
        row = _get(act.session, mapping_id)
        act.session.delete(row)
        act.say(f"import_mapping:{mapping_id}", f"取込の読み方「{row.name}」を削除")


def propose_mapping(
    office: Office, path: Path, password: Unlock = None, kind: str = m.PEOPLE
) -> MappingDraft:
    """そのファイルの読み方：見分けた保存済みのもの、なければ見当。"""
    office.require("intake.propose_mapping")
    workbook = read_workbook(path, password)
    with office.read("intake.propose_mapping") as session:
        known = recognise(session, workbook, kind)
    if known is not None:
        return MappingDraft(workbook, known.mapping, known.name, kind)
    return MappingDraft(workbook, m.guess(workbook, kind), kind=kind)


_OWN = {m.PEOPLE: APPLICANTS, m.RESULTS: RESULTS, m.RENEWALS: RENEWED}


def recognise(session: Session, workbook: Workbook, kind: str = m.PEOPLE) -> Recognised | None:
    """保存した読み方のうち、見出しの合うもの（割り当ての最も多いもの）。この取込の様式そのものなら None。"""
    if _OWN[kind].find(workbook) is not None:
        return None
    known = [Recognised(r.name, _load(r)) for r in _rows(session, kind)]
    fitting = [k for k in known if m.recognises(k.mapping, workbook)]
    return max(fitting, key=lambda k: len(k.mapping.places), default=None)


def converted(
    session: Session, workbook: Workbook, mapping: m.Mapping | None, kind: str = m.PEOPLE
) -> tuple[Workbook, m.Origin]:
    """取込の様式の形のブックと、もとの所。読み方がなく、見分けられもしなければ、ブックはそのまま。"""
    convert = convert_results if kind == m.RESULTS else m.convert
    if mapping is not None:
        return convert(workbook, mapping)
    known = recognise(session, workbook, kind)
    if known is None:
        return workbook, m.Origin()
    made, origin = convert(workbook, known.mapping)
    return replace(made, reports=(f"保存した読み方「{known.name}」で読みました。", *made.reports)), origin


def at_origin(plan: Plan[T], origin: m.Origin, form: str = APPLICANTS.name) -> Plan[T]:
    """下見の行・誤り・注意の所を、もとのファイルの所に直す。一人の読めない行は一つにまとめる。"""
    if not origin.rows:
        return plan
    rows: list[PreviewRow] = []
    unread: dict[tuple[str, int], int] = {}
    main = origin.main
    for row in plan.rows:
        sheet, number = origin.anchor(row.sheet or form, row.row)
        moved = replace(row, row=number, sheet="" if sheet == main else sheet)
        place = unread.get((sheet, number))
        if row.state != "error" or place is None:
            if row.state == "error":
                unread[sheet, number] = len(rows)
            rows.append(moved)
            continue
        rows[place] = replace(rows[place], notes=(*rows[place].notes, *row.notes))
        plan.actions["error"] -= 1
    plan.rows[:] = rows
    plan.errors[:] = outward(plan.errors, origin)
    plan.warnings[:] = outward(plan.warnings, origin)
    return plan


def outward(problems: Iterable[CellProblem], origin: m.Origin) -> list[CellProblem]:
    """様式の形での所を、もとのファイルの所にする。"""
    found = []
    for p in problems:
        moved = origin.outward(CellError(p.sheet, p.row, p.column, p.value, p.reason))
        found.append(replace(p, sheet=moved.sheet, row=moved.row, column=moved.column))
    return found

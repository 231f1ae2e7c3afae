"""庁の付けた認定番号の取込：重なり・飛び・二人の入れ替わりを、下見で見つけて言う。"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.names import search_key
from app.services import importing
from app.services.certificates.numbers import assigned_numbers
from app.services.certificates.waiting import waiting_rows
from app.services.importing import ImportKind, Plan, SourceFile
from app.services.office import Act, Office
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.workbooks import numbers as workbook
from app.workbooks.fields import fold
from app.workbooks.numbers import LAYOUT, NumberForm, NumbersSheet, parse_numbers
from app.workbooks.reading import Unlock, read_workbook
from database.schema.certificates import AssignedNumber, Certification
from database.schema.intake import Application
from database.schema.people import Person

_TAIL = re.compile(r"(\d+)(?=\D*$)")
_MANY = 20  # 飛びを一つずつ言う数の上限
REPLACED = "番号のブックの取り込み直し"


@dataclass(frozen=True)
class NumberChange:
    """取込で付ける番号一つ。replaces は、取り下げる前の番号の行があるか。"""

    application_id: int
    number: str
    replaces: bool


@dataclass(frozen=True)
class _Known:
    """番号を付けられる一人。"""

    application_id: int
    reception: int
    person: Person
    assigned: str
    issued: str


@dataclass(frozen=True)
class _Facts:
    people: dict[int, _Known]
    taken: dict[str, str]  # 畳んだ番号から、持つ人の名（この研修期の割り当てを除く）
    assigned: dict[str, int]  # 畳んだ番号から、割り当てた受付番号
    forms: dict[int, NumberForm]  # 受付番号からファイルの行


def _facts(session: Session, office: Office, cohort_id: int, sheet: NumbersSheet) -> _Facts:
    assigned = assigned_numbers(session, cohort_id)
    issued: dict[int, str] = dict(
        session.execute(
            select(Certification.person_id, Certification.number).where(Certification.cohort_id == cohort_id)
        ).all()
    )
    waiting = {w.reception_number for w in waiting_rows(session, office, cohort_id) if w.kind == "new"}
    rows = session.execute(select(Application, Person).join(Person).where(Application.cohort_id == cohort_id))
    people = {
        a.reception_number: _Known(
            a.id, a.reception_number, p, assigned.get(a.reception_number, ""), issued.get(p.id, "")
        )
        for a, p in rows
        if a.reception_number in waiting or p.id in issued
    }
    owners = session.execute(
        select(Certification.number, Person.name).join(Person, Person.id == Certification.person_id)
    )
    taken = {fold(number): name for number, name in owners}
    forms = {f.reception: f for f in sheet.forms}
    return _Facts(people, taken, {fold(n): r for r, n in assigned.items()}, forms)


def _name_problem(form: NumberForm, known: _Known, facts: _Facts) -> str:
    """氏名か生年月日が、受付番号の人と違う理由。二人の行が入れ替わっていれば、そのことを言う。"""
    same_name = search_key(form.name) == search_key(known.person.name)
    if same_name and form.birth_date in (None, known.person.birth_date):
        return ""
    for reception, other in facts.people.items():
        there = facts.forms.get(reception)
        if (
            other is not known
            and search_key(form.name) == search_key(other.person.name)
            and there is not None
            and search_key(there.name) == search_key(known.person.name)
        ):
            return (
                f"受付番号{form.reception:04d}（{known.person.name}）と{reception:04d}（{other.person.name}）の"
                "二人が入れ替わっています。どちらの番号かを庁に確かめてください。"
            )
    if same_name:
        return "生年月日が、受付番号の人と違います。同じ氏名の別の人ではないかを確かめてください。"
    return f"受付番号の人（{known.person.name}）と氏名が違います。受付番号を確かめてください。"


def _problem(form: NumberForm, facts: _Facts) -> tuple[str, str]:
    known = facts.people.get(form.reception)
    if known is None:
        return "この研修期で、認定と議決されて番号を待つ人ではありません。", "受付番号"
    if reason := _name_problem(form, known, facts):
        return reason, "氏名"
    if known.issued and known.issued != form.number:
        return f"既に {known.issued} で交付してあります。番号は変えられません。", "認定番号"
    owner = facts.taken.get(fold(form.number), "")
    if owner and not known.issued:
        return f"この番号は {owner}さんに交付済みです。", "認定番号"
    other = facts.assigned.get(fold(form.number))
    if other not in (None, form.reception) and other not in facts.forms:
        return f"この番号は、前に取り込んだ受付番号{other:04d}の人の番号です。", "認定番号"
    return "", ""


def _warning(form: NumberForm, known: _Known, facts: _Facts) -> str:
    """前に取り込んだ番号と変わるときの注意。"""
    if not known.assigned or known.assigned == form.number:
        return ""
    other = facts.assigned.get(fold(form.number))
    there = facts.forms.get(other) if other is not None else None
    if there is not None and fold(there.number) == fold(known.assigned):
        return f"前に取り込んだ番号が、受付番号{other:04d}（{there.name}）の人と入れ替わります。"
    return f"前に取り込んだ番号（{known.assigned}）を替えます。"


def skipped(numbers: Sequence[str]) -> tuple[str, ...]:
    """末尾の数の並びの中の、抜けている番号（同じ形の番号どうしで比べる）。"""
    groups: dict[tuple[str, str, int], list[int]] = {}
    for number in numbers:
        if found := _TAIL.search(number):
            key = (number[: found.start()], number[found.end() :], len(found[1]))
            groups.setdefault(key, []).append(int(found[1]))
    missing = []
    for (head, tail, width), values in groups.items():
        have = set(values)
        gaps = (n for n in range(min(have), max(have)) if n not in have)
        missing += [f"{head}{n:0{width}d}{tail}" for n in gaps]
    return tuple(missing)


def plan_numbers(session: Session, office: Office, cohort_id: int, sheet: NumbersSheet) -> Plan[NumberChange]:
    """ファイルの行を、番号を待つ人と比べる。"""
    facts = _facts(session, office, cohort_id, sheet)
    reports = list(sheet.reports)
    missing = skipped([f.number for f in sheet.forms])
    if missing:
        shown = "、".join(missing[:_MANY]) + ("ほか" if len(missing) > _MANY else "")
        reports.append(
            f"番号が飛んでいます：{shown}（{len(missing)}個）。抜けた人がいないかを確かめてください。"
        )
    lacking = [k for r, k in sorted(facts.people.items()) if r not in facts.forms and not k.issued]
    if lacking:
        names = "、".join(f"{k.reception:04d} {k.person.name}" for k in lacking[:_MANY])
        reports.append(f"番号を待つのに、ファイルにない人がいます：{names}（{len(lacking)}名）。")
    plan: Plan[NumberChange] = Plan(reports=tuple(reports))
    warned = importing.by_row(sheet.warnings)
    for form in sheet.forms:
        reason, column = _problem(form, facts)
        errors = [CellProblem(LAYOUT.name, form.row, column, form.number, reason)] if reason else []
        known = facts.people.get(form.reception)
        warnings = list(warned.get((LAYOUT.name, form.row), []))
        same = known is not None and form.number in (known.assigned, known.issued)
        changes = []
        if known is not None and not same:
            changes = [NumberChange(known.application_id, form.number, bool(known.assigned))]
            if words := _warning(form, known, facts):
                warnings.append(CellProblem(LAYOUT.name, form.row, "認定番号", form.number, words))
        replaced = known is not None and known.assigned
        action = "unchanged" if same else "changed" if replaced else "new"
        plan.add(
            form.row, f"{form.reception:04d}", form.name, action,
            errors=errors, warnings=warnings, changes=changes,
        )  # fmt: skip
    plan.refuse_unread(sheet.errors)
    plan.sort()
    return plan


def _apply(
    office: Office, cohort_id: int, source: SourceFile, act: Act, changes: Sequence[NumberChange]
) -> None:
    for change in changes:
        if change.replaces:
            old = act.session.scalars(
                select(AssignedNumber).where(
                    AssignedNumber.application_id == change.application_id,
                    AssignedNumber.withdrawn_on.is_(None),
                )
            )
            for row in old:
                row.withdrawn_on, row.withdrawn_reason = office.today(), REPLACED
        act.session.add(
            AssignedNumber(
                cohort_id=cohort_id,
                application_id=change.application_id,
                number=change.number,
                file_name=source.name,
                file_digest=source.digest,
                imported_at=office.now(),
                imported_by=act.actor.name,
            )
        )


def _kind(
    office: Office, cohort_id: int, path: Path, password: Unlock, source: SourceFile
) -> ImportKind[NumberChange]:
    sheet = parse_numbers(read_workbook(path, password))
    return ImportKind(
        "certificates.import_numbers",
        "numbers",
        "庁の認定番号",
        lambda session: plan_numbers(session, office, cohort_id, sheet),
        lambda act, changes, _batch: _apply(office, cohort_id, source, act, changes),
    )


def preview_numbers(office: Office, cohort_id: int, path: Path, password: Unlock = None) -> ImportPreview:
    """庁の番号のブックを下見する（何も書かない）。"""
    office.require("certificates.preview_numbers")
    source = importing.digest_file(path)
    kind = _kind(office, cohort_id, path, password, source)
    return importing.preview(office, "certificates.preview_numbers", kind, source)


def import_numbers(
    office: Office, cohort_id: int, path: Path, all_or_nothing: bool = False, password: Unlock = None
) -> ImportResult:
    """庁の番号のブックを一つの取引で取り込む。交付はしない（次の交付が、この番号を使う）。"""
    office.require("certificates.import_numbers")
    source = importing.digest_file(path)
    kind = _kind(office, cohort_id, path, password, source)
    return importing.run(office, kind, source, cohort_id, all_or_nothing)


def write_number_template(office: Office, cohort_id: int, path: Path) -> int:
    """番号を待つ人を並べた、番号の欄の空いた様式を書き、人数を返す。"""
    with office.read("certificates.write_number_template") as session:
        assigned = assigned_numbers(session, cohort_id)
        forms = []
        for row in waiting_rows(session, office, cohort_id):
            if row.kind == "new":
                person = session.get_one(Person, row.person_id)
                number = assigned.get(row.reception_number, "")
                forms.append(NumberForm(0, row.reception_number, person.name, person.birth_date, number))
    workbook.write_numbers(path, forms)
    return len(forms)

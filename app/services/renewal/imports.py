"""更新研修の取込：認定番号で認証を見つけ、氏名を確かめ、更新になる修了だけを受け取る。"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.guideline import Guideline
from app.domain.names import search_key
from app.domain.validity import validity
from app.services import importing
from app.services.importing import ImportKind, Plan
from app.services.intake.mapping import at_origin, converted
from app.services.office import Act, Office
from app.services.standings import standing_of
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.services.views.renewal import STANDING_WORDS
from app.workbooks import renewals as workbook
from app.workbooks.mapping import RENEWALS, Mapping
from app.workbooks.reading import Unlock, read_workbook
from app.workbooks.renewals import LAYOUT, RenewalForm, RenewalsSheet, parse_renewals
from database import audit
from database.queries.certifications import CertificationFacts, load_facts
from database.schema.renewal import Renewal


@dataclass(frozen=True)
class RenewalChange:
    """取込で記す更新研修の修了一件。"""

    certification_id: int
    completed_on: date


def number_key(number: str) -> str:
    """認定番号を比べる鍵（全角半角・空白・横線の違いを畳む）。"""
    plain = unicodedata.normalize("NFKC", number)
    return "".join("-" if c in "‐‑–—―−ー－" else c for c in plain if not c.isspace()).casefold()


def renewal_problem(facts: CertificationFacts, completed_on: date, today: date, guideline: Guideline) -> str:
    """この修了日が更新にならない理由。なれば空の文字。"""
    if completed_on > today:
        return f"修了日（{wareki(completed_on)}）が今日より後です"
    if completed_on < facts.certified_on:
        return f"修了日（{wareki(completed_on)}）が認証日（{wareki(facts.certified_on)}）より前です"
    standing = standing_of(facts, today, guideline)
    if standing.state == "annulled":
        return "認定の議決が変更され、無効です"
    if standing.revoked_on is not None and completed_on >= standing.revoked_on:
        return f"{wareki(standing.revoked_on)}に取り消されています"
    if standing.closed_on is not None and completed_on >= standing.closed_on:
        kind = facts.closure[0] if facts.closure is not None else ""
        return f"{wareki(standing.closed_on)}に{STANDING_WORDS[kind]}となっています"
    longer = validity(facts.certified_on, [*facts.renewals, completed_on], standing.revoked_on, guideline)
    if len(longer.periods) > len(standing.validity.periods):
        return ""
    if completed_on > standing.expires_on:
        return f"修了日（{wareki(completed_on)}）が満了日（{wareki(standing.expires_on)}）より後のため更新になりません"
    return f"この有効期間は既に更新されています（満了日 {wareki(standing.expires_on)}）"


def _problem(form: RenewalForm, facts: CertificationFacts | None, office: Office) -> tuple[str, str]:
    if facts is None:
        return "その認定番号の認証がありません。認定証を見て確かめてください。", "認定番号"
    if form.name.strip() and search_key(form.name) != search_key(facts.name):
        return f"認定番号の人（{facts.name}）と氏名が違います。番号を確かめてください。", "氏名"
    if form.completed_on in facts.renewals:
        return "", ""
    reason = renewal_problem(facts, form.completed_on, office.today(), office.guideline)
    return (f"{reason}。" if reason else ""), "修了日"


def plan_renewals(session: Session, office: Office, sheet: RenewalsSheet) -> Plan[RenewalChange]:
    """ファイルの行を今の事実と比べる。"""
    known = {number_key(f.number): f for f in load_facts(session)}
    plan: Plan[RenewalChange] = Plan(reports=sheet.reports)
    warned = importing.by_row(sheet.warnings)
    for form in sheet.forms:
        facts = known.get(number_key(form.number))
        reason, column = _problem(form, facts, office)
        errors = [CellProblem(LAYOUT.name, form.row, column, "", reason)] if reason else []
        recorded = facts is not None and form.completed_on in facts.renewals
        new = [] if facts is None or recorded else [RenewalChange(facts.id, form.completed_on)]
        warnings = list(warned.get((LAYOUT.name, form.row), []))
        if not form.name.strip():
            warnings.append(
                CellProblem(
                    LAYOUT.name, form.row, "氏名", "", "氏名が空のため、番号の人と同じかを確かめていません。"
                )
            )
        action = "unchanged" if recorded else "new"
        plan.add(form.row, form.number, form.name, action, errors=errors, warnings=warnings, changes=new)
    plan.refuse_unread(sheet.errors)
    plan.sort()
    return plan


def apply_renewals(act: Act, changes: Sequence[RenewalChange], batch_id: int) -> None:
    """変更を書く。"""
    rows = [
        {"certification_id": c.certification_id, "completed_on": c.completed_on, "import_batch_id": batch_id}
        for c in changes
    ]
    audit.bulk_insert(act.session, Renewal, rows)


def _kind(office: Office, path: Path, password: Unlock, mapping: Mapping | None) -> ImportKind[RenewalChange]:
    with office.read("renewal.preview_renewals") as session:
        workbook, origin = converted(session, read_workbook(path, password), mapping, RENEWALS)
    sheet = parse_renewals(workbook, office.today())
    return ImportKind(
        "renewal.import_renewals",
        "renewals",
        "更新研修",
        lambda session: at_origin(plan_renewals(session, office, sheet), origin, LAYOUT.name),
        apply_renewals,
    )


def preview_renewals(
    office: Office, path: Path, password: Unlock = None, mapping: Mapping | None = None
) -> ImportPreview:
    """更新研修のブックを下見する（何も書かない）。mapping はほかの様式の読み方（なければ、保存した読み方から見分ける）。"""
    office.require("renewal.preview_renewals")
    source = importing.digest_file(path)
    return importing.preview(
        office, "renewal.preview_renewals", _kind(office, path, password, mapping), source
    )


def import_renewals(
    office: Office,
    path: Path,
    all_or_nothing: bool = False,
    password: Unlock = None,
    mapping: Mapping | None = None,
) -> ImportResult:
    """更新研修のブックを一つの取引で取り込む。同じファイルの二度目は何も変えない（batch_id は空）。"""
    office.require("renewal.import_renewals")
    source = importing.digest_file(path)
    return importing.run(office, _kind(office, path, password, mapping), source, None, all_or_nothing)


def write_template(office: Office, path: Path) -> None:
    """更新研修の空の様式を書く。"""
    office.require("renewal.write_template")
    workbook.write_template(path)

"""名簿の紙：条件に合う人の一覧（A4 横）と、公表する所属機関リスト（A4 縦）。"""

import hashlib
from datetime import date
from pathlib import Path

from app.documents.register_list import (
    AffiliationsPaper,
    Listed,
    ShortListPaper,
    render_affiliations,
    render_short_list,
)
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.exports import affiliation_counts
from app.services.files import write_whole
from app.services.lists import audit_line
from app.services.office import Office
from app.services.register.listing import everyone, filter_note
from app.services.settings import value_of
from app.services.views.register import RegisterFilter, RegisterRow
from app.services.views.submission import ExportResult

MOST = 2_000  # 一度に刷る人の数。選ぶための一覧で、名簿のすべてはブックに書く


def _listed(row: RegisterRow) -> Listed:
    return Listed(
        row.number,
        row.name,
        row.reading,
        "　".join(x for x in (row.affiliation_prefecture, row.affiliation) if x),
        row.activity_area,
        "、".join(row.qualifications),
        row.specialties,
        row.languages,
        wareki(row.expires_on),
        row.words,
    )


def write_short_list(
    office: Office, path: Path, day: date | None = None, chosen: RegisterFilter | None = None
) -> ExportResult:
    """絞り込みに当たる人の一覧を PDF（A4 横）に書く。生年月日と国籍は刷らない。いなければ断る。"""
    as_of_day, filter_ = day or office.today(), chosen or RegisterFilter()
    with office.act("register.write_short_list") as act:
        rows = everyone(act.session, office, as_of_day, filter_)
        if not rows:
            raise RuleViolation("この絞り込みに当たる人がいません。条件を緩めてから刷ってください。")
        if len(rows) > MOST:
            raise RuleViolation(
                f"{len(rows):,}名は一度に刷れません（{MOST:,}名まで）。条件を足すか、名簿をブックに書き出してください。"
            )
        paper = ShortListPaper(
            as_of_day,
            office.today(),
            str(value_of(act.session, "office_name")),
            filter_note(act.session, filter_),
            audit_line(act.session),
            tuple(map(_listed, rows)),
        )
        content = render_short_list(paper)
        digest = hashlib.sha256(content).hexdigest()
        act.say(
            "register",
            f"コーディネーターの一覧を PDF に書き出し（基準日 {wareki(as_of_day)}、{len(rows)}人）",
            detail={"file_digest": digest},
        )
        write_whole(path, content)
        return ExportResult(str(path), len(rows), digest, False)


def write_affiliations(office: Office, path: Path, day: date | None = None) -> ExportResult:
    """所属機関リストを PDF（A4 縦）に書く。有効な認証があり、公表に同意した人だけを数える。いなければ断る。"""
    as_of_day = day or office.today()
    with office.act("register.write_affiliations") as act:
        chosen = RegisterFilter(standing="valid", publish_only=True)
        counts = affiliation_counts(everyone(act.session, office, as_of_day, chosen))
        if not counts:
            raise RuleViolation("公表に同意した、有効な人がいません。同意は受付の［記録を直す…］で記します。")
        paper = AffiliationsPaper(as_of_day, str(value_of(act.session, "office_name")), counts)
        content = render_affiliations(paper)
        digest = hashlib.sha256(content).hexdigest()
        act.say(
            "register",
            f"所属機関リストを PDF に書き出し（基準日 {wareki(as_of_day)}、{len(counts)}機関）",
            detail={"file_digest": digest},
        )
        write_whole(path, content)
        return ExportResult(str(path), len(counts), digest, False)

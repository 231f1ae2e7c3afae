"""提出：庁へ送る便（前の便から変わったものだけ）と、庁の様式の一覧。"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.submission import Change, SubmittedRow, delta
from app.services.cohorts import cohort_title
from app.services.exports import (
    REGISTER_HEADERS,
    Cell,
    ListSheet,
    affiliations_sheet,
    decisions_sheet,
    eligibility_sheet,
    progress_sheet,
    register_cells,
    register_sheet,
    scores_sheet,
)
from app.services.lists import audit_line, write_list
from app.services.office import Act, Office
from app.services.progress.course import board_rows
from app.services.register import BATCH_KIND, load_rows
from app.services.scoring import load_scores
from app.services.submission.returned import compare_returned as compare_returned
from app.services.submission.returned import list_returned as list_returned
from app.services.submission.statistics import write_statistics
from app.services.views.register import RegisterRow
from app.services.views.renewal import STANDING_WORDS
from app.services.views.submission import CHANGE_WORDS, BatchPreview, BatchRow, BatchView, ExportResult
from database.queries.exports import load_decisions, load_eligibility
from database.queries.progress import load_course
from database.schema.base import canonical_json
from database.schema.certificates import Certification
from database.schema.intake import Cohort
from database.schema.people import Person
from database.schema.scoring import CertificationTest
from database.schema.submission import SubmissionBatch, SubmissionRow

KINDS = ("register", "eligibility", "progress", "scores", "decisions", "statistics", "affiliations")
# 研修期を選ばなければ書けない一覧
OF_COHORT = frozenset({"eligibility", "progress", "scores", "decisions"})
REMOVED = "removed"
_ENDS = ("revoked", "lapsed")
_END_WORDS = {STANDING_WORDS["revoked"]: "revoked", STANDING_WORDS["expired"]: "lapsed"}


def list_batches(office: Office) -> tuple[BatchView, ...]:
    """送った便（新しい順）。"""
    with office.read("submission.list_batches") as session:
        counts: dict[int, dict[str, int]] = {}
        query = select(SubmissionRow.submission_batch_id, SubmissionRow.change, func.count()).group_by(
            SubmissionRow.submission_batch_id, SubmissionRow.change
        )
        for batch_id, change, count in session.execute(query):
            counts.setdefault(batch_id, {})[change] = count
        batches = session.scalars(select(SubmissionBatch).order_by(SubmissionBatch.number.desc()))
        return tuple(
            BatchView(
                b.id,
                b.kind,
                b.number,
                b.as_of,
                b.made_at,
                b.file_name,
                b.file_digest,
                counts.get(b.id, {}),
                b.control,
            )
            for b in batches
        )


def batch_rows(office: Office, batch_id: int) -> tuple[BatchRow, ...]:
    """送った便の行（認定番号の順）。氏名は今の記録のもの。"""
    with office.read("submission.batch_rows") as session:
        if session.get(SubmissionBatch, batch_id) is None:
            raise RuleViolation("その便の記録がありません。一覧を開き直してください。")
        query = (
            select(SubmissionRow.key, Person.name, SubmissionRow.change)
            .outerjoin(Certification, Certification.number == SubmissionRow.key)
            .outerjoin(Person, Person.id == Certification.person_id)
            .where(SubmissionRow.submission_batch_id == batch_id)
            .order_by(SubmissionRow.key)
        )
        return tuple(BatchRow(key, name or "", change) for key, name, change in session.execute(query))


def _content(row: RegisterRow) -> tuple[Cell, ...]:
    # 最後の便の番号は送るたびに変わるので、中身に数えない
    return register_cells(row)[:-1]


def row_digest(row: RegisterRow) -> str:
    """名簿の一行の中身の要約値（SHA-256、16進）。"""
    cells = [c.isoformat() if isinstance(c, date) else c for c in _content(row)]
    return hashlib.sha256(canonical_json(cells).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class _Batch:
    """作ろうとしている便。"""

    number: int
    changes: tuple[Change, ...]
    rows: dict[str, RegisterRow]
    digests: dict[str, str]

    @property
    def unchanged(self) -> int:
        """前の便から変わっていない人数。"""
        return len(self.rows) - sum(c.change != REMOVED for c in self.changes)


def _sent(session: Session) -> dict[str, str]:
    """これまでに送った鍵から、最後に送った要約値（削除として送ったものは除く）。"""
    rows = session.execute(
        select(SubmissionRow.key, SubmissionRow.digest, SubmissionRow.change)
        .join(SubmissionBatch, SubmissionBatch.id == SubmissionRow.submission_batch_id)
        .where(SubmissionBatch.kind == BATCH_KIND)
        .order_by(SubmissionBatch.number)
    )
    last = {key: (digest, change) for key, digest, change in rows}
    return {key: digest for key, (digest, change) in last.items() if change != REMOVED}


def _told(session: Session) -> dict[str, str]:
    """鍵から、庁へ最後に送った行が知らせている終わり方（revoked / lapsed）。終わっていないと知らせた鍵はない。"""
    rows = session.execute(
        select(SubmissionRow.key, SubmissionRow.change, SubmissionRow.cells)
        .join(SubmissionBatch, SubmissionBatch.id == SubmissionRow.submission_batch_id)
        .where(SubmissionBatch.kind == BATCH_KIND)
        .order_by(SubmissionBatch.number)
    )
    told: dict[str, str] = {}
    for key, change, cells in rows:
        if end := _END_WORDS.get((cells or {}).get("状態", ""), change if change in _ENDS else ""):
            told[key] = end
        elif cells:
            # 送った値を覚える前の便の「変更」は、前に知らせた終わり方を変えない
            told.pop(key, None)
    return told


def _plan(session: Session, office: Office, as_of: date) -> _Batch:
    last = session.execute(
        select(func.max(SubmissionBatch.number), func.max(SubmissionBatch.as_of)).where(
            SubmissionBatch.kind == BATCH_KIND
        )
    ).one()
    number, last_day = (last[0] or 0) + 1, last[1]
    if last_day is not None and as_of < last_day:
        raise RuleViolation(
            f"基準日（{wareki(as_of)}）が前の便の基準日（{wareki(last_day)}）より前です。後の日を選んでください。"
        )
    rows = {r.number: r for r in load_rows(session, as_of, office.guideline) if r.standing != "not_yet"}
    digests = {key: row_digest(row) for key, row in rows.items()}
    present = [SubmittedRow(key, digests[key], row.standing) for key, row in rows.items()]
    return _Batch(number, delta(_sent(session), present, _told(session)), rows, digests)


def preview_batch(office: Office, as_of: date | None = None) -> BatchPreview:
    """次の便の下見：新しいもの・変わったもの・取り消されたもの・失効したものだけ。"""
    day = as_of or office.today()
    with office.read("submission.preview_batch") as session:
        batch = _plan(session, office, day)
        rows = tuple(
            BatchRow(c.key, batch.rows[c.key].name if c.key in batch.rows else "", c.change)
            for c in batch.changes
        )
        return BatchPreview(day, batch.number, rows, batch.unchanged)


def _batch_sheet(batch: _Batch) -> ListSheet:
    blank: tuple[Cell, ...] = ("",) * (len(REGISTER_HEADERS) - 2)
    rows = []
    for c in batch.changes:
        content = _content(batch.rows[c.key]) if c.key in batch.rows else (c.key, *blank)
        rows.append((CHANGE_WORDS[c.change], *content))
    return ListSheet("認定者名簿", ("変更", *REGISTER_HEADERS[:-1]), tuple(rows), True)


def sent_cells(row: RegisterRow) -> dict[str, str]:
    """送る一行の、見出しから見える文字（日付は ISO、空は空文字）。戻ったファイルと比べるために覚える。"""
    shown = ("" if c is None else c.isoformat() if isinstance(c, date) else str(c) for c in _content(row))
    return dict(zip(REGISTER_HEADERS, shown, strict=False))


def _control(session: Session, batch: _Batch) -> dict[str, int]:
    """件数照合表。前の便までの名簿と、この便の増減と、基準日の名簿を、それぞれ数える。"""
    count = Counter(c.change for c in batch.changes)
    return {
        "前の便までに送った人": len(_sent(session)),
        **{f"{words}（この便）": count[change] for change, words in CHANGE_WORDS.items()},
        "この便の行": len(batch.changes),
        "変わりなく送らない人": batch.unchanged,
        "基準日の名簿の人": len(batch.rows),
    }


def _checks(control: dict[str, int]) -> dict[str, bool]:
    # 別々に数えた二つの側が同じでなければ、便は作らない
    changes = sum(control[f"{words}（この便）"] for words in CHANGE_WORDS.values())
    removed, total = control["削除（この便）"], control["基準日の名簿の人"]
    known = control["前の便までに送った人"] + control["新規（この便）"] - removed
    listed = control["この便の行"] - removed + control["変わりなく送らない人"]
    return {
        "変わり方ごとの行の和＝この便の行": changes == control["この便の行"],
        "前の便までの人＋新規－削除＝基準日の名簿の人": known == total,
        "この便の行－削除＋送らない人＝基準日の名簿の人": listed == total,
    }


def _control_sheet(control: dict[str, int]) -> ListSheet:
    checks = _checks(control)
    if wrong := [words for words, good in checks.items() if not good]:
        raise RuleViolation(f"件数が合いません（{wrong[0]}）。便は作りませんでした。名簿を確かめてください。")
    rows: list[tuple[Cell, ...]] = list(control.items())
    return ListSheet("件数照合表", ("項目", "件数"), tuple(rows + [(words, "一致") for words in checks]))


def _remember(
    act: Act, batch: _Batch, office: Office, as_of: date, path: Path, digest: str, control: dict[str, int]
) -> int:
    made = SubmissionBatch(
        kind=BATCH_KIND,
        number=batch.number,
        as_of=as_of,
        made_at=office.now(),
        file_name=path.name,
        file_digest=digest,
        control=control,
        rows=[
            SubmissionRow(
                key=c.key,
                digest=batch.digests.get(c.key, ""),
                change=c.change,
                cells=sent_cells(batch.rows[c.key]) if c.key in batch.rows else {"認定番号": c.key},
            )
            for c in batch.changes
        ],
    )
    act.session.add(made)
    act.session.flush()
    count = Counter(c.change for c in batch.changes)
    words = "、".join(f"{CHANGE_WORDS[change]}{n}" for change, n in sorted(count.items()))
    act.say(
        f"submission_batch:{made.id}",
        f"認定者名簿の第{batch.number}便を作成（{words}）",
        detail={"file_digest": digest, "as_of": as_of.isoformat()},
    )
    return made.id


def make_batch(office: Office, path: Path, as_of: date | None = None, password: str = "") -> ExportResult:
    """次の便のブックを書き、送った行を覚える。送るものがなければ断る。"""
    day = as_of or office.today()
    with office.act("submission.make_batch") as act:
        batch = _plan(act.session, office, day)
        if not batch.changes:
            raise RuleViolation(
                "前の便から変わったものがありません。送るものがないため、便は作りませんでした。"
            )
        sheet, control = _batch_sheet(batch), _control(act.session, batch)
        notes = (f"第{batch.number}便　基準日 {wareki(day)}", audit_line(act.session))
        # ファイルを先に置き、覚えるのは同じ取引の終わり。覚え損ねても、送る前のファイルが残るだけである
        digest = write_list(path, [sheet, _control_sheet(control)], notes, password)
        _remember(act, batch, office, day, path, digest, control)
        return ExportResult(str(path), len(sheet.rows), digest, bool(password))


def _scores(session: Session, cohort_id: int) -> list[ListSheet]:
    tests = session.scalars(
        select(CertificationTest.id)
        .where(CertificationTest.cohort_id == cohort_id)
        .order_by(CertificationTest.held_on, CertificationTest.id)
    ).all()
    if not tests:
        raise RuleViolation("この研修期には修了認定テストがまだありません。")
    return [scores_sheet(load_scores(session, test_id)) for test_id in tests]


def _sheets(
    session: Session, office: Office, kind: str, cohort: Cohort | None, as_of: date
) -> list[ListSheet]:
    if kind in ("register", "affiliations"):
        rows = load_rows(session, as_of, office.guideline)
        chosen = [r for r in rows if cohort is None or r.cohort_id == cohort.id]
        return [register_sheet(chosen) if kind == "register" else affiliations_sheet(chosen)]
    assert cohort is not None
    if kind == "eligibility":
        return [eligibility_sheet(load_eligibility(session, cohort.id))]
    if kind == "progress":
        return [progress_sheet(board_rows(load_course(session, cohort.id), cohort, as_of))]
    if kind == "decisions":
        return [decisions_sheet(load_decisions(session, cohort.id))]
    return _scores(session, cohort.id)


def _chosen(session: Session, kind: str, cohort_id: int | None) -> Cohort | None:
    if kind not in KINDS:
        raise RuleViolation(f"一覧の種類「{kind}」はありません（{'、'.join(KINDS)}）。")
    cohort = None if cohort_id is None else session.get(Cohort, cohort_id)
    if cohort is None and (cohort_id is not None or kind in OF_COHORT):
        raise RuleViolation("研修期を選んでください。この一覧は研修期ごとに作ります。")
    return cohort


def _check_paper(kind: str, path: Path, password: str) -> None:
    if path.suffix.lower() != ".pdf":
        return
    if kind != "statistics":
        raise RuleViolation("PDF にできるのは統計だけです。名の終わりを .xlsx にしてください。")
    if password:
        raise RuleViolation(
            "PDF にはパスワードを付けられません。パスワードを付けるときは .xlsx にしてください。"
        )


def export(
    office: Office,
    kind: str,
    path: Path,
    cohort_id: int | None = None,
    password: str = "",
    as_of: date | None = None,
) -> ExportResult:
    """一覧のブックを書く。kind は KINDS のどれか。password があれば本当に暗号化する。

    統計は、path の終わりが .pdf なら図と表の紙にする（紙にパスワードは付けられない）。
    """
    day = as_of or office.today()
    _check_paper(kind, path, password)
    with office.act("submission.export") as act:
        cohort = _chosen(act.session, kind, cohort_id)
        if kind == "statistics":
            title, rows, digest = write_statistics(act.session, office, cohort, day, path, password)
        else:
            sheets: Sequence[ListSheet] = _sheets(act.session, office, kind, cohort, day)
            scope = "" if cohort is None else f"{cohort_title(cohort)}　"
            notes = (f"{scope}基準日 {wareki(day)}", audit_line(act.session))
            digest = write_list(path, sheets, notes, password)
            title, rows = sheets[0].title, sum(len(s.rows) for s in sheets)
        act.say(f"export:{kind}", f"{title}を書き出し（{rows}行）", detail={"file_digest": digest})
        return ExportResult(str(path), rows, digest, bool(password))

"""取込の共通：ファイルの要約値、行ごとの下見、一つの取引での適用。"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import InputRefused, RuleViolation
from app.services.office import Act, Office
from app.services.views.intake import (
    CellProblem,
    Difference,
    ImportPreview,
    ImportResult,
    PreviewRow,
    ProblemGroup,
    refused_people,
)
from app.workbooks.faults import fault_words
from app.workbooks.fields import CellError
from database.schema.intake import ImportBatch

T = TypeVar("T")


@dataclass(frozen=True)
class SourceFile:
    """取り込むファイルの名と SHA-256。"""

    name: str
    digest: str


def digest_file(path: Path) -> SourceFile:
    """ファイルの名と要約値。読めなければ InputRefused。"""
    try:
        with path.open("rb") as stream:
            return SourceFile(path.name, hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as error:
        raise InputRefused(
            f"ファイル「{path.name}」を開けません（{fault_words(error)}）。"
            "場所と、ほかで開いていないかを確かめてください。",
            "UNREADABLE",
        ) from error


class ForeignProblem(Protocol):
    """ブックの読み手が見つけた、受け取れない（または注意する）セル。"""

    @property
    def sheet(self) -> str: ...  # noqa: D102
    @property
    def row(self) -> int: ...  # noqa: D102
    @property
    def column(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102


def by_row(problems: Iterable[ForeignProblem]) -> dict[tuple[str, int], list[CellProblem]]:
    """読み手の誤り・注意を、シートと行ごとに集めて画面のものにする。"""
    found: dict[tuple[str, int], list[CellProblem]] = {}
    for p in problems:
        found.setdefault((p.sheet, p.row), []).append(
            CellProblem(p.sheet, p.row, p.column, p.value, p.reason)
        )
    return found


@dataclass
class Plan(Generic[T]):
    """下見の結果。changes は適用する変更（誤りのある行のものは含まない）。"""

    rows: list[PreviewRow] = field(default_factory=list)
    errors: list[CellProblem] = field(default_factory=list)
    warnings: list[CellProblem] = field(default_factory=list)
    reports: tuple[str, ...] = ()
    changes: list[T] = field(default_factory=list)
    actions: dict[str, int] = field(
        default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0, "error": 0}
    )

    def add(
        self,
        row: int,
        number: str,
        name: str,
        action: str,
        *,
        errors: Sequence[CellProblem] = (),
        warnings: Sequence[CellProblem] = (),
        changes: Sequence[T] = (),
        sheet: str = "",
        differences: Sequence[Difference] = (),
        notes: Sequence[str] | None = None,
    ) -> None:
        """一行を加える。action は new / changed / unchanged。誤りがあれば変更は捨てる。

        sheet は、主な表とは別のシートの行だけに与える。differences は変わる欄、notes は理由と違う言葉で
        行に添えるときだけ与える。
        """
        kept = "error" if errors else action
        self.actions[kept] += 1
        state = "warning" if warnings and not errors else kept
        said = tuple(p.reason for p in (*errors, *warnings)) if notes is None else tuple(notes)
        shown = () if errors else tuple(differences)
        self.rows.append(PreviewRow(row, number, name, state, said, sheet, shown))
        self.errors.extend(errors)
        self.warnings.extend(warnings)
        if not errors:
            self.changes.extend(changes)

    def refuse_unread(self, problems: Sequence[CellError], elsewhere: str = "") -> None:
        """読み手が断った行を、分かるだけの番号と氏名で加える。elsewhere は主な表とは別のシートの名。"""
        who = {(p.sheet, p.row): p.who for p in problems}
        for (sheet, row), found in by_row(problems).items():
            number, name = who[sheet, row]
            other = sheet if elsewhere and sheet.strip() == elsewhere else ""
            self.add(row, number, name, "error", errors=found, sheet=other)

    def sort(self) -> None:
        """下見・誤り・注意を、ファイルの行の順に並べる。"""
        self.rows.sort(key=lambda r: r.row)
        self.errors.sort(key=lambda p: p.row)
        self.warnings.sort(key=lambda p: p.row)

    def preview(self, source: SourceFile, seen_before: bool) -> ImportPreview:
        """画面へ渡す下見。"""
        return ImportPreview(
            source.name,
            source.digest,
            tuple(self.rows),
            tuple(self.errors),
            tuple(self.warnings),
            seen_before,
            self.actions["new"],
            self.actions["changed"],
            self.actions["unchanged"],
            self.reports,
        )

    def result(self, batch_id: int | None) -> ImportResult:
        """取込の結果。"""
        count = self.actions
        return ImportResult(
            batch_id,
            count["new"],
            count["changed"],
            count["unchanged"],
            count["error"],
            refused_people(self.rows),
        )


def seen_before(session: Session, kind: str, digest: str) -> bool:
    """同じ中身のファイルを前に取り込んだか（取り消した取込は数えない）。"""
    found = session.scalar(
        select(ImportBatch.id)
        .where(ImportBatch.kind == kind, ImportBatch.file_digest == digest, ImportBatch.undone_at.is_(None))
        .limit(1)
    )
    return found is not None


@dataclass(frozen=True)
class ImportKind(Generic[T]):
    """取込の一種：監査の名、種類、言葉、下見の作り方、適用のしかた。"""

    function: str
    kind: str
    words: str
    plan: Callable[[Session], Plan[T]]
    apply: Callable[[Act, Sequence[T], int], None]


def preview(office: Office, function: str, kind: ImportKind[T], source: SourceFile) -> ImportPreview:
    """何も書かずに下見する。"""
    with office.read(function) as session:
        return kind.plan(session).preview(source, seen_before(session, kind.kind, source.digest))


def run(
    office: Office, kind: ImportKind[T], source: SourceFile, cohort_id: int | None, all_or_nothing: bool
) -> ImportResult:
    """下見し、変更があれば一つの取引で適用する。変更がなければ何も書かない（batch_id は空）。"""
    try:
        with office.act(kind.function) as act:
            return _act(office, act, kind, source, cohort_id, all_or_nothing)
    except _NothingToWrite as nothing:
        return nothing.result


class _NothingToWrite(Exception):  # noqa: N818  誤りではなく、何も書かずに取引を終えるため
    """変わる行がない。"""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


def _act(
    office: Office,
    act: Act,
    kind: ImportKind[T],
    source: SourceFile,
    cohort_id: int | None,
    all_or_nothing: bool,
) -> ImportResult:
    plan = kind.plan(act.session)
    _check_all(plan, all_or_nothing)
    if not plan.changes:
        raise _NothingToWrite(plan.result(None))
    batch = ImportBatch(
        kind=kind.kind,
        cohort_id=cohort_id,
        file_name=source.name,
        file_digest=source.digest,
        imported_at=office.now(),
        counts=dict(plan.actions),
    )
    act.session.add(batch)
    act.session.flush()
    kind.apply(act, plan.changes, batch.id)
    count = plan.actions
    act.say(
        f"import_batch:{batch.id}",
        f"{kind.words}を取込（新規{count['new']}・変更{count['changed']}・同じ{count['unchanged']}"
        f"・不受理{count['error']}）",
        detail={"file_digest": source.digest},
    )
    return plan.result(batch.id)


def _check_all(plan: Plan[T], all_or_nothing: bool) -> None:
    if all_or_nothing and plan.errors:
        first = plan.errors[0]
        raise RuleViolation(
            f"受け取れない行が{plan.actions['error']}行あるため、何も取り込みませんでした"
            f"（最初は{first.sheet}の{first.row}行目：{first.reason}）。直してからやり直してください。"
        )


# 値だけが違う理由を一つの種とみなすために、除くところ（引いた値、括弧の中、数）
_QUOTED = re.compile(r"「[^」]*」")
_ASIDE = re.compile(r"（[^（）]*）")
_FIGURES = re.compile(r"[0-9０-９][0-9０-９,./-]*")


def _sort_of(reason: str) -> str:
    """値を除いた理由。"""
    return _FIGURES.sub("…", _ASIDE.sub("", _QUOTED.sub("「…」", reason)))


def problem_groups(problems: Iterable[CellProblem]) -> tuple[ProblemGroup, ...]:
    """断った、または注意したセルを、見出しと理由の種ごとにまとめる（多い順、同じ数なら出てきた順）。

    理由がみな同じ文なら、words はその文のまま。
    """
    found: dict[tuple[str, str], list[CellProblem]] = {}
    for p in problems:
        found.setdefault((p.column, _sort_of(p.reason)), []).append(p)
    groups = []
    for (column, words), members in found.items():
        same = {p.reason for p in members}
        groups.append(ProblemGroup(column, same.pop() if len(same) == 1 else words, tuple(members)))
    return tuple(sorted(groups, key=lambda g: -len(g.problems)))

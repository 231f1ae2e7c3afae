"""採点：答案の写し。何人分もの PDF を頁ごとに分け、割当てを見せてから、データベースの中に（暗号化して）置く。"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.scan_pages import count_pages, take_pages
from app.documents.scans import check_scan, media_type_of
from app.domain.errors import InputRefused, RuleViolation
from app.services.office import Office
from app.services.scoring.analysis import load_test
from app.services.scoring.entry import answer_grid
from app.services.scoring.marking import check_sheet
from app.services.views.scoring_marking import GridRow, ScanPlan, ScanShare
from app.workbooks.faults import fault_words
from database import audit
from database.queries.scoring import SUBJECT, count_scans
from database.schema.scoring import AnswerScan, AnswerSheet, CertificationTest

LARGEST_FILE = 256 << 20
LARGEST_SHARE = 20 << 20
_PDF = "application/pdf"
_TYPES = (_PDF, "image/jpeg", "image/png")


@dataclass(frozen=True)
class ScanFile:
    """読んで確かめた写しのファイル。pages は頁の数。"""

    name: str
    content: bytes
    media_type: str
    pages: int


def read_scan_files(office: Office, paths: Sequence[Path]) -> tuple[ScanFile, ...]:
    """写しのファイルを読んで確かめる。壊れたもの・PDF と JPEG と PNG のほかは InputRefused。"""
    office.require("scoring.read_scan_files")
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> ScanFile:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputRefused(
            f"ファイル「{path.name}」を開けません（{fault_words(error)}）。場所を確かめてください。",
            "UNREADABLE",
        ) from error
    if len(content) > LARGEST_FILE:
        raise InputRefused(
            f"「{path.name}」は大きすぎます（{LARGEST_FILE >> 20}MBまで）。いくつかに分けてスキャンしてください。",
            "TOO_LARGE",
        )
    if media_type_of(path.name, content) not in _TYPES:
        raise InputRefused(
            f"「{path.name}」は TIFF です。答案の写しは PDF・JPEG・PNG にしてください。", "NOT_DOCUMENT"
        )
    return ScanFile(path.name, content, check_scan(path.name, content), count_pages(content))


def plan_scans(
    office: Office,
    test_id: int,
    files: Sequence[ScanFile],
    each: int,
    *,
    start: int = 0,
    skipped: Collection[int] = (),
) -> ScanPlan:
    """写しを受付番号の順に each 頁ずつ割り当てる下見（何も書かない）。

    割り当てるのは受験した人と、まだ答案の記録のない人で、受付番号が start 以上の人。skipped は飛ばす申込の id。
    """
    if each < 1:
        raise RuleViolation("一人の頁の数は1以上にしてください。")
    office.require("scoring.plan_scans")
    pages = [(f.name, n + 1) for f in files for n in range(f.pages)]
    with office.read("scoring.plan_scans") as session:
        kept = count_scans(session, test_id)
    people = [
        r
        for r in answer_grid(office, test_id).rows
        if r.outcome in ("", "points") and r.reception_number >= start and r.application_id not in skipped
    ]
    chunks = [tuple(pages[i : i + each]) for i in range(0, len(pages), each)]
    shares = tuple(_share(who, chunk, kept) for who, chunk in zip(people, chunks, strict=False))
    warnings, problem = _judge(len(pages), each, len(chunks), people, shares)
    return ScanPlan(shares, len(pages), warnings, problem)


def _share(who: GridRow, chunk: tuple[tuple[str, int], ...], kept: dict[int, int]) -> ScanShare:
    count = 0 if who.sheet_id is None else kept.get(who.sheet_id, 0)
    return ScanShare(who.application_id, who.reception_number, who.name, chunk, who.sheet_id is None, count)


def _judge(
    pages: int, each: int, chunks: int, people: Sequence[GridRow], shares: Sequence[ScanShare]
) -> tuple[tuple[str, ...], str]:
    """確かめてほしいことと、保存できない理由。"""
    problem = ""
    if not pages:
        problem = "写しのファイルがありません。選んでください。"
    elif pages % each:
        problem = f"{pages}頁は、一人{each}頁で割り切れません。一人の頁の数か、抜けた頁を確かめてください。"
    elif chunks > len(people):
        problem = f"{chunks}人分の頁がありますが、割り当てられる人は{len(people)}人です。始める番号を確かめてください。"
    elif kept := [s for s in shares if s.kept]:
        problem = f"受付{kept[0].reception}には既に写しがあります。飛ばすか、先に写しを除いてください。"
    warnings = []
    if chunks < len(people):
        first = people[chunks].reception if people else ""
        warnings.append(f"写しの割り当てられない人が{len(people) - chunks}人います（受付{first}から）。")
    if new := sum(s.new_sheet for s in shares):
        warnings.append(f"まだ答案の記録のない{new}人は、「受験」として記録します。")
    return tuple(warnings), problem


def _open_test(session: Session, test_id: int) -> CertificationTest:
    test = load_test(session, test_id)
    if test.locked_at is not None:
        raise RuleViolation(f"「{test.title}」は確定しているため、答案の写しを変えられません。")
    return test


def _parts(share: ScanShare, files: dict[str, ScanFile]) -> list[tuple[str, str, bytes]]:
    """一人分の写し（ファイルの名, 種類, 中身）。続いた PDF の頁は一つの PDF にする。"""
    found = []
    for name, run in groupby(share.pages, key=lambda page: page[0]):
        file, numbers = files[name], [n - 1 for _, n in run]
        whole = file.media_type != _PDF or numbers == list(range(file.pages))
        content = file.content if whole else take_pages(file.content, numbers)
        if len(content) > LARGEST_SHARE:
            raise InputRefused(
                f"受付{share.reception}の写しは大きすぎます（{LARGEST_SHARE >> 20}MBまで）。解像度を下げてください。",
                "TOO_LARGE",
            )
        found.append((name, file.media_type, content))
    return found


def attach_scans(office: Office, test_id: int, files: Sequence[ScanFile], shares: Sequence[ScanShare]) -> int:
    """割当てのとおりに写しを置き、置いた人数を返す。答案の記録のない人は「受験」として記録する。

    既に写しのある人・ほかの人に割り当てたのと同じ頁があれば断り、何も書かない。
    """
    office.require("scoring.attach_scans")
    by_name = {f.name: f for f in files}
    pages = [page for s in shares for page in s.pages]
    if not pages or len(set(pages)) != len(pages) or len(by_name) != len(files):
        raise RuleViolation("割り当てる頁がないか、同じ頁かファイルが二度あります。選び直してください。")
    parts = {s.application_id: _parts(s, by_name) for s in shares}
    with office.act("scoring.attach_scans") as act:
        test = _open_test(act.session, test_id)
        kept = count_scans(act.session, test_id)
        mine = act.session.scalars(select(AnswerSheet).where(AnswerSheet.certification_test_id == test_id))
        sheets = {s.application_id: s for s in mine}
        for share in shares:
            sheet = sheets.get(share.application_id)
            if sheet is None:
                sheet = AnswerSheet(
                    certification_test_id=test_id, application_id=share.application_id, answers={}
                )
                sheets[share.application_id] = sheet
                act.session.add(sheet)
            elif sheet.outcome != "points" or kept.get(sheet.id):
                raise RuleViolation(
                    f"受付{share.reception}は受験していないか、既に写しがあります。下見からやり直してください。"
                )
        act.session.flush()
        rows = [
            {
                "answer_sheet_id": sheets[application_id].id,
                "position": position,
                "file_name": name,
                "media_type": media_type,
                "content": content,
                "received_on": office.today(),
            }
            for application_id, one in parts.items()
            for position, (name, media_type, content) in enumerate(one, 1)
        ]
        audit.bulk_insert(act.session, AnswerScan, rows)
        names = "、".join(by_name)[:200]
        act.say(
            f"certification_test:{test_id}",
            f"{test.title}の答案の写しを{len(shares)}人に付けた（{names}）",
            detail={"pages": len(pages), "new_sheets": sum(s.new_sheet for s in shares)},
        )
        return len(shares)


def read_scans(office: Office, sheet_id: int) -> tuple[bytes, ...]:
    """一人の答案の写し（順に）。"""
    with office.read("scoring.read_scans") as session:
        check_sheet(session, sheet_id, office.require("scoring.read_scans"))
        query = select(AnswerScan.content).where(AnswerScan.answer_sheet_id == sheet_id)
        return tuple(session.scalars(query.order_by(AnswerScan.position)))


def scan_counts(office: Office, test_id: int) -> dict[int, int]:
    """写しのある答案の id から、写しの数。"""
    with office.read("scoring.scan_counts") as session:
        return count_scans(session, test_id)


def remove_scans(office: Office, sheet_id: int, reason: str) -> int:
    """一人の写しを、理由を添えてすべて除き、除いた数を返す。除いたことと要約値は監査記録に残る。"""
    if not reason.strip():
        raise RuleViolation("写しを除く理由が空です。理由を書いてください。記録に残ります。")
    with office.act("scoring.remove_scans") as act:
        sheet = act.session.get(AnswerSheet, sheet_id)
        if sheet is None:
            raise RuleViolation("その答案の記録がありません。一覧を開き直してください。")
        _open_test(act.session, sheet.certification_test_id)
        rows = act.session.scalars(select(AnswerScan).where(AnswerScan.answer_sheet_id == sheet_id)).all()
        for row in rows:
            act.session.delete(row)
        act.say(f"{SUBJECT}{sheet_id}", f"答案の写しを除去（{len(rows)}点）", reason=reason)
        return len(rows)

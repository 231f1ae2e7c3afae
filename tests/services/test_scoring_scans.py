"""採点：答案の写しを割り当てて置き、読み、除く。"""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.documents.scan_pages import count_pages
from app.domain.access import Role
from app.domain.errors import AccessDenied, InputRefused, RuleViolation
from app.services import scoring
from app.services.office import Office
from app.services.scoring.scans import ScanFile
from app.services.views.scoring_marking import AnswersTyped
from database.opening import Store
from database.schema.audit import AuditEntry
from tests.factories import as_role, make_office
from tests.scans import pdf_bytes, picture_bytes, scan_file
from tests.ui.rooms.course_sample import THREE, make_ready


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def test_id(office: Office) -> int:
    """二人目が欠席の、三人のテスト。"""
    _, test, _ = make_ready(office)
    scoring.set_questions(office, test, THREE)
    scoring.save_answers(office, test, scoring.answer_grid(office, test).rows[1], AnswersTyped("absent"))
    return test


def read(office: Office, folder: Path, pages: int = 4) -> tuple[ScanFile, ...]:
    return scoring.read_scan_files(office, [scan_file(folder, "束.pdf", pdf_bytes(pages))])


def sheet_ids(office: Office, test_id: int) -> list[int | None]:
    return [r.sheet_id for r in scoring.answer_grid(office, test_id).rows]


def test_pages_are_dealt_in_the_order_of_reception_to_those_who_sat(
    office: Office, test_id: int, tmp_path: Path
) -> None:
    plan = scoring.plan_scans(office, test_id, read(office, tmp_path), 2)
    assert [(s.reception, s.page_words, s.new_sheet) for s in plan.shares] == [
        ("0001", "束.pdf 1〜2頁", True),
        ("0003", "束.pdf 3〜4頁", True),
    ]
    assert (plan.problem, plan.warnings) == (
        "",
        ("まだ答案の記録のない2人は、「受験」として記録します。",),
    )


@pytest.mark.parametrize(
    ("pages", "each", "words"),
    [
        (3, 2, "3頁は、一人2頁で割り切れません。"),
        (4, 1, "4人分の頁がありますが、割り当てられる人は2人です。"),
    ],
)
def test_a_bundle_that_does_not_fit_says_why(
    office: Office, test_id: int, tmp_path: Path, pages: int, each: int, words: str
) -> None:
    assert scoring.plan_scans(office, test_id, read(office, tmp_path, pages), each).problem.startswith(words)


def test_people_are_skipped_and_the_deal_begins_at_a_number(
    office: Office, test_id: int, tmp_path: Path
) -> None:
    files = read(office, tmp_path, 2)
    first = scoring.answer_grid(office, test_id).rows[0].application_id
    skipped = scoring.plan_scans(office, test_id, files, 2, skipped=[first])
    begun = scoring.plan_scans(office, test_id, files, 2, start=2)
    assert [s.reception for s in skipped.shares] == [s.reception for s in begun.shares] == ["0003"]


def test_each_gets_only_his_own_pages_inside_the_database(
    office: Office, test_id: int, tmp_path: Path
) -> None:
    files = read(office, tmp_path)
    plan = scoring.plan_scans(office, test_id, files, 2)
    assert scoring.attach_scans(office, test_id, files, plan.shares) == 2
    first, absent, third = sheet_ids(office, test_id)
    assert scoring.scan_counts(office, test_id) == {first: 1, third: 1}
    assert first is not None
    assert absent is not None
    assert [count_pages(c) for c in scoring.read_scans(office, first)] == [2]
    assert scoring.read_scans(office, absent) == ()
    again = scoring.plan_scans(office, test_id, files, 2)
    assert again.problem == "受付0001には既に写しがあります。飛ばすか、先に写しを除いてください。"
    with pytest.raises(RuleViolation, match="既に写しがあります"):
        scoring.attach_scans(office, test_id, files, again.shares)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("写真.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "HEIC"),
        ("束.tiff", picture_bytes("TIFF"), "TIFF"),
        ("答案.pdf", b"%PDF-1.7\nbroken", "答案.pdf"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    office: Office, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(InputRefused, match=words):
        scoring.read_scan_files(office, [scan_file(tmp_path, name, content)])


def test_scans_are_removed_with_a_reason_that_is_kept(office: Office, test_id: int, tmp_path: Path) -> None:
    files = read(office, tmp_path)
    scoring.attach_scans(office, test_id, files, scoring.plan_scans(office, test_id, files, 2).shares)
    first = sheet_ids(office, test_id)[0]
    assert first is not None
    with pytest.raises(RuleViolation, match="理由が空です"):
        scoring.remove_scans(office, first, " ")
    assert scoring.remove_scans(office, first, "ほかの人の答案") == 1
    assert scoring.read_scans(office, first) == ()
    with office.store.sessions() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1)).one()
        assert (last.summary, last.reason) == ("答案の写しを除去（1点）", "ほかの人の答案")


def test_a_locked_test_and_a_reader_change_no_scans(office: Office, test_id: int, tmp_path: Path) -> None:
    files = read(office, tmp_path)
    plan = scoring.plan_scans(office, test_id, files, 2)
    with pytest.raises(AccessDenied):
        scoring.attach_scans(as_role(office, Role.AUDITOR), test_id, files, plan.shares)
    scoring.lock_test(office, test_id)
    with pytest.raises(RuleViolation, match="確定しているため"):
        scoring.attach_scans(office, test_id, files, plan.shares)

"""集合研修の名簿と名札：だれが載るか、書いたことは監査記録に残る。"""

from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import progress
from app.services.office import Office
from database.opening import Store
from database.schema.audit import AuditEntry
from tests.factories import as_role, make_office
from tests.ui.rooms.course_sample import make_course


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def session(office: Office) -> int:
    cohort, _ = make_course(office)
    return progress.board(office, cohort).sessions[0].id


def text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("kind", progress.PAPERS)
def test_only_people_of_course_two_are_printed(office: Office, session: int, kind: str) -> None:
    words = text(progress.preview_training_paper(office, session, kind))
    found = [name for name in ("渡邉 直樹", "𠮷田 みなみ", "SHRESTHA BINOD", "見本 花子") if name in words]
    assert found == ["𠮷田 みなみ", "SHRESTHA BINOD"]


def test_what_is_written_is_what_was_seen_and_is_on_record(
    office: Office, session: int, tmp_path: Path
) -> None:
    path = progress.write_training_paper(office, session, "roll", tmp_path / "名簿.pdf")
    assert path.read_bytes() == progress.preview_training_paper(office, session, "roll")
    with office.store.sessions() as opened:
        said = opened.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
        assert said is not None
        assert said.summary == "集合研修（1日目）の名簿を作成（2人）"


def test_an_unknown_paper_or_session_is_refused_and_leaves_no_file(
    office: Office, session: int, tmp_path: Path
) -> None:
    with pytest.raises(RuleViolation, match="名簿・名札・卓上名札"):
        progress.write_training_paper(office, session, "poster", tmp_path / "x.pdf")
    with pytest.raises(RuleViolation, match="集合研修がありません"):
        progress.write_training_paper(office, session + 9, "roll", tmp_path / "x.pdf")
    with pytest.raises(AccessDenied):
        progress.write_training_paper(as_role(office, Role.AUDITOR), session, "roll", tmp_path / "x.pdf")
    assert list(tmp_path.glob("*.pdf")) == []

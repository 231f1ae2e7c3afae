"""修了認定テスト結果通知書。"""

from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services import home, scoring
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from app.services.views.scoring_decisions import LettersMade
from database.schema.letters import Letter
from database.schema.people import Person
from tests.factories import change
from tests.services.test_scoring_decisions import SECOND, adopt, office, people, test_id

__all__ = ["office", "people", "test_id"]
FAULTY = PassRuleForm(60, changes=(QuestionChange(1, "excluded_for_missed"),))


def text_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path.read_bytes())
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def ledger(office: Office) -> list[Letter]:
    with office.store.sessions() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def states(office: Office, test_id: int) -> list[str]:
    return [r.state for r in scoring.list_letters(office, test_id)]


def correct(office: Office, test_id: int) -> None:
    scoring.adopt_rule(office, test_id, FAULTY, "問1は不適切と決定", second=SECOND)


def test_before_the_adoption_there_is_nothing_to_tell(office: Office, test_id: int, tmp_path: Path) -> None:
    assert scoring.list_letters(office, test_id) == ()
    with pytest.raises(RuleViolation, match="まだ採用されていません"):
        scoring.make_letters(office, test_id, tmp_path / "通知.pdf")
    assert not (tmp_path / "通知.pdf").exists()


def test_all_letters_come_as_one_book_with_points_standards_and_judgement(
    office: Office, test_id: int, tmp_path: Path
) -> None:
    adopt(office, test_id, PassRuleForm(60, (("B", 20),)))
    path = tmp_path / "通知.pdf"
    assert scoring.make_letters(office, test_id, path, number="見第5号") == LettersMade(4, 0, 0)
    pages = text_of(path)
    assert len(pages) == 4
    first = pages[0].split("\n")
    assert (first[0], first[2]) == ("見第5号の1", "受験 一　様")
    for line in (
        "受付番号（受験番号）0001",
        "判定合格",
        "A　意義・役割40401",
        "B　在留制度506020",
        "合計9010060",
    ):
        assert line in [x.replace(" ", "") for x in first]
    assert "合計－－－" in pages[3].replace(" ", "")
    assert "判定不合格（欠席）" in pages[3].replace(" ", "")
    assert states(office, test_id) == ["agrees"] * 4


def test_reprinting_gives_the_same_bytes(
    office: Office, people: list[int], test_id: int, tmp_path: Path
) -> None:
    adopt(office, test_id)
    one, again, book, book_again = (tmp_path / n for n in ("一.pdf", "二.pdf", "三.pdf", "四.pdf"))
    scoring.make_letters(office, test_id, one, application_ids=[people[1]])
    scoring.make_letters(office, test_id, book)
    assert scoring.reprint_letters(office, test_id, again, [people[1]]) == 1
    assert one.read_bytes() == again.read_bytes() == ledger(office)[0].pdf
    assert scoring.make_letters(office, test_id, book_again) == LettersMade(0, 0, 4)
    assert book.read_bytes() == book_again.read_bytes()
    assert len(ledger(office)) == 4


def test_after_another_adoption_only_the_letters_that_no_longer_agree_are_corrected(
    office: Office, people: list[int], test_id: int, tmp_path: Path
) -> None:
    adopt(office, test_id)
    scoring.make_letters(office, test_id, tmp_path / "初.pdf")
    correct(office, test_id)
    rows = scoring.list_letters(office, test_id)
    assert [r.state for r in rows] == ["agrees", "agrees", "differs", "agrees"]
    assert rows[2].differences == (
        "科目群Aの満点　40点 → 0点",
        "科目群Aの基準　1点 → －",
        "合格点　60点 → 36点",
        "判定　不合格 → 合格",
    )
    tasks = [t for t in home.tasks(office, 1) if t.room == "scoring"]
    assert [(t.text, t.who, t.target_id) for t in tasks] == [
        ("いまの結果と合わない結果通知書があります：訂正の通知を作ってください", "1通", test_id)
    ]
    path = tmp_path / "訂正.pdf"
    with pytest.raises(RuleViolation, match="1通あります。訂正の理由"):
        scoring.make_letters(office, test_id, path, application_ids=[people[2]])
    made = scoring.make_letters(
        office, test_id, path, application_ids=[people[2]], reason="問1の採点を改めた"
    )
    assert made == LettersMade(1, 1, 0)
    (page,) = text_of(path)
    words = page.replace("\n", "").replace(" ", "")
    for part in (
        "修了認定テスト結果通知書（訂正）",
        "令和8年2月20日付けの修了認定テスト結果通知書を、下記のとおり訂正します。",
        "訂正の理由問1の採点を改めた",
        "判定　不合格→合格",
        "満点100点を60点とし",
        "合計606036",
    ):
        assert part.replace("　", "") in words.replace("　", "")
    first, second = [x for x in ledger(office) if x.application_id == people[2]]
    assert (second.replaces_id, second.reason, first.replaces_id) == (first.id, "問1の採点を改めた", None)
    assert states(office, test_id) == ["agrees"] * 4
    assert [t for t in home.tasks(office, 1) if t.room == "scoring"] == []


def test_a_corrected_name_asks_for_a_corrected_letter(office: Office, test_id: int, tmp_path: Path) -> None:
    adopt(office, test_id)
    scoring.make_letters(office, test_id, tmp_path / "初.pdf")
    change(office, Person, 1, name="受験 壱")
    row = scoring.list_letters(office, test_id)[0]
    assert (row.state, row.differences) == ("differs", ("氏名・受付番号・テストの名などの記載",))


def test_an_added_person_gets_a_corrected_letter(
    office: Office, people: list[int], test_id: int, tmp_path: Path
) -> None:
    adopt(office, test_id)
    scoring.make_letters(office, test_id, tmp_path / "初.pdf")
    scoring.add_passers(office, test_id, [people[1]], "僅差を考慮", second=SECOND)
    assert [r.differences for r in scoring.list_letters(office, test_id)] == [
        (),
        ("判定　不合格 → 合格（委員会の決定による）",),
        (),
        (),
    ]


def test_a_letter_changed_in_the_ledger_is_not_printed(
    office: Office, people: list[int], test_id: int, tmp_path: Path
) -> None:
    adopt(office, test_id)
    scoring.make_letters(office, test_id, tmp_path / "初.pdf")
    change(office, Letter, 1, pdf=b"%PDF-1.7")
    with pytest.raises(RuleViolation, match="作ったときと違います"):
        scoring.reprint_letters(office, test_id, tmp_path / "再.pdf", people[:1])
    assert not (tmp_path / "再.pdf").exists()


def test_a_file_that_cannot_be_written_leaves_no_letter(office: Office, test_id: int, tmp_path: Path) -> None:
    adopt(office, test_id)
    with pytest.raises(RuleViolation):
        scoring.make_letters(office, test_id, tmp_path / "ない" / "通知.pdf")
    assert ledger(office) == []
    assert states(office, test_id) == ["none"] * 4


def test_a_preview_is_the_paper_to_come_or_the_one_in_the_ledger_and_keeps_nothing(
    office: Office, people: list[int], test_id: int, tmp_path: Path
) -> None:
    adopt(office, test_id)
    path = tmp_path / "下見.pdf"
    path.write_bytes(scoring.preview_letter(office, test_id, people[2]))
    assert "判定不合格" in text_of(path)[0].replace(" ", "")
    assert ledger(office) == []
    scoring.make_letters(office, test_id, tmp_path / "初.pdf")
    assert scoring.preview_letter(office, test_id, people[2]) == ledger(office)[2].pdf
    correct(office, test_id)
    path.write_bytes(scoring.preview_letter(office, test_id, people[2]))
    assert "修了認定テスト結果通知書（訂正）" in text_of(path)[0]
    assert len(ledger(office)) == 4

"""受付の部屋：不備から補正依頼書・督促・回答まで。"""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import InputRefused, RuleViolation
from app.services import intake
from app.services.office import Office
from app.services.views.intake import DeficiencyView
from database import audit
from database.schema.audit import AuditEntry
from database.store import Store
from tests.factories import TODAY, as_role, make_application, make_cohort, make_office
from tests.scans import scan_file

DUE = date(2026, 3, 6)
LATER = date(2026, 3, 20)
PROOF = "実務経験証明書：見本市窓口"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def application(office: Office, cohort: int) -> int:
    return make_application(office, cohort, "見本 花子")


def on(office: Office, day: date) -> Office:
    return as_role(office, Role.CLERK, day)


def only(office: Office, application: int) -> DeficiencyView:
    (found,) = intake.get_application(office, application).deficiencies
    return found


def last_entry(office: Office) -> AuditEntry:
    with office.store.sessions() as session:
        found = session.scalar(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1))
    assert found is not None
    return found


def pages(path: Path) -> list[str]:
    """頁ごとの字（空白を除く）。"""
    with pypdfium2.PdfDocument(path) as book:
        return ["".join(page.get_textpage().get_text_range().split()) for page in book]


def test_a_correction_waits_for_its_letter_then_for_its_answer_and_is_overdue_the_day_after(
    office: Office, cohort: int, application: int, tmp_path: Path
) -> None:
    wanted = intake.request_correction(
        office,
        application,
        " 押印がない ",
        DUE,
        "電話でも伝えた",
        document_kind=PROOF,
        requirement="在職期間",
    )
    found = only(office, application)
    assert (found.item, found.found_on, found.requested_on, found.due_on) == ("押印がない", TODAY, None, DUE)
    assert (found.note, found.document_kind, found.requirement) == ("電話でも伝えた", PROOF, "在職期間")
    assert found.state(TODAY) == "依頼書がまだ"
    intake.write_letters(office, cohort, tmp_path / "a.pdf")
    found = only(office, application)
    assert (found.requested_on, found.state(DUE), found.state(date(2026, 3, 7))) == (
        TODAY,
        "回答待ち",
        "期限超過",
    )

    def state(day: date) -> str:
        (row,) = intake.list_applications(on(office, day), cohort)
        return row.state

    assert [state(DUE), state(date(2026, 3, 7))] == ["補正待ち", "補正の期限超過"]
    intake.answer_correction(on(office, date(2026, 3, 9)), wanted, "届いた")
    assert state(date(2026, 3, 9)) == "受付済み"
    found = only(office, application)
    assert (found.answered_on, found.answer, found.state(TODAY)) == (date(2026, 3, 9), "届いた", "回答済み")
    with pytest.raises(RuleViolation, match="令和8年3月9日に回答済み"):
        intake.answer_correction(office, wanted)


@pytest.mark.parametrize(
    ("item", "due_on", "kind", "words"),
    [
        (" ", TODAY, None, "空です"),
        ("写し", date(2026, 2, 19), None, "期限（令和8年2月19日）"),
        ("写し", TODAY, "戸籍", "書類の種類は"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    office: Office, application: int, item: str, due_on: date, kind: str | None, words: str
) -> None:
    with pytest.raises(RuleViolation, match=words):
        intake.request_correction(office, application, item, due_on, document_kind=kind)
    assert intake.get_application(office, application).deficiencies == ()


def test_someone_who_withdrew_is_asked_for_nothing(office: Office, cohort: int, application: int) -> None:
    intake.withdraw(office, application, TODAY, "本人の申出")
    with pytest.raises(RuleViolation, match="辞退した人の申込"):
        intake.request_correction(office, application, "写し", DUE)


def test_five_people_get_one_book_with_a_letter_each_and_the_list_at_the_end(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    names = ["甲 一", "乙 二", "丙 三", "丁 四", "戊 五", "己 六"]
    ids = [make_application(office, cohort, name) for name in names]
    for application in ids[:5]:
        intake.request_correction(office, application, "押印がない", DUE, document_kind=PROOF)
    intake.request_correction(office, ids[1], "窓口の要件が分からない", LATER, requirement="窓口の要件")
    made = intake.write_letters(office, cohort, tmp_path / "a.pdf", number="認審第12号")
    assert (made.people, made.items) == (5, 6)
    found = pages(tmp_path / "a.pdf")
    assert len(found) == 6
    for place, (name, text) in enumerate(zip(names, found, strict=False), 1):
        parts = (
            f"認審第12号の{place}令和8年2月20日{name}様認定審査委員会事務局受講申込書類の補正について（依頼）"
        )
        if place <= 5:
            assert text.startswith(parts.replace(" ", "")), text
    assert "1実務経験証明書（見本市窓口）押印がない提出期限令和8年3月6日（金）" in found[1]
    assert "2受講資格の要件：窓口の要件窓口の要件が分からない提出期限令和8年3月20日（金）以上" in found[1]
    assert "提出期限令和8年3月6日（金）提出先" in found[0]
    assert found[5].startswith("送付の一覧受講申込書類の補正について（依頼）令和8年2月20日作成5通補正6件")
    assert all(name.replace(" ", "") in found[5] for name in names[:5])
    assert names[5].replace(" ", "") not in found[5]
    assert last_entry(office).summary == "補正依頼書を5通作成（補正6件）"
    with pytest.raises(RuleViolation, match="依頼書を作っていない補正がありません"):
        intake.write_letters(office, cohort, tmp_path / "b.pdf")
    assert not (tmp_path / "b.pdf").exists()


def test_a_new_deficiency_brings_only_its_person_back_with_all_that_is_open(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    first, second = make_application(office, cohort, "甲 一"), make_application(office, cohort, "乙 二")
    for application in (first, second):
        intake.request_correction(office, application, "押印がない", DUE)
    intake.write_letters(office, cohort, tmp_path / "a.pdf")
    intake.request_correction(office, second, "写しがない", DUE)
    made = intake.write_letters(on(office, date(2026, 2, 25)), cohort, tmp_path / "b.pdf")
    assert (made.people, made.items) == (1, 2)
    (text,) = pages(tmp_path / "b.pdf")
    assert ("乙二様" in text, "押印がない" in text, "写しがない" in text) == (True, True, True)
    rows = intake.get_application(office, second).deficiencies
    assert [r.requested_on for r in rows] == [TODAY, date(2026, 2, 25)]


def test_the_letter_of_one_person_asks_for_what_is_still_open_and_nothing_else(
    office: Office, application: int, tmp_path: Path
) -> None:
    with pytest.raises(RuleViolation, match="回答を待つ補正がありません"):
        intake.write_letter(office, application, tmp_path / "a.pdf")
    done = intake.request_correction(office, application, "資格証の写し", DUE)
    wrong = intake.request_correction(office, application, "見まちがい", DUE)
    intake.request_correction(office, application, "実務経験証明書の押印", DUE)
    intake.answer_correction(office, done)
    intake.cancel_correction(office, wrong, "申込書にあった")
    intake.write_letter(office, application, tmp_path / "a.pdf")
    (text,) = pages(tmp_path / "a.pdf")
    assert text.startswith("令和8年2月20日見本花子様認定審査委員会事務局")
    assert [w in text for w in ("実務経験証明書の押印", "資格証の写し", "見まちがい")] == [True, False, False]
    assert last_entry(office).summary == "補正依頼書を作成（1件）"


def test_a_letter_is_not_sent_with_a_due_date_that_has_passed(
    office: Office, cohort: int, application: int, tmp_path: Path
) -> None:
    intake.request_correction(office, application, "押印がない", DUE)
    late = on(office, date(2026, 3, 7))
    with pytest.raises(
        RuleViolation, match="見本 花子さんの「押印がない」の期限（令和8年3月6日）が過ぎています"
    ):
        intake.write_letters(late, cohort, tmp_path / "a.pdf")
    assert (only(office, application).requested_on, (tmp_path / "a.pdf").exists()) == (None, False)
    intake.write_letters(late, cohort, tmp_path / "a.pdf", due_on=LATER)
    assert only(office, application).due_on == LATER


def test_a_letter_that_could_not_be_written_was_not_sent(
    office: Office, cohort: int, application: int, tmp_path: Path
) -> None:
    intake.request_correction(office, application, "押印がない", DUE)
    with pytest.raises(RuleViolation, match="書けませんでした"):
        intake.write_letters(office, cohort, tmp_path / "ない" / "a.pdf")
    assert only(office, application).requested_on is None


def test_a_reminder_goes_to_the_overdue_only_and_sets_a_new_due_date(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    late, early = make_application(office, cohort, "甲 一"), make_application(office, cohort, "乙 二")
    intake.request_correction(office, late, "押印がない", DUE)
    intake.request_correction(office, late, "写しがない", LATER)
    intake.request_correction(office, early, "押印がない", LATER)
    intake.write_letters(office, cohort, tmp_path / "a.pdf")
    on_due = on(office, DUE)
    with pytest.raises(RuleViolation, match="期限を過ぎた補正がありません"):
        intake.write_reminders(on_due, cohort, tmp_path / "b.pdf", LATER)
    after = on(office, date(2026, 3, 7))
    with pytest.raises(RuleViolation, match=r"期限（令和8年3月6日）が過ぎて"):
        intake.write_reminders(after, cohort, tmp_path / "b.pdf", DUE)
    made = intake.write_reminders(after, cohort, tmp_path / "b.pdf", LATER)
    assert (made.people, made.items) == (1, 1)
    (text,) = pages(tmp_path / "b.pdf")
    assert "受講申込書類の補正について（督促）" in text
    assert "押印がない令和8年2月20日に依頼以上" in text
    assert "写しがない" not in text
    first = intake.get_application(office, late).deficiencies[0]
    assert (first.due_on, first.reminded_on) == (LATER, date(2026, 3, 7))
    assert [first.state(LATER), first.state(date(2026, 3, 21))] == ["督促中", "期限超過（督促済み）"]
    assert last_entry(office).detail == {"due_before": {"1": "2026-03-06"}}


def test_an_answer_may_bring_the_document_and_marks_it_received(
    office: Office, application: int, tmp_path: Path
) -> None:
    wanted = intake.request_correction(office, application, "押印がない", DUE, document_kind=PROOF)
    with pytest.raises(InputRefused, match="HEIC"):
        intake.answer_correction(
            office, wanted, path=scan_file(tmp_path, "a.pdf", b"\0\0\0\x18ftypheic" + bytes(9))
        )
    assert only(office, application).answered_on is None
    intake.answer_correction(office, wanted, "押印あり", path=scan_file(tmp_path, "押印.pdf"))
    row = next(r for r in intake.list_checklist(office, application) if r.kind == PROOF)
    assert (row.words, row.received_on, [s.file_name for s in row.scans]) == ("受領", TODAY, ["押印.pdf"])


@pytest.mark.parametrize("day", [date(2026, 2, 19), date(2026, 2, 21)])
def test_an_answer_is_dated_between_the_finding_and_today(
    office: Office, application: int, day: date
) -> None:
    wanted = intake.request_correction(office, application, "押印がない", DUE)
    with pytest.raises(RuleViolation, match="今日までの日にしてください"):
        intake.answer_correction(office, wanted, answered_on=day)
    assert only(office, application).answered_on is None


def test_an_insufficient_answer_is_kept_and_the_rest_asked_for_again(
    office: Office, application: int
) -> None:
    wanted = intake.request_correction(office, application, "日数と押印がない", DUE, document_kind=PROOF)
    again = intake.refuse_answer(office, wanted, "押印だけあった", "日数がない", LATER)
    first, second = intake.get_application(office, application).deficiencies
    assert (first.answered_on, first.answer, first.is_open) == (TODAY, "押印だけあった", False)
    assert (second.id, second.item, second.due_on, second.document_kind) == (
        again,
        "日数がない",
        LATER,
        PROOF,
    )
    assert (second.note, second.requested_on) == ("前の補正「日数と押印がない」の回答では足りないため", None)
    with pytest.raises(RuleViolation, match="空です"):
        intake.refuse_answer(office, again, "", " ", LATER)
    assert intake.get_application(office, application).deficiencies[1].answered_on is None


def test_a_deficiency_recorded_by_mistake_is_taken_back_with_a_reason_and_stays(
    office: Office, cohort: int, application: int
) -> None:
    wanted = intake.request_correction(office, application, "押印がない", DUE)
    with pytest.raises(RuleViolation, match="取り下げる理由が空"):
        intake.cancel_correction(office, wanted, " ")
    intake.cancel_correction(office, wanted, "裏面に押印があった")
    found = only(office, application)
    assert (found.cancelled_on, found.cancellation, found.state(DUE)) == (
        TODAY,
        "裏面に押印があった",
        "取下げ",
    )
    assert [r.state for r in intake.list_applications(office, cohort)] == ["受付済み"]
    assert (last_entry(office).action, last_entry(office).reason) == (
        "intake.cancel_correction",
        "裏面に押印があった",
    )
    for act in (intake.answer_correction, lambda o, i: intake.cancel_correction(o, i, "もう一度")):
        with pytest.raises(RuleViolation, match="取り下げてあります"):
            act(office, wanted)
    assert audit.verify(office.store) == []


def test_the_list_of_a_cohort_puts_the_open_first_by_due_date(office: Office, cohort: int) -> None:
    first, second = make_application(office, cohort, "甲 一"), make_application(office, cohort, "乙 二")
    done = intake.request_correction(office, first, "済んだもの", TODAY)
    intake.request_correction(office, first, "後のもの", LATER)
    intake.request_correction(office, second, "先のもの", DUE)
    intake.answer_correction(office, done)
    make_application(office, make_cohort(office, 2), "よその期")
    assert [(r.reception, r.name, r.deficiency.item) for r in intake.list_corrections(office, cohort)] == [
        ("0002", "乙 二", "先のもの"),
        ("0001", "甲 一", "後のもの"),
        ("0001", "甲 一", "済んだもの"),
    ]

"""受付の部屋：書類の確認と、書類の写し。"""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.access import Role
from app.domain.errors import InputRefused, RuleViolation
from app.services import intake
from app.services.office import Office
from database import audit
from database.opening import open_store
from database.schema.audit import AuditEntry
from database.schema.intake import Employment, Qualification
from database.schema.people import Attachment
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.factories import TODAY, as_role, insert, make_applications, make_cohort, make_office, person
from tests.scans import pdf_bytes, picture_bytes, scan_file

PROOF = "実務経験証明書：見本市窓口"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def application(office: Office, cohort: int) -> int:
    place = {"counter_name": "見本市窓口", "counter_standard": True}
    (made,) = make_applications(office, cohort, [person("見本 花子")], False, **place)
    job = {"counter": "municipal", "counter_standard": True, "started_on": date(2022, 4, 1)}
    insert(office, [Employment(application_id=made, counter_name="見本市窓口", workdays=400, **job)])
    return made


def states(office: Office, application: int) -> dict[str, str]:
    return {r.kind: r.words for r in intake.list_checklist(office, application)}


def waiting(office: Office, cohort: int) -> list[int]:
    return [r.papers_waiting for r in intake.list_applications(office, cohort)]


def last_entry(office: Office) -> tuple[str, str, str, str]:
    with office.store.sessions() as session:
        found = session.scalar(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(1))
    assert found is not None
    return found.action, found.subject, found.summary, found.reason


def test_the_checklist_follows_from_the_facts_and_changes_with_them(
    office: Office, cohort: int, application: int
) -> None:
    assert states(office, application) == {
        "申込書": "受領",
        "申告書": "未着",
        "窓口の要件の確認書：見本市窓口": "受領",
        PROOF: "未着",
    }
    assert waiting(office, cohort) == [2]
    licence = Qualification(application_id=application, kind="certified_social_worker")
    licence.registered_on = date(2018, 5, 10)
    insert(office, [licence])
    assert states(office, application) == {
        "申込書": "受領",
        "申告書": "未着",
        "窓口の要件の確認書：見本市窓口": "受領",
        "資格証の写し：社会福祉士": "未着",
        PROOF: "不要",
    }
    assert waiting(office, cohort) == [2]


def test_a_document_is_received_waived_and_its_mark_taken_back_with_words_in_the_log(
    office: Office, cohort: int, application: int
) -> None:
    intake.receive_document(office, application, PROOF, date(2026, 2, 18), "原本")
    row = next(r for r in intake.list_checklist(office, application) if r.kind == PROOF)
    assert (row.words, row.received_on, row.note) == ("受領", date(2026, 2, 18), "原本")
    assert last_entry(office) == (
        "intake.receive_document",
        f"application:{application}",
        f"書類を受領：{PROOF}（令和8年2月18日）",
        "",
    )
    intake.waive_document(office, application, "申告書", "前の研修期のもので足りる")
    assert waiting(office, cohort) == [0]
    assert [r.papers for r in intake.list_applications(office, cohort)] == ["そろい"]
    intake.reset_document(office, application, "申告書", "取り違え")
    assert last_entry(office)[2:] == ("書類の印を取消し：申告書", "取り違え")
    assert states(office, application)["申告書"] == "未着"
    assert [r.papers for r in intake.list_applications(office, cohort)] == ["あと1点"]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda o, a: intake.receive_document(o, a, PROOF, date(2026, 2, 21)), "受領日（令和8年2月21日）"),
        (lambda o, a: intake.receive_document(o, a, "戸籍"), "書類の種類は"),
        (lambda o, a: intake.waive_document(o, a, PROOF, " "), "不要とする理由が空"),
        (lambda o, a: intake.reset_document(o, a, PROOF, " "), "取り消す理由が空"),
        (lambda o, a: intake.reset_document(o, a, PROOF, "誤り"), "まだ受領とも不要とも"),
        (lambda o, a: intake.receive_all(o, [a], date(2026, 2, 21)), "今日より後"),
    ],
    ids=range(6),
)
def test_a_mark_that_cannot_be_is_refused_and_changes_nothing(
    office: Office, application: int, act: object, words: str
) -> None:
    before = states(office, application)
    assert callable(act)
    with pytest.raises(RuleViolation, match=words):
        act(office, application)
    assert states(office, application) == before


def test_a_bundle_marks_all_that_is_missing_but_not_what_was_asked_to_be_corrected(
    office: Office, cohort: int, application: int
) -> None:
    (other,) = make_applications(office, cohort, [person("見本 次郎")], counter_name="隣の窓口")
    due = date(2026, 3, 10)
    intake.request_correction(office, application, "日数がない", due, document_kind=PROOF)
    assert intake.receive_all(office, [application, other], date(2026, 2, 19)) == 4
    assert [r.papers_waiting for r in intake.list_applications(office, cohort)] == [1, 0]
    assert states(office, application)[PROOF] == "未着"
    assert intake.receive_all(office, [application, other]) == 0


def test_a_correction_of_a_received_document_shows_it_as_deficient_until_answered(
    office: Office, cohort: int, application: int
) -> None:
    intake.receive_document(office, application, PROOF)
    asked = intake.request_correction(
        office, application, "押印がない", date(2026, 3, 10), document_kind=PROOF
    )
    assert states(office, application)[PROOF] == "不備あり"
    row = next(r for r in intake.list_checklist(office, application) if r.kind == PROOF)
    assert [d.item for d in row.asked] == ["押印がない"]
    assert waiting(office, cohort) == [2]
    intake.answer_correction(office, asked, "押印した証明書が届いた")
    assert states(office, application)[PROOF] == "受領"


def test_a_scan_is_kept_inside_byte_for_byte_marks_its_row_and_reading_it_is_logged(
    office: Office, application: int, tmp_path: Path
) -> None:
    path = scan_file(tmp_path)
    attached = intake.attach_document(office, application, PROOF, path)
    (row,) = intake.list_documents(office, application)
    assert (row.id, row.kind, row.file_name, row.media_type, row.received_on, row.size) == (
        attached,
        PROOF,
        "証明書.pdf",
        "application/pdf",
        TODAY,
        len(path.read_bytes()),
    )
    found = next(r for r in intake.list_checklist(office, application) if r.kind == PROOF)
    assert (found.words, found.received_on, found.scans) == ("受領", TODAY, (row,))
    assert intake.read_document(office, attached) == path.read_bytes()
    assert last_entry(office)[2] == f"書類の写しを閲覧：{PROOF}"
    with office.store.sessions() as session:
        assert session.get_one(Attachment, attached).application_id == application
    assert audit.verify(office.store) == []


@pytest.mark.parametrize(
    ("form", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("TIFF", "image/tiff")]
)
def test_pictures_are_known_by_their_content_whatever_their_name(
    office: Office, application: int, tmp_path: Path, form: str, media_type: str
) -> None:
    path = scan_file(tmp_path, "写し.dat", picture_bytes(form))
    intake.attach_document(office, application, "申告書", path)
    assert [d.media_type for d in intake.list_documents(office, application)] == [media_type]


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("x.jpg", HEIC, "HEIC", "互換性優先"),
        ("x.pdf", b"MZ program", "NOT_DOCUMENT", "プログラムなので"),
        ("x.pdf", b"PK\x03\x04", "NOT_DOCUMENT", "PDF で保存し"),
        ("x.pdf", b"\xd0\xcf\x11\xe0", "NOT_DOCUMENT", "PDF で保存し"),
        ("x.png", b"GIF89a", "NOT_DOCUMENT", "JPEG か PNG"),
        ("x.png", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "NOT_DOCUMENT", "WebP"),
        ("x.pdf", b"", "NOT_DOCUMENT", "空のファイル"),
        ("x.pdf", b"hello", "NOT_DOCUMENT", "どれでもない"),
        ("x.pdf", b"%PDF-1.7 sample", "DAMAGED", "途中で切れている"),
        ("x.pdf", b"%PDF-1.7\nnothing\n%%EOF", "DAMAGED", "PDF として開けない"),
        ("x.pdf", pdf_bytes()[:-200], "DAMAGED", "途中で切れている"),
        ("x.jpg", picture_bytes("JPEG")[:-500], "DAMAGED", "JPEG が途中で切れている"),
        ("x.jpg", b"\xff\xd8\xff\xd9", "DAMAGED", "JPEG に画像がない"),
        ("x.png", picture_bytes("PNG")[:-500], "DAMAGED", "PNG"),
        ("x.tif", picture_bytes("TIFF")[:9000], "DAMAGED", "TIFF"),
        ("x.pdf", b"%PDF-" + bytes(20 * 1024 * 1024), "TOO_LARGE", "20MBまで"),
        ("", b"", "UNREADABLE", "開けません"),
    ],
    ids=range(17),
)
def test_what_is_no_sound_document_is_refused_with_words_whatever_its_name_says(
    office: Office, application: int, tmp_path: Path, name: str, content: bytes, code: str, words: str
) -> None:
    path = scan_file(tmp_path, name, content) if name else tmp_path / "ない.pdf"
    with pytest.raises(InputRefused, match=words) as caught:
        intake.attach_document(office, application, PROOF, path)
    assert (caught.value.code, path.name in str(caught.value)) == (code, True)
    with office.store.sessions() as session:
        assert session.scalar(select(func.count(Attachment.id))) == 0
    assert states(office, application)[PROOF] == "未着"


def test_one_wrong_byte_in_a_png_is_noticed(office: Office, application: int, tmp_path: Path) -> None:
    content = bytearray(picture_bytes("PNG"))
    content[len(content) // 2] ^= 1
    with pytest.raises(InputRefused, match="PNG の中身が合わない"):
        intake.attach_document(office, application, PROOF, scan_file(tmp_path, "x.png", bytes(content)))


def test_a_replaced_scan_stays_readable_and_is_not_replaced_twice(
    office: Office, application: int, tmp_path: Path
) -> None:
    old, new = scan_file(tmp_path, "古い.pdf"), scan_file(tmp_path, "新しい.png", picture_bytes())
    first = intake.attach_document(office, application, PROOF, old)
    second = intake.replace_document(office, first, new)
    rows = intake.list_documents(office, application)
    assert [(r.id, r.kind, r.file_name, r.replaced_by_id) for r in rows] == [
        (first, PROOF, "古い.pdf", second),
        (second, PROOF, "新しい.png", None),
    ]
    found = next(r for r in intake.list_checklist(office, application) if r.kind == PROOF)
    assert [s.id for s in found.current_scans] == [second]
    assert intake.read_document(office, first) == old.read_bytes()
    with pytest.raises(RuleViolation, match="既に差し替えて"):
        intake.replace_document(office, first, new)


def test_a_scan_of_someone_else_is_removed_with_a_reason_and_the_chain_of_versions_holds(
    office: Office, application: int, tmp_path: Path
) -> None:
    path = scan_file(tmp_path)
    first = intake.attach_document(office, application, PROOF, path)
    second = intake.replace_document(office, first, path)
    with pytest.raises(RuleViolation, match="除く理由が空"):
        intake.remove_document(office, second, " ")
    intake.remove_document(office, second, "別の人の証明書だった")
    assert [(r.id, r.replaced_by_id) for r in intake.list_documents(office, application)] == [(first, None)]
    assert last_entry(office)[2:] == (f"書類の写しを除去：{PROOF}", "別の人の証明書だった")
    assert audit.verify(office.store) == []


def test_a_scan_attached_before_checklists_is_shown_beside_the_row_of_its_kind(
    office: Office, cohort: int, application: int
) -> None:
    person = intake.get_application(office, application).person.id
    values = {"media_type": "application/pdf", "content": b"x", "received_on": TODAY}
    insert(
        office,
        [
            Attachment(person_id=person, kind="実務経験証明書", file_name="a", **values),
            Attachment(person_id=person, kind="その他", file_name="b", **values),
        ],
    )
    found = {r.kind: [s.file_name for s in r.scans] for r in intake.list_checklist(office, application)}
    assert {kind: names for kind, names in found.items() if names} == {PROOF: ["a"], "その他": ["b"]}


def test_everything_is_there_after_the_file_is_opened_again(
    office: Office, store_path: Path, application: int, tmp_path: Path
) -> None:
    path = scan_file(tmp_path)
    attached = intake.attach_document(office, application, PROOF, path)
    before = intake.list_checklist(office, application)
    office.store.close()
    with open_store(store_path, PASSPHRASE) as again:
        reopened = make_office(again)
        assert intake.list_checklist(reopened, application) == before
        assert intake.read_document(reopened, attached) == path.read_bytes()
        assert audit.verify(again) == []


def test_the_content_of_a_scan_is_nowhere_in_the_clear(
    office: Office, store_path: Path, application: int, tmp_path: Path
) -> None:
    content, path = picture_bytes("JPEG"), scan_file(tmp_path, "a.jpg", b"")
    path.write_bytes(content)
    intake.attach_document(office, application, PROOF, path)
    path.unlink()
    office.store.close()
    stored = b"".join(p.read_bytes() for p in store_path.parent.iterdir() if p.is_file())
    assert content[2000:2040] not in stored


def test_an_auditor_reads_the_checklist_but_marks_nothing(office: Office, application: int) -> None:
    auditor = as_role(office, Role.AUDITOR)
    assert len(intake.list_checklist(auditor, application)) == 4
    with pytest.raises(RuleViolation, match="役割では"):
        intake.receive_document(auditor, application, PROOF)

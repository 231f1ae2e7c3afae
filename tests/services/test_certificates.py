"""認定証の部屋：番号・三つの日付・凍った PDF・再印刷・欠番・検証。"""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.documents import qr
from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import certificates, renewal, settings
from app.services.office import Office
from app.services.views.certificates import RESULT_WORDS, CertificateRow
from database import audit
from database.opening import open_store
from database.schema.audit import AuditEntry
from database.schema.certificates import Certificate, Certification, SigningKey
from database.schema.committee import Meeting
from database.schema.people import Person
from database.store import Store
from tests.conftest import PASSPHRASE
from tests.factories import as_role, change, make_actor, make_office, person
from tests.services.committee_scene import CERTIFIED_ON, HELD_ON, SECOND, Scene, entries, person_of

ISSUED_ON = date(2026, 4, 10)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=ISSUED_ON)


@pytest.fixture
def scene(office: Office) -> Scene:
    """三人を認定し、一人を不認定として閉じた会議。"""
    people = ["神\ufa19 一", "乙 二", "丙 三", "丁 四"]
    found = Scene(office, [person(name, birth_date=date(1980, 1, n)) for n, name in enumerate(people, 1)])
    found.seat(0, 1, 2)
    for case in range(4):
        if case == 1:
            found.carry(case, "not_certified", reason="要件を欠く")
        else:
            found.carry(case)
    found.close()
    return found


def counted(office: Office) -> tuple[int, int, int, int]:
    """認証・認定証・署名鍵・監査記録の数。"""
    with office.store.sessions() as session:
        rows = [
            session.scalar(select(func.count()).select_from(t)) or 0
            for t in (Certification, Certificate, SigningKey)
        ]
    return rows[0], rows[1], rows[2], entries(office)


def issue(scene: Scene) -> tuple[CertificateRow, ...]:
    return certificates.issue(scene.office, scene.cohort, ISSUED_ON)


def qr_text(office: Office, certificate_id: int) -> str:
    with office.store.sessions() as session:
        return session.get_one(Certificate, certificate_id).qr_text


def test_those_decided_as_certified_wait_and_nobody_else(scene: Scene) -> None:
    waiting = certificates.list_waiting(scene.office, scene.cohort)
    assert [(w.kind, w.name, w.missing) for w in waiting] == [
        ("new", "神\ufa19 一", ()),
        ("new", "丙 三", ()),
        ("new", "丁 四", ()),
    ]


def test_numbers_have_no_gap_and_the_three_dates_and_the_validity_are_the_rule_s(scene: Scene) -> None:
    rows = issue(scene)
    assert [(r.number, r.name, r.version, r.words, r.latest) for r in rows] == [
        ("第R7-1-0001号", "神\ufa19 一", 1, "新規", True),
        ("第R7-1-0002号", "丙 三", 1, "新規", True),
        ("第R7-1-0003号", "丁 四", 1, "新規", True),
    ]
    assert {(r.issued_on, r.valid_from, r.expires_on) for r in rows} == {
        (ISSUED_ON, CERTIFIED_ON, date(2029, 3, 31))
    }
    with scene.office.store.sessions() as session:
        found = session.execute(select(Certification.decided_on, Certification.certified_on).distinct()).all()
        face = session.scalars(select(Certificate.face).order_by(Certificate.id)).first()
    assert [tuple(f) for f in found] == [(HELD_ON, CERTIFIED_ON)]
    assert face is not None
    assert [face[d] for d in ("decided_on", "certified_on", "issued_on", "expires_on")] == [
        "2026-03-20",
        "2026-03-31",
        "2026-04-10",
        "2029-03-31",
    ]
    assert certificates.list_waiting(scene.office, scene.cohort) == ()
    assert certificates.list_ledger(scene.office) == rows


def test_a_certification_of_1_april_expires_a_year_later_than_one_of_31_march(office: Office) -> None:
    scene = Scene(office, [person("甲 一")])
    scene.seat(0, 1, 2)
    change(office, Meeting, scene.meeting, certification_on=date(2026, 4, 1))
    scene.carry(0)
    scene.close()
    (row,) = issue(scene)
    assert (row.valid_from, row.expires_on) == (date(2026, 4, 1), date(2030, 3, 31))


def test_one_name_that_cannot_be_printed_stops_every_certificate_before_anything_is_made(
    office: Office, scene: Scene, tmp_path: Path
) -> None:
    change(office, Person, person_of(scene, 3), name="丁\U0003fffd 四")
    before = counted(office)
    with pytest.raises(RuleViolation, match="一枚も交付していません：0004 丁") as caught:
        certificates.issue(office, scene.cohort, ISSUED_ON, tmp_path / "a.pdf")
    assert "U+3FFFD" in str(caught.value) or "\U0003fffd" in str(caught.value)
    assert (counted(office), list(tmp_path.glob("a.pdf"))) == (before, [])
    change(office, Person, person_of(scene, 3), certificate_name="丁 四")
    assert [r.name for r in issue(scene)] == ["神\ufa19 一", "丙 三", "丁 四"]


def test_an_issue_before_the_certification_leaves_nothing(office: Office, scene: Scene) -> None:
    before = counted(office)
    with pytest.raises(RuleViolation, match="交付日（令和8年3月30日）が認証日より前"):
        certificates.issue(office, scene.cohort, date(2026, 3, 30))
    assert counted(office) == before


def test_a_failure_at_the_last_moment_leaves_no_number_no_certificate_and_no_key(
    office: Office, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counted(office)
    monkeypatch.setattr(audit, "record", _fail)
    with pytest.raises(OSError, match="満杯"):
        issue(scene)
    monkeypatch.undo()
    assert counted(office) == before
    assert issue(scene)[0].number == "第R7-1-0001号"


def _fail(*_args: object, **_named: object) -> int:
    raise OSError("満杯")


def test_nobody_is_issued_twice(scene: Scene) -> None:
    issue(scene)
    with pytest.raises(RuleViolation, match="交付を待つ人がいません"):
        issue(scene)
    assert counted(scene.office)[:3] == (3, 3, 1)


def test_when_the_file_cannot_be_written_it_is_said_that_the_issue_is_done(
    office: Office, scene: Scene, tmp_path: Path
) -> None:
    with pytest.raises(RuleViolation, match="3枚の交付は済み"):
        certificates.issue(office, scene.cohort, ISSUED_ON, tmp_path / "ない" / "a.pdf")
    assert len(certificates.list_ledger(office)) == 3
    assert certificates.reprint(office, scene.cohort, tmp_path / "a.pdf") == 3


def test_what_was_issued_is_frozen_and_read_again_byte_for_byte(
    office: Office, scene: Scene, store_path: Path, tmp_path: Path
) -> None:
    rows = issue(scene)
    pages = [certificates.page(office, r.id) for r in rows]
    assert [hashlib.sha256(p).hexdigest() for p in pages] == [r.pdf_digest for r in rows]
    assert [p[:5] for p in pages] == [b"%PDF-"] * 3
    change(office, Person, person_of(scene), name="改 姓", certificate_name="改 姓")
    settings.put(office, "issuer_name", "別の長官")
    certificates.save_page(office, rows[0].id, tmp_path / "一枚.pdf")
    assert (tmp_path / "一枚.pdf").read_bytes() == pages[0]
    office.store.close()
    with open_store(store_path, PASSPHRASE) as again:
        later = make_office(again, Role.MANAGER)
        assert [certificates.page(later, r.id) for r in rows] == pages
        assert certificates.list_ledger(later) == rows
        assert audit.verify(again) == []


def test_a_page_that_was_tampered_with_is_not_served(office: Office, scene: Scene) -> None:
    row = issue(scene)[0]
    change(office, Certificate, row.id, pdf=b"%PDF-1.7 other")
    with pytest.raises(RuleViolation, match="要約値が合いません"):
        certificates.page(office, row.id)


def test_a_reprint_of_one_is_the_frozen_page_whatever_changed_since(office: Office, tmp_path: Path) -> None:
    scene = Scene(office, [person("甲 一")])
    with pytest.raises(RuleViolation, match="交付した認定証はありません"):
        certificates.reprint(office, scene.cohort, tmp_path / "a.pdf")
    scene.seat(0, 1, 2)
    scene.carry(0)
    scene.close()
    (row,) = issue(scene)
    change(office, Person, person_of(scene), name="改 姓")
    settings.put(office, "issuer_name", "別の長官")
    assert certificates.reprint(office, scene.cohort, tmp_path / "a.pdf") == 1
    assert (tmp_path / "a.pdf").read_bytes() == certificates.page(office, row.id)


def test_a_number_is_voided_with_a_reason_and_another_manager_and_never_used(
    office: Office, scene: Scene
) -> None:
    same = replace(SECOND, person_key=office.actor.person_key)  # type: ignore[union-attr]
    for serial, reason, second, words in (
        (2, " ", SECOND, "理由が空"),
        (2, "書損", None, "二人目"),
        (2, "書損", same, "同じ人"),
        (2, "書損", make_actor(Role.CLERK, "別の担当"), "責任者ではない"),
        (0, "書損", SECOND, "1から"),
    ):
        with pytest.raises(RuleViolation, match=words):
            certificates.void_number(office, scene.cohort, serial, reason, second=second)
    with pytest.raises(AccessDenied):
        certificates.void_number(as_role(office, Role.CLERK), scene.cohort, 2, "書損", second=SECOND)
    certificates.void_number(office, scene.cohort, 2, "書損", second=SECOND)
    assert [r.number[-5:-1] for r in issue(scene)] == ["0001", "0003", "0004"]
    found = certificates.list_voided(office, scene.cohort)
    assert [(v.serial, v.reason, v.second_person) for v in found] == [(2, "書損", "責任 次郎")]
    for serial, words in ((2, "既に欠番"), (1, "交付済み")):
        with pytest.raises(RuleViolation, match=words):
            certificates.void_number(office, scene.cohort, serial, "書損", second=SECOND)


def test_numbers_that_do_not_fit_the_format_issue_nothing(office: Office, scene: Scene) -> None:
    settings.put(office, "number_format", "{年度略}-{期}-{1桁}")
    for serial in range(1, 8):
        certificates.void_number(office, scene.cohort, serial, "試し刷り", second=SECOND)
    before = counted(office)
    with pytest.raises(RuleViolation, match="10番は1桁に収まりません"):
        issue(scene)
    assert counted(office) == before


def test_a_new_version_keeps_number_and_validity_and_withdraws_the_old(office: Office, scene: Scene) -> None:
    first = issue(scene)[0]
    old = qr_text(office, first.id)
    with pytest.raises(RuleViolation, match="理由が空"):
        certificates.reissue(office, first.certification_id, "rewrite", ISSUED_ON, " ")
    change(office, Person, person_of(scene), certificate_name="神 壱")
    made = certificates.reissue(office, first.certification_id, "rewrite", date(2026, 5, 1), "改姓")
    assert (made.number, made.version, made.name, made.reason) == (first.number, 2, "神 壱", "改姓")
    assert (made.valid_from, made.expires_on) == (first.valid_from, first.expires_on)
    ledger = [r for r in certificates.list_ledger(office) if r.number == first.number]
    assert [(r.version, r.latest) for r in ledger] == [(1, False), (2, True)]
    new = qr_text(office, made.id)
    days = (ISSUED_ON, date(2026, 4, 30), date(2026, 5, 1))
    assert [certificates.verify_text(office, old, day).result for day in days] == [
        "genuine",
        "genuine",
        "withdrawn",
    ]
    assert certificates.verify_text(office, new, date(2026, 5, 1)).result == "genuine"
    found = certificates.verify_text(office, old, date(2026, 5, 1))
    assert (found.name, found.version, found.detail) == (
        "神\ufa19 一",
        1,
        "令和8年5月1日　書換により第2版に替えた",
    )


def test_a_certificate_is_verified_with_the_public_key_alone_and_one_changed_letter_betrays_it(
    office: Office, scene: Scene
) -> None:
    row = issue(scene)[0]
    text = qr_text(office, row.id)
    with office.store.sessions() as session:
        key = session.scalars(select(SigningKey.public_key)).one()
    signed = qr.verify_text(text, key)
    assert signed is not None
    assert (signed.number, signed.expires_on, signed.names("神\ufa19 一")) == (
        row.number,
        row.expires_on,
        True,
    )
    assert signed.names("神 一") is False
    for place in (len(text) // 2, len(text) - 1):
        other = "A" if text[place] != "A" else "B"
        forged = text[:place] + other + text[place + 1 :]
        assert qr.verify_text(forged, key) is None
        assert certificates.verify_text(office, forged, ISSUED_ON).result == "altered"
    assert qr.verify_text(text, qr.new_key()[1]) is None


@pytest.mark.parametrize(
    ("as_of", "result"),
    [
        (date(2026, 3, 30), "not_yet"),
        (CERTIFIED_ON, "genuine"),
        (date(2029, 3, 31), "genuine"),
        (date(2029, 4, 1), "lapsed"),
    ],
)
def test_verification_says_how_it_stands_on_a_day(
    office: Office, scene: Scene, as_of: date, result: str
) -> None:
    text = qr_text(office, issue(scene)[0].id)
    found = certificates.verify_text(office, f" {text}\n", as_of)
    assert (found.number, found.result) == ("第R7-1-0001号", result)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("returned", "真正でしたが、本人が認証を返納しています"),
        ("died", "真正でしたが、本人の死亡により認証は終わっています"),
    ],
)
def test_a_certification_that_was_closed_is_not_said_to_have_expired(
    office: Office, scene: Scene, kind: str, words: str
) -> None:
    row = issue(scene)[0]
    renewal.record_closure(office, row.certification_id, kind, ISSUED_ON, "届出")
    text = qr_text(office, row.id)
    before = certificates.verify_text(office, text, ISSUED_ON - timedelta(days=1))
    assert (before.result, certificates.verify_text(office, text, ISSUED_ON).result) == ("genuine", kind)
    assert RESULT_WORDS[kind] == words


def test_a_revoked_certificate_is_said_to_be_revoked_from_its_day(office: Office, scene: Scene) -> None:
    row = issue(scene)[0]
    opened = renewal.open_revocation(office, row.certification_id, "fraud", ISSUED_ON)
    renewal.record_notice(office, opened, ISSUED_ON)
    renewal.revoke(office, opened, ISSUED_ON, "偽造", SECOND)
    text = qr_text(office, row.id)
    days = (date(2026, 4, 9), ISSUED_ON, date(2030, 1, 1))
    assert [certificates.verify_text(office, text, d).result for d in days] == [
        "genuine",
        "revoked",
        "revoked",
    ]


def test_a_certificate_signed_here_but_not_on_record_is_unknown(office: Office, scene: Scene) -> None:
    issue(scene)
    with office.store.sessions() as session:
        private = session.scalars(select(SigningKey.private_key)).one()
    days = (CERTIFIED_ON, CERTIFIED_ON, date(2029, 3, 31), ISSUED_ON)
    for number in ("第R7-1-0099号", "第R7-1-0001号"):
        text = qr.sign(qr.Payload(number, "偽 者", *days), private)
        assert certificates.verify_text(office, text, ISSUED_ON).result == "unknown"


def test_the_booklet_is_verified_page_by_page(office: Office, scene: Scene, tmp_path: Path) -> None:
    rows = certificates.issue(office, scene.cohort, ISSUED_ON, tmp_path / "a.pdf")
    found = certificates.verify_pdf(office, tmp_path / "a.pdf", ISSUED_ON)
    assert [(v.number, v.result) for v in found] == [(r.number, "genuine") for r in rows]


def test_a_renewal_waits_for_its_new_certificate_and_gets_the_next_version(
    office: Office, scene: Scene
) -> None:
    first = issue(scene)[0]
    later = as_role(office, Role.MANAGER, date(2028, 9, 30))
    renewal.record_renewal(later, first.certification_id, date(2028, 6, 1))
    (waiting,) = certificates.list_waiting(later, scene.cohort)
    assert (waiting.kind, waiting.certification_id) == ("renewal", first.certification_id)
    (row,) = certificates.issue(later, scene.cohort, date(2028, 10, 1))
    assert (row.number, row.version, row.kind, row.valid_from, row.expires_on) == (
        first.number,
        2,
        "renewal",
        date(2029, 4, 1),
        date(2032, 3, 31),
    )
    assert certificates.list_waiting(later, scene.cohort) == ()


def test_a_specimen_is_no_certificate(office: Office, scene: Scene) -> None:
    before = counted(office)
    pdf = certificates.preview(office, scene.cohort, scene.cases[0], ISSUED_ON)
    assert pdf[:5] == b"%PDF-"
    assert counted(office) == before
    with pytest.raises(RuleViolation, match="交付を待つ人ではありません"):
        certificates.preview(office, scene.cohort, scene.cases[1], ISSUED_ON)


def test_the_entry_of_an_issue_names_every_number(office: Office, scene: Scene) -> None:
    rows = issue(scene)
    with office.store.sessions() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert entry is not None
    assert (entry.action, entry.detail) == ("certificates.issue", {"numbers": [r.number for r in rows]})

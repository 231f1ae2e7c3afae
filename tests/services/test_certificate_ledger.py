"""認定証の台帳の深み：再交付・書換・訂正、出来事、用紙、鍵。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.documents import qr
from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import certificates, search
from app.services.certificates.changing import DOCUMENT, ChangeForm, NameForm
from app.services.certificates.events import EventForm
from app.services.certificates.stock import StockForm
from app.services.office import Office
from app.services.views.certificates import CertificateRow
from database.schema.certificates import BlankStock, Certificate, SigningKey
from database.schema.people import Attachment, NameChange, Person
from database.store import Store
from tests.factories import as_role, change, make_office, person
from tests.services.committee_scene import SECOND, Scene, entries, last_entry, person_of

DAY = date(2026, 4, 10)
LATER = date(2026, 6, 1)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=LATER)


@pytest.fixture
def scene(office: Office) -> Scene:
    people = [("髙橋 一", "タカハシ ハジメ"), ("乙 二", "オツ ジ"), ("丙 三", "ヘイ サン")]
    found = Scene(office, [person(n, r, birth_date=date(1980, 1, 2)) for n, r in people])
    found.seat(0, 1, 2)
    for case in range(3):
        found.carry(case)
    found.close()
    return found


@pytest.fixture
def rows(scene: Scene) -> tuple[CertificateRow, ...]:
    return certificates.issue(scene.office, scene.cohort, DAY)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "戸籍抄本.png"
    Image.new("L", (60, 40), 200).save(path)
    return path


def kept(office: Office, certificate_id: int) -> tuple[bytes, str, str]:
    """交付した版の、変わってはならないもの。"""
    with office.store.sessions() as session:
        row = session.get_one(Certificate, certificate_id)
        return row.pdf, row.pdf_digest, str(row.face)


def test_a_reissue_withdraws_the_old_version_and_leaves_its_paper_as_it_was(
    office: Office, rows: tuple[CertificateRow, ...]
) -> None:
    before = kept(office, rows[0].id)
    made = certificates.reissue(
        office, rows[0].certification_id, "reissue", LATER, "紛失：届出", "old_missing"
    )
    assert (made.version, made.kind, made.name, made.withdrawn_on) == (2, "reissue", "髙橋 一", None)
    assert kept(office, rows[0].id) == before
    old = certificates.list_ledger(office)[0]
    assert (old.withdrawn_on, old.withdrawn_reason) == (LATER, "再交付により第2版に替えた")
    assert [(r.day, r.title, r.version) for r in certificates.timeline(office, rows[0].certification_id)] == [
        (date(2026, 3, 31), "認証", None),
        (DAY, "交付", 1),
        (LATER, "取下げ", 1),
        (LATER, "交付", 2),
        (LATER, "旧い認定証なし", 1),
    ]


def test_a_rewrite_keeps_the_name_before_the_document_and_who_signed(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...], document: Path
) -> None:
    names = NameForm(name="鈴木 一", reading="スズキ ハジメ", former_name="髙橋")
    form = ChangeForm(LATER, "婚姻による氏の変更", "old_returned", signed_off=True)
    made = certificates.rewrite(office, rows[0].certification_id, names, date(2026, 5, 20), document, form)
    assert (made.name, made.kind, made.number, made.expires_on) == (
        "鈴木 一", "rewrite", rows[0].number, rows[0].expires_on,
    )  # fmt: skip
    with office.store.sessions() as session:
        changed = session.scalars(select(NameChange)).one()
        found = session.get_one(Person, changed.person_id)
        paper = session.get_one(Attachment, changed.attachment_id)
        assert (changed.before, changed.after, changed.changed_on) == (
            {"name": "髙橋 一", "reading": "タカハシ ハジメ", "former_name": ""},
            {"name": "鈴木 一", "reading": "スズキ ハジメ", "former_name": "髙橋"},
            date(2026, 5, 20),
        )
        assert (paper.kind, paper.file_name, paper.content) == (
            DOCUMENT, "戸籍抄本.png", document.read_bytes(),
        )  # fmt: skip
        assert (found.certificate_name_signed_off, found.certificate_name_signed_on) == (True, LATER)
    assert {h.title for h in search.find(office, "スズキ") if "鈴木" in h.title} != set()
    told = [r for r in certificates.timeline(office, rows[0].certification_id) if r.title == "氏名の変更"]
    assert [r.detail for r in told] == [
        "氏名 髙橋 一 → 鈴木 一、フリガナ タカハシ ハジメ → スズキ ハジメ、旧姓 （なし） → 髙橋"
        "（婚姻による氏の変更）"
    ]


def test_a_rewrite_that_lacks_something_changes_nothing(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...], document: Path
) -> None:
    before = entries(office)
    one, good = rows[0].certification_id, ChangeForm(LATER, "改姓", signed_off=True)
    new = NameForm(name="鈴木 一")
    cases: list[tuple[NameForm, date, Path | None, ChangeForm, str]] = [
        (new, DAY, None, good, "書類"),
        (new, date(2026, 6, 2), document, good, "今日より後"),
        (new, DAY, document, ChangeForm(LATER, "改姓"), "確認してください"),
        (new, DAY, document, ChangeForm(LATER, " ", signed_off=True), "理由が空"),
        (NameForm(name="髙橋 一"), DAY, document, good, "変わるところがありません"),
        (NameForm(name="鈴木𓀀 一"), DAY, document, good, "印刷できない文字"),
        (NameForm(name=" "), DAY, document, good, "氏名が空"),
    ]
    for names, day, paper, form, words in cases:
        with pytest.raises(RuleViolation, match=words):
            certificates.rewrite(office, one, names, day, paper, form)
    assert entries(office) == before
    with office.store.sessions() as session:
        assert session.get_one(Person, person_of(scene)).name == "髙橋 一"
        assert session.scalars(select(Attachment)).all() == []


def test_a_correction_prints_what_was_meant_and_needs_something_to_correct(
    office: Office, rows: tuple[CertificateRow, ...]
) -> None:
    form = ChangeForm(LATER, "生年月日の転記の誤り", signed_off=True)
    with pytest.raises(RuleViolation, match="変わるところがありません"):
        certificates.correct(office, rows[1].certification_id, NameForm(name="乙 二"), form)
    made = certificates.correct(
        office, rows[1].certification_id, NameForm(birth_date=date(1980, 1, 20)), form
    )
    with office.store.sessions() as session:
        faces = [session.get_one(Certificate, i).face["birth_date"] for i in (rows[1].id, made.id)]
        assert session.scalars(select(NameChange)).all() == []
    assert faces == ["1980-01-02", "1980-01-20"]


def test_only_a_manager_makes_a_new_version(office: Office, rows: tuple[CertificateRow, ...]) -> None:
    clerk = as_role(office, Role.CLERK)
    with pytest.raises(AccessDenied):
        certificates.correct(clerk, rows[0].certification_id, NameForm(name="改"), ChangeForm(LATER, "誤"))


def test_the_way_of_a_posted_certificate_is_kept_in_the_ledger(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...]
) -> None:
    with pytest.raises(RuleViolation, match="先に発送"):
        certificates.record_event(office, rows[0].id, EventForm("returned_mail", DAY))
    posted = certificates.record_postings(
        office, date(2026, 4, 15), [(rows[0].id, "123-45-67890-1"), (rows[1].id, "")]
    )
    certificates.record_event(
        office, rows[0].id, EventForm("returned_mail", date(2026, 4, 25), "あて所に尋ねあたらず")
    )
    certificates.record_event(office, rows[0].id, EventForm("handed", date(2026, 5, 7), "窓口で"))
    assert posted == 2
    found = certificates.list_events(office, scene.cohort)
    assert [(e.certificate_id, e.title, e.happened_on, e.tracking_number, e.words) for e in found] == [
        (rows[0].id, "発送", date(2026, 4, 15), "123-45-67890-1", ""),
        (rows[1].id, "発送", date(2026, 4, 15), "", ""),
        (rows[0].id, "返送", date(2026, 4, 25), "", "あて所に尋ねあたらず"),
        (rows[0].id, "手渡し", date(2026, 5, 7), "", "窓口で"),
    ]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (EventForm("posted", date(2026, 6, 2)), "今日より後"),
        (EventForm("posted", date(2026, 4, 9)), "より前の日付"),
        (EventForm("handed", DAY, "", "1"), "追跡番号は、発送"),
        (EventForm("old_returned", DAY), "新しい版のある認定証だけ"),
        (EventForm("burned", DAY), "記せません"),
    ],
)
def test_an_event_that_contradicts_the_ledger_is_refused(
    office: Office, rows: tuple[CertificateRow, ...], form: EventForm, words: str
) -> None:
    before = entries(office)
    with pytest.raises(RuleViolation, match=words):
        certificates.record_event(office, rows[0].id, form)
    assert entries(office) == before


def test_two_letters_never_share_a_tracking_number(office: Office, rows: tuple[CertificateRow, ...]) -> None:
    before = entries(office)
    with pytest.raises(RuleViolation, match="追跡番号 7 が二度"):
        certificates.record_postings(office, DAY, [(rows[0].id, "7"), (rows[1].id, " 7")])
    assert entries(office) == before


def test_the_blanks_are_the_sum_of_their_book_and_warn_when_few(
    office: Office, rows: tuple[CertificateRow, ...]
) -> None:
    certificates.record_print(office, rows[0].id)
    assert (certificates.get_stock(office).kept, certificates.get_stock(office).warning) == (False, "")
    assert certificates.record_stock(office, StockForm("received", DAY, 23, "納品")) == 23
    assert certificates.record_stock(office, StockForm("spoiled", DAY, 1)) == 22
    certificates.record_print(office, rows[1].id)
    certificates.record_event(office, rows[1].id, EventForm("spoiled", DAY, "しわ"))
    view = certificates.get_stock(office)
    assert [(x.change, x.reason, x.balance) for x in reversed(view.lines)] == [
        (23, "受け入れ（納品）", 23),
        (-1, "書損じ", 22),
        (-1, "印刷", 21),
        (-1, "書損じ", 20),
    ]
    assert view.warning == "用紙の残りが20枚です（20枚以下で知らせます）。"
    assert certificates.record_stock(office, StockForm("counted", DAY, 18)) == 18
    for form, words in (
        (StockForm("counted", DAY, 18), "同じです"),
        (StockForm("spoiled", DAY, 19), "多くは減らせません"),
        (StockForm("received", DAY, 0), "枚数"),
        (StockForm("received", date(2026, 6, 2), 1), "今日より後"),
        (StockForm("eaten", DAY, 1), "どれか"),
    ):
        with pytest.raises(RuleViolation, match=words):
            certificates.record_stock(office, form)
    with office.store.sessions() as session:
        linked = session.scalars(select(BlankStock.certificate_id).order_by(BlankStock.id)).all()
    assert linked == [None, None, rows[1].id, rows[1].id, None]


def test_an_event_is_undone_with_its_reason_and_the_original_stays(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...]
) -> None:
    certificates.record_stock(office, StockForm("received", DAY, 5))
    posted = certificates.record_event(office, rows[0].id, EventForm("posted", DAY, "", "123"))
    back = certificates.record_event(office, rows[0].id, EventForm("returned_mail", DAY, "転居"))
    spoiled = certificates.record_event(office, rows[1].id, EventForm("spoiled", DAY, "しわ"))
    before = certificates.list_events(office, scene.cohort)
    for event, reason, words in (
        (posted, "別の人", "先に返送を取り消し"),
        (back, "  ", "理由が空です"),
        (99, "別の人", "台帳にありません"),
    ):
        with pytest.raises(RuleViolation, match=words):
            certificates.undo_event(office, event, reason)
    assert [e.undone for e in certificates.list_events(office, scene.cohort)] == ["", "", ""]
    for event in (back, posted, spoiled):
        certificates.undo_event(office, event, "別の人の記録だった")
    with pytest.raises(RuleViolation, match="既に取り消して"):
        certificates.undo_event(office, posted, "もう一度")
    after = certificates.list_events(office, scene.cohort)
    assert [replace(e, undone="") for e in after] == list(before)
    said = "令和8年6月1日に取消し：別の人の記録だった（事務 花子）"
    assert [e.undone for e in after] == [said] * 3
    with pytest.raises(RuleViolation, match="先に発送"):
        certificates.record_event(office, rows[0].id, EventForm("returned_mail", DAY))
    assert [(x.change, x.reason) for x in reversed(certificates.get_stock(office).lines)] == [
        (5, "受け入れ"),
        (-1, "書損じ"),
        (1, "書損じの取消し"),
    ]
    shown = [r for r in certificates.timeline(office, rows[0].certification_id) if "発送" in r.title]
    assert [(r.title, r.detail) for r in shown] == [("発送（取消し）", f"追跡番号 123　{said}")]
    assert last_entry(office).summary == "認定証の第1版：書損じの記録を取消し"


def test_a_spoiled_sheet_of_a_print_run_is_not_undone(
    office: Office, scene: Scene, rows: tuple[CertificateRow, ...]
) -> None:
    run = certificates.start_run(office, scene.cohort, [rows[0].id], "プリンター")
    certificates.mark_sent(office, run.id, 1)
    certificates.settle_run(office, run.id, {1: "spoiled"})
    (event,) = certificates.list_events(office, scene.cohort)
    with pytest.raises(RuleViolation, match="刷り直しの紙が続いている"):
        certificates.undo_event(office, event.id, "まちがい")


def test_a_retired_key_is_replaced_and_what_it_signed_stays_genuine_here(
    office: Office, rows: tuple[CertificateRow, ...], tmp_path: Path
) -> None:
    with office.store.sessions() as session:
        text = session.get_one(Certificate, rows[0].id).qr_text
    with pytest.raises(RuleViolation, match="理由が空"):
        certificates.retire_key(office, " ", second=SECOND)
    certificates.retire_key(office, "保管の媒体の紛失", second=SECOND)
    with pytest.raises(RuleViolation, match="使っている鍵はありません"):
        certificates.retire_key(office, "もう一度", second=SECOND)
    made = certificates.reissue(office, rows[1].certification_id, "reissue", LATER, "汚損")
    assert certificates.verify_text(office, text, LATER).result == "genuine"
    with office.store.sessions() as session:
        keys = session.scalars(select(SigningKey).order_by(SigningKey.id)).all()
        new = session.get_one(Certificate, made.id).qr_text
    assert [k.retired_at is not None for k in keys] == [True, False]
    assert [qr.verify_text(new, k.public_key) is not None for k in keys] == [False, True]
    page = certificates.write_verifying_page(office, tmp_path / "検証.html").read_text("utf-8")
    assert [k.public_key.hex() in page for k in keys] == [True, True]
    assert [k.private_key.hex() in page for k in keys] == [False, False]
    assert certificates.write_key_sheet(office, tmp_path / "鍵.pdf").read_bytes()[:5] == b"%PDF-"


def test_typed_text_is_verified_whatever_spaces_and_lines_it_was_typed_with(
    office: Office, rows: tuple[CertificateRow, ...]
) -> None:
    with office.store.sessions() as session:
        text = session.get_one(Certificate, rows[0].id).qr_text
    typed = "\n".join(" ".join(text[i : i + 4] for i in range(at, at + 40, 4)) for at in range(0, 180, 40))
    found = certificates.verify_text(office, typed, LATER)
    assert (found.result, found.name, found.version, found.expires_on) == (
        "genuine", "髙橋 一", 1, date(2029, 3, 31),
    )  # fmt: skip


def test_a_name_beyond_the_fonts_is_named_and_its_substitute_is_signed_for(
    office: Office, scene: Scene
) -> None:
    who = person_of(scene)
    change(office, Person, who, certificate_name="髙\ue000 葛\U000e01ef一")
    check = certificates.check_glyphs(office, who)
    assert [(m.place, m.codes, m.substitutes) for m in check.missing] == [
        (2, "U+E000", ()),
        (4, "U+845B U+E01EF", ("葛",)),
    ]
    assert check.picture[:5] == b"%PDF-"
    for seen, printed, reason, words in (
        (check.printed, "髙木 葛一", " ", "理由が空"),
        ("違う", "髙木 葛一", "本人に確認", "見ていた間に"),
        (check.printed, "髙木 葛\U000e01ef一", "本人に確認", "まだ刷れない字"),
    ):
        with pytest.raises(RuleViolation, match=words):
            certificates.approve_name(office, who, seen, printed, reason)
    certificates.approve_name(office, who, check.printed, "髙木 葛一", "本人に確認")
    with office.store.sessions() as session:
        found = session.get_one(Person, who)
        assert (found.certificate_name, found.certificate_name_signed_off) == ("髙木 葛一", True)
    assert [w.missing for w in certificates.list_waiting(office, scene.cohort)] == [(), (), ()]

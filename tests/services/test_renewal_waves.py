"""満了の波と案内：波ごとの今日の姿、案内の台帳、発送と返送、一覧。"""

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import renewal
from app.services.office import Office
from app.services.views.renewal import NoticeRow, NoticeTime, WavePicture
from database.opening import Store
from database.schema.certificates import Certificate, CertificateEvent
from database.schema.letters import Letter
from database.schema.people import Person
from tests.factories import (
    as_role,
    change,
    insert,
    make_actor,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    person,
)

CERTIFIED, EXPIRES = date(2026, 3, 31), date(2029, 3, 31)
TODAY = date(2028, 9, 30)
NAMES = ("髙橋 一", "神田 二", "三好 三", "NGUYỄN THỊ HOA", "五島 五")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, today=TODAY)


@pytest.fixture
def certified(office: Office) -> list[int]:
    cohort = make_cohort(office)
    people = [
        person(n, birth_date=date(1970 + i, 1, 2), address=f"見本市{i}", postal_code="100-0001")
        for i, n in enumerate(NAMES)
    ]
    return make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)


def on(office: Office, day: date, role: Role = Role.CLERK) -> Office:
    return as_role(office, role, day)


def pictures(office: Office) -> dict[date, WavePicture]:
    return {w.expires_on: w for w in renewal.overview(office).pictures}


def counts(wave: WavePicture) -> tuple[int, ...]:
    return wave.certified, wave.renewed, wave.lapsing, wave.lapsed, wave.ended


def fates(office: Office, certified: list[int]) -> None:
    """一人は早く更新し、一人は満了の月に更新し、一人は返納し、一人は取り消され、一人は何もしない。"""
    renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    manager = on(office, TODAY, Role.MANAGER)
    renewal.record_closure(manager, certified[2], "returned", date(2028, 4, 10))
    opened = renewal.open_revocation(manager, certified[3], "fraud", date(2028, 8, 1))
    renewal.record_notice(manager, opened, date(2028, 8, 10), "弁明書")
    renewal.revoke(manager, opened, date(2028, 9, 29), "偽造", make_actor(Role.MANAGER, "別の責任者"))
    renewal.record_renewal(on(office, date(2029, 3, 20)), certified[1], date(2029, 3, 15))


def test_a_wave_shows_who_renewed_who_is_lapsing_and_who_left_as_of_each_day(
    office: Office, certified: list[int]
) -> None:
    fates(office, certified)
    seen = {day: counts(pictures(on(office, day))[EXPIRES]) for day in (
        date(2026, 4, 1), date(2028, 6, 1), TODAY, date(2029, 3, 15), EXPIRES, EXPIRES + timedelta(days=1),
    )}  # fmt: skip
    assert seen == {
        date(2026, 4, 1): (5, 0, 5, 0, 0),
        date(2028, 6, 1): (5, 1, 3, 0, 1),
        TODAY: (5, 1, 2, 0, 2),
        date(2029, 3, 15): (5, 2, 1, 0, 2),
        EXPIRES: (5, 2, 1, 0, 2),
        EXPIRES + timedelta(days=1): (5, 2, 0, 1, 2),
    }
    assert counts(pictures(on(office, TODAY))[date(2032, 3, 31)]) == (1, 0, 1, 0, 0)


def test_each_time_of_notice_counts_those_not_yet_renewed_on_its_day(
    office: Office, certified: list[int]
) -> None:
    fates(office, certified)
    late = pictures(on(office, date(2029, 3, 31)))[EXPIRES].times
    assert [(x.months, x.on, x.waiting) for x in late] == [
        (12, date(2028, 3, 31), 5),
        (6, date(2028, 9, 30), 2),
        (3, date(2028, 12, 31), 2),
        (1, date(2029, 2, 28), 2),
    ]
    # 先の時期は、いままだ更新していない人
    early = pictures(on(office, date(2028, 4, 1)))[EXPIRES]
    assert [x.waiting for x in early.times] == [5, 5, 5, 5]
    assert (early.notice_months, pictures(on(office, date(2029, 4, 1)))[EXPIRES].notice_months) == (12, None)


def notices(office: Office, months: int = 6) -> dict[str, NoticeRow]:
    return {r.name: r for r in renewal.list_notices(office, EXPIRES, months)}


def text_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "") for page in document]
    finally:
        document.close()


def test_notices_are_made_for_those_not_renewed_kept_and_reprinted_as_they_were(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    book = tmp_path / "案内.pdf"
    made = renewal.make_notices(office, EXPIRES, 6, book, number="見認第5号")
    assert (made.made, made.reprinted, made.names_without) == (4, 0, ())
    pages = text_of(book)
    assert len(pages) == 4
    for name, page in zip(NAMES[1:], pages, strict=True):
        assert name in page
        assert "令和11年3月31日に有効期間が満了します" in page
    assert "見認第5号の1" in pages[0]
    first = book.read_bytes()
    again = renewal.make_notices(on(office, date(2028, 10, 2)), EXPIRES, 6, book)
    assert (again.made, again.reprinted) == (0, 4)
    assert book.read_bytes() == first
    one = notices(office)["神田 二"]
    assert (one.words, one.made_on) == ("作成済み", TODAY)
    assert one.letter_id is not None
    single = tmp_path / "一通.pdf"
    assert renewal.reprint_letters(office, [one.letter_id], single) == 1
    with office.store.sessions() as session:
        assert session.get_one(Letter, one.letter_id).pdf == single.read_bytes()


def test_a_changed_name_makes_a_new_notice_that_replaces_the_old(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    renewal.make_notices(office, EXPIRES, 6, tmp_path / "案内.pdf", certification_ids=[certified[1]])
    old = notices(office)["神田 二"].letter_id
    with office.store.sessions() as session:
        person_id = next(p.id for p in session.scalars(select(Person)) if p.name == "神田 二")
    change(office, Person, person_id, name="神田川 二")
    made = renewal.make_notices(office, EXPIRES, 6, tmp_path / "案内.pdf", certification_ids=[certified[1]])
    assert (made.made, made.reprinted) == (1, 0)
    new = notices(office)["神田川 二"].letter_id
    with office.store.sessions() as session:
        assert session.get_one(Letter, new).replaces_id == old


def test_sent_and_returned_notices_are_recorded_and_the_returned_is_named(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    renewal.make_notices(office, EXPIRES, 6, tmp_path / "案内.pdf")
    ids = [r.letter_id for r in notices(office).values() if r.letter_id is not None]
    with pytest.raises(RuleViolation, match="発送の記録がありません"):
        renewal.record_returned(office, ids[0], TODAY)
    with pytest.raises(RuleViolation, match="作成の日より前か、今日より後"):
        renewal.record_sent(office, ids, TODAY + timedelta(days=1))
    assert renewal.record_sent(office, ids, TODAY) == 5
    later = on(office, date(2028, 10, 10))
    renewal.record_returned(later, ids[1], date(2028, 10, 8))
    rows = notices(later)
    assert {n: r.words for n, r in rows.items()} == dict.fromkeys(NAMES, "発送済み") | {"神田 二": "返送"}
    assert {n: r.trouble for n, r in rows.items() if r.trouble} == {
        "神田 二": "手紙が令和10年10月8日に返送されています"
    }
    assert pictures(later)[EXPIRES].times[1] == NoticeTime(6, TODAY, 5, 5, 5, 1)
    # 送り直して届けば、名指ししない
    renewal.record_sent(on(office, date(2028, 10, 20)), [ids[1]], date(2028, 10, 20))
    assert [r.trouble for r in notices(later).values() if r.trouble] == []


def test_who_has_no_address_or_a_returned_certificate_is_named_before_the_notices_are_made(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    with office.store.sessions() as session:
        blank = next(p.id for p in session.scalars(select(Person)) if p.name == "三好 三")
        issued = next(
            c.id for c in session.scalars(select(Certificate)) if c.certification_id == certified[4]
        )
    change(office, Person, blank, address=" ")
    for kind, day in (("posted", date(2028, 4, 2)), ("returned_mail", date(2028, 4, 9))):
        insert(office, [CertificateEvent(certificate_id=issued, kind=kind, happened_on=day, recorded_by="x")])
    assert {n: r.trouble for n, r in notices(office).items() if r.trouble} == {
        "三好 三": "住所がありません",
        "五島 五": "認定証が令和10年4月9日に返送されています",
    }
    made = renewal.make_notices(office, EXPIRES, 6, tmp_path / "案内.pdf")
    assert made.names_without == ("三好 三", "五島 五")


def test_the_list_of_a_wave_has_address_state_and_caution(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    book = tmp_path / "一覧.xlsx"
    assert renewal.write_notice_list(office, EXPIRES, 3, book) == 5
    sheet = openpyxl.load_workbook(book).worksheets[0]
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    heading = next(i for i, row in enumerate(rows) if row[0] == "認定番号")
    body = [r[:7] for r in rows[heading + 1 : heading + 6]]
    assert [r[1] for r in body] == list(NAMES)
    assert body[0][3:7] == ["100-0001", "見本市0", "令和11年3月31日", "未作成"]


def test_a_time_of_notice_that_does_not_exist_and_an_empty_wave_are_refused(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    with pytest.raises(RuleViolation, match="12・6・3・1か月前から"):
        renewal.list_notices(office, EXPIRES, 2)
    with pytest.raises(RuleViolation, match="まだ更新していない人がいません"):
        renewal.make_notices(office, date(2031, 3, 31), 6, tmp_path / "案内.pdf")
    assert list(tmp_path.glob("*.pdf")) == []


def test_lapse_follows_at_midnight_without_anyone_doing_anything(
    office: Office, certified: list[int]
) -> None:
    now = [EXPIRES]
    clock = as_role(office, Role.CLERK)
    clock.today = lambda: now[0]
    assert {r.standing for r in renewal.list_certifications(clock)} == {"valid"}
    now[0] = EXPIRES + timedelta(days=1)
    assert {r.standing for r in renewal.list_certifications(clock)} == {"expired"}
    assert renewal.waves(clock) == ()


def test_many_are_renewed_in_one_transaction_and_those_who_cannot_are_named(
    office: Office, certified: list[int]
) -> None:
    renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    day = date(2028, 9, 1)
    seen = renewal.preview_renewals_of(office, certified[:3], day)
    assert [bool(problem) for _, _, problem in seen] == [True, False, False]
    made = renewal.record_renewals(office, certified[:3], day)
    assert made.recorded == 2
    assert made.refused == (
        ("第R7-1-0001号 髙橋 一", "この有効期間は既に更新されています（満了日 令和14年3月31日）"),
    )
    assert [d.certification_id for d in renewal.certificates_due(office)] == certified[:3]
    with pytest.raises(RuleViolation, match="更新になる人がいません"):
        renewal.record_renewals(office, certified[:1], day)

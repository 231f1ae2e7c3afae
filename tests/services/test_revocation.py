"""取消し・返納・死亡：及ぶところ、通知と弁明、手紙、認定証の返納。"""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import renewal, submission
from app.services.office import Office
from app.services.views.renewal import CertificationRow, RevocationView
from database.opening import Store
from database.schema.certificates import Certification
from database.schema.committee import AgendaItem
from database.schema.intake import Application
from tests.factories import (
    NOW,
    as_role,
    change,
    insert,
    make_actor,
    make_application,
    make_applications,
    make_certifications,
    make_cohort,
    make_meeting,
    make_office,
    person,
)

CERTIFIED, TODAY = date(2026, 3, 31), date(2028, 9, 30)
SECOND = make_actor(Role.MANAGER, "別の責任者")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=TODAY)


@pytest.fixture
def certified(office: Office) -> list[int]:
    cohort = make_cohort(office)
    people = [person("髙橋 一", publish_consent=True), person("神田 二", birth_date=date(1975, 1, 2))]
    return make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)


def row_of(office: Office, key: int) -> CertificationRow:
    return next(r for r in renewal.list_certifications(office) if r.certification_id == key)


def case_of(office: Office, key: int) -> RevocationView:
    case = row_of(office, key).investigation
    assert case is not None
    return case


def opened(office: Office, key: int) -> int:
    return renewal.open_revocation(office, key, "fraud", date(2028, 8, 1))


def text_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")
    finally:
        document.close()


def test_the_effects_name_certificate_register_batch_and_the_bar_until_its_last_day(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    def effects() -> dict[str, str]:
        return {e.place: e.words for e in renewal.revocation_effects(office, certified[0], TODAY)}

    found = effects()
    assert list(found) == ["認証", "認定証", "認定者名簿", "庁への便", "欠格事由エ"]
    assert found["認証"].startswith("令和10年9月30日から効力を失います（いまは有効、満了日 令和11年3月31日）")
    assert found["認定証"].startswith("第1版（")
    assert "返納を求めます" in found["認定証"]
    assert found["認定者名簿"] == (
        "第R7-1-0001号 の行は消えず、令和10年9月30日からの名簿に「取消し」として残ります。公表する一覧からは外れます。"
    )
    assert found["庁への便"] == "まだ送っていません。次の便に、初めから「取消し」として載ります。"
    assert found["欠格事由エ"].startswith("令和12年9月30日まで当たり")
    submission.make_batch(office, tmp_path / "便.xlsx")
    assert effects()["庁への便"] == "第1便で送っています。次の便に「取消し」への変更として載ります。"


def test_the_effects_name_a_renewal_not_yet_issued_and_a_new_application(
    office: Office, certified: list[int]
) -> None:
    renewal.record_renewal(office, certified[0], date(2028, 6, 1))
    with office.store.sessions() as session:
        person_id = session.get_one(Certification, certified[0]).person_id
    later = make_cohort(office, 1, date(2028, 8, 1))
    application = make_application(office, later, "髙橋 一")
    change(office, Application, application, person_id=person_id)
    found = renewal.revocation_effects(office, certified[0], TODAY)
    assert [e.place for e in found] == [
        "認証", "認定証", "更新の認定証", "認定者名簿", "庁への便", "欠格事由エ", "ほかの申込",
    ]  # fmt: skip
    assert found[-1].words == "令和10年度 第1期の受付 0001 の申込があります。確かめてください。"


def test_a_return_does_not_bar_and_a_death_is_kept_with_the_person(
    office: Office, certified: list[int]
) -> None:
    returned = {e.place: e.words for e in renewal.closure_effects(office, certified[0], "returned", TODAY)}
    assert returned["欠格事由"] == "返納では当たりません。改めて認証を受けられます。"
    opened(office, certified[0])
    died = {e.place: e.words for e in renewal.closure_effects(office, certified[0], "died", TODAY)}
    assert died["人の記録"] == "令和10年9月30日に死亡と記し、案内の宛先から外れます。"
    assert died["取消しの調査"].startswith("開いたまま残ります")


def test_without_a_statement_one_waits_for_the_end_of_its_time(office: Office, certified: list[int]) -> None:
    key = opened(office, certified[0])
    due = date(2028, 9, 25)
    with pytest.raises(RuleViolation, match="期限が通知の日以前"):
        renewal.record_notice(office, key, date(2028, 9, 1), due_on=date(2028, 9, 1))
    renewal.record_notice(office, key, date(2028, 9, 1), due_on=due)
    with pytest.raises(RuleViolation, match="弁明の期限（令和10年9月25日）が過ぎていません"):
        renewal.revoke(office, key, due, "偽造", SECOND)
    assert row_of(office, certified[0]).standing == "valid"
    renewal.revoke(office, key, date(2028, 9, 26), "偽造", SECOND)
    assert row_of(office, certified[0]).standing == "revoked"


def test_with_a_statement_one_need_not_wait_and_its_day_is_kept(office: Office, certified: list[int]) -> None:
    key = opened(office, certified[0])
    renewal.record_notice(office, key, date(2028, 9, 1), due_on=date(2028, 10, 25))
    with pytest.raises(RuleViolation, match="弁明の届いた日"):
        renewal.record_notice(office, key, date(2028, 9, 1), "弁明書", statement_on=date(2028, 8, 31))
    renewal.record_notice(office, key, date(2028, 9, 1), "弁明書", statement_on=date(2028, 9, 12))
    case = case_of(office, certified[0])
    assert (case.statement, case.statement_on, case.statement_due_on) == (
        "弁明書",
        date(2028, 9, 12),
        date(2028, 10, 25),
    )
    renewal.revoke(office, key, date(2028, 9, 20), "偽造", SECOND)


def test_sending_the_letter_of_notice_is_the_notice_and_it_can_be_reprinted(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    key = opened(office, certified[0])
    path = tmp_path / "弁明.pdf"
    with pytest.raises(RuleViolation, match="原因となる事実が空"):
        renewal.make_case_letter(office, key, "statement_notice", path, due_on=date(2028, 10, 20))
    with pytest.raises(RuleViolation, match="今日より後の日"):
        renewal.make_case_letter(office, key, "statement_notice", path, words="偽造", due_on=TODAY)
    assert not path.exists()
    facts = "実務経験証明書の作成者が在職していない"
    letter = renewal.make_case_letter(
        office, key, "statement_notice", path, words=facts, due_on=date(2028, 10, 20), number="見認第9号"
    )
    words = text_of(path)
    assert "髙橋 一　様" in words
    assert facts in words
    assert "令和10年10月20日" in words
    assert case_of(office, certified[0]).notice_on is None
    renewal.record_sent(office, [letter], TODAY)
    case = case_of(office, certified[0])
    assert (case.notice_on, case.statement_due_on) == (TODAY, date(2028, 10, 20))
    again = tmp_path / "再.pdf"
    renewal.reprint_letters(office, [letter], again)
    assert again.read_bytes() == path.read_bytes()
    (kept,) = renewal.list_case_letters(office, key)
    assert (kept.words, kept.sent_on) == ("弁明の機会の付与通知書", TODAY)


def test_the_letter_of_revocation_asks_for_the_certificate_and_its_return_is_recorded(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    key = opened(office, certified[0])
    path = tmp_path / "取消し.pdf"
    with pytest.raises(RuleViolation, match="まだ取り消していません"):
        renewal.make_case_letter(office, key, "revocation", path)
    with pytest.raises(RuleViolation, match="取り消した認証だけ"):
        renewal.record_return(office, key, TODAY)
    renewal.record_notice(office, key, date(2028, 8, 10), "弁明書")
    renewal.revoke(office, key, date(2028, 9, 1), "実務経験証明書の偽造", SECOND)
    letter = renewal.make_case_letter(office, key, "revocation", path, due_on=date(2028, 10, 15))
    words = text_of(path)
    assert "令和10年9月1日" in words
    assert "実務経験証明書の偽造" in words
    assert "令和10年10月15日までに" in words
    assert "令和12年9月1日までは" in words
    renewal.record_sent(office, [letter], TODAY)
    assert (case_of(office, certified[0]).return_asked_on, case_of(office, certified[0]).awaits_return) == (
        TODAY,
        True,
    )
    later = as_role(office, Role.CLERK, date(2028, 10, 12))
    with pytest.raises(RuleViolation, match="戻った日が取消しの日より前"):
        renewal.record_return(later, key, date(2028, 8, 31))
    renewal.record_return(later, key, date(2028, 10, 11))
    case = case_of(later, certified[0])
    assert (case.certificate_returned_on, case.awaits_return) == (date(2028, 10, 11), False)


def test_closing_without_revocation_has_its_own_letter(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    key = opened(office, certified[0])
    renewal.close_investigation(office, key, date(2028, 9, 1), "事実が認められない")
    path = tmp_path / "結果.pdf"
    renewal.make_case_letter(office, key, "no_revocation", path)
    assert "認証は取り消しません" in text_of(path)
    with pytest.raises(RuleViolation, match="既に終わっています"):
        renewal.make_case_letter(office, key, "statement_notice", path, words="x", due_on=date(2028, 12, 1))
    second = renewal.open_revocation(office, certified[0], "disqualified", TODAY)
    assert [c.id for c in row_of(office, certified[0]).cases] == [key, second]


def test_a_case_shows_the_meeting_that_took_it_up_and_its_result(
    office: Office, certified: list[int]
) -> None:
    key = opened(office, certified[0])
    assert case_of(office, certified[0]).agenda == ""
    meeting = make_meeting(office, make_cohort(office, 2, date(2028, 5, 1)), date(2028, 9, 20), 7)
    item = AgendaItem(
        meeting_id=meeting, position=1, kind="revocation", title="認証の取消し", revocation_id=key
    )
    (item_id,) = insert(office, [item])
    assert case_of(office, certified[0]).agenda == "第7回認定審査委員会（令和10年9月20日）　議決前"
    change(office, AgendaItem, item_id, result="approved", decided_at=NOW)
    assert case_of(office, certified[0]).agenda == "第7回認定審査委員会（令和10年9月20日）　可決"

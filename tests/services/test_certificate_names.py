"""証書表記：刷られるとおりの絵、打ち違えやすい字、確認の印と、それが外れるとき。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.services import intake
from app.services.office import Office
from app.workbooks.applicants import write_applicants
from database.store import Store
from tests.factories import make_cohort, make_office
from tests.services.test_people import FORM, applied, two


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def signing(office: Office, person_id: int) -> tuple[bool, str, object]:
    seen = intake.certificate_name(office, person_id)
    return seen.signed_off, seen.signed_by, seen.signed_on


def test_a_certificate_name_is_shown_as_it_will_be_printed_and_signed_off(office: Office) -> None:
    cohort = make_cohort(office)
    one = applied(office, cohort, "神\ufa19 𠮷雄", "ジン ヨシオ", certificate_name="渡邉\U000e0102 𠮷雄")
    seen = intake.certificate_name(office, one)
    assert seen.printed == "渡邉\U000e0102 𠮷雄"
    assert seen.special == (
        "邉\U000e0102（U+9089 U+E0102）：異体字選択子で字の形を指定しています。",
        "𠮷（U+20BB7）：ほかの機械では表示されないことのある字です。",
    )
    assert seen.pdf is not None
    assert seen.pdf.startswith(b"%PDF-")
    assert seen.missing == ()
    intake.sign_off_certificate_name(office, one, seen.printed)
    assert signing(office, one) == (True, "事務 花子", date(2026, 2, 20))
    assert [(r.person_id, r.state) for r in intake.list_signing(office, cohort)] == [(one, "確認済み")]
    intake.update_person(office, one, {"name": "神 𠮷雄", "phone": "1"})
    assert signing(office, one)[0] is True
    intake.update_person(office, one, {"certificate_name": ""})
    assert signing(office, one) == (False, "", None)
    assert (
        intake.certificate_name(office, one).special[0]
        == "𠮷（U+20BB7）：ほかの機械では表示されないことのある字です。"
    )
    with pytest.raises(RuleViolation, match="見ていた間に直されています"):
        intake.sign_off_certificate_name(office, one, seen.printed)
    intake.sign_off_certificate_name(office, one, "神 𠮷雄")
    intake.update_person(office, one, {"name": "神\ufa19 𠮷雄"})
    assert signing(office, one) == (False, "", None)
    compatible = intake.certificate_name(office, one).special[0]
    assert compatible == "\ufa19（U+FA19）：神（U+795E）とは別の字です。"


def test_a_name_that_cannot_be_printed_is_not_signed_off(office: Office) -> None:
    one = applied(office, make_cohort(office), "見本 𓀀子", "ミホン")
    seen = intake.certificate_name(office, one)
    assert (seen.pdf, seen.missing) == (None, ("𓀀（U+13000）",))
    with pytest.raises(RuleViolation, match="印刷できない字があります（𓀀）"):
        intake.sign_off_certificate_name(office, one, seen.printed)


def test_a_merge_that_changes_the_printed_name_takes_the_sign_off_away_until_it_is_undone(
    office: Office,
) -> None:
    one, other = two(office)
    intake.sign_off_certificate_name(office, one, "髙橋 花子")
    kept = intake.merge_people(office, one, other, "同じ人", ["former_name"])
    assert signing(office, one)[0] is True
    intake.unmerge_people(office, kept, "別の人")
    changed = intake.merge_people(office, one, other, "同じ人", ["name"])
    assert signing(office, one) == (False, "", None)
    intake.unmerge_people(office, changed, "別の人")
    assert signing(office, one) == (True, "事務 花子", date(2026, 2, 20))


def test_an_import_that_changes_the_printed_name_takes_the_sign_off_away(
    office: Office, tmp_path: Path
) -> None:
    cohort = make_cohort(office)
    for number, (name, signed) in enumerate((("髙橋 花子", True), ("高橋 花子", False))):
        path = tmp_path / f"{number}.xlsx"
        write_applicants(path, [replace(FORM, name=name, phone=str(number))])
        intake.import_applicants(office, cohort, path)
        if number == 0:
            intake.sign_off_certificate_name(office, 1, name)
        assert signing(office, 1)[0] is signed

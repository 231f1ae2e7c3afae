"""提出の部屋。"""

import hashlib
import io
from datetime import date
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import renewal, submission
from app.services.office import Office
from app.services.views.submission import BatchPreview
from database.opening import Store
from database.schema.intake import Application
from database.schema.people import Person
from tests.factories import (
    as_role,
    change,
    finish_course,
    make_actor,
    make_application,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_qualification,
    make_report_dues,
    make_sessions,
    person,
)

CERTIFIED = date(2026, 3, 31)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=date(2026, 4, 10))


@pytest.fixture
def cohort(office: Office) -> int:
    return make_cohort(office)


@pytest.fixture
def certified(office: Office, cohort: int) -> list[int]:
    people = [person("髙橋 一", affiliation_prefecture="東京都"), person("神田 二"), person("三好 三")]
    return make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)


def changes(preview: BatchPreview) -> list[tuple[str, str]]:
    return [(r.key, r.change) for r in preview.rows]


def number(n: int) -> str:
    return f"第R7-1-{n:04d}号"


def grid(path: Path) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_the_first_batch_sends_everyone_and_is_remembered(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "便1.xlsx"
    made = submission.make_batch(office, target)
    assert (made.rows, made.encrypted) == (3, False)
    assert made.digest == hashlib.sha256(target.read_bytes()).hexdigest()
    [batch] = submission.list_batches(office)
    assert (batch.number, batch.as_of, batch.file_digest, batch.counts) == (
        1,
        date(2026, 4, 10),
        made.digest,
        {"new": 3},
    )
    rows = [r for r in grid(target) if r[0] == "新規"]
    assert [(r[1], r[2]) for r in rows] == [
        (number(1), "髙橋 一"),
        (number(2), "神田 二"),
        (number(3), "三好 三"),
    ]


def test_the_next_batch_sends_only_new_changed_revoked_and_lapsed(
    office: Office, cohort: int, certified: list[int], tmp_path: Path
) -> None:
    submission.make_batch(office, tmp_path / "便1.xlsx")
    assert submission.preview_batch(office).rows == ()
    with pytest.raises(RuleViolation, match="変わったものがありません"):
        submission.make_batch(office, tmp_path / "便2.xlsx")
    assert not (tmp_path / "便2.xlsx").exists()
    with office.store.sessions() as session:
        first = session.query(Person).filter_by(name="髙橋 一").one().id
    change(office, Person, first, affiliation="乙市役所")
    opened = renewal.open_revocation(office, certified[1], "fraud", date(2026, 4, 1))
    renewal.record_notice(office, opened, date(2026, 4, 2))
    renewal.revoke(office, opened, date(2026, 4, 9), "偽造", make_actor(Role.MANAGER, "別の責任者"))
    second = make_cohort(office, 2)
    one = make_application(office, second, "新田 四")
    make_certifications(office, second, [one], date(2026, 4, 8))
    preview = submission.preview_batch(office)
    assert changes(preview) == [(number(1), "changed"), (number(2), "revoked"), ("第R7-2-0001号", "new")]
    assert (preview.number, preview.unchanged) == (2, 1)
    submission.make_batch(office, tmp_path / "便2.xlsx")
    later = as_role(office, Role.MANAGER, date(2029, 4, 1))
    assert changes(submission.preview_batch(later)) == [(number(1), "lapsed"), (number(3), "lapsed")]
    assert [b.number for b in submission.list_batches(office)] == [2, 1]


def test_a_correction_after_a_reported_end_is_a_change_and_not_a_second_end(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    submission.make_batch(office, tmp_path / "便1.xlsx")
    revoked = as_role(office, Role.MANAGER, date(2026, 5, 1))
    opened = renewal.open_revocation(revoked, certified[1], "fraud", date(2026, 4, 12))
    renewal.record_notice(revoked, opened, date(2026, 4, 13))
    renewal.revoke(revoked, opened, date(2026, 4, 20), "偽造", make_actor(Role.MANAGER, "別の責任者"))
    assert changes(submission.preview_batch(revoked)) == [(number(2), "revoked")]
    submission.make_batch(revoked, tmp_path / "便2.xlsx")
    change(office, Person, 2, languages="英語")
    assert changes(submission.preview_batch(revoked)) == [(number(2), "changed")]
    submission.make_batch(revoked, tmp_path / "便3.xlsx")
    change(office, Person, 2, languages="仏語")
    later = as_role(office, Role.MANAGER, date(2029, 4, 1))
    found = [(number(1), "lapsed"), (number(2), "changed"), (number(3), "lapsed")]
    assert changes(submission.preview_batch(later)) == found
    made = submission.make_batch(later, tmp_path / "便4.xlsx")
    assert made.rows == 3
    assert submission.list_batches(later)[0].counts == {"lapsed": 2, "changed": 1}


def test_an_end_is_told_again_after_the_agency_was_told_that_it_is_valid(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    submission.make_batch(office, tmp_path / "便1.xlsx")
    lapsed = as_role(office, Role.MANAGER, date(2029, 4, 2))
    submission.make_batch(lapsed, tmp_path / "便2.xlsx")
    renewal.record_renewal(lapsed, certified[0], date(2029, 3, 30))
    assert changes(submission.preview_batch(lapsed)) == [(number(1), "changed")]
    submission.make_batch(lapsed, tmp_path / "便3.xlsx")
    again = as_role(office, Role.MANAGER, date(2032, 4, 1))
    assert changes(submission.preview_batch(again)) == [(number(1), "lapsed")]


def test_a_batch_may_not_go_back_before_the_last_one(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    submission.make_batch(office, tmp_path / "便1.xlsx", date(2026, 4, 5))
    with pytest.raises(RuleViolation, match="より前です"):
        submission.preview_batch(office, date(2026, 4, 4))


def test_people_not_yet_certified_are_not_sent(office: Office, certified: list[int]) -> None:
    assert submission.preview_batch(office, date(2026, 3, 30)).rows == ()


def test_a_batch_that_cannot_be_written_is_not_remembered(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    with pytest.raises(RuleViolation, match="書けませんでした"):
        submission.make_batch(office, tmp_path / "ない" / "便.xlsx")
    assert submission.list_batches(office) == ()
    assert len(submission.preview_batch(office).rows) == 3


def test_a_password_really_encrypts_the_workbook(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "名簿.xlsx"
    written = submission.export(office, "register", target, password="合言葉 123")
    assert written.encrypted
    with target.open("rb") as stream:
        locked = msoffcrypto.OfficeFile(stream)
        assert locked.is_encrypted()
        locked.load_key(password="合言葉 123")
        plain = io.BytesIO()
        locked.decrypt(plain)
    assert [r[0] for r in openpyxl.load_workbook(plain).worksheets[0].iter_rows(values_only=True)][-3:] == [
        number(1),
        number(2),
        number(3),
    ]


def test_statistics_count_by_cohort_prefecture_counter_and_qualification(
    office: Office, cohort: int, certified: list[int], tmp_path: Path
) -> None:
    with office.store.sessions() as session:
        first = session.scalars(select(Application.id).order_by(Application.id)).all()[0]
    make_qualification(office, first)
    make_application(office, cohort, "不受 講", eligible=False)
    target = tmp_path / "統計.xlsx"
    submission.export(office, "statistics", target)
    rows = grid(target)
    start = next(i for i, r in enumerate(rows) if r[0] == "区分") + 1
    assert [(r[0], r[1], r[2], r[3], r[9], r[8]) for r in rows[start:]] == [
        ("研修期", "令和7年度 第1期", 4, 3, 0, 3),
        ("国籍", "（記載なし）", 4, 3, 0, 3),
        ("都道府県", "東京都", 1, 1, 0, 1),
        ("都道府県", "（記載なし）", 3, 2, 0, 2),
        ("窓口の区分", "地方公共団体", 4, 3, 0, 3),
        ("国家資格", "なし", 3, 2, 0, 2),
        ("国家資格", "社会福祉士", 1, 1, 0, 1),
        ("合計", None, 4, 3, 0, 3),
    ]


def test_eligibility_and_progress_are_written_for_a_cohort(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    ids = make_applications(office, cohort, [person("甲 一"), person("乙 二")])
    make_application(office, cohort, "丙 三", eligible=False)
    finish_course(office, ids[:1], make_report_dues(office, cohort), make_sessions(office, cohort))
    submission.export(office, "eligibility", tmp_path / "資格.xlsx", cohort)
    assert [(r[0], r[1], r[6]) for r in grid(tmp_path / "資格.xlsx")[-3:]] == [
        ("0001", "甲 一", "受講を決定"),
        ("0002", "乙 二", "受講を決定"),
        ("0003", "丙 三", "未決定"),
    ]
    submission.export(office, "progress", tmp_path / "進捗.xlsx", cohort)
    assert [r[9:14] for r in grid(tmp_path / "進捗.xlsx")[-2:]] == [
        ["合格", "3/3", "修了", "2/2", "修了"],
        ["未了", "0/3", "未開始", "0/2", "未開始"],
    ]


@pytest.mark.parametrize("kind", ["eligibility", "progress", "scores", "decisions"])
def test_lists_of_a_cohort_ask_for_the_cohort(office: Office, tmp_path: Path, kind: str) -> None:
    with pytest.raises(RuleViolation, match="研修期を選んで"):
        submission.export(office, kind, tmp_path / "一覧.xlsx")
    assert list(tmp_path.glob("一覧*")) == []


def test_an_unknown_list_is_refused(office: Office, tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="ありません"):
        submission.export(office, "secrets", tmp_path / "一覧.xlsx")


def test_the_list_of_affiliations_counts_only_the_valid_who_agreed_to_be_published(
    office: Office, cohort: int, tmp_path: Path
) -> None:
    people = [
        person("一", affiliation="国際交流協会", affiliation_prefecture="東京都", publish_consent=True),
        person("二", affiliation="国際交流協会", affiliation_prefecture="東京都", publish_consent=True),
        person("三", affiliation="国際交流協会", affiliation_prefecture="東京都", publish_consent=False),
        person("四", affiliation="国際交流協会", affiliation_prefecture="大阪府", publish_consent=True),
    ]
    make_certifications(office, cohort, make_applications(office, cohort, people), CERTIFIED)
    submission.export(office, "affiliations", tmp_path / "a.xlsx")
    rows = grid(tmp_path / "a.xlsx")
    top = next(i for i, r in enumerate(rows) if r[0] == "都道府県")
    assert [tuple(r[:3]) for r in rows[top + 1 :]] == [
        ("大阪府", "国際交流協会", 1),
        ("東京都", "国際交流協会", 2),
        ("合計", None, 3),
    ]
    late = make_office(office.store, Role.MANAGER, today=date(2031, 4, 1))
    assert submission.export(late, "affiliations", tmp_path / "b.xlsx").rows == 1

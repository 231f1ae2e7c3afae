"""認定者名簿の部屋。"""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import event

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import intake, register, renewal
from app.services.office import Office
from app.services.views.register import LifeSpan, RegisterFilter
from database import audit
from database.opening import Store
from database.schema.intake import Application
from database.schema.people import NameChange
from tests.factories import (
    as_role,
    insert,
    make_actor,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_qualification,
    person,
)

CERTIFIED = date(2026, 3, 31)


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=date(2026, 10, 1))


@pytest.fixture
def certified(office: Office) -> list[int]:
    cohort = make_cohort(office)
    people = [
        person(
            "髙橋 一",
            "タカハシ ハジメ",
            activity_area="東京都・埼玉県",
            languages="英語、ベトナム語",
            specialties="労働",
            affiliation="甲市国際交流協会",
            affiliation_prefecture="東京都",
            publish_consent=True,
        ),
        person(
            "神田 二",
            "カンダ フタバ",
            activity_area="大阪府",
            languages="中国語",
            birth_date=date(1975, 1, 2),
        ),
    ]
    applications = make_applications(office, cohort, people)
    make_qualification(office, applications[0])
    make_qualification(office, applications[0], "career_consulting_technician", grade=2)
    make_qualification(office, applications[1], "career_consultant", evidence=False)
    return make_certifications(office, cohort, applications, CERTIFIED)


def numbers(office: Office, **chosen: object) -> list[str]:
    view = register.as_of(office, None, RegisterFilter(**chosen))  # type: ignore[arg-type]
    return [r.number for r in view.rows]


def test_a_row_holds_the_columns_of_the_register(office: Office, certified: list[int]) -> None:
    row = register.as_of(office).rows[0]
    assert (row.number, row.name, row.reading) == ("第R7-1-0001号", "髙橋 一", "タカハシ ハジメ")
    assert row.qualifications == ("社会福祉士", "キャリアコンサルティング技能士2級")
    assert (row.decided_on, row.certified_on, row.issued_on) == (CERTIFIED, CERTIFIED, CERTIFIED)
    assert (row.valid_from, row.expires_on, row.standing) == (CERTIFIED, date(2029, 3, 31), "valid")
    assert (row.cohort, row.publish_consent, row.last_batch) == ("令和7年度 第1期", True, None)
    assert register.as_of(office).rows[1].qualifications == ()


def test_the_register_of_any_day_shows_what_was_so_on_that_day(office: Office, certified: list[int]) -> None:
    opened = renewal.open_revocation(office, certified[1], "fraud", date(2026, 8, 1))
    renewal.record_notice(office, opened, date(2026, 8, 2))
    renewal.revoke(office, opened, date(2026, 9, 1), "偽造", make_actor(Role.MANAGER, "別の責任者"))
    assert register.as_of(office, date(2026, 3, 30)).rows == ()
    assert [r.standing for r in register.as_of(office, date(2026, 8, 31)).rows] == ["valid", "valid"]
    assert [r.standing for r in register.as_of(office, date(2026, 9, 1)).rows] == ["valid", "revoked"]
    assert [r.standing for r in register.as_of(office, date(2029, 4, 1)).rows] == ["expired", "revoked"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"area": "埼玉"}, [1]),
        ({"area": "大阪府"}, [2]),
        ({"language": "べとなむ"}, [1]),
        ({"specialty": "労働"}, [1]),
        ({"qualification": "社会福祉士"}, [1]),
        ({"text": "高橋"}, [1]),
        ({"text": "かんだ"}, [2]),
        ({"text": "0002"}, [2]),
        ({"text": "国際交流"}, [1]),
        ({"standing": "valid"}, [1, 2]),
        ({"standing": "revoked"}, []),
        ({"publish_only": True}, [1]),
        ({"area": "東京都", "language": "中国語"}, []),
        ({}, [1, 2]),
    ],
)
def test_filters_find_the_coordinators_who_fit_in_any_spelling(
    office: Office, certified: list[int], chosen: dict[str, object], found: list[int]
) -> None:
    assert numbers(office, **chosen) == [f"第R7-1-{n:04d}号" for n in found]


def test_the_workbook_holds_the_rows_and_the_head_of_the_audit_log(
    office: Office, certified: list[int], tmp_path: Path
) -> None:
    target = tmp_path / "名簿.xlsx"
    with office.store.sessions() as session:
        sequence, digest = audit.head(session)
    written = register.write_register(office, target, date(2026, 9, 30), RegisterFilter(area="東京"))
    assert written.rows == 1
    cells = [
        str(c.value)
        for row in openpyxl.load_workbook(target).worksheets[0].iter_rows()
        for c in row
        if c.value
    ]
    assert [c for c in cells if c in {"髙橋 一", "神田 二", "第R7-1-0001号", "有効"}] == [
        "第R7-1-0001号",
        "髙橋 一",
        "有効",
    ]
    assert [c for c in cells if digest in c] == [f"監査記録の先頭 第{sequence}号 {digest}"]


def test_the_time_line_of_a_person_goes_through_every_room(office: Office, certified: list[int]) -> None:
    row = register.as_of(office).rows[0]
    renewal.record_renewal(as_role(office, Role.MANAGER, date(2028, 6, 2)), certified[0], date(2028, 6, 1))
    assert [(e.day, e.kind, e.words) for e in register.history(office, row.person_id)] == [
        (date(2025, 6, 10), "intake", "受講申込を受付（受付番号 0001）"),
        (date(2025, 7, 1), "eligibility", "受講を決定"),
        (CERTIFIED, "certificates", "認証（第R7-1-0001号）"),
        (CERTIFIED, "certificates", "認定証を交付（新規・第1版）"),
        (date(2028, 6, 1), "renewal", "更新研修を修了"),
    ]
    with pytest.raises(RuleViolation, match="記録がありません"):
        register.history(office, 999)


def test_the_number_of_queries_does_not_grow_with_the_people(office: Office, certified: list[int]) -> None:
    def queries() -> int:
        seen: list[str] = []

        def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
            seen.append(statement)

        event.listen(office.store.engine, "before_cursor_execute", note)
        register.as_of(office)
        event.remove(office.store.engine, "before_cursor_execute", note)
        return len(seen)

    few = queries()
    cohort = make_cohort(office, 2)
    people = [person(f"人 {i}") for i in range(50)]
    make_certifications(
        office, cohort, make_applications(office, cohort, people), CERTIFIED, meeting_number=1
    )
    assert queries() == few


def test_the_life_of_a_person_holds_the_lapse_the_new_name_and_the_merged_record(
    office: Office, certified: list[int]
) -> None:
    row = register.as_of(office).rows[0]
    cohort = make_cohort(office, 2, date(2026, 8, 1))
    (again,) = make_applications(office, cohort, [person("高橋 はじめ", "タカハシ ハジメ")])
    with office.store.sessions() as session:
        other = session.get_one(Application, again).person_id
    changed = NameChange(
        person_id=row.person_id,
        changed_on=date(2026, 5, 1),
        before={"name": "髙橋 一"},
        after={"name": "髙木 一"},
        reason="婚姻",
        recorded_by="事務 花子",
    )
    insert(office, [changed])
    intake.merge_people(office, row.person_id, other, "同じ人")
    later = as_role(office, Role.MANAGER, date(2029, 5, 1))
    life = register.life(later, row.person_id)
    assert [(e.kind, e.words) for e in life.entries if e.kind in ("people", "ended")] == [
        ("people", f"記録{other}「高橋 はじめ」を名寄せ"),
        ("people", "氏名を変更（髙橋 一 → 髙木 一）"),
        ("ended", "更新されずに失効（第R7-1-0001号）"),
    ]
    assert life.entries[-1].day == date(2029, 4, 1)
    assert [e.words for e in life.entries].count("受講申込を受付（受付番号 0001）") == 2
    assert life.spans == (LifeSpan("第R7-1-0001号", CERTIFIED, date(2029, 3, 31), "認証"),)
    assert register.life(later, other) == life


def test_a_validity_that_was_revoked_ends_the_day_before(office: Office, certified: list[int]) -> None:
    renewal.record_renewal(office, certified[1], date(2026, 9, 1))
    opened = renewal.open_revocation(office, certified[1], "fraud", date(2026, 8, 1))
    renewal.record_notice(office, opened, date(2026, 8, 2))
    renewal.revoke(office, opened, date(2026, 9, 20), "偽造", make_actor(Role.MANAGER, "別の責任者"))
    person_id = register.as_of(office).rows[1].person_id
    spans = register.life(office, person_id).spans
    assert spans == (LifeSpan("第R7-1-0002号", CERTIFIED, date(2026, 9, 19), "認証", cut=True),)

"""同じ人の記録：見つける、まとめる、元に戻す。"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services import intake, search
from app.services.office import Office
from app.services.views.people import UnmergeResult
from app.workbooks.applicants import ApplicantForm, write_applicants
from database import audit
from database.schema.base import Base
from database.schema.certificates import Certification
from database.schema.intake import Application
from database.schema.people import Attachment, Conviction, Person
from database.store import Store
from tests.factories import (
    NOW,
    change,
    insert,
    make_application,
    make_applications,
    make_certifications,
    make_cohort,
    make_office,
    make_person,
)
from tests.factories import person as person_row

BORN = date(1985, 4, 1)
FORM = ApplicantForm(row=2, number="1", name="髙橋 花子", birth_date=BORN, reading="タカハシ ハナコ")


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def person_of(office: Office, application: int) -> int:
    return intake.get_application(office, application).person.id


def applied(office: Office, cohort: int, name: str, reading: str, **values: Any) -> int:
    """申込のある人。返すのは人の id。"""
    values = {"birth_date": BORN, **values}
    return person_of(office, make_application(office, cohort, name, False, reading=reading, **values))


def two(office: Office, **values: Any) -> tuple[int, int]:
    """二つの研修期に、旧姓で二つに分かれた一人。"""
    first = make_cohort(office, 1, date(2023, 8, 1))
    one = applied(office, first, "髙橋 花子", "タカハシ ハナコ", phone="03-0000-0001")
    values = {"former_name": "髙橋 花子", **values}
    return one, applied(office, make_cohort(office, 2), "佐藤 花子", "サトウ ハナコ", **values)


def rows(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """監査と名寄せの控えのほかの、すべての行。"""
    with office.store.driver() as driver:
        return {
            table.name: [tuple(r) for r in driver.execute(f'SELECT * FROM "{table.name}" ORDER BY 1')]
            for table in Base.metadata.sorted_tables
            if not table.name.startswith(("audit_", "person_merge"))
        }


def value(office: Office, person_id: int, name: str) -> Any:
    with office.store.sessions() as session:
        return getattr(session.get_one(Person, person_id), name)


def test_duplicates_are_found_across_cohorts_with_the_reason_and_without_merged_ones(office: Office) -> None:
    one, other = two(office)
    make_person(office, "別 人", "ベツ ジン", birth_date=BORN)
    third = make_person(office, "高橋 華子", "タカハシ ハナエ", birth_date=BORN)
    found = intake.list_duplicates(office)
    assert [(p.one.id, p.other.id, p.reasons, p.strong) for p in found] == [
        (one, other, ("一方の旧姓がもう一方の氏名と同じで、生年月日も同じです。",), True),
        (one, third, ("フリガナが一字だけ違い、生年月日が同じです。",), False),
    ]
    assert found[0].one.applications == ("R5-1 受付0001",)
    intake.merge_people(office, one, other, "旅券で確認")
    assert [(p.one.id, p.other.id) for p in intake.list_duplicates(office)] == [(one, third)]


def test_a_pair_known_to_be_two_people_is_not_shown_again_until_the_mark_is_taken_back(
    office: Office,
) -> None:
    one, other = two(office)
    with pytest.raises(RuleViolation, match="わけを書いて"):
        intake.record_distinction(office, one, other, " ")
    mark = intake.record_distinction(office, other, one, "双子の姉妹（戸籍で確認）")
    assert intake.list_duplicates(office) == ()
    assert [(d.one.id, d.other.id, d.reason) for d in intake.list_distinctions(office)] == [
        (one, other, "双子の姉妹（戸籍で確認）")
    ]
    with pytest.raises(RuleViolation, match="もう別の人と記して"):
        intake.record_distinction(office, one, other, "もう一度")
    intake.remove_distinction(office, mark, "同じ人と分かった")
    assert len(intake.list_duplicates(office)) == 1
    assert audit.verify(office.store) == []


def test_a_hundred_of_the_same_are_all_shown(office: Office) -> None:
    insert(office, [person_row("見本 一", "ミホン イチ", birth_date=BORN) for _ in range(100)])
    found = intake.list_duplicates(office)
    assert {n for p in found for n in (p.one.id, p.other.id)} == set(range(1, 101))


def test_merging_moves_every_record_and_takes_the_chosen_values(office: Office) -> None:
    one, other = two(office, phone="090-1111-2222", email="h@example.jp")
    scan = Attachment(
        person_id=other, kind="申込書", file_name="a.pdf", media_type="application/pdf", content=b"x",
        received_on=BORN,
    )  # fmt: skip
    insert(office, [scan, Conviction(person_id=other, law="other", penalty="fine")])
    (certification,) = make_certifications(office, 2, [2])
    merge = intake.merge_people(office, one, other, "旅券で確認", ["phone", "name", "alias"])
    with office.store.sessions() as session:
        for table in (Attachment, Conviction, Certification):
            assert set(session.scalars(select(table.person_id))) == {one}
        kept = session.get_one(Person, one)
        assert (kept.name, kept.phone, kept.email, kept.reading) == (
            "佐藤 花子", "090-1111-2222", "", "タカハシ ハナコ",
        )  # fmt: skip
        assert session.get_one(Person, other).name == "佐藤 花子"
    assert [person_of(office, a) for a in (1, 2)] == [one, one]
    (row,) = intake.list_merges(office)
    assert (row.id, row.kept_id, row.merged_id, row.merged_by, row.reason) == (
        merge, one, other, "事務 花子", "旅券で確認",
    )  # fmt: skip
    assert row.moved == "申込1件、書類1件、認証1件、裁判の記録1件"
    assert row.replaced == "氏名：髙橋 花子 → 佐藤 花子、電話：03-0000-0001 → 090-1111-2222"
    assert audit.verify(office.store) == []
    assert [h.target_id for h in search.find(office, "第R7-2-0001号")][:1] == [certification]


def test_what_the_merged_record_was_called_leads_to_the_kept_one(office: Office) -> None:
    one, other = two(office, phone="090-1111-2222")
    third = applied(office, make_cohort(office, 3), "さとう はなこ", "サトー ハナコ")
    intake.merge_people(office, other, third, "本人に確認")
    intake.merge_people(office, one, other, "本人に確認")
    for text in ("佐藤", "サトー", "1111", f"記録{other}", f"記録の番号 {third}"):
        found = [(h.title, h.target_id) for h in search.find(office, text) if h.kind != "受付番号"]
        assert found == [("髙橋 花子", 3)], text
    assert {h.subtitle for h in search.find(office, "サトー")} == {
        "タカハシ ハナコ（名寄せした記録 さとう はなこ）"
    }
    with pytest.raises(RuleViolation, match="「佐藤 花子」は、その後に「髙橋 花子」に名寄せ"):
        intake.unmerge_people(office, 1, "別の人")


def test_two_applications_to_one_cohort_are_not_merged_unless_one_is_withdrawn(office: Office) -> None:
    cohort = make_cohort(office)
    one = applied(office, cohort, "見本 一", "ミホン イチ")
    other = applied(office, cohort, "見本 壱", "ミホン イチ")
    before = rows(office)
    with pytest.raises(RuleViolation, match="令和7年度 第1期の申込があります（受付0001と受付0002）"):
        intake.merge_people(office, one, other, "同じ人")
    assert rows(office) == before
    assert [bool(words) for words in intake.compare_people(office, one, other).obstacles] == [True, True]
    intake.withdraw(office, 2, date(2026, 2, 19), "二重の申込")
    with pytest.raises(RuleViolation, match="もう一方の記録を残す方に選び直して"):
        intake.merge_people(office, other, one, "同じ人")
    intake.merge_people(office, one, other, "同じ人")
    assert [person_of(office, a) for a in (1, 2)] == [one, other]
    with pytest.raises(RuleViolation, match="「見本 一」に名寄せしてあります"):
        intake.reinstate(office, 2, "やはり受ける")
    with pytest.raises(RuleViolation, match="「見本 一」に名寄せしてあります"):
        intake.update_person(office, other, {"phone": "1"})


@pytest.mark.parametrize(
    ("kept", "merged", "reason", "chosen", "words"),
    [
        (1, 1, "同じ", (), "同じ一つの記録です"),
        (1, 99, "同じ", (), "その人の記録はありません"),
        (1, 2, " ", (), "名寄せの理由が空です"),
        (1, 2, "同じ", ("merged_into_id",), "選べない項目です"),
        (1, 3, "同じ", (), "既に名寄せされています"),
        (3, 1, "同じ", (), "既に名寄せされています"),
        (1, 4, "同じ", ("birth_date",), "今日より前ではありません"),
    ],
)
def test_a_merge_that_cannot_be_is_refused_and_changes_nothing(
    office: Office, kept: int, merged: int, reason: str, chosen: tuple[str, ...], words: str
) -> None:
    one, _ = two(office)
    make_person(office, merged_into_id=one)
    make_person(office, birth_date=date(2026, 2, 21))
    before = rows(office)
    with pytest.raises(RuleViolation, match=words):
        intake.merge_people(office, kept, merged, reason, chosen)
    assert rows(office) == before


def test_unmerging_gives_back_what_is_untouched_and_says_what_is_not(office: Office) -> None:
    one, other = two(office, phone="090-1111-2222", email="h@example.jp")
    insert(office, [Conviction(person_id=other, law="other", penalty="fine")])
    merge = intake.merge_people(office, one, other, "同じ人", ["phone", "email"])
    intake.update_person(office, one, {"phone": "1"})
    insert(office, [Conviction(person_id=one, law="other", penalty="fine")])
    make_certifications(office, 2, [2])
    with office.store.sessions.begin() as session:
        session.delete(session.get_one(Conviction, 1))
        audit.record(
            session, mac_key=office.store.keys.mac_key, at=NOW, actor_id=None, actor_name="工場", action="x"
        )
    assert intake.unmerge_people(office, merge, "別の人だった") == UnmergeResult(
        "申込1件、認証1件",
        (
            "裁判の記録1件は、名寄せの後に消されているので戻せません。",
            "名寄せの後に加わった裁判の記録1件は、残した記録のままです。",
            "電話は、名寄せの後に直されているので、いまの値「1」のままです。",
        ),
    )
    assert [person_of(office, a) for a in (1, 2)] == [one, other]
    assert (value(office, one, "email"), value(office, one, "phone")) == ("", "1")
    with office.store.sessions() as session:
        assert session.scalars(select(Certification.person_id)).all() == [other]
    assert [r.undone_at for r in intake.list_merges(office)] == [NOW]
    assert {h.title for h in search.find(office, "佐藤")} == {"佐藤 花子"}
    with pytest.raises(RuleViolation, match="既に元に戻しています"):
        intake.unmerge_people(office, merge, "もう一度")
    assert audit.verify(office.store) == []


FIELDS = ("name", "phone", "certificate_name", "birth_date", "publish_consent")
texts = st.sampled_from(["", "神\ufa19", "葛󠄀", "１"])
records = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["見本 一", "𠮷野 一"]),
        "phone": texts,
        "certificate_name": texts,
        "birth_date": st.sampled_from([BORN, date(1985, 1, 4)]),
        "publish_consent": st.booleans(),
        "certificate_name_signed_off": st.booleans(),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(records, min_size=2, max_size=4),
    applications=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=5),
    merges=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.lists(st.sampled_from(FIELDS))), max_size=4
    ),
)
def test_merging_then_unmerging_in_turn_gives_back_the_same_rows(
    office: Office,
    people: list[dict[str, Any]],
    applications: list[tuple[int, int, bool]],
    merges: list[tuple[int, int, list[str]]],
) -> None:
    year = 2000 + len(rows(office)["cohort"])
    cohorts = [make_cohort(office, 1, date(year + i, 8, 1)) for i in range(3)]
    made = [person_row(reading="ミホン", **values) for values in people]
    ids = insert(office, made)
    for who, which, withdrawn in dict.fromkeys(applications):
        if who < len(ids):
            one = make_applications(office, cohorts[which], [person_row()], False)[0]
            taken = [a for a in rows(office)["application"] if ids[who] in a]
            if not any(cohorts[which] in a for a in taken):
                day = date(2026, 1, 5) if withdrawn else None
                change(office, Application, one, person_id=ids[who], withdrawn_on=day)
    stages = [(rows(office), 0)]
    for kept, merged, chosen in merges:
        if max(kept, merged) < len(ids):
            try:
                merge = intake.merge_people(office, ids[kept], ids[merged], "同じ人", chosen)
            except RuleViolation:
                assert rows(office) == stages[-1][0]
            else:
                stages.append((rows(office), merge))
    while len(stages) > 1:
        _, merge = stages.pop()
        assert intake.unmerge_people(office, merge, "別の人").left == ()
        assert rows(office) == stages[-1][0]
    assert audit.verify(office.store) == []


def test_somebody_alike_by_a_former_name_is_asked_about_before_a_second_record_is_made(
    office: Office,
) -> None:
    one, other = two(office)
    later = make_cohort(office, 3)
    form = replace(FORM, name="高橋　華子", reading="タカハシ カコ", former_name="佐藤 花子")
    with pytest.raises(intake.LikelyDuplicate) as caught:
        intake.receive_application(office, later, form)
    assert caught.value.people == ((other, "佐藤 花子"),)
    assert "・佐藤 花子（R7-2 受付0001）：一方の旧姓がもう一方の氏名と同じで、生年月日も同じです。" in str(
        caught.value
    )
    intake.merge_people(office, one, other, "本人に確認")
    with pytest.raises(intake.LikelyDuplicate) as caught:
        intake.receive_application(office, later, form)
    assert caught.value.people == ((one, "髙橋 花子"),)


def test_an_import_says_of_a_row_whom_it_is_like_and_adds_another_person(
    office: Office, tmp_path: Path
) -> None:
    two(office)
    later = make_cohort(office, 3)
    form = replace(FORM, name="鈴木 花子", reading="スズキ ハナコ", former_name="佐藤")
    write_applicants(tmp_path / "a.xlsx", [form])
    (row,) = intake.preview_import(office, later, tmp_path / "a.xlsx").rows
    assert (row.state, row.notes) == (
        "warning",
        (
            "似た人が前からいます：佐藤 花子（R7-2 受付0001）：一方の旧姓がもう一方の氏名と同じで、生年月日も同じです。"
            "別の人として加えます。同じ人なら、取り込んだ後に「同じ人かもしれない記録」でまとめてください。",
        ),
    )
    intake.import_applicants(office, later, tmp_path / "a.xlsx")
    assert intake.preview_import(office, later, tmp_path / "a.xlsx").rows[0].state == "unchanged"


def test_the_file_of_a_merged_record_is_read_again_as_the_kept_person(office: Office, tmp_path: Path) -> None:
    first, second = make_cohort(office, 1, date(2023, 8, 1)), make_cohort(office, 2)
    kept = applied(office, first, "髙橋 花子", "タカハシ ハナコ")
    path = tmp_path / "a.xlsx"
    sato = replace(FORM, name="佐藤 花子", reading="サトウ ハナコ")
    write_applicants(path, [sato])
    intake.import_applicants(office, second, path)
    intake.merge_people(office, kept, 2, "本人に確認")
    (row,) = intake.preview_import(office, second, path).rows
    assert (row.state, [d.label for d in row.differences]) == ("changed", ["氏名", "フリガナ"])
    both = tmp_path / "b.xlsx"
    write_applicants(both, [sato, replace(FORM, row=3, number="2")])
    rows_ = intake.preview_import(office, second, both).rows
    assert [r.state for r in rows_] == ["changed", "error"]
    third = make_cohort(office, 3)
    intake.import_applicants(office, third, path)
    assert [r.person_id for r in intake.list_applications(office, third)] == [kept]


def test_a_comparison_shows_both_histories_and_what_to_check(office: Office) -> None:
    one, other = two(office)
    make_certifications(office, 1, [1])
    third = applied(office, make_cohort(office, 3), "別 人", "ベツ ジン")
    seen = intake.compare_people(office, one, other)
    assert [(f.label, f.one, f.other) for f in seen.fields if f.differs] == [
        ("氏名", "髙橋 花子", "佐藤 花子"),
        ("フリガナ", "タカハシ ハナコ", "サトウ ハナコ"),
        ("旧姓", "", "髙橋 花子"),
        ("電話", "03-0000-0001", ""),
    ]
    assert [[h.words for h in side] for side in seen.histories] == [
        [
            "申込　令和5年度 第1期 受付0001　認定",
            "認証　第R5-1-0001号（令和11年3月31日まで）",
        ],
        ["申込　令和7年度 第2期 受付0001"],
    ]
    assert (seen.obstacles, seen.cautions) == (("", ""), ())
    cautions = intake.compare_people(office, other, third).cautions
    assert [words.split("、")[0] for words in cautions] == [
        "令和7年度 第3期にも申し込んでいて（受付 0001）",
        "令和7年度 第2期にも申し込んでいて（受付 0001）",
    ]

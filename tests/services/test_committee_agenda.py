"""議題・人数の表決・書面の会議・招集・資料。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import committee, home, renewal
from app.services.committee.agenda import ItemForm
from app.services.committee.cases import DecisionForm
from app.services.committee.meetings import MeetingForm
from app.services.office import Office
from database.schema.scoring import CertificationTest, Question
from database.store import Store
from tests.factories import insert, make_office, person
from tests.services.committee_scene import CERTIFIED_ON, HELD_ON, SECOND, Scene, arrive, last_entry
from tests.ui.rooms.committee_sample import make_closed, make_manager_office, make_sitting


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def scene(office: Office) -> Scene:
    made = Scene(office, [person(f"見本 {n}", f"ミホン {n}") for n in (1, 2)])
    made.seat(0, 1, 2)
    return made


def titles(scene: Scene) -> list[str]:
    return [f"{r.number} {r.title} {r.words}" for r in committee.list_agenda(scene.office, scene.meeting)]


def make_test(scene: Scene) -> int:
    (test,) = insert(
        scene.office, [CertificationTest(cohort_id=scene.cohort, title="修了認定テスト", held_on=HELD_ON)]
    )
    question = Question(
        certification_test_id=test, number=1, subject_group="A", kind="choice", points=2, key=["1"], text=""
    )
    insert(scene.office, [question])
    return test


def text_of(path: Path) -> list[str]:
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


def test_the_agenda_is_built_from_what_waits_and_its_order_can_be_changed(scene: Scene) -> None:
    make_test(scene)
    waiting = committee.list_waiting_items(scene.office, scene.meeting)
    assert [w.title for w in waiting] == [
        "修了認定テストの設問の審査（1問）",
        "修了認定テストの合格基準の決定",
    ]
    assert committee.add_agenda_items(scene.office, scene.meeting, waiting) == 2
    assert committee.list_waiting_items(scene.office, scene.meeting) == ()
    own = committee.add_agenda_item(scene.office, scene.meeting, "次年度の日程")
    committee.move_agenda_item(scene.office, own, -1)
    assert titles(scene) == [
        "1 修了認定テストの設問の審査（1問） 未議決",
        "2 次年度の日程 未議決",
        "3 修了認定テストの合格基準の決定 未議決",
    ]
    committee.remove_agenda_item(scene.office, own)
    assert [r.number for r in committee.list_agenda(scene.office, scene.meeting)] == [1, 2]
    with pytest.raises(RuleViolation, match="もう待っていません"):
        committee.add_agenda_items(scene.office, scene.meeting, waiting)


def test_a_deferred_item_waits_again_and_a_decided_one_names_its_meeting(scene: Scene) -> None:
    test = make_test(scene)
    committee.add_agenda_items(
        scene.office, scene.meeting, committee.list_waiting_items(scene.office, scene.meeting)
    )
    questions, mark = (r.id for r in committee.list_agenda(scene.office, scene.meeting))
    committee.decide_item(scene.office, questions, ItemForm("deferred", (0, 0, 3), "設問を直すため"))
    assert committee.deciding_meetings(scene.office, test) == ()
    committee.decide_item(scene.office, mark, ItemForm("approved", (2, 1, 0)))
    assert committee.deciding_meetings(scene.office, test) == (scene.meeting,)
    scene.carry(0)
    scene.carry(1)
    scene.close()
    after = committee.create_meeting(scene.office, scene.cohort, MeetingForm(HELD_ON, CERTIFIED_ON))
    assert [w.kind for w in committee.list_waiting_items(scene.office, after)] == ["questions"]


def test_an_opened_revocation_waits_and_its_decision_is_offered(store: Store) -> None:
    office = make_manager_office(store)
    cohort, _ = make_closed(office)
    from app.services import certificates

    later = replace(office, today=lambda: date(2026, 4, 10))
    certificates.issue(later, cohort, date(2026, 4, 10))
    (first, *_) = renewal.list_certifications(later)
    opened = renewal.open_revocation(later, first.certification_id, "fraud")
    meeting = committee.create_meeting(later, cohort, MeetingForm(date(2026, 4, 10), date(2026, 4, 20)))
    (item,) = committee.list_waiting_items(later, meeting)
    assert (item.title, item.revocation_id) == (f"認証の取消し（{first.number}）", opened)
    committee.add_agenda_items(later, meeting, (item,))
    for member in committee.get_meeting(later, meeting).members:
        arrive(later, meeting, member.id, "14:00")
    (row,) = committee.list_agenda(later, meeting)
    committee.decide_item(later, row.id, ItemForm("approved", (5, 0, 0), "申込書の偽り"))
    assert committee.revocation_decision(later, opened) == "第2回認定審査委員会の議決による。申込書の偽り"


def test_an_item_is_decided_by_counts_that_must_add_up_and_agree_with_the_words(scene: Scene) -> None:
    item = committee.add_agenda_item(scene.office, scene.meeting, "規程の改正")

    def decide(form: ItemForm) -> None:
        committee.decide_item(scene.office, item, form)

    with pytest.raises(RuleViolation, match="計2名が、表決に加われる出席委員3名と合いません"):
        decide(ItemForm("approved", (2, 0, 0)))
    with pytest.raises(RuleViolation, match="この表決では否決です"):
        decide(ItemForm("approved", (1, 2, 0)))
    with pytest.raises(RuleViolation, match="延期の理由が空です"):
        decide(ItemForm("deferred", (0, 0, 3)))
    decide(ItemForm("approved", (2, 0, 1), "付帯意見あり"))
    (row,) = committee.list_agenda(scene.office, scene.meeting)
    assert (row.words, row.counts_words, row.base, row.present) == ("可決", "可2 否0 棄権1", 5, 3)
    with pytest.raises(RuleViolation, match="議決した議題は外せません"):
        committee.remove_agenda_item(scene.office, item)
    committee.reopen_item(scene.office, item, "数え違い", second=SECOND)
    assert titles(scene) == ["1 規程の改正 未議決"]
    assert last_entry(scene.office).detail["votes"] == [2, 0, 1]


def test_a_tied_item_is_the_chairs_and_without_the_chair_only_deferred(scene: Scene) -> None:
    item = committee.add_agenda_item(scene.office, scene.meeting, "規程の改正")
    arrive(scene.office, scene.meeting, scene.members[3], "14:05")
    tie = ItemForm("approved", (2, 2, 0))
    with pytest.raises(RuleViolation, match="可否同数です"):
        committee.decide_item(scene.office, item, tie)
    arrive(scene.office, scene.meeting, scene.members[4], "14:06")
    committee.record_departure(scene.office, scene.meeting, scene.members[0], "14:10")
    with pytest.raises(RuleViolation, match="議長が出席していない"):
        committee.decide_item(scene.office, item, replace(tie, casting_vote="for"))
    arrive(scene.office, scene.meeting, scene.members[0], "14:20")
    committee.record_departure(scene.office, scene.meeting, scene.members[4], "14:21")
    committee.decide_item(scene.office, item, replace(tie, casting_vote="for"))
    (row,) = committee.list_agenda(scene.office, scene.meeting)
    assert row.counts_words == "可2 否2 棄権0　議長の決する票による"


def test_a_lost_quorum_refuses_items_and_cases_with_figures_and_regained_it_works(scene: Scene) -> None:
    item = committee.add_agenda_item(scene.office, scene.meeting, "規程の改正")
    scene.clear(0)
    committee.record_counts(scene.office, scene.cases[0], (3, 0, 0))
    committee.record_departure(scene.office, scene.meeting, scene.members[2], "14:30")
    lost = "定足数を満たしていないため議決できません（出席2名、母数5名の過半数が要ります）。"
    with pytest.raises(RuleViolation) as refusal:
        committee.decide_item(scene.office, item, ItemForm("approved", (2, 0, 0)))
    assert str(refusal.value) == lost
    with pytest.raises(RuleViolation) as refusal:
        scene.decide(0)
    assert str(refusal.value) == lost
    arrive(scene.office, scene.meeting, scene.members[2], "14:40")
    committee.decide_item(scene.office, item, ItemForm("approved", (3, 0, 0)))
    committee.record_counts(scene.office, scene.cases[0], (3, 0, 0))
    scene.decide(0)
    assert scene.case(0).decision_votes == (3, 0, 0)


def test_counted_votes_of_a_case_must_be_those_present_and_not_recused(scene: Scene) -> None:
    committee.confirm_recusal(scene.office, scene.cases[0], scene.members[2], ground="指導した")
    with pytest.raises(RuleViolation, match="計3名が、表決に加われる出席委員2名と合いません"):
        committee.record_counts(scene.office, scene.cases[0], (3, 0, 0))
    with pytest.raises(RuleViolation, match="0以上"):
        committee.record_counts(scene.office, scene.cases[0], (3, -1, 0))
    arrive(scene.office, scene.meeting, scene.members[3], "14:05")
    committee.record_counts(scene.office, scene.cases[0], (2, 1, 0))
    case = scene.case(0)
    assert (case.counted, case.votes, case.result, case.base, case.present) == (
        (2, 1, 0),
        {},
        "carried",
        4,
        3,
    )
    # 採った後に加わった人がいれば、票は残らない
    arrive(scene.office, scene.meeting, scene.members[4], "14:10")
    assert (scene.case(0).counted, scene.case(0).result) == (None, "not_carried")


def test_counted_votes_and_votes_by_name_replace_each_other(scene: Scene) -> None:
    scene.vote(0, {0: "for", 1: "against"})
    committee.record_counts(scene.office, scene.cases[0], (1, 2, 0))
    assert (scene.case(0).votes, scene.case(0).result) == ({}, "not_carried")
    scene.vote(0, {0: "for", 1: "for"})
    assert (scene.case(0).counted, scene.case(0).result) == (None, "carried")


def test_a_recusal_after_counting_makes_the_count_stale_until_it_is_taken_again(scene: Scene) -> None:
    arrive(scene.office, scene.meeting, scene.members[3], "14:05")
    scene.clear(0)
    committee.record_counts(scene.office, scene.cases[0], (4, 0, 0))
    committee.confirm_recusal(scene.office, scene.cases[0], scene.members[3], ground="親族")
    with pytest.raises(RuleViolation, match="計4名が、表決に加われる出席委員3名と合いません"):
        scene.decide(0)
    committee.record_counts(scene.office, scene.cases[0], (3, 0, 0))
    scene.decide(0)
    assert scene.case(0).decision == "certified"


def written(scene: Scene, held_on: date) -> int:
    return committee.create_meeting(
        scene.office, scene.cohort, MeetingForm(held_on, CERTIFIED_ON, kind="written")
    )


def test_in_a_written_meeting_replies_received_count_as_presence_with_their_day(scene: Scene) -> None:
    meeting = written(scene, date(2026, 3, 24))
    item = committee.add_agenda_item(scene.office, meeting, "規程の改正")
    with pytest.raises(RuleViolation, match="時刻の代わりに、回答を受けた日"):
        arrive(scene.office, meeting, scene.members[0], "14:00")
    with pytest.raises(RuleViolation, match="今日または回答の締切日"):
        committee.record_reply(scene.office, meeting, scene.members[0], date(2026, 3, 21))
    for member in scene.members[:3]:
        committee.record_reply(scene.office, meeting, member, HELD_ON)
        committee.record_declaration(scene.office, meeting, member)
    with pytest.raises(RuleViolation, match="回答の締切日（令和8年3月24日）より前には議決できません"):
        committee.decide_item(scene.office, item, ItemForm("approved", (3, 0, 0)))
    later = replace(scene.office, today=lambda: date(2026, 3, 24))
    committee.decide_item(later, item, ItemForm("approved", (3, 0, 0)))
    committee.withdraw_reply(later, meeting, scene.members[2])
    assert committee.get_meeting(later, meeting).present == tuple(scene.members[:2])
    committee.close_meeting(later, meeting, second=SECOND)
    paper = committee.minutes_paper(later, meeting)
    assert paper.members[0][2] == "令和8年3月20日に回答"
    assert dict(paper.facts)["場所"] == "書面（持ち回り）による審議"


def test_a_meeting_with_an_undecided_item_is_not_closed(scene: Scene) -> None:
    committee.add_agenda_item(scene.office, scene.meeting, "規程の改正")
    scene.carry(0)
    scene.carry(1)
    with pytest.raises(RuleViolation, match="未議決の議題があります（議案第1号"):
        scene.close()


def test_the_letters_of_convocation_are_dated_back_over_holidays_and_recorded(
    scene: Scene, tmp_path: Path
) -> None:
    # 2026-05-11（月）の7開庁日前：連休を除いて 4月24日（金）
    meeting = committee.create_meeting(
        scene.office, scene.cohort, MeetingForm(date(2026, 5, 11), date(2026, 5, 31), place="見本会館")
    )
    assert committee.get_meeting(scene.office, meeting).notice_by == date(2026, 4, 24)
    near = replace(scene.office, today=lambda: date(2026, 4, 20))
    words = "第2回認定審査委員会の招集通知をまだ作っていません（期限 R8.4.24）"
    assert [t.due for t in home.tasks(near, scene.cohort) if t.text == words] == [date(2026, 4, 24)]
    committee.add_agenda_item(near, meeting, "規程の改正")
    assert committee.write_convocation(near, meeting, tmp_path / "a.pdf", "見認第3号") == 5
    pages = text_of(tmp_path / "a.pdf")
    assert [p.startswith(f"見認第3号の{n}") for n, p in enumerate(pages, 1)] == [True] * 5
    assert "令和8年5月11日（月）14:00から" in pages[0]
    assert "規程の改正" in pages[0]
    assert committee.get_meeting(near, meeting).convened_on == date(2026, 4, 20)
    assert [t for t in home.tasks(near, scene.cohort) if t.text == words] == []


def test_a_late_convocation_is_said_so_in_the_log(scene: Scene, tmp_path: Path) -> None:
    meeting = committee.create_meeting(scene.office, scene.cohort, MeetingForm(HELD_ON, CERTIFIED_ON))
    committee.write_convocation(scene.office, meeting, tmp_path / "a.pdf")
    assert last_entry(scene.office).summary == (
        "第2回の会議の招集通知を5通書き出し（期限 令和8年3月11日 を過ぎている）"
    )


def test_the_pack_of_a_member_holds_nothing_of_the_cases_he_is_recused_from(
    store: Store, tmp_path: Path
) -> None:
    office = make_manager_office(store)
    _, meeting = make_sitting(office)
    view = committee.get_meeting(office, meeting)
    hidden = view.cases[2]
    assert (hidden.name, hidden.unresolved) == ("渡邉 直樹", 1)  # 候補に挙がり、まだ確認していない
    tied = next(m for m in view.members if m.affiliation == "見本大学")
    assert committee.write_materials(office, meeting, tmp_path / "all.pdf") == 5
    assert committee.write_materials(office, meeting, tmp_path / "one.pdf", tied.id) == 4
    whole, one = text_of(tmp_path / "all.pdf"), text_of(tmp_path / "one.pdf")
    assert (len(whole), len(one)) == (8, 7)
    for secret in ("渡邉直樹", "見本大学", "案件003", "0003"):
        assert secret in "".join(whole), secret
        assert secret not in "".join(one), secret
    assert "003回避" in one[1]
    assert [p[:6] for p in one[2:6]] == ["案件001受", "案件002受", "案件004受", "案件005受"]
    assert "受験者5名" in one[-1]


def test_every_member_gets_his_own_pack_in_a_file_without_his_name(store: Store, tmp_path: Path) -> None:
    office = make_manager_office(store)
    _, meeting = make_sitting(office)
    assert committee.write_member_materials(office, meeting, tmp_path / "資料.pdf") == 5
    assert sorted(p.name for p in tmp_path.glob("*.pdf")) == [f"資料_委員{n:02d}.pdf" for n in range(1, 6)]


def test_a_case_decided_by_counts_is_frozen_as_such(scene: Scene) -> None:
    scene.clear(0)
    committee.record_counts(scene.office, scene.cases[0], (2, 1, 0))
    committee.decide_case(scene.office, scene.cases[0], DecisionForm("certified"))
    scene.carry(1)
    scene.close()
    assert committee.minutes_paper(scene.office, scene.meeting).cases[0][4] == "可2 否1 棄権0"

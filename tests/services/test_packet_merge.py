"""持ち出しの戻り：下見が言うとおりに一度だけ取り込まれ、票は定足数の規則に従って案件を決める。"""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.office import Office
from database.schema.committee import Case, ConflictDeclaration, Meeting, Recusal
from database.schema.intake import Application
from database.store import Store
from tests.factories import change, insert, make_office
from tests.services.committee_scene import HELD_ON, SECOND, entries, last_entry
from tests.services.packet_scene import Away, asked, fill, filled


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def away(office: Office, tmp_path: Path) -> Away:
    return Away(office, tmp_path)


def test_a_reply_brought_back_counts_as_present_and_decides_the_case_with_the_right_quorum(
    away: Away,
) -> None:
    away.reply(3, 4)
    back = away.send(filled(away))
    view = away.scene.case(0)
    assert (view.base, view.present, view.quorum) == (5, 2, False)
    with pytest.raises(RuleViolation, match="確認されていません"):
        away.scene.decide(0)
    result = away.merge(back)
    assert (result.taken, result.kept, result.refused, result.same) == (7, 0, 0, 0)
    away.scene.vote(0, {1: "for", 3: "for", 4: "against"})
    view = away.scene.case(0)
    assert (view.base, view.present, view.quorum, view.result) == (5, 3, True, "carried")
    away.scene.decide(0)
    assert (away.scene.case(0).decision, away.scene.case(0).decision_votes) == ("certified", (2, 1, 0))


def test_the_preview_says_what_is_new_and_changes_nothing(away: Away) -> None:
    review = filled(away)
    review.remark(away.cases[1], "面接の記録を見たい")
    back = away.send(review)
    before = entries(away.office)
    assert away.states(back) == [
        (0, "利害関係の申告", "新しい"),
        (0, "出席", "新しい"),
        (1, "表決　委員 2", "新しい"),
        *((1, f"欠格事由{mark}", "新しい") for mark in "アイウエ"),
        (2, "所見", "新しい"),
    ]
    assert (entries(away.office), away.scene.case(0).votes) == (before, {})


def test_what_is_merged_names_whose_it_is_and_where_it_came_from(away: Away) -> None:
    review = filled(away)
    review.remark(away.cases[0], "面接の記録を見たい")
    result = away.merge(away.send(review))
    view = away.scene.case(0)
    assert view.votes == {away.members[1]: "for"}
    assert {g.confirmed_by for g in view.grounds} == {"委員 2（持ち出し）"}
    assert view.remarks == "【委員 2】面接の記録を見たい"
    meeting = committee.get_meeting(away.office, away.meeting)
    assert [(p.member_id, p.arrived_at) for p in meeting.presences] == [(away.members[1], "2026-03-20")]
    entry = last_entry(away.office)
    assert (entry.action, entry.summary) == (
        "committee.merge_return",
        f"会議の戻りを取り込んだ（委員 2、{result.taken}項目、残した食い違い0、取り込めない0）",
    )
    assert [f"{away.cases[0]}:vote:{away.members[1]}", "", "可"] in entry.detail["taken"]
    assert "面接" not in str(entry.detail)
    (row,) = committee.list_packets(away.office, away.meeting)
    assert row.returned_at is not None


def test_a_remark_is_added_after_the_one_that_is_there(away: Away) -> None:
    first, second = away.open(away.export(1)), away.open(away.export(2, "b"))
    first.remark(away.cases[0], "一人目")
    second.remark(away.cases[0], "二人目")
    away.merge(away.send(first))
    away.merge(away.send(second, "back2"))
    assert away.scene.case(0).remarks == "【委員 2】一人目\n\n【委員 3】二人目"


def test_another_vote_entered_meanwhile_is_kept_unless_it_is_chosen_to_replace_it(away: Away) -> None:
    back = away.send(filled(away))
    committee.record_reply(away.office, away.meeting, away.members[1], HELD_ON)
    away.scene.vote(0, {1: "against"})
    committee.confirm_ground(away.office, away.cases[0], "a", "applies", "診断書")
    rows = {r.what: r for r in away.preview(back).rows}
    vote, ground = rows["表決　委員 2"], rows["欠格事由ア"]
    assert (vote.words, vote.now, vote.incoming) == ("食い違い", "否", "可")
    assert (ground.words, ground.now, ground.incoming) == ("食い違い", "該当する", "該当しない")
    result = away.merge(back, ground.key)
    assert (result.taken, result.kept) == (5, 1)
    view = away.scene.case(0)
    assert view.votes == {away.members[1]: "against"}
    assert {g.ground: g.finding for g in view.grounds} == dict.fromkeys("aiue", "clear")


def test_the_conflict_chosen_is_replaced_and_the_audit_keeps_both(away: Away) -> None:
    back = away.send(filled(away))
    committee.record_reply(away.office, away.meeting, away.members[1], HELD_ON)
    away.scene.vote(0, {1: "against"})
    key = f"{away.cases[0]}:vote:{away.members[1]}"
    away.merge(back, key)
    assert away.scene.case(0).votes == {away.members[1]: "for"}
    assert [key, "否", "可"] in last_entry(away.office).detail["taken"]


def test_a_case_decided_meanwhile_is_refused_and_the_rest_is_merged(away: Away) -> None:
    back = away.send(filled(away, cases=2))
    away.reply(0, 2, 3)
    away.scene.clear(0)
    away.scene.vote(0, dict.fromkeys((0, 2, 3), "for"))
    away.scene.decide(0)
    assert {r.words for r in away.preview(back).rows if r.position == 1} == {"取り込めない"}
    assert {r.words for r in away.preview(back).rows if r.position == 2} == {"新しい"}
    away.merge(back)
    assert (away.scene.case(0).present, away.scene.case(0).decision_votes) == (3, (3, 0, 0))
    assert away.scene.case(1).votes == {away.members[1]: "for"}


def test_a_member_recused_meanwhile_is_refused_for_that_case_alone(away: Away) -> None:
    back = away.send(filled(away, cases=2))
    committee.confirm_recusal(away.office, away.cases[0], away.members[1], ground="親族")
    found = {(r.words, r.note) for r in away.preview(back).rows if r.position == 1}
    assert found == {
        (
            "取り込めない",
            "持ち出しの後に、この委員の回避が確認されました。この案件の分は取り込めません。",
        )
    }
    result = away.merge(back)
    assert (result.taken, result.refused) == (7, 5)
    assert away.scene.case(0).votes == {}
    assert [g.finding for g in away.scene.case(0).grounds] == [""] * 4
    assert away.scene.case(1).votes == {away.members[1]: "for"}


def test_a_conflict_suggested_meanwhile_waits_until_it_is_settled(away: Away) -> None:
    back = away.send(filled(away))
    insert(away.office, [Recusal(case_id=away.cases[0], member_id=away.members[1], ground="同一所属")])
    assert {r.words for r in away.preview(back).rows if r.position == 1} == {"取り込めない"}


def test_facts_that_changed_meanwhile_stop_the_findings_and_question_the_vote(away: Away) -> None:
    back = away.send(filled(away))
    with away.office.store.sessions() as session:
        application = session.get_one(Case, away.cases[0]).application_id
    change(away.office, Application, application, other_law_declared=True)
    rows = {r.what: r for r in away.preview(back).rows}
    assert rows["欠格事由ア"].words == rows["欠格事由ウ"].words == "取り込めない"
    assert (rows["表決　委員 2"].words, rows["表決　委員 2"].note) == (
        "食い違い",
        "持ち出しの後に欠格事由の事実が変わりました。",
    )
    away.merge(back)
    assert (away.scene.case(0).votes, [g.finding for g in away.scene.case(0).grounds]) == ({}, [""] * 4)


def test_in_a_meeting_in_person_a_member_who_is_not_there_brings_no_vote(
    office: Office, tmp_path: Path
) -> None:
    away = Away(office, tmp_path, "in_person")
    back = away.send(filled(away))
    vote = next(r for r in away.preview(back).rows if r.what == "表決　委員 2")
    assert vote.note == "この委員の出席が記されていません。先に「出席…」で記してから取り込んでください。"
    away.scene.seat(1)
    assert {r.words for r in away.preview(back).rows if r.position} == {"新しい"}
    away.merge(back)
    assert away.scene.case(0).votes == {away.members[1]: "for"}


def test_in_a_meeting_online_the_member_is_seated_at_the_time_he_gave(office: Office, tmp_path: Path) -> None:
    away = Away(office, tmp_path, "online")
    review = filled(away)
    review.sit(away.members[1], "14:20")
    away.merge(away.send(review))
    meeting = committee.get_meeting(away.office, away.meeting)
    assert [(p.member_id, p.arrived_at) for p in meeting.presences] == [(away.members[1], "14:20")]


def test_votes_before_the_day_of_the_meeting_are_refused_and_said(office: Office, tmp_path: Path) -> None:
    away = Away(office, tmp_path, "online")
    back = away.send(filled(away))
    away.on(date(2026, 3, 18))
    vote = next(r for r in away.preview(back).rows if r.what == "表決　委員 2")
    assert (vote.words, "会議の日（令和8年3月20日）より前には" in vote.note) == ("取り込めない", True)


def test_a_reply_cannot_come_before_the_convocation(away: Away) -> None:
    back = away.send(filled(away))
    change(away.office, Meeting, away.meeting, convened_on=date(2026, 3, 21))
    rows = {r.what: r.words for r in away.preview(back).rows}
    assert (rows["出席"], rows["表決　委員 2"]) == ("取り込めない", "取り込めない")


def test_a_count_taken_before_falls_when_the_packet_seats_another_member(away: Away) -> None:
    away.reply(0, 2, 3)
    committee.record_counts(away.office, away.cases[0], (3, 0, 0))
    back = away.send(filled(away))
    assert away.preview(back).notes == ("出席が増えるため、人数で採った表決1件は採り直しになります。",)
    away.merge(back)
    view = away.scene.case(0)
    assert (view.counted, view.votes, view.present) == (None, {away.members[1]: "for"}, 4)


def test_a_named_vote_against_a_count_is_a_conflict(away: Away) -> None:
    away.reply(0, 1, 2)
    back = away.send(filled(away))
    committee.record_counts(away.office, away.cases[0], (2, 1, 0))
    vote = next(r for r in away.preview(back).rows if r.what == "表決　委員 2")
    assert (vote.words, vote.now) == ("食い違い", "人数（可2・否1・棄権0）")
    away.merge(back)
    assert away.scene.case(0).counted == (2, 1, 0)


def test_a_whole_sitting_on_the_second_pc_comes_back_with_presence_votes_and_findings(
    office: Office, tmp_path: Path
) -> None:
    away = Away(office, tmp_path, "in_person")
    committee.confirm_recusal(away.office, away.cases[1], away.members[2], ground="親族")
    review = away.open(away.export(None))
    for place in (0, 1, 2):
        review.sit(away.members[place], "14:05")
    for case in away.cases:
        for ground in "aiue":
            review.judge(case, ground, "clear")
        for member in review.voters(case):
            review.vote(case, member, "for")
    result = away.merge(away.send(review))
    assert (result.taken, result.refused) == (3 + 12 + 8, 0)
    meeting = committee.get_meeting(away.office, away.meeting)
    assert [p.arrived_at for p in meeting.presences] == ["14:05"] * 3
    figures = [(v.base, v.present, v.quorum, v.result) for v in map(away.scene.case, range(3))]
    assert figures == [(5, 3, True, "carried"), (4, 2, False, "no_quorum"), (5, 3, True, "carried")]
    for place in (0, 1, 2):
        asked(away.office, away.meeting, away.members[place])
    away.scene.decide(0)
    with pytest.raises(RuleViolation, match="定足数を満たしていない"):
        away.scene.decide(1)


def declarations(away: Away) -> list[tuple[int, str, str, str]]:
    with away.office.store.sessions() as session:
        rows = session.scalars(select(ConflictDeclaration).order_by(ConflictDeclaration.id))
        return [(d.member_id, d.answer, d.words, d.asked_by) for d in rows]


def test_the_member_s_declaration_is_recorded_and_the_case_he_set_aside_is_his_recusal(away: Away) -> None:
    committee.record_reply(away.office, away.meeting, away.members[1], HELD_ON)
    away.scene.vote(0, {1: "for"})
    review = away.open(away.export(1))
    review.declare("前の職場の同僚", [away.cases[0]])
    fill(review, away.cases[1])
    back = away.send(review)
    assert away.states(back)[:2] == [(0, "利害関係の申告", "新しい"), (1, "回避の申出", "新しい")]
    away.merge(back)
    assert declarations(away) == [(away.members[1], "has", "案件001：前の職場の同僚", "委員 2（持ち出し）")]
    (recusal,) = away.scene.case(0).recusals
    assert (recusal.member_id, recusal.kind, recusal.ground, recusal.confirmed) == (
        away.members[1],
        "withdrawn",
        "本人の申告",
        True,
    )
    assert (away.scene.case(0).votes, away.scene.case(0).base) == ({}, 4)
    assert away.scene.case(1).votes == {away.members[1]: "for"}


def test_a_member_without_conflicts_is_recorded_as_asked(away: Away) -> None:
    away.merge(away.send(filled(away)))
    assert declarations(away) == [(away.members[1], "none", "", "委員 2（持ち出し）")]


def test_a_recusal_dismissed_meanwhile_and_a_declaration_made_meanwhile_are_conflicts(away: Away) -> None:
    review = away.open(away.export(1))
    review.declare("同僚", [away.cases[0]])
    back = away.send(review)
    row = ConflictDeclaration(
        meeting_id=away.meeting,
        member_id=away.members[1],
        answer="none",
        asked_by="事務 花子",
        asked_at=away.office.now(),
    )
    insert(away.office, [row])
    committee.confirm_recusal(away.office, away.cases[0], away.members[1], ground="同僚")
    committee.dismiss_recusal(away.office, away.cases[0], away.members[1], "別の人", second=SECOND)
    assert away.states(back) == [
        (0, "利害関係の申告", "食い違い"),
        (0, "出席", "新しい"),
        (1, "回避の申出", "食い違い"),
    ]
    away.merge(back, "declare", f"{away.cases[0]}:recuse:{away.members[1]}")
    assert [(d[1], d[2]) for d in declarations(away)] == [("has", "案件001：同僚")]
    assert [r.confirmed for r in away.scene.case(0).recusals] == [True]

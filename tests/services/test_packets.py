"""会議の持ち出し：その委員に見せてよい案件だけが、合言葉なしには読めない一つのファイルに入る。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import committee
from app.services.committee.cases import ConvictionForm
from app.services.committee.review import open_packet
from app.services.office import Office
from database.schema.committee import Case, GroundEvidence, MeetingPacket, Recusal
from database.store import Store
from tests.conftest import CHEAP
from tests.factories import as_role, insert, make_office
from tests.services.committee_scene import HELD_ON, entries, last_entry, person_of, sitting
from tests.services.packet_scene import NAMES, WORD, Away


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def away(office: Office, tmp_path: Path) -> Away:
    return Away(office, tmp_path)


def names(away: Away, packet: Path) -> list[str]:
    return [r.name for r in away.open(packet).rows()]


def test_a_packet_opens_with_its_passphrase_alone_and_shows_the_cases_of_the_meeting(away: Away) -> None:
    review = away.open(away.export(1))
    meeting = review.meeting()
    assert (review.recipient, review.title) == ("委員 2", "令和7年度 第1期 第1回 認定審査委員会")
    assert (meeting.held_on, meeting.certification_on) == (HELD_ON, date(2026, 3, 31))
    assert [(r.position, r.name) for r in review.rows()] == list(enumerate(NAMES, 1))


def test_the_sheet_in_a_packet_is_the_sheet_of_the_office(away: Away) -> None:
    form = ConvictionForm("other", "imprisonment", date(2025, 1, 10), date(2025, 6, 1))
    committee.record_conviction(away.office, person_of(away.scene), form)
    for ground in "aie":
        committee.confirm_ground(away.office, away.cases[0], ground, "clear")
    here = away.scene.case(0)
    assert here.grounds[2].computed == "applies"
    there = away.open(away.export(1)).case(away.cases[0])
    same = ("position", "reception_number", "name", "reading", "affiliation", "course1", "test")
    assert [getattr(there, n) for n in same] == [getattr(here, n) for n in same]
    told = ("ground", "computed", "sentence", "finding", "reason", "confirmed_by", "stale")
    assert [[getattr(g, n) for n in told] for g in there.grounds] == [
        [getattr(g, n) for n in told] for g in here.grounds
    ]


def test_no_name_stands_in_the_clear_in_the_packet_the_draft_or_the_return(away: Away) -> None:
    packet = away.export(1)
    review = away.open(packet)
    review.declare("カナリアの申告")
    review.remark(away.cases[0], "カナリアの所見")
    review.vote(away.cases[0], away.members[1], "for")
    files = [packet, packet.with_name(packet.name + ".draft"), away.send(review)]
    words = [
        w.encode(code) for w in (*NAMES, "カナリア", "委員 2") for code in ("utf-8", "utf-16-le", "cp932")
    ]
    assert [f.name for f in files for w in words if w in f.read_bytes()] == []
    assert [f.name for f in files if f.name != f.name.encode("ascii", "ignore").decode()] == []


def test_the_cases_that_the_member_is_recused_from_are_not_in_his_packet(away: Away) -> None:
    committee.confirm_recusal(away.office, away.cases[0], away.members[1], ground="親族")
    assert names(away, away.export(1)) == [NAMES[1], NAMES[2]]
    assert names(away, away.export(2, "b")) == list(NAMES)
    body = str(away.open(away.export(1, "c"))._body)
    assert [n for n in NAMES if n in body] == [NAMES[1], NAMES[2]]


def test_a_conflict_not_yet_settled_keeps_the_case_out_too(away: Away) -> None:
    insert(away.office, [Recusal(case_id=away.cases[2], member_id=away.members[1], ground="同一所属")])
    assert names(away, away.export(1)) == [NAMES[0], NAMES[1]]


def test_a_secretary_who_is_recused_himself_cannot_carry_his_case_out(away: Away) -> None:
    committee.confirm_recusal(away.office, away.cases[0], away.members[4], ground="親族")
    away.office = sitting(away.office, away.members[4], Role.MANAGER)
    assert names(away, away.export(None)) == [NAMES[1], NAMES[2]]


def test_cases_already_decided_stay_at_home(away: Away) -> None:
    away.reply(0, 1, 2)
    away.scene.carry(0)
    assert names(away, away.export(3)) == [NAMES[1], NAMES[2]]


def test_convictions_and_the_words_of_evidence_are_not_carried_only_what_the_checklist_needs(
    away: Away,
) -> None:
    form = ConvictionForm("other", "fine", date(2020, 1, 10), source="カナリア地方裁判所")
    committee.record_conviction(away.office, person_of(away.scene), form)
    with away.office.store.sessions() as session:
        application = session.get_one(Case, away.cases[0]).application_id
    evidence = GroundEvidence(
        application_id=application,
        ground="a",
        kind="inquiry",
        addressee="見本病院",
        dated_on=date(2026, 3, 2),
        answered_on=date(2026, 3, 9),
        words="カナリア病の診断",
        points_to="clear",
        recorded_by="事務 花子",
    )
    insert(away.office, [evidence])
    review = away.open(away.export(1))
    assert review.evidence(away.cases[0]) == (
        "ア　令和8年3月2日　照会（見本病院）　令和8年3月9日に回答　「該当しない」を示す",
    )
    assert [w for w in ("カナリア病", "カナリア地方裁判所") if w in str(review._body)] == []


def test_a_member_s_packet_tells_nothing_of_the_other_members(away: Away) -> None:
    away.reply(0, 1, 2)
    away.scene.vote(0, {0: "for", 1: "against"})
    committee.confirm_recusal(away.office, away.cases[0], away.members[4], ground="親族")
    review = away.open(away.export(1))
    assert [(c["recused"], set(c["votes"])) for c in review._body["cases"]] == [
        ([], {str(away.members[1])}),
        ([], set()),
        ([], set()),
    ]
    assert [m.name for m in review.meeting().members] == ["委員 2"]
    assert review.case(away.cases[0]).votes == {away.members[1]: "against"}
    assert [w for w in ("委員 1", "委員 3", "委員 4", "委員 5") if w in str(review._body)] == []


def test_the_export_is_audited_with_its_cases_and_leaves_its_row(away: Away) -> None:
    away.export(1)
    entry = last_entry(away.office)
    with away.office.store.sessions() as session:
        row = session.scalars(select(MeetingPacket)).one()
    assert (entry.action, entry.summary) == (
        "committee.export_packet",
        "会議の持ち出しを書き出し（委員 2、3件）",
    )
    assert entry.detail == {
        "packet": row.packet_key,
        "member_id": away.members[1],
        "cases": list(away.cases),
    }
    (kept,) = committee.list_packets(away.office, away.meeting)
    assert (kept.recipient, kept.cases, kept.returned_at) == ("委員 2", 3, None)
    assert kept.number == row.packet_key[:8].upper()


def test_when_the_file_cannot_be_written_nothing_is_recorded(away: Away) -> None:
    before = entries(away.office)
    with pytest.raises(RuleViolation, match="書けませんでした"):
        committee.export_packet(
            away.office, away.meeting, away.members[0], WORD, away.home / "ない" / "a.ndpacket", CHEAP
        )
    assert (entries(away.office), committee.list_packets(away.office, away.meeting)) == (before, ())
    assert list(away.home.iterdir()) == []


def test_a_short_passphrase_a_stranger_and_an_empty_packet_are_refused(away: Away) -> None:
    target = away.home / "a.ndpacket"
    with pytest.raises(RuleViolation, match="合言葉が短すぎます"):
        committee.export_packet(away.office, away.meeting, None, "短い", target, CHEAP)
    with pytest.raises(RuleViolation, match="在任していない委員です"):
        committee.export_packet(away.office, away.meeting, 999, WORD, target, CHEAP)
    for case in away.cases:
        committee.confirm_recusal(away.office, case, away.members[0], ground="親族")
    with pytest.raises(RuleViolation, match="持ち出せる案件がありません"):
        committee.export_packet(away.office, away.meeting, away.members[0], WORD, target, CHEAP)
    assert list(away.home.iterdir()) == []


def test_a_closed_meeting_is_not_carried_out(away: Away) -> None:
    away.reply(0, 1, 2)
    for case in range(3):
        away.scene.carry(case)
    away.scene.close()
    with pytest.raises(RuleViolation, match="この会議は閉じられ"):
        away.export(0)


def test_a_member_cannot_export_by_himself(away: Away) -> None:
    member = replace(away.office, actor=sitting(away.office, away.members[1]).actor)
    with pytest.raises(AccessDenied):
        committee.export_packet(member, away.meeting, away.members[1], WORD, away.home / "a", CHEAP)
    with pytest.raises(AccessDenied):
        committee.export_packet(
            as_role(away.office, Role.AUDITOR), away.meeting, None, WORD, away.home / "a", CHEAP
        )


def test_the_proposed_passphrase_is_long_and_each_time_another(away: Away) -> None:
    made = {committee.propose_passphrase(away.office) for _ in range(20)}
    assert len(made) == 20
    assert {(len(p), p.count("-")) for p in made} == {(24, 4)}
    assert set("".join(made)) <= set("ABCDEFGHJKMNPQRSTUVWXYZ23456789-")


def test_the_fingerprint_shown_away_is_the_one_told_at_home(away: Away) -> None:
    told = committee.export_packet(
        away.office, away.meeting, None, WORD, away.home / "a.ndpacket", CHEAP
    ).fingerprint
    assert open_packet(away.home / "a.ndpacket", WORD).fingerprint == told

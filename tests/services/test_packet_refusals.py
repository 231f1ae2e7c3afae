"""受け取れない戻り：どれも理由を言い、何も取り込まない。"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import committee
from app.services.committee.meetings import MeetingForm
from app.services.committee.packet_format import read_signed, signed, to_bytes
from app.services.office import Office
from database.opening import open_store
from database.schema.committee import ConflictDeclaration, MeetingPacket
from database.sealed import open_sealed
from database.store import Store
from tests.conftest import PASSPHRASE, copy_closed
from tests.factories import insert, make_office
from tests.services.committee_scene import CERTIFIED_ON, HELD_ON, entries, sitting
from tests.services.packet_scene import WORD, Away, filled


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def away(office: Office, tmp_path: Path) -> Away:
    return Away(office, tmp_path)


def again(
    away: Away, back: Path, edit: Callable[[dict[str, object]], None], key: bytes | None = None
) -> Path:
    """合言葉と（key を省けば）本人の鍵を持つ人が作り直した戻り。"""
    envelope, opened = open_sealed(back.read_bytes(), WORD)
    body, _ = read_signed(opened.content)
    edit(body)
    review = away.open(next(away.away.glob("*.ndpacket")))
    private = key or to_bytes(review._body["return_key"])
    back.write_bytes(envelope.seal("return", signed(body, private)))
    return back


def test_each_return_is_merged_once(away: Away) -> None:
    review = filled(away)
    first, second = away.send(review), away.send(review, "again")
    away.merge(first)
    count = entries(away.office)
    for back in (first, second):
        with pytest.raises(RuleViolation, match="二度は取り込めません"):
            away.preview(back)
        with pytest.raises(RuleViolation, match="二度は取り込めません"):
            committee.merge_return(away.office, away.meeting, back, WORD, seen="")
    assert entries(away.office) == count


def test_a_return_for_another_meeting_is_named(away: Away) -> None:
    other = committee.create_meeting(
        away.office, away.scene.cohort, MeetingForm(HELD_ON, CERTIFIED_ON, kind="written")
    )
    with pytest.raises(RuleViolation, match=r"別の会議（第1回、令和8年3月20日）の戻りです"):
        away.preview(away.send(filled(away)), other)


def test_a_return_of_another_office_is_unknown(away: Away, template_database: Path, tmp_path: Path) -> None:
    back = away.send(filled(away))
    folder = tmp_path / "別の事務局"
    folder.mkdir()
    with open_store(copy_closed(template_database, folder / "nintei.db"), PASSPHRASE) as store:
        other = Away(make_office(store, Role.MANAGER, today=HELD_ON), folder)
        with pytest.raises(RuleViolation, match="もとの持ち出しが、この記録にありません"):
            other.preview(back)


def test_a_wrong_passphrase_an_altered_return_and_a_packet_are_refused(away: Away) -> None:
    review = filled(away)
    back = away.send(review)
    with pytest.raises(RuleViolation, match="合言葉が違います"):
        committee.preview_return(away.office, away.meeting, back, "ちがう合言葉ちがう合言葉")
    with pytest.raises(RuleViolation, match="これは持ち出しのファイルです"):
        away.preview(review.path)
    with pytest.raises(RuleViolation, match="入力の途中の下書きです"):
        away.preview(review.path.with_name(review.path.name + ".draft"))
    data = back.read_bytes()
    for place in range(0, len(data), 83):
        back.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises(RuleViolation):
            away.preview(back)


def test_a_return_signed_with_another_key_is_refused(away: Away) -> None:
    back = again(away, away.send(filled(away)), lambda body: None, b"\x05" * 32)
    with pytest.raises(RuleViolation, match="書き換えられています"):
        away.preview(back)


@pytest.mark.parametrize(
    "cases",
    [
        lambda a: {str(a.cases[0]): {"votes": {str(a.members[0]): "for"}, "grounds": {}, "remark": ""}},
        lambda a: {"999": {"votes": {}, "grounds": {}, "remark": "x"}},
        lambda a: {str(a.cases[0]): {"votes": {str(a.members[1]): "賛成"}, "grounds": {}, "remark": ""}},
        lambda a: {str(a.cases[0]): {"votes": {}, "grounds": {"z": ["clear", ""]}, "remark": ""}},
        lambda a: {str(a.cases[0]): {"votes": {}, "grounds": {}, "remark": "あ" * 4001}},
        lambda a: {str(a.cases[0]): "x"},
        lambda a: ["x"],
    ],
)
def test_even_the_member_himself_cannot_send_what_the_program_would_not_write(
    away: Away, cases: Callable[[Away], object]
) -> None:
    def edit(body: dict[str, object]) -> None:
        body["cases"] = cases(away)

    back = again(away, away.send(filled(away)), edit)
    with pytest.raises(RuleViolation, match="書き換えられています"):
        away.preview(back)


def test_a_case_held_back_from_the_member_cannot_be_slipped_into_his_return(away: Away) -> None:
    committee.confirm_recusal(away.office, away.cases[2], away.members[1], ground="親族")

    def edit(body: dict[str, object]) -> None:
        body["cases"] = {str(away.cases[2]): {"votes": {}, "grounds": {}, "remark": "x"}}

    with pytest.raises(RuleViolation, match="書き換えられています"):
        away.preview(again(away, away.send(filled(away)), edit))


def test_a_closed_meeting_takes_nothing_back(away: Away) -> None:
    back = away.send(filled(away))
    away.reply(0, 2, 3)
    for case in range(3):
        away.scene.clear(case)
        away.scene.vote(case, dict.fromkeys((0, 2, 3), "for"))
        away.scene.decide(case)
    away.scene.close()
    with pytest.raises(RuleViolation, match="この会議は閉じられ、記録は凍っています"):
        away.preview(back)


def test_a_record_that_changed_after_the_preview_stops_the_merge(away: Away) -> None:
    back = away.send(filled(away))
    seen = away.preview(back).digest
    committee.confirm_ground(away.office, away.cases[0], "a", "applies", "診断書")
    count = entries(away.office)
    with pytest.raises(RuleViolation, match="下見の後に記録が変わりました"):
        committee.merge_return(away.office, away.meeting, back, WORD, seen=seen)
    assert (entries(away.office), away.scene.case(0).votes) == (count, {})


def test_a_secretary_recused_in_one_of_the_cases_leaves_the_merge_to_another(away: Away) -> None:
    back = away.send(filled(away))
    committee.confirm_recusal(away.office, away.cases[0], away.members[4], ground="親族")
    away.office = sitting(away.office, away.members[4], Role.MANAGER)
    with pytest.raises(AccessDenied, match="あなたが回避している案件"):
        away.preview(back)


def test_when_all_is_refused_nothing_is_recorded_and_the_return_can_come_again(away: Away) -> None:
    review = filled(away)
    back = away.send(review)
    for case in away.cases:
        committee.confirm_recusal(away.office, case, away.members[1], ground="親族")
    committee.record_reply(away.office, away.meeting, away.members[1], HELD_ON)
    told = ConflictDeclaration(
        meeting_id=away.meeting,
        member_id=away.members[1],
        answer="has",
        words="親族",
        asked_by="事務 花子",
        asked_at=away.office.now(),
    )
    insert(away.office, [told])
    with pytest.raises(RuleViolation, match="取り込めるものがありません"):
        away.merge(back)
    with away.office.store.sessions() as session:
        kept = session.scalar(
            select(func.count()).select_from(MeetingPacket).where(MeetingPacket.direction == "in")
        )
    assert kept == 0


def test_the_clerk_merges_and_the_auditor_does_not(away: Away) -> None:
    back = away.send(filled(away))
    auditor = replace(away.office, actor=sitting(away.office, 0, Role.AUDITOR).actor)
    with pytest.raises(AccessDenied):
        committee.preview_return(auditor, away.meeting, back, WORD)
    away.office = sitting(away.office, 0, Role.CLERK)
    assert away.preview(back).recipient == "委員 2"

"""持ち出し先での審査：一つ入れるごとに残り、落ちても失われず、合言葉と署名のないものは断られる。"""

from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.packet_format import signed
from app.services.committee.review import open_packet
from app.services.office import Office
from database.sealed import new_envelope, open_sealed
from database.store import Store
from tests.conftest import CHEAP
from tests.factories import make_office
from tests.services.committee_scene import HELD_ON
from tests.services.packet_scene import WORD, Away, fill


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, today=HELD_ON)


@pytest.fixture
def away(office: Office, tmp_path: Path) -> Away:
    return Away(office, tmp_path)


def test_what_was_entered_is_there_after_the_program_is_gone(away: Away) -> None:
    packet = away.export(1)
    review = away.open(packet)
    fill(review, away.cases[0], "against")
    review.remark(away.cases[0], "面接の記録を見たい")
    review.judge(away.cases[1], "a", "applies", "診断書による")
    kept = review.entries
    del review
    again = away.open(packet)
    assert again.entries == kept
    view = again.case(away.cases[0])
    assert ([g.finding for g in view.grounds], view.remarks) == (["clear"] * 4, "面接の記録を見たい")
    assert view.votes == {away.members[1]: "against"}
    assert [again.is_done(c) for c in away.cases] == [True, False, False]


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_a_crash_after_any_entry_loses_none_of_those_before(away: Away, cut: int) -> None:
    packet = away.export(1)
    acts = [("a", "clear"), ("i", "clear"), ("u", "clear"), ("e", "clear")]
    review = away.open(packet)
    for ground, finding in acts[: cut + 1]:
        review.judge(away.cases[0], ground, finding)
    del review
    found = [g.finding for g in away.open(packet).case(away.cases[0]).grounds]
    assert found == ["clear"] * (cut + 1) + [""] * (3 - cut)


def test_an_entry_that_cannot_be_kept_is_refused_and_not_shown(away: Away) -> None:
    review = away.open(away.export(1))
    review.declare()
    away.away.rename(away.away.with_name("抜かれた"))
    with pytest.raises(RuleViolation, match="書けませんでした"):
        review.vote(away.cases[0], away.members[1], "for")
    assert review.case(away.cases[0]).votes == {}


def test_two_windows_on_one_packet_do_not_wipe_each_other_out(away: Away) -> None:
    packet = away.export(1)
    first, second = away.open(packet), away.open(packet)
    first.remark(away.cases[0], "初めの窓")
    with pytest.raises(RuleViolation, match="ほかの窓でも開いています"):
        second.remark(away.cases[0], "後の窓")
    assert away.open(packet).entry(away.cases[0]).remark == "初めの窓"


def test_a_wrong_passphrase_an_altered_packet_and_another_file_each_have_their_words(away: Away) -> None:
    packet = away.export(1)
    data = packet.read_bytes()
    with pytest.raises(RuleViolation, match="合言葉が違います"):
        open_packet(packet, "ちがう合言葉ちがう合言葉")
    for place in range(0, len(data), 97):
        packet.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(RuleViolation, match=r"書き換えられています|ファイルではありません|より新しい版"):
            open_packet(packet, WORD)
    for size in (0, 5, 200, len(data) - 1):
        packet.write_bytes(data[:size])
        with pytest.raises(RuleViolation, match=r"書き換えられています|ファイルではありません"):
            open_packet(packet, WORD)
    packet.write_bytes(b"PK\x03\x04" + b"x" * 500)
    with pytest.raises(RuleViolation, match="持ち出し・戻りのファイルではありません"):
        open_packet(packet, WORD)


def test_a_packet_made_anew_by_someone_who_knows_the_passphrase_is_refused_by_its_signature(
    away: Away,
) -> None:
    packet = away.export(1)
    body = dict(away.open(packet)._body)
    body["cases"] = [{**c, "name": "別の人"} for c in body["cases"]]
    packet.write_bytes(new_envelope(WORD, cost=CHEAP).seal("packet", signed(body, b"\x07" * 32)))
    with pytest.raises(RuleViolation, match="書き換えられています"):
        open_packet(packet, WORD)


def test_a_return_or_a_draft_given_instead_of_a_packet_is_named(away: Away) -> None:
    packet = away.export(1)
    review = away.open(packet)
    fill(review, away.cases[0])
    with pytest.raises(RuleViolation, match="事務局へ送り返す「戻り」のファイルです"):
        open_packet(away.send(review), WORD)
    with pytest.raises(RuleViolation, match="持ち出しのファイルではありません（下書きなど）"):
        open_packet(packet.with_name(packet.name + ".draft"), WORD)


def test_a_damaged_draft_is_not_written_over(away: Away) -> None:
    packet = away.export(1)
    away.open(packet).remark(away.cases[0], "所見")
    draft = packet.with_name(packet.name + ".draft")
    draft.write_bytes(draft.read_bytes()[:-1])
    size = draft.stat().st_size
    with pytest.raises(RuleViolation, match=r"下書きのファイル「a\.ndpacket\.draft」を読めません"):
        open_packet(packet, WORD)
    assert draft.stat().st_size == size


def test_the_draft_of_another_packet_is_not_taken_up(away: Away) -> None:
    first, second = away.export(1), away.export(2, "b")
    away.open(first).remark(away.cases[0], "所見")
    first.with_name(first.name + ".draft").rename(second.with_name(second.name + ".draft"))
    with pytest.raises(RuleViolation, match="ほかの持ち出しのものです"):
        open_packet(second, WORD)


def test_a_member_enters_only_his_own_vote(away: Away) -> None:
    review = away.open(away.export(1))
    with pytest.raises(RuleViolation, match="「申告…」で利害関係を申告してください"):
        review.vote(away.cases[0], away.members[1], "for")
    review.declare()
    with pytest.raises(RuleViolation, match="その委員の票は入れられません"):
        review.vote(away.cases[0], away.members[0], "for")
    with pytest.raises(RuleViolation, match="可・否・棄権のどれか"):
        review.vote(away.cases[0], away.members[1], "賛成")


def test_a_finding_against_the_computed_one_needs_a_reason(away: Away) -> None:
    review = away.open(away.export(1))
    with pytest.raises(RuleViolation, match="計算と違う判断をするには理由が要ります"):
        review.judge(away.cases[0], "i", "applies")
    review.judge(away.cases[0], "i", "applies", "罰金の記録を見た")
    view = review.case(away.cases[0])
    assert [(g.finding, g.reason) for g in view.grounds if g.ground == "i"] == [
        ("applies", "罰金の記録を見た")
    ]


def test_a_case_that_the_member_sets_aside_is_closed_to_him_and_what_he_wrote_is_gone(away: Away) -> None:
    packet = away.export(1)
    review = away.open(packet)
    fill(review, away.cases[0])
    fill(review, away.cases[1])
    review.declare("前の職場の同僚", [away.cases[0]])
    again = away.open(packet)
    assert (again.set_aside, again.entry(away.cases[0]).is_empty) == (frozenset({away.cases[0]}), True)
    assert again.entry(away.cases[1]).votes == {away.members[1]: "for"}
    for act in (
        lambda: again.judge(away.cases[0], "a", "clear"),
        lambda: again.vote(away.cases[0], away.members[1], "for"),
        lambda: again.remark(away.cases[0], "所見"),
    ):
        with pytest.raises(RuleViolation, match="利害関係があると申し出た案件です"):
            act()
    with pytest.raises(RuleViolation, match="この資料にない案件が選ばれています"):
        again.declare("", [999])
    again.declare()
    assert again.set_aside == frozenset()


def test_on_the_second_pc_only_those_seated_and_not_recused_vote(away: Away) -> None:
    committee.confirm_recusal(away.office, away.cases[0], away.members[2], ground="親族")
    review = away.open(away.export(None))
    assert (review.recipient, len(review.rows())) == ("事務局の二台目の PC", 3)
    with pytest.raises(RuleViolation, match="その委員の票は入れられません"):
        review.vote(away.cases[0], away.members[1], "for")
    for place in (1, 2, 3):
        review.sit(away.members[place], "")
    assert review.voters(away.cases[0]) == (away.members[1], away.members[3])
    review.vote(away.cases[1], away.members[2], "for")
    review.stand(away.members[2])
    assert (review.case(away.cases[1]).votes, review.case(away.cases[1]).quorum) == ({}, False)
    assert (review.case(away.cases[0]).base, review.case(away.cases[1]).base) == (4, 5)


def test_nothing_entered_is_nothing_to_send_and_the_packet_is_not_written_over(away: Away) -> None:
    packet = away.export(1)
    review = away.open(packet)
    with pytest.raises(RuleViolation, match="まだ何も入れていません"):
        review.write_return(away.away / "x.ndreturn")
    review.remark(away.cases[0], "所見")
    with pytest.raises(RuleViolation, match="上書きできません"):
        review.write_return(packet)
    assert review.write_return(away.away / "x.ndreturn") == 1


def test_a_remark_too_long_is_refused_with_its_limit(away: Away) -> None:
    review = away.open(away.export(1))
    with pytest.raises(RuleViolation, match=r"所見が長すぎます（4,000文字まで）"):
        review.remark(away.cases[0], "あ" * 4001)


def test_a_hostile_cost_in_the_header_does_not_stop_the_machine(away: Away) -> None:
    packet = away.export(1)
    data = packet.read_bytes()
    heavy = data.replace(b'"memory_cost":8', b'"memory_cost":9')
    assert heavy != data
    with pytest.raises(RuleViolation, match="書き換えられています"):
        open_sealed(heavy, WORD)

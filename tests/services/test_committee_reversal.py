"""閉じた後：凍った議事・議事要旨・通知・件数照合表・議決の変更。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import certificates, committee, register, renewal, submission
from app.services.committee.agenda import ItemForm
from app.services.committee.meetings import MeetingForm
from app.services.office import Office
from database import audit
from database.schema.certificates import Certificate, Certification
from database.schema.committee import DecisionReversal, Meeting
from database.schema.letters import Letter
from database.store import Store
from tests.factories import as_role, change, insert
from tests.services.committee_scene import arrive, last_entry
from tests.ui.rooms.committee_sample import (
    decide,
    make_closed,
    make_manager_office,
    make_sitting,
    second_person,
)

ISSUED_ON = date(2026, 4, 2)
REVERSED_ON = date(2026, 4, 10)
REASON = "実務経験証明書に偽りがあったため"


@pytest.fixture
def office(store: Store) -> Office:
    return make_manager_office(store)


def on(office: Office, day: date) -> Office:
    return replace(office, today=lambda: day)


def text_of(path: Path) -> str:
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)


def case_at(office: Office, meeting: int, position: int) -> int:
    return committee.get_meeting(office, meeting).cases[position - 1].id


def certified(office: Office, tmp_path: Path) -> tuple[int, int, int]:
    """五人を認定し、通知を作り、交付し、庁へ送ったところ。研修期・会議・初めの案件。"""
    cohort, meeting = make_closed(office)
    later = on(office, ISSUED_ON)
    committee.make_result_letters(later, meeting, tmp_path / "letters.pdf")
    certificates.issue(later, cohort, ISSUED_ON)
    submission.make_batch(later, tmp_path / "batch1.xlsx", ISSUED_ON)
    return cohort, meeting, case_at(office, meeting, 1)


def test_closing_freezes_agenda_declarations_and_texts_with_the_digest(office: Office) -> None:
    _, meeting = make_sitting(office)
    view = committee.get_meeting(office, meeting)
    committee.record_declaration(
        office, meeting, view.members[0].id, [view.cases[0].id], "教え子", kind="excluded"
    )
    item = committee.add_agenda_item(office, meeting, "次年度の日程")
    committee.decide_item(office, item, ItemForm("approved", (4, 0, 0)))
    committee.set_text_blocks(office, meeting, {"summary": "日程を定めた。", "other": " "})
    for case in view.cases:
        decide(office, case.id)
    committee.close_meeting(office, meeting, second=second_person())
    with office.store.sessions() as session:
        frozen = session.get_one(Meeting, meeting).frozen
    assert frozen is not None
    assert [(i["title"], i["result"], i["votes"]) for i in frozen["agenda"]] == [
        ("修了認定（欠格事由の確認を含む）", "", None),
        ("次年度の日程", "approved", [4, 0, 0]),
    ]
    assert [(d["answer"], d["words"]) for d in frozen["declarations"]] == [
        ("has", "案件001：教え子"),
        *[("none", "")] * 3,
    ]
    assert [(r["member"], r["kind"], r["ground"]) for r in frozen["cases"][0]["recusals"]] == [
        ("大野 誠", "excluded", "本人の申告")
    ]
    assert frozen["texts"] == {"summary": "日程を定めた。"}
    with pytest.raises(RuleViolation, match="記録は凍っています"):
        committee.set_text_blocks(office, meeting, {"other": "後から"})
    with pytest.raises(RuleViolation, match="記録は凍っています"):
        committee.add_agenda_item(office, meeting, "後から")


def test_the_minutes_carry_the_items_texts_counts_and_the_head_of_the_chain(
    office: Office, tmp_path: Path
) -> None:
    _, meeting = make_sitting(office)
    item = committee.add_agenda_item(office, meeting, "次年度の日程")
    committee.decide_item(office, item, ItemForm("rejected", (1, 3, 0), "時期が早い"))
    committee.set_text_blocks(office, meeting, {"discussion": "質疑があった。\n答えた。"})
    for case in committee.get_meeting(office, meeting).cases:
        decide(office, case.id)
    committee.close_meeting(office, meeting, second=second_person())
    with office.store.sessions() as session:
        sequence, head = audit.head(session)
    committee.write_minutes(office, meeting, tmp_path / "a.pdf")
    text = text_of(tmp_path / "a.pdf")
    for part in (
        "議案第2号次年度の日程",
        "否決可1否3棄権0出席4／母数5",
        "時期が早い",
        "審議の経過",
        "質疑があった。答えた。",
        f"監査記録第{sequence}号{head}",
        "件数照合表",
        "認定証（認定の数）5交付済み0交付待ち5",
    ):
        assert part in text, part


def test_the_summary_holds_no_name_and_refuses_a_text_that_does(office: Office, tmp_path: Path) -> None:
    _, meeting = make_closed(office)
    committee.write_summary(office, meeting, tmp_path / "a.pdf")
    text = text_of(tmp_path / "a.pdf")
    names = [c.name for c in committee.get_meeting(office, meeting).cases]
    names += [m.name for m in committee.list_members(office)]
    assert [n for n in names if "".join(n.split()) in text] == []
    assert "出席委員5名のうち4名" in text
    assert "認定5件" in text


def test_a_summary_text_with_the_name_in_another_spelling_is_refused(office: Office) -> None:
    _, meeting = make_sitting(office)
    committee.set_text_blocks(office, meeting, {"summary": "高崎健太郎氏について審議した。"})
    for case in committee.get_meeting(office, meeting).cases:
        decide(office, case.id)
    committee.close_meeting(office, meeting, second=second_person())
    with pytest.raises(RuleViolation, match="案件001の人の氏名が含まれています"):
        committee.summary_paper(office, meeting)


def test_result_letters_come_from_the_frozen_decision_and_are_reprinted_as_they_were(
    office: Office, tmp_path: Path
) -> None:
    _, meeting = make_sitting(office)
    cases = committee.get_meeting(office, meeting).cases
    decide(office, cases[0].id)
    decide(office, cases[1].id, "conditional", "証明書の写しを出すこと")
    decide(office, cases[2].id, "deferred", "証明書の確認を待つため")
    decide(office, cases[3].id, "not_certified", "研修の内容が足りないため")
    decide(office, cases[4].id)
    committee.close_meeting(office, meeting, second=second_person())
    from database.schema.people import Person

    change(office, Person, committee.get_case(office, cases[0].id).person_id, name="後の 名前")
    path = tmp_path / "a.pdf"
    assert committee.make_result_letters(office, meeting, path, number="見認第5号") == (5, 0)
    pages = ["".join(p.extract_text().split()) for p in pypdf.PdfReader(path).pages]
    assert ["後の" in p for p in pages] == [False] * 5
    for page, word in zip(
        pages,
        ("認定通知書", "条件付き認定通知書", "審査保留通知書", "不認定通知書", "認定通知書"),
        strict=True,
    ):
        assert word in page, page
    assert "令和8年4月30日" in pages[1]
    assert "条件証明書の写しを出すこと" in pages[1]
    assert [r.words for r in committee.list_result_letters(office, meeting)] == ["作成済み"] * 5
    first = path.read_bytes()
    assert committee.make_result_letters(on(office, REVERSED_ON), meeting, tmp_path / "b.pdf") == (0, 5)
    assert (tmp_path / "b.pdf").read_bytes() == first


def test_the_counts_of_decisions_letters_certificates_register_and_batches_agree(
    office: Office, tmp_path: Path
) -> None:
    cohort, meeting = make_closed(office)
    assert [(r.title, r.count, r.words) for r in committee.reconcile(office, meeting).rows] == [
        ("議決（凍った記録）", 5, "認定 5"),
        ("通知（議決の数）", 5, "作成済み 0　未作成 5"),
        ("認定証（認定の数）", 5, "交付済み 0　交付待ち 5"),
        ("名簿の行（認証の数）", 0, "名簿に載っている 0"),
        ("庁への便（認証の数）", 0, "送付済み 0　次の便 0"),
    ]
    later = on(office, ISSUED_ON)
    committee.make_result_letters(later, meeting, tmp_path / "letters.pdf")
    certificates.issue(later, cohort, ISSUED_ON)
    submission.make_batch(later, tmp_path / "batch.xlsx", ISSUED_ON)
    found = committee.reconcile(later, meeting)
    assert [r.words for r in found.rows] == [
        "認定 5",
        "作成済み 5　未作成 0",
        "交付済み 5　交付待ち 0",
        "名簿に載っている 5",
        "送付済み 5　次の便 0",
    ]
    assert found.agrees


def test_a_mismatch_is_named_with_its_case(office: Office, tmp_path: Path) -> None:
    _, meeting, _ = certified(office, tmp_path)
    with office.store.sessions() as session:
        frozen = dict(session.get_one(Meeting, meeting).frozen or {})
    frozen["cases"] = [
        {**c, "decision": "not_certified"} if c["position"] == 2 else c for c in frozen["cases"]
    ]
    change(office, Meeting, meeting, frozen=frozen)
    found = committee.reconcile(on(office, ISSUED_ON), meeting)
    assert [m.sentence for m in found.mismatches] == [
        "案件002：「不認定」なのに認証（第R7-2-0002号）があります。"
    ]


def test_the_reversal_shows_first_what_hangs_on_the_decision(office: Office, tmp_path: Path) -> None:
    _, _, case = certified(office, tmp_path)
    shown = committee.reversal_effects(office, case)
    assert (shown.number, shown.certificates, shown.letters, shown.batches) == (
        "第R7-2-0001号",
        (1,),
        1,
        (1,),
    )
    assert [what for what, _ in shown.lines] == [
        "議決",
        "認定番号",
        "認定証",
        "名簿",
        "通知",
        "庁への便",
        "この後",
    ]


def test_a_reversal_makes_corrected_versions_of_each_and_keeps_the_originals(
    office: Office, tmp_path: Path
) -> None:
    cohort, meeting, case = certified(office, tmp_path)
    later = on(office, REVERSED_ON)
    (kept, *_) = certificates.list_ledger(later, cohort)
    page, first_letter = (
        certificates.page(later, kept.id),
        committee.preview_result_letter(later, meeting, case),
    )
    digest = committee.minutes_paper(later, meeting).digest
    committee.reverse_closed(later, case, REASON, second=second_person())
    # 番号：欠番となり、使い回されない
    assert [(v.serial, v.second_person) for v in certificates.list_voided(later, cohort)] == [
        (1, "確認 四郎")
    ]
    # 認定証：取り下げられ、紙はそのまま読め、検証は無効と言う
    assert certificates.list_ledger(later, cohort)[0].withdrawn_on == REVERSED_ON
    assert certificates.page(later, kept.id) == page
    with office.store.sessions() as session:
        qr = session.scalars(select(Certificate.qr_text).order_by(Certificate.id)).first()
    assert qr is not None
    assert certificates.verify_text(later, qr, REVERSED_ON).result == "annulled"
    assert certificates.verify_text(later, qr, ISSUED_ON).result == "genuine"
    # 名簿：その日から議決変更、前の日はそのまま
    standings = [register.as_of(later, d).rows[0].standing for d in (date(2026, 4, 9), REVERSED_ON)]
    assert standings == ["valid", "annulled"]
    # 便：次の便が変更だけを伝える
    assert [(r.key, r.change) for r in submission.preview_batch(later, REVERSED_ON).rows] == [
        ("第R7-2-0001号", "changed")
    ]
    # 通知：改める通知が積まれ、先の通知も残る
    with office.store.sessions() as session:
        letters = list(session.scalars(select(Letter).order_by(Letter.id)))
        first, last = letters[0], letters[-1]
        assert (last.replaces_id, last.reason, len(letters)) == (first.id, REASON, 6)
        assert first.pdf == first_letter
    (tmp_path / "c.pdf").write_bytes(committee.preview_result_letter(later, meeting, case))
    assert "認定通知書の取消しの通知" in text_of(tmp_path / "c.pdf")
    # 議事録：凍った要約値は変わらない
    assert committee.minutes_paper(later, meeting).digest == digest
    assert committee.reconcile(later, meeting).agrees


def test_after_the_reversal_the_person_waits_for_a_meeting_again_and_gets_a_new_number(
    office: Office, tmp_path: Path
) -> None:
    cohort, meeting, case = certified(office, tmp_path)
    later = on(office, REVERSED_ON)
    again = committee.create_meeting(
        later, cohort, MeetingForm(REVERSED_ON, date(2026, 4, 30), place="見本会館")
    )
    assert committee.build_agenda(later, again) == 0
    committee.reverse_closed(later, case, REASON, second=second_person())
    assert committee.build_agenda(later, again) == 1
    for member in committee.get_meeting(later, again).members:
        arrive(later, again, member.id, "14:00")
    (row,) = committee.get_meeting(later, again).cases
    decide(later, row.id)
    committee.close_meeting(later, again, second=second_person())
    may = on(office, date(2026, 5, 1))
    assert [r.number for r in certificates.issue(may, cohort, date(2026, 5, 1))] == ["第R7-2-0006号"]
    with office.store.sessions() as session:
        numbers = list(session.scalars(select(Certification.number).order_by(Certification.serial)))
    assert numbers == [f"第R7-2-000{n}号" for n in range(1, 7)]
    assert [r.standing for r in register.as_of(may, date(2026, 5, 1)).rows].count("annulled") == 1
    assert committee.reconcile(may, meeting).agrees
    assert committee.reconcile(may, again).agrees


def test_a_reversed_decision_that_was_not_yet_issued_leaves_the_waiting_list(office: Office) -> None:
    cohort, meeting = make_closed(office)
    committee.reverse_closed(office, case_at(office, meeting, 1), REASON, second=second_person())
    assert [w.reception_number for w in certificates.list_waiting(office, cohort)] == [2, 3, 4, 5]
    assert certificates.list_voided(office, cohort) == ()
    rows = {r.title: r.words for r in committee.reconcile(office, meeting).rows}
    assert rows["認定証（認定の数）"] == "交付済み 0　交付待ち 4　交付前に変更 1"


def test_nothing_can_be_built_on_a_reversed_certification(office: Office, tmp_path: Path) -> None:
    _, _, case = certified(office, tmp_path)
    later = on(office, REVERSED_ON)
    committee.reverse_closed(later, case, REASON, second=second_person())
    row = next(r for r in renewal.list_certifications(later) if r.number == "第R7-2-0001号")
    assert (row.words, row.number) == ("議決変更", "第R7-2-0001号")
    with pytest.raises(RuleViolation, match="認定の議決が変更され、無効です"):
        renewal.record_renewal(later, row.certification_id, REVERSED_ON)
    with pytest.raises(RuleViolation, match="認定の議決が変更され、無効です"):
        renewal.open_revocation(later, row.certification_id, "fraud")
    with pytest.raises(RuleViolation, match="取り下げた認定証です"):
        certificates.reissue(later, row.certification_id, "reissue", REVERSED_ON, "紛失")


def test_a_reversal_needs_a_reason_a_second_person_and_a_standing_decision(office: Office) -> None:
    _, meeting = make_closed(office)
    case = case_at(office, meeting, 1)
    with pytest.raises(RuleViolation, match="理由が空です"):
        committee.reverse_closed(office, case, " ", second=second_person())
    with pytest.raises(RuleViolation, match="二人目の確認が要ります"):
        committee.reverse_closed(office, case, REASON, second=None)
    with pytest.raises(AccessDenied):
        committee.reverse_closed(as_role(office, Role.CLERK), case, REASON, second=second_person())
    committee.reverse_closed(office, case, REASON, second=second_person())
    entry = last_entry(office)
    assert (entry.action, entry.reason, entry.detail["second_person"]) == (
        "committee.reverse_closed",
        REASON,
        "確認 四郎",
    )
    with pytest.raises(RuleViolation, match="既に変更されています"):
        committee.reverse_closed(office, case, REASON, second=second_person())


def test_an_open_or_a_deferred_decision_is_not_reversed_this_way(office: Office) -> None:
    _, meeting = make_sitting(office)
    cases = committee.get_meeting(office, meeting).cases
    with pytest.raises(RuleViolation, match="閉じた会議の議決ではありません"):
        committee.reversal_effects(office, cases[0].id)
    for case in cases:
        decide(office, case.id, "deferred", "確認を待つため")
    committee.close_meeting(office, meeting, second=second_person())
    with pytest.raises(RuleViolation, match="「保留」の人は、変更しなくても"):
        committee.reversal_effects(office, cases[0].id)


def test_a_failed_reversal_leaves_nothing_behind(office: Office, tmp_path: Path) -> None:
    cohort, _, case = certified(office, tmp_path)
    from database.schema.certificates import VoidedNumber

    # 記録の食い違い（番号が既に欠番）で途中で断られても、何も変わらない
    insert(office, [VoidedNumber(cohort_id=cohort, serial=1, reason="誤り", second_person="確認 四郎")])
    later = on(office, REVERSED_ON)
    with pytest.raises(RuleViolation, match="既に欠番です"):
        committee.reverse_closed(later, case, REASON, second=second_person())
    with office.store.sessions() as session:
        assert session.scalars(select(DecisionReversal)).all() == []
        assert session.scalars(select(Letter).where(Letter.replaces_id.is_not(None))).all() == []
    assert register.as_of(later, REVERSED_ON).rows[0].standing == "valid"

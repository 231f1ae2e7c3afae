"""欠格事由の証拠と照会：日付のある申告・照会と答え・書類。中身は理由を書いて開き、開いたことが残る。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.domain.access import Role
from app.domain.errors import AccessDenied, RuleViolation
from app.services import audit_log, committee, intake
from app.services.committee.cases import ConvictionForm
from app.services.committee.evidence import EvidenceForm
from app.services.office import Office
from app.services.views.committee import GroundView
from database.store import Store
from tests.factories import as_role, make_office, person
from tests.scans import scan_file
from tests.services.committee_scene import HELD_ON, SECOND, Scene, entries, last_entry, person_of, sitting

SECRET = "髄膜腫の手術の後"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=HELD_ON)


@pytest.fixture
def scene(office: Office) -> Scene:
    return Scene(office, [person("甲 一"), person("乙 二")])


def grounds(scene: Scene, case: int = 0) -> dict[str, GroundView]:
    return {g.ground: g for g in scene.case(case).grounds}


def inquiry(ground: str = "u", **values: object) -> EvidenceForm:
    form = EvidenceForm(ground, "inquiry", date(2026, 3, 1), "見本市長（本籍地）", date(2026, 3, 31))
    return replace(form, **values)  # type: ignore[arg-type]


def test_an_inquiry_that_waits_keeps_the_ground_unconfirmed_and_the_answer_settles_it(scene: Scene) -> None:
    case = scene.cases[0]
    assert grounds(scene)["u"].computed == "clear"
    asked = committee.record_evidence(scene.office, case, inquiry())
    found = grounds(scene)["u"]
    assert (found.computed, found.sentence) == (
        "unconfirmed",
        "照会の答えを待っています（見本市長（本籍地））。",
    )
    assert [(e.title, e.waits, e.due_on) for e in found.evidence] == [
        ("照会（見本市長（本籍地））", True, date(2026, 3, 31))
    ]
    committee.answer_inquiry(scene.office, asked, date(2026, 3, 15), "clear", "犯罪人名簿に記載なし")
    found = grounds(scene)["u"]
    assert (found.computed, found.evidence[0].answered_on, found.evidence[0].waits) == (
        "clear",
        date(2026, 3, 15),
        False,
    )
    with pytest.raises(RuleViolation, match="答えを待っている照会ではありません"):
        committee.answer_inquiry(scene.office, asked, date(2026, 3, 16), "applies")


def test_an_answer_that_points_to_the_ground_is_asked_for_the_record_of_the_sentence(scene: Scene) -> None:
    form = inquiry(answered_on=date(2026, 3, 10), points_to="applies")
    committee.record_evidence(scene.office, scene.cases[0], form)
    found = grounds(scene)["u"]
    assert (found.computed, found.sentence) == (
        "unconfirmed",
        "証拠は該当することを示していますが、裁判の記録がありません。",
    )
    record = ConvictionForm("other", "imprisonment", date(2025, 1, 1))
    committee.record_conviction(scene.office, person_of(scene), record)
    assert grounds(scene)["u"].computed == "applies"


def test_a_dated_declaration_settles_a_ground_that_the_application_left_unanswered(office: Office) -> None:
    scene = Scene(office, [person("甲 一")], immigration_declared=None)
    assert grounds(scene)["i"].computed == "unconfirmed"
    form = EvidenceForm("i", "declaration", date(2026, 3, 5), points_to="clear")
    made = committee.record_evidence(office, scene.cases[0], form)
    assert grounds(scene)["i"].computed == "clear"
    committee.withdraw_evidence(office, made, "別の人の誓約書")
    found = grounds(scene)["i"]
    assert (found.computed, found.evidence[0].withdrawn_reason) == ("unconfirmed", "別の人の誓約書")
    with pytest.raises(RuleViolation, match="取り下げられています"):
        committee.withdraw_evidence(office, made, "もう一度")


def test_mental_impairment_is_never_computed_whatever_the_evidence_points_to(scene: Scene) -> None:
    for points in ("clear", "applies"):
        form = EvidenceForm("a", "document", HELD_ON, points_to=points, words=SECRET)
        committee.record_evidence(scene.office, scene.cases[0], form)
        assert grounds(scene)["a"].computed == "unconfirmed"
    committee.confirm_ground(scene.office, scene.cases[0], "a", "clear")
    assert (grounds(scene)["a"].confirmed_by, grounds(scene)["a"].confirmed_at) == (
        "事務 花子",
        scene.office.now(),
    )


def test_new_evidence_after_the_confirmation_must_be_confirmed_again(scene: Scene) -> None:
    scene.clear(0)
    assert not any(g.stale for g in scene.case(0).grounds)
    committee.record_evidence(scene.office, scene.cases[0], EvidenceForm("a", "document", HELD_ON))
    assert all(g.stale for g in scene.case(0).grounds)


def test_the_contents_open_only_with_a_reason_that_is_logged_and_never_in_the_words_of_the_log(
    scene: Scene, tmp_path: Path
) -> None:
    office, scan = scene.office, scan_file(tmp_path, "診断書.pdf")
    form = EvidenceForm("a", "document", HELD_ON, words=SECRET)
    made = committee.record_evidence(office, scene.cases[0], form, scan)
    listed = committee.list_evidence(office, scene.cases[0])
    assert (listed[0].has_scan, SECRET in str(listed), SECRET in str(scene.case(0))) == (True, False, False)
    before = entries(office)
    with pytest.raises(RuleViolation, match="開く理由が空です"):
        committee.open_evidence(office, made, "")
    assert entries(office) == before
    opened = committee.open_evidence(office, made, "アの判断のため")
    assert (opened.words, opened.file_name, opened.scan) == (SECRET, "診断書.pdf", scan.read_bytes())
    entry = last_entry(office)
    assert (entry.action, entry.summary, entry.reason) == (
        "committee.open_evidence",
        "欠格事由アの証拠（書類）を閲覧",
        "アの判断のため",
    )
    assert SECRET not in str(audit_log.read(office))


def test_the_scan_of_evidence_is_not_among_the_documents_of_the_application(
    scene: Scene, tmp_path: Path
) -> None:
    office = scene.office
    form = EvidenceForm("a", "document", HELD_ON)
    committee.record_evidence(office, scene.cases[0], form, scan_file(tmp_path, "診断書.pdf"))
    assert intake.list_documents(office, scene.applications[0]) == ()
    for act in (
        lambda: intake.read_document(office, 1),
        lambda: intake.remove_document(office, 1, "誤り"),
        lambda: intake.replace_document(office, 1, scan_file(tmp_path)),
    ):
        with pytest.raises(RuleViolation, match="審査会議で、理由を書いて"):
            act()
    compared = intake.compare_people(office, person_of(scene), person_of(scene, 1))
    assert "診断書" not in str(compared)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (EvidenceForm("x", "document", HELD_ON), "事由はア〜エ"),
        (EvidenceForm("a", "rumour", HELD_ON), "事由はア〜エ"),
        (EvidenceForm("a", "document", HELD_ON, points_to="perhaps"), "該当する・該当しない"),
        (EvidenceForm("u", "inquiry", HELD_ON), "宛先が空"),
        (EvidenceForm("a", "document", HELD_ON, due_on=HELD_ON), "照会だけに記します"),
        (inquiry(points_to="clear"), "答えを受けていない照会"),
        (EvidenceForm("a", "document", date(2026, 3, 21)), "今日より後"),
        (inquiry(due_on=date(2026, 2, 28)), "照会した日より前"),
        (inquiry(answered_on=date(2026, 2, 28)), "照会した日より前か、今日より後"),
        (inquiry(answered_on=date(2026, 3, 21)), "照会した日より前か、今日より後"),
    ],
)
def test_evidence_that_cannot_be_is_refused_and_leaves_nothing(
    scene: Scene, form: EvidenceForm, words: str
) -> None:
    before = entries(scene.office)
    with pytest.raises(RuleViolation, match=words):
        committee.record_evidence(scene.office, scene.cases[0], form)
    assert (committee.list_evidence(scene.office, scene.cases[0]), entries(scene.office)) == ((), before)


def test_a_recused_member_neither_lists_nor_opens_the_evidence_and_another_member_does(scene: Scene) -> None:
    office, case = scene.office, scene.cases[0]
    made = committee.record_evidence(office, case, EvidenceForm("a", "document", HELD_ON, words=SECRET))
    committee.confirm_recusal(office, case, scene.members[1], ground="親族")
    recused, other = sitting(office, scene.members[1]), sitting(office, scene.members[2])
    for act in (
        lambda: committee.list_evidence(recused, case),
        lambda: committee.open_evidence(recused, made, "審査のため"),
        lambda: committee.read_convictions(recused, case, "審査のため"),
    ):
        with pytest.raises(AccessDenied, match="回避している"):
            act()
    assert committee.open_evidence(other, made, "審査のため").words == SECRET
    with pytest.raises(AccessDenied):
        committee.record_evidence(other, case, EvidenceForm("a", "document", HELD_ON))
    with pytest.raises(AccessDenied):
        committee.open_evidence(as_role(office, Role.AUDITOR), made, "監査のため")


def test_the_law_and_the_penalty_stand_nowhere_outside_the_door(scene: Scene, tmp_path: Path) -> None:
    """審査の紙・資料・議事録・投影が読むものに、罪の区分と刑は出ず、計算だけが出る。"""
    office = scene.office
    record = ConvictionForm("immigration", "fine", date(2024, 1, 1), date(2024, 2, 28), source="判決謄本")
    committee.record_conviction(office, person_of(scene), record)
    found = grounds(scene)["i"]
    assert (found.computed, found.sentence) == (
        "clear",
        "記録1：令和6年2月28日執行終了 → 令和8年2月28日で経過済み（初日不算入）。認証予定日には該当しません。",
    )
    scene.seat(0, 1, 2)
    for case in range(2):
        scene.carry(case)
    written = tmp_path / "資料.pdf"
    committee.write_materials(office, scene.meeting, written)
    scene.close(SECOND)
    minutes = tmp_path / "議事録.pdf"
    committee.write_minutes(office, scene.meeting, minutes)
    shown = [str(scene.case(0)), str(committee.minutes_paper(office, scene.meeting))]
    for path in (written, minutes):
        with pypdfium2.PdfDocument(path) as book:
            shown.append("".join(page.get_textpage().get_text_range() for page in book))
    told = [word for word in ("入管法・罰金", "罰金：", "判決謄本") if any(word in text for text in shown)]
    assert told == []
    opened = committee.read_convictions(office, scene.cases[0], "照らし合わせのため")
    assert [(c.law, c.penalty, c.source) for c in opened] == [("immigration", "fine", "判決謄本")]

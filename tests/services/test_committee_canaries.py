"""回避した委員には、その人の何も見えない：読む関数のすべてを回り、名と番号の canary を探す。"""

import inspect
import typing
from dataclasses import is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from app.documents.materials import MaterialsPaper, render_materials
from app.documents.minutes import MinutesPaper, render_minutes
from app.domain.access import TABLE, Role
from app.domain.errors import RuleViolation
from app.services import accounts, committee, scoring
from app.services.committee.agenda import ItemForm
from app.services.committee.cases import ConvictionForm
from app.services.committee.evidence import EvidenceForm
from app.services.office import Actor, Office, PasswordCost
from database.schema.certificates import Certification
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.renewal import Revocation
from database.schema.scoring import AnswerScan, AnswerSheet, CertificationTest, Question
from database.store import Store
from tests.factories import change, insert, make_actor, make_certifications, make_office, person
from tests.scans import scan_file
from tests.services.committee_scene import HELD_ON, SECOND, Scene, person_of
from tests.services.test_access_table import FUNCTIONS, ROOM_WORDS, TIMES, WORDS, value_for

NAME, READING, PLACE = "金糸雀 鳴子", "カナリヤ ナキコ", "カナリヤ島役場"
NUMBER = 7391
SECRETS = ("金糸雀", "カナリヤ", f"{NUMBER:04d}", "鳥籠")
PASSWORD = "確認のための言葉です"

# 委員の役割で変えるだけの関数。増えたら、読むほうかここかに置く
ACTS = {
    "accounts.change_password",
    "accounts.sign_out",
    "committee.record_declaration",
    "committee.record_votes",
    "drafts.count",
    "drafts.drop",
    "drafts.find",
    "drafts.keep",
    "maintenance.back_up_automatically",
    "scoring.approve_bank_version",
    "scoring.mark_written",
    "scoring.remark_bank_version",
    "scoring.return_bank_version",
}
# 委員の役割で読むもの
READS = {
    "committee.get_case",
    "committee.get_meeting",
    "committee.list_agenda",
    "committee.list_declarations",
    "committee.list_evidence",
    "committee.list_meetings",
    "committee.list_members",
    "committee.minutes_paper",
    "committee.open_evidence",
    "committee.read_convictions",
    "intake.find_cohort",
    "intake.list_cohorts",
    "scoring.list_bank",
    "scoring.marking_desk",
    "scoring.marking_tests",
    "scoring.read_scans",
    "settings.get",
    "settings.list_readings",
}
# 委員でない口座が委員と結ばれたとしても、除くことを守るもの
VEILED = {
    "audit_log.read",
    "committee.list_conflicts",
    "committee.list_result_letters",
    "committee.materials_paper",
    "committee.preview_certification_day",
    "home.recent",
    "home.tasks",
    "search.find",
}


class Cage:
    """canary の人の案件のある会議。委員 2 は回避し、委員 3 はしていない。どちらも口座でサインインする。"""

    def __init__(self, office: Office, folder: Path) -> None:
        people = [person(NAME, READING, affiliation=PLACE), person("乙 二")]
        self.office = office
        self.scene = scene = Scene(office, people)
        change(office, Application, scene.applications[0], reception_number=NUMBER)
        (self.test,) = insert(
            office,
            [CertificationTest(cohort_id=scene.cohort, title="試験", held_on=HELD_ON, marking_gap=2)],
        )
        question = {"number": 1, "subject_group": "A", "kind": "written", "points": 5, "key": []}
        insert(office, [Question(certification_test_id=self.test, **question)])
        self.sheets = insert(
            office,
            [
                AnswerSheet(certification_test_id=self.test, application_id=a, answers={})
                for a in scene.applications
            ],
        )
        content = "鳥籠".encode()
        values = {"position": 1, "file_name": "x.png", "media_type": "image/png", "received_on": HELD_ON}
        insert(office, [AnswerScan(answer_sheet_id=self.sheets[0], content=content, **values)])
        committee.record_conviction(
            office, person_of(scene), ConvictionForm("other", "fine", date(2020, 1, 1), source="鳥籠の記録")
        )
        form = EvidenceForm("a", "inquiry", HELD_ON, "カナリヤ島の医師", None, HELD_ON, "clear", "鳥籠の所見")
        self.evidence = committee.record_evidence(office, scene.cases[0], form, scan_file(folder))
        self._revocation()
        scene.seat(0, 1, 2, 3)
        committee.record_declaration(
            office, scene.meeting, scene.members[1], [scene.cases[0]], item_ids=[self.item], words="いとこ"
        )
        committee.record_declaration(office, scene.meeting, scene.members[2], words=f"{NAME}さんとは面識のみ")
        committee.set_remarks(office, scene.meeting, f"{NAME}さんについて質疑があった。")
        committee.set_text_blocks(office, scene.meeting, {"discussion": "金糸雀鳴子の件を審議した。"})
        self._accounts()

    def _revocation(self) -> None:
        """canary の番号の認証の取消しが、議題にある。"""
        (certification,) = make_certifications(
            self.office, self.scene.cohort, [self.scene.applications[0]], date(2025, 3, 31), meeting_number=9
        )
        change(self.office, Certification, certification, number=f"第R6-1-{NUMBER}号")
        insert(
            self.office,
            [Revocation(certification_id=certification, ground="fraud", opened_on=date(2026, 3, 1))],
        )
        waiting = committee.list_waiting_items(self.office, self.scene.meeting)
        committee.add_agenda_items(
            self.office, self.scene.meeting, tuple(w for w in waiting if w.kind == "revocation")
        )
        (self.item,) = [
            r.id for r in committee.list_agenda(self.office, self.scene.meeting) if r.kind == "revocation"
        ]

    def _accounts(self) -> None:
        admin = replace(self.office, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
        for place, login in ((1, "kaihi"), (2, "shussei")):
            account = accounts.add_account(admin, login, f"委員 {place + 1}", Role.MEMBER, PASSWORD)
            committee.link_account(self.office, self.scene.members[place], account)

    def close(self) -> None:
        """回避した委員を除いて議決し、閉じる。"""
        scene = self.scene
        committee.decide_item(self.office, self.item, ItemForm("deferred", (3, 0, 0), f"{NAME}の弁明を待つ"))
        for case, voters in ((0, (0, 2, 3)), (1, (0, 1, 2, 3))):
            scene.clear(case)
            scene.vote(case, dict.fromkeys(voters, "for"))
            scene.decide(case)
        scene.close(SECOND)

    def sign_in(self, login: str) -> Office:
        """委員本人としてサインインした窓。"""
        mine = replace(self.office, actor=None)
        mine.actor = accounts.sign_in(mine, login, PASSWORD)
        return mine

    def values(self) -> dict[str, object]:
        """引数の名から、canary に触れる値。"""
        scene = self.scene
        return {
            "meeting_id": scene.meeting,
            "case_id": scene.cases[0],
            "cohort_id": scene.cohort,
            "test_id": self.test,
            "sheet_id": self.sheets[0],
            "evidence_id": self.evidence,
            "item_id": self.item,
            "application_id": scene.applications[0],
            "person_id": 1,
            "reason": "審査のため",
            "text": str(NUMBER),
            "day": date(2026, 4, 1),
        }


def pdf_text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as book:
        return "".join(page.get_textpage().get_text_range() for page in book)


def told(value: Any) -> str:
    """返った値の、読めるところのすべて（紙は刷った PDF の字も）。"""
    if isinstance(value, MinutesPaper):
        return str(value) + pdf_text(render_minutes(value))
    if isinstance(value, MaterialsPaper):
        return str(value) + pdf_text(render_materials(value))
    if isinstance(value, bytes):
        return pdf_text(value) if value.startswith(b"%PDF-") else value.decode(errors="replace")
    if isinstance(value, tuple | list | set | frozenset):
        return "\n".join(map(told, value))
    if isinstance(value, dict):
        return "\n".join(f"{told(k)}={told(v)}" for k, v in value.items())
    if is_dataclass(value):
        return "\n".join(told(v) for v in vars(value).values())
    return f"{value:04d}" if isinstance(value, int) else str(value)


def read(cage: Cage, office: Office, name: str, folder: Path) -> str:
    """関数を canary に触れる値で呼び、返ったものか、断りの文を、字にする。"""
    function = FUNCTIONS[name]
    hints, known = typing.get_type_hints(function), cage.values()
    given: dict[str, object] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.name in known:
            given[parameter.name] = known[parameter.name]
        elif parameter.default is inspect.Parameter.empty:
            words = WORDS | TIMES | ROOM_WORDS.get(name, {})
            given[parameter.name] = value_for(hints[parameter.name], parameter.name, folder, words)
    if name == "audit_log.read":
        given.pop("text")
    try:
        return told(function(office, **given))
    except RuleViolation as refusal:
        return str(refusal)


def seen(cage: Cage, office: Office, names: set[str], folder: Path) -> set[str]:
    """canary が出た関数。"""
    texts = {name: read(cage, office, name, folder) for name in sorted(names)}
    return {name for name, text in texts.items() if any(secret in text for secret in SECRETS)}


@pytest.fixture
def cage(store: Store, tmp_path: Path) -> Cage:
    office = make_office(store, Role.MANAGER, today=HELD_ON, name="事務 花子")
    return Cage(replace(office, password_cost=PasswordCost(1, 64)), tmp_path)


def test_every_function_that_a_member_may_call_is_known_as_reading_or_acting() -> None:
    assert {name for name, roles in TABLE.items() if Role.MEMBER in roles} == READS | ACTS
    assert set() == READS & ACTS


def test_no_reading_function_shows_the_canary_to_a_recused_member_and_each_does_to_another(
    cage: Cage, tmp_path: Path
) -> None:
    recused, other = cage.sign_in("kaihi"), cage.sign_in("shussei")
    assert seen(cage, recused, READS, tmp_path) == set()
    open_ = {
        "committee.get_case",
        "committee.get_meeting",
        "committee.list_agenda",
        "committee.list_declarations",
        "committee.list_evidence",
        "committee.list_meetings",
        "committee.open_evidence",
        "committee.read_convictions",
        "scoring.marking_desk",
        "scoring.read_scans",
    }
    assert seen(cage, other, READS, tmp_path) == open_
    cage.close()
    assert seen(cage, recused, READS, tmp_path) == set()
    assert seen(cage, other, READS, tmp_path) == open_ | {"committee.minutes_paper"}


def test_a_changed_name_after_the_closing_does_not_lift_the_veil(cage: Cage, tmp_path: Path) -> None:
    cage.close()
    change(cage.office, Person, person_of(cage.scene), name="改姓 鳴子")
    assert seen(cage, cage.sign_in("kaihi"), {"committee.minutes_paper"}, tmp_path) == set()


def test_search_home_papers_and_the_audit_view_are_veiled_for_whatever_role_the_member_has(
    cage: Cage, tmp_path: Path
) -> None:
    """委員の役割には初めから許さない。読む役割の口座が委員と結ばれても、除く。"""
    recused, other = (
        replace(cage.office, actor=Actor(None, "監査 一", role, "監査 一", cage.scene.members[place]))
        for place, role in ((1, Role.AUDITOR), (2, Role.AUDITOR))
    )
    for stage in ("open", "closed"):
        if stage == "closed":
            cage.close()
        assert seen(cage, recused, VEILED, tmp_path) == set()
        wanted = {"audit_log.read", "search.find", "committee.materials_paper"}
        wanted |= {"committee.list_conflicts"} if stage == "open" else {"committee.list_result_letters"}
        assert wanted <= seen(cage, other, VEILED, tmp_path)
    member = cage.sign_in("kaihi")
    for name in VEILED:
        assert "役割ではこの操作はできません" in read(cage, member, name, tmp_path)


def test_a_recused_member_can_neither_vote_mark_nor_declare_his_way_in(cage: Cage) -> None:
    recused = cage.sign_in("kaihi")
    for act in (
        lambda: committee.record_votes(recused, cage.scene.cases[0], {cage.scene.members[1]: "for"}),
        lambda: scoring.mark_written(recused, cage.sheets[0], 1, 3),
    ):
        with pytest.raises(RuleViolation, match="回避している"):
            act()
    committee.record_declaration(recused, cage.scene.meeting, cage.scene.members[1])
    with pytest.raises(RuleViolation, match="回避している"):
        committee.get_case(recused, cage.scene.cases[0])

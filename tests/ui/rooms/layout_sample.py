"""置き方の試験の見本：部屋ごとの記録と、部屋が出た後の姿。"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from app.domain.abilities import ABILITIES
from app.domain.access import Role
from app.services import certificates, committee, eligibility, intake, scoring, submission
from app.services.office import Office
from app.services.scoring import PassRuleForm, QuestionChange
from database.opening import Store, open_store
from tests.conftest import PASSPHRASE, copy_closed
from tests.factories import as_role, make_actor, make_office
from tests.ui.rooms import after_sample, committee_sample, course_sample
from ui.rooms.certificates.room import CertificatesRoom
from ui.rooms.committee.room import CommitteeRoom
from ui.rooms.progress.room import ProgressRoom
from ui.rooms.renewal.room import RenewalRoom
from ui.rooms.scoring.room import ScoringRoom
from ui.rooms.settings.room import SettingsRoom
from ui.rooms.submission.room import SubmissionRoom
from ui.widgets.room import SplitRoomPage

ISSUED_ON = date(2026, 4, 10)
Made = tuple[Office, int | None]


def _course(store: Store, _folder: Path) -> Made:
    office = make_office(store)
    return office, course_sample.make_course(office)[0]


def _candidates(store: Store, _folder: Path) -> Made:
    office = make_office(store)
    cohort, ids = course_sample.make_candidates(office)
    intake.request_correction(office, ids[1], "実務経験証明書に従業日数がない", date(2026, 2, 24))
    eligibility.decide(office, ids[0], "eligible")
    return office, cohort


def _test(store: Store, _folder: Path) -> Made:
    office = make_office(store)
    cohort, test, _ = course_sample.make_test(office, 12, locked=True)
    rule = PassRuleForm(60, (("A", 4),), correction=-2)
    scoring.adopt_rule(office, test, rule, "第1回認定審査委員会の決定による")
    return office, cohort


def _able(store: Store, _folder: Path) -> Made:
    """設問の測る能力を定めたテスト。"""
    office = make_office(store)
    cohort, test, _ = course_sample.make_test(office, 12)
    names = tuple(ABILITIES)
    able = [replace(q, ability=names[q.number % 4]) for q in course_sample.QUESTIONS]
    scoring.set_questions(office, test, able)
    return office, cohort


def _corrected(store: Store, folder: Path) -> Made:
    """通知書を作った後に基準を採用し直し、一人を合格に加えたテスト。"""
    office, cohort = _test(store, folder)
    test = scoring.list_tests(office, cohort or 0)[0].id
    scoring.make_letters(office, test, folder / "通知.pdf", number="見認第3号")
    second = make_actor(Role.MANAGER, "責任 次郎")
    changed = PassRuleForm(65, (("A", 4),), changes=(QuestionChange(7, "excluded_for_missed"),))
    scoring.adopt_rule(office, test, changed, "問7は正答の誤りのため、誤答者から除く", second=second)
    failed = next(r for r in scoring.score_test(office, test).rows if r.passed is False and r.total)
    scoring.add_passers(office, test, [failed.application_id], "僅差のため", second=second)
    return office, cohort


def _sitting(store: Store, _folder: Path) -> Made:
    """一件を保留し、二件目に票が入り、三件目に利害関係の候補のいる会議。"""
    office = committee_sample.make_manager_office(store)
    cohort, meeting = committee_sample.make_sitting(office)
    cases = committee.get_meeting(office, meeting).cases
    committee_sample.decide(office, cases[0].id, "deferred", "実務経験証明書の確認を待つため")
    committee.confirm_ground(office, cases[1].id, "a", "clear")
    present = committee.get_meeting(office, meeting).present
    committee.record_votes(office, cases[1].id, {m: "for" for m in present[:3]} | {present[3]: "against"})
    return office, cohort


def _closed(store: Store, _folder: Path) -> Made:
    office = committee_sample.make_manager_office(store)
    return office, committee_sample.make_closed(office)[0]


def _issued(store: Store, _folder: Path) -> Made:
    """五人に認定証を交付し、一枚を印刷し、一枚を書き換えた期。"""
    office = replace(committee_sample.make_manager_office(store), today=lambda: ISSUED_ON)
    cohort, _ = committee_sample.make_closed(office)
    rows = certificates.issue(office, cohort, ISSUED_ON)
    certificates.record_print(office, rows[0].id)
    again = rows[1].certification_id
    certificates.reissue(office, again, "rewrite", date(2026, 4, 20), "婚姻による氏名の変更")
    return office, cohort


def _after(store: Store, folder: Path) -> Made:
    """二期分の認証と、送った便。"""
    office = after_sample.make_manager_office(store)
    cohort, first = after_sample.make_after(office)
    submission.make_batch(
        office, folder / "認定者名簿_第1便_20280901.xlsx", after_sample.TODAY.replace(day=1)
    )
    after_sample.revoke(office, first[3])
    return office, cohort


def _administered(store: Store, folder: Path) -> Made:
    office, cohort = _after(store, folder)
    return as_role(office, Role.ADMINISTRATOR), cohort


def _nothing(store: Store, _folder: Path) -> Made:
    return make_office(store), None


DATA: dict[str, Callable[[Store, Path], Made]] = {
    "course": _course,
    "candidates": _candidates,
    "test": _test,
    "able": _able,
    "corrected": _corrected,
    "sitting": _sitting,
    "closed": _closed,
    "issued": _issued,
    "after": _after,
    "administered": _administered,
    "nothing": _nothing,
}


def maker(opened: ExitStack, template: Path, folders: pytest.TempPathFactory) -> Callable[[str], Made]:
    """名の記録を、求められたときに一度だけ作る手。開いたものは opened と共に閉じる。"""
    found: dict[str, Made] = {}

    def make(name: str) -> Made:
        if name not in found:
            folder = folders.mktemp(name)
            path = copy_closed(template, folder / "nintei.db")
            found[name] = DATA[name](opened.enter_context(open_store(path, PASSPHRASE)), folder)
        return found[name]

    return make


def _stay(_page: QWidget) -> None:
    return None


def _row(place: int, page: QWidget) -> None:
    assert isinstance(page, CommitteeRoom | ProgressRoom | RenewalRoom | SubmissionRoom)
    page.table.selectRow(place)


def _page(key: str, page: QWidget) -> None:
    assert isinstance(page, ScoringRoom)
    page.pages.choose(key)


def _abilities(page: QWidget) -> None:
    assert isinstance(page, ScoringRoom)
    page.pages.choose("items")
    page.items.pictures.choose("abilities")


def _ledger(page: QWidget) -> None:
    assert isinstance(page, CertificatesRoom)
    page.list_pane.filters.choose("ledger")


def _section(key: str, page: QWidget) -> None:
    assert isinstance(page, SettingsRoom)
    page.open_section(key)


def _told(page: QWidget) -> None:
    """長い知らせが帯に出ている。"""
    assert isinstance(page, SplitRoomPage)
    page.banner.show_message(
        "NGUYỄN THỊ PHƯƠNG THẢOさんの受験を記録しました。次は、実践の提出物の期限を確かめてください。"
    )


@dataclass(frozen=True)
class Look:
    """一つの部屋の、一つの姿。data は記録の名、after は部屋が出た後の手。"""

    room: str
    data: str
    after: Callable[[QWidget], None] = _stay


LOOKS: dict[str, Look] = {
    "home": Look("home", "course"),
    "home_scored": Look("home", "test"),
    "home_nothing": Look("home", "nothing"),
    "intake": Look("intake", "candidates"),
    "eligibility": Look("eligibility", "candidates"),
    "progress": Look("progress", "course"),
    "progress_practice": Look("progress", "course", partial(_row, 2)),
    "progress_told": Look("progress", "course", _told),
    "scoring": Look("scoring", "test"),
    "scoring_items": Look("scoring", "test", partial(_page, "items")),
    "scoring_person": Look("scoring", "test", partial(_page, "person")),
    "scoring_abilities": Look("scoring", "able", _abilities),
    "scoring_answers": Look("scoring", "test", partial(_page, "answers")),
    "scoring_decisions": Look("scoring", "corrected", partial(_page, "decisions")),
    "scoring_letters": Look("scoring", "corrected", partial(_page, "letters")),
    "committee": Look("committee", "sitting", partial(_row, 1)),
    "committee_deferred": Look("committee", "sitting", partial(_row, 0)),
    "committee_recusal": Look("committee", "sitting", partial(_row, 2)),
    "committee_nothing": Look("committee", "nothing"),
    "certificates": Look("certificates", "closed"),
    "certificates_ledger": Look("certificates", "issued", _ledger),
    "renewal": Look("renewal", "after"),
    "renewal_case": Look("renewal", "after", partial(_row, 2)),
    "register": Look("register", "after"),
    "submission": Look("submission", "after"),
    "submission_sent": Look("submission", "after", partial(_row, 1)),
    "settings_office": Look("settings", "administered", partial(_section, "office")),
    "settings_people": Look("settings", "administered", partial(_section, "people")),
}

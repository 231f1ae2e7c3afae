"""十人の九年：認証・早い更新・遅い更新・失効・改姓・紛失・取消し・欠格・再びの認証・死亡。人はすべて作り物。"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import certificates, committee, renewal
from app.services.certificates.changing import ChangeForm, NameForm
from app.services.committee.cases import DecisionForm
from app.services.office import Actor, Office
from app.services.views.renewal import CertificationRow
from app.workbooks.renewals import RenewalForm, write_renewals
from database.opening import Store
from database.schema.certificates import Certification
from database.schema.committee import Case, Meeting
from database.schema.intake import Application
from tests.factories import eligibility, insert, make_actor, make_cohort, make_office, person
from tests.scans import scan_file
from tests.services.committee_scene import DECLARED, Scene, arrive

NAMES = (
    "常盤 一",
    "早野 二",
    "遅塚 三",
    "失井 四",
    "改田 五",
    "紛谷 六",
    "取木 七",
    "欠端 八",
    "再川 九",
    "没村 十",
)
EVER, EARLY, LATE, LAPSED, RENAMED, LOST, REVOKED, BARRED, AGAIN, DIED = NAMES
# 各年四月一日の状態（令和8年から17年まで）：有効 V・失効 E・取消し R・死亡 D・まだない -
FATES = {
    EVER: "VVVVVVVVVE",
    EARLY: "VVVVVVVVVE",
    LATE: "VVVVVVVVVE",
    LAPSED: "VVVEEEEEEE",
    RENAMED: "VVVVVVVVVV",
    LOST: "VVVVVVEEEE",
    REVOKED: "VVRRRRRRRR",
    BARRED: "VVRRRRRRRR",
    AGAIN: "VRRRRRRRRR",
    DIED: "VVVVVDDDDD",
    f"{AGAIN}（再び）": "----VVVVVV",
}
WORDS = {"V": "valid", "E": "expired", "R": "revoked", "D": "died"}
NEW_NAME = "新里 五"
SECOND = make_actor(Role.MANAGER, "確認 四郎")


@dataclass
class Story:
    """一つの事務局の九年。now の日を進めながら、実際のサービスだけで生きる。"""

    store: Store
    folder: Path
    day: date = date(2026, 3, 20)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = make_office(self.store, Role.MANAGER, today=self.day, name="責任 次郎")
        self.office.today = lambda: self.day
        self.office.now = lambda: datetime.combine(self.day, time(1, 0), UTC)
        people = [
            person(name, birth_date=date(1970, 1, n), address=f"見本市{n}", postal_code="100-0001")
            for n, name in enumerate(NAMES, 1)
        ]
        self.scene = Scene(self.office, people)
        self.scene.seat(0, 1, 2)
        for case in range(len(NAMES)):
            self.scene.carry(case)
        self.scene.close(SECOND)
        self.cohorts = [self.scene.cohort]

    @property
    def second(self) -> Actor:
        """二人目の責任者。"""
        return SECOND

    def to(self, *day: int) -> Office:
        """その日へ進む。戻らない。"""
        moved = date(*day)
        assert moved >= self.day
        self.day = moved
        return self.office

    def row(self, name: str, place: int = 0) -> CertificationRow:
        """その人の（place 番目の）認証。"""
        rows = [r for r in renewal.list_certifications(self.office) if r.person_id == self.person(name)]
        return rows[place]

    def person(self, name: str) -> int:
        """人の id（改姓しても同じ）。"""
        with self.store.sessions() as session:
            application = self.scene.applications[NAMES.index(name)]
            return session.get_one(Application, application).person_id

    def key(self, name: str) -> int:
        """初めの認証の id。"""
        with self.store.sessions() as session:
            number = f"第R7-1-{NAMES.index(name) + 1:04d}号"
            return next(c.id for c in session.query(Certification) if c.number == number)

    def issue(self) -> int:
        """待つ人に交付する。"""
        return len(certificates.issue(self.office, self.cohorts[0], self.day))

    def revoke(self, name: str, opened: date, revoked: date) -> None:
        """調査から取消しまで。通知の手紙を送り、弁明を待ち、認定証の返納を受ける。"""
        office = self.to(opened.year, opened.month, opened.day)
        case = renewal.open_revocation(office, self.key(name), "fraud")
        letter = renewal.make_case_letter(
            office, case, "statement_notice", self.folder / "弁明.pdf", words="証明書の偽り", due_on=revoked
        )
        renewal.record_sent(office, [letter], self.day)
        self.to(revoked.year, revoked.month, revoked.day)
        renewal.record_notice(office, case, opened, "弁明書", statement_on=revoked)
        renewal.revoke(office, case, revoked, "実務経験証明書の偽り", SECOND)
        letter = renewal.make_case_letter(
            office, case, "revocation", self.folder / "取消し.pdf", due_on=date(revoked.year, 12, 28)
        )
        renewal.record_sent(office, [letter], self.day)
        renewal.record_return(office, case, self.day)

    def apply_again(self, name: str, starts: date, held: date, certified: date) -> str:
        """新しい研修期に申し込み、会議にかかる。欠格事由エの計算の結果を返し、そのとおりに議決する。"""
        office = self.office
        cohort = make_cohort(office, 1, starts)
        self.cohorts.append(cohort)
        values = {"received_on": starts, "counter": "municipal", **DECLARED}
        application = Application(cohort_id=cohort, person_id=self.person(name), reception_number=1, **values)
        (key,) = insert(office, [application])
        insert(office, [eligibility(key, day=starts)])
        meeting = Meeting(
            cohort_id=cohort, number=len(self.cohorts), held_on=held, certification_on=certified
        )
        (meeting_id,) = insert(office, [meeting])
        (case,) = insert(office, [Case(meeting_id=meeting_id, application_id=key, position=1)])
        sitting = self.scene.members[:3]
        for member in sitting:
            arrive(office, meeting_id, member, "14:00")
        computed = next(g.computed for g in committee.get_case(office, case).grounds if g.ground == "e")
        for ground in "aiu":
            committee.confirm_ground(office, case, ground, "clear")
        committee.confirm_ground(office, case, "e", computed)
        barred = computed == "applies"
        committee.record_votes(office, case, dict.fromkeys(sitting, "against" if barred else "for"))
        form = (
            DecisionForm("not_certified", reason="欠格事由エに該当") if barred else DecisionForm("certified")
        )
        committee.decide_case(office, case, form)
        committee.close_meeting(office, meeting_id, second=SECOND)
        return computed

    def import_renewals(self, completed: date, *names: str) -> None:
        """更新研修のブックを取り込み、新しい認定証を交付する。"""
        rows = [self.row(n) for n in names]
        path = self.folder / f"更新_{completed.isoformat()}.xlsx"
        write_renewals(path, [RenewalForm(i, r.number, r.name, completed) for i, r in enumerate(rows, 1)])
        done = renewal.import_renewals(self.office, path, all_or_nothing=True)
        assert done.batch_id is not None
        assert self.issue() == len(names)


def year_2026(story: Story) -> None:
    """認証と交付。早い更新。"""
    story.to(2026, 4, 10)
    assert story.issue() == 10
    office = story.to(2026, 6, 15)
    assert renewal.record_renewal(office, story.key(EARLY), date(2026, 6, 1)) == date(2032, 3, 31)
    assert story.issue() == 1
    story.revoke(AGAIN, date(2027, 1, 10), date(2027, 3, 1))


def year_2027(story: Story) -> None:
    """紛失の再交付、二人の取消し、改姓の書換。欠格の人の申込は認定されない。"""
    office = story.to(2027, 5, 10)
    row = certificates.reissue(office, story.key(LOST), "reissue", story.day, "紛失", "old_missing")
    assert row.version == 2
    story.revoke(REVOKED, date(2027, 7, 1), date(2027, 8, 20))
    story.revoke(BARRED, date(2027, 8, 20), date(2027, 9, 1))
    story.to(2027, 10, 5)
    certificates.rewrite(
        office,
        story.key(RENAMED),
        NameForm(name=NEW_NAME),
        date(2027, 9, 20),
        scan_file(story.folder),
        ChangeForm(story.day, "婚姻による改姓", "old_returned", signed_off=True),
    )
    story.to(2028, 3, 20)
    assert story.apply_again(BARRED, date(2027, 8, 1), story.day, date(2028, 3, 31)) == "applies"


def year_2028(story: Story) -> None:
    """波の案内、取込による更新、最後の日の更新。満了の翌日の修了では更新されない。"""
    office = story.to(2028, 10, 2)
    wave = date(2029, 3, 31)
    made = renewal.make_notices(office, wave, 6, story.folder / "案内.pdf")
    assert made.made == 6
    assert NEW_NAME in [r.name for r in renewal.list_notices(office, wave, 6)]
    story.to(2028, 11, 20)
    story.import_renewals(date(2028, 11, 1), EVER, RENAMED, LOST, DIED)
    story.to(2029, 3, 31)
    assert [r.name for r in renewal.list_notices(office, wave, 1)] == [LATE, LAPSED]
    assert renewal.record_renewal(office, story.key(LATE), story.day) == date(2032, 3, 31)
    assert story.issue() == 1


def year_2029(story: Story) -> None:
    """失効した人の遅すぎる修了は断られる。取消しから二年を過ぎた人が、改めて認証される。"""
    office = story.to(2029, 4, 2)
    with pytest.raises(RuleViolation, match="満了日（令和11年3月31日）より後"):
        renewal.record_renewal(office, story.key(LAPSED), date(2029, 4, 1))
    story.to(2030, 3, 20)
    assert story.apply_again(AGAIN, date(2029, 8, 1), story.day, date(2030, 3, 31)) == "clear"
    story.to(2030, 3, 31)
    (row,) = certificates.issue(office, story.cohorts[-1], story.day)
    assert (row.number, row.version) == ("第R11-1-0001号", 1)


def year_2030(story: Story) -> None:
    """死亡。"""
    office = story.to(2030, 7, 1)
    renewal.record_closure(office, story.key(DIED), "died", date(2030, 6, 20), "家族からの届出")


def year_2031(story: Story) -> None:
    """二度目の更新をまとめて記す。一人は更新しない。"""
    office = story.to(2032, 2, 10)
    keys = [story.key(n) for n in (EVER, EARLY, LATE, RENAMED)]
    made = renewal.record_renewals(office, keys, date(2032, 2, 1))
    assert (made.recorded, made.refused) == (4, ())
    assert story.issue() == 4


def year_2032(story: Story) -> None:
    """再び認証された人の、最後の日の更新。"""
    office = story.to(2033, 3, 31)
    again = story.row(AGAIN, 1)
    assert renewal.record_renewal(office, again.certification_id, story.day) == date(2036, 3, 31)
    assert len(certificates.issue(office, story.cohorts[-1], story.day)) == 1


def year_2033(story: Story) -> None:
    """何も起こらない年。"""
    story.to(2034, 3, 31)


def year_2034(story: Story) -> None:
    """一人だけが三度目の更新をする。"""
    office = story.to(2034, 9, 10)
    assert renewal.record_renewal(office, story.key(RENAMED), date(2034, 9, 1)) == date(2038, 3, 31)
    assert story.issue() == 1


YEARS = (
    year_2026, year_2027, year_2028, year_2029, year_2030, year_2031, year_2032, year_2033, year_2034,
)  # fmt: skip
FIRST_OF_APRIL = tuple(date(year, 4, 1) for year in range(2026, 2036))


def expected(story: Story, place: int) -> dict[str, str]:
    """place 番目の四月一日の、認定番号から状態へ。"""
    found = {}
    for order, fate in enumerate(FATES.values()):
        number = "第R11-1-0001号" if order == len(NAMES) else f"第R7-1-{order + 1:04d}号"
        if fate[place] != "-":
            found[number] = WORDS[fate[place]]
    return found

"""二つのプロセスが一つの暗号化ファイルで代わる代わる交付し、一つが途中で殺されても、番号に隙間も重なりもない。"""

import os
import signal
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import certificates, committee
from app.services.committee.cases import DecisionForm
from app.services.office import Office
from database import audit
from database.opening import open_store
from database.schema.certificates import Certificate, Certification
from database.schema.committee import Case, Meeting
from database.store import Store
from tests.conftest import PASSPHRASE, copy_closed
from tests.factories import insert, make_applications, make_office, person
from tests.services.committee_scene import DECLARED, SECOND, Scene, arrive

DAY = date(2026, 4, 10)
ROUNDS, EACH = 6, 3


def office_of(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=DAY)


def decide(scene: Scene, meeting: int, cases: list[int]) -> None:
    """一つの会議の全員を認定する（閉じるのは席が行う）。"""
    office, sitting = scene.office, scene.members[:3]
    for member in sitting:
        arrive(office, meeting, member)
    for case in cases:
        for ground in "aiue":
            committee.confirm_ground(office, case, ground, "clear")
        committee.record_votes(office, case, dict.fromkeys(sitting, "for"))
        committee.decide_case(office, case, DecisionForm("certified"))


def prepare(path: Path, template: Path) -> tuple[int, list[int]]:
    """会議を回の数だけ、閉じる手前まで進めておく。研修期と会議の id を返す。"""
    store = open_store(copy_closed(template, path), PASSPHRASE)
    office = office_of(store)
    scene = Scene(office, [person(f"初回 {n}", birth_date=date(1980, 1, n)) for n in range(1, EACH + 1)])
    decide(scene, scene.meeting, scene.cases)
    meetings = [scene.meeting]
    for turn in range(2, ROUNDS + 1):
        people = [person(f"回{turn} {n}", birth_date=date(1980, turn, n)) for n in range(1, EACH + 1)]
        ids = make_applications(office, scene.cohort, people, **DECLARED)
        made = Meeting(
            cohort_id=scene.cohort, number=turn, held_on=date(2026, 3, 20), certification_on=date(2026, 3, 31)
        )
        (meeting,) = insert(office, [made])
        cases = insert(
            office, [Case(meeting_id=meeting, application_id=a, position=n) for n, a in enumerate(ids, 1)]
        )
        decide(scene, meeting, cases)
        meetings.append(meeting)
    store.close()
    return scene.cohort, meetings


def desk(pipe: Connection, path: Path, cohort: int) -> None:
    """一つの席（プロセス）：言われたとおりに開き、会議を閉じて交付し、閉じる。"""
    store: Store | None = None
    while True:
        order, meeting = pipe.recv()
        try:
            if order == "open":
                store = open_store(path, PASSPHRASE)
                pipe.send("開いた")
            elif order == "stop":
                pipe.send("終わる")
                return
            elif order == "close":
                assert store is not None
                store.close()
                pipe.send("閉じた")
            else:
                assert store is not None
                office = office_of(store)
                committee.close_meeting(office, meeting, second=SECOND)
                if order == "die":
                    office = replace(office, now=_die)
                pipe.send(str(len(certificates.issue(office, cohort, DAY))))
        except RuleViolation as refusal:
            pipe.send(str(refusal))


def _die() -> datetime:
    """交付の取引の終わり、監査記録の時刻を読むところで、このプロセスは殺される。"""
    os.kill(os.getpid(), signal.SIGKILL)
    return datetime.now(UTC)


class Desk:
    """もう一つのプロセスの席への線。"""

    def __init__(self, path: Path, cohort: int) -> None:
        context = get_context("spawn")
        self.pipe, far = context.Pipe()
        self.process: BaseProcess = context.Process(target=desk, args=(far, path, cohort))
        self.process.start()
        far.close()

    def tell(self, order: str, meeting: int = 0) -> str:
        self.pipe.send((order, meeting))
        return str(self.pipe.recv())

    def end(self) -> None:
        if self.process.is_alive():
            self.tell("stop")
        self.process.join()
        self.pipe.close()


def test_two_processes_issue_in_turn_and_one_is_killed_in_the_middle(
    template_database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "nintei.db"
    cohort, meetings = prepare(path, template_database)
    one, two = Desk(path, cohort), Desk(path, cohort)
    assert one.tell("open") == "開いた"
    refused = two.tell("open")
    assert "開いています" in refused
    assert refused.endswith("。")
    assert one.tell("issue", meetings[0]) == str(EACH)
    assert one.tell("close") == "閉じた"
    for turn, seat in ((1, two), (2, one)):
        assert seat.tell("open") == "開いた"
        assert seat.tell("issue", meetings[turn]) == str(EACH)
        assert seat.tell("close") == "閉じた"
    assert two.tell("open") == "開いた"
    with pytest.raises(EOFError):
        two.tell("die", meetings[3])
    two.process.join()
    assert two.process.exitcode == -signal.SIGKILL
    # 殺された席の錠は残らず、交付はなかったことになっている。残りは次の席が一度に交付する
    assert one.tell("open") == "開いた"
    assert one.tell("issue", meetings[4]) == str(2 * EACH)
    assert one.tell("close") == "閉じた"
    three = Desk(path, cohort)
    assert three.tell("open") == "開いた"
    assert three.tell("issue", meetings[5]) == str(EACH)
    assert three.tell("close") == "閉じた"
    for seat in (one, two, three):
        seat.end()
    store = open_store(path, PASSPHRASE)
    with store.sessions() as session:
        serials = session.scalars(select(Certification.serial).order_by(Certification.id)).all()
        numbers = set(session.scalars(select(Certification.number)))
        papers = session.scalars(select(Certificate.certification_id)).all()
    assert serials == list(range(1, ROUNDS * EACH + 1))
    assert numbers == {f"第R7-1-{n:04d}号" for n in serials}
    assert len(papers) == len(set(papers)) == ROUNDS * EACH
    assert audit.verify(store) == []
    store.close()

"""認定番号：庁の番号の取込、落ちても二つの窓が同時でも、隙間も重なりもないこと。"""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.domain.numbering import gaps
from app.services import certificates
from app.services.certificates.assigning import skipped
from app.services.office import Office
from app.workbooks.numbers import NumberForm, write_numbers
from app.workbooks.reading import read_workbook
from database.opening import open_store
from database.schema.certificates import AssignedNumber, Certificate, Certification
from database.schema.people import Person
from database.store import Store
from tests.conftest import PASSPHRASE, copy_closed
from tests.factories import change, make_office, person
from tests.services.committee_scene import Scene, entries, person_of

DAY = date(2026, 4, 10)
BIRTH = date(1980, 1, 2)
NAMES = ("髙橋 一", "乙 二", "丙 三", "丁 四")


def certified(office: Office, count: int = 4) -> Scene:
    people = [person(NAMES[n] if n < 4 else f"人 {n}", birth_date=BIRTH) for n in range(count)]
    found = Scene(office, people)
    found.seat(0, 1, 2)
    for case in range(count):
        found.carry(case)
    found.close()
    return found


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store, Role.MANAGER, today=DAY)


@pytest.fixture
def scene(office: Office) -> Scene:
    return certified(office)


def book(tmp_path: Path, *rows: tuple[int, str, str]) -> Path:
    path = tmp_path / "庁の番号.xlsx"
    write_numbers(path, [NumberForm(0, r, n, BIRTH, number) for r, n, number in rows])
    return path


def agency(count: int = 4) -> tuple[tuple[int, str, str], ...]:
    return tuple((n, NAMES[n - 1], f"入管認-{100 + n:05d}") for n in range(1, count + 1))


def reasons(office: Office, scene: Scene, path: Path) -> list[tuple[str, str]]:
    found = certificates.preview_numbers(office, scene.cohort, path)
    return [(p.column, p.reason) for p in found.errors]


def test_the_agency_s_numbers_are_printed_as_written(office: Office, scene: Scene, tmp_path: Path) -> None:
    result = certificates.import_numbers(office, scene.cohort, book(tmp_path, *agency()))
    assert (result.new, result.changed, result.refused) == (4, 0, 0)
    rows = certificates.issue(office, scene.cohort, DAY)
    assert [(r.number, r.name) for r in rows] == [(number, name) for _, name, number in agency()]
    with office.store.sessions() as session:
        kept = session.execute(select(AssignedNumber.number, AssignedNumber.imported_by)).all()
        assert [tuple(k) for k in kept] == [(number, "事務 花子") for _, _, number in agency()]
        assert session.scalars(select(Certification.serial).order_by(Certification.id)).all() == [1, 2, 3, 4]


def test_nobody_is_issued_while_one_still_lacks_the_agency_s_number(
    office: Office, scene: Scene, tmp_path: Path
) -> None:
    path = book(tmp_path, *agency(3))
    found = certificates.preview_numbers(office, scene.cohort, path)
    assert found.reports == ("番号を待つのに、ファイルにない人がいます：0004 丁 四（1名）。",)
    certificates.import_numbers(office, scene.cohort, path)
    before = entries(office)
    with pytest.raises(
        RuleViolation, match="庁の番号がまだない人がいるため、一枚も交付していません：0004 丁 四"
    ):
        certificates.issue(office, scene.cohort, DAY)
    assert entries(office) == before


def test_two_people_who_changed_places_are_both_named(office: Office, scene: Scene, tmp_path: Path) -> None:
    swapped = [(1, NAMES[1], "A-1"), (2, NAMES[0], "A-2"), (3, NAMES[2], "A-3"), (4, NAMES[3], "A-4")]
    words = "二人が入れ替わっています。どちらの番号かを庁に確かめてください。"
    assert reasons(office, scene, book(tmp_path, *swapped)) == [
        ("氏名", f"受付番号0001（髙橋 一）と0002（乙 二）の{words}"),
        ("氏名", f"受付番号0002（乙 二）と0001（髙橋 一）の{words}"),
    ]


def test_a_number_given_twice_a_stranger_and_a_skipped_number_are_found(
    office: Office, scene: Scene, tmp_path: Path
) -> None:
    rows = [(1, NAMES[0], "A-01"), (2, NAMES[1], "Ａ－０１"), (3, "別 人", "A-03"), (9, "丁 四", "A-06")]
    path = book(tmp_path, *rows)
    found = certificates.preview_numbers(office, scene.cohort, path)
    assert [(p.row, p.column) for p in found.errors] == [(3, "認定番号"), (4, "氏名"), (5, "受付番号")]
    assert found.errors[0].reason == "2行目と同じ認定番号です。二人に同じ番号は付けられません。"
    assert found.reports[0] == (
        "番号が飛んでいます：A-02、A-04、A-05（3個）。抜けた人がいないかを確かめてください。"
    )
    assert skipped(["第1-1号", "第1-4号", "X7"]) == ("第1-2号", "第1-3号")


def test_a_second_file_says_which_numbers_change_hands(office: Office, scene: Scene, tmp_path: Path) -> None:
    certificates.import_numbers(office, scene.cohort, book(tmp_path, *agency()))
    assert certificates.import_numbers(office, scene.cohort, book(tmp_path, *agency())).batch_id is None
    (r1, n1, a1), (r2, n2, a2), *rest = agency()
    path = book(tmp_path, (r1, n1, a2), (r2, n2, a1), *rest)
    found = certificates.preview_numbers(office, scene.cohort, path)
    assert [w.reason for w in found.warnings] == [
        "前に取り込んだ番号が、受付番号0002（乙 二）の人と入れ替わります。",
        "前に取り込んだ番号が、受付番号0001（髙橋 一）の人と入れ替わります。",
    ]
    certificates.import_numbers(office, scene.cohort, path)
    with office.store.sessions() as session:
        old = session.scalars(select(AssignedNumber).where(AssignedNumber.withdrawn_on.is_not(None))).all()
        assert [(o.number, o.withdrawn_reason) for o in old] == [
            (a1, "番号のブックの取り込み直し"),
            (a2, "番号のブックの取り込み直し"),
        ]
    rows = certificates.issue(office, scene.cohort, DAY)
    assert [r.number for r in rows[:2]] == [a2, a1]
    assert reasons(office, scene, book(tmp_path, *agency()))[0] == (
        "認定番号",
        f"既に {a2} で交付してあります。番号は変えられません。",
    )


def test_the_template_lists_those_who_wait_and_comes_back_filled(
    office: Office, scene: Scene, tmp_path: Path
) -> None:
    path = tmp_path / "様式.xlsx"
    assert certificates.write_number_template(office, scene.cohort, path) == 4
    (sheet, *_) = read_workbook(path).sheets
    cells = [tuple(r[:4]) for r in sheet.rows]
    assert [(c[0], c[1]) for c in cells[-4:]] == [(n, NAMES[n - 1]) for n in range(1, 5)]
    assert reasons(office, scene, path) != []


def test_a_number_changed_between_the_preview_and_the_name_is_not_given_to_another(
    office: Office, scene: Scene, tmp_path: Path
) -> None:
    change(office, Person, person_of(scene), name="鈴木 一")
    assert reasons(office, scene, book(tmp_path, *agency())) == [
        ("氏名", "受付番号の人（鈴木 一）と氏名が違います。受付番号を確かめてください。")
    ]


def numbers_of(office: Office) -> list[int]:
    with office.store.sessions() as session:
        return list(session.scalars(select(Certification.serial).order_by(Certification.serial)))


def test_two_windows_issuing_at_once_give_each_person_one_number(office: Office, scene: Scene) -> None:
    ready = threading.Barrier(4)
    outcomes: list[str] = []

    def issue() -> None:
        ready.wait()
        try:
            outcomes.append(str(len(certificates.issue(office, scene.cohort, DAY))))
        except RuleViolation as refusal:
            outcomes.append(str(refusal)[:12])

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcomes) == ["4", *["交付を待つ人がいません。"] * 3]
    assert (numbers_of(office), gaps(numbers_of(office))) == ([1, 2, 3, 4], ())


CHILD = """
import sys
from datetime import date
from pathlib import Path
from app.domain.access import Role
from app.services import certificates
from database.opening import open_store
from tests.factories import make_office
path, passphrase, cohort = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = open_store(path, passphrase)
office = make_office(store, Role.MANAGER, today=date(2026, 4, 10))
print("READY", flush=True)
rows = certificates.issue(office, cohort, date(2026, 4, 10))
print("ACK", len(rows), flush=True)
sys.stdin.read()
"""


def killed(path: Path, cohort: int, delay: float | None) -> bool:
    """別のプロセスで交付し、READY から delay 秒後に（None なら ACK を待って）殺す。ACK を見たか。"""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), PASSPHRASE, str(cohort)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "READY\n"
    seen = ""
    if delay is None:
        seen = child.stdout.readline()
    else:
        time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    seen += child.stdout.read()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        assert pipe is not None
        pipe.close()
    return "ACK" in seen


def after_kill(path: Path, cohort: int, people: int, delay: float | None) -> int:
    """殺した後に開き、すべてか無かであることを確かめ、残りを交付して、最後の数を返す。"""
    acknowledged = killed(path, cohort, delay)
    store = open_store(path, PASSPHRASE)
    try:
        office = make_office(store, Role.MANAGER, today=DAY)
        found = numbers_of(office)
        assert found in ([], list(range(1, people + 1)))
        assert found or not acknowledged
        with store.sessions() as session:
            assert len(session.scalars(select(Certificate.id)).all()) == len(found)
        if not found:
            certificates.issue(office, cohort, DAY)
        return len(numbers_of(office))
    finally:
        store.close()


def made(template: Path, path: Path, people: int) -> int:
    store = open_store(copy_closed(template, path), PASSPHRASE)
    cohort = certified(make_office(store, Role.MANAGER, today=DAY), people).cohort
    store.close()
    return cohort


def test_what_was_acknowledged_is_there_after_a_kill(template_database: Path, tmp_path: Path) -> None:
    path = tmp_path / "n.db"
    cohort = made(template_database, path, 4)
    assert after_kill(path, cohort, 4, None) == 4


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_all_or_nothing_and_no_gap(
    template_database: Path, tmp_path: Path
) -> None:
    whole = 0
    for turn in range(8):
        path = tmp_path / f"{turn}.db"
        cohort = made(template_database, path, 12)
        assert after_kill(path, cohort, 12, 0.02 * turn) == 12
        whole += 1
    assert whole == 8

"""確定・書込み・同期・改名のどこで止まっても、半端なものは残らず、確定したと言ったものは残る。"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.access import Role
from app.services import accounts, maintenance
from app.services.office import PasswordCost
from app.workbooks.applicants import ApplicantForm, write_applicants
from app.workbooks.reading import read_workbook
from database.backup import restore
from database.opening import open_store
from tests.cli.test_exchange import HANAKO, PASSWORD, TARO
from tests.conftest import PASSPHRASE, copy_closed
from tests.factories import make_cohort, make_office
from tests.faults import POINTS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL のある所で試す")

NEW = "止まっても開く新しい合言葉"
ROOT = Path(__file__).parents[2]
PEOPLE: tuple[ApplicantForm, ...] = (HANAKO, TARO)
OPERATIONS = {
    "import": ["import", "applicants", "people.xlsx", "--cohort", "R7-1"],
    "backup": ["backup", "copy.db"],
    "rekey": ["rekey", "--new-passphrase-file", "new"],
    "template": ["template", "applicants", "blank.xlsx"],
}
USERS = {"import": "tanto", "template": "tanto"}


@pytest.fixture
def desk(template_database: Path, tmp_path: Path) -> Path:
    """担当と管理者と研修期のある、閉じたデータベースのフォルダー。"""
    path = copy_closed(template_database, tmp_path / "nintei.db")
    with open_store(path, PASSPHRASE) as store:
        office = make_office(store, Role.ADMINISTRATOR)
        office.password_cost = PasswordCost(1, 64)
        for login, role in (("kanri", Role.ADMINISTRATOR), ("tanto", Role.CLERK)):
            accounts.add_account(office, login, login, role, PASSWORD)
        make_cohort(office)
    write_applicants(tmp_path / "people.xlsx", PEOPLE)
    for name, words in (("phrase", PASSPHRASE), ("password", PASSWORD), ("new", NEW)):
        (tmp_path / name).write_text(words, encoding="utf-8")
    return tmp_path


def run(desk: Path, operation: str, fault: str) -> subprocess.CompletedProcess[str]:
    arguments = ["--database", "nintei.db", "--passphrase-file", "phrase", "--ack"]
    arguments += ["--user", USERS.get(operation, "kanri"), "--password-file", "password"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NINTEI_FAULT": fault}
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", *OPERATIONS[operation], *arguments],
        cwd=desk,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def held(desk: Path, acknowledged: bool) -> None:
    """開き直して確かめる：申込は全員か、確定したと言われていなければ一人もない。最後の名のあるものは完全である。"""
    secret = PASSPHRASE
    if (desk / "nintei.db.keys").read_bytes() != (desk / "keys.before").read_bytes():
        secret = NEW
    with open_store(desk / "nintei.db", secret) as store:
        assert maintenance.check(make_office(store, Role.ADMINISTRATOR)) == ()
        assert store.notices == ()
        with store.driver() as driver:
            (count,) = driver.execute("SELECT count(*) FROM application").fetchone()
    if (desk / "copy.db").exists():
        assert restore(desk / "copy.db", secret, desk / "restored.db").exists()
    if (desk / "blank.xlsx").exists():
        assert read_workbook(desk / "blank.xlsx").sheets
    assert count == len(PEOPLE) or (count == 0 and not acknowledged)


def passed(desk: Path, operation: str) -> dict[str, int]:
    """障害なしに行ったとき、点ごとに何度通るか。"""
    done = run(desk, operation, "")
    assert done.returncode == 0, done.stderr
    (seen,) = [line for line in done.stderr.splitlines() if line.startswith("SEEN ")]
    return {point: int(count) for point, _, count in (pair.partition("=") for pair in seen.split()[1:])}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("action", ["kill", "enospc"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_half_done_wherever_a_command_stops(
    desk: Path, operation: str, action: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fresh = tmp_path_factory.mktemp("fresh")
    shutil.copytree(desk, fresh, dirs_exist_ok=True)
    seen = passed(fresh, operation)
    # それぞれの点の、いちばん終わりに通るところ（初めの方はサインインの記録）
    places = [(point, seen[point]) for point in POINTS if seen[point]]
    assert places
    for point, number in places:
        here = tmp_path_factory.mktemp("desk")
        shutil.copytree(desk, here, dirs_exist_ok=True)
        shutil.copyfile(here / "nintei.db.keys", here / "keys.before")
        done = run(here, operation, f"{point}#{number}:{action}")
        assert "Traceback" not in done.stderr
        assert (done.returncode == -9) == (action == "kill"), (point, number, done.stderr)
        held(here, operation == "import" and "ACK " in done.stdout)


def test_the_variable_does_nothing_without_the_plug_in(desk: Path) -> None:
    arguments = ["template", "applicants", "blank.xlsx"]
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=desk,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NINTEI_FAULT": "rename.before:kill"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, (desk / "blank.xlsx").exists()) == (0, True)


def test_the_program_itself_knows_no_fault() -> None:
    files = [file for folder in ("app", "database", "ui") for file in (ROOT / folder).rglob("*.py")]
    assert [file for file in files if "NINTEI_FAULT" in file.read_text("utf-8")] == []
    assert "tests" not in (ROOT / "build.spec").read_text("utf-8").replace("pytest", "")

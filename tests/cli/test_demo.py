"""見本の一期：名簿・関門の人数・書いたもの・同じ種。"""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.cli.demo.applicants import FATES, make_applicants
from app.cli.demo.careers import DOUBTFUL, GOOD, STARTS_ON
from app.cli.demo.command import play
from app.cli.demo.stage import PASSPHRASE, PASSWORD, Stage
from app.domain.errors import RuleViolation
from app.services import accounts, certificates, eligibility, maintenance, register
from app.services.office import Office
from app.workbooks.applicants import parse_applicants
from app.workbooks.reading import read_workbook
from database import audit
from database.digests import watched_tables
from database.opening import open_store

pytestmark = pytest.mark.xdist_group("demo")
PEOPLE = 60


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """60人の見本を一度だけ通す。"""
    return play(tmp_path_factory.mktemp("demo") / "見本", PEOPLE, 1)


@pytest.fixture
def office(stage: Stage) -> Office:
    """書いたデータベースを、見本の最後の日に、担当として開き直したもの。"""
    opened = maintenance.open_office(stage.folder / "nintei.db", PASSPHRASE, today=stage.clock.today)
    accounts.sign_in(opened, "tanto", PASSWORD)
    return opened


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    assert make_applicants(80, 7) == make_applicants(80, 7)
    assert make_applicants(80, 7) != make_applicants(80, 8)


def test_sixty_people_take_every_career_and_every_fate() -> None:
    people = make_applicants(PEOPLE, 1)
    careers = [p.career for p in people]
    assert all(c in careers for c in (*GOOD, *DOUBTFUL))
    assert {p.fate for p in people} == {*FATES, ""}


def test_each_gate_lets_through_as_many_as_the_next_one_receives(stage: Stage) -> None:
    n = stage.counts
    assert n["受付"] == PEOPLE
    assert n["断った行"] == 1
    assert n["受講資格あり"] + n["受講資格なし"] + n["補正待ち"] == PEOPLE
    assert n["養成課程① 修了"] == n["受講資格あり"] - n["受講前の辞退"] - 1  # 三度とも届かなかった人
    assert n["実践 修了"] == n["養成課程① 修了"] - n["辞退扱い"]
    assert n["養成課程② 修了"] == n["実践 修了"] - 1  # 集合研修を休んだ人
    assert n["修了認定テスト 受験"] == n["養成課程② 修了"] - 1  # テストを休んだ人
    assert n["修了認定テスト 合格"] == n["修了認定テスト 受験"] - 2  # 合格点と、科目群の最低点に届かない人
    assert n["議案"] == n["修了認定テスト 合格"]
    assert n["認定"] + n["不認定"] + n["保留"] + n["条件付き"] == n["議案"]
    assert n["認定証"] == n["認定"] == n["名簿"] == n["提出 第1便"]
    assert n["提出 第2便"] == n["更新"] + n["取消し"] + n["返納"] + n["死亡"] == 5


def test_every_finding_of_eligibility_occurs_met_not_met_and_unconfirmed(
    stage: Stage, office: Office
) -> None:
    rows = eligibility.list_findings(office, 1)
    found = {
        (f.requirement.split(" ")[0], str(f.status))
        for row in rows
        for f in eligibility.get_finding(office, row.application_id).findings
    }
    office.close()
    names = ("現在の従事場所", "窓口の要件", "在職期間", "従業日数", "国家資格による免除")
    assert {(n, s) for n in names for s in ("met", "not_met", "unconfirmed")} - found == set()


def test_everything_written_is_there_and_the_named_files_are_where_the_reader_looks(stage: Stage) -> None:
    assert [f for f in stage.files if not (stage.folder / f).stat().st_size] == []
    for name in ("nintei.db", "certificates.pdf", "register.xlsx", "minutes.pdf", "letters.pdf"):
        assert name in stage.files


def test_the_database_opens_again_and_its_chain_holds(stage: Stage, office: Office) -> None:
    assert audit.verify(office.store) == []
    assert maintenance.notices(office) == ()
    office.close()


def test_an_edit_made_straight_in_the_file_is_named_whatever_the_table(stage: Stage, tmp_path: Path) -> None:
    copied = shutil.copytree(stage.folder, tmp_path / "copy") / "nintei.db"
    edited = set()
    with open_store(copied, PASSPHRASE) as store:
        with store.driver() as driver:
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")
            for table in watched_tables(driver):
                row = driver.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]
                if row is not None:
                    described = driver.execute(f"PRAGMA table_info({table})").fetchall()
                    values = {name: kind for _, name, kind, _, _, key in described if not key}
                    column = next((n for n, kind in values.items() if "INT" not in kind), list(values)[-1])
                    new = 999_999 if "INT" in values[column] else "書き換え"
                    driver.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, row))
                    edited.add((table, row))
            driver.commit()
        found = {(b.table, b.row_id) for b in audit.verify(store)}
    assert len(edited) > 25
    assert edited - found == set()


def test_every_certified_name_is_read_back_from_the_paper_as_it_was_typed(
    stage: Stage, office: Office
) -> None:
    names = [row.name for row in certificates.list_ledger(office) if row.version == 1]
    office.close()
    text = subprocess.run(
        ["pdftotext", "-layout", str(stage.folder / "certificates.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    pages = text.split("\f")[:-1]
    assert len(pages) == len(names)
    assert [n for n, page in zip(names, pages, strict=True) if n not in page] == []


def test_every_certificate_is_genuine_except_what_was_later_taken_back(stage: Stage, office: Office) -> None:
    found = certificates.verify_pdf(office, stage.folder / "certificates.pdf", stage.clock.day)
    results = [v.result for v in found]
    office.close()
    assert results.count("revoked") == 1
    assert results.count("genuine") == len(found) - 5
    assert results.count("superseded") == stage.counts["更新"]


def test_the_register_says_who_is_valid_and_who_was_revoked(stage: Stage, office: Office) -> None:
    rows = register.as_of(office, stage.clock.day).rows
    office.close()
    standing = [r.standing for r in rows]
    assert standing.count("revoked") == 1
    assert len(rows) == stage.counts["認定"]


def test_the_workbook_that_went_in_reads_back_as_the_sample_people(stage: Stage) -> None:
    sheet = parse_applicants(read_workbook(stage.folder / "取り込んだブック/申込様式.xlsx"), STARTS_ON)
    assert [f.name for f in sheet.forms][:-1] == [a.form.name for a in make_applicants(PEOPLE, 1)]
    assert len(sheet.forms) == PEOPLE + 1


def test_a_second_demo_into_the_same_folder_is_refused_and_touches_nothing(stage: Stage) -> None:
    before = (stage.folder / "nintei.db").read_bytes()
    with pytest.raises(RuleViolation, match="既にあります"):
        play(stage.folder, 3, 1)
    assert (stage.folder / "nintei.db").read_bytes() == before


@pytest.mark.parametrize("people", [1, 2, 7])
def test_a_small_sample_goes_the_whole_way_too(tmp_path: Path, people: int) -> None:
    counts = play(tmp_path / "small", people, 3).counts
    assert counts["受付"] == people
    assert counts["認定証"] == counts["認定"] >= 1


def test_the_same_seed_writes_the_same_papers_and_the_same_workbooks(tmp_path: Path) -> None:
    first, second = (play(tmp_path / name, 4, 3) for name in ("一つ目", "二つ目"))
    assert (first.counts, first.files) == (second.counts, second.files)
    # データベースと復旧鍵のほかは、監査記録の先頭を刷るものも、一つずつ同じバイトになる
    same = [f for f in first.files if (first.folder / f).read_bytes() == (second.folder / f).read_bytes()]
    assert set(first.files) - set(same) == {"nintei.db", "accounts.txt"}


def test_no_people_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="1以上"):
        play(tmp_path / "none", 0, 1)

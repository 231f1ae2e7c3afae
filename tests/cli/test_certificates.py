"""認定証の検証の命令：PDF・絵・打った文から、真正・取り下げた版・書換えを言う。"""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from app.cli import main as cli
from app.domain.access import Role
from app.services import accounts, certificates
from app.services.office import PasswordCost
from database.opening import open_store
from database.schema.certificates import Certificate
from tests.conftest import PASSPHRASE, copy_closed
from tests.factories import make_actor, make_office, person
from tests.services.committee_scene import Scene

DAY, LATER = date(2026, 4, 10), date(2026, 6, 1)
PASSWORD = "検証のための長い言葉"


@pytest.fixture
def folder(template_database: Path, tmp_path: Path) -> Path:
    """二人に交付し、一人に再交付した事務所。old.png は取り下げた版の絵。"""
    store = open_store(copy_closed(template_database, tmp_path / "nintei.db"), PASSPHRASE)
    office = replace(make_office(store, Role.MANAGER, today=LATER), password_cost=PasswordCost(1, 64))
    admin = replace(office, actor=make_actor(Role.ADMINISTRATOR, "管理 三郎"))
    accounts.add_account(admin, "tantou", "担当 一郎", Role.CLERK, PASSWORD)
    scene = Scene(office, [person("髙橋 一"), person("乙 二", birth_date=date(1981, 1, 2))])
    scene.seat(0, 1, 2)
    for case in range(2):
        scene.carry(case)
    scene.close()
    rows = certificates.issue(office, scene.cohort, DAY, tmp_path / "一冊.pdf")
    certificates.reissue(office, rows[0].certification_id, "reissue", date(2026, 5, 1), "汚損")
    document = pypdfium2.PdfDocument(certificates.page(office, rows[0].id))
    document[0].render(scale=2).to_pil().save(tmp_path / "old.png")
    document.close()
    with store.sessions() as session:
        (tmp_path / "text").write_text(session.get_one(Certificate, rows[1].id).qr_text, "utf-8")
    store.close()
    (tmp_path / "phrase").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    return tmp_path


def verify(folder: Path, what: str, *more: str) -> int:
    common = ["--database", str(folder / "nintei.db"), "--passphrase-file", str(folder / "phrase")]
    who = ["--user", "tantou", "--password-file", str(folder / "password"), *more]
    return cli.run(cli.parse(["certificates", "verify", what, *common, *who]))


def test_a_pdf_a_picture_and_a_text_are_verified_as_of_a_day(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = ("--as-of", "R8.6.1")
    assert verify(folder, str(folder / "一冊.pdf"), *day) == 1
    assert capsys.readouterr().out.splitlines() == [
        "第R7-1-0001号 取り下げた版です。真正でしたが、いまは使えません"
        "（令和8年5月1日　再交付により第2版に替えた）",
        "第R7-1-0002号 真正で有効です",
    ]
    assert verify(folder, str(folder / "old.png"), "--as-of", "R8.4.30", "--json") == 0
    assert json.loads(capsys.readouterr().out)["certificates"] == [
        {"number": "第R7-1-0001号", "result": "genuine", "name": "髙橋 一", "version": 1, "detail": ""}
    ]
    text = (folder / "text").read_text("utf-8")
    assert verify(folder, text, *day) == 0
    assert capsys.readouterr().out == "第R7-1-0002号 真正で有効です\n"
    assert verify(folder, text[:-3] + "AAA", *day) == 1
    assert "書き換えられているか" in capsys.readouterr().out

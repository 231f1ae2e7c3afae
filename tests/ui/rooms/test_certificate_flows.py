"""一人の認定証が、再交付・書換・訂正を順に通る：窓で一度ずつ行い、前の版は交付したときのまま残る。"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from app.services import certificates
from app.services.office import Office
from app.services.views.certificates import CertificateRow
from database.opening import Store
from tests.ui.rooms.committee_sample import make_closed, make_manager_office
from tests.ui.rooms.test_certificate_desk import dialog_of, on_ledger
from tests.ui.shots import shot
from ui.background import Background
from ui.rooms.certificates.changing import ChangeDialog, CorrectionDialog, ReissueDialog, RewriteDialog
from ui.rooms.certificates.room import CertificatesRoom
from ui.rooms.context import RoomContext

DAY = date(2026, 4, 10)
NEW = "鈴木 健太郎"


class Clock:
    """動く今日。"""

    def __init__(self) -> None:
        self.day = DAY


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(store: Store, clock: Clock) -> Office:
    return replace(make_manager_office(store), today=lambda: clock.day)


@pytest.fixture
def room(qtbot: QtBot, office: Office, background: Background) -> CertificatesRoom:
    cohort, _ = make_closed(office)
    certificates.issue(office, cohort, DAY)
    made = CertificatesRoom(RoomContext(office, background, cohort))
    qtbot.addWidget(made)
    made.resize(1180, 680)
    made.show()
    return made


def finish(room: CertificatesRoom, dialog: ChangeDialog, picture: str) -> CertificateRow:
    """絵を残して行い、できた版を返す。"""
    shot(dialog, f"認定証_{picture}_窓")
    dialog.submit()
    assert dialog.made is not None
    assert room.banner.text == f"{dialog.made.number}の第{dialog.made.version}版（{picture}）を作りました。"
    shot(room, f"認定証_{picture}_後")
    return dialog.made


def reissue(room: CertificatesRoom) -> CertificateRow:
    room.sheet.reissue()
    dialog = dialog_of(room, ReissueDialog)
    dialog.reason.setText("届出による")
    return finish(room, dialog, "再交付")


def rewrite(room: CertificatesRoom, qtbot: QtBot, document: Path) -> CertificateRow:
    Image.new("L", (60, 40), 200).save(document)
    room.sheet.rewrite()
    dialog = dialog_of(room, RewriteDialog)
    dialog.name.setText(NEW)
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull() and dialog.paper.height() > 40)
    dialog.changed_on.edit.setText("R8.5.20")
    dialog.attach(document)
    dialog.reason.setText("婚姻による氏の変更")
    dialog.signed_off.setChecked(True)
    return finish(room, dialog, "書換")


def correct(room: CertificatesRoom, qtbot: QtBot) -> CertificateRow:
    room.sheet.correct()
    dialog = dialog_of(room, CorrectionDialog)
    dialog.birth_date.edit.setText("S60.1.3")
    dialog.reason.setText("生年月日の打ち誤り")
    qtbot.waitUntil(lambda: not dialog.paper.image.isNull() and dialog.paper.height() > 40)
    dialog.signed_off.setChecked(True)
    return finish(room, dialog, "訂正")


def test_a_reissue_a_rewrite_and_a_correction_follow_one_another_in_the_window(
    qtbot: QtBot, room: CertificatesRoom, office: Office, clock: Clock, tmp_path: Path
) -> None:
    on_ledger(room)
    first = room.sheet.certificate
    assert first is not None
    papers = {first.id: certificates.page(office, first.id)}
    made = []
    acts: tuple[tuple[date, Callable[[], CertificateRow]], ...] = (
        (date(2026, 4, 20), lambda: reissue(room)),
        (date(2026, 6, 1), lambda: rewrite(room, qtbot, tmp_path / "戸籍抄本.png")),
        (date(2026, 6, 15), lambda: correct(room, qtbot)),
    )
    for day, act in acts:
        clock.day = day
        row = act()
        papers[row.id] = certificates.page(office, row.id)
        made.append((row.version, row.words, row.name, row.issued_on))
    assert made == [
        (2, "再交付", first.name, date(2026, 4, 20)),
        (3, "書換", NEW, date(2026, 6, 1)),
        (4, "訂正", NEW, date(2026, 6, 15)),
    ]
    # 交付した版の紙は、後の版ができても一字も変わらない
    assert {i: certificates.page(office, i) for i in papers} == papers
    assert len(set(papers.values())) == 4
    told = [(r.title, r.version) for r in room.history.rows if r.version is not None]
    assert [t for t in told if t[0] in ("交付", "取下げ")] == [
        ("交付", 1), ("取下げ", 1), ("交付", 2), ("取下げ", 2), ("交付", 3), ("取下げ", 3), ("交付", 4),
    ]  # fmt: skip
    for version, (path, expected) in enumerate(
        zip(papers.values(), ("withdrawn", "withdrawn", "withdrawn", "genuine"), strict=True), 1
    ):
        file = tmp_path / f"{version}.pdf"
        file.write_bytes(path)
        (found,) = certificates.verify_file(office, file, clock.day)
        assert (found.version, found.result) == (version, expected)

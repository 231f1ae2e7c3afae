"""同じ人の記録と証書表記の確認の窓の見本。"""

from collections.abc import Iterable
from datetime import date

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.services import intake
from app.services.office import Office
from app.workbooks.applicant_forms import ApplicantForm
from tests.factories import make_application, make_cohort
from tests.gallery.scene import Scene, WindowFactory
from tests.gallery.scenes_course import context, fresh_office
from ui.rooms.intake.application import SamePersonDialog
from ui.rooms.intake.duplicates import DuplicatesDialog
from ui.rooms.intake.person_merging import MergeDialog
from ui.rooms.intake.signing import SigningDialog

BORN = date(1985, 4, 1)


def sample(office: Office) -> int:
    """二つに分かれた一人と、似た人と、字の難しい人。返すのは今の研修期。"""
    earlier, cohort = make_cohort(office, 1, date(2023, 8, 1)), make_cohort(office, 2)
    make_application(
        office, earlier, "髙橋 花子", reading="タカハシ ハナコ", birth_date=BORN, phone="03-0000-0001",
        affiliation="見本市国際交流協会", address="東京都見本区見本町一丁目2番3号 見本ビル405",
    )  # fmt: skip
    make_application(
        office, cohort, "佐藤 花子", reading="サトウ ハナコ", birth_date=BORN, former_name="髙橋",
        phone="090-1111-2222", email="hanako@example.jp", affiliation="見本県国際交流財団",
    )  # fmt: skip
    make_application(office, earlier, "渡邉󠄂 葛󠄀子", reading="ワタナベ カツコ", birth_date=date(1979, 3, 4))
    make_application(office, cohort, "渡邉󠄂 葛󠄀子", reading="ワタナベ カツコ", birth_date=date(1979, 4, 3))
    make_application(office, cohort, "神\ufa19 𠮷雄", reading="ジン ヨシオ", birth_date=date(1990, 1, 1))
    make_application(
        office, cohort, "NGUYỄN THỊ PHƯƠNG THẢO", reading="グエン ティ", certificate_name="グエン\u3000ティ\u3000タオ",
    )  # fmt: skip
    make_application(office, cohort, "見本 𓀀子", reading="ミホン エジコ", birth_date=date(1991, 1, 1))
    return cohort


def _duplicates() -> QWidget:
    office = fresh_office()
    return DuplicatesDialog(None, context(office, sample(office)))


def _merges() -> QWidget:
    office = fresh_office()
    cohort = sample(office)
    intake.unmerge_people(office, intake.merge_people(office, 1, 2, "電話で本人に確認"), "別の人と分かった")
    intake.merge_people(office, 1, 2, "戸籍の写しで確認", ["email"])
    return DuplicatesDialog(None, context(office, cohort))


def _merge() -> QWidget:
    office = fresh_office()
    cohort = sample(office)
    return MergeDialog(None, context(office, cohort), intake.compare_people(office, 1, 2))


def _same_cohort() -> QWidget:
    office = fresh_office()
    cohort = sample(office)
    make_application(office, cohort, "佐藤 華子", reading="サトウ ハナコ", birth_date=BORN)
    return MergeDialog(None, context(office, cohort), intake.compare_people(office, 2, 8))


def _signing() -> QWidget:
    office = fresh_office()
    return SigningDialog(None, context(office, sample(office)), 2)


def _asked() -> QWidget:
    office = fresh_office()
    cohort = make_cohort(office, 3) if sample(office) else 0
    form = ApplicantForm(0, "", "鈴木 花子", BORN, reading="スズキ ハナコ", former_name="佐藤")
    try:
        intake.receive_application(office, cohort, form)
    except intake.LikelyDuplicate as refusal:
        return SamePersonDialog(None, refusal, lambda _id: None, lambda: None)  # type: ignore[arg-type]
    raise AssertionError("似た人がいるのに尋ねられなかった")


def settle(dialog: QWidget) -> None:
    """画面の外の仕事が終わるまで待つ。"""
    for _ in range(200):
        QTest.qWait(20)
        QApplication.processEvents()
        if not dialog._context.background.is_busy:  # type: ignore[attr-defined]
            return


def _second_tab(dialog: QWidget) -> None:
    assert isinstance(dialog, DuplicatesDialog)
    settle(dialog)
    dialog.tabs.setCurrentIndex(1)


def _signed(dialog: QWidget, row: int) -> None:
    assert isinstance(dialog, SigningDialog)
    settle(dialog)
    dialog.table.selectRow(row)
    settle(dialog)


def scenes(_window_factory: WindowFactory) -> Iterable[Scene]:
    """似た記録、これまでの名寄せ、見比べ、まとめられないとき、証書表記の確認、手で入れるときの問い。"""
    yield Scene("people_duplicates", _duplicates, None, after=settle)
    yield Scene("people_merges", _merges, None, after=_second_tab)
    yield Scene("people_merge", _merge, None)
    yield Scene("people_merge_dark", _merge, None, dark=True)
    yield Scene("people_same_cohort", _same_cohort, None)
    yield Scene("people_signing", _signing, None, after=lambda d: _signed(d, 1))
    yield Scene("people_signing_missing", _signing, None, after=lambda d: _signed(d, 4))
    yield Scene("people_asked", _asked, None)

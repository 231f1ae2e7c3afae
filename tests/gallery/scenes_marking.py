"""採点：答案を打つ、記述の採点、答案の写し、問題庫。"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.access import Role
from app.services import scoring
from app.services.office import Office
from app.services.views.scoring_bank import BankForm
from app.services.views.scoring_marking import AnswersTyped
from tests.factories import make_actor, make_meeting
from tests.gallery.scene import Scene, WindowFactory, new_folder
from tests.gallery.scenes_course import context, fresh_office
from tests.ui.rooms.course_sample import QUESTIONS, make_test
from ui.main_window import MainWindow
from ui.rooms.scoring.answers import AnswersPage
from ui.rooms.scoring.bank import ApproveDialog, BankDialog
from ui.rooms.scoring.bank_form import BankFormDialog
from ui.rooms.scoring.entry import EntryDialog
from ui.rooms.scoring.marker import MarkerRoom
from ui.rooms.scoring.room import ScoringRoom
from ui.rooms.scoring.scanning import AttachScansDialog

_READ = 900
TYPIST = make_actor(name="事務 月子")
MEMBERS = (make_actor(Role.MEMBER, "採点 一郎"), make_actor(Role.MEMBER, "採点 二郎"))
# 窓の親は、絵が描かれるまで残しておく
KEPT: list[QWidget] = []


def answer_picture(path: Path, number: int) -> Path:
    """手書きの代わりの線を引いた、答案用紙の写し。"""
    image = Image.new("RGB", (1240, 1754), "#fffef8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 80, 1160, 220), outline="#444", width=3)
    font = ImageFont.load_default(48)
    draw.text((110, 120), f"No. {number:04d}", fill="#222", font=font)
    for n in range(12):
        top = 320 + n * 110
        draw.line((80, top + 80, 1160, top + 80), fill="#bbb", width=2)
        for i in range((number * 7 + n * 5) % 9 + 6):
            x = 100 + i * 70
            draw.arc((x, top + 10, x + 52, top + 66), 20 * n, 200 + 30 * (i % 4), fill="#223", width=4)
    image.save(path)
    return path


def _sat(office: Office, *, typed: int = 9) -> int:
    """二人で採点する、写しの付いたテスト。typed 人まで打たれ、三人が照合済み。"""
    cohort, test, _ = make_test(office, 14)
    scoring.set_questions(
        office,
        test,
        [*QUESTIONS[:-1], replace(QUESTIONS[-1], text="支援の計画を、根拠とともに200字で書きなさい。")],
    )
    scoring.set_marking(office, test, 4)
    folder = new_folder()
    paths = [answer_picture(folder / f"答案{n:02d}.png", n) for n in range(1, typed + 1)]
    files = scoring.read_scan_files(office, paths)
    plan = scoring.plan_scans(office, test, files, 1)
    scoring.attach_scans(office, test, files, plan.shares)
    rows = scoring.answer_grid(office, test).rows
    other = replace(office, actor=TYPIST)
    for row in rows[:3]:
        numbers = dict(row.answers)
        scoring.save_answers(other, test, row, AnswersTyped(row.outcome, numbers))
        now = scoring.answer_grid(office, test).rows[row.reception_number - 1]
        scoring.check_answers(office, test, now, AnswersTyped(row.outcome, numbers))
    for place, marker in enumerate(MEMBERS):
        desk = replace(office, actor=marker)
        items = scoring.marking_desk(desk, test).items
        for n, item in enumerate(items[: 8 - 3 * place]):
            scoring.mark_written(desk, item.sheet_id, 20, 10 + n + place * (6 if n == 2 else 1))
    return cohort


def _wait(page: AnswersPage) -> None:
    """進みが画面の外で読まれるのを待つ。"""
    for _ in range(100):
        if page.overview is not None:
            return
        QTest.qWait(100)


def _page(key: str) -> Callable[[QWidget], None]:
    def after(window: QWidget) -> None:
        assert isinstance(window, MainWindow)
        room = window.room("scoring")
        assert isinstance(room, ScoringRoom)
        room.pages.choose(key)
        _wait(room.page(AnswersPage))

    return after


def _opened(press: Callable[[AnswersPage], object]) -> Callable[[], QWidget]:
    """頁から開く窓。"""

    def make() -> QWidget:
        office = fresh_office()
        room = ScoringRoom(context(office, _sat(office)))
        KEPT.append(room)
        page = room.page(AnswersPage)
        room.pages.choose("answers")
        _wait(page)
        press(page)
        QTest.qWait(_READ)
        (found,) = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.parent() is room]
        return found

    return make


def _view(page: AnswersPage) -> None:
    page.table.selectRow(1)
    page.view_sheet()


def _typing(dialog: QWidget) -> None:
    assert isinstance(dialog, EntryDialog)
    QTest.keyClicks(dialog.grid, "1234")


def _second(dialog: QWidget) -> None:
    """二度目の入力で、違いが二か所見つかったところ。"""
    assert isinstance(dialog, EntryDialog)
    dialog.modes.choose("second")
    for _ in range(100):
        QTest.qWait(100)
        if dialog.model.second:
            break
    QTest.keyClicks(dialog.grid, "2241")
    QTest.keyClick(dialog.grid, Qt.Key.Key_Return)


def _planned(dialog: QWidget) -> None:
    assert isinstance(dialog, AttachScansDialog)
    folder = new_folder()
    dialog.read([answer_picture(folder / f"答案{n:02d}.png", n) for n in range(10, 14)])
    QTest.qWait(_READ)
    dialog.start.setValue(10)
    QTest.qWait(_READ)


def scenes(window: WindowFactory) -> Iterator[Scene]:
    """答案と採点の一枚ずつ。"""

    def page() -> QWidget:
        office = fresh_office()
        return ScoringRoom(context(office, _sat(office)))

    def framed() -> QWidget:
        return window("scoring", "採点", page)

    yield Scene("marking_page", framed, after=_page("answers"))
    yield Scene("marking_page_150", framed, scale=1.5, after=_page("answers"))
    yield Scene("marking_page_dark", framed, dark=True, after=_page("answers"))
    yield Scene("marking_entry", _opened(lambda p: p.enter()), size=None, after=_typing)
    yield Scene("marking_entry_second", _opened(lambda p: p.enter()), size=None, after=_second)
    yield Scene("marking_desk", _opened(lambda p: p.mark()), size=None)
    yield Scene("marking_desk_150", _opened(lambda p: p.mark()), size=None, scale=1.5)
    yield Scene("marking_gap", _opened(lambda p: p.set_gap()), size=None)
    yield Scene("marking_sheet", _opened(_view), size=None)
    yield Scene("marking_scans", _opened(lambda p: p.attach()), size=None, after=_planned)
    yield Scene("marking_room_of_a_member", _marker(window))
    yield from bank_scenes()


_CHOICES = (
    ("ア", "在留カードと旅券で、在留資格と期限を確かめる。"),
    ("イ", "本人の話だけで、在留資格を判断する。"),
    ("ウ", "住民票の続柄から、在留資格を推し量る。"),
    ("エ", "勤め先に電話で、在留資格を尋ねる。"),
)


def _banked(office: Office) -> int:
    """問題庫に、さまざまな状態の問題があり、二問がテストで使われている。"""
    cohort, test, _ = make_test(office, 40)
    manager = replace(office, actor=make_actor(Role.MANAGER, "責任 次郎"))
    texts = (
        "相談者の在留資格を確かめる仕方として、最も適切なものを選びなさい。",
        "文化の違いから生じた行き違いへの対応として、最も適切なものを選びなさい。",
        "面接で問題点を引き出す聴き方として、適切なものをすべて選びなさい。",
        "関係機関へつなぐときに確かめることを、200字以内で述べなさい。",
        "相談の記録の扱いとして、最も適切なものを選びなさい。",
    )
    kinds = ("choice", "choice", "multiple", "written", "choice")
    for n, (text, kind) in enumerate(zip(texts, kinds, strict=True), 1):
        written = kind == "written"
        key = () if written else ("ア", "ウ") if kind == "multiple" else ("ア",)
        choices = () if written else _CHOICES
        group, ability = "BCDEA"[n - 1], ("status", None, "solving", "linking", None)[n - 1]
        form = BankForm(f"{group}-{n:03d}", group, kind, text, 4, choices, key, ability, "講師 甲")
        made = scoring.create_bank_question(office, form)
        version = next(q for q in scoring.list_bank(office) if q.id == made).newest.id
        if n <= 4:
            scoring.submit_bank_version(office, version)
        if n <= 2:
            scoring.remark_bank_version(manager, version, "肢エの言い回しを、ほかの肢に揃えてはどうか。")
            scoring.approve_bank_version(manager, version)
            scoring.place_bank_questions(office, test, [version])
        if n == 1:
            scoring.revise_bank_question(office, made, replace(form, text=f"（改）{text}"))
    return cohort


def _bank(press: Callable[[BankDialog], object] = lambda _dialog: None) -> Callable[[], QWidget]:
    def make() -> QWidget:
        office = fresh_office()
        room = ScoringRoom(context(office, _banked(office)))
        KEPT.append(room)
        room.acts.open_bank()
        dialog = room.findChildren(BankDialog)[0]
        for _ in range(100):
            QTest.qWait(100)
            if dialog.model.rows:
                break
        press(dialog)
        return dialog

    return make


def _uses(dialog: BankDialog) -> None:
    dialog.table.selectRow(2)
    dialog.detail.tabs.choose("uses")


def _form() -> QWidget:
    office = fresh_office()
    _banked(office)
    return BankFormDialog(None, office, scoring.list_bank(office)[1])  # type: ignore[arg-type]


def _approving() -> QWidget:
    """審査に出された問題を、責任者が承認するところ。"""
    office = fresh_office()
    cohort = _banked(office)
    make_meeting(office, cohort)
    manager = replace(office, actor=make_actor(Role.MANAGER, "責任 次郎"))
    question = next(q for q in scoring.list_bank(manager) if q.newest.state == "review")
    parent = QWidget()
    KEPT.append(parent)
    return ApproveDialog(parent, context(manager, cohort), question, question.newest)


def _marker(window: WindowFactory) -> Callable[[], QWidget]:
    """委員の採点の部屋：自分の読む答と問題庫だけ。"""

    def make() -> QWidget:
        office = fresh_office()
        cohort = _sat(office)
        member = replace(office, actor=make_actor(Role.MEMBER, "委員 一子"))
        return window("scoring", "採点", lambda: MarkerRoom(context(member, cohort)))

    return make


def bank_scenes() -> Iterator[Scene]:
    """問題庫の一枚ずつ。"""
    yield Scene("marking_bank_approve", _approving, size=None)
    yield Scene("marking_bank", _bank(), size=None)
    yield Scene("marking_bank_uses", _bank(_uses), size=None)
    yield Scene("marking_bank_150", _bank(), size=None, scale=1.5)
    yield Scene("marking_bank_form", _form, size=None)

"""ある事務局の春を、窓だけで通す：三つの様式の表と四通の申込書から、選考の通知まで。"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot

from app.cli.demo.stage import PASSWORD, Stage, set_stage
from app.domain.calendar import wareki
from app.domain.names import search_key
from app.services import eligibility, intake, search
from app.workbooks.applicant_forms import ApplicantForm
from database import audit
from tests.scans import pdf_bytes, scan_file
from tests.ui import spring_sample as spring
from tests.ui.hands import Hands
from ui.application import Desk
from ui.background import Background
from ui.rooms.eligibility.requesting import RequestDialog
from ui.rooms.eligibility.room import EligibilityRoom
from ui.rooms.eligibility.selecting import SelectionDialog
from ui.rooms.eligibility.workdays import WorkdaysDialog
from ui.rooms.importing import ImportDialog
from ui.rooms.intake.correction_list import CorrectionsDialog, LettersDialog
from ui.rooms.intake.corrections import AnswerDialog
from ui.rooms.intake.dialogs import CohortDialog
from ui.rooms.intake.duplicates import DuplicatesDialog
from ui.rooms.intake.mapping import MappingDialog
from ui.rooms.intake.person_merging import MergeDialog
from ui.rooms.intake.room import IntakeRoom

PEOPLE = spring.applicants()
TODAY = date(2025, 4, 21)
# 様式にない、窓口についての三つの事実は、全員に同じ値とする
EVERYBODY = (
    ("申込者/窓口の種別/0", "地方公共団体"),
    ("申込者/相談対応に従事/0", "はい"),
    ("申込者/窓口の要件/0", "確認済"),
    ("在職歴/窓口の要件/1", "確認済"),
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """前の研修期に二人が別の名で申し込んでいる、事務局のデータベース。"""
    made = set_stage(tmp_path / "office", date(2024, 4, 1))
    try:
        apply_the_year_before(made)
        made.clock.to(TODAY)
        yield made
    finally:
        made.office.close()


def apply_the_year_before(made: Stage) -> None:
    made.office.actor = made.staff["tanto"]
    cohort = intake.create_cohort(
        made.office, intake.CohortForm(1, date(2024, 6, 3), 60, date(2024, 5, 10), date(2025, 1, 25))
    )
    for number, family in spring.FORMER.items():
        a = PEOPLE[number]
        form = ApplicantForm(0, "", f"{family} {a.given[0]}", a.born, f"モト {a.given[1]}", phone=a.phone)
        old = intake.receive_application(made.office, cohort, form)
        intake.withdraw(made.office, old, date(2024, 4, 1), "都合による")


@pytest.fixture
def hands(stage: Stage, qtbot: QtBot) -> Hands:
    """担当としてサインインした机。"""
    desk = Desk(stage.office, Background())
    qtbot.addWidget(desk.window)
    desk.window.resize(1366, 768)
    desk.window.show()
    return Hands(desk, qtbot, stage.folder)


def intake_room(hands: Hands) -> IntakeRoom:
    room = hands.enter("intake")
    assert isinstance(room, IntakeRoom)
    return room


def eligibility_room(hands: Hands) -> EligibilityRoom:
    room = hands.enter("eligibility")
    assert isinstance(room, EligibilityRoom)
    return room


def open_cohort(hands: Hands) -> int:
    room = intake_room(hands)
    room.menu_actions["研修期を作る…"].trigger()
    dialog = hands.dialog(CohortDialog)
    hands.write(dialog.starts, "R7.6.2")
    hands.write(dialog.course2, "R8.1.24")
    dialog.capacity.setValue(60)
    hands.press(dialog, "作る")
    cohort = hands.desk.context.cohort_id
    assert cohort is not None
    return cohort


def take_foreign(hands: Hands, path: Path, name: str, refused: int) -> str:
    """ほかの様式の表を、読み方を決めて取り込む。断られた行は、別のブックに受け取る。"""
    room = intake_room(hands)
    room.import_files([path])
    dialog = hands.dialog(ImportDialog)
    hands.settle()
    hands.press(dialog, "読み方を決める")
    hands.settle()
    mapping = hands.dialog(MappingDialog)
    for key, words in EVERYBODY:
        assert mapping.table.select_key(key)
        assert mapping.fixed.findText(words) > 0
        mapping.fixed.setCurrentIndex(mapping.fixed.findText(words))
        mapping.fixed.activated.emit(mapping.fixed.currentIndex())
    hands.write(mapping.name, name)
    hands.picture(mapping, f"読み方_{path.stem}")
    hands.press(mapping, "保存して読む")
    hands.settle()
    assert len(dialog.problems.rows) >= refused
    hands.picture(dialog, f"下見_{path.stem}")
    dialog.main_button.click()
    hands.settle()
    if refused:
        hands.press(dialog, "断った行を保存")
        hands.settle()
        hands.press(dialog, "閉じる")
    return room.banner.text


def receive_everyone(hands: Hands, folder: Path, cohort: int) -> None:
    def people(numbers: range) -> list[spring.Applicant]:
        return [PEOPLE[n] for n in numbers]

    books = (
        spring.prefecture_list(folder / "見本県の名簿.xlsx", people(spring.LIST)),
        spring.association_csv(folder / "例町国際交流協会.csv", people(spring.CSV)),
        spring.two_sheet_book(folder / "作り物市.xlsx", people(spring.SHEETS)),
    )
    counts = []
    for book in books:
        take_foreign(hands, book, f"{book.stem}の様式", refused=3)
        counts.append(len(intake.list_applications(hands.desk.context.office, cohort)))
    assert counts == [27, 44, 58]
    forms = [spring.paper_form(folder / f"申込書{n}.xlsx", PEOPLE[n]) for n in spring.FORMS]
    take_foreign(hands, forms[0], "申込書の様式", refused=0)
    # 残りの三通は、一度に落とす。様式はもう分かっている
    room = intake_room(hands)
    room.import_files(forms[1:])
    dialog = hands.dialog(ImportDialog)
    hands.settle()
    dialog.main_button.click()
    hands.settle()
    assert len(intake.list_applications(hands.desk.context.office, cohort)) == 62


def correct_refused(hands: Hands, folder: Path, cohort: int) -> None:
    room = intake_room(hands)
    refused = sorted(p for p in folder.glob("*.xlsx") if "不受理の行" in p.name)
    assert len(refused) == 3
    assert sum(spring.mend_refused(path, PEOPLE) for path in refused) == 9
    room.import_files(refused)
    dialog = hands.dialog(ImportDialog)
    hands.settle()
    hands.picture(dialog, "直した行")
    dialog.main_button.click()
    hands.settle()
    rows = intake.list_applications(hands.desk.context.office, cohort)
    assert len(rows) == 71
    assert {r.name for r in rows} == {a.name for a in PEOPLE}
    # 同じファイルをもう一度落としても、何も変わらない
    room.import_files([refused[0]])
    dialog = hands.dialog(ImportDialog)
    hands.settle()
    assert {r.state for r in dialog.rows.rows} <= {"unchanged", "warning"}
    dialog.reject()
    assert len(intake.list_applications(hands.desk.context.office, cohort)) == 71


def merge_duplicates(hands: Hands) -> None:
    room = intake_room(hands)
    room.menu_actions["同じ人かもしれない記録…"].trigger()
    dialog = hands.dialog(DuplicatesDialog)
    hands.settle()
    assert [(p.one.name, p.other.name) for p in dialog.pair_model.rows] == [
        (f"元山 {PEOPLE[44].given[0]}", PEOPLE[44].name),
        (f"旧田 {PEOPLE[12].given[0]}", PEOPLE[12].name),
    ]
    hands.picture(dialog, "同じ人かもしれない記録")
    for left in (1, 0):
        dialog.pairs.selectRow(0)
        hands.press(dialog, "見比べてまとめる")
        hands.settle()
        merging = hands.dialog(MergeDialog)
        merging.kept.choose(1)
        hands.write(merging.reason, "旧姓を本人に確認")
        hands.picture(merging, f"名寄せ{left}")
        merging.main_button.click()
        hands.settle()
        assert len(dialog.pair_model.rows) == left
    dialog.reject()
    # 前の名で探しても、残した記録に着く
    hits = search.find(hands.desk.context.office, "旧田")
    assert [PEOPLE[12].name in h.title for h in hits] == [True], hits


def ask_for_what_is_missing(hands: Hands) -> None:
    room = eligibility_room(hands)
    room.list_pane.filters.choose("unconfirmed")
    unsaid = {PEOPLE[n].name for n in spring.UNSAID}
    assert {r.name for r in room.model.rows} == unsaid
    hands.picture(hands.desk.window, "要確認の五人")
    for row in list(room.model.rows):
        room.table.select_key(row.application_id)
        hands.press(room, "補正を依頼")
        hands.dialog(RequestDialog).submit()
    corner = intake_room(hands)
    corner.menu_actions["補正の一覧…"].trigger()
    window = hands.dialog(CorrectionsDialog)
    hands.press(window, "補正依頼書")
    letters = hands.dialog(LettersDialog)
    hands.write(letters.number, "見支第12号")
    letters.submit()
    hands.settle()
    assert window.note.text.startswith("5通（補正5件）を書きました")
    hands.picture(window, "補正の一覧")
    window.reject()


def answers_arrive(hands: Hands, stage: Stage, folder: Path) -> None:
    stage.clock.to(date(2025, 4, 28))
    room = intake_room(hands)
    proof = scan_file(folder, "証明書.pdf", pdf_bytes(2))
    for row in [r for r in room.model.rows if r.deficiencies]:
        room.table.select_key(row.id)
        hands.press(room, "補正の回答")
        answer = hands.dialog(AnswerDialog)
        hands.write(answer.answer, "日数の入った証明書が届いた")
        answer.place.edit.setText(str(proof))
        answer.submit()
        hands.settle()
    assert [r.deficiencies for r in room.model.rows] == [0] * 71
    judging = eligibility_room(hands)
    judging.list_pane.filters.choose("unconfirmed")
    for row in list(judging.model.rows):
        judging.table.select_key(row.application_id)
        hands.press(judging, "勤務日を入力")
        days = hands.dialog(WorkdaysDialog)
        hands.write(days.whole, "395")
        hands.press(days, "保存する")
    judging.list_pane.filters.choose("all")
    assert sorted({r.result for r in judging.model.rows}) == ["eligible", "ineligible"]


def decide(hands: Hands) -> None:
    room = eligibility_room(hands)
    hands.press(room, "判定のとおり一括決定")
    assert room.banner.text == "判定のとおり68名を「資格あり」と決定しました。"
    room.list_pane.filters.choose("ineligible")
    assert {r.name for r in room.model.rows} == {PEOPLE[n].name for n in spring.SHORT}
    for row in list(room.model.rows):
        room.table.select_key(row.application_id)
        hands.press(room, "資格なしと判定")
    room.list_pane.filters.choose("all")
    assert all(r.decision for r in room.model.rows)


def select(hands: Hands) -> None:
    room = eligibility_room(hands)
    hands.press(room, "選考")
    dialog = hands.dialog(SelectionDialog)
    assert "定員60名　資格あり68名（8名超過）" in dialog.words.text()
    dialog.box.waiting.setValue(5)
    hands.press(dialog, "基準を定める")
    hands.picture(dialog, "選考")
    hands.press(dialog, "選考を決定する")
    assert dialog.note.text == "選考を決定しました：選ばれた人60名、待機5名、選考外3名"
    dialog.reject()


def words_of(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def write_everyones_letter(hands: Hands, folder: Path) -> None:
    room = eligibility_room(hands)
    hands.press(room, "全員の通知を作成")
    hands.settle()
    assert room.banner.text.startswith("71通の通知を書きました")
    (book,) = folder.glob("*通知*.pdf")
    pages = [text.replace(" ", "") for text in words_of(book)]
    titles = {
        "受講決定通知書": 60,
        "選考結果通知書": 8,
        "受講不決定通知書": 3,
    }
    assert {t: sum(t in page for page in pages) for t in titles} == titles
    everyone = search_key("".join(pages))
    assert all(search_key(a.name) in everyone for a in PEOPLE)


@pytest.mark.timeout(600)
def test_the_spring_of_an_office_goes_through_the_window_from_71_applicants_to_their_letters(
    hands: Hands, stage: Stage
) -> None:
    folder = stage.folder
    cohort = open_cohort(hands)
    receive_everyone(hands, folder, cohort)
    correct_refused(hands, folder, cohort)
    merge_duplicates(hands)
    ask_for_what_is_missing(hands)
    answers_arrive(hands, stage, folder)
    decide(hands)
    select(hands)
    write_everyones_letter(hands, folder)
    hands.enter("home")
    hands.picture(hands.desk.window, "ホーム")
    office = hands.desk.context.office
    state = eligibility.get_selection(office, cohort)
    assert sum(r.decided == "選ばれた" for r in state.rows) == 60
    assert audit.verify(office.store) == []
    assert wareki(office.today()) == "令和7年4月28日"
    assert PASSWORD
    hands.desk.window.close()

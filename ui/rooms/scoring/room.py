"""採点：設問・答案・得点・分析と、合格基準の採用。頁と一覧と操作を組み合わせる。"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QComboBox

from app.domain.calendar import wareki
from app.domain.item_analysis import Analysis
from app.services import scoring
from app.services.views.scoring import CertificationTestView, RulePreview, ScoreRow, ScoresView
from ui.rooms.context import RoomContext
from ui.rooms.scoring.acts import ScoringActs
from ui.rooms.scoring.answers import AnswersPage
from ui.rooms.scoring.decisions import DecisionsPage
from ui.rooms.scoring.desk import ScoringDesk, ScoringPage
from ui.rooms.scoring.items import ItemsPage
from ui.rooms.scoring.letters import LettersPage
from ui.rooms.scoring.marker import MarkerRoom, to_read
from ui.rooms.scoring.people import PeopleList
from ui.rooms.scoring.person import PersonPage
from ui.rooms.scoring.report import analyse_beside
from ui.rooms.scoring.rule import RulePage
from ui.rooms.scoring.treatments import treat_question
from ui.theme.tokens import Tone
from ui.widgets.cards import EmptyState
from ui.widgets.room import Filter, FilterBar, SplitRoomPage
from ui.widgets.turning import TurningPages

P = TypeVar("P", bound=ScoringPage)
# 右の頁（札の順）。頁を足すには ScoringPage を継いだものをここに並べる
PAGES: tuple[type[ScoringPage], ...] = (
    RulePage,
    ItemsPage,
    AnswersPage,
    PersonPage,
    DecisionsPage,
    LettersPage,
)


def waiting(context: RoomContext) -> tuple[int, bool]:
    """実施日を過ぎて、まだ合格基準の採用がないテストの数（委員なら、自分の読む答の数）。急ぎの印は付けない。"""
    if context.cohort_id is None:
        return 0, False
    if not context.office.may("scoring.list_tests"):
        return sum(left for _, _, left in to_read(context)), False
    today = context.office.today()
    tests = scoring.list_tests(context.office, context.cohort_id)
    return sum(t.held_on <= today and t.adopted_on is None for t in tests), False


def page_of(context: RoomContext) -> "ScoringRoom | MarkerRoom":
    """役割に合う部屋：得点を見られる人には全体、委員には自分の読む答だけ。"""
    return ScoringRoom(context) if context.office.may("scoring.list_tests") else MarkerRoom(context)


class ScoringRoom(SplitRoomPage):
    """左に受験者の得点、右にテストの頁（合格基準・設問と分析・一人の結果・決定・通知書など）。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("採点", widths=(632, 512))
        self._context = context
        self.desk = ScoringDesk(context, self)
        self.acts = ScoringActs(self.desk, lambda: self.rule.adoptable())
        self._step: Callable[[], None] = self.acts.choose_import
        self._build_header()
        self.people = PeopleList(self.list_pane, self.acts.choose_import)
        self.model, self.table = self.people.model, self.people.table
        self._build_pages()
        self._connect()
        self.refresh()

    def _build_header(self) -> None:
        self.choice = QComboBox()
        self.choice.setAccessibleName("修了認定テスト")
        self.choice.activated.connect(lambda _place: self.desk.change_test(self.choice.currentData()))
        self.add_header_widget(self.choice)
        self.bank_button = self.add_button("問題庫…", self.acts.open_bank)
        self.create_button = self.add_button("テストを作る…", self.acts.create_test)
        self.template_button = self.add_button("答案の様式を書き出す…", self.acts.write_template)
        self.import_button = self.add_button("答案を取り込む…", self.acts.choose_import)

    def _build_pages(self) -> None:
        self.pages, self.stack = FilterBar(), TurningPages()
        # 操作の検索が開く区画でもある
        self.sections = {kind.key: kind(self.desk) for kind in PAGES}
        self.rule, self.items = self.page(RulePage), self.page(ItemsPage)
        self.person, self.decisions = self.page(PersonPage), self.page(DecisionsPage)
        self.letters = self.page(LettersPage)
        self.pages.set_filters([Filter(key, one.title) for key, one in self.sections.items()])
        self.no_questions = EmptyState()
        words = "設問がまだありません。設問を入れるか、「正答」のシートのある答案を取り込んでください。"
        self.no_questions.set_text(words, "設問を編集…", self.acts.edit_questions)
        for one in (*self.sections.values(), self.no_questions):
            self.stack.add_page(one)
        self.record.content.addWidget(self.pages)
        self.record.content.addWidget(self.stack, 1)
        bar = self.actions_bar
        self.questions_button = bar.add("設問を編集…", self.acts.edit_questions)
        self.main_button = bar.set_main("答案を取り込む…", lambda: self._step())

    def _connect(self) -> None:
        self.desk.reloaded.connect(self._show)
        self.desk.page_wanted.connect(self.pages.choose)
        self.pages.changed.connect(lambda _key: self._turn_page())
        self.people.chosen.connect(self._show_person)
        self.table.opened.connect(lambda _row: self.pages.choose("person"))
        self.rule.tried.connect(self._show_trial)
        self.rule.refused.connect(self.people.clear_trial)
        self.items.treating.connect(self.treat_question)

    def page(self, kind: type[P]) -> P:
        """その種類の頁。"""
        found = self.sections[kind.key]
        assert isinstance(found, kind)
        return found

    def refresh(self) -> None:
        """いまの記録から書き直す。試している合格基準と設問の扱いの案は保つ。"""
        self.desk.reload()

    def _show(self) -> None:
        desk = self.desk
        self.choice.clear()
        for test in desk.tests:
            self.choice.addItem(f"{test.title}（{wareki(test.held_on)}）", test.id)
        self.choice.setCurrentIndex(self.choice.findData(desk.test_id))
        self.choice.setVisible(len(desk.tests) > 1)
        self.create_button.setEnabled(desk.context.cohort_id is not None)
        if desk.scores is None:
            self._show_no_test()
        else:
            self._show_test(desk.scores)

    def _show_no_test(self) -> None:
        self.set_heading("採点", "")
        self.people.clear()
        for one in (self.template_button, self.import_button):
            one.setEnabled(False)
        self.list_pane.show()
        if self._context.cohort_id is None:
            self.list_pane.show_empty("まず受付の部屋で研修期を作ってください。")
        else:
            words = "修了認定テストがまだありません。テストを作り、設問と答案を入れてください。"
            self.list_pane.show_empty(words, "テストを作る…", self.acts.create_test)
        self.record.show_empty("テストを作ると、ここに分布と合格基準が出ます。")

    def _show_test(self, view: ScoresView) -> None:
        test, locked = view.test, view.test.locked_at is not None
        self.set_heading("採点", f"{test.title}　{wareki(test.held_on)}")
        aside = f"設問{len(test.questions)}問　満点{test.full_marks}点　答案{test.sheets}枚"
        words, tone = ("採用済み", Tone.OK) if test.adopted_on else ("確定", Tone.ACCENT)
        if not locked:
            words, tone = "未確定", Tone.WARN
        self.record.show_record(test.title, aside, words, tone)
        for one in self.sections.values():
            if not one.lazy:
                one.show_test(view)
        self._analyse(view)
        self._show_page()
        self.template_button.setEnabled(True)
        self.import_button.setEnabled(not locked)
        self.questions_button.setEnabled(not locked)
        self._set_step(test)
        self.people.show_test(view)

    def _analyse(self, view: ScoresView) -> None:
        """分析を画面の外で求め、済めば頁に出す。"""

        def arrived(analysis: Analysis) -> None:
            if view is self.desk.scores:
                for one in self.sections.values():
                    one.show_analysis(view, analysis)

        analyse_beside(self._context, self, view, arrived)

    def _turn_page(self) -> None:
        # 前の頁でしたことの知らせを残さない
        self.banner.clear()
        self.record.scroll_to_top()
        self._show_page()

    def _show_page(self) -> None:
        view = self.desk.scores
        found = view is not None and bool(view.test.questions)
        self.pages.setVisible(found)
        page = self.sections[self.pages.current] if found else None
        if page is not None and page.lazy and view is not None:
            page.show_test(view)
        self.stack.show_page(page or self.no_questions)
        self.list_pane.setVisible(page is None or not page.wide)

    def _set_step(self, test: CertificationTestView) -> None:
        """主な操作は、テストの次の段にする：取り込む → 確定する → 採用する。"""
        locked = test.locked_at is not None
        if locked:
            words, self._step = "合格基準を採用…", self.acts.adopt
        elif test.sheets:
            words, self._step = "設問と答案を確定…", self.acts.lock
        else:
            words, self._step = "答案を取り込む…", self.acts.choose_import
        self.actions_bar.set_main(words, lambda: self._step())
        self.main_button.setEnabled(not locked or self.rule.result is not None)

    def _show_trial(self, result: RulePreview | None) -> None:
        self.people.show_trial(result)
        if self.desk.test is not None:
            self._set_step(self.desk.test)

    def _show_person(self, row: ScoreRow | None) -> None:
        for one in self.sections.values():
            one.show_person(row)

    def treat_question(self) -> None:
        """選ばれた設問の扱いを試す窓を開く。"""
        treat_question(self.desk, self.items.chosen(), self.rule.value)

    def open_target(self, target_id: int) -> None:
        """番号のテストか、番号の申込の得点を開く。"""
        if target_id in [t.id for t in self.desk.tests]:
            self.desk.change_test(target_id)
            if any(r.state == "differs" for r in scoring.list_letters(self._context.office, target_id)):
                self.pages.choose("letters")
        else:
            self.list_pane.filters.choose("all")
            self.table.select_key(target_id)

    def open_section(self, key: str) -> None:
        """操作の検索から、その頁を開く。"""
        self.pages.choose(key)

    def import_file(self, path: Path) -> None:
        """取込の窓を開く（部屋に落とされたファイルもここへ来る）。"""
        self.acts.import_file(path)

"""採点：設問・答案・得点・分析と、合格基準の採用。"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QStackedWidget

from app.domain.calendar import wareki
from app.domain.item_analysis import Analysis
from app.services import scoring
from app.services.import_jobs import answers_job
from app.services.office import Actor
from app.services.scoring import PassRuleForm, QuestionChange
from app.services.views.scoring import CertificationTestView, RulePreview, ScoreRow, ScoresView
from ui.messages import ask_reason, confirm_dangerous
from ui.rooms.context import RoomContext
from ui.rooms.importing import choose_workbook, import_workbook
from ui.rooms.scoring.dialogs import QuestionsDialog, TestDialog, TreatmentDialog
from ui.rooms.scoring.items import ItemsPage
from ui.rooms.scoring.person import PersonPage
from ui.rooms.scoring.report import analyse_beside, save_report
from ui.rooms.scoring.rule import PASS_TONES, PASSED, RulePage
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.cards import EmptyState
from ui.widgets.room import Filter, FilterBar, SplitRoomPage

PAGES = {"rule": "分布と合格基準", "items": "設問と分析", "person": "一人の結果"}
GROUPS = ("A", "B", "C", "D", "E")


def waiting(context: RoomContext) -> tuple[int, bool]:
    """実施日を過ぎて、まだ合格基準の採用がないテストの数。急ぎの印は付けない。"""
    if context.cohort_id is None:
        return 0, False
    today = context.office.today()
    tests = scoring.list_tests(context.office, context.cohort_id)
    return sum(t.held_on <= today and t.adopted_on is None for t in tests), False


def _group(row: ScoreRow, group: str) -> int | None:
    return dict(row.groups).get(group)


def _state(row: ScoreRow) -> str:
    return row.outcome_words or PASSED[row.passed]


def _tone(row: ScoreRow) -> Tone:
    return Tone.MUTED if row.outcome_words else PASS_TONES[row.passed]


def _group_column(group: str) -> Column:
    return Column(group, lambda r: _group(r, group), Kind.NUMBER, 36, drop=2)


class ScoringRoom(SplitRoomPage):
    """左に受験者の得点、右にテストの分布と合格基準・設問と分析・一人の結果。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("採点", widths=(632, 512))
        self._context = context
        self._tests: tuple[CertificationTestView, ...] = ()
        self._scores: ScoresView | None = None
        self._drafts: dict[int, QuestionChange] = {}
        self._tried: dict[int, bool | None] = {}
        self._test_id: int | None = None
        self._started = False
        self._action: Callable[[], None] = self.choose_import
        self.choice = QComboBox()
        self.choice.setAccessibleName("修了認定テスト")
        self.choice.activated.connect(lambda _place: self._change_test(self.choice.currentData()))
        self.add_header_widget(self.choice)
        self.create_button = self.add_button("テストを作る…", self.create_test)
        self.template_button = self.add_button("答案の様式を書き出す…", self.write_template)
        self.import_button = self.add_button("答案を取り込む…", self.choose_import)
        self._build_list()
        self._build_record()
        self.refresh()

    def _build_list(self) -> None:
        self.model = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 50, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 200, second=lambda r: r.reading),
                Column("合計", lambda r: r.total, Kind.NUMBER, 46),
                *(_group_column(g) for g in GROUPS),
                Column("合否", _state, Kind.CHIP, 68, tone=_tone),
                Column("試し", self._trial_words, Kind.CHIP, 68, tone=self._trial_tone),
            ),
            key=lambda r: r.application_id,
        )
        self.table = RowsView(self.model)
        self.table.setAccessibleName("受験者の得点")
        self.table.row_chosen.connect(self._choose)
        self.table.opened.connect(lambda _row: self.pages.choose("person"))
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())

    def _build_record(self) -> None:
        self.pages, self.stack = FilterBar(), QStackedWidget()
        self.pages.set_filters([Filter(key, words) for key, words in PAGES.items()])
        self.pages.changed.connect(lambda _key: self._show_page())
        self.rule = RulePage(self._context, self._preview, self._clear_drafts)
        self.rule.tried.connect(self._show_trial)
        may_report = self._context.office.may("scoring.write_analysis")
        self.items = ItemsPage(self.draft_treatment, self.write_analysis, may_report)
        self.items.table.opened.connect(lambda _row: self.draft_treatment())
        self.person, self.no_questions = PersonPage(), EmptyState()
        words = "設問がまだありません。設問を入れるか、「正答」のシートのある答案を取り込んでください。"
        self.no_questions.set_text(words, "設問を編集…", self.edit_questions)
        for page in (self.rule, self.items, self.person, self.no_questions):
            self.stack.addWidget(page)
        self.record.content.addWidget(self.pages)
        self.record.content.addWidget(self.stack, 1)
        bar = self.actions_bar
        self.questions_button = bar.add("設問を編集…", self.edit_questions)
        self.main_button = bar.set_main("答案を取り込む…", lambda: self._action())

    def _show_page(self) -> None:
        found = self._scores is not None and bool(self._scores.test.questions)
        self.pages.setVisible(found)
        place = list(PAGES).index(self.pages.current) if found else len(PAGES)
        self.stack.setCurrentIndex(place)
        self.list_pane.setVisible(not found or self.pages.current != "items")  # 分析は広く見せる

    def _preview(self, form: PassRuleForm) -> RulePreview:
        assert self._test_id is not None
        return scoring.preview_rule(self._context.office, self._test_id, form)

    def refresh(self) -> None:
        """いまの記録から書き直す。試している合格基準と設問の扱いの案は保つ。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        self._tests = () if cohort_id is None else scoring.list_tests(office, cohort_id)
        ids = [test.id for test in self._tests]
        if self._test_id not in ids:
            self._drafts, self._test_id = {}, ids[-1] if ids else None
            self._started = False
        self.choice.clear()
        for test in self._tests:
            self.choice.addItem(f"{test.title}（{wareki(test.held_on)}）", test.id)
        self.choice.setCurrentIndex(ids.index(self._test_id) if self._test_id is not None else -1)
        self.choice.setVisible(len(ids) > 1)
        self.create_button.setEnabled(cohort_id is not None)
        if self._test_id is None:
            self._show_no_test()
            return
        self._scores = scoring.score_test(office, self._test_id)
        self._show_test(self._scores)
        self._show_rows()

    def _change_test(self, test_id: int) -> None:
        if test_id != self._test_id:
            self._test_id, self._drafts, self._started = test_id, {}, False
            self.refresh()

    def _show_no_test(self) -> None:
        self._scores = None
        self.set_heading("採点", "")
        self.list_pane.set_filters([])
        self.model.set_rows(())
        for one in (self.template_button, self.import_button):
            one.setEnabled(False)
        if self._context.cohort_id is None:
            self.list_pane.show_empty("まず受付の部屋で研修期を作ってください。")
        else:
            words = "修了認定テストがまだありません。テストを作り、設問と答案を入れてください。"
            self.list_pane.show_empty(words, "テストを作る…", self.create_test)
        self.record.show_empty("テストを作ると、ここに分布と合格基準が出ます。")

    def _show_test(self, view: ScoresView) -> None:
        test = view.test
        self.set_heading("採点", f"{test.title}　{wareki(test.held_on)}")
        aside = f"設問{len(test.questions)}問　満点{test.full_marks}点　答案{test.sheets}枚"
        locked = test.locked_at is not None
        words, tone = ("採用済み", Tone.OK) if test.adopted_on else ("確定", Tone.ACCENT)
        if not locked:
            words, tone = "未確定", Tone.WARN
        self.record.show_record(test.title, aside, words, tone)
        form = self.rule.value() if self._started else None
        self._started = bool(test.questions)
        if test.questions:
            self.rule.load(view, form, self._drafts)
        self.items.set_data(view, self._drafts, None)
        self._analyse(view)
        self._show_page()
        self.template_button.setEnabled(True)
        self.import_button.setEnabled(not locked)
        self.questions_button.setEnabled(not locked)
        self._set_main(test)

    def _analyse(self, view: ScoresView) -> None:
        """分析を画面の外で求め、済めば設問の表と図に出す。"""

        def arrived(analysis: Analysis) -> None:
            if view is self._scores:
                self.items.set_data(view, self._drafts, analysis)
                self.rule.set_analysis(view, analysis.figures)

        analyse_beside(self._context, self, view, arrived)

    def _set_main(self, test: CertificationTestView) -> None:
        """主な操作は、テストの次の段にする：取り込む → 確定する → 採用する。"""
        locked = test.locked_at is not None
        if locked:
            words, self._action = "合格基準を採用…", self.adopt
        elif test.sheets:
            words, self._action = "設問と答案を確定…", self.lock
        else:
            words, self._action = "答案を取り込む…", self.choose_import
        self.main_button.setText(words)
        self.main_button.setAccessibleName(words)
        self.main_button.setToolTip(f"{words}（Ctrl+Enter）")
        self.main_button.setEnabled(not locked or self.rule.result is not None)

    def _show_rows(self) -> None:
        rows = self._scores.rows if self._scores is not None else ()
        groups: dict[str, tuple[str, Callable[[ScoreRow], bool]]] = {
            "all": ("すべて", lambda r: True),
            "passed": ("合格", lambda r: r.passed is True),
            "failed": ("不合格", lambda r: r.passed is False and r.total is not None),
            "none": ("得点なし", lambda r: r.total is None),
        }
        self.list_pane.set_filters(
            [Filter(key, words, sum(map(test, rows))) for key, (words, test) in groups.items()]
        )
        _, wanted = groups[self.list_pane.filters.current or "all"]
        shown = [r for r in rows if wanted(r)]
        self.model.set_rows(shown)
        if not shown:
            words = "この絞り込みに当たる人はいません。"
            if rows:
                self.list_pane.show_empty(words)
            else:
                words = "答案がまだありません。答案の様式をここに落とすか、取り込んでください。"
                self.list_pane.show_empty(words, "答案を取り込む…", self.choose_import)
            self._choose(None)
            return
        self.list_pane.show_content()
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def _choose(self, row: ScoreRow | None) -> None:
        self.person.show_row(row, self._scores)

    def open_target(self, target_id: int) -> None:
        """番号のテストか、番号の申込の得点を開く。"""
        if target_id in [t.id for t in self._tests]:
            self._change_test(target_id)
        else:
            self.list_pane.filters.choose("all")
            self.table.select_key(target_id)

    def _trial_words(self, row: ScoreRow) -> str:
        if row.application_id not in self._tried or row.total is None:
            return ""
        return PASSED[self._tried[row.application_id]]

    def _trial_tone(self, row: ScoreRow) -> Tone:
        return PASS_TONES[self._tried.get(row.application_id)]

    def _show_trial(self, result: RulePreview | None) -> None:
        self._tried = {} if result is None else {r.application_id: r.passed for r in result.rows}
        self.table.viewport().update()
        if self._scores is not None:
            self._set_main(self._scores.test)

    def _clear_drafts(self) -> None:
        self._drafts = {}
        self.refresh()

    def create_test(self) -> None:
        """テストを作る窓を開く。"""
        if self._context.cohort_id is None:
            return

        def created(test_id: int) -> None:
            self._test_id, self._drafts, self._started = test_id, {}, False

        dialog = TestDialog(self, self._context.office, self._context.cohort_id)
        dialog.created.connect(created)
        dialog.saved.connect(
            lambda: self._saved("テストを作りました。設問を入れるか、正答のある答案を取り込んでください。")
        )
        dialog.open()

    def _saved(self, words: str) -> None:
        self._context.changed()
        self.refresh()
        self.banner.show_message(words)

    def edit_questions(self) -> None:
        """設問を編集する窓を開く。"""
        if self._scores is not None:
            dialog = QuestionsDialog(self, self._context.office, self._scores.test)
            dialog.saved.connect(lambda: self._saved("設問を保存しました。"))
            dialog.open()

    def draft_treatment(self) -> None:
        """選ばれた設問の扱いの案を立てる。"""
        question = self.items.chosen()
        if question is None:
            self.pages.choose("items")
            self.items.table.setFocus()
            self.banner.show_message("扱いを変える設問を、表から選んでください。", Tone.WARN)
            return

        def drafted(change: QuestionChange) -> None:
            same = change.treatment == question.treatment and change.key is None
            kept = {n: c for n, c in self._drafts.items() if n != change.number}
            self._drafts = kept if same else kept | {change.number: change}
            self.refresh()
            self.pages.choose("rule")

        dialog = TreatmentDialog(self, question, self._drafts.get(question.number))
        dialog.drafted.connect(drafted)
        dialog.open()

    def lock(self) -> None:
        """設問と答案を確定する。"""
        if self._scores is None:
            return
        test, office = self._scores.test, self._context.office
        loss = (
            f"「{test.title}」の設問{len(test.questions)}問と答案{test.sheets}枚を確定します。"
            "確定した後は、設問も答案も変えられず、取り込み直せません。取り消せません。"
        )

        def confirmed() -> None:
            if self._context.attempt(self, lambda: scoring.lock_test(office, test.id)):
                self.refresh()
                self.banner.show_message("設問と答案を確定しました。合格基準を試して採用してください。")

        confirm_dangerous(self, "設問と答案の確定", loss, "確定する", confirmed)

    def adopt(self) -> None:
        """試した合格基準を、理由とともに採用する。"""
        result, test_id = self.rule.result, self._test_id
        if result is None or test_id is None:
            return
        form, office = self.rule.value(), self._context.office
        words = (
            f"合格点{result.pass_mark}点、合格{result.passed_after}名とし、一人ずつの結果を記録します。"
            f"点か合否の変わる人は{len(result.changes)}名です。前の採用も残ります。"
        )

        def adopted(reason: str, second: Actor | None) -> None:
            scoring.adopt_rule(office, test_id, form, reason, second=second)
            self._drafts, self._started = {}, False
            self.refresh()

        done = f"合格基準を採用しました（合格{result.passed_after}名）。"

        def given(reason: str) -> None:
            if self._scores is None or self._scores.adoption is None:
                self._context.attempt(self, lambda: adopted(reason, None), done)
                return
            self._context.with_second_person(
                self,
                f"採用済みの結果を変えます。閉じた会議の議決と、交付した認定証は変わりません。\n{words}\n理由：{reason}",
                lambda second: adopted(reason, second),
                done,
            )

        ask_reason(self, "合格基準の採用", words, "採用する", given)

    def write_analysis(self, suffix: str) -> None:
        """テスト分析報告書を書き出す。suffix は .pdf か .xlsx。"""
        if self._scores is not None:
            save_report(self._context, self, self._scores, suffix)

    def write_template(self) -> None:
        """答案の様式を書き出す。"""
        test_id = self._test_id
        if test_id is None:
            return

        def save(path: Path) -> None:
            words = f"答案の様式を書きました：{path}"
            self._context.attempt(
                self, lambda: scoring.write_template(self._context.office, test_id, path), words
            )

        self._context.save_path(self, "答案の様式を保存", "答案.xlsx", save)

    def choose_import(self) -> None:
        """取り込むファイルを選ぶ。"""
        choose_workbook(self, self._context, "答案", self.import_file)

    def import_file(self, path: Path) -> None:
        """取込の窓を開く（部屋に落とされたファイルもここへ来る）。"""
        if self._test_id is None:
            self.banner.show_message("先にテストを作ってください。", Tone.BAD)
            return
        job = answers_job(self._context.office, self._test_id)
        import_workbook(self, self._context, job, path, self.refresh)

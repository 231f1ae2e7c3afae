"""受講資格：判定の一覧と、一人の要件・根拠・在職期間、試しの変更、補正の依頼、決定。"""

from pathlib import Path

from app.domain.calendar import wareki
from app.domain.eligibility_case import FactKey, Value, fact_values
from app.domain.eligibility_differences import differences
from app.domain.errors import RuleViolation
from app.services import eligibility
from app.services.views.eligibility import CHANGED_WORDS, RESULT_WORDS, EligibilityRow, EligibilityView
from ui.messages import ask_reason, show_error
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.comparison import TONES
from ui.rooms.eligibility.panel import FindingPanel
from ui.rooms.eligibility.requesting import RequestDialog
from ui.rooms.eligibility.selecting import SelectionDialog
from ui.rooms.eligibility.workdays import WorkdaysDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.room import Filter, SplitRoomPage

_TRYING = "試しの変更があります。記録するか、元に戻してから行ってください。"


def _decision_words(row: EligibilityRow) -> str:
    if not row.decision:
        return "未決定"
    if row.changed_since:
        return CHANGED_WORDS
    return f"選考：{row.selection}" if row.selection else f"決定：{RESULT_WORDS[row.decision]}"


def _decision_tone(row: EligibilityRow) -> Tone:
    if not row.decision:
        return Tone.MUTED
    if row.changed_since:
        return Tone.WARN
    return TONES[row.decision] if not row.selection or row.selection == "選ばれた" else Tone.MUTED


class EligibilityRoom(SplitRoomPage):
    """判定・根拠・在職期間を一つの画面に置き、試しに変え、決定する。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("受講資格の審査")
        self._context = context
        self._rows: tuple[EligibilityRow, ...] = ()
        self._view: EligibilityView | None = None
        # 試しの変更は人ごとに取っておき、別の人を見て戻っても続けられる
        self._drafts: dict[int, dict[FactKey, Value]] = {}
        self.model = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 56, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 184, second=lambda r: r.reading, least=164),
                Column("判定", lambda r: r.words, Kind.CHIP, 86, tone=lambda r: TONES[r.result]),
                Column("決定", _decision_words, Kind.CHIP, 132, tone=_decision_tone, drop=2),
            ),
            key=lambda r: r.application_id,
        )
        self.table = RowsView(self.model)
        self.table.setAccessibleName("受講資格の一覧")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self.panel = FindingPanel(context.office.today())
        self.panel.edited.connect(self.try_change)
        self.panel.bar.revert_button.clicked.connect(lambda _checked=False: self.revert())
        self.panel.bar.record_button.clicked.connect(lambda _checked=False: self.record_changes())
        self.record.content.addWidget(self.panel)
        # 引いている間に、上の所見の伸び縮みで動かないように
        self.record.pin(self.panel.chart)
        self._add_buttons()
        self.refresh()

    def _add_buttons(self) -> None:
        self.add_button("判定のとおり一括決定", self.decide_all)
        self.selection_button = self.add_button("選考…", self.select)
        self.letters_button = self.add_button("全員の通知を作成…", self.write_letters)
        bar = self.actions_bar
        self.workdays_button = bar.add("勤務日を入力…", self.edit_workdays)
        self.request_button = bar.add("補正を依頼…", self.request_correction)
        self.letter_button = bar.add("通知を作成…", self.write_letter)
        self.refuse_button = bar.add_danger("資格なしと判定", lambda: self.decide("ineligible"))
        self.accept_button = bar.set_main("資格ありと判定", lambda: self.decide("eligible"))

    def refresh(self) -> None:
        """いまの記録から書き直す。選びは保つ。"""
        cohort_id = self._context.cohort_id
        self._rows = () if cohort_id is None else eligibility.list_findings(self._context.office, cohort_id)
        decided = sum(bool(r.decision) for r in self._rows)
        self.set_heading("受講資格の審査", f"第4条（対象者）　{len(self._rows)}名中 {decided}名 決定")
        self.letters_button.setEnabled(decided > 0)
        self.selection_button.setEnabled(any(r.decision == "eligible" for r in self._rows))
        counts = {key: sum(r.result == key for r in self._rows) for key in TONES}
        waiting = sum(not r.decision for r in self._rows)
        changed = sum(r.changed_since for r in self._rows)
        self.list_pane.set_filters(
            [
                Filter("all", "すべて", len(self._rows)),
                Filter("waiting", "未決定", waiting),
                *([Filter("changed", CHANGED_WORDS, changed)] if changed else []),
                *(Filter(k, RESULT_WORDS[k], counts[k]) for k in ("unconfirmed", "eligible", "ineligible")),
            ]
        )
        self._show_rows()

    def _show_rows(self) -> None:
        key = self.list_pane.filters.current
        shown = [
            r
            for r in self._rows
            if key in ("all", "", r.result)
            or (key == "waiting" and not r.decision)
            or (key == "changed" and r.changed_since)
        ]
        self.model.set_rows(shown)
        if not shown:
            words = "申込がまだありません。受付の部屋で申込様式を取り込んでください。"
            self.list_pane.show_empty(words if not self._rows else "この絞り込みに当たる人はいません。")
            self._choose(None)
            return
        self.list_pane.show_content()
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def open_target(self, target_id: int) -> None:
        """番号の申込を開く。"""
        self.list_pane.filters.choose("all")
        self.table.select_key(target_id)

    def _choose(self, row: EligibilityRow | None) -> None:
        if row is None:
            self._view = None
            self.record.show_empty()
            return
        self._view = eligibility.get_finding(self._context.office, row.application_id)
        self._show(self._view)

    def _show(self, view: EligibilityView) -> None:
        row = view.row
        aside = f"受付 {row.reception}　{wareki(view.birth_date)}生　{view.nationality}"
        self.record.show_record(row.name, aside, row.words, TONES[row.result])
        self._show_trial(view)
        self.workdays_button.setEnabled(bool(view.employments))
        self.request_button.setEnabled(not view.withdrawn)

    def _show_trial(self, view: EligibilityView) -> None:
        """試しの変更があれば、その判定を並べて示す。"""
        draft = self._drafts.get(view.row.application_id)
        tried = None
        if draft:
            try:
                tried = eligibility.what_if(self._context.office, view.row.application_id, draft)
            except RuleViolation as refusal:
                self._drafts.pop(view.row.application_id)
                self.banner.show_message(str(refusal), Tone.BAD)
        found = differences(view.case, tried.case) if tried else ()
        self.panel.show_view(view, tried, found)
        for decider in (self.refuse_button, self.accept_button, self.workdays_button, self.request_button):
            decider.setEnabled(tried is None)
            decider.setToolTip("" if tried is None else _TRYING)
        self.letter_button.setEnabled(tried is None and bool(view.row.decision))

    def try_change(self, key: FactKey, value: Value) -> None:
        """事実を一つ、試しに変える（記録のとおりに戻せば、その変更は消える）。"""
        if self._view is None:
            return
        draft = self._drafts.setdefault(self._view.row.application_id, {})
        draft[key] = value
        if fact_values(self._view.case).get(key, value) == value:
            del draft[key]
        self._show_trial(self._view)

    def revert(self) -> None:
        """試しの変更を捨て、記録のとおりに戻す。"""
        if self._view is not None:
            self._drafts.pop(self._view.row.application_id, None)
            self._show(self._view)

    def record_changes(self) -> None:
        """試しの変更を、理由を書いて記録する。"""
        if self._view is None or not (draft := self._drafts.get(self._view.row.application_id)):
            return
        application_id = self._view.row.application_id
        tried = eligibility.what_if(self._context.office, application_id, draft)
        lines = "\n".join(f"・{d.words}" for d in differences(self._view.case, tried.case))
        ask_reason(
            self,
            "変更の記録",
            f"{lines}\n\n何によって確かめた変更かを書いてください。",
            "記録する",
            lambda reason: self._record(application_id, dict(draft), reason),
        )

    def _record(self, application_id: int, draft: dict[FactKey, Value], reason: str) -> None:
        def act() -> None:
            eligibility.record_changes(self._context.office, application_id, draft, reason)

        if self._context.attempt(self, act):
            self._drafts.pop(application_id, None)
            self.refresh()
            self.banner.show_message(f"{len(draft)}件の変更を記録しました。判定し直してあります。")

    def request_correction(self) -> None:
        """判定を決めるための補正を依頼する。"""
        if self._view is None:
            return
        dialog = RequestDialog(self, self._context.office, self._view)
        dialog.saved.connect(self._context.changed)
        dialog.saved.connect(
            lambda: self.banner.show_message(
                f"補正の依頼を{dialog.requested}件記しました。受付の部屋で手紙にできます。"
            )
        )
        dialog.open()

    def decide(self, decision: str) -> None:
        """決定する。判定と違えば理由と二人目を求める。"""
        if self._view is None:
            return
        if self._drafts.get(self._view.row.application_id):
            self.banner.show_message(_TRYING, Tone.WARN)
            return
        application_id, result = self._view.row.application_id, self._view.row.result
        office, seen = self._context.office, self._view.facts_digest
        if decision == result:
            if self._context.attempt(
                self, lambda: eligibility.decide(office, application_id, decision, seen=seen)
            ):
                self._next()
            else:
                self._reload()
            return
        words = f"判定は「{RESULT_WORDS[result]}」です。「{RESULT_WORDS[decision]}」と決定する理由を書いてください。"
        ask_reason(
            self,
            "判定と違う決定",
            words,
            "二人目の確認へ",
            lambda reason: self._context.with_second_person(
                self,
                f"{words}\n理由：{reason}",
                lambda second: self._decided(
                    lambda: eligibility.decide(
                        office, application_id, decision, reason, second=second, seen=seen
                    )
                ),
            ),
        )

    def _decided(self, action: object) -> None:
        assert callable(action)
        action()
        self._next()

    def _reload(self) -> None:
        """断られた理由を残したまま、いまの事実で見せ直す。"""
        words = self.banner.text
        self.refresh()
        self.banner.show_message(words, Tone.BAD)

    def _next(self) -> None:
        """次の未決定の人へ進む。"""
        self.refresh()
        waiting = [r for r in self.model.rows if not r.decision]
        if waiting:
            self.table.select_key(waiting[0].application_id)

    def decide_all(self) -> None:
        """判定が「資格あり」の未決定をまとめて決定する。"""
        cohort_id = self._context.cohort_id
        if cohort_id is None:
            return
        count = 0

        def act() -> None:
            nonlocal count
            count = eligibility.decide_all_clear(self._context.office, cohort_id)

        if self._context.attempt(self, act):
            self.refresh()
            self.banner.show_message(f"判定のとおり{count}名を「資格あり」と決定しました。")

    def select(self) -> None:
        """定員を超えたときの選考の窓を開く。"""
        cohort_id = self._context.cohort_id
        if cohort_id is None:
            return
        dialog = SelectionDialog(self, self._context, cohort_id)
        dialog.changed.connect(self._context.changed)
        dialog.changed.connect(self.refresh)
        dialog.open()

    def edit_workdays(self) -> None:
        """在職期間の従業日数を入れ直す。"""
        if self._view is None:
            return
        dialog = WorkdaysDialog(self, self._context.office, self._view)
        dialog.saved.connect(self._context.changed)
        dialog.saved.connect(self.refresh)
        dialog.open()

    def write_letter(self) -> None:
        """決定の通知を PDF に書く。"""
        if self._view is None:
            return
        row = self._view.row

        def save(path: object) -> None:
            self._context.attempt(
                self,
                lambda: eligibility.write_letter(self._context.office, row.application_id, path),  # type: ignore[arg-type]
                f"通知を書きました：{path}",
            )

        self._context.save_path(self, "通知を保存", f"{row.reception}_通知.pdf", save)

    def write_letters(self) -> None:
        """決定した全員の通知を一冊の PDF に書く。"""
        cohort_id, office = self._context.cohort_id, self._context.office
        if cohort_id is None:
            return

        def save(path: Path) -> None:
            # 人の数だけ紙を組むので、画面の外で書く
            self.letters_button.setEnabled(False)
            self.progress.cancel_button.hide()
            self.progress.show_progress(0, 0, "通知を作っています…")
            self._context.background.run(
                lambda _progress: eligibility.write_letters(office, cohort_id, path),
                lambda count: self._letters_written(f"{count}通の通知を書きました：{path}"),
                self._letters_failed,
            )

        self._context.save_path(self, "全員の通知を保存", "受講資格の通知.pdf", save)

    def _letters_written(self, words: str) -> None:
        self.letters_button.setEnabled(True)
        self.progress.hide()
        self._context.changed()
        self.banner.show_message(words)

    def _letters_failed(self, error: BaseException) -> None:
        self.letters_button.setEnabled(True)
        self.progress.hide()
        if isinstance(error, RuleViolation):
            self.banner.show_message(str(error), Tone.BAD)
        else:
            show_error(self, error)

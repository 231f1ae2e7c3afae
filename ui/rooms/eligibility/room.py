"""受講資格：判定の一覧と、一人の要件・根拠・在職期間、決定。"""

from pathlib import Path

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.domain.findings import Status
from app.services import eligibility
from app.services.views.eligibility import RESULT_WORDS, EligibilityRow, EligibilityView
from ui.messages import ask_reason, show_error
from ui.rooms.context import RoomContext
from ui.rooms.eligibility.workdays import WorkdaysDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label
from ui.widgets.findings import FindingLine, FindingList
from ui.widgets.room import Filter, SplitRoomPage
from ui.widgets.timeline import Span, Timeline

TONES = {"eligible": Tone.OK, "unconfirmed": Tone.WARN, "ineligible": Tone.BAD}


def _decision_words(row: EligibilityRow) -> str:
    if not row.decision:
        return "未決定"
    return "要再確認" if row.changed_since else f"決定：{RESULT_WORDS[row.decision]}"


def _decision_tone(row: EligibilityRow) -> Tone:
    if not row.decision:
        return Tone.MUTED
    return Tone.WARN if row.changed_since else TONES[row.decision]


class EligibilityRoom(SplitRoomPage):
    """判定・根拠・在職期間を一つの画面に置き、決定する。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("受講資格の審査")
        self._context = context
        self._rows: tuple[EligibilityRow, ...] = ()
        self._view: EligibilityView | None = None
        self.model = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 56),
                Column("氏名", lambda r: r.name, Kind.NAME, 204, second=lambda r: r.reading),
                Column("判定", lambda r: r.words, Kind.CHIP, 86, tone=lambda r: TONES[r.result]),
                Column("決定", _decision_words, Kind.CHIP, 120, tone=_decision_tone),
            ),
            key=lambda r: r.application_id,
        )
        self.table = RowsView(self.model)
        self.table.setAccessibleName("受講資格の一覧")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self.findings = FindingList()
        self.timeline_title = label("", "caption")
        self.timeline = Timeline()
        self.note = NoteBox("")
        self.decided = NoteBox("", Tone.OK)
        for widget in (self.findings, self.timeline_title, self.timeline, self.note, self.decided):
            self.record.content.addWidget(widget)
        self.add_button("判定のとおり一括決定", self.decide_all)
        self.letters_button = self.add_button("全員の通知を作成…", self.write_letters)
        bar = self.actions_bar
        self.workdays_button = bar.add("勤務日を入力…", self.edit_workdays)
        self.letter_button = bar.add("通知を作成…", self.write_letter)
        self.refuse_button = bar.add_danger("資格なしと判定", lambda: self.decide("ineligible"))
        bar.set_main("資格ありと判定", lambda: self.decide("eligible"))
        self.refresh()

    def refresh(self) -> None:
        """いまの記録から書き直す。選びは保つ。"""
        cohort_id = self._context.cohort_id
        self._rows = () if cohort_id is None else eligibility.list_findings(self._context.office, cohort_id)
        decided = sum(bool(r.decision) for r in self._rows)
        self.set_heading("受講資格の審査", f"第4条（対象者）　{len(self._rows)}名中 {decided}名 決定")
        self.letters_button.setEnabled(decided > 0)
        counts = {key: sum(r.result == key for r in self._rows) for key in TONES}
        waiting = sum(not r.decision or r.changed_since for r in self._rows)
        self.list_pane.set_filters(
            [
                Filter("all", "すべて", len(self._rows)),
                Filter("waiting", "未決定", waiting),
                *(Filter(k, RESULT_WORDS[k], counts[k]) for k in ("unconfirmed", "eligible", "ineligible")),
            ]
        )
        self._show_rows()

    def _show_rows(self) -> None:
        key = self.list_pane.filters.current
        shown = [
            r
            for r in self._rows
            if key in ("all", "", r.result) or (key == "waiting" and (not r.decision or r.changed_since))
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
        self.findings.set_lines(
            FindingLine(
                None if f.requirement == "国家資格による免除" and f.status is Status.NOT_MET else f.status,
                f.requirement,
                f.sentence,
                f.clause,
            )
            for f in view.findings
        )
        start = wareki(view.training_starts_on)
        self.timeline_title.setText(f"在職期間（研修開始日 {start} までの5年間）")
        spans = [
            Span(
                e.counter_name, e.started_on, e.ended_on, self._days(e.workdays_in_window, e.workdays, e.days)
            )
            for e in view.employments
        ]
        self.timeline.setVisible(bool(spans))
        self.timeline_title.setVisible(bool(spans))
        self.timeline.set_data(spans, view.window)
        self.note.set_text(f"確認の方法：{view.settles}" if view.settles else "")
        self._show_decision(view)
        self.workdays_button.setEnabled(bool(view.employments))
        self.letter_button.setEnabled(bool(row.decision))

    @staticmethod
    def _days(in_window: int | None, whole: int | None, days: tuple[object, ...] | None) -> str:
        if days is not None:
            return f"{len(days)}日"
        found = whole if in_window is None else in_window
        return "日数なし" if found is None else f"{found}日"

    def _show_decision(self, view: EligibilityView) -> None:
        row = view.row
        if not row.decision or view.decided_on is None:
            self.decided.set_text("")
            return
        words = (
            f"{wareki(view.decided_on)} {view.decided_by}が「{RESULT_WORDS[row.decision]}」と決定しました。"
        )
        if view.reason:
            words += f"理由：{view.reason}（二人目 {view.second_person}）"
        if row.changed_since:
            words += "決定の後に事実が変わっています。確かめて、必要なら決定し直してください。"
        self.decided.set_text(words, Tone.WARN if row.changed_since else Tone.OK)

    def decide(self, decision: str) -> None:
        """決定する。判定と違えば理由と二人目を求める。"""
        if self._view is None:
            return
        application_id, result = self._view.row.application_id, self._view.row.result
        office = self._context.office
        if decision == result:
            if self._context.attempt(self, lambda: eligibility.decide(office, application_id, decision)):
                self._next()
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
                    lambda: eligibility.decide(office, application_id, decision, reason, second=second)
                ),
            ),
        )

    def _decided(self, action: object) -> None:
        assert callable(action)
        action()
        self._next()

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

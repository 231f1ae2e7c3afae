"""答案の写しを付ける窓：ファイルを選び、受付番号の順に割り当てた下見を、頁の絵と見比べてから置く。"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.services import scoring
from app.services.scoring.scans import ScanFile
from app.services.views.scoring_marking import ScanPlan, ScanShare
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import WorkingDialog, work_beside
from ui.rooms.scoring.scan_pane import ScanPane
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button, label
from ui.widgets.number import NumberBox

FILES = "答案の写し (*.pdf *.jpg *.jpeg *.png)"
_TEXT = (
    "紙の答案を続けて読み取ったファイルを選び、一人の頁の数を入れると、受付番号の順に割り当てます。"
    "頁の絵と人が合っているかを見てから、付けてください。データベースの中に暗号化して置きます。"
)
_MOST_PAGES, _LAST = 40, 9999


def _remark(share: ScanShare) -> str:
    return "写しあり" if share.kept else "答案の記録を作る" if share.new_sheet else ""


COLUMNS = (
    Column("受付", lambda s: s.reception, Kind.TEXT, 56),
    Column("氏名", lambda s: s.name, Kind.TEXT, 150, least=100),
    Column("頁", lambda s: s.page_words, Kind.TEXT, 170, least=90),
    Column("", _remark, Kind.CHIP, 116, tone=lambda s: Tone.BAD if s.kept else Tone.ACCENT, drop=1),
)


class AttachScansDialog(WorkingDialog):
    """答案の写しを何人分もまとめて付ける。"""

    # 選んだファイルは控えに置けない
    keeps_draft = False

    def __init__(self, parent: QWidget | None, context: RoomContext, test_id: int, title: str) -> None:
        super().__init__(parent, context, f"答案の写しを付ける：{title}", _TEXT, "写しを付ける")
        self._test_id = test_id
        self.files: tuple[ScanFile, ...] = ()
        self.plan: ScanPlan | None = None
        self.skipped: dict[int, str] = {}
        self._asked = 0
        self.attached = 0
        px, room = current_look().px, self.screen().availableSize()
        self.resize(min(px(1180), int(room.width() * 0.95)), min(px(700), int(room.height() * 0.9)))
        self.choose_button = button("ファイルを選ぶ…", "", self.choose)
        self.chosen_files = label("まだ選んでいません。", "muted", wrap=True)
        self.each, self.start = NumberBox(), NumberBox()
        self.each.setRange(1, _MOST_PAGES)
        self.start.setRange(0, _LAST)
        self.problem, self.warnings = NoteBox("", Tone.BAD), NoteBox("")
        self.model = RowsModel(COLUMNS, key=lambda s: s.application_id)
        self.table = RowsView(self.model)
        self.table.setAccessibleName("写しの割当て")
        self.scans = ScanPane(context)
        self.skip_button = button("この人を飛ばす", "small", self.skip)
        self.restore_button = button("飛ばした人を戻す", "small", self.restore)
        self.skipped_words = label("", "caption", wrap=True)
        self._build()
        for box in (self.each, self.start):
            box.valueChanged.connect(lambda _value: self.replan())
        self.table.row_chosen.connect(self._show_share)
        self._show_plan(None)

    def _build(self) -> None:
        px = current_look().px
        chosen = QWidget()
        row = QHBoxLayout(chosen)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choose_button)
        row.addWidget(self.chosen_files, 1)
        chosen.setFocusProxy(self.choose_button)
        numbers = QWidget()
        row = QHBoxLayout(numbers)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.each)
        row.addSpacing(px(20))
        row.addWidget(label("初めの受付番号"))
        row.addWidget(self.start)
        row.addWidget(label("（0 なら初めから）", "caption"))
        row.addStretch(1)
        numbers.setFocusProxy(self.each)
        self.each.setAccessibleName("一人の頁の数")
        self.start.setAccessibleName("初めの受付番号")
        self.form.add("files", "写しのファイル", chosen, required=True)
        self.form.add("each", "一人の頁の数", numbers, required=True)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addWidget(self.skip_button)
        row.addWidget(self.restore_button)
        row.addWidget(self.skipped_words, 1)
        column.addLayout(row)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.scans)
        splitter.setSizes([px(520), px(600)])
        splitter.setStretchFactor(1, 1)
        left.setMinimumSize(px(360), px(220))
        for one in (self.problem, self.warnings):
            self.body.addWidget(one)
        self.body.addWidget(splitter, 1)

    def choose(self) -> None:
        """ファイルを選ぶ（いくつでも、名の順）。"""
        self._context.open_paths(self, "答案の写しを選ぶ", FILES, self.read)

    def read(self, paths: list[Path]) -> None:
        """選ばれたファイルを、画面の外で読んで確かめる。"""
        office, ordered = self._context.office, sorted(paths, key=lambda p: p.name)
        self.chosen_files.setText("読んでいます…")

        def arrived(files: tuple[ScanFile, ...]) -> None:
            self.files = files
            names = "、".join(f"{f.name}（{f.pages}頁）" for f in files)
            self.chosen_files.setText(names)
            self.show_errors({})
            self.replan()

        def refused(refusal: RuleViolation) -> None:
            self.files = ()
            self.chosen_files.setText("まだ選んでいません。")
            self._show_plan(None)
            self.show_errors({"files": str(refusal)})

        work_beside(self._context, self, lambda: scoring.read_scan_files(office, ordered), arrived, refused)

    def replan(self) -> None:
        """割当ての下見を作り直す。"""
        if not self.files:
            return
        self._asked += 1
        asked, office, each, start = self._asked, self._context.office, self.each.value(), self.start.value()
        files, skipped = self.files, set(self.skipped)

        def arrived(plan: ScanPlan) -> None:
            if asked == self._asked:
                self._show_plan(plan)

        work_beside(
            self._context,
            self,
            lambda: scoring.plan_scans(office, self._test_id, files, each, start=start, skipped=skipped),
            arrived,
            self.refused,
        )

    def _show_plan(self, plan: ScanPlan | None) -> None:
        self.plan = plan
        self.model.set_rows(() if plan is None else plan.shares)
        self.problem.set_text("" if plan is None else plan.problem, Tone.BAD)
        self.warnings.set_text("" if plan is None else "\n".join(plan.warnings))
        self.main_button.setEnabled(plan is not None and not plan.problem)
        self.skipped_words.setText("、".join(self.skipped.values()))
        show_if(self.restore_button, bool(self.skipped))
        self.skip_button.setEnabled(bool(self.model.rows))
        if self.table.chosen() is None and self.model.rows:
            self.table.selectRow(0)
        self._show_share(self.table.chosen())

    def _show_share(self, share: ScanShare | None) -> None:
        if share is None:
            self.scans.say("ファイルを選ぶと、ここに頁の絵が出ます。")
            return
        contents = {f.name: f.content for f in self.files}
        pages = tuple((contents[name], number - 1) for name, number in share.pages)
        self.scans.show_pages(lambda: pages)

    def skip(self) -> None:
        """選んだ人を飛ばす（欠けた答案など）。"""
        share: ScanShare | None = self.table.chosen()
        if share is not None:
            self.skipped[share.application_id] = f"受付{share.reception}"
            self.replan()

    def restore(self) -> None:
        """飛ばした人をすべて戻す。"""
        self.skipped.clear()
        self.replan()

    def errors(self) -> dict[str, str]:
        """ファイルは要る。"""
        return {} if self.files else {"files": "写しのファイルを選んでください。"}

    def work(self) -> Callable[[], Any]:
        """写しを付ける。"""
        assert self.plan is not None
        return partial(
            scoring.attach_scans, self._context.office, self._test_id, self.files, self.plan.shares
        )

    def worked(self, value: int) -> None:
        """付けた人数を覚える。"""
        self.attached = value

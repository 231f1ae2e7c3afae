"""受付の窓：同じ人かもしれない記録の一覧と、これまでの名寄せ（元に戻せる）。"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.domain.calendar import wareki_short
from app.domain.errors import RuleViolation
from app.services import intake
from app.services.views.people import (
    Comparison,
    DistinctPair,
    DuplicatePair,
    MergeRow,
    PersonBrief,
    UnmergeResult,
)
from ui.messages import Dialog, ask_reason, show_error
from ui.rooms.context import RoomContext
from ui.rooms.intake.person_merging import MergeDialog
from ui.rooms.intake.working import work_beside
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, label

_LOOKING = "すべての人を比べています…"
_NONE = "同じ人かもしれない記録はありません。"


def _second(one: PersonBrief) -> str:
    return "　".join(
        x for x in (wareki_short(one.birth_date), "、".join(one.applications) or "申込なし") if x
    )


def _why(pair: DuplicatePair | None) -> str:
    return "" if pair is None else "".join(pair.reasons)


def _how(merge: MergeRow | None) -> str:
    if merge is None:
        return ""
    replaced = f"\n替わった欄：{merge.replaced}" if merge.replaced else ""
    return f"{merge.merged_by}：{merge.reason}{replaced}"


class DuplicatesDialog(Dialog):
    """似た記録の組を見比べてまとめ、まとめたものを元に戻す。changed は記録が変わったとき、結果の言葉を送る。"""

    changed = Signal(str)

    def __init__(self, parent: QWidget | None, context: RoomContext) -> None:
        super().__init__(
            parent,
            "同じ人かもしれない記録",
            "研修期を問わず、読み・氏名・旧姓・生年月日・連絡先の似た記録を挙げます。",
        )
        self._context = context
        px = current_look().px
        self.setMinimumSize(px(900), px(520))
        self._build_tables()
        self.note = NoteBox("")
        self.tabs = QTabWidget()
        for title, table in (
            ("似た記録", self.pairs),
            ("これまでの名寄せ", self.merges),
            ("別の人とした組", self.distinct),
        ):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, px(t.GAP_2), 0, 0)
            column.addWidget(table)
            self.tabs.addTab(page, title)
        self.body.addWidget(self.note)
        self.body.addWidget(self.tabs, 1)
        self.detail = label("", wrap=True)
        self.body.addWidget(self.detail)
        self.compare_button = self.add_action("見比べてまとめる…", self.compare, "main")
        self.distinct_button = self.add_action("別の人とする…", self.distinguish)
        self.unmerge_button = self.add_action("元に戻す…", self.unmerge, "danger")
        self.restore_button = self.add_action("印を取り消す…", self.restore)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("閉じる", self.reject)
        self.tabs.currentChanged.connect(lambda _index: self._show_actions())
        self.pairs.row_chosen.connect(lambda _row: self._show_actions())
        self.pairs.opened.connect(lambda _row: self.compare())
        self.merges.row_chosen.connect(lambda _row: self._show_actions())
        self.distinct.row_chosen.connect(lambda _row: self._show_actions())
        self.refresh()

    def _build_tables(self) -> None:
        self.pair_model: RowsModel = RowsModel(
            (
                Column("記録", lambda r: r.one.name, Kind.NAME, 216, second=lambda r: _second(r.one)),
                Column("似た記録", lambda r: r.other.name, Kind.NAME, 216, second=lambda r: _second(r.other)),
                Column(
                    "見込み",
                    lambda r: "ほぼ同じ人" if r.strong else "かもしれない",
                    Kind.CHIP,
                    116,
                    tone=lambda r: Tone.WARN if r.strong else Tone.MUTED,
                ),
                Column("わけ", lambda r: "".join(r.reasons), Kind.TEXT, 300),
            ),
            key=lambda r: (r.one.id, r.other.id),
        )
        self.pairs = RowsView(self.pair_model, stretch=3)
        self.pairs.setAccessibleName("同じ人かもしれない記録の組")
        self.merge_model: RowsModel = RowsModel(
            (
                Column("日時", lambda r: r.merged_at.astimezone(), Kind.TEXT, 122),
                Column("残した記録", lambda r: r.kept_name, Kind.TEXT, 150),
                Column("まとめた記録", lambda r: r.merged_name, Kind.TEXT, 150),
                Column("移したもの", lambda r: r.moved, Kind.TEXT, 130),
                Column("いま", lambda r: "戻し済み" if r.undone_at else "名寄せ中", Kind.CHIP, 100),
                Column("わけ", lambda r: f"{r.reason}（{r.merged_by}）", Kind.TEXT, 180),
            ),
            key=lambda r: r.id,
        )
        self.merges = RowsView(self.merge_model, stretch=5)
        self.merges.setAccessibleName("これまでの名寄せ")
        self.distinct_model: RowsModel = RowsModel(
            (
                Column("記録", lambda r: r.one.name, Kind.NAME, 200, second=lambda r: _second(r.one)),
                Column("似た記録", lambda r: r.other.name, Kind.NAME, 200, second=lambda r: _second(r.other)),
                Column("確かめた日", lambda r: r.noted_on, Kind.DATE_SHORT, 96),
                Column("わけ", lambda r: f"{r.reason}（{r.noted_by}）", Kind.TEXT, 300),
            ),
            key=lambda r: r.id,
        )
        self.distinct = RowsView(self.distinct_model, stretch=3)
        self.distinct.setAccessibleName("別の人とした組")

    def refresh(self) -> None:
        """一覧を画面の外で調べて書き直す。"""
        self.note.set_text(_LOOKING)
        self._show_actions()
        office = self._context.office
        work_beside(
            self._context,
            self,
            lambda: (
                intake.list_duplicates(office),
                intake.list_merges(office),
                intake.list_distinctions(office),
            ),
            self._show,
            self._refused,
        )

    def _show(
        self, found: tuple[tuple[DuplicatePair, ...], tuple[MergeRow, ...], tuple[DistinctPair, ...]]
    ) -> None:
        pairs, merges, distinct = found
        self.pair_model.set_rows(pairs)
        self.merge_model.set_rows(merges)
        self.distinct_model.set_rows(distinct)
        self.tabs.setTabText(0, f"似た記録（{len(pairs)}組）")
        self.tabs.setTabText(1, f"これまでの名寄せ（{len(merges)}）")
        self.tabs.setTabText(2, f"別の人とした組（{len(distinct)}）")
        for table, rows in ((self.pairs, pairs), (self.merges, merges), (self.distinct, distinct)):
            if rows and table.chosen() is None:
                table.selectRow(0)
        self.note.set_text("" if pairs else _NONE, Tone.OK)
        self._show_actions()

    def reject(self) -> None:
        """閉じる。元に戻している間は、結果を見届けるまで閉じない。"""
        if self.close_button.isEnabled():
            super().reject()

    def _unmerge_failed(self, error: BaseException) -> None:
        self.close_button.setEnabled(True)
        if isinstance(error, RuleViolation):
            self._refused(error)
        else:
            show_error(self, error)

    def _refused(self, refusal: RuleViolation) -> None:
        self.note.set_text(str(refusal), Tone.BAD)

    def _show_actions(self) -> None:
        office, page = self._context.office, self.tabs.currentIndex()
        merge: MergeRow | None = self.merges.chosen()
        pair: DuplicatePair | None = self.pairs.chosen()
        self.detail.setText((_why(pair), _how(merge), "")[page])
        for made, at in (
            (self.compare_button, 0),
            (self.distinct_button, 0),
            (self.unmerge_button, 1),
            (self.restore_button, 2),
        ):
            made.setVisible(page == at)
        self.compare_button.setEnabled(pair is not None)
        self.distinct_button.setEnabled(pair is not None and office.may("intake.record_distinction"))
        self.restore_button.setEnabled(
            self.distinct.chosen() is not None and office.may("intake.remove_distinction")
        )
        fresh = merge is not None and merge.undone_at is None
        self.unmerge_button.setEnabled(fresh and office.may("intake.unmerge_people"))

    def compare(self) -> None:
        """選んだ組を並べる窓を開く。"""
        row: DuplicatePair | None = self.pairs.chosen()
        if row is None:
            return
        office = self._context.office
        work_beside(
            self._context,
            self,
            lambda: intake.compare_people(office, row.one.id, row.other.id),
            self._compare,
            self._refused,
        )

    def _compare(self, seen: Comparison) -> None:
        dialog = MergeDialog(self, self._context, seen)
        if not self._context.office.may("intake.merge_people"):
            dialog.main_button.setEnabled(False)
        dialog.saved.connect(lambda: self._changed(f"{seen.one.name}さんの二つの記録を一つにまとめました。"))
        dialog.open()

    def _beside(self, work: Callable[[], object], words: str) -> None:
        work_beside(self._context, self, work, lambda _done: self._changed(words), self._refused)

    def distinguish(self) -> None:
        """選んだ組を、わけを書いて別の人とする。"""
        row: DuplicatePair | None = self.pairs.chosen()
        if row is None:
            return
        names = f"「{row.one.name}」と「{row.other.name}」"
        ask_reason(
            self,
            "別の人とする",
            f"{names}を別の人と記し、この一覧に挙げません。後から取り消せます。",
            "別の人とする",
            lambda reason: self._beside(
                partial(intake.record_distinction, self._context.office, row.one.id, row.other.id, reason),
                f"{names}を別の人と記しました。",
            ),
        )

    def restore(self) -> None:
        """別の人とした印を、わけを書いて取り消す。"""
        row: DistinctPair | None = self.distinct.chosen()
        if row is None:
            return
        names = f"「{row.one.name}」と「{row.other.name}」"
        ask_reason(
            self,
            "印の取消し",
            f"{names}を別の人とした印を取り消します。似ていれば、また組として挙がります。",
            "印を取り消す",
            lambda reason: self._beside(
                partial(intake.remove_distinction, self._context.office, row.id, reason),
                f"{names}の印を取り消しました。",
            ),
        )

    def unmerge(self) -> None:
        """選んだ名寄せを、わけを書いて元に戻す。"""
        row: MergeRow | None = self.merges.chosen()
        if row is None:
            return
        office = self._context.office

        def given(reason: str) -> None:
            self.close_button.setEnabled(False)
            self._context.background.run(
                lambda _progress: intake.unmerge_people(office, row.id, reason),
                lambda result: self._unmerged(row, result),
                self._unmerge_failed,
            )

        words = (
            f"「{row.merged_name}」の記録（{row.moved or '移したものなし'}）を、「{row.kept_name}」から分けて元に戻します。"
            "名寄せの後に直したところと加わった記録は、残した記録のままになります。"
        )
        ask_reason(self, "名寄せを元に戻す", words, "元に戻す", given)

    def _unmerged(self, row: MergeRow, result: UnmergeResult) -> None:
        self.close_button.setEnabled(True)
        words = f"「{row.merged_name}」の記録を元に戻しました（{result.back or '移したものなし'}）。"
        self._changed("\n".join((words, *result.left)), Tone.WARN if result.left else Tone.OK)

    def _changed(self, words: str, tone: Tone = Tone.OK) -> None:
        self.changed.emit(words)
        self.refresh()
        self.words.setText(words)

"""設定：実施要綱の版と、要綱が黙っているところの読み（見るだけ）。"""

from PySide6.QtWidgets import QVBoxLayout

from app.domain.guideline import Reading
from app.services import settings
from ui.rooms.settings.section import Section
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look
from ui.widgets.cards import Card, label
from ui.widgets.room import ActionBar

_VALUES: dict[str, dict[str | int | bool, str]] = {
    "window_counts_first_day": {True: "研修開始日を数え入れる", False: "研修開始日を数え入れない"},
    "standard_for_experience": {True: "実務経験の窓口にも求める", False: "現在の従事場所だけに求める"},
    "renewal_follows_expiry": {True: "元の満了の翌日から", False: "修了の日から"},
    "recused_leave_base": {True: "母数からも出席者からも除く", False: "出席者からだけ除く"},
    "majority": {"of_present": "出席した委員の過半数", "of_votes_cast": "投じられた票の過半数"},
}


def value_words(reading: Reading) -> str:
    """読みの値の言葉。"""
    if reading.name == "days_per_month":
        return f"{reading.value}日を1か月とみなす"
    return _VALUES.get(reading.name, {}).get(reading.value, str(reading.value))


class ReadingsSection(Section):
    """版の数と、読みの一覧。選ぶと、そう読む理由を出す。"""

    key, title, about = "readings", "実施要綱の版と読み", "版は本体に同梱され、ここでは変えられません。"

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """一覧と理由を置く。"""
        self.numbers = label("", wrap=True)
        card = Card("版が定める数")
        card.body.addWidget(self.numbers)
        self.model = RowsModel(
            (
                Column("定めのないこと", lambda r: r.title, Kind.TEXT, 220),
                Column("読み", value_words, Kind.TEXT, 230),
                Column("条項", lambda r: r.clause, Kind.TEXT, 90),
            ),
            key=lambda r: r.name,
        )
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("要綱が定めていないところの読み")
        self.table.setMinimumHeight(current_look().px(250))
        self.table.row_chosen.connect(self._chosen)
        self.reason_card = Card("そう読む理由")
        self.reason = label("", wrap=True)
        self.reason_card.body.addWidget(self.reason)
        content.addWidget(card)
        content.addWidget(label("要綱が定めていないところの読み", "section"))
        content.addWidget(self.table, 1)
        content.addWidget(self.reason_card)
        self.line.hide()
        bar.hide()

    def refresh(self) -> None:
        """いまの版から書き直す。"""
        g = self.context.office.guideline
        self.numbers.setText(
            f"{g.title}　有効期間 {g.validity_years}年　欠格 {g.bar_years}年　"
            f"従業 {g.workdays}日以上　在職 {g.tenure_months}か月以上（直近{g.window_years}年）\n"
            f"合格基準　小テスト {g.pass_mark_quiz}点　総合確認テスト {g.pass_mark_comprehensive}点　"
            f"修了認定テスト {g.pass_mark_certification}点"
        )
        self.model.set_rows(settings.list_readings(self.context.office))
        if self.table.chosen() is None:
            self.table.selectRow(0)

    def _chosen(self, reading: Reading | None) -> None:
        self.reason.setText("" if reading is None else reading.comment)

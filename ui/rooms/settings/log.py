"""設定：監査記録を読む。"""

import json
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from app.domain.access import room_name
from app.domain.calendar import wareki
from app.domain.errors import AccessDenied
from app.services import audit_log
from app.services.views.audit_log import AuditLine
from ui.rooms.settings.section import Section
from ui.tables.model import Column, Kind, PageRequest, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.widgets.cards import Card, label
from ui.widgets.room import ActionBar

_PLAIN = {
    "accounts.sign_in": "サインイン",
    "accounts.sign_in_refused": "サインインを断った（パスワードの誤り）",
}
_DETAILS = {
    "before": "前",
    "after": "後",
    "second_person": "二人目",
    "as_of": "基準日",
    "file_digest": "ファイルの要約値",
    "digest": "要約値",
    "cases": "案件の番号",
    "numbers": "認定番号",
    "questions": "設問",
}
_WAIT = 200  # 打ち終わりを待つ（ミリ秒）


class LogSection(Section):
    """新しい順の監査記録。続きは巻くと読む。選ぶと、理由・変わった値・鎖の要約値を出す。"""

    key, title, about = "log", "監査記録", "すべての変更が残っています。読むだけで、直す道はありません。"

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """探す欄・一覧・一件の詳細を置く。"""
        self.query = QLineEdit()
        self.query.setPlaceholderText("内容・理由・人・対象で探す")
        self.query.setAccessibleName("監査記録を探す")
        self.query.setClearButtonEnabled(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self.refresh)
        self.query.textChanged.connect(lambda _text: self._timer.start())
        self.query.returnPressed.connect(self.refresh)
        self.model = RowsModel(
            (
                Column("号", lambda e: e.sequence, Kind.NUMBER, 70),
                Column("日時", lambda e: e.at.astimezone(), Kind.TEXT, 130),
                Column("人", lambda e: e.who, Kind.TEXT, 130),
                Column("内容", _summary, Kind.TEXT, 320),
            ),
            key=lambda e: e.sequence,
            loader=self._load,
        )
        self.table = RowsView(self.model, stretch=3)
        self.table.setAccessibleName("監査記録の一覧")
        self.table.setSortingEnabled(False)  # 鎖の順のまま見せる
        self.table.setMinimumHeight(current_look().px(220))
        self.table.row_chosen.connect(self._chosen)
        self.card = Card("")
        self.words = label("", wrap=True)
        self.card.body.addWidget(self.words)
        self.nothing = label("", "muted", wrap=True)
        for widget in (self.query, self.nothing):
            content.addWidget(widget)
        content.addWidget(self.table, 100)
        content.addWidget(self.card)
        content.addStretch(1)
        self.line.hide()
        bar.hide()

    def _load(self, request: PageRequest) -> tuple[AuditLine, ...]:
        before = request.after if isinstance(request.after, int) else None
        try:
            found = audit_log.read(self.context.office, before, request.limit, self.query.text())
        except AccessDenied:
            self.refused.set_text("監査記録は、責任者・閲覧・管理者の役割の人だけが読めます。")
            return ()
        self.refused.set_text("")
        return found

    def refresh(self) -> None:
        """初めから読み直す。"""
        self._timer.stop()
        self.model.reload()
        refused, found = bool(self.refused.text), bool(self.model.rows)
        self.nothing.setText(f"「{self.query.text().strip()}」を含む監査記録はありません。")
        show_if(self.nothing, not found and not refused)
        show_if(self.query, not refused)
        show_if(self.table, found)
        if found and self.table.chosen() is None:
            self.table.selectRow(0)
        self._chosen(self.table.chosen())

    def _chosen(self, entry: AuditLine | None) -> None:
        show_if(self.card, entry is not None)
        if entry is None:
            return
        at = entry.at.astimezone()
        self.card.set_title(f"第{entry.sequence:,}号", f"{wareki(at.date())} {at:%H:%M:%S}")
        lines = [
            f"内容　{_summary(entry)}",
            f"部屋　{room_name(entry.action) or '（記載なし）'}",
            f"人　{entry.who}　機械　{entry.machine or '（記載なし）'}　変えた行　{entry.rows:,}",
        ]
        if entry.reason:
            lines.append(f"理由　{entry.reason}")
        if entry.detail:
            lines.append("　".join(f"{_DETAILS.get(k, k)}　{_value(v)}" for k, v in _ordered(entry)))
        lines.append(f"鎖の要約値　{entry.digest}")
        self.words.setText("\n".join(lines))


def _summary(entry: AuditLine) -> str:
    """内容の言葉。言葉を持たない記録（サインインなど）は、操作の名から。"""
    return entry.summary or _PLAIN.get(entry.action, entry.action)


def _ordered(entry: AuditLine) -> list[tuple[str, Any]]:
    """前を後より先に読ませる。知らない名は終わりに置く。"""
    order = list(_DETAILS)
    return sorted(entry.detail.items(), key=lambda item: order.index(item[0]) if item[0] in order else 99)


def _value(value: Any) -> str:
    if value is None:
        return "（なし）"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

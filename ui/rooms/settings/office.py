"""設定：事務局の名・認証する者・認定番号の書式・ロック・招集・用紙。"""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from app.domain.access import role_words
from app.domain.errors import RuleViolation
from app.services import settings
from ui.rooms.settings.section import Section
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import label
from ui.widgets.form import Form
from ui.widgets.number import NumberBox
from ui.widgets.room import ActionBar

_CHANGE = "settings.put"
_HINTS = {
    "office_name": "通知や議事録に刷られます。",
    "issuer_title": "認定証に刷られます。例：出入国在留管理庁長官",
    "issuer_name": "認定証に刷られます。空なら職名だけを刷ります。",
    "number_format": "{年度略} {期} {4桁} を置き換えます。",
    "lock_minutes": "この時間、手が止まると画面を隠します（1〜15分）。",
    "convocation_days": "招集通知を出す期限を、会議の日から開庁日で数えて戻します（祝日と年末年始を除く）。",
    "blank_low": "認定証の用紙の残りがこの枚数以下になると、認定証の部屋で知らせます。",
}
# 数の欄：下限・上限・単位
_NUMBERS = {
    "lock_minutes": (1, 15, "分"),
    "convocation_days": (1, 30, "開庁日前"),
    "blank_low": (0, 9999, "枚"),
}


class OfficeSection(Section):
    """事務局と書類の設定。変えたものだけを保存し、一つ一つが監査記録に残る。"""

    key, title, about = "office", "事務局と書類", "変えると、これから作る書類に使われます。"

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """欄を置く。"""
        self._stored: dict[str, Any] = {}
        self.form = Form()
        self.texts = {k: QLineEdit() for k in ("office_name", "issuer_title", "issuer_name", "number_format")}
        for key, field in self.texts.items():
            self.form.add(key, settings.NAMES[key], field, _HINTS[key], required=key in settings.REQUIRED)
            field.textChanged.connect(lambda _text: self._typed())
        self.example = label("")
        self.form.add("example", "認定番号の例", self.example)
        self.numbers = {key: self._number(key, *limits) for key, limits in _NUMBERS.items()}
        content.addWidget(self.form)
        content.addStretch(1)
        self.revert_button = bar.add("元に戻す", self.revert)
        self.save_button = bar.set_main("保存する", self.save)
        if not self.context.office.may(_CHANGE):
            self._lock_fields()

    def _number(self, key: str, low: int, high: int, unit: str) -> NumberBox:
        """数の欄を一つ置く。"""
        box = NumberBox()
        box.setRange(low, high)
        box.setMaximumWidth(current_look().px(140))
        box.setSuffix(f" {unit}")
        self.form.add(key, settings.NAMES[key], box, _HINTS[key])
        box.valueChanged.connect(lambda _value: self._typed())
        return box

    def _lock_fields(self) -> None:
        """変えられない役割の人には、読むだけの欄と、変えられる人を見せる。"""
        for field in self.texts.values():
            field.setReadOnly(True)
        for box in self.numbers.values():
            box.setEnabled(False)
        self.refused.set_text(
            f"ここの設定を変えられるのは、{role_words(_CHANGE)}です。変えるときは、その役割の人に頼んでください。",
            Tone.ACCENT,
        )
        for made in (self.revert_button, self.save_button):
            made.hide()

    @property
    def values(self) -> dict[str, Any]:
        """欄のいまの値。"""
        texts: dict[str, Any] = {key: field.text() for key, field in self.texts.items()}
        return texts | {key: box.value() for key, box in self.numbers.items()}

    @property
    def changes(self) -> dict[str, Any]:
        """保存した値と違うもの。"""
        return {k: v for k, v in self.values.items() if v != self._stored.get(k)}

    def refresh(self) -> None:
        """書きかけがなければ、保存した値に書き直す。"""
        if not self._stored or not self.changes:
            self.revert()

    def revert(self) -> None:
        """保存した値に戻す。"""
        stored = self._read()
        for key, field in self.texts.items():
            field.setText(str(stored[key]))
        for key, box in self.numbers.items():
            box.setValue(int(stored[key]))
        self._typed()

    def _read(self) -> dict[str, Any]:
        self._stored = {key: settings.get(self.context.office, key) for key in _HINTS}
        return self._stored

    def errors(self) -> dict[str, str]:
        """欄の誤り。"""
        found = {}
        for key, value in self.values.items():
            try:
                settings.check(key, value)
            except RuleViolation as refusal:
                found[key] = str(refusal)
        return found

    def _typed(self) -> None:
        """打つそばから、誤りと認定番号の例を出す。"""
        errors = self.errors()
        for key in _HINTS:
            self.form.row(key).set_error(errors.get(key, ""))
        changed = bool(self.changes)
        self.save_button.setEnabled(changed and not errors)
        self.revert_button.setEnabled(changed)
        pattern = self.texts["number_format"].text()
        wrong = "number_format" in errors
        self.example.setText("（書式を直してください）" if wrong else settings.number_example(pattern))

    def save(self) -> None:
        """変えたものだけを保存する。"""
        if not self.form.show_errors(self.errors()):
            return
        changes = self.changes
        before = {key: self._stored[key] for key in changes}
        words = "、".join(settings.NAMES[k] for k in changes)
        if changes and self.context.attempt(
            self.page, partial(self._put, changes), f"保存しました：{words}", partial(self._put, before)
        ):
            self._read()
            self._typed()

    def _put(self, values: dict[str, Any]) -> None:
        for key, value in values.items():
            settings.put(self.context.office, key, value)
        # 書きかけでないことにして、次の読み直しで欄に入れる
        self._stored = {}

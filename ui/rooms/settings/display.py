"""設定：この PC での表示（文字の大きさ・暗い色）。仕事の記録ではなく、PC を使う人ごとに覚える。"""

from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from ui.frame import Display
from ui.rooms.settings.section import Section
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.widgets.form import Form
from ui.widgets.number import NumberBox
from ui.widgets.room import ActionBar

_PERCENT = 100


class DisplaySection(Section):
    """どの役割の人も変えられる。監査記録には残らない。"""

    key, title = "display", "表示"
    about = "この PC を使うあなたの画面だけが変わります。どの役割でも変えられます。"

    def build(self, content: QVBoxLayout, bar: ActionBar) -> None:
        """欄を置く。"""
        self.form = Form()
        self.scale = NumberBox()
        self.scale.setRange(round(t.SCALE_MIN * _PERCENT), round(t.SCALE_MAX * _PERCENT))
        self.scale.setSingleStep(10)
        self.scale.setSuffix(" %")
        self.scale.setMaximumWidth(current_look().px(120))
        self.dark = QCheckBox("暗い色で表示する")
        words = f"{self.scale.minimum()}〜{self.scale.maximum()}%。次に開いたときから変わります。"
        self.form.add("scale", "文字の大きさ", self.scale, words)
        self.form.add("dark", "暗い色", self.dark, "次に開いたときから変わります。")
        self.scale.valueChanged.connect(lambda _value: self._typed())
        self.dark.toggled.connect(lambda _on: self._typed())
        content.addWidget(self.form)
        content.addStretch(1)
        self.revert_button = bar.add("元に戻す", self.revert)
        self.save_button = bar.set_main("保存する", self.save)
        self.revert()

    @property
    def display(self) -> Display:
        """欄のいまの値。"""
        return Display(self.scale.value(), self.dark.isChecked())

    def revert(self) -> None:
        """覚えた値に戻す。"""
        kept = self.context.stored.display()
        self.scale.setValue(kept.percent)
        self.dark.setChecked(kept.dark)
        self._typed()

    def _typed(self) -> None:
        changed = self.display != self.context.stored.display()
        self.save_button.setEnabled(changed)
        self.revert_button.setEnabled(changed)

    def save(self) -> None:
        """この PC に覚える。"""
        self.context.stored.keep(self.display)
        self._typed()
        self.page.banner.show_message("表示を保存しました。次に開いたときから変わります。")

"""色の一式から作るスタイルシートと配色。画面の部品は役割（role）を名のり、見た目はここが決める。"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QStyleFactory, QWidget

from ui.theme import tokens as t
from ui.theme.fonts import fit_font, screen_font

_ROLE = QPalette.ColorRole


@dataclass(frozen=True)
class Look:
    """描くときの色と拡大率。"""

    tokens: t.Tokens
    scale: float

    def px(self, size: float) -> int:
        """拡大した長さ（px）。"""
        return round(size * self.scale)

    @property
    def field_height(self) -> int:
        """一行の欄の高さ（px）。スタイルシートの欄の最小の高さ・余白・縁の和。"""
        return self.px(22) + 2 * self.px(3) + 2

    def colour(self, name: str) -> QColor:
        """名で引いた色。"""
        return QColor(str(getattr(self.tokens, name)))


def current_look() -> Look:
    """いま画面に掛かっている色と拡大率。配色と書体から逆に読むので、別に覚えておくものはない。"""
    link = QGuiApplication.palette().color(_ROLE.Link).name()
    pixels = QGuiApplication.font().pixelSize()
    return Look(t.DARK if link == t.DARK.accent else t.LIGHT, pixels / t.TEXT if pixels > 0 else 1.0)


def set_role(widget: QWidget, role: str) -> None:
    """部品の役割（title, section, caption, muted, main, danger, card …）を決めて見た目を当て直す。"""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def fit_label(label: QLabel, text: str) -> None:
    """人名などの文字を入れ、字の付いた欧文なら一つの書体で通す。"""
    fitted = fit_font(QApplication.font(), text)
    names = ", ".join(f'"{family}"' for family in fitted.families())
    # スタイルシートの掛かった部品では setFont の書体名が効かないので、書体名もスタイルで替える
    label.setStyleSheet(f"QLabel {{ font-family: {names}; }}" if fitted != QApplication.font() else "")
    label.setText(text)


def show_if(widget: QWidget, shown: bool) -> None:
    """部品を出し入れする。まだ親のない部品を出しても、独りの窓として開かせない。"""
    if not shown:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()
    else:
        # 「隠した」という覚えを消しておけば、親に置かれて親が出るときに一緒に出る
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)


def palette_of(tokens: t.Tokens) -> QPalette:
    """色の一式から Qt の配色を作る。"""
    roles = {
        _ROLE.Window: tokens.ground,
        _ROLE.WindowText: tokens.ink,
        _ROLE.Base: tokens.surface,
        _ROLE.AlternateBase: tokens.header,
        _ROLE.Text: tokens.ink,
        _ROLE.PlaceholderText: tokens.muted,
        _ROLE.Button: tokens.surface,
        _ROLE.ButtonText: tokens.ink,
        _ROLE.BrightText: tokens.bad,
        _ROLE.Highlight: tokens.accent,
        _ROLE.HighlightedText: tokens.on_accent,
        _ROLE.Link: tokens.accent,
        _ROLE.LinkVisited: tokens.accent,
        _ROLE.ToolTipBase: tokens.surface,
        _ROLE.ToolTipText: tokens.ink,
        _ROLE.Light: tokens.surface,
        _ROLE.Midlight: tokens.line_weak,
        _ROLE.Mid: tokens.line,
        _ROLE.Dark: tokens.muted,
        _ROLE.Shadow: tokens.ink,
        _ROLE.Accent: tokens.accent,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (_ROLE.Text, _ROLE.WindowText, _ROLE.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return palette


_TEXT_RULES = """
QToolTip { background: $surface; color: $ink; border: 1px solid $line; padding: 4px 8px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: @18; font-weight: bold; }
QLabel[role="section"] { font-size: @14; font-weight: bold; }
QLabel[role="product"] { font-size: @13; font-weight: bold; }
QLabel[role="figure"] { font-size: @20; font-weight: bold; }
QLabel[role="caption"] { font-size: @12; color: $muted; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="strong"] { font-weight: bold; }
QLabel[role="error"] { font-size: @12; color: $bad; }
QLabel[role="caution"] { font-size: @12; color: $warn; }
QLabel[role="okay"] { font-size: @12; color: $ok; }
QLabel[role="alarm"] { font-size: @12; color: $bad; font-weight: bold; }
QLabel[role="key"] { font-size: @11; color: $muted; background: $header; border: 1px solid $line;
  border-radius: 3px; padding: 0px @6; }
QLabel[role="secret"] { font-size: @18; font-weight: bold; background: $neutral_weak; border: 1px solid $line;
  border-radius: 4px; padding: @12; }
"""
_FRAME_RULES = """
QFrame[role="card"] { background: $surface; border: 1px solid $line; border-radius: 6px; }
QFrame[role="topbar"] { background: $surface; border: none; border-bottom: 1px solid $line; }
QFrame[role="bottombar"] { background: $surface; border: none; border-top: 1px solid $line; }
QFrame[role="nav"] { background: $surface; border: none; border-right: 1px solid $line; }
QFrame[role="hairline"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="hairline_weak"] { background: $line_weak; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="head_row"] { background: $header; border: none; border-bottom: 1px solid $line; }
QFrame[role="changed_row"] { background: $accent_weak; border: none; }
QFrame[role="note_warn"] { background: $warn_weak; border: 1px solid $warn_line; border-radius: 6px; }
QFrame[role="note_bad"] { background: $bad_weak; border: 1px solid $bad_line; border-radius: 6px; }
QFrame[role="note_ok"] { background: $ok_weak; border: 1px solid $ok; border-radius: 6px; }
QFrame[role="note_accent"] { background: $accent_weak; border: 1px solid $accent_pale; border-radius: 6px; }
QFrame[role="popup"] { background: $surface; border: 1px solid $line; border-radius: 6px; }
QWidget[role="plain"] { background: $surface; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="scrolled"] { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; }
"""
_BUTTON_RULES = """
QPushButton { background: $surface; color: $ink; border: 1px solid $line; border-radius: 4px;
  padding: @4 @14; min-height: @22; }
QPushButton:hover { border-color: $muted; }
QPushButton:focus { border: 1px solid $accent; }
QPushButton:pressed, QPushButton:checked { background: $accent_weak; }
QPushButton:disabled { color: $muted; background: $neutral_weak; border-color: $line; }
QPushButton[role="main"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="main"]:hover, QPushButton[role="main"]:focus { background: $accent_strong;
  border-color: $accent_strong; }
QPushButton[role="main"]:disabled { background: $neutral_weak; color: $muted; border-color: $line; }
QPushButton[role="danger"] { color: $bad; border-color: $bad_line; }
QPushButton[role="danger"]:hover, QPushButton[role="danger"]:focus { border-color: $bad; }
QPushButton[role="danger"]:disabled { color: $muted; border-color: $line; }
QPushButton[role="small"] { padding: 0px @10; min-height: @20; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: $muted; padding: @4 @6; }
QPushButton[role="link"]:hover { color: $ink; border-color: $line; }
QPushButton[role="link"]:focus { border-color: $accent; }
QToolButton { background: $surface; color: $ink; border: 1px solid $line; border-radius: 4px; padding: @3 @8; }
QToolButton:hover { border-color: $muted; }
QToolButton:focus { border-color: $accent; }
QPushButton[role="filter"] { font-size: @12; background: $neutral_weak; color: $muted; border: 1px solid transparent;
  border-radius: 4px; padding: 0px @8; min-height: @18; }
QPushButton[role="filter"]:hover, QPushButton[role="filter"]:focus { border-color: $muted; }
QPushButton[role="filter"]:checked { background: $accent_weak; color: $accent; }
"""
_FIELD_RULES = """
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit { background: $surface; color: $ink;
  border: 1px solid $line; border-radius: 4px; padding: @3 @8; min-height: @22;
  selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit, QTextEdit { background: $surface; color: $ink; border: 1px solid $line; border-radius: 4px;
  padding: @4; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus,
QTextEdit:focus { border: 1px solid $accent; }
QLineEdit:disabled, QComboBox:disabled, QLineEdit[readOnly="true"], QSpinBox[readOnly="true"],
QSpinBox:disabled, QDoubleSpinBox:disabled { background: $neutral_weak; color: $muted; }
QLineEdit[role="wrong"], QComboBox[role="wrong"], QPlainTextEdit[role="wrong"] { border: 1px solid $bad; }
QComboBox QAbstractItemView { background: $surface; color: $ink; border: 1px solid $line;
  selection-background-color: $accent_weak; selection-color: $ink; outline: none; }
QComboBox::drop-down { border: none; background: transparent; width: @22; }
QComboBox::down-arrow { image: url(theme:down_%name.svg); width: @10; height: @10; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  border: none; background: transparent; width: @18; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(theme:up_%name.svg); width: @8; height: @8; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(theme:down_%name.svg); width: @8; height: @8; }
QProgressBar { background: $line_weak; border: none; border-radius: 2px; max-height: @6; min-height: @6; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QTextBrowser { border: none; }
"""
_MARK_RULES = """
QCheckBox, QRadioButton { background: transparent; color: $ink; spacing: @8; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator, QTableView::indicator, QListView::indicator, QTreeView::indicator {
  width: @14; height: @14; border: 1px solid $muted; border-radius: 3px; background: $surface; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus, QTableView::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QTableView::indicator:checked, QListView::indicator:checked,
QTreeView::indicator:checked { border-color: $accent; background: $accent; image: url(theme:check_%name.svg); }
QCheckBox::indicator:indeterminate { border-color: $accent; background: $accent_pale; }
QCheckBox::indicator:disabled { background: $neutral_weak; border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $muted; border-color: $muted; }
QRadioButton::indicator { width: @12; height: @12; border: 1px solid $muted; border-radius: %radius;
  background: $surface; }
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: $accent; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx:0.5, cy:0.5, radius:0.5,
  fx:0.5, fy:0.5, stop:0 $accent, stop:0.55 $accent, stop:0.6 $surface, stop:1 $surface); }
QRadioButton::indicator:disabled { background: $neutral_weak; border-color: $line; }
QRadioButton::indicator:checked:disabled { border-color: $muted; background: qradialgradient(cx:0.5, cy:0.5,
  radius:0.5, fx:0.5, fy:0.5, stop:0 $muted, stop:0.55 $muted, stop:0.6 $neutral_weak, stop:1 $neutral_weak); }
"""
_TABLE_RULES = """
QTableView, QListView, QTreeView { background: $surface; color: $ink; border: none; outline: none;
  gridline-color: $line_weak; selection-background-color: $accent_weak; selection-color: $ink; }
QHeaderView { background: $header; border: none; }
QHeaderView::section { background: $header; color: $muted; font-size: @12; border: none;
  border-bottom: 1px solid $line; padding: @5 @8; }
QTableCornerButton::section { background: $header; border: none; }
QMenu { background: $surface; color: $ink; border: 1px solid $line; padding: @4; }
QMenu::item { padding: @5 @20; }
QMenu::item:selected { background: $accent_weak; color: $ink; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab { background: transparent; color: $muted; padding: @6 @14; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; font-weight: bold; }
QTabBar::tab:focus { color: $ink; }
"""
_SCROLL_RULES = """
QScrollBar:vertical { background: transparent; width: @10; margin: 0; }
QScrollBar:horizontal { background: transparent; height: @10; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: @30; }
QScrollBar::handle:horizontal { min-width: @30; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
_RULES = (
    _TEXT_RULES + _FRAME_RULES + _BUTTON_RULES + _FIELD_RULES + _MARK_RULES + _TABLE_RULES + _SCROLL_RULES
)


def _colours(tokens: t.Tokens) -> Mapping[str, str]:
    return {name: value for name, value in vars(tokens).items() if name != "name"}


def style_sheet(tokens: t.Tokens, scale: float) -> str:
    """色の一式と拡大率からスタイルシートを作る（$名 は色、@数 は拡大する長さ px）。"""
    # 丸は、縁を含む大きさのちょうど半分を超えると角ばって描かれる
    text = _RULES.replace("%name", tokens.name).replace("%radius", f"{round(12 * scale) // 2 + 1}px")
    # 長い名から置き換える（$warn が $warn_weak の頭を食わないように）
    for name, value in sorted(_colours(tokens).items(), key=lambda pair: -len(pair[0])):
        text = text.replace(f"${name}", value)
    for size in range(30, -1, -1):
        text = text.replace(f"@{size}", f"{round(size * scale)}px")
    return text


def apply_theme(app: QApplication, tokens: t.Tokens, scale: float, families: tuple[str, ...] = ()) -> Look:
    """画面全体に色・書体・拡大率（0.9〜1.5 に収める）を掛け、その見た目を返す。"""
    size = t.clamp_scale(scale)
    QDir.setSearchPaths("theme", [str(Path(__file__).parent / "icons")])
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette_of(tokens))
    # 字の高さは整数なので、長さもそれに合わせた同じ拡大率で作る（current_look が読む拡大率）
    pixels = round(t.TEXT * size)
    app.setFont(screen_font(families, pixels))
    app.setStyleSheet(style_sheet(tokens, pixels / t.TEXT))
    return current_look()

"""問題庫の問題を書く窓：科目群・能力・形式・問題文・肢・正答・配点。"""

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.abilities import ABILITIES
from app.domain.progress import SUBJECT_GROUPS
from app.services import scoring
from app.services.office import Office
from app.services.scoring.bank import check_bank_form
from app.services.views.scoring import KIND_WORDS
from app.services.views.scoring_bank import BankForm, BankQuestionView
from ui.tables.grid import EditGrid, GridColumn
from ui.theme.style import current_look
from ui.widgets.number import NumberBox
from ui.widgets.saving import SavingDialog

_LABELS = "アイウエオ"
_MARK, _PLAIN = "正答", ""
_MOST_POINTS = 999


def _combo(name: str, pairs: dict[str, str], *, none: str = "") -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    if none:
        made.addItem(none, None)
    for code, words in pairs.items():
        made.addItem(words, code)
    return made


class BankFormDialog(SavingDialog):
    """問題を作るか、直す。question が空なら新しい問題。"""

    def __init__(self, parent: QWidget, office: Office, question: BankQuestionView | None = None) -> None:
        super().__init__(parent, *_titles(question))
        self._office, self._question = office, question
        self.saved_id: int | None = None if question is None else question.id
        px = current_look().px
        self.code, self.author = QLineEdit(), QLineEdit()
        self.group = _combo("科目群", {g: f"{g}　{words}" for g, words in SUBJECT_GROUPS.items()})
        self.ability = _combo("能力", ABILITIES, none="（定めない）")
        self.kind = _combo("形式", KIND_WORDS)
        self.points = NumberBox()
        self.points.setRange(1, _MOST_POINTS)
        self.points.setSuffix(" 点")
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(px(96))
        self.choices = EditGrid(
            (
                GridColumn("肢", 52),
                GridColumn("正答", 76, choices=(_PLAIN, _MARK)),
                GridColumn("肢の文", 320),
            ),
            "肢の表",
        )
        self.choices.setFixedHeight(px(190))
        self._build()
        self._show(BankForm("", "A", "choice", "", 2) if question is None else question.form)
        self.kind.currentIndexChanged.connect(lambda _place: self._show_kind())
        self._show_kind()
        self.scroll_form(760, 560)
        (self.code if question is None else self.text).setFocus()

    def _build(self) -> None:
        f = self.form
        f.add("code", "番号", self.code, "問題庫の中で重ならない番号。例：B-012", required=True)
        f.add("group", "科目群", self.group, required=True)
        f.add("ability", "能力", self.ability)
        f.add("kind", "形式", self.kind, required=True)
        f.add("points", "配点", self.points, required=True)
        f.add("author", "作題者", self.author, "作題者は、この問題を承認できません。")
        f.add("text", "問題文", self.text, required=True)
        self.choices_row = f.add_wide("choices", "肢（正答の行に「正答」を選びます）", self.choices)

    def _show(self, form: BankForm) -> None:
        self.code.setText(form.code)
        self.author.setText(form.author)
        for box, value in (
            (self.group, form.subject_group),
            (self.ability, form.ability),
            (self.kind, form.kind),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.points.setValue(form.points)
        self.text.setPlainText(form.text)
        rows = [(name, _MARK if name in form.key else _PLAIN, words) for name, words in form.choices]
        known = {name for name, _, _ in rows}
        blank = [(name, _PLAIN, "") for name in _LABELS if name not in known]
        self.choices.set_values([*rows, *blank][: max(len(rows), len(_LABELS))])

    def _show_kind(self) -> None:
        written = self.kind.currentData() == "written"
        self.choices_row.setVisible(not written)
        self.choices_row.heading.setVisible(not written)

    def value(self) -> BankForm:
        """いま書かれていること。文も正答もない肢の行は、ないものとする。"""
        rows = [] if self.kind.currentData() == "written" else self.choices.values()
        used = [(name, mark, words) for name, mark, words in rows if words or mark]
        return BankForm(
            self.code.text().strip(),
            self.group.currentData(),
            self.kind.currentData(),
            self.text.toPlainText().strip(),
            self.points.value(),
            tuple((name, words) for name, _, words in used),
            tuple(name for name, mark, _ in used if mark),
            self.ability.currentData(),
            self.author.text().strip(),
        )

    def errors(self) -> dict[str, str]:
        """番号・問題文・肢の誤りを、その欄に出す。"""
        form = self.value()
        if not form.code:
            return {"code": "番号を入れてください。"}
        if not form.text:
            return {"text": "問題文を書いてください。"}
        problem = check_bank_form(form)
        return {"choices": problem} if problem else {}

    def save(self) -> None:
        """作るか、直す。"""
        if self._question is None:
            self.saved_id = scoring.create_bank_question(self._office, self.value())
        else:
            scoring.revise_bank_question(self._office, self._question.id, self.value())


def _titles(question: BankQuestionView | None) -> tuple[str, str, str]:
    """窓の見出し・文・主な操作。"""
    if question is None:
        return (
            "問題を作る",
            "草案として問題庫に入ります。審査で承認されると、テストに入れられます。",
            "草案を作る",
        )
    newest = question.newest
    if newest.state == "draft":
        return f"問題を直す：{question.code}", f"第{newest.version}版の草案を直します。", "保存する"
    return (
        f"問題を直す：{question.code}",
        f"第{newest.version}版はそのまま残り、第{newest.version + 1}版の草案になります。審査で承認されると入れ替わります。",
        "新しい版を作る",
    )

"""庁の様式の一覧を選んで書き出す窓。"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QComboBox, QWidget

from app.services import intake, submission
from app.services.office import Office
from ui.rooms.submission.writing import PasswordDialog
from ui.theme.style import show_if
from ui.widgets.date_field import DateField

KIND_WORDS = {
    "register": "認定者名簿",
    "decisions": "審査結果一覧",
    "scores": "得点一覧",
    "progress": "進捗一覧",
    "eligibility": "受講資格審査結果一覧",
    "statistics": "統計",
    "affiliations": "所属機関リスト",
}

ENDING_WORDS = {"xlsx": "Excel のブック（図付き）", "pdf": "PDF（図と表の紙）"}
# 紙にもできる一覧
PAPERS = frozenset({"statistics"})


@dataclass(frozen=True)
class ExportRequest:
    """書き出しの求め。cohort_id が空ならすべての研修期。ending は xlsx か pdf（図の紙。統計だけ）。"""

    kind: str
    cohort_id: int | None
    as_of: date
    password: str
    ending: str = "xlsx"

    @property
    def words(self) -> str:
        """一覧の名。"""
        return KIND_WORDS[self.kind]


class ExportDialog(PasswordDialog):
    """一覧の種類・研修期・基準日・パスワードを選ぶ。"""

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        cohort_id: int | None,
        chosen: Callable[[ExportRequest], None],
    ) -> None:
        self._office, self._cohort_id, self._chosen = office, cohort_id, chosen
        text = "その日の記録から作ります。送った便には数えません。"
        super().__init__(parent, "一覧を書き出す", text, "保存先を選ぶ…", self._with_password)
        self._fit()
        self.kind.setFocus()

    def add_fields(self) -> None:
        """一覧・研修期・基準日の欄を、パスワードより先に置く。"""
        self.kind, self.cohort = QComboBox(), QComboBox()
        for key, name in KIND_WORDS.items():
            self.kind.addItem(name, key)
        self.cohort.addItem("すべての研修期", None)
        for one in intake.list_cohorts(self._office):
            self.cohort.addItem(one.title, one.id)
        self.cohort.setCurrentIndex(max(0, self.cohort.findData(self._cohort_id)))
        self.as_of = DateField(self._office.today(), "基準日")
        self.as_of.set_value(self._office.today())
        self.ending = QComboBox()
        for ending, name in ENDING_WORDS.items():
            self.ending.addItem(name, ending)
        self.form.add("kind", "一覧", self.kind, required=True)
        self.form.add("ending", "形", self.ending, "PDF は、統計の図と表を刷る紙です。")
        self.kind.currentIndexChanged.connect(lambda _place: self._fit())
        self.ending.currentIndexChanged.connect(lambda _place: self._fit())
        hint = "名簿・統計・所属機関リストのほかは、研修期ごとに作ります。"
        self.form.add("cohort", "研修期", self.cohort, hint)
        self.form.add("as_of", "基準日", self.as_of, required=True)

    def _fit(self) -> None:
        """PDF を選べるのは統計だけ。PDF にはパスワードを付けられない。"""
        papers = self.kind.currentData() in PAPERS
        row = self.form.row("ending")
        show_if(row.heading, papers)
        show_if(row, papers)
        paper = papers and self.ending.currentData() == "pdf"
        if paper:
            self.wanted.setChecked(False)
        self.wanted.setEnabled(not paper)

    def errors(self) -> dict[str, str]:
        """研修期ごとの一覧には研修期が要る。"""
        found = super().errors()
        if self.kind.currentData() in submission.OF_COHORT and self.cohort.currentData() is None:
            found["cohort"] = "この一覧は研修期ごとに作ります。研修期を選んでください。"
        if self.as_of.value is None:
            found["as_of"] = self.as_of.error or "基準日を入れてください。"
        return found

    def _with_password(self, password: str) -> None:
        assert self.as_of.value is not None
        kind = str(self.kind.currentData())
        ending = str(self.ending.currentData()) if kind in PAPERS else "xlsx"
        self._chosen(ExportRequest(kind, self.cohort.currentData(), self.as_of.value, password, ending))

"""受付の窓：申込書を見ながら、一人の受講申込を手で入れる。"""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from app.domain.contacts import CONTACT_FIELDS
from app.domain.errors import RuleViolation
from app.domain.names import name_problems
from app.services import intake
from app.services.intake import PERSON_FIELDS
from app.services.intake.form import COUNTERS, STANDARDS, ApplicantForm, FormRefused, LikelyDuplicate
from app.services.office import Office
from ui.messages import Dialog
from ui.rooms.intake.dialogs import show_contact_cautions
from ui.rooms.intake.grids import ConvictionsField, EmploymentsField, GridField, QualificationsField
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog

_ASKED: dict[str, bool | None] = {"未回答": None, "はい": True, "いいえ": False}
_COUNTERS: dict[str, str | None] = {"未確認": None, **COUNTERS}
# 未確認を初めに置き、選ばなければ未確認のままとする
_STANDARDS = {"未確認": None, **STANDARDS}
_DECLARATIONS = {
    "mental_declared": "ア（心身の故障）",
    "immigration_declared": "イ（入管法・技能実習法の罪）",
    "other_law_declared": "ウ（その他の法令の罪）",
    "revocation_declared": "エ（認証の取消し）",
}
# 断られた列の名から、欄の key へ
FIELDS = {
    **CONTACT_FIELDS,
    "受付日": "received_on",
    "氏名": "name",
    "生年月日": "birth_date",
    "委託元": "commissioner",
    "理由": "reason",
    "在職歴": "employments",
    "国家資格": "qualifications",
    "申告": "convictions",
}
_PAUSE = 250  # ミリ秒
_TYPING = (
    "申込を手で入れる",
    "受付番号は続きの番号になります。閉じても書きかけは残り、続けられます。",
    "受け付ける",
)
_HINTS = {
    "name": "申込書のとおりの字で入れてください。字は直さずに保存します。",
    "roman_name": "旅券・在留カードの表記",
    "certificate_name": "認定証に印刷する氏名。空なら氏名と同じです。",
    "languages": "複数のときは「、」で区切ります。",
}


class SamePersonDialog(Dialog):
    """同じ読みと生年月日の人がいるとき、同じ人の申込か、別の人かを選んでもらう。"""

    def __init__(
        self,
        parent: QWidget,
        refusal: LikelyDuplicate,
        same: Callable[[int], None],
        another: Callable[[], None],
    ) -> None:
        super().__init__(
            parent,
            "同じ人かもしれません",
            f"{refusal}\n同じ人の申込にすると、その人の記録はこの申込書に書かれたことに替わります。",
        )
        self._same, self._another = same, another
        self.people = QComboBox()
        self.people.setAccessibleName("前からいる人")
        for person_id, name in refusal.people:
            self.people.addItem(f"{name}（記録の番号 {person_id}）", person_id)
        if len(refusal.people) > 1:
            self.body.addWidget(self.people)
        self.cancel_button = self.add_action("申込に戻る", self.reject)
        self.action_row.addStretch(1)
        self.another_button = self.add_action("別の人として受け付ける", self.choose_another)
        self.same_button = self.add_action("同じ人の申込にする", self.choose_same)
        self.cancel_button.setFocus()

    def choose_same(self) -> None:
        """選ばれた人の申込とする。"""
        self.accept()
        self._same(self.people.currentData())

    def choose_another(self) -> None:
        """別の人として受け付ける。"""
        self.accept()
        self._another()


def _choice(words: Mapping[str, object]) -> QComboBox:
    made = QComboBox()
    for word, value in words.items():
        made.addItem(word, value)
    return made


class ApplicationDialog(SavingDialog):
    """一人の受講申込を入れる。received は受け付けた申込の番号を送る。

    閉じても捨てず、書きかけは開き直せば続けられる（捨てるのは部屋）。
    """

    received = Signal(int)
    asks_before_leaving = False

    def __init__(
        self, parent: QWidget, office: Office, cohort_id: int, said: tuple[str, str, str] = _TYPING
    ) -> None:
        """said は窓の題・文・主な操作の言葉。"""
        super().__init__(parent, *said)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, self.asks_before_leaving)
        self._office, self._cohort_id = office, cohort_id
        self._person_id: int | None = None
        self._another = False
        today = office.today()
        self.received_on, self.birth_date = DateField(today, "受付日"), DateField(today, "生年月日")
        self.received_on.set_value(today)
        self.person = {key: QLineEdit() for key in PERSON_FIELDS}
        self.consent = QCheckBox("認定者名簿の公表に同意する")
        self.counter_name, self.commissioner = QLineEdit(), QLineEdit()
        self.counter, self.standard = _choice(_COUNTERS), _choice(_STANDARDS)
        self.engaged = _choice(_ASKED)
        self.declared = {key: _choice(_ASKED) for key in _DECLARATIONS}
        self.employments, self.qualifications = EmploymentsField(), QualificationsField()
        self.convictions = ConvictionsField()
        self._build_person()
        self._build_counter()
        self._build_declarations()
        self._build_more()
        self.scroll_form(920, 480)
        self._hear_changes()
        self.person["name"].textChanged.connect(self._check_name)
        self.person["name"].setFocus()

    def _build_person(self) -> None:
        self.form.add_section("申込と人")
        self.form.add("received_on", "受付日", self.received_on, required=True)
        for key, words in PERSON_FIELDS.items():
            self.form.add(key, words, self.person[key], _HINTS.get(key, ""), required=key == "name")
            if key == "reading":
                self.form.add("birth_date", "生年月日", self.birth_date, required=True)
        self.form.add("consent", "公表", self.consent)

    def _build_counter(self) -> None:
        self.form.add_section("現在の従事場所")
        self.form.add("counter_name", "窓口名", self.counter_name)
        self.form.add("counter", "窓口の種別", self.counter)
        self.form.add(
            "commissioner", "委託元", self.commissioner, "委託の窓口だけ。委託した国か地方公共団体の名。"
        )
        self.form.add("engaged", "相談対応に従事", self.engaged, "相談対応者への助言・指導を含みます。")
        self.form.add("standard", "窓口の要件（注5）", self.standard, "通年・無料・多言語・ワンストップか。")
        self.form.add_section("在職期間と国家資格")
        words = "窓口の要件の空は「未確認」、相談対応の空は「はい」、終了日の空は在職中とします。様式や Excel から貼れます。"
        self._add_grid("employments", "在職期間", self.employments, words)
        words = "級はキャリアコンサルティング技能士だけ。写しの確認の空は「未確認」とします。"
        self._add_grid("qualifications", "国家資格", self.qualifications, words)

    def _build_declarations(self) -> None:
        self.form.add_section("欠格事由の申告")
        for key, words in _DECLARATIONS.items():
            self.form.add(key, words, self.declared[key])
        self._add_grid(
            "convictions", "申告された裁判", self.convictions, "確定していなければ確定日は空のままにします。"
        )

    def _build_more(self) -> None:
        """申込の欄の後に足す欄（直す窓だけ）。"""

    def _hear_changes(self) -> None:
        # 打っている間は待ち、手が止まったら確かめる
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(_PAUSE)
        self._looking.timeout.connect(self.show_cautions)
        for field in (*self.person.values(), self.counter_name, self.commissioner):
            field.textChanged.connect(self._looking.start)
        for day in (self.received_on, self.birth_date):
            day.changed.connect(self._looking.start)
        for grid in (self.employments, self.qualifications):
            grid.grid.problems_changed.connect(self._looking.start)

    def show_cautions(self) -> None:
        """受け取れるが確かめることを、欄の下に出す。まだ書きかけなら、連絡先の書き方だけ。"""
        if not self._office.may("intake.form_cautions"):  # 錠が掛かっている間
            return
        if ApplicationDialog.errors(self) or self.received_on.value is None:
            show_contact_cautions(self.form, self.person)
            return
        found: dict[str, list[str]] = {}
        cautions = intake.form_cautions(self._office, self._cohort_id, self.filled(), self.received_on.value)
        for column, words in cautions:
            found.setdefault(FIELDS[column], []).append(words)
        for key in dict.fromkeys(FIELDS.values()):
            if key != "reason":
                self.form.row(key).set_caution("\n".join(found.get(key, ())))

    def _add_grid(self, key: str, name: str, field: GridField, hint: str) -> None:
        row = self.form.add_wide(key, name, field, hint)
        field.grid.problems_changed.connect(row.set_error)

    def _check_name(self, text: str) -> None:
        found = "、".join(name_problems(text))
        self.form.row("name").set_error(f"氏名に使えない文字があります（{found}）。" if found else "")

    @property
    def is_started(self) -> bool:
        """何か書かれていれば真。"""
        texts = [*(field.text() for field in self.person.values()), self.counter_name.text()]
        grids: tuple[GridField, ...] = (self.employments, self.qualifications, self.convictions)
        return any(texts) or bool(self.birth_date.edit.text()) or any(g.rows() for g in grids)

    def errors(self) -> dict[str, str]:
        """氏名・生年月日・受付日と、表の誤り。"""
        found = {}
        if not self.person["name"].text().strip():
            found["name"] = "氏名を入れてください。"
        for key, field, name in (
            ("received_on", self.received_on, "受付日"),
            ("birth_date", self.birth_date, "生年月日"),
        ):
            if field.value is None:
                found[key] = field.error or f"{name}を入れてください。"
        grids: dict[str, GridField] = {
            "employments": self.employments,
            "qualifications": self.qualifications,
            "convictions": self.convictions,
        }
        return found | {key: grid.problem for key, grid in grids.items() if grid.problem}

    def filled(self) -> ApplicantForm:
        """書かれた申込。errors が空のときだけ呼ぶ。"""
        assert self.birth_date.value is not None
        values: dict[str, Any] = {key: field.text() for key, field in self.person.items()}
        values |= {key: field.currentData() for key, field in self.declared.items()}
        return ApplicantForm(
            row=0,
            number="",
            birth_date=self.birth_date.value,
            counter_name=self.counter_name.text(),
            counter=self.counter.currentData(),
            counter_engaged=self.engaged.currentData(),
            counter_standard=self.standard.currentData(),
            commissioner=self.commissioner.text() or None,
            publish_consent=self.consent.isChecked(),
            employments=self.employments.forms(),
            qualifications=self.qualifications.forms(),
            convictions=self.convictions.forms(),
            **values,
        )

    def save(self) -> None:
        """受け付ける。"""
        person_id, another = self._person_id, self._another
        # 同じ人かの答えは、いま押したときだけのもの
        self._person_id, self._another = None, False
        made = intake.receive_application(
            self._office,
            self._cohort_id,
            self.filled(),
            received_on=self.received_on.value,
            person_id=person_id,
            another_person=another,
        )
        self.received.emit(made)

    def refused(self, refusal: RuleViolation) -> None:
        """似た人がいれば選んでもらい、受け取れないところは欄の横に言う。"""
        if isinstance(refusal, LikelyDuplicate):
            SamePersonDialog(self, refusal, self._same, self._other).open()
        elif isinstance(refusal, FormRefused):
            found: dict[str, str] = {}
            for column, reason in refusal.problems:
                key = FIELDS[column]
                found[key] = f"{found[key]}\n{reason}" if key in found else reason
            self.show_errors(found)
        else:
            super().refused(refusal)

    def _same(self, person_id: int) -> None:
        self._person_id = person_id
        self.submit()

    def _other(self) -> None:
        self._another = True
        self.submit()

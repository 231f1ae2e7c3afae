"""案件の窓：議決・一括議決・利害関係・有罪の記録。"""

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki
from app.domain.disqualification import LAWS, PENALTIES
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.cases import ConvictionForm, DecisionForm
from app.services.office import Office
from app.services.views.committee import DECISION_WORDS, CaseView, ConvictionView, MeetingView
from ui.rooms.committee.conflicts import kind_box
from ui.theme.style import current_look
from ui.widgets.cards import NoteBox, label
from ui.widgets.date_field import DateField
from ui.widgets.saving import SavingDialog, unread

SUSPENSION_WORDS = {"": "なし", "full": "全部の執行猶予", "partial": "一部の執行猶予"}


class DecisionDialog(SavingDialog):
    """一件の議決を確かめる。認定しない議決では理由、条件付きでは期限、可否同数では議長の票を入れる。"""

    def __init__(self, parent: QWidget | None, office: Office, case: CaseView, decision: str) -> None:
        words = DECISION_WORDS[decision]
        super().__init__(
            parent,
            f"{words}を議決",
            f"案件{case.position:03d}　{case.name}さん（受付 {case.reception_number:04d}）",
            f"{words}を議決",
        )
        self._office, self._case, self._decision = office, case, decision
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setMinimumHeight(current_look().px(80))
        self.due = DateField(office.today(), "条件の期限")
        self.casting = QComboBox()
        self.casting.addItems(["選んでください", "可", "否"])
        if case.result == "tie":
            self.form.add("casting", "議長の決する票", self.casting, "可否同数です", required=True)
        if decision == "conditional":
            self.form.add("due", "条件の期限", self.due, required=True)
        if decision != "certified":
            self.form.add("reason", "理由", self.reason, "議事録と通知に載ります", required=True)
            self.reason.setFocus()

    def errors(self) -> dict[str, str]:
        """要る欄が空なら言う。"""
        found = {}
        if self._case.result == "tie" and not self.casting.currentIndex():
            found["casting"] = "議長の決する票を選んでください。"
        if self._decision == "conditional" and self.due.value is None:
            found["due"] = unread(self.due) or "条件の期限を入れてください。"
        if self._decision != "certified" and not self.reason.toPlainText().strip():
            found["reason"] = "理由を書いてください。"
        return found

    def save(self) -> None:
        """議決する。"""
        casting = {1: "for", 2: "against"}.get(self.casting.currentIndex())
        form = DecisionForm(self._decision, self.reason.toPlainText().strip(), self.due.value, casting)
        committee.decide_case(self._office, self._case.id, form)


class BlockDialog(SavingDialog):
    """明らかな件をまとめて認定する。件の一つずつを示し、外したいものは外せる。"""

    def __init__(
        self, parent: QWidget | None, office: Office, meeting: MeetingView, cases: list[CaseView]
    ) -> None:
        super().__init__(
            parent,
            "明らかな件の一括議決",
            "欠格事由アが確認され、イ〜エが計算で該当なし、利害関係のない件です。一件ずつ記録されます。",
            "まとめて認定を議決",
        )
        self._office, self._meeting = office, meeting
        self.boxes: dict[int, QCheckBox] = {}
        for case in cases:
            box = QCheckBox(f"{case.position:03d}　{case.name}　{case.test}".replace("&", "&&"))
            box.setChecked(True)
            box.toggled.connect(lambda _on: self._count())
            self.boxes[case.id] = box
            self.body.addWidget(box)
        self.votes: dict[int, QComboBox] = {}
        self.body.addWidget(label("出席委員の表決（すべての件に同じ票を記録します）", "caption"))
        for member in meeting.members:
            if member.id in meeting.present:
                choice = QComboBox()
                choice.addItems(["可", "否", "棄権"])
                self.votes[member.id] = choice
                self.form.add(f"vote{member.id}", member.name, choice)
        # 書式（表決）を件の一覧の下に置き直す
        self.body.removeWidget(self.form)
        self.body.addWidget(self.form)
        self._count()

    def _chosen(self) -> list[int]:
        return [case_id for case_id, box in self.boxes.items() if box.isChecked()]

    def _count(self) -> None:
        count = len(self._chosen())
        self.main_button.setText(f"{count}件の認定を議決")
        self.main_button.setEnabled(count > 0)

    def save(self) -> None:
        """一括して議決する。"""
        words = ("for", "against", "abstain")
        votes = {m: words[c.currentIndex()] for m, c in self.votes.items()}
        committee.decide_block(self._office, self._meeting.id, self._chosen(), votes)


class RecusalDialog(SavingDialog):
    """利害関係のある委員を加える。"""

    def __init__(self, parent: QWidget | None, office: Office, meeting: MeetingView, case: CaseView) -> None:
        super().__init__(
            parent,
            "利害関係のある委員",
            "確認すると、その委員はこの案件の母数・出席・表決から除かれます。",
            "確認する",
        )
        self._office, self._case = office, case
        known = {r.member_id for r in case.recusals if r.confirmed is not False}
        self.members = [m for m in meeting.members if m.id not in known]
        self.member, self.kind, self.ground = QComboBox(), kind_box(), QLineEdit()
        self.member.addItems([m.name for m in self.members])
        self.form.add("member", "委員", self.member, required=True)
        self.form.add("kind", "種類", self.kind)
        self.form.add("ground", "理由", self.ground, "例：実践の指導をした", required=True)

    def errors(self) -> dict[str, str]:
        """委員と理由は要る。"""
        found = {} if self.members else {"member": "選べる委員がいません。"}
        if not self.ground.text().strip():
            found["ground"] = "利害関係の理由を書いてください。"
        return found

    def save(self) -> None:
        """回避を確認する。"""
        ground = self.ground.text().strip()
        committee.confirm_recusal(
            self._office,
            self._case.id,
            self.members[self.member.currentIndex()].id,
            kind=str(self.kind.currentData()),
            ground=ground,
            reason=ground,
        )


def conviction_words(row: ConvictionView) -> str:
    """有罪の裁判を一行で。"""
    parts = [LAWS.get(row.law, row.law), PENALTIES.get(row.penalty, row.penalty)]
    days = (
        ("確定", row.finalized_on),
        ("執行終了", row.execution_ended_on),
        ("執行を受けなくなった日", row.execution_ceased_on),
        ("猶予の終わり", row.suspension_ends_on),
    )
    parts += [f"{name} {wareki(day)}" for name, day in days if day is not None]
    if row.suspension_kind:
        parts.append(SUSPENSION_WORDS[row.suspension_kind] + ("（取消し）" if row.suspension_revoked else ""))
    return "　".join([*parts, row.source] if row.source else parts)


class ConvictionDialog(SavingDialog):
    """有罪の裁判を見て、加える。開いたことは、理由（reason）とともに監査記録に残る。"""

    def __init__(self, parent: QWidget | None, office: Office, case: CaseView, reason: str) -> None:
        super().__init__(
            parent,
            "有罪の裁判の記録",
            f"{case.name}さんの記録です。この画面を開いたことは、理由とともに監査記録に残りました。",
            "裁判を加える",
        )
        self.setMinimumWidth(current_look().px(680))
        self._office, self._case = office, case
        kept = committee.read_convictions(office, case.id, reason)
        lines = "\n".join(conviction_words(c) for c in kept) or "記録はありません。"
        self.body.insertWidget(0, NoteBox(lines))
        today = office.today()
        self.law, self.penalty, self.suspension = QComboBox(), QComboBox(), QComboBox()
        self.law.addItems(list(LAWS.values()))
        self.penalty.addItems(list(PENALTIES.values()))
        self.penalty.setCurrentIndex(list(PENALTIES).index("fine"))
        self.suspension.addItems(list(SUSPENSION_WORDS.values()))
        self.finalized, self.ended = DateField(today, "確定日"), DateField(today, "執行終了日")
        self.ceased = DateField(today, "執行を受けなくなった日")
        self.suspended_to = DateField(today, "猶予期間の終わり")
        self.revoked = QCheckBox("猶予が取り消された")
        self.source = QLineEdit()
        self.form.add("law", "法令", self.law, required=True)
        self.form.add("penalty", "刑", self.penalty, required=True)
        self.form.add("finalized", "確定日", self.finalized, "未確定なら空のまま")
        self.form.add("ended", "執行終了日", self.ended, "罰金は完納の日")
        self.form.add("ceased", "執行を受けなくなった日", self.ceased, "時効など")
        self.form.add("suspension", "執行猶予", self.suspension)
        self.form.add("suspended_to", "猶予期間の終わり", self.suspended_to)
        self.form.add("revoked", "", self.revoked)
        self.form.add("source", "根拠", self.source, "例：判決謄本")

    def _fields(self) -> dict[str, DateField]:
        return {
            "finalized": self.finalized,
            "ended": self.ended,
            "ceased": self.ceased,
            "suspended_to": self.suspended_to,
        }

    def errors(self) -> dict[str, str]:
        """日付が読め、確定日より前でないこと。猶予があれば終わりの日が要る。"""
        found = {key: unread(field) for key, field in self._fields().items() if field.error}
        day = self.finalized.value
        for key, field in self._fields().items():
            if field.value is None or key == "finalized":
                continue
            if day is None:
                found.setdefault("finalized", "執行や猶予の日があるときは、確定日も入れてください。")
            elif field.value < day:
                found[key] = "確定日より前です。"
        if self.suspension.currentIndex() and self.suspended_to.value is None:
            found.setdefault("suspended_to", "猶予期間の終わりの日を入れてください。")
        return found

    def save(self) -> None:
        """裁判を記す。"""
        if not self.suspension.currentIndex() and self.suspended_to.value is not None:
            raise RuleViolation(
                "猶予期間の終わりがあるのに、執行猶予が「なし」です。どちらかを直してください。"
            )
        committee.record_conviction(
            self._office,
            self._case.person_id,
            ConvictionForm(
                list(LAWS)[self.law.currentIndex()],
                list(PENALTIES)[self.penalty.currentIndex()],
                self.finalized.value,
                self.ended.value,
                self.ceased.value,
                list(SUSPENSION_WORDS)[self.suspension.currentIndex()] or None,
                self.suspended_to.value,
                self.revoked.isChecked(),
                self.source.text(),
            ),
        )

"""会議の紙の窓：招集通知・会議の資料・議事録の文。"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.domain.calendar import wareki, weekday_ja
from app.services import committee
from app.services.office import Office
from app.services.views.committee import TEXT_BLOCKS, MeetingView
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox
from ui.widgets.saving import SavingDialog

_HINTS = {
    "summary": "議事要旨にも載ります。氏名を書かないでください",
    "discussion": "質疑、意見とその答え",
}


class ConvocationDialog(SavingDialog):
    """招集通知を作る前に、期限を示し、文書番号を尋ねる。given は文書番号を送る。"""

    given = Signal(str)

    def __init__(self, parent: QWidget | None, office: Office, meeting: MeetingView) -> None:
        super().__init__(
            parent,
            "招集通知を作る",
            f"会議の日に在任する委員{len(meeting.members)}名に、一通ずつ書きます。議題は、いまの議題の一覧が載ります。",
            "保存先を選ぶ…",
        )
        today, by = office.today(), meeting.notice_by
        if meeting.convened_on is not None:
            words, tone = f"{wareki(meeting.convened_on)}に招集しています。もう一度書き出せます。", Tone.OK
        elif by is None:
            words, tone = "期限はまだ計算されていません。作ると計算されます。", Tone.ACCENT
        else:
            late = today > by
            words = f"出す期限は {wareki(by)}（{weekday_ja(by)}）です" + (
                "。期限を過ぎています。監査記録に残ります。" if late else "。"
            )
            tone = Tone.WARN if late else Tone.ACCENT
        self.deadline = NoteBox(words, tone)
        self.body.insertWidget(0, self.deadline)
        self.number = QLineEdit()
        self.number.setPlaceholderText("例：見認第12号（なくてもよい）")
        self.form.add("number", "文書番号", self.number, "二通以上なら「の1」から枝番が付きます")
        self.number.setFocus()

    def save(self) -> None:
        """文書番号を渡す。"""
        self.given.emit(self.number.text().strip())


class MaterialsDialog(SavingDialog):
    """会議の資料を、誰のために作るかを尋ねる。given は委員の id（0 は全件、-1 は委員ごとに一冊ずつ）を送る。"""

    given = Signal(int)

    def __init__(self, parent: QWidget | None, meeting: MeetingView) -> None:
        super().__init__(
            parent,
            "会議の資料を作る",
            "表紙と議題、案件の一覧、受付番号の順の審査の紙、統計を一冊の PDF にします。"
            "委員の分には、回避した案件と利害関係が未確認の案件が載りません（番号だけが「回避」として残ります）。",
            "保存先を選ぶ…",
        )
        self.who = QComboBox()
        self.who.addItem("委員ごとに一冊ずつ（全員分）", -1)
        for member in meeting.members:
            self.who.addItem(f"{member.name} 委員の分", member.id)
        self.who.addItem("事務局用（全件）", 0)
        self.form.add("who", "だれの分", self.who)
        self.who.setFocus()

    def save(self) -> None:
        """選んだ人を渡す。"""
        self.given.emit(int(self.who.currentData()))


class TextBlocksDialog(SavingDialog):
    """議事録に載せる文を、名のある欄ごとに書く。"""

    def __init__(self, parent: QWidget | None, office: Office, meeting: MeetingView) -> None:
        super().__init__(
            parent,
            "議事録の文",
            "書いた欄だけが、この順に議事録に載ります。閉じる前だけ書けます。",
            "保存する",
        )
        self._office, self._meeting = office, meeting
        self.fields: dict[str, QPlainTextEdit] = {}
        for key, title in TEXT_BLOCKS.items():
            self.fields[key] = self._field(meeting.text_blocks.get(key, ""))
            self.form.add(key, title, self.fields[key], _HINTS.get(key, ""))
        self.remarks = self._field(meeting.remarks)
        self.form.add("remarks", "発言の要旨その他", self.remarks, "議事録の終わりに載ります")
        self.scroll_form(620, 460)
        self.fields["opening"].setFocus()

    @staticmethod
    def _field(text: str) -> QPlainTextEdit:
        made = QPlainTextEdit(text)
        made.setTabChangesFocus(True)
        made.setFixedHeight(current_look().px(64))
        return made

    def save(self) -> None:
        """書き替える。"""
        texts = {key: field.toPlainText() for key, field in self.fields.items()}
        committee.set_text_blocks(self._office, self._meeting.id, texts)
        committee.set_remarks(self._office, self._meeting.id, self.remarks.toPlainText())

"""会議の持ち出しの窓：だれの分を、どの合言葉で書くか。書いた後に伝えること。"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.domain.calendar import wareki
from app.services import committee
from app.services.maintenance import SHORTEST_PASSPHRASE
from app.services.office import Office
from app.services.views.committee import MeetingView
from app.services.views.packets import SECOND_PC, PacketExport, PacketRow
from ui.messages import Dialog
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import NoteBox, button
from ui.widgets.form import Form
from ui.widgets.saving import SavingDialog

_ABOUT = (
    "一人の委員が、通信のない所で自分の PC で審査するための、暗号化した一つのファイルを書きます。"
    "その委員が回避した案件、利害関係が未確認の案件、議決済みの案件は入りません。"
)
_HAND_OVER = (
    "ファイルと合言葉は、別々の道で渡してください（ファイルは手渡し、合言葉は電話など）。"
    "合言葉は記録に残りません。この窓を閉じると、二度と表示できません。"
)


def packet_words(rows: Sequence[PacketRow]) -> str:
    """これまでの持ち出しを一行ずつ。"""
    return "\n".join(
        f"{r.number}　{r.recipient}　{r.cases}件　{wareki(r.made_at.astimezone().date())}に書き出し　"
        + (f"{wareki(r.returned_at.astimezone().date())}に戻り" if r.returned_at else "まだ戻っていません")
        for r in rows
    )


class ExportPacketDialog(SavingDialog):
    """持ち出しを、だれの分として、どの合言葉で書くかを尋ねる。given は（委員の id、0 は二台目の PC）と合言葉を送る。"""

    given = Signal(int, str)
    # 合言葉を、書きかけとしても残さない
    keeps_draft = False
    asks_before_leaving = False

    def __init__(self, parent: QWidget | None, office: Office, meeting: MeetingView) -> None:
        super().__init__(parent, "会議の持ち出しを書く", _ABOUT, "保存先を選ぶ…")
        self._office = office
        self.kept = NoteBox(packet_words(committee.list_packets(office, meeting.id)), Tone.ACCENT)
        self.who = QComboBox()
        for member in meeting.members:
            role = "（議長）" if member.role == "chair" else ""
            self.who.addItem(f"{member.name}{role}", member.id)
        self.who.addItem(f"{SECOND_PC}（全委員の票と出席を入れる）", 0)
        self.passphrase = QLineEdit(committee.propose_passphrase(office))
        self.again_button = button("作り直す", "small", self.propose)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.passphrase, 1)
        row.addWidget(self.again_button)
        self.passphrase.setAccessibleName("持ち出しの合言葉")
        self.form.add("who", "だれの分", self.who)
        self.form.add(
            "passphrase",
            "持ち出しの合言葉",
            line,
            f"{SHORTEST_PASSPHRASE}文字以上。戻りを取り込むときにも使います",
        )
        self.body.addWidget(self.kept)
        self.who.setFocus()

    def propose(self) -> None:
        """合言葉を作り直す。"""
        self.passphrase.setText(committee.propose_passphrase(self._office))

    def errors(self) -> dict[str, str]:
        """合言葉の長さ。"""
        if len(self.passphrase.text().strip()) >= SHORTEST_PASSPHRASE:
            return {}
        return {"passphrase": f"{SHORTEST_PASSPHRASE}文字以上にしてください。"}

    def save(self) -> None:
        """選んだ人と合言葉を渡す。"""
        self.given.emit(int(self.who.currentData()), self.passphrase.text().strip())


class HandOverDialog(Dialog):
    """書いた持ち出しについて、受け取る人に伝えること。"""

    starts_act = False

    def __init__(self, parent: QWidget | None, made: PacketExport, passphrase: str, file_name: str) -> None:
        left = f"（回避などで除いた案件 {made.left_out}件）" if made.left_out else ""
        super().__init__(parent, "持ち出しを書きました", _HAND_OVER)
        self.setMinimumWidth(current_look().px(600))
        self.form = Form()
        for key, name, words in (
            ("who", "だれの分", f"{made.recipient}　{made.cases}件{left}"),
            ("file", "ファイル", file_name),
            ("number", "持ち出しの番号", made.number),
            ("passphrase", "合言葉", passphrase),
            ("fingerprint", "鍵の指紋", made.fingerprint),
        ):
            field = QLineEdit(words)
            field.setReadOnly(True)
            field.setCursorPosition(0)
            hint = (
                "開いた画面の指紋と同じことを、受け取った人に確かめてもらえます"
                if key == "fingerprint"
                else ""
            )
            self.form.add(key, name, field, hint)
        self.body.addWidget(self.form, 0, Qt.AlignmentFlag.AlignTop)
        self._passphrase = passphrase
        self.copy_button = self.add_action("合言葉を写す", self.copy)
        self.action_row.addStretch(1)
        self.close_button = self.add_action("控えたので閉じる", self.accept, "main")

    def copy(self) -> None:
        """合言葉をクリップボードへ写す。"""
        QGuiApplication.clipboard().setText(self._passphrase)

    def done(self, result: int) -> None:
        """閉じるときに、写した合言葉を消す。"""
        if QGuiApplication.clipboard().text() == self._passphrase:
            QGuiApplication.clipboard().clear()
        super().done(result)

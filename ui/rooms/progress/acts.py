"""一人の研修に行う操作。部屋の記録からも、一人の頁からも、同じものを使う。"""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation
from app.services import progress
from app.services.views.progress import AttemptView, CourseView
from ui.messages import ask_reason, confirm_dangerous
from ui.rooms.context import RoomContext
from ui.rooms.progress.dialogs import AttemptDialog, ExtendDialog, ReportDialog, test_words
from ui.widgets.saving import SavingDialog

Told = Callable[[str], None]


class CourseActs:
    """選ばれた一人への操作。owner は窓の親、told は済んだ、refused は断られたときの言葉を受ける。"""

    def __init__(self, owner: QWidget, context: RoomContext, told: Told, refused: Told) -> None:
        self._owner, self._context, self._told, self._refused = owner, context, told, refused
        self.view: CourseView | None = None

    @property
    def may(self) -> bool:
        """記せる役割か。"""
        return self._context.office.may("progress.record_attempt")

    def _open(self, dialog: SavingDialog, words: str) -> None:
        def saved() -> None:
            self._context.changed()
            self._told(words)

        dialog.saved.connect(saved)
        dialog.open()

    def _try(self, action: Callable[[], object], words: str) -> None:
        try:
            action()
        except RuleViolation as refusal:
            self._refused(str(refusal))
            return
        self._context.changed()
        self._told(words)

    def record_attempt(self) -> None:
        """受験を記す窓を開く。"""
        if self.view is not None:
            words = f"{self.view.row.name}さんの受験を記録しました。"
            self._open(AttemptDialog(self._owner, self._context.office, self.view), words)

    def void_attempt(self, attempt: AttemptView | None) -> None:
        """誤って記した受験を、理由を尋ねて取り消す。"""
        if self.view is None or attempt is None or attempt.voided_on is not None:
            return
        name, office = self.view.row.name, self._context.office
        title = f"{test_words(attempt.subject_group)} {attempt.number}回目（{attempt.words}）"
        ask_reason(
            self._owner,
            "受験の記録を取り消す",
            f"{name}さんの{title}を取り消します。記録は理由とともに残り、判断には使われなくなります。",
            "取り消す",
            lambda reason: self._try(
                lambda: progress.void_attempt(office, attempt.id, reason),
                f"{name}さんの{title}を取り消しました。",
            ),
        )

    def record_report(self) -> None:
        """提出を記す窓を開く。"""
        if self.view is not None and self.view.reports:
            words = f"{self.view.row.name}さんの提出を記録しました。"
            self._open(ReportDialog(self._owner, self._context.office, self.view), words)

    def extend(self) -> None:
        """期限を延ばす窓を開く。"""
        if self.view is not None and self.view.reports:
            back = "、辞退扱いを取り消し" if self.view.withdrawal_missed else ""
            words = f"{self.view.row.name}さんの期限を延ばし{back}ました。"
            self._open(ExtendDialog(self._owner, self._context.office, self.view), words)

    def confirm_withdrawal(self) -> None:
        """辞退扱いの事実と失うものを示し、確かめられたら記す。"""
        if self.view is None:
            return
        row, office = self.view.row, self._context.office
        why = next(g.why for g in self.view.gates if g.title == "実践")
        loss = (
            f"{row.name}さん（受付 {row.reception}）を、今日付けで辞退として取り扱います。\n{why}\n"
            "養成課程②と修了認定テストを受けられなくなり、この研修期の記録は動かせなくなります。"
            "期限を延ばすのであれば、やめて「期限を延ばす…」を使ってください。"
        )
        confirm_dangerous(
            self._owner,
            "辞退扱いの確認",
            loss,
            "辞退として取り扱う",
            lambda: self._try(
                lambda: progress.confirm_withdrawal(office, row.application_id),
                f"{row.name}さんを辞退として取り扱いました。",
            ),
        )

    def take_back(self) -> None:
        """確認した辞退扱いを、理由を尋ねて取り消す。"""
        if self.view is None or not self.view.withdrawal_missed:
            return
        row, office = self.view.row, self._context.office
        ask_reason(
            self._owner,
            "辞退扱いの取消し",
            f"{row.name}さん（受付 {row.reception}）の辞退扱いを取り消します。{self.view.withdrawal_reason}。\n"
            "期限が過ぎたままなら、また確認待ちになります。期限も延ばすのであれば「期限を延ばす…」を使ってください。",
            "辞退扱いを取り消す",
            lambda reason: self._try(
                lambda: progress.take_back_withdrawal(office, row.application_id, reason),
                f"{row.name}さんの辞退扱いを取り消しました。",
            ),
        )

"""採点の机：開いているテストと得点、設問の扱いの案。部屋の頁と操作が分け合う。"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.item_analysis import Analysis
from app.services import scoring
from app.services.office import Office
from app.services.scoring import QuestionChange
from app.services.views.scoring import CertificationTestView, ScoreRow, ScoresView
from ui.rooms.context import RoomContext
from ui.theme.tokens import Tone
from ui.widgets.room import RoomPage


class ScoringDesk(QObject):
    """いま開いているテスト。

    reloaded は記録を読み直したとき、page_wanted は見せたい頁の key を送る。
    """

    reloaded = Signal()
    page_wanted = Signal(str)

    def __init__(self, context: RoomContext, room: RoomPage) -> None:
        super().__init__(room)
        self.context, self.room = context, room
        self.tests: tuple[CertificationTestView, ...] = ()
        self.test_id: int | None = None
        self.scores: ScoresView | None = None
        # 設問の扱いの案（設問の番号から）と、合格基準を試し始めたか
        self.drafts: dict[int, QuestionChange] = {}
        self.started = False

    @property
    def office(self) -> Office:
        """サービスの土台。"""
        return self.context.office

    @property
    def test(self) -> CertificationTestView | None:
        """いま開いているテスト。"""
        return None if self.scores is None else self.scores.test

    def reload(self) -> None:
        """いまの記録から読み直す。試している合格基準と設問の扱いの案は保つ。"""
        cohort_id = self.context.cohort_id
        self.tests = () if cohort_id is None else scoring.list_tests(self.office, cohort_id)
        ids = [test.id for test in self.tests]
        if self.test_id not in ids:
            self.start_over(ids[-1] if ids else None)
        self.scores = None if self.test_id is None else scoring.score_test(self.office, self.test_id)
        self.reloaded.emit()

    def start_over(self, test_id: int | None) -> None:
        """番号のテストを、試しも案もない初めから開く（読み直しはしない）。"""
        self.test_id, self.drafts, self.started = test_id, {}, False

    def change_test(self, test_id: int) -> None:
        """ほかのテストを開く。"""
        if test_id != self.test_id:
            self.start_over(test_id)
            self.reload()

    def put_draft(self, change: QuestionChange, *, same: bool) -> None:
        """設問一つの扱いの案を立てる。いまの扱いと同じなら、案を取り下げる。"""
        kept = {n: c for n, c in self.drafts.items() if n != change.number}
        self.drafts = kept if same else kept | {change.number: change}
        self.reload()

    def clear_drafts(self) -> None:
        """案をすべて取り下げる。"""
        self.drafts = {}
        self.reload()

    def say(self, words: str, tone: Tone = Tone.OK) -> None:
        """部屋の帯で知らせる。"""
        self.room.banner.show_message(words, tone)

    def saved(self, words: str) -> None:
        """何かを記録した後：ほかの部屋に知らせ、読み直し、帯で言う。"""
        self.context.changed()
        self.reload()
        self.say(words)


class ScoringPage(QWidget):
    """部屋の右の頁。key と title は札、wide なら左の一覧を隠して広く使う、lazy なら見せるときに初めて読む。"""

    key = ""
    title = ""
    wide = False
    lazy = False

    def __init__(self, desk: ScoringDesk) -> None:
        super().__init__()
        self.desk = desk

    def show_test(self, view: ScoresView) -> None:
        """テストと得点を出し直す（読み直すたび。lazy なら、見えているときと見せるとき）。"""

    def show_analysis(self, view: ScoresView, analysis: Analysis) -> None:
        """画面の外で済んだ分析を出す。"""

    def show_person(self, row: ScoreRow | None) -> None:
        """左の一覧で選ばれた人を出す。"""

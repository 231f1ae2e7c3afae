"""審査会議：会議・議案の一覧と、一件の審査の紙、表決と議決、閉じて議事録。"""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut

from app.domain.access import Role
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.committee.cases import DecisionForm
from app.services.views.committee import DECISION_WORDS, CaseRow, CaseView, MeetingView
from ui.messages import ask_reason
from ui.rooms.committee.acts import CaseActs, MeetingActs
from ui.rooms.committee.bar import MeetingBar, MeetingHead
from ui.rooms.committee.dialogs import DecisionDialog
from ui.rooms.committee.members import NOT_LINKED
from ui.rooms.committee.packet_acts import PacketActs
from ui.rooms.committee.paper_acts import PaperActs
from ui.rooms.committee.projector import Projector
from ui.rooms.committee.sheet import DECISION_TONES, CaseSheet
from ui.rooms.context import RoomContext
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import show_if
from ui.theme.tokens import Tone
from ui.widgets.room import Filter, SplitRoomPage
from ui.widgets.saving import SavingDialog

_GROUNDS = ("i", "u", "e")


def waiting(context: RoomContext) -> tuple[int, bool]:
    """開いている会議の未審査の件数と、会議の日を過ぎても閉じていない会議があるか。"""
    assert context.cohort_id is not None
    meetings = [m for m in committee.list_meetings(context.office, context.cohort_id) if not m.closed]
    count = sum(not c.decision for m in meetings for c in m.cases)
    return count, any(m.held_on < context.office.today() for m in meetings)


def _tone(row: CaseRow) -> Tone:
    if row.reversed:
        return Tone.WARN
    return DECISION_TONES.get(row.decision, Tone.WARN if row.unresolved else Tone.MUTED)


class CommitteeRoom(SplitRoomPage):
    """会議を選び、案件を一件ずつ審査して議決する。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("審査会議", widths=(350, 800))
        self.context = context
        self._meetings: tuple[MeetingView, ...] = ()
        self.meeting: MeetingView | None = None
        self.case: CaseView | None = None
        self.projector: Projector | None = None
        self._held = False
        self.meeting_acts, self.case_acts = MeetingActs(self), CaseActs(self)
        self.paper_acts, self.packet_acts = PaperActs(self), PacketActs(self)
        acts = self.meeting_acts, self.paper_acts, self.packet_acts
        self.head = MeetingHead(self, *acts, self.show_projector)
        self.left = MeetingBar(self.meeting_acts)
        self.left.choice.activated.connect(self._meeting_chosen)
        self.list_pane.top.addLayout(self.left)
        self.model = RowsModel(
            (
                Column("番", lambda r: f"{r.position:03d}", Kind.TEXT, 42, drop=1),
                Column("氏名", lambda r: r.name, Kind.WRAPPED, 150, least=90),
                Column("議決", lambda r: r.words, Kind.CHIP, 92, tone=_tone),
            ),
            key=lambda r: r.id,
        )
        self.sheet = CaseSheet()
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("議案の一覧")
        self.table.row_chosen.connect(self._choose)
        self.table.opened.connect(lambda _row: self.sheet.grounds.focus_first())
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self.record.content.addWidget(self.sheet)
        self.record.pin(self.sheet.votes)
        self._build_actions()
        self._connect_sheet()
        self._show_allowed()
        self.refresh()

    def _show_allowed(self) -> None:
        """会議を進める操作は、事務局の人にだけ出す。"""
        allowed = self.context.office.may("committee.create_meeting")
        for made in (*self.head.office_buttons, self.left.create_button, self.left.agenda_button):
            show_if(made, allowed)
        # 委員は、自分の申告だけを記せる
        show_if(self.head.declare_button, self.context.office.may("committee.record_declaration"))

    def _build_actions(self) -> None:
        bar = self.actions_bar
        self.defer_button = bar.add("保留… F9", lambda: self.ask_decision("deferred"))
        self.condition_button = bar.add("条件付き…", lambda: self.ask_decision("conditional"))
        self.reverse_button = bar.add_danger("議決を取り消す…", self.case_acts.reverse)
        self.change_button = bar.add_danger("議決を変更する…", self.paper_acts.reverse_closed)
        self.refuse_button = bar.add_danger("不認定…", lambda: self.ask_decision("not_certified"))
        self.main_button = bar.set_main("認定を議決", self.certify, keyed=True)

    def _connect_sheet(self) -> None:
        sheet = self.sheet
        sheet.grounds.chosen.connect(self.judge)
        sheet.accept_computed.connect(self.accept_computed)
        sheet.show_convictions.connect(self.case_acts.show_convictions)
        sheet.grounds.evidence.connect(self.case_acts.show_evidence)
        sheet.add_recusal.connect(self.case_acts.add_recusal)
        sheet.recusals.confirmed.connect(self.case_acts.confirm_recusal)
        sheet.recusals.dismissed.connect(self.case_acts.dismiss_recusal)
        sheet.votes.voted.connect(self.vote)
        sheet.votes.everyone.connect(self.vote_everyone)
        sheet.votes.counted.connect(self.paper_acts.count_votes)
        for keys, action in (
            ("F6", lambda: self.judge("a", "clear")),
            ("F7", self.accept_computed),
            ("F8", self.vote_everyone),
            ("Ctrl+F8", self.paper_acts.count_votes),
            ("F9", lambda: self.ask_decision("deferred")),
            ("F11", self.show_projector),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        sheet.grounds.show_key("a", "clear", "F6")

    # ── 読み直し ──

    def refresh(self, after: int | None = None) -> None:
        """いまの記録から書き直す。選んだ会議と案件は保つ（after があれば、その番の次の未審査の案件へ進む）。"""
        cohort_id = self.context.cohort_id
        kept = self.meeting.id if self.meeting is not None else None
        self._meetings = () if cohort_id is None else committee.list_meetings(self.context.office, cohort_id)
        place = next((i for i, m in enumerate(self._meetings) if m.id == kept), 0)
        self.left.set_meetings(self._meetings, place)
        self.left.create_button.setEnabled(cohort_id is not None)
        self.meeting = self._meetings[place] if self._meetings else None
        self._show_meeting(after)

    def show_newest(self) -> None:
        """いちばん新しい会議に移る。"""
        self.meeting = None
        self.refresh()

    def _meeting_chosen(self, place: int) -> None:
        self.meeting = self._meetings[place]
        self._show_meeting()

    def _show_meeting(self, after: int | None = None) -> None:
        self.left.show_meeting(self.meeting)
        self.head.show_meeting(self.meeting)
        self._show_rows(after)

    def _show_rows(self, after: int | None = None) -> None:
        rows = self.meeting.cases if self.meeting is not None else ()
        filters = {
            "all": ("すべて", rows),
            "open": ("未審査", [r for r in rows if not r.decision]),
            "done": ("議決済み", [r for r in rows if r.decision]),
        }
        self.list_pane.set_filters([Filter(k, title, len(found)) for k, (title, found) in filters.items()])
        shown = filters[self.list_pane.filters.current or "all"][1]
        # 行を替える間に選びが動いても、紙を読むのは落ち着いた一件だけ
        self._held = True
        self.model.set_rows(shown)
        if shown and self.table.chosen() is None:
            self.table.selectRow(0)
        if after is not None and (left := [r for r in shown if not r.decision]):
            following = next((r for r in left if r.position > after), left[0])
            self.table.select_key(following.id)
        self._held = False
        if not shown:
            self._show_empty(bool(rows))
            return
        self.list_pane.show_content()
        self._choose(self.table.chosen())

    def _show_empty(self, filtered: bool) -> None:
        self._choose(None)
        if filtered:
            self.list_pane.show_empty("この絞り込みに当たる案件はありません。")
        elif self.context.cohort_id is None:
            self.list_pane.show_empty("研修期がまだありません。受付の部屋で研修期を作ってください。")
        elif (actor := self.context.office.actor) and actor.role is Role.MEMBER:
            self.list_pane.show_empty(NOT_LINKED if actor.member_id is None else "見られる案件がありません。")
        elif self.meeting is None:
            self.list_pane.show_empty(
                "会議がまだありません。", "会議を作る…", self.meeting_acts.create_meeting
            )
        else:
            self.list_pane.show_empty(
                "議案がありません。合格者から議案を作ってください。",
                "議案を作る",
                self.meeting_acts.build_agenda,
            )

    def open_target(self, target_id: int) -> None:
        """番号の案件を開く（別の会議なら、その会議に移る）。"""
        for place, meeting in enumerate(self._meetings):
            if any(c.id == target_id for c in meeting.cases):
                self.left.choice.setCurrentIndex(place)
                self.list_pane.filters.choose("all")
                self._meeting_chosen(place)
                self.table.select_key(target_id)
                return

    def _choose(self, row: CaseRow | None) -> None:
        if self._held:
            return
        self.case = None
        if row is not None and self.meeting is not None:
            try:
                self.case = committee.get_case(self.context.office, row.id)
            except RuleViolation as refusal:
                self.record.show_empty(str(refusal))
        else:
            self.record.show_empty("左の一覧から案件を選んでください。")
        if self.case is not None and row is not None and self.meeting is not None:
            self._show_case(self.case, row, self.meeting)
        if self.projector is not None:
            self.projector.set_case(self.case, self.meeting)

    def _show_case(self, case: CaseView, row: CaseRow, meeting: MeetingView) -> None:
        aside = f"{case.reading}　受付 {case.reception_number:04d}　{case.affiliation}"
        words = row.words if row.decision or row.unresolved else "審査中"
        self.record.show_record(
            case.name, aside, words, _tone(row) if row.decision or row.unresolved else Tone.ACCENT
        )
        self.sheet.set_case(case, meeting)
        undecided = not case.decision and not case.closed
        for made in (self.defer_button, self.condition_button, self.refuse_button, self.main_button):
            made.setVisible(undecided)
        self.reverse_button.setVisible(bool(case.decision) and not case.closed)
        changeable = case.decision in ("certified", "not_certified") and not case.reversal
        may = self.context.office.may("committee.reverse_closed")
        self.change_button.setVisible(case.closed and changeable and may)

    # ── 一件の審査 ──

    def perform(self, action: Callable[[], object], done: str = "", after: int | None = None) -> bool:
        """操作を一つ行い、画面を書き直す（after は refresh と同じ）。断られたら理由を帯に出し、案件を動かさない。"""
        ok = self.context.attempt(self, action, done)
        message, tone = (self.banner.text, Tone.BAD) if not ok else (done, Tone.OK)
        self.refresh(after if ok else None)
        if message:
            self.banner.show_message(message, tone)
        return ok

    def open_dialog(self, dialog: SavingDialog, saved: Callable[[], None] | None = None) -> None:
        """窓を開き、保存されたら saved（省けば書き直し）を行う。"""
        dialog.saved.connect(self.context.changed)
        dialog.saved.connect(self.refresh if saved is None else saved)
        dialog.open()

    def judge(self, ground: str, finding: str) -> None:
        """欠格事由一つについての委員会の判断を記す。計算と違えば理由を求める。"""
        if self.case is None or self.case.decision or self.case.closed:
            return
        case_id, office = self.case.id, self.context.office
        view = next(g for g in self.case.grounds if g.ground == ground)
        if view.computed in ("unconfirmed", finding):
            self.perform(lambda: committee.confirm_ground(office, case_id, ground, finding))
            return
        self._choose(self.table.chosen())
        computed = "該当する" if view.computed == "applies" else "該当しない"
        chosen = "該当する" if finding == "applies" else "該当しない"

        def given(reason: str) -> None:
            self.perform(lambda: committee.confirm_ground(office, case_id, ground, finding, reason))

        ask_reason(
            self,
            "計算と違う判断",
            f"{view.mark}は計算では「{computed}」です。委員会の判断を「{chosen}」とする理由を書いてください。",
            "この判断を記録する",
            given,
        )

    def accept_computed(self) -> None:
        """イ・ウ・エのうち計算で決まるものを、計算のとおり確認する。"""
        if self.case is None or not self.sheet.computed_button.isEnabled():
            return
        case_id, office = self.case.id, self.context.office
        views = [
            g
            for g in self.case.grounds
            if g.ground in _GROUNDS and g.computed != "unconfirmed" and (not g.finding or g.stale)
        ]

        def act() -> None:
            for view in views:
                committee.confirm_ground(office, case_id, view.ground, view.computed)

        self.perform(act)

    def vote(self, member_id: int, choice: str) -> None:
        """一人の票を記す。"""
        if self.case is not None:
            self._vote({**self.case.votes, member_id: choice})

    def vote_everyone(self) -> None:
        """表決に加われる出席委員の全員を「可」と記す。"""
        if self.case is not None and self.sheet.votes.all_button.isEnabled():
            self._vote({member: "for" for member, _ in self.sheet.votes.buttons})

    def _vote(self, votes: dict[int, str]) -> None:
        if self.case is not None:
            case_id = self.case.id
            self.perform(lambda: committee.record_votes(self.context.office, case_id, votes))

    def certify(self) -> None:
        """認定を議決し、次の未審査の案件へ進む。可否同数なら議長の票を求める。"""
        if self.case is None:
            return
        if self.case.result == "tie":
            self.ask_decision("certified")
            return
        case, office = self.case, self.context.office
        if self.perform(
            lambda: committee.decide_case(office, case.id, DecisionForm("certified")), after=case.position
        ):
            self._tell_decided(case, "certified")

    def ask_decision(self, decision: str) -> None:
        """理由などを尋ねて議決する。"""
        if self.case is not None and not self.case.decision and not self.case.closed:
            case = self.case
            dialog = DecisionDialog(self, self.context.office, case, decision)
            self.open_dialog(dialog, lambda: self._next(case, decision))

    def _next(self, case: CaseView, decision: str) -> None:
        """次の未審査の案件へ進み、いまの議決を知らせる。"""
        self.refresh(case.position)
        self._tell_decided(case, decision)

    def _tell_decided(self, case: CaseView, decision: str) -> None:
        words = f"案件{case.position:03d} {case.name}さんを「{DECISION_WORDS[decision]}」と議決しました。"
        left = any(not r.decision for r in self.model.rows)
        self.banner.show_message(words + ("" if left else "すべての案件を議決しました。"))

    def show_projector(self) -> None:
        """投影表示の窓を開く。もう開いていれば前に出す。"""
        if self.projector is None:
            self.projector = Projector(self)
        self.projector.set_case(self.case, self.meeting)
        self.projector.show()

"""会議の操作の置き場：一覧の上（会議を選ぶ・議案・進み）と、見出しの右のボタン。"""

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QMenu, QProgressBar, QPushButton, QVBoxLayout

from app.domain.calendar import wareki, wareki_short, weekday_ja
from app.services.views.committee import MeetingView
from ui.rooms.committee.acts import MeetingActs
from ui.rooms.committee.packet_acts import PacketActs
from ui.rooms.committee.paper_acts import PaperActs
from ui.theme import tokens as t
from ui.theme.style import current_look
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label
from ui.widgets.chip import Chip
from ui.widgets.room import SplitRoomPage
from ui.widgets.two_sided import TwoSided

# 会議を閉じる前に作る紙。ほかは閉じた後に作る
_BEFORE = frozenset({"招集通知…", "会議の資料…", "議事録の文…", "持ち出しを書く…", "戻りを取り込む…"})
_WHILE_OPEN = frozenset({"認証予定日を動かす…"})


class MeetingBar(QVBoxLayout):
    """一覧の上：会議を選ぶ、会議と議案を作る、議決の進み。"""

    def __init__(self, acts: MeetingActs) -> None:
        super().__init__()
        px = current_look().px
        self.setContentsMargins(px(t.GAP_3), px(t.GAP_3), px(t.GAP_3), 0)
        self.setSpacing(px(t.GAP_2))
        first, second = TwoSided(None, 0), TwoSided(None, 0)
        for line in (first, second):
            line.setSpacing(px(t.GAP_2))
        self.choice = QComboBox()
        self.choice.setAccessibleName("会議")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        first.add_part("plain", self.choice)
        self.create_button = button("会議を作る…", "small", acts.create_meeting)
        first.add_part("main", self.create_button)
        self.agenda = label("", "caption")
        self.agenda_button = button("議案を作る", "small", acts.build_agenda)
        second.add_part("plain", self.agenda)
        second.add_part("main", self.agenda_button)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("議決の進み")
        self.addLayout(first)
        self.addLayout(second)
        self.addWidget(self.progress)

    def set_meetings(self, meetings: tuple[MeetingView, ...], place: int) -> None:
        """会議の並びを替え、place 番目を選ぶ。"""
        self.choice.clear()
        for m in meetings:
            state = "　閉会" if m.closed else ""
            self.choice.addItem(f"第{m.number}回　{wareki_short(m.held_on)}{state}")
        self.choice.setEnabled(bool(meetings))
        if meetings:
            self.choice.setCurrentIndex(place)

    def show_meeting(self, m: MeetingView | None) -> None:
        """会議の進みを示す。"""
        self.agenda_button.setEnabled(m is not None and not m.closed)
        self.agenda.setText("" if m is None else f"修了認定　{len(m.cases)}件中 {m.decided}件 議決済み")
        self.progress.setMaximum(max(1, len(m.cases) if m else 1))
        self.progress.setValue(m.decided if m else 0)
        self.choice.setToolTip(m.place if m else "")


class MeetingHead:
    """見出しの札とボタン。"""

    def __init__(
        self,
        room: SplitRoomPage,
        acts: MeetingActs,
        papers: PaperActs,
        packets: PacketActs,
        projector: Callable[[], None],
    ) -> None:
        self._room = room
        self.quorum = room.add_chip(Chip(""))
        self.presence_button = room.add_button("出席…", acts.show_presence)
        self.declare_button = room.add_button("申告…", acts.show_declarations)
        self.declare_button.setToolTip("会議の初めに、一人ずつ利害関係を尋ねる")
        self.block_button = room.add_button("一括…", acts.decide_block)
        self.block_button.setToolTip("明らかな件の一括議決")
        self.projector_button = room.add_button("投影 F11", projector)
        # 幅の狭い画面でも見出しに収まるように、会議の前後に使うものは二つのメニューにまとめる
        plan = QMenu(room)
        self.meeting_actions = {
            words: plan.addAction(words, act)
            for words, act in (
                ("委員…", acts.show_members),
                ("議題…", papers.show_agenda),
                ("利害関係…", acts.show_conflicts),
                ("認証予定日を動かす…", acts.move_day),
            )
        }
        self.meeting_button = room.add_button("会議", lambda: None)
        self.meeting_button.setMenu(plan)
        menu = QMenu(room)
        self.paper_actions = {
            words: menu.addAction(words, act)
            for words, act in (
                ("招集通知…", papers.convoke),
                ("会議の資料…", papers.materials),
                ("議事録の文…", papers.write_texts),
                ("持ち出しを書く…", packets.export),
                ("戻りを取り込む…", packets.merge),
                ("議事録…", papers.minutes),
                ("議事要旨…", papers.summary),
                ("議決の通知…", papers.letters),
                ("件数照合表…", papers.reconcile),
            )
        }
        self.papers_button = room.add_button("書類", lambda: None)
        self.papers_button.setMenu(menu)
        self.close_button = room.add_button("閉会…", acts.close_meeting, "danger")

    @property
    def office_buttons(self) -> tuple[QPushButton, ...]:
        """会議を進めるボタン（事務局の人にだけ出す）。"""
        return (
            self.presence_button,
            self.block_button,
            self.meeting_button,
            self.papers_button,
            self.close_button,
        )

    def show_meeting(self, m: MeetingView | None) -> None:
        """会議に合わせて、見出しと札とボタンを替える。"""
        open_ = m is not None and not m.closed
        for made in (
            self.presence_button,
            self.declare_button,
            self.projector_button,
            self.papers_button,
        ):
            made.setEnabled(m is not None)
        for words, action in self.meeting_actions.items():
            action.setEnabled(words == "委員…" or (open_ if words in _WHILE_OPEN else m is not None))
        for words, action in self.paper_actions.items():
            action.setEnabled(open_ if words in _BEFORE else m is not None and m.closed)
        self.close_button.setEnabled(open_)
        self.block_button.setEnabled(open_ and any(not c.decision for c in (m.cases if m else ())))
        if m is None:
            self._room.set_heading("審査会議")
            self.quorum.set("", Tone.MUTED)
            return
        words = f"{wareki(m.held_on)}（{weekday_ja(m.held_on)}）"
        words += "書面の回答の締切日" if m.kind == "written" else f"{m.starts_at}〜"
        self._room.set_heading(f"第{m.number}回 認定審査委員会", words)
        here, base = len(m.present), len(m.members)
        if m.closed:
            self.quorum.set("閉会", Tone.MUTED)
        else:
            enough = here * 2 > base
            state = "定足数 充足" if enough else "定足数 不足"
            self.quorum.set(f"{state}　出席 {here}／委員 {base}", Tone.OK if enough else Tone.WARN)

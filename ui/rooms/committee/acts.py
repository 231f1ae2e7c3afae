"""会議の操作（作る・議案・出席・一括議決・閉じる・議事録）と、案件の利害関係・有罪の記録・議決の取消し。"""

from typing import TYPE_CHECKING

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services import committee
from app.services.office import Actor
from app.services.views.committee import DECISION_WORDS
from app.services.views.conflicts import DayChange
from ui.messages import ask_reason
from ui.rooms.committee.conflicts import ConflictsDialog, DeclarationsDialog, confirm_one
from ui.rooms.committee.day import CertificationDayDialog
from ui.rooms.committee.dialogs import BlockDialog, ConvictionDialog, RecusalDialog
from ui.rooms.committee.evidence import EvidenceDialog
from ui.rooms.committee.meetings import MeetingDialog, PresenceDialog
from ui.rooms.committee.members import MembersDialog
from ui.theme.tokens import Tone

if TYPE_CHECKING:
    from ui.rooms.committee.room import CommitteeRoom


class MeetingActs:
    """会議全体についての操作。"""

    def __init__(self, room: "CommitteeRoom") -> None:
        self._room = room

    def show_members(self) -> None:
        """委員の窓を開く。"""
        room = self._room
        dialog = MembersDialog(room, room.context.office)
        dialog.saved.connect(room.refresh)
        dialog.open()

    def create_meeting(self) -> None:
        """会議を作る窓を開く。"""
        room = self._room
        if room.context.cohort_id is not None:
            dialog = MeetingDialog(room, room.context.office, room.context.cohort_id)
            room.open_dialog(dialog, room.show_newest)

    def build_agenda(self) -> None:
        """合格者から議案を作る。"""
        room = self._room
        if room.meeting is None:
            return
        meeting_id, count = room.meeting.id, 0

        def act() -> None:
            nonlocal count
            count = committee.build_agenda(room.context.office, meeting_id)

        if room.perform(act):
            words = f"議案に{count}件を加えました。" if count else "新しく議案に加える合格者はいません。"
            room.banner.show_message(words, Tone.OK if count else Tone.WARN)

    def show_presence(self) -> None:
        """出席の窓を開く。"""
        room = self._room
        if room.meeting is not None:
            dialog = PresenceDialog(room, room.context.office, room.meeting)
            dialog.saved.connect(room.refresh)
            dialog.open()

    def show_declarations(self) -> None:
        """利害関係の申告の窓を開く。"""
        room = self._room
        if room.meeting is not None:
            dialog = DeclarationsDialog(room, room.context.office, room.meeting)
            dialog.saved.connect(room.refresh)
            dialog.open()

    def show_conflicts(self) -> None:
        """会議の利害関係の窓を開く。"""
        room = self._room
        if room.meeting is not None:
            dialog = ConflictsDialog(room, room.context, room.meeting)
            dialog.saved.connect(room.context.changed)
            dialog.saved.connect(room.refresh)
            dialog.open()

    def move_day(self) -> None:
        """認証予定日を動かす。議決を外すときは、二人目を求める。"""
        room = self._room
        if room.meeting is None:
            return
        m, office = room.meeting, room.context.office

        def act(found: DayChange, reason: str, second: Actor | None) -> None:
            committee.set_certification_day(office, m.id, found.after, found.digest, reason, second=second)
            room.refresh()
            again = f"{found.reopened}件をもう一度審査します。" if found.reopened else ""
            room.banner.show_message(f"認証予定日を{wareki(found.after)}に動かしました。{again}")

        def given(found: DayChange, reason: str) -> None:
            if not found.reopened:
                act(found, reason, None)
                return
            words = f"認証予定日を{wareki(found.after)}に動かし、{found.reopened}件の議決を外します。"
            room.context.with_second_person(
                room, f"{words}\n理由：{reason}", lambda second: act(found, reason, second)
            )

        CertificationDayDialog(room, office, m, given).open()

    def decide_block(self) -> None:
        """明らかな件を集めて、一括議決の窓を開く。なければ、何が要るかを言う。"""
        room = self._room
        if room.meeting is None:
            return
        office = room.context.office
        try:
            cases = [committee.get_case(office, c.id) for c in room.meeting.cases if not c.decision]
        except RuleViolation as refusal:
            room.banner.show_message(str(refusal), Tone.BAD)
            return
        clear = [c for c in cases if c.clear]
        if not clear:
            room.banner.show_message(
                "一括議決にできる明らかな件がありません。アの確認（F6）と利害関係の確認を済ませた、計算で該当なしの件だけが入ります。",
                Tone.WARN,
            )
            return
        dialog = BlockDialog(room, office, room.meeting, clear)
        dialog.saved.connect(lambda: self._block_done(room.meeting.decided if room.meeting else 0))
        room.open_dialog(dialog, lambda: None)

    def _block_done(self, before: int) -> None:
        room = self._room
        room.refresh()
        after = room.meeting.decided if room.meeting else before
        room.banner.show_message(f"{after - before}件を一括して「認定」と議決しました。")

    def close_meeting(self) -> None:
        """会議を閉じる。何が凍るかを言い、二人目に確かめてもらう。"""
        room = self._room
        if room.meeting is None:
            return
        m = room.meeting
        left = len(m.cases) - m.decided
        if left:
            room.banner.show_message(
                f"未審査の案件が{left}件あります。認定・不認定・保留・条件付きのどれかを議決してから閉じてください。",
                Tone.BAD,
            )
            return
        items = committee.list_agenda(room.context.office, m.id)
        if waiting := [i.number for i in items if i.kind != "cases" and not i.result]:
            numbers = "、".join(f"第{n}号" for n in waiting)
            room.banner.show_message(
                f"未議決の議題があります（議案{numbers}）。「議題…」で可決・否決・延期のどれかを議決してから閉じてください。",
                Tone.BAD,
            )
            return
        counts = {k: sum(c.decision == k for c in m.cases) for k in DECISION_WORDS}
        words = "　".join(f"{DECISION_WORDS[k]} {n}件" for k, n in counts.items() if n) or "案件なし"

        def given(second: Actor) -> None:
            committee.close_meeting(room.context.office, m.id, second=second)
            room.refresh()
            room.banner.show_message(f"第{m.number}回の会議を閉じました。議事録を作成できます。")

        out = sum(p.returned_at is None for p in committee.list_packets(room.context.office, m.id))
        packets = f"まだ戻っていない持ち出しが{out}件あり、閉じると取り込めなくなります。" if out else ""
        room.context.with_second_person(
            room,
            f"{packets}第{m.number}回の会議を閉じ、{len(m.cases)}件の議決（{words}）・出席・表決・議題・申告・文を凍らせます。閉じた後は変えられません。",
            given,
        )


class CaseActs:
    """一件についての、表決と議決のほかの操作。"""

    def __init__(self, room: "CommitteeRoom") -> None:
        self._room = room

    def add_recusal(self) -> None:
        """利害関係のある委員を加える窓を開く。"""
        room = self._room
        if room.case is not None and room.meeting is not None:
            room.open_dialog(RecusalDialog(room, room.context.office, room.meeting, room.case))

    def confirm_recusal(self, member_id: int) -> None:
        """候補に挙がった委員の回避を確認する。"""
        room = self._room
        if room.case is not None:
            room.open_dialog(confirm_one(room, room.context.office, room.case, member_id))

    def dismiss_recusal(self, member_id: int) -> None:
        """利害関係がないとする。理由と二人目を求める。"""
        room = self._room
        if room.case is None:
            return
        case = room.case
        name = next(r.member_name for r in case.recusals if r.member_id == member_id)
        words = f"{name}委員と{case.name}さんに利害関係がないとする理由を書いてください。"

        def second_given(reason: str, second: Actor) -> None:
            committee.dismiss_recusal(room.context.office, case.id, member_id, reason, second=second)
            room.refresh()

        def reason_given(reason: str) -> None:
            room.context.with_second_person(
                room,
                f"{name}委員は{case.name}さんの案件の表決に加わります。\n理由：{reason}",
                lambda second: second_given(reason, second),
            )

        ask_reason(room, "利害関係なしの確認", words, "二人目の確認へ", reason_given)

    def show_convictions(self) -> None:
        """理由を尋ねて、有罪の記録の窓を開く（開いたことが、理由とともに監査記録に残る）。"""
        room = self._room
        if room.case is None:
            return
        case = room.case

        def given(reason: str) -> None:
            try:
                dialog = ConvictionDialog(room, room.context.office, case, reason)
            except RuleViolation as refusal:
                room.banner.show_message(str(refusal), Tone.BAD)
                return
            room.context.changed()
            room.open_dialog(dialog)

        words = f"{case.name}さんの有罪の裁判の記録を開きます。何を確かめるためかを書いてください。監査記録に残ります。"
        ask_reason(room, "記録を開く理由", words, "開く", given)

    def show_evidence(self, ground: str) -> None:
        """一つの事由の証拠の窓を開く。"""
        room = self._room
        if room.case is not None:
            dialog = EvidenceDialog(room, room.context, room.case, ground)
            dialog.saved.connect(room.context.changed)
            dialog.saved.connect(room.refresh)
            dialog.open()

    def reverse(self) -> None:
        """議決を取り消す。理由と二人目を求める。"""
        room = self._room
        if room.case is None or not room.case.decision or room.case.closed:
            return
        case = room.case
        decision = DECISION_WORDS[case.decision]
        words = f"{case.name}さんの議決「{decision}」を取り消し、もう一度審査します。表決と確認は残ります。"

        def second_given(reason: str, second: Actor) -> None:
            committee.reverse_decision(room.context.office, case.id, reason, second=second)
            room.refresh()

        def reason_given(reason: str) -> None:
            room.context.with_second_person(
                room, f"{words}\n理由：{reason}", lambda second: second_given(reason, second)
            )

        ask_reason(room, "議決の取消し", words, "二人目の確認へ", reason_given)

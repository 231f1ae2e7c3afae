"""会議の紙についての操作：議題・招集通知・資料・議事録と議事要旨・議決の通知・件数照合表・議決の変更。"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import RuleViolation
from app.services import committee
from app.services.office import Actor
from app.services.views.committee import DECISION_WORDS, MeetingView
from ui.rooms.committee.agenda import AgendaDialog
from ui.rooms.committee.closed import ReconciliationDialog, ResultLettersDialog, ReversalDialog
from ui.rooms.committee.counts import CountedVotesDialog
from ui.rooms.committee.papers import ConvocationDialog, MaterialsDialog, TextBlocksDialog
from ui.rooms.intake.working import work_beside
from ui.theme.tokens import Tone

if TYPE_CHECKING:
    from ui.rooms.committee.room import CommitteeRoom


class PaperActs:
    """会議の紙についての操作。"""

    def __init__(self, room: "CommitteeRoom") -> None:
        self._room = room

    def _write(
        self, title: str, name: str, work: Callable[[Path], object], words: Callable[[object], str]
    ) -> None:
        """保存先を選び、画面の外で書き、済めば帯で知らせる。"""
        room = self._room

        def save(path: Path) -> None:
            target = path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf")
            room.banner.show_message(f"{title}を書いています…", Tone.ACCENT)

            def done(value: object) -> None:
                room.context.changed()
                room.refresh()
                room.banner.show_message(f"{words(value)}：{target}")

            work_beside(
                room.context,
                room,
                lambda: work(target),
                done,
                lambda refusal: room.banner.show_message(str(refusal), Tone.BAD),
            )

        room.context.save_path(room, f"{title}を保存", name, save)

    @property
    def _meeting(self) -> MeetingView | None:
        return self._room.meeting

    def show_agenda(self) -> None:
        """議題の窓を開く。"""
        room = self._room
        if room.meeting is not None:
            dialog = AgendaDialog(room, room.context, room.meeting)
            dialog.saved.connect(room.context.changed)
            dialog.saved.connect(room.refresh)
            dialog.open()

    def convoke(self) -> None:
        """招集通知を作る。"""
        room, m = self._room, self._meeting
        if m is None:
            return
        dialog = ConvocationDialog(room, room.context.office, m)

        def given(number: str) -> None:
            self._write(
                "招集通知",
                f"第{m.number}回_招集通知.pdf",
                lambda path: committee.write_convocation(room.context.office, m.id, path, number),
                lambda count: f"招集通知を{count}通書きました",
            )

        dialog.given.connect(given)
        dialog.open()

    def materials(self) -> None:
        """会議の資料を作る。"""
        room, m = self._room, self._meeting
        if m is None:
            return
        dialog = MaterialsDialog(room, m)
        office = room.context.office

        def given(who: int) -> None:
            def work(path: Path) -> object:
                if who < 0:
                    return committee.write_member_materials(office, m.id, path)
                return committee.write_materials(office, m.id, path, who or None)

            unit = "冊" if who < 0 else "件の資料"
            self._write("会議資料", f"第{m.number}回_会議資料.pdf", work, lambda n: f"{n}{unit}を書きました")

        dialog.given.connect(given)
        dialog.open()

    def write_texts(self) -> None:
        """議事録に載せる文を書く。"""
        room, m = self._room, self._meeting
        if m is not None:
            room.open_dialog(TextBlocksDialog(room, room.context.office, m))

    def minutes(self) -> None:
        """閉じた会議の議事録を作る。"""
        room, m = self._room, self._meeting
        if m is None:
            return
        self._write(
            "議事録",
            f"第{m.number}回_議事録.pdf",
            lambda path: committee.write_minutes(room.context.office, m.id, path),
            lambda _path: "議事録を書きました",
        )

    def summary(self) -> None:
        """議事要旨（氏名なし）を作る。"""
        room, m = self._room, self._meeting
        if m is not None:
            self._write(
                "議事要旨",
                f"第{m.number}回_議事要旨.pdf",
                lambda path: committee.write_summary(room.context.office, m.id, path),
                lambda _path: "議事要旨を書きました",
            )

    def letters(self) -> None:
        """議決の通知の窓を開く。"""
        room, m = self._room, self._meeting
        if m is None:
            return
        try:
            dialog = ResultLettersDialog(room, room.context, m)
        except RuleViolation as refusal:
            room.banner.show_message(str(refusal), Tone.BAD)
            return

        def write(case_ids: list[int], number: str) -> None:
            dialog.accept()
            self._write(
                "議決の通知",
                f"第{m.number}回_議決の通知.pdf",
                lambda path: committee.make_result_letters(
                    room.context.office, m.id, path, case_ids=case_ids or None, number=number
                ),
                _letters_words,
            )

        dialog.write.connect(write)
        dialog.open()

    def reconcile(self) -> None:
        """件数照合表を示す。"""
        room, m = self._room, self._meeting
        if m is None:
            return
        try:
            found = committee.reconcile(room.context.office, m.id)
        except RuleViolation as refusal:
            room.banner.show_message(str(refusal), Tone.BAD)
            return
        ReconciliationDialog(room, found).open()

    def reverse_closed(self) -> None:
        """閉じた会議の議決を変更する。掛かっているものを示し、理由と二人目を求める。"""
        room = self._room
        if room.case is None:
            return
        case, office = room.case, room.context.office
        try:
            effects = committee.reversal_effects(office, case.id)
        except RuleViolation as refusal:
            room.banner.show_message(str(refusal), Tone.BAD)
            return

        def second_given(reason: str, second: Actor) -> None:
            committee.reverse_closed(office, case.id, reason, second=second)
            room.refresh()

        def given(reason: str) -> None:
            words = f"{case.name}さんの議決「{DECISION_WORDS[case.decision]}」を変更します。"
            if effects.number:
                words += f"認定番号{effects.number}は欠番となり、認定証は取り下げられます。"
            room.context.with_second_person(
                room,
                f"{words}\n理由：{reason}",
                lambda second: second_given(reason, second),
                f"案件{case.position:03d} {case.name}さんの議決を変更しました。改める通知は「書類」の「議決の通知」にあります。",
            )

        dialog = ReversalDialog(room, effects)
        dialog.given.connect(given)
        dialog.open()

    def count_votes(self) -> None:
        """人数で表決を記す窓を開く。"""
        room = self._room
        if room.case is not None and not room.case.decision and not room.case.closed:
            voters = room.sheet.votes.voters
            room.open_dialog(CountedVotesDialog(room, room.context.office, room.case, voters))


def _letters_words(value: object) -> str:
    made, again = value if isinstance(value, tuple) else (0, 0)
    same = f"、台帳のまま{again}通" if again else ""
    return f"議決の通知を書きました：新しく{made}通{same}"

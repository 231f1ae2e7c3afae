"""会議の持ち出しと戻りについての操作。"""

from pathlib import Path
from typing import TYPE_CHECKING

from app.services import committee
from app.services.committee.packet_format import PACKET_SUFFIX, RETURN_SUFFIX
from app.services.views.packets import MergeResult, PacketExport
from ui.rooms.committee.merging import MergeDialog
from ui.rooms.committee.packets import ExportPacketDialog, HandOverDialog
from ui.rooms.intake.working import work_beside
from ui.theme.tokens import Tone

if TYPE_CHECKING:
    from ui.rooms.committee.room import CommitteeRoom


class PacketActs:
    """持ち出しを書く、戻りを取り込む。"""

    def __init__(self, room: "CommitteeRoom") -> None:
        self._room = room

    def export(self) -> None:
        """だれの分かと合言葉を尋ね、保存先を選んで書き、伝えることを示す。"""
        room = self._room
        if room.meeting is None:
            return
        meeting = room.meeting
        dialog = ExportPacketDialog(room, room.context.office, meeting)

        def given(who: int, passphrase: str) -> None:
            place = next((n for n, m in enumerate(meeting.members, 1) if m.id == who), 0)
            # ファイルの名に氏名は使わない
            whose = f"委員{place:02d}" if place else "事務局"
            name = f"第{meeting.number}回_持ち出し_{whose}{PACKET_SUFFIX}"
            room.context.save_path(
                room, "持ち出しを保存", name, lambda path: self._write(meeting.id, who, passphrase, path)
            )

        dialog.given.connect(given)
        dialog.open()

    def _write(self, meeting_id: int, who: int, passphrase: str, path: Path) -> None:
        room = self._room
        target = path if path.suffix == PACKET_SUFFIX else path.with_name(path.name + PACKET_SUFFIX)
        room.banner.show_message("持ち出しを書いています…", Tone.ACCENT)

        def done(made: PacketExport) -> None:
            room.context.changed()
            room.refresh()
            room.banner.show_message(f"{made.recipient}の持ち出しを書きました（{made.cases}件）：{target}")
            HandOverDialog(room, made, passphrase, target.name).open()

        work_beside(
            room.context,
            room,
            lambda: committee.export_packet(room.context.office, meeting_id, who or None, passphrase, target),
            done,
            lambda refusal: room.banner.show_message(str(refusal), Tone.BAD),
        )

    def merge(self) -> None:
        """戻りのファイルを選び、下見の窓を開く。"""
        room = self._room
        if room.meeting is None:
            return
        meeting = room.meeting

        def chosen(path: Path) -> None:
            dialog = MergeDialog(room, room.context, meeting, path)
            dialog.merged.connect(self._merged)
            dialog.open()

        room.context.open_path(room, "戻りのファイルを選ぶ", f"戻り (*{RETURN_SUFFIX})", chosen)

    def _merged(self, result: MergeResult) -> None:
        room = self._room
        room.context.changed()
        room.refresh()
        words = f"戻りから{result.taken}項目を取り込みました。"
        if result.kept:
            words += f"食い違い{result.kept}項目は今のままです。"
        if result.refused:
            words += f"{result.refused}項目は取り込めませんでした。"
        room.banner.show_message(words, Tone.WARN if result.refused else Tone.OK)

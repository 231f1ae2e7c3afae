"""取込の窓の左：取り込むファイルの一覧と、それぞれの進み。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import InputRefused
from app.services.import_jobs import ImportJob, Opening, TextLook
from app.services.views.intake import ImportPreview, ImportResult, refused_words
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import current_look, show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import button, label


class State(StrEnum):
    """一つのファイルの進み。値は札の言葉。"""

    WAITING = "待ち"
    READING = "読んでいます"
    READY = "取り込める"
    NOTHING = "取り込む行なし"
    LOCKED = "パスワード"
    REFUSED = "読めない"
    IMPORTING = "取り込み中"
    DONE = "済み"
    FAILED = "取り込めない"


_TONES = {
    State.READY: Tone.ACCENT,
    State.NOTHING: Tone.MUTED,
    State.LOCKED: Tone.WARN,
    State.REFUSED: Tone.BAD,
    State.DONE: Tone.OK,
    State.FAILED: Tone.BAD,
}

Seen = tuple[TextLook | None, ImportPreview]


@dataclass(eq=False)
class FileEntry:
    """取り込むファイル一つ。words は断りか注意の文、stale は下見の後にほかのファイルを取り込んだか。"""

    path: Path
    job: ImportJob
    state: State = State.WAITING
    seen: ImportPreview | None = None
    look: TextLook | None = None
    password: str | None = None
    encoding: str | None = None
    result: ImportResult | None = None
    words: str = ""
    code: str = ""
    stale: bool = False

    @property
    def opening(self) -> Opening:
        """いまの開き方。"""
        return Opening(self.password, self.encoding)

    def read(self) -> Seen:
        """見る（画面の外で）。文字のファイルは、読み方を決めてから下見する。"""
        try:
            look = self.job.look_at_text(self.path, self.encoding)
        except InputRefused:
            if self.encoding is not None:
                raise
            look = None  # 断りの文は、関所の方がくわしい
        return look, self.job.preview(self.path, self.opening)

    def take_in(self, seen: ImportPreview, whole: bool) -> ImportResult | ImportPreview:
        """取り込む（画面の外で）。ほかのファイルを先に取り込んで下見が変わっていれば、新しい下見を返す。"""
        if self.stale:
            fresh = self.job.preview(self.path, self.opening)
            if not same_preview(seen, fresh):
                return fresh
        return self.job.run(self.path, seen, whole, self.opening)

    def write_refused(self, seen: ImportPreview, target: Path) -> Path:
        """断った行を、理由を添えて書く（画面の外で）。"""
        self.job.write_refused(self.path, seen, target, self.opening)
        return target

    @property
    def is_ready(self) -> bool:
        """下見があり、取り込める行があれば真（取り込めなかったものは、やり直せる）。"""
        return self.state in (State.READY, State.FAILED) and self.usable > 0

    @property
    def usable(self) -> int:
        """取り込める行の数。"""
        return 0 if self.seen is None else self.seen.new + self.seen.changed

    @property
    def refused(self) -> int:
        """断る行の数。"""
        return 0 if self.seen is None else self.seen.count("error")

    @property
    def counts(self) -> str:
        """一覧に出す件数の言葉。"""
        if self.result is not None:
            done = f"{self.result.new + self.result.changed:,}件"
            return f"{done}・断り{self.result.refused_people:,}" if self.result.refused else done
        if self.seen is None:
            return ""
        return (
            f"{self.usable:,}件・誤り{self.seen.refused_people:,}" if self.refused else f"{self.usable:,}件"
        )


def _files_model() -> RowsModel:
    """ファイルの一覧のモデル。"""
    return RowsModel(
        (
            Column("ファイル", lambda e: e.path.name, Kind.TEXT, 150),
            Column("状態", lambda e: e.state, Kind.CHIP, 104, tone=lambda e: _TONES.get(e.state, Tone.MUTED)),
            Column("件数", lambda e: e.counts, Kind.TEXT, 92),
        ),
        key=lambda e: id(e),
    )


def result_words(job: ImportJob, result: ImportResult) -> str:
    """取込の結果の言葉。"""
    words = (
        f"{job.words}を取り込みました：新規{result.new}件・変更{result.changed}件・同じ{result.unchanged}件"
    )
    return words + (f"・{refused_words(result.refused_people, result.refused)}" if result.refused else "")


def _names(entries: Sequence[FileEntry]) -> str:
    more = f" ほか{len(entries) - 5}個" if len(entries) > 5 else ""
    return "、".join(e.path.name for e in entries[:5]) + more


def sum_words(entries: Iterable[FileEntry]) -> str:
    """いくつものファイルを取り込んだ結果の合計と、取り込めなかったもの。一つなら、その結果の言葉。"""
    known = list(entries)
    results = [e.result for e in known if e.result is not None]
    if len(known) == 1 and results:
        return result_words(known[0].job, results[0])
    new, changed, same, refused = (
        sum(getattr(r, name) for r in results) for name in ("new", "changed", "unchanged", "refused")
    )
    words = f"{len(known)}個のファイルのうち{len(results)}個を取り込みました：新規{new}件・変更{changed}件・同じ{same}件"
    words += f"・{refused_words(sum(r.refused_people for r in results), refused)}。" if refused else "。"
    nothing = [e for e in known if e.state is State.NOTHING]
    if nothing:
        words += f"記録と同じで、何も変わらないファイル{len(nothing)}個（{_names(nothing)}）。"
    left = [e for e in known if e.state not in (State.DONE, State.NOTHING)]
    if left:
        words += f"取り込んでいないファイル{len(left)}個（{_names(left)}）。"
    return words


def same_preview(one: ImportPreview, other: ImportPreview) -> bool:
    """二度の下見が同じ（見せたとおりに取り込んでよい）なら真。"""
    return (one.file_digest, one.rows, one.errors) == (other.file_digest, other.rows, other.errors)


class FilesPane(QWidget):
    """ファイルの一覧と、外すボタン。ファイルが一つなら隠れる。"""

    def __init__(self, entries: Sequence[FileEntry]) -> None:
        super().__init__()
        self.model = _files_model()
        self.table = RowsView(self.model, stretch=0)
        self.table.setAccessibleName("取り込むファイル")
        self.remove_button = button("このファイルを外す", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("ファイル", "section"))
        column.addWidget(self.table, 1)
        column.addWidget(self.remove_button)
        self.setMinimumWidth(current_look().px(350))
        show_if(self, len(entries) > 1)
        self.model.set_rows(entries)
        self.table.selectRow(0)

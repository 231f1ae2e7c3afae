"""認定者名簿：いつの日の名簿でも見て、絞り、一人の年表を読み、ブックに書き出す。"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied, RuleViolation
from app.services import register
from app.services.office import Office
from app.services.views.register import (
    PAGE,
    RegisterFilter,
    RegisterPlace,
    RegisterRow,
    RegisterView,
)
from app.services.views.renewal import STANDING_WORDS
from app.services.views.submission import ExportResult
from ui.background import Job
from ui.messages import show_error
from ui.rooms.context import RoomContext
from ui.rooms.register.filters import RegisterFilters
from ui.rooms.register.lifeline import LifeLine
from ui.rooms.register.record import CARDS, history_words, texts
from ui.rooms.submission.writing import PasswordDialog, write_in_background
from ui.tables.model import Column, Kind, PageRequest, RowsModel
from ui.tables.view import RowsView
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, label
from ui.widgets.room import Filter, SplitRoomPage

TONES = {
    "valid": Tone.OK,
    "not_yet": Tone.ACCENT,
    "expired": Tone.WARN,
    "revoked": Tone.BAD,
    "annulled": Tone.BAD,
}
_SLOW = 500  # これより長くかかれば知らせる（ミリ秒）


def waiting(context: RoomContext) -> tuple[int, bool]:
    """今日の名簿で有効な人数（待つ仕事ではないので、急ぐ印は付かない）。"""
    try:
        return register.as_of(context.office).count("valid"), False
    except AccessDenied:
        return 0, False


# 列の題から、名簿の並べる列へ
_ORDERS = {
    "": "",
    "認定番号": "number",
    "氏名": "reading",
    "活動地域": "area",
    "対応言語": "language",
    "状態": "standing",
}


@dataclass(frozen=True)
class _Asked:
    """名簿の求め。同じ求めの答えだけを画面に出す。"""

    day: date
    chosen: RegisterFilter
    place: RegisterPlace


@dataclass(frozen=True)
class _Answer:
    """求めと、その答え。kinds は絞り込む前にいる状態。"""

    asked: _Asked
    view: RegisterView
    kinds: tuple[str, ...]


def _read(office: Office, asked: _Asked, known: Collection[str] | None) -> _Answer:
    """画面の外で読む。known は、その日に既に知っている（絞り込む前の）状態。"""
    view = register.as_of(office, asked.day, asked.chosen, asked.place)
    if known is None:
        plain = replace(asked.chosen, standing="") == RegisterFilter()
        known = view.counts if plain else register.as_of(office, asked.day).counts
    return _Answer(asked, view, tuple(k for k in STANDING_WORDS if k in known))


def _place(request: PageRequest) -> RegisterPlace:
    after = request.after if isinstance(request.after, int) else None
    return RegisterPlace(_ORDERS[request.sort], request.descending, after, request.limit)


def _tone(row: RegisterRow) -> Tone:
    return TONES.get(row.standing, Tone.MUTED)


class RegisterRoom(SplitRoomPage):
    """基準日の名簿と、一人の記載事項・年表。名簿は画面の外で読み、続きは巻くと読む。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("認定者名簿", widths=(664, 474))
        self._context = context
        self._answer: _Answer | None = None
        self._row: RegisterRow | None = None
        self._job: Job | None = None
        self._asked: _Asked | None = None
        self._answer_kinds: tuple[str, ...] | None = None
        self._target: int | None = None
        self._build_list()
        self._build_record()
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW)
        self._slow.timeout.connect(self._loading)
        self.open_buttons = (
            self.add_button("認定証を開く", self.open_certificate),
            self.add_button("更新・取消を開く", self.open_renewal),
        )
        for one in self.open_buttons:
            one.setEnabled(False)
        self.refresh()

    def _build_list(self) -> None:
        self.filters = RegisterFilters(self._context)
        self.filters.changed.connect(self._ask)
        self.filters.day_changed.connect(self.refresh)
        self.filters.picked.connect(self._pick_standing)
        self.list_pane.top.addWidget(self.filters)
        self.model = RowsModel(
            (
                Column("認定番号", lambda r: r.number, Kind.TEXT, 108, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 190, second=lambda r: r.reading),
                Column("活動地域", lambda r: r.activity_area, Kind.TEXT, 122, least=72, drop=2),
                Column("対応言語", lambda r: r.languages, Kind.TEXT, 124, least=72, drop=3),
                Column("状態", lambda r: r.words, Kind.CHIP, 66, tone=_tone),
            ),
            key=lambda r: r.certification_id,
            loader=self._more,
            page=PAGE,
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("認定者名簿")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._ask())

    def _build_record(self) -> None:
        self.life = LifeLine()
        self.words = {key: label("", wrap=True) for key in CARDS}
        for key, title in CARDS.items():
            card = Card(title)
            if key == "history":
                card.body.addWidget(self.life)
            card.body.addWidget(self.words[key])
            self.record.content.addWidget(card)
        self.record.content.addStretch(1)
        menu = QMenu(self)
        self.paper_actions = {
            words: menu.addAction(words, act)
            for words, act in (
                ("選ぶための一覧（PDF）…", self.write_short_list),
                ("所属機関リスト（PDF）…", self.write_affiliations),
                ("公表用の名簿（ブック）…", self.write_public),
            )
        }
        self.papers_button = self.actions_bar.add("ほかの書き出し", lambda: None)
        self.papers_button.setMenu(menu)
        self.actions_bar.set_main("名簿を書き出す…", self.write)

    @property
    def day(self) -> date:
        """基準日。読めない間は、いま出している名簿の日。"""
        if self.filters.day.value is not None:
            return self.filters.day.value
        return self._context.office.today() if self._answer is None else self._answer.view.day

    def refresh(self) -> None:
        """基準日の名簿を画面の外で読み直す。"""
        self.filters.reload_choices()
        self._answer_kinds = None
        self._ask()

    def _ask(self) -> None:
        """いまの基準日・絞り込み・並べ方の名簿を、画面の外で読む。"""
        if self._job is not None:
            self._job.cancel()
        office, known = self._context.office, self._answer_kinds
        chosen = replace(self.filters.chosen, standing=self._standing)
        asked = self._asked = _Asked(self.day, chosen, _place(self.model.first_page))
        self._slow.start()
        self._job = self._context.background.run(
            lambda _progress: _read(office, asked, known), self._loaded, self._failed
        )

    def _more(self, request: PageRequest) -> tuple[RegisterRow, ...]:
        """続きの一頁（並べ方を替えたときは初めの一頁）。"""
        if self._answer is None:
            return ()
        asked = self._answer.asked
        return register.page(self._context.office, asked.day, asked.chosen, _place(request))

    def _loading(self) -> None:
        """長くかかるときだけ、読んでいると知らせる。"""
        self.progress.cancel_button.hide()
        self.progress.show_progress(0, 0, f"{wareki(self.day)}の名簿を読んでいます…")

    def _loaded(self, answer: _Answer) -> None:
        if answer.asked != self._asked:
            return  # 読んでいる間に求めが変わった
        self._slow.stop()
        self.progress.hide()
        self._answer, self._answer_kinds = answer, answer.kinds
        self._show()

    def _failed(self, error: BaseException) -> None:
        self._slow.stop()
        self.progress.hide()
        if isinstance(error, RuleViolation):
            self.list_pane.show_empty(str(error))
            self.record.show_empty()
        else:
            show_error(self, error)

    def _show(self) -> None:
        assert self._answer is not None
        view = self._answer.view
        words = f"{wareki(view.day)}現在　全{view.total:,}名"
        narrowed = f"のうち {view.found:,}名" if view.found < view.total else ""
        self.set_heading("認定者名簿", words + narrowed)
        counted = [Filter(k, STANDING_WORDS[k], view.count(k)) for k in self._answer.kinds]
        self.list_pane.set_filters([Filter("all", "すべて", view.found), *counted] if view.total else [])
        if self._standing != self._answer.asked.chosen.standing:
            self._ask()  # 選ばれていた状態の人が、その日にはいない
            return
        self.filters.standing = self._standing
        self.model.set_page(view.rows)
        if not view.rows:
            self._show_empty(view)
            return
        self.list_pane.show_content()
        if self._target is not None:
            self._seek()
        elif self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    @property
    def _standing(self) -> str:
        key = self.list_pane.filters.current
        return "" if key == "all" else key

    def _pick_standing(self, standing: str) -> None:
        """取っておいた絞り込みの状態の札を選ぶ。その日にいなければ、すべて。"""
        bar = self.list_pane.filters
        if bar.current and bar.current != (wanted := standing or "all"):
            known = self._answer is not None and wanted in ("all", *self._answer.kinds)
            bar.choose(wanted if known else "all")

    def _show_empty(self, view: RegisterView) -> None:
        self._target = None
        self._choose(None)
        if view.total:
            words = "この絞り込みに当たる認定者はいません。言葉を短くするか、絞り込みを消してください。"
            self.list_pane.show_empty(words, "絞り込みを消す", self._clear)
        else:
            words = (
                f"{wareki(view.day)}の名簿には、まだ誰もいません。"
                "審査会議で認定を議決し、会議を閉じると載ります。後の基準日も試してください。"
            )
            self.list_pane.show_empty(words)

    def _clear(self) -> None:
        self.filters.clear()

    def open_target(self, target_id: int) -> None:
        """番号の認証を開く。読んでいる間なら、読み終えてから選ぶ。"""
        self._target = target_id
        if self._answer is None:
            return
        if self._answer.asked.chosen == RegisterFilter() and self.filters.is_empty:
            self._seek()
        else:
            self._clear()

    def _seek(self) -> None:
        """開くべき人を選ぶ。初めの一頁にいなければ、その番号で絞る。"""
        target, answer = self._target, self._answer
        assert target is not None
        assert answer is not None
        if self.table.select_key(target):
            self._target = None
            return
        only = RegisterFilter(only=target)
        found = register.page(self._context.office, answer.asked.day, only, RegisterPlace(limit=1))
        if found and not self.filters.fields["text"].text():
            self.filters.show_filter(RegisterFilter(text=found[0].number))
            return
        self._target = None
        if self.table.chosen() is None:
            self.table.selectRow(0)

    def _choose(self, row: RegisterRow | None) -> None:
        self._row = row
        for one in self.open_buttons:
            one.setEnabled(row is not None)
        if row is None:
            self.record.show_empty()
            return
        aside = f"{row.number}　{row.reading}"
        self.record.show_record(row.name, aside, row.words, _tone(row))
        for key, text in texts(row).items():
            self.words[key].setText(text)
        life = register.life(self._context.office, row.person_id)
        self.life.set_life(life)
        self.words["history"].setText(history_words(life.entries))

    def open_certificate(self) -> None:
        """この人の認定証を、認定証の部屋で開く。"""
        if self._row is not None:
            self._context.open_room("certificates", self._row.certification_id)

    def open_renewal(self) -> None:
        """この人の認証を、更新・取消の部屋で開く。"""
        if self._row is not None:
            self._context.open_room("renewal", self._row.certification_id)

    def write(self) -> None:
        """見えている名簿をブックに書く窓を開く。"""
        self._write(publish=False)

    def write_public(self) -> None:
        """公表に同意した人だけの名簿をブックに書く窓を開く。"""
        self._write(publish=True)

    def _write(self, *, publish: bool) -> None:
        if self._answer is None:
            return
        office, asked, view = self._context.office, self._answer.asked, self._answer.view
        day, chosen = asked.day, asked.chosen
        if publish:
            chosen = replace(chosen, publish_only=True)
            view = register.as_of(office, day, chosen, RegisterPlace(limit=1))
        count = view.count(chosen.standing) if chosen.standing else view.found
        narrowed = "（公表に同意した人）" if publish else "（絞り込みのとおり）"
        words = f"基準日 {wareki(day)}　{count:,}名{narrowed if count < view.total else ''}"

        def ask_path(password: str) -> None:
            self._save(
                "認定者名簿",
                f"{'公表用名簿' if publish else '認定者名簿'}_{day:%Y%m%d}.xlsx",
                lambda target: register.write_register(office, target, day, chosen, password),
            )

        PasswordDialog(self, "認定者名簿を書き出す", words, "保存先を選ぶ…", ask_path).open()

    def _save(self, words: str, name: str, write: Callable[[Path], ExportResult]) -> None:
        """保存先を尋ね、画面の外で書く。"""

        def save(path: Path) -> None:
            write_in_background(self, self._context, words, write, path)

        self._context.save_path(self, f"{words}を保存", name, save)

    def write_short_list(self) -> None:
        """見えている人の一覧を、選ぶための紙（PDF）に書く。"""
        if self._answer is not None:
            office, asked = self._context.office, self._answer.asked
            self._save(
                "コーディネーターの一覧",
                f"コーディネーター一覧_{asked.day:%Y%m%d}.pdf",
                lambda target: register.write_short_list(office, target, asked.day, asked.chosen),
            )

    def write_affiliations(self) -> None:
        """所属機関リスト（有効で、公表に同意した人）を PDF に書く。"""
        if self._answer is not None:
            office, day = self._context.office, self._answer.asked.day
            self._save(
                "所属機関リスト",
                f"所属機関リスト_{day:%Y%m%d}.pdf",
                lambda target: register.write_affiliations(office, target, day),
            )

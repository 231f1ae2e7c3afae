"""認定者名簿：いつの日の名簿でも見て、絞り、一人の年表を読み、ブックに書き出す。"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QTimer

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied, RuleViolation
from app.services import register
from app.services.views.register import HistoryEntry, RegisterRow, RegisterView
from app.services.views.renewal import STANDING_WORDS
from ui.background import Job
from ui.messages import show_error
from ui.rooms.context import RoomContext
from ui.rooms.register.filters import RegisterFilters
from ui.rooms.submission.writing import PasswordDialog, write_in_background
from ui.tables.model import Column, Kind, RowsModel
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
_NONE = "（記載なし）"
_SLOW = 500  # これより長くかかれば知らせる（ミリ秒）


def waiting(context: RoomContext) -> tuple[int, bool]:
    """今日の名簿で有効な人数（待つ仕事ではないので、急ぐ印は付かない）。"""
    try:
        return register.as_of(context.office).count("valid"), False
    except AccessDenied:
        return 0, False


def _tone(row: RegisterRow) -> Tone:
    return TONES.get(row.standing, Tone.MUTED)


class RegisterRoom(SplitRoomPage):
    """基準日の名簿と、一人の記載事項・年表。名簿は画面の外で読む。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("認定者名簿", widths=(664, 474))
        self._context = context
        self._view: RegisterView | None = None
        self._row: RegisterRow | None = None
        self._job: Job | None = None
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
        self.filters = RegisterFilters(self._context.office)
        self.filters.changed.connect(self._show_rows)
        self.filters.day_changed.connect(self.refresh)
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
        )
        self.table = RowsView(self.model, stretch=1)
        self.table.setAccessibleName("認定者名簿")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())

    def _build_record(self) -> None:
        self.words = {key: label("", wrap=True) for key in _CARDS}
        for key, title in _CARDS.items():
            card = Card(title)
            card.body.addWidget(self.words[key])
            self.record.content.addWidget(card)
        self.record.content.addStretch(1)
        self.actions_bar.add("公表用の一覧を書き出す…", self.write_public)
        self.actions_bar.set_main("名簿を書き出す…", self.write)

    @property
    def day(self) -> date:
        """基準日。読めない間は、いま出している名簿の日。"""
        if self.filters.day.value is not None:
            return self.filters.day.value
        return self._context.office.today() if self._view is None else self._view.day

    def refresh(self) -> None:
        """基準日の名簿を画面の外で読む。"""
        if self._job is not None:
            self._job.cancel()
        office, day = self._context.office, self.day
        self._slow.start()
        self._job = self._context.background.run(
            lambda _progress: register.as_of(office, day), self._loaded, self._failed
        )

    def _loading(self) -> None:
        """長くかかるときだけ、読んでいると知らせる。"""
        self.progress.cancel_button.hide()
        self.progress.show_progress(0, 0, f"{wareki(self.day)}の名簿を読んでいます…")

    def _loaded(self, view: RegisterView) -> None:
        if view.day != self.day:
            return  # 読んでいる間に基準日が変わった
        self._slow.stop()
        self.progress.hide()
        self._view = view
        self._show_rows()

    def _failed(self, error: BaseException) -> None:
        self._slow.stop()
        self.progress.hide()
        if isinstance(error, RuleViolation):
            self.list_pane.show_empty(str(error))
            self.record.show_empty()
        else:
            show_error(self, error)

    def _show_rows(self) -> None:
        if (view := self._view) is None:
            return
        found = register.narrow(view.rows, self.filters.chosen)
        words = f"{wareki(view.day)}現在　全{view.total:,}名"
        self.set_heading(
            "認定者名簿", words + (f"のうち {len(found):,}名" if len(found) < view.total else "")
        )
        kinds = [k for k in STANDING_WORDS if any(r.standing == k for r in view.rows)]
        counted = [Filter(k, STANDING_WORDS[k], sum(r.standing == k for r in found)) for k in kinds]
        self.list_pane.set_filters([Filter("all", "すべて", len(found)), *counted] if view.rows else [])
        standing = self._standing
        shown = [r for r in found if not standing or r.standing == standing]
        self.model.set_rows(shown)
        if not shown:
            self._show_empty(view)
            return
        self.list_pane.show_content()
        if self._target is not None:
            target, self._target = self._target, None
            self.table.select_key(target)
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    @property
    def _standing(self) -> str:
        key = self.list_pane.filters.current
        return "" if key == "all" else key

    def _show_empty(self, view: RegisterView) -> None:
        self._choose(None)
        if view.rows:
            words = "この絞り込みに当たる認定者はいません。言葉を短くするか、絞り込みを消してください。"
            self.list_pane.show_empty(words, "絞り込みを消す", self._clear)
        else:
            words = (
                f"{wareki(view.day)}の名簿には、まだ誰もいません。"
                "審査会議で認定を議決し、会議を閉じると載ります。後の基準日も試してください。"
            )
            self.list_pane.show_empty(words)

    def _clear(self) -> None:
        if self.list_pane.filters.current not in ("", "all"):
            self.list_pane.filters.choose("all")
        self.filters.clear()

    def open_target(self, target_id: int) -> None:
        """番号の認証を開く。読んでいる間なら、読み終えてから選ぶ。"""
        self._target = target_id
        if self._view is not None:
            self._clear()

    def _choose(self, row: RegisterRow | None) -> None:
        self._row = row
        for one in self.open_buttons:
            one.setEnabled(row is not None)
        if row is None:
            self.record.show_empty()
            return
        aside = f"{row.number}　{row.reading}"
        self.record.show_record(row.name, aside, row.words, _tone(row))
        for key, text in _texts(row).items():
            self.words[key].setText(text)
        entries = register.history(self._context.office, row.person_id)
        self.words["history"].setText(_history(entries))

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
        if self._view is None:
            return
        office, day = self._context.office, self.day
        chosen = replace(self.filters.chosen, standing=self._standing)
        if publish:
            chosen = replace(chosen, publish_only=True)
        rows = register.narrow(self._view.rows, chosen)
        narrowed = "（公表に同意した人）" if publish else "（絞り込みのとおり）"
        words = f"基準日 {wareki(day)}　{len(rows):,}名{narrowed if len(rows) < self._view.total else ''}"

        def ask_path(password: str) -> None:
            def save(path: Path) -> None:
                write_in_background(
                    self,
                    self._context,
                    "認定者名簿",
                    lambda target: register.write_register(office, target, day, chosen, password),
                    path,
                )

            name = "公表用名簿" if publish else "認定者名簿"
            self._context.save_path(self, "認定者名簿を保存", f"{name}_{day:%Y%m%d}.xlsx", save)

        PasswordDialog(self, "認定者名簿を書き出す", words, "保存先を選ぶ…", ask_path).open()


_CARDS = {"work": "所属と活動", "days": "認証と有効期間", "history": "年表", "names": "氏名と生年月日"}


def _lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(f"{name}　{value or _NONE}" for name, value in pairs)


def _day(day: date | None) -> str:
    return "" if day is None else wareki(day)


def _texts(row: RegisterRow) -> dict[str, str]:
    return {
        "names": _lines(
            ("ローマ字", row.roman_name),
            ("証書表記", row.certificate_name or "（氏名のとおり）"),
            ("通称・旧姓", "　".join(x for x in (row.alias, row.former_name) if x)),
            ("生年月日・国籍", f"{wareki(row.birth_date)}　{row.nationality}".strip()),
        ),
        "work": _lines(
            ("所属機関", f"{row.affiliation}　{row.affiliation_prefecture}".strip()),
            ("活動地域", row.activity_area),
            ("保有資格", "、".join(row.qualifications)),
            ("専門分野", row.specialties),
            ("対応言語", row.languages),
            ("公表の同意", "あり" if row.publish_consent else "なし"),
        ),
        "days": _lines(
            ("研修期", row.cohort),
            ("議決・認証", f"{_day(row.decided_on)}　{_day(row.certified_on)}"),
            ("交付", _day(row.issued_on) or "まだ交付していません"),
            ("有効期間", f"{_day(row.valid_from)}〜{_day(row.expires_on)}　更新 {len(row.renewals)}回"),
            ("最後の便", "まだ送っていません" if row.last_batch is None else f"第{row.last_batch}便"),
        ),
    }


def _history(entries: tuple[HistoryEntry, ...]) -> str:
    return "\n".join(f"{wareki(e.day)}　{e.words}" for e in entries)

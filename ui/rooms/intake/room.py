"""受付：研修期・申込の一覧と記録・申込様式の取込・補正依頼・辞退。"""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.domain.calendar import wareki, wareki_short
from app.domain.eligibility import COUNTER_WORDS, QUALIFICATION_WORDS
from app.services import intake
from app.services.import_jobs import applicants_job
from app.services.intake.editing import Amended, ApplicationDraft
from app.services.views.intake import ApplicationRow, ApplicationView, EmploymentView, PersonView
from ui.messages import ask_reason
from ui.rooms.context import RoomContext
from ui.rooms.importing import choose_workbooks, import_workbooks
from ui.rooms.intake.amending import AmendDialog
from ui.rooms.intake.application import ApplicationDialog
from ui.rooms.intake.dialogs import CohortDialog, PersonDialog
from ui.rooms.intake.duplicates import DuplicatesDialog
from ui.rooms.intake.mappings import MappingsDialog
from ui.rooms.intake.papers import Papers
from ui.rooms.intake.signing import SigningDialog
from ui.rooms.intake.undoing import UndoImportDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.style import show_if
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, label
from ui.widgets.room import Filter, SplitRoomPage

STANDARD_WORDS = {True: "確認済み", False: "満たさない", None: "未確認"}


def _tone(row: ApplicationRow) -> Tone:
    if row.withdrawn:
        return Tone.MUTED
    return Tone.BAD if row.overdue else Tone.WARN if row.deficiencies else Tone.OK


def _waits_for_papers(row: ApplicationRow) -> bool:
    return bool(row.papers_waiting) and not row.withdrawn


_SHOWN: dict[str, Callable[[ApplicationRow], bool]] = {
    "all": lambda _row: True,
    "papers": _waits_for_papers,
    "waiting": lambda row: row.deficiencies > 0,
    "withdrawn": lambda row: row.withdrawn,
}


class IntakeRoom(SplitRoomPage):
    """申込を受け、不備を補正してもらう。"""

    def __init__(self, context: RoomContext) -> None:
        super().__init__("受付")
        self._context = context
        self._rows: tuple[ApplicationRow, ...] = ()
        self._application: ApplicationView | None = None
        self._drafts: dict[int, ApplicationDialog] = {}
        self.model = RowsModel(
            (
                Column("受付", lambda r: r.reception, Kind.TEXT, 56, drop=1),
                Column("氏名", lambda r: r.name, Kind.NAME, 204, second=lambda r: r.reading, least=150),
                Column("書類", lambda r: r.papers, Kind.TEXT, 64, sort=lambda r: r.papers_waiting, drop=2),
                Column("状態", lambda r: r.state, Kind.CHIP, 120, tone=_tone),
            ),
            key=lambda r: r.id,
        )
        self.table = RowsView(self.model)
        self.table.setAccessibleName("受講申込の一覧")
        self.table.row_chosen.connect(self._choose)
        self.list_pane.set_content(self.table)
        self.list_pane.filters.changed.connect(lambda _key: self._show_rows())
        self._build_record()
        self._build_actions()
        self.refresh()

    def _build_record(self) -> None:
        self.cards = {key: Card(title) for key, title in _CARDS.items()}
        self.words = {key: label("", wrap=True) for key in _CARDS if key not in _PAPERS}
        for key, card in self.cards.items():
            if key in self.words:
                card.body.addWidget(self.words[key])
            self.record.content.addWidget(card)
        self.papers = Papers(self, self._context, *(self.cards[key] for key in _PAPERS))
        self.papers.changed.connect(self._context.changed)
        self.papers.changed.connect(self.refresh)
        self.papers.opened.connect(self.open_target)

    def _build_actions(self) -> None:
        self.receive_button = self.add_button("申込を手で入れる…", self.receive)
        self.import_button = self.add_button("申込様式を取り込む…", self.choose_import)
        # 幅の狭い画面でも見出しに収まるように、たまに使うものは一つにまとめる
        menu = QMenu(self)
        self.menu_actions = {
            words: menu.addAction(words, act)
            for words, act in (
                ("研修期を作る…", self.create_cohort),
                ("申込様式を書き出す…", self.write_template),
                ("取込を取り消す…", self.undo_import),
                ("書類をまとめて受領…", self.receive_papers),
                ("補正の一覧…", self.papers.show_list),
                ("取込の読み方…", self.show_mappings),
                ("証書表記の確認…", self.show_signing),
                ("同じ人かもしれない記録…", self.show_duplicates),
            )
        }
        self.more_button = self.add_button("そのほか", lambda: None)
        self.more_button.setMenu(menu)
        bar = self.actions_bar
        self.amend_button = bar.add("申込を直す…", self.amend)
        bar.add("記録を直す…", self.edit_person)
        self.answer_button = bar.add("補正の回答…", self.papers.answer)
        self.reinstate_button = bar.add("辞退を取り消す…", self.reinstate)
        self.withdraw_button = bar.add_danger("辞退を記録…", self.withdraw)
        bar.set_main("補正を依頼…", self.papers.request)

    def refresh(self) -> None:
        """いまの記録から書き直す。"""
        cohort_id = self._context.cohort_id
        self._rows = () if cohort_id is None else intake.list_applications(self._context.office, cohort_id)
        self.set_heading("受付", f"{len(self._rows)}件の申込")
        for needing in (
            self.receive_button,
            self.import_button,
            self.menu_actions["取込を取り消す…"],
            self.menu_actions["証書表記の確認…"],
        ):
            needing.setEnabled(cohort_id is not None)
        self.list_pane.set_filters(
            [
                Filter("all", "すべて", len(self._rows)),
                Filter("papers", "書類待ち", sum(map(_waits_for_papers, self._rows))),
                Filter("waiting", "補正待ち", sum(r.deficiencies > 0 for r in self._rows)),
                Filter("withdrawn", "辞退", sum(r.withdrawn for r in self._rows)),
            ]
        )
        self._show_rows()

    def _show_rows(self) -> None:
        key = self.list_pane.filters.current
        shown = [r for r in self._rows if _SHOWN[key or "all"](r)]
        self.model.set_rows(shown)
        if not shown:
            self._show_empty()
            return
        self.list_pane.show_content()
        if self.table.chosen() is None:
            self.table.selectRow(0)
        else:
            self._choose(self.table.chosen())

    def _show_empty(self) -> None:
        self._choose(None)
        if self._context.cohort_id is None:
            self.list_pane.show_empty("まず研修期を作ってください。", "研修期を作る…", self.create_cohort)
        elif not self._rows:
            words = "申込がまだありません。申込様式をここに落とすか、取り込むか、手で入れてください。"
            self.list_pane.show_empty(words, "申込様式を取り込む…", self.choose_import)
        else:
            self.list_pane.show_empty("この絞り込みに当たる申込はありません。")

    def open_target(self, target_id: int) -> None:
        """番号の申込を開く。"""
        self.list_pane.filters.choose("all")
        self.table.select_key(target_id)

    def _choose(self, row: ApplicationRow | None) -> None:
        if row is None:
            self._application = None
            self.record.show_empty()
            return
        self._application = intake.get_application(self._context.office, row.id)
        self._show(row, self._application)
        self.papers.show_application(self._application)

    def _show(self, row: ApplicationRow, a: ApplicationView) -> None:
        p = a.person
        aside = f"受付 {row.reception}（{wareki_short(row.received_on)}）　{wareki(p.birth_date)}生　{p.nationality}"
        self.record.show_record(p.name, aside, row.state, _tone(row))
        texts = {
            "person": _lines(
                ("フリガナ", p.reading),
                ("ローマ字", p.roman_name),
                ("証書表記", _certificate_words(p)),
                ("通称・旧姓", "　".join(x for x in (p.alias, p.former_name) if x)),
                ("連絡先", "　".join(x for x in (p.phone, p.email) if x)),
                ("住所", f"{p.postal_code} {p.address}".strip()),
                ("所属機関", f"{p.affiliation}　{p.affiliation_prefecture}".strip()),
                (
                    "活動地域・専門・言語",
                    "　".join(x for x in (p.activity_area, p.specialties, p.languages) if x),
                ),
            ),
            "counter": _lines(
                ("窓口", a.counter_name),
                ("運営者", "未確認" if a.counter is None else COUNTER_WORDS[a.counter]),
                ("窓口の要件（注5）", STANDARD_WORDS[a.counter_standard]),
            ),
            "career": "\n".join(_employment(e) for e in a.employments) or "記載がありません。",
            "qualifications": "\n".join(
                f"{QUALIFICATION_WORDS[q.kind]}　{wareki(q.registered_on)}登録　写し{'あり' if q.evidence else '未確認'}"
                for q in a.qualifications
            )
            or "記載がありません。",
        }
        for key, words in texts.items():
            self.words[key].setText(words)
        show_if(self.reinstate_button, a.withdrawn_on is not None)
        show_if(self.withdraw_button, a.withdrawn_on is None)
        show_if(self.amend_button, a.withdrawn_on is None and self._context.office.may("intake.read_form"))
        self.answer_button.setEnabled(any(d.is_open for d in a.deficiencies))

    def create_cohort(self) -> None:
        """研修期を作る窓を開く。"""
        dialog = CohortDialog(self, self._context.office)
        # 作った期の申込を受けるために作るので、その期に移る
        dialog.saved.connect(lambda: self._context.choose_cohort(dialog.created))
        dialog.saved.connect(self.refresh)
        dialog.open()

    def write_template(self) -> None:
        """空の申込様式を書き出す。"""

        def save(path: Path) -> None:
            words = f"申込様式を書きました：{path}"
            self._context.attempt(self, lambda: intake.write_template(self._context.office, path), words)

        self._context.save_path(self, "申込様式を保存", "申込様式.xlsx", save)

    def choose_import(self) -> None:
        """取り込むファイルを選ぶ（いくつでも）。"""
        choose_workbooks(self, self._context, "申込様式", self.import_files)

    def import_file(self, path: Path) -> None:
        """一つのファイルの下見の窓を開く。"""
        self.import_files([path])

    def import_files(self, paths: Sequence[Path]) -> None:
        """下見の窓を開く（部屋に落とされたファイルもここへ来る）。"""
        if self._context.cohort_id is None:
            self.banner.show_message("先に研修期を作ってください。", Tone.BAD)
            return
        job = applicants_job(self._context.office, self._context.cohort_id)
        import_workbooks(self, self._context, job, paths, self.refresh)

    def receive(self) -> None:
        """申込を手で入れる窓を開く。書きかけがあれば、その続き。"""
        cohort_id = self._context.cohort_id
        if cohort_id is None:
            return
        if cohort_id not in self._drafts:
            made = ApplicationDialog(self, self._context.office, cohort_id)
            made.received.connect(lambda number: self._received(cohort_id, number))
            made.rejected.connect(lambda: self._left(made))
            self._drafts[cohort_id] = made
        self._drafts[cohort_id].open()

    def _received(self, cohort_id: int, application_id: int) -> None:
        self._drafts.pop(cohort_id).deleteLater()
        self._context.changed()
        self.refresh()
        self.open_target(application_id)
        row = self.table.chosen()
        self.banner.show_message(f"申込を受け付けました（受付 {row.reception}）。")

    def _left(self, dialog: ApplicationDialog) -> None:
        if dialog.is_started:
            self.banner.show_message(
                "書きかけの申込が残っています。［申込を手で入れる…］で続けられます。", Tone.WARN
            )

    def undo_import(self) -> None:
        """取込を取り消す窓を開く。"""
        if self._context.cohort_id is None:
            return
        dialog = UndoImportDialog(self, self._context, self._context.cohort_id)
        dialog.undone.connect(self._undone)
        dialog.open()

    def receive_papers(self) -> None:
        """一覧で選んだ人の書類を、まとめて受領とする窓を開く。"""
        places = self.table.selectionModel().selectedRows()
        self.papers.receive_all(tuple(self.model.rows[index.row()] for index in places))

    def show_mappings(self) -> None:
        """保存した読み方の窓を開く。"""
        MappingsDialog(self, self._context).open()

    def show_signing(self) -> None:
        """証書表記の確認の窓を、選んでいる人から開く。"""
        if self._context.cohort_id is not None:
            first = self._application.person.id if self._application is not None else 0
            dialog = SigningDialog(self, self._context, self._context.cohort_id, first)
            dialog.finished.connect(lambda _result: self.refresh())
            dialog.open()

    def show_duplicates(self) -> None:
        """同じ人かもしれない記録の窓を開く。"""
        dialog = DuplicatesDialog(self, self._context)
        dialog.changed.connect(self._undone)
        dialog.open()

    def _undone(self, words: str) -> None:
        self._context.changed()
        self.refresh()
        self.banner.show_message(words)

    def amend(self) -> None:
        """受け付けた申込を直す窓を開く。"""
        if self._application is None:
            return
        application_id, office = self._application.id, self._context.office

        def opened(draft: ApplicationDraft) -> None:
            dialog = AmendDialog(self, office, draft)
            dialog.amended.connect(self._amended)
            dialog.open()

        self._context.attempt(self, lambda: opened(intake.read_form(office, application_id)))

    def _amended(self, result: Amended) -> None:
        self._context.changed()
        self.refresh()
        words = f"申込を直しました（{len(result.changes)}か所）。"
        if result.judged_again:
            words += "受講資格の決定の後に事実が変わりました。受講資格の部屋で、決定を確かめてください。"
        self.banner.show_message(words, Tone.WARN if result.judged_again else Tone.OK)

    def edit_person(self) -> None:
        """人の記録を直す窓を開く。"""
        if self._application is not None:
            dialog = PersonDialog(self, self._context.office, self._application.person)
            dialog.saved.connect(self.refresh)
            dialog.open()

    def withdraw(self) -> None:
        """辞退を理由とともに記す。"""
        if self._application is None:
            return
        a, office = self._application, self._context.office

        def given(reason: str) -> None:
            if self._context.attempt(self, lambda: intake.withdraw(office, a.id, office.today(), reason)):
                self.refresh()

        words = f"{a.person.name}さんの申込を辞退とします。後から理由を付けて取り消せます。"
        ask_reason(self, "辞退の記録", words, "辞退を記録する", given)

    def reinstate(self) -> None:
        """辞退の記録を、理由を付けて取り消す。"""
        if self._application is None:
            return
        a, office = self._application, self._context.office

        def given(reason: str) -> None:
            if self._context.attempt(self, lambda: intake.reinstate(office, a.id, reason)):
                self.refresh()
                self.banner.show_message(f"{a.person.name}さんの辞退を取り消しました。")

        words = f"{a.person.name}さんの辞退の記録を取り消し、申込を元に戻します。"
        ask_reason(self, "辞退の取消し", words, "辞退を取り消す", given)


_PAPERS = ("documents", "deficiencies")
_CARDS = {
    "person": "人",
    "counter": "現在の従事場所",
    "career": "在職期間",
    "qualifications": "国家資格",
    "documents": "書類",
    "deficiencies": "不備と補正",
}


def _certificate_words(p: PersonView) -> str:
    signed = "確認済み" if p.certificate_name_signed_off else "まだ確認していません"
    return f"{p.certificate_name or '（氏名のとおり）'}　{signed}"


def _lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(f"{name}　{value or '（記載なし）'}" for name, value in pairs)


def _employment(e: EmploymentView) -> str:
    from_to = f"{wareki(e.started_on)}〜{'現在' if e.ended_on is None else wareki(e.ended_on)}"
    days = "日数の記載なし" if e.workdays is None else f"{e.workdays}日"
    return f"{e.counter_name}　{from_to}　{days}"

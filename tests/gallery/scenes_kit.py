"""部品と枠の場面。中身はどの部屋のものでもない見本。"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import RuleViolation
from app.domain.findings import Status
from tests.gallery.scene import Scene, WindowFactory, background
from ui.main_window import MainWindow
from ui.messages import ConfirmDialog, ErrorDialog, ReasonDialog, SecondPersonDialog
from ui.recovery import RecoveryDialog
from ui.sign_in import FirstRunDialog, LockPage, SignInDialog
from ui.tables.model import Column, Kind, RowsModel
from ui.tables.view import RowsView
from ui.theme.fonts import fault_words
from ui.theme.style import set_role
from ui.theme.tokens import Tone
from ui.widgets.cards import Card, NoteBox, label
from ui.widgets.chip import Chip
from ui.widgets.date_field import DateField
from ui.widgets.findings import FindingLine, FindingList
from ui.widgets.form import Form
from ui.widgets.funnel import Funnel, FunnelStep
from ui.widgets.histogram import Histogram, bars_of
from ui.widgets.room import Filter, RoomPage, SplitRoomPage
from ui.widgets.timeline import Span, Timeline

TODAY = date(2026, 1, 19)
WINDOW = (date(2020, 8, 2), date(2025, 8, 1))
TONES = {"資格あり": Tone.OK, "要確認": Tone.WARN, "資格なし": Tone.BAD}


@dataclass(frozen=True)
class Person:
    """見本の一行。"""

    number: int
    name: str
    reading: str
    place: str
    result: str


PEOPLE = (
    Person(31, "髙﨑󠄀 健太郎", "タカサキ ケンタロウ", "見本市国際交流課", "要確認"),
    Person(44, "NGUYỄN THỊ PHƯƠNG THẢO", "グエン ティ フオン タオ", "見本国際交流協会", "要確認"),
    Person(52, "辻󠄀 佳奈", "ツジ カナ", "見本センター（国）", "資格なし"),
    Person(58, "𠮷田 みなみ", "ヨシダ ミナミ", "多文化共生推進のための総合相談支援センター", "資格あり"),
    Person(61, "SHRESTHA BINOD", "シュレスタ ビノド", "見本よかトピア", "資格あり"),
    Person(63, "김민준", "キム ミンジュン", "見本市交流推進課", "資格あり"),
    Person(66, "สมชาย ใจดี", "ソムチャイ ジャイディー", "見本市多文化共生課", "資格あり"),
)
COLUMNS = (
    Column("受付", lambda p: f"{p.number:04d}", width=52),
    Column("氏名", lambda p: p.name, Kind.NAME, 196, second=lambda p: p.reading),
    Column("現在の窓口", lambda p: p.place, width=128),
    Column("判定", lambda p: p.result, Kind.CHIP, 84, tone=lambda p: TONES[p.result]),
)
LINES = (
    FindingLine(
        Status.MET, "現在の従事場所", "地方公共団体の委託等を受けた機関の窓口で相談対応に従事", "4(1)②"
    ),
    FindingLine(Status.MET, "窓口の要件", "通年・無償・多言語・ワンストップを確認済み", "注5"),
    FindingLine(
        Status.MET, "在職期間 1年以上", "（令和2年8月2日〜令和7年8月1日の5年間のうち）", "注6", "2年0か月"
    ),
    FindingLine(
        Status.UNCONFIRMED,
        "従業日数 180日以上",
        "2つの窓口の在職期間が重なり、同じ日を二重に数えている可能性があります",
        "注6",
        "最少 162日・最多 203日",
    ),
    FindingLine(None, "国家資格による免除", "該当なし", "4(3)"),
    FindingLine(Status.NOT_MET, "推薦書", "推薦者の氏名がありません", "4(2)"),
)
SPANS = (
    Span("見本市 相談窓口", date(2023, 10, 1), date(2024, 9, 19), "96日"),
    Span("見本県 相談センター", date(2024, 8, 10), None, "107日"),
)


def no_action() -> None:
    """見本なので何も行わない。"""


def people_view(people: tuple[Person, ...]) -> RowsView:
    model = RowsModel(COLUMNS, lambda p: p.number)
    model.set_rows(people)
    view = RowsView(model, stretch=2)
    model.setParent(view)
    return view


def record_page() -> QWidget:
    page = SplitRoomPage("受講資格の審査", "第4条（対象者）　71名中 66名 確定")
    page.add_button("申込書を取り込む…", no_action)
    page.add_button("一括判定", no_action)
    filters = [
        Filter("q", "要確認", 5),
        Filter("y", "資格あり", 60),
        Filter("n", "資格なし", 6),
        Filter("a", "すべて", 71),
    ]
    page.list_pane.set_filters(filters)
    view = people_view(PEOPLE)
    page.list_pane.set_content(view)
    view.select_key(44)
    page.record.show_record(
        "NGUYỄN THỊ PHƯƠNG THẢO", "受付 0044　平成4年7月3日生　ベトナム", "要確認", Tone.WARN
    )
    findings = FindingList()
    findings.set_lines(LINES)
    line = Timeline()
    line.set_data(SPANS, WINDOW)
    page.record.content.addWidget(findings)
    page.record.content.addWidget(label("在職期間（研修開始日 令和7年8月1日 までの5年間）", "caption"))
    page.record.content.addWidget(line)
    words = "確認の方法：勤務日内訳表で重なる 41日間（R6.8.10〜R6.9.19）の従業日を入力するか、あと18日分の重複がないことを確かめてください。"
    page.record.content.addWidget(NoteBox(words))
    bar = page.actions_bar
    bar.add("勤務日を入力…", no_action)
    bar.add("補正を依頼…", no_action)
    bar.add_danger("資格なしと判定", no_action)
    bar.set_main("資格ありと判定", no_action)
    return page


def overview_page() -> QWidget:
    page = RoomPage("今日の仕事", "令和8年1月19日（月）　養成課程② まで 12日")
    funnel = Funnel()
    titles = (
        "受付",
        "受講資格あり",
        "養成課程① 修了",
        "実践 修了",
        "養成課程② 修了",
        "修了認定テスト 合格",
        "認証",
    )
    values = (71, 60, 57, 55, None, None, None)
    funnel.set_steps([FunnelStep(n, v) for n, v in zip(titles, values, strict=True)])
    page.body.addWidget(funnel)
    row = QHBoxLayout()
    left, right = Card("対応が必要なもの", "7件"), Card("総合確認テスト", "受験 60名　合格 57名")
    left.body.addWidget(people_view(PEOPLE))
    histogram = Histogram()
    histogram.set_data(
        bars_of([42, 55, 58] + [61] * 5 + [72] * 9 + [78] * 16 + [88] * 14 + [93] * 7, 30, 100, 10),
        60,
        movable=True,
    )
    right.body.addWidget(histogram)
    right.body.addStretch(1)
    row.addWidget(left, 8)
    row.addWidget(right, 3)
    page.body.addLayout(row, 1)
    page.banner.show_message("受付 3件を取り込みました。", Tone.OK)
    page.progress.show_progress(120, 1500, "読み込んでいます")
    return page


def empty_page() -> QWidget:
    page = SplitRoomPage("受付", "令和7年度 第2期")
    page.list_pane.show_empty(
        "まだ申込みがありません。申込書の表をここに落とすか、取り込んでください。",
        "申込書を取り込む…",
        no_action,
    )
    page.banner.show_message("見本.xlsx は取り込めませんでした。2行目の題が読めません。", Tone.BAD)
    return page


def widgets_page() -> QWidget:
    sheet = QWidget()
    column = QVBoxLayout(sheet)
    chips = QHBoxLayout()
    for text, tone in (
        ("資格あり", Tone.OK),
        ("要確認", Tone.WARN),
        ("資格なし", Tone.BAD),
        ("未審査", Tone.MUTED),
        ("審査中", Tone.ACCENT),
    ):
        chips.addWidget(Chip(text, tone))
    chips.addStretch(1)
    column.addLayout(chips)
    form = Form()
    good, bad, odd = DateField(TODAY, "開始日"), DateField(TODAY, "終了日"), DateField(TODAY, "生年月日")
    good.edit.setText("8/3/31")
    bad.edit.setText("R8.2.30")
    odd.edit.setText("平成40年5月1日")
    form.add("from", "開始日", good, required=True)
    form.add("to", "終了日", bad, "在職中なら空のまま")
    form.add("birth", "生年月日", odd)
    form.add("name", "氏名", QLineEdit("髙﨑󠄀 健太郎"), "打たれたとおりに残します")
    form.add("mail", "連絡先", QLineEdit())
    form.show_errors({"mail": "連絡先を入れてください。"})
    column.addWidget(form)
    for tone in (Tone.WARN, Tone.BAD, Tone.OK, Tone.ACCENT):
        column.addWidget(NoteBox("知らせの言葉がここに出ます。", tone))
    line = Timeline()
    line.set_data(
        (
            *SPANS,
            Span("古い窓口（長い名の総合相談センター）", date(2019, 4, 1), date(2021, 3, 31), "120日"),
            Span("短い在職", date(2022, 5, 1), date(2022, 5, 9), "5日"),
        ),
        WINDOW,
    )
    column.addWidget(line)
    column.addStretch(1)
    set_role(sheet, "plain")
    return sheet


def type_query(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    window.search.setFocus()
    window.search.setText("みほん")
    window.search.textEdited.emit("みほん")
    QTest.qWait(400)


def lock(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    page = LockPage(lambda _word: None, window.background, "事務局　見本 花子（担当）")
    page.submit()
    window.lock(page)


def _dialog(make: Callable[[], QWidget], name: str) -> Scene:
    return Scene(name, make, None)


def _key_dialog() -> QWidget:
    made = FirstRunDialog("C:\\見本\\nintei.db", lambda _request: "", background())
    made._show_key("AB12-CD34-EF56-GH78-JK90-LM12")
    return made


def _setup_dialog() -> QWidget:
    made = FirstRunDialog("C:\\見本\\nintei.db", lambda _request: "", background())
    made.submit()
    return made


def _sign_in() -> QWidget:
    made = SignInDialog(
        "C:\\見本\\nintei.db", lambda _request: None, background(), recover=lambda _request: ""
    )
    made.note.set_text("合言葉が違います。大文字と小文字を確かめて、もう一度入れてください。", Tone.BAD)
    made.set_notice(fault_words(("BIZUDGothic-Regular.ttf",)))
    return made


def _recovery() -> QWidget:
    made = RecoveryDialog(None, lambda _request: "", background())
    made.submit()
    return made


def scenes(window_factory: WindowFactory) -> Iterator[Scene]:
    """部品と枠のすべて。"""

    def record() -> QWidget:
        return window_factory("eligibility", "受講資格", record_page)

    def overview() -> QWidget:
        return window_factory("home", "ホーム", overview_page)

    def nothing() -> QWidget:
        return window_factory("intake", "受付", empty_page)

    yield Scene("kit_record", record)
    yield Scene("kit_record_dark", record, dark=True)
    yield Scene("kit_record_150", record, scale=1.5, size=(1920, 1080))
    yield Scene("kit_record_90", record, scale=0.9)
    yield Scene("kit_overview", overview)
    yield Scene("kit_overview_dark", overview, dark=True)
    yield Scene("kit_empty", nothing)
    yield Scene("kit_search", overview, after=type_query)
    yield Scene("kit_lock", overview, after=lock)
    yield Scene("kit_widgets", widgets_page, (900, 720))
    yield Scene("kit_widgets_150_dark", widgets_page, (1200, 1000), 1.5, True)
    yield from _messages()
    yield _dialog(_sign_in, "kit_sign_in")
    yield _dialog(_setup_dialog, "kit_first_run")
    yield _dialog(_key_dialog, "kit_recovery_key")
    yield _dialog(_recovery, "kit_recovery")


def _messages() -> Iterator[Scene]:
    yield _dialog(
        lambda: ErrorDialog(
            None, RuleViolation("この期はすでに閉じています。期を開き直してから行ってください。")
        ),
        "kit_refused",
    )
    yield _dialog(lambda: ErrorDialog(None, ValueError("x")), "kit_error")
    yield _dialog(
        lambda: ConfirmDialog(
            None,
            "資格なしと判定します",
            "見本 花子（受付 0001）の受講資格の記録が「資格なし」で確定し、通知の対象になります。",
            "資格なしと判定",
            no_action,
        ),
        "kit_confirm",
    )
    yield _dialog(
        lambda: ReasonDialog(
            None, "判定を改めます", "改めた理由は記録に残ります。", "改める", lambda _r: None
        ),
        "kit_reason",
    )
    yield _dialog(
        lambda: SecondPersonDialog(
            None, "二人目の確認", "資格なしの判定には、別の担当者の確認が要ります。", lambda _a, _b: None
        ),
        "kit_second",
    )

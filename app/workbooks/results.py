"""成績取込：受付番号・氏名・種別・結果・実施日の一行が、一人の一つの結果になる。"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domain.calendar import wareki
from app.workbooks.fields import CellError, Record, Table, fold, need_table, shown
from app.workbooks.layouts import Item, Layout, explanation_page, layout_page, write_refused_table
from app.workbooks.packing import Value
from app.workbooks.reading import Workbook
from app.workbooks.writing import write_book

SHEET = "成績"
GROUPS = ("A", "B", "C", "D", "E")
OUTCOMES = {"欠席": "absent", "無効": "invalid", "免除": "exempt", "未実施": "not_held"}
SUBMISSIONS = {"提出": "submitted", "未提出": "not_held"}
ATTENDANCES = {"出席": "attended", **OUTCOMES}
KIND_WORDS = (
    *(f"小テスト{g}" for g in GROUPS), "総合確認テスト", "取組状況報告1", "取組状況報告2", "課題レポート", "集合研修1",
    "集合研修2",
)  # fmt: skip
_ABSENT_MARKS = ("-", "ー", "―", "－", "/", "／")
_KIND = re.compile(r"(小テスト|取組状況報告|集合研修)(?:第?([A-E1-9][0-9]?)回?)?", re.IGNORECASE)
_HIGHEST = 1000
_LONGEST_MINUTES = 600

LAYOUT = Layout(
    SHEET,
    (
        Item("受付番号", "code", True, hint="4桁の受付番号。頭の0はなくても読めます。"),
        Item("氏名", "name", hint="確かめのための氏名。"),
        Item(
            "種別",
            "text",
            True,
            KIND_WORDS,
            "報告と集合研修は、番号を付けます（3回目は「集合研修3」）。",
            "",
            False,
        ),
        Item(
            "結果",
            "text",
            True,
            hint="テストは点数・欠席・無効・免除・未実施、報告は提出・未提出、集合研修は出席・欠席・無効・免除・未実施。",
        ),
        Item(
            "実施日",
            "date",
            hint="受験・提出・出席の日。点数と提出には必ず書きます。令和8年3月31日、R8.3.31、2026-03-31 のどれでも読めます。",
        ),
        Item(
            "回", "integer", hint="同じテストの何度目の受験か。空なら、取り込むときに続きの番号になります。"
        ),
        Item("遅刻（分）", "integer", hint="集合研修の遅刻の分数。"),
        Item("早退（分）", "integer", hint="集合研修の早退の分数。"),
    ),
    {
        "番号": "受付番号",
        "名前": "氏名",
        "科目": "種別",
        "テスト": "種別",
        "得点": "結果",
        "点数": "結果",
        "受験日": "実施日",
        "提出日": "実施日",
        "日付": "実施日",
        "受験回": "回",
        "遅刻": "遅刻（分）",
        "早退": "早退（分）",
    },
)
_NOTES = (
    "一行に、一人の一つの結果を書きます。列の順は変えても読めます。",
    "0点・欠席・無効・免除・未実施は、どれも別のものです。空のままの行は受け取れません。",
)


@dataclass(frozen=True)
class ResultForm:
    """一人の一つの結果。

    kind は quiz・comprehensive・report・final_report・session。subject_group は小テストの A〜E（ほかは空）、
    position は報告・集合研修の番号（ほかは None）。outcome は points・absent・invalid・exempt・not_held・
    submitted・attended で、points のときだけ points に点がある。attempt は受験の回（空は None）。
    """

    row: int
    reception_number: int
    name: str
    kind: str
    outcome: str
    points: int | None = None
    taken_on: date | None = None
    subject_group: str = ""
    position: int | None = None
    attempt: int | None = None
    minutes_late: int = 0
    minutes_left_early: int = 0


@dataclass(frozen=True)
class ResultsSheet:
    """読んだ成績。errors のある行は forms に入らない。"""

    forms: tuple[ResultForm, ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    reports: tuple[str, ...]


def kind_words(form: ResultForm) -> str:
    """種別の言葉（小テストA、取組状況報告2）。"""
    position = "" if form.position is None else str(form.position)
    return {
        "quiz": f"小テスト{form.subject_group}",
        "comprehensive": "総合確認テスト",
        "report": f"取組状況報告{position}",
        "final_report": "課題レポート",
        "session": f"集合研修{position}",
    }[form.kind]


def _result_value(form: ResultForm) -> Value:
    if form.outcome == "points":
        return form.points
    words = SUBMISSIONS if form.kind in ("report", "final_report") else ATTENDANCES
    return next(word for word, code in words.items() if code == form.outcome)


def _kind(record: Record) -> tuple[str, str, int | None] | None:
    """種別から（種類, 科目群, 番号）。読めなければ断る。"""
    value = record.value("種別", required=True)
    if value is None:
        return None
    key = fold(shown(value)).upper()
    fixed = {"総合確認テスト": "comprehensive", "課題レポート": "final_report"}
    if key in fixed:
        return fixed[key], "", None
    match = _KIND.fullmatch(key)
    if match and match[1] == "小テスト" and match[2] in GROUPS:
        return "quiz", match[2], None
    if match and match[1] != "小テスト" and (match[2] or "").isdigit():
        return "report" if match[1] == "取組状況報告" else "session", "", int(match[2])
    record.refuse(
        "種別", f"「{shown(value)}」という種別はありません。小テストA・総合確認テスト・取組状況報告1・"
        "課題レポート・集合研修1 のように書いてください。",
    )  # fmt: skip
    return None


def _word_outcome(record: Record, words: dict[str, str]) -> str | None:
    found = record.value("結果", required=True)
    if found is None:
        return None
    key = fold(shown(found))
    if key in words:
        return words[key]
    record.refuse("結果", f"「{shown(found)}」は選べません。{'・'.join(words)}のどれかを書いてください。")
    return None


def _test_outcome(record: Record) -> tuple[str, int | None] | None:
    """テストの結果。点は0以上の整数。空・横線は、0点とも欠席ともみなさずに断る。"""
    found = record.raw("結果")
    plain = unicodedata.normalize("NFKC", shown(found)).strip()
    if found is None or plain == "" or plain in _ABSENT_MARKS:
        record.refuse("結果", "結果が書かれていません。点数か、欠席・無効・免除・未実施を書いてください。")
        return None
    if fold(plain) in OUTCOMES:
        return OUTCOMES[fold(plain)], None
    points = record.integer("結果", low=0, high=_HIGHEST, required=True)
    return None if points is None else ("points", points)


def _outcome(record: Record, kind: str) -> tuple[str, int | None] | None:
    if kind in ("quiz", "comprehensive"):
        return _test_outcome(record)
    word = _word_outcome(record, SUBMISSIONS if kind in ("report", "final_report") else ATTENDANCES)
    return None if word is None else (word, None)


def _taken_on(record: Record, outcome: str, today: date) -> date | None:
    day = record.day("実施日", required=outcome in ("points", "submitted"))
    if day is not None and day > today and outcome != "not_held":
        record.refuse("実施日", f"実施日（{wareki(day)}）が今日より後です。日付を確かめてください。")
    return day


def reception_number(record: Record) -> int | None:
    """受付番号（0012・12・１２）。"""
    return record.integer("受付番号", low=1, high=999_999, required=True)


def _form(record: Record, today: date) -> ResultForm | None:
    number = reception_number(record)
    kind = _kind(record)
    if number is None or kind is None:
        return None
    outcome = _outcome(record, kind[0])
    if outcome is None:
        return None
    form = ResultForm(
        record.number,
        number,
        record.text("氏名"),
        kind[0],
        outcome[0],
        outcome[1],
        _taken_on(record, outcome[0], today),
        kind[1],
        kind[2],
        record.integer("回", low=1, high=99),
        record.integer("遅刻（分）", low=0, high=_LONGEST_MINUTES) or 0,
        record.integer("早退（分）", low=0, high=_LONGEST_MINUTES) or 0,
    )
    return form if record.ok else None


def _repeated(record: Record, form: ResultForm, seen: dict[tuple[object, ...], int]) -> bool:
    key = (
        form.reception_number,
        form.kind,
        form.subject_group,
        form.position,
        form.attempt or (form.taken_on if form.kind in ("quiz", "comprehensive") else None),
    )
    first = seen.setdefault(key, form.row)
    if first != form.row:
        record.refuse(
            "種別", f"{first}行目と同じ人の同じ種別です。どちらかを除くか、「回」を書いてください。"
        )
    return first != form.row


def _table(workbook: Workbook) -> Table:
    return need_table(workbook, LAYOUT.name, LAYOUT.headings, LAYOUT.needed, LAYOUT.known)


def parse_results(workbook: Workbook, today: date) -> ResultsSheet:
    """成績のブックを読む。見出しの揃った表がなければ InputRefused（NO_TABLE）。"""
    table = _table(workbook)
    forms: list[ResultForm] = []
    seen: dict[tuple[object, ...], int] = {}
    for record in table.records():
        form = _form(record, today)
        if form is not None and not _repeated(record, form, seen):
            forms.append(form)
    return ResultsSheet(tuple(forms), tuple(table.errors), tuple(table.warnings), workbook.reports)


def write_results(path: Path, forms: Iterable[ResultForm]) -> None:
    """成績を、読み戻せる様式で書く。"""
    rows = [
        (
            f"{f.reception_number:04d}",
            f.name,
            kind_words(f),
            _result_value(f),
            f.taken_on,
            f.attempt,
            f.minutes_late or None,
            f.minutes_left_early or None,
        )
        for f in forms
    ]
    pages = [layout_page(LAYOUT, rows), explanation_page("成績の様式の書き方", _NOTES, [LAYOUT])]
    write_book(path, pages, "成績")


def write_template(path: Path) -> None:
    """記入用の空の様式。"""
    write_results(path, ())


def write_refused(
    path: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None = None
) -> None:
    """断った行を、理由を添えた同じ様式で書く。直せばそのまま読める。"""
    write_refused_table(path, LAYOUT, _table(workbook), errors, password)

"""答案の取込：一人一行、一問一列。正答のシートがあれば、設問の科目群・配点・正答も読む。"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.abilities import ABILITIES
from app.workbooks.fields import CellError, Record, Table, find_table, fold, folded_width, need_table, shown
from app.workbooks.layouts import Item, Layout, explanation_page, layout_page, refused_pages
from app.workbooks.packing import Page, Value
from app.workbooks.reading import Sheet, Workbook
from app.workbooks.results import OUTCOMES, reception_number
from app.workbooks.writing import write_book

GROUPS = {g: g for g in ("A", "B", "C", "D", "E")}
KINDS = {"一つ選ぶ": "choice", "すべて選ぶ": "multiple", "記述": "written"}
TAKEN = "受験"
SHEET = "答案"
_QUESTION = re.compile(r"(?:問題?|設問|q)\.?([0-9]{1,3})")
_SEPARATOR = re.compile(r"[,、，;；/／\s]+")
_MOST_QUESTIONS = 300
_HEADER_ROWS = 20
_SYNONYMS = {"番号": "受付番号", "名前": "氏名", "出欠": "結果"}
_PERSON = (
    Item("受付番号", "code", True, hint="4桁の受付番号。頭の0はなくても読めます。"),
    Item("氏名", "name", hint="確かめのための氏名。"),
    Item(
        "結果",
        "short",
        words=(TAKEN, *OUTCOMES),
        hint="空は受験とします。白紙の答案は「受験」と書いてください（欠席とは別のものです）。",
    ),
)
_HINT = "選んだ肢（ア、1 など）。二つ以上は「ア,ウ」のように区切ります。記述は採点者の点。答えがなければ空のまま。"
KEYS = Layout(
    "正答",
    (
        Item("問", "integer", True, hint="設問の番号。"),
        Item("科目群", "short", True, tuple(GROUPS)),
        Item("配点", "integer", True),
        Item("正答", "text", hint="肢（ア、1 など）。二つ以上は「ア,ウ」。記述は空のまま。"),
        Item("形式", "short", words=tuple(KINDS), hint="空なら、正答の数から決めます。"),
        Item("能力", "text", words=tuple(ABILITIES.values()), hint="設問の測る能力。空でも構いません。"),
    ),
    {"設問": "問", "問題番号": "問", "点数": "配点", "正解": "正答"},
)
_NOTES = (
    "「答案」に一人一行、一問一列で書きます。設問の列は「問1」「問2」…で、足りなければ列を足してください。",
    "「正答」に設問の科目群・配点・正答を書きます。設問を画面で登録してあるときは空のままで構いません。",
)


@dataclass(frozen=True)
class AnswerForm:
    """一人の答案。answers は設問の番号から選んだ肢（記述では採点者の点の文字一つ）へ。答えのない設問は持たない。

    outcome は points・absent・invalid・exempt・not_held。
    """

    row: int
    reception_number: int
    name: str
    outcome: str
    answers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class KeyForm:
    """正答の一行。kind は choice・multiple・written、key は正答の肢（記述では空）、points は配点（点）。

    ability は測る能力（app.domain.abilities の鍵、書かれていなければ空）。
    """

    row: int
    number: int
    subject_group: str
    points: int
    key: tuple[str, ...]
    kind: str
    ability: str | None = None


@dataclass(frozen=True)
class AnswersSheet:
    """読んだ答案。questions は答案にある設問の番号、keys は正答（シートがなければ空）。"""

    forms: tuple[AnswerForm, ...]
    questions: tuple[int, ...]
    keys: tuple[KeyForm, ...]
    errors: tuple[CellError, ...]
    warnings: tuple[CellError, ...]
    reports: tuple[str, ...]


def labels(text: str) -> tuple[str, ...]:
    """「ア、ウ」を肢の並びにする。全角と半角は同じ肢とみなす。"""
    plain = folded_width(text).strip()
    return tuple(dict.fromkeys(x.upper() for x in _SEPARATOR.split(plain) if x))


def _title(number: int) -> str:
    return f"問{number}"


def _layout(questions: Iterable[int]) -> Layout:
    items = (Item(_title(n), "short", hint=_HINT) for n in questions)
    return Layout(SHEET, (*_PERSON, *items), _SYNONYMS)


def _asked(sheet: Sheet) -> dict[str, int]:
    """見出しの行にありそうな設問の列：見出しの文字から番号へ。"""
    found: dict[str, int] = {}
    for row in sheet.rows[:_HEADER_ROWS]:
        for cell in row:
            match = _QUESTION.fullmatch(fold(cell)) if isinstance(cell, str) else None
            if match and int(match[1]):
                found[str(cell)] = int(match[1])
    return found


def _find(workbook: Workbook) -> tuple[Layout, Table, tuple[int, ...]]:
    """設問の列が最も多い表。なければ need_table が断る。"""
    best: tuple[Layout, Table, tuple[int, ...]] | None = None
    for sheet in workbook.sheets:
        asked = _asked(sheet)
        numbers = tuple(sorted(set(asked.values())))[:_MOST_QUESTIONS]
        layout = _layout(numbers)
        known = layout.known | {words: _title(n) for words, n in asked.items()}
        table = find_table(sheet, layout.headings, layout.needed, known) if numbers else None
        if table is not None and (best is None or len(numbers) > len(best[2])):
            best = layout, table, numbers
    if best is not None:
        return best
    layout = _layout((1,))
    return layout, need_table(workbook, SHEET, layout.headings, ("受付番号", "問1"), layout.known), (1,)


def _answers(record: Record, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found = {}
    for number in numbers:
        value = record.value(_title(number))
        if chosen := labels(shown(value)):
            found[number] = chosen
    return found


def _outcome(record: Record) -> str:
    value = record.value("結果")
    if value is None:
        return ""
    return record.choice("結果", {TAKEN: "points", **OUTCOMES}) or ""


def _answer(record: Record, numbers: Sequence[int], seen: dict[int, int]) -> AnswerForm | None:
    reception = reception_number(record)
    outcome = _outcome(record)
    answers = _answers(record, numbers)
    if record.ok and not outcome and not answers:
        record.refuse(
            "結果", "答えが一つもありません。欠席なら「欠席」、白紙の答案なら「受験」と書いてください。"
        )
    if outcome not in ("", "points") and answers:
        record.refuse(
            "結果", f"「{shown(record.raw('結果'))}」ですが答えがあります。どちらかを直してください。"
        )
    if reception is not None and (first := seen.setdefault(reception, record.number)) != record.number:
        record.refuse("受付番号", f"{first}行目と同じ受付番号です。一人一行にしてください。")
    if reception is None or not record.ok:
        return None
    return AnswerForm(record.number, reception, record.text("氏名"), outcome or "points", answers)


def _kind(record: Record, key: tuple[str, ...]) -> str:
    kind = record.choice("形式", KINDS) or ("written", "choice")[len(key) == 1]
    if len(key) > 1 and record.value("形式") is None:
        kind = "multiple"
    if (kind == "written") != (not key):
        record.refuse("正答", "記述の設問には正答を書かず、ほかの設問には正答を書いてください。")
    return kind


def _key(record: Record, seen: dict[int, int]) -> KeyForm | None:
    number = record.integer("問", low=1, high=999, required=True)
    group = record.choice("科目群", GROUPS, required=True)
    points = record.integer("配点", low=1, high=1000, required=True)
    key = labels(record.text("正答"))
    kind = _kind(record, key)
    ability = record.choice("能力", {words: name for name, words in ABILITIES.items()})
    if number is not None and (first := seen.setdefault(number, record.number)) != record.number:
        record.refuse("問", f"{first}行目と同じ設問です。一問一行にしてください。")
    if number is None or group is None or points is None or not record.ok:
        return None
    return KeyForm(record.number, number, group, points, key, kind, ability)


def _read_keys(table: Table | None) -> tuple[KeyForm, ...]:
    seen: dict[int, int] = {}
    found = (_key(record, seen) for record in (table.records() if table else ()))
    return tuple(sorted((k for k in found if k is not None), key=lambda k: k.number))


def parse_answers(workbook: Workbook) -> AnswersSheet:
    """答案のブックか CSV を読む。受付番号と設問の列のある表がなければ InputRefused（NO_TABLE）。"""
    _, table, numbers = _find(workbook)
    seen: dict[int, int] = {}
    found = [_answer(record, numbers, seen) for record in table.records()]
    key_table = KEYS.find(workbook)
    keys = _read_keys(key_table)
    tables = [table] if key_table is None else [table, key_table]
    missing = sorted(set(numbers) - {k.number for k in keys}) if keys else []
    said = [f"「正答」に{_title(n)}がありません。" for n in missing]
    return AnswersSheet(
        tuple(f for f in found if f is not None),
        numbers,
        keys,
        tuple(e for t in tables for e in t.errors),
        tuple(w for t in tables for w in t.warnings),
        (*workbook.reports, *said),
    )


def _outcome_words(form: AnswerForm) -> str:
    if form.outcome == "points":
        return "" if form.answers else TAKEN
    return next(word for word, code in OUTCOMES.items() if code == form.outcome)


def _answer_row(form: AnswerForm, numbers: Sequence[int]) -> list[Value]:
    head: list[Value] = [f"{form.reception_number:04d}", form.name, _outcome_words(form)]
    return [*head, *(",".join(form.answers.get(n, ())) for n in numbers)]


def _key_row(key: KeyForm) -> list[Value]:
    kind = next(word for word, code in KINDS.items() if code == key.kind)
    ability = None if key.ability is None else ABILITIES[key.ability]
    return [key.number, key.subject_group, key.points, ",".join(key.key), kind, ability]


def _explanation(layout: Layout) -> Page:
    shortened = Layout(layout.name, layout.items[: len(_PERSON) + 1], layout.synonyms)
    return explanation_page("答案の様式の書き方", _NOTES, [shortened, KEYS])


def write_answers(
    path: Path, forms: Iterable[AnswerForm], keys: Sequence[KeyForm] = (), questions: int = 0
) -> None:
    """答案と正答を、読み戻せる様式で書く。questions は設問の数（0 なら正答と答案から決める）。"""
    kept = tuple(forms)
    last = max([questions, *(k.number for k in keys), *(n for f in kept for n in f.answers)])
    numbers = range(1, max(last, 1) + 1)
    layout = _layout(numbers)
    pages = [
        layout_page(layout, [_answer_row(f, numbers) for f in kept]),
        layout_page(KEYS, [_key_row(k) for k in keys]),
        _explanation(layout),
    ]
    write_book(path, pages, "答案")


def write_template(path: Path, questions: int = 50) -> None:
    """記入用の空の様式。questions は設問の数。"""
    write_answers(path, (), (), questions)


def write_refused(
    path: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None = None
) -> None:
    """断った行を、理由を添えた同じ様式で書く。直せばそのまま読める。"""
    layout, table, _ = _find(workbook)
    tables = [(layout, table)]
    if (keys := KEYS.find(workbook)) is not None:
        tables.append((KEYS, keys))
    write_book(path, [*refused_pages(tables, errors), _explanation(layout)], "答案（不受理の行）", password)

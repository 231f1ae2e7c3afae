"""申込様式.xlsx：空の様式を書き、記入されたものを読み、断った行を理由と共に書く。"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.domain.calendar import wareki
from app.domain.disqualification import LAWS, PENALTIES
from app.domain.eligibility import QUALIFICATION_WORDS, TECHNICIAN
from app.workbooks.applicant_forms import ApplicantForm, ConvictionForm, EmploymentForm, QualificationForm
from app.workbooks.applicant_layout import (
    APPLICANTS,
    COUNTERS,
    DECLARATIONS,
    EMPLOYMENTS,
    EVIDENCE,
    EXAMPLE,
    LAW_WORDS,
    LAYOUTS,
    LINK,
    NATIONAL_QUALIFICATIONS,
    NOTES,
    PENALTY_WORDS,
    QUALIFICATIONS,
    STANDARDS,
    SUSPENSIONS,
)
from app.workbooks.fields import CellError, Record, Table, fold, need_table, shown
from app.workbooks.layouts import explanation_page, layout_page, refused_pages
from app.workbooks.packing import Page, Value
from app.workbooks.reading import Workbook
from app.workbooks.writing import write_book

__all__ = [
    "ApplicantForm",
    "ApplicantsSheet",
    "ConvictionForm",
    "EmploymentForm",
    "QualificationForm",
    "parse_applicants",
    "write_applicants",
    "write_refused",
    "write_template",
]

_MOST_DAYS = 40_000
_LONGEST_NUMBER = 18  # 桁。これより長い数字は、番号ではなく文字として比べる
_DECLARED = {
    "ア": "mental_declared",
    "イ": "immigration_declared",
    "ウ": "other_law_declared",
    "エ": "revocation_declared",
}
_TEXTS = {
    "reading": "フリガナ",
    "roman_name": "ローマ字",
    "certificate_name": "証書表記",
    "alias": "通称",
    "former_name": "旧姓",
    "nationality": "国籍",
    "phone": "電話",
    "email": "メール",
    "postal_code": "郵便番号",
    "address": "住所",
    "affiliation": "所属機関",
    "affiliation_prefecture": "所属機関の都道府県",
    "activity_area": "活動地域",
    "specialties": "専門分野",
    "languages": "対応言語",
    "counter_name": "現在の窓口名",
}


@dataclass(frozen=True)
class ApplicantsSheet:
    """読んだ申込様式。断った行のある人は forms に入らない。

    who は断った行（シート, 行の番号）から、その人の申込番号と氏名（打たれたまま）へ。「申込者」にいない番号の氏名は空。
    """

    forms: tuple[ApplicantForm, ...]
    errors: tuple[CellError, ...] = ()
    warnings: tuple[CellError, ...] = ()
    reports: tuple[str, ...] = ()
    who: Mapping[tuple[str, int], tuple[str, str]] = field(default_factory=dict, compare=False)


def _key(record: Record) -> str:
    """申込番号の、比べるための形（1 と「1」と「０１」は同じ）。"""
    text = fold(shown(record.raw(LINK)))
    number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return str(int(text)) if number else text


def _in_order(record: Record, first: str, start: date | None, last: str, end: date | None) -> None:
    if start is not None and end is not None and end < start:
        record.refuse(
            last, f"{last}（{wareki(end)}）が{first}（{wareki(start)}）より前です。日付を確かめてください。"
        )


def _employment(record: Record) -> EmploymentForm | None:
    counter = record.choice("種別", COUNTERS, required=True)
    start = record.day("開始日", required=True)
    end = record.day("終了日")
    _in_order(record, "開始日", start, "終了日", end)
    consultation = record.yes_no("相談対応")
    standard = record.yes_no("窓口の要件", STANDARDS)
    workdays = record.integer("従業日数", low=0, high=_MOST_DAYS)
    inside = record.integer("従業日数（対象期間内）", low=0, high=_MOST_DAYS)
    name = record.text("窓口名")
    commissioner = record.text("委託元") or None
    if not record.ok or counter is None or start is None:
        return None
    asked = consultation is not False
    return EmploymentForm(
        counter, start, end, name, standard, asked, workdays, inside, commissioner, record.number
    )


def _qualification(record: Record) -> QualificationForm | None:
    kind = record.choice("資格", QUALIFICATIONS, required=True)
    grade = record.integer("級", low=1, high=3)
    if kind == TECHNICIAN and grade is None and record.ok:
        record.refuse("級", "技能士の級（1・2）を書いてください。")
    registered = record.day("登録日", required=True)
    lapsed = record.day("失効日")
    _in_order(record, "登録日", registered, "失効日", lapsed)
    evidence = record.yes_no("写しの確認", EVIDENCE)
    if not record.ok or kind is None or registered is None:
        return None
    return QualificationForm(
        kind, registered, grade if kind == TECHNICIAN else None, lapsed, evidence is True, record.number
    )


_CONVICTION = ("罪の区分", "刑", "確定日", "執行終了日", "執行免除日", "猶予", "猶予満了日", "猶予の取消し")


def _conviction(record: Record) -> ConvictionForm | None:
    if all(record.raw(h) is None for h in _CONVICTION):
        return None
    law = record.choice("罪の区分", LAW_WORDS, required=True)
    penalty = record.choice("刑", PENALTY_WORDS, required=True)
    final, ended, ceased = (record.day(h) for h in ("確定日", "執行終了日", "執行免除日"))
    _in_order(record, "確定日", final, "執行終了日", ended)
    _in_order(record, "確定日", final, "執行免除日", ceased)
    kind = record.choice("猶予", SUSPENSIONS)
    until = record.day("猶予満了日")
    revoked = record.yes_no("猶予の取消し") is True
    if kind is None and (until is not None or revoked) and record.ok:
        record.refuse("猶予", "猶予の満了日か取消しがあるときは、全部・一部のどちらかを選んでください。")
    if not record.ok or law is None or penalty is None:
        return None
    return ConvictionForm(law, penalty, final, ended, ceased, kind, until, revoked, record.number)


class _Children:
    """子のシートの行を申込番号ごとに集める。読めない行のある番号は bad に入る。"""

    def __init__(self, known: Mapping[str, object]) -> None:
        self.known = known
        self.bad: set[str] = set()
        self.rows: dict[tuple[str, int], str] = {}

    def gather(self, table: Table | None, read: Callable[[Record], object]) -> dict[str, list[object]]:
        found: dict[str, list[object]] = {}
        for record in table.records() if table else []:
            if record.value(LINK, required=True) is None:
                continue
            key = _key(record)
            if key not in self.known:
                record.refuse(LINK, f"申込番号 {shown(record.raw(LINK))} の人が「申込者」にいません。")
            value = read(record)
            if not record.ok:
                self.bad.add(key)
                self.rows[record.table.sheet.name, record.number] = key
            elif value is not None:
                found.setdefault(key, []).append(value)
        return found


def _declaration(record: Record, kept: dict[str, dict[str, bool]]) -> ConvictionForm | None:
    mine = kept.setdefault(_key(record), {})
    for heading, name in _DECLARED.items():
        answer = record.yes_no(heading)
        if answer is None:
            continue
        if mine.setdefault(name, answer) is not answer:
            record.refuse(heading, "同じ申込番号の行と申告が食い違っています。どちらかに揃えてください。")
    return _conviction(record)


def _person(record: Record) -> dict[str, object] | None:
    values: dict[str, object] = {name: record.text(heading) for name, heading in _TEXTS.items()}
    _warn_of_lost_zero(record)
    values |= {
        "row": record.number,
        "number": record.text(LINK, required=True),
        "name": record.text("氏名", required=True),
        "birth_date": record.day("生年月日", required=True),
        "counter": record.choice("窓口の種別", COUNTERS),
        "counter_engaged": record.yes_no("相談対応に従事"),
        "counter_standard": record.yes_no("窓口の要件", STANDARDS),
        "commissioner": record.text("委託元") or None,
        "publish_consent": record.yes_no("名簿公表の同意") is True,
    }
    return values if record.ok else None


def _warn_of_lost_zero(record: Record) -> None:
    """数として書かれた電話と郵便番号に注意する（表計算は、数の先頭の 0 を捨てる）。"""
    for heading, longest in (("電話", _LONGEST_NUMBER), ("郵便番号", 6)):
        value = record.raw(heading)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**longest:
            record.warn(
                heading,
                "数として書かれています。先頭の 0 が落ちていないか、申込書と照らして確かめてください。",
            )


def _people(
    table: Table,
) -> tuple[dict[str, dict[str, object]], dict[str, int], dict[int, tuple[str, str]]]:
    """読めた人、出てきたすべての申込番号（最初の行）、行の番号から申込番号と氏名。"""
    people: dict[str, dict[str, object]] = {}
    seen: dict[str, int] = {}
    labels: dict[int, tuple[str, str]] = {}
    for record in table.records():
        key = _key(record)
        if key and key in seen:
            record.refuse(LINK, f"{seen[key]}行目と同じ申込番号です。一人に一つの番号にしてください。")
        values = _person(record)
        labels[record.number] = shown(record.raw(LINK)), shown(record.raw("氏名"))
        if key:
            seen.setdefault(key, record.number)
        if values is not None:
            people[key] = values
    return people, seen, labels


def parse_applicants(workbook: Workbook, today: date) -> ApplicantsSheet:
    """申込様式を読む。列の順と余分な列は問わない。「申込者」の表がなければ InputRefused（NO_TABLE）。

    読めないセルは errors に入り、その人は forms に入らない。today より後の在職の開始は warnings に入る。
    """
    table = need_table(workbook, APPLICANTS.name, APPLICANTS.headings, APPLICANTS.needed, APPLICANTS.known)
    people, seen, labels = _people(table)
    children = _Children(seen)
    found = [x.find(workbook) for x in (EMPLOYMENTS, NATIONAL_QUALIFICATIONS, DECLARATIONS)]
    declared: dict[str, dict[str, bool]] = {}
    employments = children.gather(found[0], lambda r: _future(r, _employment(r), today))
    qualifications = children.gather(found[1], _qualification)
    convictions = children.gather(found[2], lambda r: _declaration(r, declared))
    forms = tuple(
        ApplicantForm(
            **values,  # type: ignore[arg-type]  # 値の型は _person が決めている
            **declared.get(key, {}),  # type: ignore[arg-type]
            employments=tuple(employments.get(key, ())),  # type: ignore[arg-type]
            qualifications=tuple(qualifications.get(key, ())),  # type: ignore[arg-type]
            convictions=tuple(convictions.get(key, ())),  # type: ignore[arg-type]
        )
        for key, values in people.items()
        if key not in children.bad
    )
    tables = [table, *[t for t in found if t is not None]]
    return ApplicantsSheet(
        forms,
        tuple(e for t in tables for e in t.errors),
        tuple(w for t in tables for w in t.warnings),
        (*workbook.reports, *_unread(workbook, tables)),
        {(table.sheet.name, row): label for row, label in labels.items()}
        | {place: labels[seen[key]] if key in seen else (key, "") for place, key in children.rows.items()},
    )


def _future(record: Record, form: EmploymentForm | None, today: date) -> EmploymentForm | None:
    if form is not None and form.started_on > today:
        record.warn("開始日", f"開始日（{wareki(form.started_on)}）が今日より後です。確かめてください。")
    return form


def _unread(workbook: Workbook, tables: Sequence[Table]) -> list[str]:
    """読まなかった列と、見出しの揃わないシートの文。"""
    said = [
        f"シート「{t.sheet.name}」の列「{'」「'.join(t.unknown)}」は様式にないため読みませんでした。"
        for t in tables
        if t.unknown
    ]
    read = {t.sheet.name for t in tables}
    names = {x.name for x in LAYOUTS}
    said += [
        f"シート「{s.name}」は見出しが揃わないため読みませんでした。"
        for s in workbook.sheets
        if s.name.strip() in names and s.name not in read and s.filled
    ]
    return said


def _word(words: Mapping[str, object], code: object) -> str:
    return next((word for word, value in words.items() if value == code), "")


def _yes(value: bool | None, unknown: str = "") -> str:
    return unknown if value is None else "はい" if value else "いいえ"


def _applicant_row(form: ApplicantForm) -> list[Value]:
    texts = {heading: getattr(form, name) for name, heading in _TEXTS.items()}
    texts |= {
        LINK: form.number,
        "氏名": form.name,
        "生年月日": form.birth_date,
        "窓口の種別": _word(COUNTERS, form.counter),
        "相談対応に従事": _yes(form.counter_engaged),
        "窓口の要件": _word(STANDARDS, form.counter_standard),
        "委託元": form.commissioner,
        "名簿公表の同意": _yes(form.publish_consent),
    }
    return [texts[h] for h in APPLICANTS.headings]


def _employment_row(number: str, e: EmploymentForm) -> list[Value]:
    standard = _word(STANDARDS, e.counter_standard)
    head: list[Value] = [number, e.counter_name, _word(COUNTERS, e.counter), standard, e.started_on]
    return [*head, e.ended_on, e.workdays, e.workdays_in_window, _yes(e.consultation), e.commissioner]


def _qualification_row(number: str, q: QualificationForm) -> list[Value]:
    words = QUALIFICATION_WORDS[q.kind]
    return [number, words, q.grade, q.registered_on, q.lapsed_on, _word(EVIDENCE, q.evidence)]


def _declaration_rows(form: ApplicantForm) -> list[list[Value]]:
    answers: list[Value] = [_yes(getattr(form, name), "未回答") for name in _DECLARED.values()]
    rows: list[list[Value]] = [
        [
            *(LAWS[c.law], PENALTIES[c.penalty], c.finalized_on, c.execution_ended_on, c.execution_ceased_on),
            *(_word(SUSPENSIONS, c.suspension_kind), c.suspension_ends_on, _yes(c.suspension_revoked)),
        ]
        for c in form.convictions
    ]
    return [[form.number, *answers, *row] for row in rows or [[None] * len(_CONVICTION)]]


def _pages(forms: Sequence[ApplicantForm]) -> list[Page]:
    return [
        layout_page(APPLICANTS, [_applicant_row(f) for f in forms]),
        layout_page(EMPLOYMENTS, [_employment_row(f.number, e) for f in forms for e in f.employments]),
        layout_page(
            NATIONAL_QUALIFICATIONS,
            [_qualification_row(f.number, q) for f in forms for q in f.qualifications],
        ),
        layout_page(DECLARATIONS, [row for f in forms for row in _declaration_rows(f)]),
    ]


def _help_pages() -> list[Page]:
    rows: list[list[tuple[Value, str] | None]] = [[("記入例", "title")]]
    rows += [[(name, "text"), (line, "text")] for name, line in EXAMPLE]
    return [Page("記入例", rows, [18.0, 110.0]), explanation_page("申込様式の書き方", NOTES, LAYOUTS)]


def write_applicants(path: Path, forms: Sequence[ApplicantForm], password: str | None = None) -> None:
    """記入済みの申込様式を書く。parse_applicants で同じ forms が読める（row は並びの順になる）。"""
    write_book(path, [*_pages(forms), *_help_pages()], "申込様式", password)


def write_template(path: Path) -> None:
    """空の申込様式を書く。"""
    write_applicants(path, ())


def write_refused(
    path: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None = None
) -> None:
    """断った行を、理由を添えた申込様式として書く。直せばそのまま読める。"""
    table = need_table(workbook, APPLICANTS.name, APPLICANTS.headings, APPLICANTS.needed, APPLICANTS.known)
    tables = [(APPLICANTS, table)]
    tables += [(x, t) for x in LAYOUTS[1:] if (t := x.find(workbook)) is not None]
    write_book(
        path, [*refused_pages(tables, errors, LINK), *_help_pages()], "申込様式（不受理の行）", password
    )

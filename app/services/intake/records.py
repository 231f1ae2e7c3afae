"""受付：申込書と記録の突き合わせ（同じか、どこが違うか）、写し、写す前の値の控えと戻し。"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.people import printed_name, unsign
from app.services.views.intake import Difference
from app.workbooks.applicant_forms import ApplicantForm, ConvictionForm, EmploymentForm, QualificationForm
from app.workbooks.applicant_layout import COUNTERS, LAW_WORDS, PENALTY_WORDS, QUALIFICATIONS
from database.schema.base import Base, ISODate
from database.schema.intake import Application, Employment, Qualification
from database.schema.people import Conviction, Person

DECLARED = "申告"
PERSON_LABELS = {
    "name": "氏名",
    "reading": "フリガナ",
    "roman_name": "ローマ字",
    "certificate_name": "証書表記",
    "alias": "通称",
    "former_name": "旧姓",
    "birth_date": "生年月日",
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
    "publish_consent": "名簿公表の同意",
}
_APPLICATION = {
    "counter_name": "現在の窓口名",
    "counter": "窓口の種別",
    "counter_engaged": "相談対応に従事",
    "counter_standard": "窓口の要件（注5）",
    "commissioner": "委託元",
    "mental_declared": "申告ア",
    "immigration_declared": "申告イ",
    "other_law_declared": "申告ウ",
    "revocation_declared": "申告エ",
}
SENSITIVE = {"mental_declared", "immigration_declared", "other_law_declared", "revocation_declared"}
_EMPLOYMENT = (
    "counter_name",
    "counter",
    "counter_standard",
    "consultation",
    "started_on",
    "ended_on",
    "workdays",
    "workdays_in_window",
    "commissioner",
)
_QUALIFICATION = ("kind", "grade", "registered_on", "lapsed_on", "evidence")
_CONVICTION = (
    "law",
    "penalty",
    "finalized_on",
    "execution_ended_on",
    "execution_ceased_on",
    "suspension_kind",
    "suspension_ends_on",
    "suspension_revoked",
)
Row_ = TypeVar("Row_", Employment, Qualification, Conviction)
Form_ = TypeVar("Form_", EmploymentForm, QualificationForm, ConvictionForm)
Values = Callable[[Any], tuple[object, ...]]


def _employment_values(one: EmploymentForm | Employment) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _EMPLOYMENT)


def _qualification_values(one: QualificationForm | Qualification) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _QUALIFICATION)


def _conviction_values(one: ConvictionForm | Conviction) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in _CONVICTION)


def declared_convictions(person: Person) -> list[Conviction]:
    """本人の申告による裁判。事務局が別に確かめて記したものは、取込で変えも消しもしない。"""
    return [c for c in person.convictions if c.source == DECLARED]


def _alike(rows: Sequence[object], forms: Sequence[object], values: Values) -> bool:
    return len(rows) == len(forms) and Counter(map(values, rows)) == Counter(map(values, forms))


def same_application(application: Application, form: ApplicantForm) -> bool:
    """申込書が、いまの記録のとおりなら真。"""
    person = application.person
    return (
        all(getattr(person, n) == getattr(form, n) for n in PERSON_LABELS)
        and all(getattr(application, n) == getattr(form, n) for n in _APPLICATION)
        and _alike(application.employments, form.employments, _employment_values)
        and _alike(application.qualifications, form.qualifications, _qualification_values)
        and _alike(declared_convictions(person), form.convictions, _conviction_values)
    )


def shown(value: object) -> str:
    """比べて見せる字。空は空のまま。"""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, date):
        return wareki(value)
    return "" if value is None else str(value)


def _word(words: Mapping[str, object], code: object) -> str:
    return next((word for word, value in words.items() if value == code), "")


def _span(start: date | None, end: date | None) -> str:
    return f"{shown(start)}〜{shown(end)}"


def _employment_words(e: EmploymentForm | Employment) -> str:
    days = [
        f"{n}日（{where}）"
        for n, where in ((e.workdays, "全期間"), (e.workdays_in_window, "対象期間内"))
        if n is not None
    ]
    parts = (e.counter_name, _word(COUNTERS, e.counter), _span(e.started_on, e.ended_on), *days)
    extra = (
        "" if e.consultation else "相談対応でない",
        "" if e.counter_standard is None else f"要件{'確認済' if e.counter_standard else '満たさない'}",
        f"委託元 {e.commissioner}" if e.commissioner else "",
    )
    return " ".join(p for p in (*parts, *extra) if p)


def _qualification_words(q: QualificationForm | Qualification) -> str:
    grade = "" if q.grade is None else f"{q.grade}級"
    copy = "写しあり" if q.evidence else "写し未確認"
    lapsed = "" if q.lapsed_on is None else f"{wareki(q.lapsed_on)}失効"
    parts = (_word(QUALIFICATIONS, q.kind), grade, f"{wareki(q.registered_on)}登録", lapsed, copy)
    return " ".join(p for p in parts if p)


def _conviction_words(c: ConvictionForm | Conviction) -> str:
    return f"{_word(LAW_WORDS, c.law)} {_word(PENALTY_WORDS, c.penalty)} {shown(c.finalized_on)}確定"


def _left(these: Sequence[Any], those: Sequence[Any], values: Values) -> list[Any]:
    """those にない these。"""
    spare = Counter(map(values, those))
    found = []
    for one in these:
        if spare[values(one)]:
            spare[values(one)] -= 1
        else:
            found.append(one)
    return found


def _listed(
    label: str, rows: Sequence[Any], forms: Sequence[Any], values: Values, words: Callable[[Any], str]
) -> Iterator[Difference]:
    old, new = _left(rows, forms, values), _left(forms, rows, values)
    for before, after in zip_longest(old, new):
        yield Difference(
            label, "" if before is None else words(before), "" if after is None else words(after)
        )


def person_differences(person: Person, form: ApplicantForm) -> tuple[Difference, ...]:
    """人の記録の、申込書と違うところ。"""
    found = [
        Difference(label, shown(getattr(person, name)), shown(getattr(form, name)))
        for name, label in PERSON_LABELS.items()
        if getattr(person, name) != getattr(form, name)
    ]
    convictions = declared_convictions(person)
    found += _listed("申告の裁判", convictions, form.convictions, _conviction_values, _conviction_words)
    return tuple(found)


def differences(application: Application, form: ApplicantForm) -> tuple[Difference, ...]:
    """申込の記録の、申込書と違うところ（取り込めばこう変わる）。"""
    found = list(person_differences(application.person, form))
    for name, label in _APPLICATION.items():
        old, new = getattr(application, name), getattr(form, name)
        if old != new:
            words = (lambda v: _word(COUNTERS, v)) if name == "counter" else shown
            found.append(Difference(label, words(old), words(new)))
    found += _listed(
        "在職歴", application.employments, form.employments, _employment_values, _employment_words
    )
    found += _listed(
        "国家資格",
        application.qualifications,
        form.qualifications,
        _qualification_values,
        _qualification_words,
    )
    return tuple(found)


def _given(form: EmploymentForm | QualificationForm | ConvictionForm) -> dict[str, Any]:
    """表に入れる値。"""
    return {n: getattr(form, n) for n in form.__dataclass_fields__ if n not in ("row", "id")}


def _keep_equal(
    rows: Sequence[Row_], wanted: Sequence[Form_], values: Values, make: type[Row_]
) -> list[Row_]:
    """wanted の順に並べた行。値の同じ行はそのまま使う（事務局が足した日の一覧を失わない）。"""
    spare = list(rows)
    found = []
    for form in wanted:
        kept = next((row for row in spare if values(row) == values(form)), None)
        if kept is None:
            kept = make(**_given(form))
        else:
            spare.remove(kept)
        found.append(kept)
    return found


def _fill_values(application: Application, form: ApplicantForm) -> None:
    person = application.person
    if printed_name(person) != (form.certificate_name or form.name):
        unsign(person)
    for name in PERSON_LABELS:
        setattr(person, name, getattr(form, name))
    for name in _APPLICATION:
        setattr(application, name, getattr(form, name))


def fill(application: Application, form: ApplicantForm) -> None:
    """申込書の値を、申込とその人の記録に写す。証書に刷る氏名が変われば、確認済みの印を外す。"""
    _fill_values(application, form)
    person = application.person
    application.employments = _keep_equal(
        application.employments, form.employments, _employment_values, Employment
    )
    application.qualifications = _keep_equal(
        application.qualifications, form.qualifications, _qualification_values, Qualification
    )
    declared = declared_convictions(person)
    kept = _keep_equal(declared, form.convictions, _conviction_values, Conviction)
    for row in kept:
        row.source = DECLARED
    person.convictions = [c for c in person.convictions if c not in declared] + kept


def _by_id(rows: Sequence[Row_], wanted: Sequence[Form_], make: type[Row_]) -> list[Row_]:
    """wanted の順に並べた行。番号の合う行はその場で直し、番号のないものは新しい行とする。"""
    known = {row.id: row for row in rows}
    found = []
    for form in wanted:
        row = make() if form.id is None else known.pop(form.id, None)
        if row is None:
            raise RuleViolation("直そうとした行がもうありません。窓を閉じて開き直してください。")
        for name, value in _given(form).items():
            setattr(row, name, value)
        found.append(row)
    return found


def amend(application: Application, form: ApplicantForm) -> None:
    """直した申込書の値を、申込とその人の記録に写す。変わらない行の番号と、勤務日の一覧は保つ。"""
    _fill_values(application, form)
    person = application.person
    application.employments = _by_id(application.employments, form.employments, Employment)
    application.qualifications = _by_id(application.qualifications, form.qualifications, Qualification)
    declared = declared_convictions(person)
    kept = _by_id(declared, form.convictions, Conviction)
    for row in kept:
        row.source = DECLARED
    person.convictions = [c for c in person.convictions if c not in declared] + kept


def form_of(application: Application) -> ApplicantForm:
    """いまの記録を申込書の形にしたもの（行の番号を持つ。row と number は使わない）。"""
    person = application.person
    values: dict[str, Any] = {name: getattr(person, name) for name in PERSON_LABELS}
    values |= {name: getattr(application, name) for name in _APPLICATION}
    return ApplicantForm(
        row=0,
        number="",
        employments=tuple(
            EmploymentForm(**{n: getattr(e, n) for n in _EMPLOYMENT}, id=e.id)
            for e in application.employments
        ),
        qualifications=tuple(
            QualificationForm(**{n: getattr(q, n) for n in _QUALIFICATION}, id=q.id)
            for q in application.qualifications
        ),
        convictions=tuple(
            ConvictionForm(**{n: getattr(c, n) for n in _CONVICTION}, id=c.id)
            for c in declared_convictions(person)
        ),
        **values,
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _row(row: Base) -> dict[str, Any]:
    return {c.name: _plain(getattr(row, c.name)) for c in row.__table__.columns}


def keep_person(person: Person) -> dict[str, Any]:
    """写す前の人の値（申告の裁判を含む）。JSON になる。"""
    return {"person": _row(person), "convictions": [_row(c) for c in declared_convictions(person)]}


def keep_application(application: Application) -> dict[str, Any]:
    """写す前の申込と人の値。JSON になる。"""
    return keep_person(application.person) | {
        "values": _row(application),
        "employments": [_row(e) for e in application.employments],
        "qualifications": [_row(q) for q in application.qualifications],
    }


def child_ids(application: Application) -> dict[str, list[int]]:
    """申込と人の、いまの子の行の番号。"""
    return {
        "employment": sorted(e.id for e in application.employments),
        "qualification": sorted(q.id for q in application.qualifications),
        "conviction": sorted(c.id for c in declared_convictions(application.person)),
    }


def _value(table: type[Base], name: str, value: Any) -> Any:
    is_day = isinstance(table.__table__.columns[name].type, ISODate)
    return date.fromisoformat(value) if is_day and value is not None else value


def _set(row: Base, kept: Mapping[str, Any]) -> None:
    for name, value in kept.items():
        if name != "id":
            setattr(row, name, _value(type(row), name, value))


def _restored(
    session: Session, rows: Sequence[Row_], kept: Sequence[Mapping[str, Any]], make: type[Row_]
) -> list[Row_]:
    """控えのとおりの行。消えた行は、空いていれば前の番号で作り直す。"""
    now = {row.id: row for row in rows}
    found = []
    for values in kept:
        row = now.get(values["id"])
        if row is None:
            row = make() if session.get(make, values["id"]) else make(id=values["id"])
        _set(row, values)
        found.append(row)
    return found


def restore_person(session: Session, person: Person, kept: Mapping[str, Any]) -> None:
    """控えた値に人を戻す。"""
    _set(person, kept["person"])
    declared = declared_convictions(person)
    back = _restored(session, declared, kept["convictions"], Conviction)
    person.convictions = [c for c in person.convictions if c not in declared] + back


def restore_application(session: Session, application: Application, kept: Mapping[str, Any]) -> None:
    """控えた値に申込と人を戻す。"""
    restore_person(session, application.person, kept)
    _set(application, kept["values"])
    application.employments = _restored(session, application.employments, kept["employments"], Employment)
    application.qualifications = _restored(
        session, application.qualifications, kept["qualifications"], Qualification
    )

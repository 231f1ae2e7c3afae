"""受付：申込様式の取込の下見。各行を、いまの記録と申込の規則に照らす。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.contradictions import Contradiction, Part
from app.domain.errors import RuleViolation
from app.domain.names import name_cautions, search_key
from app.services.convictions import check_conviction
from app.services.employments import form_contradictions
from app.services.importing import Plan, by_row
from app.services.intake.duplicates import Similar, roots
from app.services.intake.mapping import at_origin, outward
from app.services.intake.records import differences, person_differences, same_application
from app.services.office import Office
from app.services.people import check_name, open_elsewhere
from app.services.views.intake import CellProblem, Difference
from app.workbooks.applicants import ApplicantForm, ApplicantsSheet
from app.workbooks.mapping import Origin
from database.schema.intake import Application, Cohort
from database.schema.people import Person

_EARLIER = "前の研修期に同じ読みと生年月日の人がいます。同じ人として申込を加えます。"
_ALIKE = (
    "似た人が前からいます：{}別の人として加えます。"
    "同じ人なら、取り込んだ後に「同じ人かもしれない記録」でまとめてください。"
)


@dataclass(frozen=True)
class Change:
    """一人分の変更。application_id が空なら新しい申込、person_id が空なら新しい人。"""

    form: ApplicantForm
    application_id: int | None
    person_id: int | None


@dataclass(frozen=True)
class Source:
    """読んだ様式、「申込者」の表のあるシートの名、様式のシートの名からファイルのシートの名へ。

    ほかの様式から直したブックでは、origin がもとのファイルでの所を言う。
    """

    sheet: ApplicantsSheet
    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)


def person_key(name: str, reading: str, birth_date: object) -> tuple[str, object]:
    """同じ人かもしれないことの鍵（読みと生年月日）。フリガナのない人（ローマ字だけの人）は氏名で見分ける。"""
    return search_key(reading or name), birth_date


class _Known:
    """取込の相手となる、いまの記録。"""

    def __init__(self, session: Session, cohort_id: int) -> None:
        loaded = session.scalars(
            select(Application)
            .where(Application.cohort_id == cohort_id)
            .options(
                selectinload(Application.person).selectinload(Person.convictions),
                selectinload(Application.employments),
                selectinload(Application.qualifications),
            )
        )
        to = roots(session)
        # 名寄せの前に辞退して、前の記録に残った申込は、残した記録の申込に譲る
        applied = {
            to.get(a.person_id, a.person_id): a for a in sorted(loaded, key=lambda a: a.person_id not in to)
        }
        self.applications: dict[tuple[str, object], Application] = {}
        self.people: dict[tuple[str, object], int] = {}
        rows = session.execute(
            select(Person.id, Person.name, Person.reading, Person.birth_date).order_by(Person.id)
        ).all()
        # 名寄せした記録の読みと生年月日は、残した記録を指す（同じファイルを取り込んでも二つに戻らない）
        for number, name, reading, born in sorted(rows, key=lambda row: (row[0] not in to, row[0])):
            key, kept = person_key(name, reading, born), to.get(number, number)
            self.people[key] = kept
            if kept in applied:
                self.applications[key] = applied[kept]


@dataclass(frozen=True)
class FormProblem:
    """申込書の受け取れない、または確かめるところ。part と at（何件目か、人なら 0）が所を言う。"""

    part: Part | str
    at: int
    column: str
    value: str
    reason: str
    sentence: str
    warning: bool = False


def _said(found: Contradiction) -> FormProblem:
    return FormProblem(
        found.part, found.at, found.column, found.value, found.reason, found.sentence, found.warning
    )


def form_findings(form: ApplicantForm, starts_on: date, office: Office) -> list[FormProblem]:
    """申込書として受け取れないところと、確かめるところ（氏名・事実の矛盾・申告）。"""
    found = []
    try:
        check_name(form.name)
    except RuleViolation as refusal:
        words = str(refusal)
        found.append(FormProblem(Part.PERSON, 0, "氏名", form.name, words, words))
    found += [_said(c) for c in form_contradictions(office, starts_on, form)]
    for at, conviction in enumerate(form.convictions, 1):
        try:
            check_conviction(conviction)
        except RuleViolation as refusal:
            found.append(FormProblem("申告", at, "罪の区分", "", str(refusal), str(refusal)))
    return found


def form_problems(form: ApplicantForm, starts_on: date, office: Office) -> list[tuple[str, str, str]]:
    """申込書として受け取れないところ（列かシートの名・値・理由）。空なら受け取れる。"""
    return [
        (p.column if p.at == 0 else str(p.part), p.value, p.sentence)
        for p in form_findings(form, starts_on, office)
        if not p.warning
    ]


class _Planning:
    """申込様式の各行を、いまの記録と比べる。"""

    def __init__(self, session: Session, office: Office, cohort_id: int, source: Source) -> None:
        self._session, self._office, self._source = session, office, source
        self._starts_on = session.get_one(Cohort, cohort_id).training_starts_on
        self._known = _Known(session, cohort_id)
        keys = {person_key(f.name, f.reading, f.birth_date) for f in source.sheet.forms}
        earlier = (keys & self._known.people.keys()) - self._known.applications.keys()
        self._elsewhere = open_elsewhere(session, cohort_id, [self._known.people[key] for key in earlier])
        self._similar = Similar(session, source.sheet.forms)
        self._seen: dict[object, int] = {}
        self._warned = by_row(source.sheet.warnings)
        self.plan: Plan[Change] = Plan(reports=tuple(source.sheet.reports))

    def _cell(self, form: ApplicantForm, column: str, value: str, reason: str) -> CellProblem:
        return CellProblem(self._source.name, form.row, column, value, reason)

    def _placed(self, form: ApplicantForm, problem: FormProblem) -> CellProblem:
        """申込書の問題を、ファイルのセルに当てる。行の分からないものは、その人の行に言う。"""
        rows: Sequence[int] = ()
        if problem.part == Part.EMPLOYMENT:
            rows = [e.row for e in form.employments]
        elif problem.part == Part.QUALIFICATION:
            rows = [q.row for q in form.qualifications]
        elif problem.at:
            rows = [c.row for c in form.convictions]
        row = rows[problem.at - 1] if problem.at else 0
        if row:
            part = str(problem.part)
            sheet = self._source.names.get(part, part)
            return CellProblem(sheet, row, problem.column, problem.value, problem.reason)
        column = str(problem.part) if problem.at else problem.column
        return self._cell(form, column, problem.value, problem.sentence)

    def _warnings(self, form: ApplicantForm, key: tuple[str, object]) -> list[CellProblem]:
        found = self._warned.pop((self._source.name, form.row), [])
        found += [self._cell(form, "氏名", form.name, words) for words in name_cautions(form.name)]
        if key in self._known.applications:
            return found
        person_id = self._known.people.get(key)
        if person_id is not None:
            shown = form.reading or form.name
            found.append(self._cell(form, "フリガナ", shown, _EARLIER))
            if reason := self._elsewhere.get(person_id):
                found.append(self._cell(form, "氏名", form.name, reason))
        else:
            alike = self._similar.people(form, exact=False)
            found += [self._cell(form, "氏名", form.name, _ALIKE.format(one.words)) for one in alike]
        return found

    def _differences(self, application: Application | None, form: ApplicantForm) -> tuple[Difference, ...]:
        """変わる欄。新しい申込でも、前からいる人の記録が変わるところは見せる。"""
        if application is not None:
            return differences(application, form)
        person_id = self._known.people.get(person_key(form.name, form.reading, form.birth_date))
        person = None if person_id is None else self._session.get(Person, person_id)
        return () if person is None else person_differences(person, form)

    def one(self, form: ApplicantForm) -> None:
        """一人の行。"""
        key = person_key(form.name, form.reading, form.birth_date)
        findings = form_findings(form, self._starts_on, self._office)
        errors = [self._placed(form, p) for p in findings if not p.warning]
        warnings = [self._placed(form, p) for p in findings if p.warning] + self._warnings(form, key)
        said = [p.sentence for p in findings if not p.warning]
        who = self._known.people.get(key, key)
        if who in self._seen:
            before = self._source.origin.row_words(self._source.name, self._seen[who])
            reason = f"{before}と同じ読みと生年月日の人です。一人一行にしてください。"
            errors.append(self._cell(form, "氏名", form.name, reason))
            said.append(reason)
        self._seen.setdefault(who, form.row)
        application = self._known.applications.get(key)
        same = application is not None and same_application(application, form)
        action = "new" if application is None else "unchanged" if same else "changed"
        change = Change(form, application.id if application else None, self._known.people.get(key))
        self.plan.add(
            form.row,
            form.number,
            form.name,
            action,
            errors=errors,
            warnings=warnings,
            changes=[] if same else [change],
            differences=() if same or errors else self._differences(application, form),
            notes=[*said, *(w.reason for w in warnings)],
        )

    def rest(self) -> None:
        """読めなかった行と、ほかのシートの注意。"""
        for (sheet, row), problems in by_row(self._source.sheet.errors).items():
            elsewhere = "" if sheet == self._source.name else sheet
            number, name = self._source.sheet.who.get((sheet, row), ("", ""))
            self.plan.add(row, number, name, "error", errors=problems, sheet=elsewhere)
        for problems in self._warned.values():
            self.plan.warnings.extend(problems)
            placed = outward(problems, self._source.origin)
            self.plan.reports += tuple(f"{p.sheet}の{p.row}行目「{p.column}」：{p.reason}" for p in placed)


def plan_applicants(session: Session, office: Office, cohort_id: int, source: Source) -> Plan[Change]:
    """申込様式の下見（何も書かない）。"""
    planning = _Planning(session, office, cohort_id, source)
    for form in source.sheet.forms:
        planning.one(form)
    planning.rest()
    return at_origin(planning.plan, source.origin)

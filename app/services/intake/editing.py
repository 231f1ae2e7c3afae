"""受付：受け付けた申込を、窓で直す。開いた後にほかで変わっていれば、上書きせずに断る。"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.application_days import reception_problem
from app.domain.calendar import wareki
from app.domain.contacts import CONTACT_FIELDS
from app.domain.eligibility_differences import differences as case_differences
from app.domain.errors import RuleViolation
from app.domain.experience import window_of
from app.domain.workday_lists import listed_problem
from app.services.eligibility.cases import changed_since, load
from app.services.employments import application_contradictions, check_person_facts
from app.services.intake import records
from app.services.intake.form import FormRefused, at_column
from app.services.intake.planning import form_findings
from app.services.office import Act, Office
from app.services.people import check_not_merged, grams_of
from app.workbooks.applicant_forms import ApplicantForm
from database.queries.search import index_person
from database.schema.base import canonical_json
from database.schema.intake import Application, Cohort

DECLARED_WORDS = "欠格事由の申告"


@dataclass(frozen=True)
class ApplicationDraft:
    """直すために開いた申込。

    form は記録のままの値、listed は勤務日の一覧のある在職の（番号, 日数）、decided は受講資格の決定が
    既にあるか。digest は開いたときの記録の要約値（保存するときに、変わっていないことを確かめる）。
    """

    application_id: int
    cohort_id: int
    reception_number: int
    received_on: date
    form: ApplicantForm
    listed: tuple[tuple[int, int], ...]
    decided: bool
    digest: str


@dataclass(frozen=True)
class Amended:
    """直した結果。changes は変わったところの言葉、judged_again は決定の後に判定に関わる事実が変わったか。"""

    changes: tuple[str, ...]
    judged_again: bool


def _digest(application: Application) -> str:
    return hashlib.sha256(canonical_json(records.keep_application(application)).encode()).hexdigest()


def _editable(session: Session, application_id: int) -> Application:
    found = session.get(Application, application_id)
    if found is None:
        raise RuleViolation("この申込はもうありません。一覧を開き直してください。")
    if found.withdrawn_on is not None:
        raise RuleViolation("辞退した申込です。直すには、先に辞退の記録を取り消してください。")
    check_not_merged(session, found.person)
    return found


def read_form(office: Office, application_id: int) -> ApplicationDraft:
    """直すために、申込のすべての値を読む。申告（有罪・健康）を含むので、読んだことが監査記録に残る。"""
    with office.act("intake.read_form") as act:
        application = _editable(act.session, application_id)
        _, decision = load(act.session, application_id)
        act.say(f"application:{application_id}", f"{DECLARED_WORDS}を閲覧（申込の訂正）")
        return ApplicationDraft(
            application.id,
            application.cohort_id,
            application.reception_number,
            application.received_on,
            records.form_of(application),
            tuple((e.id, len(e.days)) for e in application.employments if e.days),
            decision is not None,
            _digest(application),
        )


def _problems(
    office: Office, application: Application, form: ApplicantForm, received_on: date, starts_on: date
) -> Iterator[tuple[str, str]]:
    """直した申込書の、受け取れないところ。"""
    if received_on != application.received_on:
        problem = reception_problem(received_on, starts_on, office.today())
        if problem:
            yield "受付日", problem
    for found in form_findings(form, starts_on, office):
        # 記録のままの連絡先は、ほかの訂正を止めない
        name = CONTACT_FIELDS.get(found.column, "") if found.at == 0 else ""
        is_kept = bool(name) and getattr(form, name) == getattr(application.person, name)
        if not found.warning and not is_kept:
            yield at_column(found)


def _problems_after(office: Office, application: Application, starts_on: date) -> Iterator[tuple[str, str]]:
    """写した後の、勤務日の一覧との矛盾。"""
    for found in application_contradictions(office, starts_on, application):
        if not found.warning:
            yield (found.column if found.at == 0 else str(found.part)), found.sentence
    window = window_of(starts_on, office.guideline)
    for at, e in enumerate(application.employments, 1):
        days = None if e.days is None else tuple(date.fromisoformat(day) for day in e.days)
        if words := listed_problem(days, e.workdays, e.workdays_in_window, window):
            yield "在職歴", f"{at}件目の在職：{words}"


def _check_same(application: Application, seen: ApplicationDraft) -> None:
    if _digest(application) == seen.digest:
        return
    labels = [d.label for d in records.differences(application, seen.form)]
    if application.received_on != seen.received_on:
        labels.insert(0, "受付日")
    where = "、".join(dict.fromkeys(labels)) or "証書表記の確認か、勤務日の一覧など"
    raise RuleViolation(
        f"窓を開いた後に、この申込の記録がほかで変わりました（{where}）。上書きしていません。"
        "窓を閉じて開き直し、いまの記録を見てから直してください。"
    )


def _names(application: Application, places: Mapping[int, int]) -> dict[str, str]:
    """判定に関わらない事実の、言葉と値。places は直す前からある在職の、番号から何件目かへ。"""
    found = {
        "受付日": wareki(application.received_on),
        "現在の窓口名": application.counter_name,
        "委託元": application.commissioner or "",
    }
    for e in application.employments:
        if at := places.get(e.id):
            found[f"在職{at}の窓口名"] = e.counter_name
            found[f"在職{at}の委託元"] = e.commissioner or ""
    return found


def _name_changes(before: dict[str, str], after: dict[str, str]) -> Iterator[tuple[str, str]]:
    for label, value in after.items():
        if label in before and before[label] != value:
            yield label, f"{label}：{before[label] or '（なし）'} → {value or '（なし）'}"


def _private_changes(before: ApplicantForm, after: ApplicantForm) -> Iterator[str]:
    """人の記録と申告の、変わった欄の名だけ（値は監査記録に書かない）。"""
    for name, label in records.PERSON_LABELS.items():
        if getattr(before, name) != getattr(after, name):
            yield label
    declared = any(getattr(before, n) != getattr(after, n) for n in records.SENSITIVE)
    if declared or before.convictions != after.convictions:
        yield DECLARED_WORDS


def _reason_needed(decided: bool, reason: str) -> None:
    if decided and not reason.strip():
        raise FormRefused(
            (("理由", "受講資格の決定が既にあります。何によって確かめた訂正か、理由を書いてください。"),)
        )


def _say(
    act: Act, application_id: int, said: Sequence[tuple[str, str]], private: Sequence[str], reason: str
) -> None:
    """監査記録の言葉を置く。変わったところがなければ RuleViolation。"""
    labels = [*(label for label, _ in said), *private]
    if not labels:
        raise RuleViolation("記録と同じで、変わったところがありません。")
    act.say(
        f"application:{application_id}",
        f"申込を訂正（{'、'.join(labels)}）",
        reason=reason.strip(),
        detail={"changes": [words for _, words in said]},
    )


def update_application(
    office: Office,
    application_id: int,
    form: ApplicantForm,
    reason: str = "",
    *,
    received_on: date | None = None,
    seen: ApplicationDraft | None = None,
) -> Amended:
    """受け付けた申込を、直した申込書のとおりにする。番号のある行はその行のまま直し、ない行を加え、なくなった行を除く。

    form の行の id は read_form が渡したもの。received_on がなければ受付日は変えない。seen を与えれば、
    それを読んだ後に記録が変わっていないことを確かめる。受講資格の決定が既にあれば理由が要る。決定は変わらず、
    事実が変わったことが示される。受け取れない値は FormRefused、変わったところがなければ RuleViolation。
    """
    with office.act("intake.update_application") as act:
        session = act.session
        application = _editable(session, application_id)
        if seen is not None:
            _check_same(application, seen)
        row, decision = load(session, application_id)
        _reason_needed(decision is not None, reason)
        starts_on = session.get_one(Cohort, application.cohort_id).training_starts_on
        day = received_on or application.received_on
        if problems := tuple(_problems(office, application, form, day, starts_on)):
            raise FormRefused(problems)
        places = {e.id: at for at, e in enumerate(application.employments, 1)}
        before, names = records.form_of(application), _names(application, places)
        records.amend(application, form)
        application.received_on = day
        if problems := tuple(_problems_after(office, application, starts_on)):
            raise FormRefused(problems)
        session.flush()
        check_person_facts(office, session, application.person_id)
        index_person(session, application.person_id, grams_of(application.person))
        after, _ = load(session, application_id)
        facts = case_differences(row.case, after.case)
        said = [*_name_changes(names, _names(application, places)), *((d.label, d.words) for d in facts)]
        private = tuple(_private_changes(before, form))
        _say(act, application_id, said, private, reason)
        judged_again = bool(facts) and changed_since(decision, after.case, office.guideline)
        return Amended((*(words for _, words in said), *private), judged_again)

"""受付：補正依頼書と督促状。一人に一通ずつ、まとめて一冊の PDF に書く。"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.letters import Letter, LetterItem, LetterList, render_letters
from app.domain.calendar import wareki, weekday_ja
from app.domain.documents import base_of, detail_of
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.files import write_whole
from app.services.intake.corrections import check_due
from app.services.office import Act, Office
from app.services.settings import value_of
from app.services.views.intake_papers import LettersResult
from database.schema.intake import Application, Cohort, Deficiency

_REQUEST_TITLE = "受講申込書類の補正について（依頼）"
_REMINDER_TITLE = "受講申込書類の補正について（督促）"
_REQUEST = (
    "{cohort}外国人支援コーディネーター養成研修への受講申込みをいただき、ありがとうございます。",
    "ご提出いただいた書類を確認したところ、下記の事項について補正が必要です。"
    "お手数をおかけしますが、期限までに当事務局へ必要な書類をご提出ください。",
    "期限までにご提出のない場合、受講資格を確認できないことがあります。"
    "期限までのご提出が難しいときは、あらかじめ当事務局へご連絡ください。",
)
_REMINDER = (
    "{cohort}外国人支援コーディネーター養成研修の受講申込みについて、先に下記の事項の補正をお願いしましたが、"
    "期限を過ぎてもご提出を確認できておりません。",
    "お手数をおかけしますが、改めて定めた期限までに、必ず当事務局へご提出ください。"
    "行き違いに既にご提出いただいている場合は、ご容赦ください。",
    "改めて定めた期限までにご提出のない場合、受講資格を確認できないものとして取り扱うことがあります。",
)


def _day(day: date) -> str:
    return f"{wareki(day)}（{weekday_ja(day)}）"


def _open(
    session: Session, cohort_id: int, only: Sequence[int] | None
) -> dict[Application, list[Deficiency]]:
    """申込（受付番号の順、辞退を除く）から、回答を待つ不備（期限の順）へ。only は申込の id。"""
    wanted = (
        select(Application, Deficiency)
        .join(Deficiency, Deficiency.application_id == Application.id)
        .where(
            Application.cohort_id == cohort_id,
            Application.withdrawn_on.is_(None),
            Deficiency.answered_on.is_(None),
            Deficiency.cancelled_on.is_(None),
        )
        .order_by(Application.reception_number, Deficiency.due_on, Deficiency.id)
    )
    if only is not None:
        wanted = wanted.where(Application.id.in_(only))
    found: dict[Application, list[Deficiency]] = {}
    for application, deficiency in session.execute(wanted):
        found.setdefault(application, []).append(deficiency)
    return found


def _heading(d: Deficiency) -> str:
    if d.document_kind is not None:
        detail = detail_of(d.document_kind)
        return f"{base_of(d.document_kind)}（{detail}）" if detail else d.document_kind
    return f"受講資格の要件：{d.requirement}" if d.requirement else "申込書類"


def _item(d: Deficiency, reminding: bool, same: bool) -> LetterItem:
    asides = []
    if reminding and d.requested_on is not None:
        asides.append(f"{wareki(d.requested_on)}に依頼")
    if not same and d.due_on is not None:
        asides.append(f"提出期限　{_day(d.due_on)}")
    return LetterItem(_heading(d), d.item, "　".join(asides))


def _numbered(number: str, place: int, count: int) -> str:
    """文書番号（なければ空。二通以上なら「の1」から枝番を付ける）。"""
    number = number.strip()
    return f"{number}の{place}" if number and count > 1 else number


def _letter(
    application: Application,
    asked: list[Deficiency],
    number: str,
    office: Office,
    sender: str,
    reminding: bool,
) -> Letter:
    due = {d.due_on for d in asked}
    same = len(due) == 1
    cohort = cohort_title(application.cohort)
    rows = [("受付番号", f"{application.reception_number:04d}"), ("研修", cohort)]
    if same and asked[0].due_on is not None:
        rows.append(("提出期限", _day(asked[0].due_on)))
    rows.append(("提出先", sender))
    return Letter(
        number=number,
        date=office.today(),
        addressee=application.person.name,
        sender=sender,
        title=_REMINDER_TITLE if reminding else _REQUEST_TITLE,
        paragraphs=tuple(p.format(cohort=f"{cohort} ") for p in (_REMINDER if reminding else _REQUEST)),
        rows=tuple(rows),
        items=tuple(_item(d, reminding, same) for d in asked),
        items_title="補正していただく事項",
    )


def _listing(found: dict[Application, list[Deficiency]], title: str, today: date) -> LetterList | None:
    """二通以上のときの、送付の一覧。"""
    if len(found) < 2:
        return None
    rows = []
    for place, (application, asked) in enumerate(found.items(), 1):
        first = min((d.due_on for d in asked if d.due_on is not None), default=None)
        due = "" if first is None else wareki(first)
        number = f"{application.reception_number:04d}"
        rows.append((str(place), number, application.person.name, f"{len(asked)}件", due, "□"))
    total = sum(len(asked) for asked in found.values())
    return LetterList(
        f"送付の一覧　{title}",
        f"{wareki(today)}作成　{len(found)}通　補正{total}件（事務局の控え。送付しない）",
        ("", "受付", "氏名", "補正", "期限", "発送"),
        (0.6, 1.0, 4.6, 1.0, 2.4, 0.9),
        tuple(rows),
    )


Asked = dict[Application, list[Deficiency]]


def _write(act: Act, office: Office, found: Asked, number: str, path: Path, reminding: bool) -> LettersResult:
    """手紙を書く。ファイルに書けなければ取引ごと取り消され、依頼・督促の日も残らない。"""
    sender = str(value_of(act.session, "office_name"))
    letters = [
        _letter(a, asked, _numbered(number, place, len(found)), office, sender, reminding)
        for place, (a, asked) in enumerate(found.items(), 1)
    ]
    write_whole(path, render_letters(letters, _listing(found, letters[0].title, office.today())))
    return LettersResult(len(found), sum(len(asked) for asked in found.values()))


def _request(found: Asked, today: date, due_on: date | None) -> None:
    """依頼の日を記し、まだ頼んでいないものと過ぎたものの期限を due_on に改める。"""
    for application, asked in found.items():
        for d in asked:
            if due_on is not None and (d.requested_on is None or d.due_on is None or d.due_on < today):
                d.due_on = due_on
            if d.due_on is not None and d.due_on < today:
                raise RuleViolation(
                    f"{application.person.name}さんの「{d.item}」の期限（{wareki(d.due_on)}）が過ぎています。"
                    "新しい期限を入れて作ってください。"
                )
            d.requested_on = d.requested_on or today


def _dues(found: Asked) -> dict[str, str]:
    return {str(d.id): d.due_on.isoformat() for asked in found.values() for d in asked if d.due_on}


def _requests(
    act: Act, office: Office, found: Asked, path: Path, number: str, due_on: date | None
) -> LettersResult:
    before = _dues(found)
    if due_on is not None:
        check_due(due_on, office.today())
    _request(found, office.today(), due_on)
    made = _write(act, office, found, number, path, reminding=False)
    act.detail = {"due_before": before, "due_after": _dues(found)}
    return made


def write_letter(
    office: Office, application_id: int, path: Path, *, number: str = "", due_on: date | None = None
) -> Path:
    """その人の、回答を待つ補正のすべてを書いた補正依頼書を PDF に書く。なければ RuleViolation。

    日付は作る日で、まだ依頼していない補正の依頼日になる。number は文書番号（空なら書かない）。
    due_on は、まだ頼んでいないものと過ぎたものの新しい期限。過ぎた期限が残れば RuleViolation。
    """
    with office.act("intake.write_letter") as act:
        application = act.session.get_one(Application, application_id)
        found = _open(act.session, application.cohort_id, [application_id])
        if not found:
            raise RuleViolation("回答を待つ補正がありません。先に補正を依頼してください。")
        made = _requests(act, office, found, path, number, due_on)
        words = f"補正依頼書を作成（{made.items}件）"
        act.say(f"application:{application_id}", words, detail=act.detail)
    return path


def write_letters(
    office: Office,
    cohort_id: int,
    path: Path,
    *,
    number: str = "",
    due_on: date | None = None,
    application_ids: Sequence[int] | None = None,
) -> LettersResult:
    """まだ依頼書を作っていない補正のある人すべての補正依頼書を、一冊の PDF に書く（受付番号の順、終わりに一覧）。

    一通には、その人の回答を待つ補正がすべて載る。application_ids を与えれば、その申込だけで、依頼済みのものも書き直す。
    number・due_on は write_letter と同じ（二通以上なら文書番号に「の1」から枝番を付ける）。
    """
    with office.act("intake.write_letters") as act:
        act.session.get_one(Cohort, cohort_id)
        found = _open(act.session, cohort_id, application_ids)
        if application_ids is None:
            found = {a: ds for a, ds in found.items() if any(d.requested_on is None for d in ds)}
        if not found:
            raise RuleViolation("依頼書を作っていない補正がありません。先に補正を依頼してください。")
        made = _requests(act, office, found, path, number, due_on)
        words = f"補正依頼書を{made.people}通作成（補正{made.items}件）"
        act.say(f"cohort:{cohort_id}", words, detail=act.detail)
    return made


def write_reminders(
    office: Office,
    cohort_id: int,
    path: Path,
    due_on: date,
    *,
    number: str = "",
    application_ids: Sequence[int] | None = None,
) -> LettersResult:
    """期限を過ぎた補正のある人すべての督促状を、一冊の PDF に書く（一通には、期限を過ぎた補正だけが載る）。

    過ぎた補正の期限を due_on に改め、督促の日を記す。期限を過ぎた補正がなければ RuleViolation。
    """
    today = office.today()
    with office.act("intake.write_reminders") as act:
        act.session.get_one(Cohort, cohort_id)
        check_due(due_on, today)
        asked = _open(act.session, cohort_id, application_ids)
        late = {a: [d for d in ds if _late(d, today)] for a, ds in asked.items()}
        found = {a: ds for a, ds in late.items() if ds}
        if not found:
            raise RuleViolation("期限を過ぎた補正がありません。督促するものはありません。")
        before = _dues(found)
        for d in (d for ds in found.values() for d in ds):
            d.due_on, d.reminded_on = due_on, today
        made = _write(act, office, found, number, path, reminding=True)
        words = f"督促状を{made.people}通作成（補正{made.items}件、新しい期限 {wareki(due_on)}）"
        act.say(f"cohort:{cohort_id}", words, detail={"due_before": before})
    return made


def _late(d: Deficiency, today: date) -> bool:
    """依頼書を出し、期限を過ぎたか。"""
    return d.requested_on is not None and d.due_on is not None and d.due_on < today

"""議決の通知：凍った議決だけから作り、台帳に紙のまま残す。変更された議決には、先の通知を改める通知を作る。"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.binding import bind
from app.documents.letters import Letter as Paper
from app.documents.letters import render_letters
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.committee.reconciliation import letter_kind
from app.services.committee.recusals import hidden_cases
from app.services.files import write_whole
from app.services.office import Act, Office
from app.services.settings import value_of
from app.services.views.committee import DECISION_WORDS
from app.services.views.reconciliation import ResultLetterRow
from database.schema.base import canonical_json
from database.schema.committee import DecisionReversal, Meeting
from database.schema.intake import Cohort
from database.schema.letters import Letter

Frozen = Mapping[str, Any]
_TITLES = {
    "certified": "認定通知書",
    "not_certified": "不認定通知書",
    "deferred": "審査保留通知書",
    "conditional": "条件付き認定通知書",
}
_WORDS = {
    "certified": "審査の結果、あなたを外国人支援コーディネーターとして認定することに決定しましたので、通知します。認定証は別に交付します。",
    "not_certified": "審査の結果、次の理由により認定しないことに決定しましたので、通知します。",
    "deferred": "審査の結果、次の理由により認定の可否の決定を保留しましたので、通知します。決定したときは改めて通知します。",
    "conditional": "審査の結果、次の条件が期限までに満たされたときに改めて認定の可否を決定することとしましたので、通知します。",
}


def _facts(meeting: Meeting, case: Frozen, reversed_on: date | None) -> dict[str, Any]:
    """通知が言うことのすべて。凍った会議の値だけを使う。"""
    kept = ("reception_number", "name", "decision", "due_on", "reason")
    return {
        "meeting": [meeting.number, meeting.held_on.isoformat(), meeting.certification_on.isoformat()],
        **{key: case[key] for key in kept},
        "reversed_on": None if reversed_on is None else reversed_on.isoformat(),
    }


def _rows(session: Session, meeting: Meeting, case: Frozen) -> list[tuple[str, str]]:
    rows = [
        ("受付番号", f"{case['reception_number']:04d}"),
        ("研修", cohort_title(session.get_one(Cohort, meeting.cohort_id))),
        ("審査", f"第{meeting.number}回認定審査委員会（{wareki(meeting.held_on)}）"),
        ("議決", DECISION_WORDS[case["decision"]]),
    ]
    if case["decision"] == "certified":
        rows.append(("認証予定日", wareki(meeting.certification_on)))
    if case["due_on"]:
        rows.append(("期限", wareki(date.fromisoformat(case["due_on"]))))
    if case["reason"]:
        rows.append(("条件" if case["decision"] == "conditional" else "理由", case["reason"]))
    return rows


def _paper(session: Session, meeting: Meeting, case: Frozen, today: date, number: str) -> Paper:
    return Paper(
        number=number,
        date=today,
        addressee=case["name"],
        sender=str(value_of(session, "office_name")),
        title=_TITLES[case["decision"]],
        paragraphs=(_WORDS[case["decision"]],),
        rows=tuple(_rows(session, meeting, case)),
    )


def _changed_paper(
    session: Session, meeting: Meeting, case: Frozen, today: date, old: Letter, reason: str, number: str
) -> Paper:
    words = DECISION_WORDS[case["decision"]]
    rows = [*_rows(session, meeting, case)[:3], ("変更した議決", words), ("変更の理由", reason)]
    if number:
        rows.append(("認定番号", f"{number}（欠番とし、認証は無効です。認定証を返納してください）"))
    return Paper(
        number="",
        date=today,
        addressee=case["name"],
        sender=str(value_of(session, "office_name")),
        title=f"{_TITLES[case['decision']]}の取消しの通知",
        paragraphs=(
            f"{wareki(old.made_on)}付けの{_TITLES[case['decision']]}でお知らせした議決「{words}」を、"
            "下記のとおり取り消し、改めて審査することとしましたので、通知します。先の通知書は破棄してください。",
        ),
        rows=tuple(rows),
    )


def _store(act: Act, meeting: Meeting, case: Frozen, paper: Paper, today: date, **values: Any) -> Letter:
    content = render_letters((paper,))
    facts = _facts(meeting, case, values.pop("reversed_on", None))
    letter = Letter(
        kind=letter_kind(meeting.id),
        application_id=case["application_id"],
        made_on=today,
        made_by=act.actor.name,
        digest=hashlib.sha256(canonical_json(facts).encode()).hexdigest(),
        pdf=content,
        pdf_digest=hashlib.sha256(content).hexdigest(),
        **values,
    )
    act.session.add(letter)
    act.session.flush()
    return letter


def correct_letter(
    act: Act, meeting: Meeting, case: Frozen, today: date, reason: str, number: str
) -> Letter | None:
    """変更した議決の、先の通知を改める通知を台帳に積む（変更の取引の中で）。通知がまだなら何もしない。"""
    old = newest_letter(act.session, meeting.id, case["application_id"])
    if old is None:
        return None
    paper = _changed_paper(act.session, meeting, case, today, old, reason, number)
    return _store(act, meeting, case, paper, today, replaces_id=old.id, reason=reason, reversed_on=today)


def newest_letter(session: Session, meeting_id: int, application_id: int) -> Letter | None:
    """この会議の議決についての、最も新しい通知。"""
    return session.scalar(
        select(Letter)
        .where(Letter.kind == letter_kind(meeting_id), Letter.application_id == application_id)
        .order_by(Letter.id.desc())
        .limit(1)
    )


def _closed(session: Session, meeting_id: int) -> tuple[Meeting, list[Frozen]]:
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.frozen is None:
        raise RuleViolation("会議が閉じられていません。閉じてから通知を作ってください。")
    return meeting, list(meeting.frozen["cases"])


def _visible(
    session: Session, office: Office, function: str, meeting_id: int
) -> tuple[Meeting, list[Frozen]]:
    meeting, cases = _closed(session, meeting_id)
    hidden = hidden_cases(session, meeting_id, office.require(function))
    return meeting, [c for c in cases if c["case_id"] not in hidden]


def list_result_letters(office: Office, meeting_id: int) -> tuple[ResultLetterRow, ...]:
    """閉じた会議の、一人ずつの通知の状態（案件の順）。"""
    with office.read("committee.list_result_letters") as session:
        _, cases = _visible(session, office, "committee.list_result_letters", meeting_id)
        kept: dict[int, list[tuple[int, date, int | None]]] = {}
        query = select(Letter.application_id, Letter.id, Letter.made_on, Letter.replaces_id)
        mine = query.where(Letter.kind == letter_kind(meeting_id)).order_by(Letter.id)
        for application_id, letter_id, made_on, replaces_id in session.execute(mine):
            if application_id is not None:
                kept.setdefault(application_id, []).append((letter_id, made_on, replaces_id))
        return tuple(_row(case, kept.get(case["application_id"], [])) for case in cases)


def _row(case: Frozen, kept: Sequence[tuple[int, date, int | None]]) -> ResultLetterRow:
    who = (case["case_id"], case["application_id"], case["position"], case["reception_number"])
    if not kept:
        return ResultLetterRow(*who, case["name"], case["decision"], "none")
    letter_id, made_on, replaces_id = kept[-1]
    state = "made" if replaces_id is None else "corrected"
    return ResultLetterRow(*who, case["name"], case["decision"], state, letter_id, made_on, len(kept))


def preview_result_letter(office: Office, meeting_id: int, case_id: int) -> bytes:
    """一人の通知の下見。作ってあれば台帳の紙をそのまま返す。"""
    with office.read("committee.preview_result_letter") as session:
        meeting, cases = _visible(session, office, "committee.preview_result_letter", meeting_id)
        case = next((c for c in cases if c["case_id"] == case_id), None)
        if case is None:
            raise RuleViolation("その案件の議決はありません。一覧を開き直してください。")
        kept = newest_letter(session, meeting_id, case["application_id"])
        if kept is not None:
            return kept.pdf
        return render_letters((_paper(session, meeting, case, office.today(), ""),))


def make_result_letters(
    office: Office,
    meeting_id: int,
    path: Path,
    *,
    case_ids: Collection[int] | None = None,
    number: str = "",
) -> tuple[int, int]:
    """議決の通知を一冊の PDF に書く（案件の順）。新しく作った数と、台帳のまま刷り直した数を返す。

    case_ids がなければ全員。変更された議決で、通知がまだ作られていないものは入れない。
    """
    with office.act("committee.make_result_letters") as act:
        session = act.session
        meeting, cases = _visible(session, office, "committee.make_result_letters", meeting_id)
        changed = set(session.scalars(select(DecisionReversal.case_id)))
        wanted = [c for c in cases if case_ids is None or c["case_id"] in case_ids]
        kept = {c["case_id"]: newest_letter(session, meeting_id, c["application_id"]) for c in wanted}
        fresh = [c for c in wanted if kept[c["case_id"]] is None and c["case_id"] not in changed]
        for place, case in enumerate(fresh, 1):
            branch = f"{number.strip()}の{place}" if number.strip() and len(fresh) > 1 else number.strip()
            paper = _paper(session, meeting, case, office.today(), branch)
            kept[case["case_id"]] = _store(act, meeting, case, paper, office.today())
        letters = [x for c in wanted if (x := kept[c["case_id"]]) is not None]
        if not letters:
            raise RuleViolation("書き出す通知がありません。宛先を選んでください。")
        act.say(
            f"meeting:{meeting_id}",
            f"第{meeting.number}回の議決の通知を{len(letters)}通書き出し（新しく{len(fresh)}通）",
        )
        write_whole(path, bind([x.pdf for x in letters], max(x.made_on for x in letters)))
    return len(fresh), len(letters) - len(fresh)

"""閉じた会議の議決の変更：掛かっているものを先に示し、それぞれの改めたものを作る。元はすべて残る。"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.letters import correct_letter
from app.services.committee.reconciliation import letter_kind
from app.services.committee.recusals import hidden_cases, hidden_words
from app.services.office import Actor, Office
from app.services.views.committee import DECISION_WORDS
from app.services.views.reconciliation import ReversalEffects
from app.services.withdrawing import withdraw_certification
from database.schema.certificates import Certification
from database.schema.committee import Case, DecisionReversal, Meeting
from database.schema.letters import Letter
from database.schema.submission import SubmissionBatch, SubmissionRow

REVERSIBLE = ("certified", "not_certified")


def _closed_case(session: Session, case_id: int, actor: Actor) -> tuple[Case, Meeting, dict[str, Any]]:
    case = session.get_one(Case, case_id)
    if case_id in hidden_cases(session, case.meeting_id, actor):
        raise AccessDenied(hidden_words(actor))
    meeting = session.get_one(Meeting, case.meeting_id)
    frozen = next((c for c in (meeting.frozen or {}).get("cases", ()) if c["case_id"] == case_id), None)
    if frozen is None:
        raise RuleViolation(
            "閉じた会議の議決ではありません。閉じる前なら「議決を取り消す」を使ってください。"
        )
    if frozen["decision"] not in REVERSIBLE:
        words = DECISION_WORDS[frozen["decision"]]
        raise RuleViolation(f"「{words}」の人は、変更しなくても次の会議の議案に入ります。")
    if session.scalar(select(DecisionReversal.id).where(DecisionReversal.case_id == case_id)) is not None:
        raise RuleViolation("この議決は既に変更されています。")
    return case, meeting, dict(frozen)


def _batches(session: Session, number: str) -> tuple[int, ...]:
    query = (
        select(SubmissionBatch.number)
        .join(SubmissionRow, SubmissionRow.submission_batch_id == SubmissionBatch.id)
        .where(SubmissionRow.key == number, SubmissionBatch.kind == "register")
        .order_by(SubmissionBatch.number)
    )
    return tuple(session.scalars(query))


def _effects(session: Session, meeting: Meeting, case: dict[str, Any]) -> ReversalEffects:
    certification = session.scalar(select(Certification).where(Certification.case_id == case["case_id"]))
    letters = session.execute(
        select(Letter.made_on)
        .where(Letter.kind == letter_kind(meeting.id), Letter.application_id == case["application_id"])
        .order_by(Letter.id)
    ).all()
    number = certification.number if certification else ""
    versions = tuple(c.version for c in certification.certificates) if certification else ()
    batches = _batches(session, number) if number else ()
    lines = [
        ("議決", f"「{DECISION_WORDS[case['decision']]}」を取り消します。凍った記録はそのまま残ります。")
    ]
    if certification is not None:
        lines.append(("認定番号", f"{number} を欠番とし、理由を残します。次の人に使い回しません。"))
        kept = "、".join(f"第{v}版" for v in versions)
        lines.append(("認定証", f"交付した{kept}を取り下げます。紙は読めますが、検証では無効と出ます。"))
        lines.append(
            ("名簿", f"{number} の行は、今日から「議決変更」となります。前の日の名簿は変わりません。")
        )
    elif case["decision"] == "certified":
        lines.append(("認定証", "交付待ちから外れます。番号はまだありません。"))
    if letters:
        days = "、".join(wareki(made_on) for (made_on,) in letters)
        lines.append(("通知", f"{days}付けの通知を改める通知を作ります。"))
    else:
        lines.append(("通知", "まだ作っていません。議決の通知は作られません。"))
    if batches:
        sent = "、".join(f"第{n}便" for n in batches)
        lines.append(("庁への便", f"{sent}で送りました。次の便が変更を伝えます。"))
    lines.append(("この後", "本人は、次の会議の議案を作るときに、もう一度審査を待ちます。"))
    return ReversalEffects(
        case["case_id"],
        case["position"],
        case["name"],
        case["decision"],
        number,
        versions,
        len(letters),
        batches,
        tuple(lines),
    )


def reversal_effects(office: Office, case_id: int) -> ReversalEffects:
    """閉じた会議の議決に掛かっているもの。変更する前に示す。"""
    with office.read("committee.reversal_effects") as session:
        actor = office.require("committee.reversal_effects")
        _, meeting, frozen = _closed_case(session, case_id, actor)
        return _effects(session, meeting, frozen)


def reverse_closed(office: Office, case_id: int, reason: str, *, second: Actor | None) -> ReversalEffects:
    """閉じた会議の議決を変更する。理由と二人目が要る。

    番号は欠番、認定証は取下げ、通知は改める通知を積み、名簿と次の便は事実から変わる。元の記録はすべて残る。
    """
    if not reason.strip():
        raise RuleViolation("議決を変更する理由が空です。理由を書いてください。")
    with office.act("committee.reverse_closed", second=second) as act:
        session, today = act.session, office.today()
        _, meeting, frozen = _closed_case(session, case_id, act.actor)
        effects = _effects(session, meeting, frozen)
        assert second is not None
        session.add(
            DecisionReversal(
                case_id=case_id,
                reversed_on=today,
                reason=reason.strip(),
                reversed_by=act.actor.name,
                second_person=second.name,
                effects={
                    "decision": effects.decision,
                    "number": effects.number,
                    "certificates": list(effects.certificates),
                    "letters": effects.letters,
                    "batches": list(effects.batches),
                },
            )
        )
        certification = session.scalar(select(Certification).where(Certification.case_id == case_id))
        if certification is not None:
            words = f"第{meeting.number}回認定審査委員会の議決の変更：{reason.strip()}"
            withdraw_certification(session, certification, today, words, second.name)
        correct_letter(act, meeting, frozen, today, reason.strip(), effects.number)
        act.say(
            f"case:{case_id}",
            f"閉じた会議の案件{effects.position:03d}の議決（{DECISION_WORDS[effects.decision]}）を変更した",
            reason=reason.strip(),
            detail={"number": effects.number, "letters": effects.letters, "batches": list(effects.batches)},
        )
        return effects

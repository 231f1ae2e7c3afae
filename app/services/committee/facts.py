"""案件の事実から、規則に渡す入力と要約値を作る。"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.committee import evaluate_committee
from app.domain.disqualification import judge_grounds
from app.domain.guideline import Guideline
from app.services.committee.counting import votes_of
from app.services.committee.presence import members_in_office, present_members
from database.schema.base import canonical_json
from database.schema.certificates import Certification
from database.schema.committee import Case, GroundEvidence, Meeting
from database.schema.intake import Application
from database.schema.people import Conviction
from database.schema.renewal import Revocation


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _conviction(row: Conviction) -> dict[str, object]:
    found: dict[str, object] = {
        "law": row.law,
        "penalty": row.penalty,
        "finalized_on": _iso(row.finalized_on),
        "execution_ended_on": _iso(row.execution_ended_on),
        "execution_ceased_on": _iso(row.execution_ceased_on),
    }
    if row.suspension_kind is not None:
        found["suspension"] = {
            "kind": row.suspension_kind,
            "ends_on": _iso(row.suspension_ends_on),
            "revoked": row.suspension_revoked,
        }
    return found


def disqualification_input(session: Session, application: Application, day: date) -> dict[str, object]:
    """欠格事由の規則への入力（記録された裁判と取消し）。"""
    convictions = session.scalars(
        select(Conviction).where(Conviction.person_id == application.person_id).order_by(Conviction.id)
    ).all()
    revocations = session.scalars(
        select(Revocation.revoked_on)
        .join(Certification)
        .where(Certification.person_id == application.person_id, Revocation.revoked_on.is_not(None))
        .order_by(Revocation.revoked_on)
    ).all()
    return {
        "as_of": day.isoformat(),
        "mental": None,  # アは計算しない：委員会が証拠により判断する
        "convictions": [_conviction(c) for c in convictions],
        "revocations": [_iso(r) for r in revocations],
    }


_LAWS_OF = {"i": ("immigration", "technical_intern"), "u": ("other",)}


def _declared(application: Application) -> dict[str, bool | None]:
    return {
        "i": application.immigration_declared,
        "u": application.other_law_declared,
        "e": application.revocation_declared,
    }


def _recorded(ground: str, value: Mapping[str, Any]) -> bool:
    """その事由の裁判か取消しの記録があるか。"""
    if ground == "e":
        return bool(value["revocations"])
    return any(c["law"] in _LAWS_OF[ground] for c in value["convictions"])


def _doubt(ground: str, answer: bool | None, value: Mapping[str, Any], proofs: list[GroundEvidence]) -> str:
    """記録だけからは「該当しない」でも、申告と証拠に突き合わせると決められない理由。なければ空。"""
    if waits := [p for p in proofs if p.kind == "inquiry" and p.answered_on is None]:
        return f"照会の答えを待っています（{'、'.join(p.addressee for p in waits)}）。"
    if _recorded(ground, value):
        return ""
    what = "取消し" if ground == "e" else "裁判"
    if any(p.points_to == "applies" for p in proofs):
        return f"証拠は該当することを示していますが、{what}の記録がありません。"
    if answer is None and ground != "e" and not any(p.points_to == "clear" for p in proofs):
        return "本人の申告がありません（未回答）。"
    if not answer:
        return ""
    return (
        "本人は取消しがあったと申告していますが、記録がありません。"
        if ground == "e"
        else "本人は該当すると申告していますが、裁判の記録がありません。"
    )


def _proofs(session: Session, application_id: int) -> list[GroundEvidence]:
    query = select(GroundEvidence).where(
        GroundEvidence.application_id == application_id, GroundEvidence.withdrawn_on.is_(None)
    )
    return list(session.scalars(query.order_by(GroundEvidence.id)))


def _proof_facts(proofs: list[GroundEvidence]) -> dict[str, object]:
    """要約値に入れる証拠。なければ何も足さない（証拠のない確認の要約値は変わらない）。"""
    facts = [[p.id, p.ground, _iso(p.dated_on), _iso(p.answered_on), p.points_to] for p in proofs]
    return {"evidence": facts} if facts else {}


def open_sentence(ground: str, found: Mapping[str, Any]) -> str:
    """罪の区分と刑を言わない、計算の文。中身は、理由を書いて開いた人だけが読む。"""
    sentences = found["figures"].get("sentences") if ground in _LAWS_OF else None
    if not sentences:
        return str(found.get("sentence", ""))
    words = "。".join(f"記録{n}：{one['words']}" for n, one in enumerate(sentences, 1))
    return f"{words}。認証予定日に{'該当します。' if found['status'] == 'applies' else 'は該当しません。'}"


def grounds(
    session: Session, application: Application, day: date, guideline: Guideline
) -> tuple[Mapping[str, Any], str]:
    """四つの事由の計算と、その事実の要約値。

    申告がない、または申告と記録が食い違うときは、推し量らず未確認（unconfirmed）とする。
    """
    value = disqualification_input(session, application, day)
    declared = _declared(application)
    proofs = _proofs(session, application.id)
    facts = value | {"declared": declared} | _proof_facts(proofs)
    digest = hashlib.sha256(canonical_json(facts).encode()).hexdigest()
    found = dict(judge_grounds(value, guideline))
    for ground, answer in declared.items():
        now: Any = found[ground]
        doubt = _doubt(ground, answer, value, [p for p in proofs if p.ground == ground])
        if now["status"] == "clear" and doubt:
            found[ground] = {**now, "status": "unconfirmed", "sentence": doubt, "figures": {}}
    return found, digest


def tally(
    session: Session, case: Case, meeting: Meeting, guideline: Guideline, casting: str | None
) -> dict[str, Any]:
    """定足数と表決の数字。"""
    recused = [r.member_id for r in case.recusals if r.confirmed]
    members = [m.id for m in members_in_office(session, meeting.held_on)]
    present = present_members(session, meeting)
    votes = votes_of(case, [m for m in present if m not in recused])
    value: dict[str, object] = {
        "members": [str(m) for m in members],
        "present": [str(m) for m in present],
        "recused": [str(m) for m in recused if m in members],
        "votes": {str(member): choice for member, choice in votes.items()},
        "majority": meeting.majority,
    }
    if casting is not None:
        value["casting_vote"] = casting
    return evaluate_committee(value, guideline)

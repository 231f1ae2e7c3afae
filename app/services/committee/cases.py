"""案件：欠格事由の確認・表決・議決。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Role
from app.domain.committee import CHOICES
from app.domain.errors import AccessDenied, RuleViolation
from app.services.committee.counting import Counts, check_counts, counts_of, votes_of
from app.services.committee.declarations import check_asked
from app.services.committee.evidence import evidence_of, evidence_view
from app.services.committee.facts import grounds, open_sentence, tally
from app.services.committee.presence import (
    check_held,
    check_voting,
    members_in_office,
    open_meeting,
    present_members,
)
from app.services.committee.recusals import hidden_cases, hidden_words, recusal_views
from app.services.committee.summary import course_words, frozen_course, reversal_words
from app.services.convictions import check_conviction
from app.services.office import Actor, Office
from app.services.views.committee import DECISION_WORDS, GROUND_TEXTS, CaseView, GroundView
from app.services.views.conflicts import EvidenceView
from database.schema.committee import Case, CaseDecision, GroundConfirmation, Meeting, Vote
from database.schema.intake import Application
from database.schema.people import Conviction


def _visible_case(session: Session, case_id: int, actor: Actor) -> tuple[Case, Meeting]:
    case = session.get_one(Case, case_id)
    if case_id in hidden_cases(session, case.meeting_id, actor):
        raise AccessDenied(hidden_words(actor))
    return case, session.get_one(Meeting, case.meeting_id)


def _ground_views(
    case: Case, computed: Any, digest: str, evidence: Sequence[EvidenceView]
) -> tuple[GroundView, ...]:
    confirmed = {g.ground: g for g in case.grounds}
    views = []
    for ground, (mark, text) in GROUND_TEXTS.items():
        row = confirmed.get(ground)
        now = computed[ground]
        views.append(
            GroundView(
                ground,
                mark,
                text,
                str(now["status"]),
                open_sentence(ground, now),
                row.finding if row else "",
                row.reason if row else "",
                row.confirmed_by if row else "",
                row is not None and row.facts_digest != digest,
                row.confirmed_at if row else None,
                tuple(e for e in evidence if e.ground == ground),
            )
        )
    return tuple(views)


def get_case(office: Office, case_id: int) -> CaseView:
    """審査の紙一枚。回避した委員には開けない。"""
    with office.read("committee.get_case") as session:
        case, meeting = _visible_case(session, case_id, office.require("committee.get_case"))
        application = session.get_one(Application, case.application_id)
        computed, digest = grounds(session, application, meeting.certification_on, office.guideline)
        proofs = [evidence_view(row) for row in evidence_of(session, application.id)]
        decision = case.decision
        counted = _counted(session, case, meeting, office)
        words = frozen_course(meeting, case.id) or course_words(session, application, office.today())
        return CaseView(
            case.id,
            case.meeting_id,
            case.position,
            application.id,
            application.reception_number,
            application.person.name,
            application.person.reading,
            application.person.affiliation,
            *words,
            _ground_views(case, computed, digest, proofs),
            recusal_views(session, case.id),
            {v.member_id: v.choice for v in case.votes},
            counted["base"],
            counted["present"],
            counted["quorum"],
            counted["result"],
            decision.decision if decision else "",
            decision.reason if decision else "",
            case.remarks,
            meeting.closed_at is not None,
            application.person_id,
            (decision.votes_for, decision.votes_against, decision.abstentions) if decision else (0, 0, 0),
            decision.due_on if decision else None,
            counts_of(case.counted_votes),
            reversal_words(session, case.id),
        )


def _counted(session: Session, case: Case, meeting: Meeting, office: Office) -> Any:
    """定足数と表決の数字。議決した件は、議決したときの数字のまま（後の退席で変わらない）。"""
    decided = case.decision
    if decided is None:
        return tally(session, case, meeting, office.guideline, None)
    return {"base": decided.base, "present": decided.present, "quorum": True, "result": decided.result}


def _undecided(session: Session, case_id: int, actor: Actor) -> tuple[Case, Meeting]:
    case, meeting = _visible_case(session, case_id, actor)
    open_meeting(session, meeting.id)
    if case.decision is not None:
        raise RuleViolation("この案件は議決済みです。先に議決を取り消してください。")
    return case, meeting


def _set_ground(
    case: Case, ground: str, finding: str, reason: str, computed: Any, digest: str, who: Any
) -> None:
    status = str(computed[ground]["status"])
    if status not in ("unconfirmed", finding) and not reason.strip():
        raise RuleViolation("計算と違う判断をするには理由が要ります。理由を書いてください。")
    row = next((g for g in case.grounds if g.ground == ground), None)
    if row is None:
        row = GroundConfirmation(ground=ground)
        case.grounds.append(row)
    row.computed, row.computed_sentence = status, str(computed[ground].get("sentence", ""))
    row.facts_digest, row.finding, row.reason = digest, finding, reason
    row.confirmed_by, row.confirmed_at = who


def confirm_ground(office: Office, case_id: int, ground: str, finding: str, reason: str = "") -> None:
    """欠格事由一つについての委員会の判断（applies / clear）。計算と違えば理由が要る。"""
    if ground not in GROUND_TEXTS or finding not in ("applies", "clear"):
        raise RuleViolation("欠格事由の判断は「該当する」か「該当しない」です。")
    with office.act("committee.confirm_ground") as act:
        case, meeting = _undecided(act.session, case_id, act.actor)
        application = act.session.get_one(Application, case.application_id)
        computed, digest = grounds(act.session, application, meeting.certification_on, office.guideline)
        _set_ground(case, ground, finding, reason, computed, digest, (act.actor.name, office.now()))
        act.say(f"case:{case_id}", f"欠格事由{GROUND_TEXTS[ground][0]}を確認", reason=reason)


def _check_own_vote(actor: Actor, before: dict[int, str], after: dict[int, str]) -> None:
    """委員の役割では、自分の票だけを入れ、変えられる。"""
    changed = {m for m in before | after if before.get(m) != after.get(m)}
    if actor.role is Role.MEMBER and changed - {actor.member_id}:
        raise AccessDenied("委員は自分の票だけを入れられます。ほかの委員の票は、本人か事務局が入れます。")


def _set_votes(case: Case, votes: Mapping[int, str]) -> None:
    """票を votes のとおりにする。前の票の行は書き替える（消して入れ直さない）。"""
    kept = {v.member_id: v for v in case.votes}
    for member_id, choice in votes.items():
        if member_id in kept:
            kept[member_id].choice = choice
        else:
            case.votes.append(Vote(member_id=member_id, choice=choice))
    for member_id, vote in kept.items():
        if member_id not in votes:
            case.votes.remove(vote)


def record_votes(office: Office, case_id: int, votes: dict[int, str]) -> None:
    """委員ごとの表決（for / against / abstain）。出席していない、回避した委員の票は断る。

    votes がこの案件のすべての票となる。委員の役割では、自分の票だけを変えられる。
    """
    with office.act("committee.record_votes") as act:
        case, meeting = _undecided(act.session, case_id, act.actor)
        check_voting(meeting, office.today())
        _check_own_vote(act.actor, {v.member_id: v.choice for v in case.votes}, votes)
        case.counted_votes = None
        _set_votes(case, votes)
        tally(act.session, case, meeting, office.guideline, None)
        act.say(f"case:{case_id}", f"表決を記録（{len(votes)}票）")


def _voters(session: Session, case: Case, meeting: Meeting) -> list[int]:
    """この案件の表決に加われる、出席している委員。"""
    away = {r.member_id for r in case.recusals if r.confirmed}
    return [m for m in present_members(session, meeting) if m not in away]


def record_counts(office: Office, case_id: int, counts: Counts) -> None:
    """人数だけで採った表決（可・否・棄権）。表決に加われる出席委員の数と合わなければ RuleViolation。

    名を挙げた票があれば、これに代わる。
    """
    with office.act("committee.record_counts") as act:
        case, meeting = _undecided(act.session, case_id, act.actor)
        check_voting(meeting, office.today())
        check_counts(counts, len(_voters(act.session, case, meeting)))
        _set_votes(case, {})
        case.counted_votes = dict(zip(CHOICES, counts, strict=True))
        act.say(
            f"case:{case_id}",
            f"表決を人数で記録（可{counts[0]}・否{counts[1]}・棄権{counts[2]}）",
            detail={"counts": list(counts)},
        )


@dataclass(frozen=True)
class DecisionForm:
    """議決に書くこと。"""

    decision: str
    reason: str = ""
    due_on: date | None = None
    casting_vote: str | None = None


def _check_grounds(session: Session, case: Case, meeting: Meeting, office: Office, decision: str) -> None:
    application = session.get_one(Application, case.application_id)
    _, digest = grounds(session, application, meeting.certification_on, office.guideline)
    missing = [m for g, (m, _) in GROUND_TEXTS.items() if g not in {c.ground for c in case.grounds}]
    if missing:
        raise RuleViolation(
            f"欠格事由{'・'.join(missing)}が確認されていません。四つとも確認してから議決してください。"
        )
    if any(c.facts_digest != digest for c in case.grounds):
        raise RuleViolation("欠格事由の確認の後に事実が変わりました。確認し直してから議決してください。")
    if decision == "certified" and any(c.finding == "applies" for c in case.grounds):
        raise RuleViolation("欠格事由に該当するため、認定を議決できません（6(1)）。")


def _is_tie(session: Session, case: Case, meeting: Meeting, office: Office) -> bool:
    return bool(tally(session, case, meeting, office.guideline, None)["result"] == "tie")


def _check_chair(session: Session, case: Case, meeting: Meeting) -> None:
    """決する票を持つ議長が、出席していて、この案件を回避していないこと。"""
    away = {r.member_id for r in case.recusals if r.confirmed}
    here = set(present_members(session, meeting)) - away
    if not any(m.role == "chair" and m.id in here for m in members_in_office(session, meeting.held_on)):
        raise RuleViolation(
            "議長が出席していないか、この案件を回避しているため、決する票がありません。保留としてください。"
        )


def _check_result(meeting: Meeting, form: DecisionForm, counted: Mapping[str, Any]) -> None:
    """定足数・表決・理由・期限が、その議決を支えること。"""
    if not counted["quorum"]:
        raise RuleViolation(
            f"定足数を満たしていないため議決できません（出席{counted['present']}名、母数{counted['base']}名の過半数が要ります）。"
        )
    if counted["result"] == "tie" and form.decision != "deferred":
        raise RuleViolation("可否同数です。議長の決する票を入れてください。")
    if form.decision == "certified" and counted["result"] != "carried":
        raise RuleViolation("賛成が過半数に達していないため、認定を議決できません。")
    if form.decision == "not_certified" and counted["result"] == "carried":
        raise RuleViolation("認定に賛成する票が過半数です。不認定にはできません。票を確かめてください。")
    if form.decision != "certified" and not form.reason.strip():
        raise RuleViolation("認定しない議決には理由が要ります。理由を書いてください。")
    if form.decision == "conditional" and (form.due_on is None or form.due_on < meeting.held_on):
        raise RuleViolation("条件付きの議決には、会議の日以後の期限が要ります。")


def _decide(
    session: Session, case: Case, meeting: Meeting, office: Office, form: DecisionForm, block: bool
) -> None:
    if form.decision not in DECISION_WORDS:
        raise RuleViolation("議決は認定・不認定・保留・条件付きのどれかです。")
    check_asked(session, meeting)
    if any(r.confirmed is None for r in case.recusals):
        raise RuleViolation(
            f"案件{case.position:03d}の利害関係の候補が未確認です。回避を確認するか、利害関係なしとしてから議決してください。"
        )
    if form.decision in ("certified", "not_certified"):
        _check_grounds(session, case, meeting, office, form.decision)
    voters = _voters(session, case, meeting)
    if (told := counts_of(case.counted_votes)) is not None:
        check_counts(told, len(voters))  # 採った後に出席や回避が変わっていれば、採り直す
    counted = tally(session, case, meeting, office.guideline, form.casting_vote)
    by_chair = form.casting_vote is not None and _is_tie(session, case, meeting, office)
    if by_chair:
        _check_chair(session, case, meeting)
    _check_result(meeting, form, counted)
    choices = list(votes_of(case, voters).values())
    case.decision = CaseDecision(
        decision=form.decision,
        result=counted["result"],
        base=counted["base"],
        present=counted["present"],
        votes_for=choices.count("for"),
        votes_against=choices.count("against"),
        abstentions=counted["present"] - choices.count("for") - choices.count("against"),
        casting_vote=form.casting_vote if by_chair else None,
        due_on=form.due_on,
        reason=form.reason,
        in_block=block,
        decided_at=office.now(),
    )


def decide_case(office: Office, case_id: int, form: DecisionForm) -> None:
    """一件を議決する。定足数・表決・四つの確認が揃わなければ断る。"""
    with office.act("committee.decide_case") as act:
        case, meeting = _undecided(act.session, case_id, act.actor)
        check_held(meeting, office.today())
        _decide(act.session, case, meeting, office, form, block=False)
        act.say(
            f"case:{case_id}",
            f"案件{case.position:03d}を議決：{DECISION_WORDS[form.decision]}",
            reason=form.reason,
        )


def decide_block(office: Office, meeting_id: int, case_ids: list[int], votes: dict[int, str]) -> int:
    """明らかな件（四つとも該当なし・回避なし）をまとめて認定する。一件ずつ記録し、件数を返す。"""
    if not case_ids:
        raise RuleViolation("議決する案件が選ばれていません。")
    with office.act("committee.decide_block") as act:
        session = act.session
        for case_id in case_ids:
            case, meeting = _undecided(session, case_id, act.actor)
            check_held(meeting, office.today())
            if case.meeting_id != meeting_id:
                raise RuleViolation("別の会議の案件が混じっています。")
            if any(r.confirmed is not False for r in case.recusals):
                raise RuleViolation(
                    f"案件{case.position:03d}には利害関係の候補または回避があり、一括議決に入れられません。"
                )
            application = session.get_one(Application, case.application_id)
            computed, digest = grounds(session, application, meeting.certification_on, office.guideline)
            for ground in GROUND_TEXTS:
                if ground == "a" and not any(g.ground == "a" for g in case.grounds):
                    raise RuleViolation(f"案件{case.position:03d}は欠格事由アが確認されていません。")
                if ground != "a" and str(computed[ground]["status"]) != "clear":
                    raise RuleViolation(
                        f"案件{case.position:03d}は明らかな件ではありません。一件ずつ審査してください。"
                    )
                if ground != "a":
                    _set_ground(case, ground, "clear", "", computed, digest, (act.actor.name, office.now()))
            case.counted_votes = None
            _set_votes(case, votes)
            _decide(session, case, meeting, office, DecisionForm("certified"), block=True)
        act.say(f"meeting:{meeting_id}", f"{len(case_ids)}件を一括議決：認定", detail={"cases": case_ids})
        return len(case_ids)


@dataclass(frozen=True)
class ConvictionForm:
    """有罪の裁判に書くこと。"""

    law: str
    penalty: str
    finalized_on: date | None
    execution_ended_on: date | None = None
    execution_ceased_on: date | None = None
    suspension_kind: str | None = None
    suspension_ends_on: date | None = None
    suspension_revoked: bool = False
    source: str = ""


def record_conviction(office: Office, person_id: int, form: ConvictionForm) -> int:
    """有罪の裁判を記す。監査記録の言葉には内容を書かない。規則が読めない記録は RuleViolation。"""
    with office.act("committee.record_conviction") as act:
        check_conviction(form)
        row = Conviction(person_id=person_id, **vars(form))
        act.session.add(row)
        act.session.flush()
        act.say(f"person:{person_id}", "欠格事由の記録を追加")
        return row.id


def case_of(session: Session, application_id: int) -> Case | None:
    """申込の、いちばん新しい案件。"""
    return session.scalar(
        select(Case).where(Case.application_id == application_id).order_by(Case.id.desc()).limit(1)
    )

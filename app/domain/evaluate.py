"""規則を名で呼ぶ：入力を厳しく確かめ、JSON にできる答えを返す。"""

from collections.abc import Callable, Mapping

from app.domain.calendar import parse_date, wareki
from app.domain.committee import evaluate_committee
from app.domain.disqualification import evaluate_disqualification
from app.domain.eligibility import CurrentPlace, eligibility
from app.domain.errors import InputRefused
from app.domain.experience import Experience
from app.domain.experience_findings import judge_experience
from app.domain.facts import employment_reader, read_current, read_qualifications, training_start
from app.domain.findings import Finding
from app.domain.guideline import Guideline
from app.domain.inputs import Fields, text
from app.domain.progress import evaluate_progress
from app.domain.validity import evaluate_validity

Answer = dict[str, object]
Rule = Callable[[Mapping[str, object], Guideline], Answer]


def finding_as_json(finding: Finding) -> Answer:
    """所見を JSON にできる形にする。"""
    return {
        "requirement": finding.requirement,
        "status": str(finding.status),
        "clause": finding.clause,
        "figures": dict(finding.figures),
        "sentence": finding.sentence,
        "settles": finding.settles,
    }


def _experience_as_json(answer: Experience) -> Answer:
    return {
        "window": [day.isoformat() for day in answer.window],
        "tenure": {
            "status": str(answer.tenure),
            "least": list(answer.tenure_least),
            "most": list(answer.tenure_most),
        },
        "workdays": {
            "status": str(answer.workdays),
            "least": answer.workdays_least,
            "most": answer.workdays_most,
        },
        "result": str(answer.status),
    }


def evaluate_date(value: Mapping[str, object], guideline: Guideline) -> Answer:
    """規則 date：人の書いた日付を読む。"""
    fields = Fields(value, "")
    written = fields.need("text", text)
    fields.done()
    found = parse_date(written)
    answer: Answer = {"date": found.date.isoformat(), "wareki": wareki(found.date), "warning": found.warning}
    return answer | {"note": found.note} if found.note else answer


def evaluate_experience(value: Mapping[str, object], guideline: Guideline) -> Answer:
    """規則 experience：実務経験（4(2)・注6）。"""
    fields = Fields(value, "")
    start = training_start(fields)
    employments = fields.need("employments", employment_reader(start, guideline))
    fields.done()
    answer, findings = judge_experience(start, employments, guideline)
    return _experience_as_json(answer) | {"findings": [finding_as_json(f) for f in findings]}


def evaluate_eligibility(value: Mapping[str, object], guideline: Guideline) -> Answer:
    """規則 eligibility：受講資格（4）。"""
    fields = Fields(value, "")
    start = training_start(fields)
    if not fields.has("current"):
        raise InputRefused("current がありません。現在の従事場所を与えてください（未確認なら null）。")
    current = fields.maybe("current", read_current) or CurrentPlace(None, None, None)
    employments = fields.maybe("employments", employment_reader(start, guideline)) or ()
    qualifications = fields.maybe("qualifications", read_qualifications) or ()
    fields.done()
    answer = eligibility(start, current, employments, qualifications, guideline)
    return {
        "current": str(answer.current),
        "exemption": str(answer.exemption),
        "experience": str(answer.experience.status),
        "result": answer.result,
        "settles": answer.settles,
        "findings": [finding_as_json(f) for f in answer.findings],
    }


RULES: Mapping[str, Rule] = {
    "validity": evaluate_validity,
    "disqualification": evaluate_disqualification,
    "experience": evaluate_experience,
    "eligibility": evaluate_eligibility,
    "date": evaluate_date,
    "progress": evaluate_progress,
    "committee": evaluate_committee,
}


def evaluate(rule: str, value: Mapping[str, object], guideline: Guideline) -> Answer:
    """規則 rule に入力 value を当て、JSON にできる答えを返す。

    知らない規則、知らない項目、型の違い、矛盾のある事実は InputRefused（日本語の理由）。
    """
    found = RULES.get(rule)
    if found is None:
        raise InputRefused(f"「{rule[:40]}」という規則はありません（{'・'.join(RULES)}）。", "UNKNOWN_RULE")
    return found(value, guideline)

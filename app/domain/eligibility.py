"""受講資格（要綱 4）：現在の従事場所 かつ（国家資格 または 実務経験）。"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.calendar import wareki
from app.domain.experience import Employment, Experience, experience
from app.domain.experience_findings import judge_experience
from app.domain.findings import Finding, Status, all_of, any_of, status_of
from app.domain.guideline import Guideline

CURRENT_COUNTERS = {"municipal": "①", "commissioned_by_municipality": "②"}
COUNTER_WORDS = {
    "national": "国が運営する窓口",
    "municipal": "地方公共団体が運営する窓口",
    "commissioned_by_nation": "国の委託等を受けた機関の窓口",
    "commissioned_by_municipality": "地方公共団体の委託等を受けた機関の窓口",
    "private": "民間団体等が運営する窓口",
}
QUALIFICATION_WORDS = {
    "certified_social_worker": "社会福祉士",
    "career_consultant": "キャリアコンサルタント",
    "career_consulting_technician": "キャリアコンサルティング技能士",
    "certified_public_psychologist": "公認心理師",
    "mental_health_social_worker": "精神保健福祉士",
}
TECHNICIAN = "career_consulting_technician"
TECHNICIAN_GRADES = (1, 2)
_MARKS = dict(zip(QUALIFICATION_WORDS, "①②③④⑤", strict=True))
_RESULTS = {Status.MET: "eligible", Status.NOT_MET: "ineligible", Status.UNCONFIRMED: "unconfirmed"}


@dataclass(frozen=True)
class CurrentPlace:
    """現在の従事場所。どれも None は未確認。engaged は相談対応（または助言・指導）に従事しているか。"""

    counter: str | None
    engaged: bool | None
    counter_standard: bool | None


@dataclass(frozen=True)
class Qualification:
    """国家資格。evidence は登録証の写しなどで確かめたか。lapsed_on は効力を失った日（なければ None）。"""

    kind: str
    registered_on: date | None
    evidence: bool | None
    grade: int | None = None
    lapsed_on: date | None = None


def result_name(status: Status) -> str:
    """答えの名（eligible・ineligible・unconfirmed）。"""
    return _RESULTS[status]


@dataclass(frozen=True)
class Eligibility:
    """受講資格の答え。result は eligible・ineligible・unconfirmed。findings は画面に出す順の所見。"""

    current: Status
    exemption: Status
    experience: Experience
    status: Status
    findings: tuple[Finding, ...]

    @property
    def result(self) -> str:
        """機械のための答えの名。"""
        return result_name(self.status)

    @property
    def settles(self) -> str:
        """未確認を決める方法。答えが未確認でなければ空。"""
        return "\n".join(f.settles for f in self.helpful)

    @property
    def helpful(self) -> tuple[Finding, ...]:
        """確かめれば答えが決まりうる所見（画面に出す順）。答えが未確認でなければ空。

        国家資格か実務経験の一方で満たしていれば、他方を確かめても答えは変わらない。
        在職期間か従業日数の一方が足りなければ、他方を確かめても実務経験は満たさない。
        """
        if self.status is not Status.UNCONFIRMED:
            return ()
        place, standard, tenure, workdays, exemption = self.findings
        found = [place, standard]
        if any_of((self.exemption, self.experience.status)) is Status.UNCONFIRMED:
            if self.experience.status is Status.UNCONFIRMED:
                found += [tenure, workdays]
            found.append(exemption)
        return tuple(f for f in found if f.settles)


def _counter_status(current: CurrentPlace) -> Status:
    return Status.UNCONFIRMED if current.counter is None else status_of(current.counter in CURRENT_COUNTERS)


def place_status(current: CurrentPlace) -> Status:
    """現在の従事場所（4(1)）の答え。"""
    return all_of((_counter_status(current), status_of(current.engaged)))


def place_finding(current: CurrentPlace) -> Finding:
    """現在の従事場所（4(1)）の所見。国の窓口・国の委託の窓口・民間の窓口は当たらない。"""
    mark = CURRENT_COUNTERS.get(current.counter or "", "")
    place, status = _counter_status(current), place_status(current)
    where = "窓口の運営者が未確認" if current.counter is None else COUNTER_WORDS[current.counter]
    sentence, settles = f"{where}で相談対応に従事しています。", ""
    if place is Status.NOT_MET:
        sentence = f"{where}は、現在の従事場所には当たりません（実務経験には数えます）。"
    elif status is Status.NOT_MET:
        sentence = f"{where}ですが、現に相談対応（助言・指導を含む。）に従事していません。"
    elif status is Status.UNCONFIRMED:
        sentence = f"{where}です。現在の従事場所に当たるかは確認が要ります。"
        settles = "現在の窓口の運営者と、現に相談対応に従事していることを確かめてください。"
        if current.counter is not None:
            sentence = f"{where}です。現に相談対応に従事しているかは確認が要ります。"
            settles = "現に相談対応（助言・指導を含む。）に従事していることを確かめてください。"
    return Finding(
        status=status,
        clause=f"4(1){mark}",
        requirement="現在の従事場所",
        figures={"counter": current.counter, "engaged": current.engaged},
        sentence=sentence,
        settles=settles,
    )


def standard_finding(current: CurrentPlace) -> Finding:
    """現在の窓口の要件（注5）の所見。"""
    status = status_of(current.counter_standard)
    sentences = {
        Status.MET: "通年・無償・多言語・ワンストップの窓口であることを確認済みです。",
        Status.NOT_MET: "通年・無償・多言語・ワンストップの要件を満たさない窓口です。",
        Status.UNCONFIRMED: "通年・無償・多言語・ワンストップの窓口であるかは未確認です。",
    }
    asked = "窓口の要件の確認書で、通年・無償・多言語・ワンストップであることを確かめてください。"
    return Finding(
        status=status,
        clause="注5",
        requirement="窓口の要件",
        figures={"counter_standard": current.counter_standard},
        sentence=sentences[status],
        settles=asked if status is Status.UNCONFIRMED else "",
    )


def _grade_status(one: Qualification) -> Status:
    if one.kind != TECHNICIAN:
        return Status.MET
    return Status.UNCONFIRMED if one.grade is None else status_of(one.grade in TECHNICIAN_GRADES)


def _qualification_status(one: Qualification, training_starts_on: date) -> Status:
    """一つの資格が研修開始日に有効で、証拠があるか（4(3)）。"""
    registered = None if one.registered_on is None else one.registered_on <= training_starts_on
    lapsed = one.lapsed_on is not None and one.lapsed_on < training_starts_on
    evidence = Status.MET if one.evidence else Status.UNCONFIRMED
    return all_of((_grade_status(one), status_of(registered), status_of(not lapsed), evidence))


def qualification_ja(one: Qualification) -> str:
    """資格の名（級があれば級も）。"""
    grade = f"（{one.grade}級）" if one.kind == TECHNICIAN and one.grade is not None else ""
    return QUALIFICATION_WORDS[one.kind] + grade


def _sentence_of(one: Qualification, status: Status, training_starts_on: date) -> str:
    name, start = qualification_ja(one), wareki(training_starts_on)
    if status is Status.MET:
        assert one.registered_on is not None
        return f"{name}（{wareki(one.registered_on)}登録）により、実務経験は不要です。"
    if status is Status.UNCONFIRMED:
        return f"{name}の登録を証する写しが確認できていません。"
    if one.lapsed_on is not None and one.lapsed_on < training_starts_on:
        return (
            f"{name}は{wareki(one.lapsed_on)}に効力を失っており、研修開始日（{start}）に有効ではありません。"
        )
    if one.registered_on is not None and one.registered_on > training_starts_on:
        return f"{name}の登録（{wareki(one.registered_on)}）は研修開始日（{start}）より後です。"
    return f"{name}は、実務経験を不要とする級ではありません。"


def exemption_finding(training_starts_on: date, qualifications: Sequence[Qualification]) -> Finding:
    """国家資格による実務経験の免除（4(3)）の所見。登録が研修開始日までにあり、その日より前に失効していないこと。"""
    judged = [(one, _qualification_status(one, training_starts_on)) for one in qualifications]
    status = any_of(s for _, s in judged)
    telling = [(one, s) for one, s in judged if s is status]
    sentence = "".join(_sentence_of(one, s, training_starts_on) for one, s in telling)
    settles = ""
    if status is Status.UNCONFIRMED:
        names = "、".join(qualification_ja(one) for one, _ in telling)
        settles = f"{names}の登録証の写しで、研修開始日に有効であることを確かめてください。"
    mark = _MARKS[telling[0][0].kind] if telling and status is not Status.NOT_MET else ""
    return Finding(
        status=status,
        clause=f"4(3){mark}",
        requirement="国家資格による免除",
        figures={"qualifications": [{"kind": one.kind, "status": str(s)} for one, s in judged]},
        sentence=sentence or "該当する国家資格はありません。",
        settles=settles,
    )


def eligibility(
    training_starts_on: date,
    current: CurrentPlace,
    employments: Iterable[Employment],
    qualifications: Sequence[Qualification],
    guideline: Guideline,
) -> Eligibility:
    """受講資格を判定する（4）。現在の従事場所 かつ（国家資格 または 実務経験）。"""
    place, standard = place_finding(current), standard_finding(current)
    answer, (tenure, workdays) = judge_experience(training_starts_on, employments, guideline)
    exemption = exemption_finding(training_starts_on, qualifications)
    now = all_of((place.status, standard.status))
    return Eligibility(
        current=now,
        exemption=exemption.status,
        experience=answer,
        status=all_of((now, any_of((exemption.status, answer.status)))),
        findings=(place, standard, tenure, workdays, exemption),
    )


def eligibility_status(
    training_starts_on: date,
    current: CurrentPlace,
    employments: Iterable[Employment],
    qualifications: Sequence[Qualification],
    guideline: Guideline,
) -> Status:
    """受講資格の答えだけを、eligibility と同じに求める（文を作らない）。"""
    now = all_of((place_status(current), status_of(current.counter_standard)))
    if now is Status.NOT_MET:
        return now
    exempt = any_of(_qualification_status(one, training_starts_on) for one in qualifications)
    if exempt is Status.MET:
        return now
    answer = experience(training_starts_on, employments, guideline)
    return all_of((now, any_of((exempt, answer.status))))

"""要確認を解く書類の求め：補正依頼の手紙にそのまま書ける文。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.calendar import wareki
from app.domain.documents import EXPERIENCE_PROOF, LICENCE_COPY, STANDARD_FORM, WORKDAY_LIST
from app.domain.eligibility import CurrentPlace, Eligibility, qualification_ja
from app.domain.eligibility_case import Case
from app.domain.experience import Stretch, stretches_of
from app.domain.experience_findings import overlap_spans, span_days, unclear_spans, unknown_spans
from app.domain.findings import Finding, Status, any_of
from app.domain.guideline import Guideline
from app.domain.spans import Span

_FIT = "通年・無償・多言語・ワンストップの窓口であること"


@dataclass(frozen=True)
class Request:
    """求め一つ。requirement は要件の名、document_kind は書類の種類（決まらなければ空）、sentence は手紙の文。"""

    requirement: str
    document_kind: str
    sentence: str


def _spans_ja(spans: Sequence[Span]) -> str:
    return "、".join(
        f"{wareki(date.fromordinal(first))}から{wareki(date.fromordinal(last))}まで" for first, last in spans
    )


def _place(current: CurrentPlace) -> str:
    who = (
        "窓口を運営する者（地方公共団体か、その委託等を受けた機関か）と、" if current.counter is None else ""
    )
    return f"現在の相談窓口について、{who}現に相談対応（助言・指導を含む。）に従事していることが分かる書類を提出してください。"


def _unknown(stretches: Sequence[Stretch]) -> str:
    waiting = [s for s in stretches if not s.known]
    asks = []
    if any(s.employment.counter_standard is None for s in waiting):
        asks.append(_FIT)
    if any(s.employment.consultation is None for s in waiting):
        asks.append("相談対応の業務に従事したこと")
    return f"{_spans_ja(unknown_spans(stretches))}の在職について、{'と、'.join(asks)}が分かる書類を提出してください。"


def _workdays(stretches: Sequence[Stretch], needed: int) -> list[str]:
    ways = []
    if overlaps := overlap_spans(stretches):
        ways.append(
            f"在職期間が重なる{_spans_ja(overlaps)}の{span_days(overlaps)}日間について、窓口ごとに勤務した日が"
            f"分かる勤務日内訳表を提出してください（重ならない従業日があと{needed}日分確かめられれば足ります）。"
        )
    if unclear := unclear_spans(stretches):
        ways.append(
            f"{_spans_ja(unclear)}の間に従業した日数が分かる証明書を提出してください"
            f"（従業日があと{needed}日分確かめられれば足ります）。"
        )
    return ways


def _experience(case: Case, found: Eligibility, guideline: Guideline) -> list[Request]:
    stretches = stretches_of(case.starts_on, [e.fact for e in case.employments], guideline)
    tenure, workdays = found.findings[2], found.findings[3]
    answer, requests = found.experience, []
    if answer.workdays is Status.UNCONFIRMED:
        ways = _workdays(stretches, guideline.workdays - answer.workdays_least)
        kind = WORKDAY_LIST if overlap_spans(stretches) else EXPERIENCE_PROOF
        if ways:
            requests.append(Request(workdays.requirement, kind, "または、".join(ways)))
    if any(not s.known for s in stretches):
        asked = tenure if answer.tenure is Status.UNCONFIRMED else workdays
        both = "または、" if requests and answer.tenure is not Status.UNCONFIRMED else ""
        requests.append(Request(asked.requirement, STANDARD_FORM, both + _unknown(stretches)))
    return requests


def _exemption(case: Case, finding: Finding) -> Request:
    told = finding.figures["qualifications"]
    assert isinstance(told, list)
    names = [
        qualification_ja(part.fact)
        for part, one in zip(case.qualifications, told, strict=True)
        if one["status"] == Status.UNCONFIRMED
    ]
    sentence = f"{'、'.join(names)}の登録証（{wareki(case.starts_on)}に有効なもの）の写しを提出してください。"
    return Request(finding.requirement, LICENCE_COPY, sentence)


def requests_of(case: Case, found: Eligibility, guideline: Guideline) -> tuple[Request, ...]:
    """要確認を解く求め（画面に出す所見の順）。判定が要確認でなければ空。

    実務経験と国家資格はどちらか一方でよいので、両方を求めるときは一つの求めの中で「または」でつなぐ。
    """
    if found.status is not Status.UNCONFIRMED:
        return ()
    place, standard, exemption = found.findings[0], found.findings[1], found.findings[4]
    requests = []
    if place.status is Status.UNCONFIRMED:
        requests.append(Request(place.requirement, "", _place(case.current)))
    if standard.status is Status.UNCONFIRMED:
        sentence = f"現在の相談窓口について、{_FIT}が分かる書類を提出してください。"
        requests.append(Request(standard.requirement, STANDARD_FORM, sentence))
    if any_of((found.exemption, found.experience.status)) is Status.UNCONFIRMED:
        work = []
        if found.experience.status is Status.UNCONFIRMED:
            work = _experience(case, found, guideline)
        if found.exemption is Status.UNCONFIRMED:
            paper = _exemption(case, exemption)
            either = "または、" if work else ""
            work.append(Request(paper.requirement, paper.document_kind, either + paper.sentence))
        # どちらか一方でよい求めを別々の依頼にすると、片方の回答で済むことが伝わらない
        sentence = "".join(one.sentence for one in work)
        requests.append(Request(work[0].requirement, work[0].document_kind, sentence))
    return tuple(requests)

"""実務経験の所見：在職期間と従業日数の数字を、条項・文・確かめ方とともに言う（注6）。"""

from collections.abc import Iterable, Sequence
from datetime import date

from app.domain.calendar import wareki, wareki_short
from app.domain.experience import Employment, Experience, Months, Stretch, stretches_of, summarise
from app.domain.findings import Finding, Status
from app.domain.guideline import Guideline
from app.domain.spans import Span, merge, shared


def months_ja(value: Months) -> str:
    """（月, 日）を「2年0か月1日」の形にする。余りの日がなければ日は言わない。"""
    years, months = divmod(value[0], 12)
    return f"{years}年{months}か月" + (f"{value[1]}日" if value[1] else "")


def span_ja(span: Span) -> str:
    """区間を「R6.8.10〜R6.9.19」の形にする。"""
    first, last = (wareki_short(date.fromordinal(n)) for n in span)
    return f"{first}〜{last}"


def _spans_ja(spans: Sequence[Span]) -> str:
    return "、".join(span_ja(s) for s in spans)


def span_days(spans: Sequence[Span]) -> int:
    """区間の日数の和。"""
    return sum(last - first + 1 for first, last in spans)


def _figures_of(spans: Sequence[Span]) -> list[list[str]]:
    return [[date.fromordinal(n).isoformat() for n in span] for span in spans]


def unknown_spans(stretches: Sequence[Stretch]) -> list[Span]:
    """窓口の要件（注5）か相談対応の業務かが確かめられていない在職の区間。"""
    return merge((s.first, s.last) for s in stretches if not s.known)


def unclear_spans(stretches: Sequence[Stretch]) -> list[Span]:
    """日数そのものがはっきりしない在職（窓の外にはみ出す、日数の証明がない）。"""
    return merge((s.first, s.last) for s in stretches if s.known and s.least < s.most)


def overlap_spans(stretches: Sequence[Stretch]) -> list[Span]:
    """同じ日を二重に数えているかもしれない区間。一覧だけで分かる重なりは入らない。"""
    counted = [s for s in stretches if s.known and s.days is None and s.most]
    listed = [s for s in stretches if s.known and s.days]
    spans = shared([(s.first, s.last) for s in counted])
    for one in listed:
        spans += shared([(one.first, one.last), *merge((s.first, s.last) for s in counted)])
    return merge(spans)


def _confirm_unknown(stretches: Sequence[Stretch]) -> str:
    waiting = [s for s in stretches if not s.known]
    if not waiting:
        return ""
    where = _spans_ja(unknown_spans(stretches))
    asks = []
    if any(s.employment.counter_standard is None for s in waiting):
        asks.append("窓口が注5の要件（通年・無償・多言語・ワンストップ）を満たすこと")
    if any(s.employment.consultation is None for s in waiting):
        asks.append("相談対応の業務であったこと")
    return f"{where}の在職について、{'と、'.join(asks)}を確かめてください。"


def tenure_finding(answer: Experience, stretches: Sequence[Stretch], guideline: Guideline) -> Finding:
    """在職期間1年以上（注6）の所見。"""
    least, most = answer.tenure_least, answer.tenure_most
    shown = months_ja(least) if least == most else f"最短{months_ja(least)}・最長{months_ja(most)}"
    first, last = (wareki(day) for day in answer.window)
    years = guideline.window_years
    ending = {
        Status.MET: "要件を満たします。",
        Status.NOT_MET: f"{months_ja((guideline.tenure_months, 0))}に足りません。",
        Status.UNCONFIRMED: "窓口の要件が確かめられていない在職を含むため、確認が要ります。",
    }[answer.tenure]
    return Finding(
        status=answer.tenure,
        clause="注6",
        requirement=f"在職期間 {guideline.tenure_months // 12}年以上",
        figures={
            "least": list(least),
            "most": list(most),
            "bound_months": guideline.tenure_months,
            "window": [day.isoformat() for day in answer.window],
        },
        sentence=f"在職期間は{shown}です（{first}〜{last}の{years}年間のうち）。{ending}",
        settles=_confirm_unknown(stretches) if answer.tenure is Status.UNCONFIRMED else "",
    )


def _why_unclear(stretches: Sequence[Stretch]) -> str:
    reasons = []
    if overlap_spans(stretches):
        reasons.append("窓口の在職期間が重なり、同じ日を二重に数えている可能性があります。")
    if unclear_spans(stretches):
        reasons.append("直近5年のうちの日数が証明書だけでは決まらない在職があります。")
    if unknown_spans(stretches):
        reasons.append("窓口の要件が確かめられていない在職があります。")
    return "".join(reasons)


def _settles_workdays(stretches: Sequence[Stretch], needed: int) -> str:
    ways = []
    if overlaps := overlap_spans(stretches):
        ways.append(
            f"勤務日内訳表で重なる{span_days(overlaps)}日間（{_spans_ja(overlaps)}）の従業日を入力するか、"
            f"あと{needed}日分の重複がないことを確かめてください。"
        )
    if unclear := unclear_spans(stretches):
        ways.append(f"{_spans_ja(unclear)}の間に、あと{needed}日分の従業日があることを確かめてください。")
    if asked := _confirm_unknown(stretches):
        ways.append(asked)
    return "または、".join(ways)


def workdays_finding(answer: Experience, stretches: Sequence[Stretch], guideline: Guideline) -> Finding:
    """従業日数180日以上（注6）の所見。未確認なら、あと何日をどの期間について示せばよいかを言う。"""
    least, most, bound = answer.workdays_least, answer.workdays_most, guideline.workdays
    shown = f"{least}日" if least == most else f"最少{least}日・最多{most}日"
    figures: dict[str, object] = {"least": least, "most": most, "bound": bound}
    settles = ""
    if answer.workdays is Status.UNCONFIRMED:
        figures["needed"] = bound - least
        figures["stretches"] = _figures_of(
            merge([*overlap_spans(stretches), *unclear_spans(stretches), *unknown_spans(stretches)])
        )
        settles = _settles_workdays(stretches, bound - least)
    ending = {
        Status.MET: "要件を満たします。",
        Status.NOT_MET: f"{bound}日に足りません。",
        Status.UNCONFIRMED: _why_unclear(stretches),
    }[answer.workdays]
    return Finding(
        status=answer.workdays,
        clause="注6",
        requirement=f"従業日数 {bound}日以上",
        figures=figures,
        sentence=f"従業日数は{shown}です。{ending}",
        settles=settles,
    )


def judge_experience(
    training_starts_on: date, employments: Iterable[Employment], guideline: Guideline
) -> tuple[Experience, tuple[Finding, Finding]]:
    """実務経験を判定し、答えと、在職期間・従業日数の所見を返す。"""
    stretches = stretches_of(training_starts_on, employments, guideline)
    answer = summarise(training_starts_on, stretches, guideline)
    return answer, (
        tenure_finding(answer, stretches, guideline),
        workdays_finding(answer, stretches, guideline),
    )

"""研修の関門（実施要綱 5）：養成課程① → 実践 → 養成課程② → 修了認定テスト。"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.calendar import wareki
from app.domain.errors import InputRefused
from app.domain.findings import Finding, Status, status_of
from app.domain.guideline import Guideline
from app.domain.inputs import Fields, boolean, iso_date, items

SUBJECT_GROUPS = {
    "A": "意義・役割",
    "B": "在留制度",
    "C": "多様な背景・異文化理解",
    "D": "相談支援",
    "E": "共生施策・関係機関",
}


BEST, LAST = "best", "last"
ATTEMPT_RULES = {BEST: "最も良い回", LAST: "最後の回"}


@dataclass(frozen=True)
class Try:
    """一回の受験。outcome は points・absent・invalid・exempt・not_held。points は得点のときだけ。"""

    outcome: str
    points: float | None
    taken_on: date | None
    number: int


def counted_points(tries: Sequence[Try], mark: float) -> list[float]:
    """関門に数える点を、受けた順に並べる。

    0点は点であり、欠席・無効・未実施は点ではない（前の回の点を消さない）。免除は合格点を得たものとみなし、
    どの回であっても最後に置く（後の低い点で失われない）。受験日のない回があれば、回の番号の順とする。
    """
    scored = [t for t in tries if t.points is not None]
    if any(t.taken_on is None for t in scored):
        scored.sort(key=lambda t: t.number)
    else:
        scored.sort(key=lambda t: (t.taken_on or date.min, t.number))
    found = [t.points for t in scored if t.points is not None]
    return [*found, mark] if any(t.outcome == "exempt" for t in tries) else found


def attended(present: bool | None, late: int, early: int, tolerance: int | None) -> bool | None:
    """集合研修の一回に出席したとするか。遅刻と早退を合わせて tolerance 分を超えれば欠席（None なら問わない）。"""
    if present and tolerance is not None and late + early > tolerance:
        return False
    return present


@dataclass(frozen=True)
class Report:
    """取組状況報告または課題レポートの期限・延長・提出。"""

    due: date
    extended_to: date | None = None
    submitted_on: date | None = None

    @property
    def limit(self) -> date:
        """延長を含めた期限。その日の提出は間に合う。"""
        return self.extended_to or self.due

    def in_time(self, today: date) -> bool:
        """today までに、期限に間に合って提出されたか。"""
        return self.submitted_on is not None and self.submitted_on <= min(self.limit, today)

    def missed(self, today: date) -> bool:
        """期限の翌日になっても、間に合った提出がないか。"""
        return today > self.limit and not self.in_time(today)


@dataclass(frozen=True)
class PassMarks:
    """合格点（点）。"""

    quiz: float
    comprehensive: float


@dataclass(frozen=True)
class CourseFacts:
    """一人の研修の事実。

    quizzes は科目群ごとの、comprehensive は総合確認テストの得点（受けた順）。sessions は集合研修の出席
    （None は未確認）。certification_taken は修了認定テストを受けたか。attempt_rule はどの回で判断するか。
    """

    quizzes: Mapping[str, Sequence[float]]
    comprehensive: Sequence[float]
    reports: Sequence[Report]
    sessions: Sequence[bool | None]
    certification_taken: bool = False
    attempt_rule: str = BEST


@dataclass(frozen=True)
class Gates:
    """四つの関門の状態。"""

    course1: str
    practice: str
    course2: str
    certification_test: str


def standing(points: Sequence[float], rule: str) -> float | None:
    """判断する点：最も良い回か、最後の回。得点がなければ None。"""
    if not points:
        return None
    return points[-1] if rule == LAST else max(points)


def quizzes_passed(facts: CourseFacts, mark: float) -> bool:
    """五つの小テストのすべてが合格点以上か。"""
    found = [standing(facts.quizzes.get(group, ()), facts.attempt_rule) for group in SUBJECT_GROUPS]
    return all(points is not None and points >= mark for points in found)


def course1_passed(facts: CourseFacts, marks: PassMarks) -> bool:
    """五つの小テストと総合確認テストの、判断する点がすべて合格点以上か（5(2)ア）。"""
    final = standing(facts.comprehensive, facts.attempt_rule)
    return final is not None and final >= marks.comprehensive and quizzes_passed(facts, marks.quiz)


def _practice(reports: Sequence[Report], today: date) -> str:
    if any(r.missed(today) for r in reports):
        return "withdrawal_due"
    done = bool(reports) and all(r.in_time(today) for r in reports)
    return "completed" if done else "open"


def gates_after(
    course1: bool, reports: Sequence[Report], sessions: Sequence[bool | None], taken: bool, today: date
) -> Gates:
    """養成課程①に合格したか（course1）と、その先の事実から、today の時点の関門。"""
    if not course1:
        return Gates("not_yet", "shut", "shut", "shut")
    practice = _practice(reports, today)
    if practice != "completed":
        return Gates("passed", practice, "shut", "shut")
    if not sessions or not all(sessions):
        return Gates("passed", practice, "open", "shut")
    return Gates("passed", practice, "completed", "taken" if taken else "open")


def gates(facts: CourseFacts, marks: PassMarks, today: date) -> Gates:
    """today の時点の関門。閉じた関門の先は、記録があっても閉じている。"""
    passed = course1_passed(facts, marks)
    return gates_after(passed, facts.reports, facts.sessions, facts.certification_taken, today)


def missed_sentence(title: str, report: Report) -> str:
    """未提出の文（5(2)イ(エ)）。"""
    return f"{title}が期限（{wareki(report.limit)}）までに提出されていません。辞退として取り扱うことになります（5(2)イ(エ)）。"


def _course1_findings(facts: CourseFacts, marks: PassMarks) -> list[Finding]:
    tests = [(f"小テスト{g}", facts.quizzes.get(g, ()), marks.quiz) for g in SUBJECT_GROUPS]
    tests.append(("総合確認テスト", facts.comprehensive, marks.comprehensive))
    found = []
    for title, points, mark in tests:
        best = standing(points, facts.attempt_rule)
        met = best is not None and best >= mark
        which = "最後が" if facts.attempt_rule == LAST else "最高"
        got = (
            "まだ受けていません"
            if best is None
            else f"{which}{best:g}点（合格点{mark:g}点、{len(points)}回）"
        )
        end = "" if best is None else "で合格です" if met else "で合格していません"
        figures = {"best": best, "pass_mark": mark, "attempts": len(points)}
        found.append(
            Finding(Status.MET if met else Status.NOT_MET, "5(2)ア", f"{title}は{got}{end}。", title, figures)
        )
    return found


def _report_finding(title: str, report: Report, today: date) -> Finding:
    figures = {"due": report.due.isoformat(), "limit": report.limit.isoformat()}
    if report.in_time(today):
        words = f"{title}は期限（{wareki(report.limit)}）までに提出されています。"
        return Finding(Status.MET, "5(2)イ", words, title, figures)
    if report.missed(today):
        return Finding(Status.NOT_MET, "5(2)イ(エ)", missed_sentence(title, report), title, figures)
    words = f"{title}の期限は{wareki(report.limit)}です。"
    return Finding(Status.UNCONFIRMED, "5(2)イ", words, title, figures, f"{title}の提出を待っています。")


def findings(facts: CourseFacts, marks: PassMarks, today: date) -> tuple[Finding, ...]:
    """今の関門を成す要件ごとの所見。前の関門が閉じている先のことは言わない。reports の最後は課題レポート。"""
    found = _course1_findings(facts, marks)
    if not course1_passed(facts, marks):
        return tuple(found)
    last = len(facts.reports)
    for i, report in enumerate(facts.reports, 1):
        title = "課題レポート" if i == last else f"取組状況報告（第{i}回）"
        found.append(_report_finding(title, report, today))
    if _practice(facts.reports, today) != "completed":
        return tuple(found)
    words = {True: "出席しています", False: "欠席しています", None: "出席が未確認です"}
    for i, attended in enumerate(facts.sessions, 1):
        title = f"集合研修（第{i}回）"
        settles = "出席の記録を確かめてください。" if attended is None else ""
        found.append(
            Finding(status_of(attended), "5(2)ウ", f"{title}は{words[attended]}。", title, settles=settles)
        )
    return tuple(found)


def _points(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise InputRefused(f"{name} は0以上の点数で与えてください。")
    return value


def _scores(value: object, name: str) -> list[float]:
    return [_points(v, f"{name}[{i}]") for i, v in enumerate(items(value, name))]


def _read_marks(value: object, name: str) -> PassMarks:
    fields = Fields(value, name)
    found = PassMarks(fields.need("quiz", _points), fields.need("comprehensive", _points))
    fields.done()
    return found


def _read_quizzes(value: object, name: str) -> dict[str, list[float]]:
    fields = Fields(value, name)
    found = {group: fields.maybe(group, _scores) or [] for group in SUBJECT_GROUPS}
    fields.done()
    return found


def _read_report(value: object, name: str) -> Report:
    fields = Fields(value, name)
    report = Report(
        fields.need("due", iso_date),
        fields.maybe("extended_to", iso_date),
        fields.maybe("submitted_on", iso_date),
    )
    fields.done()
    if report.extended_to is not None and report.extended_to < report.due:
        raise InputRefused(f"{name}.extended_to が期限より前です。")
    return report


def _read_rule(value: object, name: str) -> str:
    if value not in ATTEMPT_RULES:
        raise InputRefused(f"{name} は {'・'.join(ATTEMPT_RULES)} のどれかで与えてください。")
    return str(value)


def _each(value: object, name: str) -> list[Any]:
    return items(value, name)


def evaluate_progress(value: Mapping[str, object], guideline: Guideline) -> dict[str, object]:
    """規則 progress をコマンドラインの形で行う。"""
    del guideline  # 合格点は研修期の設定であり、版は決めない
    fields = Fields(value, "")
    today = fields.need("today", iso_date)
    marks = fields.need("pass_marks", _read_marks)
    quizzes = fields.need("quizzes", _read_quizzes)
    comprehensive = fields.maybe("comprehensive", _scores) or []
    reports = [_read_report(r, f"reports[{i}]") for i, r in enumerate(fields.maybe("reports", _each) or [])]
    sessions = [
        None if s is None else boolean(s, f"sessions[{i}]")
        for i, s in enumerate(fields.maybe("sessions", _each) or [])
    ]
    taken = fields.maybe("certification_test", _points) is not None
    rule = fields.maybe("attempt_rule", _read_rule) or BEST
    fields.done()
    facts = CourseFacts(quizzes, comprehensive, reports, sessions, taken, rule)
    said = [
        {"requirement": f.requirement, "status": str(f.status), "clause": f.clause, "sentence": f.sentence}
        for f in findings(facts, marks, today)
    ]
    return dict(vars(gates(facts, marks, today))) | {"clause": "5(2)", "findings": said}

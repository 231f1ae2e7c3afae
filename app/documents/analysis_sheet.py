"""テスト分析報告書の組み方。目を向けたい設問を初めに置き、図と表と読み方を続ける。"""

from collections.abc import Iterable

from app.documents import charts
from app.documents.analysis import AnalysedQuestion, AnalysisPaper
from app.documents.flow import SIZE, Column, Flow
from app.documents.fonts import GOTHIC
from app.documents.measure import A4, GREY, MM
from app.documents.page import Paper
from app.domain import analysis_words as words
from app.domain.abilities import ABILITIES
from app.domain.choice_table import FEWEST
from app.domain.item_analysis import EASY, HARD, WEAK, ItemFigures
from app.domain.spread import Box

_LONGEST = 80  # 目を向けたい設問に添える文の長さ（字）
_FLAGGED = (
    Column("問", 8, "center"),
    Column("群", 8, "center"),
    Column("印", 46),
    Column("正答率", 14, "right"),
    Column("識別", 14, "right"),
    Column("点双列", 14, "right"),
    Column("n", 10, "right"),
)
_ITEMS = (
    Column("問", 8, "center"),
    Column("群", 7, "center"),
    Column("形式", 15),
    Column("配点", 9, "right"),
    Column("正答", 13),
    Column("正答率", 13, "right"),
    Column("識別", 12, "right"),
    Column("点双列", 12, "right"),
    Column("n", 10, "right"),
    Column("無答", 9, "right"),
    Column("印・扱い", 54),
)
_CHOICES = (
    Column("問", 8, "center"),
    Column("肢", 14),
    Column("印", 18),
    Column("人数", 10, "right"),
    Column("割合", 10, "right"),
    Column("上位", 10, "right"),
    Column("下位", 10, "right"),
    Column("合計の平均", 15, "right"),
    Column("肢の文", 50),
)
_BOXES = (
    Column("科目群", 14),
    Column("n", 10, "right"),
    *(Column(t, 15, "right") for t in ("最小", "第一四分位", "中央値", "第三四分位", "最大", "平均")),
)


def compose(report: AnalysisPaper, total: int) -> tuple[bytes, int]:
    """報告書を組み、PDF とページの数を返す。total は書き入れるページの総数。"""
    sheet = Paper(f"テスト分析報告書　{report.title}", "修了認定テストの分析")

    def footer(paper: Paper, page: int) -> None:
        right, left = A4[0] - 25 * MM, 25 * MM
        paper.draw_text(right, 13 * MM, f"{page}／{total}", 8, family=GOTHIC, align="right", color=GREY)
        fit = (right - left) * 0.9
        paper.draw_text(left, 13 * MM, report.audit_head, 6.5, family=GOTHIC, fit=fit, color=GREY)
        paper.emit(f"q 0.8 0.8 0.8 RG 0.4 w {left:.2f} {17 * MM:.2f} m {right:.2f} {17 * MM:.2f} l S Q")

    flow = Flow(sheet, footer)
    flow.line("テスト分析報告書", 15, align="center")
    flow.line(report.title, 11, align="center")
    flow.gap(8)
    flow.pairs((*report.facts, *_result(report)), 9.5)
    if report.analysis.figures.caution:
        flow.gap(6)
        flow.line(f"注意　{report.analysis.figures.caution}", 10, family=GOTHIC)
    for part in (_flagged, _reading, _spread, _groups, _reliability, _items, _choices, _rule):
        part(flow, report)
    flow.end_page()
    return sheet.finish(), flow.page - 1


def _result(report: AnalysisPaper) -> list[tuple[str, str]]:
    """初めの一枚で結果を言う：平均とばらつき、人数、信頼性。"""
    found = report.analysis.figures
    rows = []
    if found.mean is not None:
        spread = "" if found.deviation is None else f"（標準偏差{found.deviation:.1f}点）"
        rows.append(("平均", f"{found.mean:.1f}点{spread}、満点{found.full}点"))
    mark = "" if report.mark is None else f"（合格点{report.mark}点）"
    rows.append(("結果", f"{'、'.join(f'{name}{n}名' for name, n in report.counts)}{mark}"))
    if found.reliability.value is not None:
        told = f"{found.reliability.name} {found.reliability.value:.2f}"
        rows.append(("信頼性", f"{told}。{words.verdict(found.reliability, found.n)}"))
    return rows


def _heading(flow: Flow, text: str, room: float = SIZE * 7) -> None:
    flow.gap(13)
    flow.need(room)
    flow.line(text, 11, family=GOTHIC)
    flow.gap(2)


def _say(flow: Flow, text: str, size: float = 9) -> None:
    flow.paragraph(text, size, first="")


def _figures(item: ItemFigures) -> tuple[str, str, str]:
    rate, power, tie = item.correct_rate.value, item.discrimination.value, item.correlation.value
    return words.percent(rate), words.index(power), words.index(tie)


def _flagged(flow: Flow, report: AnalysisPaper) -> None:
    _heading(flow, "1　目を向けたい設問")
    if report.analysis.figures.n < FEWEST:
        _say(flow, "受験者が少ないため、設問の指数は出さず、印も付けません。")
        return
    treated = "、".join(f"問{q.number}（{q.treatment}）" for q in report.questions if q.treatment)
    if treated:
        _say(flow, f"扱いを変えて採点した設問：{treated}。ここと設問の図では、答案どおりの値を示します。")
    found = [q for q in report.questions if q.figures.flags]
    if not found:
        _say(flow, "目安から外れる設問はありません。")
        return
    severe = [q for q in found if q.figures.severe]
    first = "、".join(f"問{q.number}" for q in severe)
    _say(
        flow,
        f"{len(report.questions)}問のうち{len(found)}問が目安から外れています。"
        + (
            f"正答や問い方の誤りを疑うのは{len(severe)}問です（{first}）。"
            if severe
            else "誤りを疑う設問はありません。"
        ),
    )
    flow.gap(4)
    ordered = [*severe, *(q for q in found if not q.figures.severe)]
    flow.table(_FLAGGED, [_flagged_row(q) for q in ordered], 9, [_notes(q) for q in ordered])


def _flagged_row(q: AnalysedQuestion) -> tuple[str, ...]:
    shown = q.figures.untreated or q.figures
    return (str(q.number), q.group, "・".join(q.figures.flags), *_figures(shown), str(shown.n))


def _notes(q: AnalysedQuestion) -> list[str]:
    notes = [f"{words.advice(q.figures)}{words.lured_words(q.figures)}"]
    if q.treatment:
        notes.append(f"この設問は「{q.treatment}」として採点しています（上は答案どおりの値）。")
    if q.text:
        text = q.text.replace("\n", " ")
        notes.append(f"設問の文：{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}")
    return notes


def _reading(flow: Flow, report: AnalysisPaper) -> None:
    _heading(flow, "2　指数の読み方")
    flow.pairs(words.EXPLANATIONS, 8.5)
    flow.gap(3)
    _say(flow, words.SOURCES, 7.5)
    _say(
        flow,
        "n は、その値の計算に使った人の数です。20人未満の値は参考にとどめ、10人未満では出しません。",
        8.5,
    )


def _spread(flow: Flow, report: AnalysisPaper) -> None:
    found = report.analysis.figures
    _heading(flow, f"3　得点の分布（n={found.n}）", 230)
    if not report.analysis.distribution or not found.n:
        _say(flow, "得点のある人がいません。")
        return
    charts.histogram(flow, report.analysis.distribution, report.mark)
    if report.mark is not None:
        _say(flow, "破線は採用された合格点。濃い棒は、階級のすべてが合格点以上のもの。", 8.5)
    flow.gap(3)
    rows = [("平均", f"{found.mean:.2f}点（満点{found.full}点）")]
    if found.deviation is not None:
        rows.append(("標準偏差", f"{found.deviation:.2f}点（n−1）"))
    if found.box is not None:
        box = found.box
        rows.append(("最低・中央値・最高", f"{box.low:g}点・{box.median:g}点・{box.high:g}点"))
        rows.append(("中ほどの半数の人", f"{box.first:g}点〜{box.third:g}点"))
    rows.append(
        (
            "歪度",
            words.with_reason(
                found.skewness, f"{words.index(found.skewness.value)}{words.reference(found.n)}"
            ),
        )
    )
    flow.pairs(rows, 9.5)


def _groups(flow: Flow, report: AnalysisPaper) -> None:
    found = report.analysis.boxes
    if not found:
        return
    _heading(flow, "4　科目群ごとの得点率", 120 + 24 * len(found))
    charts.boxes(flow, {f"科目群{group}": box for group, box in found.items()})
    _say(
        flow,
        "箱は中ほどの半数の人、太い線は中央値、ひげは最小と最大、黒い点は平均。満点の違う科目群も同じ目盛で比べられます。",
        8.5,
    )
    flow.gap(3)
    flow.table(_BOXES, [_box_row(f"科目群{group}", b) for group, b in found.items()])
    _abilities(flow, report)


def _abilities(flow: Flow, report: AnalysisPaper) -> None:
    """測る能力ごとの得点率（能力を定めた設問があるときだけ）。"""
    found = {ABILITIES[a]: box for a, box in report.analysis.abilities.items()}
    if not found:
        return
    flow.gap(8)
    flow.need(110 + 24 * len(found))
    flow.line("測る能力ごとの得点率", 9.5, family=GOTHIC)
    charts.boxes(flow, found)
    told = [f"{a}は{n}問" for a in found if (n := sum(q.ability == a for q in report.questions))]
    none = sum(not q.ability for q in report.questions)
    _say(flow, f"{'、'.join(told)}{f'。能力を定めていない設問が{none}問あります' if none else ''}。", 8.5)
    flow.gap(3)
    columns = (Column("測る能力", 38), *_BOXES[1:])
    flow.table(columns, [_box_row(name, b) for name, b in found.items()])


def _box_row(name: str, b: Box) -> tuple[str, ...]:
    shown = (b.low, b.first, b.median, b.third, b.high, b.mean)
    return (name, str(b.n), *(f"{v:.1f}%" for v in shown))


def _reliability(flow: Flow, report: AnalysisPaper) -> None:
    found, n = report.analysis.figures.reliability, report.analysis.figures.n
    _heading(flow, f"5　信頼性（n={n}）")
    rows = [
        (
            "信頼性係数",
            f"{words.reliability_words(found)}{words.reference(n) if found.value is not None else ''}",
        )
    ]
    if found.measurement is not None:
        rows.append(("測定の標準誤差", f"{found.measurement:.2f}点{words.reference(n)}"))
    if found.value is not None:
        rows.append(("読み方", words.verdict(found, n)))
    flow.pairs(rows, 9.5)
    if report.mark is not None and found.measurement is not None:
        low, high = report.mark - found.measurement, report.mark + found.measurement
        _say(
            flow,
            f"合格点{report.mark}点の前後{found.measurement:.1f}点（{low:.1f}〜{high:.1f}点）にいる人は{report.near}名です。慎重に見ます。",
        )
    if found.items < len(report.questions):
        _say(flow, f"一人でも除外された設問を除き、{found.items}問で求めました。", 8.5)


def _spots(questions: Iterable[AnalysedQuestion]) -> list[charts.Spot]:
    spots = []
    for q in questions:
        shown = q.figures.untreated or q.figures
        rate, power = shown.correct_rate.value, shown.discrimination.value
        if rate is not None and power is not None:
            weight = 2 if q.figures.severe else 1 if q.figures.flags else 0
            spots.append(charts.Spot(q.number, rate, power, weight))
    return spots


def _items(flow: Flow, report: AnalysisPaper) -> None:
    spots = _spots(report.questions)
    _heading(flow, "6　設問の図と一覧", 310 if spots else SIZE * 7)
    if spots:
        charts.item_map(flow, spots, (HARD, EASY, WEAK))
        _say(
            flow,
            "数は設問の番号。赤い丸は誤りを疑う設問、二重丸は目を向けたい設問、白い丸はふつうの設問。"
            f"破線は目安（正答率{HARD:.0%}と{EASY:.0%}、識別指数{WEAK}）。",
            8.5,
        )
        flow.gap(4)
    flow.table(_ITEMS, [_item_row(q) for q in report.questions], 8.5)


def _item_row(q: AnalysedQuestion) -> tuple[str, ...]:
    marks = [*([q.treatment] if q.treatment else []), *q.figures.flags]
    return (
        str(q.number), q.group, q.kind, str(q.points), q.key, *_figures(q.figures), str(q.figures.n),
        str(q.figures.missing), "・".join(marks),
    )  # fmt: skip


def _choices(flow: Flow, report: AnalysisPaper) -> None:
    if not any(q.figures.choices for q in report.questions):
        return
    _heading(flow, "7　肢の表")
    _say(flow, "どの肢を何人が選んだか。記述の設問は、得点の帯ごとの人数です。", 8.5)
    flow.gap(3)
    rows = []
    for q in report.questions:
        for c in q.figures.choices:
            shown = (words.percent(c.share), words.percent(c.upper), words.percent(c.lower))
            mean = words.NONE if c.mean is None else f"{c.mean:.1f}"
            rows.append(
                (
                    str(q.number),
                    c.label,
                    words.choice_mark(c),
                    str(c.n),
                    *shown,
                    mean,
                    q.texts.get(c.label, ""),
                )
            )
    told = any(row[-1] for row in rows)
    flow.table(
        _CHOICES if told else _CHOICES[:-1], rows if told else [row[:-1] for row in rows], 8.5, together=True
    )


def _rule(flow: Flow, report: AnalysisPaper) -> None:
    _heading(flow, "8　合格の基準と人数")
    flow.pairs(report.rule, 9.5)
    flow.gap(4)
    flow.table(
        (Column("区分", 60), Column("人数", 20, "right")), [(name, f"{n}名") for name, n in report.counts], 9
    )

"""テスト分析のブック：概要・設問・選択肢・得点分布の四枚。数は数のまま、書式を付けて書く。"""

from collections.abc import Mapping
from math import ceil

from app.documents.analysis import AnalysedQuestion, AnalysisPaper
from app.domain import analysis_words as words
from app.domain.abilities import ABILITIES
from app.domain.item_analysis import Figure, TestFigures
from app.domain.spread import Box
from app.workbooks.packing import Page, Value
from app.workbooks.writing import Column, table_page

Line = tuple[str, Value, str]

_ITEMS = (
    Column("問", "integer", 6),
    Column("科目群", "text", 9),
    Column("形式", "text", 13),
    Column("配点", "integer", 7),
    Column("正答", "text", 12),
    Column("n", "integer", 8),
    Column("無答", "integer", 8),
    Column("除外", "integer", 8),
    Column("正答率（得点率）", "percent", 11),
    Column("識別指数", "index", 11),
    Column("点双列（項目合計相関）", "index", 14),
    Column("印", "text", 34),
    Column("能力", "text", 24),
    Column("扱い", "text", 16),
    Column("正答率（答案どおり）", "percent", 13),
    Column("点双列（答案どおり）", "index", 13),
    Column("設問の文", "long", 48),
)
_CHOICES = (
    Column("問", "integer", 6),
    Column("肢", "text", 12),
    Column("印", "text", 14),
    Column("人数", "integer", 9),
    Column("割合", "percent", 10),
    Column("上位25％", "percent", 11),
    Column("下位25％", "percent", 11),
    Column("選んだ人の合計の平均", "decimal", 14),
    Column("肢の文", "long", 48),
)
_CLASSES = (
    Column("下限（点）", "integer", 12),
    Column("上限（点）", "integer", 12),
    Column("人数", "integer", 10),
    Column("割合", "percent", 10),
    Column("累積の割合", "percent", 12),
)
_BOXES = (
    Column("科目群", "text", 10),
    Column("n", "integer", 8),
    *(Column(t, "percent", 12) for t in ("最小", "第一四分位", "中央値", "第三四分位", "最大", "平均")),
)


def analysis_pages(report: AnalysisPaper) -> list[Page]:
    """報告書のシート。"""
    notes = _notes(report)
    return [
        _summary(report),
        table_page("設問", _ITEMS, [_item_row(q) for q in report.questions], notes),
        table_page("選択肢", _CHOICES, [row for q in report.questions for row in _choice_rows(q)], notes),
        _distribution(report, notes),
    ]


def _notes(report: AnalysisPaper) -> list[str]:
    caution = report.analysis.figures.caution
    return [f"{report.title}　n={report.analysis.figures.n}", *([f"注意　{caution}"] if caution else [])]


def _value(figure: Figure) -> Value:
    """指数の値。出せなければ理由の言葉。"""
    return figure.value if figure.value is not None else f"{words.NONE}（{figure.reason}）"


def _item_row(q: AnalysedQuestion) -> tuple[Value, ...]:
    f = q.figures
    plain = f.untreated
    return (
        q.number, q.group, q.kind, q.points, q.key, f.n, f.missing, f.excluded, _value(f.correct_rate),
        _value(f.discrimination), _value(f.correlation), "・".join(f.flags), q.ability, q.treatment,
        None if plain is None else _value(plain.correct_rate),
        None if plain is None else _value(plain.correlation), q.text,
    )  # fmt: skip


def _choice_rows(q: AnalysedQuestion) -> list[tuple[Value, ...]]:
    return [
        (q.number, c.label, words.choice_mark(c), c.n, c.share, c.upper, c.lower, c.mean, q.texts.get(c.label, ""))
        for c in q.figures.choices
    ]  # fmt: skip


def _test_lines(f: TestFigures) -> list[Line]:
    """テスト全体の値（項目, 値, 見た目）。"""
    lines: list[Line] = [
        ("受験者（n）", f.n, "integer"),
        ("満点", f.full, "integer"),
        ("平均", f.mean, "decimal"),
    ]
    lines.append(("標準偏差（n−1）", f.deviation, "decimal"))
    if f.box is not None:
        for title, value in (
            ("最低", f.box.low), ("第一四分位", f.box.first), ("中央値", f.box.median), ("第三四分位", f.box.third),
            ("最高", f.box.high),
        ):  # fmt: skip
            lines.append((title, value, "decimal"))
    found = f.reliability
    lines.append(("歪度（G1）", _value(f.skewness), "index"))
    lines.append((f"信頼性係数（{found.name}）", _value(Figure(found.value, found.reason)), "index"))
    lines.append(("信頼性係数の設問の数", found.items, "integer"))
    if found.interval is not None:
        lines.append(("信頼性係数の標準誤差", found.error, "decimal"))
        lines.append(("95％信頼区間の下限", found.interval[0], "index"))
        lines.append(("95％信頼区間の上限", found.interval[1], "index"))
    lines.append(("測定の標準誤差（点）", found.measurement, "index"))
    return lines


def _summary(report: AnalysisPaper) -> Page:
    """概要：テスト、全体の値、合格の基準と人数、読み方。"""
    flagged = [q for q in report.questions if q.figures.severe]
    doubt = "、".join(f"問{q.number}" for q in flagged) or "なし"
    lines: list[Line] = [(name, value, "text") for name, value in report.facts]
    lines.append(("正答や問い方の誤りを疑う設問", doubt, "reason" if flagged else "text"))
    lines += _test_lines(report.analysis.figures)
    lines += [(name, value, "text") for name, value in report.rule]
    lines += [(f"人数：{name}", n, "integer") for name, n in report.counts]
    rows: list[list[tuple[Value, str] | None]] = [[("テスト分析報告書", "title")]]
    rows += [[(note, "note")] for note in (*_notes(report), report.audit_head)]
    heading = len(rows) + 1
    rows.append([("項目", "heading"), ("値", "heading")])
    rows += [[(name, "text"), (value, style)] for name, value, style in lines]
    rows += [[None], [("読み方", "heading"), ("説明", "heading")]]
    heights = {}
    for name, text in (*words.EXPLANATIONS, ("出所", words.SOURCES)):
        rows.append([(name, "text"), (text, "text")])
        heights[len(rows)] = 18.0 * ceil(len(text) / 36)
    return Page("概要", rows, [30, 72], heading, heights=heights, portrait=True)


def _box_lines(name: str, boxes: Mapping[str, Box]) -> list[list[tuple[Value, str] | None]]:
    """分け方（name）ごとの五数要約の行。"""
    lines: list[list[tuple[Value, str] | None]] = [
        [None],
        [(f"{name}ごとの得点率（満点に対する割合）", "note")],
        [(name if i == 0 else c.title, "heading") for i, c in enumerate(_BOXES)],
    ]
    for title, b in boxes.items():
        shown = (b.low, b.first, b.median, b.third, b.high, b.mean)
        values: list[Value] = [title, b.n, *(v / 100 for v in shown)]
        lines.append([(v, c.style) for v, c in zip(values, _BOXES, strict=True)])
    return lines


def _distribution(report: AnalysisPaper, notes: list[str]) -> Page:
    """得点分布：階級ごとの人数と、科目群ごとの五数要約。"""
    n, so_far, rows = report.analysis.figures.n, 0, []
    for low, high, count in report.analysis.distribution:
        so_far += count
        rows.append((low, high, count, count / n if n else None, so_far / n if n else None))
    page = table_page("得点分布", _CLASSES, rows, notes)
    found = report.analysis
    below = _box_lines("科目群", {f"科目群{g}": b for g, b in found.boxes.items()})
    if found.abilities:
        below += _box_lines("測る能力", {ABILITIES[a]: b for a, b in found.abilities.items()})
    first = 24 if found.abilities else 12
    return Page(
        page.name, [*page.rows, *below], [first, 12, 12, 12, 12, 12, 12, 12], page.heading_row,
        heights=page.heights, portrait=True,
    )  # fmt: skip

"""統計：関門ごとの人数、理由、合格率、年度ごとの認証、更新の波。数えられないものは空（0 と分ける）。"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.calendar import fiscal_year, wareki

Cell = str | int | float | date | None

EMPTY = "（記載なし）"
# 関門（鍵, 見出し）。左から順に進む
GATES = (
    ("applied", "申込"),
    ("eligible", "受講決定"),
    ("course1", "養成課程①"),
    ("practice", "実践"),
    ("course2", "養成課程②"),
    ("passed", "テスト合格"),
    ("certified", "認証"),
)
WITHDRAWN = ("withdrawn", "辞退")
COHORT, NATIONALITY = "研修期", "国籍"
_FIGURES = (*GATES, WITHDRAWN)
# 一つの図に並べる研修期と国籍の数
_COHORTS, _ITEMS = 4, 12


@dataclass(frozen=True)
class Heading:
    """表の一列。kind は text・count（人数）・rate（0〜1）・day。"""

    title: str
    kind: str = "count"


@dataclass(frozen=True)
class Table:
    """統計の表一つ。行の数の空（None）は、まだ数えられないもの。"""

    title: str
    note: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """表を見せる図。

    kind は columns（縦の棒）・bars（横の棒）・stacked（積んだ縦の棒）・rate（割合の縦の棒）。
    label は名の列、columns は値の列、rows は表の行の始まりと終わり（終わりは含まない）。
    by_row が真なら、一行が一つの系列で、値の列の見出しが横に並ぶ。
    """

    title: str
    table: int
    kind: str
    label: int
    columns: tuple[int, ...]
    rows: tuple[int, int]
    by_row: bool = False


@dataclass(frozen=True)
class Statistics:
    """統計一式。"""

    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Applicant:
    """申込一件。items は分け方（研修期・国籍…）からその人の項目、passed は越えた関門と辞退の鍵。"""

    cohort: int
    items: Mapping[str, Sequence[str]]
    passed: frozenset[str]


@dataclass(frozen=True)
class TestCount:
    """修了認定テスト一つの人数。決定がまだなら examined と passed は空、テストがなければ title と held_on も空。"""

    __test__ = False  # 試験の道具が試験のクラスと取り違えないように

    cohort: str
    title: str
    held_on: date | None
    examined: int | None
    passed: int | None


@dataclass(frozen=True)
class Life:
    """一つの認証。ends_on は有効でなくなる初めの日、fate は有効なら valid、終わったなら終わり方。"""

    certified_on: date
    renewals: tuple[date, ...]
    ends_on: date
    fate: str


@dataclass(frozen=True)
class Wave:
    """一つの満了日の人数。"""

    expires_on: date
    certified: int
    renewed: int
    lapsing: int
    lapsed: int
    ended: int


def year_words(year: int) -> str:
    """年度の言葉（令和7年度）。"""
    return wareki(date(year, 5, 1)).split("年")[0] + "年度"


Begun = Mapping[int, frozenset[str]]


def _figures(facts: Iterable[Applicant], begun: Begun) -> tuple[int | None, ...]:
    """一つの項目の関門ごとの人数。その関門がどの研修期でもまだ始まっていなければ空。"""
    counts: Counter[str] = Counter()
    open_gates: set[str] = {"applied", "withdrawn"}
    for fact in facts:
        gates = begun.get(fact.cohort, frozenset()) | {"applied", "withdrawn"}
        open_gates |= gates
        counts.update((fact.passed | {"applied"}) & gates)
    return tuple(counts[key] if key in open_gates else None for key, _ in _FIGURES)


def gates_table(facts: Sequence[Applicant], begun: Begun, dimensions: Sequence[str]) -> Table:
    """分け方ごと・項目ごとの、関門の人数。研修期は facts の順、ほかは申込の多い順。"""
    rows: list[tuple[Cell, ...]] = []
    for dimension in dimensions:
        groups: dict[str, list[Applicant]] = {}
        for fact in facts:
            for item in fact.items[dimension]:
                groups.setdefault(item, []).append(fact)
        names = list(groups)
        if dimension != COHORT:
            names.sort(key=lambda name: (name == EMPTY, -len(groups[name]), name))
        rows += [(dimension, name, *_figures(groups[name], begun)) for name in names]
    rows.append(("合計", "", *_figures(facts, begun)))
    headings = (Heading("区分", "text"), Heading("項目", "text"), *(Heading(words) for _, words in _FIGURES))
    note = "養成課程①〜テスト合格は辞退した人を除きます。国家資格は、複数を持つ人を重ねて数えます。"
    return Table("統計", note, headings, tuple(rows))


def reasons_table(counts: Sequence[tuple[str, str, int | None]]) -> Table:
    """理由ごとの人数（区分, 理由, 人数）。"""
    headings = (Heading("区分", "text"), Heading("理由", "text"), Heading("人数"))
    note = "受講資格の理由は、一人に二つ以上あれば、それぞれに数えます。"
    return Table("理由", note, headings, tuple(counts))


def tests_table(tests: Sequence[TestCount]) -> Table:
    """修了認定テストの合格率。"""
    headings = (
        Heading(COHORT, "text"), Heading("テスト", "text"), Heading("実施日", "day"),
        Heading("受験"), Heading("合格"), Heading("合格率", "rate"),
    )  # fmt: skip
    rows = tuple(
        (t.cohort, t.title, t.held_on, t.examined, t.passed, t.passed / t.examined if t.examined and t.passed is not None else None)
        for t in tests
    )  # fmt: skip
    return Table("合格率", "受験は、得点のある人です。合格の決定がまだのテストは数えません。", headings, rows)


def years_table(lives: Sequence[Life], day: date) -> Table:
    """年度ごとの認証・更新・終わり方と、年度末（今の年度は基準日）に有効な認証。"""
    headings = (
        Heading("年度", "text"), Heading("認証"), Heading("更新"), Heading("失効"), Heading("取消し"),
        Heading("返納・死亡"), Heading("年度末の有効"),
    )  # fmt: skip
    if not lives:
        return Table("年度別", _YEARS_NOTE, headings, ())
    counts: Counter[tuple[int, str]] = Counter()
    for life in lives:
        counts[fiscal_year(life.certified_on), "certified"] += 1
        counts.update((fiscal_year(r), "renewed") for r in life.renewals)
        if life.fate != "valid":
            # 失効は、満了した日（有効でなくなる日の前の日）の年度に数える
            last = date.fromordinal(life.ends_on.toordinal() - (life.fate == "expired"))
            fate = "closed" if life.fate in ("returned", "died") else life.fate
            counts[fiscal_year(last), fate] += 1
    rows: list[tuple[Cell, ...]] = []
    for year in range(fiscal_year(min(life.certified_on for life in lives)), fiscal_year(day) + 1):
        end = min(date(year + 1, 3, 31), day)
        valid = sum(life.certified_on <= end < life.ends_on for life in lives)
        kinds = ("certified", "renewed", "expired", "revoked", "closed")
        rows.append((year_words(year), *(counts[year, kind] for kind in kinds), valid))
    return Table("年度別", _YEARS_NOTE, headings, tuple(rows))


_YEARS_NOTE = "議決の変更で無効となった認証は数えません。今の年度の有効は、基準日の人数です。"


def waves_table(waves: Sequence[Wave], day: date) -> Table:
    """満了日ごとの更新。更新率は、満了日を過ぎるまで空。"""
    headings = (
        Heading("満了日", "day"), Heading("対象"), Heading("更新"), Heading("未更新（有効）"), Heading("失効"),
        Heading("取消し・返納など"), Heading("更新率", "rate"),
    )  # fmt: skip
    rows = tuple(
        (w.expires_on, w.certified, w.renewed, w.lapsing, w.lapsed, w.ended, _rate(w) if w.expires_on < day else None)
        for w in waves
    )  # fmt: skip
    note = "更新率は、取消し・返納などで終わった人を除いた割合です。満了日を過ぎてから出します。"
    return Table("更新", note, headings, rows)


def _rate(wave: Wave) -> float | None:
    able = wave.certified - wave.ended
    return wave.renewed / able if able else None


def pictures_of(tables: Sequence[Table]) -> tuple[Picture, ...]:
    """表（統計・理由・合格率・年度別・更新の順）の図。行のない表の図は作らない。"""
    gates, reasons, tests, years, waves = tables
    found = []
    first, last = _span(gates, COHORT)
    if last > first:
        shown = (max(first, last - _COHORTS), last)
        found.append(Picture("研修期ごとの、関門の人数", 0, "columns", 1, tuple(range(2, 9)), shown, True))
    first, last = _span(gates, NATIONALITY)
    if last > first:
        shown = (first, min(last, first + _ITEMS))
        found.append(Picture("国籍ごとの、申込と認証", 0, "bars", 1, (2, 8), shown))
    if reasons.rows:
        found.append(Picture("理由ごとの人数", 1, "bars", 1, (2,), (0, len(reasons.rows))))
    found.append(Picture("修了認定テストの合格率", 2, "rate", 0, (5,), (0, len(tests.rows))))
    found.append(Picture("年度ごとの認証・更新と、年度末に有効な認証", 3, "columns", 0, (1, 2, 6), (0, len(years.rows))))  # fmt: skip
    found.append(Picture("満了日ごとの更新", 4, "stacked", 0, (2, 3, 4, 5), (0, len(waves.rows))))
    return tuple(p for p in found if p.rows[1] > p.rows[0])


def _span(table: Table, dimension: str) -> tuple[int, int]:
    """その区分の行の始まりと終わり。"""
    places = [n for n, row in enumerate(table.rows) if row[0] == dimension]
    return (places[0], places[-1] + 1) if places else (0, 0)

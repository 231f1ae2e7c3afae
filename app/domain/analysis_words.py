"""分析の言葉：指数の読み方と、目を向けたい設問の言い方。報告書の紙とブックと画面が同じ言葉を使う。"""

from app.domain.choice_table import ChoiceFigures
from app.domain.item_analysis import EASY, FEW, HARD, WEAK, Figure, Flag, ItemFigures
from app.domain.reliability import Reliability

NONE = "—"
# 信頼性係数の慣行の目安（要綱にはない）：個人の合否に使う値と、それより低いと慎重に見る値
FIRM, LOOSE = 0.8, 0.7
EXPLANATIONS: tuple[tuple[str, str], ...] = (
    (
        "正答率",
        "その設問の得点を配点で割った値の平均です。一つ選ぶ設問では、当たった人の割合になります。記述では得点率です。"
        f"{EASY:.0%}以上は易しく、{HARD:.0%}未満は難しい設問です。",
    ),
    (
        "識別指数",
        "合計点の上位25％の人と下位25％の人の、その設問の得点率の差です（−1〜1）。よくできる人ほど当たる設問で大きくなります。"
        f"{WEAK}未満は見分ける力が弱く、負なら、よくできる人ほど外れています。境に同点の人がいるときは、残りの席を等しく分けます。",
    ),
    (
        "点双列（項目合計相関）",
        "その設問の得点と、その設問を除いた合計点との相関です（−1〜1）。負なら、正答の誤りや問い方のまぎらわしさを疑います。",
    ),
    (
        "KR-20・α（信頼性係数）",
        f"設問どうしがどれだけそろって力を測っているかです（1に近いほどよい）。{FIRM}以上なら個人の合否に使う目安とされ、"
        f"{LOOSE}未満なら合否の境の人は慎重に見ます。設問が少ないと低く出ます。",
    ),
    (
        "測定の標準誤差",
        "同じ力の人が受け直したときの、点のぶれの大きさです。合格点からこの幅の中にいる人は、まぐれで合否が分かれた人を含みます。",
    ),
    (
        "歪度",
        "分布の傾きです。負なら高い点に人が集まって低い点に裾を引き、正ならその逆です。",
    ),
    (
        "上位・下位",
        "肢の表では、上位25％・下位25％の人のうち、その肢を選んだ人の割合です。正答は上位で高く、ほかの肢は下位で高いのがふつうです。",
    ),
)
SOURCES = (
    "識別指数：Kelley (1939) の上位・下位群（割合は慣行の25％）。点双列：Henrysson (1963) の補正。"
    "標準偏差と分散は n−1 で割る。四分位数は Hyndman & Fan (1996) の第7式。歪度は G1（Joanes & Gill 1998）。"
    "αの標準誤差と95％信頼区間は Duhachek & Iacobucci (2004)。"
    "目安は慣行によるもので、要綱の定めではありません。"
)
ADVICE = {
    Flag.NEGATIVE: "よくできる人ほど外しています。正答と問い方を確かめてください。",
    Flag.REVERSED: "上位の人が下位の人より外しています。正答と問い方を確かめてください。",
    Flag.LURED: "正答より多く選ばれた肢があります。正答と、その肢の書き方を確かめてください。",
    Flag.HARD: "当たった人がわずかです。教えた範囲か、問い方が難しすぎないかを確かめてください。",
    Flag.EASY: "ほとんどの人が当たり、差が付きません。",
    Flag.WEAK: "よくできる人とそうでない人を、あまり見分けていません。",
    Flag.UNANSWERED: "答えなかった人が多い設問です。時間と問い方を確かめてください。",
}


def percent(value: float | None) -> str:
    """割合（0〜1）を％で。なければ「—」。"""
    return NONE if value is None else f"{value * 100:.0f}%"


def index(value: float | None) -> str:
    """指数を小数二桁で。なければ「—」。"""
    return NONE if value is None else f"{value:.2f}"


def with_reason(figure: Figure, shown: str) -> str:
    """指数の言葉。出せなければ「—」と理由。"""
    return shown if figure.value is not None else f"{NONE}（{figure.reason}）"


def reference(n: int) -> str:
    """人数が少ないときに指数へ添える言葉。"""
    return "（参考値）" if n < FEW else ""


def choice_mark(choice: ChoiceFigures) -> str:
    """肢の印の言葉。"""
    if choice.key:
        return "正答"
    return "正答より多い" if choice.lured else ""


def advice(item: ItemFigures) -> str:
    """目を向けたい設問について、何を確かめるか（最も重い印のもの）。"""
    return ADVICE[item.flags[0]] if item.flags else ""


def lured_words(item: ItemFigures) -> str:
    """正答より多く選ばれた肢の言葉（なければ空）。"""
    keys = [f"正答{c.label} {c.n}名（{percent(c.share)}）" for c in item.choices if c.key]
    more = [f"{c.label} {c.n}名（{percent(c.share)}）" for c in item.choices if c.lured]
    return f"{'、'.join(keys)}より、{'、'.join(more)}が多い。" if more else ""


def verdict(found: Reliability, n: int) -> str:
    """信頼性係数の値が、慣行の目安のどこにあるか。"""
    if found.value is None:
        return ""
    if n < FEW:
        return "人数が少ないため、参考にとどめます。"
    if found.value >= FIRM:
        return f"個人の合否に使う目安（{FIRM}）に届いています。"
    least = f"目安（{FIRM}）より低く、" if found.value >= LOOSE else f"低い値（{LOOSE}未満）のため、"
    return f"{least}合格点に近い人は慎重に見ます。"


def reliability_words(found: Reliability) -> str:
    """信頼性係数と標準誤差、95％信頼区間の言葉。"""
    if found.value is None or found.error is None or found.interval is None:
        return f"{found.name} {NONE}（{found.reason}）"
    low, high = found.interval
    return (
        f"{found.name} {found.value:.2f}（標準誤差 {found.error:.3f}、95％信頼区間 {low:.2f}〜{high:.2f}、"
        f"{found.items}問）"
    )

"""取り替えても意味の変わらない比較（モジュール, 行, 演算子, 行の中の何番目か）と、その理由。"""

_ORDER = "早く閉じても後の merge がつなぎ直す。同じ日では閉じる端が先に並ぶので、空の区間は起こらない"
_SHORT_CUT = "近道であり、通らなくても同じ答えになる"
EQUIVALENT: dict[tuple[str, str, str, int], str] = {
    ("spans", "if last > runs[-1][1]:", ">", 1): "等しければ、同じ終わりを書くだけ",
    ("spans", "elif depth + step < 2 <= depth and begun < day:", "<", 1): _ORDER,
    ("spans", "elif depth + step < 2 <= depth and begun < day:", "<", 2): _ORDER,
    ("spans", "if len(wanted) <= 1 and not listed:", "<=", 1): _SHORT_CUT,
    ("spans", "if lacking <= 0:", "<=", 1): "0 日を置いても何も変わらない",
    (
        "committee",
        'carried = votes_for * 2 > voters if majority == "of_present" else votes_for > votes_against',
        ">",
        2,
    ): "同数は、ここに来る前に可否同数として分かれている",
}

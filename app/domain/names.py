"""氏名：打たれたまま保つ。探すための鍵だけを、書き方の違いを畳んで作る。"""

import unicodedata

# 同じ人の名に現れる異体字。左の字はどれも右の字として探す（保存や印刷には使わない）。
_VARIANTS = {
    "高": "髙",
    "崎": "﨑碕嵜",
    "辺": "邊邉",
    "斎": "齋齊斉",
    "沢": "澤",
    "浜": "濵濱",
    "吉": "𠮷",
    "神": "\ufa19",
    "桜": "櫻",
    "島": "嶋嶌",
    "広": "廣",
    "国": "國",
    "富": "冨",
    "曽": "曾",
    "恵": "惠",
    "真": "眞",
    "徳": "德",
    "瀬": "瀨",
    "滝": "瀧",
    "槙": "槇",
    "条": "條",
    "関": "關",
    "円": "圓",
    "塩": "鹽",
    "応": "應",
    "栄": "榮",
    "学": "學",
    "芸": "藝",
    "実": "實",
    "寿": "壽",
    "竜": "龍",
    "渡": "渡",
    "与": "與",
    "万": "萬",
    "弥": "彌",
    "寛": "寬",
    "晴": "\ufa12",
    "都": "\ufa26",
    "福": "\ufa1b",
    "靖": "\ufa1c",
    "祥": "\ufa1a",
    "隆": "\uf9dc",
    "諸": "\ufa22",
    "館": "\ufa2c",
    "閒": "間",
    "葛": "\U000257ad",
    "辻": "\u8fbb",
    "張": "张",
    "陳": "陈",
    "劉": "刘",
    "楊": "杨",
    "趙": "赵",
    "黄": "黃",
    "呉": "吳",
    "孫": "孙",
    "馬": "马",
    "羅": "罗",
    "鄭": "郑",
    "韓": "韩",
    "葉": "叶",
    "偉": "伟",
    "華": "华",
}
_FOLD = {ord(v): base for base, variants in _VARIANTS.items() for v in variants if v != base}
_FOLD |= {code: chr(code + 0x60) for code in range(0x3041, 0x3097)}  # ひらがな → カタカナ
# 発音の区切りに書く記号と、伸ばす音の書き方の違い
_LONG = str.maketrans({"‐": "ー", "−": "ー", "ｰ": "ー", "―": "ー"})
_STROKES = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _latin_plain(text: str) -> str:
    """ラテン文字の付加記号だけを外す（かなの濁点や他の文字の記号は残す）。"""
    out: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char) == "Mn" and out and out[-1].isascii():
            continue
        out.append(char)
    return unicodedata.normalize("NFC", "".join(out))


def search_key(text: str) -> str:
    """書き方の違い（全角・かな・大小・付加記号・空白・異体字・異体字選択子）を畳んだ、探すための鍵。"""
    bare = "".join(c for c in text if not _is_selector(c)).translate(_FOLD)
    wide = unicodedata.normalize("NFKC", bare).translate(_LONG).casefold().translate(_STROKES)
    folded = _latin_plain(wide).translate(_FOLD)
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM" or c == "ー")


def grams(key: str) -> tuple[str, ...]:
    """鍵の一字と、隣り合う二字の組（検索の索引に入れる、重なりなし）。"""
    return tuple(dict.fromkeys([*key, *(key[i : i + 2] for i in range(len(key) - 1))]))


def name_problems(text: str) -> tuple[str, ...]:
    """氏名として受け取れない文字の説明。空なら受け取れる。字は直さない。"""
    found = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Cc", "Cs", "Cn", "Co") or (category == "Cf" and char not in "\u200c\u200d"):
            found.append(f"U+{ord(char):04X}")
    return tuple(dict.fromkeys(found))

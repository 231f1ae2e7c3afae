"""氏名：打たれたまま保つ。探すための鍵だけを、書き方の違いを畳んで作る。"""

import re
import unicodedata

# 人の名に現れる異体字（旧字体・俗字・中国の簡体字）。語の先頭の字として探す（保存や印刷には使わない）。
# 互換漢字（神 U+FA19 など）は NFKC が畳むので、ここには置かない。
_VARIANTS = """
    高髙 崎﨑碕嵜 辺邊邉 斎齋齊斉 沢澤 浜濵濱 吉𠮷 桜櫻 島嶋嶌 広廣 国國圀 富冨 曽曾 恵惠 真眞 徳德 瀬瀨
    滝瀧 槙槇 条條 関關 円圓 塩鹽 応應 栄榮荣 学學 芸藝 実實 寿壽 竜龍龙 与與 万萬 弥彌 寛寬 間閒 渋澁澀
    豊豐 彦彥 静靜 清淸 教敎 礼禮 禄祿 蔵藏 峰峯 巌巖 岳嶽 亀龜 鴎鷗 遥遙 穂穗 荘莊 桧檜 萌萠 会會 図圖
    青靑 淵渕渊 郷鄕鄉 緒緖 増增 黒黑 薫薰 昇曻 鉄鐵銕 仏佛 涛濤 横橫 宝寶寳 館舘 藪薮 頼賴 鶴靏靎 尚尙
    悦悅 歩步 柳栁桺 桑桒 船舩 喜㐂 松枩 梅楳 野埜 来來 児兒 衛衞 亘亙 土圡 郎郞 峡峽 蛍螢 灯燈 経經 総總
    絵繪 継繼 続續 沖冲 涼凉 凛凜 尭堯 晃晄 稲稻 篭籠 糸絲 声聲 聡聰 遠逺 隠隱 霊靈 顕顯 駅驛 麦麥
    黄黃 歳歲 剣劍 労勞 勲勳 厳嚴严 双雙 号號 団團 奥奧 姫姬 嬢孃 将將 当當 悪惡 戦戰 択擇 担擔 拠據 挙擧
    旧舊 昼晝 晩晚 暁曉晓 枢樞 栃杤 検檢 楼樓 楽樂 権權 欧歐 歓歡 気氣 渓溪谿 浄淨 済濟 満滿 焼燒 献獻
    畳疊 県縣 砕碎 禅禪 称稱 粛肅 縄繩 聴聽 茎莖 処處 覚覺 観觀 訳譯 誉譽 証證 読讀 賛贊 転轉 軽輕 逸逸
    酔醉 釈釋 鈴铃 銭錢钱 録錄 随隨 鶏鷄 麹麴 点點 祢禰 祷禱 桝枡 呂吕 内內 毎每 為爲 弁辨辯瓣
    張张 陳陈 劉刘 楊杨 趙赵 呉吳吴 孫孙 馬马 羅罗 鄭郑 韓韩 葉叶 偉伟 華华 許许 謝谢 馮冯 鄧邓 蘇苏 盧卢
    蔣蒋 賈贾 閻阎 湯汤 賀贺 顧顾 龔龚 譚谭 鄒邹 陸陆 蕭萧 麗丽 紅红 軍军 強强 東东 義义 慶庆 飛飞 鵬鹏
    鳳凤 蘭兰 穎颖 潔洁 勝胜 橋桥 陽阳 雲云 鐘钟 賢贤 瑩莹 寧宁 傑杰 連连 業业 興兴 亜亞亚 純纯 紀纪 範范
"""
_FOLD = {ord(v): word[0] for word in _VARIANTS.split() for v in word[1:]}
_FOLD |= {code: chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}  # ひらがな → カタカナ
# かなに続く横棒は伸ばす音の書き違いとみなす。ほかの横棒（ローマ字の名のつなぎ）は区切りで、鍵に入れない
_LONG = re.compile("(?<=[ァ-ヺー])[‐‒–—―−]")
_STROKES = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
)
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # 字のように数えられるが見えないもの
_LOST = "\ufffd〓"  # 読めなかった字の跡


_GROUPS = {char: word for word in _VARIANTS.split() for char in word}


def kanji_variants(char: str) -> tuple[str, ...]:
    """同じ字とみなす異体の漢字（自分は除く、標準の字が先）。知らない字なら空。"""
    return tuple(c for c in _GROUPS.get(char, "") if c != char)


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


def _is_searched(char: str) -> bool:
    # U+02B0〜02FF はローマ字の名に付く引用符に似た字（Oʻgʻli）で、打つ人により記号になる
    return unicodedata.category(char)[0] in "LNM" and not "\u02b0" <= char <= "\u02ff"


def search_key(text: str) -> str:
    """書き方の違い（全角・かな・大小・付加記号・空白・異体字・異体字選択子）を畳んだ、探すための鍵。"""
    bare = "".join(c for c in text if not _is_selector(c))
    wide = unicodedata.normalize("NFKC", bare).casefold().translate(_STROKES)
    folded = _LONG.sub("ー", wide.translate(_FOLD))
    # 付加記号は、探さない字を除いた後の隣の字で見る（鍵の鍵が同じ鍵になる）
    return _latin_plain("".join(c for c in folded if _is_searched(c)))


def grams(key: str) -> tuple[str, ...]:
    """鍵の一字と、隣り合う二字の組（検索の索引に入れる、重なりなし）。"""
    return tuple(dict.fromkeys([*key, *(key[i : i + 2] for i in range(len(key) - 1))]))


def name_problems(text: str) -> tuple[str, ...]:
    """氏名として受け取れない文字の符号（U+202E など）。空なら受け取れる。字は直さない。

    制御文字・改行・書字方向の制御・対のない代用符号・私用領域・見えない字・失われた字の跡を言う。
    """
    found = []
    for char in text:
        category = unicodedata.category(char)
        bad = category in ("Cc", "Cs", "Cn", "Co", "Zl", "Zp") or char in _BLANK or char in _LOST
        if bad or (category == "Cf" and char not in "\u200c\u200d"):
            found.append(f"U+{ord(char):04X}")
    return tuple(dict.fromkeys(found))


def name_cautions(text: str) -> tuple[str, ...]:
    """受け取るが、打ち誤りかもしれないところの説明（前後の空白・続く空白）。字は直さない。"""
    found = []
    if text[:1].isspace():
        found.append("氏名の前に空白があります。")
    if text[-1:].isspace():
        found.append("氏名の後に空白があります。")
    if re.search(r"\s{2,}", text.strip()):
        found.append("氏名の中に空白が続いています。")
    return tuple(found)

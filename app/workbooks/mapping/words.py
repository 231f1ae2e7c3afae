"""ほかの様式の見出しを、様式（申込・成績）の項目と照らす言葉と点数。"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from app.workbooks.applicant_layout import (
    APPLICANTS,
    DECLARATIONS,
    EMPLOYMENTS,
    LAYOUTS,
    LINK,
    NATIONAL_QUALIFICATIONS,
)
from app.workbooks.layouts import Item, Layout
from app.workbooks.renewals import LAYOUT as RENEWED
from app.workbooks.renewals import RENEWAL_WORDS
from app.workbooks.result_layout import RESULT_WORDS, WIDE

PERIOD = "期間"
GROUPS = 10  # 一人の在職・資格・裁判の、行の数の上限
EXACT, CLEAR, LEAST = 100, 90, 60
_LONGEST = 40
_NUMBERED = 15

_PEOPLE: dict[str, str] = {
    LINK: "整理番号 受付番号 受付No No 番号 ID 通番 連番 管理番号 申請番号 応募番号",
    "氏名": "名前 お名前 御氏名 ご氏名 申込者氏名 申込者名 申請者氏名 受講者氏名 受講者名 受講希望者氏名 応募者氏名 "
    "氏名漢字 漢字氏名 本名 フルネーム 申込者 参加者氏名",
    "フリガナ": "ふりがな カナ ヨミガナ よみがな よみ 読み 読み仮名 氏名フリガナ 氏名ふりがな 氏名カナ カナ氏名 "
    "氏名カタカナ 氏名よみ 氏名ヨミ 氏名ヨミガナ お名前フリガナ お名前カナ お名前ふりがな 名前フリガナ 名前カナ "
    "氏名の読み 振り仮名 振仮名 フリガナ氏名 申込者氏名フリガナ 申込者氏名カナ",
    "ローマ字": "ローマ字氏名 氏名ローマ字 ローマ字表記 英字氏名 氏名英字 英語表記 アルファベット パスポート表記 旅券の表記",
    "証書表記": "証書の表記 認定証の表記 証書氏名 認定証氏名 証書に記載する氏名",
    "通称": "通称名 通名",
    "旧姓": "旧氏 旧氏名",
    "生年月日": "誕生日 生年月日西暦 生年月日和暦 お誕生日 出生年月日 出生日 申込者生年月日",
    "国籍": "国籍地域 国籍等 出身国",
    "電話": "TEL 電話番号 連絡先電話番号 電話連絡先 携帯 携帯電話 携帯番号 携帯電話番号 日中連絡先 日中の連絡先 "
    "日中連絡のとれる電話番号 連絡先TEL お電話番号 電話TEL",
    "メール": "メールアドレス E-mail Email Eメール 電子メール e-mailアドレス 電子メールアドレス Mail メアド",
    "郵便番号": "〒 郵便 ご住所郵便番号 住所郵便番号 自宅郵便番号",
    "住所": "現住所 ご住所 自宅住所 連絡先住所 所在地 居住地 住所自宅",
    "所属機関": "勤務先 所属 勤務先名 所属先 所属団体 所属名 勤務先名称 所属機関名 所属団体名 現在の勤務先 会社名 機関名 団体名 "
    "所属勤務先 勤務先所属",
    "所属機関の都道府県": "都道府県 勤務先都道府県 所属都道府県 所属先都道府県 都道府県名 勤務先の都道府県",
    "活動地域": "活動エリア 活動区域 活動できる地域",
    "専門分野": "専門 得意分野 専門領域",
    "対応言語": "使用言語 言語 対応可能言語 話せる言語 語学",
    "現在の窓口名": "窓口名 相談窓口名 窓口の名称 現在従事する窓口 現在の相談窓口 従事窓口 相談窓口 現在の窓口 窓口名称 従事している窓口",
    "委託元": "委託者 委託元の名称 委託した団体",
    "窓口の種別": "窓口種別 窓口の区分 窓口の運営主体 窓口の設置主体 現在の窓口の種別",
    "相談対応に従事": "相談対応の従事 相談業務に従事 相談対応従事",
    "窓口の要件": "窓口の要件注5 注5 通年無料多言語ワンストップ",
    "名簿公表の同意": "名簿への掲載 公表の同意 名簿掲載 名簿掲載の同意 公表同意 名簿公表",
}
_JOBS: dict[str, str] = {
    "窓口名": "勤務先 勤務先名 所属 機関名 事業所 事業所名 施設名 団体名 相談窓口 相談窓口名 従事窓口 勤務先名称 窓口 窓口の名称 "
    "勤務先の名称 従事先 会社名 勤務先窓口名",
    "種別": "窓口の種別 窓口種別 運営主体 設置主体 区分 種類 実施主体",
    "委託元": "委託者 委託元の名称 委託した団体",
    "窓口の要件": "窓口の要件注5 注5",
    "開始日": "開始 開始年月日 自 始期 入職日 着任日 開始日 から 採用日 入社日 就任日 始め",
    "終了日": "終了 終了年月日 至 終期 退職日 離任日 まで 退社日 離職日 終り 終わり",
    "従業日数": "日数 従事日数 勤務日数 実働日数 従業日数全期間 相談従事日数 業務日数 延べ日数 従業日",
    "従業日数（対象期間内）": "従業日数対象期間 直近5年の日数 対象期間内日数 対象期間の日数 直近5年間の従業日数",
    "相談対応": "相談業務 相談対応業務",
    PERIOD: "在職期間 勤務期間 従事期間 雇用期間 期間開始終了 就業期間 従業期間",
}
_QUALIFIED: dict[str, str] = {
    "資格": "国家資格 資格名 保有資格 資格の名称 資格名称 取得資格 資格の種類 保有国家資格",
    "級": "等級",
    "登録日": "登録年月日 資格登録日 資格の登録日 資格登録年月日",
    "失効日": "資格失効日 失効年月日",
    "写しの確認": "登録証の写し 写し 資格証の写し",
}
_SWORN: dict[str, str] = {
    "ア": "欠格ア 申告ア",
    "イ": "欠格イ 申告イ",
    "ウ": "欠格ウ 申告ウ",
    "エ": "欠格エ 申告エ",
}
_ALL = {
    APPLICANTS.name: _PEOPLE,
    EMPLOYMENTS.name: _JOBS,
    NATIONAL_QUALIFICATIONS.name: _QUALIFIED,
    DECLARATIONS.name: _SWORN,
    WIDE.name: RESULT_WORDS,
    RENEWED.name: RENEWAL_WORDS,
}
PEOPLE, RESULTS, RENEWALS = "applicants", "results", "renewals"
# 取込の種類から、人の行の様式を初めに置いた様式の並び
FAMILIES: dict[str, tuple[Layout, ...]] = {PEOPLE: tuple(LAYOUTS), RESULTS: (WIDE,), RENEWALS: (RENEWED,)}
MAINS = frozenset(x[0].name for x in FAMILIES.values())
LAYOUT_OF = {x.name: x for family in FAMILIES.values() for x in family}
_FAMILY_OF = {x.name: kind for kind, family in FAMILIES.items() for x in family}
# 在職・資格の見出しの前に付く、まとまりの名
_CONTEXTS = {
    EMPLOYMENTS.name: "在職歴 在職 職歴 経歴 実務経験 実務 勤務 従事 業務経験 相談経験 相談業務経験 勤務歴 職務経歴 従業 就業",
    NATIONAL_QUALIFICATIONS.name: "国家資格 資格 保有資格",
    DECLARATIONS.name: "申告 欠格事由",
}
GROUP_WORDS = {EMPLOYMENTS.name: "在職", NATIONAL_QUALIFICATIONS.name: "資格", DECLARATIONS.name: "申告"}
_BRACKETS = re.compile(r"[(\[{<【〔《「『][^)\]}>】〕》」』]*[)\]}>】〕》」』]")
_AFTER = re.compile(r"[※*].*$", re.DOTALL)
_PUNCTUATION = re.compile(r"[\s\W_〇]+")
_EXTRA = re.compile("必須|任意|記入欄")
_DIGITS = re.compile(r"(?:第|その)?([0-9]+)(?:件目|番目|社目|つ目|か所目)?")


@dataclass(frozen=True, order=True)
class Slot:
    """申込様式の一項目。group は一人の中の何件目か（在職・資格・申告は 1 から、申込者は 0）。"""

    layout: str
    heading: str
    group: int = 0

    @property
    def key(self) -> str:
        """保存に使う字（在職歴/開始日/2）。"""
        return f"{self.layout}/{self.heading}/{self.group}"

    @property
    def item(self) -> Item:
        """様式の項目。期間は日付の二つ組。"""
        return _ITEMS[self.layout, self.heading]

    @property
    def title(self) -> str:
        """画面に出す名（在職2 開始日）。"""
        name = self.item.title
        return name if not self.group else f"{GROUP_WORDS[self.layout]}{self.group} {name}"


def slot_of(key: str) -> Slot | None:
    """保存された字から項目へ。知らない字なら None。"""
    layout, _, rest = key.partition("/")
    heading, _, group = rest.rpartition("/")
    if (layout, heading) not in _ITEMS or not group.isdecimal() or not 0 <= int(group) <= GROUPS:
        return None
    return Slot(layout, heading, int(group)) if (layout in MAINS) == (int(group) == 0) else None


_ITEMS: dict[tuple[str, str], Item] = {
    (x.name, i.heading): i
    for x in LAYOUT_OF.values()
    for i in x.items
    if x.name in MAINS or i.heading != LINK
} | {(EMPLOYMENTS.name, PERIOD): Item(PERIOD, "long", label="期間（開始〜終了）")}


def slots_of(layout: str, group: int) -> list[Slot]:
    """その様式の一枚の、一件分の項目。"""
    return [Slot(name, heading, group) for name, heading in _ITEMS if name == layout]


def plain(text: str) -> str:
    """見出しを比べるための鍵：字の幅・空白・記号を畳む。"""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return (
        _PUNCTUATION.sub("", folded.replace("〒", "郵便番号"))
        if "〒" in folded
        else _PUNCTUATION.sub("", folded)
    )


def _bare(text: str) -> str:
    """括弧の中と注を除いた鍵。"""
    folded = unicodedata.normalize("NFKC", text)
    return _EXTRA.sub("", plain(_AFTER.sub("", _BRACKETS.sub("", folded))))


def family_of(layouts: Iterable[str]) -> str:
    """様式の名から、取込の種類。様式がなければ申込。"""
    return next((_FAMILY_OF[name] for name in layouts), PEOPLE)


def _vocabulary(kind: str) -> dict[str, list[tuple[str, str]]]:
    words: dict[str, list[tuple[str, str]]] = {}
    for layout in FAMILIES[kind]:
        for (name, heading), item in _ITEMS.items():
            if name != layout.name:
                continue
            own = {heading, item.title, *_ALL[name].get(heading, "").split()}
            own |= {w for w, h in layout.synonyms.items() if h == heading}
            for word in sorted(filter(None, map(plain, own))):
                words.setdefault(word, []).append((name, heading))
    return words


_WORDS = {kind: _vocabulary(kind) for kind in FAMILIES}
_PREFIXES = {
    layout: sorted(map(plain, words.split()), key=len, reverse=True) for layout, words in _CONTEXTS.items()
}


@dataclass(frozen=True)
class Match:
    """一つの見出しの当て先。number は見出しに書かれた件の番号（なければ 0）。"""

    score: int
    layout: str
    heading: str
    number: int = 0


def _number(key: str) -> int:
    found = _DIGITS.search(key)
    value = int(found.group(1)[:3]) if found else 0
    return value if 1 <= value <= GROUPS else 0


def _exact(key: str, score: int, kind: str, found: dict[tuple[str, str, int], int]) -> None:
    """字のとおり、または番号・まとまりの名を除いて当たる項目を加える。"""

    def note(layout: str, heading: str, number: int, points: int) -> None:
        place = layout, heading, number
        found[place] = max(points, found.get(place, 0))

    known = _WORDS[kind]
    number, stripped = _number(key), _DIGITS.sub("", key)
    for layout, heading in known.get(key, ()):
        note(layout, heading, 0, score)
    for layout, heading in known.get(stripped, ()) if stripped != key else ():
        group = number if layout not in MAINS else 0
        note(layout, heading, group, score + _NUMBERED if group else score - 5)
    for layout, prefixes in _PREFIXES.items():
        rest = next((stripped.removeprefix(p) for p in prefixes if stripped.startswith(p)), "")
        rest = rest.removeprefix("の")
        for owner, heading in known.get(rest, ()):
            if owner == layout:
                note(layout, heading, number, score + _NUMBERED)


def _loose(key: str, kind: str, found: dict[tuple[str, str, int], int]) -> None:
    """終わりの字が当たる項目（日本語の見出しは、主な語が後ろに来る）。"""
    number, stripped = _number(key), _DIGITS.sub("", key)
    for word, owners in _WORDS[kind].items():
        if len(word) >= 2 and len(stripped) > len(word) and stripped.endswith(word):
            for layout, heading in owners:
                place = layout, heading, number if layout not in MAINS else 0
                points = LEAST + min(len(word), 20) + (_NUMBERED if place[2] else 0)
                found[place] = max(points, found.get(place, 0))


@lru_cache(maxsize=8192)
def matches(text: str, kind: str = PEOPLE) -> tuple[Match, ...]:
    """見出しの当て先を、点の高い順に。長い文は見出しとみない。"""
    squeezed = _EXTRA.sub("", plain(text))
    if not squeezed or len(squeezed) > _LONGEST:
        return ()
    found: dict[tuple[str, str, int], int] = {}
    _exact(squeezed, EXACT, kind, found)
    bare = _bare(text)
    if bare and bare != squeezed:
        _exact(bare, CLEAR, kind, found)
    if not found and bare:
        _loose(bare, kind, found)
    made = [Match(score, *place) for place, score in found.items()]
    return tuple(sorted(made, key=lambda m: (-m.score, m.layout not in MAINS, m.layout, m.heading)))


def is_label(text: object) -> bool:
    """はっきり見出しと分かる文字か。"""
    return isinstance(text, str) and any(m.score >= CLEAR - 5 for m in matches(text))

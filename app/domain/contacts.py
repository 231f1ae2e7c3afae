"""申込の連絡先の書き方：フリガナ・電話・メール・郵便番号・都道府県。確かに違うものだけを断り、ほかは注意にとどめる。"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

PREFECTURES = tuple(
    [
        "北海道",
        "青森県",
        "岩手県",
        "宮城県",
        "秋田県",
        "山形県",
        "福島県",
        "茨城県",
        "栃木県",
        "群馬県",
        "埼玉県",
        "千葉県",
        "東京都",
        "神奈川県",
        "新潟県",
        "富山県",
        "石川県",
        "福井県",
        "山梨県",
        "長野県",
        "岐阜県",
        "静岡県",
        "愛知県",
        "三重県",
        "滋賀県",
        "京都府",
        "大阪府",
        "兵庫県",
        "奈良県",
        "和歌山県",
        "鳥取県",
        "島根県",
        "岡山県",
        "広島県",
        "山口県",
        "徳島県",
        "香川県",
        "愛媛県",
        "高知県",
        "福岡県",
        "佐賀県",
        "長崎県",
        "熊本県",
        "大分県",
        "宮崎県",
        "鹿児島県",
        "沖縄県",
    ]
)
_POSTAL_DIGITS = 7
_PHONE_DIGITS = (9, 15)  # 桁。国内の固定電話は10桁、国の番号を付けて最も長いもので15桁（ITU-T E.164）
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－・ｰ", "-"))
_NOTHING = {"なし", "無し", "無", "ナシ", "-", "--", "×", "x", "none"}
_PARTS = re.compile(r"[、,;/\n]+")
# 番号に添える言葉（内線、電話の種類）。ほかのローマ字は数字の打ち違い（O と 0）とみる
_PHONE_WORDS = re.compile(
    r"ext|tel|fax|mobile|携帯|自宅|勤務先|職場|代表|呼出|内線|電話|x(?=\s*[0-9])", re.IGNORECASE
)
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆]")


@dataclass(frozen=True)
class Contacts:
    """一人の連絡先。値は打たれたまま。"""

    reading: str = ""
    phone: str = ""
    email: str = ""
    postal_code: str = ""
    address: str = ""
    affiliation_prefecture: str = ""


@dataclass(frozen=True)
class ContactFinding:
    """書き方の一つの指摘。column は申込様式の見出し、warning なら受け取れるが確かめる。"""

    column: str
    value: str
    reason: str
    warning: bool = True


Check = Callable[[Contacts], tuple[str, bool] | None]  # （文, 注意か）。指摘がなければ None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def _is_nothing(text: str) -> bool:
    return text.casefold() in _NOTHING


def _nothing(text: str) -> tuple[str, bool]:
    return f"「{text}」と書かれています。ないのなら、空のままにしてください。", True


def _reading(c: Contacts) -> tuple[str, bool] | None:
    if found := "、".join(dict.fromkeys(_IDEOGRAPH.findall(c.reading))):
        return f"フリガナに漢字（{found}）があります。読みをカタカナで入れてください。", False
    return None


def _phone_part(part: str) -> tuple[str, bool] | None:
    bare = _PHONE_WORDS.sub("", part)
    digits = sum(char.isdigit() for char in bare)
    latin = "".join(char for char in bare if char.isalpha() and char < "\u0250")
    if not digits or latin:
        what = f"字「{latin}」があります" if digits else "数字がありません"
        return f"電話に{what}。番号を確かめてください。", False
    if any(char.isalpha() for char in bare):
        return "電話に番号のほかの言葉があります。番号だけかを確かめてください。", True
    if not _PHONE_DIGITS[0] <= digits <= _PHONE_DIGITS[1]:
        return f"電話の数字が{digits}桁です（国内は10桁か11桁）。申込書を確かめてください。", True
    return None


def _phone(c: Contacts) -> tuple[str, bool] | None:
    plain = _plain(c.phone)
    if not plain:
        return None
    if _is_nothing(plain):
        return _nothing(c.phone)
    found = [one for part in _PARTS.split(plain) if part.strip() and (one := _phone_part(part))]
    # 誤りを注意より先に言う
    return min(found, key=lambda one: one[1], default=None)


def _email_part(part: str) -> str:
    local, at, domain = part.partition("@")
    if not at:
        return "メールに「@」がありません。"
    if not local or not domain or "@" in domain:
        return "メールの「@」の前か後が読めません。"
    if any(char.isspace() for char in part):
        return "メールの中に空白があります。"
    return ""


def _email(c: Contacts) -> tuple[str, bool] | None:
    plain = unicodedata.normalize("NFKC", c.email).strip()
    if not plain:
        return None
    if _is_nothing(_plain(c.email)):
        return _nothing(c.email)
    parts = [part.strip() for part in _PARTS.split(plain) if part.strip()]
    if wrong := next((words for part in parts if (words := _email_part(part))), ""):
        return f"{wrong}申込書を確かめてください。", False
    if plain != c.email:
        return "メールに全角の字か、前後の空白があります。半角で入れてください。", True
    if len(parts) > 1:
        return "メールが二つ以上あります。連絡に使う一つかを確かめてください。", True
    if "." not in parts[0].partition("@")[2].strip("."):
        return "メールの「@」の後に「.」がありません。申込書を確かめてください。", True
    return None


def _in_japan(address: str) -> bool:
    return any(_plain(address).startswith(name) for name in PREFECTURES)


def _postal(c: Contacts) -> tuple[str, bool] | None:
    plain = _plain(c.postal_code).lstrip("〒").strip()
    if not plain or re.fullmatch(r"[0-9]{3}[- ]?[0-9]{4}", plain):
        return None
    if _is_nothing(plain):
        return _nothing(c.postal_code)
    if _in_japan(c.address):
        return f"郵便番号「{c.postal_code}」が7桁の数字ではありません。申込書を確かめてください。", False
    digits = sum(char.isdigit() for char in plain)
    if not digits:
        return f"郵便番号「{c.postal_code}」に数字がありません。申込書を確かめてください。", False
    return "郵便番号が7桁の数字ではありません。外国の番号でなければ、確かめてください。", True


def _prefecture(c: Contacts) -> tuple[str, bool] | None:
    plain = "".join(_plain(c.affiliation_prefecture).split())
    if not plain or plain in PREFECTURES:
        return None
    if short := next((name for name in PREFECTURES if name[:-1] == plain), ""):
        return f"「{c.affiliation_prefecture}」は「{short}」のことなら、「{short}」と入れてください。", True
    return (
        f"「{c.affiliation_prefecture}」という都道府県はありません。47の名のどれかを確かめてください。",
        True,
    )


_CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("フリガナ", "reading", _reading),
    ("電話", "phone", _phone),
    ("メール", "email", _email),
    ("郵便番号", "postal_code", _postal),
    ("所属機関の都道府県", "affiliation_prefecture", _prefecture),
)


# 申込様式の見出しから、記録の名へ
CONTACT_FIELDS: Mapping[str, str] = {column: name for column, name, _ in _CHECKS}


def contact_findings(contacts: Contacts) -> Iterator[ContactFinding]:
    """連絡先の指摘（申込様式の列の順、一つの欄に一つ）。

    断るのは、確かに違うもの（@ のないメール、ローマ字か数字のない電話、日本の住所に7桁でない郵便番号、
    漢字のフリガナ）だけ。外国の電話（+84 …）と郵便番号は断らない。
    """
    for column, name, check in _CHECKS:
        if (found := check(contacts)) is not None:
            reason, warning = found
            yield ContactFinding(column, getattr(contacts, name), reason, warning)

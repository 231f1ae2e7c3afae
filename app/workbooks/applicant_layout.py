"""申込様式の見出し・選択肢・書き方。"""

from collections.abc import Mapping

from app.domain.contacts import PREFECTURES
from app.domain.disqualification import LAWS, PENALTIES
from app.domain.eligibility import QUALIFICATION_WORDS
from app.workbooks.layouts import Item, Layout

COUNTERS = {
    "国": "national",
    "地方公共団体": "municipal",
    "国の委託": "commissioned_by_nation",
    "地方公共団体の委託": "commissioned_by_municipality",
    "民間": "private",
}
STANDARDS: Mapping[str, bool | None] = {"確認済": True, "満たさない": False, "未確認": None}
EVIDENCE: Mapping[str, bool | None] = {"確認済": True, "未確認": False}
QUALIFICATIONS = {word: code for code, word in QUALIFICATION_WORDS.items()}
LAW_WORDS = {word: code for code, word in LAWS.items()}
PENALTY_WORDS = {word: code for code, word in PENALTIES.items()} | {
    "拘禁刑": "imprisonment",
    "懲役": "imprisonment",
}
SUSPENSIONS = {"全部": "full", "一部": "partial"}
LINK = "申込番号"

_YES = ("はい", "いいえ")
_ASKED = ("はい", "いいえ", "未回答")
_DATE = "令和8年3月31日、R8.3.31、2026-03-31 のどれでも読めます。"
_NUMBER = Item(
    LINK, "code", True, hint="一人に一つの番号（1、2、3…）。ほかのシートの同じ番号の行と結び付きます。"
)

_COMMISSIONER = "委託の窓口だけ。委託した国か地方公共団体の名を書きます。"
APPLICANTS = Layout(
    "申込者",
    (
        _NUMBER,
        Item("氏名", "name", True, hint="申込書のとおりの字で書いてください。字は直さずに保存します。"),
        Item("フリガナ", "name", hint="氏名の読み。"),
        Item("ローマ字", "name", hint="旅券・在留カードの表記。"),
        Item("証書表記", "name", hint="認定証に印刷する氏名。空なら氏名と同じです。"),
        Item("通称", "name"),
        Item("旧姓", "name"),
        Item("生年月日", "date", True, hint=_DATE),
        Item("国籍", "short"),
        Item("電話", "code"),
        Item("メール", "text"),
        Item("郵便番号", "short"),
        Item("住所", "long"),
        Item("所属機関", "long"),
        Item("所属機関の都道府県", "text", words=PREFECTURES, strict=False),
        Item("活動地域", "text"),
        Item("専門分野", "text"),
        Item("対応言語", "text", hint="複数のときは「、」で区切ります。"),
        Item("現在の窓口名", "long"),
        Item("窓口の種別", "text", words=tuple(COUNTERS)),
        Item("相談対応に従事", "short", words=_ASKED, hint="相談対応、または相談対応者への助言・指導。"),
        Item(
            "窓口の要件",
            "short",
            words=tuple(STANDARDS),
            hint="通年・無料・多言語・ワンストップの窓口か。",
            label="窓口の要件（注5）",
        ),
        Item("名簿公表の同意", "short", words=_YES, hint="空は「いいえ」とします。"),
        Item("委託元", "text", hint=_COMMISSIONER),
    ),
    {
        "整理番号": LINK,
        "名前": "氏名",
        "お名前": "氏名",
        "カナ": "フリガナ",
        "氏名フリガナ": "フリガナ",
        "ふりがな": "フリガナ",
        "電話番号": "電話",
        "メールアドレス": "メール",
        "E-mail": "メール",
        "勤務先": "所属機関",
        "所属": "所属機関",
        "都道府県": "所属機関の都道府県",
        "国籍・地域": "国籍",
        "誕生日": "生年月日",
        "窓口名": "現在の窓口名",
    },
)
EMPLOYMENTS = Layout(
    "在職歴",
    (
        _NUMBER,
        Item("窓口名", "long"),
        Item("種別", "text", True, tuple(COUNTERS)),
        Item("窓口の要件", "short", words=tuple(STANDARDS), label="窓口の要件（注5）"),
        Item("開始日", "date", True, hint=_DATE),
        Item("終了日", "date", hint="続いていれば空のままにします。"),
        Item("従業日数", "integer", hint="証明書にある在職全体の日数。", label="従業日数（全期間）"),
        Item(
            "従業日数（対象期間内）",
            "integer",
            hint="研修開始日から数えて直近5年の間の日数。分かるときだけ書きます。",
        ),
        Item("相談対応", "short", words=_YES, hint="相談対応の業務か。空は「はい」とします。"),
        Item("委託元", "text", hint=_COMMISSIONER),
    ),
    {
        "整理番号": LINK,
        "窓口の種別": "種別",
        "従業日数（対象期間）": "従業日数（対象期間内）",
        "在職開始日": "開始日",
        "在職終了日": "終了日",
    },
)
NATIONAL_QUALIFICATIONS = Layout(
    "国家資格",
    (
        _NUMBER,
        Item("資格", "long", True, tuple(QUALIFICATIONS)),
        Item(
            "級", "integer", words=("1", "2", "3"), hint="キャリアコンサルティング技能士だけ。", strict=False
        ),
        Item("登録日", "date", True, hint=_DATE),
        Item("失効日", "date", hint="失効していなければ空のままにします。"),
        Item(
            "写しの確認",
            "short",
            words=tuple(EVIDENCE),
            hint="登録証の写しを確かめたか。空は「未確認」とします。",
        ),
    ),
    {"整理番号": LINK, "資格名": "資格", "等級": "級"},
)
DECLARATIONS = Layout(
    "申告",
    (
        _NUMBER,
        Item("ア", "short", words=_ASKED, label="ア（心身の故障）", hint="該当するか。"),
        Item("イ", "short", words=_ASKED, label="イ（入管法・技能実習法の罪）", hint="該当するか。"),
        Item("ウ", "short", words=_ASKED, label="ウ（その他の法令の罪）", hint="該当するか。"),
        Item("エ", "short", words=_ASKED, label="エ（認証の取消し）", hint="該当するか。"),
        Item(
            "罪の区分",
            "text",
            words=tuple(LAW_WORDS),
            hint="裁判が二つ以上あれば、同じ申込番号で行を分けます。",
        ),
        Item("刑", "text", words=tuple(PENALTIES.values()), strict=False),
        Item("確定日", "date", hint="裁判が確定した日。確定していなければ空のままにします。"),
        Item("執行終了日", "date"),
        Item("執行免除日", "date", label="執行を受けることがなくなった日"),
        Item("猶予", "short", words=tuple(SUSPENSIONS), label="猶予（全部・一部）"),
        Item("猶予満了日", "date"),
        Item("猶予の取消し", "short", words=_YES),
    ),
    {"整理番号": LINK},
)
LAYOUTS = (APPLICANTS, EMPLOYMENTS, NATIONAL_QUALIFICATIONS, DECLARATIONS)
NOTES = (
    "一人を「申込者」に一行ずつ書き、在職・資格・申告はそれぞれのシートに、同じ申込番号で書きます（何行でも書けます）。",
    "色の違う見出しの列は必ず書いてください。シートの名と見出しは変えないでください（列の順は変えても読めます）。",
    "日付は和暦でも西暦でも書けます。氏名の字は申込書のとおりに書いてください。",
    "書き方の例は「記入例」のシートにあります。「記入例」と「説明」は取り込まれません。",
)
EXAMPLE = (
    (
        "申込者の例",
        "申込番号 1　氏名 見本 花子　フリガナ ミホン ハナコ　生年月日 昭和60年4月1日　窓口の種別 地方公共団体",
    ),
    (
        "在職歴の例",
        "申込番号 1　窓口名 見本市外国人相談窓口　種別 地方公共団体　開始日 令和4年4月1日　終了日 （空）",
    ),
    ("在職歴の例", "従業日数（全期間） 410　相談対応 はい　窓口の要件（注5） 確認済"),
    ("国家資格の例", "申込番号 1　資格 社会福祉士　登録日 平成30年5月10日　写しの確認 確認済"),
    ("申告の例", "申込番号 1　ア いいえ　イ いいえ　ウ いいえ　エ いいえ"),
)

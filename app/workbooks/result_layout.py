"""成績の表：一人一行で、テストごとの列に点の並ぶ表（研修のサイトの書き出し）や、一行一結果の表の項目。"""

from app.workbooks.layouts import Item, Layout

GROUPS = ("A", "B", "C", "D", "E")
TESTS = (*(f"小テスト{g}" for g in GROUPS), "総合確認テスト")
REPORTS = ("取組状況報告1", "取組状況報告2", "取組状況報告3", "課題レポート")
SESSIONS = ("集合研修1", "集合研修2", "集合研修3")
KINDS = (*TESTS, *REPORTS, *SESSIONS)
DAY = "の日"


def _kind_words(kind: str) -> str:
    if kind in TESTS[:-1]:
        group = kind[-1]
        names = [
            f"小テスト{group}評点",
            f"小テスト科目群{group}",
            f"科目群{group}",
            f"{group}小テスト",
            f"{group}点数",
        ]
        return " ".join([*names, f"テスト{group}", f"クイズ{group}", f"Quiz{group}", f"確認テスト{group}"])
    return {
        "総合確認テスト": "総合テスト 総合 最終テスト 総合確認 修了前テスト 総合確認テスト評点",
        "課題レポート": "レポート 最終レポート 課題レポート提出日",
    }.get(kind, kind.replace("取組状況報告", "報告").replace("集合研修", "集合研修第") + "回")


def _day_words(kind: str) -> str:
    ends = ("受験日", "の受験日", "実施日", "完了日", "日付", "提出日") if kind in TESTS else ("実施日",)
    return " ".join(f"{kind}{end}" for end in ends)


WIDE = Layout(
    "成績の表",
    (
        Item("受付番号", "code", True),
        Item("氏名", "name"),
        Item("実施日", "date", label="実施日（どの列にも）"),
        *(Item(kind) for kind in KINDS),
        *(Item(f"{kind}{DAY}", "date") for kind in TESTS),
        Item("種別", label="種別（一行一結果の表）"),
        Item("結果", label="結果（一行一結果の表）"),
        Item("回", "integer"),
        Item("遅刻（分）", "integer"),
        Item("早退（分）", "integer"),
    ),
    {},
)
RESULT_WORDS: dict[str, str] = {
    "受付番号": "番号 受講番号 受講者番号 受付No 受付ID ID番号 学籍番号 ユーザID ユーザ名 ユーザーID ユーザー名 ログインID username idnumber",
    "氏名": "名前 お名前 受講者名 受講者氏名 受講者 フルネーム 氏名漢字 姓名",
    "実施日": "受験日 完了日 完了日時 終了日時 受験日時 提出日 日付 回答日 実施年月日",
    "種別": "テスト名 科目 科目名 コース 活動名 テスト 試験名 項目 教材名 テストの種類",
    "結果": "得点 点数 評点 成績 スコア 点 score grade 評価 得点素点",
    "回": "受験回 回数 受験回数 試行 受験番号 何回目",
    "遅刻（分）": "遅刻",
    "早退（分）": "早退",
    **{kind: _kind_words(kind) for kind in KINDS},
    **{f"{kind}{DAY}": _day_words(kind) for kind in TESTS},
}

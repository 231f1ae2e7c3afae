"""庁へ出す一覧の列と行。値は文字・整数・日付だけで、書式はブックの側が決める。"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.domain.statistics import EMPTY
from app.services.views.progress import BoardRow
from app.services.views.register import RegisterRow
from app.services.views.scoring import ScoresView
from database.queries.exports import DecisionFact, EligibilityFact

Cell = str | int | date | None

COUNTER_WORDS = {
    "national": "国",
    "municipal": "地方公共団体",
    "commissioned_by_nation": "国の委託",
    "commissioned_by_municipality": "地方公共団体の委託",
    "private": "民間",
}
RESULT_WORDS = {"eligible": "資格あり", "ineligible": "資格なし", "unconfirmed": "要確認"}
ELIGIBILITY_WORDS = {"eligible": "受講を決定", "ineligible": "不受講を決定"}
DECISION_WORDS = {
    "certified": "認定",
    "not_certified": "不認定",
    "deferred": "保留",
    "conditional": "条件付き",
}


@dataclass(frozen=True)
class ListSheet:
    """一枚の一覧。returns は、庁から戻ってくる表か（入力規則を付ける）。"""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    returns: bool = False


REGISTER_HEADERS = (
    "認定番号",
    "氏名",
    "フリガナ",
    "ローマ字",
    "証書表記",
    "通称",
    "旧姓",
    "生年月日",
    "国籍",
    "所属機関",
    "所属機関の都道府県",
    "活動地域",
    "保有資格",
    "専門分野",
    "対応言語",
    "研修期",
    "議決日",
    "認証日",
    "交付日",
    "有効期間の始まり",
    "有効期間の満了",
    "更新",
    "状態",
    "公表の同意",
    "最後の便",
)


def register_cells(row: RegisterRow) -> tuple[Cell, ...]:
    """名簿の一行（REGISTER_HEADERS の順）。"""
    return (
        row.number,
        row.name,
        row.reading,
        row.roman_name,
        row.certificate_name,
        row.alias,
        row.former_name,
        row.birth_date,
        row.nationality,
        row.affiliation,
        row.affiliation_prefecture,
        row.activity_area,
        "、".join(row.qualifications),
        row.specialties,
        row.languages,
        row.cohort,
        row.decided_on,
        row.certified_on,
        row.issued_on,
        row.valid_from,
        row.expires_on,
        len(row.renewals),
        row.words,
        "あり" if row.publish_consent else "なし",
        row.last_batch,
    )


def register_sheet(rows: Iterable[RegisterRow]) -> ListSheet:
    """認定者名簿。"""
    return ListSheet("認定者名簿", REGISTER_HEADERS, tuple(register_cells(r) for r in rows), True)


def affiliation_counts(rows: Iterable[RegisterRow]) -> tuple[tuple[str, str, int], ...]:
    """有効な認証があり、公表に同意した人を、都道府県と所属機関ごとに数える（都道府県・所属機関・人数、名の順）。"""
    counts = Counter(
        (r.affiliation_prefecture or EMPTY, r.affiliation or EMPTY)
        for r in rows
        if r.standing == "valid" and r.publish_consent
    )
    return tuple((prefecture, name, n) for (prefecture, name), n in sorted(counts.items()))


def affiliations_sheet(rows: Iterable[RegisterRow]) -> ListSheet:
    """所属機関リスト：有効な認証があり、公表に同意した人を、都道府県と所属機関ごとに数える。"""
    found = affiliation_counts(rows)
    total: tuple[Cell, ...] = ("合計", "", sum(n for _, _, n in found))
    return ListSheet("所属機関リスト", ("都道府県", "所属機関", "人数"), (*found, total))


def eligibility_sheet(facts: Iterable[EligibilityFact]) -> ListSheet:
    """受講資格審査結果一覧。"""
    headers = ("受付番号", "氏名", "フリガナ", "相談窓口", "窓口の区分", "判定", "決定", "決定日", "理由")
    rows = tuple(
        (
            f"{f.reception_number:04d}",
            f.name,
            f.reading,
            f.counter_name,
            COUNTER_WORDS.get(f.counter or "", ""),
            RESULT_WORDS.get(f.finding or "", ""),
            ELIGIBILITY_WORDS.get(f.decision or "", "未決定"),
            f.decided_on,
            f.reason or "",
        )
        for f in facts
    )
    return ListSheet("受講資格審査結果一覧", headers, rows)


def progress_sheet(board: Iterable[BoardRow]) -> ListSheet:
    """進捗一覧。"""
    tests = {"A": "小テストA", "B": "小テストB", "C": "小テストC", "D": "小テストD", "E": "小テストE"}
    names = {**tests, "": "総合確認テスト"}
    headers = (
        "受付番号",
        "氏名",
        "フリガナ",
        *names.values(),
        "養成課程①",
        "報告の提出",
        "実践",
        "集合研修の出席",
        "養成課程②",
        "修了認定テスト",
        "辞退",
    )
    rows = []
    for r in board:
        first, practice, second, test = r.gates
        cells: tuple[Cell, ...] = tuple(r.tests[g].words if g in r.tests else "" for g in names)
        reports, sessions = (
            f"{r.reports_submitted}/{r.reports_total}",
            f"{r.sessions_attended}/{r.sessions_total}",
        )
        rows.append(
            (
                *(r.reception, r.name, r.reading, *cells, first, reports, practice, sessions, second, test),
                "辞退" if r.withdrawn else "",
            )
        )
    return ListSheet("進捗一覧", headers, tuple(rows))


def scores_sheet(scores: ScoresView) -> ListSheet:
    """得点一覧（一つのテスト）。"""
    groups = tuple(sorted({q.subject_group for q in scores.test.questions}))
    headers = ("受付番号", "氏名", "フリガナ", *(f"科目群{g}" for g in groups), "合計", "合否")
    rows: list[tuple[Cell, ...]] = []
    for r in scores.rows:
        points = dict(r.groups)
        passed = {True: "合格", False: "不合格", None: ""}[r.passed]
        rows.append(
            (
                r.reception,
                r.name,
                r.reading,
                *(points.get(g) for g in groups),
                r.total,
                # 欠席・無効などは、不合格とまとめずにそのまま書く
                r.outcome_words or passed,
            )
        )
    return ListSheet(f"得点一覧 {scores.test.title}", headers, tuple(rows))


def decisions_sheet(facts: Iterable[DecisionFact]) -> ListSheet:
    """審査結果一覧（閉じた会議の議決）。"""
    headers = (
        "会議",
        "開催日",
        "議案",
        "受付番号",
        "氏名",
        "フリガナ",
        "議決",
        "委員（除く回避）",
        "出席",
        "賛成",
        "反対",
        "棄権",
        "条件の期限",
        "認定番号",
    )
    rows = tuple(
        (
            f"第{f.meeting_number}回",
            f.held_on,
            f.position,
            f"{f.reception_number:04d}",
            f.name,
            f.reading,
            DECISION_WORDS[f.decision],
            f.base,
            f.present,
            f.votes_for,
            f.votes_against,
            f.abstentions,
            f.due_on,
            f.number or "",
        )
        for f in facts
    )
    return ListSheet("審査結果一覧", headers, rows)

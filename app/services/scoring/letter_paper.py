"""修了認定テスト結果通知書の紙：一人の凍った結果から、表・判定・訂正の内容を書く。"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.documents.letters import Letter as Paper
from app.documents.letters import LetterTable
from app.documents.measure import Align
from app.domain.calendar import wareki
from app.domain.progress import SUBJECT_GROUPS
from app.domain.scoring import full_marks
from app.services.cohorts import cohort_title
from app.services.scoring.analysis import questions_of
from app.services.settings import value_of
from database.schema.base import canonical_json
from database.schema.intake import Cohort
from database.schema.letters import Letter
from database.schema.scoring import CertificationTest

TITLE = "修了認定テスト結果通知書"
NONE = "－"  # 欠席など、点のないところ（実務の通知の書き方）
TOLD = ("points", "absent", "invalid")  # 免除・未実施には、知らせる結果がない
_ASIDE = {"absent": "（欠席）", "invalid": "（無効）"}
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Examinee:
    """通知を受ける人。"""

    application_id: int
    reception_number: int
    name: str
    reading: str


def letter_facts(test: CertificationTest, person: Examinee, result: Facts) -> Facts:
    """通知書が言うことのすべて。"""
    told = ("outcome", "total", "groups", "passed", "full", "needed", "group_needed")
    return {
        "test": [test.title, test.held_on.isoformat()],
        "name": person.name,
        "reception": person.reception_number,
        "added": bool(result.get("added")),
        **{key: result[key] for key in told},
    }


def facts_digest(facts: Facts) -> str:
    """通知書の中身の要約値。"""
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def judgement(facts: Facts) -> str:
    """判定の言葉（欠席・無効、基準に達しないが合格に加えた人は、そう添える）。"""
    if facts["passed"] and facts["added"]:
        return "合格（委員会の決定による）"
    return ("合格" if facts["passed"] else "不合格") + _ASIDE.get(facts["outcome"], "")


def differences(old: Facts | None, new: Facts) -> tuple[str, ...]:
    """前の通知から変わったこと。前の通知の中身が決定の履歴になければ、氏名などの訂正とする。"""
    if old is None:
        return ("氏名・受付番号・テストの名などの記載",)

    def points(value: object) -> str:
        return NONE if value is None else f"{value}点"

    found = []
    for group in sorted({*old["groups"], *new["groups"]}):
        a, b = old["groups"].get(group), new["groups"].get(group)
        if a != b:
            found.append(f"科目群{group}の得点　{points(a)} → {points(b)}")
        a, b = old["full"].get(group), new["full"].get(group)
        if a != b:
            found.append(f"科目群{group}の満点　{points(a)} → {points(b)}")
        a, b = old["group_needed"].get(group) or None, new["group_needed"].get(group) or None
        if a != b:
            found.append(f"科目群{group}の基準　{points(a)} → {points(b)}")
    for key, words in (("total", "合計の得点"), ("needed", "合格点")):
        if old[key] != new[key]:
            found.append(f"{words}　{points(old[key])} → {points(new[key])}")
    if judgement(old) != judgement(new):
        found.append(f"判定　{judgement(old)} → {judgement(new)}")
    return tuple(found)


def _table(facts: Facts, groups: Sequence[str]) -> LetterTable:
    def cell(values: Facts, group: str) -> str:
        return str(values[group]) if values.get(group) else (str(values[group]) if group in values else NONE)

    rows = [
        (
            f"{g}　{SUBJECT_GROUPS[g]}",
            cell(facts["groups"], g),
            cell(facts["full"], g),
            str(facts["group_needed"].get(g) or NONE),
        )
        for g in groups
    ]
    if facts["total"] is None:
        total = (NONE, NONE, NONE)
    else:
        total = (str(facts["total"]), str(sum(facts["full"].values())), str(facts["needed"]))
    columns: tuple[tuple[str, float, Align], ...] = (
        ("科目群", 4.6, "left"),
        ("得点", 1.2, "right"),
        ("満点", 1.2, "right"),
        ("基準", 1.2, "right"),
    )
    return LetterTable(columns, (*rows, ("合計", *total)))


def _note(facts: Facts, whole: int) -> str:
    """この人の満点が減っているときの、基準の説明。"""
    own = sum(facts["full"].values())
    if facts["total"] is None or own == whole:
        return ""
    return (
        f"採点から除いた設問があるため、満点{whole}点を{own}点とし、"
        "合格点などの基準は満点の比で縮めて端数を切り上げています。"
    )


@dataclass(frozen=True)
class OldLetter:
    """この人の、最も新しい通知と、その中身（履歴に見つからなければ空）。"""

    letter: Letter
    facts: Facts | None


def letter_paper(
    session: Session,
    test: CertificationTest,
    person: Examinee,
    facts: Facts,
    today: date,
    number: str,
    old: OldLetter | None,
    reason: str,
) -> Paper:
    """一通の紙。old があれば、それに代わる訂正の通知にする（reason は訂正の理由）。"""
    full = full_marks(questions_of(test))
    rows = [
        ("受付番号（受験番号）", f"{person.reception_number:04d}"),
        ("研修", cohort_title(session.get_one(Cohort, test.cohort_id))),
        ("試験", f"{test.title}（{wareki(test.held_on)}実施）"),
        ("判定", judgement(facts)),
    ]
    if note := _note(facts, sum(full.values())):
        rows.append(("満点と基準", note))
    title, opening = TITLE, ("修了認定テストの結果を、下記のとおり通知します。",)
    if old is not None:
        title = f"{TITLE}（訂正）"
        opening = (
            f"{wareki(old.letter.made_on)}付けの{TITLE}を、下記のとおり訂正します。"
            "この通知書が先の通知書に代わります。先の通知書は破棄してください。",
        )
        changed = differences(old.facts, facts)
        rows += [("訂正の理由", reason)]
        rows += [("" if place else "訂正の内容", words) for place, words in enumerate(changed)]
    return Paper(
        number=number,
        date=today,
        addressee=person.name,
        sender=str(value_of(session, "office_name")),
        title=title,
        paragraphs=opening,
        rows=tuple(rows),
        table=_table(facts, sorted(full)),
    )

"""問題庫の問題を、版・審査・使われ方とともに画面へ渡す形にする。"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.choice_keys import choice_labels
from app.domain.item_analysis import Figure
from app.services.office import Actor
from app.services.scoring.analysis import load_scores
from app.services.views.scoring_bank import BankQuestionView, BankUse, BankVersionView, ReviewView
from database.schema.committee import Meeting
from database.schema.scoring import BankQuestion, BankVersion, CertificationTest, Question

_NOT_YET = Figure(None, "答案がまだありません")


def meeting_words(session: Session) -> dict[int, str]:
    """会議の id から、その言葉。"""
    return {m.id: f"第{m.number}回（{wareki(m.held_on)}）" for m in session.scalars(select(Meeting))}


def load_uses(session: Session) -> Mapping[int, Sequence[BankUse]]:
    """版の id から、テストでの使われ方（新しい順）。指数は答案からその都度求める。"""
    query = (
        select(Question.certification_test_id, Question.number, BankVersion.id, BankVersion.version)
        .join(BankVersion, BankVersion.id == Question.bank_version_id)
        .join(CertificationTest, CertificationTest.id == Question.certification_test_id)
        .order_by(CertificationTest.held_on.desc(), CertificationTest.id.desc(), Question.number)
    )
    found: dict[int, list[BankUse]] = defaultdict(list)
    scores = {}
    for test_id, number, version_id, version in session.execute(query):
        if test_id not in scores:
            scores[test_id] = load_scores(session, test_id)
        view = scores[test_id]
        item = next((i for i in view.items if i.number == number), None) if view.n else None
        found[version_id].append(
            BankUse(
                test_id,
                view.test.title,
                view.test.held_on,
                number,
                version,
                view.test.locked_at is not None,
                0 if item is None else item.n,
                _NOT_YET if item is None else item.correct_rate,
                _NOT_YET if item is None else item.discrimination,
            )
        )
    return found


def bank_question_view(
    question: BankQuestion, me: Actor, uses: Mapping[int, Sequence[BankUse]], meetings: Mapping[int, str]
) -> BankQuestionView:
    """一問。me はいまの人（自分の書いた版かを言うため）。"""
    mine = [use for v in question.versions for use in uses.get(v.id, ())]
    return BankQuestionView(
        question.id,
        question.code,
        question.subject_group,
        question.ability,
        question.kind,
        question.author,
        tuple(_version_view(v, me, meetings) for v in reversed(question.versions)),
        tuple(sorted(mine, key=lambda u: (u.held_on, u.test_id), reverse=True)),
    )


def _in_order(choices: Mapping[str, str]) -> list[str]:
    """肢の並び（ア〜、1〜 などの順）。"""
    return sorted(choices, key=choice_labels(choices).index)


def _version_view(version: BankVersion, me: Actor, meetings: Mapping[int, str]) -> BankVersionView:
    return BankVersionView(
        version.id,
        version.version,
        version.state,
        version.text,
        tuple((name, version.choices[name]) for name in _in_order(version.choices)),
        tuple(version.key),
        version.points,
        version.made_by,
        version.made_at,
        me.person_key in (version.made_by_key or "").split("\n"),
        tuple(
            ReviewView(r.action, r.remark, r.reviewed_by, r.reviewed_at, meetings.get(r.meeting_id or 0, ""))
            for r in version.reviews
        ),
    )

"""採点：記述を二人が別々に読み、差が開けば三人目が読む。点は読みから導き、上に書かない。"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, RuleViolation
from app.domain.marking import READING_WORDS, THIRD, Standing, next_reading, settled, standing
from app.services.committee.veil import Veil
from app.services.office import Act, Actor, Office
from app.services.scoring.analysis import load_test
from app.services.scoring.entry import answers_digest
from app.services.views.scoring import QuestionForm
from app.services.views.scoring_marking import (
    GivenMark,
    MarkedQuestion,
    MarkingDesk,
    MarkingItem,
    MarkingOverview,
    ToRead,
)
from database.queries.scoring import (
    SUBJECT,
    Readings,
    count_scans,
    has_marks,
    load_entries,
    load_readings,
    written_numbers,
)
from database.schema.intake import Application
from database.schema.scoring import AnswerSheet, CertificationTest, WrittenMark


def check_sheet(session: Session, sheet_id: int, actor: Actor) -> None:
    """答案の人の案件を、本人が回避していないこと。回避していれば AccessDenied。"""
    sheet = session.get(AnswerSheet, sheet_id)
    if sheet is not None and sheet.application_id in Veil(session, actor).applications:
        raise AccessDenied("この人の案件を回避しているため、答案を開けません。")


def _written(test: CertificationTest) -> tuple[MarkedQuestion, ...]:
    return tuple(MarkedQuestion(q.number, q.points, q.text) for q in test.questions if q.kind == "written")


def _sheets(session: Session, test_id: int, hidden: Collection[int] = ()) -> list[tuple[int, int]]:
    """受験した人の答案の id と受付番号（受付番号の順）。hidden の申込は除く。"""
    query = (
        select(AnswerSheet.id, Application.reception_number)
        .join(Application, Application.id == AnswerSheet.application_id)
        .where(
            AnswerSheet.certification_test_id == test_id,
            AnswerSheet.outcome == "points",
            AnswerSheet.application_id.not_in(hidden),
        )
        .order_by(Application.reception_number)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _item(
    sheet: tuple[int, int], number: int, found: Readings, gap: int, me: Actor, scans: int
) -> MarkingItem:
    where = standing(found.points, gap, found.readers, me.person_key)
    shown = where is not Standing.TO_READ  # ほかの人の点は、自分が読むまで見せない
    keys = list(found.readers)
    given = tuple(
        GivenMark(reading, points, found.readers[key], found.notes[key])
        for (reading, points), key in zip(sorted(found.points.items()), keys, strict=True)
        if shown
    )
    return MarkingItem(
        *sheet,
        number,
        where,
        next_reading(found.points, gap),
        found.given.get(me.person_key),
        found.notes.get(me.person_key, ""),
        given,
        settled(found.points, gap),
        scans,
    )


def marking_desk(office: Office, test_id: int) -> MarkingDesk:
    """いまの人の採点の机。氏名は載せず、ほかの人の点は自分が読むまで載せない。"""
    me = office.require("scoring.marking_desk")
    with office.read("scoring.marking_desk") as session:
        test = load_test(session, test_id)
        written = _written(test)
        items: list[MarkingItem] = []
        if test.marking_gap is not None:
            sheets = _sheets(session, test_id, Veil(session, me).applications)
            readings, scans = load_readings(session, test_id), count_scans(session, test_id)
            items = [
                _item(
                    sheet,
                    q.number,
                    readings.get((sheet[0], q.number), Readings()),
                    test.marking_gap,
                    me,
                    scans.get(sheet[0], 0),
                )
                for q in written
                for sheet in sheets
            ]
        return MarkingDesk(
            test.id,
            test.title,
            test.held_on,
            test.marking_gap,
            test.locked_at is not None,
            written,
            tuple(items),
        )


def marking_tests(office: Office, cohort_id: int) -> tuple[tuple[int, str], ...]:
    """二人で採点するテスト（id と名、実施日の順）。"""
    with office.read("scoring.marking_tests") as session:
        query = (
            select(CertificationTest.id, CertificationTest.title)
            .where(CertificationTest.cohort_id == cohort_id, CertificationTest.marking_gap.is_not(None))
            .order_by(CertificationTest.held_on, CertificationTest.id)
        )
        return tuple((row[0], row[1]) for row in session.execute(query))


def _markable(session: Session, sheet: AnswerSheet) -> tuple[CertificationTest, int]:
    """記録を受けられるテストと、許す差。"""
    test = load_test(session, sheet.certification_test_id)
    if test.locked_at is not None:
        raise RuleViolation(f"「{test.title}」は確定しているため、採点を変えられません。")
    if test.marking_gap is None:
        raise RuleViolation(
            f"「{test.title}」は、記述を答案に書かれた点で採点します。二人で採点するなら、先に採点の仕方を決めてください。"
        )
    if sheet.outcome != "points":
        raise RuleViolation("受験していない人の答案は採点できません。")
    return test, test.marking_gap


def _check_points(test: CertificationTest, number: int, points: int) -> None:
    question = next((q for q in test.questions if q.number == number and q.kind == "written"), None)
    if question is None:
        raise RuleViolation(f"問{number}は記述ではありません。一覧を開き直してください。")
    if not 0 <= points <= question.points:
        raise RuleViolation(f"問{number}の点は0〜{question.points}点です。")


def mark_written(
    office: Office, sheet_id: int, number: int, points: int, *, note: str = "", reason: str = ""
) -> MarkingItem:
    """いまの人の点を記録し、その後の答を返す。同じ人は一つの答を一度だけ読む。

    自分の点は、ほかの人が読む前なら直せる。ほかの人が読んだ後に直すには理由が要り、三人目が読んだ後は直せない。
    """
    with office.act("scoring.mark_written") as act:
        sheet = act.session.get(AnswerSheet, sheet_id)
        if sheet is None:
            raise RuleViolation("その答案の記録がありません。一覧を開き直してください。")
        check_sheet(act.session, sheet.id, act.actor)
        test, gap = _markable(act.session, sheet)
        _check_points(test, number, points)
        marks = act.session.scalars(
            select(WrittenMark)
            .where(WrittenMark.answer_sheet_id == sheet_id, WrittenMark.question_number == number)
            .order_by(WrittenMark.reading)
        ).all()
        mine = next((m for m in marks if m.marker_key == act.actor.person_key), None)
        reception = act.session.get_one(Application, sheet.application_id).reception_number
        words = f"受付{reception:04d}の問{number}"
        if mine is None:
            made = _add(act, sheet_id, number, points, {m.reading: m.points for m in marks}, gap)
            made.note, made.marked_at = note.strip(), office.now()
            marks = [*marks, made]
            act.say(f"{SUBJECT}{sheet_id}", f"{words}を採点（{READING_WORDS[made.reading]}、{test.title}）")
        else:
            before = [mine.points, mine.note]
            _correct(mine, marks, points, note.strip(), reason, office.now())
            detail = {"reading": mine.reading, "before": before, "after": [points, mine.note]}
            act.say(
                f"{SUBJECT}{sheet_id}", f"{words}の採点を訂正（{test.title}）", reason=reason, detail=detail
            )
        act.session.flush()
        found = Readings(
            {m.reading: m.points for m in marks},
            {m.marker_key: m.marker for m in marks},
            {m.marker_key: m.note for m in marks},
            {m.marker_key: m.points for m in marks},
        )
        scans = count_scans(act.session, test.id).get(sheet_id, 0)
        return _item((sheet_id, reception), number, found, gap, act.actor, scans)


def _add(act: Act, sheet_id: int, number: int, points: int, marks: dict[int, int], gap: int) -> WrittenMark:
    reading = next_reading(marks, gap)
    if reading is None:
        raise RuleViolation(f"問{number}の点は、もう二人の採点で決まっています。次の答へ進んでください。")
    made = WrittenMark(
        answer_sheet_id=sheet_id,
        question_number=number,
        reading=reading,
        points=points,
        marker=act.actor.name,
        marker_key=act.actor.person_key,
        note="",
    )
    act.session.add(made)
    return made


def _correct(
    mine: WrittenMark, marks: Sequence[WrittenMark], points: int, note: str, reason: str, at: datetime
) -> None:
    if any(m.reading == THIRD for m in marks) and mine.reading != THIRD:
        raise RuleViolation("三人目が読んだ後は、一人目と二人目の点を直せません。")
    if len(marks) > 1 and points != mine.points and not reason.strip():
        raise RuleViolation("ほかの人も読んだ答の点を直すには、理由が要ります。理由を書いてください。")
    mine.points, mine.note, mine.marked_at = points, note, at


def _waiting(
    written: Iterable[MarkedQuestion],
    sheets: Sequence[tuple[int, int]],
    readings: dict[tuple[int, int], Readings],
    gap: int,
) -> tuple[ToRead, ...]:
    """まだ読んでいない答を、設問・読み・読めない人ごとにまとめる。"""
    found: dict[tuple[int, int, tuple[str, ...]], list[int]] = defaultdict(list)
    for question in written:
        for sheet, reception in sheets:
            one = readings.get((sheet, question.number), Readings())
            reading = next_reading(one.points, gap)
            if reading is not None:
                found[question.number, reading, tuple(one.readers.values())].append(reception)
    return tuple(ToRead(n, r, len(who), names, tuple(who)) for (n, r, names), who in sorted(found.items()))


def marking_overview(office: Office, test_id: int) -> MarkingOverview:
    """答案の入力・照合・写し・記述の採点の進みと、まだ読んでいない答。"""
    with office.read("scoring.marking_overview") as session:
        test = load_test(session, test_id)
        written, gap = _written(test), test.marking_gap
        sheets = _sheets(session, test_id)
        waiting: tuple[ToRead, ...] = ()
        if gap is not None:
            waiting = _waiting(written, sheets, load_readings(session, test_id), gap)
        mine = AnswerSheet.certification_test_id == test_id
        rows = session.execute(
            select(AnswerSheet.id, AnswerSheet.outcome, AnswerSheet.answers).where(mine)
        ).all()
        checks = load_entries(session, test_id)[1]
        numbers = written_numbers(session, test_id)
        return MarkingOverview(
            gap,
            test.locked_at is not None,
            written,
            len(rows),
            sum(i in checks and checks[i].answers == answers_digest(o, a) for i, o, a in rows),
            len(count_scans(session, test_id)),
            len(sheets) * len(written) - sum(w.count for w in waiting) if gap is not None else 0,
            waiting,
            sum(not numbers.isdisjoint(answers) for _, _, answers in rows),
        )


def set_marking(office: Office, test_id: int, gap: int | None) -> None:
    """記述の採点の仕方を決める。gap は二人の点の許す差（点、0 以上）で、空なら答案に書かれた点で採点する。"""
    if gap is not None and gap < 0:
        raise RuleViolation("許す差は0点以上にしてください。")
    with office.act("scoring.set_marking") as act:
        test = load_test(act.session, test_id)
        if test.locked_at is not None:
            raise RuleViolation(f"「{test.title}」は確定しているため、採点を変えられません。")
        if gap is None and has_marks(act.session, test_id):
            raise RuleViolation("二人の採点が始まっているため、答案に書かれた点の採点には戻せません。")
        if gap is not None and not _written(test):
            raise RuleViolation("このテストに記述の設問がありません。")
        before, test.marking_gap = test.marking_gap, gap
        words = "答案に書かれた点" if gap is None else f"二人の採点（{gap}点を超える差は三人目）"
        act.say(
            f"certification_test:{test_id}",
            f"{test.title}の記述の採点を{words}に決定",
            detail={"gap": [before, gap]},
        )


def check_all_marked(session: Session, test: CertificationTest) -> None:
    """読み残しがあれば断る（確定の前に呼ぶ）。"""
    if test.marking_gap is None:
        return
    waiting = _waiting(
        _written(test), _sheets(session, test.id), load_readings(session, test.id), test.marking_gap
    )
    if waiting:
        some = "、".join(w.words for w in waiting[:3])
        raise RuleViolation(f"記述の採点が済んでいません（{some}）。採点を終えてから確定してください。")


def check_marked_questions(session: Session, test: CertificationTest, forms: Sequence[QuestionForm]) -> None:
    """採点の始まった記述を、除いたり、付けた点より配点を下げたりすれば断る。"""
    after = {f.number: f.points for f in forms if f.kind == "written"}
    for (_, number), found in load_readings(session, test.id).items():
        if max(found.points.values()) > after.get(number, -1):
            raise RuleViolation(
                f"問{number}は採点が始まっています。記述のまま、付けた点（最も高いもので"
                f"{max(found.points.values())}点）以上の配点にしてください。"
            )

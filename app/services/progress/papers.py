"""進捗：集合研修の名簿と名札を刷る。"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.training import RENDERERS, Trainee, TrainingPaper
from app.domain.errors import RuleViolation
from app.services.cohorts import cohort_title
from app.services.files import write_whole
from app.services.office import Office
from app.services.progress.board import rows_of
from app.services.progress.course import rules_of
from app.services.progress.plan import cohort_of
from app.services.settings import value_of
from database.queries.progress import load_board
from database.schema.intake import Application
from database.schema.people import Person
from database.schema.progress import TrainingSession

PAPERS = {
    "roll": "名簿（署名の欄つき、A4）",
    "badges": "名札（A4 に十枚、91×55 mm）",
    "plates": "卓上名札（A4 を折って立てる）",
}
FILE_WORDS = {"roll": "名簿", "badges": "名札", "plates": "卓上名札"}


def _paper(session: Session, office: Office, training_session_id: int) -> TrainingPaper:
    one = session.get(TrainingSession, training_session_id)
    if one is None:
        raise RuleViolation("その集合研修がありません。一覧を開き直してください。")
    cohort = cohort_of(session, one.cohort_id)
    board = rows_of(load_board(session, cohort.id), rules_of(cohort), office.today())
    going = [r for r in board if not r.withdrawn and r.course2 != "shut"]
    places = dict(
        session.execute(
            select(Application.id, Person.affiliation).join(Person).where(Application.cohort_id == cohort.id)
        ).all()
    )
    people = tuple(Trainee(r.reception, r.name, r.reading, places.get(r.application_id) or "") for r in going)
    return TrainingPaper(
        cohort_title(cohort), one.title, one.held_on, str(value_of(session, "office_name")), people
    )


def _render(kind: str, paper: TrainingPaper) -> bytes:
    if kind not in RENDERERS:
        raise RuleViolation("刷る紙を、名簿・名札・卓上名札から選んでください。")
    return RENDERERS[kind](paper)


def preview_training_paper(office: Office, training_session_id: int, kind: str) -> bytes:
    """集合研修の紙の下見（PDF）。kind は PAPERS の鍵。養成課程②にいて、辞退していない人を刷る。"""
    with office.read("progress.preview_training_paper") as session:
        paper = _paper(session, office, training_session_id)
    return _render(kind, paper)


def write_training_paper(office: Office, training_session_id: int, kind: str, path: Path) -> Path:
    """集合研修の紙を PDF に書く。"""
    with office.act("progress.write_training_paper") as act:
        paper = _paper(act.session, office, training_session_id)
        content = _render(kind, paper)
        act.say(
            f"training_session:{training_session_id}",
            f"{paper.title}の{FILE_WORDS[kind]}を作成（{len(paper.people)}人）",
        )
    write_whole(path, content)
    return path

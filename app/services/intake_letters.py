"""受付：補正依頼の通知。"""

from pathlib import Path

from sqlalchemy import select

from app.documents.letters import Letter, render_letters
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.files import write_whole
from app.services.office import Office
from app.services.settings import value_of
from database.schema.intake import Application, Deficiency

_OPENING = "提出された受講申込の書類に、下記のとおり不備がありましたので、期限までに補正してください。"


def write_letter(office: Office, application_id: int, path: Path) -> Path:
    """まだ回答のない補正依頼を一通の PDF に書く。日付は作る日。回答を待つ補正がなければ RuleViolation。"""
    with office.act("intake.write_letter") as act:
        application = act.session.get_one(Application, application_id)
        waiting = act.session.scalars(
            select(Deficiency)
            .where(Deficiency.application_id == application_id, Deficiency.answered_on.is_(None))
            .order_by(Deficiency.due_on, Deficiency.id)
        ).all()
        if not waiting or application.withdrawn_on is not None:
            raise RuleViolation("回答を待つ補正がありません。先に補正を依頼してください。")
        rows = [("補正", f"{d.item}（期限 {wareki(d.due_on)}）" if d.due_on else d.item) for d in waiting]
        letter = Letter(
            number=f"受付 {application.reception_number:04d}",
            date=office.today(),
            addressee=application.person.name,
            sender=str(value_of(act.session, "office_name")),
            title="補正依頼書",
            paragraphs=(_OPENING,),
            rows=tuple(rows),
        )
        content = render_letters((letter,))
        act.say(f"application:{application_id}", f"補正依頼書を作成（{len(waiting)}件）")
    write_whole(path, content)
    return path

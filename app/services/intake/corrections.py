"""受付：不備の発見から補正の回答まで。依頼の手紙は intake_letters にある。"""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.documents import OTHER, base_of, detail_of
from app.domain.errors import RuleViolation
from app.services.intake.checklist import check_kind, deficiency_view, mark_received
from app.services.intake.documents import add_scan, checked_scan
from app.services.office import Act, Office
from app.services.views.intake_papers import CorrectionRow
from database.schema.intake import Application, Deficiency
from database.schema.people import Person

SOON = 7  # 期限まであと何日から、ホームで「近い」と言うか


def check_due(due_on: date, today: date) -> None:
    """過ぎた期限は RuleViolation。"""
    if due_on < today:
        raise RuleViolation(f"期限（{wareki(due_on)}）が過ぎています。今日以後の日を選んでください。")


def _add(
    act: Act,
    office: Office,
    application_id: int,
    item: str,
    due_on: date,
    note: str,
    document_kind: str | None,
    requirement: str | None,
) -> Deficiency:
    if not item.strip():
        raise RuleViolation("不備の内容が空です。何を直してほしいかを書いてください。")
    check_due(due_on, office.today())
    if document_kind is not None:
        check_kind(document_kind)
    if act.session.get_one(Application, application_id).withdrawn_on is not None:
        raise RuleViolation("辞退した人の申込です。補正を依頼するなら、先に辞退を取り消してください。")
    row = Deficiency(
        application_id=application_id,
        item=item.strip(),
        found_on=office.today(),
        due_on=due_on,
        note=note,
        document_kind=document_kind,
        requirement=requirement,
    )
    act.session.add(row)
    act.session.flush()
    return row


def request_correction(
    office: Office,
    application_id: int,
    item: str,
    due_on: date,
    note: str = "",
    *,
    document_kind: str | None = None,
    requirement: str | None = None,
) -> int:
    """不備を記し、期限を付けて補正を求め、その id を返す。手紙は補正依頼書を作るときにまとめて出す。

    document_kind は書類の確認の行の名、requirement は受講資格の要件の名（どちらからでもなければ空）。
    内容が空・過ぎた期限・辞退した申込は RuleViolation。
    """
    with office.act("intake.request_correction") as act:
        row = _add(act, office, application_id, item, due_on, note, document_kind, requirement)
        act.say(f"application:{application_id}", f"補正を依頼：{row.item}（期限 {wareki(due_on)}）")
        return row.id


def _open(session: Session, deficiency_id: int) -> Deficiency:
    """回答を待つ不備。もう終わっていれば RuleViolation。"""
    row = session.get_one(Deficiency, deficiency_id)
    if row.answered_on is not None:
        raise RuleViolation(f"この補正は{wareki(row.answered_on)}に回答済みです。")
    if row.cancelled_on is not None:
        raise RuleViolation(f"この補正は{wareki(row.cancelled_on)}に取り下げてあります。")
    return row


def _answer(
    act: Act,
    office: Office,
    row: Deficiency,
    answer: str,
    answered_on: date | None,
    scan: tuple[str, tuple[bytes, str]] | None,
) -> None:
    day = answered_on or office.today()
    if not row.found_on <= day <= office.today():
        raise RuleViolation(
            f"回答の日（{wareki(day)}）は、不備を記した{wareki(row.found_on)}から今日までの日にしてください。"
        )
    row.answered_on, row.answer = day, answer.strip() or None
    if scan is not None:
        application = act.session.get_one(Application, row.application_id)
        add_scan(act, office, application, row.document_kind or OTHER, *scan)


def _scan(path: Path | None) -> tuple[str, tuple[bytes, str]] | None:
    return None if path is None else (path.name, checked_scan(path))


def answer_correction(
    office: Office,
    deficiency_id: int,
    answer: str = "",
    *,
    answered_on: date | None = None,
    path: Path | None = None,
) -> None:
    """補正の回答を受けた。answer は回答の要旨、path は届いた書類の写し（付けて、その書類を受領とする）。

    answered_on がなければ今日。書類の補正は、写しがなくても書類を受領とする。
    """
    office.require("intake.answer_correction")
    scan = _scan(path)
    with office.act("intake.answer_correction") as act:
        row = _open(act.session, deficiency_id)
        _answer(act, office, row, answer, answered_on, scan)
        if row.document_kind is not None and row.answered_on is not None:
            mark_received(act.session, row.application_id, row.document_kind, row.answered_on)
        act.say(f"application:{row.application_id}", f"補正の回答を受領：{row.item}")


def refuse_answer(
    office: Office,
    deficiency_id: int,
    answer: str,
    item: str,
    due_on: date,
    *,
    answered_on: date | None = None,
    path: Path | None = None,
) -> int:
    """回答を受けたが足りないとき、その回答を記し、残りを新しい不備として求め、その id を返す。"""
    office.require("intake.refuse_answer")
    scan = _scan(path)
    with office.act("intake.refuse_answer") as act:
        row = _open(act.session, deficiency_id)
        _answer(act, office, row, answer, answered_on, scan)
        note = f"前の補正「{row.item}」の回答では足りないため"
        new = _add(act, office, row.application_id, item, due_on, note, row.document_kind, row.requirement)
        act.say(
            f"application:{row.application_id}",
            f"補正の回答が不十分：{row.item}／改めて依頼：{new.item}（期限 {wareki(due_on)}）",
            detail={"answered": row.id, "asked_again": new.id},
        )
        return new.id


def cancel_correction(office: Office, deficiency_id: int, reason: str) -> None:
    """誤って記した不備を、理由を添えて取り下げる。行は残る。"""
    with office.act("intake.cancel_correction") as act:
        if not reason.strip():
            raise RuleViolation("取り下げる理由が空です。理由を書いてください。記録に残ります。")
        row = _open(act.session, deficiency_id)
        row.cancelled_on, row.cancellation = office.today(), reason.strip()
        act.say(f"application:{row.application_id}", f"補正の依頼を取下げ：{row.item}", reason=reason)


def list_corrections(office: Office, cohort_id: int) -> tuple[CorrectionRow, ...]:
    """研修期の補正のすべて（回答を待つものを期限の早い順に、終わったものを後に）。"""
    with office.read("intake.list_corrections") as session:
        rows = session.execute(
            select(Deficiency, Application.reception_number, Application.withdrawn_on, Person.name)
            .join(Application, Deficiency.application_id == Application.id)
            .join(Person, Application.person_id == Person.id)
            .where(Application.cohort_id == cohort_id)
            .order_by(Deficiency.due_on, Application.reception_number, Deficiency.id)
        )
        found = [
            CorrectionRow(d.id, d.application_id, number, name, withdrawn is not None, deficiency_view(d))
            for d, number, withdrawn, name in rows
        ]
    return tuple(sorted(found, key=lambda r: not r.deficiency.is_open))


def suggested_item(kind: str) -> str:
    """書類の確認の行から頼むときの、不備の文の案。"""
    detail = detail_of(kind)
    return f"{base_of(kind)}{f'（{detail}）' if detail else ''}を提出してください。"

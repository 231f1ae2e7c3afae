"""受付：書類の写し。データベースの中に（暗号化して）置き、外には残さない。"""

from pathlib import Path

from sqlalchemy import select

from app.documents.scans import check_scan
from app.domain.documents import DOCUMENT_KINDS, EVIDENCE_SCAN
from app.domain.errors import InputRefused, RuleViolation
from app.services.intake.checklist import check_kind, mark_received, scans_of
from app.services.office import Act, Office
from app.services.views.intake_papers import DocumentRow
from app.workbooks.faults import fault_words
from database.schema.intake import Application
from database.schema.people import Attachment

__all__ = [
    "DOCUMENT_KINDS",
    "LARGEST_DOCUMENT",
    "DocumentRow",
    "attach_document",
    "list_documents",
    "read_document",
    "remove_document",
    "replace_document",
]

LARGEST_DOCUMENT = 20 * 1024 * 1024


def _read(path: Path) -> bytes:
    """ファイルの中身。読めない・大きすぎるものは InputRefused。"""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        raise InputRefused(
            f"ファイル「{path.name}」を開けません（{fault_words(error)}）。場所を確かめてください。",
            "UNREADABLE",
        ) from error
    if len(content) > LARGEST_DOCUMENT:
        limit = LARGEST_DOCUMENT // (1024 * 1024)
        raise InputRefused(
            f"「{path.name}」は大きすぎます（{limit}MBまで）。解像度を下げるか、書類ごとに分けてください。",
            "TOO_LARGE",
        )
    return content


def checked_scan(path: Path) -> tuple[bytes, str]:
    """写しとして受け取れるファイルの中身と種類（MIME）。受け取れなければ InputRefused で、どうするかを言う。"""
    content = _read(path)
    return content, check_scan(path.name, content)


def add_scan(
    act: Act, office: Office, application: Application, kind: str, name: str, scan: tuple[bytes, str]
) -> Attachment:
    """写しの行を足し、その書類を受領とする（既に受領なら受領日はそのまま）。"""
    row = Attachment(
        person_id=application.person_id,
        application_id=application.id,
        kind=kind,
        file_name=name,
        media_type=scan[1],
        content=scan[0],
        received_on=office.today(),
    )
    act.session.add(row)
    act.session.flush()
    mark_received(act.session, application.id, kind, office.today())
    return row


def attach_document(office: Office, application_id: int, kind: str, path: Path) -> int:
    """書類の写しを申込に付けて受領とし、その id を返す。

    kind は書類の確認の行の名か、書類の種類。PDF・PNG・JPEG・TIFF、20 MB まで（ほかや壊れたものは InputRefused）。
    """
    office.require("intake.attach_document")
    check_kind(kind)
    scan = checked_scan(path)
    with office.act("intake.attach_document") as act:
        application = act.session.get_one(Application, application_id)
        row = add_scan(act, office, application, kind, path.name, scan)
        act.say(f"application:{application_id}", f"書類の写しを受領：{kind}")
        return row.id


def _document(act: Act, document_id: int) -> Attachment:
    """受付の書類の写しの行。欠格事由の証拠は、ここからは触れない。"""
    row = act.session.get_one(Attachment, document_id)
    if row.kind == EVIDENCE_SCAN:
        raise RuleViolation("欠格事由の証拠は、審査会議で、理由を書いて開いてください。")
    return row


def replace_document(office: Office, document_id: int, path: Path) -> int:
    """写しを新しいものに差し替え、新しい id を返す。古い写しは残り、読める。既に差し替えてあれば RuleViolation。"""
    office.require("intake.replace_document")
    scan = checked_scan(path)
    with office.act("intake.replace_document") as act:
        old = _document(act, document_id)
        if old.replaced_by_id is not None:
            raise RuleViolation("この写しは既に差し替えてあります。新しい写しのほうを差し替えてください。")
        new = Attachment(
            person_id=old.person_id,
            application_id=old.application_id,
            kind=old.kind,
            file_name=path.name,
            media_type=scan[1],
            content=scan[0],
            received_on=office.today(),
        )
        act.session.add(new)
        act.session.flush()
        old.replaced_by_id = new.id
        act.say(_subject(old), f"書類の写しを差替え：{old.kind}", detail={"old": old.id, "new": new.id})
        return new.id


def remove_document(office: Office, document_id: int, reason: str) -> None:
    """誤って付けた写し（別の人の書類など）を、理由を添えて除く。中身は消え、除いたことと要約値は監査記録に残る。"""
    office.require("intake.remove_document")
    if not reason.strip():
        raise RuleViolation("写しを除く理由が空です。理由を書いてください。記録に残ります。")
    with office.act("intake.remove_document") as act:
        row = _document(act, document_id)
        # 除いた写しが差し替えた古い写しは、除いた写しの次（なければ無し）につなぐ
        for older in act.session.scalars(select(Attachment).where(Attachment.replaced_by_id == document_id)):
            older.replaced_by_id = row.replaced_by_id
        act.session.flush()
        act.say(_subject(row), f"書類の写しを除去：{row.kind}", reason=reason)
        act.session.delete(row)


def _subject(row: Attachment) -> str:
    return f"person:{row.person_id}" if row.application_id is None else f"application:{row.application_id}"


def list_documents(office: Office, application_id: int) -> tuple[DocumentRow, ...]:
    """申込の書類の写し（受け取った順）。差し替えた古いものも入る。"""
    with office.read("intake.list_documents") as session:
        return scans_of(session, session.get_one(Application, application_id))


def read_document(office: Office, document_id: int) -> bytes:
    """書類の写しの中身。申告書には有罪や健康のことが書かれているので、読んだことが監査記録に残る。"""
    with office.act("intake.read_document") as act:
        row = _document(act, document_id)
        act.say(f"person:{row.person_id}", f"書類の写しを閲覧：{row.kind}")
        return row.content

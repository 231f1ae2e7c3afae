"""受付：書類の写し。データベースの中に（暗号化して）置き、外には残さない。"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from app.domain.errors import InputRefused, RuleViolation
from app.services.office import Office
from app.workbooks.faults import fault_words
from database.schema.intake import Application
from database.schema.people import Attachment

DOCUMENT_KINDS = ("申込書", "実務経験証明書", "資格証の写し", "窓口の要件の確認書", "申告書", "その他")
LARGEST_DOCUMENT = 20 * 1024 * 1024
# 名の末尾は信じず、初めのバイトで見分ける
_TYPES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}


@dataclass(frozen=True)
class DocumentRow:
    """書類の写し一つ（中身は read_document で読む）。size はバイト。"""

    id: int
    kind: str
    file_name: str
    media_type: str
    received_on: date
    size: int


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
        raise InputRefused(f"ファイルが大きすぎます（{limit}MBまで）。解像度を下げてください。", "TOO_LARGE")
    return content


def _media_type(path: Path, content: bytes) -> str:
    for start, name in _TYPES.items():
        if content.startswith(start):
            return name
    raise InputRefused(
        f"「{path.name}」は書類の写しとして受け取れません。PDF・PNG・JPEG・TIFF にしてください。",
        "NOT_DOCUMENT",
    )


def attach_document(office: Office, application_id: int, kind: str, path: Path) -> int:
    """書類の写しを申込の人に付け、その id を返す。PDF・PNG・JPEG・TIFF、20 MB まで（ほかは InputRefused）。"""
    office.require("intake.attach_document")
    if kind not in DOCUMENT_KINDS:
        raise RuleViolation(f"書類の種類は{'・'.join(DOCUMENT_KINDS)}のどれかです。")
    content = _read(path)
    media_type = _media_type(path, content)
    with office.act("intake.attach_document") as act:
        row = Attachment(
            person_id=act.session.get_one(Application, application_id).person_id,
            kind=kind,
            file_name=path.name,
            media_type=media_type,
            content=content,
            received_on=office.today(),
        )
        act.session.add(row)
        act.session.flush()
        act.say(f"application:{application_id}", f"書類の写しを受領：{kind}")
        return row.id


def list_documents(office: Office, application_id: int) -> tuple[DocumentRow, ...]:
    """申込の人の書類の写し（受け取った順）。"""
    with office.read("intake.list_documents") as session:
        person_id = session.get_one(Application, application_id).person_id
        rows = session.scalars(
            select(Attachment).where(Attachment.person_id == person_id).order_by(Attachment.id)
        )
        return tuple(
            DocumentRow(r.id, r.kind, r.file_name, r.media_type, r.received_on, len(r.content)) for r in rows
        )


def read_document(office: Office, document_id: int) -> bytes:
    """書類の写しの中身。申告書には有罪や健康のことが書かれているので、読んだことが監査記録に残る。"""
    with office.act("intake.read_document") as act:
        row = act.session.get_one(Attachment, document_id)
        act.say(f"person:{row.person_id}", f"書類の写しを閲覧：{row.kind}")
        return row.content

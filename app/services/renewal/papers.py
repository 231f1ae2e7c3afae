"""更新・取消の手紙の文：満了の案内、弁明の機会の付与、取消し、取り消さない結果。"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.documents.letters import Letter as Paper
from app.domain.calendar import last_day_of_period, wareki
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.people import printed_name
from app.services.settings import value_of
from app.services.standings import Standing
from app.services.views.renewal import CASE_LETTERS, GROUND_WORDS
from database.schema.certificates import Certification
from database.schema.people import Person
from database.schema.renewal import Revocation

Rows = tuple[tuple[str, str], ...]


def _sender(session: Session) -> str:
    return str(value_of(session, "office_name"))


def notice_paper(
    session: Session, office: Office, standing: Standing, person: Person, months: int, number: str
) -> Paper:
    """有効期間の満了と更新研修の案内。住所があれば、封筒の窓の位置に刷る。"""
    expires_on = standing.expires_on
    lapses_on = expires_on + timedelta(days=1)
    years = office.guideline.validity_years
    last = "更新研修を修了していない方への最後のお知らせです。" if months == 1 else ""
    return Paper(
        number=number,
        date=office.today(),
        addressee=printed_name(person),
        postal_code=person.postal_code.strip(),
        address=person.address.strip(),
        sender=_sender(session),
        title=f"認証の更新のお知らせ（満了{months}か月前）",
        paragraphs=(
            f"あなたの外国人支援コーディネーターの認証は、{wareki(expires_on)}に有効期間が満了します。"
            f"満了の日までに更新研修を修了されると、満了の翌日から{years}年間、認証が更新され、"
            "新しい認定証を交付します。",
            f"{last}既に更新研修を修了されたときは、行き違いをお許しください。",
        ),
        rows=(
            ("認定番号", standing.facts.number),
            ("認証日", wareki(standing.facts.certified_on)),
            ("有効期間の満了日", wareki(expires_on)),
            ("更新研修の修了の期限", wareki(expires_on)),
            ("修了されないとき", f"{wareki(lapses_on)}に認証は失効し、満了の後の修了では更新されません。"),
        ),
    )


def _statement_rows(
    row: Revocation, office: Office, words: str, due_on: date | None, sender: str
) -> tuple[Rows, str]:
    if row.revoked_on is not None or row.closed_without_on is not None:
        raise RuleViolation("この調査は既に終わっています。弁明の通知は作れません。")
    if not words.strip():
        raise RuleViolation("原因となる事実が空です。本人が弁明できるように書いてください。")
    if due_on is None or due_on <= office.today():
        raise RuleViolation("弁明の期限を、今日より後の日で入れてください。")
    rows = (
        ("予定される処分", "認証の取消し（実施要綱 6(1)）"),
        ("取消しの事由", GROUND_WORDS[row.ground]),
        ("原因となる事実", words.strip()),
        ("弁明書の提出先", sender),
        ("提出の期限", wareki(due_on)),
    )
    opening = (
        "下記のとおり、認証の取消しを検討しています。取消しに先立ち、弁明の機会を設けますので、"
        "意見があるときは、期限までに弁明書と証拠となる書類を提出してください。"
        "期限までに提出がないときは、弁明がないものとして決定します。"
    )
    return rows, opening


def _revocation_rows(row: Revocation, office: Office, due_on: date | None, sender: str) -> tuple[Rows, str]:
    if row.revoked_on is None:
        raise RuleViolation("まだ取り消していません。取り消した後に、取消しの通知を作ってください。")
    bar = last_day_of_period(row.revoked_on, office.guideline.bar_years)
    back = (
        f"{sender}へ返納してください。"
        if due_on is None
        else f"{wareki(due_on)}までに{sender}へ返納してください。"
    )
    rows = (
        ("取消しの日", wareki(row.revoked_on)),
        ("取消しの事由", GROUND_WORDS[row.ground]),
        ("理由", row.reason),
        ("認定証", back),
        ("新たな認証", f"{wareki(bar)}までは、欠格事由（実施要綱 6(1)エ）に当たり、受けられません。"),
    )
    return rows, "あなたの外国人支援コーディネーターの認証を、下記のとおり取り消しましたので、通知します。"


def _closing_rows(row: Revocation) -> tuple[Rows, str]:
    if row.closed_without_on is None:
        raise RuleViolation("調査がまだ終わっていません。取り消さずに終えた後に作ってください。")
    rows = (("調査を終えた日", wareki(row.closed_without_on)), ("結果", "認証は取り消しません。"))
    return rows, "あなたの認証について行った調査の結果を、下記のとおり通知します。"


def case_paper(
    session: Session,
    office: Office,
    kind: str,
    row: Revocation,
    certification: Certification,
    addressee: str,
    words: str,
    due_on: date | None,
    number: str,
) -> Paper:
    """調査の手紙の紙。調査がその段になければ RuleViolation。"""
    sender = _sender(session)
    if kind == "statement_notice":
        rows, opening = _statement_rows(row, office, words, due_on, sender)
    elif kind == "revocation":
        rows, opening = _revocation_rows(row, office, due_on, sender)
    elif kind == "no_revocation":
        rows, opening = _closing_rows(row)
    else:
        raise RuleViolation("その種類の手紙は作れません。")
    return Paper(
        number=number,
        date=office.today(),
        addressee=addressee,
        sender=sender,
        title=CASE_LETTERS[kind],
        paragraphs=(opening,),
        rows=(("認定番号", certification.number), ("認証日", wareki(certification.certified_on)), *rows),
    )

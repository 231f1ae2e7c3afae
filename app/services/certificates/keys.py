"""検証のための鍵：公開鍵の紙、検証の頁、鍵の取下げ。"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.key_sheet import PublicKey, render_key_sheet, render_verifying_page
from app.domain.errors import RuleViolation
from app.services.files import write_whole
from app.services.office import Actor, Office
from app.services.settings import value_of
from database.schema.certificates import SigningKey


def _keys(session: Session) -> tuple[PublicKey, ...]:
    rows = session.scalars(select(SigningKey).order_by(SigningKey.id.desc()))
    return tuple(
        PublicKey(k.public_key, k.created_at.date(), None if k.retired_at is None else k.retired_at.date())
        for k in rows
    )


def write_key_sheet(office: Office, path: Path) -> Path:
    """公開鍵の紙（PDF）を書く。"""
    with office.read("certificates.write_key_sheet") as session:
        name = str(value_of(session, "office_name"))
        content = render_key_sheet(_keys(session), name, office.today())
    write_whole(path, content)
    return path


def write_verifying_page(office: Office, path: Path) -> Path:
    """通信なしで確かめる検証の頁（HTML 一つ）を書く。"""
    with office.read("certificates.write_verifying_page") as session:
        name = str(value_of(session, "office_name"))
        content = render_verifying_page(_keys(session), name, office.today())
    write_whole(path, content)
    return path


def retire_key(office: Office, reason: str, *, second: Actor | None) -> None:
    """いまの署名鍵を取り下げる（漏れたおそれのあるとき）。理由と二人目が要る。次の交付で新しい鍵を作る。

    交付した認定証は、この事務局の記録では真正のまま。検証の頁では「取り下げた鍵」と出る。
    """
    if not reason.strip():
        raise RuleViolation("鍵を取り下げる理由が空です。理由を書いてください。")
    with office.act("certificates.retire_key", second=second) as act:
        key = act.session.scalar(select(SigningKey).where(SigningKey.retired_at.is_(None)))
        if key is None:
            raise RuleViolation("使っている鍵はありません。次の交付で作られます。")
        key.retired_at = office.now()
        act.say("signing_key", "認定証の署名鍵を取り下げた", reason=reason.strip())

"""認定証の画面へ渡すもの。"""

from dataclasses import dataclass
from datetime import date, datetime

KIND_WORDS = {"new": "新規", "renewal": "更新", "reissue": "再交付", "rewrite": "書換", "correction": "訂正"}
RESULT_WORDS = {
    "genuine": "真正で有効です",
    "altered": "内容が書き換えられているか、この事務局のものではありません",
    "unknown": "この事務局の記録にありません",
    "superseded": "真正ですが、新しい版が交付されています",
    "withdrawn": "取り下げた版です。真正でしたが、いまは使えません",
    "revoked": "真正でしたが、認証は取り消されています",
    "returned": "真正でしたが、本人が認証を返納しています",
    "died": "真正でしたが、本人の死亡により認証は終わっています",
    "annulled": "真正でしたが、認定の議決が変更され、無効です",
    "lapsed": "真正でしたが、有効期間が満了しています",
    "not_yet": "真正ですが、まだ有効期間が始まっていません",
}


@dataclass(frozen=True)
class WaitingRow:
    """交付を待つ一人。missing は印刷できない文字（空なら印刷できる）、certified_on は交付日の下限となる認証日（更新では空）。"""

    case_id: int
    certification_id: int | None
    kind: str
    reception_number: int
    name: str
    certificate_name: str
    missing: tuple[str, ...]
    certified_on: date | None = None
    person_id: int = 0


@dataclass(frozen=True)
class CertificateRow:
    """台帳の一行。"""

    id: int
    certification_id: int
    number: str
    version: int
    kind: str
    name: str
    issued_on: date
    valid_from: date
    expires_on: date
    pdf_digest: str
    latest: bool
    printed_at: datetime | None = None
    reason: str = ""
    issued_by: str = ""
    withdrawn_on: date | None = None
    withdrawn_reason: str = ""
    layout: str = ""

    @property
    def words(self) -> str:
        """事由の言葉。"""
        return KIND_WORDS[self.kind] + ("（取下げ）" if self.withdrawn_on is not None else "")


@dataclass(frozen=True)
class VoidedRow:
    """欠番一つ。"""

    serial: int
    reason: str
    second_person: str


@dataclass(frozen=True)
class Verification:
    """検証の結果。name から detail までは、この事務局の記録にある値（紙と見比べるため）。"""

    number: str
    result: str
    name: str = ""
    version: int = 0
    expires_on: date | None = None
    detail: str = ""

    @property
    def words(self) -> str:
        """結果の言葉。"""
        return RESULT_WORDS[self.result] + (f"（{self.detail}）" if self.detail else "")

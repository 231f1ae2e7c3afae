"""認定証の用紙の出し入れ：受け入れ・使用・書損じ・数え直し。残りは行の和。"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.calendar import wareki
from app.domain.errors import RuleViolation
from app.services.office import Office
from app.services.settings import value_of
from app.services.views.certificate_ledger import STOCK_WORDS, StockLine, StockView
from database.schema.certificates import BlankStock

_MOST = 100_000


@dataclass(frozen=True)
class StockForm:
    """用紙の出し入れ。kind は received・spoiled・counted。counted の sheets は、数えた今の枚数。"""

    kind: str
    happened_on: date
    sheets: int
    words: str = ""


def _total(session: Session) -> int:
    return int(session.scalar(select(func.coalesce(func.sum(BlankStock.change), 0))) or 0)


def stock_view(session: Session) -> StockView:
    """取引の中で用紙の残りを読む。"""
    lines, balance = [], 0
    for row in session.scalars(select(BlankStock).order_by(BlankStock.id)):
        balance += row.change
        lines.append(StockLine(row.id, row.happened_on, row.change, row.reason, row.recorded_by, balance))
    return StockView(balance, int(value_of(session, "blank_low")), tuple(reversed(lines)))


def get_stock(office: Office) -> StockView:
    """用紙の残りと、出し入れの帳簿（新しい順）。"""
    with office.read("certificates.get_stock") as session:
        return stock_view(session)


def take_blank(
    session: Session, day: date, certificate_id: int, by: str, reason: str, sheets: int = 1
) -> None:
    """用紙を使ったことを帳簿に記す。数を付け始めていなければ、何もしない（呼ぶ操作の取引の中で行う）。"""
    if session.scalar(select(BlankStock.id).limit(1)) is None:
        return
    session.add(
        BlankStock(
            happened_on=day, change=-sheets, reason=reason, certificate_id=certificate_id, recorded_by=by
        )
    )


def record_stock(office: Office, form: StockForm) -> int:
    """用紙の受け入れ・書損じ・数え直しを記し、その後の枚数を返す。

    数え直しは、帳簿との差を一行にする（差がなければ断る）。先の日付、枚数の誤り、足りない枚数は RuleViolation。
    """
    office.require("certificates.record_stock")
    if form.kind not in STOCK_WORDS:
        raise RuleViolation("用紙の出し入れは、受け入れ・書損じ・数え直しのどれかです。")
    if form.happened_on > office.today():
        raise RuleViolation("日付が今日より後です。日付を確かめてください。")
    if not (0 if form.kind == "counted" else 1) <= form.sheets <= _MOST:
        raise RuleViolation("枚数を確かめてください。")
    with office.act("certificates.record_stock") as act:
        before = _total(act.session)
        change = {"received": form.sheets, "spoiled": -form.sheets}.get(form.kind, form.sheets - before)
        if change == 0:
            raise RuleViolation(f"帳簿の枚数（{before}枚）と同じです。記すことはありません。")
        if before + change < 0:
            raise RuleViolation(
                f"帳簿の残りは{before}枚です。それより多くは減らせません。先に数え直しを記してください。"
            )
        reason = STOCK_WORDS[form.kind] + (f"（{form.words.strip()}）" if form.words.strip() else "")
        act.session.add(
            BlankStock(happened_on=form.happened_on, change=change, reason=reason, recorded_by=act.actor.name)
        )
        act.say(
            "blank_stock",
            f"認定証の用紙：{reason}{change:+d}枚（残り{before + change}枚）",
            detail={"happened_on": wareki(form.happened_on), "change": change},
        )
        return before + change

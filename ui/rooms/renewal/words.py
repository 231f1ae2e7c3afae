"""更新・取消の画面の言葉：有効期間、認定証の待ち、取消しの調査の経過。"""

from collections.abc import Iterator, Sequence
from datetime import date

from app.domain.calendar import wareki
from app.services.views.renewal import (
    GROUND_WORDS,
    CaseLetter,
    CertificateDue,
    CertificationRow,
    RevocationView,
)
from ui.widgets.timeline import Span


def validity_words(row: CertificationRow) -> str:
    """認証・満了・更新・終わりの日。"""
    lines = [f"認証　{wareki(row.certified_on)}", f"満了　{wareki(row.expires_on)}"]
    lines += [f"更新研修の修了　{wareki(day)}" for day in row.renewals]
    if row.revoked_on is not None:
        lines.append(f"取消し　{wareki(row.revoked_on)}")
    if row.closed_on is not None:
        lines.append(f"{'死亡' if row.standing == 'died' else '返納'}　{wareki(row.closed_on)}")
    return "\n".join(lines)


def period_spans(row: CertificationRow) -> list[Span]:
    """有効期間の帯。取消し・返納・死亡で終わった期間は、その日で切る。"""
    stop = row.revoked_on or row.closed_on
    spans = []
    for place, (start, end) in enumerate(row.periods):
        title = "初めの認証" if not place else f"{place}回目の更新"
        if stop is None or stop > end:
            spans.append(Span(title, start, end, f"{wareki(end)}まで"))
        elif stop >= start:
            spans.append(Span(title, start, stop, f"{wareki(stop)}に{row.words}"))
    return spans


def due_words(due: CertificateDue) -> str:
    """新しい認定証を待つことの言葉。"""
    return (
        f"手元の認定証の満了日は{wareki(due.printed_expires_on)}です。"
        f"更新により{wareki(due.expires_on)}までとなったため、認定証の部屋で新しい認定証を交付してください。"
    )


def _steps(case: RevocationView) -> Iterator[tuple[date | None, str]]:
    yield case.opened_on, f"調査を開始（{GROUND_WORDS[case.ground]}）"
    if case.notice_on is not None:
        due = "" if case.statement_due_on is None else f"（弁明の期限 {wareki(case.statement_due_on)}）"
        yield case.notice_on, f"本人へ通知{due}"
        if not case.statement:
            yield None, "弁明　まだ届いていません。"
    if case.statement:
        yield case.statement_on, f"弁明　{case.statement}"
    if case.agenda:
        yield None, f"議題　{case.agenda}"
    if case.revoked_on is not None:
        yield case.revoked_on, f"認証を取消し（{case.decided_by}・{case.second_person}）"
    if case.closed_without_on is not None:
        yield case.closed_without_on, f"取り消さずに終了（{case.decided_by}）"
    if case.reason:
        yield None, f"理由　{case.reason}"
    if case.return_asked_on is not None:
        yield case.return_asked_on, "認定証の返納を求めた"
    if case.certificate_returned_on is not None:
        yield case.certificate_returned_on, "認定証が返納された"


def _letter_words(letter: CaseLetter) -> str:
    sent = "未発送" if letter.sent_on is None else f"{wareki(letter.sent_on)}発送"
    back = "" if letter.returned_on is None else f"、{wareki(letter.returned_on)}返送"
    return f"手紙　{letter.words}（{wareki(letter.made_on)}作成、{sent}{back}）"


def _line(day: date | None, words: str) -> str:
    return words if day is None else f"{wareki(day)}　{words}"


def case_words(row: CertificationRow, letters: Sequence[CaseLetter]) -> str:
    """最も新しい調査の経過と手紙。前の調査があれば、その終わりを先に一行ずつ。"""
    if row.investigation is None:
        return ""
    before = [f"前の調査　{wareki(c.opened_on)}　{c.words}" for c in row.cases[:-1]]
    now = [_line(day, words) for day, words in _steps(row.investigation)]
    return "\n".join([*before, *now, *map(_letter_words, letters)])

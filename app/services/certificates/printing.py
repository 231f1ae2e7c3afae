"""認定証をまとめて刷る：一枚ごとの印刷済・未確認・未印刷・書損じ。止まった仕事は続きから刷る。"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import RuleViolation
from app.services.certificates.ledger import frozen_page
from app.services.certificates.stock import take_blank
from app.services.office import Act, Office
from app.services.views.certificate_ledger import RunView, SheetRow
from database.schema.certificates import (
    Certificate,
    CertificateEvent,
    Certification,
    PrintRun,
    PrintSheet,
)

_SETTLED = ("printed", "spoiled")
_ANSWERS = ("printed", "unconfirmed", "unprinted", "spoiled")


def _view(session: Session, run: PrintRun) -> RunView:
    rows = session.execute(
        select(PrintSheet, Certificate, Certification)
        .join(Certificate, Certificate.id == PrintSheet.certificate_id)
        .join(Certification, Certification.id == Certificate.certification_id)
        .where(PrintSheet.print_run_id == run.id)
        .order_by(PrintSheet.position)
    )
    sheets = tuple(
        SheetRow(s.position, x.id, c.number, str(x.face["name"]), x.version, s.state, s.note)
        for s, x, c in rows
    )
    return RunView(run.id, run.printer, run.started_at, run.started_by, run.ended_at is not None, sheets)


def start_run(office: Office, cohort_id: int | None, certificates: Sequence[int], printer: str) -> RunView:
    """刷る仕事を始める。どの紙もまだ未印刷。取り下げた版と、終わっていないほかの仕事にある版は RuleViolation。"""
    with office.act("certificates.start_run") as act:
        if not certificates:
            raise RuleViolation("刷る認定証がありません。未印刷の認定証を選んでください。")
        _check_free(act.session, certificates)
        run = PrintRun(
            cohort_id=cohort_id, printer=printer, started_at=office.now(), started_by=act.actor.name
        )
        act.session.add(run)
        act.session.flush()
        act.session.add_all(
            PrintSheet(print_run_id=run.id, certificate_id=c, position=n)
            for n, c in enumerate(certificates, 1)
        )
        act.session.flush()
        act.say(f"print_run:{run.id}", f"認定証{len(certificates)}枚の印刷を開始（{printer}）")
        return _view(act.session, run)


def _check_free(session: Session, certificates: Sequence[int]) -> None:
    busy = session.scalar(
        select(Certification.number)
        .join(Certificate)
        .join(PrintSheet, PrintSheet.certificate_id == Certificate.id)
        .join(PrintRun, PrintRun.id == PrintSheet.print_run_id)
        .where(
            PrintRun.ended_at.is_(None),
            PrintSheet.state.not_in(_SETTLED),
            Certificate.id.in_(certificates),
        )
        .limit(1)
    )
    if busy is not None:
        raise RuleViolation(f"{busy} は、終わっていない印刷にあります。先にその印刷の続きを終えてください。")
    for certificate_id in certificates:
        if session.get_one(Certificate, certificate_id).withdrawn_on is not None:
            raise RuleViolation("取り下げた版は刷れません。最新の版を選んでください。")


def open_runs(office: Office, cohort_id: int) -> tuple[RunView, ...]:
    """研修期の、終わっていない印刷（古い順）。"""
    with office.read("certificates.open_runs") as session:
        query = (
            select(PrintRun)
            .where(PrintRun.cohort_id == cohort_id, PrintRun.ended_at.is_(None))
            .order_by(PrintRun.id)
        )
        return tuple(_view(session, run) for run in session.scalars(query))


def get_run(office: Office, run_id: int) -> RunView:
    """印刷の仕事一つ。"""
    with office.read("certificates.get_run") as session:
        return _view(session, session.get_one(PrintRun, run_id))


def sheet_page(office: Office, run_id: int, position: int) -> bytes:
    """刷る一枚の、凍った PDF。"""
    with office.read("certificates.sheet_page") as session:
        return frozen_page(session, _sheet(session, run_id, position).certificate_id)


def _sheet(session: Session, run_id: int, position: int) -> PrintSheet:
    found = session.scalar(
        select(PrintSheet).where(PrintSheet.print_run_id == run_id, PrintSheet.position == position)
    )
    if found is None:
        raise RuleViolation("その紙は、この印刷にありません。")
    return found


def mark_sent(office: Office, run_id: int, position: int) -> None:
    """一枚を印刷機へ送る前に、未確認とする（途中で止まっても、出たかどうか分からない紙として残る）。"""
    with office.act("certificates.mark_sent") as act:
        sheet = _sheet(act.session, run_id, position)
        if sheet.state != "unprinted":
            raise RuleViolation(f"{position}枚目は既に送ってあります。出たかどうかを先に記してください。")
        sheet.state = "unconfirmed"
        act.say(f"print_run:{run_id}", f"{position}枚目を印刷機へ送った")


def states_through(run: RunView, correct: int) -> dict[int, str]:
    """「何枚目まで正しく出ましたか」への答え：送った紙の、初めの correct 枚が印刷済、残りは未印刷。"""
    sent = [s.position for s in run.of("unconfirmed")]
    return {p: "printed" if n <= correct else "unprinted" for n, p in enumerate(sent, 1)}


def settle_run(office: Office, run_id: int, states: Mapping[int, str]) -> RunView:
    """送った紙の結果（位置から printed・unprinted・spoiled・unconfirmed）を記す。

    書損じの紙は用紙の帳簿から引き、同じ認定証の紙を末尾に未印刷で足す。すべて済めば印刷は終わる。
    """
    with office.act("certificates.settle_run") as act:
        run = act.session.get_one(PrintRun, run_id)
        if run.ended_at is not None:
            raise RuleViolation("この印刷は終わっています。")
        for position, state in sorted(states.items()):
            if state not in _ANSWERS:
                raise RuleViolation("紙の結果は、印刷済・未確認・未印刷・書損じのどれかです。")
            sheet = _sheet(act.session, run_id, position)
            if sheet.state != "unconfirmed":
                raise RuleViolation(
                    f"{position}枚目は、結果を待つ紙ではありません。一覧を読み直してください。"
                )
            _settle(act, office, sheet, state)
        act.session.flush()
        view = _view(act.session, run)
        if not view.of("unprinted", "unconfirmed"):
            run.ended_at = office.now()
        act.say(f"print_run:{run_id}", f"印刷の結果を確認（{view.counts}）")
        return _view(act.session, run)


def _settle(act: Act, office: Office, sheet: PrintSheet, state: str) -> None:
    sheet.state = state
    if state not in _SETTLED:
        return
    sheet.settled_at = office.now()
    if state == "printed":
        act.session.get_one(Certificate, sheet.certificate_id).printed_at = office.now()
        take_blank(act.session, office.today(), sheet.certificate_id, act.actor.name, "印刷")
        return
    take_blank(act.session, office.today(), sheet.certificate_id, act.actor.name, "書損じ")
    act.session.add(
        CertificateEvent(
            certificate_id=sheet.certificate_id,
            kind="spoiled",
            happened_on=office.today(),
            words=f"印刷の{sheet.position}枚目",
            recorded_by=act.actor.name,
        )
    )
    last = act.session.scalar(
        select(PrintSheet.position)
        .where(PrintSheet.print_run_id == sheet.print_run_id)
        .order_by(PrintSheet.position.desc())
        .limit(1)
    )
    act.session.add(
        PrintSheet(
            print_run_id=sheet.print_run_id,
            certificate_id=sheet.certificate_id,
            position=(last or 0) + 1,
            note=f"{sheet.position}枚目の刷り直し",
        )
    )
    act.session.flush()


def end_run(office: Office, run_id: int) -> RunView:
    """残りを刷らずに印刷を終える。未確認の紙があれば、先に結果を記すよう断る。"""
    with office.act("certificates.end_run") as act:
        run = act.session.get_one(PrintRun, run_id)
        view = _view(act.session, run)
        if view.of("unconfirmed"):
            raise RuleViolation(
                "出たかどうか分からない紙があります。何枚目まで正しく出たかを先に記してください。"
            )
        run.ended_at = run.ended_at or office.now()
        act.say(f"print_run:{run_id}", f"印刷を終えた（{view.counts}）")
        return _view(act.session, run)

"""庁から戻ったファイルを、送った便と一セルずつ比べる。違いは残すだけで、記録は書き換えない。"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select

from app.domain.errors import RuleViolation
from app.services.importing import digest_file
from app.services.office import Office
from app.services.views.submission import Difference, ReturnedView
from app.workbooks.reading import Unlock, read_workbook
from app.workbooks.register import ReturnedRow, ReturnedSheet, read_returned
from database.schema.submission import ReturnedFile, SubmissionBatch

Sent = Mapping[str, Mapping[str, str]]


def _row_differences(row: ReturnedRow, sent: Mapping[str, str], headings: Iterable[str]) -> list[Difference]:
    found = []
    for heading in headings:
        before = sent.get(heading, "")
        if heading in row.unread:
            found.append(Difference("unread", row.row, row.number, heading, before, row.unread[heading]))
        elif row.cells[heading] != before:
            found.append(Difference("value", row.row, row.number, heading, before, row.cells[heading]))
    return found


def differences(sent: Sent, returned: ReturnedSheet) -> tuple[Difference, ...]:
    """送ったセル（認定番号から、見出しから文字へ）と、戻った名簿の違い。

    ない列、戻った行の順に値・読めないセル・送っていない行・重なった行、終わりに戻らなかった行。
    「変更」と「最後の便」の列は送った記録の値ではないので比べない。
    """
    columns = list(dict.fromkeys(h for cells in sent.values() for h in cells))
    found = [Difference("column", 0, "", h) for h in columns if h not in returned.headings]
    compared = [h for h in columns if h in returned.headings and h != "認定番号"]
    seen: set[str] = set()
    for row in returned.rows:
        if row.number in seen:
            found.append(Difference("twice", row.row, row.number))
        elif row.number in sent:
            found += _row_differences(row, sent[row.number], compared)
        else:
            name = row.cells.get("氏名", "")
            found.append(Difference("added", row.row, row.number, returned=name))
        seen.add(row.number)
    found += [
        Difference("missing", 0, key, sent=cells.get("氏名", ""))
        for key, cells in sent.items()
        if key not in seen
    ]
    return tuple(found)


def _view(one: ReturnedFile) -> ReturnedView:
    return ReturnedView(
        one.id,
        one.submission_batch_id,
        one.file_name,
        one.file_digest,
        one.compared_at,
        one.compared_by,
        tuple(Difference(**d) for d in one.differences),
    )


def _sent_cells(batch: SubmissionBatch) -> dict[str, dict[str, str]]:
    if any(row.cells is None for row in batch.rows):
        raise RuleViolation(
            f"第{batch.number}便は、送った値を覚えるより前に作られたため比べられません。"
            "送ったファイルと見比べてください。"
        )
    return {row.key: row.cells or {} for row in batch.rows}


def compare_returned(office: Office, batch_id: int, path: Path, password: Unlock = None) -> ReturnedView:
    """戻ったファイルを便と比べ、違いを残す。名簿の記録は変えない（直すなら元の部屋で直す）。

    パスワードが要る・違うときと、名簿として読めないときは InputRefused で、何も残さない。
    """
    office.require("submission.compare_returned")
    digest = digest_file(path).digest
    returned = read_returned(read_workbook(path, password))
    with office.act("submission.compare_returned") as act:
        batch = act.session.get(SubmissionBatch, batch_id)
        if batch is None:
            raise RuleViolation("その便の記録がありません。一覧を開き直してください。")
        found = differences(_sent_cells(batch), returned)
        kept = ReturnedFile(
            submission_batch_id=batch.id,
            file_name=path.name,
            file_digest=digest,
            compared_at=office.now(),
            compared_by=act.actor.name,
            differences=[asdict(d) for d in found],
        )
        act.session.add(kept)
        act.session.flush()
        act.say(
            f"submission_batch:{batch.id}",
            f"認定者名簿の第{batch.number}便に戻ったファイルを照合（違い{len(found)}）",
            detail={"file_digest": digest},
        )
        return _view(kept)


def list_returned(office: Office, batch_id: int) -> tuple[ReturnedView, ...]:
    """便に対して戻ったファイル（新しい順）。"""
    with office.read("submission.list_returned") as session:
        query = (
            select(ReturnedFile)
            .where(ReturnedFile.submission_batch_id == batch_id)
            .order_by(ReturnedFile.id.desc())
        )
        return tuple(_view(one) for one in session.scalars(query))

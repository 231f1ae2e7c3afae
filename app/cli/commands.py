"""命令一つに関数一つ。サービスを呼び、言葉と終了の値にする。"""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from app.cli import demo, evaluate, exchange, keeping
from app.cli.session import Options, open_signed_in, report
from app.domain.calendar import parse_date
from app.services import certificates, intake
from app.services.office import Office

DONE, SOME_REFUSED, NOT_DONE = 0, 1, 2
# 認定証のファイルとして確かめる名の終わり（ほかは二次元コードの文とみなす）
VERIFIED_FILES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")


def _day(text: str | None, default: date) -> date:
    return default if text is None else parse_date(text).date


def _certificates(options: Options) -> int:
    with closing(open_signed_in(options)) as office:
        if options.action == "verify":
            return _verify(options, office)
        cohort_id = intake.find_cohort(office, options.cohort)
        if options.action == "issue":
            issued = certificates.issue(
                office, cohort_id, _day(options.issued_on, office.today()), options.out
            )
            words = f"認定証を{len(issued)}枚交付しました：{options.out}"
            report(options, words, {"issued": [c.number for c in issued], "file": str(options.out)})
        else:
            count = certificates.reprint(office, cohort_id, options.out)
            report(
                options,
                f"{count}枚を再び出しました：{options.out}",
                {"reprinted": count, "file": str(options.out)},
            )
    return DONE


def _verify(options: Options, office: Office) -> int:
    as_of = _day(options.as_of, office.today())
    file = Path(options.what)
    if file.suffix.lower() in VERIFIED_FILES:
        found = certificates.verify_file(office, file, as_of)
    else:
        found = (certificates.verify_text(office, options.what, as_of),)
    words = "\n".join(f"{v.number} {v.words}" for v in found)
    rows = [
        {"number": v.number, "result": v.result, "name": v.name, "version": v.version, "detail": v.detail}
        for v in found
    ]
    report(options, words, {"certificates": rows})
    return DONE if all(v.result == "genuine" for v in found) else SOME_REFUSED


def _evaluate(options: Options) -> int:
    return evaluate.run(options.edition, sys.stdin, sys.stdout)


COMMANDS: dict[str, Callable[[Options], int]] = {
    "demo": demo.run,
    "init": keeping.init,
    "template": exchange.template,
    "import": exchange.import_file,
    "inspect": exchange.inspect,
    "export": exchange.export,
    "evaluate": _evaluate,
    "certificates": _certificates,
    "audit": keeping.audit,
    "backup": keeping.backup,
    "restore": keeping.restore,
    "check": keeping.check,
    "rekey": keeping.rekey,
}


def run(options: Options) -> int:
    """選ばれた命令を行う。"""
    return COMMANDS[options.command](options)

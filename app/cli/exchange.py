"""ブックを出し入れする命令：空の様式、下見と取込、番人の見たもの、庁への一覧。"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli.session import Options, complain, open_signed_in, read_secret, report
from app.domain.calendar import parse_date, wareki
from app.domain.errors import RuleViolation
from app.services import import_jobs, intake, scoring, submission
from app.services.import_jobs import ImportJob
from app.services.office import Office
from app.services.views.intake import CellProblem, ImportPreview
from app.workbooks import answers, applicants, renewals, results
from app.workbooks.inspecting import inspect_file

DONE, SOME_REFUSED, NOT_DONE = 0, 1, 2
TEMPLATES = {
    "applicants": applicants.write_template,
    "results": results.write_template,
    "answers": answers.write_template,
    "renewals": renewals.write_template,
}


def template(options: Options) -> int:
    """空の様式を書く。誰のことも書かないので、データベースを開かない。"""
    TEMPLATES[options.kind](options.out)
    report(options, f"空の様式を書きました：{options.out}", {"file": str(options.out)})
    return DONE


def inspect(options: Options) -> int:
    """番人を通して読み、何が見えるかを言う。断ったときは 2 で終わる。"""
    file = options.book_password_file
    password = read_secret(file, "", "ブックのパスワード") if file else None
    seen: Mapping[str, Any] = inspect_file(options.file, password)
    if "refused" in seen:
        if options.json:
            report(options, "", dict(seen))
        complain(f"{seen['refused']}：{seen['reason']}")
        return NOT_DONE
    lines = [
        f"シート「{s['name']}」：{s['rows']:,}行・{s['columns']:,}列・埋まったセル{s['filled']:,}個"
        for s in seen["sheets"]
    ]
    report(options, "\n".join([*lines, *seen["reports"]]), dict(seen))
    return DONE


def export(options: Options) -> int:
    """庁への一覧のブックを書く。"""
    day = None if options.as_of is None else parse_date(options.as_of).date
    file = options.book_password_file
    password = read_secret(file, "", "ブックのパスワード") if file else ""
    if file and not password:
        raise RuleViolation(
            f"ブックのパスワードのファイル {file} が空です。パスワードを書くか、指定をやめてください。"
        )
    with closing(open_signed_in(options)) as office:
        cohort_id = _cohort(office, options.cohort) if _by_cohort(options) else None
        written = submission.export(office, options.kind, options.out, cohort_id, password, day)
        words = f"{written.rows:,}行を書きました（基準日 {wareki(day or office.today())}）：{written.path}"
    data = {"file": written.path, "rows": written.rows, "sha256": written.digest}
    report(options, words, {**data, "encrypted": written.encrypted})
    return DONE


def _by_cohort(options: Options) -> bool:
    return bool(options.cohort) or options.kind in submission.OF_COHORT


def import_file(options: Options) -> int:
    """下見し、断る行を書き出し、一つの取引で取り込む。断った行があれば 1、何も取り込まなければ 2。"""
    file = options.book_password_file
    password = read_secret(file, "", "ブックのパスワード") if file else None
    with closing(open_signed_in(options)) as office:
        job = _job(office, options)
        seen = job.preview(options.file, password)
        # 断った行のブックを先に書く：書けない場所なら、何も取り込まないうちに終わる
        refused = _write_refused(options, job, seen, password)
        if options.dry_run:
            _say(
                options, job, seen, _previewed(seen), f"{job.words}の下見（何も取り込んでいません）", refused
            )
            return _status(seen)
        if options.all_or_nothing and seen.errors:
            none = {"new": 0, "changed": 0, "unchanged": 0}
            _say(options, job, seen, none, f"{job.words}は何も取り込みませんでした", refused)
        done = job.run(options.file, seen, options.all_or_nothing, password)
        counts = {"new": done.new, "changed": done.changed, "unchanged": done.unchanged}
        _say(options, job, seen, counts, f"{job.words}を取り込みました", refused)
        return _status(seen)


def _status(seen: ImportPreview) -> int:
    return SOME_REFUSED if seen.errors else DONE


def _job(office: Office, options: Options) -> ImportJob:
    if options.kind == "renewals":
        return import_jobs.renewals_job(office)
    cohort_id = _cohort(office, options.cohort)
    if options.kind == "answers":
        return import_jobs.answers_job(office, _test(office, cohort_id, options.test))
    make = import_jobs.applicants_job if options.kind == "applicants" else import_jobs.results_job
    return make(office, cohort_id)


def _cohort(office: Office, code: str | None) -> int:
    """略号の研修期。略号がなければ、研修期が一つだけのときに限ってそれとする。"""
    if code:
        return intake.find_cohort(office, code)
    known = intake.list_cohorts(office)
    if len(known) != 1:
        names = "、".join(c.title for c in known) or "なし"
        raise RuleViolation(
            f"研修期が決まりません（あるもの：{names}）。--cohort R7-2 のように略号で選んでください。"
        )
    return known[0].id


def _test(office: Office, cohort_id: int, title: str | None) -> int:
    """名の合うテスト。名がなければ、テストが一つか、確定していないものが一つだけのときに限ってそれとする。"""
    tests = scoring.list_tests(office, cohort_id)
    chosen = [t for t in tests if t.title == title] if title else list(tests)
    if len(chosen) > 1:
        chosen = [t for t in chosen if t.locked_at is None] or chosen
    if len(chosen) != 1:
        names = "、".join(f"「{t.title}」" for t in tests) or "なし"
        raise RuleViolation(
            f"答案を取り込むテストが決まりません（あるもの：{names}）。"
            "テストを画面で作るか、--test でその名を選んでください。"
        )
    return chosen[0].id


def _previewed(seen: ImportPreview) -> dict[str, int]:
    return {"new": seen.new, "changed": seen.changed, "unchanged": seen.unchanged}


def _write_refused(
    options: Options, job: ImportJob, seen: ImportPreview, password: str | None
) -> Path | None:
    target: Path | None = options.refused
    if target is None or not seen.errors:
        return None
    job.write_refused(options.file, seen, target, password)
    return target


def _cell(problem: CellProblem) -> str:
    value = f"（{problem.value}）" if problem.value else ""
    return f"{problem.sheet} {problem.row}行目 {problem.column}{value}：{problem.reason}"


def _notes(seen: ImportPreview) -> list[str]:
    """どのセルのことでもない注意。"""
    again = ["同じ中身のファイルを前に取り込んでいます。"] if seen.seen_before else []
    return [*again, *seen.reports]


def _say(
    options: Options,
    job: ImportJob,
    seen: ImportPreview,
    counts: Mapping[str, int],
    words: str,
    refused: Path | None,
) -> None:
    data: dict[str, Any] = {"rows": len(seen.rows), **counts}
    notes: Sequence[str] = _notes(seen)
    whole = {"sheet": "", "row": None, "column": "", "value": ""}
    data["warnings"] = [*(asdict(w) for w in seen.warnings), *({**whole, "reason": n} for n in notes)]
    data["errors"] = [asdict(e) for e in seen.errors]
    head = f"{words}：{len(seen.rows)}行のうち新規{counts['new']}・変更{counts['changed']}・同じ{counts['unchanged']}"
    bad = seen.count("error")
    lines = [f"{head}・断った行{bad}" if bad else head]
    lines += [f"誤り　{_cell(e)}" for e in seen.errors]
    lines += [f"注意　{_cell(w)}" for w in seen.warnings]
    lines += [f"注意　{n}" for n in notes]
    if refused is not None:
        lines.append(f"断った行を理由と共に書きました：{refused}")
    report(options, "\n".join(lines), data)

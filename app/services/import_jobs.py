"""取込の仕事：一つの窓が、申込・成績・答案・更新研修のどれも同じように下見し、取り込み、断った行を返す。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.errors import RuleViolation
from app.services.certificates import assigning
from app.services.importing import digest_file
from app.services.intake import imports as intake_import
from app.services.intake.mapping import converted, propose_mapping
from app.services.mapping_draft import MappingDraft
from app.services.office import Office
from app.services.progress import imports as progress_import
from app.services.renewal import imports as renewal_import
from app.services.scoring import imports as scoring_import
from app.services.views.intake import CellProblem, ImportPreview, ImportResult
from app.workbooks import answers, applicants, numbers, renewals, results
from app.workbooks.fields import CellError
from app.workbooks.mapping import RENEWALS, RESULTS, Mapping
from app.workbooks.reading import Opening, Unlock, Workbook, opening_of, read_workbook
from app.workbooks.texts import TextLook, is_text, look_at_text

__all__ = [
    "ImportJob",
    "Opening",
    "TextLook",
    "answers_job",
    "applicants_job",
    "numbers_job",
    "renewals_job",
    "results_job",
]


@dataclass(frozen=True)
class ImportJob:
    """取込の一種。words は取り込むものの名。

    look は（ファイル, 開き方）を受けて下見し、apply は（ファイル, 誤りが一つでもあれば何も取り込まないか,
    開き方）を受けて取り込む。開き方はブックのパスワードと文字の読み方（文字だけならパスワード）。propose と remap は、ほかの様式の読み方を決められる取込だけにある。
    パスワードの要るブックを開けなければ InputRefused（code は PASSWORD）。
    """

    words: str
    office: Office
    function: str
    look: Callable[[Path, Unlock], ImportPreview]
    apply: Callable[[Path, bool, Unlock], ImportResult]
    refuse: Callable[[Path, Workbook, Sequence[CellError], str | None], None]
    propose: Callable[[Path, Unlock], MappingDraft] | None = None
    remap: Callable[[Mapping], "ImportJob"] | None = None

    def look_at_text(self, path: Path, encoding: str | None = None) -> TextLook | None:
        """文字のファイル（CSV・TSV）の読み方と初めの行。ブックなら None、その読み方で読めなければ InputRefused。"""
        self.office.require(self.function)
        return look_at_text(path, encoding) if is_text(path) else None

    def preview(self, path: Path, password: Unlock = None) -> ImportPreview:
        """下見する（何も書かない）。"""
        return self.look(path, password)

    def run(
        self, path: Path, seen: ImportPreview, all_or_nothing: bool = False, password: Unlock = None
    ) -> ImportResult:
        """下見したとおりのファイルを取り込む。下見の後にファイルが変わっていれば RuleViolation。"""
        if digest_file(path).digest != seen.file_digest:
            raise RuleViolation(
                f"「{seen.file_name}」は下見の後に変わっています。何も取り込んでいません。もう一度開いて下見してください。"
            )
        return self.apply(path, all_or_nothing, password)

    def write_refused(self, path: Path, seen: ImportPreview, target: Path, password: Unlock = None) -> None:
        """断った行だけを、理由を添えた同じ様式のブックに書く。断った行がなければ RuleViolation。

        パスワードの掛かったブックの行は、同じパスワードを掛けて書く。
        """
        self.office.require(self.function)
        if not seen.errors:
            raise RuleViolation("断った行はありません。")
        if target.resolve() == path.resolve():
            raise RuleViolation("もとのファイルには書けません。別の名で保存してください。")
        workbook = read_workbook(path, password)
        self.refuse(target, workbook, _cell_errors(workbook, seen.errors), opening_of(password).password)


def _cell_errors(workbook: Workbook, problems: Sequence[CellProblem]) -> list[CellError]:
    # 事実と照らした誤りは様式のシート名で届く。ファイルのシート名が違えば、いちばん詰まったシートのこととする
    names = {s.name for s in workbook.sheets}
    main = max(workbook.sheets, key=lambda s: s.filled).name
    known = (p if p.sheet in names else replace(p, sheet=main) for p in problems)
    return [CellError(p.sheet, p.row, p.column, p.value, p.reason) for p in known]


def applicants_job(office: Office, cohort_id: int, mapping: Mapping | None = None) -> ImportJob:
    """受講申込の取込。mapping はほかの様式の読み方（なければ、保存した読み方から見分ける）。"""

    def refuse(target: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None) -> None:
        with office.read("intake.preview_import") as session:
            made, origin = converted(session, workbook, mapping)
        applicants.write_refused(target, made, [origin.inward(e) for e in errors], password)

    return ImportJob(
        "受講申込",
        office,
        "intake.preview_import",
        lambda path, word: intake_import.preview_import(office, cohort_id, path, word, mapping),
        lambda path, whole, word: intake_import.import_applicants(
            office, cohort_id, path, all_or_nothing=whole, password=word, mapping=mapping
        ),
        refuse,
        lambda path, word: propose_mapping(office, path, word),
        lambda chosen: applicants_job(office, cohort_id, chosen),
    )


def results_job(office: Office, cohort_id: int, mapping: Mapping | None = None) -> ImportJob:
    """成績（テスト・報告・集合研修）の取込。mapping はほかの様式の読み方（なければ、保存した読み方から見分ける）。"""

    def refuse(target: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None) -> None:
        with office.read("progress.preview_results") as session:
            made, origin = converted(session, workbook, mapping, RESULTS)
        results.write_refused(target, made, [origin.inward(e) for e in errors], password)

    return ImportJob(
        "成績",
        office,
        "progress.preview_results",
        lambda path, word: progress_import.preview_results(office, cohort_id, path, word, mapping),
        lambda path, whole, word: progress_import.import_results(
            office, cohort_id, path, whole, word, mapping
        ),
        refuse,
        lambda path, word: propose_mapping(office, path, word, RESULTS),
        lambda chosen: results_job(office, cohort_id, chosen),
    )


def answers_job(office: Office, test_id: int) -> ImportJob:
    """修了認定テストの答案の取込。"""
    return ImportJob(
        "答案",
        office,
        "scoring.preview_answers",
        lambda path, word: scoring_import.preview_answers(office, test_id, path, word),
        lambda path, whole, word: scoring_import.import_answers(office, test_id, path, whole, word),
        answers.write_refused,
    )


def renewals_job(office: Office, mapping: Mapping | None = None) -> ImportJob:
    """更新研修の修了の取込。mapping はほかの様式の読み方（なければ、保存した読み方から見分ける）。"""

    def refuse(target: Path, workbook: Workbook, errors: Sequence[CellError], password: str | None) -> None:
        with office.read("renewal.preview_renewals") as session:
            made, origin = converted(session, workbook, mapping, RENEWALS)
        renewals.write_refused(target, made, [origin.inward(e) for e in errors], password)

    return ImportJob(
        "更新研修",
        office,
        "renewal.preview_renewals",
        lambda path, word: renewal_import.preview_renewals(office, path, word, mapping),
        lambda path, whole, word: renewal_import.import_renewals(office, path, whole, word, mapping),
        refuse,
        lambda path, word: propose_mapping(office, path, word, RENEWALS),
        lambda chosen: renewals_job(office, chosen),
    )


def numbers_job(office: Office, cohort_id: int) -> ImportJob:
    """庁の付けた認定番号の取込。"""
    return ImportJob(
        "庁の認定番号",
        office,
        "certificates.preview_numbers",
        lambda path, word: assigning.preview_numbers(office, cohort_id, path, word),
        lambda path, whole, word: assigning.import_numbers(office, cohort_id, path, whole, word),
        numbers.write_refused,
    )

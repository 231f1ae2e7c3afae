"""進捗：進捗の盤、受験・報告・集合研修の記録、辞退扱いの確認。"""

from app.services.progress.attempts import AttemptForm, record_attempt, void_attempt
from app.services.progress.attendances import AttendanceForm, attendances, record_attendance
from app.services.progress.imports import import_results, preview_results, write_template
from app.services.progress.overview import board, get_course
from app.services.progress.papers import FILE_WORDS, PAPERS, preview_training_paper, write_training_paper
from app.services.progress.plan import HIGHEST, set_course_rules, set_report_due, set_session, try_changes
from app.services.progress.reports import (
    confirm_withdrawal,
    extend_report,
    record_report,
    take_back_withdrawal,
)
from app.services.views.progress import CourseRules

__all__ = [
    "FILE_WORDS",
    "HIGHEST",
    "PAPERS",
    "AttemptForm",
    "AttendanceForm",
    "CourseRules",
    "attendances",
    "board",
    "confirm_withdrawal",
    "extend_report",
    "get_course",
    "import_results",
    "preview_results",
    "preview_training_paper",
    "record_attempt",
    "record_attendance",
    "record_report",
    "set_course_rules",
    "set_report_due",
    "set_session",
    "take_back_withdrawal",
    "try_changes",
    "void_attempt",
    "write_template",
    "write_training_paper",
]

"""採点：修了認定テストの設問・答案・得点・分析、合格基準の下見と採用。"""

from app.services.scoring.adding import add_passers, remove_passers
from app.services.scoring.analysis import load_scores, score_test, write_analysis
from app.services.scoring.bank import (
    approve_bank_version,
    create_bank_question,
    list_bank,
    place_bank_questions,
    remark_bank_version,
    retire_bank_version,
    return_bank_version,
    revise_bank_question,
    submit_bank_version,
)
from app.services.scoring.certification_tests import create_test, list_tests, lock_test, set_questions
from app.services.scoring.entry import answer_grid, check_answers, save_answers
from app.services.scoring.imports import import_answers, preview_answers, write_template
from app.services.scoring.letters import list_letters, make_letters, preview_letter, reprint_letters
from app.services.scoring.marking import (
    mark_written,
    marking_desk,
    marking_overview,
    marking_tests,
    set_marking,
)
from app.services.scoring.rule import (
    adopt_rule,
    compare_treatments,
    get_adoption,
    list_adoptions,
    preview_rule,
)
from app.services.scoring.scans import (
    attach_scans,
    plan_scans,
    read_scan_files,
    read_scans,
    remove_scans,
    scan_counts,
)
from app.services.views.scoring import PassRuleForm, QuestionChange, QuestionForm
from database.schema.scoring import PassRuleAdoption

__all__ = [
    "PassRuleAdoption",
    "PassRuleForm",
    "QuestionChange",
    "QuestionForm",
    "add_passers",
    "adopt_rule",
    "answer_grid",
    "approve_bank_version",
    "attach_scans",
    "check_answers",
    "compare_treatments",
    "create_bank_question",
    "create_test",
    "get_adoption",
    "import_answers",
    "list_adoptions",
    "list_bank",
    "list_letters",
    "list_tests",
    "load_scores",
    "lock_test",
    "make_letters",
    "mark_written",
    "marking_desk",
    "marking_overview",
    "marking_tests",
    "place_bank_questions",
    "plan_scans",
    "preview_answers",
    "preview_letter",
    "preview_rule",
    "read_scan_files",
    "read_scans",
    "remark_bank_version",
    "remove_passers",
    "remove_scans",
    "reprint_letters",
    "retire_bank_version",
    "return_bank_version",
    "revise_bank_question",
    "save_answers",
    "scan_counts",
    "score_test",
    "set_marking",
    "set_questions",
    "submit_bank_version",
    "write_analysis",
    "write_template",
]

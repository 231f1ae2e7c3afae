"""取込の仕事：パスワードの掛かったブック。"""

from datetime import date
from pathlib import Path

import pytest

from app.services.import_jobs import answers_job, renewals_job, results_job
from app.services.office import Office
from app.workbooks.answers import AnswerForm, KeyForm, write_answers
from app.workbooks.renewals import RenewalForm, write_renewals
from app.workbooks.results import ResultForm, write_results
from app.workbooks.writing import encrypt
from database.opening import Store
from tests.factories import (
    make_applications,
    make_certifications,
    make_office,
    person,
)
from tests.ui.rooms.course_sample import (
    make_ready,
)

WORD = "ブックの合言葉"


@pytest.fixture
def office(store: Store) -> Office:
    return make_office(store)


def test_results_answers_and_renewals_may_be_locked_too(office: Office, tmp_path: Path) -> None:
    cohort, test, _ = make_ready(office)
    certified = make_applications(office, cohort, [person("例 太郎", "レイ タロウ")])
    make_certifications(office, cohort, certified, date(2026, 1, 31))
    results, answers, renewals = (tmp_path / f"{n}.xlsx" for n in ("成績", "答案", "更新"))
    write_results(results, [ResultForm(2, 4, "例 太郎", "quiz", "points", 80, date(2025, 9, 1), "A")])
    write_answers(
        answers, [AnswerForm(2, 1, "", "points", {1: ("ア",)})], [KeyForm(2, 1, "A", 10, ("ア",), "choice")]
    )
    write_renewals(renewals, [RenewalForm(2, "第R7-2-0001号", "例 太郎", date(2026, 2, 19))])
    found = []
    for job, path in (
        (results_job(office, cohort), results),
        (answers_job(office, test), answers),
        (renewals_job(office), renewals),
    ):
        path.write_bytes(encrypt(path.read_bytes(), WORD))
        seen = job.preview(path, WORD)
        found.append((seen.new, job.run(path, seen, password=WORD).new))
    assert found == [(1, 1), (1, 1), (1, 1)]

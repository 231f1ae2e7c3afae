"""見本の研修期の前半：受付から修了認定テストまでを、サービスで通す。"""

from dataclasses import replace
from datetime import date, timedelta

from app.cli.demo import results
from app.cli.demo.applicants import Applicant, corrected, make_applicants
from app.cli.demo.careers import ANSWERED, LISTED, OVERRULED, STARTS_ON
from app.cli.demo.stage import Stage
from app.services import eligibility, intake, progress, scoring
from app.services.import_jobs import applicants_job
from app.services.intake import CohortForm
from app.services.views.eligibility import EligibilityRow
from app.services.views.intake import EmploymentView
from app.services.views.progress import BoardRow
from app.services.views.scoring import PassRuleForm, QuestionChange
from app.workbooks import answers as answers_book
from app.workbooks import applicants as applicants_book
from app.workbooks import results as results_book
from app.workbooks.results import ResultForm

SMALLEST_CAPACITY = 60
BOOKS = "取り込んだブック"
_INTAKE_ON = date(2025, 5, 7)
_ASKED_ON = date(2025, 5, 9)
_ANSWERED_ON = date(2025, 5, 14)
_DUE_ON = date(2025, 5, 16)
_REMINDED_ON = date(2025, 5, 19)
_LAST_DUE_ON = date(2025, 5, 23)
_DECIDED_ON = date(2025, 5, 26)
_WORKING_DAYS = 5
_ALL_CORRECT = 17


class Course:
    """一つの研修期。people は申込の id から見本の人へ。"""

    def __init__(self, stage: Stage, people: int, seed: int) -> None:
        self.stage, self.seed = stage, seed
        self.office = stage.office
        self.applicants = make_applicants(people, seed)
        self.people: dict[int, Applicant] = {}
        self.cohort_id = 0

    def count(self, words: str, number: int) -> None:
        """関門の人数を覚える。"""
        self.stage.counts[words] = number

    def with_fate(self, *fates: str) -> list[int]:
        """その道をたどる人の申込の id（受付の順）。"""
        return [i for i, who in self.people.items() if who.fate in fates]

    def receive(self) -> None:
        """受付：研修期を作り、申込様式を取り込む。二重の申込の一行は断られ、理由と共に書き出される。"""
        office, stage = self.office, self.stage
        stage.clock.to(_INTAKE_ON)
        form = CohortForm(
            term=1,
            training_starts_on=STARTS_ON,
            capacity=max(SMALLEST_CAPACITY, len(self.applicants)),
            application_closes_on=date(2025, 4, 30),
            course2_starts_on=results.SESSIONS[0][2],
        )
        self.cohort_id = intake.create_cohort(office, form)
        forms = [a.form for a in self.applicants]
        again = replace(forms[0], number=str(len(forms) + 1))
        book = stage.path(f"{BOOKS}/申込様式.xlsx")
        applicants_book.write_applicants(book, [*forms, again])
        job = applicants_job(office, self.cohort_id)
        seen = job.preview(book)
        found = job.run(book, seen)
        job.write_refused(book, seen, stage.path("受け取れなかった行.xlsx"))
        self.meet()
        self.count("受付", found.new)
        self.count("断った行", found.refused)

    def meet(self) -> None:
        """取り込まれた申込と、見本の人を結ぶ。"""
        known = {(a.form.name, a.form.birth_date): a for a in self.applicants}
        for row in intake.list_applications(self.office, self.cohort_id):
            person = intake.get_application(self.office, row.id).person
            self.people[row.id] = known[(person.name, person.birth_date)]

    def judge(self) -> None:
        """受講資格：書類を受け、補正を頼み、督促し、答えを受け、内訳表を入れ、決定して通知を書く。"""
        office, stage = self.office, self.stage
        stage.clock.to(_ASKED_ON)
        waiting = [r for r in self._findings() if r.result == "unconfirmed"]
        unsure = {r.application_id for r in waiting}
        intake.receive_all(office, [i for i in self.people if i not in unsure], _INTAKE_ON)
        for row in waiting:
            found = eligibility.get_finding(office, row.application_id)
            telling = next(f for f in found.findings if f.settles)
            asked = found.settles.splitlines()[0]
            intake.request_correction(
                office, row.application_id, asked, _DUE_ON, requirement=telling.requirement
            )
        if waiting:
            intake.write_letters(office, self.cohort_id, stage.path("補正依頼書.pdf"))
        stage.clock.to(_ANSWERED_ON)
        self._answer([r for r in waiting if self.people[r.application_id].career.settles])
        self._remind([r for r in waiting if not self.people[r.application_id].career.settles])
        stage.clock.to(_DECIDED_ON)
        self._decide()
        rows = self._findings()
        for words, decision in (
            ("受講資格あり", "eligible"),
            ("受講資格なし", "ineligible"),
            ("補正待ち", ""),
        ):
            self.count(words, sum(r.decision == decision for r in rows))
        eligibility.write_letters(office, self.cohort_id, stage.path("letters.pdf"))
        for application_id in self.with_fate("withdrew"):
            intake.withdraw(office, application_id, _DECIDED_ON, "本人の申出（転居）")
        self.count("受講前の辞退", len(self.with_fate("withdrew")))

    def _findings(self) -> tuple[EligibilityRow, ...]:
        return eligibility.list_findings(self.office, self.cohort_id)

    def _answer(self, rows: list[EligibilityRow]) -> None:
        office = self.office
        answered = []
        for row in rows:
            view = intake.get_application(office, row.application_id)
            for deficiency in view.deficiencies:
                intake.answer_correction(office, deficiency.id, "書類の提出を受けた（見本）")
            who = self.people[row.application_id]
            if who.career.settles == LISTED:
                for employment in view.employments:
                    eligibility.set_workdays(office, employment.id, days=_days(employment))
            elif who.career.settles == ANSWERED:
                answered.append(corrected(who.form))
        if answered:
            book = self.stage.path(f"{BOOKS}/申込様式（補正）.xlsx")
            applicants_book.write_applicants(book, answered)
            intake.import_applicants(office, self.cohort_id, book)
        intake.receive_all(office, [r.application_id for r in rows])

    def _remind(self, rows: list[EligibilityRow]) -> None:
        """期限を過ぎても答えのない人に督促する。"""
        self.stage.clock.to(_REMINDED_ON)
        if rows:
            path = self.stage.path("督促状.pdf")
            intake.write_reminders(self.office, self.cohort_id, path, _LAST_DUE_ON)

    def _decide(self) -> None:
        office = self.office
        eligibility.decide_all_clear(office, self.cohort_id)
        for row in self._findings():
            if row.result == "ineligible":
                eligibility.decide(office, row.application_id, "ineligible")
            elif self.people[row.application_id].career.settles == OVERRULED:
                reason = "両窓口の勤務表の原本で、重なる日がないことを確かめたため（見本）"
                eligibility.decide(office, row.application_id, "eligible", reason, second=self.stage.second)
            elif row.result == "unconfirmed":
                self._give_up(row.application_id)

    def _give_up(self, application_id: int) -> None:
        """督促しても答えのない人：二人で不決定とし、補正の依頼を取り下げる。"""
        reason = "補正の依頼と督促に期限までの回答がなく、受講資格を確認できなかったため（見本）"
        eligibility.decide(self.office, application_id, "ineligible", reason, second=self.stage.second)
        for deficiency in intake.get_application(self.office, application_id).deficiencies:
            intake.cancel_correction(
                self.office, deficiency.id, "期限までに回答がなく、不決定としたため（見本）"
            )

    def study(self) -> None:
        """研修の進捗：六つのテスト、実践の報告、集合研修。関門はひとりでに開き、閉じる。"""
        office, stage = self.office, self.stage
        for position, title, due_on in results.REPORTS:
            final = position == len(results.REPORTS)
            progress.set_report_due(office, self.cohort_id, position, title, due_on, final)
        for position, title, held_on in results.SESSIONS:
            progress.set_session(office, self.cohort_id, position, title, held_on)
        stage.clock.to(date(2025, 8, 15))
        self._import_results("成績1（養成課程①）", results.tests(self.numbered(), self.seed))
        stage.clock.to(date(2026, 1, 14))
        self._extend()
        reached = self.numbered("practice", "open", "withdrawal_due")
        self._import_results("成績2（実践）", results.reports(reached))
        self._hand_in_late()
        for application_id in self._gate("practice", "withdrawal_due"):
            progress.confirm_withdrawal(office, application_id)
        self.count("養成課程① 修了", len(self._gate("course1", "passed")))
        self.count("実践 修了", len(self._gate("practice", "completed")))
        self.count("辞退扱い", sum(r.withdrawn for r in self._board()) - len(self.with_fate("withdrew")))
        stage.clock.to(date(2026, 1, 26))
        self._import_results("成績3（集合研修）", results.sessions(self.numbered("course2", "open")))
        self.count("養成課程② 修了", len(self._gate("course2", "completed")))

    def _board(self) -> list[BoardRow]:
        return list(progress.board(self.office, self.cohort_id).rows)

    def _gate(self, gate: str, *states: str) -> list[int]:
        return [r.application_id for r in self._board() if getattr(r, gate) in states]

    def numbered(self, gate: str = "", *states: str) -> list[tuple[int, Applicant]]:
        """辞退しておらず、関門がその状態の人（受付番号の順）。gate が空ならすべて。"""
        return [
            (r.reception_number, self.people[r.application_id])
            for r in self._board()
            if not r.withdrawn and (not gate or getattr(r, gate) in states)
        ]

    def _import_results(self, name: str, forms: list[ResultForm]) -> None:
        if not forms:
            return
        book = self.stage.path(f"{BOOKS}/{name}.xlsx")
        results_book.write_results(book, forms)
        progress.import_results(self.office, self.cohort_id, book, all_or_nothing=True)

    def _late(self) -> list[tuple[int, int]]:
        found = []
        for application_id in self._in_course("report_extended"):
            reports = progress.get_course(self.office, application_id).reports
            found.append((application_id, next(r.report_due_id for r in reports if r.final)))
        return found

    def _in_course(self, fate: str) -> list[int]:
        mine = set(self.with_fate(fate))
        return [i for i in self._gate("course1", "passed") if i in mine]

    def _extend(self) -> None:
        for application_id, due_id in self._late():
            progress.extend_report(
                self.office, application_id, due_id, results.EXTENDED_TO, "入院のため（見本）"
            )

    def _hand_in_late(self) -> None:
        for application_id, due_id in self._late():
            progress.record_report(self.office, application_id, due_id, results.HANDED_LATE_ON)

    def score(self) -> None:
        """採点：答案を正答に当て、合格基準を採用する。"""
        office, stage = self.office, self.stage
        stage.clock.to(date(2026, 2, 9))
        test_id = scoring.create_test(office, self.cohort_id, "修了認定テスト", results.TEST_ON)
        key = results.keys(self.seed)
        people = self.numbered("certification_test", "open")
        book = stage.path(f"{BOOKS}/答案.xlsx")
        answers_book.write_answers(book, results.answers(people, key, self.seed), key)
        scoring.import_answers(office, test_id, book, all_or_nothing=True)
        scoring.lock_test(office, test_id)
        form = PassRuleForm(
            results.PASS_MARK,
            tuple((g, results.GROUP_MINIMUM) for g in results.GROUPS),
            changes=(QuestionChange(_ALL_CORRECT, "all_correct"),),
        )
        reason = f"合格基準を定め、問{_ALL_CORRECT}は選択肢に誤りがあったため全員正解とする（見本）"
        scoring.adopt_rule(office, test_id, form, reason)
        rows = scoring.score_test(office, test_id).rows
        self.count("修了認定テスト 受験", sum(r.outcome == "points" for r in rows))
        self.count("修了認定テスト 合格", sum(r.passed is True for r in rows))


def _days(employment: EmploymentView) -> list[date]:
    """勤務日内訳表：窓口ごとに曜日を分け、日が重ならないようにする。"""
    weekdays = (0, 2) if employment.counter == "national" else (1, 3)
    end = employment.ended_on or STARTS_ON
    length = (end - employment.started_on).days + 1
    days = [employment.started_on + timedelta(days=n) for n in range(length)]
    return [d for d in days if d.weekday() in weekdays][: employment.workdays]

"""採点の操作：テストを作る、設問の編集、確定、合格基準の採用、様式と取込。"""

from collections.abc import Callable
from pathlib import Path

from app.services import scoring
from app.services.import_jobs import answers_job
from app.services.office import Actor
from app.services.scoring import PassRuleForm
from app.services.views.scoring import RulePreview
from ui.messages import confirm_dangerous
from ui.rooms.importing import choose_workbook, import_workbook
from ui.rooms.scoring.bank import BankDialog
from ui.rooms.scoring.deciding import AdoptionDialog
from ui.rooms.scoring.desk import ScoringDesk
from ui.rooms.scoring.dialogs import QuestionsDialog, TestDialog
from ui.theme.tokens import Tone

Tried = Callable[[], tuple[PassRuleForm, RulePreview] | None]


class ScoringActs:
    """机の上のテストに行うこと。tried は、いま試している合格基準とその結果（まだなら None）。"""

    def __init__(self, desk: ScoringDesk, tried: Tried) -> None:
        self._desk, self._tried = desk, tried

    def create_test(self) -> None:
        """テストを作る窓を開く。"""
        desk = self._desk
        if desk.context.cohort_id is None:
            return
        dialog = TestDialog(desk.room, desk.office, desk.context.cohort_id)
        dialog.created.connect(desk.start_over)
        dialog.saved.connect(
            lambda: desk.saved("テストを作りました。設問を入れるか、正答のある答案を取り込んでください。")
        )
        dialog.open()

    def edit_questions(self) -> None:
        """設問を編集する窓を開く。"""
        desk = self._desk
        if desk.test is not None:
            dialog = QuestionsDialog(desk.room, desk.office, desk.test)
            dialog.saved.connect(lambda: desk.saved("設問を保存しました。"))
            dialog.open()

    def open_bank(self) -> None:
        """問題庫の窓を開く。"""
        desk = self._desk
        dialog = BankDialog(desk.room, desk.context, desk.test)
        dialog.placed.connect(desk.saved)
        dialog.open()

    def lock(self) -> None:
        """設問と答案を確定する。"""
        desk, test = self._desk, self._desk.test
        if test is None:
            return
        loss = (
            f"「{test.title}」の設問{len(test.questions)}問と答案{test.sheets}枚を確定します。"
            "確定した後は、設問も答案も変えられず、取り込み直せません。取り消せません。"
        )

        def confirmed() -> None:
            if desk.context.attempt(desk.room, lambda: scoring.lock_test(desk.office, test.id)):
                desk.reload()
                desk.say("設問と答案を確定しました。合格基準を試して採用してください。")

        confirm_dangerous(desk.room, "設問と答案の確定", loss, "確定する", confirmed)

    def adopt(self) -> None:
        """試した合格基準を、決めた会議と理由とともに採用する。"""
        desk, tried = self._desk, self._tried()
        if tried is None or desk.scores is None:
            return
        form, result = tried
        again, test_id = desk.scores.adoption is not None, desk.scores.test.id
        done = f"合格基準を採用しました（合格{result.passed_after}名）。"

        def adopted(reason: str, meeting_id: int | None, second: Actor | None) -> None:
            scoring.adopt_rule(desk.office, test_id, form, reason, second=second, meeting_id=meeting_id)
            desk.start_over(test_id)
            desk.reload()

        def given(reason: str) -> None:
            meeting_id = dialog.meeting_id
            if not again:
                desk.context.attempt(desk.room, lambda: adopted(reason, meeting_id, None), done)
                return
            desk.context.with_second_person(
                desk.room,
                "採用済みの結果を変えます。閉じた会議の議決と、交付した認定証は変わりません。\n"
                f"{dialog.summary}\n理由：{reason}",
                lambda second: adopted(reason, meeting_id, second),
                done,
            )

        dialog = AdoptionDialog(desk, form, result, given)
        dialog.open()

    def write_template(self) -> None:
        """答案の様式を書き出す。"""
        desk, test_id = self._desk, self._desk.test_id
        if test_id is None:
            return

        def save(path: Path) -> None:
            words = f"答案の様式を書きました：{path}"
            desk.context.attempt(desk.room, lambda: scoring.write_template(desk.office, test_id, path), words)

        desk.context.save_path(desk.room, "答案の様式を保存", "答案.xlsx", save)

    def choose_import(self) -> None:
        """取り込むファイルを選ぶ。"""
        choose_workbook(self._desk.room, self._desk.context, "答案", self.import_file)

    def import_file(self, path: Path) -> None:
        """取込の窓を開く（部屋に落とされたファイルもここへ来る）。"""
        desk = self._desk
        if desk.test_id is None:
            desk.say("先にテストを作ってください。", Tone.BAD)
            return
        job = answers_job(desk.office, desk.test_id)
        import_workbook(desk.room, desk.context, job, path, desk.reload)

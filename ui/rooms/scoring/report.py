"""採点の画面：分析を画面の外で求め、テスト分析報告書を書き出す。"""

from collections.abc import Callable
from pathlib import Path

from app.domain.errors import RuleViolation
from app.domain.item_analysis import Analysis
from app.services import scoring
from app.services.views.scoring import ScoresView
from ui.rooms.context import RoomContext
from ui.rooms.intake.working import work_beside
from ui.theme.tokens import Tone
from ui.widgets.room import RoomPage


def _refused(page: RoomPage) -> Callable[[RuleViolation], None]:
    return lambda refusal: page.banner.show_message(str(refusal), Tone.BAD)


def analyse_beside(
    context: RoomContext, page: RoomPage, view: ScoresView, arrived: Callable[[Analysis], None]
) -> None:
    """分析を画面の外で求め、済めば arrived に渡す。"""
    work_beside(context, page, lambda: view.analysis, arrived, _refused(page))


def save_report(context: RoomContext, page: RoomPage, view: ScoresView, suffix: str) -> None:
    """テスト分析報告書を、選んだ場所へ書く。suffix は .pdf か .xlsx。"""
    test_id, office = view.test.id, context.office

    def save(path: Path) -> None:
        page.banner.show_message("テスト分析報告書を作っています…")
        target = path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)
        work_beside(
            context,
            page,
            lambda: scoring.write_analysis(office, test_id, target),
            lambda written: page.banner.show_message(f"テスト分析報告書を書きました：{written}", Tone.OK),
            _refused(page),
        )

    name = f"テスト分析報告書_{view.test.title}{suffix}"
    context.save_path(page, "テスト分析報告書を保存", name, save)

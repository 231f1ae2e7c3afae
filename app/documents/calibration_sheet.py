"""印刷機の位置合わせの試し刷り：端からの長さを測る十字と物差し。"""

from typing import TYPE_CHECKING

from app.documents.fonts import GOTHIC
from app.documents.measure import A4, A4_WIDE, FAINT, MM
from app.domain.calibration import MARK_LEFT, MARK_TALL, MARK_TOP, MARK_WIDE

if TYPE_CHECKING:
    from app.documents.page import Paper

_LINE = "0 0 0 RG 0.3 w"
_ARM = 6 * MM


def render_calibration_sheet(wide: bool = True) -> bytes:
    """試し刷りの一枚（A4、wide なら横）。位置を直さずに刷り、十字の位置を物差しで測る。"""
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    size = A4_WIDE if wide else A4
    paper = Paper("印刷機の位置合わせ", "印刷機の位置合わせの試し刷り", size)
    left, top = MARK_LEFT * MM, size[1] - MARK_TOP * MM
    right, bottom = left + MARK_WIDE * MM, top - MARK_TALL * MM
    for x, y in ((left, top), (right, top), (left, bottom), (right, bottom)):
        _cross(paper, x, y)
    _ruler(paper, left, top, MARK_WIDE, (1, 0))
    _ruler(paper, left, top, MARK_TALL, (0, -1))
    lines = (
        "印刷機の位置合わせ",
        "① 紙の左の端から、左上の十字の中心まで（正しければ 20.0 mm）",
        "② 紙の上の端から、左上の十字の中心まで（正しければ 20.0 mm）",
        "③ 左上と右上の十字の間（正しければ 160.0 mm）",
        "④ 左上と左下の十字の間（正しければ 160.0 mm）",
        "拡大・縮小をしない設定で刷り、0.1 mm まで測って、画面の欄に入れてください。",
    )
    for place, text in enumerate(lines):
        y = (top + bottom) / 2 + 24 * MM - place * 9 * MM
        paper.draw_text(left + 22 * MM, y, text, 14 if place == 0 else 10.5, family=GOTHIC)
    paper.showPage()
    return paper.finish()


def _cross(paper: "Paper", x: float, y: float) -> None:
    paper.emit(
        f"q {_LINE} {x - _ARM:.2f} {y:.2f} m {x + _ARM:.2f} {y:.2f} l "
        f"{x:.2f} {y - _ARM:.2f} m {x:.2f} {y + _ARM:.2f} l S Q"
    )


def _ruler(paper: "Paper", x: float, y: float, length: float, way: tuple[int, int]) -> None:
    """1 mm ごとの目盛り。10 mm ごとに長く、数を添える。"""
    marks = []
    for step in range(1, int(length)):
        tick = (4.0 if step % 10 == 0 else 2.5 if step % 5 == 0 else 1.5) * MM
        at_x, at_y = x + way[0] * step * MM, y + way[1] * step * MM
        end_x, end_y = at_x - way[1] * tick, at_y - way[0] * tick
        marks.append(f"{at_x:.2f} {at_y:.2f} m {end_x:.2f} {end_y:.2f} l")
        if step % 20 == 0:
            paper.draw_text(
                at_x - way[1] * 6 * MM - (6 if way[0] else 0), at_y - way[0] * 7 * MM - (3 if way[1] else 0),
                str(step), 7, family=GOTHIC, color=FAINT,
            )  # fmt: skip
    paper.emit(f"q {_LINE} {' '.join(marks)} S Q")

"""集合研修の紙：署名する名簿、胸に付ける名札、机に立てる名札。氏名は打たれたとおりに刷る。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.documents.fonts import GOTHIC, MINCHO, missing_glyphs
from app.documents.measure import A4, A4_WIDE, FAINT, GREY, MM, Align
from app.domain.calendar import wareki
from app.domain.errors import RuleViolation

if TYPE_CHECKING:
    from app.documents.page import Paper

LEFT, TOP, BOTTOM = 15 * MM, 14 * MM, 16 * MM
ROW, HEAD = 10.5 * MM, 7 * MM
_LINE = "0.45 0.45 0.46 RG 0.5 w"
_CUT = "0.6 0.6 0.6 RG 0.3 w"
# 見出しと幅（mm）。空の欄は、その場で書き込む
COLUMNS: tuple[tuple[str, float, Align], ...] = (
    ("", 9, "right"),
    ("受付", 14, "center"),
    ("氏名", 60, "left"),
    ("署名", 47, "left"),
    ("入室", 16, "center"),
    ("退室", 16, "center"),
    ("備考", 18, "left"),
)
BADGE = (91 * MM, 55 * MM)
_ACROSS, _DOWN = 2, 5


@dataclass(frozen=True)
class Trainee:
    """紙に刷る一人。reading と affiliation は空でもよい。"""

    reception: str
    name: str
    reading: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class TrainingPaper:
    """集合研修一回の紙に要ること。"""

    cohort: str
    title: str
    held_on: date
    office: str
    people: tuple[Trainee, ...]


def _check(paper: TrainingPaper) -> None:
    if not paper.people:
        raise RuleViolation("養成課程②に進んだ人がまだいないため、刷る人がいません。")
    for one in paper.people:
        if missing := missing_glyphs(one.name):
            raise RuleViolation(
                f"受付 {one.reception}「{one.name}」の {'、'.join(missing)} は印刷できません。氏名の字を確かめてください。"
            )


def _shown(text: str) -> str:
    """氏名のほかの字（フリガナ・所属）は、描けなければ刷らない。"""
    return "" if missing_glyphs(text, GOTHIC) else text


def _paper(paper: TrainingPaper, title: str, size: tuple[float, float]) -> "Paper":
    from app.documents.page import Paper  # 画面の立ち上がりを遅らせないよう、刷るときに読む

    return Paper(title, paper.office, size, paper.held_on)


def render_roll(paper: TrainingPaper) -> bytes:
    """署名する名簿（A4 縦）。頁が変わると見出しを書き直し、頁に通しの番号を付ける。"""
    _check(paper)
    sheet = _paper(paper, f"{paper.title} 名簿", A4)
    first = A4[1] - TOP - 26 * MM
    each = int((first - HEAD - BOTTOM) // ROW)
    pages = [paper.people[n : n + each] for n in range(0, len(paper.people), each)]
    for number, people in enumerate(pages, 1):
        _roll_head(sheet, paper)
        _roll_rows(sheet, people, first, (number - 1) * each)
        text = f"{number}／{len(pages)}"
        sheet.draw_text(A4[0] / 2, 8 * MM, text, 8, family=GOTHIC, align="center", color=GREY)
        sheet.showPage()
    return sheet.finish()


def _roll_head(sheet: "Paper", paper: TrainingPaper) -> None:
    top, right = A4[1] - TOP, A4[0] - LEFT
    sheet.draw_text(LEFT, top - 6 * MM, f"{paper.title}　名簿", 16, fit=120 * MM)
    sheet.draw_text(right, top - 6 * MM, wareki(paper.held_on), 11, align="right")
    sheet.draw_text(LEFT, top - 14 * MM, paper.cohort, 10, color=FAINT, fit=110 * MM)
    sheet.draw_text(right, top - 14 * MM, f"{len(paper.people)}名", 10, align="right", color=FAINT)
    words = "遅刻・早退のときは、入室・退室の時刻を書いてください。"
    sheet.draw_text(LEFT, top - 21 * MM, words, 9, color=FAINT, fit=110 * MM)
    sheet.draw_text(right, top - 21 * MM, paper.office, 9, align="right", color=FAINT, fit=66 * MM)


def _roll_rows(sheet: "Paper", people: Sequence[Trainee], top: float, done: int) -> None:
    edges = [LEFT]
    for _, width, _ in COLUMNS:
        edges.append(edges[-1] + width * MM)
    bottom = top - HEAD - ROW * len(people)
    box = f"{LEFT:.2f} {top - HEAD:.2f} {edges[-1] - LEFT:.2f} {HEAD:.2f} re f"
    sheet.emit(f"q 0.945 0.94 0.925 rg {box} Q")
    for (title, _, _), start, end in zip(COLUMNS, edges, edges[1:], strict=False):
        sheet.draw_text((start + end) / 2, top - HEAD + 2.2 * MM, title, 9, align="center", color=FAINT)
    for place, one in enumerate(people):
        base = top - HEAD - ROW * (place + 1)
        _roll_row(sheet, one, edges, base, done + place + 1)
    rows = [top, top - HEAD, *(top - HEAD - ROW * (n + 1) for n in range(len(people)))]
    lines = [f"{edges[0]:.2f} {y:.2f} m {edges[-1]:.2f} {y:.2f} l" for y in rows]
    lines += [f"{x:.2f} {top:.2f} m {x:.2f} {bottom:.2f} l" for x in edges]
    sheet.emit(f"q {_LINE} {' '.join(lines)} S Q")


def _roll_row(sheet: "Paper", one: Trainee, edges: Sequence[float], base: float, number: int) -> None:
    sheet.draw_text(edges[1] - 1.5 * MM, base + 3.6 * MM, str(number), 8, align="right", color=FAINT)
    sheet.draw_text((edges[1] + edges[2]) / 2, base + 3.6 * MM, one.reception, 10, align="center")
    x, width = edges[2] + 2 * MM, edges[3] - edges[2] - 4 * MM
    reading = _shown(one.reading)
    if reading:
        sheet.draw_text(x, base + 7.4 * MM, reading, 6.5, family=GOTHIC, fit=width, color=FAINT)
    sheet.draw_text(x, base + (2.4 if reading else 3.4) * MM, one.name, 12, fit=width)


def render_badges(paper: TrainingPaper) -> bytes:
    """胸に付ける名札（A4 縦に十枚、一枚 91 × 55 mm）。切る線を添える。"""
    _check(paper)
    sheet = _paper(paper, f"{paper.title} 名札", A4)
    width, height = BADGE
    left = (A4[0] - _ACROSS * width) / 2
    top = (A4[1] + _DOWN * height) / 2
    each = _ACROSS * _DOWN
    for start in range(0, len(paper.people), each):
        for place, one in enumerate(paper.people[start : start + each]):
            x, y = left + place % _ACROSS * width, top - (place // _ACROSS + 1) * height
            _badge(sheet, paper, one, x, y)
        xs = [left + n * width for n in range(_ACROSS + 1)]
        ys = [top - n * height for n in range(_DOWN + 1)]
        lines = [f"{xs[0]:.2f} {y:.2f} m {xs[-1]:.2f} {y:.2f} l" for y in ys]
        lines += [f"{x:.2f} {ys[0]:.2f} m {x:.2f} {ys[-1]:.2f} l" for x in xs]
        sheet.emit(f"q {_CUT} [2 2] 0 d {' '.join(lines)} S Q")
        sheet.showPage()
    return sheet.finish()


def _badge(sheet: "Paper", paper: TrainingPaper, one: Trainee, x: float, y: float) -> None:
    middle, fit = x + BADGE[0] / 2, BADGE[0] - 12 * MM
    sheet.draw_text(middle, y + 46 * MM, paper.cohort, 8.5, align="center", color=FAINT, fit=fit)
    sheet.draw_text(middle, y + 35.5 * MM, _shown(one.reading), 8.5, family=GOTHIC, align="center", fit=fit)
    sheet.draw_text(middle, y + 21.5 * MM, one.name, 26, align="center", fit=fit)
    sheet.draw_text(middle, y + 11 * MM, _shown(one.affiliation), 9.5, family=GOTHIC, align="center", fit=fit)
    sheet.draw_text(x + 5 * MM, y + 4 * MM, one.reception, 7.5, color=GREY)


def render_plates(paper: TrainingPaper) -> bytes:
    """机に立てる名札（A4 横を真ん中で折る）。両側から読めるよう、上の半分は逆さに刷る。"""
    _check(paper)
    sheet = _paper(paper, f"{paper.title} 卓上名札", A4_WIDE)
    width, height = A4_WIDE
    for one in paper.people:
        _plate(sheet, one)
        sheet.saveState()
        sheet.translate(width, height)
        sheet.rotate(180)
        _plate(sheet, one)
        sheet.restoreState()
        sheet.emit(f"q {_CUT} [2 3] 0 d 0 {height / 2:.2f} m {width:.2f} {height / 2:.2f} l S Q")
        sheet.showPage()
    return sheet.finish()


def _plate(sheet: "Paper", one: Trainee) -> None:
    middle, fit = A4_WIDE[0] / 2, A4_WIDE[0] - 44 * MM
    sheet.draw_text(middle, 76 * MM, _shown(one.reading), 20, family=GOTHIC, align="center", fit=fit)
    sheet.draw_text(middle, 36 * MM, one.name, 92, family=MINCHO, align="center", fit=fit)
    sheet.draw_text(middle, 14 * MM, _shown(one.affiliation), 16, family=GOTHIC, align="center", fit=fit)


RENDERERS: dict[str, Callable[[TrainingPaper], bytes]] = {
    "roll": render_roll,
    "badges": render_badges,
    "plates": render_plates,
}

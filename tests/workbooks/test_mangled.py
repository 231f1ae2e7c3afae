"""種で決まる壊れ方のブックは、読めるか、一つの断りになる。ほかの誤りは決して上がらない。"""

import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.workbooks import answers, applicant_layout, applicants, register, renewals, results
from app.workbooks.reading import Cell, Sheet, Workbook, read_workbook
from tests.workbooks import test_answers, test_applicants, test_results
from tests.workbooks.test_renewals import FORMS as RENEWALS

TODAY = date(2026, 2, 20)
NUMBERS = ["-1", "0", "1e999", "NaN", "99999999999999999999", "1.5", "", "x", "2958466", "１"]
PLACES = ["A0", "ZZZZ1", "A99999999", "1A", "", "XFD1048576", "a1", "A1:B2"]
SCRAPS = [
    "<",
    ">",
    "&",
    "&#0;",
    "&#xD800;",
    "<!--",
    "]]>",
    "<![CDATA[",
    "\0",
    "</row>",
    '"',
    "\ufffe",
    "<c/>",
]


def originals(folder: Path) -> list[tuple[bytes, Callable[[Workbook], object]]]:
    """四つの様式の記入済みのブックと、その読み手。"""
    applicants.write_applicants(folder / "0", [test_applicants.HANAKO, test_applicants.TARO])
    results.write_results(folder / "1", test_results.FORMS)
    answers.write_answers(folder / "2", test_answers.FORMS, test_answers.KEYS)
    renewals.write_renewals(folder / "3", RENEWALS)
    readers: list[Callable[[Workbook], object]] = [
        lambda book: applicants.parse_applicants(book, TODAY),
        lambda book: results.parse_results(book, TODAY),
        answers.parse_answers,
        lambda book: renewals.parse_renewals(book, TODAY),
    ]
    return [((folder / str(n)).read_bytes(), reader) for n, reader in enumerate(readers)]


def _raw(data: bytes, chance: random.Random) -> bytes:
    """バイトのまま壊す：反転・切り詰め・抜き取り・重ね。"""
    kind, at = chance.randrange(4), chance.randrange(len(data))
    if kind == 0:
        spoiled = bytearray(data)
        for _ in range(chance.randrange(1, 30)):
            spoiled[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(spoiled)
    piece = data[at : at + chance.randrange(1, 400)]
    return [data[:at], data.replace(piece, b"", 1), data[:at] + piece + data[at:]][kind - 1]


def _numbers(text: str, chance: random.Random) -> str:
    found = list(re.finditer(r'<v>([^<]*)</v>| (?:s|r|min|max|count|numFmtId|sheetId)="([^"]*)"', text))
    if not found:
        return text
    match = chance.choice(found)
    group = 1 if match.group(1) is not None else 2
    word = chance.choice(NUMBERS + PLACES)
    return text[: match.start(group)] + word + text[match.end(group) :]


def _scrap(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(SCRAPS) + text[at + chance.randrange(3) :]


def _tag(text: str, chance: random.Random) -> str:
    """一つの札を落とすか、二つにする。"""
    match = chance.choice(list(re.finditer(r"<[^>]*>", text)))
    return text[: match.start()] + match.group() * chance.choice((0, 2)) + text[match.end() :]


def _kind(text: str, chance: random.Random) -> str:
    """セルの種類を替える。"""
    return re.sub(r' t="s"', lambda m: f' t="{chance.choice("bendx")}"', text, count=chance.randrange(1, 4))


def _part(data: bytes, chance: random.Random) -> bytes:
    """一つの部品の中身だけを壊し、正しい zip に戻す。"""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        names = source.namelist()
        victim = chance.choice([n for n in names if "sheet" in n or "workbook" in n] * 3 + names)
        for name in names:
            content = source.read(name)
            if name == victim:
                change = chance.choice((_numbers, _numbers, _numbers, _scrap, _tag, _kind))
                content = change(content.decode(), chance).encode("utf-8", "surrogatepass")
            made.writestr(name, content)
    return out.getvalue()


def mangled(data: bytes, seed: int) -> bytes:
    """種で決まる壊れ方。三つに一つはバイトのまま、ほかは部品の中で壊す。"""
    chance = random.Random(seed)
    return _raw(data, chance) if seed % 3 == 0 else _part(data, chance)


def outcomes(folder: Path, seeds: range) -> dict[str, int]:
    """壊したブックを読んだ結果の数：read は読めた、refused は断られた。"""
    sources = originals(folder)
    found = {"read": 0, "refused": 0}
    for seed in seeds:
        data, parse = sources[seed % len(sources)]
        path = folder / "mangled.xlsx"
        path.write_bytes(mangled(data, seed))
        try:
            parse(read_workbook(path))
            found["read"] += 1
        except RuleViolation as refusal:
            found["refused"] += bool(str(refusal))
    return found


def test_fifty_mangled_workbooks_end_as_a_grid_or_one_refusal(tmp_path: Path) -> None:
    found = outcomes(tmp_path, range(50))
    assert found["read"] + found["refused"] == 50
    assert min(found.values()) >= 10  # 壊し方が、どちらにも偏っていない


@pytest.mark.slow
def test_two_hundred_more_mangled_workbooks_end_as_a_grid_or_one_refusal(tmp_path: Path) -> None:
    assert sum(outcomes(tmp_path, range(1000, 1200)).values()) == 200


ODD_CELLS: list[Cell] = [
    None, "", 0, 1, -1, 1.5, True, False, float("inf"), float("nan"), 1e300, 10**30, "9" * 5000, "９" * 5000,
    "٣", "8²", "=1+1", "#値なし", "#エラー", "令和8年2月30日", "S60.4.1", "昭和65年4月1日", 19850401, date(1, 1, 1),
    date(9999, 12, 31), date(1985, 4, 1), "はい", "国", "未回答", "小テストA", "集合研修99", "集合研修" + "9" * 99,
    "欠席", "受験", "提出", "-", "ア,ウ", "\ud800", "\0", "技能士", "字" * 40_000, "0年0月0日", "25:00", "ⅱ", "\u3000",
]  # fmt: skip


def odd_book(chance: random.Random) -> Workbook:
    """見出しは正しく、値は手当たりしだいの、五つの様式の一つ。"""
    layouts = chance.choice(
        [
            applicant_layout.LAYOUTS,
            (results.LAYOUT,),
            (answers._layout((1, 2)), answers.KEYS),
            (renewals.LAYOUT,),
            (register.LAYOUT,),
        ]
    )
    sheets = []
    for layout in layouts:
        heads = [chance.choice((i.heading, i.title)) for i in layout.items]
        words = ODD_CELLS + [w for i in layout.items for w in i.words]
        rows = [[chance.choice(words) for _ in range(chance.randrange(len(heads) + 2))] for _ in range(4)]
        sheets.append(Sheet(layout.name, (tuple(heads), *map(tuple, rows))))
    return Workbook(tuple(sheets))


READERS: list[tuple[Callable[[Workbook], object], object]] = [
    (lambda book: applicants.parse_applicants(book, TODAY), applicants),
    (lambda book: results.parse_results(book, TODAY), results),
    (answers.parse_answers, answers),
    (lambda book: renewals.parse_renewals(book, TODAY), renewals),
    (register.parse_register, None),
]


@pytest.mark.parametrize("seed", range(4))
def test_any_value_under_the_right_headings_is_read_or_refused_and_can_be_sent_back(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    read = 0
    for _ in range(60):
        book = odd_book(chance)
        for parse, module in READERS:
            try:
                found = parse(book)
            except RuleViolation:
                continue
            read += 1
            errors = found.errors  # type: ignore[attr-defined]
            if errors and module is not None:
                try:
                    module.write_refused(tmp_path / "a.xlsx", book, errors)  # type: ignore[attr-defined]
                except RuleViolation:
                    continue
    assert read >= 60

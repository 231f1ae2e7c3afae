"""ある春の申込：71人が、三つの違う様式の表と四通の申込書で届く。人はすべて作り物。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.cli.demo.applicants import sample
from app.domain.calendar import wareki, wareki_short

LIST, CSV, SHEETS, FORMS = range(30), range(30, 50), range(50, 67), range(67, 71)
COUNTERS = ("見本市相談窓口", "例町国際交流協会", "作り物市ワンストップセンター")
# 従業日数の書かれていない五人（補正を頼む）と、日数の足りない三人
UNSAID, SHORT = (4, 17, 33, 41, 58), (9, 28, 62)
# 前の研修期に、別の名で申し込んでいた二人
FORMER = {12: "旧田", 44: "元山"}


@dataclass(frozen=True)
class Wrong:
    """誤りのあるセル：誰の、ファイルに書かれた値、申込様式での所、正しい値。"""

    person: int
    written: str
    sheet: str
    heading: str
    right: str


WRONG = (
    Wrong(2, "昭和60年13月1日", "申込者", "生年月日", ""),
    Wrong(11, "R4.4.31", "在職歴", "開始日", "R4.4.1"),
    Wrong(23, "約400日", "在職歴", "従業日数", "400"),
    Wrong(31, "昭和40年2月30日", "申込者", "生年月日", ""),
    Wrong(38, "たぶん四百", "在職歴", "従業日数", "400"),
    Wrong(47, "2024年3月32日", "申込者", "生年月日", ""),
    Wrong(51, "不明", "申込者", "生年月日", ""),
    Wrong(55, "春ごろ", "在職歴", "開始日", "R4.4.1"),
    Wrong(64, "委託", "在職歴", "種別", "地方公共団体"),
)


@dataclass(frozen=True)
class Applicant:
    """一人の申込書に書かれたこと。"""

    number: int
    family: tuple[str, str]
    given: tuple[str, str]
    born: date
    phone: str
    counter: str
    days: int | None

    @property
    def name(self) -> str:
        """氏名。"""
        return f"{self.family[0]} {self.given[0]}"

    @property
    def reading(self) -> str:
        """フリガナ。"""
        return f"{self.family[1]} {self.given[1]}"


def applicants() -> list[Applicant]:
    """71人。氏名も生年月日も電話も、みな違う。"""
    parts = sample()["names"]
    names = [(f, g) for g in parts["given"] for f in parts["family"]][:71]
    found = []
    for n, (family, given) in enumerate(names):
        days = None if n in UNSAID else 60 if n in SHORT else 400
        born = date(1966, 3, 2) + timedelta(days=n * 131)
        phone = f"090-0000-{1000 + n * 7}"
        found.append(Applicant(n, family[:2], given[:2], born, phone, COUNTERS[n % 3], days))
    return found


def _written(a: Applicant, heading: str, value: object) -> object:
    """ファイルに書く値。誤りを仕込む所では、その誤り。"""
    return next((w.written for w in WRONG if (w.person, w.heading) == (a.number, heading)), value)


def _days(a: Applicant) -> object:
    return _written(a, "従業日数", a.days)


def prefecture_list(path: Path, people: Sequence[Applicant]) -> Path:
    """県の名簿：見出しが二段、和暦の文字。"""
    book = openpyxl.Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "名簿"
    sheet["A1"] = "見本県 支援コーディネーター養成研修 受講希望者名簿"
    sheet.merge_cells("A1:J1")
    head = ("No.", "お名前", "フリガナ", "誕生日（和暦）", "TEL", "現在の相談窓口")
    for column, words in enumerate(head, 1):
        sheet.cell(3, column).value = words
        sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    sheet.cell(3, 7).value = "在職①"
    sheet.merge_cells("G3:K3")
    for column, words in enumerate(("開始", "終了", "窓口", "設置主体", "日数"), 7):
        sheet.cell(4, column).value = words
    for row, a in enumerate(people, 5):
        born = _written(a, "生年月日", wareki(a.born))
        start = _written(a, "開始日", "R4.4.1")
        values = (a.number + 1, a.name, a.reading, born, a.phone, a.counter)
        jobs = (start, "現在", a.counter, "市", _days(a))
        for column, value in enumerate((*values, *jobs), 1):
            sheet.cell(row, column).value = value  # type: ignore[assignment]
    sheet.cell(5 + len(people), 1).value = "合計"
    sheet.cell(5 + len(people), 2).value = f"{len(people)}名"
    book.save(path)
    return path


def association_csv(path: Path, people: Sequence[Applicant]) -> Path:
    """協会の一覧：CP932、姓と名が別の列、期間が一つの列。"""
    lines = ["受付No,姓,名,セイ,メイ,生年月日,携帯電話,現在の窓口,勤務期間1,従事先1,運営主体1,勤務日数1"]
    for a in people:
        born = _written(a, "生年月日", a.born.isoformat())
        values = (
            a.number + 1,
            a.family[0],
            a.given[0],
            a.family[1],
            a.given[1],
            born,
            a.phone,
            a.counter,
            "2022年4月1日〜現在",
            a.counter,
            "市",
            "" if _days(a) is None else _days(a),
        )
        lines.append(",".join(map(str, values)))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp932"))
    return path


def two_sheet_book(path: Path, people: Sequence[Applicant]) -> Path:
    """人の表と職歴の表が、氏名で結び付くブック。日付は表計算の日付。"""
    book = openpyxl.Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "申込者一覧"
    sheet.append(("申込者氏名", "ふりがな", "お誕生日", "電話番号", "相談窓口名"))
    jobs = book.create_sheet("職歴")
    jobs.append(("氏名", "勤務先", "区分", "自", "至", "従事日数"))
    for a in people:
        sheet.append((a.name, a.reading, _written(a, "生年月日", a.born), a.phone, a.counter))  # type: ignore[arg-type]
        start = _written(a, "開始日", date(2022, 4, 1))
        jobs.append((a.name, a.counter, _written(a, "種別", "市"), start, None, _days(a)))
    book.save(path)
    return path


def paper_form(path: Path, a: Applicant) -> Path:
    """目で読む申込書、一通に一人。"""
    book = openpyxl.Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "申込書"
    cells = {
        "A1": "養成研修 受講申込書",
        "A3": "ふりがな",
        "C3": a.reading,
        "A4": "申込者氏名",
        "C4": a.name,
        "F3": "生年月日",
        "G3": wareki_short(a.born),
        "A6": "電話番号",
        "C6": a.phone,
        "A7": "現在の窓口",
        "C7": a.counter,
        "A9": "実務経験",
        "B10": "自",
        "C10": "至",
        "D10": "勤務先の名称",
        "E10": "運営主体",
        "F10": "従事日数",
        "A11": 1,
        "B11": "令和4年4月1日",
        "C11": "現在",
        "D11": a.counter,
        "E11": "地方公共団体",
        "F11": a.days,
    }
    for place, value in cells.items():
        sheet[place] = value  # type: ignore[assignment]
    for row in (3, 4, 6, 7):
        sheet.merge_cells(f"A{row}:B{row}")
    book.save(path)
    return path


def mend_refused(path: Path, people: Sequence[Applicant]) -> int:
    """断った行のブックを開き、仕込んだ誤りを正しい値に直す。直したセルの数を返す。"""
    book = openpyxl.load_workbook(path)
    sheet = book["申込者"]
    heads = {cell.value: at for at, cell in enumerate(sheet[1], 1)}
    numbers = {}
    for row in range(2, sheet.max_row + 1):
        name = sheet.cell(row, heads["氏名"]).value
        numbers[name] = sheet.cell(row, heads["申込番号"]).value
    mended = 0
    for wrong in WRONG:
        a = people[wrong.person]
        if a.name not in numbers:
            continue
        target = book[wrong.sheet]
        columns = {str(cell.value): at for at, cell in enumerate(target[1], 1)}
        link = columns["申込番号"]
        for row in range(2, target.max_row + 1):
            if str(target.cell(row, link).value) == str(numbers[a.name]):
                right = wrong.right or a.born.isoformat()
                column = next(at for title, at in columns.items() if title.startswith(wrong.heading))
                target.cell(row, column).value = right
                mended += 1
    book.save(path)
    return mended

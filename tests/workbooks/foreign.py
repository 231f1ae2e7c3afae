"""作り物の、ほかの様式のファイル：県の名簿（見出し二段）、CP932 の CSV、目で読む申込書、二枚のシート。"""

from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

HEAD = ("No.", "お名前（漢字）", "フリガナ", "生年月日（和暦）", "連絡先", None, "勤務先")
BELOW = (None, None, None, None, "TEL", "〒", None)
CAREER = ("開始", "終了", "窓口", "設置主体", "日数")


def two_row_list(path: Path, *, first: int = 4, born: object = "昭和60年4月1日", extra: bool = False) -> Path:
    """見出しが二段で、結合のある名簿。first は見出しの最初の行、extra なら前に列を一つ足す。"""
    book = openpyxl.Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]
    sheet.title = "名簿"
    shift = 1 if extra else 0
    sheet["A1"] = "見本県 支援コーディネーター研修 受講希望者名簿"
    sheet.merge_cells("A1:N1")
    if extra:
        sheet.cell(first, 1).value = "地区"
        sheet.merge_cells(start_row=first, end_row=first + 1, start_column=1, end_column=1)
    for at, (above, below) in enumerate(zip(HEAD, BELOW, strict=True), 1 + shift):
        sheet.cell(first, at).value, sheet.cell(first + 1, at).value = above, below
        if below is None and above is not None:
            sheet.merge_cells(start_row=first, end_row=first + 1, start_column=at, end_column=at)
    sheet.merge_cells(start_row=first, end_row=first, start_column=5 + shift, end_column=6 + shift)
    for group in (0, 1):
        left = 8 + shift + group * len(CAREER)
        sheet.cell(first, left).value = f"在職{'①②'[group]}"
        sheet.merge_cells(
            start_row=first, end_row=first, start_column=left, end_column=left + len(CAREER) - 1
        )
        for at, words in enumerate(CAREER, left):
            sheet.cell(first + 1, at).value = words
    person = ("1", "髙﨑　健太郎", "タカサキ ケンタロウ", born, "090-0000-0001", "060-0001", "見本市役所")
    jobs = ("R4.4.1", "R6.3.31", "見本市窓口", "市", 410, date(2024, 4, 1), "現在", "例の会", "民間", 0)
    rows = [
        (*person, *jobs),
        ("2", "見本 花子", "ミホン ハナコ", "Ｈ２．１２．３１", "０９０ー０００２", "0600001", "例町役場"),
    ]
    for at, row in enumerate(rows, first + 2):
        for column, value in enumerate(row, 1 + shift):
            sheet.cell(at, column).value = value  # type: ignore[assignment]
    sheet.cell(first + 4, 1 + shift).value = "合計"
    sheet.cell(first + 4, 2 + shift).value = "2名"
    book.save(path)
    return path


def plain_csv(path: Path, born: str = "S60.4.1") -> Path:
    """CP932 の CSV。姓と名が別の列、期間が一つの列。"""
    text = (
        "受付No,姓,名,セイ,メイ,誕生日,携帯電話,E-mail,所属団体,勤務期間1,従事先1,運営主体1,勤務日数1,好きな色\r\n"
        f"001,髙橋,一郎,タカハシ,イチロウ,{born},09000000001,a@example.jp,見本市,2022年4月1日〜2024年3月31日,窓口,市,４１０日,青\r\n"
        "002,例,太郎,レイ,タロウ,31138,0,,,,,,,赤\r\n"
    )
    path.write_bytes(text.encode("cp932"))
    return path


def paper_form(path: Path, *names: str, down: int = 0) -> Path:
    """一枚に一人の、目で読む申込書。見出しの右か、小さな表の下に値がある。down は下げる行の数。"""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for number, name in enumerate(names, 1):
        sheet: Worksheet = book.create_sheet(f"申込書{number}")
        sheet["A1"] = "養成研修 受講申込書"
        sheet.merge_cells("A1:H1")
        cells = {
            "A3": "ふりがな",
            "C3": "みほん はなこ",
            "A4": "申込者氏名",
            "C4": name,
            "F3": "生年月日",
            "G3": f"昭和6{number}年4月1日生（満40歳）",
            "A5": "現住所",
            "C5": "見本県見本市1-1",
            "A6": "電話番号",
            "C6": "03-0000-0000",
            "F6": "メールアドレス",
            "A7": "勤務先",
            "C7": "見本市役所",
            "A9": "実務経験",
            "B10": "自",
            "C10": "至",
            "D10": "勤務先の名称",
            "E10": "運営主体",
            "F10": "従事日数",
            "A11": 1,
            "B11": "令和4年4月1日",
            "C11": "現在",
            "D11": "見本市窓口",
            "E11": "自治体の委託",
            "F11": 410,
            "A12": 2,
            "A13": 3,
            "A15": "保有資格",
            "C15": "社会福祉士",
            "F15": "登録年月日",
            "G15": "平成30年5月10日",
            "A17": "上記のとおり申し込みます。",
        }
        for at, value in cells.items():
            row = int(at[1:])
            sheet[f"{at[0]}{row + down if row > 2 else row}"] = value  # type: ignore[assignment]
        for row in (3, 4, 5, 6, 7, 15):
            sheet.merge_cells(f"A{row + down}:B{row + down}")
    book.save(path)
    return path


def two_sheets(path: Path) -> Path:
    """人の表と、氏名で結び付く職歴の表。"""
    book = openpyxl.Workbook()
    people: Worksheet = book.active  # type: ignore[assignment]
    people.title = "一覧"
    for row in (
        ("申込者氏名", "ふりがな", "誕生日", "都道府県"),
        ("見本 花子", "みほん はなこ", 31138, "北海道"),
        ("例 太郎", "れい たろう", "平成32年4月1日", None),
    ):
        people.append(row)
    jobs = book.create_sheet("職歴")
    for line in (
        ("職歴の表",),
        ("氏名", "勤務先", "区分", "自", "至"),
        ("見本 花子", "窓口A", "県", date(2020, 4, 1), date(2022, 3, 31)),
        ("見本 花子", "窓口B", "国", date(2022, 4, 1), "在職中"),
        ("だれか", "窓口C", "国", date(2022, 4, 1), None),
    ):
        jobs.append(line)
    book.save(path)
    return path

"""セルの入力規則：選択肢、日付、整数。断る言葉は日本語で、規則の式はどれも定数だけ。"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

EPOCH = date(1899, 12, 30).toordinal()
# Excel の通し番号が暦とずれない初めの日と、書けると見る終わりの日
_FIRST_DAY, _LAST_DAY = date(1900, 3, 1), date(2199, 12, 31)
_LONGEST = 255  # Excel が案内と断りの言葉に許す長さ


@dataclass(frozen=True)
class Choice:
    """一列の選択肢。rows は 1 から数えた初めと終わりの行、column は 0 から。strict でなければ他の値も入る。"""

    column: int
    rows: tuple[int, int]
    words: tuple[str, ...]
    prompt: str = ""
    strict: bool = True


@dataclass(frozen=True)
class Limit:
    """一列の日付（kind は date）か整数（whole）。bounds は整数の下限と上限。

    日付は「R8.3.31」のような文字も読めるので、止めずに確かめる。整数は止める。
    """

    column: int
    rows: tuple[int, int]
    kind: str
    prompt: str = ""
    bounds: tuple[int, int] = (0, 999_999)


Rule = Choice | Limit


def letters(column: int) -> str:
    """0 から数えた列の番号を「A」「AB」にする。"""
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def _list_formula(words: Sequence[str]) -> str:
    formula = '"' + ",".join(words) + '"'
    if len(formula) > 257 or any("," in w or '"' in w for w in words):
        raise ValueError("選択肢は合わせて 255 字まで、コンマなし")
    return formula


def _choice(one: Choice) -> tuple[str, str, str]:
    stop = ' showErrorMessage="1" errorTitle="選択肢" error="一覧から選んでください。"' if one.strict else ""
    return 'type="list"', stop, f"<formula1>{escape(_list_formula(one.words))}</formula1>"


def _limit(one: Limit) -> tuple[str, str, str]:
    if one.kind == "date":
        low, high = _FIRST_DAY.toordinal() - EPOCH, _LAST_DAY.toordinal() - EPOCH
        head = 'type="date" errorStyle="warning"'
        words = "日付として読めません。2026/3/31 か R8.3.31 のように入れてください。"
        title = "日付"
    else:
        low, high = one.bounds
        head, title = 'type="whole"', "数"
        words = f"{low}〜{high:,}の整数を入れてください。"
    stop = f' showErrorMessage="1" errorTitle="{title}" error="{words}"'
    return (
        f'{head} operator="between"',
        stop,
        f"<formula1>{low}</formula1><formula2>{high}</formula2>",
    )


def rules_xml(rules: Sequence[Rule]) -> str:
    """シートの入力規則（なければ空）。"""
    if not rules:
        return ""
    out = []
    for one in rules:
        head, stop, formulas = _choice(one) if isinstance(one, Choice) else _limit(one)
        shown = f' showInputMessage="1" prompt={quoteattr(one.prompt[:_LONGEST])}' if one.prompt else ""
        column = letters(one.column)
        out.append(
            f'<dataValidation {head} allowBlank="1"{stop}{shown} '
            f'sqref="{column}{one.rows[0]}:{column}{one.rows[1]}">{formulas}</dataValidation>'
        )
    return f'<dataValidations count="{len(out)}">{"".join(out)}</dataValidations>'

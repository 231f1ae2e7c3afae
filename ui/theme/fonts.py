"""画面の書体と Qt の日本語。書体は同梱のものを使い、どの機械でも同じに見せる。"""

import hashlib
from collections.abc import Iterator
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics

_FIRST = ("BIZ UDGothic",)
_LATIN = "Noto Sans"
_LAST = ("IPAmjMincho", "HanaMinA")
# 最後の二つは、本文の書体にない漢字のため（ipamjm は 𠮷 など、HanaMin は 张 など日本で使わない字）
_PREFIXES = ("BIZUDGothic", "NotoSans", "NanumGothic", "ipamjm", "HanaMin")
_SUMS = "SHA256SUMS"
_PIECE = 1 << 20
_TIGHTEST = 70


def _font_files(folder: Traversable) -> Iterator[Traversable]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _font_files(entry)
        elif entry.name.startswith(_PREFIXES) and entry.name.endswith((".ttf", ".otf")):
            yield entry


def load_fonts(folder: Traversable | None = None) -> tuple[str, ...]:
    """同梱の画面用書体を読み込み、使う順の書体名を返す（本文の書体が先、多言語の補いが後）。

    folder を省けば resources/fonts。読めない書体は名に入らない。
    """
    families: list[str] = []
    for entry in _font_files(folder if folder is not None else files("resources") / "fonts"):
        with as_file(entry) as path:
            number = QFontDatabase.addApplicationFont(str(path))
        if number >= 0:
            families += [f for f in QFontDatabase.applicationFontFamilies(number) if f not in families]
    # 字幅の揃う本文の書体を先頭に、欧文の補いを多言語の前に置く
    rank = {name: place for place, name in enumerate((*_FIRST, _LATIN))}
    others = len(rank)
    rank |= {name: others + 1 + place for place, name in enumerate(_LAST)}
    return tuple(sorted(families, key=lambda f: rank.get(f, others)))


def font_faults(folder: Traversable | None = None) -> tuple[str, ...]:
    """同梱の書体のうち、ない・読めない・要約値の合わないものの名。空ならすべて揃っている。

    folder を省けば resources/fonts。途中で切れた書体は Qt がそのまま受け取り、字が抜けるので、要約値で見る。
    すべてを読むので、画面の外で呼ぶ。
    """
    place = folder if folder is not None else files("resources") / "fonts"
    try:
        lines = (place / _SUMS).read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return (_SUMS,)
    listed = [line.split(maxsplit=1) for line in lines if line.strip()]
    return tuple(name for digest, name in listed if _digest(place / name) != digest)


def _digest(entry: Traversable) -> str:
    found = hashlib.sha256()
    try:
        with entry.open("rb") as stream:
            while part := stream.read(_PIECE):
                found.update(part)
    except OSError:
        return ""
    return found.hexdigest()


def fault_words(names: tuple[str, ...]) -> str:
    """足りない・壊れている書体を知らせる文。なければ空。"""
    if not names:
        return ""
    return (
        f"同梱の書体がないか、壊れています（{'、'.join(names)}）。"
        "字が四角になったり抜けたりし、認定証などの書類を作れないことがあります。"
        "記録は無事です。プログラムを入れ直してください。"
    )


def screen_font(families: tuple[str, ...], pixels: int) -> QFont:
    """本文の書体。families は load_fonts の返すもの、pixels は字の高さ（px）。"""
    font = QFont()
    if families:
        font.setFamilies(list(families))
    font.setPixelSize(pixels)
    return font


def _beyond_japanese_latin(text: str) -> bool:
    return any(
        "\u00c0" <= c <= "\u024f" or "\u1e00" <= c <= "\u1eff" or "\u0300" <= c <= "\u036f" for c in text
    )


def fit_font(font: QFont, text: str) -> QFont:
    """字の付いた欧文（NGUYỄN など）を一つの書体で通すための書体。ほかの言葉ではそのまま返す。

    本文の書体は付いた字を持たず、そのままでは一語の中で形が変わるため。
    """
    families = font.families()
    if _LATIN not in families or not _beyond_japanese_latin(text):
        return font
    fitted = QFont(font)
    fitted.setFamilies([_LATIN, *(f for f in families if f != _LATIN)])
    return fitted


def squeezed(font: QFont, text: str, width: int) -> QFont:
    """text が width（px）に入るように、字の幅だけを詰めた書体（七割まで。入る言葉ではそのまま返す）。"""
    need = QFontMetrics(font).horizontalAdvance(text)
    if need <= width:
        return font
    narrow = QFont(font)
    narrow.setStretch(max(_TIGHTEST, 100 * width // need))
    return narrow


def japanese_translator(parent: QObject) -> QTranslator | None:
    """Qt の部品の言葉（はい・キャンセル・カレンダー）を日本語にするもの。同梱されていなければ None。"""
    QLocale.setDefault(QLocale(QLocale.Language.Japanese, QLocale.Country.Japan))
    translator = QTranslator(parent)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return translator if translator.load("qtbase_ja", folder) else None

"""セルに付ける注（Excel のコメント）の部品：文の XML と、置き場を描く VML。"""

from collections.abc import Mapping
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_AUTHOR = "認定デスク"
_WIDTH, _HEIGHT = 3, 5  # 注の箱の列と行の数
Notes = Mapping[tuple[int, int], str]


def comments_xml(notes: Mapping[str, str]) -> str:
    """注の文。notes はセル（A1）から文へ。"""
    items = "".join(
        f'<comment ref="{place}" authorId="0"><text><t xml:space="preserve">{escape(words)}</t></text></comment>'
        for place, words in notes.items()
    )
    return (
        f'{_HEAD}<comments xmlns="{_MAIN}"><authors><author>{_AUTHOR}</author></authors>'
        f"<commentList>{items}</commentList></comments>"
    )


def drawing_xml(places: Notes) -> str:
    """注の箱の置き場（VML）。places は（1 から数えた行, 0 から数えた列）。"""
    shapes = "".join(
        f'<v:shape id="_x0000_s{1025 + i}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:path o:connecttype="none"/>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 8, {row - 1}, 2, {column + 1 + _WIDTH}, 8, {row - 1 + _HEIGHT}, 2</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
        for i, (row, column) in enumerate(places)
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        '<o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{shapes}</xml>"
    )

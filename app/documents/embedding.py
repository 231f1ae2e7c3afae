"""字形の埋め込み：使った字形だけの書体と、写したとき元の文に戻る対応表を PDF に書く。

ReportLab の書体の扱いは、五桁の符号・異体字・字幅を正しく書かないため、ここで自ら書く。
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import uharfbuzz as hb
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)

from app.documents.faces import Face

_DROPPED = (
    "GSUB", "GPOS", "GDEF", "BASE", "OS/2", "name", "post", "gasp", "vhea", "vmtx", "DSIG", "FFTM",
    "prop", "mort", "cmap",
)  # fmt: skip
_PER_BLOCK = 100  # 一つの bfchar に書ける数の上限
_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def to_unicode(texts: Sequence[str]) -> str:
    """符号 1, 2, … の表す文の対応表（空の文は書かない）。追加面は UTF-16 の対で書く。"""
    rows = [
        f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in enumerate(texts, 1)
        if text
    ]
    blocks = [rows[i : i + _PER_BLOCK] for i in range(0, len(rows), _PER_BLOCK)]
    body = "".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar\n" for b in blocks)
    return _CMAP_HEAD + body + _CMAP_TAIL


def subset(face: Face, glyphs: Iterable[int]) -> tuple[bytes, dict[int, int]]:
    """字形を抜き出した書体と、元の番号から新しい番号への対応。"""
    asked = hb.SubsetInput()
    asked.glyph_set.set({0, *glyphs})
    asked.drop_table_tag_set.update({int.from_bytes(t.ljust(4).encode(), "big") for t in _DROPPED})
    asked.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    plan = hb.SubsetPlan(face.font.face, asked)
    numbers = {int(old): int(new) for old, new in plan.old_to_new_glyph_mapping.items()}
    return bytes(plan.execute().blob.data), numbers


class EmbeddedFace:
    """一冊の PDF の中の一つの書体。符号は (字形, 文) の組に 1 から順に振る。"""

    def __init__(self, face: Face, key: str) -> None:
        """key はページの資源の中での名。"""
        self.face = face
        self.key = key
        self._codes: dict[tuple[int, str], int] = {}

    def code(self, glyph: int, text: str) -> int:
        """字形の符号。同じ字形でも表す文が違えば別の符号にする。"""
        return self._codes.setdefault((glyph, text), len(self._codes) + 1)

    def addObjects(self, doc: Any) -> None:
        """保存のとき ReportLab から呼ばれ、書体の部品を文書に加える。"""
        pairs = list(self._codes)
        data, numbers = subset(self.face, (glyph for glyph, _ in pairs))
        digest = hashlib.sha256(data).digest()
        tagged = "".join(chr(65 + b % 26) for b in digest[:6]) + "+" + self.face.name
        font = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": PDFName(tagged),
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([self._descendant(doc, tagged, pairs, data, numbers)]),
                "ToUnicode": doc.Reference(_stream(to_unicode([text for _, text in pairs]).encode())),
            }
        )
        doc.fontMapping[self.key] = self.key
        doc.idToObject["BasicFonts"].dict[self.key] = doc.Reference(font)

    def _descendant(
        self,
        doc: Any,
        tagged: str,
        pairs: Sequence[tuple[int, str]],
        data: bytes,
        numbers: dict[int, int],
    ) -> Any:
        places = b"\0\0" + b"".join(numbers[glyph].to_bytes(2, "big") for glyph, _ in pairs)
        widths = [round(self.face.width(glyph), 3) for glyph, _ in pairs]
        system = {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
        return doc.Reference(
            PDFDictionary(
                {
                    "Type": PDFName("Font"),
                    "Subtype": PDFName("CIDFontType2"),
                    "BaseFont": PDFName(tagged),
                    "CIDSystemInfo": PDFDictionary(system),
                    "DW": 1000,
                    "W": PDFArray([1, PDFArray(widths)]),
                    "CIDToGIDMap": doc.Reference(_stream(places)),
                    "FontDescriptor": doc.Reference(self._descriptor(doc, tagged, data)),
                }
            )
        )

    def _descriptor(self, doc: Any, tagged: str, data: bytes) -> PDFDictionary:
        extents = self.face.font.get_font_extents("ltr")
        up, down = round(extents.ascender * self.face.scale), round(extents.descender * self.face.scale)
        return PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": PDFName(tagged),
                "Flags": 4,
                "FontBBox": PDFArray([-1000, down, 2000, up]),
                "ItalicAngle": 0,
                "Ascent": up,
                "Descent": down,
                "CapHeight": round(up * 0.8),
                "StemV": 80,
                "FontFile2": doc.Reference(_stream(data, {"Length1": len(data)})),
            }
        )


def _stream(data: bytes, extra: dict[str, Any] | None = None) -> PDFStream:
    return PDFStream(PDFDictionary(extra or {}), data, filters=[PDFZCompress])

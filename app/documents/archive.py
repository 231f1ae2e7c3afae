"""長く残す PDF（PDF/A-2b）のための、文書の説明（XMP）と色の約束（sRGB）。"""

import struct
from datetime import date
from functools import lru_cache
from xml.sax.saxutils import escape

TOOL = "認定デスク"
_XYZ = {
    # D50 に合わせた sRGB の三原色（ICC の sRGB の値）
    "wtpt": (0.9642, 1.0, 0.8249),
    "rXYZ": (0.43607, 0.22249, 0.01392),
    "gXYZ": (0.38515, 0.71687, 0.09708),
    "bXYZ": (0.14307, 0.06061, 0.71410),
}
_STEPS = 256


def _xyz(values: tuple[float, ...]) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(v * 65536) for v in values))


def _curve() -> bytes:
    """sRGB の明るさの曲線（256 段）。"""
    points = (i / (_STEPS - 1) for i in range(_STEPS))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in points)
    return struct.pack(f">4s4xI{_STEPS}H", b"curv", _STEPS, *(round(v * 65535) for v in linear))


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """sRGB の ICC プロファイル（版 2.1）。"""
    name = b"sRGB\0"
    parts = {
        "desc": struct.pack(">4s4xI", b"desc", len(name)) + name + bytes(78),
        "cprt": b"text\0\0\0\0No copyright, use freely\0",
        **{tag: _xyz(values) for tag, values in _XYZ.items()},
        **dict.fromkeys(("rTRC", "gTRC", "bTRC"), _curve()),
    }
    table, body, places = b"", b"", {}
    start = 128 + 4 + 12 * len(parts)
    for tag, data in parts.items():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += tag.encode() + struct.pack(">II", places[data], len(data))
    header = struct.pack(
        ">I4sI4s4s4s6H4s",
        start + len(body), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ", 2000, 1, 1, 0, 0, 0, b"acsp",
    )  # fmt: skip
    white = b"".join(struct.pack(">i", round(v * 65536)) for v in _XYZ["wtpt"])
    header += bytes(28) + white
    return header.ljust(128, b"\0") + struct.pack(">I", len(parts)) + table + body


def description(title: str, subject: str, made_on: date | None) -> bytes:
    """文書の説明。題・主題・作ったプログラム・日付だけを書く（人や機械の名は書かない）。"""
    day = f"<xmp:CreateDate>{made_on.isoformat()}</xmp:CreateDate>" if made_on else ""
    text = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>ja</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{TOOL}</xmp:CreatorTool>{day}<pdf:Producer>{TOOL}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
    return text.encode()

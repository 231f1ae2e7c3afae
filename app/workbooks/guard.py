"""関所：外から来たファイルを開く前に、形・大きさ・XML の危険を確かめる（子プロセスの中で働く）。"""

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.domain.errors import InputRefused

MAX_FILE = 64 << 20
MAX_PARTS = 4000
MAX_PART = 320 << 20
MAX_TOTAL = 384 << 20
_SMALL = 4 << 20  # これより小さい部品は隅まで構文を確かめる
_CHUNK = 4 << 20
_CARRY = 64 << 10
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%pdf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"\x7felf", b"{\\rtf", b"7z\xbc\xaf")
_SAFE_ENCODINGS = {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "iso-8859-1"}
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
    KeyError,
)  # fmt: skip
_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([^"']{0,40})["']""")
_NS = r"(?:[\w.-]+:)?"
_RELATION_ID = re.compile(r"\{http://(?:schemas\.openxmlformats|purl\.oclc)\.org/.*\}id")


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.replace("~", _NS).encode())


_FORMULA = _pattern(
    r"<~c\b([^<>]*)>\s*<~f\b(?:[^<>]*/>|[^<>]*>[^<]*</~f>)\s*(<~v\s*/>|<~v\s*>\s*</~v>)?\s*</~c>"
)
_ERROR = _pattern(r"<~c\b([^<>]*\bt\s*=\s*[\"']e[\"'][^<>]*)>")
_HIDDEN_ROW = _pattern(r"<~row\b([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_HIDDEN_COLUMN = _pattern(r"<~col\b([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_MERGED = _pattern(r"<~mergeCell\b[^<>]*\bref\s*=\s*[\"']([A-Z0-9:]{1,20})[\"']")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3}[0-9]{1,7})["']""")
_MINIMUM = re.compile(rb"""\bmin\s*=\s*["']([0-9]{1,5})["']""")
_TEXT_RESULT = re.compile(rb"""\bt\s*=\s*["']str["']""")


def damaged(what: str) -> InputRefused:
    """壊れているファイルを断る文。"""
    return InputRefused(
        f"ファイルが壊れています（{what}）。作った人にもう一度送ってもらうか、Excel で開いて保存し直してください。",
        "DAMAGED",
    )


def _not_excel(what: str) -> InputRefused:
    return InputRefused(
        f"Excel のブックでも CSV でもありません（{what}）。.xlsx または .csv のファイルを選んでください。",
        "NOT_EXCEL",
    )


def too_large(what: str) -> InputRefused:
    """大きすぎるファイルを断る文。"""
    return InputRefused(
        f"ファイルが大きすぎます（{what}）。必要な行と列だけを新しいブックに写して、やり直してください。",
        "TOO_LARGE",
    )


def _unsafe(part: str, what: str) -> InputRefused:
    return InputRefused(
        f"危険な XML（{what}）が部品「{part}」にあるため開きません。"
        "作った人に確かめ、Excel で保存し直したものを選んでください。",
        "UNSAFE_XML",
    )


def kind_of(data: bytes) -> str:
    """先頭のバイトで見分ける：zip・ole・text。どれでもなければ NOT_EXCEL。空なら NO_ROWS。"""
    if not data:
        raise InputRefused("ファイルが空です（0 バイト）。中身のあるファイルを選んでください。", "NO_ROWS")
    if len(data) > MAX_FILE:
        raise too_large(f"{len(data) >> 20} MB、上限は {MAX_FILE >> 20} MB")
    if data.startswith(_ZIP):
        return "zip"
    if data.startswith(_OLE):
        return "ole"
    if data.startswith(b"PK"):
        raise damaged("部品の一覧がない")
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    program = data.startswith(b"MZ") and b"\0" in data[:64]  # 見出しが「MZ」で始まる CSV は文字のまま
    if program or head.startswith(_OTHERS):
        raise _not_excel("画像・文書・プログラムのファイル")
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise _not_excel("HTML または XML のファイル")
    return "text"


@dataclass
class Oddities:
    """一つのシートの、黙って読めない所。位置は 0 から数えた（行, 列）、列の一覧は列の番号。"""

    no_value: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


@dataclass
class Package:
    """関所を通った zip のブック。oddities はシート名から。strict は ISO の Strict 形式か、epoch_1904 は日付の起点か。"""

    form: str
    oddities: dict[str, Oddities] = field(default_factory=dict)
    strict: bool = False
    epoch_1904: bool = False
    reports: list[str] = field(default_factory=list)


def position(reference: str) -> tuple[int, int]:
    """「B5」を 0 から数えた（行, 列）にする。列の字がなければ列は -1。"""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _open_zip(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise damaged("部品の一覧が読めない、途中で切れている") from error


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
        raise damaged("部品の名が正しくない")


def _check_list(package: zipfile.ZipFile) -> None:
    infos = package.infolist()
    if len(infos) > MAX_PARTS:
        raise too_large(f"部品が {len(infos)} 個")
    seen: set[str] = set()
    for info in infos:
        _check_name(info.filename)
        if info.filename.casefold() in seen:
            raise damaged("同じ名の部品が二つある")
        seen.add(info.filename.casefold())
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged("Excel の使わない方法で縮めてある")
    largest = max((i.file_size for i in infos), default=0)
    total = sum(i.file_size for i in infos)
    if largest > MAX_PART or total > MAX_TOTAL:
        raise too_large(f"開くと {total >> 20} MB、上限は {MAX_TOTAL >> 20} MB")


def _form_of(package: zipfile.ZipFile) -> str:
    names = {n.casefold() for n in package.namelist()}
    if "[content_types].xml" in names:
        if any(n.endswith("workbook.bin") for n in names):
            return "xlsb"
        if any(n.startswith("xl/") and n.endswith(".xml") for n in names):
            return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        if b"spreadsheet" in _bytes(package, "mimetype", 200):
            return "ods"
        raise _not_excel("表計算でない OpenDocument")
    raise _not_excel("Word などの文書か、ただの zip")


def _chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """部品を少しずつ読む。CRC は読み終わりに確かめられる。"""
    try:
        with package.open(name) as part:
            while chunk := part.read(_CHUNK):
                yield chunk
    except _BROKEN as error:
        raise damaged(f"部品「{name}」の中身が合わない") from error


def _utf8(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """UTF-16 の部品を UTF-8 に直す。安全と分かっている符号だけを通す。"""
    first = next(chunks, b"")
    if first[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in first[:4]:
        wide = (
            "utf-16"
            if first[:1] in (b"\xff", b"\xfe")
            else "utf-16-be"
            if first[:1] == b"\0"
            else "utf-16-le"
        )
        decoder = codecs.getincrementaldecoder(wide)()
        try:
            yield decoder.decode(first).encode()
            for chunk in chunks:
                yield decoder.decode(chunk).encode()
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise damaged(f"部品「{name}」の文字が読めない") from error
        return
    declared = _ENCODING.search(first[:300])
    if declared and declared.group(1).decode("latin-1").lower() not in _SAFE_ENCODINGS:
        raise _unsafe(name, "見慣れない文字符号")
    yield first
    yield from chunks


def _bytes(package: zipfile.ZipFile, name: str, limit: int = _SMALL) -> bytes:
    out = b""
    for chunk in _chunks(package, name):
        out += chunk
        if len(out) > limit:
            raise too_large(f"部品「{name}」")
    return out


def _tree(package: zipfile.ZipFile, name: str) -> Element:
    return _parse(_bytes(package, name, 4 * _SMALL), name)


def _parse(text: bytes, name: str) -> Element:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise _unsafe(name, "DTD・実体参照") from error
    except (ParseError, ValueError, LookupError) as error:
        raise damaged(f"部品「{name}」の XML が正しくない") from error
    return root


def _positions(found: Iterator[re.Match[bytes]], keep: list[tuple[int, int]]) -> None:
    for match in found:
        if reference := _REFERENCE.search(match.group(1)):
            keep.append(position(reference.group(1).decode()))


def _scan_formulas(text: bytes, odd: Oddities) -> None:
    for match in _FORMULA.finditer(text):
        if match.group(2) and _TEXT_RESULT.search(match.group(1)):
            continue  # 式の結果が空の文字列
        if reference := _REFERENCE.search(match.group(1)):
            odd.no_value.append(position(reference.group(1).decode()))


def _scan_hidden(text: bytes, odd: Oddities) -> None:
    for match in _HIDDEN_ROW.finditer(text):
        if reference := _REFERENCE.search(match.group(1)):
            odd.hidden_rows.append(position(reference.group(1).decode())[0])
    for match in _HIDDEN_COLUMN.finditer(text):
        if minimum := _MINIMUM.search(match.group(1)):
            odd.hidden_columns.append(int(minimum.group(1)) - 1)


def _scan(text: bytes, odd: Oddities) -> None:
    """シートの XML の一切れから、黙って読めない所を拾う。"""
    if b"<f" in text or b":f" in text:
        _scan_formulas(text, odd)
    if b't="e"' in text or b"t='e'" in text:
        _positions(_ERROR.finditer(text), odd.errors)
    if b"hidden" in text:
        _scan_hidden(text, odd)
    if b"mergeCell" in text:
        odd.merged.extend(m.group(1).decode() for m in _MERGED.finditer(text))


def _split(text: bytes) -> int:
    """行の途中で切らないための、最後の行の始まり。"""
    cut = max(text.rfind(b"<row"), text.rfind(b":row"), text.rfind(b"<mergeCell "))
    return cut if cut > 0 else max(0, len(text) - _CARRY)


def _walk(package: zipfile.ZipFile, name: str, odd: Oddities | None) -> None:
    """部品を一度だけ通し、CRC・DTD・終わりの札を確かめ、シートなら拾いながら進む。"""
    carry, whole, size = b"", [], 0
    for chunk in _utf8(_chunks(package, name), name):
        size += len(chunk)
        if size <= _SMALL:
            whole.append(chunk)
        text = carry + chunk
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _unsafe(name, "DTD・実体参照")
        cut = _split(text) if odd is not None else max(0, len(text) - 16)
        if odd is not None:
            _scan(text[:cut], odd)
        carry = text[cut:]
    if odd is not None:
        _scan(carry, odd)
    if size <= _SMALL:
        if not name.endswith(".vml"):
            _parse(b"".join(whole), name)
    elif not carry.rstrip().endswith(b">"):
        raise damaged(f"部品「{name}」が途中で切れている")


def _target(base: str, target: str) -> str:
    parts: list[str] = [] if target.startswith("/") else list(PurePosixPath(base).parent.parts)
    for piece in target.strip("/").split("/"):
        if piece == "..":
            if not parts:
                raise damaged("部品のつながりが外を指している")
            parts.pop()
        elif piece != ".":
            parts.append(piece)
    return "/".join(parts)


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    path = PurePosixPath(part)
    name = f"{path.parent}/_rels/{path.name}.rels"
    if name not in package.namelist():
        raise damaged("シートのつながりの表がない")
    return {
        r.get("Id", ""): _target(part, r.get("Target", ""))
        for r in _tree(package, name)
        if r.get("TargetMode") != "External"
    }


def _workbook_part(package: zipfile.ZipFile) -> str:
    if "_rels/.rels" not in package.namelist():
        raise damaged("つながりの表がない")
    for relation in _tree(package, "_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            part = _target("", relation.get("Target", ""))
            if part in package.namelist():
                return part
    raise damaged("ブックの本体がない")


def _sheets_of(package: zipfile.ZipFile, found: Package) -> dict[str, str]:
    """部品の名からシートの名へ。"""
    part = _workbook_part(package)
    root = _tree(package, part)
    found.strict = "purl.oclc.org" in root.tag
    found.epoch_1904 = any(
        e.tag.rpartition("}")[2] == "workbookPr" and e.get("date1904") in ("1", "true") for e in root
    )
    relations = _relations(package, part)
    sheets: dict[str, str] = {}
    for sheet in root.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((v for k, v in sheet.attrib.items() if _RELATION_ID.fullmatch(k)), "")
        target = relations.get(key, "")
        if target not in package.namelist():
            raise damaged(f"シート「{sheet.get('name', '')}」の中身がない")
        sheets[target] = sheet.get("name", "")
    return sheets


def inspect_zip(data: bytes) -> Package:
    """zip のブックを確かめる：一覧 → 大きさ → DTD・実体 → つながり。通らなければ InputRefused。"""
    with _open_zip(data) as package:
        _check_list(package)
        found = Package(_form_of(package))
        names = package.namelist()
        odd = {n: Oddities() for n in names if "sheet" in n.lower() and n.endswith(".xml")}
        for name in names:
            if name.lower().endswith((".xml", ".rels", ".vml")):
                _walk(package, name, odd.get(name))
            else:
                for _ in _chunks(package, name):
                    pass
        if found.form == "xlsb":
            found.reports.append(
                "xlsb の形では、エラーのセルと隠れた行を見分けられません。.xlsx で保存し直したものを使ってください。"
            )
        if found.form == "xlsx":
            for part, sheet in _sheets_of(package, found).items():
                found.oddities[sheet] = odd.get(part, Oddities())
            if any(n.startswith("xl/externalLinks/") and n.endswith(".xml") for n in names):
                found.reports.append("別のブックを参照する式があります。保存されている値だけを読みました。")
            if any(n.endswith("vbaProject.bin") for n in names):
                found.reports.append("マクロが入っています。マクロは動かさず、セルの値だけを読みました。")
        return found


def content_of(data: bytes, name: str = "content.xml") -> bytes:
    """関所を通った zip の部品一つ。"""
    with _open_zip(data) as package:
        return b"".join(_chunks(package, name))

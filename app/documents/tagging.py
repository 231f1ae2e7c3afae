"""読み上げのための印（タグ付き PDF）：読む順、見出し・段落・図、飾りの区別、しおり。"""

from itertools import pairwise
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFObject

from app.documents.page import Paper


class _Raw(PDFObject):
    """書いたとおりに出る部品。千枚の印を一つずつ辞書から組むと、紙を刷るより時間が掛かる。"""

    __RefOnly__ = 1

    def __init__(self, content: bytes = b"") -> None:
        self.content = content

    def format(self, _document: Any) -> bytes:
        """書いたとおり。"""
        return self.content


def _text(words: str) -> bytes:
    """PDF の文（UTF-16）。"""
    return b"<FEFF" + words.encode("utf-16-be").hex().upper().encode() + b">"


class TaggedPaper(Paper):
    """印の付いた紙。ページの中身は、tag か artifact のどちらかの中で描く。"""

    def __init__(self, *args: Any, **how: Any) -> None:
        """引数は Paper と同じ。"""
        super().__init__(*args, **how)
        self._marked: list[list[tuple[str, str]]] = []
        self._open: list[tuple[str, str]] = []
        self._bookmarks: list[tuple[int, str]] = []

    def tag(self, kind: str, words: str = "") -> None:
        """kind（H1・P・Figure）の中身を始める。words は図の代わりの文。"""
        self._code.append(f"/{kind} <</MCID {len(self._open)}>> BDC")
        self._open.append((kind, words))

    def artifact(self) -> None:
        """読み上げない飾りを始める。"""
        self._code.append("/Artifact BMC")

    def end(self) -> None:
        """tag か artifact を終える。"""
        self._code.append("EMC")

    def bookmark(self, title: str) -> None:
        """いまのページに、しおりを付ける。"""
        self._bookmarks.append((len(self._marked), title))

    def showPage(self) -> None:
        """ページを終え、印を書き留める。"""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._marked), PDFName("S")
        self._marked.append(self._open)
        self._open = []

    def finish(self) -> bytes:
        """印の木としおりを書いてから閉じる。"""
        pages = [self._put(page) for page in self._doc.Pages.pages]
        self._put_tags(pages)
        self._put_bookmarks(pages)
        return super().finish()

    def _put(self, part: Any) -> bytes:
        """部品を文書に加え、指す文を返す。"""
        name = self._doc.Reference(part).name
        return b"%d 0 R" % self._doc.idToObjectNumberAndVersion[name][0]

    def _put_tags(self, pages: list[bytes]) -> None:
        root, body, tree = _Raw(), _Raw(), _Raw()
        root_at, body_at, tree_at = self._put(root), self._put(body), self._put(tree)
        children, parents = [], []
        for number, (marks, page) in enumerate(zip(self._marked, pages, strict=True)):
            made = []
            for mark, (kind, words) in enumerate(marks):
                alt = b"/Alt" + _text(words) if words else b""
                row = b"<</S/%s/P %s/Pg %s/K %d%s>>" % (kind.encode(), body_at, page, mark, alt)
                made.append(self._put(_Raw(row)))
            children += made
            parents.append(b"%d[%s]" % (number, b" ".join(made)))
        body.content = b"<</S/Document/P %s/K[%s]>>" % (root_at, b" ".join(children))
        tree.content = b"<</Nums[%s]>>" % b" ".join(parents)
        root.content = b"<</Type/StructTreeRoot/K %s/ParentTree %s>>" % (body_at, tree_at)
        catalog = self._doc.Catalog
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _put_bookmarks(self, pages: list[bytes]) -> None:
        if not self._bookmarks:
            return
        root = _Raw()
        root_at = self._put(root)
        rows = [_Raw() for _ in self._bookmarks]
        places = [self._put(row) for row in rows]
        before = dict((after, b"/Prev " + first) for first, after in pairwise(places))
        behind = dict((first, b"/Next " + after) for first, after in pairwise(places))
        for row, at, (page, title) in zip(rows, places, self._bookmarks, strict=True):
            links = before.get(at, b"") + behind.get(at, b"")
            target = b"/Dest[%s/Fit]" % pages[page]
            row.content = b"<</Title%s/Parent %s%s%s>>" % (_text(title), root_at, target, links)
        ends = (places[0], places[-1], len(places))
        root.content = b"<</Type/Outlines/First %s/Last %s/Count %d>>" % ends
        # ReportLab の空のしおりは、書くときに自らを外す。その後に置き換わらないよう、代わりに立つ
        self._doc.Outlines = self._doc.outline = _Ready()
        self._doc.Catalog.Outlines = root


class _Ready:
    """しおりは用意してある、と ReportLab に答えるもの。"""

    ready = 1

    def prepare(self, _document: Any, _canvas: Any) -> None:
        """することはない。"""

"""読み上げのための印（タグ付き PDF）：読む順、見出し・段落・図、飾りの区別、しおり。"""

from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

from app.documents.page import Paper


@dataclass
class _Page:
    """一つのページの、印の並び。"""

    marks: list[tuple[str, str]] = field(default_factory=list)


class TaggedPaper(Paper):
    """印の付いた紙。ページの中身は、tag か artifact のどちらかの中で描く。"""

    def __init__(self, *args: Any, **how: Any) -> None:
        """引数は Paper と同じ。"""
        super().__init__(*args, **how)
        self._marked: list[_Page] = []
        self._open = _Page()
        self._bookmarks: list[str] = []

    def tag(self, kind: str, words: str = "") -> None:
        """kind（H1・P・Figure）の中身を始める。words は図の代わりの文。"""
        self._code.append(f"/{kind} <</MCID {len(self._open.marks)}>> BDC")
        self._open.marks.append((kind, words))

    def artifact(self) -> None:
        """読み上げない飾りを始める。"""
        self._code.append("/Artifact BMC")

    def end(self) -> None:
        """tag か artifact を終える。"""
        self._code.append("EMC")

    def bookmark(self, title: str) -> None:
        """いまのページに、しおりを付ける。"""
        key = f"p{len(self._marked) + 1}"
        self.bookmarkPage(key, fit="Fit")
        self.addOutlineEntry(title, key)

    def showPage(self) -> None:
        """ページを終え、印を書き留める。"""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._marked), PDFName("S")
        self._marked.append(self._open)
        self._open = _Page()

    def finish(self) -> bytes:
        """印の木を書いてから閉じる。"""
        doc = self._doc
        root, body = PDFDictionary({}), PDFDictionary({})
        root_at, body_at = doc.Reference(root), doc.Reference(body)
        children, parents = [], []
        for number, (made, page) in enumerate(zip(self._marked, doc.Pages.pages, strict=True)):
            at = doc.Reference(page)
            elements = [
                doc.Reference(_element(kind, words, body_at, at, mark))
                for mark, (kind, words) in enumerate(made.marks)
            ]
            children += elements
            parents += [number, PDFArray(elements)]
        body.dict.update({"S": PDFName("Document"), "P": root_at, "K": PDFArray(children)})
        tree = PDFDictionary({"Nums": PDFArray(parents)})
        root.dict.update({"Type": PDFName("StructTreeRoot"), "K": body_at, "ParentTree": doc.Reference(tree)})
        catalog = doc.Catalog
        catalog.StructTreeRoot = root
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        return super().finish()


def _element(kind: str, words: str, body: Any, page: Any, mark: int) -> PDFDictionary:
    rows = {"S": PDFName(kind), "P": body, "Pg": page, "K": mark}
    if words:
        rows["Alt"] = PDFString(words)
    return PDFDictionary(rows)

"""比較の演算子を一つだけ取り替えた source を作る。"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

# 境を一つずらす（< と <=）か、意味を逆さにする（== と !=）
FLIPS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
WORDS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


@dataclass(frozen=True)
class Flip:
    """一つの取り替え。text はその行、nth はその行の同じ演算子の何番目か、start・end は source（UTF-8）での所。"""

    line: int
    text: str
    nth: int
    start: int
    end: int
    before: str
    after: str

    def apply(self, source: bytes) -> bytes:
        """取り替えた source。"""
        return source[: self.start] + f" {self.after} ".encode() + source[self.end :]


def _spans(node: ast.Compare, starts: list[int]) -> Iterator[tuple[ast.cmpop, int, int]]:
    left: ast.expr = node.left
    for op, right in zip(node.ops, node.comparators, strict=True):
        assert left.end_lineno is not None
        assert left.end_col_offset is not None
        yield (
            op,
            starts[left.end_lineno - 1] + left.end_col_offset,
            starts[right.lineno - 1] + right.col_offset,
        )
        left = right


def flips(source: bytes) -> list[Flip]:
    """source の比較のすべての取り替え（括弧は残す）。"""
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines) + 1)]
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        for op, start, end in _spans(node, starts):
            word = WORDS[type(op)]
            between = source[start:end].decode()
            at = start + len(between[: between.index(word)].encode())
            line = source[:at].count(b"\n")
            text = lines[line].decode().strip()
            found.append(Flip(line + 1, text, 1, at, at + len(word), word, FLIPS[type(op)]))
    found.sort(key=lambda f: f.start)
    return [
        replace(f, nth=sum((g.line, g.before) == (f.line, f.before) for g in found[: n + 1]))
        for n, f in enumerate(found)
    ]

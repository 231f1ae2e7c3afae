"""家の中のファイルを数えるための道具。"""

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
FLOORS = ("app", "ui", "database", "resources", "tests")
# 仕事の順の九つの部屋
ROOMS = (
    "intake",
    "eligibility",
    "progress",
    "scoring",
    "committee",
    "certificates",
    "renewal",
    "register",
    "submission",
)
TEXT_KINDS = {".py", ".md", ".toml", ".mako", ".spec", ".qss", ".txt", ".json", ".jsonl", ".csv", ".svg"}
ROOT_TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "pyproject.toml",
    "build.spec",
    ".gitignore",
    ".ci/desk",
    ".ci/run",
)
# 公開した版の移行は Alembic が書き、二度と直さない。長さは表の数で決まる
GENERATED = "database/migrations/versions"

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def label(path: Path) -> str:
    """家の根からの場所。"""
    return path.relative_to(HOUSE).as_posix()


def python_files(*folders: str) -> list[Path]:
    """folders（省けばすべての階）の下の、人の書いた .py。"""
    found = (path for folder in folders or FLOORS for path in (HOUSE / folder).rglob("*.py"))
    return sorted(path for path in found if not label(path).startswith(GENERATED))


def house_texts() -> list[Path]:
    """人が読む、自分たちの書いたファイルのすべて（他の人の使用許諾の全文は除く）。"""
    texts = [HOUSE / name for name in ROOT_TEXTS]
    texts += [path for floor in FLOORS for path in (HOUSE / floor).rglob("*") if path.suffix in TEXT_KINDS]
    return sorted(path for path in texts if not (path.suffix == ".txt" and "licenses" in path.parts))


def tree(path: Path) -> ast.Module:
    """読み込んだ構文の木。"""
    return ast.parse(path.read_text(encoding="utf-8"), filename=label(path))


def public_definitions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """外から呼べる関数・クラス・メソッドを (点で繋いだ名, 定義) で返す。Protocol の形だけの名は含まない。"""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]) == "...":
                continue
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body, f"{prefix}{node.name}.")

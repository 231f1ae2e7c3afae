"""ファイルと関数は、一目で読める大きさに収まる。"""

import ast

from tests.architecture.house import label, python_files, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
# 「場所:関数」。例外を認めるときは理由を添えてここに書く
ALLOWED: frozenset[str] = frozenset()


def test_the_house_is_found() -> None:
    places = {label(path).split("/")[0] for path in python_files()}
    assert places == {"app", "database", "resources", "tests", "ui"}


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {label(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    lengths = {
        f"{label(path)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert {name: lines for name, lines in too_long.items() if name not in ALLOWED} == {}
    assert set(too_long) >= ALLOWED  # 要らなくなった例外は残さない

"""配布物に入る部品と書体は、すべて使用許諾の一覧にある。"""

import re
import tomllib
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.house import HOUSE

THIRD_PARTY = (HOUSE / "resources" / "licenses" / "THIRD_PARTY.md").read_text(encoding="utf-8")
FONTS = HOUSE / "resources" / "fonts"
# wheel に全文を入れていない Qt の部品。全文は resources/licenses に置く
TEXT_KEPT_HERE = {"pyside6-essentials", "shiboken6"}


def _shipped() -> set[str]:
    """pyproject.toml の dependencies と、それらが要る配布の名前すべて。"""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [Requirement(line) for line in project["dependencies"]]
    found: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += map(Requirement, distribution(name).requires or [])
    return found


def _listed() -> set[str]:
    """一覧の表の、一列目にある名前。"""
    rows = [line.split("|")[1] for line in THIRD_PARTY.splitlines() if line.startswith("| ")]
    return {name.strip() for row in rows for name in re.split(r"[,（]", row)}


def _has_licence_text(name: str) -> bool:
    pattern = re.compile(r"\.dist-info/(licenses/|(licen[cs]e|copying)[^/]*$)", re.IGNORECASE)
    return any(pattern.search(file.as_posix()) for file in distribution(name).files or [])


def test_every_shipped_library_is_in_the_list_of_licences() -> None:
    assert _shipped() - _listed() == set()


def test_the_list_names_no_library_that_is_not_shipped() -> None:
    libraries = THIRD_PARTY.partition("## 書体")[0]
    rows = [line.split("|")[1] for line in libraries.splitlines() if line.startswith("| ")]
    names = {name.strip() for row in rows for name in re.split(r"[,（]", row)}
    python_parts = {name for name in names if re.fullmatch(r"[a-z][a-z0-9_.-]+", name)}
    assert python_parts - _shipped() == set()


def test_every_shipped_library_brings_its_licence_text() -> None:
    assert {name for name in _shipped() if not _has_licence_text(name)} == TEXT_KEPT_HERE


def test_no_tool_of_tests_is_shipped() -> None:
    tools = {"pytest", "hypothesis", "mypy", "ruff", "import-linter", "pyinstaller", "pypdf", "packaging"}
    assert _shipped() & tools == set()


def test_the_texts_that_the_licence_of_qt_asks_for_are_here() -> None:
    first_lines = {
        path.name: path.read_text(encoding="utf-8").strip().splitlines()[0].strip()
        for path in sorted((HOUSE / "resources" / "licenses").glob("*.txt"))
    }
    assert first_lines == {
        "GPL-3.0.txt": "GNU GENERAL PUBLIC LICENSE",
        "LGPL-3.0.txt": "GNU LESSER GENERAL PUBLIC LICENSE",
    }


def test_every_font_has_its_licence_beside_it_and_is_in_the_list() -> None:
    about = (FONTS / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"licenses/([\w-]+\.txt)", about))
    assert named == {path.name for path in (FONTS / "licenses").glob("*.txt")}
    fonts = THIRD_PARTY.partition("## 書体")[2]
    families = {re.split(r"[-.]", path.name)[0] for path in FONTS.glob("*.ttf")}
    assert {name for name in families if name not in fonts} == set()


def test_every_font_is_counted_in_the_list_of_digests() -> None:
    lines = (FONTS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split()[1] for line in lines) == sorted(path.name for path in FONTS.glob("*.ttf"))


def test_the_locked_version_is_the_installed_one() -> None:
    lock = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", lock, re.MULTILINE))
    installed = {name: distribution(name).version for name in _shipped()}
    assert {n: v for n, v in installed.items() if locked.get(n) != v} == {}

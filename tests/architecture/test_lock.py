"""requirements.lock は、どの登録所からでも、同じ中身だけを入れさせる。"""

import re
import tomllib

from tests.architecture.house import HOUSE

LOCK = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
# 一つの要件＝一行目「名==版 [; 条件]」と、続きの「--hash=…」の行
REQUIREMENTS = [entry for entry in re.sub(r"\\\n\s*", "", LOCK).splitlines() if entry.strip()]
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^-]+?)? ?(--hash=sha256:[0-9a-f]{64} ?)+$")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_names_no_registry() -> None:
    words = ("://", "--index", "--extra-index", "--find-links", "file:", " @ ")
    assert [word for word in words if word in LOCK] == []


def test_every_requirement_is_pinned_to_one_version_with_hashes() -> None:
    assert [entry[:60] for entry in REQUIREMENTS if not PINNED.match(entry)] == []


def test_no_requirement_is_named_twice() -> None:
    names = [entry.partition("==")[0] for entry in REQUIREMENTS]
    assert sorted(names) == sorted(set(names))


def test_every_dependency_of_the_project_is_in_the_lock() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["test"], *extras["build"]]
    asked = {_normal(re.split(r"[<>=!~;\[ ]", line, maxsplit=1)[0]) for line in lines}
    assert asked - {_normal(entry.partition("==")[0]) for entry in REQUIREMENTS} == set()

"""部屋は、どの階でも同じ名。"""

import pytest

from tests.architecture.house import HOUSE, ROOMS

# 部屋の並びの外にある、どの部屋も使うもの
BESIDE_ROOMS = {"home", "settings"}
SHARED_TABLES = {"accounts", "audit", "base", "drafts", "letters", "people", "search_keys", "settings"}
SHARED_QUERIES = {"certifications", "drafts", "expiries", "exports", "history", "people", "search"}


def _names(folder: str) -> set[str]:
    """folder にあるモジュールとパッケージの名。"""
    places = (HOUSE / folder).iterdir()
    return {p.stem for p in places if p.suffix == ".py" or (p / "__init__.py").is_file()} - {"__init__"}


def _folders(folder: str) -> set[str]:
    return {p.name for p in (HOUSE / folder).iterdir() if (p / "__init__.py").is_file()}


def test_the_screens_are_the_nine_rooms_and_the_two_beside_them() -> None:
    assert _folders("ui/rooms") == {*ROOMS, *BESIDE_ROOMS}


@pytest.mark.parametrize("floor", ["app/services", "app/services/views"])
def test_every_room_is_on_the_floor_of_services(floor: str) -> None:
    assert set(ROOMS) - _names(floor) == set()


def test_every_table_belongs_to_a_room_or_to_all() -> None:
    assert _names("database/schema") - {*ROOMS} - SHARED_TABLES == set()
    assert _names("database/queries") - {*ROOMS} - SHARED_QUERIES == set()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("floor", ["services", "ui/rooms"])
def test_every_room_is_proved_under_its_own_name(floor: str, room: str) -> None:
    assert sorted((HOUSE / "tests" / floor).glob(f"test_{room}*.py")) != []

"""The library is one corridor: a room reads only the rooms before it."""

import ast
from pathlib import Path

import pytest

import dynamic_clv

LIBRARY = Path(dynamic_clv.__file__).parent

# In the order of CONTRIBUTING.md. What stands beside the rooms comes before all of them
# (names, errors, settings) or after them (doors: scoring, serving, backfill).
ROOMS = (
    "expectation",
    "measures",
    "history",
    "networks",
    "model",
    "versions",
    "learning",
    "gates",
)
WORDS = {"columns", "errors", "settings"}


def imported(path: Path) -> set[str]:
    """List the rooms and modules of this library that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        package, *inside = node.module.split(".")
        if package == "dynamic_clv":
            found |= set(inside[:1]) or {alias.name for alias in node.names}
    return found


def test_every_room_has_a_place_in_the_corridor():
    folders = {path.parent.name for path in LIBRARY.glob("*/__init__.py")}
    assert folders == {*ROOMS, "demo_shop"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_reads_only_the_rooms_before_it(room):
    before = {*ROOMS[: ROOMS.index(room) + 1], *WORDS}
    for path in sorted((LIBRARY / room).glob("*.py")):
        assert imported(path) <= before, path.name


def test_the_demo_shop_knows_nothing_of_the_library():
    for path in sorted((LIBRARY / "demo_shop").glob("*.py")):
        assert imported(path) <= {"demo_shop"}, path.name


def test_the_tour_lists_the_rooms_in_this_order():
    tour = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text()
    places = [tour.index(f"`{room}/`") for room in ROOMS]
    assert places == sorted(places)

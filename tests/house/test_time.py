"""One place in the house asks what time it is, and nobody sleeps."""

from __future__ import annotations

from tests.house.reading import expect_nothing, sources, uses

ASKS_THE_TIME = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_date",
    "sqlalchemy.func.current_timestamp",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
SLEEPS = {"asyncio.sleep", "threading.Timer", "time.sleep"}

# The write that SQLite refuses is tried again after a random millisecond, and batches pause for other writers (MEASURED.md 5).
MAY_SLEEP = "engine/store/"


def places(rooms: tuple[str, ...], names: set[str]) -> list[str]:
    """Where the names are used."""
    return [f"{file.at(node)} {name}" for file in sources(*rooms) for node, name in uses(file.tree) if name in names]


def test_the_clock_is_asked_in_one_place_only() -> None:
    asked = places(("engine", "notifiers"), ASKS_THE_TIME)
    assert [place.split(":")[0] for place in asked] == ["engine/clock.py"], asked


def test_no_test_sleeps() -> None:
    expect_nothing(places(("tests",), SLEEPS))


def test_nothing_sleeps_but_the_one_place_that_begins_a_write() -> None:
    sleeping = {place.split(":")[0] for place in places(("engine", "notifiers"), SLEEPS)}
    expect_nothing(place for place in sleeping if not place.startswith(MAY_SLEEP))
    assert len(sleeping) <= 1, sleeping

"""What a process does before it dies: one operation each, on a database in which it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.evidence.vault import Vault
from engine.operations import ending, moving, sweeping
from engine.operations.context import House
from engine.store.database import open_database
from engine.store.pace import Pace
from tests.operations import world as w
from tests.operations.files import CALENDARS, CHAIN, SPRING
from tests.templates import Prepare, Upon

Act = Callable[[w.World], object]


@dataclass(frozen=True, kw_only=True)
class Story:
    """prepare: fills the database.  act: what is done to it, at `now`."""

    prepare: Prepare
    now: datetime
    act: Act


@cache
def after(begin: Prepare, *acts: Act) -> Prepare:
    """A database in which that has been done; the same function for the same answers."""

    def prepare(url: str) -> None:
        database = open_database(url)
        with TemporaryDirectory() as folder:
            world = w.World(house=House(database=database, vault=Vault(Path(folder) / "files")), folder=Path(folder))
            for act in acts:
                act(world)
        database.dispose()

    return Upon(begin, prepare)


def _story(begin: Prepare, now: datetime, act: Callable[[w.World, datetime], object], *before: Act) -> Story:
    return Story(prepare=after(begin, *before), now=now, act=lambda world: act(world, now))


def _bring_in(world: w.World, now: datetime) -> object:
    """A name, a unit and two people that are new."""
    units = "S,单位S,学校,\nG1,新总支,党总支,S\nG1B1,单位G1B1,党支部,G1\nG3,单位G3,党总支,S\nG3B1,单位G3B1,党支部,G3\n"
    posts = "G1B1,书记,新人,new@example.org,2010-05-01,\nG3,书记,书记G3,g3@example.org,,\n"
    return world.bring_in(units, posts, now)


def _handed_in(world: w.World) -> None:
    world.act("G1B1", "总结", w.at(6, 2))
    world.act("G2B1", "总结", w.at(6, 2))


def _accepted(world: w.World) -> None:
    world.hand_in("G1B1", "方案", w.at(5, 12), world.paper(120))
    world.accept("G1B1", "方案", w.at(5, 12))
    world.sweep(w.at(5, 31))


def _swept(world: w.World) -> None:
    world.sweep(w.at(5, 29, 10))


def _autumn(world: w.World) -> None:
    world.sweep(w.at(10, 20))


_SPRING = w.launched(SPRING)

STORIES: dict[str, Story] = {
    "import": _story(w.empty(), w.at(5, 3), _bring_in),
    "launch": _story(
        w.empty(),
        w.at(5, 25),
        lambda world, now: w.start(world.house, now, pace=Pace(3, most=3)),
        lambda world: w.load(world.house, SPRING, world.folder),
    ),
    "submit": _story(_SPRING, w.at(5, 12), lambda world, now: world.hand_in("G1B1", "方案", now, world.paper(120))),
    "take back": _story(_SPRING, w.at(6, 3), lambda world, now: world.take_back("G1B1", "总结", now), _handed_in),
    "accept": _story(_SPRING, w.at(6, 3), lambda world, now: world.accept("G1B1", "总结", now), _handed_in),
    "return": _story(_SPRING, w.at(6, 3), lambda world, now: world.send_back("G1B1", "总结", now), _handed_in),
    "extend": _story(_SPRING, w.at(10, 21), lambda world, now: world.extend("G2B2", "总结", date(2010, 11, 15), now), _autumn),
    "waive": _story(_SPRING, w.at(10, 21), lambda world, now: world.waive("G2B2", "总结", now), _autumn),
    "advance": _story(
        _SPRING, w.at(6, 1, 10), lambda world, now: moving.advance(world.house, None, "G1B1", by=w.ADMIN, now=now), _accepted
    ),
    "close": _story(
        _SPRING, w.at(5, 29, 10), lambda world, now: ending.close(world.house, None, by=w.ADMIN, reason="停办", now=now), _swept
    ),
    "sweep": _story(w.launched(CHAIN), w.at(5, 31, 1), lambda world, now: sweeping.sweep(world.house, now, pace=Pace(3, most=3))),
    "deliver": _story(w.launched(CALENDARS), w.at(5, 29, 10), lambda world, now: world.deliver(now), _swept),
    "round": _story(_SPRING, w.at(5, 31, 10), lambda world, now: world.go(now), _swept),
}

"""A storm: thousands of reminders due at one instant, three processes telling people, one of them killed every 300 ms."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import func, select

from engine.store import tables as t
from tests.conftest import Postgres
from tests.crashes.crowd import wrong_with_letters, wrong_with_numbers
from tests.crashes.rooms import Room, Rooms, make_rooms
from tests.crashes.working import peopled, rush
from tests.forks import finish, start
from tests.operations import world as w
from tests.operations.files import head

# Five things of which everybody is reminded on one day, once.
STORM = (
    head("storm")
    + """
tasks:
"""
    + "".join(f"  事{number}: {{owner: 党支部, due: 6月10日前, ladder: [{{at: -2d}}]}}\n" for number in range(1, 6))
)
THINGS = 5
DAY = w.at(6, 8, 12)
PROCESSES, EVERY = 3, 0.3


def storm(room: Room, most: int) -> int:
    """Begin the processes and kill one of them again and again, until each has found nothing left to do; how many were killed.

    most: how many at most, so that a machine too slow to start a process in the time that is left to it comes to an end.
    """
    begin: Callable[[], BaseProcess] = partial(start, rush, room.url, room.folder, DAY)
    running = [begin() for _ in range(PROCESSES)]
    killed = 0
    chance = random.Random(most)
    while True:
        mine = chance.randrange(PROCESSES)
        running[mine].join(EVERY)
        if killed == most or [process.exitcode for process in running] == [0] * PROCESSES:
            break
        running[mine].kill()
        if finish(running[mine]) == -signal.SIGKILL:
            killed += 1
            running[mine] = begin()
    assert [finish(process) for process in running] == [0] * PROCESSES
    room.let_go()
    # The next bell, for what the last of the dead had in hand when the others looked.
    assert finish(begin()) == 0
    return killed


def weathered(rooms: Rooms, groups: int, each: int, most: int) -> str:
    """Let the storm pass, expect that nothing is lost and nothing doubled, and say what it took."""
    with rooms.room(peopled(groups, each, STORM)) as room:
        began = time.perf_counter()
        killed = storm(room, most)
        took = time.perf_counter() - began
        room.let_go()
        assert wrong_with_letters(room, date.min, killed) + wrong_with_numbers(room) == []
        with room.world() as world, world.house.database.read() as connection:
            notices = connection.execute(select(func.count()).select_from(t.notice)).scalar_one()
        taken = room.taken()
        assert notices == THINGS * groups * each
        assert len(taken.times) == groups * each
        doubled, letters = len(taken.doubled), len(taken.times)
        return f"{notices} notices, {letters} letters of at least 1 ms: {took:.1f} s, {killed} kills, {doubled} letters twice under one id"


def test_a_small_storm_loses_and_doubles_nothing(postgres: Postgres, tmp_path) -> None:
    assert weathered(make_rooms(tmp_path, postgres), 2, 20, most=6)


@pytest.mark.prove
def test_a_storm_loses_and_doubles_nothing(postgres: Postgres, tmp_path, say: Callable[[str], None]) -> None:
    say(f"storm on PostgreSQL, three processes: {weathered(make_rooms(tmp_path, postgres), 40, 100, most=300)}")

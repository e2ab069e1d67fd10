"""Several processes on one database, some killed and started again: in the end it is as if one had done it all."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess

import pytest

from tests.crashes.crowd import wrong_with_letters, wrong_with_numbers
from tests.crashes.rooms import Room, Rooms
from tests.crashes.snapshot import Rows, difference
from tests.crashes.working import DAYS, branches, together, work
from tests.forks import finish, start
from tests.operations.world import SHANGHAI

# What letters say of other duties depends on when they were written.
WORDS = {"message": {"subject", "text", "html"}}
# Letters from before went to another server.
FIRST = DAYS[0].now.astimezone(SHANGHAI).date()


def alone(rooms: Rooms, groups: int, each: int) -> Rows:
    """What one process comes to that nobody disturbs."""
    with rooms.room(together(groups, each)) as room:
        for day in range(len(DAYS)):
            assert finish(start(work, room.url, room.folder, day, branches(groups, each), 0, 1)) == 0
            close_of_day(room, day)
        assert wrong_with_letters(room, FIRST, 0) + wrong_with_numbers(room) == []
        return room.state(WORDS)


def close_of_day(room: Room, day: int) -> None:
    """The next bell takes up what the last of the dead had in hand."""
    room.let_go()
    assert finish(start(work, room.url, room.folder, day, (), 0, 1)) == 0
    room.let_go()


def crowd(room: Room, day: int, codes: Sequence[str], processes: int, kills: int, chance: random.Random) -> None:
    """A day of so many processes, of which one is killed now and then, and started again."""

    def begin(share: int) -> BaseProcess:
        return start(work, room.url, room.folder, day, codes, share, processes)

    running = [begin(share) for share in range(processes)]
    for _ in range(kills):
        share = chance.randrange(processes)
        running[share].join(chance.uniform(0.05, 0.6))
        running[share].kill()
        assert finish(running[share]) in (0, -signal.SIGKILL)
        running[share] = begin(share)
    assert [finish(process) for process in running] == [0] * processes


def disturbed(rooms: Rooms, groups: int, each: int, processes: int, kills: int, seed: int) -> tuple[Rows, list[str]]:
    chance = random.Random(seed)
    with rooms.room(together(groups, each)) as room:
        for day in range(len(DAYS)):
            crowd(room, day, branches(groups, each), processes, kills, chance)
            close_of_day(room, day)
        return room.state(WORDS), wrong_with_letters(room, FIRST, kills * len(DAYS)) + wrong_with_numbers(room)


def test_many_come_to_what_one_comes_to(rooms: Rooms) -> None:
    expected = alone(rooms, 2, 4)
    for processes in (2, 4):
        rows, wrong = disturbed(rooms, 2, 4, processes, 2, seed=processes)
        assert wrong == []
        assert difference(expected, rows) == []


@pytest.mark.prove
@pytest.mark.parametrize("processes", [2, 4])
def test_many_come_to_what_one_comes_to_for_minutes(rooms: Rooms, processes: int, backend: str, say: Callable[[str], None]) -> None:
    expected = alone(rooms, 8, 10)
    for seed in range(4):
        rows, wrong = disturbed(rooms, 8, 10, processes, 12, seed)
        assert wrong == []
        assert difference(expected, rows) == []
    say(f"{processes} processes on {backend}: 4 histories of 240 steps, each with 36 kills, came to what one process comes to")

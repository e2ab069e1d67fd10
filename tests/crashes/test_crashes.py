"""A process is killed at any place and the work begun again: everything is as if nothing had happened.

Places are the moments just before a statement, before and after a commit, before and after a letter is taken, and before each change to a
file. A letter may come twice only if it had been taken and that was not yet written down, and then under the same Message-ID.
"""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from tests.crashes.dying import live
from tests.crashes.mailbox import Taken
from tests.crashes.rooms import Room, Rooms
from tests.crashes.snapshot import Rows, difference
from tests.crashes.stories import STORIES
from tests.forks import finish, start

# How many places a story is killed at by `make test`; `make prove` takes them all.
SAMPLED = {"sqlite": 2, "postgresql": 1}


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """What a story comes to when nobody dies in it, and the places it passes."""

    rows: Rows
    lost: set[str]
    taken: Taken
    places: list[str]


def undisturbed(rooms: Rooms, story: str) -> Undisturbed:
    with rooms.room(STORIES[story].prepare) as room:
        assert finish(start(live, story, room.url, room.folder, None)) == 0
        places = room.passed()
        catch_up(room, story)
        return Undisturbed(rows=room.state(), lost=room.lost(), taken=room.taken(), places=places)


def catch_up(room: Room, story: str) -> None:
    """What the clock does wherever a program runs."""
    room.let_go()
    with room.world() as world:
        world.sweep(STORIES[story].now)


def dies(rooms: Rooms, story: str, place: int, expected: Undisturbed) -> list[str]:
    """Kill it there, begin again, and say what is not as it would have been."""
    with rooms.room(STORIES[story].prepare) as room:
        assert finish(start(live, story, room.url, room.folder, place)) == -signal.SIGKILL
        room.let_go()
        unknowable = set(room.taken().times) & room.waiting()
        assert finish(start(live, story, room.url, room.folder, None)) == 0
        catch_up(room, story)
        wrong = difference(expected.rows, room.state()) + [f"lost {digest}" for digest in room.lost() ^ expected.lost]
        taken = room.taken()
        wrong += [f"letter {letter}" for letter in (expected.taken.letters - taken.letters) + (taken.letters - expected.taken.letters)]
        wrong += [f"doubled {number}" for number in taken.doubled ^ unknowable]
        wrong += [f"{len(unknowable)} letters in hand"] if len(unknowable) > 1 else []
        return [f"{place} ({expected.places[place - 1]}): {what}" for what in wrong]


def all_die(rooms: Rooms, story: str, places: Iterable[int], expected: Undisturbed) -> list[str]:
    return [what for place in places for what in dies(rooms, story, place, expected)]


@pytest.mark.parametrize("story", STORIES)
def test_what_is_begun_again_after_a_kill_ends_as_if_nobody_had_died(rooms: Rooms, story: str, backend: str) -> None:
    expected = undisturbed(rooms, story)
    # Most places are statements of a transaction that is then undone; the rest is where it can go wrong.
    telling = [number for number, where in enumerate(expected.places, 1) if where != "statement"]
    some = random.Random(story + backend).sample(telling, SAMPLED[backend])
    assert all_die(rooms, story, sorted(some), expected) == []


@pytest.mark.prove
@pytest.mark.parametrize("story", STORIES)
def test_there_is_no_place_at_which_a_kill_changes_how_it_ends(rooms: Rooms, story: str, backend: str, say: Callable[[str], None]) -> None:
    expected = undisturbed(rooms, story)
    assert all_die(rooms, story, range(1, len(expected.places) + 1), expected) == []
    say(f"{story} on {backend}: killed at each of {len(expected.places)} places")

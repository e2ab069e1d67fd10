"""Of many stuck units a page is shown; what is counted and ranked besides is what a recount of all of them comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.evidence.vault import Vault
from engine.machine.states import ObligationState
from engine.operations.asking import Blocker, Lookup, Question, Stuck, each, stuck
from engine.operations.campaigns import UnknownPeriod, UnknownUnitCode, choose
from engine.operations.context import House
from engine.operations.missing import missing
from engine.operations.tracing import ranked_causes, root_causes
from engine.store import awaited
from engine.store.database import open_database
from tests.conftest import Prepare
from tests.operations import world as w
from tests.operations.files import CHAIN, SPRING, STRICT
from tests.operations.world import World
from tests.templates import Upon

LATE = w.at(11, 5)


FILES = {"chain": CHAIN, "spring": SPRING, "strict": STRICT}


@cache
def played(name: str) -> Prepare:
    """A database in which units have done their part, wait for a review, were turned back, wait for each other, or let it lapse."""

    def prepare(url: str) -> None:
        database = open_database(url)
        with TemporaryDirectory() as folder:
            world = World(house=House(database=database, vault=Vault(Path(folder))), folder=Path(folder))
            {"chain": play_chain, "spring": play_spring}.get(name, lambda _: None)(world)
            world.sweep(LATE)
        database.dispose()

    return Upon(w.launched(FILES[name], who="full"), prepare)


def play_chain(world: World) -> None:
    for task, instant in (("计划", w.at(5, 20)), ("实施", w.at(6, 2))):
        for code in ("G1B1", "G1B3", "G2B1"):
            world.act(code, task, instant)
    world.accept("G1B1", "实施", w.at(6, 3))
    world.send_back("G2B1", "实施", w.at(6, 3))


def play_spring(world: World) -> None:
    for code in ("G1B1", "G1B2"):
        world.hand_in(code, "方案", w.at(5, 20), world.paper(120))
    world.accept("G1B1", "方案", w.at(5, 21))
    world.override("G2", w.at(5, 22))


@pytest.fixture(params=list(FILES))
def mixed(request: pytest.FixtureRequest, make_world) -> World:
    """One of them."""
    world: World = make_world(played(request.param))
    return world


@pytest.mark.parametrize("size", [1, 3, 8, 9])
@pytest.mark.parametrize("everybody", [False, True])
def test_page_by_page_they_are_all_shown_once_and_in_order(mixed, size, everybody):
    whole = stuck(mixed.house, None, now=LATE, everybody=everybody)
    assert whole.total == len(whole.units) and whole.stuck == sum(unit.since is not None for unit in whole.units)
    shown: list[Stuck] = []
    after = None
    while True:
        page = stuck(mixed.house, None, now=LATE, everybody=everybody, after=after, most=size)
        assert (page.total, page.stuck, page.counts) == (whole.total, whole.stuck, whole.counts)
        shown += page.units
        if not page.behind:
            break
        assert len(page.units) == size
        after = page.units[-1].unit
    assert shown == list(whole.units) != []
    question = Question(everybody=everybody)
    assert list(each(mixed.house, None, question, now=LATE)) == shown
    assert list(each(mixed.house, None, question, now=LATE, most=size)) == shown[:size]


def test_a_page_begins_only_behind_a_unit_that_is_known(mixed):
    with pytest.raises(UnknownUnitCode):
        stuck(mixed.house, None, now=LATE, after="G0", most=5)


def makes_it_stuck(unit: Stuck) -> list[Blocker]:
    """What is overdue, or waits for a review after its day; where nothing does, all that holds it."""
    return [one for one in unit.blocked_by if one.state is ObligationState.LAPSED or one.since] or list(unit.blocked_by)


def test_what_holds_the_most_units_is_counted_as_if_by_hand(mixed):
    board = stuck(mixed.house, None, now=LATE, most=1)
    by_hand = Counter((one.task, one.period) for unit in stuck(mixed.house, None, now=LATE).units for one in makes_it_stuck(unit))
    assert {(one.task, one.period): one.units for one in board.holding} == by_hand
    assert [one.units for one in board.holding] == sorted(by_hand.values(), reverse=True)


def test_in_short_every_unit_misses_what_it_misses_in_full(mixed):
    in_full = [
        (unit.unit, unit.name, unit.level, unit.since, unit.stage, one.task, one.period, one.title, one.due, one.code)
        for unit in stuck(mixed.house, None, now=LATE).units
        for one in unit.blocked_by
    ]
    assert [tuple(one) for one in missing(mixed.house, None, Question(), now=LATE)] == in_full != []
    some = Question(under="G1", level="党支部", task=in_full[-1][5])
    expected = {one.unit for one in stuck(mixed.house, None, now=LATE, under=some.under, level=some.level, task=some.task).units}
    assert {one.unit for one in missing(mixed.house, None, some, now=LATE)} == expected


def roots(lookup: Lookup, blocker: Blocker) -> Iterator[Blocker]:
    """What a blocker waits for in the end, one upstream after the other."""
    if not blocker.upstream:
        yield blocker
    for upper in lookup.blockers(awaited.by_key(lookup.connection, blocker.upstream)):
        yield from roots(lookup, upper)


def by_hand(world: World, now: datetime) -> list[tuple[str, str, str, int, tuple[str, ...], str]]:
    """The root causes, by following every blocker of every unit down by itself."""
    held: dict[tuple[int, str, str, str], dict[str, None]] = {}
    first: dict[tuple[int, str, str, str], Blocker] = {}
    with world.house.database.read() as connection:
        lookup = Lookup(connection, choose(connection, None), now)
        for unit in stuck(world.house, None, now=now).units:
            for root in (root for blocker in unit.causes for root in roots(lookup, blocker)):
                key = (*root.holder, root.task, root.period)
                held.setdefault(key, {})[unit.unit] = None
                first.setdefault(key, root)
        ranked = sorted(held, key=lambda key: (-len(held[key]), key))
        codes = {key: lookup.directory.unit(key[0]).code for key in ranked}
    return [(codes[key], key[2], key[3], len(held[key]), tuple(held[key]), first[key].message.say("zh")) for key in ranked]


def test_root_causes_are_ranked_as_if_each_was_followed_by_hand(mixed):
    causes = root_causes(mixed.house, None, now=LATE)
    expected = by_hand(mixed, LATE)
    assert [(one.unit, one.task, one.period, one.holds, one.units, one.message.say("zh")) for one in causes] == expected != []
    for most in (1, 2, len(causes), 100):
        page = ranked_causes(mixed.house, None, now=LATE, most=most)
        assert (page.causes, page.total) == (causes[:most], len(causes))


def test_a_task_may_be_asked_for_in_one_period_of_several(spring):
    spring.sweep(LATE)
    third = spring.stuck(LATE, task="点评@2010-Q3")
    assert third and {one.period for unit in third.values() for one in unit.blocked_by} == {"2010-Q3"}
    assert spring.stuck(LATE, task="点评").keys() == third.keys()
    assert spring.stuck(LATE, task="点评@2010-Q4") == {}, "nobody is held yet by what is not due"
    with pytest.raises(UnknownPeriod):
        spring.stuck(LATE, task="点评@2010-Q9")

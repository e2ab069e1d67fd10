"""A campaign at which many processes work at once, so chosen that it does not matter who comes first.

All steps of a day happen at one instant. Every step and every delivery comes after a whole sweep, so that all of the day's reminders are
decided by then; what is stepped on has no reminder that day, and nobody hears of more than one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from threading import Event

from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.operations import launching, sweeping
from engine.operations.context import House
from engine.store import roster
from engine.store.database import open_database
from engine.store.pace import Pace
from engine.store.schema import create_database
from tests.crashes.mailbox import Mailbox
from tests.crashes.stories import after
from tests.operations import world as w
from tests.operations.files import head
from tests.templates import Prepare

TOGETHER = (
    head("together")
    + """
stages:
  一:
    window: 2010年5月中旬—5月底
    tasks:
      甲: {owner: 党支部, review: superior, allow: {waive: superior, extend: {by: superior, most: 60d, times: 1}}}
      乙: {owner: 党支部}
  二:
    window: 2010年6月—7月底
    tasks:
      丙: {owner: 党支部}
      汇: {owner: 党总支, after: below.甲}
"""
)
SIZE = 20
# How often a worker looks at what is to be sent.
STEPS_A_DELIVERY = 7

Step = Callable[[w.World], object]


@dataclass(frozen=True, kw_only=True)
class Day:
    """One instant, and what is done at it."""

    now: datetime
    steps: Callable[[Sequence[str]], list[Step]]


def branches(groups: int, each: int) -> tuple[str, ...]:
    """The codes of the lowest units."""
    return tuple(f"G{group}B{number}" for group in range(1, groups + 1) for number in range(1, each + 1))


@cache
def peopled(groups: int, each: int, text: str) -> Prepare:
    """A database in which that file runs over so many groups of so many branches; everybody has a secretary."""
    codes = ("S", *(f"G{group}" for group in range(1, groups + 1)), *branches(groups, each))

    def prepare(url: str) -> None:
        database = create_database(url, {"kind": "live", "office_name": "活动办", "office_address": w.OFFICE})
        with database.write() as connection:
            roster.import_roster(connection, w.people(codes), w.BEFORE)
        database.dispose()

    return after(prepare, partial(_begin, text))


def _begin(text: str, world: w.World) -> None:
    w.load(world.house, text, world.folder)
    w.start(world.house)
    launching.switch_mail(world.house, None, on=True, by=w.ADMIN, now=w.BEFORE)
    # People work at midnight here, and whatever is to be told must be told in the end.
    world.round_the_clock()


@cache
def together(groups: int, each: int) -> Prepare:
    """As `peopled`, with the first papers handed in and everybody told of them."""
    return after(peopled(groups, each, TOGETHER), partial(_hand_in_all, branches(groups, each)))


def _hand_in_all(codes: Iterable[str], world: w.World) -> None:
    for code in codes:
        world.act(code, "甲", w.at(5, 12))
    world.go(w.at(5, 13))


def _judge(codes: Sequence[str]) -> list[Step]:
    """One of each four is accepted, returned, extended or waived."""
    now = w.at(5, 14)
    kinds: list[Callable[[str, w.World], object]] = [
        lambda code, world: world.accept(code, "甲", now),
        lambda code, world: world.send_back(code, "甲", now),
        lambda code, world: world.extend(code, "甲", date(2010, 7, 10), now),
        lambda code, world: world.waive(code, "甲", now),
    ]
    return [partial(kinds[number % len(kinds)], code) for number, code in enumerate(codes)]


def _act(task: str, now: datetime, codes: Sequence[str]) -> list[Step]:
    return [partial(_act_one, task, now, code) for code in codes]


def _act_one(task: str, now: datetime, code: str, world: w.World) -> object:
    return world.act(code, task, now)


DAYS = (
    Day(now=w.at(5, 14), steps=_judge),
    Day(now=w.at(5, 15), steps=partial(_act, "乙", w.at(5, 15))),
    Day(now=w.at(6, 20), steps=partial(_act, "丙", w.at(6, 20))),
)


def work(url: str, folder: Path, day: int, codes: Sequence[str], share: int, shares: int) -> None:
    """One worker's share of a day. Begun again it finds part of it done, which is refused."""
    world, now = _world(url, folder), DAYS[day].now
    for number, step in enumerate(DAYS[day].steps(codes)[share::shares]):
        sweeping.sweep(world.house, now, pace=Pace(SIZE, most=SIZE))
        if number % STEPS_A_DELIVERY == 0:
            world.deliver(now)
        try:
            step(world)
        except CampaignError as error:
            _expect_done(error)
    world.go(now)


def _expect_done(error: CampaignError) -> None:
    """Refused because it was done before; a database that failed or was busy is another matter."""
    if not hasattr(error, "verdicts"):
        raise error


def rush(url: str, folder: Path, now: datetime) -> None:
    """All that is due, and all that waits to be sent; the server takes a millisecond for a letter."""
    _world(url, folder, cost=partial(Event().wait, 0.001)).go(now)


def _world(url: str, folder: Path, cost: Callable[[], object] = lambda: None) -> w.World:
    house = House(database=open_database(url), vault=Vault(folder / "files"))
    return w.World(house=house, folder=folder, channel=Mailbox(folder / "mailbox", cost=cost))

"""Why, followed down: what holds up the most units, and whoever has to act."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from engine.operations.asking import Blocker, Helper, Lookup, Stuck, stuck
from engine.operations.campaigns import choose
from engine.operations.context import House
from engine.sentences import Sentence
from engine.store import obligations, queries


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A root cause: what whom (`unit`, whoever has to act) has not done, and how many units that holds up in all."""

    unit: str
    name: str
    task: str
    period: str
    title: Sentence
    message: Sentence
    holds: int
    units: tuple[str, ...]
    can_unblock: tuple[Helper, ...]


def root_causes(house: House, campaign: str | None, *, now: datetime, under: str | None = None) -> tuple[Cause, ...]:
    """The blockers under a node followed down to their roots, ranked by how many units each holds up."""
    board = stuck(house, campaign, now=now, under=under)
    with house.database.read() as connection:
        tracer = _Tracer(Lookup(connection, choose(connection, campaign), now))
        for unit in board.units:
            for blocker in unit.causes:
                tracer.follow(unit, blocker)
        return tracer.causes()


class _Tracer:
    """Follows what waits down to what does not."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.held: dict[tuple[int, str, str, str], dict[str, None]] = defaultdict(dict)
        self.first: dict[tuple[int, str, str, str], Blocker] = {}
        self._below: dict[tuple[int, str], tuple[Blocker, ...]] = {}

    def follow(self, unit: Stuck, blocker: Blocker) -> None:
        """Enter the unit under every root of the blocker: whoever has to act, and with what."""
        for root in self._roots(blocker, frozenset()):
            key = (*root.holder, root.task, root.period)
            self.held[key][unit.unit] = None
            self.first.setdefault(key, root)

    def _roots(self, blocker: Blocker, seen: frozenset[tuple[int, str]]) -> list[Blocker]:
        found: list[Blocker] = []
        for task, units in blocker.upstream:
            for below in units:
                if (below, task) not in seen:
                    for other in self._open(below, task):
                        found += self._roots(other, seen | {(below, task)})
        return found or [blocker]

    def _open(self, unit_id: int, task: str) -> tuple[Blocker, ...]:
        key = (unit_id, task)
        if key not in self._below:
            case = queries.find_case(self.lookup.connection, self.lookup.running.id, unit_id)
            rows = [] if case is None else [row for row in obligations.of_case(self.lookup.connection, case.case_id) if row.task == task]
            undone = [row for row in rows if not row.state.done]
            self._below[key] = self.lookup.blockers(undone)
        return self._below[key]

    def causes(self) -> tuple[Cause, ...]:
        ranked = sorted(self.held.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(self._cause(key, tuple(units)) for key, units in ranked)

    def _cause(self, key: tuple[int, str, str, str], units: tuple[str, ...]) -> Cause:
        at, root = self.lookup.directory.unit(key[0]), self.first[key]
        return Cause(
            unit=at.code,
            name=at.name,
            task=root.task,
            period=root.period,
            title=root.title,
            message=root.message,
            holds=len(units),
            units=units,
            can_unblock=root.can_unblock,
        )

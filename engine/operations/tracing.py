"""Why, followed down: what holds up the most units, and whoever has to act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.operations.asking import Stuck, stuck_units
from engine.operations.blockers import Blocker, Helper, Lookup
from engine.operations.campaigns import choose
from engine.operations.context import House
from engine.sentences import Sentence
from engine.store import awaited
from engine.store.awaited import Key


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
    with house.database.read() as connection:
        running = choose(connection, campaign)
        tracer = _Tracer(Lookup(connection, running, running.instant(now)))
        units = stuck_units(tracer.lookup, under)
        tracer.gather([blocker for unit in units for blocker in unit.causes])
        for unit in units:
            for blocker in unit.causes:
                tracer.follow(unit, blocker)
        return tracer.causes()


class _Tracer:
    """Follows what waits down to what does not."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.held: dict[tuple[int, str, str, str], dict[str, None]] = defaultdict(dict)
        self.first: dict[tuple[int, str, str, str], Blocker] = {}
        self._found: dict[Key, Blocker] = {}
        self._roots: dict[Key, tuple[Blocker, ...]] = {}

    def gather(self, blockers: Sequence[Blocker]) -> None:
        """Read what these wait for, and what that waits for in turn: each level at once."""
        while blockers:
            self._found |= {blocker.key: blocker for blocker in blockers}
            below = {key for blocker in blockers for key in blocker.upstream}.difference(self._found)
            blockers = self.lookup.blockers(awaited.by_key(self.lookup.connection, below))

    def follow(self, unit: Stuck, blocker: Blocker) -> None:
        """Enter the unit under every root of the blocker: whoever has to act, and with what."""
        for root in self._roots_of(blocker):
            key = (*root.holder, root.task, root.period)
            self.held[key][unit.unit] = None
            self.first.setdefault(key, root)

    def _roots_of(self, blocker: Blocker) -> tuple[Blocker, ...]:
        if not blocker.upstream:
            return (blocker,)
        if blocker.key not in self._roots:
            # Whatever came back to itself would be its own root.
            self._roots[blocker.key] = (blocker,)
            roots = {root.key: root for key in blocker.upstream for root in self._roots_of(self._found[key])}
            self._roots[blocker.key] = tuple(roots.values())
        return self._roots[blocker.key]

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

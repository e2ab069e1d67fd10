"""Why, followed down: what holds up the most units, and whoever has to act."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.machine.states import ObligationState
from engine.operations.blockers import Blocker, Helper, Lookup
from engine.operations.context import House
from engine.operations.questions import Question, asked_of
from engine.sentences import Sentence
from engine.store import awaited
from engine.store.awaited import Key
from engine.store.database import Connection
from engine.store.missing import Held, Missing, Owed
from engine.store.stuck import StuckCases

_SUBMITTED = ObligationState.SUBMITTED
# What is handed in or has lapsed waits for nothing any more.
_PAST_WAITING = (_SUBMITTED, ObligationState.LAPSED)
_TOGETHER = 5000
_IN_WORDS = 1000
# Whoever has to act, and with what: the unit's id, then post, task and period.
_Seat = tuple[int, tuple[str, str, str]]


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


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """Root causes, those first that hold up the most units. total: how many there are in all."""

    causes: tuple[Cause, ...]
    total: int


def root_causes(house: House, campaign: str | None, *, now: datetime, under: str | None = None) -> tuple[Cause, ...]:
    """The blockers under a node followed down to their roots, ranked by how many units each holds up."""
    return ranked_causes(house, campaign, now=now, under=under).causes


def ranked_causes(house: House, campaign: str | None, *, now: datetime, under: str | None = None, most: int | None = None) -> Ranked:
    """The same, at most so many of them: words and persons are looked up for these alone."""
    with house.database.read() as connection:
        running, asked = asked_of(connection, campaign, Question(under=under), now)
        stuck = StuckCases(connection, asked)
        tracer = _Tracer(connection, Missing(connection, stuck), asked.now)
        for part in tracer.source.parts(_TOGETHER):
            tracer.enter(list(part))
        return Ranked(causes=tracer.causes(Lookup(connection, running, asked.now), most), total=len(tracer.held))


class _Tracer:
    """Follows what waits down to what does not, over rows: most of what it sees is only counted. held: codes of units, by root."""

    def __init__(self, connection: Connection, source: Missing, now: datetime) -> None:
        self.source = source
        self.held: dict[_Seat, list[str]] = {}
        self._connection = connection
        self._now = now
        self._first: dict[_Seat, Any] = {}
        self._rows: dict[Key, Any] = {}
        self._upstream: dict[Key, tuple[Key, ...]] = {}
        self._roots: dict[Key, tuple[Key, ...]] = {}
        self._posts: dict[tuple[int, bool], tuple[str, str, str]] = {}

    def enter(self, held: Sequence[Held]) -> None:
        """Enter these units under every root of what makes them stuck."""
        causes = [(one.case.code, one.owed if len(one.owed) == 1 else self._causes(one.owed)) for one in held]
        self._gather({_key(row) for _, rows in causes for row in rows if row.waits and _waits(row)})
        for code, rows in causes:
            for row in rows:
                if not row.waits or not _waits(row):
                    self._enter(code, row)
                    continue
                for key in self._roots_of(_key(row)):
                    self._enter(code, self._rows[key])

    def _causes(self, owed: Sequence[Owed]) -> Sequence[Owed]:
        """What is late, or waits for a review after its day; where nothing does, all of it."""
        return [row for row in owed if self.source.late_since(row) is not None] or owed

    def _enter(self, code: str, row: Any) -> None:
        seat = self._seat(row)
        units = self.held.get(seat)
        if units is None:
            self.held[seat] = [code]
            self._first[seat] = row
        elif units[-1] != code:
            units.append(code)

    def _seat(self, row: Any) -> _Seat:
        reviewing = row.state == _SUBMITTED and row.reviewer_id is not None
        posts = self._posts.get((row.occurrence_id, reviewing))
        if posts is None:
            one = self.source.occurrences[row.occurrence_id]
            posts = (one.reviewer_role if reviewing else one.owner_role, one.task, one.period)
            self._posts[row.occurrence_id, reviewing] = posts
        return row.reviewer_id if reviewing else row.owner_id, posts

    def _gather(self, keys: set[Key]) -> None:
        """Read what these wait for, and what that waits for in turn: each level at once."""
        fresh = keys.difference(self._rows)
        while fresh:
            rows = self.source.by_key(fresh)
            self._rows |= {_key(row): row for row in rows}
            waits = awaited.waits_of(self._connection, [row for row in rows if _waits(row)])
            self._upstream |= {key: tuple(up for one in each for up in one.keys) for key, each in waits.items()}
            fresh = {up for key in waits for up in self._upstream[key]}.difference(self._rows)

    def _roots_of(self, key: Key) -> tuple[Key, ...]:
        upstream = self._upstream.get(key)
        if not upstream:
            return (key,)
        if key not in self._roots:
            # Whatever came back to itself would be its own root.
            self._roots[key] = (key,)
            self._roots[key] = tuple(dict.fromkeys(root for up in upstream for root in self._roots_of(up)))
        return self._roots[key]

    def causes(self, lookup: Lookup, most: int | None) -> tuple[Cause, ...]:
        """The first so many in words."""
        counted = ((-len(units), seat) for seat, units in self.held.items())
        ranked = [seat for _, seat in heapq.nsmallest(len(self.held) if most is None else most, counted)]
        found: dict[Key, Blocker] = {}
        for start in range(0, len(ranked), _IN_WORDS):
            keys = [_key(self._first[seat]) for seat in ranked[start : start + _IN_WORDS]]
            found |= {one.key: one for one in lookup.blockers(awaited.by_key(self._connection, keys))}
        return tuple(self._cause(lookup, seat, found) for seat in ranked)

    def _cause(self, lookup: Lookup, seat: _Seat, found: Mapping[Key, Blocker]) -> Cause:
        at, root = lookup.directory.unit(seat[0]), found[_key(self._first[seat])]
        return Cause(
            unit=at.code,
            name=at.name,
            task=root.task,
            period=root.period,
            title=root.title,
            message=root.message,
            holds=len(self.held[seat]),
            units=tuple(self.held[seat]),
            can_unblock=root.can_unblock,
        )


def _key(row: Any) -> Key:
    return row.case_id, row.occurrence_id, row.subject


def _waits(row: Any) -> bool:
    """Whether it waits for something else."""
    return bool(row.waits) and row.state not in _PAST_WAITING

"""Who is stuck, out of the kept tables: counted whole, read a part at a time. What is asked costs what is overdue, not what is stored.

A case is stuck where something gating is overdue, or where its stage has closed upon what it still owes there. The first stands in
`overdue`. What the second adds to it waits for a review, was given longer or has no date: it is found from the unsettled obligations
of the stages that have closed, which are few, never from the cases, which are many (MEASURED section 6).
"""

from __future__ import annotations

import heapq
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, Select, distinct, func, or_, select, union

from engine.machine.states import BEFORE, FINISHED, WITHDRAWN, Modality
from engine.store import paths
from engine.store import tables as t
from engine.store.lookups import is_overdue
from engine.store.queries import CaseRow, asks_now, cases_by_id, stage_counts

_TOGETHER = 500
# A place in the order of the tree: (path, id of the case).
Place = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which cases are asked about: those within `path` as they stand at an instant; of one stage, of one level, held by one task.

    unfinished: without those that were forced over the last gate and still owe something.
    """

    campaign_id: int
    path: str
    now: datetime
    stage: int | None = None
    level: str | None = None
    task: str | None = None
    period: str | None = None
    unfinished: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether not all within the path are meant."""
        return self.unfinished or not (self.stage is None and self.level is None and self.task is None)

    def means(self, task: str, period: str) -> bool:
        """Whether that occurrence is among those asked about."""
        return self.task in (None, task) and self.period in (None, period)


class Cases(Protocol):
    """Cases in the order of the tree, a part at a time."""

    asked: Asked

    def count(self) -> int:
        """How many there are in all."""

    def part(self, after: str, most: int) -> Sequence[Place]:
        """The first of those whose path is greater than `after`."""


def parts(cases: Cases, after: str = "", most: int | None = None, *, size: int = _TOGETHER) -> Iterator[Sequence[Place]]:
    """All of them, or at most so many, some hundred at a time."""
    left = sys.maxsize if most is None else most
    while left > 0 and (part := cases.part(after, min(left, size))):
        yield part
        left -= len(part)
        after = part[-1][0]
        if len(part) < size:
            return


class StuckCases:
    """Those that are stuck. closed: the stages whose window has closed, each with the instant."""

    def __init__(self, connection: Connection, asked: Asked) -> None:
        self.asked = asked
        self._connection = connection
        self.closed = closed_stages(connection, asked.campaign_id, asked.now)
        self._closing = sorted(self._held_by_closing())

    def count(self) -> int:
        """How many are stuck."""
        late = self._late(func.count(distinct(t.overdue.c.case_id)))
        return len(self._closing) + int(self._connection.execute(late).scalar_one())

    def part(self, after: str, most: int) -> Sequence[Place]:
        """The first stuck ones whose path is greater than `after`."""
        v = t.overdue.c
        late = self._late(v.path, v.case_id).where(v.path > after).group_by(v.path, v.case_id).order_by(v.path, v.case_id)
        found: Sequence[Any] = self._connection.execute(late.limit(most)).all()
        closing = self._closing[bisect_right(self._closing, (after, sys.maxsize)) :]
        return tuple(islice(heapq.merge(found, closing), most)) if closing else found

    def chosen(self, part: Sequence[Place]) -> Any:
        """A statement for the case ids of such a part, so that whatever else is read of them needs no list of numbers."""
        c = t.cases.c
        if self.asked.narrowed:
            return select(c.id.label("case_id")).where(c.id.in_(_ids(part)))
        late = select(t.overdue.c.case_id).where(*self._late_in(part))
        closing = self._closing[bisect_left(self._closing, part[0]) : bisect_right(self._closing, part[-1])]
        return union(late, select(c.id).where(c.id.in_(_ids(closing)))) if closing else late.distinct()

    def late(self, part: Sequence[Place]) -> Select[Any]:
        """A statement for what is overdue in such a part: case, occurrence, subject, since."""
        v = t.overdue.c
        return select(v.case_id, v.occurrence_id, v.subject, v.since).where(*self._late_in(part))

    def _late_in(self, part: Sequence[Place]) -> tuple[Any, ...]:
        v = t.overdue.c
        if self.asked.narrowed:
            return (v.case_id.in_(_ids(part)),)
        return v.campaign_id == self.asked.campaign_id, v.path >= part[0][0], v.path <= part[-1][0]

    def ranking(self) -> Counter[int]:
        """How many each occurrence holds: those for which it is overdue, and where nothing is, those whose stage asks for it."""
        v = t.overdue.c
        query = self._late(v.occurrence_id, func.count(distinct(v.case_id))).group_by(v.occurrence_id)
        found: Counter[int] = Counter(dict(self._connection.execute(query).all()))
        for some in _some(_ids(self._closing)):
            ob = t.obligation.c
            asks = select(ob.occurrence_id, func.count(distinct(ob.case_id))).join(t.cases, t.cases.c.id == ob.case_id)
            asks = asks.join(t.occurrence, t.occurrence.c.id == ob.occurrence_id).where(ob.case_id.in_(some), asks_now())
            found.update(dict(self._connection.execute(asks.group_by(ob.occurrence_id)).all()))
        return found

    def since(self, cases: Collection[CaseRow]) -> dict[int, datetime]:
        """Since when each of these is stuck: from the closing of its stage or the first lateness on, whichever is earlier."""
        closing = {case.case_id: self.closed[case.stage] for case in cases if case.stage in self.closed}
        found: dict[int, datetime] = {}
        p, v = t.progress.c, t.overdue.c
        for some in _some([case.case_id for case in cases]):
            owing = select(p.case_id).join(t.cases, t.cases.c.id == p.case_id)
            owing = owing.where(p.case_id.in_(some), p.stage <= t.cases.c.stage, p.missing > 0)
            found |= {number: closing[number] for number in self._connection.execute(owing).scalars() if number in closing}
            late = select(v.case_id, func.min(v.since)).where(v.case_id.in_(some)).group_by(v.case_id)
            for number, since in self._connection.execute(late):
                found[number] = min(since, found.get(number, since))
        return found

    def _late(self, *columns: Any) -> Select[Any]:
        """Statement over what is overdue among the cases asked about."""
        v, asked = t.overdue.c, self.asked
        within = (v.campaign_id == asked.campaign_id, v.path >= asked.path, v.path < paths.end(asked.path))
        out = select(t.cases.c.id).where(t.cases.c.campaign_id == asked.campaign_id, t.cases.c.stage == WITHDRAWN)
        query = select(*columns).where(*within, v.case_id.not_in(out))
        if not asked.narrowed:
            return query
        chosen = select(t.cases.c.id).where(t.cases.c.id == v.case_id, *_narrowed(asked, is_overdue()))
        return query.where(chosen.correlate(t.overdue).exists())

    def _held_by_closing(self) -> Iterator[Place]:
        """Those that owe something in a stage that has closed, and nothing overdue."""
        c = t.cases.c
        owed = self._unsettled()
        for some in _some(list(owed)):
            within = (c.path >= self.asked.path, c.path < paths.end(self.asked.path), c.stage.in_(list(self.closed)))
            query = select(c.id, c.path, c.stage).where(c.id.in_(some), *within, *_narrowed(self.asked, asks_now()))
            for row in self._connection.execute(query):
                if owed[row.id] <= row.stage:
                    yield row.path, row.id

    def _unsettled(self) -> dict[int, int]:
        """The cases with nothing overdue that owe something of stages that have closed: the first such stage of each."""
        if not self.closed:
            return {}
        o, d, ob = t.occurrence.c, t.deadline.c, t.obligation.c
        gating = (o.campaign_id == self.asked.campaign_id, o.modality != Modality.MAY, o.stage <= max(self.closed))
        asked = select(d.id, o.stage).join(t.occurrence, o.id == d.occurrence_id).where(*gating)
        stages = dict(self._connection.execute(asked).all())
        found: dict[int, int] = {}
        late = select(t.overdue.c.case_id).where(t.overdue.c.case_id == ob.case_id).correlate(t.obligation).exists()
        for some in _some(list(stages)):
            query = select(ob.case_id, ob.deadline_id).where(ob.deadline_id.in_(some), ~ob.settled, ~late)
            for case_id, deadline in self._connection.execute(query):
                found[case_id] = min(stages[deadline], found.get(case_id, FINISHED))
        return found


class WalkingCases:
    """Everybody who has not finished, stuck or not."""

    def __init__(self, connection: Connection, asked: Asked) -> None:
        self.asked = asked
        self._connection = connection
        self._standing = stage_counts(connection, asked.campaign_id, asked.path)
        self._stages = [stage for stage in self._standing if stage < FINISHED and asked.stage in (None, stage)]

    def count(self) -> int:
        """How many are walking."""
        if self.asked.level is None and self.asked.task is None:
            return sum(self._standing[stage] for stage in self._stages)
        return sum(int(self._connection.execute(self._at(stage, func.count())).scalar_one()) for stage in self._stages)

    def part(self, after: str, most: int) -> Sequence[Place]:
        """The first of them whose path is greater than `after`."""
        c = t.cases.c
        found = [
            self._connection.execute(self._at(stage, c.path, c.id).where(c.path > after).order_by(c.path).limit(most)).all()
            for stage in self._stages
        ]
        return tuple((path, case_id) for path, case_id in islice(heapq.merge(*found), most))

    def _at(self, stage: int, *columns: Any) -> Select[Any]:
        """Statement over the cases asked about that stand in a stage: one stage at a time they come in the order of the tree."""
        c, asked = t.cases.c, self.asked
        within = (c.campaign_id == asked.campaign_id, c.stage == stage, c.path >= asked.path, c.path < paths.end(asked.path))
        return select(*columns).select_from(t.cases).where(*within, *_narrowed(asked, or_(asks_now(), is_overdue())))


@dataclass(frozen=True, kw_only=True)
class StuckCase:
    """A case that is stuck, and since when; None: it is not stuck but waiting."""

    case: CaseRow
    since: datetime | None


def stuck_cases(
    connection: Connection, campaign_id: int, path: str, now: datetime, *, stage: int | None = None, level: str | None = None
) -> tuple[StuckCase, ...]:
    """All that are stuck within a subtree, in the order of the tree; `since` is the earlier of the two instants.

    A case that has done its part waits for the next window: it is not stuck.
    """
    stuck = StuckCases(connection, Asked(campaign_id=campaign_id, path=path, now=now, stage=stage, level=level))
    return tuple(one for part in parts(stuck) for one in read_part(connection, stuck, part))


def read_part(connection: Connection, stuck: StuckCases, part: Sequence[Place]) -> tuple[StuckCase, ...]:
    """These cases, stuck or not, in the order given."""
    rows = cases_by_id(connection, _ids(part))
    since = stuck.since(rows.values())
    return tuple(StuckCase(case=rows[case_id], since=since.get(case_id)) for _, case_id in part)


def closed_stages(connection: Connection, campaign_id: int, now: datetime) -> dict[int, datetime]:
    """The stages whose window has closed, each with the instant. Whoever has not even begun is held by the closing of the first."""
    s = t.stage.c
    query = select(s.position, s.closes_at).where(s.campaign_id == campaign_id, s.closes_at <= now)
    closed: dict[int, datetime] = {row.position: row.closes_at for row in connection.execute(query)}
    if 0 in closed:
        closed[BEFORE] = closed[0]
    return closed


def _narrowed(asked: Asked, held: Any) -> Iterator[Any]:
    """Conditions on a case, beyond the subtree. held: by what a task holds it, over obligation, occurrence and cases."""
    if asked.unfinished:
        yield t.cases.c.stage < FINISHED
    if asked.stage is not None:
        yield t.cases.c.stage == asked.stage
    if asked.level is not None:
        at = (t.unit.c.id == t.cases.c.unit_id, t.unit.c.level == asked.level)
        yield select(t.unit.c.id).where(*at).correlate(t.cases).exists()
    if asked.task is not None:
        o = t.occurrence.c
        owed = select(t.obligation.c.case_id).join(t.occurrence, o.id == t.obligation.c.occurrence_id)
        mine = [t.obligation.c.case_id == t.cases.c.id, o.campaign_id == asked.campaign_id, o.task == asked.task]
        mine += [] if asked.period is None else [o.period == asked.period]
        yield owed.where(*mine, held).correlate(t.cases).exists()


def _ids(part: Sequence[Place]) -> list[int]:
    return [case_id for _, case_id in part]


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _TOGETHER):
        yield ids[start : start + _TOGETHER]

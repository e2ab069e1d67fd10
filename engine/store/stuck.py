"""Who is stuck, out of the kept tables: counted whole, read a part at a time. What is asked costs what is overdue, not what is stored.

A case is stuck where something gating is overdue: that stands in `overdue`. `held_otherwise` adds the few who are stuck though nothing is.
"""

from __future__ import annotations

import heapq
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, Select, bindparam, distinct, func, select, union

from engine.machine.states import BEFORE, FINISHED, WITHDRAWN
from engine.store import paths, prepared
from engine.store import tables as t
from engine.store.asked import Asked, Place, held_by_task, holds, in_review_past, of_kind, some_of
from engine.store.held_otherwise import HeldOtherwise
from engine.store.lookups import is_overdue
from engine.store.queries import CaseRow, cases_by_id, stage_counts

_TOGETHER = 500


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
        self._otherwise = HeldOtherwise(connection, asked, self.closed)

    def count(self) -> int:
        """How many are stuck."""
        late = self._late(func.count(distinct(t.overdue.c.case_id)))
        return len(self._otherwise.places) + int(self._connection.execute(late).scalar_one())

    def part(self, after: str, most: int) -> Sequence[Place]:
        """The first stuck ones whose path is greater than `after`."""
        late = self._late_ones(after, most)
        places = self._otherwise.places
        others = places[bisect_right(places, (after, sys.maxsize)) :]
        return tuple(islice(heapq.merge(late, others), most)) if others else late

    def _late_ones(self, after: str, most: int) -> Sequence[Place]:
        if not self.asked.narrowed:
            values = {"after": after, "most": most, **within(self.asked)}
            return prepared.found_as(self._connection, late_places(after >= self.asked.path), values, _place)
        v = t.overdue.c
        late = self._late(v.path, v.case_id).where(v.path > after).group_by(v.path, v.case_id).order_by(v.path, v.case_id)
        return [(path, case_id) for path, case_id in self._connection.execute(late.limit(most))]

    @property
    def all_overdue(self) -> bool:
        """Whether all within the path are meant, and `overdue` leads to every one of them."""
        return not self.asked.narrowed and not self._otherwise.places

    def chosen(self, part: Sequence[Place]) -> Any:
        """A statement for the case ids of such a part, next to each other in the order of the tree."""
        places, c = self._otherwise.places, t.cases.c
        if self.asked.narrowed:
            return select(c.id.label("case_id")).where(c.id.in_([case_id for _, case_id in part]))
        others = places[bisect_left(places, part[0]) : bisect_right(places, part[-1])]
        late = late_between(self.asked.campaign_id, part[0][0], part[-1][0])
        return union(late, select(c.id).where(c.id.in_([case_id for _, case_id in others]))) if others else late

    def late_occurrences(self) -> Sequence[int]:
        """What is overdue for any of them, or waits for a review after its day, or is asked for by a stage that has closed."""
        v, asked = t.overdue.c, self.asked
        within = (v.campaign_id == asked.campaign_id, v.path >= asked.path, v.path < paths.end(asked.path))
        late = self._connection.execute(select(v.occurrence_id).where(*within).distinct()).scalars()
        return [*late, *self._otherwise.holding]

    def ranking(self) -> Counter[int]:
        """How many each occurrence holds: for whom it is overdue, or waits for a review after its day; and where neither is, those
        whose stage asks for it.
        """
        v = t.overdue.c
        query = self._late(v.occurrence_id, func.count(distinct(v.case_id))).group_by(v.occurrence_id)
        return Counter(dict(self._connection.execute(query).all())) + self._otherwise.holding

    def since(self, cases: Collection[CaseRow]) -> dict[int, datetime]:
        """Since when each of these is stuck: from the closing of its stage or the first day that passed on, whichever is earlier."""
        closing = {case.case_id: self.closed[case.stage] for case in cases if case.stage in self.closed}
        found: dict[int, datetime] = {}
        for some in some_of([case.case_id for case in cases]):
            found |= {number: closing[number] for number in self._connection.execute(_owing(some)).scalars() if number in closing}
            for query in (_first_late(some), _first_in_review(some, self.asked.now)):
                for number, since in self._connection.execute(query):
                    found[number] = min(since, found.get(number, since))
        return found

    def _late(self, *columns: Any) -> Select[Any]:
        """Statement over what is overdue among the cases asked about."""
        v, asked = t.overdue.c, self.asked
        query = select(*columns).where(v.campaign_id == asked.campaign_id, v.path >= asked.path, v.path < paths.end(asked.path))
        query = query.where(v.case_id.not_in(_withdrawn(asked.campaign_id)))
        if not asked.narrowed:
            return query
        chosen = select(t.cases.c.id).where(t.cases.c.id == v.case_id, *of_kind(asked), *held_by_task(asked, is_overdue()))
        return query.where(chosen.correlate(t.overdue).exists())


def within(asked: Asked) -> dict[str, Any]:
    """What `_late_places` asks for: a campaign, and a subtree."""
    return {"campaign": asked.campaign_id, "path": asked.path, "below": paths.end(asked.path)}


def _place(found: Sequence[Any]) -> Place:
    return found[0], found[1]


def late_between(campaign_id: Any, first: Any, last: Any) -> Select[Any]:
    """The statement for the cases that owe something overdue between two places of the tree."""
    v = t.overdue.c
    # By path too: so they come in the order of the index, which nobody has to sort.
    query = select(v.case_id).where(v.campaign_id == campaign_id, v.path >= first, v.path <= last)
    return query.group_by(v.path, v.case_id)


@cache
def late_places(behind: bool) -> Select[Any]:
    """The statement for the first places at which something is overdue. behind: `after` lies within the subtree."""
    v = t.overdue.c
    # One bound, the higher one: of two SQLite may begin at the lower, and read for every part what lies before it.
    first = v.path > bindparam("after") if behind else v.path >= bindparam("path")
    query = select(v.path, v.case_id).where(v.campaign_id == bindparam("campaign"), first, v.path < bindparam("below"))
    query = query.where(v.case_id.not_in(_withdrawn(bindparam("campaign"))))
    return query.group_by(v.path, v.case_id).order_by(v.path, v.case_id).limit(bindparam("most"))


def _withdrawn(campaign_id: Any) -> Select[Any]:
    return select(t.cases.c.id).where(t.cases.c.campaign_id == campaign_id, t.cases.c.stage == WITHDRAWN)


def _owing(some: Sequence[int]) -> Select[Any]:
    """Those of these cases that owe something at the gate of their stage."""
    p = t.progress.c
    return select(p.case_id).join(t.cases, t.cases.c.id == p.case_id).where(p.case_id.in_(some), p.stage <= t.cases.c.stage, p.missing > 0)


def _first_late(some: Sequence[int]) -> Select[Any]:
    v = t.overdue.c
    return select(v.case_id, func.min(v.since)).where(v.case_id.in_(some)).group_by(v.case_id)


def _first_in_review(some: Sequence[int], now: datetime) -> Select[Any]:
    ob = t.obligation.c
    query = select(ob.case_id, func.min(t.deadline.c.late_at)).join(t.occurrence, t.occurrence.c.id == ob.occurrence_id)
    query = query.join(t.deadline, t.deadline.c.id == ob.deadline_id).where(ob.case_id.in_(some), in_review_past(now))
    return query.group_by(ob.case_id)


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
        inside = (c.campaign_id == asked.campaign_id, c.stage == stage, c.path >= asked.path, c.path < paths.end(asked.path))
        return select(*columns).select_from(t.cases).where(*inside, *of_kind(asked), *held_by_task(asked, holds(asked.now)))


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
    rows = cases_by_id(connection, [case_id for _, case_id in part])
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

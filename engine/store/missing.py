"""What stuck cases miss, for many at once: one statement for a part of them, and rows as they are read.

An object for each would cost more than reading it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, select

from engine.machine.states import Modality, ObligationState
from engine.store import prepared
from engine.store import tables as t
from engine.store.asked import some_of
from engine.store.stuck import StuckCases, late_between, late_places, parts, within

Key = tuple[int, int, int]
_SUBMITTED = ObligationState.SUBMITTED
# Behind every stage: what gates none.
_NOWHERE = 1 << 30


class Standing(NamedTuple):
    """A case with its unit: where it stands."""

    path: str
    case_id: int
    stage: int
    code: str
    name: str
    level: str


class Owed(NamedTuple):
    """One thing that a case owes. since: since when it is overdue; None: it is not."""

    case_id: int
    occurrence_id: int
    subject: int
    owner_id: int
    reviewer_id: int | None
    deadline_id: int
    state: int
    waits: int
    since: datetime | None


class Held(NamedTuple):
    """A stuck case, and what holds it in order of due."""

    case: Standing
    since: datetime
    owed: Sequence[Owed]


# As `_make` makes them, which counts the columns of every row besides: a third of all that a row costs here.
_STANDING: Callable[[Iterable[Any]], Standing] = partial(tuple.__new__, Standing)
_OWED: Callable[[Iterable[Any]], Owed] = partial(tuple.__new__, Owed)
_HELD: Callable[[Iterable[Any]], Held] = partial(tuple.__new__, Held)


class Missing:
    """Reads what stuck cases miss. occurrences, deadlines: those that anything read so far is about, by id; many share each of them."""

    def __init__(self, connection: Connection, stuck: StuckCases) -> None:
        self._connection = connection
        self._stuck = stuck
        found = connection.execute(select(t.occurrence).where(t.occurrence.c.campaign_id == stuck.asked.campaign_id))
        self.occurrences: dict[int, Any] = {row.id: row for row in found}
        self.deadlines: dict[int, Any] = {}
        self._gates = {row.id: row.stage if row.modality != Modality.MAY else _NOWHERE for row in self.occurrences.values()}
        self._late = set(stuck.late_occurrences())
        self._past: dict[int, datetime] = {}

    def parts(self, size: int) -> Iterator[Iterator[Held]]:
        """All of them, so many at a time, in the order of the tree. Each part is used up before the next is asked for."""
        if self._stuck.all_overdue:
            return self._overdue_parts(size)
        return (self._of(self._standing(self._stuck.chosen(part)), self._stuck.chosen(part)) for part in parts(self._stuck, size=size))

    def _overdue_parts(self, size: int) -> Iterator[Iterator[Held]]:
        """Where all that are stuck owe something overdue: the places and whoever stands there are read at once."""
        asked, after = self._stuck.asked, ""
        while True:
            values = {**within(asked), "after": after, "most": size}
            cases = sorted(prepared.found_as(self._connection, _standing_late(after >= asked.path), values, _STANDING))
            if cases:
                yield self._of(cases, None)
            if len(cases) < size:
                return
            after = cases[-1].path

    def _standing(self, chosen: Any) -> list[Standing]:
        return sorted(map(_STANDING, self._connection.execute(_standing(chosen))))

    def _of(self, cases: Sequence[Standing], chosen: Any) -> Iterator[Held]:
        """What holds these cases, next to each other in the order of the tree. chosen: a statement for their ids; None: all are late."""
        last = max(case.stage for case in cases)
        occurrences = sorted(self._late.union(number for number, stage in self._gates.items() if stage <= last))
        rows = self._owed(cases, chosen, occurrences)
        self._read_deadlines({row.deadline_id for row in rows})
        owed: dict[int, list[Owed]] = {}
        for row in rows:
            if (mine := owed.get(row.case_id)) is None:
                owed[row.case_id] = [row]
            else:
                mine.append(row)
        return (self._held(case, owed[case.case_id]) for case in cases)

    def _held(self, case: Standing, owed: Sequence[Owed]) -> Held:
        closed = self._stuck.closed.get(case.stage)
        if len(owed) == 1 and (since := owed[0].since) is not None and (closed is None or since <= closed):
            return _HELD((case, since, owed))
        rows = [row for row in owed if self._gates[row.occurrence_id] <= case.stage or self.late_since(row) is not None]
        return _HELD((case, self._since(case.stage, closed, rows), sorted(rows, key=self._due)))

    def _since(self, stage: int, closed: datetime | None, rows: Sequence[Owed]) -> datetime:
        """The first day that passed; or when the stage closed, where it asks for any of them."""
        instants = [since for row in rows if (since := self.late_since(row)) is not None]
        if closed is not None and any(self._gates[row.occurrence_id] <= stage for row in rows):
            instants.append(closed)
        return min(instants)

    def late_since(self, row: Owed) -> datetime | None:
        """Since when it is overdue or waits for a review after its day; None: it does not."""
        if row.since is not None or row.state != _SUBMITTED or self._gates[row.occurrence_id] == _NOWHERE:
            return row.since
        return self._past.get(row.deadline_id)

    def _due(self, row: Owed) -> Any:
        due = self.deadlines[row.deadline_id].due_at
        return due is None, due, row.occurrence_id

    def by_key(self, keys: Iterable[Key]) -> Sequence[Any]:
        """The obligations of these keys: key, owner_id, reviewer_id, deadline_id, state and waits as in `Owed`, unit_id and path."""
        wanted = set(keys)
        by_occurrence: dict[int, list[int]] = defaultdict(list)
        for case_id, occurrence_id, _ in sorted(wanted):
            by_occurrence[occurrence_id].append(case_id)
        c, ob = t.cases.c, t.obligation.c
        columns = (ob.case_id, ob.occurrence_id, ob.subject, ob.owner_id, ob.reviewer_id, ob.deadline_id, ob.state, ob.waits)
        query = select(*columns, c.unit_id, c.path).join(t.cases, c.id == ob.case_id)
        rows: list[Any] = []
        for occurrence_id, cases in by_occurrence.items():
            for some in some_of(cases):
                rows += self._connection.execute(query.where(ob.case_id.in_(some), ob.occurrence_id == occurrence_id)).all()
        return [row for row in rows if row[:3] in wanted]

    def _owed(self, cases: Sequence[Standing], chosen: Any, occurrences: Sequence[int]) -> Sequence[Owed]:
        between = {"campaign": self._stuck.asked.campaign_id, "first": cases[0].path, "last": cases[-1].path}
        if chosen is not None:
            return list(map(_OWED, self._connection.execute(_owing(chosen, occurrences), between)))
        query = _owing_late(len(occurrences))
        return prepared.found_as(self._connection, query, {**between, **prepared.listed(occurrences)}, _OWED)

    def _read_deadlines(self, numbers: set[int]) -> None:
        d = t.deadline.c
        for some in some_of(sorted(numbers.difference(self.deadlines))):
            for row in self._connection.execute(select(t.deadline).where(d.id.in_(some))):
                self.deadlines[row.id] = row
                if row.late_at is not None and row.late_at <= self._stuck.asked.now:
                    self._past[row.id] = row.late_at


@cache
def _standing_late(behind: bool) -> Select[Any]:
    return _standing(late_places(behind))


def _standing(chosen: Any) -> Select[Any]:
    """The statement for these cases, in the order of `Standing`."""
    some, c, u = chosen.subquery(), t.cases.c, t.unit.c
    query = select(c.path, c.id, c.stage, u.code, u.name, u.level).select_from(some)
    return query.join(t.cases, c.id == some.c.case_id).join(t.unit, u.id == c.unit_id)


@cache
def _owing_late(occurrences: int) -> Select[Any]:
    return _owing(late_between(bindparam("campaign"), bindparam("first"), bindparam("last")), prepared.places(occurrences))


def _owing(chosen: Any, occurrences: Sequence[Any]) -> Select[Any]:
    """The statement for what these cases owe of these occurrences, in the order of `Owed`."""
    some, ob, v = chosen.subquery(), t.obligation.c, t.overdue.c
    columns = (ob.case_id, ob.occurrence_id, ob.subject, ob.owner_id, ob.reviewer_id, ob.deadline_id, ob.state, ob.waits, v.since)
    query = select(*columns).select_from(some).join(t.obligation, ob.case_id == some.c.case_id)
    # Within the part only: PostgreSQL would read all that is overdue for every part.
    here = (v.campaign_id == bindparam("campaign"), v.path >= bindparam("first"), v.path <= bindparam("last"))
    same = and_(v.case_id == ob.case_id, v.occurrence_id == ob.occurrence_id, v.subject == ob.subject, *here)
    return query.outerjoin(t.overdue, same).where(ob.occurrence_id.in_(occurrences), ob.state < ObligationState.ACCEPTED)

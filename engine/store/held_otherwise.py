"""Who is stuck although nothing is overdue: it waits for a review after its day, or its stage has closed upon what it still owes.

What waits for a review is no debt of its unit, and so not overdue; but the unit stands still until the reviewer has acted. What a closed
stage asks for beside that was given longer or has no date. Both are found from the unsettled obligations of the deadlines that
have passed and of the stages that have closed, which are few, never from the cases, which are many (MEASURED section 6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Exists, Select, or_, select

from engine.machine.states import WITHDRAWN, Modality, ObligationState
from engine.store import paths
from engine.store import tables as t
from engine.store.asked import Asked, Place, of_kind, of_task, some_of


class HeldOtherwise:
    """Those who are stuck otherwise than by what is overdue. closed: the stages whose window has closed, each with the instant.

    places: those that `overdue` does not lead to, in the order of the tree. holding: how many cases each occurrence holds so.
    """

    def __init__(self, connection: Connection, asked: Asked, closed: Mapping[int, datetime]) -> None:
        self.places: list[Place] = []
        self.holding: Counter[int] = Counter()
        self._asked = asked
        self._closed = closed
        self._deadlines = _passed(connection, asked, closed)
        for rows in _cases(connection, asked, self._deadlines):
            self._enter(rows)
        self.places.sort()

    def _enter(self, rows: Sequence[Any]) -> None:
        """One case, with all that it owes and that is not overdue."""
        one = rows[0]
        causes = [row for row in rows if self._is_in_review_past(row)]
        if not causes and not one.late and one.stage in self._closed:
            causes = [row for row in rows if self._is_asked_for(row)]
        if not any(self._is_meant(row) for row in causes):
            return
        self.holding.update({row.occurrence_id for row in causes})
        if not one.found:
            self.places.append((one.path, one.case_id))

    def _is_in_review_past(self, row: Any) -> bool:
        deadline = self._deadlines.get(row.deadline_id)
        past = deadline is not None and deadline.late_at is not None and deadline.late_at <= self._asked.now
        return past and row.state == ObligationState.SUBMITTED

    def _is_asked_for(self, row: Any) -> bool:
        deadline = self._deadlines.get(row.deadline_id)
        return deadline is not None and deadline.stage <= row.stage

    def _is_meant(self, row: Any) -> bool:
        deadline = self._deadlines[row.deadline_id]
        return self._asked.means(deadline.task, deadline.period)


def _passed(connection: Connection, asked: Asked, closed: Mapping[int, datetime]) -> dict[int, Any]:
    """The deadlines that have passed, or that belong to a stage that has closed or to one before it; of what gates."""
    o, d = t.occurrence.c, t.deadline.c
    ripe = [d.late_at <= asked.now, *([o.stage <= max(closed)] if closed else [])]
    query = select(d.id, d.occurrence_id, d.late_at, o.stage, o.task, o.period).join(t.occurrence, o.id == d.occurrence_id)
    query = query.where(o.campaign_id == asked.campaign_id, o.modality != Modality.MAY, or_(*ripe))
    return {row.id: row for row in connection.execute(query)}


def _cases(connection: Connection, asked: Asked, deadlines: Mapping[int, Any]) -> Iterator[Sequence[Any]]:
    """For each case that owes something under these deadlines which is not overdue: all that it owes so."""
    ob = t.obligation.c
    found: set[int] = set()
    for some in some_of(list(deadlines)):
        found.update(connection.execute(owing_in_time(some)).scalars())
    owing = _owing(asked).where(ob.occurrence_id.in_({row.occurrence_id for row in deadlines.values()}))
    for some in some_of(sorted(found)):
        rows = connection.execute(owing.where(ob.case_id.in_(some)).order_by(ob.case_id))
        yield from (list(each) for _, each in groupby(rows, attrgetter("case_id")))


def owing_in_time(deadlines: Sequence[int]) -> Select[Any]:
    """The statement for the cases that owe something under these deadlines which is not overdue.

    By the deadline's occurrence, so that the index alone answers: looking at each obligation would cost ten times as much.
    """
    ob, d = t.obligation.c, t.deadline.c
    query = select(ob.case_id).select_from(t.deadline).join(t.obligation, ob.deadline_id == d.id).where(d.id.in_(deadlines))
    return query.where(*_owed_in_time(d.occurrence_id, t.deadline))


def _owed_in_time(occurrence_id: Any, *of: Any) -> tuple[ColumnElement[bool], ...]:
    """Unsettled, and nothing of that occurrence is overdue for the case."""
    v, ob = t.overdue.c, t.obligation.c
    late = select(v.case_id).where(v.case_id == ob.case_id, v.occurrence_id == occurrence_id)
    return ~ob.settled, ~late.correlate(t.obligation, *of).exists()


def _owing(asked: Asked) -> Any:
    """late: whether anything of the case is overdue. found: whether the case is among those asked about by what is overdue."""
    c, ob = t.cases.c, t.obligation.c
    late = _is_late(asked.campaign_id)
    found = late if asked.task is None else _is_late(asked.campaign_id, *of_task(asked))
    columns = (c.path, ob.case_id, c.stage, ob.occurrence_id, ob.deadline_id, ob.state, late.label("late"), found.label("found"))
    query = select(*columns).select_from(t.obligation).join(t.cases, c.id == ob.case_id)
    query = query.where(*_owed_in_time(ob.occurrence_id), *of_kind(asked))
    return query.where(c.stage != WITHDRAWN, c.path >= asked.path, c.path < paths.end(asked.path))


def _is_late(campaign_id: int, *of: ColumnElement[bool]) -> Exists:
    v = t.overdue.c
    query = select(v.case_id).join(t.occurrence, t.occurrence.c.id == v.occurrence_id) if of else select(v.case_id)
    return query.where(v.case_id == t.obligation.c.case_id, *of).correlate(t.obligation).exists()

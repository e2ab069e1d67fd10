"""Which cases are asked about, and how that is said to the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import tables as t
from engine.store.lookups import is_overdue

T = TypeVar("T")
# How many cases, or deadlines, are named in one statement.
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


def of_kind(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Conditions on a case: in which stage it stands, and of which level its unit is."""
    c, u = t.cases.c, t.unit.c
    if asked.unfinished:
        yield c.stage < FINISHED
    if asked.stage is not None:
        yield c.stage == asked.stage
    if asked.level is not None:
        yield select(u.id).where(u.id == c.unit_id, u.level == asked.level).correlate(t.cases).exists()


def held_by_task(asked: Asked, held: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
    """The condition on a case that a task holds it, where one is named. held: in which way, over obligation, occurrence and cases."""
    if asked.task is not None:
        o, ob = t.occurrence.c, t.obligation.c
        owed = select(ob.case_id).join(t.occurrence, o.id == ob.occurrence_id)
        yield owed.where(ob.case_id == t.cases.c.id, *of_task(asked), held).correlate(t.cases).exists()


def of_task(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Conditions on an occurrence: it is of the task, and of the period, that is named."""
    o = t.occurrence.c
    yield o.campaign_id == asked.campaign_id
    if asked.task is not None:
        yield o.task == asked.task
    if asked.period is not None:
        yield o.period == asked.period


def asks_now() -> ColumnElement[bool]:
    """Over obligation, occurrence and cases: what a case still owes at the gate of its stage."""
    gating = (t.occurrence.c.stage <= t.cases.c.stage, t.occurrence.c.modality != Modality.MAY)
    return and_(*gating, t.obligation.c.state < ObligationState.ACCEPTED)


def in_review_past(now: datetime) -> ColumnElement[bool]:
    """Over obligation and occurrence: what gates, has been handed in and still waits for its review after the day it was due."""
    ob, d = t.obligation.c, t.deadline.c
    past = select(d.id).where(d.id == ob.deadline_id, d.late_at <= now).correlate(t.obligation).exists()
    return and_(ob.state == ObligationState.SUBMITTED, t.occurrence.c.modality != Modality.MAY, past)


def holds(now: datetime) -> ColumnElement[bool]:
    """Over obligation, occurrence and cases: whatever of it holds the case, each in one of its ways."""
    return or_(asks_now(), is_overdue(), in_review_past(now))


def some_of(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """All of them, as many at a time as one statement names."""
    for start in range(0, len(things), _TOGETHER):
        yield things[start : start + _TOGETHER]

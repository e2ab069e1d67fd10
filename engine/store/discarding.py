"""Taking back a launch that was not finished, a step at a time: nobody has seen any of it, so nothing of it is kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select

from engine.machine.states import BEFORE
from engine.store import tables as t


def discard(connection: Connection, campaign_id: int, size: int) -> bool:
    """One step: some units, or one occurrence; whether nothing is left of it."""
    if any(step(connection, campaign_id, size) for step in (_discard_cases, _discard_scopes, _discard_occurrence)):
        return False
    connection.execute(delete(t.tally).where(t.tally.c.campaign_id == campaign_id))
    connection.execute(delete(t.campaign).where(t.campaign.c.id == campaign_id))
    return True


def _discard_cases(connection: Connection, campaign_id: int, size: int) -> bool:
    upto = connection.execute(_first_cases(), {"campaign": campaign_id, "size": size}).scalar_one()
    if upto is None:
        return False
    some = (t.cases.c.campaign_id == campaign_id, t.cases.c.stage == BEFORE, t.cases.c.path <= upto)
    for table in (t.obligation, t.progress, t.ready):
        connection.execute(delete(table).where(table.c.case_id.in_(select(t.cases.c.id).where(*some))))
    connection.execute(delete(t.cases).where(*some))
    return True


@cache
def _first_cases() -> Select[Any]:
    """The last path of the first batch. By the index of stages, so that no batch reads them all."""
    c = t.cases.c
    mine = select(c.path).where(c.campaign_id == bindparam("campaign"), c.stage == BEFORE)
    return select(func.max(mine.order_by(c.path).limit(bindparam("size")).subquery().c.path))


def _discard_scopes(connection: Connection, campaign_id: int, size: int) -> bool:
    s = t.scope.c
    first = connection.execute(select(func.min(s.number)).where(s.campaign_id == campaign_id)).scalar_one()
    if first is None:
        return False
    mine = (s.campaign_id == campaign_id, s.number == first)
    upto = select(func.max(select(s.unit_id).where(*mine).order_by(s.unit_id).limit(size).subquery().c.unit_id)).scalar_subquery()
    connection.execute(delete(t.scope).where(*mine, s.unit_id <= upto))
    return True


def _discard_occurrence(connection: Connection, campaign_id: int, _: int) -> bool:
    """The last one with its deadline. One at a time: to see that nobody speaks of it, a database looks through all obligations."""
    o, d = t.occurrence.c, t.dependency.c
    last = connection.execute(select(func.max(o.id)).where(o.campaign_id == campaign_id)).scalar_one()
    if last is None:
        return False
    connection.execute(delete(t.dependency).where((d.occurrence_id == last) | (d.upstream_id == last)))
    connection.execute(delete(t.deadline).where(t.deadline.c.occurrence_id == last))
    connection.execute(delete(t.occurrence).where(o.id == last))
    return True

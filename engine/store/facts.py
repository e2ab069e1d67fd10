"""What expressions read: what was handed in for a task, and the units around one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from engine.machine.states import ObligationState
from engine.store import paths
from engine.store import tables as t
from engine.store.roster import UnitRow, row_of


@dataclass(frozen=True, kw_only=True)
class Given:
    """How an obligation stands, and what was entered in the items of its newest version."""

    state: ObligationState
    contents: dict[str, dict[str, Any]]


def of_unit(connection: Connection, campaign_id: int, task: str, unit_id: int) -> Given | None:
    """The obligation of a once-only task about a unit; None where there is none."""
    ob, o, a = t.obligation.c, t.occurrence.c, t.artifact.c
    same = and_(a.case_id == ob.case_id, a.occurrence_id == ob.occurrence_id, a.subject == ob.subject, a.version == ob.version)
    query = (
        select(ob.state, a.item, a.content)
        .select_from(t.obligation)
        .join(t.occurrence, o.id == ob.occurrence_id)
        .join(t.cases, t.cases.c.id == ob.case_id)
        .outerjoin(t.artifact, same)
        .where(o.campaign_id == campaign_id, o.task == task, o.period == "", t.cases.c.unit_id == unit_id)
        .where(t.cases.c.campaign_id == campaign_id, ob.subject == 0)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    return Given(state=ObligationState(rows[0].state), contents={row.item: row.content for row in rows if row.item})


def units_below(connection: Connection, unit_id: int) -> Iterator[UnitRow]:
    """The units directly below one."""
    yield from _units(connection, t.unit.c.superior_id == unit_id)


def units_of_level(connection: Connection, level: str, path: str) -> Iterator[UnitRow]:
    """The units of a level within a path."""
    yield from _units(connection, and_(t.unit.c.level == level, t.unit.c.path >= path, t.unit.c.path < paths.end(path)))


def _units(connection: Connection, where: Any) -> Iterator[UnitRow]:
    for row in connection.execute(select(t.unit).where(where).order_by(t.unit.c.path)):
        yield row_of(row, None)

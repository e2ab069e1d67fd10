"""What the clock has to do, and when: one row for each bell still to be rung."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.store import tables as t
from engine.store.codes import Bell

Row = dict[str, Any]


def bells(campaign_id: int, kind: Bell, at: datetime | None, **columns: int) -> list[Row]:
    """The row of one bell; none where there is no instant."""
    if at is None:
        return []
    row = {"occurrence_id": None, "deadline_id": None, "number": 0, "rung": 0, "cursor": 0, **columns}
    return [{"campaign_id": campaign_id, "kind": kind, "at": at, **row}]


def add_bells(connection: Connection, rows: Sequence[Row]) -> None:
    """Rows of the agenda; of one instant and kind those are rung first that come first."""
    if rows:
        connection.execute(insert(t.agenda), rows)


def add_bell(connection: Connection, campaign_id: int, kind: Bell, at: datetime, **columns: int) -> None:
    """A row of the agenda."""
    add_bells(connection, bells(campaign_id, kind, at, **columns))


def rungs_ahead(connection: Connection, deadline_id: int, case_id: int) -> tuple[tuple[int, int, datetime], ...]:
    """The rungs of a deadline that have not been rung yet for that case, the next first: (number, index in the ladder, instant)."""
    a = t.agenda.c
    query = select(a.number, a.rung, a.at).where(a.deadline_id == deadline_id, a.kind == Bell.RUNG, a.cursor < case_id)
    return tuple((row.number, row.rung, row.at) for row in connection.execute(query.order_by(a.at, a.number)))

"""What the clock has to do, and when: one row for each bell still to be rung."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from engine.store import tables as t
from engine.store.codes import Bell


def add_bell(connection: Connection, campaign_id: int, kind: Bell, at: datetime, **columns: int) -> None:
    """A row of the agenda."""
    row = {"occurrence_id": None, "deadline_id": None, "number": 0, "rung": 0, "cursor": 0, **columns}
    connection.execute(insert(t.agenda).values(campaign_id=campaign_id, kind=kind, at=at, **row))

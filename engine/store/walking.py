"""One case's move by a single step."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, bindparam, select, update

from engine.machine.states import FINISHED
from engine.store import counters, paths
from engine.store import tables as t
from engine.store.launching import insert_deadline, rungs_ahead
from engine.store.obligations import ObligationRow, find_deadline, mark_overdue, set_deadline
from engine.store.openings import Some, open_late


def move_case(connection: Connection, campaign_id: int, case_id: int, path: str, source: int, target: int, now: datetime) -> None:
    """Write the new position with its counters, and open what waits for the entry."""
    values = {"stage": target, "entered_at": now}
    connection.execute(update(t.cases).where(t.cases.c.id == case_id).values(**values))
    counters.move_one(connection, campaign_id, paths.parent(path), source, target)
    counters.not_ready(connection, case_id)
    if target != FINISHED:
        _open_on_entry(connection, campaign_id, case_id, target, now)


def _open_on_entry(connection: Connection, campaign_id: int, case_id: int, target: int, now: datetime) -> None:
    open_late(connection, _entering(), {"campaign": campaign_id, "case": case_id, "target": target}, campaign_id, now, now)


@cache
def _entering() -> Some:
    """What one case has that opens with its entry."""
    o = t.occurrence.c
    entered = select(o.id).where(o.campaign_id == bindparam("campaign"), o.stage == bindparam("target"), o.on_entry, o.opened)
    return Some(where=(t.obligation.c.case_id == bindparam("case"), t.obligation.c.occurrence_id.in_(entered)))


def unlock(connection: Connection, row: ObligationRow, now: datetime) -> int:
    """Give it a deadline like the one it has, without the lock; the id of that deadline.

    It is late by its date again: that it had lapsed before counts no more.
    """
    found = find_deadline(connection, row.occurrence_id, row.due_at, None)
    if found is None:
        found = insert_deadline(
            connection,
            row.campaign_id,
            row.occurrence_id,
            due_at=row.due_at,
            due_text=row.due_text,
            late_at=row.late_at,
            lock_at=None,
            original=False,
            rungs=rungs_ahead(connection, row.deadline_id, now),
            told_from=row.told_from,
        )
    set_deadline(connection, row, found, now, counted=False)
    counters.clear_overdue(connection, *row.key)
    if row.late_at is not None and row.late_at <= now:
        mark_overdue(connection, row, row.late_at)
    return found

"""Rungs that go to somebody who has to be looked up: the notices of a batch of obligations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState
from engine.store.portions import BellRow


def insert_rung(
    connection: Connection,
    bell: BellRow,
    now: datetime,
    rows: Sequence[Any],
    seats: Mapping[int, tuple[int, str] | None],
    *,
    before_launch: bool,
) -> None:
    """A notice for each row, to the seat found for its unit; with nobody there it is suppressed, and says so."""
    values = [_values(bell, now, row, seats[row.unit_id], before_launch) for row in rows]
    if values:
        connection.execute(insert(t.notice), values)


def _values(bell: BellRow, now: datetime, row: Any, seat: tuple[int, str] | None, before_launch: bool) -> dict[str, Any]:
    reason = "before-launch" if before_launch else "" if seat is not None else "nobody-there"
    return {
        "campaign_id": bell.campaign_id,
        "case_id": row.case_id,
        "occurrence_id": row.occurrence_id,
        "subject": row.subject,
        "kind": NoticeKind.RUNG,
        "deadline_id": bell.deadline_id,
        "number": bell.number,
        "rung": bell.rung,
        "unit_id": None if seat is None else seat[0],
        "role": "" if seat is None else seat[1],
        "due_at": bell.at,
        "decided_at": now,
        "state": NoticeState.SUPPRESSED if reason else NoticeState.DECIDED,
        "reason": reason,
    }

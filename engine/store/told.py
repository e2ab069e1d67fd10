"""Rungs that go to somebody who has to be looked up: read a batch of obligations, then insert their notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select

from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState
from engine.store.sweeping import REMINDED, BellRow, batch_end


def rung_rows(connection: Connection, bell: BellRow, size: int) -> tuple[Sequence[Any], int | None]:
    """The next obligations this rung is about (case_id, occurrence_id, subject, unit_id, owner_id, owner_role), and the new cursor."""
    chosen = and_(t.obligation.c.deadline_id == bell.deadline_id, ~t.obligation.c.settled)
    upto = batch_end(connection, chosen, bell.cursor, size)
    if upto is None:
        return [], None
    ob, c, o = t.obligation.c, t.cases.c, t.occurrence.c
    query = (
        select(ob.case_id, ob.occurrence_id, ob.subject, c.unit_id, ob.owner_id, o.owner_role)
        .join(t.cases, c.id == ob.case_id)
        .join(t.occurrence, o.id == ob.occurrence_id)
        .where(chosen, ob.case_id > bell.cursor, ob.case_id <= upto, ob.state.in_(REMINDED))
        .order_by(ob.case_id)
    )
    return connection.execute(query).all(), upto


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

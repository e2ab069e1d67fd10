"""What opens later than its occurrence did: it is told so where its reminders have passed, and lapses where its lock has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, literal, select, update

from engine.machine.states import ObligationState
from engine.store import tables as t
from engine.store.agenda import add_bell
from engine.store.codes import Bell, NoticeKind, NoticeState

_S = ObligationState


def open_late(connection: Connection, ripe: Sequence[Any], campaign_id: int, at: Any, now: datetime) -> None:
    """Open the scheduled obligations that are `ripe`: what they waited for is done, or their case has come to their stage.

    at: the instant, or the column, at which they open; now: when that is written. What follows hangs on `at` alone, or an outage
    would tell of reminders that were still to come.
    """
    opens = literal(at, t.notice.c.due_at.type) if isinstance(at, datetime) else at
    waiting = (*ripe, t.obligation.c.state == _S.SCHEDULED, t.obligation.c.waits == 0)
    if connection.execute(select(t.obligation.c.case_id).where(*waiting).limit(1)).first() is None:
        return
    _tell(connection, (*waiting, _told_before(opens)), campaign_id, opens, now)
    ring_lock_again(connection, waiting, campaign_id, opens)
    connection.execute(update(t.obligation).where(*waiting).values(state=_S.OPEN, changed_at=at))


def _told_before(opens: Any) -> Any:
    same = t.deadline.c.id == t.obligation.c.deadline_id
    return select(t.deadline.c.id).where(same, t.deadline.c.told_from <= opens).correlate(t.obligation).exists()


def _tell(connection: Connection, opening: Sequence[Any], campaign_id: int, opens: Any, now: datetime) -> None:
    """The rungs that have passed become this one notice to whoever owes it."""
    ob, o, n = t.obligation.c, t.occurrence.c, t.notice.c
    told = select(n.id).where(n.case_id == ob.case_id, n.occurrence_id == ob.occurrence_id, n.subject == ob.subject)
    again = told.where(n.kind == NoticeKind.OPENED, n.deadline_id == ob.deadline_id, n.number == ob.attempt)
    rows = select(
        literal(campaign_id), ob.case_id, ob.occurrence_id, ob.subject, literal(int(NoticeKind.OPENED)), ob.deadline_id, ob.attempt,
        literal(0), ob.owner_id, o.owner_role, opens, literal(now, n.decided_at.type),
        literal(int(NoticeState.DECIDED)), literal(""),
    )  # fmt: skip
    rows = rows.join(t.occurrence, o.id == ob.occurrence_id).where(*opening, ~again.correlate(t.obligation).exists())
    columns = [
        "campaign_id", "case_id", "occurrence_id", "subject", "kind", "deadline_id", "number",
        "rung", "unit_id", "role", "due_at", "decided_at", "state", "reason",
    ]  # fmt: skip
    connection.execute(insert(t.notice).from_select(columns, rows))


def ring_lock_again(connection: Connection, opening: Sequence[Any], campaign_id: int, at: Any) -> None:
    """What opens or comes back after its lock has rung lapses with the next sweep: the bell is rung once more. at: as in `open_late`."""
    opens = literal(at, t.notice.c.due_at.type) if isinstance(at, datetime) else at
    ob = t.obligation.c
    locked = select(ob.deadline_id, ob.occurrence_id, opens.label("opens")).join(t.deadline, t.deadline.c.id == ob.deadline_id)
    for row in connection.execute(locked.where(*opening, t.deadline.c.lock_at <= opens).distinct()).all():
        add_bell(connection, campaign_id, Bell.LOCK, row.opens, occurrence_id=row.occurrence_id, deadline_id=row.deadline_id)

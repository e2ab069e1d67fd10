"""What opens later than its occurrence did: it is told so where its reminders have passed, and lapses where its lock has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update, bindparam, literal, select, update

from engine.machine.states import ObligationState
from engine.store import prepared
from engine.store import tables as t
from engine.store.agenda import add_bell
from engine.store.codes import Bell, NoticeKind
from engine.store.deciding import deciding
from engine.store.lookups import is_there

_S = ObligationState


@dataclass(frozen=True, kw_only=True, eq=False)
class Some:
    """Some obligations: conditions on them, with names for whatever is asked. One object for the life of the process."""

    where: tuple[Any, ...]


def open_late(connection: Connection, ripe: Some, asked: Mapping[str, Any], campaign_id: int, at: datetime | Any, now: datetime) -> None:
    """Open the scheduled ones of these: what they waited for is done, or their case has come to their stage.

    asked: the values that `ripe` names.  at: the instant, or the column (one object, too), at which they open; now: when that is
    written. What follows hangs on `at` alone, or an outage would tell of reminders that were still to come.
    """
    column = None if isinstance(at, datetime) else at
    values = {**asked, "for_campaign": campaign_id, "written": now, **({"opens": at} if column is None else {})}
    steps = _steps(ripe, column)
    if not prepared.found(connection, steps.look, values):
        return
    prepared.change(connection, steps.tell, values)
    _ring_again(connection, steps.locked, values, campaign_id)
    prepared.change(connection, steps.open, values)


def ring_lock_again(connection: Connection, opening: Some, asked: Mapping[str, Any], campaign_id: int, at: datetime) -> None:
    """What opens or comes back after its lock has rung lapses with the next sweep: the bell is rung once more."""
    _ring_again(connection, _locked(opening, None), {**asked, "opens": at}, campaign_id)


def _ring_again(connection: Connection, locked: Any, values: Mapping[str, Any], campaign_id: int) -> None:
    for row in prepared.found(connection, locked, values):
        add_bell(connection, campaign_id, Bell.LOCK, row.opens, occurrence_id=row.occurrence_id, deadline_id=row.deadline_id)


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """What opening asks and writes, in this order."""

    look: Select[Any]
    tell: Insert
    locked: Select[Any]
    open: Update


@cache
def _steps(ripe: Some, column: Any) -> _Steps:
    ob = t.obligation.c
    waiting = Some(where=(*ripe.where, ob.state == _S.SCHEDULED, ob.waits == 0))
    opened = update(t.obligation).where(*waiting.where).values(state=_S.OPEN, changed_at=_opens(column))
    look = select(ob.case_id).where(*waiting.where).limit(1)
    return _Steps(look=look, tell=_telling(waiting, _opens(column)), locked=_locked(waiting, column), open=opened)


def _opens(column: Any) -> Any:
    return bindparam("opens", type_=t.notice.c.due_at.type) if column is None else column


def _told_before(opens: Any) -> Any:
    same = t.deadline.c.id == t.obligation.c.deadline_id
    return is_there(select(t.deadline.c.id).where(same, t.deadline.c.told_from <= opens).correlate(t.obligation))


def _telling(opening: Some, opens: Any) -> Insert:
    """The rungs that have passed become this one notice to whoever owes it."""
    ob, o, n = t.obligation.c, t.occurrence.c, t.notice.c
    kind = literal(NoticeKind.OPENED, n.kind.type)
    before = select(n.id).where(n.case_id == ob.case_id, n.occurrence_id == ob.occurrence_id, n.subject == ob.subject)
    again = before.where(n.kind == kind, n.deadline_id == ob.deadline_id, n.number == ob.attempt)
    told = {
        "campaign_id": bindparam("for_campaign", type_=n.campaign_id.type),
        "number": ob.attempt,
        "unit_id": ob.owner_id,
        "role": o.owner_role,
        "due_at": opens,
        "decided_at": bindparam("written", type_=n.decided_at.type),
    }
    sources = t.obligation.join(t.occurrence, o.id == ob.occurrence_id)
    late = (*opening.where, _told_before(opens), ~is_there(again.correlate(t.obligation)))
    return deciding(NoticeKind.OPENED, told, sources, *late)


@cache
def _locked(opening: Some, column: Any) -> Select[Any]:
    """Which locks have rung for these."""
    ob, opens = t.obligation.c, _opens(column)
    rows = select(ob.deadline_id, ob.occurrence_id, opens.label("opens")).join(t.deadline, t.deadline.c.id == ob.deadline_id)
    return rows.where(*opening.where, t.deadline.c.lock_at <= opens).distinct()

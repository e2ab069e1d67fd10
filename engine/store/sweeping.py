"""What the clock does, by sets: openings, rungs, locks and lateness, each in bounded batches with a cursor.

A batch, its journal line and its cursor are one transaction; a crash between two batches repeats nothing. Each of them can also be
done for one obligation alone, ahead of its batch, for somebody who wants to act on it: the batch then finds it done.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, Insert, Select, Update, and_, bindparam, delete, func, insert, or_, select, update

from engine.machine.states import Modality, ObligationState
from engine.store import journal, prepared
from engine.store import tables as t
from engine.store.codes import Bell
from engine.store.lookups import is_overdue
from engine.store.obligations import ObligationRow
from engine.store.portions import BellRow, Key, in_portion, journal_batch, one_of, portion_of
from engine.store.stage_moves import any_possible

_S = ObligationState
OWING = (_S.SCHEDULED, _S.OPEN, _S.RETURNED)
_MENDABLE = (_S.OPEN, _S.RETURNED)


def next_bell(connection: Connection, now: datetime, *, ours: bool = False) -> BellRow | None:
    """The earliest bell at or before `now`; None where nothing is due. One indexed row is read, whatever is stored.

    ours: nobody else rings it until our transaction has ended. None too where somebody has just rung it while we waited.
    """
    return next(map(_bell, prepared.found(connection, _next(ours), {"now": now})), None)


class Ahead(NamedTuple):
    """What lies ahead of the clock: whether something is due, and when the first bell rings, due or not (None where none does)."""

    is_due: bool
    next_at: datetime | None


def ahead(connection: Connection, now: datetime) -> Ahead:
    """Whether a bell or a stage move is due, by one look."""
    (row,) = prepared.found(connection, _ahead(), {"now": now})
    return Ahead(is_due=bool(row.moves) or (row.next_at is not None and row.next_at <= now), next_at=row.next_at)


@cache
def _ahead() -> Select[Any]:
    return select(_first().scalar_subquery().label("next_at"), any_possible().label("moves"))


def _first() -> Select[Any]:
    return select(func.min(t.agenda.c.at))


def bells_of(connection: Connection, row: ObligationRow, now: datetime) -> tuple[BellRow, ...]:
    """All that is due for one obligation and that its batch has not done yet."""
    a = t.agenda.c
    about = or_(a.deadline_id == row.deadline_id, and_(a.occurrence_id == row.occurrence_id, a.deadline_id.is_(None)))
    return tuple(map(_bell, connection.execute(_due().where(about, a.cursor < row.case_id), {"now": now})))


@cache
def _next(ours: bool) -> Select[Any]:
    return _due().limit(1).with_for_update() if ours else _due().limit(1)


def _due() -> Select[Any]:
    a = t.agenda.c
    return select(t.agenda).where(a.at <= bindparam("now", type_=a.at.type)).order_by(a.at, a.kind, a.id)


def _bell(row: Any) -> BellRow:
    return BellRow(**{**row._asdict(), "kind": Bell(row.kind)})


def next_instant(connection: Connection) -> datetime | None:
    """When the next bell rings; None where nothing lies ahead."""
    found: datetime | None = connection.execute(_first()).scalar_one()
    return found


def finish_bell(connection: Connection, bell: BellRow) -> None:
    """The bell has done all it had to do."""
    prepared.change(connection, _finishing(), {"wanted": bell.id})


@cache
def _finishing() -> Delete:
    return delete(t.agenda).where(t.agenda.c.id == bindparam("wanted"))


def move_cursor(connection: Connection, bell: BellRow, cursor: int) -> None:
    """Where the next batch begins."""
    prepared.change(connection, _moving_on(), {"wanted": bell.id, "to": cursor})


@cache
def _moving_on() -> Update:
    return update(t.agenda).where(t.agenda.c.id == bindparam("wanted")).values(cursor=bindparam("to"))


def open_occurrence(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """Open a batch of the occurrence's obligations that wait for nothing else. Returns the new cursor, None when done."""
    (row,) = prepared.found(connection, _occurrence(), {"occurrence": bell.occurrence_id})
    if not row.opened:
        prepared.change(connection, _noting_opened(), {"occurrence": bell.occurrence_id})
    portion = portion_of(connection, bell, "occurrence", size, only)
    if portion is None:
        return None
    entry = {"campaign": row.campaign_id, "stage": row.stage} if row.on_entry else {}
    opened = prepared.change(connection, _opening(only is not None, row.on_entry), portion.asked(bell, changed=bell.at, **entry))
    if opened or not row.opened:
        # That it has opened is to be known even where everybody still waits for something else.
        journal_batch(connection, bell, now, "opened", opened, portion)
    return portion.cursor


@cache
def _occurrence() -> Select[Any]:
    o = t.occurrence.c
    return select(o.opened, o.on_entry, o.campaign_id, o.stage).where(o.id == bindparam("occurrence"))


@cache
def _noting_opened() -> Update:
    return update(t.occurrence).where(t.occurrence.c.id == bindparam("occurrence")).values(opened=True)


@cache
def _opening(alone: bool, on_entry: bool) -> Update:
    ob, c = t.obligation.c, t.cases.c
    ripe = [*in_portion("occurrence", alone), ob.state == _S.SCHEDULED, ob.waits == 0]
    if on_entry:
        ripe.append(ob.case_id.in_(select(c.id).where(c.campaign_id == bindparam("campaign"), c.stage >= bindparam("stage"))))
    return update(t.obligation).where(*ripe).values(state=_S.OPEN, changed_at=bindparam("changed", type_=ob.changed_at.type))


def lock_obligations(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """Lapse a batch of what was not handed in before the lock. Returns the new cursor, None when done."""
    portion = portion_of(connection, bell, "deadline", size, only)
    if portion is None:
        return None
    asked = portion.asked(bell, at=bell.at)
    prepared.change(connection, _entering_late(only is not None, _MENDABLE), asked)
    lapsed = prepared.change(connection, _lapsing(only is not None), asked)
    journal_batch(connection, bell, now, "locked", lapsed, portion)
    return portion.cursor


@cache
def _lapsing(alone: bool) -> Update:
    ob = t.obligation.c
    lapsed = {"state": _S.LAPSED, "settled": True, "changed_at": bindparam("at", type_=ob.changed_at.type)}
    return update(t.obligation).where(*in_portion("deadline", alone), one_of(ob.state, _MENDABLE)).values(**lapsed)


def mark_late(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """Enter a batch of what is owed and late into the kept table of overdue obligations. Returns the new cursor, None when done."""
    portion = portion_of(connection, bell, "deadline", size, only)
    if portion is None:
        return None
    entered = prepared.change(connection, _entering_late(only is not None, OWING), portion.asked(bell, at=bell.at))
    journal_batch(connection, bell, now, "late", entered, portion)
    return portion.cursor


@cache
def _entering_late(alone: bool, states: tuple[ObligationState, ...]) -> Insert:
    """Of a portion all in these states that gate something and are not entered yet."""
    ob, c, o = t.obligation.c, t.cases.c, t.occurrence.c
    since = bindparam("at", type_=t.overdue.c.since.type)
    rows = select(ob.case_id, ob.occurrence_id, ob.subject, c.campaign_id, c.path, since)
    rows = rows.join(t.cases, c.id == ob.case_id).join(t.occurrence, o.id == ob.occurrence_id)
    rows = rows.where(*in_portion("deadline", alone), one_of(ob.state, states), o.modality != Modality.MAY, ~is_overdue())
    columns = ["case_id", "occurrence_id", "subject", "campaign_id", "path", "since"]
    return insert(t.overdue).from_select(columns, rows)


def note_window(connection: Connection, bell: BellRow, now: datetime) -> None:
    """A stage's window opened or closed: a line in the journal."""
    kind = "stage-opened" if bell.kind is Bell.STAGE_OPENS else "stage-closed"
    data = {"stage": bell.number}
    journal.write(connection, journal.Line(kind=kind, campaign_id=bell.campaign_id, due_at=bell.at, recorded_at=now, data=data))


def task_of(connection: Connection, bell: BellRow) -> str:
    """The task whose occurrence the bell is about."""
    return str(prepared.found(connection, _task(), {"occurrence": bell.occurrence_id})[0].task)


@cache
def _task() -> Select[Any]:
    return select(t.occurrence.c.task).where(t.occurrence.c.id == bindparam("occurrence"))

"""Stage moves by sets: ready cases whose next window is open walk on, in bounded batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from engine.machine.states import FINISHED
from engine.store import counters, journal
from engine.store import tables as t
from engine.store.openings import open_late


@dataclass(frozen=True, kw_only=True)
class Move:
    """One stage move that may be made now: from `position` to `target`, whose window opened at `opens_at` (None: the last gate)."""

    campaign_id: int
    position: int
    target: int
    opens_at: datetime | None


def possible_moves(connection: Connection, now: datetime, only: int | None = None) -> tuple[Move, ...]:
    """The moves for which ready cases (or the `only` one) wait and whose next window is open."""
    asked = {"now": now} if only is None else {"now": now, "only": only}
    return tuple(
        Move(campaign_id=row.campaign_id, position=row.position, target=row.target, opens_at=row.opens_at)
        for row in connection.execute(_moves(only is not None), asked)
    )


@cache
def _moves(of_one: bool) -> CompoundSelect[Any]:
    """From the few stages, not from the many cases that may be ready long before the next window opens."""
    s, r, following = t.stage.c, t.ready.c, t.stage.alias("following")
    mine = (r.case_id == bindparam("only"),) if of_one else ()
    before = select(r.case_id).where(r.campaign_id == s.campaign_id, r.stage == s.position - 1, *mine).correlate(t.stage).exists()
    opened = s.opens_at <= bindparam("now", type_=s.opens_at.type)
    walks = select(s.campaign_id, (s.position - 1).label("position"), s.position.label("target"), s.opens_at).where(opened, before)
    here = select(r.case_id).where(r.campaign_id == s.campaign_id, r.stage == s.position, *mine).correlate(t.stage).exists()
    last = ~select(following.c.position).where(
        following.c.campaign_id == s.campaign_id, following.c.position == s.position + 1
    ).correlate(t.stage).exists()
    ends = select(s.campaign_id, s.position, literal(FINISHED).label("target"), null().label("opens_at")).where(last, here)
    return union_all(walks, ends).order_by("campaign_id", "position")


def move_ready(connection: Connection, move: Move, now: datetime, size: int, only: int | None = None) -> int:
    """Move a batch of ready cases (or the `only` one) one stage on, with their journal lines, openings and counters; how many."""
    ids = select(t.ready.c.case_id).where(t.ready.c.campaign_id == move.campaign_id, t.ready.c.stage == move.position)
    if only is not None:
        ids = ids.where(t.ready.c.case_id == only)
    upto = connection.execute(select(func.max(ids.order_by(t.ready.c.case_id).limit(size).subquery().c.case_id))).scalar_one()
    if upto is None:
        return 0
    chosen = ids.where(t.ready.c.case_id <= upto)
    entered = _entered(move)
    _journal_moves(connection, move, chosen, entered, now)
    counters.shift_tally(connection, move.campaign_id, chosen, move.position, move.target)
    count = _move_cases(connection, move, chosen)
    _open_on_entry(connection, move, chosen, now)
    _keep_ready(connection, move, chosen)
    return count


def _entered(move: Move) -> ColumnElement[Any]:
    """When a case enters: when it became ready, or when the window opened, whichever is later; not when somebody noticed."""
    if move.opens_at is None:
        return t.ready.c.since.expression
    opened = literal(move.opens_at, t.ready.c.since.type)
    return case((t.ready.c.since > opened, t.ready.c.since), else_=opened)


def _journal_moves(connection: Connection, move: Move, chosen: Select[Any], entered: ColumnElement[Any], now: datetime) -> None:
    data = journal.as_text({"from": move.position, "to": move.target})
    rows = select(
        literal(move.campaign_id),
        t.ready.c.case_id,
        literal(0),
        literal("moved"),
        entered,
        literal(now, t.event.c.recorded_at.type),
        literal(False),
        literal(data),
    ).where(t.ready.c.case_id.in_(chosen))
    columns = ["campaign_id", "case_id", "subject", "kind", "due_at", "recorded_at", "forced", "data"]
    connection.execute(insert(t.event).from_select(columns, rows))


def _move_cases(connection: Connection, move: Move, chosen: Select[Any]) -> int:
    since = select(_entered(move)).where(t.ready.c.case_id == t.cases.c.id).scalar_subquery()
    values = {"stage": move.target, "entered_at": since}
    return connection.execute(update(t.cases).where(t.cases.c.id.in_(chosen)).values(**values)).rowcount


def _open_on_entry(connection: Connection, move: Move, chosen: Select[Any], now: datetime) -> None:
    if move.target == FINISHED:
        return
    o = t.occurrence.c
    entering = (o.campaign_id == move.campaign_id, o.stage == move.target, o.on_entry, o.opened)
    if connection.execute(select(o.id).where(*entering).limit(1)).first() is None:
        return
    # Named, because what stands two levels up is not correlated by itself: any case's entry would do.
    entered = select(t.cases.c.entered_at).where(t.cases.c.id == t.obligation.c.case_id).correlate(t.obligation).scalar_subquery()
    ripe = (t.obligation.c.case_id.in_(chosen), t.obligation.c.occurrence_id.in_(select(o.id).where(*entering)))
    open_late(connection, ripe, move.campaign_id, entered, now)


def _keep_ready(connection: Connection, move: Move, chosen: Select[Any]) -> None:
    """Who owes nothing in the new stage is ready for the next at once."""
    blocked = select(t.progress.c.case_id).where(
        t.progress.c.case_id.in_(chosen), t.progress.c.stage <= move.target, t.progress.c.missing > 0
    )
    gone = or_(t.ready.c.case_id.in_(blocked), literal(move.target) == FINISHED)
    connection.execute(delete(t.ready).where(t.ready.c.case_id.in_(chosen), gone))
    connection.execute(update(t.ready).where(t.ready.c.case_id.in_(chosen)).values(stage=move.target, since=_entered(move)))

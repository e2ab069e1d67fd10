"""Stage moves by sets: ready cases whose next window is open walk on, in bounded batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, literal, or_, select, update

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
    mine = () if only is None else (t.ready.c.case_id == only,)
    waiting = connection.execute(select(t.ready.c.campaign_id, t.ready.c.stage).where(*mine).distinct()).all()
    moves = []
    for campaign_id, position in sorted(waiting):
        following = connection.execute(
            select(t.stage.c.position, t.stage.c.opens_at).where(t.stage.c.campaign_id == campaign_id, t.stage.c.position == position + 1)
        ).one_or_none()
        if following is None:
            moves.append(Move(campaign_id=campaign_id, position=position, target=FINISHED, opens_at=None))
        elif following.opens_at is not None and following.opens_at <= now:
            moves.append(Move(campaign_id=campaign_id, position=position, target=following.position, opens_at=following.opens_at))
    return tuple(moves)


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
    entered = select(t.cases.c.entered_at).where(t.cases.c.id == t.obligation.c.case_id).scalar_subquery()
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

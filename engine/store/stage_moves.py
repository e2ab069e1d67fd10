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
    Delete,
    Insert,
    Select,
    Text,
    Update,
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
from engine.store import counters, journal, prepared
from engine.store import tables as t
from engine.store.lookups import is_there
from engine.store.openings import Some, open_late


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
        for row in prepared.found(connection, _moves(only is not None), asked)
    )


def any_possible() -> ColumnElement[bool]:
    """Whether there is any possible move at `now`, as a column of a statement."""
    return or_(*(is_there(moves.with_only_columns(t.stage.c.campaign_id)) for moves in (_walks(False), _ends(False))))


@cache
def _moves(of_one: bool) -> CompoundSelect[Any]:
    return union_all(_walks(of_one), _ends(of_one)).order_by("campaign_id", "position")


def _walks(of_one: bool) -> Select[Any]:
    """Into the next stage. From the few stages, not from the many cases that may be ready long before the next window opens."""
    s = t.stage.c
    opened = s.opens_at <= bindparam("now", type_=s.opens_at.type)
    moves = select(s.campaign_id, (s.position - 1).label("position"), s.position.label("target"), s.opens_at)
    return moves.where(opened, _somebody_ready(s.position - 1, of_one))


def _ends(of_one: bool) -> Select[Any]:
    """Out of the last stage."""
    s, following = t.stage.c, t.stage.alias("following")
    after = (following.c.campaign_id == s.campaign_id, following.c.position == s.position + 1)
    last = ~is_there(select(following.c.position).where(*after).correlate(t.stage))
    moves = select(s.campaign_id, s.position, literal(FINISHED).label("target"), null().label("opens_at"))
    return moves.where(last, _somebody_ready(s.position, of_one))


def _somebody_ready(position: ColumnElement[int], of_one: bool) -> ColumnElement[bool]:
    """Whether anybody (or the only one) is ready at that position of the stage's campaign."""
    r = t.ready.c
    mine = (r.case_id == bindparam("only"),) if of_one else ()
    # By its place in an order, which only the index has: where nearly all are ready at one position, PostgreSQL thinks that a look
    # through the table would soon find one at any.
    there = select(r.case_id).where(r.campaign_id == t.stage.c.campaign_id, r.stage >= position, r.stage <= position, *mine)
    return is_there(there.order_by(r.stage, r.case_id).correlate(t.stage))


def move_ready(connection: Connection, move: Move, now: datetime, size: int, only: int | None = None) -> int:
    """Move a batch of ready cases (or the `only` one) one stage on, with their journal lines, openings and counters; how many."""
    asked: dict[str, Any] = {"campaign": move.campaign_id, "position": move.position}
    first, upto = (only, only) if only is not None else prepared.found(connection, _batch(), {**asked, "size": size})[0]
    if first is None:
        return 0
    asked |= {"first": first, "upto": upto, "target": move.target, "entered": move.opens_at}
    moves = _statements(move.opens_at is not None)
    data = journal.as_text({"from": move.position, "to": move.target})
    prepared.change(connection, moves.journal, {**asked, "now": now, "data": data})
    counters.shift_tally(connection, move.campaign_id, prepared.found(connection, moves.parents, asked), move.position, move.target)
    count = prepared.change(connection, moves.cases, asked)
    _open_on_entry(connection, move, moves, asked, now)
    _keep_ready(connection, move, moves, asked, count)
    return count


def _ready() -> Select[Any]:
    r = t.ready.c
    return select(r.case_id).where(r.campaign_id == bindparam("campaign"), r.stage == bindparam("position"))


@cache
def _batch() -> Select[Any]:
    """The first and the last case of the next batch."""
    batch = _ready().order_by(t.ready.c.case_id).limit(bindparam("size")).subquery()
    return select(func.min(batch.c.case_id).label("first"), func.max(batch.c.case_id).label("upto"))


@dataclass(frozen=True, kw_only=True)
class _Statements:
    """What moves a batch: the cases `chosen`, what of theirs is `ripe` to open on entry, and what is written of them."""

    chosen: Select[Any]
    ripe: Some
    journal: Insert
    parents: Select[Any]
    cases: Update
    finished: Delete
    blocked: Delete
    ready: Update


@cache
def _statements(opened: bool) -> _Statements:
    # From the first to the last: without a beginning PostgreSQL takes all that come before for part of the batch, and reads whole tables.
    chosen = _ready().where(t.ready.c.case_id >= bindparam("first"), t.ready.c.case_id <= bindparam("upto"))
    entered = _entered(opened)
    r, c, p = t.ready.c, t.cases.c, t.progress.c
    since = select(entered).where(r.case_id == c.id).scalar_subquery()
    blocked = select(p.case_id).where(p.case_id.in_(chosen), p.stage <= bindparam("target"), p.missing > 0)
    parents = select(c.parent_path, func.count().label("n")).where(c.id.in_(chosen)).group_by(c.parent_path).order_by(c.parent_path)
    return _Statements(
        chosen=chosen,
        ripe=Some(where=(t.obligation.c.case_id.in_(chosen), t.obligation.c.occurrence_id.in_(_entering()))),
        journal=_journal(chosen, entered),
        parents=parents,
        cases=update(t.cases).where(c.id.in_(chosen)).values(stage=bindparam("target"), entered_at=since),
        finished=delete(t.ready).where(r.case_id.in_(chosen)),
        blocked=delete(t.ready).where(r.case_id.in_(chosen), r.case_id.in_(blocked)),
        ready=update(t.ready).where(r.case_id.in_(chosen)).values(stage=bindparam("target"), since=entered),
    )


def _entered(opened: bool) -> ColumnElement[Any]:
    """When a case enters: when it became ready, or when the window opened, whichever is later; not when somebody noticed."""
    if not opened:
        return t.ready.c.since.expression
    opens = bindparam("entered", type_=t.ready.c.since.type)
    return case((t.ready.c.since > opens, t.ready.c.since), else_=opens)


def _journal(chosen: Select[Any], entered: ColumnElement[Any]) -> Insert:
    rows = select(
        bindparam("campaign", type_=t.event.c.campaign_id.type),
        t.ready.c.case_id,
        literal(0),
        literal("moved"),
        entered,
        bindparam("now", type_=t.event.c.recorded_at.type),
        literal(False),
        bindparam("data", type_=Text()),
    ).where(t.ready.c.case_id.in_(chosen))
    columns = ["campaign_id", "case_id", "subject", "kind", "due_at", "recorded_at", "forced", "data"]
    return insert(t.event).from_select(columns, rows)


def _open_on_entry(connection: Connection, move: Move, moves: _Statements, asked: dict[str, Any], now: datetime) -> None:
    if move.target == FINISHED or not prepared.found(connection, _entering(), asked):
        return
    open_late(connection, moves.ripe, asked, move.campaign_id, _entered_at(), now)


@cache
def _entered_at() -> Any:
    # Named, because what stands two levels up is not correlated by itself: any case's entry would do.
    return select(t.cases.c.entered_at).where(t.cases.c.id == t.obligation.c.case_id).correlate(t.obligation).scalar_subquery()


@cache
def _entering() -> Select[Any]:
    """What opens with the entry into the stage, of what is open at all."""
    o = t.occurrence.c
    return select(o.id).where(o.campaign_id == bindparam("campaign"), o.stage == bindparam("target"), o.on_entry, o.opened)


def _keep_ready(connection: Connection, move: Move, moves: _Statements, asked: dict[str, Any], count: int) -> None:
    """Whoever of those that moved owes nothing in the new stage is ready for the next at once."""
    if move.target == FINISHED:
        prepared.change(connection, moves.finished, asked)
        return
    if prepared.change(connection, moves.blocked, asked) < count:
        prepared.change(connection, moves.ready, asked)

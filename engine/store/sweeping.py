"""What the clock does, by sets: openings, rungs, locks, lateness and stage moves, each in bounded batches with a cursor.

A batch, its journal line and its cursor are one transaction; a crash between two batches repeats nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Select, and_, case, delete, func, insert, literal, or_, select, update

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import counters, journal
from engine.store import tables as t
from engine.store.codes import Bell, NoticeKind, NoticeState
from engine.store.obligations import ring_lock_again

_S = ObligationState
REMINDED = (_S.OPEN, _S.SUBMITTED, _S.RETURNED)
OWING = (_S.SCHEDULED, _S.OPEN, _S.RETURNED)


@dataclass(frozen=True, kw_only=True)
class BellRow:
    """The next thing the clock has to do."""

    id: int
    campaign_id: int
    at: datetime
    kind: Bell
    occurrence_id: int | None
    deadline_id: int | None
    number: int
    rung: int
    cursor: int


def next_bell(connection: Connection, now: datetime) -> BellRow | None:
    """The earliest bell at or before `now`; None where nothing is due. One indexed row is read, whatever is stored."""
    query = select(t.agenda).where(t.agenda.c.at <= now).order_by(t.agenda.c.at, t.agenda.c.kind, t.agenda.c.id).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return BellRow(**{**row._asdict(), "kind": Bell(row.kind)})


def next_instant(connection: Connection) -> datetime | None:
    """When the next bell rings; None where nothing lies ahead."""
    found: datetime | None = connection.execute(select(func.min(t.agenda.c.at))).scalar_one()
    return found


def batch_end(connection: Connection, chosen: ColumnElement[bool], cursor: int, size: int) -> int | None:
    """The last case id of the next batch; None where nothing is left."""
    rows = select(t.obligation.c.case_id).where(chosen, t.obligation.c.case_id > cursor).order_by(t.obligation.c.case_id).limit(size)
    last: int | None = connection.execute(select(func.max(rows.subquery().c.case_id))).scalar_one()
    return last


def finish_bell(connection: Connection, bell: BellRow) -> None:
    """The bell has done all it had to do."""
    connection.execute(delete(t.agenda).where(t.agenda.c.id == bell.id))


def move_cursor(connection: Connection, bell: BellRow, cursor: int) -> None:
    """Where the next batch begins."""
    connection.execute(update(t.agenda).where(t.agenda.c.id == bell.id).values(cursor=cursor))


def open_occurrence(connection: Connection, bell: BellRow, now: datetime, size: int) -> int | None:
    """Open a batch of the occurrence's obligations that wait for nothing else. Returns the new cursor, None when done."""
    row = connection.execute(select(t.occurrence).where(t.occurrence.c.id == bell.occurrence_id)).one()
    if not row.opened:
        connection.execute(update(t.occurrence).where(t.occurrence.c.id == row.id).values(opened=True))
    deadlines = select(t.deadline.c.id).where(t.deadline.c.occurrence_id == row.id)
    chosen = and_(t.obligation.c.deadline_id.in_(deadlines), ~t.obligation.c.settled)
    upto = batch_end(connection, chosen, bell.cursor, size)
    if upto is None:
        return None
    ripe = [chosen, t.obligation.c.state == _S.SCHEDULED, t.obligation.c.waits == 0]
    ripe += [t.obligation.c.case_id > bell.cursor, t.obligation.c.case_id <= upto]
    if row.on_entry:
        ripe.append(
            t.obligation.c.case_id.in_(select(t.cases.c.id).where(t.cases.c.campaign_id == row.campaign_id, t.cases.c.stage >= row.stage))
        )
    opened = connection.execute(update(t.obligation).where(*ripe).values(state=_S.OPEN, changed_at=bell.at)).rowcount
    journal_batch(connection, bell, now, "opened", opened, upto, first=not row.opened)
    return upto


def lock_obligations(connection: Connection, bell: BellRow, now: datetime, size: int) -> int | None:
    """Lapse a batch of what was not handed in before the lock."""
    chosen = and_(t.obligation.c.deadline_id == bell.deadline_id, ~t.obligation.c.settled)
    upto = batch_end(connection, chosen, bell.cursor, size)
    if upto is None:
        return None
    batch = [chosen, t.obligation.c.case_id > bell.cursor, t.obligation.c.case_id <= upto, t.obligation.c.state.in_((_S.OPEN, _S.RETURNED))]
    _insert_overdue(connection, bell, batch)
    values = {"state": _S.LAPSED, "settled": True, "changed_at": bell.at}
    lapsed = connection.execute(update(t.obligation).where(*batch).values(**values)).rowcount
    journal_batch(connection, bell, now, "locked", lapsed, upto)
    return upto


def mark_late(connection: Connection, bell: BellRow, now: datetime, size: int) -> int | None:
    """Enter a batch of what is owed and late into the kept table of overdue obligations."""
    chosen = and_(t.obligation.c.deadline_id == bell.deadline_id, ~t.obligation.c.settled)
    upto = batch_end(connection, chosen, bell.cursor, size)
    if upto is None:
        return None
    batch = [chosen, t.obligation.c.case_id > bell.cursor, t.obligation.c.case_id <= upto, t.obligation.c.state.in_(OWING)]
    entered = _insert_overdue(connection, bell, batch)
    journal_batch(connection, bell, now, "late", entered, upto)
    return upto


def _insert_overdue(connection: Connection, bell: BellRow, batch: list[Any]) -> int:
    rows = (
        select(
            t.obligation.c.case_id,
            t.obligation.c.occurrence_id,
            t.obligation.c.subject,
            t.cases.c.campaign_id,
            t.cases.c.path,
            literal(bell.at, t.overdue.c.since.type),
        )
        .join(t.cases, t.cases.c.id == t.obligation.c.case_id)
        .join(t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id)
        .where(*batch, t.occurrence.c.modality != Modality.MAY)
    )
    fresh = rows.where(~_is_overdue())
    columns = ["case_id", "occurrence_id", "subject", "campaign_id", "path", "since"]
    return _insert(connection, insert(t.overdue).from_select(columns, fresh))


def _insert(connection: Connection, statement: Insert) -> int:
    """How many rows were inserted: SQLAlchemy keeps that of an INSERT only when asked, and on PostgreSQL it is gone afterwards."""
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _is_overdue() -> ColumnElement[bool]:
    same = (
        t.overdue.c.case_id == t.obligation.c.case_id,
        t.overdue.c.occurrence_id == t.obligation.c.occurrence_id,
        t.overdue.c.subject == t.obligation.c.subject,
    )
    return select(t.overdue.c.case_id).where(*same).correlate(t.obligation).exists()


@dataclass(frozen=True, kw_only=True)
class RungPlan:
    """How a rung is told: to the ball's holder, or to the unit next above it (at the top: the office, unless the file names the top)."""

    to_superior: bool
    superior_role: str
    root_id: int
    top_is_told: bool
    before_launch: bool


def fire_rung(connection: Connection, bell: BellRow, now: datetime, size: int, plan: RungPlan) -> int | None:
    """Decide a batch of notices. No obligation is rewritten: the notice is the unit's record of the rung."""
    chosen = and_(t.obligation.c.deadline_id == bell.deadline_id, ~t.obligation.c.settled)
    upto = batch_end(connection, chosen, bell.cursor, size)
    if upto is None:
        return None
    batch = [chosen, t.obligation.c.case_id > bell.cursor, t.obligation.c.case_id <= upto, t.obligation.c.state.in_(REMINDED)]
    columns = [
        "campaign_id", "case_id", "occurrence_id", "subject", "kind", "deadline_id", "number", "rung",
        "unit_id", "role", "due_at", "decided_at", "state", "reason",
    ]  # fmt: skip
    told = _insert(connection, insert(t.notice).from_select(columns, _notices(bell, now, plan).where(*batch)))
    journal_batch(connection, bell, now, "reminded", told, upto)
    return upto


def _notices(bell: BellRow, now: datetime, plan: RungPlan) -> Select[Any]:
    reviewing = t.obligation.c.state == _S.SUBMITTED
    ball = case((reviewing, t.obligation.c.reviewer_id), else_=t.obligation.c.owner_id)
    ball_role = case((reviewing, t.occurrence.c.reviewer_role), else_=t.occurrence.c.owner_role)
    holder = t.unit.alias("holder")
    to: ColumnElement[Any] = ball
    role: ColumnElement[Any] = ball_role
    if plan.to_superior:
        # A null unit is the campaign office: the top of the tree is not mailed unless the file says so.
        above: ColumnElement[Any] = holder.c.superior_id
        to = above if plan.top_is_told else func.nullif(above, plan.root_id)
        to = case((holder.c.id == plan.root_id, None), else_=to)
        role = literal(plan.superior_role)
    state, reason = (NoticeState.SUPPRESSED, "before-launch") if plan.before_launch else (NoticeState.DECIDED, "")
    return (
        select(
            literal(bell.campaign_id),
            t.obligation.c.case_id,
            t.obligation.c.occurrence_id,
            t.obligation.c.subject,
            literal(int(NoticeKind.RUNG)),
            t.obligation.c.deadline_id,
            literal(bell.number),
            literal(bell.rung),
            to,
            role,
            literal(bell.at, t.notice.c.due_at.type),
            literal(now, t.notice.c.decided_at.type),
            literal(int(state)),
            literal(reason),
        )
        .select_from(t.obligation)
        .join(t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id)
        .join(holder, holder.c.id == ball)
    )


def note_window(connection: Connection, bell: BellRow, now: datetime) -> None:
    """A stage's window opened or closed: a line in the journal."""
    kind = "stage-opened" if bell.kind is Bell.STAGE_OPENS else "stage-closed"
    data = {"stage": bell.number}
    journal.write(connection, journal.Line(kind=kind, campaign_id=bell.campaign_id, due_at=bell.at, recorded_at=now, data=data))


def task_of(connection: Connection, bell: BellRow) -> str:
    """The task whose occurrence the bell is about."""
    return str(connection.execute(select(t.occurrence.c.task).where(t.occurrence.c.id == bell.occurrence_id)).scalar_one())


def journal_batch(connection: Connection, bell: BellRow, now: datetime, kind: str, count: int, upto: int, *, first: bool = False) -> None:
    """One line for a batch. first: of what is to be known even where nobody is concerned yet."""
    if count or first:
        data = {"count": count, "after": bell.cursor, "upto": upto, "number": bell.number, "deadline": bell.deadline_id}
        line = journal.Line(
            kind=kind, campaign_id=bell.campaign_id, occurrence_id=bell.occurrence_id, due_at=bell.at, recorded_at=now, data=data
        )
        journal.write(connection, line)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One stage move that may be made now: from `position` to `target`, whose window opened at `opens_at` (None: the last gate)."""

    campaign_id: int
    position: int
    target: int
    opens_at: datetime | None


def possible_moves(connection: Connection, now: datetime) -> tuple[Move, ...]:
    """The moves for which ready cases wait and whose next window is open."""
    waiting = connection.execute(select(t.ready.c.campaign_id, t.ready.c.stage).distinct()).all()
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


def move_ready(connection: Connection, move: Move, now: datetime, size: int) -> int:
    """Move a batch of ready cases one stage on, with their journal lines, openings and counters; how many."""
    ids = select(t.ready.c.case_id).where(t.ready.c.campaign_id == move.campaign_id, t.ready.c.stage == move.position)
    upto = connection.execute(select(func.max(ids.order_by(t.ready.c.case_id).limit(size).subquery().c.case_id))).scalar_one()
    if upto is None:
        return 0
    chosen = ids.where(t.ready.c.case_id <= upto)
    entered = _entered(move)
    _journal_moves(connection, move, chosen, entered, now)
    counters.shift_tally(connection, move.campaign_id, chosen, move.position, move.target)
    count = _move_cases(connection, move, chosen)
    _open_on_entry(connection, move, chosen)
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
    values = {"stage": move.target, "visit": t.cases.c.visit + 1, "entered_at": since}
    return connection.execute(update(t.cases).where(t.cases.c.id.in_(chosen)).values(**values)).rowcount


def _open_on_entry(connection: Connection, move: Move, chosen: Select[Any]) -> None:
    if move.target == FINISHED:
        return
    occurrences = select(t.occurrence.c.id).where(
        t.occurrence.c.campaign_id == move.campaign_id, t.occurrence.c.stage == move.target, t.occurrence.c.on_entry, t.occurrence.c.opened
    )
    entered = select(t.cases.c.entered_at).where(t.cases.c.id == t.obligation.c.case_id).scalar_subquery()
    ripe = (
        t.obligation.c.case_id.in_(chosen),
        t.obligation.c.occurrence_id.in_(occurrences),
        t.obligation.c.state == _S.SCHEDULED,
        t.obligation.c.waits == 0,
    )
    if connection.execute(update(t.obligation).where(*ripe).values(state=_S.OPEN, changed_at=entered)).rowcount:
        instants = select(t.cases.c.entered_at).where(t.cases.c.id.in_(chosen)).distinct()
        for at in connection.execute(instants).scalars().all():
            came = t.obligation.c.case_id.in_(chosen.join(t.cases, t.cases.c.id == t.ready.c.case_id).where(t.cases.c.entered_at == at))
            ring_lock_again(connection, came, move.campaign_id, at)


def _keep_ready(connection: Connection, move: Move, chosen: Select[Any]) -> None:
    """Who owes nothing in the new stage is ready for the next at once."""
    blocked = select(t.progress.c.case_id).where(
        t.progress.c.case_id.in_(chosen), t.progress.c.stage <= move.target, t.progress.c.missing > 0
    )
    gone = or_(t.ready.c.case_id.in_(blocked), literal(move.target) == FINISHED)
    connection.execute(delete(t.ready).where(t.ready.c.case_id.in_(chosen), gone))
    connection.execute(update(t.ready).where(t.ready.c.case_id.in_(chosen)).values(stage=move.target, since=_entered(move)))

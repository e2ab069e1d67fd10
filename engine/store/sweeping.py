"""What the clock does, by sets: openings, rungs, locks and lateness, each in bounded batches with a cursor.

A batch, its journal line and its cursor are one transaction; a crash between two batches repeats nothing. Each of them can also be
done for one obligation alone, ahead of its batch, for somebody who wants to act on it: the batch then finds it done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Select, and_, bindparam, case, delete, func, insert, literal, or_, select, update

from engine.machine.states import Modality, ObligationState
from engine.store import journal, prepared
from engine.store import tables as t
from engine.store.codes import Bell, NoticeKind, NoticeState
from engine.store.obligations import ObligationRow

Key = tuple[int, int, int]
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

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Bells are rung in this order."""
        return self.at, self.kind, self.id


def next_bell(connection: Connection, now: datetime, *, ours: bool = False) -> BellRow | None:
    """The earliest bell at or before `now`; None where nothing is due. One indexed row is read, whatever is stored.

    ours: nobody else rings it until our transaction has ended. None too where somebody has just rung it while we waited.
    """
    return next(map(_bell, prepared.found(connection, _next(ours), {"now": now})), None)


def first_bell(connection: Connection) -> BellRow | None:
    """The earliest bell of all, due or not; None where none lies ahead."""
    return next(map(_bell, prepared.found(connection, _first(), {})), None)


def bells_of(connection: Connection, row: ObligationRow, now: datetime) -> tuple[BellRow, ...]:
    """All that is due for one obligation and that its batch has not done yet."""
    a = t.agenda.c
    about = or_(a.deadline_id == row.deadline_id, and_(a.occurrence_id == row.occurrence_id, a.deadline_id.is_(None)))
    return tuple(map(_bell, connection.execute(_due().where(about, a.cursor < row.case_id), {"now": now})))


@cache
def _next(ours: bool) -> Select[Any]:
    return _due().limit(1).with_for_update() if ours else _due().limit(1)


@cache
def _first() -> Select[Any]:
    a = t.agenda.c
    return select(t.agenda).order_by(a.at, a.kind, a.id).limit(1)


def _due() -> Select[Any]:
    a = t.agenda.c
    return select(t.agenda).where(a.at <= bindparam("now", type_=a.at.type)).order_by(a.at, a.kind, a.id)


def _bell(row: Any) -> BellRow:
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


@dataclass(frozen=True, kw_only=True)
class _Portion:
    """The obligations that are done now: those of a batch up to the case `upto`, or `only` one."""

    where: tuple[Any, ...]
    upto: int
    only: Key | None


def _portion(connection: Connection, bell: BellRow, chosen: ColumnElement[bool], size: int, only: Key | None) -> _Portion | None:
    """The next batch of those chosen, or the only one; None where nothing is left."""
    ob = t.obligation.c
    if only is not None:
        case_id, occurrence_id, subject = only
        mine = (ob.case_id == case_id, ob.occurrence_id == occurrence_id, ob.subject == subject)
        return _Portion(where=(chosen, *mine), upto=case_id, only=only)
    upto = batch_end(connection, chosen, bell.cursor, size)
    if upto is None:
        return None
    return _Portion(where=(chosen, ob.case_id > bell.cursor, ob.case_id <= upto), upto=upto, only=None)


def _of_deadline(bell: BellRow) -> ColumnElement[bool]:
    return and_(t.obligation.c.deadline_id == bell.deadline_id, ~t.obligation.c.settled)


def finish_bell(connection: Connection, bell: BellRow) -> None:
    """The bell has done all it had to do."""
    connection.execute(delete(t.agenda).where(t.agenda.c.id == bell.id))


def move_cursor(connection: Connection, bell: BellRow, cursor: int) -> None:
    """Where the next batch begins."""
    connection.execute(update(t.agenda).where(t.agenda.c.id == bell.id).values(cursor=cursor))


def open_occurrence(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """Open a batch of the occurrence's obligations that wait for nothing else. Returns the new cursor, None when done."""
    row = connection.execute(select(t.occurrence).where(t.occurrence.c.id == bell.occurrence_id)).one()
    if not row.opened:
        connection.execute(update(t.occurrence).where(t.occurrence.c.id == row.id).values(opened=True))
    deadlines = select(t.deadline.c.id).where(t.deadline.c.occurrence_id == row.id)
    portion = _portion(connection, bell, and_(t.obligation.c.deadline_id.in_(deadlines), ~t.obligation.c.settled), size, only)
    if portion is None:
        return None
    ripe = [*portion.where, t.obligation.c.state == _S.SCHEDULED, t.obligation.c.waits == 0]
    if row.on_entry:
        ripe.append(
            t.obligation.c.case_id.in_(select(t.cases.c.id).where(t.cases.c.campaign_id == row.campaign_id, t.cases.c.stage >= row.stage))
        )
    opened = connection.execute(update(t.obligation).where(*ripe).values(state=_S.OPEN, changed_at=bell.at)).rowcount
    if opened or not row.opened:
        # That it has opened is to be known even where everybody still waits for something else.
        _journal(connection, bell, now, "opened", opened, portion)
    return portion.upto


def lock_obligations(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """Lapse a batch of what was not handed in before the lock."""
    portion = _portion(connection, bell, _of_deadline(bell), size, only)
    if portion is None:
        return None
    batch = [*portion.where, t.obligation.c.state.in_((_S.OPEN, _S.RETURNED))]
    _insert_overdue(connection, bell, batch)
    values = {"state": _S.LAPSED, "settled": True, "changed_at": bell.at}
    lapsed = connection.execute(update(t.obligation).where(*batch).values(**values)).rowcount
    _journal(connection, bell, now, "locked", lapsed, portion)
    return portion.upto


def mark_late(connection: Connection, bell: BellRow, now: datetime, size: int, only: Key | None = None) -> int | None:
    """Enter a batch of what is owed and late into the kept table of overdue obligations."""
    portion = _portion(connection, bell, _of_deadline(bell), size, only)
    if portion is None:
        return None
    entered = _insert_overdue(connection, bell, [*portion.where, t.obligation.c.state.in_(OWING)])
    _journal(connection, bell, now, "late", entered, portion)
    return portion.upto


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


def fire_rung(connection: Connection, bell: BellRow, now: datetime, size: int, plan: RungPlan, only: Key | None = None) -> int | None:
    """Decide a batch of notices. No obligation is rewritten: the notice is the unit's record of the rung."""
    portion = _portion(connection, bell, _of_deadline(bell), size, only)
    if portion is None:
        return None
    batch = (*portion.where, t.obligation.c.state.in_(REMINDED), ~_is_told(bell))
    columns = [
        "campaign_id", "case_id", "occurrence_id", "subject", "kind", "deadline_id", "number", "rung",
        "unit_id", "role", "due_at", "decided_at", "state", "reason",
    ]  # fmt: skip
    told = _insert(connection, insert(t.notice).from_select(columns, _notices(bell, now, plan).where(*batch)))
    _journal(connection, bell, now, "reminded", told, portion)
    return portion.upto


def _is_told(bell: BellRow) -> ColumnElement[bool]:
    """Whether somebody who acted ahead of the batch has had this rung decided already."""
    n, ob = t.notice.c, t.obligation.c
    same = (n.case_id == ob.case_id, n.occurrence_id == ob.occurrence_id, n.subject == ob.subject)
    rung = (n.kind == NoticeKind.RUNG, n.deadline_id == bell.deadline_id, n.number == bell.number)
    return select(n.id).where(*same, *rung).correlate(t.obligation).exists()


def rung_rows(connection: Connection, bell: BellRow, size: int, only: Key | None = None) -> tuple[Sequence[Any], int | None]:
    """The obligations this rung is about (case_id, occurrence_id, subject, unit_id, owner_id, owner_role), and the new cursor.

    For rungs that go to somebody who has to be looked up for each of them.
    """
    portion = _portion(connection, bell, _of_deadline(bell), size, only)
    if portion is None:
        return [], None
    ob, c, o = t.obligation.c, t.cases.c, t.occurrence.c
    query = (
        select(ob.case_id, ob.occurrence_id, ob.subject, c.unit_id, ob.owner_id, o.owner_role)
        .join(t.cases, c.id == ob.case_id)
        .join(t.occurrence, o.id == ob.occurrence_id)
        .where(*portion.where, ob.state.in_(REMINDED), ~_is_told(bell))
        .order_by(ob.case_id)
    )
    return connection.execute(query).all(), portion.upto


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


def _journal(connection: Connection, bell: BellRow, now: datetime, kind: str, count: int, portion: _Portion) -> None:
    journal_batch(connection, bell, now, kind, count, portion.upto, portion.only)


def journal_batch(connection: Connection, bell: BellRow, now: datetime, kind: str, count: int, upto: int, only: Key | None = None) -> None:
    """One line for a batch that did something; of an obligation alone, a line about it."""
    if not count and kind != "opened":
        return
    data = {"count": count, "number": bell.number, "deadline": bell.deadline_id}
    line = journal.Line(
        kind=kind,
        campaign_id=bell.campaign_id,
        occurrence_id=bell.occurrence_id,
        due_at=bell.at,
        recorded_at=now,
        case_id=None if only is None else only[0],
        subject=0 if only is None else only[2],
        data=data if only is not None else {**data, "after": bell.cursor, "upto": upto},
    )
    journal.write(connection, line)

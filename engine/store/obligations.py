"""One obligation: read whole for a single step, and written back with all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Update, bindparam, case, insert, or_, select, type_coerce, update

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import counters, openings, paths, prepared
from engine.store import tables as t
from engine.store.codes import NoticeKind, NoticeState, Upstream
from engine.store.lookups import is_there
from engine.store.openings import Some
from engine.store.types import Coded
from engine.store.waiting import dependents_of, may_open, reads_so

_S = ObligationState
_NOTICE = insert(t.notice).inline()


class ObligationRow(NamedTuple):
    """An obligation with its occurrence, deadline and case. Instants aware UTC. awaited: others wait for what it is about."""

    campaign_id: int
    case_id: int
    occurrence_id: int
    subject: int
    unit_id: int
    path: str
    parent_path: str
    case_stage: int
    task: str
    period: str
    title: str
    period_zh: str
    period_en: str
    stage: int
    modality: Modality
    owner_id: int
    owner_role: str
    reviewer_id: int | None
    reviewer_role: str
    reviewed: bool
    opens_at: datetime | None
    opened: bool
    on_entry: bool
    urgent: bool
    pending_on: str
    deadline_id: int
    due_at: datetime | None
    due_text: str
    late_at: datetime | None
    lock_at: datetime | None
    told_from: datetime | None
    original_due_at: datetime | None
    original_due_text: str
    state: ObligationState
    waits: int
    version: int
    attempt: int
    extensions: int
    handed_in_at: datetime | None
    awaited: bool

    @property
    def key(self) -> tuple[int, int, int]:
        """(case, occurrence, subject)."""
        return self.case_id, self.occurrence_id, self.subject


_WIDTH = len(ObligationRow._fields)


def _columns() -> list[Any]:
    o, ob, c, d = t.occurrence.c, t.obligation.c, t.cases.c, t.deadline.c
    return [
        c.campaign_id, ob.case_id, ob.occurrence_id, ob.subject, c.unit_id, c.path, c.parent_path, c.stage.label("case_stage"),
        o.task, o.period, o.title, o.period_zh, o.period_en, o.stage, type_coerce(o.modality, Coded(Modality)).label("modality"),
        ob.owner_id, o.owner_role, ob.reviewer_id, o.reviewer_role, o.reviewed, o.opens_at, o.opened, o.on_entry, o.urgent, o.pending_on,
        ob.deadline_id, d.due_at, d.due_text, d.late_at, d.lock_at, d.told_from,
        o.due_at.label("original_due_at"), o.due_text.label("original_due_text"),
        type_coerce(ob.state, Coded(_S)).label("state"), ob.waits, ob.version, ob.attempt, ob.extensions, ob.handed_in_at,
        is_there(select(t.dependency.c.upstream_id).where(t.dependency.c.upstream_id == o.id).correlate(t.occurrence)).label("awaited"),
    ]  # fmt: skip


@cache
def select_obligations() -> Any:
    """The statement for obligation rows, in the order of ObligationRow; add conditions and turn what it gives into rows with `row_of`."""
    return (
        select(*_columns())
        .select_from(t.obligation)
        .join(t.cases, t.cases.c.id == t.obligation.c.case_id)
        .join(t.occurrence, t.occurrence.c.id == t.obligation.c.occurrence_id)
        .join(t.deadline, t.deadline.c.id == t.obligation.c.deadline_id)
    )


def row_of(row: Any) -> ObligationRow:
    """The obligation of a row; what else was asked for stands behind it."""
    return ObligationRow(*row[:_WIDTH])


def find(connection: Connection, campaign_id: int, unit_id: int, task: str, period: str, *, ours: bool = False) -> ObligationRow | None:
    """The unit's obligation of that task and period. ours: nobody else changes it, or its case, until our transaction has ended."""
    rows = owed(connection, campaign_id, unit_id, task, period, ours=ours)
    return rows[0] if rows else None


def owed(
    connection: Connection, campaign_id: int, unit_id: int, task: str, period: str | None, *, ours: bool = False
) -> tuple[ObligationRow, ...]:
    """The unit's obligations of that task, of one period or of all. ours: as with `find`."""
    asked = {"campaign": campaign_id, "unit": unit_id, "task": task}
    values = asked if period is None else {**asked, "period": period}
    return tuple(prepared.found_as(connection, _owed(period is not None, ours), values, ObligationRow._make))


@cache
def _owed(of_period: bool, ours: bool) -> Any:
    query = select_obligations().where(t.cases.c.campaign_id == bindparam("campaign"), t.cases.c.unit_id == bindparam("unit"))
    # Of the campaign twice: a task's occurrences are found by their key, where else all those of all campaigns would be looked through.
    query = query.where(t.occurrence.c.campaign_id == bindparam("campaign"), t.occurrence.c.task == bindparam("task"))
    if of_period:
        query = query.where(t.occurrence.c.period == bindparam("period"))
    return query.with_for_update(of=[t.cases, t.obligation]) if ours else query


def of_case(connection: Connection, case_id: int) -> tuple[ObligationRow, ...]:
    """All obligations of a case, by stage, due and name."""
    query = select_obligations().where(t.obligation.c.case_id == case_id)
    order = (t.occurrence.c.stage, t.deadline.c.due_at.is_(None), t.deadline.c.due_at, t.occurrence.c.id)
    return tuple(row_of(row) for row in connection.execute(query.order_by(*order)))


def unmet(connection: Connection, case_id: int, stage: int) -> tuple[ObligationRow, ...]:
    """What holds a case in a stage: what is due in it, and what it still owes of earlier ones."""
    gating = (t.obligation.c.case_id == case_id, t.occurrence.c.stage <= stage, t.occurrence.c.modality != Modality.MAY)
    query = select_obligations().where(*gating, t.obligation.c.state < _S.ACCEPTED)
    return tuple(
        row_of(row) for row in connection.execute(query.order_by(t.deadline.c.due_at.is_(None), t.deadline.c.due_at, t.occurrence.c.id))
    )


def _change(connection: Connection, row: ObligationRow, values: Mapping[str, Any]) -> None:
    prepared.change(connection, _update(tuple(values)), {**_key(row), **values})


def _key(row: ObligationRow) -> dict[str, int]:
    """What `_one` asks for."""
    return {"of_case": row.case_id, "of_occurrence": row.occurrence_id, "of_subject": row.subject}


@cache
def _one() -> Some:
    ob = t.obligation.c
    key = (ob.case_id == bindparam("of_case"), ob.occurrence_id == bindparam("of_occurrence"), ob.subject == bindparam("of_subject"))
    return Some(where=key)


@cache
def _update(columns: tuple[str, ...]) -> Any:
    values = {name: bindparam(name, type_=t.obligation.c[name].type) for name in columns}
    return update(t.obligation).where(*_one().where).values(values)


def set_state(connection: Connection, row: ObligationRow, state: ObligationState, now: datetime, **columns: Any) -> None:
    """Write the new state and, where the gate is touched, everything that counts it."""
    _change(connection, row, {"state": state, "settled": state.settled, "changed_at": now, **columns})
    if row.modality.gates and state.done != row.state.done:
        _count(connection, row, state, now)
    if state.done != row.state.done:
        _tell_dependents(connection, row, -1 if state.done else 1, now)
    if state in (_S.OPEN, _S.RETURNED):
        openings.ring_lock_again(connection, _one(), _key(row), row.campaign_id, now)


def _count(connection: Connection, row: ObligationRow, state: ObligationState, now: datetime) -> None:
    by = -1 if state.done else 1
    counters.change_missing(connection, row.case_id, row.stage, by)
    if row.stage > row.case_stage or row.case_stage >= FINISHED:
        return
    missing = counters.missing(connection, row.case_id, row.case_stage)
    if missing == 0:
        counters.make_ready(connection, row.campaign_id, row.case_id, row.case_stage, now)
    elif missing == by:
        # It missed nothing before.
        counters.not_ready(connection, row.case_id)


def mark_overdue(connection: Connection, row: ObligationRow, since: datetime) -> None:
    """Enter it into the kept table of what is overdue."""
    if row.modality.gates:
        values = {"case_id": row.case_id, "occurrence_id": row.occurrence_id, "subject": row.subject}
        counters.set_overdue(connection, {**values, "campaign_id": row.campaign_id, "path": row.path, "since": since})


def clear_overdue(connection: Connection, row: ObligationRow, now: datetime) -> None:
    """Take it out of the kept table of what is overdue. Only what is late under its deadline, or has lapsed, stands there."""
    if row.state is _S.LAPSED or (row.late_at is not None and row.late_at <= now):
        counters.clear_overdue(connection, *row.key)


def _tell_dependents(connection: Connection, row: ObligationRow, by: int, now: datetime) -> None:
    """Those that wait for this one wait for one less (or more); with nothing left to wait for they open."""
    for waiting, asked in _dependents(connection, row):
        steps = _steps(waiting)
        prepared.change(connection, steps.count, {**asked, "by": by})
        if by < 0:
            openings.open_late(connection, steps.ripe, asked, row.campaign_id, now, now)
        else:
            prepared.change(connection, steps.close, {**asked, "now": now})


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """What is done to those that wait: their waits are counted, the ripe ones open, or the idle ones are closed again.

    used: the titles of those that somebody has used already.
    """

    count: Update
    ripe: Some
    close: Update
    used: Select[Any]


@cache
def _steps(waiting: Some) -> _Steps:
    ob, o = t.obligation.c, t.occurrence.c
    idle = (ob.state == _S.OPEN, ob.version == 0)
    closed = {"state": _S.SCHEDULED, "changed_at": bindparam("now", type_=ob.changed_at.type)}
    used = or_(ob.version > 0, ob.state == _S.ACCEPTED)
    return _Steps(
        count=update(t.obligation).where(*waiting.where).values(waits=ob.waits + bindparam("by", type_=ob.waits.type)),
        ripe=Some(where=(*waiting.where, may_open())),
        close=update(t.obligation).where(*waiting.where, *idle).values(**closed),
        used=select(o.title).join(t.obligation, ob.occurrence_id == o.id).where(*waiting.where, used),
    )


def _dependents(connection: Connection, row: ObligationRow) -> Iterator[tuple[Some, dict[str, Any]]]:
    """For each way in which others wait for this one, those that do, and what to ask for them."""
    there = row.occurrence_id
    for (here, _), readings in dependents_of(connection, there).items() if row.awaited else ():
        for reading in sorted(readings):
            above = _above(row, reading)
            if above or reading in (Upstream.SAME, Upstream.OWED):
                yield _waiting(reading, readings, len(above)), {"here": here, "there": there, **_from(row), **prepared.listed(above)}


def _from(row: ObligationRow) -> dict[str, Any]:
    """From where those that wait are looked for."""
    return {"case": row.case_id, "campaign": row.campaign_id, "owner": row.owner_id}


def _above(row: ObligationRow, reading: Upstream) -> tuple[str, ...]:
    """The paths at which those stand that wait for what is below them."""
    named = {Upstream.DIRECTLY_BELOW: (row.parent_path,), Upstream.ALL_BELOW: paths.ancestors(row.path)}
    return named.get(reading, ())


@cache
def _waiting(reading: Upstream, readings: frozenset[Upstream], above: int) -> Some:
    """above: how many places there are to look at."""
    ob, c, u = t.obligation.c, t.cases.c, t.unit.c
    here = (ob.occurrence_id == bindparam("here"), *reads_so(reading, readings, bindparam("there")))
    if reading is Upstream.SAME:
        return Some(where=(*here, ob.case_id == bindparam("case")))
    cases = select(c.id).where(c.campaign_id == bindparam("campaign"))
    if reading is Upstream.OWED:
        return Some(where=(*here, ob.case_id.in_(cases.where(c.unit_id == bindparam("owner")))))
    # By the unit, whose path is a key: by the path of the case every case of the campaign would be read.
    cases = cases.join(t.unit, u.id == c.unit_id).where(u.path.in_(prepared.places(above)))
    return Some(where=(*here, ob.case_id.in_(cases)))


def dependents_used(connection: Connection, row: ObligationRow) -> tuple[str, ...]:
    """Tasks already handed in or done that opened because this one was: it cannot be returned under them."""
    found = [prepared.found(connection, _steps(waiting).used, asked) for waiting, asked in _dependents(connection, row)]
    return tuple(dict.fromkeys(one.title for some in found for one in some))


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What an obligation waits for: a task, how many in all and which are undone.

    keys: of all the undone obligations, in the order of the tree. units: some of those whose they are. holders: some of those who
    have to act on them, (unit id, role), each once.
    """

    task: str
    title: str
    period: str
    period_zh: str
    period_en: str
    reading: Upstream
    total: int
    undone: int
    units: tuple[int, ...]
    holders: tuple[tuple[int, str], ...]
    keys: tuple[tuple[int, int, int], ...]


def tell(connection: Connection, row: ObligationRow, kind: NoticeKind, number: int, unit_id: int | None, role: str, now: datetime) -> None:
    """Decide one notice that follows from a step, in the same transaction as its state."""
    values = {
        "campaign_id": row.campaign_id,
        "case_id": row.case_id,
        "occurrence_id": row.occurrence_id,
        "subject": row.subject,
        "kind": kind,
        "deadline_id": row.deadline_id,
        "number": number,
        "rung": 0,
        "unit_id": unit_id,
        "role": role,
        "due_at": now,
        "decided_at": now,
        "state": NoticeState.DECIDED,
        "reason": "",
    }
    prepared.change(connection, _NOTICE, values)


def set_deadline(connection: Connection, row: ObligationRow, deadline_id: int, now: datetime, *, counted: bool) -> None:
    """Point the obligation to another deadline."""
    more = 1 if counted else 0
    values = {"deadline_id": deadline_id, "extensions": t.obligation.c.extensions + more, "changed_at": now}
    connection.execute(update(t.obligation).where(*_one().where).values(**values), _key(row))


def find_deadline(connection: Connection, occurrence_id: int, due_at: datetime | None, lock_at: datetime | None) -> int | None:
    """The deadline row that others of this occurrence were already given for that due."""
    d = t.deadline.c
    query = select(d.id).where(d.occurrence_id == occurrence_id, ~d.original)
    query = query.where(d.due_at.is_(None) if due_at is None else d.due_at == due_at)
    query = query.where(d.lock_at.is_(None) if lock_at is None else d.lock_at == lock_at)
    return connection.execute(query).scalars().first()


def under(connection: Connection, campaign_id: int, task: str, period: str, path: str) -> tuple[ObligationRow, ...]:
    """The obligations of one occurrence within a subtree, in the order of the tree."""
    where = (t.cases.c.campaign_id == campaign_id, t.occurrence.c.task == task, t.occurrence.c.period == period)
    query = select_obligations().where(*where, t.cases.c.path >= path, t.cases.c.path < paths.end(path))
    return tuple(row_of(row) for row in connection.execute(query.order_by(t.cases.c.path)))


def of_units(connection: Connection, campaign_id: int, task: str, period: str, codes: Sequence[str]) -> dict[str, ObligationRow]:
    """The obligations of one occurrence that these units have, by unit code."""
    where = (t.cases.c.campaign_id == campaign_id, t.occurrence.c.task == task, t.occurrence.c.period == period)
    query = select_obligations().join(t.unit, t.unit.c.id == t.cases.c.unit_id).add_columns(t.unit.c.code.label("code"))
    return {row.code: row_of(row) for row in connection.execute(query.where(*where, t.unit.c.code.in_(codes)))}


def ball(row: ObligationRow) -> tuple[int, str]:
    """Who has to act: the reviewer while it is submitted, else the owner; (unit id, role)."""
    if row.state is _S.SUBMITTED and row.reviewer_id is not None:
        return row.reviewer_id, row.reviewer_role
    return row.owner_id, row.owner_role


def ball_columns() -> tuple[Any, Any]:
    """The same as `ball`, for statements over obligation and occurrence."""
    reviewing = t.obligation.c.state == _S.SUBMITTED
    return (
        case((reviewing, t.obligation.c.reviewer_id), else_=t.obligation.c.owner_id),
        case((reviewing, t.occurrence.c.reviewer_role), else_=t.occurrence.c.owner_role),
    )

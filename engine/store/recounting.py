"""The kept counts held against what they count. Nothing is written, and only what differs is brought into memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, func, literal, or_, select, union_all

from engine.machine.states import FINISHED, Modality, ObligationState
from engine.store import tables as t
from engine.store.codes import Bell, Upstream
from engine.store.sweeping import OWING
from engine.store.waiting import counts_of, dependencies

_S = ObligationState
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One count that is not kept as it is counted. unit: the code, '' above the root.  stage: where it counts, else `task`: whose it is."""

    unit: str
    kept: int
    counted: int
    stage: int | None = None
    task: str = ""


@dataclass(frozen=True, kw_only=True)
class Differences:
    """How many counts of one kind differ, and the first few in the order of the tree."""

    kind: str
    count: int
    first: tuple[Difference, ...]


def differences(connection: Connection, campaign_id: int) -> tuple[Differences, ...]:
    """Every kind of kept count of a running campaign: progress, tally, ready, overdue, waits."""
    return tuple(_gathered(kind, count(connection, campaign_id)) for kind, count in _KINDS.items())


def _gathered(kind: str, found: Iterator[Difference]) -> Differences:
    first: list[Difference] = []
    count = 0
    for one in found:
        count += 1
        if len(first) < SHOWN:
            first.append(one)
    return Differences(kind=kind, count=count, first=tuple(first))


def _owed(campaign_id: int) -> Any:
    """(case, stage) -> how many gating obligations are undone."""
    ob, o = t.obligation.c, t.occurrence.c
    query = select(ob.case_id, o.stage, func.count().label("n")).join(t.occurrence, o.id == ob.occurrence_id)
    gating = (o.campaign_id == campaign_id, o.modality != Modality.MAY, ob.state < _S.ACCEPTED)
    return query.where(*gating).group_by(ob.case_id, o.stage).subquery()


def _progress(connection: Connection, campaign_id: int) -> Iterator[Difference]:
    owed, p, c = _owed(campaign_id), t.progress.c, t.cases.c
    same = and_(p.case_id == owed.c.case_id, p.stage == owed.c.stage)
    kept = func.coalesce(p.missing, 0)
    wrong = select(owed.c.case_id, owed.c.stage, kept.label("kept"), owed.c.n.label("counted")).outerjoin(t.progress, same)
    idle = select(p.case_id, p.stage, p.missing, literal(0)).join(t.cases, c.id == p.case_id).outerjoin(owed, same)
    idle = idle.where(c.campaign_id == campaign_id, p.missing != 0, owed.c.n.is_(None))
    return _of_cases(connection, union_all(wrong.where(kept != owed.c.n), idle))


def _tally(connection: Connection, campaign_id: int) -> Iterator[Difference]:
    c, n = t.cases.c, t.tally.c
    standing = select(c.parent_path.label("path"), c.stage, func.count().label("n")).where(c.campaign_id == campaign_id)
    counted = standing.group_by(c.parent_path, c.stage).subquery()
    same = and_(n.campaign_id == campaign_id, n.path == counted.c.path, n.stage == counted.c.stage)
    kept = func.coalesce(n.n, 0)
    wrong = select(counted.c.path, counted.c.stage, kept.label("kept"), counted.c.n.label("counted")).outerjoin(t.tally, same)
    idle = select(n.path, n.stage, n.n, literal(0)).outerjoin(counted, same)
    idle = idle.where(n.campaign_id == campaign_id, n.n != 0, counted.c.n.is_(None))
    both = union_all(wrong.where(kept != counted.c.n), idle).subquery()
    query = select(func.coalesce(t.unit.c.code, ""), both.c.kept, both.c.counted, both.c.stage)
    return _read(connection, query.outerjoin(t.unit, t.unit.c.path == both.c.path).order_by(both.c.path, both.c.stage))


def _ready(connection: Connection, campaign_id: int) -> Iterator[Difference]:
    c, r, p = t.cases.c, t.ready.c, t.progress.c
    blocked = exists(select(p.case_id).where(p.case_id == c.id, p.stage <= c.stage, p.missing > 0).correlate(t.cases))
    listed = exists(select(r.case_id).where(r.case_id == c.id, r.stage == c.stage).correlate(t.cases))
    mine = c.campaign_id == campaign_id
    left_out = select(c.id.label("case_id"), c.stage, literal(0).label("kept"), literal(1).label("counted"))
    left_out = left_out.where(mine, c.stage < FINISHED, ~blocked, ~listed)
    too_many = select(c.id, r.stage, literal(1), literal(0)).join(t.ready, r.case_id == c.id)
    return _of_cases(connection, union_all(left_out, too_many.where(mine, or_(blocked, r.stage != c.stage, c.stage >= FINISHED))))


def _overdue(connection: Connection, campaign_id: int) -> Iterator[Difference]:
    """A lateness that has not been rung yet is nobody's fault: it stands in the agenda."""
    ob, o, v = t.obligation.c, t.occurrence.c, t.overdue.c
    same = and_(v.case_id == ob.case_id, v.occurrence_id == ob.occurrence_id, v.subject == ob.subject)
    due = select(t.agenda.c.id).where(t.agenda.c.deadline_id == t.deadline.c.id, t.agenda.c.kind == Bell.LATE)
    late = and_(ob.state.in_(OWING), t.deadline.c.late_at.is_not(None), ~exists(due.correlate(t.deadline)))
    gating = (o.campaign_id == campaign_id, o.modality != Modality.MAY)
    listed = exists(select(v.case_id).where(same).correlate(t.obligation))
    left_out = select(ob.case_id, o.task, literal(0).label("kept"), literal(1).label("counted"))
    left_out = left_out.join(t.occurrence, o.id == ob.occurrence_id).join(t.deadline, t.deadline.c.id == ob.deadline_id)
    too_many = select(v.case_id, o.task, literal(1), literal(0)).join(t.obligation, same).join(t.occurrence, o.id == ob.occurrence_id)
    done = or_(ob.state.not_in((*OWING, _S.LAPSED)), o.modality == Modality.MAY)
    both = union_all(left_out.where(*gating, or_(late, ob.state == _S.LAPSED), ~listed), too_many.where(v.campaign_id == campaign_id, done))
    return _of_cases(connection, both, by_task=True)


def _waits(connection: Connection, campaign_id: int) -> Iterator[Difference]:
    mine = select(t.occurrence.c.id).where(t.occurrence.c.campaign_id == campaign_id)
    upstream: dict[int, dict[int, frozenset[Upstream]]] = {}
    for (here, there), readings in dependencies(connection, t.dependency.c.occurrence_id.in_(mine)).items():
        upstream.setdefault(here, {})[there] = readings
    for here in connection.execute(mine.order_by(t.occurrence.c.id)).scalars().all():
        yield from _waits_of(connection, campaign_id, here, upstream.get(here, {}))


def _waits_of(connection: Connection, campaign_id: int, here: int, upstream: dict[int, frozenset[Upstream]]) -> Iterator[Difference]:
    counted: Counter[int] = Counter(dict(_own_waits(connection, here, [up for up, ways in upstream.items() if Upstream.SAME in ways])))
    for there, readings in upstream.items():
        for reading in readings - {Upstream.SAME}:
            counted.update(counts_of(connection, campaign_id, here, there, reading, readings))
    ob = t.obligation.c
    query = select(ob.case_id, t.unit.c.code, t.occurrence.c.task, ob.waits).select_from(t.obligation)
    query = query.join(t.occurrence, t.occurrence.c.id == ob.occurrence_id).join(t.cases, t.cases.c.id == ob.case_id)
    query = query.join(t.unit, t.unit.c.id == t.cases.c.unit_id).where(ob.occurrence_id == here).order_by(t.cases.c.path)
    # What waits for nothing has only to be found where a count is kept all the same.
    for row in connection.execute(query if counted else query.where(ob.waits != 0), execution_options={"yield_per": 2000}):
        if row.waits != counted[row.case_id]:
            yield Difference(unit=row.code, kept=row.waits, counted=counted[row.case_id], task=row.task)


def _own_waits(connection: Connection, here: int, upstream: list[int]) -> Iterable[tuple[int, int]]:
    if not upstream:
        return ()
    ob, up = t.obligation.c, t.obligation.alias("upstream")
    undone = and_(up.c.case_id == ob.case_id, up.c.occurrence_id.in_(upstream), up.c.state < _S.ACCEPTED)
    query = select(ob.case_id, func.count()).join(up, undone).where(ob.occurrence_id == here).group_by(ob.case_id)
    return ((case_id, n) for case_id, n in connection.execute(query))


def _of_cases(connection: Connection, both: Any, *, by_task: bool = False) -> Iterator[Difference]:
    """The differences of cases, with the codes of their units, in the order of the tree."""
    found = both.subquery()
    where = found.c.task if by_task else found.c.stage
    query = select(t.unit.c.code, found.c.kept, found.c.counted, where).join(t.cases, t.cases.c.id == found.c.case_id)
    query = query.join(t.unit, t.unit.c.id == t.cases.c.unit_id).order_by(t.cases.c.path, where)
    return _read(connection, query, by_task=by_task)


def _read(connection: Connection, query: Any, *, by_task: bool = False) -> Iterator[Difference]:
    for code, kept, counted, where in connection.execute(query, execution_options={"yield_per": 2000}):
        named = {"task": where} if by_task else {"stage": where}
        yield Difference(unit=code, kept=kept, counted=counted, **named)


_KINDS: dict[str, Callable[[Connection, int], Iterator[Difference]]] = {
    "progress": _progress,
    "tally": _tally,
    "ready": _ready,
    "overdue": _overdue,
    "waits": _waits,
}

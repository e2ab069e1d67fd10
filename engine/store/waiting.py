"""How many obligations each obligation waits for: counted whole at a launch, and again when units have moved in the tree.

What lies below is counted in one pass and added up: a count for each that waits would read all for every one (MEASURED section 3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from engine.machine.states import ObligationState
from engine.store import paths, prepared
from engine.store import tables as t
from engine.store.codes import Upstream
from engine.store.lookups import is_there

_S = ObligationState
# The first half of the lock that steps hold on which other units wait ("roll" in ASCII); the second half is the campaign.
_ROLLUPS = 0x726F6C6C


def dependencies(connection: Connection, *where: Any) -> dict[tuple[int, int], frozenset[Upstream]]:
    """What waits for what, (occurrence, upstream), and how its dependents read it; by the upstream's id."""
    d = t.dependency.c
    return _by_pair(connection.execute(select(t.dependency).where(*where).order_by(d.upstream_id, d.occurrence_id)))


def dependents_of(connection: Connection, upstream_id: int) -> dict[tuple[int, int], frozenset[Upstream]]:
    """What waits for this occurrence, and how, as `dependencies` gives it."""
    return _by_pair(prepared.found(connection, _dependents(), {"upstream": upstream_id}))


@cache
def _dependents() -> Any:
    d = t.dependency.c
    return select(t.dependency).where(d.upstream_id == bindparam("upstream")).order_by(d.occurrence_id)


def _by_pair(rows: Iterable[Any]) -> dict[tuple[int, int], frozenset[Upstream]]:
    found: dict[tuple[int, int], set[Upstream]] = {}
    for row in rows:
        found.setdefault((row.occurrence_id, row.upstream_id), set()).add(Upstream(row.reading))
    return {pair: frozenset(readings) for pair, readings in found.items()}


def hold_rollups(connection: Connection, campaign_id: int, task: str) -> None:
    """Before a step on a task that other units wait for: one such step at a time, or two of them could wait for each other's rows.

    SQLite has one writer at a time all the same.
    """
    if connection.dialect.name != "postgresql":
        return
    if prepared.found(connection, _across(), {"campaign": campaign_id, "task": task}):
        connection.execute(select(func.pg_advisory_xact_lock(_ROLLUPS, campaign_id)))


@cache
def _across() -> Any:
    d, o = t.dependency.c, t.occurrence.c
    across = select(d.upstream_id).join(t.occurrence, o.id == d.upstream_id)
    mine = (o.campaign_id == bindparam("campaign"), o.task == bindparam("task"))
    return across.where(*mine, d.reading != Upstream.SAME).limit(1)


def reads_so(reading: Upstream, readings: frozenset[Upstream], upstream_id: Any) -> tuple[Any, ...]:
    """Which of the obligations that wait read their upstream in this one of its ways.

    Each reads what is about its own unit; else what its unit owes; else, from above, all that is below. upstream_id: or its place in
    a statement.
    """
    found: list[Any] = []
    if reading in (Upstream.OWED, Upstream.ALL_BELOW) and Upstream.SAME in readings:
        own = t.obligation.alias("own")
        about_us = select(own.c.case_id).where(own.c.case_id == t.obligation.c.case_id, own.c.occurrence_id == upstream_id)
        found.append(~is_there(about_us.correlate(t.obligation)))
    if reading is Upstream.ALL_BELOW and Upstream.OWED in readings:
        found.append(t.obligation.c.case_id.not_in(_owing(upstream_id)))
    return tuple(found)


def _owing(upstream_id: Any) -> Any:
    """The cases of the units that owe it for any unit. By the selection: what is done has left the index of owners."""
    o, s, c = t.occurrence.c, t.scope.c, t.cases.c
    query = select(c.id).select_from(t.occurrence).join(t.scope, and_(s.campaign_id == o.campaign_id, s.number == o.scope))
    query = query.join(t.cases, and_(c.campaign_id == s.campaign_id, c.unit_id == s.owner_id))
    return query.where(o.id == upstream_id).correlate(None)


def count_waits(connection: Connection, campaign_id: int) -> None:
    """Write the number of undone obligations that each one waits for."""
    for here, upstream in _upstream(connection, campaign_id).items():
        _count_own(connection, here, _same(upstream))
    for here, counts in waits_on_others(connection, campaign_id):
        add_waits(connection, here, counts)


def count_own_waits(connection: Connection, occurrence_id: int, upstream: Sequence[int], after: int, upto: int) -> None:
    """Write how many undone obligations of its own unit each one waits for, of the cases numbered above `after` and up to `upto`."""
    _count_own(connection, occurrence_id, upstream, t.obligation.c.case_id > after, t.obligation.c.case_id <= upto)


def own_upstream(connection: Connection, campaign_id: int) -> dict[int, list[int]]:
    """By occurrence, those that must be done before it by the same unit."""
    return {here: same for here, upstream in _upstream(connection, campaign_id).items() if (same := _same(upstream))}


def waits_on_others(connection: Connection, campaign_id: int) -> Iterator[tuple[int, dict[int, int]]]:
    """For each occurrence that waits for other units: how many undone obligations of theirs each case waits for."""
    for here, upstream in _upstream(connection, campaign_id).items():
        counts: Counter[int] = Counter()
        for there, readings in upstream.items():
            for reading in readings - {Upstream.SAME}:
                counts.update(counts_of(connection, campaign_id, here, there, reading, readings))
        if counts:
            yield here, counts


def _upstream(connection: Connection, campaign_id: int) -> dict[int, dict[int, frozenset[Upstream]]]:
    """By the occurrence that waits: what it waits for, and how."""
    mine = select(t.occurrence.c.id).where(t.occurrence.c.campaign_id == campaign_id)
    found: dict[int, dict[int, frozenset[Upstream]]] = {}
    for (here, there), readings in dependencies(connection, t.dependency.c.occurrence_id.in_(mine)).items():
        found.setdefault(here, {})[there] = readings
    return found


def _same(upstream: Mapping[int, frozenset[Upstream]]) -> list[int]:
    return [there for there, readings in upstream.items() if Upstream.SAME in readings]


def may_open() -> Any:
    """Whether an obligation's occurrence has opened and, where that is on entry, its case has come so far."""
    # Named, because what stands two levels up is not correlated by itself: any case's stage would do.
    at = select(t.cases.c.stage).where(t.cases.c.id == t.obligation.c.case_id).correlate(t.obligation).scalar_subquery()
    opened = (t.occurrence.c.id == t.obligation.c.occurrence_id, t.occurrence.c.opened)
    ripe = select(t.occurrence.c.id).where(*opened, or_(~t.occurrence.c.on_entry, t.occurrence.c.stage <= at))
    return is_there(ripe.correlate(t.obligation))


def _count_own(connection: Connection, occurrence_id: int, upstream: Sequence[int], *cases: Any) -> None:
    """What each case waits for in itself: along the key of the obligation, so that one statement reads each case once."""
    mine = update(t.obligation).where(t.obligation.c.occurrence_id == occurrence_id, *cases)
    if not upstream:
        connection.execute(mine.where(t.obligation.c.waits != 0).values(waits=0))
        return
    up = t.obligation.alias("upstream")
    undone = (up.c.case_id == t.obligation.c.case_id, up.c.occurrence_id.in_(upstream), up.c.state < _S.ACCEPTED)
    connection.execute(mine.values(waits=select(func.count()).select_from(up).where(*undone).scalar_subquery()))


def counts_of(
    connection: Connection, campaign_id: int, here: int, there: int, reading: Upstream, readings: frozenset[Upstream]
) -> Mapping[int, int]:
    """How many undone obligations of others each case waits for with its obligation of the occurrence `here`."""
    theirs = {
        Upstream.OWED: t.obligation.c.owner_id,
        Upstream.DIRECTLY_BELOW: t.cases.c.parent_path,
        Upstream.ALL_BELOW: t.cases.c.parent_path,
    }[reading]
    undone = (t.cases.c.campaign_id == campaign_id, t.obligation.c.occurrence_id == there, t.obligation.c.state < _S.ACCEPTED)
    query = select(theirs.label("key"), func.count().label("n")).select_from(t.obligation)
    query = query.join(t.cases, t.cases.c.id == t.obligation.c.case_id).where(*undone).group_by(theirs)
    found = {row.key: row.n for row in connection.execute(query) if row.key}
    if reading is Upstream.ALL_BELOW:
        found = _rolled_up(found.items())
    mine = t.cases.c.unit_id if reading is Upstream.OWED else t.cases.c.path
    standpoints = select(t.cases.c.id, mine.label("key")).join(t.obligation, t.obligation.c.case_id == t.cases.c.id)
    chosen = (t.cases.c.campaign_id == campaign_id, t.obligation.c.occurrence_id == here, *reads_so(reading, readings, there))
    rows = connection.execute(standpoints.where(*chosen), execution_options={"yield_per": 2000})
    return {row.id: found[row.key] for row in rows if row.key in found}


def _rolled_up(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What lies below each path, out of what lies directly below it."""
    below: Counter[str] = Counter()
    for path, n in counts:
        for above in (path, *paths.ancestors(path)):
            below[above] += n
    return below


def add_waits(connection: Connection, occurrence_id: int, counts: Mapping[int, int]) -> None:
    """More that the obligations of these cases wait for."""
    same = (t.obligation.c.case_id == bindparam("of_case"), t.obligation.c.occurrence_id == occurrence_id)
    changed = update(t.obligation).where(*same).values(waits=t.obligation.c.waits + bindparam("more"))
    rows = [{"of_case": case_id, "more": n} for case_id, n in sorted(counts.items())]
    for start in range(0, len(rows), 5000):
        connection.execute(changed, rows[start : start + 5000])

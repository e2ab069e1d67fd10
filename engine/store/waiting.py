"""How many obligations each obligation waits for: counted whole at a launch, and again when units have moved in the tree.

What lies below is counted in one pass and added up: a count for each that waits would read all for every one (MEASURED section 3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from engine.machine.states import ObligationState
from engine.store import paths
from engine.store import tables as t
from engine.store.codes import Upstream

_S = ObligationState


def count_waits(connection: Connection, campaign_id: int) -> None:
    """Write the number of undone obligations that each one waits for."""
    for occurrence_id, readings in _dependencies(connection, campaign_id).items():
        _count_own(connection, occurrence_id, readings.pop(Upstream.SAME, []))
        for reading, upstream in readings.items():
            _add(connection, occurrence_id, _counts(connection, campaign_id, occurrence_id, reading, upstream))


def follow_waits(connection: Connection, campaign_id: int) -> None:
    """Count again, and open what waits for nothing any more, or close what has to wait again and that nobody has touched."""
    count_waits(connection, campaign_id)
    mine = select(t.dependency.c.occurrence_id).join(t.occurrence, t.occurrence.c.id == t.dependency.c.occurrence_id)
    waiting = t.obligation.c.occurrence_id.in_(mine.where(t.occurrence.c.campaign_id == campaign_id))
    idle = and_(waiting, t.obligation.c.waits > 0, t.obligation.c.state == _S.OPEN, t.obligation.c.version == 0)
    connection.execute(update(t.obligation).where(idle).values(state=_S.SCHEDULED))
    ripe = and_(waiting, t.obligation.c.waits == 0, t.obligation.c.state == _S.SCHEDULED, may_open())
    connection.execute(update(t.obligation).where(ripe).values(state=_S.OPEN))


def may_open() -> Any:
    """Whether an obligation's occurrence has opened and, where that is on entry, its case has come so far."""
    # Named, because what stands two levels up is not correlated by itself: any case's stage would do.
    at = select(t.cases.c.stage).where(t.cases.c.id == t.obligation.c.case_id).correlate(t.obligation).scalar_subquery()
    opened = (t.occurrence.c.id == t.obligation.c.occurrence_id, t.occurrence.c.opened)
    ripe = select(t.occurrence.c.id).where(*opened, or_(~t.occurrence.c.on_entry, t.occurrence.c.stage <= at))
    return ripe.correlate(t.obligation).exists()


def _dependencies(connection: Connection, campaign_id: int) -> dict[int, dict[Upstream, list[int]]]:
    """For each occurrence that waits: by reading, what it waits for."""
    query = select(t.dependency).join(t.occurrence, t.occurrence.c.id == t.dependency.c.occurrence_id)
    found: dict[int, dict[Upstream, list[int]]] = {}
    for row in connection.execute(query.where(t.occurrence.c.campaign_id == campaign_id)):
        found.setdefault(row.occurrence_id, {}).setdefault(Upstream(row.reading), []).append(row.upstream_id)
    return found


def _count_own(connection: Connection, occurrence_id: int, upstream: list[int]) -> None:
    """What each case waits for in itself: along the key of the obligation, so that one statement reads each case once."""
    mine = update(t.obligation).where(t.obligation.c.occurrence_id == occurrence_id)
    if not upstream:
        connection.execute(mine.where(t.obligation.c.waits != 0).values(waits=0))
        return
    up = t.obligation.alias("upstream")
    undone = (up.c.case_id == t.obligation.c.case_id, up.c.occurrence_id.in_(upstream), up.c.state < _S.ACCEPTED)
    connection.execute(mine.values(waits=select(func.count()).select_from(up).where(*undone).scalar_subquery()))


def _counts(connection: Connection, campaign_id: int, occurrence_id: int, reading: Upstream, upstream: list[int]) -> Mapping[int, int]:
    """How many undone obligations of others each case waits for with its obligation of that occurrence."""
    theirs = {
        Upstream.OWED: t.obligation.c.owner_id,
        Upstream.DIRECTLY_BELOW: t.cases.c.parent_path,
        Upstream.ALL_BELOW: t.cases.c.path,
    }[reading]
    undone = (t.cases.c.campaign_id == campaign_id, t.obligation.c.occurrence_id.in_(upstream), t.obligation.c.state < _S.ACCEPTED)
    query = select(theirs.label("key"), func.count().label("n")).select_from(t.obligation)
    query = query.join(t.cases, t.cases.c.id == t.obligation.c.case_id).where(*undone).group_by(theirs)
    found = {row.key: row.n for row in connection.execute(query)}
    if reading is Upstream.ALL_BELOW:
        found = _rolled_up(found.items())
    mine = t.cases.c.unit_id if reading is Upstream.OWED else t.cases.c.path
    standpoints = select(t.cases.c.id, mine.label("key")).join(t.obligation, t.obligation.c.case_id == t.cases.c.id)
    rows = connection.execute(standpoints.where(t.obligation.c.occurrence_id == occurrence_id))
    return {row.id: found[row.key] for row in rows if row.key in found}


def _rolled_up(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What lies below each path, the path itself left out."""
    below: Counter[str] = Counter()
    for path, n in counts:
        for above in paths.ancestors(path):
            below[above] += n
    return below


def _add(connection: Connection, occurrence_id: int, counts: Mapping[int, int]) -> None:
    same = (t.obligation.c.case_id == bindparam("of_case"), t.obligation.c.occurrence_id == occurrence_id)
    changed = update(t.obligation).where(*same).values(waits=t.obligation.c.waits + bindparam("more"))
    rows = [{"of_case": case_id, "more": n} for case_id, n in sorted(counts.items())]
    for start in range(0, len(rows), 5000):
        connection.execute(changed, rows[start : start + 5000])

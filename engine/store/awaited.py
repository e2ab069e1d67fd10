"""What obligations wait for, read for many at once: one statement for each dependency and some hundred of those that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, and_, func, or_, select

from engine.machine.states import ObligationState
from engine.store import paths
from engine.store import tables as t
from engine.store.codes import Upstream
from engine.store.obligations import ObligationRow, Waiting, ball_columns, row_of, select_obligations
from engine.store.waiting import dependencies, reads_so

Key = tuple[int, int, int]

SHOWN = 5
_PART = 400


class Waiter(Protocol):
    """An obligation that may wait, and from where it looks at what it waits for."""

    @property
    def case_id(self) -> int: ...

    @property
    def occurrence_id(self) -> int: ...

    @property
    def subject(self) -> int: ...

    @property
    def unit_id(self) -> int: ...

    @property
    def path(self) -> str: ...

    @property
    def waits(self) -> int: ...


def waits(connection: Connection, row: ObligationRow) -> tuple[Waiting, ...]:
    """Everything one obligation still waits for."""
    return waits_of(connection, [row]).get(row.key, ()) if row.waits else ()


def waits_of(connection: Connection, rows: Iterable[Waiter]) -> dict[Key, tuple[Waiting, ...]]:
    """Everything that each of these, of one campaign, still waits for; those that wait for nothing are left out."""
    waiting: dict[int, list[Waiter]] = defaultdict(list)
    for row in rows:
        if row.waits:
            waiting[row.occurrence_id].append(row)
    if not waiting:
        return {}
    pairs = dependencies(connection, t.dependency.c.occurrence_id.in_(list(waiting)))
    upstream = {up.id: up for up in connection.execute(select(t.occurrence).where(t.occurrence.c.id.in_({there for _, there in pairs})))}
    found: dict[Key, list[Waiting]] = defaultdict(list)
    for (here, there), readings in pairs.items():
        for reading in sorted(readings):
            those = _reading_so(connection, waiting[here], reading, readings, there)
            for key, theirs in _theirs(connection, upstream[there], reading, those):
                found[key] += _waiting(upstream[there], reading, theirs)
    return {key: tuple(each) for key, each in found.items()}


def by_key(connection: Connection, keys: Iterable[Key]) -> tuple[ObligationRow, ...]:
    """The obligations of these keys."""
    wanted = set(keys)
    by_occurrence: dict[int, list[int]] = defaultdict(list)
    for case_id, occurrence_id, _ in sorted(wanted):
        by_occurrence[occurrence_id].append(case_id)
    rows: list[ObligationRow] = []
    for occurrence_id, cases in by_occurrence.items():
        for part in _parts(cases):
            query = select_obligations().where(t.obligation.c.case_id.in_(part), t.obligation.c.occurrence_id == occurrence_id)
            rows += map(row_of, connection.execute(query))
    return tuple(row for row in rows if row.key in wanted)


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _PART):
        yield values[start : start + _PART]


def _reading_so(
    connection: Connection, rows: Sequence[Waiter], reading: Upstream, readings: frozenset[Upstream], there: int
) -> Sequence[Waiter]:
    """Those of these dependents that read the upstream in this way."""
    conditions = reads_so(reading, readings, there)
    if not conditions:
        return rows
    chosen: set[int] = set()
    for part in _parts([row.case_id for row in rows]):
        mine = (t.obligation.c.case_id.in_(part), t.obligation.c.occurrence_id == rows[0].occurrence_id)
        chosen.update(connection.execute(select(t.obligation.c.case_id).where(*mine, *conditions)).scalars())
    return [row for row in rows if row.case_id in chosen]


def _theirs(connection: Connection, upstream: Any, reading: Upstream, rows: Sequence[Waiter]) -> Iterator[tuple[Key, Sequence[Any]]]:
    """For each of these dependents the obligations of the upstream it reads, done ones too, in the order of the tree."""
    wanted = {_standpoint(reading, row): row.unit_id for row in rows}
    starts = _tops(wanted) if reading is Upstream.ALL_BELOW else list(wanted)
    found: dict[Any, list[Any]] = defaultdict(list)
    for part in _parts(starts):
        for upper in connection.execute(_select(upstream, reading, part, [wanted[at] for at in part])):
            for at in paths.ancestors(upper.at) if reading is Upstream.ALL_BELOW else (upper.at,):
                if at in wanted:
                    found[at].append(upper)
    for row in rows:
        yield (row.case_id, row.occurrence_id, row.subject), found[_standpoint(reading, row)]


def _standpoint(reading: Upstream, row: Waiter) -> Any:
    """From where an obligation looks at its upstream: its case, its unit, or its place in the tree."""
    if reading is Upstream.SAME:
        return row.case_id
    return row.unit_id if reading is Upstream.OWED else row.path


def _tops(wanted: Iterable[str]) -> list[str]:
    """Those of these paths that do not lie below another of them."""
    known = set(wanted)
    return [path for path in known if known.isdisjoint(paths.ancestors(path))]


def _select(upstream: Any, reading: Upstream, part: Sequence[Any], units: Sequence[int]) -> Any:
    """The statement for the obligations of the upstream read from some standpoints; `at` is the standpoint, or what lies below it."""
    ob, c = t.obligation.c, t.cases.c
    read = {
        Upstream.SAME: ob.case_id,
        Upstream.OWED: ob.owner_id,
        Upstream.DIRECTLY_BELOW: c.parent_path,
        Upstream.ALL_BELOW: c.path,
    }
    at: Any = read[reading]
    unit_id, role = ball_columns()
    holder = (func.coalesce(unit_id, ob.owner_id).label("holder"), role.label("role"))
    query = select(at.label("at"), ob.case_id, ob.subject, c.unit_id, ob.state, *holder).select_from(t.obligation)
    query = query.join(t.cases, c.id == ob.case_id).join(t.occurrence, t.occurrence.c.id == ob.occurrence_id)
    query = query.where(ob.occurrence_id == upstream.id).order_by(c.path)
    if reading is Upstream.SAME:
        return query.where(ob.case_id.in_(part))
    # By unit, which with the campaign is a key of the cases: by owner or by path all cases would be read.
    return query.where(c.campaign_id == upstream.campaign_id, c.unit_id.in_(_read_units(upstream, reading, part, units)))


def _read_units(upstream: Any, reading: Upstream, part: Sequence[Any], units: Sequence[int]) -> Any:
    """The units whose obligations are read from these standpoints."""
    s, u = t.scope.c, t.unit.c
    if reading is Upstream.OWED:
        return select(s.unit_id).where(s.campaign_id == upstream.campaign_id, s.number == upstream.scope, s.owner_id.in_(units))
    if reading is Upstream.DIRECTLY_BELOW:
        return select(u.id).where(u.superior_id.in_(units))
    return select(u.id).where(or_(*(and_(u.path > path, u.path < paths.end(path)) for path in part)))


def _waiting(upstream: Any, reading: Upstream, theirs: Sequence[Any]) -> list[Waiting]:
    """What is undone among what one obligation reads; nothing where all is done."""
    undone = [row for row in theirs if row.state < ObligationState.ACCEPTED]
    if not undone:
        return []
    return [
        Waiting(
            task=upstream.task,
            title=upstream.title,
            period=upstream.period,
            period_zh=upstream.period_zh,
            period_en=upstream.period_en,
            reading=reading,
            total=len(theirs),
            undone=len(undone),
            units=tuple(row.unit_id for row in undone[:SHOWN]),
            holders=tuple(dict.fromkeys((row.holder, row.role) for row in undone))[:SHOWN],
            keys=tuple((row.case_id, upstream.id, row.subject) for row in undone),
        )
    ]

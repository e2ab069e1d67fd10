"""What a running campaign goes on asking of units that the roster has closed or moved: it keeps to the tree of its launch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select, true

from engine.machine.states import ObligationState
from engine.store import tables as t

T = TypeVar("T")
_TOGETHER = 100


@dataclass(frozen=True, kw_only=True)
class Lingering:
    """A unit (its code) in a campaign: how many undone tasks it still has a part in, and the names of the units they go to from there."""

    unit: str
    tasks: int
    to: tuple[str, ...]


def of_closed(connection: Connection, campaign_id: int, codes: Sequence[str], after: datetime | None) -> tuple[Lingering, ...]:
    """What is about these units, or theirs to do or to review. after: only what is due later than that or has no due; None: all."""
    d = t.deadline.c
    late = true() if after is None else or_(d.due_at.is_(None), d.due_at > after)
    found: list[Any] = []
    for part in _parts(codes):
        chosen = t.unit.c.code.in_(part)
        for query in (_about(), _owed(), _reviewed()):
            found += connection.execute(query.where(t.cases.c.campaign_id == campaign_id, chosen, late))
    units: dict[str, list[Any]] = {}
    for row in sorted(found, key=lambda row: row.path):
        units.setdefault(row.code, []).append(row)
    return tuple(together(code, [(row.n, row.to) for row in mine]) for code, mine in units.items())


def together(unit: str, found: Iterable[tuple[int, str]]) -> Lingering:
    """What was found at a unit, (how many, where to), taken together."""
    known = tuple(found)
    return Lingering(unit=unit, tasks=sum(n for n, _ in known), to=tuple(dict.fromkeys(to for _, to in known if to)))


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A selection of a campaign at one unit, as the launch settled it: who owes and who reviews, and how many tasks of it are undone."""

    unit_id: int
    unit: str
    path: str
    scope: int
    owner_id: int
    owner: str
    reviewer_id: int | None
    reviewer: str
    undone: int


def settled(connection: Connection, campaign_id: int, unit_ids: Sequence[int]) -> tuple[Settled, ...]:
    """The selections in which these units still have something undone."""
    found: list[Settled] = []
    for part in _parts(unit_ids):
        query = _settled().where(t.cases.c.campaign_id == campaign_id, t.cases.c.unit_id.in_(part))
        found += [Settled(**row._asdict()) for row in connection.execute(query)]
    return tuple(found)


def _settled() -> Any:
    s, u, c, o, ob = t.scope.c, t.unit.c, t.cases.c, t.occurrence.c, t.obligation.c
    owner, judge = t.unit.alias("owner"), t.unit.alias("judge")
    names = (owner.c.name, func.coalesce(judge.c.name, ""))
    keys = (s.unit_id, u.code, u.path, s.number, s.owner_id, names[0], s.reviewer_id, names[1])
    labels = ("unit_id", "unit", "path", "scope", "owner_id", "owner", "reviewer_id", "reviewer")
    query = select(*(key.label(label) for key, label in zip(keys, labels, strict=True)), func.count().label("undone"))
    query = query.select_from(t.cases).join(t.unit, u.id == c.unit_id)
    query = query.join(t.obligation, ob.case_id == c.id).join(t.occurrence, o.id == ob.occurrence_id)
    query = query.join(t.scope, and_(s.campaign_id == c.campaign_id, s.number == o.scope, s.unit_id == c.unit_id))
    query = query.join(owner, owner.c.id == s.owner_id).outerjoin(judge, judge.c.id == s.reviewer_id)
    return query.where(ob.state < ObligationState.ACCEPTED).group_by(*keys)


def _parts(some: Sequence[T]) -> Iterator[Sequence[T]]:
    return (some[start : start + _TOGETHER] for start in range(0, len(some), _TOGETHER))


def _counted(unit: ColumnElement[bool], to: Any) -> Any:
    """(code, path, to, n): undone obligations by the unit that the condition joins and by the name of another one."""
    u, ob = t.unit.c, t.obligation.c
    query = select(u.code, u.path, to.label("to"), func.count().label("n")).select_from(t.obligation)
    query = query.join(t.cases, t.cases.c.id == ob.case_id).join(t.occurrence, t.occurrence.c.id == ob.occurrence_id)
    query = query.join(t.deadline, t.deadline.c.id == ob.deadline_id).join(t.unit, unit)
    return query.group_by(u.code, u.path, to).where(ob.state < ObligationState.ACCEPTED)


def _about() -> Any:
    """Of a unit's own case: to whoever owes it, or else reviews it."""
    ob, other = t.obligation.c, t.unit.alias("other")
    to = case((ob.owner_id != t.cases.c.unit_id, ob.owner_id), (t.occurrence.c.reviewed, ob.reviewer_id), else_=None)
    return _counted(t.unit.c.id == t.cases.c.unit_id, other.c.name).outerjoin(other, other.c.id == to)


def _owed() -> Any:
    """What a unit owes for others."""
    ob = t.obligation.c
    return _counted(t.unit.c.id == ob.owner_id, literal("")).where(ob.owner_id != t.cases.c.unit_id, ~ob.settled)


def _reviewed() -> Any:
    """What is a unit's to review."""
    ob = t.obligation.c
    return _counted(t.unit.c.id == ob.reviewer_id, literal("")).where(t.occurrence.c.reviewed, ~ob.settled)

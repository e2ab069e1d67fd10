"""What units owe and have to judge, all of it at once: what is settled too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from engine.machine.states import ObligationState
from engine.store import paths
from engine.store import tables as t
from engine.store.obligations import ObligationRow, row_of, select_obligations

Key = tuple[int, int, int]
# How many units are asked for in one statement, and how many cases.
_UNITS, _CASES = 200, 500


@dataclass(frozen=True, kw_only=True)
class Duty:
    """An obligation, and when anything of it was changed last."""

    row: ObligationRow
    changed_at: datetime


def duties_of(
    connection: Connection, campaign_id: int, units: Mapping[int, str], *, undone_after: datetime | None = None
) -> tuple[Duty, ...]:
    """Everything of a campaign that these units (ids with their paths) owe, or that was handed in to them; in order of due.

    Where a unit owes or judges what is about another one, that one stands below it.
    undone_after: only what is not done, and due later than that.
    """
    chosen = () if undone_after is None else (t.deadline.c.due_at > undone_after, t.obligation.c.state < ObligationState.ACCEPTED)
    ids = sorted(units)
    found: dict[Key, Duty] = {}
    for start in range(0, len(ids), _UNITS):
        some = ids[start : start + _UNITS]
        for where in _ways(some, [units[number] for number in some]):
            found |= {duty.row.key: duty for duty in _read(connection, campaign_id, and_(where, *chosen))}
    return tuple(sorted(found.values(), key=_due))


def _ways(ids: Sequence[int], places: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Each of them is found by an index of its own: what is settled stands in none by its owner or reviewer."""
    ob, within = t.obligation.c, [and_(t.unit.c.path >= path, t.unit.c.path < paths.end(path)) for path in _tops(places)]
    owing, judging = ob.owner_id.in_(ids), and_(ob.reviewer_id.in_(ids), ob.version > 0)
    yield and_(~ob.settled, owing)
    yield and_(~ob.settled, judging)
    # By unit, which with the campaign is a key of the cases.
    yield and_(ob.settled, t.cases.c.unit_id.in_(select(t.unit.c.id).where(or_(*within))), or_(owing, judging))


def _tops(places: Sequence[str]) -> list[str]:
    """Those of these paths that do not lie below another of them."""
    known = set(places)
    return [path for path in places if known.isdisjoint(paths.ancestors(path))]


def _read(connection: Connection, campaign_id: int, where: ColumnElement[bool]) -> Iterator[Duty]:
    query = select_obligations().add_columns(t.obligation.c.changed_at).where(t.cases.c.campaign_id == campaign_id, where)
    for row in connection.execute(query):
        yield Duty(row=row_of(row), changed_at=row.changed_at)


def changes_of(connection: Connection, case_ids: Sequence[int]) -> dict[Key, datetime]:
    """When anything of each obligation of these cases was changed last."""
    ob = t.obligation.c
    found: dict[Key, datetime] = {}
    for start in range(0, len(case_ids), _CASES):
        query = select(ob.case_id, ob.occurrence_id, ob.subject, ob.changed_at).where(ob.case_id.in_(case_ids[start : start + _CASES]))
        found |= {tuple(row[:3]): row.changed_at for row in connection.execute(query)}
    return found


def _due(duty: Duty) -> Any:
    row = duty.row
    return row.due_at is None, row.due_at, row.path, row.occurrence_id, row.subject


def is_due_after(connection: Connection, campaign_id: int, instant: datetime) -> bool:
    """Whether anything of a campaign is due later than that."""
    mine = select(t.occurrence.c.id).where(t.occurrence.c.campaign_id == campaign_id)
    query = select(t.deadline.c.id).where(t.deadline.c.occurrence_id.in_(mine), t.deadline.c.due_at > instant).limit(1)
    return connection.execute(query).first() is not None


def roles(connection: Connection, campaign_id: int) -> tuple[str, ...]:
    """Every role in which anybody owes or judges in a campaign."""
    o = t.occurrence.c
    found = connection.execute(select(o.owner_role, o.reviewer_role).where(o.campaign_id == campaign_id).distinct()).all()
    return tuple(sorted({role for row in found for role in row}))


def vacant_within(connection: Connection, path: str, posts: Sequence[str], day: date) -> Iterator[int]:
    """The ids of the units within `path` at which nobody holds any of the posts that day, in the order of the tree."""
    h, u = t.tenure.c, t.unit.c
    held = (h.unit_id == u.id, h.post.in_(posts), (h.since.is_(None)) | (h.since <= day), (h.until.is_(None)) | (h.until >= day))
    vacant = ~select(h.unit_id).where(*held).correlate(t.unit).exists()
    query = select(u.id).where(u.path >= path, u.path < paths.end(path), vacant).order_by(u.path)
    for row in connection.execute(query, execution_options={"yield_per": 2000}):
        yield row[0]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the journal says of one obligation. lines: how many lines; newest: the id of the last of each kind."""

    lines: int
    newest: Mapping[str, int]


def told_of(connection: Connection, case_ids: Sequence[int]) -> dict[Key, Told]:
    """What the journal says of the obligations of these cases."""
    e = t.event.c
    key = (e.case_id, e.occurrence_id, e.subject)
    query = select(*key, e.kind, func.count().label("n"), func.max(e.id).label("newest")).group_by(*key, e.kind)
    found: dict[Key, Told] = {}
    for start in range(0, len(case_ids), _CASES):
        some = (e.case_id.in_(case_ids[start : start + _CASES]), e.occurrence_id.is_not(None))
        for row in connection.execute(query.where(*some)):
            before = found.get(row[:3], Told(lines=0, newest={}))
            found[tuple(row[:3])] = Told(lines=before.lines + row.n, newest={**before.newest, row.kind: row.newest})
    return found


def lines_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """These lines of the journal, by id. principal: the name of whoever it was done for, which may be who wrote it."""
    e, actor, other = t.event.c, t.person.alias("actor"), t.person.alias("principal")
    names = func.coalesce(other.c.name, actor.c.name).label("principal")
    query = select(t.event, names).outerjoin(actor, actor.c.id == e.actor_id).outerjoin(other, other.c.id == e.behalf_id)
    found: dict[int, Any] = {}
    for start in range(0, len(ids), _CASES):
        found |= {row.id: row for row in connection.execute(query.where(e.id.in_(ids[start : start + _CASES])))}
    return found

"""The journal: append-only lines of who did what to which case, when and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from engine.store import prepared
from engine.store.tables import event, person

_NOTHING: Mapping[str, Any] = {}


# Made in every step: a frozen dataclass would take ten times as long.
class Line(NamedTuple):
    """One line. `due_at`: when it fell due; `recorded_at`: when it was written. `forced`: an override, shown for ever."""

    kind: str
    recorded_at: datetime
    campaign_id: int | None = None
    case_id: int | None = None
    occurrence_id: int | None = None
    subject: int = 0
    due_at: datetime | None = None
    actor_id: int | None = None
    behalf_id: int | None = None
    forced: bool = False
    data: Mapping[str, Any] = _NOTHING


# Letters could not be written with a template of the office: `place` and `count`.
MISWORDED = "misworded"
_WRITE = insert(event).inline()


def write(connection: Connection, line: Line) -> None:
    """Append a line."""
    prepared.change(connection, _WRITE, line._asdict())


def as_text(data: Mapping[str, Any]) -> str:
    """`data` as it stands in the table, for lines that are written by sets."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def last_instant(connection: Connection) -> datetime | None:
    """When the last line was written: effective time never goes back behind it."""
    return connection.execute(select(event.c.recorded_at).order_by(event.c.id.desc()).limit(1)).scalar_one_or_none()


def last_line(connection: Connection) -> int:
    """The number of the last line; 0 where there is none."""
    return connection.execute(select(func.max(event.c.id))).scalar_one() or 0


def is_said_since(connection: Connection, kind: str, line: int) -> bool:
    """Whether a line of that kind was written after that one."""
    return connection.execute(_said_since(), {"kind": kind, "line": line}).first() is not None


@cache
def _said_since() -> Select[Any]:
    return select(event.c.id).where(event.c.id > bindparam("line"), event.c.kind == bindparam("kind")).limit(1)


def misworded(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many letters of a campaign could not be written with a template of the office, by its place."""
    found: dict[str, int] = {}
    query = select(event.c.data).where(event.c.campaign_id == campaign_id, event.c.kind == MISWORDED).order_by(event.c.id)
    for data in connection.execute(query, execution_options={"yield_per": 1000}).scalars():
        found[data["place"]] = found.get(data["place"], 0) + data["count"]
    return found


def times(connection: Connection, key: tuple[int, int, int], kind: str) -> int:
    """How many lines of that kind there are about an obligation."""
    (found,) = prepared.found(connection, _times(), {"case": key[0], "occurrence": key[1], "subject": key[2], "kind": kind})
    return int(found.n)


@cache
def _times() -> Any:
    e = event.c
    mine = (e.case_id == bindparam("case"), e.occurrence_id == bindparam("occurrence"), e.subject == bindparam("subject"))
    return select(func.count().label("n")).where(*mine, e.kind == bindparam("kind"))


def last_of(connection: Connection, key: tuple[int, int, int], kind: str) -> Any:
    """The newest line of that kind about an obligation (case, occurrence, subject); None where there is none.

    actor, principal: the names of whoever wrote it and of whoever it was done for; the same where she did it herself.
    """
    values = {"case": key[0], "occurrence": key[1], "subject": key[2], "kind": kind}
    return next(iter(prepared.found(connection, _last(), values)), None)


def named_lines() -> Select[Any]:
    """The statement for lines with `actor` and `principal`; add conditions."""
    other = person.alias("principal")
    names = (person.c.name.label("actor"), func.coalesce(other.c.name, person.c.name).label("principal"))
    query = select(event, *names).outerjoin(person, person.c.id == event.c.actor_id)
    return query.outerjoin(other, other.c.id == event.c.behalf_id)


@cache
def _last() -> Select[Any]:
    return _newest(named_lines())


def last_actor(connection: Connection, key: tuple[int, int, int], kind: str) -> Any:
    """Who wrote that line, and for whom: `actor_id`, `behalf_id`; None where there is none."""
    values = {"case": key[0], "occurrence": key[1], "subject": key[2], "kind": kind}
    return next(iter(prepared.found(connection, _last_actor(), values)), None)


@cache
def _last_actor() -> Select[Any]:
    return _newest(select(event.c.actor_id, event.c.behalf_id))


def _newest(lines: Select[Any]) -> Select[Any]:
    """The newest of these lines that is about an obligation and of a kind."""
    e = event.c
    mine = (e.case_id == bindparam("case"), e.occurrence_id == bindparam("occurrence"), e.subject == bindparam("subject"))
    return lines.where(*mine, e.kind == bindparam("kind")).order_by(e.id.desc()).limit(1)

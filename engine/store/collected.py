"""What many units have handed in for one task and period, in the order of the tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, select

from engine.store import paths
from engine.store import tables as t


def owed_within(connection: Connection, campaign_id: int, task: str, period: str, path: str) -> Iterator[Any]:
    """Every obligation within `path` with its items, one row each: code, name, state, newest, version, item, digest, file, ....

    newest: the number of its last version. Without any item there is one row whose version is None. Older versions come first.
    """
    ob, c, o, a, u = t.obligation.c, t.cases.c, t.occurrence.c, t.artifact.c, t.unit.c
    same = and_(a.case_id == ob.case_id, a.occurrence_id == ob.occurrence_id, a.subject == ob.subject)
    columns = (
        u.code, u.name, ob.state, ob.version.label("newest"),
        a.version, a.item, a.digest, a.name.label("file"), a.statement, a.on_day,
    )  # fmt: skip
    query = (
        select(*columns)
        .select_from(t.obligation)
        .join(t.occurrence, o.id == ob.occurrence_id)
        .join(t.cases, c.id == ob.case_id)
        .join(t.unit, u.id == c.unit_id)
        .outerjoin(t.artifact, same)
        .where(o.campaign_id == campaign_id, o.task == task, o.period == period, c.path >= path, c.path < paths.end(path))
        .order_by(c.path, a.version, a.id)
    )
    yield from connection.execute(query)


def newest_contents(connection: Connection, case_id: int) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """What was entered last in each item of a case: task, period, item, content."""
    ob, o, a = t.obligation.c, t.occurrence.c, t.artifact.c
    same = and_(a.case_id == ob.case_id, a.occurrence_id == ob.occurrence_id, a.subject == ob.subject, a.version == ob.version)
    query = (
        select(o.task, o.period, a.item, a.content)
        .select_from(t.obligation)
        .join(t.occurrence, o.id == ob.occurrence_id)
        .join(t.artifact, same)
    )
    for row in connection.execute(query.where(ob.case_id == case_id).order_by(a.id)):
        if row.content:
            yield row.task, row.period, row.item, row.content


def newest_files(connection: Connection, case_id: int) -> dict[tuple[str, str], tuple[str, ...]]:
    """The names of the files that one case handed in last, by task and period."""
    ob, o, a = t.obligation.c, t.occurrence.c, t.artifact.c
    same = and_(a.case_id == ob.case_id, a.occurrence_id == ob.occurrence_id, a.subject == ob.subject, a.version == ob.version)
    query = select(o.task, o.period, a.name).select_from(t.obligation).join(t.occurrence, o.id == ob.occurrence_id).join(t.artifact, same)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in connection.execute(query.where(ob.case_id == case_id, a.name != "").order_by(a.id)):
        found[(row.task, row.period)] = (*found.get((row.task, row.period), ()), row.name)
    return found

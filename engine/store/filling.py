"""The cases of a campaign that is being launched, some units at a time: each with what it owes, and every counter.

A batch must cost what is in the batch, whatever plan a database makes for it without statistics or with old ones: so each statement
has to begin with the cases of the batch, and look up by its whole key what belongs to each: what is asked for in brackets is no join, so
neither can do otherwise. SQLite follows the order of a CROSS JOIN; a `+ 0` keeps an index out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, func, insert, literal_column, select, text

from engine.machine.states import BEFORE, Modality, ObligationState
from engine.store import paths, prepared
from engine.store import tables as t
from engine.store.launching import NewScope
from engine.store.types import Instant
from engine.store.waiting import count_own_waits

_SCOPE = insert(t.scope).inline()
# What each selection owes, looked up once for the whole batch; then every case of it, in every selection that it is in.
_HELD = "(SELECT s.{column} FROM scope s WHERE s.campaign_id = :campaign AND s.number = n.scope AND s.unit_id = c.unit_id + 0)"
_OWED = (
    "WITH owed AS MATERIALIZED ({owed}), numbers AS MATERIALIZED (SELECT DISTINCT scope FROM owed), held AS MATERIALIZED ("
    f"SELECT c.id, n.scope, {_HELD.format(column='owner_id')} AS owner_id, {_HELD.format(column='reviewer_id')} AS reviewer_id"
    " FROM cases c CROSS JOIN numbers n WHERE c.id > :after AND c.id <= :upto AND c.campaign_id + 0 = :campaign)"
    " INSERT INTO {table} SELECT {columns} FROM held h CROSS JOIN owed o WHERE o.scope = h.scope AND h.owner_id IS NOT NULL"
)
_OBLIGATIONS = text(
    _OWED.format(
        owed="SELECT o.scope, o.id, d.id AS deadline_id FROM occurrence o JOIN deadline d ON d.occurrence_id = o.id"
        " WHERE o.campaign_id = :campaign ORDER BY o.id",
        table="obligation (case_id, occurrence_id, subject, owner_id, reviewer_id, deadline_id, state, settled, waits, version, attempt,"
        " extensions, changed_at)",
        columns=f"h.id, o.id, 0, h.owner_id, h.reviewer_id, o.deadline_id, {ObligationState.SCHEDULED:d}, FALSE, 0, 0, 1, 0, :now",
    )
).bindparams(bindparam("now", type_=Instant))
# A stage may ask for something of several selections.
_PROGRESS = text(
    _OWED.format(
        owed="SELECT scope, stage, count(*) AS n FROM occurrence"
        f" WHERE campaign_id = :campaign AND modality <> {Modality.MAY:d} GROUP BY scope, stage",
        table="progress (case_id, stage, missing)",
        columns="h.id, o.stage, sum(o.n)",
    )
    + " GROUP BY h.id, o.stage"
)
# ON CONFLICT reads the same on both databases.
_TALLY = text(
    "INSERT INTO tally (campaign_id, path, stage, n) SELECT campaign_id, parent_path, stage, count(*) FROM cases"
    " WHERE id > :after AND id <= :upto AND campaign_id + 0 = :campaign GROUP BY campaign_id, parent_path, stage"
    " ON CONFLICT (campaign_id, path, stage) DO UPDATE SET n = tally.n + excluded.n"
)


def fill(connection: Connection, campaign_id: int, scopes: Sequence[NewScope], now: datetime, same: Mapping[int, Sequence[int]]) -> None:
    """These units enter the campaign. scopes: all that they owe, unit by unit; no unit comes in twice.

    same: by occurrence, those that must be done before it by the same unit.
    """
    _begin_with_cases(connection)
    at = int(now.timestamp())
    units = dict.fromkeys(row.unit_id for row in scopes)
    after = _last_case(connection)
    names = tuple(t.scope.c.keys())
    selected = [(campaign_id, row.number, row.unit_id, row.owner_id, row.reviewer_id) for row in scopes]
    prepared.change_rows(connection, _SCOPE, names, selected)
    prepared.change_rows(connection, _case(), ("campaign", "now", "unit"), [(campaign_id, at, unit) for unit in units])
    batch = {"campaign": campaign_id, "after": after, "upto": _last_case(connection)}
    prepared.change(connection, _OBLIGATIONS, {**batch, "now": now})
    prepared.change(connection, _PROGRESS, batch)
    prepared.change(connection, _ready(), {**batch, "now": now})
    prepared.change(connection, _TALLY, batch)
    for here, upstream in same.items():
        count_own_waits(connection, here, upstream, after, batch["upto"])


def _begin_with_cases(connection: Connection) -> None:
    """Let PostgreSQL look up what belongs to each case of the batch, instead of reading whole tables to match them with it."""
    if connection.dialect.name == "postgresql":
        off = [func.set_config(f"enable_{way}", "off", True) for way in ("hashjoin", "mergejoin", "seqscan")]
        connection.execute(select(*off))


def _last_case(connection: Connection) -> int:
    """What is numbered later, by whomever, comes after it."""
    return connection.execute(select(func.max(t.cases.c.id))).scalar_one() or 0


def _number(value: int) -> Any:
    """A number that is the same for every row: written out, for what is bound is bound again for each."""
    return literal_column(str(int(value)))


@cache
def _case() -> Insert:
    u, c = t.unit.c, t.cases.c
    values = {
        c.campaign_id: bindparam("campaign", type_=c.campaign_id.type),
        c.unit_id: u.id,
        c.path: u.path,
        c.parent_path: func.substr(u.path, _number(1), func.length(u.path) - _number(paths.STEP)),
        c.stage: _number(BEFORE),
        c.entered_at: bindparam("now", type_=Instant),
    }
    return insert(t.cases).from_select(list(values), select(*values.values()).where(u.id == bindparam("unit"))).inline()


@cache
def _ready() -> Insert:
    c = t.cases.c
    rows = select(c.id, c.campaign_id, c.stage, bindparam("now", type_=Instant))
    batch = (c.id > bindparam("after"), c.id <= bindparam("upto"), c.campaign_id + 0 == bindparam("campaign"))
    return insert(t.ready).from_select(["case_id", "campaign_id", "stage", "since"], rows.where(*batch)).inline()

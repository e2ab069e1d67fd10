"""The whole database as one can compare it: rows by what they are about, not by their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select

from engine.store import tables as t
from engine.store.database import Database

Rows = dict[str, Counter[tuple[Any, ...]]]
Names = dict[str, dict[Any, Any]]

# What a row is called where another refers to it: its number is burnt by whoever rolls back or comes second.
CALLED = {
    "person": ("key",),
    "unit": ("code",),
    "workflow": ("digest",),
    "campaign": ("name",),
    "occurrence": ("campaign_id", "task", "period"),
    "deadline": ("occurrence_id", "due_at", "lock_at", "original"),
    "cases": ("campaign_id", "unit_id"),
    "message": ("campaign_id", "person_id", "channel", "day", "serial"),
}
# Numbers of rows that refer without a foreign key.
REFERRING = {("notice", "deadline_id"): "deadline", ("agenda", "cursor"): "cases"}
REFERRING_DATA = {"deadline": "deadline", "after": "cases", "upto": "cases"}
# A Message-ID holds numbers; what a killed process began is counted, and noted as nobody knowing what came of it.
LEFT_OUT = {"message": {"token", "answers", "attempts"}, "attempt": {"reason"}}


def snapshot(database: Database, without: Mapping[str, set[str]]) -> Rows:
    """Every row of every table, some columns left out, and how often it is there."""
    names: Names = {}
    with database.read() as connection:
        found: Rows = {}
        for table in sorted(t.metadata.tables.values(), key=_depth):
            rows = [row._asdict() for row in connection.execute(select(table))]
            named = [(row, _named(table, row, names)) for row in rows]
            if table.name in CALLED:
                names[table.name] = {row["id"]: tuple(other[column] for column in CALLED[table.name]) for row, other in named}
            found[table.name] = Counter(_comparable(table, other, without) for row, other in named if not _is_noise(table, row))
    return found


def _depth(table: Table) -> int:
    """How many tables must be named before this one."""
    above = [key.column.table for key in table.foreign_keys if key.column.table is not table]
    return 1 + max(map(_depth, above), default=0)


def _named(table: Table, row: dict[str, Any], names: Names) -> dict[str, Any]:
    named = dict(row)
    for column in table.columns:
        target = REFERRING.get((table.name, column.name)) or next((key.column.table.name for key in column.foreign_keys), None)
        if target in names and row[column.name] is not None:
            named[column.name] = names[target].get(row[column.name], "nobody")
    if table.name == "unit":
        named["superior_id"] = row["path"][:-5]
    if table.name == "event":
        named["data"] = {key: _called(names, key, value) for key, value in row["data"].items()}
    return named


def _called(names: Names, key: str, value: Any) -> Any:
    return names[REFERRING_DATA[key]].get(value, "nobody") if key in REFERRING_DATA else value


def _comparable(table: Table, row: dict[str, Any], without: Mapping[str, set[str]]) -> tuple[Any, ...]:
    left_out = LEFT_OUT.get(table.name, set()) | without.get(table.name, set()) | {"id"}
    return tuple(repr(value) for name, value in row.items() if name not in left_out)


def _is_noise(table: Table, row: dict[str, Any]) -> bool:
    """What is there for having been begun twice: an attempt of somebody killed, an import that found everything done."""
    if table.name == "attempt":
        return bool(row["outcome"] == "unknown" and row["reason"] == "interrupted")
    return bool(table.name == "event" and row["kind"] == "imported" and not any(row["data"].values()))


def difference(expected: Rows, found: Rows) -> list[str]:
    """What is missing in, and what is added to, the rows that were expected."""
    missing = [f"- {name} {row}" for name in expected for row in expected[name] - found[name]]
    added = [f"+ {name} {row}" for name in expected for row in found[name] - expected[name]]
    return missing + added

"""Many units at once, each with the chain above it, and everybody who holds a post there on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from engine.store import paths
from engine.store.people import Holder, holders
from engine.store.roster import UnitRow, row_of
from engine.store.tables import unit

_PART = 500


def units_by_id(connection: Connection, ids: Iterable[int], known: Mapping[int, UnitRow]) -> dict[int, UnitRow]:
    """The units of these ids and every unit above them, by id; `known` ones are not read again. Unknown ids are left out."""
    found = _rows(connection, unit.c.id, [number for number in ids if number not in known])
    above = {path for row in found for path in paths.ancestors(row.path)} - {row.path for row in found}
    rows = sorted([*found, *_rows(connection, unit.c.path, sorted(above))], key=lambda row: len(row.path))
    units = dict(known)
    for row in rows:
        units.setdefault(row.id, row_of(row, units.get(row.superior_id)))
    return units


def _rows(connection: Connection, column: Any, values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(values), _PART):
        found += connection.execute(select(unit).where(column.in_(values[start : start + _PART]))).all()
    return found


def holders_by_unit(connection: Connection, ids: Iterable[int], day: date) -> dict[int, tuple[Holder, ...]]:
    """Who holds any post at each of these units on that day; an empty tuple where nobody does."""
    wanted = tuple(ids)
    found: dict[int, list[Holder]] = defaultdict(list)
    for holder in holders(connection, wanted, day):
        found[holder.unit_id].append(holder)
    return {number: tuple(found[number]) for number in wanted}

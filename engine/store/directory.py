"""Many units at once, each with the chain above it, and everybody who holds a post there on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from engine.store import paths, prepared
from engine.store.people import Holder, holders
from engine.store.roster import UnitRow, row_of
from engine.store.tables import unit

# How many are asked for in one statement; for every number there is a statement.
_PART = 200


def units_by_id(connection: Connection, ids: Iterable[int], known: Mapping[int, UnitRow]) -> dict[int, UnitRow]:
    """The units of these ids and every unit above them, by id; `known` ones are not read again. Unknown ids are left out."""
    found = _rows(connection, "id", [number for number in ids if number not in known])
    above = {path for row in found for path in paths.ancestors(row.path)} - {row.path for row in found}
    rows = sorted([*found, *_rows(connection, "path", sorted(above))], key=lambda row: len(row.path))
    units = dict(known)
    for row in rows:
        units.setdefault(row.id, row_of(row, units.get(row.superior_id)))
    return units


def _rows(connection: Connection, key: str, values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(values), _PART):
        some = values[start : start + _PART]
        found += prepared.found(connection, _units(key, len(some)), prepared.listed(some))
    return found


@cache
def _units(key: str, number: int) -> Select[Any]:
    return select(unit).where(unit.c[key].in_(prepared.places(number)))


def holders_by_unit(connection: Connection, ids: Iterable[int], day: date) -> dict[int, tuple[Holder, ...]]:
    """Who holds any post at each of these units on that day; an empty tuple where nobody does."""
    wanted = tuple(ids)
    found: dict[int, list[Holder]] = defaultdict(list)
    for holder in holders(connection, wanted, day):
        found[holder.unit_id].append(holder)
    return {number: tuple(found[number]) for number in wanted}

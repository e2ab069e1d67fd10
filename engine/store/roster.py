"""Units, persons and tenures: bringing a roster in, and reading the tree in the order of its paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Text, bindparam, func, select, type_coerce, update

from engine.org.model import Person, Roster, Tenure, Unit
from engine.org.tree import Tree
from engine.progress import Progress, Watch, counted, unwatched
from engine.sentences import Sentence
from engine.store import paths, prepared
from engine.store.placing import Places
from engine.store.tables import person, tenure, unit
from engine.store.tenures import write_tenures
from engine.store.types import KeptFacts

_UNITS = Sentence("写入单位", "writing units")
_POSTS = Sentence("写入岗位", "writing posts")


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import changed, by code. `missing`: known units that the file does not name; they stay as they are.

    moved: those of the changed that stand below another superior now.  corrected: names of persons who have another name, address or
    telephone now.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    missing: tuple[str, ...]
    posts_added: int
    posts_changed: int
    posts_missing: tuple[str, ...]
    persons: int
    moved: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()


class UnitRow(NamedTuple):
    """A unit as stored, with its place in the tree and the unit above it (a view for selecting who owes what)."""

    id: int
    code: str
    name: str
    level: str
    kind: str
    path: str
    since: date | None
    until: date | None
    attributes: Mapping[str, str]
    superior: UnitRow | None


def import_roster(connection: Connection, roster: Roster, now: datetime, watch: Watch = unwatched) -> ImportReport:
    """Add what is new, update what is known; delete nothing. The roster must be sound as a tree with what is stored.

    watch: told how far it has come.
    """
    stored = {row.code: row for row in connection.execute(select(unit))}
    together = _together(connection, roster)
    walked = counted(Tree(together).walk(), _UNITS, len(together), watch)
    added, changed, moved = _write_units(connection, roster, (given for _, given in walked), stored, now)
    watch(Progress(what=_POSTS, done=0))
    posts = write_tenures(connection, roster)
    named = {given.code for given in roster.units}
    return ImportReport(
        added=added,
        changed=changed,
        unchanged=len(roster.units) - len(added) - len(changed),
        missing=tuple(code for code in stored if code not in named) if roster.units else (),
        posts_added=posts.added,
        posts_changed=posts.changed,
        posts_missing=posts.missing,
        persons=posts.persons,
        moved=moved,
        corrected=posts.corrected,
    )


def _together(connection: Connection, roster: Roster) -> list[Unit]:
    """The stored units with the file's in their place, then the new ones in the order of the file."""
    merged = {known.code: known for known in read_roster_units(connection)}
    merged.update({given.code: given for given in roster.units})
    return list(merged.values())


def read_roster_units(connection: Connection) -> tuple[Unit, ...]:
    """All units as the roster gives them, in the order of their paths."""
    codes: dict[int, str] = {}
    found = []
    for row in connection.execute(select(unit).order_by(unit.c.path)):
        codes[row.id] = row.code
        found.append(_unit_of(row, codes))
    return tuple(found)


def _unit_of(row: Any, codes: Mapping[int, str]) -> Unit:
    superior = None if row.superior_id is None else codes[row.superior_id]
    return Unit(
        code=row.code,
        name=row.name,
        level=row.level,
        kind=row.kind,
        superior=superior,
        since=row.since,
        until=row.until,
        attributes=row.attributes,
    )


def read_roster(connection: Connection) -> Roster:
    """The whole roster as stored."""
    query = select(unit.c.code, tenure, person).join_from(tenure, unit).join(person, person.c.id == tenure.c.person_id)
    tenures = tuple(
        Tenure(
            unit=row.code,
            post=row.post,
            person=Person(name=row.name, email=row.email, telephone=row.telephone, channels=row.channels),
            since=row.since,
            until=row.until,
        )
        for row in connection.execute(query.order_by(unit.c.path, tenure.c.post, person.c.id))
    )
    return Roster(units=read_roster_units(connection), tenures=tenures)


def _write_units(
    connection: Connection, roster: Roster, walked: Iterable[Unit], stored: Mapping[str, Any], now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    named = {given.code: given for given in roster.units}
    placed = Places(stored)
    added, changed, moved = [], [], []
    for given in walked:
        if given.code not in named:
            continue
        row = stored.get(given.code)
        superior = None if given.superior is None else placed.ids[given.superior]
        if row is None:
            placed.add(connection, given.code, superior, _columns(given))
            added.append(given.code)
        elif _differs(row, given, superior):
            connection.execute(update(unit).where(unit.c.id == row.id).values(**_columns(given)))
            if row.superior_id != superior:
                placed.move(connection, row.id, superior)
                moved.append(given.code)
            changed.append(given.code)
    placed.settle(connection, now)
    return tuple(added), tuple(changed), tuple(moved)


def _columns(given: Unit) -> dict[str, Any]:
    return {
        "name": given.name,
        "level": given.level,
        "kind": given.kind,
        "since": given.since,
        "until": given.until,
        "attributes": dict(given.attributes),
    }


def _differs(row: Any, given: Unit, superior: int | None) -> bool:
    return row.superior_id != superior or any(getattr(row, key) != value for key, value in _columns(given).items())


def walk(connection: Connection, path: str = "") -> Iterator[UnitRow]:
    """Every unit within `path`, superiors first; only the chain above the present one is kept in memory."""
    chain = _above(by_path(connection, path)) if path else []
    # Said of the statement: said of the connection it would hold for every later statement, and PostgreSQL refuses those that write.
    for row in connection.execute(_within(), {"path": path, "end": paths.end(path)}, execution_options={"yield_per": 2000}):
        while chain and not row[5].startswith(chain[-1].path):
            chain.pop()
        chain.append(_passed(row, chain[-1] if chain else None))
        yield chain[-1]


def _above(found: UnitRow | None) -> list[UnitRow]:
    """The units above one, the topmost first."""
    superior = None if found is None else found.superior
    return [] if superior is None else [*_above(superior), superior]


@cache
def _within() -> Select[Any]:
    u = unit.c
    return select(*_seen(u)).where(u.path >= bindparam("path"), u.path < bindparam("end")).order_by(u.path)


def _seen(u: Any) -> list[Any]:
    """The columns that `_passed` takes by their places."""
    return [u.id, u.code, u.name, u.level, u.kind, u.path, u.since, u.until, type_coerce(u.attributes, Text).label("attributes")]


_PATH = itemgetter(5)
_unit_row = partial(tuple.__new__, UnitRow)


def _passed(row: Any, superior: UnitRow | None) -> UnitRow:
    """The view of a unit that goes by: columns by their places, attributes not read before they are asked for."""
    return _unit_row((*row[:8], KeptFacts(row[8]), superior))


def count_within(connection: Connection, path: str) -> int:
    """How many units there are within `path`."""
    query = select(func.count()).select_from(unit).where(unit.c.path >= path, unit.c.path < paths.end(path))
    return int(connection.execute(query).scalar_one())


@cache
def _upwards(name: str) -> Select[Any]:
    """The unit of that name, code or number with all those above it, in any order: sorting these few costs SQLite a third of the look."""
    here = select(unit).where(unit.c[name] == bindparam("wanted")).cte("upwards", recursive=True)
    above = unit.alias("above")
    chain = here.union_all(select(above).where(above.c.id == here.c.superior_id))
    return select(*_seen(chain.c))


def row_of(row: Any, superior: UnitRow | None) -> UnitRow:
    """The view of a stored unit below `superior`."""
    return UnitRow(
        id=row.id,
        code=row.code,
        name=row.name,
        level=row.level,
        kind=row.kind,
        path=row.path,
        since=row.since,
        until=row.until,
        attributes=row.attributes,
        superior=superior,
    )


def by_path(connection: Connection, path: str) -> UnitRow | None:
    """The unit at that path, with the chain above it."""
    return _found(connection, "path", path)


def by_code(connection: Connection, code: str) -> UnitRow | None:
    """The unit of that code, with the chain above it."""
    return _found(connection, "code", code)


def by_id(connection: Connection, number: int) -> UnitRow:
    """The unit of that id, with the chain above it."""
    found = _found(connection, "id", number)
    assert found is not None
    return found


def _found(connection: Connection, column: str, wanted: str | int) -> UnitRow | None:
    found: UnitRow | None = None
    for row in sorted(prepared.found_as(connection, _upwards(column), {"wanted": wanted}, tuple), key=_PATH):
        found = _passed(row, found)
    return found


def codes(connection: Connection) -> tuple[str, ...]:
    """All unit codes, for guessing which one was meant."""
    return tuple(connection.execute(select(unit.c.code).limit(20000)).scalars())


def names(connection: Connection) -> dict[str, list[str]]:
    """Names of units with the codes of those that have them, for guessing which one was meant."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(unit.c.name, unit.c.code).order_by(unit.c.path).limit(20000)):
        found.setdefault(row.name, []).append(row.code)
    return found


def ids_named(connection: Connection, name: str, path: str) -> tuple[int, ...]:
    """The numbers of the units of that name within a path: two at most, so that nobody waits for the rest."""
    u = unit.c
    here = (u.name == name, u.path >= path, u.path < paths.end(path))
    return tuple(connection.execute(select(u.id).where(*here).limit(2)).scalars())


def roots(connection: Connection) -> tuple[str, ...]:
    """The codes of the units without a superior."""
    return tuple(connection.execute(select(unit.c.code).where(unit.c.superior_id.is_(None)).order_by(unit.c.path)).scalars())


def codes_within(connection: Connection, path: str) -> tuple[str, ...]:
    """The codes of a subtree."""
    return tuple(connection.execute(select(unit.c.code).where(unit.c.path >= path, unit.c.path < paths.end(path))).scalars())

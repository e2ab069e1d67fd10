"""What a database says of itself: its sizes, its settings, its indexes, its clock, its files, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Inspector, MetaData, Table, UniqueConstraint, func, inspect, select, text

from engine.store import tables as t
from engine.store.common import is_of
from engine.store.database import Database

# What the promise that nothing is lost rests on, and how it has to stand.
SQLITE: Mapping[str, str] = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
POSTGRESQL: Mapping[str, str] = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
}
# Stricter than asked for is as good.
_AS_GOOD: Mapping[str, frozenset[str]] = {
    "synchronous": frozenset({"3"}),
    "synchronous_commit": frozenset({"remote_write", "remote_apply"}),
}
_COUNTED = {"units": t.unit, "cases": t.cases, "obligations": t.obligation, "notices": t.notice, "journal": t.event}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting of the database, as it stands and as it has to."""

    name: str
    value: str
    wanted: str

    @property
    def sound(self) -> bool:
        """Whether the promise holds with it."""
        return self.value == self.wanted or self.value in _AS_GOOD.get(self.name, ())


def rows(connection: Connection) -> dict[str, int]:
    """How many units, cases, obligations, notices and lines of the journal there are."""
    return {name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in _COUNTED.items()}


def sizes(database: Database, connection: Connection) -> dict[str, int]:
    """Bytes of the database and, on SQLite, of its write-ahead log."""
    if not database.sqlite:
        return {"database": connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()}
    file = Path(database.url.database or "")
    return {"database": _bytes(file), "log": _bytes(file.with_name(f"{file.name}-wal"))}


def _bytes(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def settings(database: Database, connection: Connection) -> tuple[Setting, ...]:
    """The settings on which durability rests, as this connection has them."""
    ask, wanted = ("PRAGMA", SQLITE) if database.sqlite else ("SHOW", POSTGRESQL)
    return tuple(
        Setting(name=name, value=str(connection.exec_driver_sql(f"{ask} {name}").scalar_one()).lower(), wanted=value)
        for name, value in wanted.items()
    )


def last_sent(connection: Connection) -> datetime | None:
    """When a letter last went out; None where none ever has."""
    a = t.attempt.c
    found: datetime | None = connection.execute(select(func.max(a.at)).where(a.outcome == "sent")).scalar_one()
    return found


def missing_indexes(connection: Connection, metadata: MetaData = t.metadata) -> tuple[str, ...]:
    """Indexes and unique keys that the tables ask for and the database has not, by name."""
    there = inspect(connection)
    known = {table.name: _names(there, table.name) for table in metadata.sorted_tables}
    dialect = connection.dialect.name
    return tuple(name for table in metadata.sorted_tables for name in _asked(table, dialect) if name not in known[table.name])


def _names(there: Inspector, table: str) -> set[str | None]:
    return {one["name"] for one in (*there.get_indexes(table), *there.get_unique_constraints(table))}


def _asked(table: Table, dialect: str) -> list[str]:
    keys = {str(key.name) for key in table.constraints if isinstance(key, UniqueConstraint)}
    return sorted(keys | {str(index.name) for index in table.indexes if is_of(index, dialect)})


def damage(database: Database, connection: Connection, most: int = 5) -> tuple[str, ...]:
    """What SQLite finds broken in its file; PostgreSQL checks its pages as it reads them."""
    if not database.sqlite:
        return ()
    found = connection.exec_driver_sql(f"PRAGMA quick_check({most})").scalars()
    return tuple(line for line in found if line != "ok")


def server_clock(database: Database, connection: Connection) -> float | None:
    """Seconds since 1970 on the server's clock; None on SQLite, which has none of its own."""
    if database.sqlite:
        return None
    return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


def kept_files(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """(digest, file name, unit code) of every file the rows speak of, each digest once, in the order of digests."""
    a, c = t.artifact.c, t.cases.c
    query = select(a.digest, func.min(a.name), func.min(t.unit.c.code)).join(t.cases, c.id == a.case_id)
    query = query.join(t.unit, t.unit.c.id == c.unit_id).where(a.digest != "").group_by(a.digest).order_by(a.digest)
    for row in connection.execute(query, execution_options={"yield_per": 2000}):
        yield row[0], row[1], row[2]

"""A copy of all our tables in one portable SQLite file, whatever kind of database it comes from or goes to."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import Connection, ExceptionContext, Table, cast, create_engine, event, func, inspect, select, type_coerce, update
from sqlalchemy import table as named_table
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

from engine.errors import CampaignError
from engine.store import tables as t
from engine.store.codes import CampaignState
from engine.store.database import SCHEMA, Database
from engine.store.failures import DatabaseDamaged, means_full, shown
from engine.store.health import kept_files
from engine.store.schema import VERSION_TABLE, bring_up_to_date, migrate, new_database

_BATCH = 2000


class CopyUnsound(CampaignError):
    """备份里的数据库副本不完整（{why}），没有恢复。请用另一份备份。

    The copy of the database in the backup is not sound ({why}); it was not restored. Use another backup.
    """


class OtherVersion(CampaignError):
    """备份是更新版本的程序做的（数据库版本 {theirs}，本程序是 {ours}），没有恢复。请用那个版本或更新的程序恢复。

    The backup was made by a newer version of the program (tables {theirs}; ours are {ours}) and was not restored. Restore it with that
    version, or a newer one.
    """


class CopyHasNoRoom(CampaignError):
    """{folder} 所在的磁盘已满，放不下数据库的副本。

    The disk that holds {folder} is full and has no room for the copy of the database.
    """


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a copy holds. schema: of the program that made it. tables: rows by table, as they stood when it was made.

    files: (digest, name, unit code) of every file that the rows speak of, each digest once, in order.
    """

    kind: str
    schema: str
    tables: dict[str, int]
    files: tuple[tuple[str, str, str], ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the files, in order."""
        return tuple(digest for digest, _, _ in self.files)


def copy_out(database: Database, target: Path, on_rows: Callable[[int], None] = lambda _: None) -> Contents:
    """Copy everything, as it stood at one instant, into a new SQLite file; others may go on writing. on_rows: told of every batch.

    Raises DatabaseFailed, DatabaseDamaged, and CopyHasNoRoom where the disk of the copy is full.
    """
    with database.read() as source, _file(target) as copy:
        if database.sqlite:
            _expect_undamaged(source, database)
        migrate(copy)
        counts = {table.name: _copy(source, copy, table, on_rows) for table in t.metadata.sorted_tables}
        return Contents(kind=_kind(copy), schema=SCHEMA, tables=counts, files=tuple(kept_files(copy)))


def look_into(copy: Path) -> Contents:
    """What a copy holds, after making sure that it is whole; its tables are brought up to date where an older program made them.

    Raises CopyUnsound, OtherVersion, CopyHasNoRoom.
    """
    try:
        _expect_sound(copy)
        with _file(copy) as connection:
            schema = _version(connection)
            counts = _counts(connection)
            if schema != SCHEMA:
                bring_up_to_date(connection)
            _expect_tables(connection)
            found = Contents(kind=_kind(connection), schema=schema, tables=counts, files=tuple(kept_files(connection)))
        if schema != SCHEMA:
            _expect_sound(copy)
        return found
    except (sqlite3.Error, DBAPIError, CommandError) as error:
        raise CopyUnsound(why=str(getattr(error, "orig", error))) from error


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was put back. held: names of the campaigns whose mail went out before, and is held now."""

    tables: dict[str, int]
    held: tuple[str, ...]


@contextmanager
def copy_in(copy: Path, address: str) -> Iterator[Restored]:
    """A new database with all rows of a copy, under their old ids; kept when the caller's block ends well, else nothing stays.

    Mail is held: what went out after the copy was made would go out again. Raises DatabaseExists, DatabaseFailed.
    """
    with new_database(address) as (database, connection), _file(copy) as source:
        counts = {table.name: _copy(source, connection, table) for table in t.metadata.sorted_tables}
        if not database.sqlite:
            _set_sequences(connection)
        yield Restored(tables=counts, held=_hold_mail(connection))
    database.dispose()


def _expect_undamaged(source: Connection, database: Database) -> None:
    """A damaged page that no row is read from would go unnoticed: the backup would be kept in the belief that all is well."""
    if source.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise DatabaseDamaged(where=shown(database.url))


@contextmanager
def _file(path: Path) -> Iterator[Connection]:
    """A connection to a SQLite file that nobody else has open; committed at the end. Raises CopyHasNoRoom where its disk is full."""
    engine = create_engine(f"sqlite:///{path}")
    # A copy is filled out of another database: which of the two has failed is known here only.
    event.listen(engine, "handle_error", partial(_tell_full, path.parent))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _tell_full(folder: Path, context: ExceptionContext) -> None:
    if isinstance(context.sqlalchemy_exception, DBAPIError) and means_full(context.sqlalchemy_exception):
        raise CopyHasNoRoom(folder=str(folder.absolute())) from context.original_exception


def _plain(table: Table) -> list[Any]:
    """The columns without the house's own types: what is only copied need not be understood."""
    return [type_coerce(c, c.type.impl_instance) if isinstance(c.type, TypeDecorator) else c for c in table.c]


def _copy(source: Connection, target: Connection, table: Table, on_rows: Callable[[int], None] = lambda _: None) -> int:
    """All rows of a table, in the order of its key (units: superiors first, since each speaks of the one above)."""
    order = [table.c.path] if table is t.unit else list(table.primary_key)
    rows = source.execute(select(*_plain(table)).order_by(*order), execution_options={"yield_per": _BATCH})
    statement = _insertion(target, table)
    count = 0
    for batch in rows.partitions():
        target.exec_driver_sql(statement, [tuple(row) for row in batch])
        count += len(batch)
        on_rows(len(batch))
    return count


def _insertion(target: Connection, table: Table) -> str:
    """The driver's own statement for a row of plain values: a copy is long, and compiling each row's values costs most of it."""
    quote = target.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.c)
    places = ", ".join(["?" if target.dialect.paramstyle == "qmark" else "%s"] * len(table.c))
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({places})"


def _set_sequences(connection: Connection) -> None:
    """PostgreSQL counts ids by itself and has not seen those that came with their rows."""
    for table in t.metadata.sorted_tables:
        number = table.autoincrement_column
        if number is not None:
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            following = select(func.coalesce(func.max(number), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(cast(sequence, REGCLASS), following, False)))


def _hold_mail(connection: Connection) -> tuple[str, ...]:
    c = t.campaign.c
    running = (c.mail_on, c.state == CampaignState.RUNNING)
    names = tuple(connection.execute(select(c.name).where(*running).order_by(c.id)).scalars())
    connection.execute(update(t.campaign).where(*running).values(mail_on=False))
    return names


def _expect_sound(copy: Path) -> None:
    """Every page of the file, and every row that another one speaks of."""
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as raw:
        [said] = raw.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise CopyUnsound(why=said)
        astray = raw.execute("PRAGMA foreign_key_check").fetchone()
        if astray is not None:
            raise CopyUnsound(why=f"{astray[0]} -> {astray[2]}")


def _version(connection: Connection) -> str:
    """The version of the tables, ours or an older one. Raises CopyUnsound, OtherVersion."""
    schema = None
    if inspect(connection).has_table("setting"):
        schema = connection.execute(select(t.setting.c.value).where(t.setting.c.key == "schema")).scalar_one_or_none()
    if schema is None or not re.fullmatch(r"\d{4}", schema):
        raise CopyUnsound(why="setting")
    if schema > SCHEMA:
        raise OtherVersion(theirs=schema, ours=SCHEMA)
    return str(schema)


def _counts(connection: Connection) -> dict[str, int]:
    """The rows of every table that is there: an older program may have had fewer."""
    names = (name for name in inspect(connection).get_table_names() if name != VERSION_TABLE)
    return {name: connection.execute(select(func.count()).select_from(named_table(name))).scalar_one() for name in names}


def _expect_tables(connection: Connection) -> None:
    """The tables are those of today."""
    found = inspect(connection)
    for one in t.metadata.sorted_tables:
        columns = {column["name"] for column in found.get_columns(one.name)} if found.has_table(one.name) else set()
        if columns != set(one.c.keys()):
            raise CopyUnsound(why=one.name)


def _kind(connection: Connection) -> str:
    return connection.execute(select(t.setting.c.value).where(t.setting.c.key == "kind")).scalar_one_or_none() or ""

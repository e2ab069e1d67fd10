"""Making a database, and comparing it with the tables. Alembic is loaded here only: no other command pays for it."""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Index, MetaData, Table, insert, inspect, text, update

from engine.errors import CampaignError
from engine.oserrors import why
from engine.store import tables
from engine.store.common import ALONE, is_of
from engine.store.database import (
    SCHEMA,
    AddressIsFolder,
    Database,
    DatabaseExists,
    NoFolder,
    OlderDatabase,
    address,
    open_database,
)
from engine.store.failures import DatabaseFailed, DatabaseReadOnly, means_full, said, shown
from engine.store.house import MAIL_KEY

# Where alembic notes how far a database has come.
VERSION_TABLE = "alembic_version"
_MIGRATIONS = Path(__file__).parent / "migrations"


def _complete() -> MetaData:
    """The tables, each with what is noted there for one database alone."""
    for table in tables.metadata.sorted_tables:
        items: tuple[Table | Index, ...] = (table, *table.indexes)
        for item in items:
            item.dialect_kwargs.update({name: _clause(value) for name, value in item.info.items() if name != ALONE})
            if isinstance(item, Index) and ALONE in item.info:
                item.ddl_if(dialect=item.info[ALONE])
    return tables.metadata


def _clause(value: object) -> object:
    return text(value) if isinstance(value, str) else value


METADATA = _complete()


def create_database(text: str, settings: dict[str, str], *, durable: bool = True) -> Database:
    """A new, empty database at that address with these settings. Raises DatabaseExists where anything is there already."""
    with new_database(text, durable=durable) as (database, connection):
        own = {"schema": SCHEMA, MAIL_KEY: secrets.token_hex(16)}
        rows = [{"key": key, "value": value} for key, value in {**settings, **own}.items()]
        connection.execute(insert(tables.setting), rows)
    return database


@contextmanager
def new_database(text: str, *, durable: bool = True) -> Iterator[tuple[Database, Connection]]:
    """A database whose tables are empty, and the transaction that makes it: on any error nothing of it stays.

    Raises DatabaseExists, AddressIsFolder, NoFolder, DatabaseReadOnly.
    """
    url = address(text)
    made = _reserve(Path(url.database or ""), shown(url)) if url.drivername == "sqlite" else None
    database = Database(url, new=True, durable=durable)
    try:
        with database.write() as connection:
            if inspect(connection).get_table_names():
                raise DatabaseExists(where=shown(url))
            migrate(connection)
            yield database, connection
    except BaseException:
        database.dispose()
        if made is not None:
            _take_away(made)
        raise


def _reserve(file: Path, where: str) -> Path | None:
    """An empty file of our own, private from the beginning: what SQLite puts beside it takes its permissions.

    None: what a killed `init` or `restore` left is taken over; it is not ours to take away, another process may be filling it.
    """
    if file.is_dir():
        raise AddressIsFolder(where=where)
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        if _is_unfinished(file):
            return None
        raise DatabaseExists(where=where) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoFolder(folder=str(file.parent)) from error
    except PermissionError as error:
        raise DatabaseReadOnly(where=where) from error
    except OSError as error:
        raise DatabaseFailed(why=why(error)) from error
    return file


def _is_unfinished(file: Path) -> bool:
    """Whether it is what is left of a database whose making was cut off: a write-ahead log beside a file without a single table."""
    if not file.is_file() or not file.with_name(file.name + "-wal").exists():
        return False
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        try:
            return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))
        except sqlite3.DatabaseError:
            return False


def _take_away(file: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def migrate(connection: Connection) -> None:
    """Bring the schema to the newest version within the caller's transaction."""
    command.upgrade(_config(connection), "head")


def bring_up_to_date(connection: Connection) -> None:
    """The tables of an older program become those of today, and say so, within the caller's transaction."""
    migrate(connection)
    connection.execute(update(tables.setting).where(tables.setting.c.key == "schema").values(value=SCHEMA))


class NothingToUpgrade(CampaignError):
    """数据库 {where} 已是最新，不需要升级。

    The database {where} is up to date; there is nothing to upgrade.
    """


class CopyExists(CampaignError):
    """升级前要把数据库复制为 {copy}，但那里已经有文件。请先把它移走。

    Before the upgrade the database is copied to {copy}, but there is a file already. Move it away first.
    """


class UpgradeCopyFailed(CampaignError):
    """升级前的副本 {copy} 没有写成（{why}），数据库没有改动。请清理 {folder} 所在的磁盘并检查权限，再运行 campaign upgrade。

    The copy {copy} that is kept before an upgrade could not be written ({why}); the database was not changed, and no part of the copy was
    left. Make room on the disk that holds {folder}, check its permissions, then run `campaign upgrade` again.
    """


class CopyYourself(CampaignError):
    """{where} 在 PostgreSQL 服务器上，升级前请用 pg_dump 备份，然后运行 campaign upgrade --copied。

    {where} is on a PostgreSQL server: back it up with pg_dump first, then run `campaign upgrade --copied`.
    """


def upgrade(text: str, *, copied: bool) -> Path | None:
    """Bring an older database up to date, in one transaction; the copy that was kept of an SQLite file.

    copied: its owner has backed up a server's database. Raises NothingToUpgrade, CopyExists, UpgradeCopyFailed, CopyYourself, and what
    `open_database` does.
    """
    try:
        open_database(text).dispose()
    except OlderDatabase:
        return _upgrade(Database(address(text)), copied=copied)
    raise NothingToUpgrade(where=shown(address(text)))


def _upgrade(database: Database, *, copied: bool) -> Path | None:
    try:
        if not database.sqlite and not copied:
            raise CopyYourself(where=shown(database.url))
        kept = _copy(database) if database.sqlite else None
        with database.write() as connection:
            bring_up_to_date(connection)
        return kept
    finally:
        database.dispose()


def _copy(database: Database) -> Path:
    """The database as it stands, in one private file beside it, whole or not at all. Raises CopyExists, UpgradeCopyFailed."""
    file = Path(database.url.database or "")
    copy = file.with_name(f"{file.name}.before-{SCHEMA}")
    if copy.exists():
        raise CopyExists(copy=str(copy))
    part = copy.with_name(f"{copy.name}.part")
    try:
        with said(database.url):
            _vacuum(file, part)
        part.rename(copy)
    except OSError as error:
        raise UpgradeCopyFailed(copy=str(copy), folder=str(copy.parent.absolute()), why=why(error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return copy


def _vacuum(file: Path, part: Path) -> None:
    """A private copy at `part`, whatever a killed one has left there. Raises OSError also where it is SQLite that finds the disk full."""
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        if means_full(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise
    part.chmod(0o600)


def differences(engine: Engine) -> list[object]:
    """What alembic would change to make the database equal to the tables: nothing, if the migrations are true."""
    with engine.connect() as connection:
        # Alembic itself would miss, in every database, the indexes of the other kind.
        ours = partial(_concerns, connection.dialect.name)
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours}), METADATA))


def _concerns(dialect: str, item: object, *_: object) -> bool:
    return not isinstance(item, Index) or is_of(item, dialect)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config

"""Opening a database, reading it, and the one place that begins a write."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from engine.errors import CampaignError
from engine.sentences import plain
from engine.store import tables

# `Connection` is the one name of SQLAlchemy that operations hold in their hands; they take it from here.
__all__ = ["Connection", "Database", "open_database"]

# Bumped with every migration; `migrations/versions` ends on it. Whether a database is current is one SELECT, not alembic.
SCHEMA = "0001"
_PATIENCE = 60.0


class NoDatabase(CampaignError):
    """没有数据库 {where}。请先运行 campaign init 建立，或用 --db 指明另一个。

    There is no database at {where}. Make one with `campaign init`, or name another with --db.
    """


class DatabaseExists(CampaignError):
    """{where} 已经有数据库，没有改动它。请换一个位置，或先把它移走。

    There is a database at {where} already; it was left alone. Choose another place, or move it away first.
    """


class NotOurDatabase(CampaignError):
    """{where} 不是 campaign 的数据库，或者属于另一个版本的程序。

    {where} is not a database of campaign, or belongs to another version of the program.
    """


class BadAddress(CampaignError):
    """看不懂数据库地址“{where}”。请写文件名，或 postgresql+psycopg://用户@主机/库名。

    The database address “{where}” cannot be read. Give a file name, or postgresql+psycopg://user@host/name.
    """


class DatabaseFailed(CampaignError):
    """数据库出错，本次操作没有留下任何改动：{why}

    The database failed; nothing of this operation was kept: {why}
    """


class DatabaseBusy(CampaignError):
    """另一个进程正占用数据库，等了一分钟仍未释放，什么都没有改动。请稍后再试。

    Another process kept the database busy for a minute; nothing was changed. Try again later.
    """


def address(text: str) -> URL:
    """A URL out of what the administrator typed: a URL, or the path of an SQLite file. Raises BadAddress."""
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadAddress(where=text) from error
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"} or (url.drivername == "sqlite" and not url.database):
        raise BadAddress(where=text)
    return url


def shown(url: URL) -> str:
    """The address without its password."""
    return url.database or "" if url.drivername == "sqlite" else url.render_as_string(hide_password=True)


def make_engine(url: URL) -> Engine:
    """An engine whose SQLite connections keep the promise: WAL, FULL, foreign keys, and no transaction begun behind our back."""
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": 0})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _leave_begin_to_us)
        return engine
    return create_engine(url, pool_pre_ping=True)


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # pysqlite must not begin by itself: a deferred BEGIN loses updates between two processes.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        _retry(partial(connection.execute, f"PRAGMA {pragma}"))


def _retry(act: Callable[[], object]) -> None:
    """Tries until the lock is free. SQLite does not queue writers and its own waiting misses every gap (MEASURED section 5).

    Raises DatabaseBusy after a minute.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            act()
            return
        except (sqlite3.OperationalError, OperationalError) as error:
            if not _is_locked(error):
                raise
            if time.monotonic() > deadline:
                raise DatabaseBusy from error
        time.sleep(random.uniform(0.0002, 0.001))


def _is_locked(error: Exception) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _leave_begin_to_us(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin", "BEGIN")
    connection.exec_driver_sql(begin)


class Database:
    """One database. `read()` and `write()` give a connection inside a transaction; that is the only way to one."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = make_engine(url)
        self.sqlite = url.drivername == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection on one consistent state. Nothing is written."""
        with _said(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in one transaction that sees no other writer; committed at the end, rolled back on any error."""
        with _said(), self.engine.connect() as connection:
            self._begin(connection)
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def _begin(self, connection: Connection) -> None:
        if not self.sqlite:
            connection.begin()
            return
        _retry(connection.execution_options(begin="BEGIN IMMEDIATE").begin)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def _said() -> Iterator[None]:
    """A database that fails (a full disk, a lost server) is one sentence, not a traceback."""
    try:
        yield
    except DBAPIError as error:
        raise DatabaseFailed(why=_first_line(error)) from error


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__


def open_database(text: str) -> Database:
    """The database at that address. Raises NoDatabase where there is none: only `campaign init` makes one."""
    url = address(text)
    if url.drivername == "sqlite" and not Path(url.database or "").is_file():
        raise NoDatabase(where=plain(shown(url)))
    database = Database(url)
    _check_ours(database)
    return database


def _check_ours(database: Database) -> None:
    where = plain(shown(database.url))
    try:
        with database.read() as connection:
            query = select(tables.setting.c.value).where(tables.setting.c.key == "schema")
            schema = connection.execute(query).scalar_one_or_none()
    except DatabaseFailed as error:
        cause = error.__cause__
        known = isinstance(cause, DBAPIError) and any(
            word in str(cause.orig) for word in ("no such table", "does not exist", "not a database")
        )
        if not known:
            raise
        raise (NoDatabase if "database" in str(cause) and "does not exist" in str(cause) else NotOurDatabase)(where=where) from error
    if schema != SCHEMA:
        raise NotOurDatabase(where=where)

"""Opening a database, reading it, and the one place that begins a write."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Dialect, Engine, Select, String, bindparam, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.util import LRUCache

from engine.errors import CampaignError
from engine.kept import something_kept
from engine.store import prepared, tables
from engine.store.connections import Connections
from engine.store.failures import DatabaseBusy, DatabaseFailed, DatabaseGone, said, shown, without_password

# `Connection` is the one name of SQLAlchemy that operations hold in their hands; they take it from here.
__all__ = ["Connection", "Database", "open_database"]

T = TypeVar("T")

# Whoever writes to PostgreSQL holds this lock until the end of the transaction ("camp" in ASCII): alone, or beside others.
_WRITERS = 0x63616D70
# SQLite does not queue its writers: whoever waits gets in only while nobody writes (MEASURED section 5).
PAUSE = 0.005
# Bumped with every migration; `migrations/versions` ends on it. Whether a database is current is one SELECT, not alembic.
SCHEMA = "0012"
PATIENCE = 60.0
# More than there are in the program.
_STATEMENTS = 2000


class NoDatabase(CampaignError):
    """没有数据库 {where}。请先运行 campaign init 建立，或用 --db 指明另一个。

    There is no database at {where}. Make one with `campaign init`, or name another with --db.
    """


class DatabaseExists(CampaignError):
    """{where} 已经有数据库，没有改动它。请换一个位置（例如 --db 新名.db），或先把它移走。

    There is a database at {where} already; it was left alone. Choose another place
    (such as --db new.db), or move it away first.
    """


class NotOurDatabase(CampaignError):
    """{where} 不是 campaign 的数据库，或者属于另一个版本的程序；如果以前能用，就是文件已经损坏，请从最近的备份恢复（campaign restore）。

    {where} is not a database of campaign, or belongs to another version of the program. If it worked before, the file is damaged:
    restore the latest backup with `campaign restore`.
    """


class OlderDatabase(CampaignError):
    """数据库 {where} 是旧版本的程序建立的。请先停掉其他正在使用它的程序，再运行 campaign upgrade：它先留一份副本，然后升级。

    The database {where} was made by an older program. Stop whatever else uses it, then run `campaign upgrade`: it keeps a copy, then
    brings the database up to date.
    """


class NewerDatabase(CampaignError):
    """数据库 {where} 已由更新版本的程序升级过，这个版本不能用它。请改用新版本的程序。

    The database {where} has been upgraded by a newer program; this one cannot use it. Use the newer program.
    """


class BadAddress(CampaignError):
    """看不懂数据库地址“{where}”。请写文件名，或 postgresql+psycopg://用户@主机/库名。

    The database address “{where}” cannot be read. Give a file name, or postgresql+psycopg://user@host/name.
    """


class UnknownAddressOption(CampaignError):
    """不认识数据库地址中的选项“{options}”，没有照办。SQLite 文件直接写文件名，不带“?”后面的部分。

    The options “{options}” of the database address are not known. Name an SQLite file without anything after “?”.
    """


class AddressIsFolder(CampaignError):
    """{where} 是文件夹，不是数据库。请写明数据库文件名，例如 {where}/campaign.db。

    {where} is a folder, not a database. Name the file too, as in {where}/campaign.db.
    """


class NoFolder(CampaignError):
    """没有文件夹 {folder}，建立不了数据库。请先建立这个文件夹，或换一个位置。

    There is no folder {folder} to make a database in. Make the folder first, or choose another place.
    """


def address(text: str) -> URL:
    """A URL out of what the administrator typed: a URL, or the path of an SQLite file. Raises BadAddress."""
    if re.match(r"(postgres|mysql|sqlite)\w*:", text) and "://" not in text:
        raise BadAddress(where=without_password(text))
    if "://" not in text:
        return _file_url(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise BadAddress(where=without_password(text)) from error
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        _file_url(url.database or "")
        if url.query:
            raise UnknownAddressOption(options="&".join(url.query))
    elif url.drivername != "postgresql+psycopg":
        raise BadAddress(where=without_password(text))
    return url


def _file_url(name: str) -> URL:
    # What SQLite keeps in memory, or under no name, is gone with the command.
    if not name.strip() or name == ":memory:" or "\0" in name:
        raise BadAddress(where=name.replace("\0", "?"))
    return URL.create("sqlite", database=name)


def make_engine(url: URL, patience: float = PATIENCE, *, new: bool = False, durable: bool = True) -> Engine:
    """An engine whose SQLite connections keep the promise: WAL, FULL, foreign keys, and no transaction begun behind our back.

    Nor by SQLAlchemy: whoever begins says so in SQL, as `Database` does.
    """
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": 0})
        event.listen(engine, "connect", partial(_prepare_sqlite, patience, new, durable))
    else:
        engine = create_engine(url, pool_pre_ping=True, connect_args={"prepare_threshold": prepared.NEVER})
    _share_compiled(engine)
    return engine


# By kind of database and its server: how its SQL is written, known since the first connection, and what has been written so.
_SHARED: dict[tuple[str, str | None, int | None], tuple[Dialect, LRUCache[Any, Any]]] = {}


def _share_compiled(engine: Engine) -> None:
    """A process that opens several databases of one server compiles each statement once for all of them."""
    at = engine.url.drivername, engine.url.host, engine.url.port
    if at in _SHARED:
        engine.dialect, cache = _SHARED[at]
    else:
        cache = LRUCache(_STATEMENTS)
        event.listen(engine, "connect", lambda *_: _SHARED.setdefault(at, (engine.dialect, cache)), once=True)
    engine.update_execution_options(compiled_cache=cache)


def _prepare_sqlite(patience: float, new: bool, durable: bool, connection: sqlite3.Connection, _: object) -> None:
    # pysqlite must not begin by itself: a deferred BEGIN loses updates between two processes.
    connection.isolation_level = None
    if new or retried(partial(_is_ours, connection), patience):
        retried(partial(connection.execute, "PRAGMA journal_mode = WAL"), patience)
    for pragma in (f"synchronous = {'FULL' if durable else 'OFF'}", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether our tables are there: a write-ahead log stays with a file, so no other is given one because its name was mistyped."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'obligation'").fetchone() is not None


def retried(act: Callable[[], T], patience: float) -> T:
    """Tries until the lock is free. SQLite does not queue writers and its own waiting misses every gap (MEASURED section 5).

    Raises DatabaseBusy when `patience` (seconds) is at its end.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return act()
        except (sqlite3.OperationalError, OperationalError) as error:
            if not _is_locked(error):
                raise
            if time.monotonic() > deadline:
                raise DatabaseBusy from error
        time.sleep(random.uniform(0.0002, 0.001))


def _is_locked(error: Exception) -> bool:
    """Whether somebody else holds what we want; a file that happens to have `locked` in its name does not count."""
    cause = error.orig if isinstance(error, OperationalError) else error
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """One database. `read()` and `write()` give a connection inside a transaction; that is the only way to one.

    patience: how many seconds to wait for another writer before DatabaseBusy.  new: an empty file that is to become one of ours.
    durable: what is written survives a power cut; only a show that can be played again does without.  passing: it is thrown away.
    """

    def __init__(self, url: URL, patience: float = PATIENCE, *, new: bool = False, durable: bool = True, passing: bool = False) -> None:
        self._passing = passing
        self.url = url
        self.patience = patience
        self.engine = make_engine(url, patience, new=new, durable=durable)
        self.sqlite = url.drivername == "sqlite"
        self._connections = Connections(self.engine)
        self._file = self._in_place()

    def _in_place(self) -> tuple[int, int] | None:
        """Which file stands at the address now; None where there is none, or the database is no file."""
        try:
            found = os.stat(self.url.database or "") if self.sqlite else None
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found else None

    def expect_in_place(self) -> None:
        """Raises DatabaseGone where the file was moved, deleted or replaced since: what is still open would be written beside it."""
        if self._in_place() != self._file:
            raise DatabaseGone(where=shown(self.url))

    @contextmanager
    def read(self, *, few: bool = False) -> Iterator[Connection]:
        """A connection on one consistent state. Nothing is written.

        few: as with `write`; each look is then true by itself, but on PostgreSQL another may have written between two of them.
        """
        if not self.sqlite and not few:
            with self._snapshot() as connection:
                yield connection
            return
        with said(self.url):
            connection = self._connections.take()
            try:
                self._begin_reading(connection)
                yield connection
                # Nothing was written; but a rollback would make psycopg forget the plans that are kept.
                prepared.commit(connection)
            except BaseException:
                connection.close()
                raise
            self._connections.give_back(connection)

    def _begin_reading(self, connection: Connection) -> None:
        if self.sqlite:
            retried(partial(_look, connection), self.patience)
        else:
            prepared.keep_plans(connection, keep=True)

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        """Of PostgreSQL. What is said of such a connection holds until the pool has it back."""
        with said(self.url), self.engine.connect() as connection:
            prepared.keep_plans(connection, keep=False)
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, *, beside: bool = False, few: bool = False) -> Iterator[Connection]:
        """A connection in one transaction that sees no other writer; committed at the end, rolled back on any error.

        beside: others who say so too may write meanwhile. It is for whoever locks the rows that the decision rests on; SQLite has
        one writer all the same.  few: it is about single rows, each named by its key; PostgreSQL may keep its plans for the next ones.
        """
        with said(self.url):
            connection = self._connections.take()
            try:
                self._begin_writing(connection, beside, few)
                yield connection
                prepared.commit(connection)
            except BaseException:
                # Whatever was begun is rolled back with it.
                connection.close()
                raise
            self._connections.give_back(connection)
            if not (self._passing or something_kept.is_set()):
                something_kept.set()

    def _begin_writing(self, connection: Connection, beside: bool, few: bool) -> None:
        if self.sqlite:
            retried(partial(prepared.run_text, connection, "BEGIN IMMEDIATE"), self.patience)
            return
        prepared.keep_plans(connection, few)
        # Who writes alone decides on a state that nobody changes meanwhile. Every statement after this one sees all that the
        # writers before us have committed.
        try:
            prepared.found(connection, _among_writers(beside), {"patience": f"{self.patience:.3f}s"})
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":
                raise
            raise DatabaseBusy from error

    def let_others_in(self) -> None:
        """Called between two batches of a long work. PostgreSQL queues its writers and needs no pause."""
        if self.sqlite:
            time.sleep(PAUSE)

    def dispose(self) -> None:
        """Close every connection."""
        self._connections.close()
        self.engine.dispose()


@cache
def _among_writers(beside: bool) -> Select[Any]:
    lock = func.pg_advisory_xact_lock_shared if beside else func.pg_advisory_xact_lock
    waiting = func.set_config("lock_timeout", bindparam("patience", type_=String()), True)
    return select(waiting.label("waiting"), lock(_WRITERS, type_=String()).label("ours"))


def _look(connection: Connection) -> None:
    """Begin to read. The state is fixed, and a lock is met (a log being recovered or removed), at the first look, not at BEGIN."""
    try:
        prepared.run_text(connection, "BEGIN")
        prepared.run_text(connection, "SELECT 1 FROM sqlite_master LIMIT 1")
    except OperationalError:
        connection.connection.rollback()
        raise


def open_database(text: str) -> Database:
    """The database at that address. Raises NoDatabase where there is none: only `campaign init` makes one."""
    url = address(text)
    if url.drivername == "sqlite":
        if Path(url.database or "").is_dir():
            raise AddressIsFolder(where=shown(url))
        if not Path(url.database or "").is_file():
            raise NoDatabase(where=shown(url))
    database = Database(url)
    try:
        _check_ours(database)
    except BaseException:
        database.dispose()
        raise
    return database


def _check_ours(database: Database) -> None:
    where = shown(database.url)
    try:
        with database.read() as connection:
            query = select(tables.setting.c.value).where(tables.setting.c.key == "schema")
            schema = connection.execute(query).scalar_one_or_none()
    except DatabaseFailed as error:
        cause = error.__cause__
        assert isinstance(cause, DBAPIError)
        if _is_missing(cause):
            raise NoDatabase(where=where) from error
        if _is_strange(cause):
            raise NotOurDatabase(where=where) from error
        raise
    if schema is None or not re.fullmatch(r"\d{4}", str(schema)):
        raise NotOurDatabase(where=where)
    if schema != SCHEMA:
        raise (OlderDatabase if schema < SCHEMA else NewerDatabase)(where=where)


def _is_missing(error: DBAPIError) -> bool:
    """Whether the server says that it has no such database: psycopg has only its words for what fails before there is a connection."""
    return "database" in str(error.orig) and "does not exist" in str(error.orig)


def _is_strange(error: DBAPIError) -> bool:
    """Whether the tables are not there, or it is no database at all."""
    cause = error.orig
    known = getattr(cause, "sqlstate", None) == "42P01" or getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB
    return known or "no such table" in str(cause)

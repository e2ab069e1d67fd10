"""Who has a letter in hand: a number that is a process's own for as long as it lives, and free the moment it dies.

A claim that outlives its claimant makes a letter wait for nothing; one that ends before it sends a letter twice. So it is no lease (which
would have to outlast the slowest mail server) but a lock that the system takes back from the dead: on PostgreSQL an advisory lock of a
session of its own, on SQLite a lock on a file beside the database. Neither holds a transaction open while a mail server is waited for.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from engine.errors import CampaignError
from engine.oserrors import why
from engine.store.database import Database
from engine.store.failures import DatabaseFailed

# The first half of the key of every claimant's advisory lock ("send" in ASCII); the second is its number.
_CLAIMANTS = 0x73656E64
# A host that vanished is noticed by the server within about two minutes; a process that died at once.
_KEEPALIVE = {"tcp_keepalives_idle": "60", "tcp_keepalives_interval": "15", "tcp_keepalives_count": "4"}


class ClaimLost(CampaignError):
    """与数据库的连接断过，别的进程可能已接手寄信。没有再寄，稍后会重新开始。

    The connection to the database was lost, and another process may have taken over. No further letter was sent; sending begins anew later.
    """


@contextmanager
def claimant(database: Database) -> Iterator[int]:
    """A number under which to claim, the lowest that no living process has; given up at the end. Raises DatabaseFailed."""
    with _with_file(Path(database.url.database or "")) if database.sqlite else _with_session(database) as number:
        yield number


def is_dead(connection: Connection, number: int) -> bool:
    """Whether no living process has that number. To be asked within the transaction that takes over what the dead had in hand."""
    if connection.dialect.name == "sqlite":
        return _is_unlocked(_file(Path(connection.engine.url.database or ""), number))
    # Ours until the end of the transaction: nobody is given the number of a dead one while its claims are taken over.
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_CLAIMANTS, number))).scalar_one())


@contextmanager
def _with_session(database: Database) -> Iterator[int]:
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.execute(select(*(func.set_config(name, value, False) for name, value in _KEEPALIVE.items())))
            number = next(number for number in count(1) if _ask(session, "pg_try_advisory_lock", number))
            try:
                yield number
            finally:
                _ask(session, "pg_advisory_unlock", number)
    except DBAPIError as error:
        raise DatabaseFailed(why=str(error.orig).strip() or type(error.orig).__name__) from error


def _ask(session: Connection, function: str, number: int) -> bool:
    return bool(session.execute(select(getattr(func, function)(_CLAIMANTS, number))).scalar_one())


@contextmanager
def _with_file(database: Path) -> Iterator[int]:
    try:
        number, handle = next((number, handle) for number in count(1) if (handle := _lock(_file(database, number))) is not None)
    except OSError as error:
        raise DatabaseFailed(why=why(error)) from error
    try:
        yield number
    finally:
        # While it is still locked: afterwards it might be somebody else's.
        _file(database, number).unlink(missing_ok=True)
        os.close(handle)


def _file(database: Path, number: int) -> Path:
    return database.with_name(f"{database.name}-sender{number}")


def _lock(file: Path) -> int | None:
    """The handle that holds the lock; None where somebody else does. `flock` is held by the handle, not by the process or its threads."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if _locks(handle) and _is_there(file, handle):
        return handle
    os.close(handle)
    return None


def _locks(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_there(file: Path, handle: int) -> bool:
    """Whether the file still has its name: one that was given up between our opening and our locking keeps nobody out."""
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _is_unlocked(file: Path) -> bool:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        return _locks(handle)
    finally:
        os.close(handle)

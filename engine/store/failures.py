"""What a database does wrong, each as one sentence: where it is, what it means, what to do."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from engine.errors import CampaignError
from engine.sentences import Sentence
from engine.store.types import Unreadable

_NOTHING = Sentence("本次操作没有留下任何改动", "nothing of this operation was kept")
_SO_FAR = Sentence("此前办完的都已保存，重新运行即接着办", "what was done before is kept, and running it again goes on from there")


class NotKept(CampaignError):
    """数据库出了问题，{kept}。

    Something is wrong with the database; {kept}.
    """

    def __init__(self, **values: object) -> None:
        super().__init__(**{"kept": _NOTHING, **values})


class DatabaseReadOnly(NotKept):
    """数据库 {where} 不能写入，{kept}。请检查文件和所在文件夹的权限，文件夹也必须可以写。

    The database {where} cannot be written; {kept}. Check the permissions of the file and of its folder, which must be writable too.
    """


class DatabaseCompanionLocked(DatabaseReadOnly):
    """数据库旁边的 {beside} 不能读写（多半是数据库只读时留下的），{kept}。请停掉使用 {where} 的程序，
    chmod u+rw {beside}，所有者也要与数据库相同。以 -wal 结尾的文件不要删除：里面可能有尚未并入的记录。

    {beside}, beside the database {where}, cannot be read and written (left from when the database was read-only, as a rule); {kept}.
    Stop whatever uses the database, chmod u+rw {beside}, and let it have the owner of the database. Do not delete a file that ends in
    -wal: there may be rows in it that are nowhere else.
    """


class DatabaseUnreadable(CampaignError):
    """数据库 {where} 打不开：没有读取的权限。请检查文件和所在文件夹的权限。

    The database {where} cannot be opened: the right to read it is missing. Check the permissions of the file and of its folder.
    """


class DatabaseFailed(NotKept):
    """数据库出错（{why}），{kept}。请重试；仍不行，请把这句话告诉维护者。

    The database failed ({why}); {kept}. Try again; if it goes on, tell this to whoever maintains the program.
    """


class DatabaseDiskFull(DatabaseFailed):
    """数据库 {where} 所在的磁盘已满，{kept}。请清理磁盘后重试。

    The disk that holds the database {where} is full; {kept}. Make room and try again.
    """


class DatabaseUnreachable(DatabaseFailed):
    """连不上数据库服务器 {where}（{why}）。请检查服务器是否在运行，地址、端口、用户名和密码对不对，然后重试。

    The database server {where} cannot be reached ({why}). Check that it is running, and its address, port, user and password; then try
    again.
    """


class DatabaseDamaged(DatabaseFailed):
    """数据库 {where} 已经损坏，读不出其中的内容。请停止使用，把它移走，再用 campaign restore 从最近的备份恢复。

    The database {where} is damaged and cannot be read. Stop using it, move it away, and restore the latest backup with `campaign restore`.
    """


class DatabaseBusy(NotKept):
    """另一个进程正占用数据库，等了一分钟仍未释放，{kept}。请稍后再试。

    Another process kept the database busy for a minute; {kept}. Try again later.
    """


class DatabaseGone(CampaignError):
    """数据库文件 {where} 已经不在原处（被移走、删除或替换），不能再办理。请放回原处，再重新启动。

    The database file {where} is no longer in its place (moved, deleted or replaced); nothing more can be done. Put it back and start again.
    """


class Unwound(Exception):
    """Ends a transaction on purpose, for a preview or a dry run: nothing of it is kept, and nothing is wrong."""


class Interrupted(NotKept):
    """已中断，{kept}。

    Interrupted; {kept}.
    """

    exit_code = 130


@contextmanager
def in_batches(kept: Sentence = _SO_FAR) -> Iterator[None]:
    """Of work that is kept a batch at a time, a failure, or whoever stops it, is told what has become of what was done before.

    kept: how that is said. Raises Interrupted for Ctrl-C.
    """
    try:
        yield
    except NotKept as error:
        raise type(error)(**{**error.values, "kept": kept}) from error
    except KeyboardInterrupt as error:
        raise Interrupted(kept=kept) from error


# The primary result codes of SQLite, and what they mean for whoever works with the database.
_FAILURES: dict[int, type[CampaignError]] = {
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
}
# Of the write-ahead log a full disk is only said as "I/O error" while its index is being made longer.
_FULL_TOO = frozenset({sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE})
# What is said of a write-ahead log, or its index, that we may not open.
_REFUSED = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL})
# PostgreSQL's own state for it.
_DISK_FULL = frozenset({"53100"})


def without_password(text: str) -> str:
    """The address as it may be shown."""
    hidden = re.sub(r"(:/{0,2}[^:/@]*):.*@", r"\1:***@", text)
    return re.sub(r"(password=)[^&]*", r"\1***", hidden, flags=re.IGNORECASE)


def shown(url: URL) -> str:
    """The address without its password."""
    return url.database or "" if url.drivername == "sqlite" else without_password(url.render_as_string(hide_password=True))


@contextmanager
def said(url: URL) -> Iterator[None]:
    """A database that fails (a full disk, a lost server, a damaged file) is one sentence, not a traceback."""
    try:
        yield
    except DBAPIError as error:
        failure = _failure(error, url)
        values = {"where": shown(url), "why": _first_line(error), "beside": _locked_beside(url)}
        raise (failure or DatabaseFailed)(**values) from error
    except Unreadable as error:
        raise DatabaseDamaged(where=shown(url)) from error
    except (CampaignError, Unwound):
        raise
    except Exception as error:
        # A row that makes no sense to us may be our own fault or that of the disk; the file itself tells which.
        if _is_damaged(url):
            raise DatabaseDamaged(where=shown(url)) from error
        raise


def _failure(error: DBAPIError, url: URL) -> type[CampaignError] | None:
    """What a failure is called whose cause is known."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    if code & 0xFF in _REFUSED and may_be_read(url) and _locked_beside(url):
        return DatabaseCompanionLocked
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN:
        return DatabaseReadOnly if may_be_read(url) else DatabaseUnreadable
    if means_full(error):
        return DatabaseDiskFull
    if "decode to UTF-8" in str(error.orig):
        return DatabaseDamaged
    if isinstance(error, OperationalError) and url.drivername != "sqlite" and getattr(error.orig, "sqlstate", None) is None:
        # What fails before there is a connection, or with it, has no state of its own.
        return DatabaseUnreachable
    return _FAILURES.get(code & 0xFF)


def means_full(error: DBAPIError | sqlite3.Error) -> bool:
    """Whether it says that a disk is full."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_FULL or code in _FULL_TOO or getattr(cause, "sqlstate", None) in _DISK_FULL


def may_be_read(url: URL) -> bool:
    """Whether the file can be opened for reading at all."""
    return os.access(url.database or "", os.R_OK)


def _locked_beside(url: URL) -> str:
    """The write-ahead log or its index, where it is there and we may not read and write it; '' where that is not so."""
    if url.drivername != "sqlite":
        return ""
    beside = (f"{url.database}{ending}" for ending in ("-wal", "-shm"))
    return next((file for file in beside if os.path.exists(file) and not os.access(file, os.R_OK | os.W_OK)), "")


def _is_damaged(url: URL) -> bool:
    """Whether SQLite itself finds fault with the file."""
    if url.drivername != "sqlite":
        return False
    try:
        with closing(sqlite3.connect(f"{Path(url.database or '').absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__

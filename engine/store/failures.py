"""What a database does wrong, each as one sentence: where it is, what it means, what to do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from engine.errors import CampaignError
from engine.store.types import Unreadable


class DatabaseReadOnly(CampaignError):
    """数据库 {where} 不能写入，什么都没有改动。请检查文件和所在文件夹的权限。

    The database {where} cannot be written; nothing was changed. Check the permissions of the file and of its folder.
    """


class DatabaseFailed(CampaignError):
    """数据库出错，本次操作没有留下任何改动：{why}

    The database failed; nothing of this operation was kept: {why}
    """


class DatabaseDiskFull(DatabaseFailed):
    """数据库 {where} 所在的磁盘已满，本次操作没有留下任何改动。请清理磁盘后重试。

    The disk that holds the database {where} is full; nothing of this operation was kept. Make room and try again.
    """


class DatabaseDamaged(DatabaseFailed):
    """数据库 {where} 已经损坏，读不出其中的内容。请停止使用，把它移走，再用 campaign restore 从最近的备份恢复。

    The database {where} is damaged and cannot be read. Stop using it, move it away, and restore the latest backup with `campaign restore`.
    """


class DatabaseBusy(CampaignError):
    """另一个进程正占用数据库，等了一分钟仍未释放，什么都没有改动。请稍后再试。

    Another process kept the database busy for a minute; nothing was changed. Try again later.
    """


# The primary result codes of SQLite, and what they mean for whoever works with the database.
_FAILURES: dict[int, type[CampaignError]] = {
    sqlite3.SQLITE_READONLY: DatabaseReadOnly,
    sqlite3.SQLITE_CANTOPEN: DatabaseReadOnly,
    sqlite3.SQLITE_FULL: DatabaseDiskFull,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
}
# Of the write-ahead log a full disk is only said as "I/O error" while its index is being made longer.
_FULL_TOO = frozenset({sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE})
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
        failure = _failure(error)
        raise (failure(where=shown(url)) if failure else DatabaseFailed(why=_first_line(error))) from error
    except Unreadable as error:
        raise DatabaseDamaged(where=shown(url)) from error
    except CampaignError:
        raise
    except Exception as error:
        # A row that makes no sense to us may be our own fault or that of the disk; the file itself tells which.
        if _is_damaged(url):
            raise DatabaseDamaged(where=shown(url)) from error
        raise


def _failure(error: DBAPIError) -> type[CampaignError] | None:
    """What a failure is called whose cause is known."""
    code = getattr(error.orig, "sqlite_errorcode", 0)
    if code in _FULL_TOO or getattr(error.orig, "sqlstate", None) in _DISK_FULL:
        return DatabaseDiskFull
    if "decode to UTF-8" in str(error.orig):
        return DatabaseDamaged
    return _FAILURES.get(code & 0xFF)


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

"""A copy of a database to try something on, in a file of its own that is thrown away: what is done to it has never happened.

Of SQLite it is a copy of the pages, of PostgreSQL the portable one that a backup holds. A transaction that is rolled back would do
without the copying, but keep everybody else from writing for as long as the trial lasts.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL

from engine.errors import CampaignError
from engine.oserrors import is_full, why
from engine.progress import Progress, Watch
from engine.sentences import Sentence
from engine.store.archive import CopyHasNoRoom, copy_out
from engine.store.database import Database
from engine.store.failures import DatabaseFailed

_COPYING = Sentence("复制数据库", "copying the database")
# So many pages at a time: often enough to be seen at work, seldom enough not to slow it down.
_PAGES = 2000


class NoRoomToTry(CampaignError):
    """{folder} 所在的磁盘已满，放不下数据库的副本，没有推演，原来的数据库没有动。请清理该磁盘，或用环境变量 TMPDIR 指明另一个文件夹。

    The disk that holds {folder} is full and has no room for the copy of the database that this is tried on; the database itself was left
    alone. Make room there, or name another folder with the environment variable TMPDIR.
    """


@contextmanager
def trial_copy(database: Database, watch: Watch) -> Iterator[Database]:
    """The copy, as everything stood at one instant; others may go on writing to the original. Raises NoRoomToTry, DatabaseFailed."""
    with _folder() as place:
        file = Path(place) / "copy.db"
        if database.sqlite:
            _copy_pages(database, file, watch)
        else:
            _copy_rows(database, file, watch)
        copy = Database(URL.create("sqlite", database=str(file)), durable=False, passing=True)
        try:
            yield copy
        finally:
            copy.dispose()


def _folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="campaign-trial-", ignore_cleanup_errors=True)
    except OSError as error:
        folder = tempfile.gettempdir()
        if is_full(error):
            raise NoRoomToTry(folder=folder) from error
        raise DatabaseFailed(why=Sentence("{folder}：{why}", "{folder}: {why}", {"folder": folder, "why": why(error)})) from error


def _copy_pages(database: Database, file: Path, watch: Watch) -> None:
    def said(_: int, left: int, total: int) -> None:
        watch(Progress(what=_COPYING, done=total - left, total=total))

    # Within the transaction of whoever reads, the copying is not begun anew when somebody else writes.
    with database.read() as source, closing(sqlite3.connect(file)) as target:
        raw = source.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        try:
            raw.backup(target, pages=_PAGES, progress=said, sleep=0)
        except sqlite3.Error as error:
            full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
            raise (NoRoomToTry(folder=str(file.parent)) if full else DatabaseFailed(why=str(error))) from error


def _copy_rows(database: Database, file: Path, watch: Watch) -> None:
    copied = Counter[str]()

    def said(rows: int) -> None:
        copied["rows"] += rows
        watch(Progress(what=_COPYING, done=copied["rows"]))

    try:
        copy_out(database, file, said)
    except CopyHasNoRoom as error:
        raise NoRoomToTry(folder=str(file.parent)) from error

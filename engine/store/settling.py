"""After very much was written at once: the statistics that plans are made from, and the room that the writing took."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError

from engine.store import tables as t
from engine.store.database import Database, retried
from engine.store.failures import DatabaseBusy

# From this many rows on it is worth its while: plans made for an empty table stay until somebody counts (MEASURED section 3).
MANY = 1000
ROSTER: Sequence[Table] = (t.unit, t.person, t.tenure)
CASES: Sequence[Table] = (t.scope, t.cases, t.obligation, t.progress, t.tally, t.ready)
# How many entries of an index are looked at: the whole of a large one would take as long as a batch may never take.
_LOOKED_AT = 1000


def settle(database: Database, tables: Sequence[Table]) -> None:
    """Count again what these tables hold, and give back the room of the log: where that cannot be done (a full disk), it is left."""
    with suppress(sqlite3.Error, DBAPIError, DatabaseBusy):
        if database.sqlite:
            _settle_file(database)
        else:
            _settle_server(database, tables)


def _settle_file(database: Database) -> None:
    """A log never grows shorter by itself. Somebody who reads or writes meanwhile puts that off to the next time."""
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA analysis_limit = {_LOOKED_AT}")
        retried(partial(cursor.execute, "ANALYZE"), database.patience)
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _settle_server(database: Database, tables: Sequence[Table]) -> None:
    named = ", ".join(table.name for table in tables)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM (ANALYZE) {named}"))

"""The plain driver: sqlite3 or psycopg, one statement after the other, with the durability and the checks of the house."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import make_url

Row = Sequence[Any]


class Plain:
    """A connection. Statements are written with `?`. `work()` is one transaction, begun as the house begins one."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.connection: Any = _sqlite(url) if self.sqlite else _psycopg(url)
        self.cursor: Any = self.connection.cursor()

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Execute; the rows found, if it looks for any."""
        self.cursor.execute(self._spelled(statement), values)
        return list(self.cursor.fetchall()) if self.cursor.description else []

    def one(self, statement: str, *values: Any) -> Any:
        """The one row found."""
        (row,) = self.run(statement, *values)
        return row

    def many(self, statement: str, rows: Iterable[Row]) -> None:
        """executemany; psycopg sends it in a pipeline by itself."""
        self.cursor.executemany(self._spelled(statement), rows)

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """The fastest way in that the driver has: executemany on SQLite, COPY on PostgreSQL."""
        named = ", ".join(f'"{column}"' for column in columns)
        if self.sqlite:
            self.many(f"INSERT INTO {table} ({named}) VALUES ({', '.join('?' * len(columns))})", rows)
            return
        with self.cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def read(self, statement: str, size: int = 20_000) -> Iterator[list[Row]]:
        """What is found, some rows at a time: never all of it in memory."""
        # Outside a transaction a cursor that stays on the server has to be kept there whole.
        cursor = self.connection.cursor() if self.sqlite else self.connection.cursor(name="reading", withhold=True)
        with closing(cursor):
            cursor.execute(statement)
            while rows := cursor.fetchmany(size):
                yield rows

    @contextmanager
    def work(self) -> Iterator[None]:
        """One durable transaction."""
        self.cursor.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        yield
        self.cursor.execute("COMMIT")

    def tidy(self) -> None:
        """What a database does from time to time anyhow: statistics, and the room of dead rows."""
        for statement in ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)") if self.sqlite else ("VACUUM ANALYZE", "CHECKPOINT"):
            self.cursor.execute(statement)

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _spelled(self, statement: str) -> str:
        return statement if self.sqlite else statement.replace("%", "%%").replace("?", "%s")


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(make_url(url).database or "", isolation_level=None, timeout=60)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _psycopg(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@contextmanager
def plain(url: str) -> Iterator[Plain]:
    """A plain connection, closed at the end."""
    connection = Plain(url)
    try:
        yield connection
    finally:
        connection.close()

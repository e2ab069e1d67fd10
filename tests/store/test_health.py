"""What a database says of itself, on both databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.store import health
from engine.store.database import Connection, Database, open_database


@contextmanager
def reading(database: Database) -> Iterator[Connection]:
    with database.read() as connection:
        yield connection


def unsound(database: Database) -> dict[str, str]:
    with reading(database) as connection:
        return {one.name: one.value for one in health.settings(database, connection) if not one.sound}


def test_our_own_connections_keep_the_promise_where_the_server_does(database: Database) -> None:
    # The server of the tests is one that may lose everything, which has to be seen.
    assert unsound(database) == ({} if database.sqlite else {"fsync": "off", "full_page_writes": "off"})


def test_a_connection_that_does_not_wait_for_the_disk_is_seen(database: Database) -> None:
    change = "PRAGMA synchronous = NORMAL" if database.sqlite else "SET synchronous_commit = off"
    # Outside a transaction, and so on the connection itself; after this there is no other.
    database.dispose()
    connection = database.engine.raw_connection()
    connection.cursor().execute(change)
    connection.commit()
    connection.close()
    assert ("synchronous" if database.sqlite else "synchronous_commit") in unsound(database)


@pytest.mark.parametrize(("name", "value", "sound"), [("synchronous", "1", False), ("synchronous", "2", True), ("synchronous", "3", True)])
def test_stricter_than_asked_for_is_as_good(name: str, value: str, sound: bool) -> None:
    assert health.Setting(name=name, value=value, wanted="2").sound is sound


def test_no_index_is_missing_until_one_is_dropped(database: Database) -> None:
    with reading(database) as connection:
        assert health.missing_indexes(connection) == ()
    with database.write() as connection:
        connection.execute(text("DROP INDEX ix_cases_stage"))
        connection.execute(text("DROP INDEX ix_notice_held"))
    with reading(database) as connection:
        assert set(health.missing_indexes(connection)) == {"ix_cases_stage", "ix_notice_held"}


def test_sizes_are_those_of_what_is_there(database: Database) -> None:
    with reading(database) as connection:
        assert health.rows(connection) == {"units": 8, "cases": 0, "obligations": 0, "notices": 0, "journal": 0}
        sizes = health.sizes(database, connection)
    assert set(sizes) == ({"database", "log"} if database.sqlite else {"database"})
    assert sizes["database"] > 10_000


def test_a_server_has_a_clock_of_its_own_and_a_file_has_none(database: Database) -> None:
    with reading(database) as connection:
        found = health.server_clock(database, connection)
    assert (found is None) if database.sqlite else (found is not None and found > 1_700_000_000)


def test_a_file_with_a_torn_page_is_damaged(database: Database, tmp_path: Path) -> None:
    with reading(database) as connection:
        assert health.damage(database, connection) == ()
    if database.sqlite:
        torn = open_database(str(tear(database, tmp_path / "torn.db")))
        with reading(torn) as connection:
            assert health.damage(torn, connection)
        torn.dispose()


def tear(database: Database, copy: Path) -> Path:
    """A copy of the file in which an index no longer says what its table does."""
    with sqlite3.connect(database.url.database or "") as source, sqlite3.connect(copy) as target:
        source.backup(target)
        target.execute("PRAGMA writable_schema = ON")
        target.execute("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'ix_unit_superior_id')"
                       " WHERE name = 'ix_cases_stage'")  # fmt: skip
    return copy

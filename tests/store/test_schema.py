"""The migrations make exactly the tables, on both databases."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from engine.store import tables as t
from engine.store.database import (
    SCHEMA,
    AddressIsFolder,
    BadAddress,
    DatabaseExists,
    NoFolder,
    address,
    open_database,
)
from engine.store.failures import DatabaseFailed
from engine.store.house import is_rehearsal, read_setting
from engine.store.schema import create_database, differences, migrate
from tests.conftest import Postgres

SQLITE = "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND tbl_name NOT LIKE 'alembic%'"
POSTGRESQL = [
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, collation_name"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'alembic%'",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'alembic%'",
]


def everything(connection: Connection) -> set[tuple[object, ...]]:
    """Every table, column, index and constraint, as the database describes them; the order of lines does not count."""
    if connection.dialect.name == "postgresql":
        return {tuple(found) for query in POSTGRESQL for found in connection.execute(text(query))}
    return {
        (
            found.type,
            found.tbl_name,
            found.name,
            tuple(sorted(parts(found.sql or ""))),
        )
        for found in connection.execute(text(SQLITE))
    }


def parts(sql: str) -> list[str]:
    """The words of a statement: a column that came later stands on the line of another one."""
    return re.findall(r"[^\s,()\"]+|\([^()]*\)", sql)


def test_a_new_database_is_what_the_tables_say(database_url: str) -> None:
    database = create_database(database_url, {"kind": "live"})
    assert differences(database.engine) == []
    database.dispose()


def test_migrations_and_tables_agree_to_the_last_index(database_url: str, postgres: Postgres, tmp_path: Path) -> None:
    migrated = create_database(database_url, {"kind": "live"})
    with migrated.read() as connection:
        by_migration = everything(connection)
    migrated.dispose()
    with postgres.database() as url:
        engine = create_engine(url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path / 'other.db'}")
        with engine.begin() as connection:
            t.metadata.create_all(connection)
            assert everything(connection) == by_migration
        engine.dispose()


def test_the_last_migration_is_the_schema_the_program_asks_for(database_url: str) -> None:
    database = create_database(database_url, {"kind": "live"})
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == SCHEMA
        assert read_setting(connection, "schema") == SCHEMA
    database.dispose()


def test_migrating_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    database = create_database(database_url, {"kind": "live"})
    with database.write() as connection:
        migrate(connection)
        assert read_setting(connection, "kind") == "live"
    assert differences(database.engine) == []
    database.dispose()


def test_keys_that_identify_by_columns_have_no_row_numbers(tmp_path: Path) -> None:
    database = create_database(str(tmp_path / "x.db"), {})
    with database.read() as connection:
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'")).scalars()
        assert set(rows) == {"tenure", "scope", "obligation", "progress", "tally", "overdue", "fingerprint"}
    database.dispose()


@pytest.mark.parametrize(("kind", "expected"), [("live", False), ("rehearsal", True)])
def test_a_database_keeps_what_kind_it_is(database_url: str, kind: str, expected: bool) -> None:
    create_database(database_url, {"kind": kind}).dispose()
    opened = open_database(database_url)
    with opened.read() as connection:
        assert is_rehearsal(connection) == expected
    opened.dispose()


def test_a_database_is_not_made_over_another(database_url: str) -> None:
    create_database(database_url, {"kind": "live"}).dispose()
    with pytest.raises(DatabaseExists):
        create_database(database_url, {"kind": "rehearsal"})
    opened = open_database(database_url)
    with opened.read() as connection:
        assert read_setting(connection, "kind") == "live"
    opened.dispose()


def test_a_database_with_somebody_elses_tables_is_left_alone(database_url: str, tmp_path: Path) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(DatabaseExists):
        create_database(database_url, {})
    assert inspect(engine).get_table_names() == ["theirs"]
    engine.dispose()


def test_a_file_that_exists_is_not_made_into_a_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("")
    with pytest.raises(DatabaseExists):
        create_database(str(tmp_path / "x.db"), {})
    assert (tmp_path / "x.db").read_text() == ""


def test_a_database_and_all_beside_it_are_private(tmp_path: Path) -> None:
    database = create_database(str(tmp_path / "x.db"), {})
    with database.write() as connection:
        connection.execute(t.setting.insert().values(key="a", value="b"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    database.dispose()
    assert modes == {"x.db": 0o600, "x.db-wal": 0o600, "x.db-shm": 0o600}


def test_a_folder_is_not_made_into_a_database(tmp_path: Path) -> None:
    with pytest.raises(AddressIsFolder, match=str(tmp_path)):
        create_database(str(tmp_path), {})


@pytest.mark.parametrize("place", ["none/x.db", "file/x.db"])
def test_a_database_is_not_made_in_a_folder_that_is_not_there(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoFolder):
        create_database(str(tmp_path / place), {})


def test_a_database_that_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFailed):
        create_database(str(tmp_path / "x.db"), {"kind": None})  # type: ignore[dict-item]  # what a broken caller would hand over
    assert list(tmp_path.iterdir()) == []


def test_tables_that_cannot_be_finished_leave_nothing_on_a_server_either(postgres_url: str) -> None:
    with pytest.raises(DatabaseFailed):
        create_database(postgres_url, {"kind": None})  # type: ignore[dict-item]  # what a broken caller would hand over
    create_database(postgres_url, {"kind": "live"}).dispose()


@pytest.mark.parametrize(
    ("text_", "shown"),
    [
        ("", ""),
        ("  ", "  "),
        (":memory:", ":memory:"),
        ("sqlite://", ""),
        ("a\0b", "a?b"),
        ("mysql://root@example.org/x", "mysql://root@example.org/x"),
        ("mysql://root:secret@example.org/x", "mysql://root:***@example.org/x"),
        ("postgresql://me:s@cret@example.org:abc/x", "postgresql://me:***@example.org:abc/x"),
        ("://", "://"),
        ("postgresql+asyncpg://example.org/x", "postgresql+asyncpg://example.org/x"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(text_: str, shown: str) -> None:
    with pytest.raises(BadAddress) as caught:
        address(text_)
    assert caught.value.values == {"where": shown}


@pytest.mark.parametrize(
    ("text_", "driver", "name"),
    [
        ("数据.db", "sqlite", "数据.db"),
        ("a b/c.db", "sqlite", "a b/c.db"),
        ("sqlite:///a/b.db", "sqlite", "a/b.db"),
        ("sqlite:////a/b.db", "sqlite", "/a/b.db"),
        ("postgresql://me@example.org/x", "postgresql+psycopg", "x"),
        ("postgresql+psycopg://me@example.org/x", "postgresql+psycopg", "x"),
    ],
)
def test_a_file_name_or_a_url_is_an_address(text_: str, driver: str, name: str) -> None:
    assert (address(text_).drivername, address(text_).database) == (driver, name)


def test_what_a_killed_init_left_is_taken_over_and_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "cut-off.db"
    begun = """
import os, sys
from engine.store.schema import new_database
with new_database(sys.argv[1]):
    os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", begun, str(file)], check=False)
    assert ended.returncode == -9
    assert file.exists()
    create_database(str(file), {"kind": "live"}).dispose()
    with pytest.raises(DatabaseExists):
        create_database(str(file), {"kind": "live"})

"""The databases the tests run on are what they claim to be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.conftest import Postgres


def run(url: str, *statements: str) -> list[object]:
    """Run statements at a URL in one transaction; the first column of what the last one finds."""
    engine = create_engine(url)
    with engine.begin() as connection:
        *first, last = statements
        for statement in first:
            connection.execute(text(statement))
        result = connection.execute(text(last))
        found: list[object] = list(result.scalars()) if result.returns_rows else []
    engine.dispose()
    return found


def fill(url: str) -> None:
    run(url, "CREATE TABLE unit (name TEXT)", "INSERT INTO unit VALUES ('第一党支部')")


def test_a_test_that_asks_for_a_database_runs_on_the_one_its_name_says(database_url: str, request: pytest.FixtureRequest) -> None:
    assert database_url.startswith(request.node.callspec.id)
    assert run(database_url, "SELECT 1") == [1]


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_has_an_empty_database_of_its_own(database_url: str, time: int) -> None:
    run(database_url, "CREATE TABLE unit (name TEXT)")
    assert run(database_url, "SELECT name FROM unit") == []


@pytest.mark.parametrize("time", [1, 2])
def test_a_copied_database_holds_what_was_prepared_and_nothing_of_other_tests(
    copied_database: Callable[[Callable[[str], None]], str], time: int
) -> None:
    url = copied_database(fill)
    run(url, f"INSERT INTO unit VALUES ('{time}')")
    assert run(url, "SELECT name FROM unit ORDER BY name") == [str(time), "第一党支部"]


def test_a_connection_left_open_does_not_keep_a_database_from_being_dropped(postgres: Postgres) -> None:
    with postgres.database() as url:
        left_open = psycopg.connect(url.replace("+psycopg", ""))
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")


def test_the_server_is_a_postgresql_that_stands_alone(postgres_url: str) -> None:
    assert run(postgres_url, "SHOW listen_addresses") == [""]
    assert str(run(postgres_url, "SELECT version()")[0]).startswith("PostgreSQL 18")
    assert Path(str(run(postgres_url, "SHOW data_directory")[0])).parent.stat().st_mode & 0o777 == 0o755

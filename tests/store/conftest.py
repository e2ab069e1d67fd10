"""Databases with the sample organisation, for the tests of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from engine.store.database import Database, open_database
from tests.conftest import Postgres
from tests.store.samples import prepare


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest, copied_database: Callable[[Callable[[str], None]], str]) -> Iterator[Database]:
    """A database of this test's own that holds the sample organisation, on SQLite and on PostgreSQL in turn."""
    if backend == "sqlite":
        opened = open_database(copied_database(prepare))
        yield opened
        opened.dispose()
        return
    with server_copy(request.getfixturevalue("postgres")) as url:
        opened = open_database(url)
        yield opened
        opened.dispose()


@contextmanager
def server_copy(server: Postgres) -> Iterator[str]:
    """The URL of a copy made file by file: with nothing synced that is three times as fast as through the log."""
    name = f"store_{next(server.numbers)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE {server.template(prepare)} STRATEGY FILE_COPY")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")

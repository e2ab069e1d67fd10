"""Databases with the sample organisation, for the tests of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.store.database import Database, open_database
from tests.conftest import Prepare
from tests.store.samples import prepare


@pytest.fixture
def database(copied_database: Callable[[Prepare], str]) -> Iterator[Database]:
    """A database of this test's own that holds the sample organisation, on SQLite and on PostgreSQL in turn."""
    opened = open_database(copied_database(prepare))
    yield opened
    opened.dispose()

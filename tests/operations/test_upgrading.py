"""A campaign that an older program began goes on after the upgrade as if this one had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.codes import NoticeKind
from engine.store.database import open_database
from engine.store.schema import differences, upgrade
from tests.operations import world as w
from tests.operations.files import CHAIN
from tests.operations.world import World
from tests.templates import Prepare, Upon

# What the first program had otherwise.
BACK = (
    "ALTER TABLE artifact DROP COLUMN content",
    *(f"DROP TABLE {name}" for name in ("near_copy", "fingerprint", "sketch")),
    "DROP INDEX IF EXISTS ix_obligation_deadline_settled",
    "CREATE INDEX IF NOT EXISTS ix_obligation_deadline ON obligation (deadline_id, case_id) WHERE NOT settled",
    "ALTER TABLE message DROP COLUMN contact",
    "ALTER TABLE person DROP COLUMN channels",
    "ALTER TABLE workflow DROP COLUMN texts",
    "DROP TABLE report",
    *(f"DROP INDEX {name}" for name in ("ix_message_claim", "ix_message_waiting", "ix_attempt_at", "ix_attempt_domain")),
    "CREATE INDEX ix_message_waiting ON message (next_try_at) WHERE state = 0",
    *(f"ALTER TABLE message DROP COLUMN {name}" for name in ("turn", "domain", "answers", "digest", "calendar")),
    "ALTER TABLE attempt DROP COLUMN domain",
    "ALTER TABLE person DROP COLUMN digest",
    "DELETE FROM setting WHERE key = 'mail_key'",
    "ALTER TABLE message DROP COLUMN claim",
    "ALTER TABLE deadline DROP COLUMN told_from",
    "DROP INDEX ix_person_name",
    "ALTER TABLE cases ADD COLUMN visit INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE campaign ADD COLUMN swept_at BIGINT",
    "UPDATE alembic_version SET version_num = '0001'",
    "UPDATE setting SET value = '0001' WHERE key = 'schema'",
)


@cache
def begun(until: datetime) -> Prepare:
    """A database of the first tables in which a campaign runs and has been swept until then; G1B2 alone has done its plan."""

    def prepare(url: str) -> None:
        database = open_database(url)
        with TemporaryDirectory() as folder:
            world = World(house=House(database=database, vault=Vault(Path(folder) / "files")), folder=Path(folder))
            world.act("G1B2", "计划", w.at(5, 20))
            world.sweep(until)
        with database.write() as connection:
            for statement in BACK:
                connection.execute(text(statement))
        database.dispose()

    return Upon(w.launched(CHAIN), prepare)


Brings = Callable[[datetime], World]


@pytest.fixture
def upgraded(copied_database: Callable[[Prepare], str], tmp_path: Path) -> Iterator[Brings]:
    """Give it the day of the upgrade: the campaign of the first program, as this one finds it."""
    databases = []

    def bring(day: datetime) -> World:
        url = copied_database(begun(day))
        upgrade(url, copied=True)
        database = open_database(url)
        databases.append(database)
        assert differences(database.engine) == []
        return World(house=House(database=database, vault=Vault(tmp_path / "files")), folder=tmp_path)

    yield bring
    for database in databases:
        database.dispose()


def opened_late(world: World, code: str, task: str, now: datetime) -> int:
    """How often the unit was told that this has opened after its reminders had begun."""
    return sum((one.unit, one.task, one.kind) == (code, task, NoticeKind.OPENED) for one in world.notices(now))


@pytest.mark.parametrize(("day", "told"), [(w.at(8, 23), 0), (w.at(8, 26), 1)])
def test_what_opens_late_after_an_upgrade_is_told_once_its_reminders_have_begun(upgraded: Brings, day: datetime, told: int) -> None:
    """They begin on 24 August; G1B2, which was on time, has had the first."""
    world = upgraded(day)
    world.act("G1B1", "计划", day)
    assert opened_late(world, "G1B1", "实施", day) == told


def test_what_opens_late_is_told_where_no_reminder_had_reached_anybody(upgraded: Brings) -> None:
    """Nobody had come so far as to review its year while there was anything to be reminded of."""
    day = w.at(10, 25)
    world = upgraded(day)
    world.act("G1B2", "实施", day)
    world.accept("G1B2", "实施", day)
    assert opened_late(world, "G1B2", "复盘", day) == 1

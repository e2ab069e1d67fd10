"""A database of an older program waits for its upgrade, keeps all that is in it, and a copy of what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from engine.store import schema
from engine.store.database import SCHEMA, Database, NewerDatabase, OlderDatabase, address, open_database
from engine.store.house import read_setting
from engine.store.schema import CopyExists, CopyYourself, NothingToUpgrade, differences, upgrade

# What stood in a database of the first tables, as far as later ones changed them.
ROWS = (
    "INSERT INTO setting (key, value) VALUES ('kind', 'live'), ('schema', '0001')",
    "INSERT INTO unit (id, code, name, level, path, attributes) VALUES (1, 'S', '学校', '学校', '0001.', '{}')",
    "INSERT INTO person (id, key, name) VALUES (1, 'operator:办公室', '办公室')",
    "INSERT INTO workflow (id, name, version, digest, file, source, compiled, loaded_at, loaded_by)"
    " VALUES (1, 'w', 1, 'd', 'f', 's', '{}', 0, 1)",
    "INSERT INTO campaign (id, name, workflow_id, root_id, root_path, state, zone, past, launched_at, launched_by, swept_at, mail_on)"
    " VALUES (1, '活动', 1, 1, '0001.', 1, 'Asia/Shanghai', 'owe', 0, 1, 7, '0')",
    "INSERT INTO cases (id, campaign_id, unit_id, path, parent_path, stage, visit, entered_at) VALUES (1, 1, 1, '0001.', '', 0, 2, 5)",
    "INSERT INTO message (id, campaign_id, person_id, channel, address, day, serial, token, subject, text, html, composed_at, state,"
    " attempts, reason) VALUES (1, 1, 1, 'smtp', 'a@example.org', '2030-01-01', 1, '<a@b>', 's', 't', 'h', 9, 1, 1, '')",
)


@pytest.fixture
def old(database_url: str, tmp_path: Path) -> str:
    """The URL of a database of the first tables."""
    if database_url.startswith("sqlite"):
        (tmp_path / "campaign.db").touch()
    database = Database(address(database_url), new=True)
    with database.write() as connection:
        first_tables(connection)
        for row in ROWS:
            connection.execute(text(row))
    database.dispose()
    return database_url


def first_tables(connection: Connection) -> None:
    """The tables of the first program."""
    command.upgrade(schema._config(connection), "0001")


def expect_as_today(url: str) -> None:
    """All that the first program kept stands in the tables of today."""
    database = open_database(url)
    with database.read() as connection:
        assert read_setting(connection, "schema") == SCHEMA
        assert connection.execute(text("SELECT name, launched_at FROM campaign")).one() == ("活动", 0)
        assert connection.execute(text("SELECT stage, entered_at FROM cases")).one() == (0, 5)
        assert connection.execute(text("SELECT token, claim, contact FROM message")).one() == ("<a@b>", None, "")
        assert connection.execute(text("SELECT channels FROM person")).one() == ("",)
    assert differences(database.engine) == []
    database.dispose()


def test_an_older_database_waits_for_its_upgrade(old: str) -> None:
    with pytest.raises(OlderDatabase) as caught:
        open_database(old)
    assert "campaign upgrade" in caught.value.say("zh") and "campaign upgrade" in caught.value.say("en")


def test_an_upgrade_keeps_what_is_there_and_makes_the_tables_those_of_today(old: str) -> None:
    upgrade(old, copied=True)
    expect_as_today(old)


def test_a_file_is_copied_before_it_is_upgraded(old: str, tmp_path: Path) -> None:
    kept = upgrade(old, copied=True)
    if not old.startswith("sqlite"):
        assert kept is None
        return
    assert kept == tmp_path / f"campaign.db.before-{SCHEMA}"
    with pytest.raises(OlderDatabase):
        open_database(str(kept))
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_copy_that_is_there_already_is_not_overwritten(old: str, tmp_path: Path) -> None:
    (tmp_path / f"campaign.db.before-{SCHEMA}").write_text("mine")
    if old.startswith("sqlite"):
        with pytest.raises(CopyExists):
            upgrade(old, copied=False)
    with pytest.raises(OlderDatabase):
        open_database(old)
    assert (tmp_path / f"campaign.db.before-{SCHEMA}").read_text() == "mine"


def test_a_server_is_upgraded_only_once_somebody_has_backed_it_up(old: str) -> None:
    if old.startswith("sqlite"):
        upgrade(old, copied=False)
        return
    with pytest.raises(CopyYourself):
        upgrade(old, copied=False)
    with pytest.raises(OlderDatabase):
        open_database(old)


def test_what_is_up_to_date_is_left_alone(old: str) -> None:
    upgrade(old, copied=True)
    with pytest.raises(NothingToUpgrade):
        upgrade(old, copied=True)


def test_a_database_of_a_newer_program_is_refused(old: str) -> None:
    upgrade(old, copied=True)
    database = open_database(old)
    with database.write() as connection:
        connection.execute(text("UPDATE setting SET value = '9999' WHERE key = 'schema'"))
    database.dispose()
    with pytest.raises(NewerDatabase):
        open_database(old)
    with pytest.raises(NewerDatabase):
        upgrade(old, copied=True)

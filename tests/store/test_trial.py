"""What is tried on a copy has never happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select

from engine.progress import Progress, unwatched
from engine.store import tables as t
from engine.store.database import Database, address
from engine.store.schema import create_database
from engine.store.trial import trial_copy


@pytest.fixture
def original(database_url: str) -> Database:
    """A database with a setting in it."""
    create_database(database_url, {"kind": "live", "word": "甲"}).dispose()
    return Database(address(database_url), durable=False)


def settings(database: Database) -> dict[str, str]:
    """All settings."""
    with database.read() as connection:
        return {row.key: row.value for row in connection.execute(select(t.setting))}


def write(database: Database, key: str) -> None:
    """One more setting."""
    with database.write() as connection:
        connection.execute(insert(t.setting).values(key=key, value="乙"))


def test_it_holds_what_the_original_holds_and_neither_sees_the_other(original: Database) -> None:
    before = settings(original)
    with trial_copy(original, unwatched) as copy:
        assert settings(copy) == before
        write(copy, "tried")
        write(original, "meanwhile")
        assert "meanwhile" not in settings(copy)
    assert settings(original) == {**before, "meanwhile": "乙"}
    original.dispose()


def test_nothing_is_left_of_it_whatever_happened(original: Database) -> None:
    with pytest.raises(ZeroDivisionError), trial_copy(original, unwatched) as copy:
        file = Path(copy.url.database or "")
        assert file.stat().st_mode & 0o77 == 0 or file.parent.stat().st_mode & 0o77 == 0
        write(copy, "tried")
        raise ZeroDivisionError
    assert not file.parent.exists()
    original.dispose()


def test_whoever_watches_is_told_how_far_the_copying_has_come(original: Database) -> None:
    seen: list[Progress] = []
    with trial_copy(original, seen.append):
        assert seen and seen[-1].done > 0
    original.dispose()

"""What is only for the sake of speed stops nobody."""

from __future__ import annotations

from engine.store.database import Database
from engine.store.settling import CASES, ROSTER, settle


def test_it_can_be_done_at_any_time(database: Database) -> None:
    settle(database, ROSTER)
    settle(database, CASES)


def test_where_somebody_else_is_writing_it_is_left(database: Database) -> None:
    hurried = Database(database.url, patience=0.01)
    with database.write():
        settle(hurried, ROSTER)
    hurried.dispose()

"""What a test may say of the kept counts: that counting again gives the same."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.store import recounting
from engine.store.recounting import Differences


def wrong_counts(connection: Connection, campaign: int) -> list[Differences]:
    """The kinds of kept counts that are not as they are counted."""
    return [found for found in recounting.differences(connection, campaign) if found.count]

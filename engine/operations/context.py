"""What every operation works with: the database, the vault of artifacts, and time that never goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from engine.errors import CampaignError
from engine.evidence.vault import Vault
from engine.store import house as facts
from engine.store import journal
from engine.store.database import Connection, Database

VIRTUAL_NOW = "virtual_now"
# A rehearsal's clock stands here until somebody moves it: before any campaign one would rehearse, midnight in China.
REHEARSAL_START = datetime(1999, 12, 31, 16, tzinfo=UTC)
_SHOWN = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, kw_only=True)
class House:
    """The database and the folder in which artifacts are kept."""

    database: Database
    vault: Vault


class NowRefused(CampaignError):
    """--now 只能用于演练数据库（campaign init --rehearsal 建立的）。这是正式数据库，时间以系统时钟为准。

    --now is only for a rehearsal (a database made by `campaign init --rehearsal`). This is a live one; it goes by the clock.
    """


class TimeGoesBack(CampaignError):
    """演练的时钟已经走到 {reached}，不能退回 {asked}。请给一个更晚的时间，或另建一个演练数据库。

    This rehearsal has reached {reached}; it cannot go back to {asked}. Give a later time, or make another rehearsal.
    """


def effective_now(house: House, asked: datetime | None, clock: datetime) -> datetime:
    """The instant an operation happens at. Raises NowRefused, TimeGoesBack.

    Live: the clock, but never behind what was already written. Rehearsal: `asked`, else where its virtual clock stands.
    """
    with house.database.read() as connection:
        rehearsal = facts.is_rehearsal(connection)
        reached = _reached(connection, rehearsal)
    if not rehearsal:
        if asked is not None:
            raise NowRefused
        return max(clock, reached) if reached else clock
    if asked is None:
        return reached or REHEARSAL_START
    if reached is not None and asked < reached:
        raise TimeGoesBack(reached=f"{reached.astimezone(asked.tzinfo):{_SHOWN}}", asked=f"{asked:{_SHOWN}}")
    return asked


def clock_of(house: House) -> datetime:
    """Where a rehearsal's virtual clock stands."""
    with house.database.read() as connection:
        return _reached(connection, rehearsal=True) or REHEARSAL_START


def _reached(connection: Connection, rehearsal: bool) -> datetime | None:
    written = journal.last_instant(connection)
    stored = facts.read_setting(connection, VIRTUAL_NOW) if rehearsal else None
    marks = [mark for mark in (written, datetime.fromisoformat(stored) if stored else None) if mark is not None]
    return max(marks, default=None)


def set_virtual_now(connection: Connection, now: datetime) -> None:
    """A rehearsal's clock has come this far."""
    if facts.is_rehearsal(connection):
        facts.write_setting(connection, VIRTUAL_NOW, now.isoformat())

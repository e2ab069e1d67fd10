"""How things stand with the mail of a house, before and while anything runs: by which channels, in whose name, when, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.operations.campaigns import running
from engine.operations.context import House
from engine.operations.hours import sending_hours
from engine.operations.office import office_of
from engine.store import health


@dataclass(frozen=True, kw_only=True)
class MailState:
    """channels: the usual one first; none where none is set.  sender: '' where none is.  hours: `07:00-22:00`.

    on, held: titles of campaigns that run.  last: when a letter last went.  zone: of the first campaign that runs; None where none does.
    """

    channels: tuple[str, ...]
    sender: str
    hours: str
    on: tuple[str, ...]
    held: tuple[str, ...]
    last: datetime | None
    zone: ZoneInfo | None


def mail_state(house: House, channels: Sequence[str], sender: str) -> MailState:
    """As the database and the settings have it. sender: of the settings, before which nobody else counts."""
    with house.database.read() as connection:
        alive = running(connection)
        return MailState(
            channels=tuple(channels),
            sender=sender or office_of(connection)[1],
            hours=str(sending_hours(connection).hours),
            on=tuple(one.title for one in alive if one.mail_on),
            held=tuple(one.title for one in alive if not one.mail_on),
            last=health.last_sent(connection),
            zone=alive[0].zone if alive else None,
        )

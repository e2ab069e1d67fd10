"""Instants as people see them: local days, with the time where a day does not count whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def shown_start(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """The local day on which something opens (`2010-06-01`), with the time where it is not the day's first instant."""
    if instant is None:
        return None
    local = instant.astimezone(zone)
    return local.date().isoformat() if instant == midnight(local.date(), zone) else f"{local:%Y-%m-%d %H:%M}"


def shown_end(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """The last local day that is not too late (`2010-12-31`), with the time where the day does not count whole (`2010-12-31 17:00`).

    `instant` is the first one too late: the midnight after the day, or the second after the time.
    """
    if instant is None:
        return None
    last = (instant - _SECOND).astimezone(zone)
    return last.date().isoformat() if instant == midnight(last.date() + timedelta(days=1), zone) else f"{last:%Y-%m-%d %H:%M}"


def last_day(instant: datetime, zone: ZoneInfo) -> date:
    """The local day an end belongs to."""
    return (instant - _SECOND).astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC. Where 00:00 does not exist the zone's rules give the instant the clocks jump."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)

"""Days and times as people write them in a form or a cell."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time

_DAY_TEXT = r"([0-9]{4})\s*(?:(?P<dash>[-/.])([0-9]{1,2})(?P=dash)([0-9]{1,2})|年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号])"
_TIME_TEXT = r"([0-9]{1,2})\s*(?::([0-9]{2})(?::00)?|[时点](?:\s*([0-9]{1,2})\s*分?)?)"
_DAY = re.compile(_DAY_TEXT)
_MOMENT = re.compile(rf"(?P<day>{_DAY_TEXT})(?:\s+|\s*T|(?<=[日号]))(?P<time>{_TIME_TEXT})")


def read_day(text: str) -> date | None:
    """The day of `2010-05-11`, `2010/5/11`, `2010.5.11` or `2010年5月11日`; None for anything else, also for a day that there is not."""
    found = _DAY.fullmatch(_plain(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None and part.isdigit())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """The local time of a day followed by `9:30`, `09:30:00`, `9时30分` or `9点`; None for anything else."""
    found = _MOMENT.fullmatch(_plain(text))
    day = read_day(found["day"]) if found else None
    clock = re.fullmatch(_TIME_TEXT, found["time"]) if found else None
    if day is None or clock is None:
        return None
    hour, minute = int(clock[1]), int(clock[2] or clock[3] or 0)
    return datetime.combine(day, time(hour, minute)) if hour < 24 and minute < 60 else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()

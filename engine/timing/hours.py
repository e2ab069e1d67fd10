"""Hours of the day within which letters go: in the zone of whoever reads them, on every day or on working days alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.timing.calendars import WorkingCalendar

_DAY = timedelta(days=1)
_CLOCK = r"(\d{1,2})\s*(?:[:：]\s*(\d{2})|[时点])"
_HOURS = re.compile(rf"\s*{_CLOCK}\s*(?:-|–|—|~|～|至|到|to)\s*{_CLOCK}\s*", re.ASCII)
_WHOLE = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Hours:
    """From `opens` until just before `closes`, in minutes after midnight of the local clock; 0 to 1440 is the whole day."""

    opens: int
    closes: int
    working_days: bool = False

    def __str__(self) -> str:
        """`08:00-20:00`, as `read_hours` reads it."""
        return f"{self.opens // 60:02d}:{self.opens % 60:02d}-{self.closes // 60:02d}:{self.closes % 60:02d}"

    @property
    def always(self) -> bool:
        """Whether they never close."""
        return not self.working_days and (self.opens, self.closes) == (0, _WHOLE)

    def next_opening(self, now: datetime, zone: ZoneInfo, calendar: WorkingCalendar) -> datetime | None:
        """The instant (UTC) from which on letters may go again; None where they may now."""
        day = now.astimezone(zone).date()
        while True:
            opens, closes = self._of(day, zone)
            if now < closes and opens < closes and self._counts(day, calendar):
                return opens if now < opens else None
            day += _DAY

    def _counts(self, day: date, calendar: WorkingCalendar) -> bool:
        return not self.working_days or calendar.is_working_day(day)

    def _of(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Where the clocks are put forward a time that does not exist is the one that they show instead, so nothing may be left of them."""
        return _instant(day, self.opens, zone), _instant(day, self.closes, zone)


ALWAYS = Hours(opens=0, closes=_WHOLE)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day + _DAY if minutes == _WHOLE else day, time(minutes % _WHOLE // 60, minutes % 60), zone)
    return local.astimezone(UTC)


def read_hours(text: str, *, working_days: bool = False) -> Hours | None:
    """`08:00-20:00`, `8时至20时`; None where it is nothing of the kind. `closes` may lie before `opens`: it is for the caller to judge."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if opens is None or closes is None:
        return None
    return Hours(opens=opens, closes=closes, working_days=working_days)


def _minutes(hour: str, minute: str | None) -> int | None:
    found = int(hour) * 60 + int(minute or 0)
    return found if int(minute or 0) < 60 and found <= _WHOLE else None

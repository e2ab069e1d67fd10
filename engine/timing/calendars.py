"""Working calendars: which days are worked, counting by working days, and the days of festivals."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Protocol

import chinese_calendar

from engine.timing.errors import UnknownCountry, YearOutOfRange
from engine.timing.festivals import festival_day

FIRST_YEAR, LAST_YEAR = 1900, 2200
KNOWN_COUNTRIES = ("CN",)


class WorkingCalendar(Protocol):
    """What the house asks of a calendar; days are local dates of the campaign's zone."""

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked, make-up workdays included."""

    def is_provisional(self, day: date) -> bool:
        """Whether the holidays of that day's year are not in the table, so that only weekends are known to be free."""

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day after `day` (before it, when negative), `day` not counted; 0: `day` if it is worked, else the next."""

    def previous_or_same(self, day: date) -> date:
        """`day` if it is worked, else the last working day before it."""

    def next_or_same(self, day: date) -> date:
        """`day` if it is worked, else the first working day after it."""

    def festival(self, name: str, year: int) -> date:
        """The day of a festival. Raises FestivalOutsideTable."""


@dataclass(frozen=True, kw_only=True)
class TableCalendar:
    """Weekends, corrected by a table of days off and make-up workdays that covers the years of `published` (None: no table needed)."""

    days_off: Set[date] = frozenset()
    days_on: Set[date] = frozenset()
    published: tuple[int, int] | None = None

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked, make-up workdays included."""
        return day in self.days_on or (day.weekday() < 5 and day not in self.days_off)

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies outside the published years, so that only weekends are known."""
        return self.published is not None and not self.published[0] <= day.year <= self.published[1]

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day from `day`, itself not counted. Raises YearOutOfRange where that leaves 1900 to 2200."""
        if n == 0:
            return self.next_or_same(day)
        for _ in range(abs(n)):
            day = self._walk(_step(day, n), n)
        return day

    def previous_or_same(self, day: date) -> date:
        """`day` if it is worked, else the last working day before it."""
        return self._walk(day, -1)

    def next_or_same(self, day: date) -> date:
        """`day` if it is worked, else the first working day after it."""
        return self._walk(day, 1)

    def festival(self, name: str, year: int) -> date:
        """The day of a festival. Raises FestivalOutsideTable."""
        return festival_day(name, year)

    def _walk(self, day: date, direction: int) -> date:
        while not self.is_working_day(day):
            day = _step(day, direction)
        return day


def _step(day: date, direction: int) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise YearOutOfRange(text=day.isoformat(), position=1)
    return day + timedelta(days=1 if direction > 0 else -1)


def working_calendar(country: str | None) -> WorkingCalendar:
    """The calendar of a country, `CN`, or plain weekends for None. Raises UnknownCountry, which says what is known."""
    if country is None:
        return TableCalendar()
    make = _MAKERS.get(country)
    if make is None:
        raise UnknownCountry(country=country, known="、".join(KNOWN_COUNTRIES))
    return make()


@cache
def _china() -> WorkingCalendar:
    off = frozenset(chinese_calendar.holidays)
    published = (min(off).year, max(off).year)
    return TableCalendar(days_off=off, days_on=frozenset(chinese_calendar.workdays), published=published)


_MAKERS: dict[str, Callable[[], WorkingCalendar]] = {"CN": _china}

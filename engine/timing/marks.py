"""Marks by day: the days of each week, month, quarter or year on which a rhythm's periods end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from engine.timing.calendars import WorkingCalendar
from engine.timing.stretches import month_length

LAST_DAY = 31


@dataclass(frozen=True, kw_only=True)
class MarkRule:
    """Days of each month of `months` (`days`, 31 = the last; or the `workday`th working day), or the `weekday` (0 Monday) of each week.

    day_before: marks lie a day earlier, where the phrase says 前 and 前 excludes its day.
    """

    scope: Literal["week", "month"]
    weekday: int = 0
    months: tuple[int, ...] = tuple(range(1, 13))
    days: tuple[int, ...] = ()
    workday: int | None = None
    day_before: bool = False


def marks_of(rule: MarkRule, first_year: int, last_year: int, calendar: WorkingCalendar) -> list[date]:
    """All marks of the years, ascending; those that coincide are one; a day that a month lacks is its last day."""
    if rule.scope == "week":
        found = set(_weekly(rule.weekday, first_year, last_year))
    else:
        months = [(year, month) for year in range(first_year, last_year + 1) for month in rule.months]
        found = {day for year, month in months for day in _of_month(rule, year, month, calendar)}
    back = timedelta(days=1 if rule.day_before else 0)
    return sorted(day - back for day in found)


def _weekly(weekday: int, first_year: int, last_year: int) -> list[date]:
    start = date(first_year, 1, 1)
    start += timedelta(days=(weekday - start.weekday()) % 7)
    weeks = (date(last_year, 12, 31) - start).days // 7
    return [start + timedelta(weeks=week) for week in range(weeks + 1)]


def _of_month(rule: MarkRule, year: int, month: int, calendar: WorkingCalendar) -> list[date]:
    length = month_length(year, month)
    if rule.workday is None:
        return [date(year, month, min(day, length)) for day in rule.days]
    worked = [day for n in range(1, length + 1) if calendar.is_working_day(day := date(year, month, n))]
    return worked[min(rule.workday, len(worked)) - 1 :][:1]

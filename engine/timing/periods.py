"""Periods of a rhythm: the marks, the stretch that each occurrence reports on, and its name. Needs no grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from engine.sentences import Sentence
from engine.timing.calendars import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from engine.timing.errors import PeriodNameUnreadable
from engine.timing.marks import MarkRule, marks_of
from engine.timing.stretches import add_days, add_months, month_end

Partial = Literal["keep", "drop", "drop_first", "drop_last"]
PeriodUnit = Literal["d", "w", "mo", "y"]
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Every:
    """A rhythm: by calendar periods of `count` `unit`, or by `days` (fixed), or by `rule` (days of each week, month, quarter or year).

    at: the time of day at which a mark ends (每周二9:30).
    """

    text: str
    count: int = 1
    unit: PeriodUnit | None = None
    days: tuple[date, ...] = ()
    rule: MarkRule | None = None
    at: time | None = None


@dataclass(frozen=True, kw_only=True)
class Period:
    """One occurrence's period, both days included, cut to the window; `whole` is uncut, and so is `name`, its identity.

    name: `2010-Q3`, `2010-H2`, `2010-09`, `2010`, `2010-W33` (ISO week), `2010-09..2010-10` (several months),
    `2010..2012` (several years), and the mark's date `2031-08-18` for days, several weeks, marks by day,
    and rhythms counted from a day of their own.
    at: the time of day at which it ends.  provisional: its mark rests on holidays that are not published.
    """

    name: str
    first: date
    last: date
    whole: tuple[date, date]
    cut: bool
    title: Sentence
    at: time | None = None
    provisional: bool = False


def periods(
    every: Every,
    first: date,
    last: date | None,
    partial: Partial,
    calendar: WorkingCalendar,
    *,
    counted_from: date | None = None,
) -> tuple[Period, ...]:
    """The occurrences whose period meets the window `first`..`last`, cut to it, ascending.

    last: None only for days that are listed.  partial: which cut ones are left out.
    counted_from: marks are counted from this day instead of from the calendar.
    Several weeks, and months or years that do not divide a year, start with the week, month or year in which the window starts.
    """
    until = last or max(every.days, default=first)
    wholes = _wholes(every, first, until, calendar, counted_from)
    made = [_period(every, whole, first, last, calendar, counted_from) for whole in wholes]
    return tuple(period for period in made if not _left_out(period, partial))


def _wholes(every: Every, first: date, until: date, calendar: WorkingCalendar, counted_from: date | None) -> Iterator[tuple[date, date]]:
    if every.unit is None:
        yield from _between_marks(every, first, until, calendar)
        return
    start = counted_from or _aligned(every, first)
    step = every.count
    number = 0 if counted_from is None or counted_from >= first else _skipped(every, start, first)
    while (opening := _add(start, step * number, every.unit)) <= until:
        closing = _add(start, step * (number + 1), every.unit) - _ONE_DAY
        if closing >= first:
            yield opening, closing
        number += 1


def _skipped(every: Every, start: date, first: date) -> int:
    days = {"d": 1, "w": 7, "mo": 31, "y": 366}[every.unit or "d"] * every.count
    return max((first - start).days // days - 1, 0)


def _add(start: date, count: int, unit: PeriodUnit) -> date:
    if unit in ("d", "w"):
        return add_days(start, count * (7 if unit == "w" else 1))
    return add_months(start, count * (12 if unit == "y" else 1))


def _aligned(every: Every, first: date) -> date:
    if every.unit == "d":
        return first
    if every.unit == "w":
        return first - timedelta(days=first.weekday())
    if every.unit == "y":
        return date(first.year, 1, 1)
    back = (first.month - 1) % every.count if 12 % every.count == 0 else 0
    return date(first.year, first.month - back, 1)


def _between_marks(every: Every, first: date, until: date, calendar: WorkingCalendar) -> Iterator[tuple[date, date]]:
    marks = _marks(every, first, until, calendar)
    before = [mark for mark in marks if mark < first]
    opening = before[-1] + _ONE_DAY if before else first
    for mark in marks:
        if mark >= first:
            yield opening, mark
            opening = mark + _ONE_DAY


def _marks(every: Every, first: date, until: date, calendar: WorkingCalendar) -> list[date]:
    if every.rule is None:
        found = sorted(set(every.days))
    else:
        # Two years back there is a mark of every rule; the day before a first of January belongs to the year ahead.
        found = marks_of(every.rule, max(first.year - 2, FIRST_YEAR), min(until.year + 1, LAST_YEAR), calendar)
    return [mark for mark in found if mark <= until]


def _period(
    every: Every, whole: tuple[date, date], first: date, last: date | None, calendar: WorkingCalendar, counted_from: date | None
) -> Period:
    opening, closing = max(whole[0], first), min(whole[1], last or whole[1])
    name, title = _named(every, whole, counted_from)
    provisional = every.rule is not None and every.rule.workday is not None and calendar.is_provisional(whole[1])
    cut = (opening, closing) != whole
    return Period(name=name, first=opening, last=closing, whole=whole, cut=cut, title=title, at=every.at, provisional=provisional)


def _left_out(period: Period, partial: Partial) -> bool:
    cut_first, cut_last = period.whole[0] < period.first, period.whole[1] > period.last
    return (cut_first and partial in ("drop", "drop_first")) or (cut_last and partial in ("drop", "drop_last"))


def _named(every: Every, whole: tuple[date, date], counted_from: date | None) -> tuple[str, Sentence]:
    opening, closing = whole
    if counted_from is None and every.unit == "mo":
        return _named_months(every.count, opening, closing)
    if counted_from is None and every.unit == "w" and every.count == 1:
        year, week, _ = closing.isocalendar()
        return f"{year}-W{week:02}", _say("{y}年第{w}周", "week {w} of {y}", y=year, w=week)
    if counted_from is None and every.unit == "y":
        return _named_years(opening.year, closing.year)
    if opening == closing:
        return closing.isoformat(), _say("{y}年{m}月{d}日", "{d} {month} {y}", y=closing.year, m=closing.month, d=closing.day)
    return closing.isoformat(), _say("截至{y}年{m}月{d}日", "up to {d} {month} {y}", y=closing.year, m=closing.month, d=closing.day)


def _named_months(count: int, opening: date, closing: date) -> tuple[str, Sentence]:
    year, month = opening.year, opening.month
    if count == 12 and month == 1:
        return _named_years(year, year)
    if count == 1:
        return f"{year}-{month:02}", _say("{y}年{m}月", "{month} {y}", y=year, m=month)
    if count == 3:
        quarter = (month + 2) // 3
        return f"{year}-Q{quarter}", _say("{y}年第{q}季度", "Q{n} {y}", y=year, q="一二三四"[quarter - 1], n=quarter)
    if count == 6:
        half = 1 if month == 1 else 2
        return f"{year}-H{half}", _say("{y}年{h}半年", "H{n} {y}", y=year, h="上下"[half - 1], n=half)
    name = f"{opening:%Y-%m}..{closing:%Y-%m}"
    return name, _say("{y}年{m}月至{y2}年{m2}月", "{month} {y} to {month2} {y2}", y=year, m=month, y2=closing.year, m2=closing.month)


def _named_years(first: int, last: int) -> tuple[str, Sentence]:
    if first == last:
        return str(first), _say("{y}年", "{y}", y=first)
    return f"{first}..{last}", _say("{y}年至{y2}年", "{y} to {y2}", y=first, y2=last)


def _say(zh: str, en: str, **values: object) -> Sentence:
    months = {key.replace("m", "month", 1): _MONTHS_EN[int(str(value)) - 1] for key, value in values.items() if key in ("m", "m2")}
    return Sentence(zh, en, {**values, **months})


_NAMES = re.compile(
    r"(?P<y>\d{4})(?:-(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|W(?P<week>\d{2})|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?$", re.ASCII
)


def parse_period_name(name: str) -> tuple[date, date]:
    """First and last day of a period's whole, by its name; a mark's date gives that day alone. Raises PeriodNameUnreadable."""
    text = name.strip().upper()
    first, dots, last = text.partition("..")
    try:
        opening = _days_of(first)
        closing = _days_of(last) if dots else opening
    except ValueError:
        raise PeriodNameUnreadable(text=name[:60], position=1) from None
    if dots and (len(first) != len(last) or ("-" in first[:5] and not first[5:].isdecimal()) or len(first) > 7 or closing[1] <= opening[1]):
        raise PeriodNameUnreadable(text=name[:60], position=name.find("..") + 1)
    return opening[0], closing[1]


def _days_of(name: str) -> tuple[date, date]:
    found = _NAMES.match(name)
    if found is None or not FIRST_YEAR <= int(found["y"]) <= LAST_YEAR:
        raise ValueError(name)
    year = int(found["y"])
    if found["day"]:
        day = date(year, int(found["month"]), int(found["day"]))
        return day, day
    if found["week"]:
        monday = date.fromisocalendar(year, int(found["week"]), 1)
        return monday, monday + timedelta(days=6)
    months = 12
    start = 1
    if found["half"]:
        months, start = 6, 6 * int(found["half"]) - 5
    elif found["quarter"]:
        months, start = 3, 3 * int(found["quarter"]) - 2
    elif found["month"]:
        months, start = 1, int(found["month"])
    return date(year, start, 1), month_end(year, start + months - 1)

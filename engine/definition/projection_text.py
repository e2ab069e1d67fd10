"""Instants as people see them: local days, and the names of periods in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.sentences import Sentence, plain

_SECOND = timedelta(seconds=1)
_QUARTERS = {"1": "一", "2": "二", "3": "三", "4": "四"}
_HALVES = {"1": ("上半年", "first"), "2": ("下半年", "second")}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


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


def period_title(name: str, lang_free: str = "") -> Sentence:
    """A period's name in words: 2010-Q3 is 2010年第三季度 / Q3 2010, 2010-H2 2010年下半年 / second half of 2010.

    `lang_free`: a title the author gave, said as it is.  A name that is no calendar period stands for itself; '' stays empty.
    """
    if lang_free:
        return plain(lang_free)
    for pattern, title in _TITLES:
        if found := re.fullmatch(pattern, name):
            return title(*found.groups())
    return plain(name)


def _quarter(year: str, number: str) -> Sentence:
    return Sentence(f"{year}年第{_QUARTERS[number]}季度", f"Q{number} {year}")


def _half(year: str, number: str) -> Sentence:
    zh, en = _HALVES[number]
    return Sentence(f"{year}年{zh}", f"{en} half of {year}")


def _month(year: str, number: str) -> Sentence:
    return Sentence(f"{year}年{int(number)}月", f"{_MONTHS[int(number) - 1]} {year}")


def _week(year: str, number: str) -> Sentence:
    return Sentence(f"{year}年第{int(number)}周", f"week {int(number)} of {year}")


def _day(year: str, month: str, day: str) -> Sentence:
    return Sentence(f"{year}年{int(month)}月{int(day)}日", f"{int(day)} {_MONTHS[int(month) - 1]} {year}")


def _year(year: str) -> Sentence:
    return Sentence(f"{year}年", year)


_TITLES = (
    (r"(\d{4})-Q([1-4])", _quarter),
    (r"(\d{4})-H([12])", _half),
    (r"(\d{4})-(0[1-9]|1[0-2])", _month),
    (r"(\d{4})-W(\d{2})", _week),
    (r"(\d{4})-(0[1-9]|1[0-2])-(\d{2})", _day),
    (r"(\d{4})", _year),
)

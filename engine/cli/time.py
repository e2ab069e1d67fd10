"""Times and days as people type them, and as they are shown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import Echo
from engine.sentences import Lang, Sentence

_DAY = r"(?P<y>\d{4})(?:-|/|\s*年\s*)(?P<m>\d{1,2})(?:-|/|\s*月\s*)(?P<d>\d{1,2})(?:\s*[日号])?"
_NO_YEAR = re.compile(r"\d{1,2}(?:-|/|\s*月\s*)\d{1,2}(?:\s*[日号])?", re.ASCII)
_CLOCK = r"(?:[T ]\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?)?"
_OFFSET = r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_MOMENT = re.compile(_DAY + _CLOCK + _OFFSET, re.ASCII)


class NotAMoment(Echo):
    """看不懂时间“{text}”。请写 2010-06-01、2010-06-01T09:00 或 2010-06-01 09:00+08:00。

    The time “{text}” cannot be read. Write 2010-06-01, 2010-06-01T09:00 or 2010-06-01 09:00+08:00.
    """

    exit_code = 2


class NotADay(Echo):
    """看不懂日期“{text}”。请写 2010-06-01 或 2010年6月1日。

    The day “{text}” cannot be read. Write 2010-06-01.
    """

    exit_code = 2


class NoSuchDay(Echo):
    """没有“{text}”这一天：这个月没有这么多天，或者没有这个月。请核对日期。

    There is no such day as “{text}”: the month is not that long, or there is no such month. Check the date.
    """

    exit_code = 2


class YearTooFar(Echo):
    """“{text}”的年份超出 1900 年至 2200 年。请核对年份。

    The year of “{text}” lies outside 1900 to 2200. Check the year.
    """

    exit_code = 2


class WhichYear(Echo):
    """日期“{text}”没有写年份。请连年份一起写，例如 2010-06-01 或 2010年6月1日。

    The day “{text}” has no year. Write it with its year, such as 2010-06-01.
    """

    exit_code = 2


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The instant typed, aware, UTC. A day alone is its 00:00; without an offset it is a time of the zone.

    Raises NotAMoment, NoSuchDay, YearTooFar.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None or (found["offset"] and found["H"] is None):
        raise NotAMoment(text=text)
    hour, minute, second = (int(found[name] or 0) for name in ("H", "M", "S"))
    _expect_year(text, found)
    try:
        _expect_day(text, found)
        typed = datetime(int(found["y"]), int(found["m"]), int(found["d"]), hour, minute, second, tzinfo=zone)
        if found["offset"]:
            typed = datetime.fromisoformat(f"{typed:%Y-%m-%dT%H:%M:%S}{found['offset']}")
        return typed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotAMoment(text=text) from error


def day(text: str) -> date:
    """The day typed. Raises NotADay, NoSuchDay, YearTooFar, WhichYear."""
    found = re.fullmatch(_DAY, text.strip(), re.ASCII)
    if _NO_YEAR.fullmatch(text.strip()):
        raise WhichYear(text=text)
    if found is None:
        raise NotADay(text=text)
    _expect_year(text, found)
    return _expect_day(text, found)


def _expect_day(text: str, found: re.Match[str]) -> date:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError as error:
        raise NoSuchDay(text=text) from error


def _expect_year(text: str, found: re.Match[str]) -> None:
    """Raises YearTooFar for years no campaign runs in: arithmetic on dates must not run over the calendar's edge."""
    if not 1900 <= int(found["y"]) <= 2200:
        raise YearTooFar(text=text)


def iso(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """The instant for other programs: ISO 8601 with the zone's offset."""
    return None if instant is None else instant.astimezone(zone).isoformat()


def shown(instant: datetime | None, zone: ZoneInfo) -> str:
    """The instant for people: `2010-06-01 09:00`, its day alone where it is midnight, `-` where there is none."""
    if instant is None:
        return "-"
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d}" if (local.hour, local.minute, local.second) == (0, 0, 0) else f"{local:%Y-%m-%d %H:%M}"


def shown_end(end: datetime | None, zone: ZoneInfo) -> str:
    """An end for people: the last day that is in time, or the time of day at which it is too late; `-` where there is none."""
    if end is None:
        return "-"
    local = end.astimezone(zone)
    return f"{local - timedelta(days=1):%Y-%m-%d}" if (local.hour, local.minute, local.second) == (0, 0, 0) else shown(end, zone)


def shown_exactly(instant: datetime, zone: ZoneInfo) -> str:
    """The instant for people, always with its time of day."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def as_of(instant: datetime, zone: ZoneInfo, lang: Lang) -> str:
    """`截至 2010-06-01 09:00`."""
    return Sentence("截至 {at}", "as of {at}", {"at": shown_exactly(instant, zone)}).say(lang)

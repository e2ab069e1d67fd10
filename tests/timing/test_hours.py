"""Sending hours: open and shut to the second, on working days, where clocks are put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.timing.calendars import working_calendar
from engine.timing.hours import ALWAYS, Hours, read_hours

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
CHINA, PLAIN = working_calendar("CN"), working_calendar(None)
OFFICE = Hours(opens=8 * 60, closes=20 * 60)
WEEKDAYS = Hours(opens=8 * 60, closes=20 * 60, working_days=True)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def opening(hours: Hours, text: str, zone: ZoneInfo = SHANGHAI) -> str | None:
    """When letters may go again, on the clock that people have; None where they may now."""
    found = hours.next_opening(at(text, zone).astimezone(UTC), zone, CHINA if zone is SHANGHAI else PLAIN)
    return None if found is None else f"{found.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-04 07:59:59", "2026-03-04 08:00"),
        ("2026-03-04 08:00:00", None),
        ("2026-03-04 08:00:01", None),
        ("2026-03-04 19:59:59", None),
        ("2026-03-04 20:00:00", "2026-03-05 08:00"),
        ("2026-03-04 20:00:01", "2026-03-05 08:00"),
    ],
)
def test_they_open_at_the_first_instant_and_shut_at_the_last(now, opens):
    assert opening(OFFICE, now) == opens


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # Friday evening; a Saturday; a Sunday on which people work before the holiday, and the long one that follows.
        ("2026-03-06 20:00", "2026-03-09 08:00"),
        ("2026-03-07 12:00", "2026-03-09 08:00"),
        ("2026-02-14 12:00", None),
        ("2026-02-14 20:00", "2026-02-24 08:00"),
    ],
)
def test_on_working_days_alone_a_make_up_day_counts_and_a_holiday_does_not(now, opens):
    assert opening(WEEKDAYS, now) == opens


def test_a_whole_day_never_shuts():
    assert [opening(ALWAYS, f"2026-03-07 {clock}") for clock in ("00:00", "12:00", "23:59:59")] == [None] * 3
    assert ALWAYS.always and not OFFICE.always
    assert not Hours(opens=0, closes=1440, working_days=True).always


def test_until_midnight_ends_with_the_day():
    late = Hours(opens=8 * 60, closes=24 * 60)
    assert opening(late, "2026-03-04 23:59:59") is None
    assert opening(late, "2026-03-05 00:00") == "2026-03-05 08:00"


@pytest.mark.parametrize(
    ("day", "hours_until"),
    [
        # The clocks of Berlin go forward in the night to 29 March 2026, and back in that to 25 October.
        ("2026-03-28", 11),
        ("2026-03-27", 12),
        ("2026-10-24", 13),
    ],
)
def test_they_open_by_the_clock_on_the_wall_whatever_it_is_put_to(day, hours_until):
    now = at(f"{day} 20:00", BERLIN).astimezone(UTC)
    opens = OFFICE.next_opening(now, BERLIN, PLAIN)
    assert opens is not None and opens - now == timedelta(hours=hours_until)
    assert f"{opens.astimezone(BERLIN):%H:%M}" == "08:00"


def test_an_hour_that_the_clocks_leave_out_opens_when_they_have_passed_it():
    """02:30 is shown as 03:30 that day; hours that lie within the gap are left out with it."""
    early = Hours(opens=150, closes=6 * 60)
    assert opening(early, "2026-03-29 01:59", BERLIN) == "2026-03-29 03:30"
    assert opening(Hours(opens=150, closes=180), "2026-03-29 01:59", BERLIN) == "2026-03-30 02:30"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("08:00-20:00", "08:00-20:00"),
        ("8：00—20：30", "08:00-20:30"),
        (" 8时至20时 ", "08:00-20:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("22:00-06:00", "22:00-06:00"),
        ("08:00", None),
        ("8-20", None),
        ("08:00-25:00", None),
        ("08:60-20:00", None),
        ("08:00-24:01", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(text, read):
    found = read_hours(text)
    assert (None if found is None else str(found)) == read

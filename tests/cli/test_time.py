"""Times as people type them, and as they are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.cli.time import NoSuchDay, NotADay, NotAMoment, YearTooFar, day, iso, moment, shown, shown_end

HERE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2010-06-01", datetime(2010, 5, 31, 16, tzinfo=UTC)),
        ("2010-06-01T09:00", datetime(2010, 6, 1, 1, tzinfo=UTC)),
        ("2010-06-01 09:00:30", datetime(2010, 6, 1, 1, 0, 30, tzinfo=UTC)),
        ("2010-06-01 09:00+08:00", datetime(2010, 6, 1, 1, tzinfo=UTC)),
        ("2010-06-01T09:00Z", datetime(2010, 6, 1, 9, tzinfo=UTC)),
        ("2010-06-01T09:00-0500", datetime(2010, 6, 1, 14, tzinfo=UTC)),
        ("2010年6月1日", datetime(2010, 5, 31, 16, tzinfo=UTC)),
        ("2010年6月1日 9:00", datetime(2010, 6, 1, 1, tzinfo=UTC)),
        (" 2010/6/1 ", datetime(2010, 5, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_campaign_unless_it_says_its_own(text: str, instant: datetime) -> None:
    assert moment(text, HERE) == instant


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2010-06", "2010-06-01T24:01", "2010-06-01T09", "2010-06-01+08:00"),
        *("2010-06-01 09:00+99:00", "2010-6-1-", "２０１０-06-01"),
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NotAMoment):
        moment(text, HERE)


@pytest.mark.parametrize(("text", "read"), [("2010-06-01", date(2010, 6, 1)), ("2010年6月1日", date(2010, 6, 1))])
def test_a_day_is_read(text: str, read: date) -> None:
    assert day(text) == read


@pytest.mark.parametrize(("there", "not_there"), [("2012-02-29", "2010-02-29"), ("2010-06-30", "2010-06-31"), ("2010-12-01", "2010-13-01")])
def test_a_day_that_the_calendar_has_not_is_called_that(there: str, not_there: str) -> None:
    assert moment(there, HERE) and day(there)
    for read in (day, lambda text: moment(text, HERE)):
        with pytest.raises(NoSuchDay, match=not_there):
            read(not_there)


@pytest.mark.parametrize(("there", "not_there"), [("1900-01-01", "1899-12-31"), ("2200-12-31", "2201-01-01"), ("2010-01-01", "9999-12-31")])
def test_a_year_in_which_no_campaign_runs_is_called_that(there: str, not_there: str) -> None:
    assert moment(there, HERE) and day(there)
    for read in (day, lambda text: moment(text, HERE)):
        with pytest.raises(YearTooFar, match=not_there):
            read(not_there)


@pytest.mark.parametrize("text", ["", "tomorrow", "2010-06-01T09:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(NotADay):
        day(text)


def test_other_programs_are_told_the_offset() -> None:
    assert iso(datetime(2010, 5, 31, 16, tzinfo=UTC), HERE) == "2010-06-01T00:00:00+08:00"
    assert iso(None, HERE) is None


@pytest.mark.parametrize(
    ("instant", "opening", "end"),
    [
        (datetime(2010, 5, 31, 15, 59, tzinfo=UTC), "2010-05-31 23:59", "2010-05-31 23:59"),
        (datetime(2010, 5, 31, 16, 0, tzinfo=UTC), "2010-06-01", "2010-05-31"),
        (datetime(2010, 5, 31, 16, 1, tzinfo=UTC), "2010-06-01 00:01", "2010-06-01 00:01"),
        (None, "-", "-"),
    ],
)
def test_a_midnight_opens_its_day_and_ends_the_day_before(instant: datetime | None, opening: str, end: str) -> None:
    assert (shown(instant, HERE), shown_end(instant, HERE)) == (opening, end)

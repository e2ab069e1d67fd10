"""Rungs: the days and instants of a ladder."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.calendars import working_calendar
from engine.timing.ladders import rung_instants
from engine.timing.spans import Span, parse_span
from engine.timing.stretches import Stretch, one_day, waiting

CN, ZONE, NINE = working_calendar("CN"), ZoneInfo("Asia/Shanghai"), time(9)


def days(due: str, offset: str, repeat: str | None = None, most: int | None = None) -> list[str]:
    stretch = Stretch(last=date.fromisoformat(due))
    rungs = rung_instants(stretch, parse_span(offset), parse_span(repeat) if repeat else None, most, CN, ZONE, NINE)
    return [rung.at.astimezone(ZONE).date().isoformat() for rung in rungs]


@pytest.mark.parametrize(
    ("due", "offset", "expected"),
    [
        ("2012-09-14", "-7d", "2012-09-07"),
        ("2012-09-14", "-5d", "2012-09-07"),
        ("2012-09-14", "0d", "2012-09-14"),
        ("2012-06-17", "0d", "2012-06-15"),
        ("2012-06-17", "0wd", "2012-06-15"),
        ("2012-06-17", "+1wd", "2012-06-18"),
        ("2012-09-14", "+1d", "2012-09-17"),
        ("2012-09-29", "+1d", "2012-10-08"),
        ("2012-10-08", "-1d", "2012-09-29"),
        ("2012-10-08", "-1wd", "2012-09-29"),
    ],
)
def test_rungs_before_the_due_move_back_and_later_ones_forward(due: str, offset: str, expected: str) -> None:
    assert days(due, offset) == [expected]


def test_a_chase_repeats_by_working_days_counted_from_the_due() -> None:
    assert days("2012-09-14", "+1wd", "3wd", 3) == ["2012-09-17", "2012-09-20", "2012-09-25"]


def test_a_moved_rung_does_not_move_those_after_it() -> None:
    assert days("2012-09-14", "+1d", "1w", 3) == ["2012-09-17", "2012-09-24", "2012-09-29"]


def test_repeats_in_months_keep_the_day_of_the_due() -> None:
    assert days("2012-01-31", "+1mo", "1mo", 2) == ["2012-02-29", "2012-03-31"]


def test_rungs_that_move_to_the_same_instant_are_one() -> None:
    assert days("2012-06-18", "-3d", "1d", 3) == ["2012-06-15"]


@pytest.mark.parametrize("most", [0, 1, 2])
def test_most_bounds_the_repeats(most: int) -> None:
    assert len(days("2012-09-14", "+1wd", "3wd", most)) == most


def test_without_most_a_repetition_ends_a_year_after_the_due() -> None:
    found = days("2012-01-02", "+1w", "1w")
    assert found[-1] <= "2013-01-04"
    # 52 weeks, of which the one of 1 October moves onto the next.
    assert len(found) == 51


def test_a_rung_is_sent_at_the_local_hour_of_the_office() -> None:
    rung = rung_instants(Stretch(last=date(2012, 9, 14)), parse_span("0d"), None, None, CN, ZONE, NINE)[0]
    assert (rung.at, rung.moved_from) == (datetime(2012, 9, 14, 1, tzinfo=UTC), None)


def test_a_moved_rung_says_from_which_day() -> None:
    rung = rung_instants(Stretch(last=date(2012, 6, 17)), parse_span("0d"), None, None, CN, ZONE, NINE)[0]
    assert rung.moved_from == date(2012, 6, 17)


@pytest.mark.parametrize(
    ("due", "at"), [(Stretch(last=date(2012, 9, 14)), (14, 14)), (Stretch(last=date(2012, 9, 14), at=time(16, 20)), (14, 6))]
)
def test_hours_count_from_the_end_of_the_due(due: Stretch, at: tuple[int, int]) -> None:
    rung = rung_instants(due, parse_span("-2h"), None, None, CN, ZONE, NINE)[0]
    assert (rung.at.day, rung.at.hour) == at


@pytest.mark.parametrize("due", [waiting("党的十八大"), Stretch(first=date(2012, 1, 1))])
def test_what_is_not_dated_has_no_rung(due: Stretch) -> None:
    assert rung_instants(due, parse_span("-7d"), None, None, CN, ZONE, NINE) == ()


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2005, 1, 1), date(2040, 1, 1)), st.integers(-60, 60), st.sampled_from(["d", "wd", "w"]))
def test_a_rung_is_on_a_working_day_and_on_its_side_of_the_due(due: date, count: int, unit: str) -> None:
    offset = Span(count=count, unit=unit)  # type: ignore[arg-type]  # one of the units
    (rung,) = rung_instants(one_day(due), offset, None, None, CN, ZONE, NINE)
    day = rung.at.astimezone(ZONE).date()
    assert CN.is_working_day(day)
    assert day <= due if count <= 0 else day > due


def moments(offset: str, repeat: str | None = None, most: int | None = None, at: time | None = None, zone: ZoneInfo = ZONE) -> list[str]:
    """When the rungs for something due on Sunday 17 June 2012 fire, by the clock of that zone."""
    due = Stretch(last=date(2012, 6, 17), at=at)
    rungs = rung_instants(due, parse_span(offset), parse_span(repeat) if repeat else None, most, CN, zone, NINE)
    assert not any(rung.moved_from for rung in rungs if parse_span(offset).is_clock)
    return [f"{rung.at.astimezone(zone):%m-%d %H:%M}" for rung in rungs]


@pytest.mark.parametrize(
    ("offset", "at", "expected"),
    [
        ("-4h", None, "06-17 20:00"),
        ("-1min", None, "06-17 23:59"),
        ("0h", None, "06-18 00:00"),
        ("+1min", None, "06-18 00:01"),
        ("+2h", None, "06-18 02:00"),
        ("-90min", time(16), "06-17 14:30"),
        ("0h", time(16), "06-17 16:00"),
        ("+36h", time(16), "06-19 04:00"),
    ],
)
def test_what_is_counted_in_hours_moves_to_no_working_day_and_to_no_sending_hour(offset: str, at: time | None, expected: str) -> None:
    assert moments(offset, at=at) == [expected]


@pytest.mark.parametrize(
    ("offset", "repeat", "expected"),
    [
        ("-4h", "1h", ["06-17 20:00", "06-17 21:00", "06-17 22:00"]),
        ("-4h", "30min", ["06-17 20:00", "06-17 20:30", "06-17 21:00"]),
        # Days keep the time on the clock, working days those that are worked.
        ("-4h", "1d", ["06-17 20:00", "06-18 20:00", "06-19 20:00"]),
        ("+2h", "3wd", ["06-18 02:00", "06-21 02:00", "06-27 02:00"]),
        # The first rung moves to a working day, and the others are counted from it.
        ("+1d", "4h", ["06-18 09:00", "06-18 13:00", "06-18 17:00"]),
        ("0d", "4h", ["06-15 09:00", "06-15 13:00", "06-15 17:00"]),
    ],
)
def test_repeats_in_hours_and_of_hours_are_as_many_as_are_written(offset: str, repeat: str, expected: list[str]) -> None:
    assert moments(offset, repeat, 3) == expected
    assert [len(moments(offset, repeat, most)) for most in (0, 1, 2)] == [0, 1, 2]


def test_hours_are_those_that_pass_where_the_clocks_are_put_forward() -> None:
    """In Berlin the night to 25 March 2012 has an hour less."""
    berlin = ZoneInfo("Europe/Berlin")
    due = Stretch(last=date(2012, 3, 25))
    found = rung_instants(due, parse_span("-23h"), parse_span("1h"), 3, working_calendar(None), berlin, NINE)
    assert [f"{rung.at.astimezone(berlin):%d %H:%M}" for rung in found] == ["25 00:00", "25 01:00", "25 03:00"]


def test_a_long_repetition_without_most_ends_with_the_year_and_not_with_an_error() -> None:
    assert days("2012-01-02", "+1d", "200d") == ["2012-01-04", "2012-07-23"]

"""Working calendars: the published years, the years beyond, and the days of festivals."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.calendars import working_calendar
from engine.timing.errors import FestivalOutsideTable, UnknownCountry, YearOutOfRange
from engine.timing.festivals import LUNAR_YEARS

CN, PLAIN = working_calendar("CN"), working_calendar(None)
DAYS = st.dates(date(2004, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2010-02-20", True),
        ("2010-02-21", True),
        ("2010-02-19", False),
        ("2011-10-08", True),
        ("2011-10-09", True),
        ("2012-06-22", False),
        ("2012-06-25", True),
        ("2012-09-29", True),
        ("2012-09-30", False),
        ("2012-10-07", False),
        ("2012-10-08", True),
    ],
)
def test_holidays_and_make_up_workdays_of_2010_to_2012_are_known(text: str, works: bool) -> None:
    assert CN.is_working_day(date.fromisoformat(text)) is works


@pytest.mark.parametrize(("year", "provisional"), [(2003, True), (2004, False), (2012, False), (2026, False), (2100, True)])
def test_a_year_outside_the_table_is_provisional(year: int, provisional: bool) -> None:
    assert CN.is_provisional(date(year, 6, 1)) is provisional


def test_a_provisional_year_has_plain_weekends() -> None:
    week = [CN.is_working_day(date(2100, 10, 1) + timedelta(days=n)) for n in range(7)]
    assert week == [True, False, False, True, True, True, True]


def test_plain_weekends_are_never_provisional_and_know_no_holiday() -> None:
    assert PLAIN.is_working_day(date(2012, 10, 1))
    assert not PLAIN.is_provisional(date(2100, 1, 1))


def test_an_unknown_country_is_refused_with_those_known() -> None:
    with pytest.raises(UnknownCountry, match="CN"):
        working_calendar("XX")


@pytest.mark.parametrize(
    ("n", "expected"), [(-1, "2012-09-29"), (0, "2012-10-08"), (1, "2012-10-08"), (2, "2012-10-09"), (-2, "2012-09-28")]
)
def test_working_days_from_a_holiday_skip_the_whole_holiday(n: int, expected: str) -> None:
    assert CN.add_working_days(date(2012, 10, 3), n) == date.fromisoformat(expected)


def test_zero_working_days_from_a_working_day_is_that_day() -> None:
    assert CN.add_working_days(date(2012, 10, 8), 0) == date(2012, 10, 8)


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(1, 60))
def test_working_days_forward_and_back_meet_on_a_working_day(day: date, n: int) -> None:
    start = CN.next_or_same(day)
    there = CN.add_working_days(start, n)
    assert CN.is_working_day(there)
    assert CN.add_working_days(there, -n) == start
    worked = sum(CN.is_working_day(start + timedelta(days=k)) for k in range(1, (there - start).days + 1))
    assert worked == n


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_next_and_previous_enclose_the_day_and_leave_out_no_working_day(day: date) -> None:
    before, after = CN.previous_or_same(day), CN.next_or_same(day)
    assert before <= day <= after
    between = [before + timedelta(days=k) for k in range(1, (after - before).days)]
    assert not any(CN.is_working_day(one) for one in between)


def test_counting_past_the_year_2200_is_refused() -> None:
    with pytest.raises(YearOutOfRange):
        CN.add_working_days(date(2200, 12, 30), 10)


@pytest.mark.parametrize("name", ["春节", "端午", "中秋"])
def test_the_lunar_table_agrees_with_a_second_library(name: str) -> None:
    english = {"春节": "Chinese New Year", "端午": "Dragon Boat Festival", "中秋": "Mid-Autumn Festival"}[name]
    table = holidays.country_holidays("CN", years=range(2008, 2051), language="en_US")
    for year in range(2008, 2051):
        day = CN.festival(name, year)
        assert english.split()[0] in table.get(day, ""), (year, day, table.get(day))


@pytest.mark.parametrize("name", ["春节", "端午", "中秋", "清明"])
def test_every_lunar_festival_of_a_published_year_is_a_day_off(name: str) -> None:
    assert not any(CN.is_working_day(CN.festival(name, year)) for year in range(2008, 2027))


@pytest.mark.parametrize(
    ("year", "known"), [(LUNAR_YEARS[0] - 1, False), (LUNAR_YEARS[0], True), (LUNAR_YEARS[1], True), (LUNAR_YEARS[1] + 1, False)]
)
def test_the_lunar_table_ends_with_an_error(year: int, known: bool) -> None:
    if known:
        assert CN.festival("中秋", year).year == year
    else:
        with pytest.raises(FestivalOutsideTable):
            CN.festival("中秋", year)


def test_a_fixed_festival_is_known_in_any_year() -> None:
    assert CN.festival("七一", 2199) == date(2199, 7, 1)


def test_the_festivals_fall_into_their_seasons() -> None:
    for year in range(LUNAR_YEARS[0], LUNAR_YEARS[1] + 1):
        assert date(year, 1, 21) <= CN.festival("春节", year) <= date(year, 2, 20)
        assert date(year, 5, 27) <= CN.festival("端午", year) <= date(year, 6, 26)
        assert date(year, 9, 7) <= CN.festival("中秋", year) <= date(year, 10, 8)
        assert date(year, 4, 4) <= CN.festival("清明", year) <= date(year, 4, 6)

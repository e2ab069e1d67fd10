"""Spans and the arithmetic on days and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.calendars import working_calendar
from engine.timing.errors import HoursNeedATime, PhraseError, SpanTooLong, SpanUnreadable, YearOutOfRange
from engine.timing.spans import LONGEST, Span, Unit, describe_span, parse_span, read_number
from engine.timing.stretches import Stretch, add_span, add_span_to_moment, end_of, start_of

CN, SHANGHAI, NEW_YORK = working_calendar("CN"), ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("7d", 7, "d"),
        ("-7d", -7, "d"),
        ("+1wd", 1, "wd"),
        ("0d", 0, "d"),
        ("2w", 2, "w"),
        ("3mo", 3, "mo"),
        ("1y", 1, "y"),
        ("30min", 30, "min"),
        ("6h", 6, "h"),
        ("3个工作日", 3, "wd"),
        ("3 个月", 3, "mo"),
        ("2周", 2, "w"),
        ("半个月", 15, "d"),
        ("-半个月", -15, "d"),
        (" + 半个月", 15, "d"),
        ("5天", 5, "d"),
        ("5日", 5, "d"),
        ("1年", 1, "y"),
        ("24小时", 24, "h"),
        ("30分钟", 30, "min"),
        ("十五天", 15, "d"),
        ("两周", 2, "w"),
        ("－３个工作日", -3, "wd"),
        (" + 2 wd ", 2, "wd"),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, count: int, unit: Unit) -> None:
    assert parse_span(text) == Span(count=count, unit=unit)


@pytest.mark.parametrize(
    ("text", "position"), [("", 1), ("banana", 1), ("7", 2), ("7 x", 3), ("7dd", 3), ("d", 1), ("3个周", 2), ("七七天", 1), ("7d8d", 3)]
)
def test_what_is_no_span_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(SpanUnreadable) as refused:
        parse_span(text)
    assert refused.value.position == position


@pytest.mark.parametrize("unit", list(LONGEST))
def test_a_span_longer_than_a_hundred_years_is_refused(unit: Unit) -> None:
    assert parse_span(f"{LONGEST[unit]}{unit}").count == LONGEST[unit]
    with pytest.raises(SpanTooLong):
        parse_span(f"{LONGEST[unit] + 1}{unit}")
    with pytest.raises(SpanTooLong):
        parse_span("9" * 5000 + unit)


@pytest.mark.parametrize(
    ("text", "number"),
    [("一", 1), ("两", 2), ("十", 10), ("十五", 15), ("二十", 20), ("二十三", 23), ("三三", None), ("十十", None), ("", None)],
)
def test_small_chinese_numbers_are_read(text: str, number: int | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (Span(count=1, unit="wd"), "1个工作日", "1 working day"),
        (Span(count=3, unit="mo"), "3个月", "3 months"),
        (Span(count=-7, unit="d"), "提前7天", "7 days before"),
    ],
)
def test_a_span_is_said_in_both_languages(span: Span, zh: str, en: str) -> None:
    assert (describe_span(span).say("zh"), describe_span(span).say("en")) == (zh, en)


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        ("2011-01-31", "1mo", "2011-02-28"),
        ("2012-01-31", "1mo", "2012-02-29"),
        ("2012-01-31", "2mo", "2012-03-31"),
        ("2012-03-31", "-1mo", "2012-02-29"),
        ("2012-02-29", "1y", "2013-02-28"),
        ("2012-02-29", "4y", "2016-02-29"),
        ("2012-12-31", "2mo", "2013-02-28"),
        ("2012-09-28", "3wd", "2012-10-09"),
        ("2012-09-14", "2w", "2012-09-28"),
        ("2012-03-01", "-1d", "2012-02-29"),
        ("2010-05-01", "半个月", "2010-05-16"),
        ("2012-10-01", "0wd", "2012-10-08"),
    ],
)
def test_a_span_moves_a_day(day: str, span: str, expected: str) -> None:
    assert add_span(date.fromisoformat(day), parse_span(span), CN) == date.fromisoformat(expected)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_keep_the_day_number_or_take_the_last_day(day: date, months: int) -> None:
    moved = add_span(day, Span(count=months, unit="mo"), CN)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@settings(max_examples=100, deadline=None)
@given(st.dates(), st.integers(-(10**12), 10**12), st.sampled_from(["d", "w", "mo", "y"]))
def test_arithmetic_never_leaves_the_calendar(day: date, count: int, unit: Unit) -> None:
    try:
        moved = add_span(day, Span(count=count, unit=unit), CN)
    except PhraseError:
        return
    assert 1900 <= moved.year <= 2200


def test_hours_on_a_bare_day_are_refused() -> None:
    with pytest.raises(HoursNeedATime):
        add_span(date(2012, 1, 1), Span(count=6, unit="h"), CN)


def test_hours_pass_as_they_do_where_the_clocks_change() -> None:
    before = datetime(2031, 3, 8, 23, 0, tzinfo=NEW_YORK)
    moved = add_span_to_moment(before, Span(count=6, unit="h"), NEW_YORK)
    assert (moved.day, moved.hour) == (9, 6)
    assert moved.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=6)


def test_days_on_a_moment_are_refused() -> None:
    with pytest.raises(HoursNeedATime):
        add_span_to_moment(datetime(2031, 3, 8, tzinfo=UTC), Span(count=1, unit="d"), SHANGHAI)


def test_a_moment_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(YearOutOfRange):
        add_span_to_moment(datetime(2200, 12, 31, tzinfo=UTC), Span(count=48, unit="h"), SHANGHAI)


def test_a_day_ends_at_the_following_midnight_of_its_zone() -> None:
    assert end_of(Stretch(first=None, last=date(2012, 9, 14)), SHANGHAI) == datetime(2012, 9, 14, 16, 0, tzinfo=UTC)


def test_a_time_ends_the_second_after_it() -> None:
    assert end_of(Stretch(last=date(2012, 9, 14), at=time(16, 20)), SHANGHAI) == datetime(2012, 9, 14, 8, 20, 1, tzinfo=UTC)


def test_a_day_opens_at_its_midnight_and_a_moment_at_its_time() -> None:
    assert start_of(Stretch(first=date(2012, 9, 14)), SHANGHAI) == datetime(2012, 9, 13, 16, 0, tzinfo=UTC)
    assert start_of(Stretch(first=date(2012, 9, 14), from_time=time(9)), SHANGHAI) == datetime(2012, 9, 14, 1, 0, tzinfo=UTC)


def test_the_day_of_a_clock_change_ends_at_its_own_midnight() -> None:
    stretch = Stretch(first=date(2031, 3, 9), last=date(2031, 3, 9))
    opens, closes = start_of(stretch, NEW_YORK), end_of(stretch, NEW_YORK)
    assert opens is not None and closes is not None and closes - opens == timedelta(hours=23)


def test_an_open_end_has_no_instant() -> None:
    assert end_of(Stretch(first=date(2012, 9, 14)), SHANGHAI) is None
    assert start_of(Stretch(last=date(2012, 9, 14)), SHANGHAI) is None

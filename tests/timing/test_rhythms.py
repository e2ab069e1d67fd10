"""Rhythms, the periods they make, and their names."""

from __future__ import annotations

import itertools
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.calendars import working_calendar
from engine.timing.errors import NoSuchTime, PeriodNameUnreadable, PhraseError, RhythmUnreadable, YearOutOfRange
from engine.timing.rhythms import Partial, parse_period_name, periods, read_every

CN = working_calendar("CN")
OPENS, CLOSES = date(2010, 5, 11), date(2012, 6, 30)
BY_CALENDAR = ["day", "week", "2w", "month", "2mo", "quarter", "half", "year", "3y", "5mo", "每两周", "每季度"]
BY_DAY = ["每周二9:30", "每月底", "每月8日、18日、28日", "每月30日、31日", "每月第3个工作日", "每季度第2个月10日前", "每年3月10日前"]


def names(text: str, first: date, last: date | None, partial: Partial = "keep") -> list[str]:
    return [period.name for period in periods(read_every(text), first, last, partial, CN)]


def test_the_leaders_comment_has_eight_quarters() -> None:
    assert names("quarter", OPENS, CLOSES, "drop_first") == [
        "2010-Q3",
        "2010-Q4",
        "2011-Q1",
        "2011-Q2",
        "2011-Q3",
        "2011-Q4",
        "2012-Q1",
        "2012-Q2",
    ]


def test_june_alone_is_no_half_year() -> None:
    assert names("half", date(2010, 6, 1), date(2011, 6, 30), "drop") == ["2010-H2", "2011-H1"]


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("keep", ["2010-05", "2010-06", "2010-07"]),
        ("drop", ["2010-06"]),
        ("drop_first", ["2010-06", "2010-07"]),
        ("drop_last", ["2010-05", "2010-06"]),
    ],
)
def test_cut_periods_are_kept_or_dropped(partial: Partial, expected: list[str]) -> None:
    assert names("month", date(2010, 5, 11), date(2010, 7, 15), partial) == expected


@pytest.mark.parametrize(("opens", "cut"), [(date(2010, 3, 31), True), (date(2010, 4, 1), False), (date(2010, 4, 2), True)])
def test_a_period_is_cut_when_the_window_begins_inside_it(opens: date, cut: bool) -> None:
    first = periods(read_every("quarter"), opens, CLOSES, "keep", CN)[0]
    assert first.cut is cut
    assert first.first == opens


@pytest.mark.parametrize(
    ("text", "name", "first", "last", "zh", "en"),
    [
        ("day", "2010-05-11", "2010-05-11", "2010-05-11", "2010年5月11日", "11 May 2010"),
        ("week", "2010-W19", "2010-05-10", "2010-05-16", "2010年第19周", "week 19 of 2010"),
        ("每两周", "2010-05-23", "2010-05-10", "2010-05-23", "截至2010年5月23日", "up to 23 May 2010"),
        ("每月", "2010-05", "2010-05-01", "2010-05-31", "2010年5月", "May 2010"),
        ("每两个月", "2010-05..2010-06", "2010-05-01", "2010-06-30", "2010年5月至2010年6月", "May 2010 to June 2010"),
        ("每季度", "2010-Q2", "2010-04-01", "2010-06-30", "2010年第二季度", "Q2 2010"),
        ("3mo", "2010-Q2", "2010-04-01", "2010-06-30", "2010年第二季度", "Q2 2010"),
        ("每半年", "2010-H1", "2010-01-01", "2010-06-30", "2010年上半年", "H1 2010"),
        ("每年", "2010", "2010-01-01", "2010-12-31", "2010年", "2010"),
        ("12mo", "2010", "2010-01-01", "2010-12-31", "2010年", "2010"),
        ("每三年", "2010..2012", "2010-01-01", "2012-12-31", "2010年至2012年", "2010 to 2012"),
        ("每月8日、18日、28日", "2010-05-18", "2010-05-09", "2010-05-18", "截至2010年5月18日", "up to 18 May 2010"),
    ],
)
def test_a_period_is_named_after_its_whole(text: str, name: str, first: str, last: str, zh: str, en: str) -> None:
    period = periods(read_every(text), OPENS, CLOSES, "keep", CN)[0]
    assert period.name == name
    assert period.whole == (date.fromisoformat(first), date.fromisoformat(last))
    assert (period.title.say("zh"), period.title.say("en")) == (zh, en)


def test_the_last_week_of_a_year_is_named_by_its_iso_year() -> None:
    assert names("week", date(2010, 12, 31), date(2011, 1, 3)) == ["2010-W52", "2011-W01"]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(BY_CALENDAR), st.dates(date(2004, 1, 1), date(2026, 1, 1)), st.integers(0, 900), st.booleans())
def test_calendar_periods_tile_the_window(text: str, first: date, length: int, counted: bool) -> None:
    last = first + timedelta(days=length)
    start = first - timedelta(days=100) if counted else None
    made = periods(read_every(text), first, last, "keep", CN, counted_from=start)
    assert (made[0].first, made[-1].last) == (first, last)
    assert all(before.last + timedelta(days=1) == after.first for before, after in itertools.pairwise(made))
    assert len({period.name for period in made}) == len(made)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(BY_DAY), st.dates(date(2004, 1, 1), date(2026, 1, 1)), st.integers(0, 900))
def test_periods_by_day_tile_the_window_up_to_the_last_mark(text: str, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    made = periods(read_every(text), first, last, "keep", CN)
    assert not made or (made[0].first == first and made[-1].last <= last)
    assert all(before.last + timedelta(days=1) == after.first for before, after in itertools.pairwise(made))
    assert all(period.last == period.whole[1] for period in made)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["month", "quarter", "half", "year", "week", "2mo"]), st.dates(date(2004, 1, 1), date(2026, 1, 1)), st.integers(0, 60)
)
def test_a_window_that_begins_later_renames_no_period(text: str, first: date, later: int) -> None:
    last = first + timedelta(days=700)
    kept = names(text, first + timedelta(days=later), last)
    assert kept == names(text, first, last)[-len(kept) :]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("每月底", ["2012-01-31", "2012-02-29", "2012-03-31"]),
        ("每月31日", ["2012-01-31", "2012-02-29", "2012-03-31"]),
        ("每月30日、31日", ["2012-01-30", "2012-01-31", "2012-02-29", "2012-03-30", "2012-03-31"]),
        ("每月第1个工作日", ["2012-01-04", "2012-02-01", "2012-03-01"]),
        ("每季度第2个月10日前", ["2012-02-10"]),
        ("每季度第三个月底", ["2012-03-31"]),
        ("每年3月10日前", ["2012-03-10"]),
        ("每年2月29日", ["2012-02-29"]),
        ("[2012-02-29, 2012-01-15]", ["2012-01-15", "2012-02-29"]),
    ],
)
def test_marks_by_day_are_the_ends_of_the_periods(text: str, marks: list[str]) -> None:
    assert names(text, date(2012, 1, 1), date(2012, 3, 31)) == marks


def test_before_excludes_moves_the_marks_a_day_earlier_only_where_the_phrase_says_before() -> None:
    window = date(2012, 1, 1), date(2012, 3, 31)
    for text, mark in (("每年3月10日前", date(2012, 3, 9)), ("每年3月10日", date(2012, 3, 10))):
        assert periods(read_every(text, before="excludes"), *window, "keep", CN)[0].last == mark


def test_a_tail_after_the_last_mark_makes_no_occurrence() -> None:
    made = periods(read_every(["2031-08-31", "2031-10-10"]), date(2031, 8, 1), date(2031, 12, 31), "keep", CN)
    assert [(period.first, period.last) for period in made] == [
        (date(2031, 8, 1), date(2031, 8, 31)),
        (date(2031, 9, 1), date(2031, 10, 10)),
    ]
    assert not any(period.cut for period in made)


@pytest.mark.parametrize(("closes", "count"), [(date(2012, 1, 30), 0), (date(2012, 1, 31), 1), (date(2012, 2, 1), 1)])
def test_a_mark_counts_from_the_day_the_window_reaches_it(closes: date, count: int) -> None:
    assert len(names("每月底", date(2012, 1, 1), closes)) == count


def test_days_that_are_listed_need_no_end() -> None:
    made = periods(read_every(["2012-03-08", "2013-03-08"]), date(2012, 3, 1), None, "keep", CN)
    assert [(period.first, period.last) for period in made] == [
        (date(2012, 3, 1), date(2012, 3, 8)),
        (date(2012, 3, 9), date(2013, 3, 8)),
    ]


def test_marks_may_be_counted_from_a_day_of_their_own() -> None:
    made = periods(read_every("month"), date(2012, 1, 31), date(2012, 4, 29), "keep", CN, counted_from=date(2012, 1, 31))
    assert [period.name for period in made] == ["2012-02-28", "2012-03-30", "2012-04-29"]


def test_a_rhythm_may_carry_a_time_of_day() -> None:
    every = read_every("每周二9:30")
    assert every.at == time(9, 30)
    assert periods(every, OPENS, CLOSES, "keep", CN)[0].at == time(9, 30)


def test_marks_by_working_day_in_an_unpublished_year_are_provisional() -> None:
    made = periods(read_every("每月第1个工作日"), date(2026, 12, 1), date(2027, 1, 31), "keep", CN)
    assert [period.provisional for period in made] == [False, True]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("banana", 1),
        ("0w", 1),
        ("每", 2),
        ("每月32日", 3),
        ("每月0日", 3),
        ("每月第24个工作日", 4),
        ("每季度第4个月10日", 5),
        ("每年13月1日", 3),
        ("每年2月30日", 5),
        ("每周八", 3),
        ("每月8日、", 6),
        ("每周二9:30吧", 8),
        ("5h", 1),
        ("[2031-02-30]", 2),
        ("[2031-02-28, x]", 14),
        ("每0年", 2),
        ("每99999年", 2),
    ],
)
def test_what_is_no_rhythm_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(RhythmUnreadable) as refused:
        read_every(text)
    assert refused.value.position == position


def test_a_rhythm_with_an_impossible_time_is_refused() -> None:
    with pytest.raises(NoSuchTime):
        read_every("每周二25:00")


def test_a_list_of_days_outside_the_calendar_is_refused() -> None:
    with pytest.raises(YearOutOfRange):
        read_every("[2201-01-01]")


# --- names ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["month", "2mo", "quarter", "half", "year", "3y", "week", "5mo", "day"])
def test_a_name_read_back_is_the_whole_period(text: str) -> None:
    for period in periods(read_every(text), OPENS, CLOSES, "keep", CN):
        assert parse_period_name(period.name) == period.whole


def test_the_date_of_a_mark_reads_back_as_that_day() -> None:
    assert parse_period_name("2031-08-18") == (date(2031, 8, 18), date(2031, 8, 18))


@pytest.mark.parametrize("name", ["2010-q3", " 2010-Q3 "])
def test_a_name_may_be_typed_carelessly(name: str) -> None:
    assert parse_period_name(name) == (date(2010, 7, 1), date(2010, 9, 30))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Q3",
        "2010-Q5",
        "2010-H3",
        "2010-13",
        "2010-W54",
        "2011-W53",
        "2010-02-30",
        "1899",
        "2201-Q1",
        "2010Q3",
        "2010-Q3x",
        "2012..2010",
        "2010..",
        "..2010",
        "2010-01..2010",
        "2010-Q1..2010-Q2",
        "2010-01-01..2010-01-09",
        "2010-10..2010-09",
        "２０１０",
        "banana",
        "2010..2011..2012",
    ],
)
def test_what_is_no_period_is_refused_with_what_is_accepted(name: str) -> None:
    with pytest.raises(PeriodNameUnreadable, match="2010-Q3"):
        parse_period_name(name)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=20), st.text("每日周月季度年个第工作前0123456789、,: dwmoy[]-二两", max_size=16)))
def test_any_text_is_a_rhythm_or_a_phrase_error(text: str) -> None:
    try:
        every = read_every(text)
    except PhraseError as refused:
        assert 1 <= refused.position <= max(len(text) + 1, 3)
        return
    assert read_every(text) == every
    periods(every, OPENS, CLOSES, "keep", CN)

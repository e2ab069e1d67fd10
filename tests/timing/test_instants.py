"""Instants: a base, spans, a time of day; lists; and what only a running case can date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from engine.timing.calendars import working_calendar
from engine.timing.errors import HoursNeedATime, NeedsPeriod, NotYetInstant, PhraseError, SpanTooLong, UnknownBase
from engine.timing.instants import read_instant
from engine.timing.phrases import PhraseContext
from engine.timing.stretches import Stretch, one_day

CONTEXT = PhraseContext(
    calendar=working_calendar("CN"),
    issued=date(2031, 1, 10),
    opens=date(2031, 3, 3),
    anchors={"drill_day": date(2031, 9, 10), "党的十八大": None},
    occurrence=(date(2031, 7, 1), date(2031, 9, 30)),
)
NAMES = {"总结报告.due": one_day(date(2031, 5, 31)), "due": one_day(date(2031, 6, 30))}


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("drill_day", "2031-09-10"),
        ("drill_day - 12d", "2031-08-29"),
        ("drill_day-12d", "2031-08-29"),
        ("drill_day + 6wd", "2031-09-18"),
        ("drill_day + 1w - 1d", "2031-09-16"),
        ("drill_day - 3日", "2031-09-07"),
        ("2031年9月10日 + 3个工作日", "2031-09-15"),
        ("2031-08-31 + 6mo", "2032-02-29"),
        ("2031-01-31 + 1mo", "2031-02-28"),
        ("2031-01-31 + 2mo", "2031-03-31"),
        ("period.end + 9d", "2031-10-09"),
        ("period.start", "2031-07-01"),
        ("opens + 7d", "2031-03-10"),
        ("issued + 半个月", "2031-01-25"),
        ("issued - 半个月", "2030-12-26"),
        ("总结报告.due", "2031-05-31"),
        ("总结报告.due + 1mo", "2031-06-30"),
        ("due + 2d", "2031-07-02"),
        ("2031年9月底前", "2031-09-30"),
        ("2031年9月1日-3日", "2031-09-03"),
    ],
)
def test_an_instant_is_a_base_and_spans(text: str, last: str) -> None:
    assert read_instant(text, CONTEXT, NAMES).last == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("drill_day 09:30", "2031-09-10", time(9, 30)),
        ("drill_day + 2d 17:00", "2031-09-12", time(17)),
        ("2031-09-10 09:30", "2031-09-10", time(9, 30)),
        ("2031-09-10 9:30 + 6h", "2031-09-10", time(15, 30)),
        ("2031-09-10 23:00 + 90min", "2031-09-11", time(0, 30)),
        ("2031-09-10 1:00 - 2h", "2031-09-09", time(23)),
        ("2031-09-10 9:30 + 1d", "2031-09-11", None),
    ],
)
def test_hours_yield_a_moment_and_days_a_day(text: str, day: str, at: time | None) -> None:
    read = read_instant(text, CONTEXT, NAMES)
    assert (read.first, read.last, read.at) == (date.fromisoformat(day), date.fromisoformat(day), at)


def test_of_a_list_the_latest_counts() -> None:
    read = read_instant(["drill_day", "2031-09-10 09:30", "2031年3月"], CONTEXT, NAMES)
    assert (read.last, read.at) == (date(2031, 9, 10), None)


def test_a_list_with_something_undated_waits_for_it() -> None:
    assert read_instant(["drill_day", "党的十八大 - 3mo", "undated"], CONTEXT, NAMES).pending_on == ("党的十八大", "undated")


@pytest.mark.parametrize(("text", "waits"), [("党的十八大 + 3d 9:00", "党的十八大"), ("received + 8d", "received"), ("未定", "undated")])
def test_a_base_that_is_not_dated_keeps_the_instant_pending(text: str, waits: str) -> None:
    assert read_instant(text, CONTEXT, NAMES).pending_on == (waits,)


@pytest.mark.parametrize(
    "text",
    [
        "start + 12wd",
        "on_entry",
        "round.start",
        "全面争创.entered",
        "task.done + 3d",
        "superior.report.done + 8d",
        "unit.licensed_on",
        "row.found_on + 1mo",
        "drill.held_at + 6wd",
        "drill_day + cooling_time",
    ],
)
def test_what_only_a_running_case_can_date_is_not_yet_readable(text: str) -> None:
    with pytest.raises(NotYetInstant):
        read_instant(text, CONTEXT, NAMES)


@pytest.mark.parametrize(("text", "position"), [("成立", 1), ("成立 + 10d", 1), ("founded - 2w", 1), ("2031-09-10 + 间隔", 14)])
def test_a_day_that_differs_per_unit_is_not_yet_readable_by_its_bare_name(text: str, position: int) -> None:
    with pytest.raises(NotYetInstant) as refused:
        read_instant(text, replace(CONTEXT, later=frozenset({"成立", "founded", "间隔"})), NAMES)
    assert refused.value.position == position


@pytest.mark.parametrize(
    ("text", "error", "position"),
    [
        ("nobody.due", UnknownBase, 1),
        ("drill_dey - 12d", UnknownBase, 1),
        ("drill_day + 6h", HoursNeedATime, 13),
        ("drill_day + 99999999d", SpanTooLong, 13),
        ("2031-09-10 + 3dx", PhraseError, 12),
        ("2031年9月31日 + 3d", PhraseError, 8),
        ("  2031年9月31日", PhraseError, 10),
    ],
)
def test_a_refusal_points_into_the_whole_instant(text: str, error: type[PhraseError], position: int) -> None:
    with pytest.raises(error) as refused:
        read_instant(text, CONTEXT, NAMES)
    assert (refused.value.text, refused.value.position) == (text, position)


def test_the_period_is_asked_for_where_there_is_none() -> None:
    with pytest.raises(NeedsPeriod):
        read_instant("period.end + 9d", replace(CONTEXT, occurrence=None), {})


def test_a_moved_last_day_is_moved_after_the_spans() -> None:
    read = read_instant("2031-10-03 + 1d", replace(CONTEXT, on_holiday="next"), NAMES)
    assert (read.last, read.rolled_from, read.provisional) == (date(2031, 10, 6), date(2031, 10, 4), True)


def test_a_name_given_by_the_caller_is_looked_up_first() -> None:
    assert read_instant("start + 1d", CONTEXT, {"start": Stretch(first=date(2031, 1, 1), last=date(2031, 1, 1))}).last == date(2031, 1, 2)

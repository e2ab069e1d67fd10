"""Days and times as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.days import read_day, read_moment

DAY = date(2031, 9, 1)


@pytest.mark.parametrize("text", ["2031-09-01", "2031/9/1", "2031.9.1", "2031年9月1日", "2031年 9月 1号", "２０３１-09-01"])
def test_a_day_is_read(text):
    assert read_day(text) == DAY


@pytest.mark.parametrize("text", ["2031-9/1", "2031-02-29", "9月1日", "2031-09-01 09:00", "", "20310901"])
def test_what_is_no_day_is_none(text):
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["2031-09-01 9:30", "2031-09-01T09:30", "2031年9月1日9时30分", "2031/9/1 9点30", "2031-09-01 09:30:00"])
def test_a_time_is_read(text):
    assert read_moment(text) == datetime(2031, 9, 1, 9, 30)  # noqa: DTZ001 - local


@pytest.mark.parametrize("text", ["2031-09-01", "2031-09-01 24:00", "2031-09-01 9:60", "2031-09-019:30", "9:30"])
def test_what_is_no_time_is_none(text):
    assert read_moment(text) is None

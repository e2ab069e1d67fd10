"""The table of date phrases, as the language page words it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from engine.timing.calendars import working_calendar
from engine.timing.errors import (
    PhraseError,
    SayTheYear,
)
from engine.timing.phrases import PhraseContext, read_phrase
from engine.timing.spans import Span

BARE = PhraseContext(calendar=working_calendar("CN"))
FULL = replace(
    BARE,
    issued=date(2012, 6, 29),
    received=date(2012, 7, 3),
    opens=date(2012, 7, 2),
    about=Span(count=3, unit="d"),
    work_ends=time(17, 30),
    period=(date(2012, 7, 1), date(2012, 9, 30)),
    anchors={"党的十八大": None, "建党90周年": date(2011, 7, 1), "drill_day": date(2031, 9, 10), "届满": date(2013, 3, 31)},
)
OPEN = None


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        # days, months, years
        ("2012-09-14", "2012-09-14", "2012-09-14"),
        ("2012-9-4", "2012-09-04", "2012-09-04"),
        ("2012年9月14日", "2012-09-14", "2012-09-14"),
        ("2012年9月14号", "2012-09-14", "2012-09-14"),
        (" 2012 年 9 月 14 日 ", "2012-09-14", "2012-09-14"),
        ("２０１２年９月１４日", "2012-09-14", "2012-09-14"),
        ("“2012年9月14日”", "2012-09-14", "2012-09-14"),
        ("2012年02月29日", "2012-02-29", "2012-02-29"),
        ("2000年2月29日", "2000-02-29", "2000-02-29"),
        ("2012年9月", "2012-09-01", "2012-09-30"),
        ("2012年8月份", "2012-08-01", "2012-08-31"),
        ("2012年2月", "2012-02-01", "2012-02-29"),
        ("2013年2月", "2013-02-01", "2013-02-28"),
        ("1900年2月", "1900-02-01", "1900-02-28"),
        ("2012年", "2012-01-01", "2012-12-31"),
        ("2012年7、8月", "2012-07-01", "2012-08-31"),
        ("2012年1、2月份", "2012-01-01", "2012-02-29"),
        ("2012年7、8、9月", "2012-07-01", "2012-09-30"),
        # ranges
        ("2010年5月中旬—5月底", "2010-05-11", "2010-05-31"),
        ("2010年5月中旬—下旬", "2010-05-11", "2010-05-31"),
        ("2010年6月—2011年6月底", "2010-06-01", "2011-06-30"),
        ("2011年7月—2012年6月底", "2011-07-01", "2012-06-30"),
        ("2031年3月—5月底", "2031-03-01", "2031-05-31"),
        ("2012年6月29日—", "2012-06-29", OPEN),
        ("2012年6月29日至", None, "refused"),
        ("2010年11月—2月底", "2010-11-01", "2011-02-28"),
        ("2011年11月至2月底", "2011-11-01", "2012-02-29"),
        ("2012年12月25日～1月3日", "2012-12-25", "2013-01-03"),
        ("2012年9月14日到20日", "2012-09-14", "2012-09-20"),
        ("2012-09-14-2012-09-20", "2012-09-14", "2012-09-20"),
        ("2012年9月14日-9月20日", "2012-09-14", "2012-09-20"),
        ("2012年9月14日——9月20日", "2012-09-14", "2012-09-20"),
        ("2010—2012年", "2010-01-01", "2012-12-31"),
        ("2010年—2012年", "2010-01-01", "2012-12-31"),
        ("2012年6月3—5日", "2012-06-03", "2012-06-05"),
        ("2012年7—9月", "2012-07-01", "2012-09-30"),
        ("2012年11—2月", "2012-11-01", "2013-02-28"),
        ("2010年6月—年底", "2010-06-01", "2010-12-31"),
        ("2011年“三八”至“五四”", "2011-03-08", "2011-05-04"),
        ("2011年国庆至元旦", "2011-10-01", "2012-01-01"),
        ("建党90周年—2011年底", "2011-07-01", "2011-12-31"),
        # 前, 后
        ("2012年9月14日前", None, "2012-09-14"),
        ("2012年9月14日以前", None, "2012-09-14"),
        ("2012年9月14日之前", None, "2012-09-14"),
        ("2012年9月14日前（不含当日）", None, "2012-09-13"),
        ("2012年9月14日前(含当日)", None, "2012-09-14"),
        ("2012年9月前", None, "2012-09-30"),
        ("2012年9月底前", None, "2012-09-30"),
        ("2010年底前", None, "2010-12-31"),
        ("2010年年底前", None, "2010-12-31"),
        ("2012年9月14日后", "2012-09-15", OPEN),
        ("2012年9月以后", "2012-10-01", OPEN),
        ("2012年12月31日之后", "2013-01-01", OPEN),
        ("自2012年9月1日起", "2012-09-01", OPEN),
        # parts of months and years
        ("2012年2月底", "2012-02-29", "2012-02-29"),
        ("2013年2月底", "2013-02-28", "2013-02-28"),
        ("2012年4月末", "2012-04-30", "2012-04-30"),
        ("2010年底", "2010-12-31", "2010-12-31"),
        ("2012年6月初", "2012-06-01", "2012-06-10"),
        ("2012年初", "2012-01-01", "2012-01-31"),
        ("2012年5月上旬", "2012-05-01", "2012-05-10"),
        ("2012年5月中旬", "2012-05-11", "2012-05-20"),
        ("2012年5月下旬", "2012-05-21", "2012-05-31"),
        ("2012年2月下旬", "2012-02-21", "2012-02-29"),
        ("2012年5月上中旬", "2012-05-01", "2012-05-20"),
        ("2012年7月中下旬", "2012-07-11", "2012-07-31"),
        ("2012年5月中", "2012-05-11", "2012-05-20"),
        ("2012年上半年", "2012-01-01", "2012-06-30"),
        ("2012年下半年", "2012-07-01", "2012-12-31"),
        ("2012年第1季度", "2012-01-01", "2012-03-31"),
        ("2012年第三季度", "2012-07-01", "2012-09-30"),
        ("2012年四季度", "2012-10-01", "2012-12-31"),
        # festivals
        ("2010年“七一”前", None, "2010-06-30"),
        ("2012年七一前", None, "2012-06-30"),
        ("2012年七一后", "2012-07-02", OPEN),
        ("2012年七一前(含当日)", None, "2012-07-01"),
        ("2012年「五一」", "2012-05-01", "2012-05-01"),
        ("2012年五四", "2012-05-04", "2012-05-04"),
        ("2012年八一", "2012-08-01", "2012-08-01"),
        ("2012年元旦", "2012-01-01", "2012-01-01"),
        ("2012年元旦前", None, "2011-12-31"),
        ("2012年国庆节", "2012-10-01", "2012-10-01"),
        ("2012年教师节前", None, "2012-09-09"),
        ("2012年春节", "2012-01-23", "2012-01-23"),
        ("2010年春节前", None, "2010-02-13"),
        ("2012年清明", "2012-04-04", "2012-04-04"),
        ("2012年端午节", "2012-06-23", "2012-06-23"),
        ("2012年中秋", "2012-09-30", "2012-09-30"),
        # times of day
        ("2012年9月14日16时20分", "2012-09-14", "2012-09-14"),
        ("2012年9月14日下班前", None, "2012-09-14"),
        # counted
        ("7日内", "2012-07-02", "2012-07-09"),
        ("10个工作日内", "2012-07-02", "2012-07-16"),
        ("三个工作日内", "2012-07-02", "2012-07-05"),
        ("1个月内", "2012-07-02", "2012-08-02"),
        ("半个月内", "2012-07-02", "2012-07-17"),
        ("2012年9月28日后3个工作日内", "2012-09-29", "2012-10-09"),
        ("2012年1月31日之日起1个月内", "2012-01-31", "2012-02-29"),
        ("自2012年5月4日之日起15日内", "2012-05-04", "2012-05-19"),
        ("建党90周年后30日内", "2011-07-02", "2011-07-31"),
        ("2012年10月8日前3个工作日", "2012-09-27", "2012-09-27"),
        ("2012年国庆前3天", "2012-09-28", "2012-09-28"),
        ("届满前3个月", "2012-12-31", "2012-12-31"),
        ("建党90周年前", None, "2011-06-30"),
        ("建党90周年后", "2011-07-02", OPEN),
        # from the period of the rhythm
        ("当月15日", "2012-09-15", "2012-09-15"),
        ("当月31日", "2012-09-30", "2012-09-30"),
        ("次月7日", "2012-10-07", "2012-10-07"),
        ("次月31日前", None, "2012-10-31"),
        ("次周三", "2012-10-03", "2012-10-03"),
        ("次周日", "2012-10-07", "2012-10-07"),
        ("次月第1个工作日", "2012-10-08", "2012-10-08"),
        ("次月第三个工作日", "2012-10-10", "2012-10-10"),
        # from the day of issue and of receipt
        ("今年9月底前", None, "2012-09-30"),
        ("今年底", "2012-12-31", "2012-12-31"),
        ("明年3月", "2013-03-01", "2013-03-31"),
        ("本月底", "2012-06-30", "2012-06-30"),
        ("即日起", "2012-06-29", OPEN),
        ("自即日起至9月30日", "2012-06-29", "2012-09-30"),
        ("接到通知后", "2012-07-03", OPEN),
        ("接到通知后3个工作日内", "2012-07-03", "2012-07-06"),
        ("自接到通知之日起10日内", "2012-07-03", "2012-07-13"),
        ("立即", "2012-07-02", "2012-07-02"),
        # rolled
        ("2012年10月1日，遇节假日顺延", "2012-10-01", "2012-10-08"),
        ("2012年10月7日前，遇节假日顺延", None, "2012-10-08"),
        ("2012年9月29日，遇节假日顺延", "2012-09-29", "2012-09-29"),
        ("2012年6月17日前，遇节假日提前", None, "2012-06-15"),
    ],
)
def test_a_phrase_reads_as_the_table_says(text: str, first: str | None, last: str | None) -> None:
    if last == "refused":
        with pytest.raises(PhraseError):
            read_phrase(text, FULL)
        return
    read = read_phrase(text, FULL)
    assert (read.first, read.last) == (day(first), day(last))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2012年9月14日9:15", time(9, 15)),
        ("2012-09-14 09:30", time(9, 30)),
        ("2012年9月14日9：15前", time(9, 15)),
        ("2012年9月14日上午8时", time(8)),
        ("2012年9月14日下午3:40", time(15, 40)),
        ("2012年9月14日上午11时59分", time(11, 59)),
        ("2012年9月14日12:00", time(12)),
        ("2012年9月14日下午12时", time(12)),
        ("2012年9月14日下午15时", time(15)),
        ("2012年9月14日16时20分前", time(16, 20)),
        ("2012年9月14日下午5点", time(17)),
        ("2012年9月14日下班前", time(17, 30)),
        ("2012年9月1日至9月14日0时", time(0)),
    ],
)
def test_a_time_of_day_makes_the_end_a_moment(text: str, at: time) -> None:
    assert read_phrase(text, FULL).at == at


def test_the_beginning_of_a_range_keeps_its_own_time() -> None:
    read = read_phrase("2012年9月14日9:00至9月16日17:00", FULL)
    assert (read.from_time, read.at) == (time(9), time(17))


@pytest.mark.parametrize(
    "text", ["党的十八大前", "党的十八大后", "党的十八大后30日内", "党的十八大前3个月", "“党的十八大”", "2012年7月—党的十八大"]
)
def test_what_hangs_on_an_undated_anchor_waits_for_it(text: str) -> None:
    read = read_phrase(text, FULL)
    assert (read.first, read.last, read.pending_on) == (None, None, ("党的十八大",))


@pytest.mark.parametrize(
    ("text", "waits_for"),
    [
        ("适时", "undated"),
        ("另行通知", "undated"),
        ("酌情", "undated"),
        ("不定期", "undated"),
        ("定期", "undated"),
        ("未定", "undated"),
        ("即日起", "issued"),
        ("即日起至2012年9月", "issued"),
        ("接到通知后", "received"),
        ("接到通知后3日内", "received"),
        ("7日内", "opens"),
        ("立即", "opens"),
    ],
)
def test_what_is_not_dated_says_what_it_waits_for(text: str, waits_for: str) -> None:
    read = read_phrase(text, BARE)
    assert (read.first, read.last, read.pending_on) == (None, None, (waits_for,))


@pytest.mark.parametrize(
    ("text", "vague"), [("2012年6月初", True), ("2012年初", True), ("2012年9月14日左右", True), ("2012年6月底", False)]
)
def test_vague_wording_is_marked(text: str, vague: bool) -> None:
    assert read_phrase(text, FULL).vague is vague


@pytest.mark.parametrize("text", ["2012年9月14日左右", "2012年9月14日前后"])
def test_about_a_day_carries_the_grace_of_the_calendar(text: str) -> None:
    read = read_phrase(text, FULL)
    assert (read.last, read.grace) == (date(2012, 9, 14), Span(count=3, unit="d"))


@pytest.mark.parametrize(
    ("text", "last"),
    [("2012年9月14日前", "2012-09-13"), ("2012年9月前", "2012-08-31"), ("2010年底前", "2010-12-30"), ("2010年七一前", "2010-06-30")],
)
def test_a_calendar_may_exclude_the_day_before_which(text: str, last: str) -> None:
    assert read_phrase(text, replace(BARE, before="excludes")).last == day(last)


def test_the_words_of_one_phrase_decide_over_the_calendar() -> None:
    assert read_phrase("2012年9月14日前（含当日）", replace(BARE, before="excludes")).last == date(2012, 9, 14)


# --- the year that is not written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "opens", "closes", "last"),
    [
        ("3月20日前", "2031-03-01", "2031-05-31", "2031-03-20"),
        ("9月14日", "2010-05-11", "2011-06-30", "2010-09-14"),
        ("1月5日", "2010-12-15", "2011-01-15", "2011-01-05"),
        ("2月29日", "2010-01-01", "2013-12-31", "2012-02-29"),
        ("七一前", "2012-01-01", "2012-06-30", "2012-06-30"),
        ("年底前", "2010-05-11", "2011-06-30", "2010-12-31"),
        ("11月—2月", "2010-11-01", "2011-03-31", "2011-02-28"),
        ("月底", "2031-09-05", "2031-10-08", "2031-09-30"),
        ("上旬", "2031-09-01", "2031-09-30", "2031-09-10"),
        ("15日前", "2031-09-01", "2031-09-30", "2031-09-15"),
    ],
)
def test_without_a_year_the_one_such_day_in_the_window_is_meant(text: str, opens: str, closes: str, last: str) -> None:
    context = replace(BARE, window=(day(opens), day(closes)))
    assert read_phrase(text, context).last == day(last)


@pytest.mark.parametrize(("issued", "last"), [("2012-09-13", "2012-09-14"), ("2012-09-14", "2012-09-14"), ("2012-09-15", None)])
def test_else_the_year_of_issue_is_meant_if_the_day_is_not_before_it(issued: str, last: str | None) -> None:
    context = replace(BARE, window=(date(2010, 1, 1), None), issued=day(issued))
    if last is None:
        with pytest.raises(SayTheYear):
            read_phrase("9月14日前", context)
    else:
        assert read_phrase("9月14日前", context).last == day(last)


@pytest.mark.parametrize(
    ("closes", "last"), [("2011-09-13", "2010-09-14"), ("2011-09-14", None), ("2011-09-15", None)], ids=["one day short", "reached", "past"]
)
def test_two_such_days_in_the_window_ask_for_the_year(closes: str, last: str | None) -> None:
    context = replace(BARE, window=(date(2010, 1, 1), day(closes)))
    if last is None:
        with pytest.raises(SayTheYear):
            read_phrase("9月14日", context)
    else:
        assert read_phrase("9月14日", context).last == day(last)


def test_the_note_tells_which_year_was_taken() -> None:
    assert "2012" in read_phrase("9月底前", FULL).notes[0].say("zh")


@pytest.mark.parametrize("text", ["9月14日", "9月底前", "上半年", "第三季度", "七一", "年底", "5月—6月"])
def test_nothing_settles_the_year_so_it_is_asked_for(text: str) -> None:
    with pytest.raises(SayTheYear):
        read_phrase(text, BARE)


# --- working days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_holiday", "last", "rolled_from"),
    [("keep", "2012-06-17", None), ("next", "2012-06-18", "2012-06-17"), ("previous", "2012-06-15", "2012-06-17")],
)
def test_a_last_day_on_a_sunday_moves_as_the_calendar_says(on_holiday: str, last: str, rolled_from: str | None) -> None:
    read = read_phrase("2012年6月17日前", replace(BARE, on_holiday=on_holiday))  # type: ignore[arg-type]  # one of the three words
    assert (read.last, read.rolled_from) == (day(last), day(rolled_from))


def test_a_phrase_that_moves_itself_is_not_moved_by_the_calendar_again() -> None:
    read = read_phrase("2012年6月17日前，遇节假日提前", replace(BARE, on_holiday="next"))
    assert read.last == date(2012, 6, 15)


@pytest.mark.parametrize(("text", "provisional"), [("2026年12月30日", False), ("2027年1月4日", True)])
def test_what_rests_on_unpublished_holidays_is_provisional(text: str, provisional: bool) -> None:
    assert read_phrase(text + "，遇节假日顺延", BARE).provisional is provisional

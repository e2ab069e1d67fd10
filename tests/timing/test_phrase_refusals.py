"""What is no date phrase, or one that needs more to be read: refused with its cause and place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from engine.timing.calendars import working_calendar
from engine.timing.errors import (
    DayMissing,
    FestivalOutsideTable,
    HoursNeedATime,
    MonthsApart,
    NeedsAnchor,
    NeedsPeriod,
    NoSuchDay,
    NoSuchTime,
    NotIssued,
    NotOneDay,
    PhraseError,
    PhraseTooLong,
    RangeBackwards,
    SayTheMonth,
    SpanTooLong,
    TermRefused,
    TwoReadings,
    WorkEndsUnset,
    YearOutOfRange,
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


@pytest.mark.parametrize(
    ("text", "error", "position"),
    [
        ("", PhraseError, 1),
        ("   ", PhraseError, 1),
        ("2012", PhraseError, 5),
        ("2012年9月14日xyz", PhraseError, 11),
        ("2012年9月14日前前", PhraseError, 12),
        ("2012年9月14日左右前", PhraseError, 13),
        ("1 2月", PhraseError, 3),
        ("2012年9月1 4日", PhraseError, 10),
        ("2012年9月14", PhraseError, 10),
        ("党的十九大前", PhraseError, 1),
        ("2012年9月后（含当日）", PhraseError, 9),
        ("2月30日", NoSuchDay, 3),
        ("2013年2月29日", NoSuchDay, 8),
        ("2012年4月31日", NoSuchDay, 8),
        ("2012-02-30", NoSuchDay, 1),
        ("2012-13-01", NoSuchDay, 1),
        ("2012年13月", NoSuchDay, 6),
        ("2012年0月", NoSuchDay, 6),
        ("2012年9月0日", NoSuchDay, 8),
        ("2012年9月第40个工作日", NoSuchDay, 9),
        ("1899年12月31日", YearOutOfRange, 1),
        ("2201年1月", YearOutOfRange, 1),
        ("12年9月", YearOutOfRange, 1),
        ("99999999999999999999年", YearOutOfRange, 1),
        ("2200年12月31日后", YearOutOfRange, 1),
        ("2012年9月14日25:00", NoSuchTime, 11),
        ("2012年9月14日24时", NoSuchTime, 11),
        ("2012年9月14日9:60", NoSuchTime, 11),
        ("2012年9月14日上午12时", NoSuchTime, 11),
        ("2012年9月14日上午13时", NoSuchTime, 11),
        ("下午3:40", DayMissing, 1),
        ("下班前", DayMissing, 1),
        ("2060年中秋", FestivalOutsideTable, 6),
        ("1999年春节前", FestivalOutsideTable, 6),
        ("上学期", TermRefused, 1),
        ("本学年末前", TermRefused, 1),
        ("2012年上学期", TermRefused, 6),
        ("2012年9月20日至14日", RangeBackwards, 12),
        ("2012年9月至14日", SayTheMonth, 9),
        ("2012年9月—2011年9月", RangeBackwards, 9),
        ("2012—2010年", RangeBackwards, 1),
        ("2012年7、9月", MonthsApart, 8),
        ("2012年6月前3天", NotOneDay, 1),
        ("24小时内", HoursNeedATime, 1),
        ("99999999日内", SpanTooLong, 1),
        ("36526日内", SpanTooLong, 1),
        ("年" * 201, PhraseTooLong, 201),
    ],
)
def test_a_refusal_names_its_cause_and_place(text: str, error: type[PhraseError], position: int) -> None:
    with pytest.raises(PhraseError) as refused:
        read_phrase(text, replace(FULL, issued=None))
    assert type(refused.value) is error
    assert refused.value.position == position
    assert refused.value.say("zh") and refused.value.say("en")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("届满前3个月", NeedsAnchor),
        ("当月8日", NeedsPeriod),
        ("次周三", NeedsPeriod),
        ("次月底", NeedsPeriod),
        ("今年9月", NotIssued),
        ("本月底", NotIssued),
        ("2012年9月14日下班前", WorkEndsUnset),
        ("月底", SayTheMonth),
        ("上旬", SayTheMonth),
        ("5日前", SayTheMonth),
    ],
)
def test_a_phrase_that_needs_more_says_what(text: str, error: type[PhraseError]) -> None:
    with pytest.raises(PhraseError) as refused:
        read_phrase(text, BARE)
    assert type(refused.value) is error


def test_an_anchor_named_like_a_date_is_refused_as_two_readings() -> None:
    with pytest.raises(TwoReadings):
        read_phrase("七一前", replace(BARE, anchors={"七一": date(2012, 7, 1)}))


def test_the_longest_anchor_name_is_the_one_meant() -> None:
    anchors = {"大会": date(2012, 1, 1), "大会闭幕": date(2012, 1, 9)}
    assert read_phrase("大会闭幕后", replace(BARE, anchors=anchors)).first == date(2012, 1, 10)


def test_an_anchor_name_is_not_found_inside_a_longer_latin_name() -> None:
    with pytest.raises(PhraseError):
        read_phrase("drill_day2前", FULL)

"""Random and mutated phrases: refused with a place, or read the same way every time; never another error, never a silent guess."""

from __future__ import annotations

import subprocess
import sys
import time as clock
from datetime import date, time

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.calendars import working_calendar
from engine.timing.errors import PhraseError
from engine.timing.grammar import parser
from engine.timing.instants import read_instant
from engine.timing.phrases import PhraseContext, read_phrase
from engine.timing.spans import Span, parse_span

CONTEXT = PhraseContext(
    calendar=working_calendar("CN"),
    window=(date(2010, 5, 11), date(2012, 6, 30)),
    issued=date(2012, 6, 29),
    received=date(2012, 7, 3),
    opens=date(2012, 7, 2),
    about=Span(count=3, unit="d"),
    work_ends=time(17, 30),
    period=(date(2012, 7, 1), date(2012, 9, 30)),
    anchors={"党的十八大": None, "建党90周年": date(2011, 7, 1)},
)
VALID = [
    "2012年9月14日",
    "2010年5月中旬—5月底",
    "2012年“七一”前",
    "9月底前（含当日）",
    "10个工作日内",
    "次月第3个工作日",
    "2012-09-14 09:30",
    "7、8月份",
    "2012年6月29日—",
    "建党90周年后30日内",
    "2012年10月1日，遇节假日顺延",
    "2012年9月14日下午3:40前",
    "自即日起至9月30日",
    "2012年第三季度",
    "2010—2012年",
]
PIECES = st.sampled_from(
    [
        *"0123456789年月日号前后底初中内至到—-~、，,（）()：: 上下旬半第个周天时分每“”",
        "中旬",
        "七一",
        "春节",
        "工作日",
        "党的十八大",
        "3d",
        " + ",
        "左右",
        "遇节假日顺延",
    ]
)
SOUP = st.lists(PIECES, max_size=14).map("".join)


def holds(text: str) -> None:
    try:
        read = read_phrase(text, CONTEXT)
    except PhraseError as refused:
        assert 1 <= refused.position <= len(text) + 1
        assert refused.say("zh") and refused.say("en")
        return
    assert read == read_phrase(text, CONTEXT)
    assert read.pending_on or read.first is not None or read.last is not None
    assert all(1899 <= day.year <= 2200 for day in (read.first, read.last) if day is not None)
    assert read.first is None or read.last is None or read.first <= read.last


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=30), SOUP))
def test_any_text_is_a_phrase_or_a_phrase_error(text: str) -> None:
    holds(text)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(VALID), st.integers(0, 30), st.integers(0, 3), PIECES)
def test_a_mutated_phrase_is_refused_or_read_without_wonder(text: str, at: int, cut: int, piece: str) -> None:
    holds(text[:at] + piece + text[at + cut :])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VALID), st.text("xyzÀ漢字@#$%^&*", min_size=1, max_size=6))
def test_garbage_at_the_end_is_refused_at_its_place(text: str, garbage: str) -> None:
    try:
        read_phrase(text + garbage, CONTEXT)
    except PhraseError as refused:
        assert refused.position == len(text) + 1
    else:
        raise AssertionError(text + garbage)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=30),
        SOUP,
        st.lists(
            st.sampled_from(["due", "period.end", " + ", "-", "3d", "9:30", " ", "x", "建党90周年", "999999h", ".", "2012-09-14"]),
            max_size=6,
        ).map("".join),
    )
)
def test_any_text_is_an_instant_or_a_phrase_error(text: str) -> None:
    try:
        read = read_instant(text, CONTEXT, {})
    except PhraseError as refused:
        assert 1 <= refused.position <= len(text) + 1
        return
    assert read == read_instant(text, CONTEXT, {})


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=12), st.text("0123456789+- 一二三十dwmoyhin个工作日周月年天半", max_size=10)))
def test_any_text_is_a_span_or_a_phrase_error(text: str) -> None:
    try:
        assert parse_span(text) == parse_span(text)
    except PhraseError as refused:
        assert 1 <= refused.position <= len(text) + 1


def test_the_grammar_is_built_quickly() -> None:
    parser.cache_clear()
    # The best of three, by the processor: a busy machine may slow any of them.
    took = []
    for _ in range(3):
        parser.cache_clear()
        began = clock.process_time()
        parser()
        took.append(clock.process_time() - began)
    assert min(took) < 0.2


def test_computing_periods_and_rungs_loads_no_grammar() -> None:
    code = "import sys, engine.timing.periods, engine.timing.ladders; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

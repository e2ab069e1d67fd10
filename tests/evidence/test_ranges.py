"""RANGE: what is read, what is refused and where, and the ends."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ranges import Range, RangeError, parse_range


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        (">= 3", 3, None, ""),
        (">=3", 3, None, ""),
        ("<= 5", None, 5, ""),
        ("2..6", 2, 6, ""),
        ("4", 4, 4, ""),
        ("4wd", 4, 4, "wd"),
        ("4 个工作日", 4, 4, "wd"),
        (">= 600 chars", 600, None, "chars"),
        ("600字以上", 600, None, "chars"),
        ("600字及以上", 600, None, "chars"),
        ("600以上", 600, None, ""),
        ("不少于600字", 600, None, "chars"),
        ("至少 3 页", 3, None, "pages"),
        ("不超过1000字", None, 1000, "chars"),
        ("至多5页", None, 5, "pages"),
        ("1000字以内", None, 1000, "chars"),
        ("1000字以下", None, 1000, "chars"),
        ("≥３０％", 30, None, "%"),
        ("＞＝　６００　字", 600, None, "chars"),
        ("20%..40%", 20, 40, "%"),
        ("20..40%", 20, 40, "%"),
        ("800-1000字", 800, 1000, "chars"),
        ("800字至1000字", 800, 1000, "chars"),
        ("800～1000字", 800, 1000, "chars"),
        (">= 2人", 2, None, ""),
        ("5d", 5, 5, "d"),
        ("5天", 5, 5, "d"),
        ("5日", 5, 5, "d"),
        ("2w..3w", 2, 3, "w"),
        ("6个月以上", 6, None, "mo"),
        ("30分钟", 30, 30, "min"),
        ("2小时以内", None, 2, "h"),
        ("1y", 1, 1, "y"),
    ],
)
def test_a_range_is_read_with_its_ends_included(text: str, low: int | None, high: int | None, unit: str) -> None:
    assert parse_range(text) == Range(low=low, high=high, unit=unit)


@pytest.mark.parametrize(
    ("text", "just_before", "at", "just_after"),
    [
        ("不少于5字", False, True, True),
        ("5字以上", False, True, True),
        (">= 5", False, True, True),
        ("超过5字", False, False, True),
        ("> 5", False, False, True),
        ("不超过5字", True, True, False),
        ("5字以内", True, True, False),
        ("不足5字", True, False, False),
        ("不满5字", True, False, False),
        ("< 5", True, False, False),
        ("5", False, True, False),
    ],
)
def test_an_end_is_included_or_not_as_its_word_says(text: str, just_before: bool, at: bool, just_after: bool) -> None:
    whole = parse_range(text)
    assert [whole.contains(4), whole.contains(5), whole.contains(6)] == [just_before, at, just_after]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("很多字", 1),
        ("600字左右", 5),
        ("600字以上吗", 7),
        ("不少于", 4),
        ("不少于六百字", 4),
        ("6..2", 4),
        ("2..", 4),
        ("2.5", 2),
        ("-3", 1),
        ("600字..700页", 7),
        ("600 letters", 5),
        ("5 days", 3),
        (">= 3 <= 5", 6),
        ("< 0", 3),
        ("不少于600字以上", 8),
        ("1234567890123", 1),
    ],
)
def test_anything_else_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(RangeError) as refusal:
        parse_range(text)
    assert refusal.value.position == position
    assert text in refusal.value.say("zh")
    assert text in refusal.value.say("en")


@pytest.mark.parametrize(("n", "missing"), [(999, 1), (1000, 0), (1001, 0)])
def test_the_shortfall_counts_up_to_the_end_that_is_enough(n: int, missing: int) -> None:
    assert parse_range(">= 1000字").shortfall(n) == missing


@pytest.mark.parametrize(("n", "missing"), [(1000, 1), (1001, 0), (1002, 0)])
def test_the_shortfall_of_more_than_counts_one_further(n: int, missing: int) -> None:
    assert parse_range("超过1000字").shortfall(n) == missing


@pytest.mark.parametrize(("n", "over"), [(4, 0), (5, 0), (6, 1)])
def test_the_excess_counts_beyond_the_most_that_is_allowed(n: int, over: int) -> None:
    assert parse_range("<= 5").excess(n) == over


@pytest.mark.parametrize(("n", "over"), [(3, 0), (4, 0), (5, 1)])
def test_the_excess_of_fewer_than_starts_at_the_number_itself(n: int, over: int) -> None:
    assert parse_range("不足5").excess(n) == over


def test_fractions_are_judged_exactly() -> None:
    assert not parse_range(">= 30%").contains(Fraction(2999, 100))
    assert parse_range(">= 30%").contains(Fraction(30))
    assert parse_range("超过30%").contains(Fraction(3001, 100))


@pytest.mark.parametrize(
    ("inner", "outer", "inside"),
    [
        (">= 6", ">= 5", True),
        (">= 5", ">= 5", True),
        (">= 4", ">= 5", False),
        ("5..6", ">= 5", True),
        (">= 5", "5..6", False),
        ("> 5", ">= 6", True),
        ("<= 5", "< 5", False),
        (">= 6字", ">= 5页", False),
    ],
)
def test_a_layer_may_only_tighten(inner: str, outer: str, inside: bool) -> None:
    assert parse_range(inner).within(parse_range(outer)) is inside


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("1000字以上", "不少于 1000 字", "at least 1000 characters"),
        ("<= 5页", "不超过 5 页", "at most 5 pages"),
        ("800..1000字", "800 至 1000 字", "800 to 1000 characters"),
        ("超过3", "超过 3", "more than 3"),
        ("不足20%", "不足 20%", "fewer than 20%"),
        ("4wd", "4 个工作日", "4 working days"),
    ],
)
def test_a_range_is_said_in_both_languages(text: str, zh: str, en: str) -> None:
    sentence = parse_range(text).sentence
    assert (sentence.say("zh"), sentence.say("en")) == (zh, en)


_UNITS = st.sampled_from(["", "chars", "pages", "min", "h", "d", "wd", "w", "mo", "y", "%"])


@given(low=st.integers(0, 10**6), more=st.integers(0, 10**6), unit=_UNITS, form=st.sampled_from(["two", "low", "high", "over", "under"]))
def test_the_canonical_spelling_reads_back_as_the_same_range(low: int, more: int, unit: str, form: str) -> None:
    whole = {
        "two": Range(low=low, high=low + more, unit=unit),
        "low": Range(low=low, unit=unit),
        "high": Range(high=low, unit=unit),
        "over": Range(low=low, low_inclusive=False, unit=unit),
        "under": Range(high=low + 1, high_inclusive=False, unit=unit),
    }[form]
    assert parse_range(whole.text) == whole


@given(st.text(alphabet="0123456789 .<>=以上不少于超过字页d%-～至x", max_size=12))
@settings(max_examples=300)
def test_any_text_is_either_a_range_or_refused_with_a_position_inside_it(text: str) -> None:
    try:
        whole = parse_range(text)
    except RangeError as refusal:
        assert 1 <= refusal.position <= len(text) + 1
    else:
        assert whole.contains(whole.least if whole.least is not None else whole.most or 0)

"""Lines of at most so many columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.wrap import columns, glued, shorten, wrap


@pytest.mark.parametrize(("text", "count"), [("", 0), ("abc", 3), ("领导", 4), ("Ａ", 2), ("“七一”", 8), ("e\u0301", 1), ("a\u200db", 2)])
def test_a_chinese_character_takes_two_columns(text: str, count: int) -> None:
    assert columns(text) == count


@pytest.mark.parametrize(("length", "lines"), [(38, 1), (39, 1), (40, 2)])
def test_a_line_breaks_only_beyond_its_width(length: int, lines: int) -> None:
    assert len(wrap("字" * length, 78).split("\n")) == lines


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    for width in range(10, 40):
        lines = wrap("截止日期：2010年9月30日（星期四），已逾期 8 天；依据：《实施方案》第三部分。" * 3, width).split("\n")
        assert not [line for line in lines if line[0] in "，。；：）》" or line[-1] in "（《"]


def test_a_number_stays_with_what_it_counts() -> None:
    for width in range(10, 40):
        assert not [line for line in wrap("期限为2010年9月30日，还差14字。" * 3, width).split("\n") if line[-1].isdigit()]


def test_what_continues_an_item_hangs_under_its_first_word() -> None:
    assert wrap("- 一二三四五六", 10) == "- 一二三四\n  五六"
    assert wrap("12. 一二三四五六", 12) == "12. 一二三四\n    五六"
    assert wrap("   一二三四五六", 11) == "   一二三四\n   五六"


def test_english_breaks_between_words() -> None:
    assert wrap("to be or not to be", 9) == "to be or\nnot to be"


@pytest.mark.parametrize("whole", ["https://campaign.example.org/" + "x" * 90, "x" * 90 + "@example.org"])
def test_an_address_is_never_cut(whole: str) -> None:
    assert whole in wrap(f"请到 {whole} 上报", 40).split("\n")


def test_a_word_wider_than_a_line_is_cut() -> None:
    assert wrap("x" * 25, 10) == "x" * 10 + "\n" + "x" * 10 + "\n" + "x" * 5


@given(st.text(alphabet="字，。（《“”aZ1 -—…\n", max_size=200), st.integers(8, 78))
@settings(max_examples=150, deadline=None)
def test_no_line_is_too_wide_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    assert max(columns(line) for line in wrapped.split("\n")) <= width
    assert "".join(wrapped.split()) == "".join(text.split())


@pytest.mark.parametrize(("most", "expected"), [(11, "一二三四…"), (12, "一二三四五六"), (13, "一二三四五六")])
def test_a_text_too_long_is_shortened_with_an_ellipsis(most: int, expected: str) -> None:
    assert shorten("一二三四五六", most) == expected


def test_what_is_glued_goes_to_the_next_line_whole_and_comes_out_as_it_was() -> None:
    mark = "GB05-01 领导点评 2010年第三季度"
    assert wrap(f"把材料发至办公室，注明“{glued(mark)}”", 40).split("\n") == ["把材料发至办公室，注明", f"“{mark}”"]


@pytest.mark.parametrize(("width", "lines"), [(30, 2), (31, 1), (32, 1)])
def test_what_is_glued_is_cut_only_where_it_is_wider_than_a_line(width: int, lines: int) -> None:
    assert len(wrap(glued("GB05-01 领导点评 2010年第三季度"), width).split("\n")) == lines

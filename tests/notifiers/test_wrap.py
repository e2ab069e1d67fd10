"""Lines of at most so many columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.wrap import columns, glued, shorten, unwrap, wrap


def seen(text: str, width: int) -> list[str]:
    """The lines as one sees them: a blank at the end is for `unwrap`."""
    return [line.rstrip() for line in wrap(text, width).split("\n")]


@pytest.mark.parametrize(("text", "count"), [("", 0), ("abc", 3), ("领导", 4), ("Ａ", 2), ("“七一”", 8), ("e\u0301", 1), ("a\u200db", 2)])
def test_a_chinese_character_takes_two_columns(text: str, count: int) -> None:
    assert columns(text) == count


@pytest.mark.parametrize(("length", "lines"), [(38, 1), (39, 1), (40, 2)])
def test_a_line_breaks_only_beyond_its_width(length: int, lines: int) -> None:
    assert len(wrap("字" * length, 78).split("\n")) == lines


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    for width in range(10, 40):
        lines = seen("截止日期：2010年9月30日（星期四），已逾期 8 天；依据：《实施方案》第三部分。" * 3, width)
        assert not [line for line in lines if line[0] in "，。；：）》" or line[-1] in "（《"]


def test_a_number_stays_with_what_it_counts() -> None:
    for width in range(10, 40):
        assert not [line for line in seen("期限为2010年9月30日，还差14字。" * 3, width) if line[-1].isdigit()]


def test_what_continues_an_item_hangs_under_its_first_word() -> None:
    assert seen("- 一二三四五六", 10) == ["- 一二三四", "  五六"]
    assert seen("12. 一二三四五六", 12) == ["12. 一二三四", "    五六"]
    assert seen("   一二三四五六", 11) == ["   一二三四", "   五六"]


def test_english_breaks_between_words() -> None:
    assert seen("to be or not to be", 9) == ["to be or", "not to be"]


@pytest.mark.parametrize("whole", ["https://campaign.example.org/" + "x" * 90, "x" * 90 + "@example.org"])
def test_an_address_is_never_cut(whole: str) -> None:
    assert whole in seen(f"请到 {whole} 上报", 40)


def test_a_word_wider_than_a_line_is_cut() -> None:
    assert seen("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.text(alphabet="字，。（《“”aZ1 -—…\n", max_size=200), st.integers(8, 78))
@settings(max_examples=150, deadline=None)
def test_no_line_is_too_wide_and_nothing_but_blanks_is_lost(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    assert max(map(columns, seen(text, width))) <= width
    assert "".join(wrapped.split()) == "".join(text.split())


@pytest.mark.parametrize(("most", "expected"), [(11, "一二三四…"), (12, "一二三四五六"), (13, "一二三四五六")])
def test_a_text_too_long_is_shortened_with_an_ellipsis(most: int, expected: str) -> None:
    assert shorten("一二三四五六", most) == expected


def test_what_is_glued_goes_to_the_next_line_whole_and_comes_out_as_it_was() -> None:
    mark = "GB05-01 领导点评 2010年第三季度"
    assert seen(f"把材料发至办公室，注明“{glued(mark)}”", 40) == ["把材料发至办公室，注明", f"“{mark}”"]


@pytest.mark.parametrize(("width", "lines"), [(30, 2), (31, 1), (32, 1)])
def test_what_is_glued_is_cut_only_where_it_is_wider_than_a_line(width: int, lines: int) -> None:
    assert len(wrap(glued("GB05-01 领导点评 2010年第三季度"), width).split("\n")) == lines


@pytest.mark.parametrize("width", [10, 11, 20, 78])
def test_lines_that_were_folded_come_back_as_they_were(width: int) -> None:
    lines = [
        "您好！",
        "",
        "1. 党支部：总结 2010",
        "   催办：send it to the office 请本周五报来",
        "   理由：字",
        "     第二段，还差14字。",
        "- 一二三四五",
    ]
    text = "\n".join(lines)
    assert unwrap(wrap(text, width)) == text


@given(st.lists(st.text(alphabet="字，。（《“”aZ1-—…", min_size=1, max_size=30), min_size=1, max_size=12), st.integers(8, 78))
@settings(max_examples=150, deadline=None)
def test_whatever_the_words_no_fold_is_left_and_none_is_lost(words: list[str], width: int) -> None:
    line = " ".join(words)
    assert unwrap(wrap(f"{line}\n{line}", width)) == f"{line}\n{line}"


@pytest.mark.parametrize(
    "line", ["一二三　四五六　七八九", "one  two   three four", "一二 三四  五六　 七八", "请于 6 月 1 日前 send it in"]
)
def test_no_space_is_put_in_or_lost_wherever_the_line_is_folded(line: str) -> None:
    for width in range(8, 24):
        assert unwrap(wrap(f"- {line}", width)) == f"- {line}"


def test_a_line_that_ends_there_is_never_joined_with_the_next() -> None:
    assert unwrap(wrap("字" * 39 + "\n" + "字" * 39)) == "字" * 39 + "\n" + "字" * 39

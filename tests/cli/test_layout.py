"""Columns meet and nothing is cut, also under Chinese text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cli import layout

TEXT = st.text(alphabet="字卡住 ab，。（）“”1-=é\u0301", max_size=80)


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("ab", 2), ("字", 2), ("卡a住", 5), ("e\u0301", 1), ("Ａ", 2)])
def test_a_chinese_character_takes_two_columns_and_an_accent_none(text: str, columns: int) -> None:
    assert layout.width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("卡住的单位", 9, ["卡住的单", "位"]),
        ("卡住的单位", 10, ["卡住的单位"]),
        ("卡住的单位", 11, ["卡住的单位"]),
        ("还差，十四字", 6, ["还差，", "十四字"]),
        ("还差，十四字", 5, ["还", "差，", "十四", "字"]),
        ("一二（三）", 6, ["一二", "（三）"]),
        ("two words", 6, ["two", "words"]),
        ("一\n二", 6, ["一", "二"]),
        ("", 6, [""]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
    ],
)
def test_lines_break_where_the_language_allows(text: str, columns: int, lines: list[str]) -> None:
    assert layout.wrap(text, columns) == lines


def test_what_somebody_wrote_cannot_move_the_cursor_or_turn_the_line_around() -> None:
    assert layout.wrap("\x1b[2J好\u202e的\t吗", 40) == ["?[2J好?的 吗"]


@given(TEXT, st.integers(4, 30))
def test_nothing_is_cut_and_nothing_is_too_wide(text: str, columns: int) -> None:
    lines = layout.wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(layout.width(line) <= columns for line in lines)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=5))
def test_a_table_fits_and_loses_nothing(rows: list[tuple[str, str, str]]) -> None:
    shown = layout.table(["一", "two", "三"], rows, columns=40)
    assert all(layout.width(line) <= 40 for line in shown.splitlines())
    for character in {letter for row in rows for cell in row for letter in cell if not letter.isspace()}:
        given_ = sum(cell.count(character) for row in rows for cell in row)
        assert shown.count(character) >= given_


def test_columns_meet_under_chinese_text() -> None:
    shown = layout.table(["单位", "n"], [["机电学院", "1"], ["ab", "2"]], columns=40).splitlines()
    assert [layout.width(line[: line.rindex(mark)]) for line, mark in zip([shown[0], *shown[2:]], "n12", strict=True)] == [10, 10, 10]


def test_a_long_word_in_a_list_of_words_stands_alone() -> None:
    shown = layout.definitions([("--a", "x"), ("--very-long-option NAME", "y")], columns=40).splitlines()
    assert shown[1] == "  --very-long-option NAME"
    assert shown[2].strip() == "y"

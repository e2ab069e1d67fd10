"""字数 as a word processor shows it, and Han characters alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence.counting import count_han, count_words


@pytest.mark.parametrize(
    ("text", "words", "han"),
    [
        ("", 0, 0),
        ("   \t\n\u3000", 0, 0),
        ("中文测试", 4, 4),
        ("我们做了很多工作，成效明显。", 14, 12),
        ("Hello World", 2, 0),
        ("Hello 世界", 3, 2),
        ("Hello世界", 3, 2),
        ("Hello、World。", 4, 0),
        ("2010年5月", 4, 2),
        ("70%的党员", 4, 3),
        ("3.14", 1, 0),
        ("it's well-known, isn't it?", 4, 0),
        ("it’s", 1, 0),
        ("他说it’s好", 4, 3),
        ("ＡＢＣ１２３", 6, 0),
        ("“创先争优”", 6, 4),
        ("开展“ABC”活动", 7, 4),
        ("学习——提高", 6, 4),
        ("等等……", 4, 2),
        ("《意见》（试行）", 8, 4),
        ("二〇一〇年", 5, 5),
        ("e-mail: a@example.org", 2, 0),
        ("a - b", 3, 0),
        ("カタカナ", 4, 0),
        ("안녕하세요", 5, 0),
        ("㈱", 1, 0),
        ("①②③", 1, 0),
        ("①加强学习", 5, 4),
        ("👍👎", 1, 0),
        ("好👍", 2, 1),
        ("\ufeff中\u200b文", 2, 2),
        ("foo\u200bbar", 1, 0),
        ("𠮷野家", 3, 3),
        ("㐀䶵", 2, 2),
        ("﨑", 1, 1),
        ("中　文", 2, 2),
        ("中文\n中文", 4, 4),
        ("one\ntwo", 2, 0),
    ],
)
def test_a_text_has_these_words_and_han_characters(text: str, words: int, han: int) -> None:
    assert (count_words(text), count_han(text)) == (words, han)


@given(st.text(max_size=60))
def test_han_characters_are_never_more_than_words_and_words_never_more_than_characters(text: str) -> None:
    assert count_han(text) <= count_words(text) <= len(text)


@given(st.lists(st.text(max_size=20), max_size=5))
def test_the_words_of_a_text_are_the_words_of_its_lines(lines: list[str]) -> None:
    assert count_words("\n".join(lines)) == sum(count_words(line) for line in lines)

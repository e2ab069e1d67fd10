"""Passages that stand nearly word for word in another text."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pytest

from engine.evidence.copies import (
    GRAM,
    MANY,
    WINDOW,
    candidates,
    common_keys,
    compare,
    is_comparable,
    keys_of,
    many,
    read,
)
from tests.bench.reports import reports

NOBODYS: frozenset[int] = frozenset()


def text(length: int, seed: str = "a") -> str:
    """So many characters that no other seed has."""
    return "".join(chr(Random(f"{seed}{at}").randrange(0x4E00, 0x9FA0)) for at in range(length))


def values(words: str, item: str = "") -> set[int]:
    return {key.value for key in keys_of(read(words), item)}


def alike(mine: str, other: str, common: frozenset[int] = NOBODYS):
    reading = read(mine)
    return compare(reading, keys_of(reading), read(other), common)


def test_case_width_blanks_and_punctuation_do_not_count():
    assert read("Ｔhe Report，第１期。\n党 员").signs == read("the report 第1期党员").signs
    assert read("甲乙").signs != read("甲丙").signs


def test_a_word_of_another_script_is_one_sign_and_a_han_character_is_one():
    assert len(read("2010年第3季度 the report").signs) == len("2年第3季度tr")


def test_every_sign_knows_its_place_in_the_text():
    reading = read("一，the、二")
    assert [(start, end) for start, end in zip(reading.starts, reading.ends, strict=True)] == [(0, 1), (2, 5), (6, 7)]


@pytest.mark.parametrize(("length", "compared"), [(199, False), (200, True), (201, True)])
def test_texts_are_compared_from_two_hundred_characters_on(length, compared):
    assert is_comparable(read(text(length))) is compared


@pytest.mark.parametrize("before", [0, 1, 17, 300])
def test_texts_that_share_a_passage_as_long_as_the_guarantee_share_a_key(before):
    passage = text(GRAM + WINDOW - 1)
    mine, other = text(400, "b") + passage + text(400, "c"), text(before, "d") + passage + text(500, "e")
    assert values(mine) & values(other)
    assert not values(mine) & values(text(1_000, "f"))


def test_a_long_text_has_not_many_more_keys_and_still_shares_some_with_a_short_one():
    short = text(2_000)
    long = short + text(18_000, "b")
    assert len(values(long)) <= 330 and values(long) & values(short)


def test_items_of_a_package_share_no_key():
    assert not values(text(300), "报告") & values(text(300), "附表")


@pytest.mark.parametrize(("length", "passages"), [(149, 0), (150, 1), (151, 1)])
def test_a_passage_of_a_hundred_and_fifty_counts_by_itself(length, passages):
    found = alike(text(length) + text(600, "b"), text(300, "c") + text(length) + text(300, "d"))
    assert (len(found.passages) if found else 0) == passages
    if found:
        [passage] = found.passages
        assert (passage.start, passage.end, passage.other_start, passage.other_end) == (0, length, 300, 300 + length)


@pytest.mark.parametrize(("length", "found"), [(59, False), (60, True), (61, True)])
def test_a_shorter_passage_counts_from_sixty_on_where_it_is_a_third_of_the_text(length, found):
    mine = text(length) + text(140, "b")
    assert (alike(mine, text(200, "c") + text(length)) is not None) is found


@pytest.mark.parametrize(("percent", "found"), [(29, False), (30, True), (31, True)])
def test_a_share_of_thirty_per_cent_counts(percent, found):
    mine = text(4 * percent) + text(400 - 4 * percent, "b")
    assert (alike(mine, text(500, "c") + text(4 * percent)) is not None) is found


def test_passages_are_found_wherever_they_were_moved_to():
    first, second = text(200), text(180, "b")
    found = alike(first + second, second + text(50, "c") + first)
    assert found and found.percent == 100
    assert [(p.start, p.end, p.other_start) for p in found.passages] == [(0, 200, 230), (200, 380, 0)]


def test_a_few_changed_words_break_no_passage():
    words = list(text(400))
    words[40::40] = [chr(0x3041 + at) for at in range(9)]
    found = alike("".join(words), text(400))
    assert found and found.percent >= 95 and len(found.passages) == 1


def test_what_very_many_have_does_not_count():
    shared, own = text(300), text(300, "b")
    assert alike(shared + own, shared + text(300, "c")) is not None
    assert alike(shared + own, shared + text(300, "c"), frozenset(values(shared))) is None
    copied = alike(shared + own, shared + own, frozenset(values(shared)))
    assert copied and copied.percent >= 95 and sum(p.signs for p in copied.passages) < 350


def test_a_text_that_says_the_same_again_and_again_is_a_copy_of_its_like():
    found = alike("按照要求认真组织学习。" * 200, "按照要求认真组织学习。" * 150)
    assert found and found.percent >= 70


@pytest.mark.parametrize(("texts", "enough"), [(0, 5), (15, 5), (17, 5), (18, 6), (149, 49), (150, 50), (151, 50), (10_000, 50)])
def test_very_many_is_a_third_of_few_and_fifty_of_many(texts, enough):
    assert many(texts) == enough


def test_common_keys_are_no_reason_to_compare():
    holders = [(1, number) for number in range(MANY)] + [(2, number) for number in range(MANY - 1)] + [(3, 7)]
    common = common_keys(holders, 1_000)
    assert common == {1}
    assert candidates(holders, common) == (7,)


def test_half_a_character_hurts_nobody():
    broken = text(300) + "\ud800" + text(100, "b")
    assert values(broken) and alike(broken, broken)


def test_all_planted_copies_are_found_among_reports_that_share_much():
    written = reports(160, planted=10)
    readings = [read(one) for one in written.texts]
    holders: dict[int, list[int]] = defaultdict(list)
    found = []
    for number, reading in enumerate(readings):
        keys = keys_of(reading)
        known = [(key, other) for key in {key.value for key in keys} for other in holders[key]]
        common = common_keys(known, number)
        near = [other for other in candidates(known, common) if compare(reading, keys, readings[other], common)]
        found += [(number, other) for other in near if number >= 10]
        for key in {key.value for key in keys}:
            holders[key].append(number)
    copied = {frozenset(pair) for pair in enumerate(written.origins) if pair[0] != pair[1] and max(pair) >= 10}
    assert {frozenset(pair) for pair in found} >= copied
    assert all(written.origins[one] == written.origins[other] for one, other in found)

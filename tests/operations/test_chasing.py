"""Chasing by hand: once a day, so many times in all, by whoever stands above; the letter says who asks, and in which words."""

from __future__ import annotations

from datetime import date

import pytest

from engine.operations.campaigns import UnknownTask
from engine.operations.chasing import LONGEST_WORDS, Chase, NobodyLate, NotAbove, WordsTooLong, what_would_be_chased
from engine.operations.people import NoActor
from engine.store.codes import NoticeKind
from tests.operations import world as w
from tests.operations.files import SPRING

LATE = w.at(6, 2, 10)
ONCE = SPRING.replace("review: superior}\n      动员会", "review: superior, allow: {chase: 1}}\n      动员会")


def chased(world):
    """The notices of it."""
    return [line for line in world.notices(LATE) if line.kind == NoticeKind.CHASED]


def counts(came_to):
    return [(task.task, task.late, task.chased, task.today, task.used_up) for task in came_to.tasks]


def test_before_the_end_of_the_day_nobody_is_late(spring):
    with pytest.raises(NobodyLate):
        spring.chase("S", w.at(5, 31, 23, 59, 59))


def test_from_the_next_instant_on_whoever_has_not_handed_in_is_chased(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120))
    spring.accept("G1B1", "方案", w.at(5, 20))
    assert counts(spring.chase("G1", w.at(6, 1))) == [("方案", 3, 3, 0, 0)]
    assert len(chased(spring)) == 3


def test_only_what_is_below_and_only_that_task(spring):
    assert counts(spring.chase("G2", LATE, task="方案")) == [("方案", 4, 4, 0, 0)]
    assert counts(spring.chase("S", LATE, task="动员会")) == [("动员会", 1, 1, 0, 0)]


def test_whoever_has_handed_in_late_and_waits_for_a_judge_is_left_alone(spring):
    spring.hand_in("G1B1", "方案", LATE, spring.paper(120))
    with pytest.raises(NobodyLate):
        spring.chase("G1B1", LATE, task="方案")


def test_nobody_is_chased_twice_a_day_and_everybody_again_on_the_next(spring):
    assert counts(spring.chase("G1B1", w.at(6, 2, 0))) == [("方案", 1, 1, 0, 0)]
    assert counts(spring.chase("G1B1", w.at(6, 2, 23, 59, 59))) == [("方案", 1, 0, 1, 0)]
    assert counts(spring.chase("G1B1", w.at(6, 3, 0))) == [("方案", 1, 1, 0, 0)]


def test_three_times_in_all_where_the_file_says_nothing(spring):
    told = [spring.chase("G1B1", w.at(6, day)).chased for day in (2, 3, 4, 5)]
    assert told == [1, 1, 1, 0]
    assert counts(spring.chase("G1B1", w.at(6, 6))) == [("方案", 1, 0, 0, 1)]


def test_as_often_as_the_file_says(make_world):
    world = make_world(w.launched(ONCE))
    assert [world.chase("G1B1", w.at(6, day), task="方案").chased for day in (2, 3)] == [1, 0]


def test_the_journal_counts_all_who_were_chased(make_world):
    world = make_world(w.launched(SPRING, who="wide"))
    world.sweep(LATE)
    came_to = world.chase("S", LATE)
    assert came_to.chased == sum(task.late for task in came_to.tasks) == len(chased(world))
    assert sum(int(line.data["count"]) for line in world.journal("chased")) == came_to.chased


def test_the_letter_says_who_asks_and_in_which_words(spring):
    spring.go(w.at(6, 2, 9))
    spring.chase("G2", w.at(6, 3, 9), by="书记G2", words="请今天下班前报来。")
    spring.deliver(w.at(6, 3, 9))
    text = "".join(spring.letters("G2B1")[-1].split())
    assert "催办：书记G2，2010年6月3日（周四）请今天下班前报来。" in text
    assert text.count("方案") == "".join(spring.letters("G2B1")[0].split()).count("方案")


def test_who_hands_in_before_the_letter_goes_is_not_written_to(spring):
    spring.go(w.at(6, 2, 9))
    before = len(spring.letters("G2B1"))
    spring.chase("G2B1", w.at(6, 3, 9))
    spring.hand_in("G2B1", "方案", w.at(6, 3, 9), spring.paper(120))
    spring.deliver(w.at(6, 3, 9))
    assert len(spring.letters("G2B1")) == before


def test_one_who_stands_beside_may_not(spring):
    with pytest.raises(NotAbove) as caught:
        spring.chase("G1", LATE, by="书记G2")
    assert "书记G2" in caught.value.say("zh") and "单位G1" in caught.value.say("en")
    assert chased(spring) == []


def test_one_who_stands_below_may_not(spring):
    with pytest.raises(NotAbove):
        spring.chase("G1", LATE, by="书记G1B1")


@pytest.mark.parametrize("by", ["书记G1", "副书记G1", "书记S", w.ADMIN])
def test_one_who_stands_there_or_above_and_the_office_may(spring, by):
    assert spring.chase("G1", LATE, by=by).chased == 4


def test_without_a_name_nothing_is_done(spring):
    with pytest.raises(NoActor):
        spring.chase("G1", LATE, by="")
    assert chased(spring) == []


def test_a_task_that_does_not_exist_is_said(spring):
    with pytest.raises(UnknownTask):
        spring.chase("G1", LATE, task="方岸")


@pytest.mark.parametrize(("more", "taken"), [(-1, True), (0, True), (1, False)])
def test_words_have_an_end(spring, more, taken):
    words = "字" * (LONGEST_WORDS + more)
    if taken:
        assert spring.chase("G1", LATE, words=words).done
    else:
        with pytest.raises(WordsTooLong):
            spring.chase("G1", LATE, words=words)


def test_a_preview_changes_nothing_and_says_the_same(spring):
    spring.sweep(LATE)
    before = spring.rows()
    shown = what_would_be_chased(spring.house, None, Chase(under="S", by=w.ADMIN), LATE)
    assert spring.rows() == before
    assert not shown.done
    assert counts(spring.chase("S", LATE)) == counts(shown)


def test_what_was_extended_is_not_chased_any_more(spring):
    spring.sweep(w.at(11, 2))
    spring.chase("G2B2", w.at(11, 2), task="总结")
    spring.extend("G2B2", "总结", date(2010, 11, 15), w.at(11, 2))
    spring.deliver(w.at(11, 3, 9))
    assert [(line.state, line.reason) for line in chased(spring)] == [("suppressed", "extended")]

"""A lock that has rung still holds for what comes back, or opens, after it."""

from __future__ import annotations

from datetime import date

import pytest

from engine.cli.options import Call
from engine.cli.steps import stepped_text
from engine.sentences import plain
from tests.operations import world as w
from tests.operations.conftest import MakeWorld

LOCKING = """
workflow: 截止
version: 1
calendar: {timezone: Asia/Shanghai, holidays: CN}
window: 2010年6月—2010年8月底
organisation: {levels: [学校, 党总支, 党支部], posts: {书记: {acts: true, deputy: 副书记}, 副书记: {}}}
tasks:
  急报: {owner: 党支部, due: 6月10日前, lock: due, artifact: document, review: superior}
  底稿: {owner: 党支部}
  定稿: {owner: 党支部, after: 底稿, due: 6月10日前, lock: due}
"""
MENDING = """
workflow: 重做
version: 1
calendar: {timezone: Asia/Shanghai, holidays: CN}
window: 2010年6月—2010年8月底
organisation: {levels: [学校, 党总支, 党支部], posts: {书记: {acts: true, deputy: 副书记}, 副书记: {}}}
tasks:
  急报: {owner: 党支部, due: 6月10日前, lock: 6月15日前, artifact: document, review: {by: superior, rework: 5d}}
  午报: {owner: 党支部, due: 6月10日前, lock: 2010-06-15 12:00, artifact: document, review: {by: superior, rework: 5d}}
  缓报: {owner: 党支部, due: 6月10日前, lock: 6月15日前, artifact: document, review: superior, allow: {extend: {by: superior, most: 60d}}}
"""


def test_what_is_returned_before_the_lock_can_be_mended_until_it(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKING))
    world.hand_in("G1B1", "急报", w.at(6, 9), world.paper(100))
    world.send_back("G1B1", "急报", w.at(6, 10))
    assert world.hand_in("G1B1", "急报", w.at(6, 10, 23, 59, 59), world.paper(200)).state == "submitted"


def test_what_is_returned_after_the_lock_lapses_with_the_next_sweep(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKING))
    world.hand_in("G1B1", "急报", w.at(6, 9), world.paper(100))
    world.send_back("G1B1", "急报", w.at(6, 12))
    world.sweep(w.at(6, 12))
    assert world.state("G1B1", "急报", w.at(6, 12)) == "lapsed"
    assert world.blocker("G1B1", "急报", w.at(6, 12)).code == "lapsed"


def test_what_opens_after_its_lock_lapses_with_the_next_sweep(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKING))
    world.sweep(w.at(6, 11))
    assert world.state("G1B1", "定稿", w.at(6, 11)) == "scheduled"
    world.act("G1B1", "底稿", w.at(6, 12))
    world.sweep(w.at(6, 12))
    assert [world.state(code, "定稿", w.at(6, 12)) for code in ("G1B1", "G1B2")] == ["lapsed", "scheduled"]


@pytest.mark.parametrize(("day", "due", "closes"), [(9, "2010-06-14", False), (10, "2010-06-15", True), (14, "2010-06-15", True)])
def test_time_for_mending_ends_with_the_lock_and_the_answer_says_so(make_world: MakeWorld, day: int, due: str, closes: bool) -> None:
    world = make_world(w.launched(MENDING))
    world.hand_in("G1B1", "急报", w.at(6, 8), world.paper(100))
    answer = world.send_back("G1B1", "急报", w.at(6, day, 9))
    assert (answer.due, answer.closes) == (due, closes)
    assert ("不再受理" in stepped_text(Call(lang="zh"), answer, plain("已退回"))) is closes


def test_the_letter_about_a_return_names_a_day_on_which_it_is_still_taken(make_world: MakeWorld) -> None:
    world = make_world(w.launched(MENDING))
    world.hand_in("G1B1", "急报", w.at(6, 8), world.paper(100))
    world.send_back("G1B1", "急报", w.at(6, 14, 9))
    world.go(w.at(6, 14, 9))
    letter = "".join(world.letters("G1B1")[0].split())
    assert "2010年6月15日（周二）" in letter and "期限一过不再受理" in letter and "2010年6月19日" not in letter
    assert world.hand_in("G1B1", "急报", w.at(6, 15, 23, 59, 59), world.paper(200)).state == "submitted"


def test_a_lock_within_a_day_is_the_due_to_the_minute(make_world: MakeWorld) -> None:
    world = make_world(w.launched(MENDING))
    world.hand_in("G1B1", "午报", w.at(6, 8), world.paper(100))
    assert world.send_back("G1B1", "午报", w.at(6, 14, 9)).due == "2010-06-15 12:00"
    assert world.hand_in("G1B1", "午报", w.at(6, 15, 12), world.paper(200)).state == "submitted"


def test_what_is_returned_once_the_lock_has_passed_is_given_no_other_due(make_world: MakeWorld) -> None:
    world = make_world(w.launched(MENDING))
    world.hand_in("G1B1", "急报", w.at(6, 8), world.paper(100))
    answer = world.send_back("G1B1", "急报", w.at(6, 16))
    assert (answer.due, answer.closes) == ("2010-06-10", False)
    world.sweep(w.at(6, 16))
    assert world.state("G1B1", "急报", w.at(6, 16)) == "lapsed"


def test_a_lock_that_was_lifted_stays_lifted_when_it_is_returned(make_world: MakeWorld) -> None:
    world = make_world(w.launched(MENDING))
    world.sweep(w.at(6, 20))
    assert world.state("G1B1", "急报", w.at(6, 20)) == "lapsed"
    world.reopen("G1B1", "急报", w.at(6, 20))
    world.hand_in("G1B1", "急报", w.at(6, 21), world.paper(100))
    assert world.send_back("G1B1", "急报", w.at(6, 22)).due == "2010-06-27"
    world.sweep(w.at(6, 23))
    assert world.state("G1B1", "急报", w.at(6, 23)) == "returned"
    assert world.hand_in("G1B1", "急报", w.at(6, 27, 12), world.paper(200)).state == "submitted"


def test_a_lock_that_was_lifted_stands_in_the_way_of_no_extension(make_world: MakeWorld) -> None:
    world = make_world(w.launched(MENDING))
    world.sweep(w.at(6, 20))
    world.reopen("G1B1", "缓报", w.at(6, 20))
    assert world.extend("G1B1", "缓报", date(2010, 6, 25), w.at(6, 21)).due == "2010-06-25"
    world.sweep(w.at(6, 22))
    assert world.state("G1B1", "缓报", w.at(6, 22)) == "open"

"""What is said of what holds a unit, and how little is asked of the database for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from engine.operations.tracing import root_causes
from tests.operations import world as w
from tests.operations.files import CHAIN, WALK, head

NOW = w.at(6, 5, 10)

LATER = (
    head("later")
    + """
stages:
  一: {window: 2010年5月中旬—5月底, tasks: {甲: {owner: 党支部}}}
  三: {window: 2010年9月—9月底, tasks: {丙: {owner: 党支部}}}
"""
)


def test_who_has_done_everything_and_waits_for_the_next_window_is_not_stuck_although_its_own_has_closed(make_world):
    world = make_world(w.launched(LATER))
    world.act("G1B1", "甲", w.at(5, 20))
    world.sweep(w.at(7, 1))
    found = world.stuck(w.at(7, 1))
    assert "G1B1" not in found and "G1B2" in found
    everybody = world.stuck(w.at(7, 1), everybody=True)["G1B1"]
    assert everybody.since is None
    assert [blocker.code for blocker in everybody.blocked_by] == ["window-closed"]


def test_a_sentence_within_the_message_has_no_stop_of_its_own(spring):
    (verdict, *_) = w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(12, "a.exe")))
    assert verdict.shortfall is None and verdict.sentence.say("zh").endswith("。")
    message = spring.blocker("G1B1", "方案", NOW).message
    assert not message.say("zh").endswith("。。") and message.say("zh").endswith("。")
    assert not message.say("en").endswith("..")


@pytest.mark.parametrize("reason", ["太泛", "太泛。"])
def test_what_was_returned_is_short_of_what_the_reason_says(spring, reason):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    spring.send_back("G1B1", "方案", NOW, reason="先前的理由")
    spring.hand_in("G1B1", "方案", NOW, spring.paper(121))
    spring.send_back("G1B1", "方案", NOW, reason=reason)
    blocker = spring.blocker("G1B1", "方案", NOW)
    assert (blocker.code, blocker.shortfall.say("zh")) == ("returned", "退回理由：太泛")
    assert blocker.message.say("zh").endswith("：退回理由：太泛。")


def test_what_the_checks_said_of_a_newer_hand_in_comes_before_the_reason_of_the_return(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    spring.send_back("G1B1", "方案", NOW, reason="太泛")
    w.refused(lambda: spring.hand_in("G1B1", "方案", NOW, spring.paper(90)))
    short = spring.blocker("G1B1", "方案", NOW).shortfall.say("zh")
    assert "还差 10 字" in short and "太泛" not in short


def test_what_has_not_opened_says_when_it_opens(make_world):
    world = make_world(w.launched(WALK))
    world.override("G1B1", w.at(5, 20))
    blocker = world.blocker("G1B1", "乙", w.at(5, 20))
    assert blocker.code == "not-open"
    assert blocker.message.say("zh") == "乙将于 2010-06-01 开始（期限 2010-06-30）。"
    assert blocker.message.say("en") == "乙 opens 2010-06-01 (due 2010-06-30)."


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement sent meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_many_stuck_units_are_read_with_as_many_statements_as_a_few(make_world):
    world = make_world(w.launched(CHAIN, who="full"))
    now = w.at(11, 5)
    world.sweep(now)
    asked = []
    for ask in (world.stuck, lambda instant, under: root_causes(world.house, None, now=instant, under=under)):
        for under in ("G1", "S"):
            with statements() as sent:
                ask(now, under=under)
            asked.append(len(sent))
    few, all_of_them, why_few, why_all = asked
    assert len(world.stuck(now, under="S")) > len(world.stuck(now, under="G1")) > 1
    assert (all_of_them, why_all) == (few, why_few)

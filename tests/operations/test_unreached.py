"""Whoever cannot be told, for want of an address or a holder: said wherever somebody can do something about it."""

from __future__ import annotations

from engine.cli.lists import helpers_words
from engine.operations import asking
from engine.scheduler import one_round
from engine.sentences import Sentence
from tests.operations import world as w
from tests.operations.files import SPRING

MORNING = w.at(5, 24, 9)


def test_a_delivery_says_once_who_could_not_be_told(spring):
    told = spring.go(MORNING)
    assert told.unreached == ("单位G2B3 书记G2B3",)
    assert "通知不到的 1 处：单位G2B3 书记G2B3。" in told.nobody_told.say("zh")
    assert spring.deliver(MORNING).nobody_told is None


def test_whoever_keeps_the_program_running_is_told_too(spring):
    spring.sweep(MORNING)
    said: list[Sentence] = []
    one_round(spring.house, spring.post, MORNING, said.append, lambda: None)
    assert any("通知不到的 1 处：单位G2B3 书记G2B3。" in one.say("zh") for one in said)


def test_of_many_that_cannot_be_told_some_are_named(make_world):
    world = make_world(w.launched(SPRING, who="mute"))
    told = world.go(MORNING)
    said = told.nobody_told.say("en")
    assert len(told.unreached) == 11
    assert said.startswith("11 could not be told") and said.count("书记") == 10 and " and others" in said


def test_the_office_hears_once_of_a_duty_that_its_owner_cannot_be_told_of(spring):
    spring.go(MORNING)
    (letter,) = spring.channel.to(w.OFFICE)
    text = "".join(letter.text.split())
    assert "单位G2B3（书记G2B3）未办：方案" in text and "（责任人，没有邮箱）" in text
    assert "单位G2B1" not in text
    spring.go(w.at(5, 28, 9))
    assert len(spring.channel.to(w.OFFICE)) == 1


def test_the_office_that_is_told_makes_nobody_seem_told(spring):
    spring.go(MORNING)
    assert spring.blocker("G2B3", "方案", MORNING).told_at is None
    assert spring.blocker("G2B1", "方案", MORNING).told_at is not None


def test_who_is_given_an_address_gets_the_next_reminder(spring):
    spring.go(MORNING)
    spring.bring_in("G2B3,单位G2B3,党支部,G2\n", "G2B3,书记,书记G2B3,here@example.org,,\n", w.at(5, 25))
    assert spring.channel.to("here@example.org") == []
    told = spring.go(w.at(5, 28, 9))
    assert len(spring.channel.to("here@example.org")) == 1
    assert told.unreached == ()


def test_who_has_no_address_is_marked_where_it_is_said_who_can_unblock(spring):
    spring.sweep(w.at(6, 1, 9))
    board = asking.stuck(spring.house, None, now=w.at(6, 1, 9))
    words = {one.unit: helpers_words(one.blocked_by[0].can_unblock, "zh") for one in board.units}
    assert words["G2B3"] == "单位G2B3 书记 书记G2B3（没有可用的邮箱，联系不上）"
    assert words["G2B1"] == "单位G2B1 书记 书记G2B1"


def test_an_office_without_an_address_is_named_among_those_that_cannot_be_told(make_world):
    world = make_world(w.launched(SPRING, office=""))
    assert world.go(MORNING).unreached == ("单位G2B3 书记G2B3", "活动办公室")

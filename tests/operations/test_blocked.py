"""Whoever has done her part and is held in a stage all the same hears of it once, when the stage closes; so does who was accepted."""

from __future__ import annotations

from engine.store.codes import NoticeKind
from tests.operations import world as w
from tests.operations.files import head

END = w.at(6, 1)
LETTER = w.at(6, 1, 9)
# What is owed about a unit by its superior holds the unit.
COMMENTED = (
    head("commented")
    + """
stages:
  动员:
    window: 2010年5月中旬—5月底
    tasks:
      方案: {owner: 党支部}
      点评: {for: 党支部, owner: superior.书记}
  推进: {window: 2010年6月, tasks: {总结: {owner: 党支部}}}
"""
)


def told(world, kind=NoticeKind.BLOCKED):
    return sorted((line.unit, line.recipient, line.task) for line in world.notices(LETTER) if line.kind == kind)


def handed_in(world, code="G1B1"):
    world.hand_in(code, "方案", w.at(5, 20), world.paper(120))


def test_before_the_stage_closes_nobody_is_told_that_she_is_held(spring):
    handed_in(spring)
    spring.sweep(w.at(5, 31, 23, 59, 59))
    assert told(spring) == []


def test_whoever_waits_for_a_judge_when_the_stage_closes_is_told(spring):
    handed_in(spring)
    spring.sweep(END)
    assert told(spring) == [("G1B1", "单位G1B1 书记G1B1", "方案")]


def test_she_is_told_once(spring):
    handed_in(spring)
    for day in (1, 2, 9):
        spring.sweep(w.at(6, day))
    assert len(told(spring)) == 1


def test_whoever_still_owes_something_herself_is_not(spring):
    handed_in(spring)
    spring.send_back("G1B1", "方案", w.at(5, 21))
    spring.sweep(END)
    assert told(spring) == []


def test_whoever_was_accepted_moves_on_and_is_not(spring):
    handed_in(spring)
    spring.accept("G1B1", "方案", w.at(5, 21))
    spring.sweep(END)
    assert told(spring) == []
    assert spring.stage("G1B1", END) == "推进"


def test_what_the_superior_owes_about_a_unit_holds_the_unit_and_is_named(make_world):
    world = make_world(w.launched(COMMENTED))
    world.act("G1B1", "方案", w.at(5, 20))
    world.go(END)
    world.go(LETTER)
    assert told(world) == [("G1B1", "书记G1B1", "点评")]
    text = "".join(world.letters("G1B1")[-1].split())
    assert "贵单位要进入下一阶段，只等别处办完下列工作" in text
    assert "单位G1（书记G1）未办：对单位G1B1的点评" in text


def test_a_judge_who_judges_before_the_letter_goes_spares_it(spring):
    handed_in(spring)
    spring.sweep(END)
    spring.accept("G1B1", "方案", w.at(6, 1, 8))
    spring.deliver(LETTER)
    assert not any("还要等" in text for text in spring.letters("G1B1"))


def test_what_was_over_before_the_launch_is_told_nobody(make_world):
    world = make_world(w.launched(COMMENTED, now=w.at(6, 2)))
    world.sweep(w.at(6, 3))
    assert told(world) == []


def test_who_was_accepted_hears_by_whom_and_with_which_remark(spring):
    handed_in(spring)
    spring.go(w.at(5, 20, 9))
    spring.accept("G1B1", "方案", w.at(5, 21, 10))
    spring.deliver(w.at(5, 21, 11))
    text = "".join(spring.letters("G1B1")[-1].split())
    assert "已审核通过" in text and "审核人：书记G1，2010年5月21日（周五）" in text


def test_what_was_returned_after_it_had_been_accepted_is_not_told_as_accepted(spring):
    handed_in(spring)
    spring.accept("G1B1", "方案", w.at(5, 21, 10))
    spring.send_back("G1B1", "方案", w.at(5, 21, 10))
    spring.deliver(w.at(5, 21, 11))
    text = "".join(spring.letters("G1B1")[-1].split())
    assert "已审核通过" not in text and "被退回" in text


def test_who_accepts_for_a_vacant_post_is_not_told_of_it(spring):
    spring.hand_in("G1B3", "方案", w.at(5, 20), spring.paper(120), by="副书记G1")
    spring.accept("G1B3", "方案", w.at(5, 21), by="书记G1")
    spring.deliver(w.at(5, 21, 9))
    passed = [line for line in spring.notices(LETTER) if line.kind == NoticeKind.PASSED]
    assert [(line.state, line.reason) for line in passed] == [("suppressed", "own-work")]

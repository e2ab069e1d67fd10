"""What opens after its reminders have passed is told of it once; what opens after its lock lapses; what was reopened is told of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.store.codes import NoticeKind
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import head

LATE = (
    head("late")
    + """
ladder: [{at: -3d}, {at: 0d}, {at: +2d, to: superior}]
stages:
  一:
    window: 2010年5月中旬—5月底
    tasks:
      甲: {owner: 党支部, due: 5月20日前}
      乙: {owner: 党支部, after: 甲, due: 5月25日前}
  二:
    window: 2010年6月—6月底
    tasks:
      丙: {owner: 党支部, opens: on_entry, due: 6月10日前}
      丁: {owner: 党支部, opens: on_entry, due: 6月10日前, lock: due}
      戊: {owner: 党支部, due: 6月20日前, lock: due + 2d}
"""
)


def told(world: w.World, code: str, task: str, now: datetime) -> list[int]:
    """The kinds of the notices about one duty that go to its owner."""
    lines = world.notices(now)
    return [line.kind for line in lines if (line.unit, line.task) == (code, task)]


def open_kinds(world: w.World, code: str, task: str, now: datetime) -> int:
    """How often somebody was told that it opened late."""
    return told(world, code, task, now).count(NoticeKind.OPENED)


@pytest.mark.parametrize(
    ("when", "times"), [(w.at(5, 22, 8, 29, 59), 0), (w.at(5, 21, 8, 30), 1), (w.at(5, 21, 8, 30, 1), 1), (w.at(5, 28), 1)]
)
def test_what_waited_is_told_at_its_opening_once_its_reminders_have_begun(make_world: MakeWorld, when: datetime, times: int) -> None:
    world = make_world(w.launched(LATE, who="full"))
    # 22 May 2010 is a Saturday: the first rung, three days before the 25th, goes out on Friday the 21st.
    early = w.at(5, 21, 8, 29, 59)
    moment = early if times == 0 else when
    world.act("G1B1", "甲", moment)
    assert world.state("G1B1", "乙", w.at(5, 28)) == "open"
    assert open_kinds(world, "G1B1", "乙", w.at(5, 28)) == times


def test_whoever_was_open_all_along_is_not_told_so(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LATE, who="full"))
    world.sweep(w.at(6, 3))
    assert open_kinds(world, "G1B1", "甲", w.at(6, 3)) == 0


def test_the_letter_of_a_late_opening_asks_for_the_duty(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LATE, who="full"))
    world.act("G1B1", "甲", w.at(5, 28, 9))
    world.deliver(w.at(5, 28, 9))
    assert any("乙" in letter for letter in world.letters("G1B1"))


def test_a_case_that_enters_late_is_told_of_what_opens_on_entry(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LATE, who="full"))
    world.act("G1B1", "甲", w.at(5, 28))
    world.act("G1B1", "乙", w.at(6, 12))
    world.sweep(w.at(6, 12))
    assert world.stage("G1B1", w.at(6, 12)) == "二"
    assert (open_kinds(world, "G1B1", "丙", w.at(6, 12)), open_kinds(world, "G1B2", "丙", w.at(6, 12))) == (1, 0)


def test_a_case_let_in_by_override_is_told_too(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LATE, who="full"))
    world.sweep(w.at(6, 12))
    world.override("G1B1", w.at(6, 12))
    assert open_kinds(world, "G1B1", "丙", w.at(6, 12)) == 1


@pytest.mark.parametrize(
    ("entered", "state"), [(w.at(6, 10, 23, 59, 59), "open"), (w.at(6, 11), "lapsed"), (w.at(6, 11, 0, 0, 1), "lapsed")]
)
def test_what_opens_on_entry_after_its_lock_lapses_with_the_next_sweep(make_world: MakeWorld, entered: datetime, state: str) -> None:
    world = make_world(w.launched(LATE, who="full"))
    world.act("G1B1", "甲", w.at(5, 28))
    world.act("G1B1", "乙", entered)
    world.sweep(entered)
    world.sweep(entered)
    assert world.state("G1B1", "丁", entered) == state


def test_what_is_reopened_is_told_to_its_owner_and_taken_though_its_lock_has_passed(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LATE, who="full"))
    world.sweep(w.at(6, 24))
    assert world.state("G1B1", "戊", w.at(6, 24)) == "lapsed"
    world.reopen("G1B1", "戊", w.at(6, 24))
    world.deliver(w.at(6, 24))
    letter = world.letters("G1B1")[-1]
    assert "已重新开放，请补办" in letter and "特批" in letter and "管理员" in letter
    assert told(world, "G1B1", "戊", w.at(6, 24)).count(NoticeKind.REOPENED) == 1
    world.sweep(w.at(6, 25))
    assert world.act("G1B1", "戊", w.at(6, 25)).state == "accepted"
    world.deliver(w.at(6, 25))
    assert world.notices(w.at(6, 25), state="decided") == ()


ROLLED_UP = (
    head("rolled_up")
    + """
ladder: [{at: -3d}]
tasks:
  总结: {owner: 党支部, due: 6月10日前}
  汇总: {owner: 党总支, after: below.总结, due: 6月25日前, lock: due}
"""
)


@pytest.fixture
def waiting(make_world: MakeWorld) -> w.World:
    """G2 waits for G2B3 alone."""
    world = make_world(w.launched(ROLLED_UP, who="full"))
    for code in ("G2B1", "G2B2"):
        world.act(code, "总结", w.at(6, 10))
    return world


@pytest.mark.parametrize(
    ("moved", "times", "state"),
    [
        (w.at(6, 22, 8, 29, 59), 0, "open"),
        (w.at(6, 22, 8, 30), 1, "open"),
        (w.at(6, 25, 23, 59, 59), 1, "open"),
        (w.at(6, 26), 1, "lapsed"),
        (w.at(6, 26, 0, 0, 1), 1, "lapsed"),
    ],
)
def test_what_a_move_in_the_tree_opens_late_is_told_of_it_and_lapses_after_its_lock(
    waiting: w.World, moved: datetime, times: int, state: str
) -> None:
    waiting.sweep(moved)
    waiting.bring_in("G2B3,单位G2B3,党支部,G1\n", now=moved)
    assert waiting.state("G2", "汇总", moved) == "open"
    waiting.sweep(moved)
    assert waiting.state("G2", "汇总", moved) == state
    assert open_kinds(waiting, "G2", "汇总", moved) == times

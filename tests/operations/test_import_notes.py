"""What an import tells of running campaigns, which keep to the tree of their launch: who goes on owing there, and to whom."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.operations import ending
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING, WALK, head

NOW = w.at(9, 1)
# Of 方案, 总结 and two comments: what a branch has to do with in the spring campaign.
BRANCH = 4


def told(world: w.World, lines: str, now: datetime = NOW, *, dry: bool = False) -> list[str]:
    """What is said of running campaigns."""
    return [note.say("zh") for note in world.bring_in(lines, now=now, dry=dry).notes]


def test_a_unit_that_is_closed_is_named_with_all_it_goes_on_owing_and_what_to_do(spring: w.World) -> None:
    (note,) = told(spring, "G1B1,单位G1B1,党支部,G1,2010-08-31\n")
    assert f"活动“spring”不随花名册停止：停用的单位还有任务没有了结，照旧催办：G1B1（{BRANCH} 项，归单位G1）。" in note
    assert "campaign waive 单位 任务 --reason 单位已撤销" in note


def test_a_dry_run_tells_the_same(spring: w.World) -> None:
    lines = "G1B1,单位G1B1,党支部,G1,2010-08-31\nG2B1,单位G2B1,党支部,G1\n"
    tried = told(spring, lines, dry=True)
    assert len(tried) == 2 and told(spring, lines) == tried


def test_what_is_settled_lingers_no_more(spring: w.World) -> None:
    spring.waive("G1B1", "总结", NOW, by="书记G1")
    assert f"G1B1（{BRANCH - 1} 项" in told(spring, "G1B1,单位G1B1,党支部,G1,2010-08-31\n")[0]


@pytest.mark.parametrize(
    ("until", "tasks"),
    [("2010-08-31", BRANCH), ("2010-09-01", 3), ("2010-10-30", 2), ("2010-10-31", 1), ("2010-12-30", 1), ("2010-12-31", 0), ("", 0)],
)
def test_what_falls_due_while_the_unit_is_still_there_is_its_business(spring: w.World, until: str, tasks: int) -> None:
    """From the day after its last on all lingers; before that, what is due later."""
    notes = told(spring, f"G1B1,单位G1B1,党支部,G1,{until}\n")
    assert [f"G1B1（{tasks} 项" in note for note in notes] == ([True] if tasks else [])


def test_a_closed_unit_is_told_of_again_with_every_import_that_names_it(spring: w.World) -> None:
    line = "G1B1,单位G1B1,党支部,G1,2010-08-31\n"
    assert told(spring, line) == told(spring, line)


def test_a_closed_superior_has_a_part_in_what_it_reviews_and_owes_for_others(spring: w.World) -> None:
    """Its own plan, roll-up and two comments; the plans and summaries of three branches, and two comments on each."""
    (note,) = told(spring, "G1,单位G1,党总支,S,2010-08-31\n")
    assert f"G1（{4 + 3 * BRANCH} 项，归单位S）" in note


def test_a_unit_that_moves_is_named_with_the_superior_it_still_answers_to(spring: w.World) -> None:
    (note,) = told(spring, "G2B1,单位G2B1,党支部,G1\n")
    assert f"活动“spring”的责任和审核仍按发动时的上下级，移动了的单位还归原来的上级：G2B1（{BRANCH} 项，归单位G2）。" in note
    assert "campaign waive 单位 任务 --reason 已划归新上级" in note
    assert told(spring, "G2B1,单位G2B1,党支部,G1\n") == []


def test_whoever_moves_along_with_its_superior_still_answers_to_it(spring: w.World) -> None:
    (note,) = told(spring, "T,新区,党总支,S\nG2,单位G2,党总支,T\n")
    assert "G2（3 项，归单位S）。" in note and "G2B1" not in note


def test_a_unit_that_moves_with_one_that_moves_is_counted_once(spring: w.World) -> None:
    (note,) = told(spring, "T,新区,党总支,S\nG2,单位G2,党总支,T\nG1B1,单位G1B1,党支部,G2\n")
    assert f"G2（3 项，归单位S）、G1B1（{BRANCH} 项，归单位G1）。" in note


DIRECT = (
    head("direct")
    + """
tasks:
  方案: {owner: 党支部, due: 9月底前, review: superior}
  总结: {owner: 党支部, due: 10月底前, review: 学校}
  信息: {owner: 党支部, due: 10月底前}
"""
)


@pytest.mark.parametrize(("code", "superior", "old"), [("D", "G1", "S"), ("G1B1", "S", "G1"), ("G1B1", "G2", "G1")])
def test_only_what_would_be_reviewed_elsewhere_today_is_told_of(make_world: MakeWorld, code: str, superior: str, old: str) -> None:
    """The old superior may still stand above; the school reviews the summary wherever the branch is."""
    world = make_world(w.empty())
    world.bring_in("D,直属支部,党支部,S\n")
    w.load(world.house, DIRECT, world.folder)
    w.start(world.house)
    (note,) = told(world, f"{code},单位{code},党支部,{superior}\n")
    assert f"{code}（1 项，归单位{old}）。" in note


def test_a_unit_that_moves_back_is_where_the_campaign_has_it(spring: w.World) -> None:
    told(spring, "G2B1,单位G2B1,党支部,G1\n")
    assert told(spring, "G2B1,单位G2B1,党支部,G2\n") == []


def test_many_units_are_counted_and_the_first_named(make_world: MakeWorld) -> None:
    world = make_world(w.launched(SPRING, who="wide"))
    closed = "".join(f"G1B{n},单位G1B{n},党支部,G1,2010-08-31\n" for n in range(1, 10))
    (note,) = world.bring_in(closed, now=NOW).notes
    assert "G1B5" in note.say("zh") and "G1B6" not in note.say("zh") and "等 9 个单位。" in note.say("zh")
    assert "G1B5 (4 tasks, with 单位G1) and others, 9 in all." in note.say("en")


def test_each_running_campaign_is_told_of_and_none_that_is_over(spring: w.World) -> None:
    w.load(spring.house, WALK, spring.folder, NOW)
    w.start(spring.house, NOW, workflow="walk")
    line = "G1B1,单位G1B1,党支部,G1,2010-08-31\n"
    assert [note.split("”")[0] for note in told(spring, line)] == ["活动“spring", "活动“walk"]
    ending.close(spring.house, "spring", by=w.ADMIN, reason="结束", now=NOW)
    assert [note.split("”")[0] for note in told(spring, line)] == ["活动“walk"]


def test_a_unit_that_came_and_went_beside_the_campaign_is_not_told_of(spring: w.World) -> None:
    assert told(spring, "G3,新总支,党总支,S,2010-08-31\nG3B1,新支部,党支部,G3\n") == []
    assert told(spring, "G3B1,新支部,党支部,G1\n") == []

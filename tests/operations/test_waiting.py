"""What waits for what: tasks after tasks, roll-ups, stages, rhythms that meet, entries, and modality at the gate."""

from __future__ import annotations

import pytest

from tests.counts import wrong_counts
from tests.operations import world as w
from tests.operations.files import CHAIN, ENTRY, MODALITY, SPRING, UNDATED

BRANCHES = [code for code in w.SMALL if "B" in code]


@pytest.fixture
def chain(make_world):
    """Everything that waits, with every post filled."""
    return make_world(w.launched(CHAIN, who="full"))


def carry_out(world, code, day):
    """The branch does its plan and carries it out, and that is accepted."""
    world.act(code, "计划", day)
    world.act(code, "实施", day)
    world.accept(code, "实施", day)


def test_a_task_waits_for_the_task_of_the_same_unit_alone(chain):
    chain.act("G1B1", "计划", w.at(6, 2))
    assert chain.state("G1B1", "实施", w.at(6, 2)) == "open"
    assert chain.state("G1B2", "实施", w.at(6, 2)) == "scheduled"


def test_handed_in_is_not_yet_done(chain):
    chain.act("G1B1", "计划", w.at(6, 2))
    chain.act("G1B1", "实施", w.at(6, 2))
    assert chain.state("G1B1", "复盘", w.at(6, 2)) == "scheduled"
    chain.accept("G1B1", "实施", w.at(6, 2))
    assert chain.state("G1B1", "复盘", w.at(6, 2)) == "open"


def test_what_is_done_early_opens_nothing_before_its_own_time(chain):
    chain.act("G1B1", "计划", w.at(5, 20))
    assert chain.state("G1B1", "实施", w.at(5, 20)) == "scheduled"
    chain.sweep(w.at(6, 1))
    assert chain.state("G1B1", "实施", w.at(6, 1)) == "open"


def test_of_a_list_all_must_be_done(chain):
    text = chain.blocker("G1B1", "复盘", w.at(10, 1)).shortfall.say("zh")
    assert "计划" in text and "实施" in text
    chain.act("G1B1", "计划", w.at(10, 1))
    blocker = chain.blocker("G1B1", "复盘", w.at(10, 1))
    assert blocker.code == "waits-for"
    assert "计划" not in blocker.shortfall.say("zh") and "实施" in blocker.shortfall.say("zh")


def test_a_stage_is_waited_for_by_name_and_means_what_gates_it(chain):
    """The optional reading of the stage is not waited for."""
    assert chain.state("G1B1", "收官", w.at(6, 2)) == "scheduled"
    chain.act("G1B1", "计划", w.at(6, 2))
    assert chain.state("G1B1", "收官", w.at(6, 2)) == "open"


def test_a_roll_up_opens_when_the_last_unit_below_has_done_it(chain):
    for code in ("G1B1", "G1B2"):
        carry_out(chain, code, w.at(6, 10))
    assert chain.state("G1", "座谈", w.at(6, 10)) == "scheduled"
    carry_out(chain, "G2B1", w.at(6, 10))
    assert chain.state("G1", "座谈", w.at(6, 10)) == "scheduled"
    carry_out(chain, "G1B3", w.at(6, 10))
    assert chain.state("G1", "座谈", w.at(6, 10)) == "open"
    assert chain.state("G2", "座谈", w.at(6, 10)) == "scheduled"


def test_a_roll_up_says_how_many_are_missing_and_which(make_world):
    world = make_world(w.launched(SPRING, who="wide"))
    for number in range(1, 8):
        world.act(f"G1B{number}", "总结", w.at(6, 10))
        world.accept(f"G1B{number}", "总结", w.at(6, 10))
    blocker = world.blocker("G1", "汇总", w.at(1, 1, year=2011))
    assert blocker.code == "waits-for"
    assert "9 个单位中 2 个未完成" in blocker.shortfall.say("zh")
    assert "单位G1B8" in blocker.shortfall.say("zh") and "单位G1B7" not in blocker.shortfall.say("zh")
    assert "2 of 9 units" in blocker.message.say("en")
    assert [helper.unit for helper in blocker.can_unblock] == ["G1B8", "G1B9"]
    (verdict,) = w.refused(lambda: world.act("G1", "汇总", w.at(1, 1, year=2011)))
    assert "9 个单位中 2 个未完成" in verdict.sentence.say("zh")


def test_a_waiver_counts_as_done_for_the_roll_up(spring):
    for code in ("G2B1", "G2B2"):
        spring.act(code, "总结", w.at(6, 10))
        spring.accept(code, "总结", w.at(6, 10))
    spring.waive("G2B3", "总结", w.at(6, 10))
    assert spring.state("G2", "汇总", w.at(6, 10)) == "open"


def test_a_return_below_closes_the_roll_up_again(spring):
    for code in ("G2B1", "G2B2", "G2B3"):
        spring.act(code, "总结", w.at(6, 10))
        spring.accept(code, "总结", w.at(6, 10))
    spring.send_back("G2B2", "总结", w.at(6, 11))
    assert spring.state("G2", "汇总", w.at(6, 11)) == "scheduled"
    assert "3 个单位中 1 个未完成" in spring.blocker("G2", "汇总", w.at(1, 1, year=2011)).shortfall.say("zh")


def test_tasks_of_one_rhythm_meet_in_the_same_period(chain):
    now = w.at(10, 2)
    chain.act("G1B1", "月报@2010-Q4", now)
    assert chain.state("G1B1", "月评@2010-Q4", now) == "open"
    assert chain.state("G1B1", "月评@2010-Q3", now) == "scheduled"
    chain.act("G1B1", "月报@2010-Q3", now)
    assert chain.state("G1B1", "月评@2010-Q3", now) == "open"


def test_a_unit_that_moves_is_waited_for_where_it_is_now(spring):
    """G2B3 goes over to G1: G2 need not wait for it any more, G1 must."""
    for code in ("G2B1", "G2B2"):
        spring.act(code, "总结", w.at(6, 10))
        spring.accept(code, "总结", w.at(6, 10))
    assert spring.state("G2", "汇总", w.at(6, 10)) == "scheduled"
    move(spring, "G2B3", "G1")
    assert spring.state("G2", "汇总", w.at(6, 11)) == "open"
    assert "4 个单位中 4 个未完成" in spring.blocker("G1", "汇总", w.at(1, 1, year=2011)).shortfall.say("zh")
    for code in ("G1B1", "G1B2", "G1B3"):
        spring.waive(code, "总结", w.at(6, 12))
    assert spring.state("G1", "汇总", w.at(6, 12)) == "scheduled"
    spring.act("G2B3", "总结", w.at(6, 12))
    spring.accept("G2B3", "总结", w.at(6, 12))
    assert spring.state("G1", "汇总", w.at(6, 12)) == "open"


def test_a_unit_that_moves_is_counted_where_it_is_now(spring):
    move(spring, "G2B3", "G1")
    now = w.at(6, 12)
    spring.sweep(now)
    assert "G2B3" in spring.stuck(now, under="G1")
    assert "G2B3" not in spring.stuck(now, under="G2")
    with spring.house.database.read() as connection:
        assert wrong_counts(connection, 1) == []


def move(world, code, superior):
    """The roster says that the unit is below another one now."""
    world.bring_in(f"{code},单位{code},党支部,{superior}\n", now=w.at(6, 11))


def test_a_stage_that_opens_on_entry_lets_in_whoever_has_passed_the_one_before(make_world):
    world = make_world(w.launched(ENTRY))
    world.act("G1B1", "甲", w.at(5, 20))
    world.sweep(w.at(5, 20))
    assert world.stage("G1B1", w.at(5, 20)) == "二"
    assert world.state("G1B1", "乙", w.at(5, 20)) == "open"
    world.sweep(w.at(6, 20))
    assert world.stage("G1B2", w.at(6, 20)) == "一"
    assert world.state("G1B2", "乙", w.at(6, 20)) == "scheduled"


def test_an_override_opens_what_opens_on_entry(make_world):
    world = make_world(w.launched(ENTRY))
    world.sweep(w.at(6, 2))
    world.override("G1B1", w.at(6, 2))
    assert world.state("G1B1", "乙", w.at(6, 2)) == "open"


@pytest.mark.parametrize(("done", "stage"), [(["必须"], "一"), (["原则"], "一"), (["必须", "原则"], "二"), (["可以"], "一")])
def test_must_and_should_hold_the_gate_and_may_does_not(make_world, done, stage):
    world = make_world(w.launched(MODALITY))
    for task in done:
        world.act("G1B1", task, w.at(5, 20))
    world.sweep(w.at(6, 1))
    assert world.stage("G1B1", w.at(6, 1)) == stage


def test_what_is_owed_in_principle_is_released_by_the_superior_although_the_file_allows_no_waiver(make_world):
    world = make_world(w.launched(MODALITY))
    world.act("G1B1", "必须", w.at(5, 20))
    assert w.codes(w.refused(lambda: world.waive("G1B1", "原则", w.at(5, 21), by="书记G2"))) == ["not-entitled"]
    assert w.codes(w.refused(lambda: world.waive("G1B1", "原则", w.at(5, 21), reason=""))) == ["no-reason"]
    world.waive("G1B1", "原则", w.at(5, 21))
    world.sweep(w.at(6, 1))
    assert world.stage("G1B1", w.at(6, 1)) == "二"


def test_a_duty_that_must_be_done_is_released_by_nobody_where_the_file_does_not_say_so(make_world):
    world = make_world(w.launched(MODALITY))
    assert w.codes(w.refused(lambda: world.waive("G1B1", "必须", w.at(5, 21)))) == ["not-allowed"]


def test_nobody_releases_herself(spring):
    """The comment on G1B1 is owed by G1; so not G1, but S releases it."""
    assert w.codes(w.refused(lambda: spring.waive("G1B1", "点评@2010-Q3", w.at(8, 1), by="书记G1"))) == ["not-entitled"]
    assert spring.waive("G1B1", "点评@2010-Q3", w.at(8, 1), by="书记S").state == "waived"


def test_what_may_be_left_undone_is_never_stuck_nor_chased(make_world):
    world = make_world(w.launched(MODALITY))
    now = w.at(6, 20)
    world.sweep(now)
    assert all(blocker.task != "可以" for one in world.stuck(now).values() for blocker in one.blocked_by)
    assert all(notice.due_at < w.at(6, 1) for notice in world.notices(now) if notice.task == "可以")


def test_what_has_no_date_yet_can_be_done_is_never_late_and_holds_its_gate(make_world):
    world = make_world(w.launched(UNDATED))
    now = w.at(12, 31)
    world.sweep(now)
    assert (world.state("G1B1", "适时", now), world.duty("G1B1", "适时", now).overdue) == ("open", False)
    assert [notice for notice in world.notices(now) if notice.task == "适时"] == []
    held = world.blocker("G1B1", "适时", now)
    assert (held.code, held.message.say("zh")) == ("not-done", "适时没有期限，尚未完成：缺适时。")
    world.act("G1B1", "总结", now)
    world.sweep(now)
    assert world.stage("G1B1", now) != "已完成"
    world.act("G1B1", "适时", now)
    world.sweep(now)
    assert world.stage("G1B1", now) == "已完成"

"""Who is stuck, since when, because of what, and who can unblock it."""

from __future__ import annotations

import pytest

from engine.errors import Refused
from engine.operations.asking import UnknownLevelName, UnknownStage, stuck
from engine.operations.campaigns import NotInCampaign, UnknownCampaign, UnknownTask
from engine.operations.tracing import root_causes
from engine.operations.viewing import campaign_status, read_journal, read_tree, unit_status
from tests.operations import world as w
from tests.operations.files import CHAIN, MODALITY, SPRING, WALK, head

NOW = w.at(6, 5, 10)
# Due long before its stage closes.
REVIEWED = (
    head("reviewed")
    + """
stages:
  一: {window: 2010年5月中旬—9月底, tasks: {甲: {owner: 党支部, due: 6月10日前, review: superior}}}
"""
)


@pytest.mark.parametrize(("instant", "count"), [(w.at(5, 31, 23, 59, 59), 0), (w.at(6, 1), 9), (w.at(6, 1, 0, 0, 1), 9)])
def test_a_unit_is_stuck_from_the_end_of_its_stage_on(spring, instant, count):
    spring.sweep(instant)
    assert len(spring.stuck(instant)) == count


def test_stuck_names_the_stage_the_instant_the_cause_and_who_can_unblock_it(spring):
    spring.sweep(NOW)
    one = spring.stuck(NOW)["G1B1"]
    (blocker,) = one.blocked_by
    assert (one.stage.say("zh"), one.since) == ("动员", w.at(6, 1))
    assert (blocker.code, blocker.task, blocker.due) == ("overdue", "方案", "2010-05-31")
    assert blocker.message.say("zh") == "方案应于 2010-05-31 前完成，已逾期：缺方案。"
    assert [(helper.unit, helper.post, helper.person, helper.vacant) for helper in blocker.can_unblock] == [
        ("G1B1", "书记", "书记G1B1", False)
    ]


def test_while_it_is_reviewed_the_reviewer_can_unblock_it(spring):
    spring.hand_in("G1B1", "方案", NOW, spring.paper(120))
    (blocker,) = spring.stuck(NOW)["G1B1"].blocked_by
    assert blocker.code == "in-review"
    assert {helper.person for helper in blocker.can_unblock} == {"书记G1", "副书记G1"}


@pytest.mark.parametrize(
    ("instant", "stuck_since"), [(w.at(6, 10, 23, 59, 59), {}), *((w.at(6, 11, 0, 0, n), w.at(6, 11)) for n in (0, 1))]
)
def test_a_reviewer_who_sits_on_what_was_due_is_named_as_plainly_as_whoever_owes_it(make_world, instant, stuck_since):
    world = make_world(w.launched(REVIEWED, who="full"))
    for code in ("G1B1", "G1B2"):
        world.act(code, "甲", w.at(6, 1))
    world.sweep(instant)
    found = world.stuck(instant, under="G1")
    if not stuck_since:
        assert found == {}
        return
    assert {code: one.since for code, one in found.items()} == dict.fromkeys(("G1B1", "G1B2", "G1B3"), stuck_since)
    for code, who in (("G1B1", "书记G1"), ("G1B3", "书记G1B3")):
        (blocker,) = found[code].causes
        assert ([helper.person for helper in blocker.can_unblock], blocker.since) == ([who], stuck_since)
    assert found["G1B1"].causes[0].message.say("zh") == "甲已报送，期限 2010-06-10 已过，仍在等待审核。"
    assert found["G1B1"].causes[0].message.say("en") == "甲 has been handed in; it was due 2010-06-10 and still awaits review."
    causes = root_causes(world.house, None, now=instant, under="G1")
    assert [(cause.unit, cause.units) for cause in causes] == [("G1", ("G1B1", "G1B2")), ("G1B3", ("G1B3",))]


def test_it_is_found_by_its_task_counted_with_the_others_and_gone_when_the_reviewer_has_acted(make_world):
    world = make_world(w.launched(REVIEWED, who="full"))
    world.act("G1B1", "甲", w.at(6, 1))
    now = w.at(6, 12)
    world.sweep(now)
    assert "G1B1" in world.stuck(now, task="甲") and "G1B1" in world.stuck(now, task="甲", everybody=True)
    board = stuck(world.house, None, now=now, most=1)
    assert [(one.task, one.units) for one in board.holding] == [("甲", 6)] and board.total == 6
    assert campaign_status(world.house, None, now).stuck == 6
    world.accept("G1B1", "甲", now)
    assert "G1B1" not in world.stuck(now)


def test_a_vacancy_shows_with_who_stands_in(spring):
    spring.sweep(NOW)
    (blocker,) = spring.stuck(NOW)["G1B3"].blocked_by
    assert [(helper.unit, helper.person, helper.vacant) for helper in blocker.can_unblock] == [
        ("G1", "书记G1", True),
        ("G1", "副书记G1", True),
    ]


def test_since_is_the_earlier_of_the_two_instants(make_world):
    """Overdue since 1 June, forced on, and the second window closes a month later."""
    world = make_world(w.launched(WALK))
    world.override("G1B1", NOW)
    world.sweep(w.at(7, 5))
    stuck_ones = world.stuck(w.at(7, 5))
    assert stuck_ones["G1B1"].since == w.at(6, 1)
    world.act("G1B1", "甲", w.at(7, 5))
    assert world.stuck(w.at(7, 5))["G1B1"].since == w.at(7, 1)


def test_who_has_done_its_part_is_waiting_and_not_stuck(make_world):
    world = make_world(w.launched(WALK))
    world.act("G1B1", "甲", w.at(5, 20))
    now = w.at(5, 25)
    assert world.stuck(now) == {}
    everybody = world.stuck(now, everybody=True)
    assert everybody["G1B1"].since is None
    assert [blocker.code for blocker in everybody["G1B1"].blocked_by] == ["window-closed"]
    assert [blocker.code for blocker in everybody["G1B2"].blocked_by] == ["not-done"]


def test_who_owes_something_overdue_is_stuck_although_its_stage_is_still_open(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120))
    spring.accept("G1B1", "方案", w.at(5, 20))
    now = w.at(11, 3)
    spring.sweep(now)
    one = spring.stuck(now)["G1B1"]
    assert (one.stage.say("zh"), one.since) == ("推进", w.at(10, 1))
    assert [(blocker.task, blocker.code) for blocker in one.blocked_by] == [("点评", "overdue"), ("总结", "overdue"), ("点评", "not-done")]


def test_what_may_be_left_undone_makes_nobody_stuck(make_world):
    world = make_world(w.launched(MODALITY))
    for task in ("必须", "原则"):
        world.act("G1B1", task, w.at(5, 20))
    world.sweep(w.at(6, 2))
    assert "G1B1" not in world.stuck(w.at(6, 2))
    assert "G1B2" in world.stuck(w.at(6, 2))


def test_the_filters_narrow_the_answer(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120))
    spring.accept("G1B1", "方案", w.at(5, 20))
    now = w.at(10, 2)
    spring.sweep(now)
    assert set(spring.stuck(now, under="G2")) == {"G2", "G2B1", "G2B2", "G2B3"}
    assert set(spring.stuck(now, stage="推进")) == {"G1B1"}
    assert set(spring.stuck(now, level="党总支")) == {"G1", "G2"}
    assert set(spring.stuck(now, task="动员会")) == {"S"}
    assert set(spring.stuck(now, under="G1", level="党支部", stage="动员", task="方案")) == {"G1B2", "G1B3"}


@pytest.mark.parametrize(
    ("filters", "error", "hint"),
    [
        ({"stage": "动圆"}, UnknownStage, "动员"),
        ({"level": "分会"}, UnknownLevelName, "党总支"),
        ({"task": "方按"}, UnknownTask, "方案"),
        ({"campaign": "sprnig"}, UnknownCampaign, "spring"),
    ],
)
def test_a_filter_nobody_knows_is_refused_with_what_there_is(spring, filters, error, hint):
    with pytest.raises(error) as caught:
        stuck(spring.house, **{"campaign": None, **filters}, now=NOW)
    assert hint in caught.value.say("zh")


def test_the_counts_per_stage_add_up_to_all_cases(spring):
    spring.act("S", "动员会", w.at(5, 20))
    spring.sweep(w.at(6, 2))
    board = stuck(spring.house, None, now=w.at(6, 2))
    assert {title.say("zh"): n for title, n in board.counts} == {"动员": 8, "已完成": 1}
    under = stuck(spring.house, None, now=w.at(6, 2), under="G1")
    assert {title.say("zh"): n for title, n in under.counts} == {"动员": 4}


def test_root_causes_follow_what_waits_down_to_whoever_has_to_act(make_world):
    world = make_world(w.launched(CHAIN, who="full"))
    for code in w.SMALL:
        if "B" in code and code != "G1B2":
            world.act(code, "计划", w.at(5, 20))
            world.act(code, "实施", w.at(6, 2))
            world.accept(code, "实施", w.at(6, 2))
    now = w.at(11, 5)
    world.sweep(now)
    causes = {(cause.unit, cause.task): cause for cause in root_causes(world.house, None, now=now)}
    plan = causes["G1B2", "计划"]
    assert set(plan.units) == {"G1", "G1B2"}
    assert plan.holds == 2
    assert [helper.person for helper in plan.can_unblock] == ["书记G1B2"]
    assert ("G1", "座谈") not in causes and ("G1B2", "实施") not in causes


def test_causes_are_ranked_by_how_many_units_they_hold_up(spring):
    spring.sweep(w.at(10, 2))
    causes = root_causes(spring.house, None, now=w.at(10, 2))
    assert [cause.holds for cause in causes] == sorted((cause.holds for cause in causes), reverse=True)
    assert (causes[0].unit, causes[0].task, causes[0].holds) == ("G1", "点评", 3)


def test_the_status_of_a_unit_lists_what_it_owes_in_order(spring):
    spring.sweep(NOW)
    status = unit_status(spring.house, None, "G1B1", NOW)
    assert [(duty.task, duty.period) for duty in status.duties] == [
        ("方案", ""),
        ("点评", "2010-Q3"),
        ("总结", ""),
        ("点评", "2010-Q4"),
    ]
    assert [duty.overdue for duty in status.duties] == [True, False, False, False]
    spring.bring_in("G9,新总支,党总支,S\n")
    with pytest.raises(NotInCampaign):
        unit_status(spring.house, None, "G9", NOW)


def test_the_status_of_a_unit_says_why_something_is_not_done(spring):
    now = w.at(5, 20)
    spring.sweep(now)
    assert spring.duty("G1B1", "方案", now).reason is None
    with pytest.raises(Refused):
        spring.hand_in("G1B1", "方案", now, spring.paper(86))
    turned_away = spring.duty("G1B1", "方案", now).reason
    assert turned_away is not None and turned_away.say("zh") == "86 字，还差 14 字"
    spring.hand_in("G1B1", "方案", now, spring.paper(400, "b.txt"))
    assert spring.duty("G1B1", "方案", now).reason is None
    spring.send_back("G1B1", "方案", now, reason="缺分工表")
    returned = spring.duty("G1B1", "方案", now).reason
    assert returned is not None and returned.say("en") == "the reason given: 缺分工表"


def test_the_status_of_the_campaign_counts_cases_stages_and_mail(spring):
    spring.go(w.at(5, 24, 9))
    status = campaign_status(spring.house, None, w.at(5, 24, 9))
    assert (status.cases, status.finished, status.stuck, status.mail_on) == (9, 0, 0, True)
    assert [(title.say("zh"), n) for title, _, _, n in status.stages] == [("动员", 9), ("推进", 0)]
    assert status.notices == {"sent": 9, "suppressed:no-address": 1}


def test_the_journal_says_who_did_what_to_whom_and_when(spring):
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120), by="干事", behalf="owner")
    spring.send_back("G1B1", "方案", w.at(5, 21), reason="太泛")
    lines = read_journal(spring.house, None, unit="G1B1")
    assert [(line.kind, line.actor, line.behalf, line.recorded_at) for line in lines if line.actor] == [
        ("handed_in", "干事", "书记G1B1", w.at(5, 20)),
        ("returned", "书记G1", "", w.at(5, 21)),
    ]
    assert read_journal(spring.house, None, unit="G1B1", since=w.at(5, 21))[0].kind == "returned"
    assert len(read_journal(spring.house, None, limit=2)) == 2


def test_the_tree_shows_who_holds_which_post_today(spring):
    lines = {line.code: line for line in read_tree(spring.house, NOW.date())}
    assert (lines["S"].depth, lines["G1"].depth, lines["G1B1"].depth) == (0, 1, 2)
    assert dict(lines["G1"].posts) == {"书记": "书记G1", "副书记": "副书记G1"}
    assert lines["G1B3"].posts == ()
    assert [line.code for line in read_tree(spring.house, NOW.date(), "G2")] == ["G2", "G2B1", "G2B2", "G2B3"]


def test_asking_writes_nothing(make_world):
    world = make_world(w.launched(SPRING))
    world.sweep(NOW)
    before = world.rows()
    world.stuck(NOW, everybody=True)
    root_causes(world.house, None, now=NOW)
    campaign_status(world.house, None, NOW)
    unit_status(world.house, None, "G1B1", NOW)
    world.notices(NOW)
    assert world.rows() == before

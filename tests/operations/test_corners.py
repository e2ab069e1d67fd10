"""Corners of a workflow: no window, no superior, a mid-campaign launch, co-holders, deputies, results delivered."""

from __future__ import annotations

from datetime import date

import pytest

from engine.operations.granting import LockFirst
from engine.org.model import Person, Roster, Tenure
from engine.store import roster
from tests.operations import world as w
from tests.operations.conftest import MakeWorld

HEAD = """
version: 1
calendar: {timezone: Asia/Shanghai, holidays: CN}
organisation: {levels: [学校, 党总支, 党支部], posts: {书记: {acts: true, deputy: 副书记}, 副书记: {}}}
"""
WINDOWLESS = f"workflow: 无窗口{HEAD}tasks:\n  报告: {{owner: 党支部, due: 2010-06-10}}\n"
TOP = f"workflow: 顶层{HEAD}window: 2010年5月—2010年6月\ntasks:\n  方案: {{owner: [学校, 党总支], artifact: document, review: superior}}\n"
RESULT = f"""workflow: 送达{HEAD}window: 2010年5月—2010年6月
tasks:
  点评: {{for: 党支部, owner: superior, artifact: document, deliver: [{{to: subject}}]}}
"""
LOCKED = f"""workflow: 截止日{HEAD}window: 2010年5月—2010年8月
tasks:
  报告: {{owner: 党支部, due: 2010-06-10, lock: 2010-06-20, allow: {{extend: {{by: superior, most: 40d}}}}}}
"""
GRACE = f"workflow: 宽限期{HEAD}window: 2010年5月—2010年12月\ntasks:\n  报告: {{owner: 党支部, due: 2010-06-10, grace: 2d}}\n"


def test_a_task_without_any_window_around_it_is_open_from_the_launch_on(make_world: MakeWorld) -> None:
    world = make_world(w.launched(WINDOWLESS))
    assert world.act("G1B1", "报告", w.BEFORE).state == "accepted"


def test_a_run_without_stages_is_as_long_as_its_window_and_grace_is_no_lateness(make_world: MakeWorld) -> None:
    world = make_world(w.launched(GRACE))
    world.sweep(w.at(6, 12, 23, 59, 59))
    assert world.stuck(w.at(6, 12, 23, 59, 59)) == {}
    world.sweep(w.at(6, 13))
    assert "G1B1" in world.stuck(w.at(6, 13))


def test_at_the_top_there_is_nobody_above_so_what_is_handed_in_is_accepted(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TOP))
    assert world.hand_in("S", "方案", w.at(5, 10), world.paper(10)).state == "accepted"
    assert world.hand_in("G1", "方案", w.at(5, 10), world.paper(20)).state == "submitted"


def test_a_result_is_delivered_to_whom_the_file_says_and_to_nobody_else(make_world: MakeWorld) -> None:
    world = make_world(w.launched(RESULT))
    world.hand_in("G1B1", "点评", w.at(5, 10), world.paper(10), by="书记G1")
    world.deliver(w.at(5, 10, 9))
    assert any("送您阅知" in text for text in world.letters("G1B1"))
    assert not any("送您阅知" in text for text in world.letters("G1B2"))


def test_an_extension_cannot_pass_the_lock(make_world: MakeWorld) -> None:
    world = make_world(w.launched(LOCKED))
    with pytest.raises(LockFirst):
        world.extend("G1B1", "报告", date(2010, 6, 21), w.at(6, 1))
    assert world.extend("G1B1", "报告", date(2010, 6, 20), w.at(6, 1)).due == "2010-06-20"


def test_whoever_holds_the_post_that_owes_it_does_not_judge_it_either(spring: w.World) -> None:
    both = Person(name="两头", email="both@example.org")
    with spring.house.database.write() as connection:
        posts = (Tenure(unit="G1B1", post="书记", person=both), Tenure(unit="G1", post="书记", person=both))
        roster.import_roster(connection, Roster(tenures=posts), w.BEFORE)
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120), by="书记G1B1")
    assert "own-work" in w.codes(w.refused(lambda: spring.accept("G1B1", "方案", w.at(5, 20), by="两头")))
    assert spring.accept("G1B1", "方案", w.at(5, 20), by="书记G1").state == "accepted"


def test_typing_in_for_somebody_is_not_authorship(spring: w.World) -> None:
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120), by="书记G1", behalf="owner")
    assert spring.accept("G1B1", "方案", w.at(5, 20), by="书记G1").state == "accepted"


def test_nobody_judges_her_own_work_on_behalf_of_another(spring: w.World) -> None:
    spring.hand_in("G1B1", "方案", w.at(5, 20), spring.paper(120))
    refusals = w.refused(lambda: spring.accept("G1B1", "方案", w.at(5, 20), by="书记G1B1", behalf="书记G1"))
    assert w.codes(refusals) == ["own-work"]


def test_a_deputy_who_answers_does_not_hide_the_vacancy(make_world: MakeWorld) -> None:
    world = make_world(w.launched(TOP, who="deserted"))
    with world.house.database.write() as connection:
        roster.import_roster(connection, Roster(tenures=(w.deputy("G1"),)), w.BEFORE)
    blocker = world.blocker("G1", "方案", w.at(5, 20))
    assert [(helper.person, helper.vacant) for helper in blocker.can_unblock] == [("副书记G1", True)]


def test_a_launch_in_mid_campaign_tells_once_what_every_reminder_has_passed_by(make_world: MakeWorld) -> None:
    world = make_world(w.launched(GRACE, now=w.at(9, 1)))
    world.go(w.at(9, 2, 9))
    mine = [notice for notice in world.notices(w.at(9, 2, 9)) if notice.unit == "G1B1"]
    assert {notice.reason for notice in mine if notice.due_at < w.at(9, 1)} == {"before-launch"}
    assert [notice.state for notice in mine if notice.due_at >= w.at(9, 1)] == ["sent"]


def test_a_day_is_the_campaigns_own_not_that_of_greenwich(make_world: MakeWorld) -> None:
    world = make_world(w.empty("full"))
    with world.house.database.write() as connection:
        roster.import_roster(connection, Roster(tenures=(w.secretary("G1", since=date(2010, 6, 1)),)), w.BEFORE)
    w.load(world.house, TOP, world.folder)
    report = w.start(world.house, w.at(6, 1, 7, 30))
    assert report.cases == 3
    assert {seat.unit for seat in report.vacant} == set()

"""Whose obligation is meant by `after`, unit by unit; which period; and what is said of what is waited for."""

from __future__ import annotations

import pytest

from engine.operations.tracing import root_causes
from engine.store import awaited, obligations
from engine.store import tables as t
from engine.store.waiting import count_waits
from tests.operations import world as w
from tests.operations.files import head

NOW = w.at(6, 5, 10)

# x is about the branches; what comes after it is owed by everybody, by whoever owes x, and from above.
MIXED = (
    head("mixed")
    + """
tasks:
  x: {owner: 党支部, due: 5月底前}
  summ: {owner: [学校, 党总支, 党支部], after: x, due: 6月底前}
  走访: {for: 党支部, owner: superior, due: 5月底前}
  讲评: {owner: [学校, 党总支], after: 走访, due: 6月底前}
  审签: {owner: 党支部, due: 5月底前, review: superior}
  归档: {owner: 党支部, after: 审签, due: 6月底前}
"""
)

RHYTHMS = (
    head("rhythms")
    + """
tasks:
  季报: {owner: 党支部, every: {each: quarter, partial: drop}}
  复盘: {owner: 党支部, after: 季报, due: 10月底前}
  早评: {owner: 党支部, after: 季报, due: 6月10日前}
  总评: {owner: 党总支, after: below.季报, due: 10月底前}
"""
)


@pytest.fixture
def mixed(make_world):
    """Nobody has done anything yet."""
    return make_world(w.launched(MIXED, who="full"))


@pytest.fixture
def rhythms(make_world):
    """What is done once, and what is done each quarter."""
    return make_world(w.launched(RHYTHMS, who="full"))


def waits(world, campaign=1):
    """What each obligation is said to wait for, by the number that is kept, and by what is read: both alike."""
    with world.house.database.read() as connection:
        rows = [
            row
            for case_id in connection.execute(t.cases.select().with_only_columns(t.cases.c.id)).scalars()
            for row in obligations.of_case(connection, case_id)
        ]
        told = awaited.waits_of(connection, rows)
    assert {row.key: row.waits for row in rows if row.waits} == {key: sum(one.undone for one in each) for key, each in told.items()}
    return {(row.path, row.task, row.period): row.waits for row in rows}


def recounted(world):
    """The same numbers, counted whole."""
    with world.house.database.write() as connection:
        count_waits(connection, 1)
    return waits(world)


def state(world, code, task):
    return world.state(code, task, NOW)


def test_each_unit_reads_what_is_about_itself_and_from_above_all_below(mixed):
    mixed.act("G1B1", "x", NOW)
    assert state(mixed, "G1B1", "summ") == "open"
    assert state(mixed, "G1B2", "summ") == "scheduled"
    for code in ("G1B2", "G1B3"):
        mixed.act(code, "x", NOW)
    assert (state(mixed, "G1", "summ"), state(mixed, "G2", "summ"), state(mixed, "S", "summ")) == ("open", "scheduled", "scheduled")
    for code in ("G2B1", "G2B2"):
        mixed.act(code, "x", NOW)
    assert state(mixed, "S", "summ") == "scheduled"
    mixed.act("G2B3", "x", NOW)
    assert (state(mixed, "G2", "summ"), state(mixed, "S", "summ")) == ("open", "open")


def test_who_owes_it_reads_that_and_who_does_not_all_below(mixed):
    for code in ("G1B1", "G1B2"):
        mixed.act(code, "走访", NOW, by="书记G1")
    assert state(mixed, "G1", "讲评") == "scheduled"
    assert "3 个单位中 1 个未完成（单位G1B3）" in mixed.blocker("G1", "讲评", NOW).shortfall.say("zh")
    assert "6 个单位中 4 个未完成" in mixed.blocker("S", "讲评", NOW).shortfall.say("zh")
    mixed.act("G1B3", "走访", NOW, by="书记G1")
    assert (state(mixed, "G1", "讲评"), state(mixed, "G2", "讲评"), state(mixed, "S", "讲评")) == ("open", "scheduled", "scheduled")


def test_the_numbers_kept_told_and_counted_again_agree_step_by_step(mixed):
    assert waits(mixed) == recounted(mixed)
    for code in ("G1B1", "G1B2", "G2B3"):
        mixed.act(code, "x", NOW)
        mixed.act(code, "走访", NOW, by=f"书记{w.above(code)}")
        mixed.act(code, "审签", NOW)
        mixed.accept(code, "审签", NOW)
        assert waits(mixed) == recounted(mixed)
    mixed.send_back("G1B1", "审签", NOW)
    mixed.bring_in("G2B3,单位G2B3,党支部,G1\n", now=NOW)
    assert waits(mixed) == recounted(mixed)


def test_a_return_closes_again_only_what_reads_it_so(mixed):
    for code in ("G1B1", "G1B2"):
        mixed.act(code, "审签", NOW)
        mixed.accept(code, "审签", NOW)
    mixed.send_back("G1B1", "审签", NOW)
    assert (state(mixed, "G1B1", "归档"), state(mixed, "G1B2", "归档")) == ("scheduled", "open")


def test_what_is_done_once_waits_for_the_latest_period_ended_by_its_own_due(rhythms):
    now = w.at(10, 2)
    assert "第三季度" in rhythms.blocker("G1B1", "复盘", now).shortfall.say("zh")
    rhythms.act("G1B1", "季报@2010-Q3", now)
    assert rhythms.state("G1B1", "复盘", now) == "open"


def test_where_no_period_has_ended_in_time_it_waits_for_the_first(rhythms):
    blocker = rhythms.blocker("G1B1", "早评", w.at(6, 12))
    assert "第三季度" in blocker.shortfall.say("zh") and "第四季度" not in blocker.shortfall.say("zh")


def test_of_those_below_too_the_latest_period_ended_is_waited_for(rhythms):
    now = w.at(10, 2)
    for code in ("G1B1", "G1B2", "G1B3"):
        assert rhythms.state("G1", "总评", now) == "scheduled"
        rhythms.act(code, "季报@2010-Q3", now)
    assert rhythms.state("G1", "总评", now) == "open"


def test_whoever_has_the_ball_of_what_is_waited_for_can_unblock(mixed):
    assert [helper.person for helper in mixed.blocker("G1B1", "归档", NOW).can_unblock] == ["书记G1B1"]
    mixed.act("G1B1", "审签", NOW)
    assert [helper.person for helper in mixed.blocker("G1B1", "归档", NOW).can_unblock] == ["书记G1"]
    mixed.send_back("G1B1", "审签", NOW)
    assert [helper.person for helper in mixed.blocker("G1B1", "归档", NOW).can_unblock] == ["书记G1B1"]


def test_of_those_who_can_unblock_each_is_named_once_and_not_more_than_five(mixed):
    assert [helper.person for helper in mixed.blocker("G1", "讲评", NOW).can_unblock] == ["书记G1"]
    assert [helper.person for helper in mixed.blocker("S", "讲评", NOW).can_unblock] == ["书记G1", "书记G2"]
    assert len(mixed.blocker("S", "summ", NOW).can_unblock) == 5


def test_why_follows_all_that_is_undone_and_not_only_what_is_shown(mixed):
    now = w.at(7, 2)
    mixed.sweep(now)
    causes = {(cause.unit, cause.task): set(cause.units) for cause in root_causes(mixed.house, None, now=now)}
    for code in (code for code in w.SMALL if "B" in code):
        assert {"S", w.above(code), code} <= causes[code, "x"]
    assert "summ" not in {task for _, task in causes}
    assert "（单位G1B1、单位G1B2、单位G1B3、单位G2B1、单位G2B2等）" in mixed.blocker("S", "summ", now).shortfall.say("zh")

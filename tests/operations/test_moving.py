"""Moving a case on, forcing it on, and opening again what has lapsed."""

from __future__ import annotations

from datetime import date

import pytest

from engine.operations.campaigns import NotInCampaign
from engine.operations.moving import AlreadyThere, NeedsReason, StandsElsewhere, advance
from tests.counts import wrong_counts
from tests.operations import world as w
from tests.operations.files import ENTRY, SPRING, STRICT, WALK

NOW = w.at(6, 5, 10)


@pytest.fixture
def walk(make_world):
    """Two stages, one act in each."""
    return make_world(w.launched(WALK))


def test_advance_says_everything_that_is_in_the_way(spring):
    now = w.at(1, 10, year=2011)
    spring.hand_in("G1", "方案", w.at(6, 2), spring.paper(120))
    spring.accept("G1", "方案", w.at(6, 2))
    spring.sweep(now)
    verdicts = w.refused(lambda: advance(spring.house, None, "G1", by=w.ADMIN, now=now))
    assert w.codes(verdicts) == ["overdue", "overdue", "waits-for"]
    assert all(verdict.shortfall is not None for verdict in verdicts)


def test_advance_moves_who_is_ready(walk):
    walk.act("G1B1", "甲", w.at(5, 20))
    moved = advance(walk.house, None, "G1B1", by=w.ADMIN, now=NOW)
    assert (moved.left.say("zh"), moved.entered.say("zh"), moved.forced) == ("一", "二", False)


@pytest.mark.parametrize(("instant", "codes"), [(w.at(5, 31, 23, 59, 59), ["window-closed"]), (w.at(6, 1), []), (w.at(6, 1, 0, 0, 1), [])])
def test_nobody_advances_before_the_next_window_opens(walk, instant, codes):
    walk.act("G1B1", "甲", w.at(5, 20))
    if codes:
        assert w.codes(w.refused(lambda: advance(walk.house, None, "G1B1", by=w.ADMIN, now=instant))) == codes
    else:
        assert advance(walk.house, None, "G1B1", by=w.ADMIN, now=instant).entered.say("zh") == "二"


def test_who_has_finished_goes_nowhere(walk):
    walk.act("G1B1", "甲", w.at(5, 20))
    walk.act("G1B1", "乙", w.at(6, 2))
    walk.sweep(w.at(6, 2))
    with pytest.raises(AlreadyThere):
        advance(walk.house, None, "G1B1", by=w.ADMIN, now=NOW)
    with pytest.raises(AlreadyThere):
        walk.override("G1B1", NOW)


def test_who_takes_no_part_is_told_so(walk):
    with pytest.raises(NotInCampaign):
        advance(walk.house, None, "G1", by=w.ADMIN, now=NOW)


def test_an_override_needs_a_reason(walk):
    with pytest.raises(NeedsReason):
        walk.override("G1B1", NOW, reason=" ")


def test_an_override_is_journalled_as_forced_with_who_and_why(walk):
    moved = walk.override("G1B1", NOW, reason="灾情")
    assert moved.forced
    (line,) = [line for line in walk.journal("moved") if line.forced]
    assert (line.unit, line.actor, line.data) == ("G1B1", w.ADMIN, {"from": 0, "to": 1, "reason": "灾情"})


def test_an_override_that_names_the_stage_it_leaves_moves_once_however_often_it_is_done(walk):
    walk.override("G1B1", NOW, leave="一")
    rows = walk.rows()
    with pytest.raises(StandsElsewhere) as caught:
        walk.override("G1B1", NOW, leave="一")
    assert "而在“二”" in caught.value.say("zh") and "but in “二”" in caught.value.say("en")
    assert walk.rows() == rows
    assert walk.override("G1B1", NOW, leave="二").entered.say("zh") == "已完成"


@pytest.mark.parametrize("words", ["尚未开始", "not begun"])
def test_an_override_before_the_first_stage_names_that_in_words(walk, words):
    assert walk.override("G1B1", w.at(5, 3), leave=words).entered.say("zh") == "一"
    with pytest.raises(StandsElsewhere):
        walk.override("G1B1", w.at(5, 3), leave=words)


def test_after_an_override_the_debts_remain_and_the_next_gate_asks_for_them(walk):
    walk.override("G1B1", NOW)
    assert walk.stage("G1B1", NOW) == "二"
    assert walk.stuck(NOW)["G1B1"].blocked_by[0].task == "甲"
    walk.act("G1B1", "乙", NOW)
    walk.sweep(w.at(7, 2))
    assert walk.stage("G1B1", w.at(7, 2)) == "二"
    assert w.codes(w.refused(lambda: advance(walk.house, None, "G1B1", by=w.ADMIN, now=w.at(7, 2)))) == ["overdue"]
    walk.act("G1B1", "甲", w.at(7, 3))
    walk.sweep(w.at(7, 3))
    assert walk.stage("G1B1", w.at(7, 3)) == "已完成"


def test_a_debt_paid_after_the_end_moves_nobody(walk):
    """Forced over the last gate and paid later: the case has finished, once."""
    walk.override("G1B1", NOW)
    walk.override("G1B1", NOW)
    assert walk.stage("G1B1", NOW) == "已完成"
    cases = walk.rows("cases")
    walk.act("G1B1", "甲", w.at(6, 10))
    walk.act("G1B1", "乙", w.at(6, 11))
    walk.sweep(w.at(6, 12))
    assert walk.rows("cases") == cases
    assert len([line for line in walk.journal("moved") if line.unit == "G1B1"]) == 3


def test_a_return_after_passing_does_not_pull_the_case_back_but_is_a_debt(spring):
    spring.hand_in("G2B1", "方案", w.at(5, 20), spring.paper(120))
    spring.accept("G2B1", "方案", w.at(5, 20))
    spring.sweep(w.at(6, 2))
    spring.send_back("G2B1", "方案", w.at(6, 3))
    spring.sweep(w.at(6, 3))
    assert spring.stage("G2B1", w.at(6, 3)) == "推进"
    assert [one.task for one in spring.stuck(w.at(6, 3))["G2B1"].blocked_by if one.code == "returned"] == ["方案"]


def test_before_the_first_stage_opens_an_override_lets_in_too(walk):
    assert walk.override("G1B1", w.at(5, 3)).entered.say("zh") == "一"
    walk.sweep(w.at(5, 12))
    assert walk.stage("G1B1", w.at(5, 12)) == "一"


@pytest.mark.parametrize("text", [WALK, SPRING, ENTRY], ids=["walk", "spring", "entry"])
def test_the_counters_stay_true_under_overrides(make_world, text):
    world = make_world(w.launched(text))
    for now in (w.at(5, 3), w.at(5, 20), NOW):
        world.override("G1B1", now)
        with world.house.database.read() as connection:
            assert wrong_counts(connection, 1) == []


@pytest.fixture
def lapsed(make_world):
    """What was due on 10 June has lapsed on 16 June."""
    world = make_world(w.launched(STRICT))
    world.sweep(w.at(6, 16))
    return world


def test_what_has_lapsed_holds_the_gate_and_is_never_taken(lapsed):
    now = w.at(12, 1)
    assert lapsed.blocker("G1B1", "快报", now).code == "lapsed"
    assert lapsed.stuck(now)["G1B1"].since == w.at(6, 13)
    assert w.codes(w.refused(lambda: lapsed.act("G1B1", "快报", now))) == ["wrong-state"]


def test_what_has_lapsed_is_opened_again_by_override_and_stays_overdue(lapsed):
    now = w.at(6, 18)
    assert w.codes(w.refused(lambda: lapsed.reopen("G1B1", "快报", now, reason=""))) == ["no-reason"]
    assert lapsed.reopen("G1B1", "快报", now).state == "open"
    assert lapsed.duty("G1B1", "快报", now).overdue
    assert lapsed.journal("reopened")[0].forced
    lapsed.sweep(w.at(7, 1))
    assert lapsed.act("G1B1", "快报", w.at(7, 1)).state == "accepted"
    assert lapsed.duty("G1B1", "快报", w.at(7, 1)).late


def test_what_was_extended_and_has_lapsed_is_opened_again_too(make_world):
    world = make_world(w.launched(STRICT))
    world.extend("G1B1", "快报", date(2010, 6, 14), w.at(6, 8))
    world.sweep(w.at(6, 20))
    assert world.state("G1B1", "快报", w.at(6, 20)) == "lapsed"
    assert world.reopen("G1B1", "快报", w.at(6, 21)).state == "open"
    assert world.act("G1B1", "快报", w.at(6, 22)).state == "accepted"


def test_what_has_not_lapsed_is_not_reopened(lapsed):
    assert w.codes(w.refused(lambda: lapsed.reopen("G1B1", "急件", w.at(6, 18)))) == ["wrong-state"]


def test_two_that_lapsed_together_can_both_be_opened_again(lapsed):
    for code in ("G1B1", "G1B2"):
        assert lapsed.reopen(code, "快报", w.at(6, 18)).state == "open"

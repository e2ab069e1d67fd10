"""What the histories of tests/proof found in the program, each as short as it can be told."""

from __future__ import annotations

import pytest

from engine.store.codes import NoticeKind
from tests.operations import world as w
from tests.operations.files import head

# The second stage lets in whoever has passed the first, and then takes nothing after 20 June.
LATE_COMERS = (
    head("late-comers")
    + """
stages:
  一: {window: 2010年5月中旬—5月底, tasks: {甲: {owner: 党支部}}}
  二: {window: 2010年6月—6月底, opens: on_entry, tasks: {乙: {owner: 党支部, due: 6月20日前, lock: due}}}
"""
)


@pytest.fixture
def late_comers(make_world):
    """Nobody has passed the first stage when the lock of the second falls."""
    world = make_world(w.launched(LATE_COMERS))
    world.sweep(w.at(6, 25))
    return world


def test_whoever_is_let_in_after_the_lock_finds_it_locked(late_comers):
    late_comers.act("G1B1", "甲", w.at(6, 25))
    late_comers.sweep(w.at(6, 25))
    assert late_comers.state("G1B1", "乙", w.at(6, 25)) == "lapsed"
    assert late_comers.journal("locked")[0].due_at == w.at(6, 25)


def test_whoever_is_forced_in_after_the_lock_finds_it_locked(late_comers):
    late_comers.override("G1B1", w.at(6, 25))
    late_comers.sweep(w.at(6, 25))
    assert late_comers.state("G1B1", "乙", w.at(6, 25)) == "lapsed"


LEFT_UNDONE = head("left-undone") + "tasks: {可以: {owner: 党支部, due: 6月10日前, modality: may}, 应当: {owner: 党支部, due: 6月10日前}}"


@pytest.mark.parametrize(("day", "told"), [(10, True), (11, False), (12, False)])
def test_a_launch_after_the_due_chases_nobody_for_what_may_be_left_undone(make_world, day, told):
    world = make_world(w.launched(LEFT_UNDONE, now=w.at(6, day, 8)))
    world.sweep(w.at(6, 20))
    chased = {one.task for one in world.notices(w.at(6, 20)) if one.state != "suppressed"}
    assert ("可以" in chased) is told
    assert "应当" in chased


# What lapses at its due although it is late only two days after it.
FORFEITED = (
    head("forfeited") + "tasks: {甲: {owner: 党支部, due: 6月10日前, grace: 2d, lock: due, ladder: [{at: +1wd, every: 1wd, most: 5}]}}"
)


@pytest.fixture
def forfeited(make_world):
    """It has lapsed on 11 June."""
    world = make_world(w.launched(FORFEITED))
    world.sweep(w.at(6, 14))
    return world


def test_what_is_opened_again_is_overdue_since_it_was_late_not_since_it_lapsed(forfeited):
    assert forfeited.stuck(w.at(6, 14))["G1B1"].since == w.at(6, 11)
    forfeited.reopen("G1B1", "甲", w.at(6, 14))
    assert forfeited.stuck(w.at(6, 14))["G1B1"].since == w.at(6, 13)


def test_whoever_owes_again_what_had_lapsed_is_reminded_again(forfeited):
    forfeited.reopen("G1B1", "甲", w.at(6, 14))
    forfeited.sweep(w.at(6, 30))
    days = [one.due_at for one in forfeited.notices(w.at(6, 30)) if (one.unit, one.kind) == ("G1B1", NoticeKind.RUNG)]
    # The first working days after 10 June 2010; 14 to 16 June are a festival.
    assert days == [w.at(6, 17, 8, 30), w.at(6, 18, 8, 30)]


@pytest.mark.parametrize(("done", "told_at_once"), [(12, False), (13, True)])
def test_an_outage_tells_nobody_at_once_of_reminders_that_were_still_to_come(make_world, done, told_at_once):
    """Let in on 12 June, before the first reminder of 13 June, or after it: it counts when that was, not when somebody noticed."""
    world = make_world(w.launched(LATE_COMERS))
    world.sweep(w.at(6, 1))
    world.act("G1B1", "甲", w.at(6, done, 10))
    world.sweep(w.at(6, 25))
    found = [one.kind for one in world.notices(w.at(6, 25)) if (one.unit, one.task) == ("G1B1", "乙")]
    assert (NoticeKind.OPENED in found) is told_at_once

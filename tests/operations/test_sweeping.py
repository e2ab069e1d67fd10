"""The clock: what falls due is done once, in order, however late somebody looks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.operations.sweeping import Swept, sweep
from engine.store.database import open_database
from tests.operations import world as w
from tests.operations.files import CHAIN, ENTRY, SPRING, STRICT, WALK

# What says when somebody looked, not when something fell due.
LOOKED = ("event.recorded_at", "event.id", "notice.decided_at", "notice.id", "agenda.cursor", "setting.value")


@pytest.mark.parametrize("text", [SPRING, STRICT, CHAIN], ids=["spring", "strict", "chain"])
def test_a_second_sweep_at_the_same_instant_changes_nothing(make_world, text):
    world = make_world(w.launched(text))
    world.sweep(w.at(10, 1))
    before = world.rows()
    again = world.sweep(w.at(10, 1))
    assert (again.bells, again.moved) == (0, 0)
    assert world.rows() == before


@pytest.mark.parametrize("text", [SPRING, STRICT, CHAIN, ENTRY], ids=["spring", "strict", "chain", "entry"])
def test_many_small_steps_come_to_the_same_as_one_leap(copied_database, tmp_path, text):
    """An outage of eight months loses nothing, repeats nothing, and dates nothing to the day somebody noticed."""
    after = w.at(1, 31, year=2011)
    leap = _world(copied_database(w.launched(text)), tmp_path)
    leap.sweep(after)
    expected = leap.rows(without=LOOKED)
    leap.house.database.dispose()
    steps = _world(copied_database(w.launched(text)), tmp_path)
    now = w.BEFORE
    while now < after:
        steps.sweep(now)
        now += timedelta(days=5, hours=7)
    steps.sweep(after)
    found = steps.rows(without=LOOKED)
    steps.house.database.dispose()
    assert {name: rows for name, rows in found.items() if rows != expected[name]} == {}
    assert len(found["notice"]) > 0


def _world(url, folder):
    return w.World(house=House(database=open_database(url), vault=Vault(folder / "files")), folder=folder)


@pytest.mark.parametrize(("instant", "told"), [(w.at(5, 24, 8, 29, 59), 0), (w.at(5, 24, 8, 30), 1), (w.at(5, 24, 8, 30, 1), 1)])
def test_a_rung_is_decided_at_its_instant_and_not_before(spring, instant, told):
    spring.sweep(instant)
    assert len([notice for notice in spring.notices(instant) if notice.unit == "G1B1"]) == told


def test_a_rung_noticed_late_is_still_dated_when_it_fell_due(spring):
    spring.sweep(w.at(5, 27, 15))
    notice = next(notice for notice in spring.notices(w.at(5, 27, 15)) if notice.unit == "G1B1")
    assert (notice.due_at, notice.decided_at) == (w.at(5, 24, 8, 30), w.at(5, 27, 15))


@pytest.mark.parametrize(
    ("instant", "stage"), [(w.at(5, 10, 23, 59, 59), "尚未开始"), (w.at(5, 11), "动员"), (w.at(5, 11, 0, 0, 1), "动员")]
)
def test_the_first_stage_is_entered_when_its_window_opens(spring, instant, stage):
    spring.sweep(instant)
    assert spring.stage("G1B1", instant) == stage


@pytest.mark.parametrize(("instant", "stage"), [(w.at(5, 31, 23, 59, 59), "一"), (w.at(6, 1), "二"), (w.at(6, 1, 0, 0, 1), "二")])
def test_who_has_done_its_part_enters_the_next_stage_when_that_opens(make_world, instant, stage):
    world = make_world(w.launched(WALK))
    world.act("G1B1", "甲", w.at(5, 20))
    world.sweep(instant)
    assert world.stage("G1B1", instant) == stage
    assert world.stage("G1B2", instant) == "一"


def test_who_is_late_enters_when_it_has_done_its_part_and_is_dated_then(make_world):
    world = make_world(w.launched(WALK))
    world.act("G1B1", "甲", w.at(6, 5, 14))
    world.sweep(w.at(6, 20))
    (line,) = [line for line in world.journal("moved") if line.unit == "G1B1" and line.data["to"] == 1]
    assert (line.due_at, line.recorded_at) == (w.at(6, 5, 14), w.at(6, 20))
    assert line.forced is False


def test_a_case_that_owes_nothing_more_finishes_at_the_last_gate(make_world):
    world = make_world(w.launched(WALK))
    world.act("G1B1", "甲", w.at(5, 20))
    world.act("G1B1", "乙", w.at(6, 2))
    world.sweep(w.at(6, 2))
    assert world.stage("G1B1", w.at(6, 2)) == "已完成"


def test_the_next_period_opens_although_the_last_is_unpaid(spring):
    spring.sweep(w.at(10, 1))
    assert [spring.state("G1B1", f"点评@2010-Q{n}", w.at(10, 1)) for n in (3, 4)] == ["open", "open"]


def test_obligations_open_by_the_calendar_even_for_who_is_stuck_earlier(spring):
    spring.sweep(w.at(7, 1))
    assert spring.stage("G1B1", w.at(7, 1)) == "动员"
    assert spring.state("G1B1", "总结", w.at(7, 1)) == "open"


@pytest.mark.parametrize(
    ("instant", "state"), [(w.at(6, 15, 23, 59, 59), "open"), (w.at(6, 16), "lapsed"), (w.at(6, 16, 0, 0, 1), "lapsed")]
)
def test_what_was_not_handed_in_lapses_at_the_lock(make_world, instant, state):
    world = make_world(w.launched(STRICT))
    world.sweep(instant)
    assert world.state("G1B1", "快报", instant) == state


@pytest.mark.parametrize(("instant", "late"), [(w.at(6, 12, 23, 59, 59), False), (w.at(6, 13), True), (w.at(6, 13, 0, 0, 1), True)])
def test_it_is_overdue_only_when_the_grace_is_over(make_world, instant, late):
    world = make_world(w.launched(STRICT))
    world.sweep(instant)
    assert world.duty("G1B1", "快报", instant).overdue is late
    assert ("G1B1" in world.stuck(instant)) is late


def test_the_overdue_reminder_is_about_the_period_that_is_overdue_once_for_each_unit(spring):
    """The wound of a well-known system: the wrong period, and every unit told once for every unit."""
    now = w.at(10, 8, 23)
    spring.sweep(now)
    chased = [n for n in spring.notices(now) if n.task == "点评" and n.due_at > w.at(10, 1)]
    assert {notice.period for notice in chased} == {"2010-Q3"}
    assert sorted(notice.unit for notice in chased) == sorted(code for code in w.SMALL if code != "S")


def test_the_sweep_says_when_something_is_due_again(spring):
    assert spring.sweep(w.at(5, 24, 8, 30)).next_at == w.at(5, 28, 8, 30)


def test_a_sweep_that_finds_nothing_due_writes_nothing(spring):
    before = spring.rows()
    assert spring.sweep(w.at(5, 3)).bells == 0
    assert spring.rows() == before


def test_batches_tell_how_far_they_are(spring):
    seen: list[Swept] = []
    done = sweep(spring.house, w.at(6, 1), seen.append)
    assert [one.bells for one in seen] == sorted(one.bells for one in seen)
    assert (seen[-1].bells, seen[-1].moved) == (done.bells, done.moved)
    assert str(done.bells) in done.words.say("zh")

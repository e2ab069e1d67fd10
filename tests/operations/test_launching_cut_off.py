"""A launch is written some units at a time. Until it is whole nobody sees any of it, and what was cut off leaves nothing to sweep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.operations import examining, launching
from engine.operations.campaigns import LaunchUnfinished, choose
from engine.operations.launch_plan import LaunchReport, NameTaken
from engine.operations.launching import LaunchTakenBack, RosterChanged
from engine.progress import Progress
from engine.store import tables as t
from engine.store.codes import CampaignState
from engine.store.failures import Interrupted
from engine.store.pace import Pace
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING, WALK

# By then everything would have fallen due.
LATER = w.at(12, 31)


@pytest.fixture
def loaded(make_world: MakeWorld) -> w.World:
    """The spring campaign, not launched yet."""
    world = make_world(w.empty())
    w.load(world.house, SPRING, world.folder)
    return world


def launch(world: w.World, watch: Callable[[Progress], None] = lambda _: None, **more: Any) -> LaunchReport:
    """Three units at a time: nine units are three batches."""
    return w.start(world.house, watch=watch, pace=Pace(3, most=3), **more)


def after(units: int, act: Callable[[], object]) -> Callable[[Progress], None]:
    """Does something once so many units have been written."""

    def watch(progress: Progress) -> None:
        if progress.what == launching._WRITING and progress.done == units:
            act()

    return watch


def stop() -> None:
    raise KeyboardInterrupt


def cut_off(world: w.World, units: int = 6, **more: Any) -> None:
    with pytest.raises(Interrupted):
        launch(world, after(units, stop), **more)


def test_the_size_of_batches_makes_no_difference_to_what_is_written(make_world, loaded):
    launch(loaded)
    whole = make_world(w.launched(SPRING, mail=False))
    # Each has a key of its own for its letters.
    assert loaded.rows(without=["setting.value"]) == whole.rows(without=["setting.value"])


@pytest.mark.parametrize("units", [3, 9])
def test_nobody_sees_a_launch_that_was_cut_off_and_no_clock_rings_for_it(loaded, units):
    cut_off(loaded, units)
    assert len(loaded.rows("cases")["cases"]) == units
    before = loaded.rows()
    assert (loaded.sweep(LATER).bells, loaded.sweep(LATER).moved) == (0, 0)
    assert loaded.deliver(LATER).sent == 0
    assert {name: rows for name, rows in loaded.rows().items() if name != "setting"} == {
        name: rows for name, rows in before.items() if name != "setting"
    }
    for name in (None, "spring"):
        with pytest.raises(LaunchUnfinished), loaded.house.database.read() as connection:
            choose(connection, name)


def test_whoever_examines_the_database_is_told_of_it(loaded):
    assert "unfinished-launch" not in codes(loaded)
    cut_off(loaded)
    assert "unfinished-launch" in codes(loaded)
    launch(loaded)
    assert "unfinished-launch" not in codes(loaded)


def codes(world: w.World) -> list[str]:
    return [finding.code for finding in examining.examine(world.house, w.BEFORE, files=False).findings]


def test_whoever_stops_it_is_told_that_nothing_came_of_it_and_what_to_do(loaded):
    with pytest.raises(Interrupted) as stopped:
        launch(loaded, after(3, stop))
    assert stopped.value.exit_code == 130
    assert "“spring”没有发动完" in stopped.value.say("zh") and "campaign launch" in stopped.value.say("zh")
    assert "begin anew" in stopped.value.say("en")


def test_the_next_launch_of_that_name_begins_anew(make_world, loaded):
    cut_off(loaded)
    launch(loaded)
    whole = make_world(w.launched(SPRING, mail=False))
    ours, theirs = loaded.rows(), whole.rows()
    assert {name: len(rows) for name, rows in ours.items()} == {name: len(rows) for name, rows in theirs.items()}
    assert w.start(loaded.house, name="另一个").cases == 9
    with pytest.raises(NameTaken):
        launch(loaded)


def test_one_that_was_cut_off_can_be_cleared_away_and_leaves_nothing(loaded):
    before = {name: rows for name, rows in loaded.rows().items() if name != "person"}
    cut_off(loaded)
    assert launching.clear_unfinished(loaded.house, None) == "spring"
    assert launching.clear_unfinished(loaded.house, None) is None
    assert {name: rows for name, rows in loaded.rows().items() if name != "person"} == before


def test_clearing_away_touches_nothing_else(make_world):
    world = make_world(w.launched(WALK))
    w.load(world.house, SPRING, world.folder)
    world.sweep(w.at(5, 20))
    before = {name: rows for name, rows in world.rows().items() if name != "workflow"}
    cut_off(world, workflow="spring")
    assert launching.clear_unfinished(world.house, None) is None
    assert launching.clear_unfinished(world.house, "walk") is None
    assert launching.clear_unfinished(world.house, "spring") == "spring"
    assert {name: rows for name, rows in world.rows().items() if name != "workflow"} == before


def test_a_campaign_that_runs_goes_on_while_another_is_launched(make_world):
    world = make_world(w.launched(WALK))
    w.load(world.house, SPRING, world.folder)
    world.sweep(w.at(5, 20))

    def work() -> None:
        world.act("G1B1", "甲", w.at(5, 20))
        world.sweep(w.at(6, 1))

    launch(world, after(3, work), workflow="spring", now=w.at(5, 20))
    assert campaigns(world) == {"walk": CampaignState.RUNNING, "spring": CampaignState.RUNNING}
    with world.house.database.read() as connection:
        assert choose(connection, "walk").name == "walk"


def campaigns(world: w.World) -> dict[str, int]:
    with world.house.database.read() as connection:
        return {row.name: row.state for row in connection.execute(select(t.campaign.c.name, t.campaign.c.state))}


def test_a_roster_that_changes_meanwhile_calls_it_off(loaded):
    def grow() -> None:
        loaded.bring_in("S,单位S,学校,\nG3,单位G3,党总支,S\n")

    with pytest.raises(RosterChanged):
        launch(loaded, after(3, grow))
    assert campaigns(loaded) == {} and loaded.rows("cases", "scope", "obligation") == {"cases": [], "scope": [], "obligation": []}
    assert launch(loaded).cases == 10


def test_one_that_is_taken_back_by_another_says_so(loaded):
    with pytest.raises(LaunchTakenBack):
        launch(loaded, after(6, lambda: launching.clear_unfinished(loaded.house, "spring")))
    assert campaigns(loaded) == {}


def test_one_that_is_only_half_taken_back_does_not_go_on(loaded):
    """Whoever takes it back is stopped at it: what is left of it is nobody's."""

    def half() -> None:
        with pytest.raises(Interrupted) as stopped:
            launching.clear_unfinished(loaded.house, "spring", lambda _: stop())
        assert "campaign withdraw" in stopped.value.say("zh")

    with pytest.raises(LaunchTakenBack):
        launch(loaded, after(3, half))
    with loaded.house.database.read() as connection, pytest.raises(LaunchUnfinished):
        choose(connection, None)
    assert launch(loaded).cases == 9


def test_one_that_is_taken_back_leaves_alone_whoever_begins_under_its_number(loaded):
    w.load(loaded.house, WALK, loaded.folder)
    begun: list[int] = []

    def another() -> None:
        launching.clear_unfinished(loaded.house, "spring")
        with pytest.raises(Interrupted):
            launch(loaded, after(3, stop), workflow="walk")
        begun.append(len(loaded.rows("cases")["cases"]))

    with pytest.raises(LaunchTakenBack):
        launch(loaded, after(3, another), workflow="spring")
    assert begun == [3] and len(loaded.rows("cases")["cases"]) == 3
    assert launching.clear_unfinished(loaded.house, "walk") == "walk"


def test_of_two_launches_of_one_name_one_is_whole(make_world, loaded):
    reports: list[Any] = []
    with pytest.raises(LaunchTakenBack):
        launch(loaded, after(3, lambda: reports.append(launch(loaded))))
    assert reports[0].done and reports[0].cases == 9
    whole = make_world(w.launched(SPRING, mail=False))
    ours, theirs = loaded.rows(), whole.rows()
    assert {name: len(rows) for name, rows in ours.items()} == {name: len(rows) for name, rows in theirs.items()}


def test_a_preview_waits_for_nobody_who_writes(loaded):
    with loaded.house.database.write():
        assert w.start(loaded.house, sure=False).cases == 9


def test_it_says_how_far_it_has_come(loaded):
    seen: list[tuple[int, int | None]] = []
    launch(loaded, lambda progress: seen.append((progress.done, progress.total)))
    assert [pair for pair in seen if pair[1] == 9] == [(0, 9), (3, 9), (6, 9), (9, 9)]

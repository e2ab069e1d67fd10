"""A unit that an import moves out of the subtree a campaign was launched over stays in that campaign, and in every answer about it."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.operations import collecting, ending, viewing
from engine.operations.campaigns import TaskRef
from tests.operations import world as w
from tests.operations.conftest import MakeWorld
from tests.operations.files import SPRING

NOW = w.at(9, 1)
LATE = w.at(11, 2)


@pytest.fixture
def moved(make_world: MakeWorld) -> w.World:
    """A campaign over G2 alone, out of which one branch was moved."""
    world = make_world(w.empty())
    w.load(world.house, SPRING, world.folder)
    w.start(world.house, at="G2")
    world.sweep(NOW)
    world.bring_in("G2B1,单位G2B1,党支部,G1\n", now=NOW)
    return world


def counts(world: w.World, now: datetime) -> tuple[int, int]:
    """Cases, and how many of them are stuck, as `status` says."""
    status = viewing.campaign_status(world.house, None, now)
    return status.cases, status.stuck


def test_it_is_stuck_when_it_is_late(moved: w.World) -> None:
    moved.sweep(LATE)
    stuck = moved.stuck(LATE)
    assert "G2B1" in stuck and [one.task for one in stuck["G2B1"].causes] == ["方案", "点评", "总结"]
    assert counts(moved, LATE) == (4, len(stuck))


def test_it_is_looked_at_where_it_is_now(moved: w.World) -> None:
    moved.sweep(LATE)
    assert list(moved.stuck(LATE, under="G1")) == ["G2B1"]
    assert "G2B1" not in moved.stuck(LATE, under="G2")


def test_its_notices_are_listed(moved: w.World) -> None:
    moved.sweep(LATE)
    assert "G2B1" in {line.unit for line in moved.notices(LATE)}


def test_what_it_hands_in_is_collected(moved: w.World) -> None:
    moved.hand_in("G2B1", "方案", NOW, moved.paper(200))
    ref = TaskRef.parse("方案")
    found = collecting.collect(moved.house, None, ref, moved.folder / "out", unit=None, under=None, all_versions=False)
    assert ["G2B1" in one.file for one in found.files] == [True]


def test_whoever_closes_is_told_that_it_has_not_finished(moved: w.World) -> None:
    assert ending.close(moved.house, None, by=w.ADMIN, reason="结束", now=LATE).units == 4

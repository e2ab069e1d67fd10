"""What the histories share: names for the program, and comparing that says where two differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.operations import sweeping
from engine.store.pace import Pace
from tests.operations.world import World


def may_waive(duty: Any) -> bool:
    """Whether anybody may."""
    return bool(duty.task.waive) or duty.task.modality == "should"


def sweep(world: World, now: datetime, batch: int) -> Any:
    """What is due, in batches of so many units."""
    return sweeping.sweep(world.house, now, pace=Pace(batch, most=batch))


def named(key: tuple[str, str, str]) -> str:
    """TASK[@PERIOD]."""
    return f"{key[1]}@{key[2]}" if key[2] else key[1]


def expect_nothing(found: list[Any]) -> None:
    """Fails with what was found."""
    assert not found, "\n".join(map(str, found[:5]))


def count(told: list[Any]) -> dict[Any, int]:
    """How often each was told."""
    found: dict[Any, int] = {}
    for one in told:
        found[one] = found.get(one, 0) + 1
    return found


def expect_same(found: dict[Any, Any], foretold: dict[Any, Any]) -> None:
    """Fails with the places in which they differ."""
    apart = [(key, found.get(key), foretold.get(key)) for key in {**found, **foretold} if found.get(key) != foretold.get(key)]
    assert not apart, "\n".join(f"{key}\n  is       {one}\n  expected {other}" for key, one, other in apart[:5])

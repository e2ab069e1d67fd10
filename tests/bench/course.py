"""The order in which a campaign of one size is measured on one backend: each row leaves the database as the next one needs it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tests.bench import campaign, launches, moves, steps, sweeps
from tests.bench.figures import Figure
from tests.bench.ground import Effort, Ground

ROWS = ("launch", "step", "idle", "due", "storm", "move")


def course(ground: Ground, units: int, effort: Effort, rows: Collection[str] = ROWS) -> Iterator[Figure]:
    """The figures of the rows asked for, as they come."""
    prepared = campaign.prepared(ground, units)
    if "launch" in rows:
        figure, url = launches.launches(ground, prepared, units, effort)
        yield figure
    else:
        url = launched(ground, prepared)
    ground.drop(prepared)
    yield from _begun(ground, url, units, effort, rows)
    yield from _stuck(ground, url, units, effort, rows)
    ground.drop(url)


def launched(ground: Ground, prepared: str) -> str:
    """A database in which the campaign has been launched, untimed."""
    url = ground.copy(prepared)
    with ground.house(url) as house:
        campaign.launch(house)
    return url


def _begun(ground: Ground, url: str, units: int, effort: Effort, rows: Collection[str]) -> Iterator[Figure]:
    with ground.house(url) as house:
        campaign.begin(house)
    ground.tidy(url)
    if "step" in rows:
        yield from steps.steps(ground, url, units, effort)


def _stuck(ground: Ground, url: str, units: int, effort: Effort, rows: Collection[str]) -> Iterator[Figure]:
    campaign.pass_first_stage(ground, url)
    acts = {"idle": sweeps.idle, "due": sweeps.some_due, "storm": sweeps.storm, "move": moves.moves}
    for name, act in acts.items():
        if name in rows:
            yield act(ground, url, units, effort)

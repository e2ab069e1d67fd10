"""The order in which a campaign of one size is measured on one backend: each row leaves the database as the next one needs it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from tests.bench import asking, campaign, copies, launches, memory, moves, starting, steps, sweeps, tells, writers
from tests.bench.figures import Figure
from tests.bench.ground import Effort, Ground

Act = Callable[[Ground, str, int, Effort], Iterable[Figure]]


def _one(act: Callable[[Ground, str, int, Effort], Figure]) -> Act:
    return lambda *given: (act(*given),)


def _memory_of_launch(ground: Ground, prepared: str, units: int, effort: Effort) -> Iterable[Figure]:
    return (memory.of_launch(ground, prepared, units),)


def _writers(ground: Ground, stuck: str, units: int, effort: Effort) -> Iterable[Figure]:
    act = writers.four_on_one_file if ground.where == "sqlite" else writers.four_under_one_root
    return (act(ground, stuck, units, effort),)


# Where the campaign stands: about to be launched; just launched; its first stage open; 1 % stuck in the first stage.
PREPARED: Mapping[str, Act] = {"memory": _memory_of_launch}
LAUNCHED: Mapping[str, Act] = {"idle": _one(sweeps.idle_waiting)}
BEGUN: Mapping[str, Act] = {"step": steps.steps}
STUCK: Mapping[str, Act] = {
    "idle": _one(sweeps.idle),
    "due": _one(sweeps.some_due),
    "storm": _one(sweeps.storm),
    "tell": tells.tells,
    "ask": asking.asked,
    "writers": _writers,
    "wait": _one(writers.storm_with_a_step),
    "move": _one(moves.moves),
    "memory": _one(memory.of_run),
    "copies": copies.copies,
}
# Asked of one small campaign only: it is the start that counts.
START: Mapping[str, Act] = {"start": starting.starts}
ROWS = tuple(dict.fromkeys(("launch", *PREPARED, *LAUNCHED, *BEGUN, *STUCK, *START)))


def course(ground: Ground, units: int, effort: Effort, rows: Collection[str] = ROWS) -> Iterator[Figure]:
    """The figures of the rows asked for, as they come."""
    prepared = campaign.prepared(ground, units)
    yield from _acts(PREPARED, rows, ground, prepared, units, effort)
    if "launch" in rows:
        figure, url = launches.launches(ground, prepared, units, effort)
        yield figure
    else:
        url = launched(ground, prepared)
    ground.drop(prepared)
    ground.tidy(url)
    yield from _acts(LAUNCHED, rows, ground, url, units, effort)
    with ground.house(url) as house:
        campaign.begin(house)
    ground.tidy(url)
    yield from _acts(BEGUN, rows, ground, url, units, effort)
    campaign.pass_first_stage(ground, url)
    yield from _acts({**STUCK, **START}, rows, ground, url, units, effort)
    ground.drop(url)


def _acts(acts: Mapping[str, Act], rows: Collection[str], ground: Ground, url: str, units: int, effort: Effort) -> Iterator[Figure]:
    for name, act in acts.items():
        if name in rows:
            yield from act(ground, url, units, effort)


def launched(ground: Ground, prepared: str) -> str:
    """A database in which the campaign has been launched, untimed."""
    url = ground.copy(prepared)
    with ground.house(url) as house:
        campaign.launch(house)
    return url

"""Several processes on one database: how long anybody waits, and how much they get done together.

There is nothing plain to compare with: what is promised is a wait, or a multiple of what one process does alone. A step is timed whole,
from the call to its return; a wait is never longer than that. Handing in and taking back by turns, so that it can go on for ever.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from engine.operations import sweeping
from tests.bench import campaign, sweeps
from tests.bench.figures import Figure, Limit
from tests.bench.ground import HOUSE, Effort, Ground
from tests.bench.plain import Plain, plain

UNITS_EACH = 20
DELAY = 0.003


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """What one process did: the seconds of each step, and those from its first to its last."""

    spent: tuple[float, ...]
    elapsed: float

    @property
    def rate(self) -> float:
        """Steps a second."""
        return len(self.spent) / self.elapsed


class Stepper:
    """A process that steps; ready when made."""

    def __init__(self, url: str, folder: str, numbers: Sequence[int]) -> None:
        command = [sys.executable, "-m", "tests.bench.stepper", url, folder, *map(str, numbers)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HOUSE)
        assert self._read() == "ready\n", "a stepper did not come up"

    def say(self, line: str) -> None:
        """Begin (`3.0`: for so many seconds; ``: until something else is said), or stop."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def answer(self) -> Stepped:
        """What it did, once it has ended."""
        told: dict[str, Any] = json.loads(self._read())
        return Stepped(spent=tuple(told["spent"]), elapsed=told["elapsed"])

    def close(self) -> None:
        """Wait for its end; it has been told before, or it fails at its next word."""
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def together(ground: Ground, url: str, processes: int, seconds: float, numbers: Sequence[int]) -> list[Stepped]:
    """So many processes stepping at the same time, each on units of its own."""
    with ExitStack() as opened:
        steppers = []
        for one in range(processes):
            steppers.append(Stepper(url, str(ground.folder / "files"), numbers[one::processes][:UNITS_EACH]))
            opened.callback(steppers[-1].close)
        for stepper in steppers:
            stepper.say(str(seconds))
        return [stepper.answer() for stepper in steppers]


def free_units(url: str, processes: int) -> list[int]:
    """Numbers of lowest units that are not stuck, from all over the tree; enough for so many processes."""
    query = "SELECT c.unit_id - 1 FROM cases c JOIN unit u ON u.id = c.unit_id WHERE c.stage = 1 AND u.level = '班' ORDER BY c.id"
    with plain(url) as connection:
        found = [row[0] for row in connection.run(query)]
    wanted = processes * UNITS_EACH
    return found[:: max(1, len(found) // wanted)][:wanted]


def four_on_one_file(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """The longest step of four processes that do nothing but step."""
    numbers = free_units(stuck, effort.processes)
    runs = [together(ground, stuck, effort.processes, effort.seconds, numbers) for _ in range(effort.runs)]
    return Figure(
        what="four processes stepping on one file: longest step",
        where=ground.where,
        size=units,
        ours=tuple(longest(run) for run in runs),
        limit=Limit(bound=0.25, of="ours", worst=True),
        notes={"rates": [[one.rate for one in run] for run in runs], "medians": [median(run[0].spent) for run in runs]},
    )


def longest(run: Sequence[Stepped]) -> float:
    """The longest step of all of them."""
    return max(spent for one in run for spent in one.spent)


def four_under_one_root(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """Steps a second of four processes by those of one, every commit delayed by 3 ms.

    A deferred trigger on the journal sleeps when the transaction commits: its locks are still held, as they are while a slow disk syncs,
    and commits of different transactions may sleep side by side, as one sync serves all that wait for it.
    """
    with plain(stuck) as connection:
        delay_commits(connection)
    numbers = free_units(stuck, effort.processes)
    rates = []
    for _ in range(effort.runs):
        alone, side_by_side = (together(ground, stuck, processes, effort.seconds, numbers) for processes in (1, effort.processes))
        rates.append((alone[0].rate, sum(one.rate for one in side_by_side)))
    with plain(stuck) as connection:
        connection.run("DROP TRIGGER slow_commit ON event")
    return Figure(
        what="four processes under one root, commits delayed by 3 ms",
        where=ground.where,
        size=units,
        ours=tuple(four / one for one, four in rates),
        unit="x",
        limit=Limit(bound=3.0, of="ours", least=True),
        notes={"steps a second, alone and together": rates},
    )


def delay_commits(connection: Plain) -> None:
    """Whoever has written to the journal sleeps before the commit."""
    connection.run(
        "CREATE OR REPLACE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN PERFORM pg_sleep({DELAY}); RETURN NULL; END $$"
    )
    connection.run(
        "CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION slow_commit()"
    )


def storm_with_a_step(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """The longest step of another process while everybody's rung is due, at the same instant as the storm's own."""
    numbers = free_units(stuck, 1)
    steps = [_step_in_storm(ground, stuck, 500 + run, numbers) for run in range(effort.runs)]
    return Figure(
        what=f"storm of {units:,}: longest step of another process",
        where=ground.where,
        size=units,
        ours=tuple(max(spent) for spent in steps),
        limit=Limit(bound=0.1, of="ours", worst=True),
        notes={"steps": [len(spent) for spent in steps], "medians": [median(spent) for spent in steps]},
    )


def _step_in_storm(ground: Ground, stuck: str, number: int, numbers: Sequence[int]) -> tuple[float, ...]:
    with ground.house(stuck) as house, plain(stuck) as connection:
        stepper = Stepper(stuck, str(ground.folder / "files"), numbers)
        stepper.say("")
        sweeps.set_bell(connection, *sweeps.original(connection), number)
        sweeping.sweep(house, campaign.AFTERWARDS)
        stepper.say("stop")
        answer = stepper.answer()
        stepper.close()
        due, cases = connection.one("SELECT count(*), count(DISTINCT case_id) FROM notice WHERE kind = 1 AND number = ?", number)
        assert due == cases > 0, "a rung was decided twice, or not at all"
        sweeps.forget(connection)
    return answer.spent

"""How much memory a launch and a running program need: the peak of a process of its own, `python -m tests.bench.memory WHAT URL FOLDER`.

The program that runs sweeps a storm, writes the letters of it and sends them to nowhere, for some seconds: what it holds of the whole
campaign it holds from the first letter on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.evidence.vault import Vault
from engine.operations import launching, sweeping, telling
from engine.operations.context import House
from engine.operations.post import Post
from engine.store.database import open_database
from notifiers.base import Letter
from tests.bench import campaign, sweeps
from tests.bench.figures import Figure, Limit
from tests.bench.ground import HOUSE, Effort, Ground
from tests.bench.plain import plain

BOUND = 500.0


class Nowhere:
    """A channel that takes everything and keeps nothing."""

    name = "nowhere"
    attaches = False

    def send(self, letter: Letter, now: datetime) -> str:
        """Taken."""
        return "taken"

    def close(self) -> None:
        """Nothing to close."""

    def hang_up(self) -> None:
        """Nobody is talked to."""


def peak() -> float:
    """MiB that this process ever had in memory. Not what `getrusage` says: that begins with what the parent had."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def run(house: House, seconds: float) -> None:
    """What a round of `campaign run` does. An alarm ends the process wherever it is: an exception could come in the midst of anything."""
    sweeping.sweep(house, campaign.AFTERWARDS)
    signal.signal(signal.SIGALRM, lambda *_: _say_and_leave())
    signal.setitimer(signal.ITIMER_REAL, seconds)
    telling.deliver(house, Post(notifier=Nowhere(), lang="zh", sender_address="office@example.org"), campaign.AFTERWARDS)


def _say_and_leave() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    print(peak(), flush=True)
    os._exit(0)


ACTS: dict[str, Callable[[House, float], object]] = {"launch": lambda house, _: campaign.launch(house), "run": run}


def child(what: str, url: str, folder: str, seconds: str) -> None:
    """Do it and say the peak."""
    house = House(database=open_database(url), vault=Vault(Path(folder)))
    ACTS[what](house, float(seconds))
    _say_and_leave()


def _peak_of(what: str, url: str, ground: Ground, seconds: float) -> float:
    command = [sys.executable, "-m", "tests.bench.memory", what, url, str(ground.folder / "files"), str(seconds)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HOUSE).stdout)


def of_launch(ground: Ground, prepared: str, units: int) -> Figure:
    """One run: memory hardly varies."""
    url = ground.copy(prepared)
    used = _peak_of("launch", url, ground, 0)
    ground.drop(url)
    return _figure("memory of a launch", ground, units, used)


def of_run(ground: Ground, stuck: str, units: int, effort: Effort) -> Figure:
    """One run, in a storm with the mail on."""
    with ground.house(stuck) as house:
        launching.switch_mail(house, None, on=True, by=campaign.ADMIN, now=campaign.AFTERWARDS)
    with plain(stuck) as connection:
        sweeps.set_bell(connection, *sweeps.original(connection), 900)
    return _figure("memory of `run` in a storm", ground, units, _peak_of("run", stuck, ground, 10 * effort.seconds))


def _figure(what: str, ground: Ground, units: int, used: float) -> Figure:
    return Figure(what=what, where=ground.where, size=units, ours=(used,), unit="MiB", limit=Limit(bound=BOUND, of="ours"))


if __name__ == "__main__":
    child(*sys.argv[1:])

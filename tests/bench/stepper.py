"""A process of its own that does single steps: `python -m tests.bench.stepper URL FOLDER NUMBER...`; see `writers`.

It says `ready`, waits for a line (seconds, or nothing: until the next line), and answers with how long each step took.
"""

from __future__ import annotations

import json
import select
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from time import perf_counter

from engine.evidence.vault import Vault
from engine.operations.context import House
from engine.store.database import open_database
from tests.bench import campaign, steps

TASK = "二丙"


def endless(house: House, numbers: list[int]) -> Iterator[float]:
    """Handing in and taking back, unit after unit: the seconds of each."""
    for number in cycle(numbers):
        for act in (steps.hand_in, steps.take_back):
            begun = perf_counter()
            act(house, number, TASK, campaign.AFTERWARDS)
            yield perf_counter() - begun


def heard() -> bool:
    """Whether somebody has said to stop."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


def main(url: str, folder: str, *numbers: str) -> None:
    """Step until the time is up or a line comes in."""
    house = House(database=open_database(url), vault=Vault(Path(folder)))
    stepping = endless(house, list(map(int, numbers)))
    # Whole pairs, so that everybody is left as found.
    _ = next(stepping), next(stepping)
    print("ready", flush=True)
    allowed = sys.stdin.readline().strip()
    spent: list[float] = []
    begun = perf_counter()
    while not (perf_counter() - begun >= float(allowed) if allowed else heard()) or len(spent) % 2:
        spent.append(next(stepping))
    print(json.dumps({"spent": spent, "elapsed": perf_counter() - begun}), flush=True)
    house.database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`make bench`: measure, print the table, keep the figures in build/bench."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.course import ROWS, START, course
from tests.bench.figures import Figure, growth
from tests.bench.ground import BY_PROCESSOR, HOUSE, Effort, Ground
from tests.bench.table import cells, rendered
from tests.postgres import serving

PLACES = ("sqlite", "postgresql")
SMALL = 200
KEPT = HOUSE / "build" / "bench"


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[10_000, 100_000], help="sizes, each unit with 12 obligations")
    parser.add_argument("--on", nargs="+", choices=PLACES, default=PLACES)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=ROWS)
    parser.add_argument("--runs", type=int, default=Effort.runs)
    parser.add_argument("--steps", type=int, default=Effort.steps, help="single steps a run")
    return parser.parse_args()


def measured(asked: argparse.Namespace) -> Iterator[Figure]:
    """The figures as they come. A server's data is under /tmp, a file's beside what is kept: not in memory, where syncing is free."""
    effort = Effort(runs=asked.runs, steps=asked.steps)
    KEPT.mkdir(parents=True, exist_ok=True)
    for where in asked.on:
        with ExitStack() as opened:
            folder = Path(opened.enter_context(TemporaryDirectory(dir=KEPT)))
            server = opened.enter_context(serving(durable=True)) if where == "postgresql" else None
            ground = Ground(where=where, folder=folder, server=server)
            found = [figure for units in asked.units for figure in told(course(ground, units, effort, set(asked.rows) - set(START)))]
            found += told(course(ground, SMALL, effort, set(asked.rows) & set(START)))
        yield from found
        yield from _growths(found)


def told(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Each figure, said as soon as it is there."""
    for figure in figures:
        print("  ".join(filter(None, cells(figure))), file=sys.stderr, flush=True)
        yield figure


def _growths(figures: list[Figure]) -> Iterator[Figure]:
    launches = [figure for figure in figures if figure.what == "launch"]
    return (growth(small, large) for small, large in pairwise(launches))


def machine() -> dict[str, object]:
    """What it was measured on."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "clock": "processor" if BY_PROCESSOR else "wall",
    }


def keep(figures: list[Figure], begun: dict[str, object]) -> Path:
    """Write what was measured; where."""
    now = datetime.now(UTC)
    file = KEPT / f"{now:%Y%m%dT%H%M%SZ}.json"
    data = {"at": now.isoformat(), "begun": begun, "ended": machine(), "figures": [figure.as_data() for figure in figures]}
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


def main() -> None:
    """Measure and tell."""
    begun = machine()
    figures = list(measured(arguments()))
    judged = [figure for figure in figures if figure.met is not None]
    print(rendered(figures))
    if BY_PROCESSOR:
        print("\nTimes are the processor's, this process alone: no disk, no server, no waiting.")
    print(f"\n{sum(bool(figure.met) for figure in judged)} of {len(judged)} kept. Load of the machine: {os.getloadavg()[0]:.1f}"
          f" on {os.cpu_count()} cores. Figures: {keep(figures, begun)}")  # fmt: skip


if __name__ == "__main__":
    main()

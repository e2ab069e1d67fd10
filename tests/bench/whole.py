"""A whole campaign on a virtual clock: `python -m tests.bench.whole UNITS... [--on sqlite]`, each size in a process of its own.

From the launch to the last stage: every opening, every reminder and every move is made by real sweeps. Of what is owed 1 % is handed in
and accepted by single steps; the rest is done by two statements of the plain driver a task, as no office could do it by hand. The third
task of each stage is done only after its reminder, so that four times everybody is reminded at one instant. Mail is off: notices are
decided, no letter is written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from engine.evidence.vault import Vault
from engine.machine.states import FINISHED, ObligationState
from engine.operations import sweeping
from engine.operations.context import House
from engine.store.database import open_database
from tests.bench import campaign, steps
from tests.bench.__main__ import KEPT, PLACES
from tests.bench.ground import HOUSE, Ground
from tests.bench.memory import peak
from tests.bench.plain import Plain, plain
from tests.postgres import serving

SINGLY_EVERY = 100
PHASES = ("launch", "open", "steps", "bulk", "remind", "move")


class Course:
    """One campaign as it goes, and the seconds that each kind of work has taken."""

    def __init__(self, house: House, connection: Plain, units: int) -> None:
        self.house = house
        self.connection = connection
        self.places = [place for place in campaign.tree(units) if place.number % SINGLY_EVERY == 1]
        self.spent = dict.fromkeys(PHASES, 0.0)
        self.stepped = 0

    def run(self) -> None:
        """From the launch to the end."""
        self._took("launch", lambda: campaign.launch(self.house))
        for number, (stage, month) in enumerate(campaign.STAGES.items()):
            for task, day in campaign.TASKS.items():
                self._task(number, f"{stage}{task}", month, day, after_its_reminder=task == "丙")
            self._took("move", lambda month=month: sweeping.sweep(self.house, campaign.at(month + 1, 1)))

    def _task(self, stage: int, task: str, month: int, day: int, *, after_its_reminder: bool) -> None:
        self._took("open", lambda: sweeping.sweep(self.house, campaign.at(month, day - 9)))
        if after_its_reminder:
            self._took("remind", lambda: sweeping.sweep(self.house, campaign.at(month, day - 4)))
        now = campaign.at(month, day - 3 if after_its_reminder else day - 8)
        self._took("steps", lambda: self._singly(task, now))
        self._took("bulk", lambda: do_all(self.connection, stage, task, now))

    def _singly(self, task: str, now: datetime) -> None:
        for place in self.places:
            steps.hand_in(self.house, place.number, task, now)
            steps.accept(self.house, place.number, place.superior or 0, task, now)
            self.stepped += 2

    def _took(self, phase: str, act: Any) -> None:
        begun = perf_counter()
        act()
        self.spent[phase] += perf_counter() - begun


def do_all(connection: Plain, stage: int, task: str, now: datetime) -> None:
    """Everybody who has not done it has done it."""
    at = int(now.timestamp())
    occurrence = connection.one("SELECT id FROM occurrence WHERE task = ?", task)[0]
    undone = "occurrence_id = ? AND state < ?"
    accepted = int(ObligationState.ACCEPTED)
    with connection.work():
        connection.run(f"UPDATE progress SET missing = missing - 1 WHERE stage = ? AND case_id IN"
                       f" (SELECT case_id FROM obligation WHERE {undone})", stage, occurrence, accepted)  # fmt: skip
        connection.run(f"UPDATE obligation SET state = ?, settled = ?, version = 1, handed_in_at = ?, changed_at = ? WHERE {undone}",
                       accepted, True, at, at, occurrence, accepted)  # fmt: skip
        connection.run("INSERT INTO ready (case_id, campaign_id, stage, since) SELECT c.id, 1, c.stage, ? FROM cases c WHERE c.stage = ?"
                       " AND NOT EXISTS (SELECT 1 FROM progress p WHERE p.case_id = c.id AND p.stage <= c.stage AND p.missing > 0)"
                       " ON CONFLICT (case_id) DO NOTHING", at, stage)  # fmt: skip


def measured(url: str, folder: str, units: int) -> dict[str, Any]:
    """Run it in this process; what it took. Raises where somebody has not come to the end."""
    house = House(database=open_database(url), vault=Vault(Path(folder)))
    with plain(url) as connection:
        if connection.sqlite:
            # The peak is to say what the program needs, not what the statements need that stand for everybody else's work.
            connection.run("PRAGMA temp_store = FILE")
        course = Course(house, connection, units)
        begun = perf_counter()
        course.run()
        seconds = perf_counter() - begun
        stages = connection.run("SELECT stage, count(*) FROM cases GROUP BY stage")
        assert [tuple(row) for row in stages] == [(FINISHED, units)], stages
        notices = connection.one("SELECT count(*) FROM notice")[0]
        size = _size(connection)
    house.database.dispose()
    return {"units": units, "seconds": seconds, **course.spent, "singly": course.stepped, "notices": notices, "MiB": size, "peak": peak()}


def _size(connection: Plain) -> float:
    """MiB on disk."""
    if connection.sqlite:
        connection.tidy()
        return float(connection.one("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")[0]) / 2**20
    return float(connection.one("SELECT pg_database_size(current_database())")[0]) / 2**20


def courses(where: str, sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    """One size after the other, each on a database of its own."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(dir=KEPT)))
        server = opened.enter_context(serving(durable=True)) if where == "postgresql" else None
        ground = Ground(where=where, folder=folder, server=server)
        for units in sizes:
            url = campaign.prepared(ground, units)
            command = [sys.executable, "-m", "tests.bench.whole", "--child", url, str(folder / "files"), str(units)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HOUSE)
            yield {"where": where, **json.loads(done.stdout)}
            ground.drop(url)


COLUMNS = ("where", "units", "seconds", *PHASES, "singly", "notices", "MiB", "peak")


def line(found: dict[str, Any]) -> str:
    """A row of the table in `engine/SCALE.md`."""
    shown = (f"{found[name]:,.1f}" if isinstance(found[name], float) else f"{found[name]}" for name in COLUMNS)
    return f"| {' | '.join(shown)} |"


def main() -> None:
    """Measure and print a table; with `--child` do one course in this process."""
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(measured(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench.whole", description=__doc__)
    parser.add_argument("units", type=int, nargs="+")
    parser.add_argument("--on", nargs="+", choices=PLACES, default=PLACES)
    asked = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n| {' | '.join('--' for _ in COLUMNS)} |", flush=True)
    for where in asked.on:
        for found in courses(where, asked.units):
            print(line(found), flush=True)


if __name__ == "__main__":
    main()

"""The start of the command line, as whoever types it waits: a process from its beginning to its end, with one small campaign.

The first start on a machine, which compiles the program, does not count.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.bench.figures import Figure, Limit
from tests.bench.ground import BY_PROCESSOR, Effort, Ground, seconds

PROGRAM = Path(sys.executable).with_name("campaign")


def starts(ground: Ground, stuck: str, units: int, effort: Effort) -> list[Figure]:
    """`campaign --version` and `campaign stuck`. In the notes the processor time, which neighbours on the machine do not change."""
    here = {"CAMPAIGN_DB": stuck.removeprefix("sqlite:///"), "CAMPAIGN_FILES": str(ground.folder / "files")}
    # As after any first start: compiled, wherever this program of ours was told not to keep what it compiles.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ground.folder / "compiled")}
    env = {**os.environ, **here, **compiled}
    asked = (("campaign --version", ["--version"], 0.15), ("campaign stuck", ["stuck"], 0.45))
    return [_figure(ground, units, what, words, bound, env, effort.runs) for what, words, bound in asked]


def _figure(ground: Ground, units: int, what: str, words: list[str], bound: float, env: dict[str, str], times: int) -> Figure:
    _start([str(PROGRAM), *words], env)
    runs = [_start([str(PROGRAM), *words], env) for _ in range(times)]
    waited, used = (tuple(one[at] for one in runs) for at in (0, 1))
    limit = Limit(bound=bound, of="ours")
    return Figure(what=what, where=ground.where, size=units, ours=used if BY_PROCESSOR else waited, limit=limit, notes={"processor": used})


def _start(words: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Seconds from beginning to end, and those of the processor."""
    before = _processor()
    waited = seconds(lambda: subprocess.run(words, check=True, capture_output=True, env=env))
    return waited, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

"""How much a batch takes on: what is done in a moment, so that whoever waits for the database waits no longer than that."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

# Seconds. A single step of another process may wait for one batch and the pause after it (MEASURED section 5).
MOMENT = 0.02
FEWEST, MOST = 250, 20_000


class Pace:
    """The size of the next batch, by how long the last one took, and never above `most`. Enter it for the time of a batch.

    moment: how many seconds a batch should last.
    lasted: whether the last batch took so long that somebody may be waiting for a gap.
    """

    def __init__(self, size: int = 500, most: int = MOST, moment: float = MOMENT) -> None:
        self.size = size
        self._most = most
        self._moment = moment
        self.lasted = False
        self._begun = 0.0

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.took(time.monotonic() - self._begun)

    def took(self, seconds: float) -> None:
        """Twice as many where it took less than half a moment, half as many where it took more than one."""
        self.lasted = seconds > self._moment / 2
        if seconds > self._moment:
            self.size = max(min(FEWEST, self._most), self.size // 2)
        elif seconds < self._moment / 2:
            self.size = min(self._most, self.size * 2)

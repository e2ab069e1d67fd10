"""One figure of the table: what was measured in each run, what it is compared with, and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What is allowed. of: the ratio to the plain driver, or our own value; least: the bound must be reached, not kept under.

    worst: the worst run counts, not the median: a promise that nobody ever waits longer is broken by one who does.
    """

    bound: float
    of: Literal["ratio", "ours"] = "ratio"
    least: bool = False
    worst: bool = False


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A row of the table. ours, plain: one value a run, in `unit` (s, MiB, /s or x); plain is empty where there is nothing to compare."""

    what: str
    where: str
    size: int
    ours: tuple[float, ...]
    plain: tuple[float, ...] = ()
    unit: str = "s"
    limit: Limit | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours to the plain driver, run by run: both have seen the same neighbours on the machine."""
        return tuple(ours / plain for ours, plain in zip(self.ours, self.plain, strict=False))

    @property
    def ratio(self) -> float | None:
        """The median of the runs."""
        return median(self.ratios) if self.plain else None

    @property
    def spread(self) -> float:
        """The largest run divided by the smallest, of what is judged: 1.0 is no spread at all."""
        return spread(self._judged)

    @property
    def _judged(self) -> tuple[float, ...]:
        by_ratio = bool(self.plain) and (self.limit is None or self.limit.of == "ratio")
        return self.ratios if by_ratio else self.ours

    @property
    def value(self) -> float:
        """The one number that is held against the limit."""
        if self.limit is not None and self.limit.worst:
            return min(self._judged) if self.limit.least else max(self._judged)
        return median(self._judged)

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None where there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit.bound if self.limit.least else self.value <= self.limit.bound

    def as_data(self) -> dict[str, Any]:
        """For the file that is kept."""
        return {**asdict(self), "ratio": self.ratio, "spread": self.spread, "value": self.value, "met": self.met}


def spread(values: tuple[float, ...]) -> float:
    """The largest divided by the smallest; infinite where the smallest is nothing and the largest is not."""
    low, high = min(values), max(values)
    if low == high:
        return 1.0
    return high / low if low else float("inf")


def growth(small: Figure, large: Figure) -> Figure:
    """How the cost of one unit grows from the smaller size to the larger: 1 is linear. Nothing closer than 1.3 is believed."""
    per_unit = median(large.ours) / large.size / (median(small.ours) / small.size)
    return Figure(
        what=f"{large.what}: cost of a unit, against {small.size:,} units",
        where=large.where,
        size=large.size,
        ours=(per_unit,),
        unit="x",
        limit=Limit(bound=1.3, of="ours"),
    )

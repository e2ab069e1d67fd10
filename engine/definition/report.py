"""Collecting everything that is wrong with a file, and remembering where everything in it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.definition.advice import spelled
from engine.definition.words import Spelling, english
from engine.sentences import Problem, Sentence


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place in a file: line and column counted from 1 (0: the whole file), and its path in the author's words."""

    line: int
    column: int
    path: str


class Report:
    """The problems of one file, in the order of their places. spelling: how its author spells keys, once that is known."""

    def __init__(self, *, file: str) -> None:
        self.file = file
        self.spelling = Spelling()
        self._problems: list[Problem] = []

    def add(
        self, code: str, spot: Spot, message: Sentence, hint: Sentence | None = None, *, severity: Literal["error", "warning"] = "error"
    ) -> None:
        """Remember one problem at a place."""
        found = Problem(
            file=self.file, line=spot.line, column=spot.column, path=spot.path, code=code, message=message, hint=hint, severity=severity
        )
        self._problems.append(found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, from the top of the file down; none of them twice."""
        first = {(p.line, p.column, p.code, p.path): p for p in reversed(self._problems)}
        return tuple(map(self._spelled, sorted(first.values(), key=lambda p: (p.line, p.column, p.code))))

    def _spelled(self, problem: Problem) -> Problem:
        hint = problem.hint and spelled(problem.hint, self.spelling)
        return replace(problem, message=spelled(problem.message, self.spelling), hint=hint)

    @property
    def failed(self) -> bool:
        """Whether one of them is an error."""
        return any(problem.severity == "error" for problem in self._problems)


_SEGMENT = re.compile(r"([^.\[\]]+)")


def _folded(path: str) -> str:
    """The same path in whichever spelling its keys are written."""
    return _SEGMENT.sub(lambda found: english(found[1]), path)


class Places(Mapping[str, tuple[int, int]]):
    """Path in the author's words (`stages.X.tasks.Y.due`, `ladder[1].at`, list entries counted from 1) -> (line, column) of the value.

    Either spelling of a key finds its place: `tasks.Y.期限` and `任务.Y.due` are the same.
    """

    def __init__(self) -> None:
        self._values: dict[str, Spot] = {}
        self._keys: dict[str, Spot] = {}

    def note(self, *, value: Spot, key: Spot) -> None:
        """Remember where a value and its key stand."""
        self._values.setdefault(_folded(value.path), value)
        self._keys.setdefault(_folded(key.path), key)

    def __getitem__(self, path: str) -> tuple[int, int]:
        spot = self._values[_folded(path)]
        return spot.line, spot.column

    def __iter__(self) -> Iterator[str]:
        return (spot.path for spot in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def value(self, path: str) -> Spot:
        """Where the value of a path stands, in the author's own words; of its nearest known parent if it is not written itself."""
        return self._nearest(self._values, path)

    def key(self, path: str) -> Spot:
        """Where the key of a path stands; of its nearest known parent if it is not written itself."""
        return self._nearest(self._keys, path)

    def _nearest(self, spots: Mapping[str, Spot], path: str) -> Spot:
        wanted = _folded(path)
        while wanted and wanted not in spots:
            wanted = wanted[: max(wanted.rfind("."), wanted.rfind("["), 0)]
        return spots.get(wanted, Spot(line=0, column=0, path=""))

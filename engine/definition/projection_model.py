"""What a workflow comes to on the calendar: stages and occurrences with their instants, and every reading in the author's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How one wording of the file was read. `path`: stages.X.window; `wording`: as written; opens/due: ISO local dates as shown to people.

    `remarks`: vague, provisional, on a holiday, moved from, cut period.
    """

    path: str
    wording: str
    opens: str | None
    due: str | None
    remarks: tuple[Sentence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageDates:
    """A stage on the calendar. Instants aware UTC; `closes` is the first instant after it; None: open end, or undated."""

    name: str
    position: int
    wording: str
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True, kw_only=True)
class RungDates:
    """One rung of an occurrence: the instant it fires and its number. `number` counts repeats too, in firing order; `rung`: index in the ladder."""

    number: int
    rung: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OccurrenceDates:
    """One period of a task. `period`: '' for a once-only task. All instants aware UTC, each the first instant that is too late (or 00:00 of an opening).

    `position`: index of the stage it gates (-1: the run has no stages).  `due_text`: the local due day as people see it (2010-12-31), with time where one is given.
    `pending_on`: names it waits for (an undated anchor, `received`, `undated`); then `due` is None.
    `on_entry`: opens when the case enters the stage.
    """

    task: str
    period: str
    period_title: Sentence
    position: int
    wording: str
    opens: datetime | None
    due: datetime | None
    due_text: str
    late: datetime | None
    lock: datetime | None
    on_entry: bool = False
    pending_on: tuple[str, ...] = ()
    rungs: tuple[RungDates, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Projection:
    """The whole file on the calendar."""

    stages: tuple[StageDates, ...]
    occurrences: tuple[OccurrenceDates, ...]
    readings: tuple[Reading, ...]

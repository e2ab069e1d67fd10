"""What a workflow comes to on the calendar: stages and occurrences with their instants, and every reading in the author's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.sentences import Sentence

# What an occurrence waits for when its wording could not be read: an issue says why.
# The code of a remark: a day rests on holidays that are not published yet.
PROVISIONAL = "provisional"
# The code of another: stages that go on at the same time.
OVERLAPS = "overlaps"
UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class DateIssue:
    """Something wrong, or worth a look, in a date or in the whole. `path`: the author's place (stages.X.tasks.Y.due)."""

    path: str
    code: str
    message: Sentence
    hint: Sentence | None = None
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How one wording of the file was read. `path`: stages.X.window; `wording`: as written; opens/due: ISO local dates as shown to people.

    `remarks`: vague, provisional, on a holiday, moved from, cut period.  `codes`: the kebab-case name of each remark, in the same order.
    `period`: the occurrence this reading is for, '' where the wording is read once.
    """

    path: str
    wording: str
    opens: str | None
    due: str | None
    remarks: tuple[Sentence, ...] = ()
    codes: tuple[str, ...] = ()
    period: str = ""


@dataclass(frozen=True, kw_only=True)
class StageDates:
    """A stage on the calendar. Instants aware UTC; `closes` is the first instant after it; None: open end, or undated.

    `pending_on`: what its opening waits for.  `on_entry`: it opens when the case comes to it.
    """

    name: str
    position: int
    wording: str
    opens: datetime | None
    closes: datetime | None
    pending_on: tuple[str, ...] = ()
    on_entry: bool = False


@dataclass(frozen=True, kw_only=True)
class RungDates:
    """One rung of an occurrence: the instant it fires and its number.

    `number` counts repeats too, from 1 in firing order; `rung`: index in the ladder.
    """

    number: int
    rung: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OccurrenceDates:
    """One period of a task. `period`: '' for a once-only task.

    All instants aware UTC, each the first instant that is too late (or 00:00 of an opening).
    `position`: index of the stage it gates (-1: the run has no stages).
    `due_text`: the local due day as people see it (2010-12-31), with time where one is given.
    `pending_on`: names it waits for (an undated anchor, `received`, `undated`); then `due` is None.
    `on_entry`: opens when the case enters the stage.
    `moved_from`: the local day it would be due, had that been a working day; '' where it was not moved.
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
    moved_from: str = ""


@dataclass(frozen=True, kw_only=True)
class ExtendedDates:
    """The dates of an occurrence after an extension; instants as in `OccurrenceDates`."""

    due: datetime
    due_text: str
    late: datetime
    lock: datetime | None
    rungs: tuple[RungDates, ...]


@dataclass(frozen=True, kw_only=True)
class Projection:
    """The whole file on the calendar. `opens`, `closes`: the window of the file itself, None where that end is open or undated."""

    stages: tuple[StageDates, ...]
    occurrences: tuple[OccurrenceDates, ...]
    readings: tuple[Reading, ...]
    opens: datetime | None = None
    closes: datetime | None = None

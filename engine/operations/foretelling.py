"""What the definition says a campaign has: its occurrences and every deadline that was given, each with the rungs it has to ring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.definition.model import Task
from engine.definition.projection import extended_dates, project
from engine.definition.projection_model import ExtendedDates
from engine.operations import planning
from engine.operations.campaigns import Running
from engine.operations.census import Census
from engine.operations.kinds import Scope
from engine.store.launching import NewOccurrence
from engine.timing.calendars import working_calendar
from engine.timing.instants import add_span
from engine.timing.spans import parse_span
from engine.timing.stretches import one_day, roll

_SECOND = timedelta(seconds=1)
Rungs = tuple[tuple[int, int, datetime], ...]


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """A deadline as it has to be. rungs: (number, index in the ladder, instant).  made_by: the line that first gave it, 0: the launch."""

    due: datetime | None
    late: datetime | None
    lock: datetime | None
    told_from: datetime | None
    rungs: Rungs
    made_by: int = 0

    def rung(self, number: int) -> tuple[int, datetime] | None:
        """Which line of the ladder the rung of that number is, and when it falls due; None where there is none."""
        return next(((rung, at) for one, rung, at in self.rungs if one == number), None)


class Foretelling:
    """The definition of one campaign, laid on the calendar as it was at the launch. scopes: its selections, none of them filled."""

    def __init__(self, running: Running, past: str) -> None:
        self.running = running
        self.workflow = running.workflow
        census = Census(self.workflow, running.day(running.launched_at))
        projection, _ = project(self.workflow, received=running.launched_at)
        stages = planning.new_stages(self.workflow, projection, running.launched_at)
        skip = planning.past(projection, running.launched_at) if past == "skip" else set()
        made = planning.new_occurrences(self.workflow, projection, stages, census.by_task, skip, running.launched_at)
        self.occurrences: dict[tuple[str, str], NewOccurrence] = {(one.task, one.period): one for one in made}
        self.scopes: list[Scope] = census.scopes
        self.tasks: dict[str, Task] = {task.name: task for task in self.workflow.tasks}

    @staticmethod
    def original(occurrence: NewOccurrence) -> Foretold:
        """The deadline that everybody has in the beginning."""
        rungs = tuple(occurrence.rungs)
        return Foretold(
            due=occurrence.due_at, late=occurrence.late_at, lock=occurrence.lock_at, told_from=occurrence.told_from, rungs=rungs
        )

    def given(self, occurrence: NewOccurrence, before: Foretold, line: Any) -> Foretold | None:
        """The deadline that this line was the first to give, to something that had `before`; None where that cannot be told."""
        match line.kind:
            case "extended":
                return self._extended(occurrence, before, line)
            case "returned":
                return self._reworked(occurrence, before, line)
            case _:
                ahead = tuple(rung for rung in before.rungs if rung[2] > line.recorded_at)
                return replace(before, lock=None, rungs=ahead, made_by=line.id)

    def _extended(self, occurrence: NewOccurrence, before: Foretold, line: Any) -> Foretold | None:
        declared = occurrence.due_at or before.due
        if declared is None:
            return None
        dates = self._dates(occurrence, declared, date.fromisoformat(str(line.data["new"])[:10]))
        return self._made(occurrence, dates if before.lock is not None else replace(dates, lock=None), line)

    def _reworked(self, occurrence: NewOccurrence, before: Foretold, line: Any) -> Foretold | None:
        """Time to mend what was returned: so long after the return, but never after the lock."""
        review = self.tasks[occurrence.task].review
        declared = occurrence.due_at or before.due
        if review is None or review.rework is None or declared is None:
            return None
        said = self.workflow.calendar
        calendar = working_calendar(said.holidays)
        day = add_span(self.running.day(line.recorded_at), parse_span(review.rework), calendar)
        if said.on_holiday != "keep":
            day = roll(one_day(day), said.on_holiday, calendar).last or day
        dates = self._dates(occurrence, declared, day)
        if before.lock is None:
            return self._made(occurrence, replace(dates, lock=None), line)
        if dates.lock is not None and dates.due > dates.lock:
            last = (dates.lock - _SECOND).astimezone(self.running.zone)
            at = None if last.time() == time(23, 59, 59) else last.time()
            dates = self._dates(occurrence, declared, last.date(), at)
        return self._made(occurrence, dates, line)

    def _dates(self, occurrence: NewOccurrence, declared: datetime, to: date, at: time | None = None) -> ExtendedDates:
        task, received = self.tasks[occurrence.task], self.running.launched_at
        return extended_dates(self.workflow, task, self.running.day(declared - _SECOND), to=to, at=at, received=received)

    def _made(self, occurrence: NewOccurrence, dates: ExtendedDates, line: Any) -> Foretold:
        """Its rungs are re-armed from when it is given; what lies before has passed."""
        ahead = tuple((rung.number, rung.rung, rung.at) for rung in dates.rungs if rung.at >= line.recorded_at)
        told_from = planning.first_told(self.tasks[occurrence.task], dates.rungs)
        return Foretold(due=dates.due, late=dates.late, lock=dates.lock, told_from=told_from, rungs=ahead, made_by=line.id)

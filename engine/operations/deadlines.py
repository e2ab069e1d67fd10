"""Giving an obligation another deadline: a row shared by all of its occurrence that are due then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from engine.definition.projection import extended_dates
from engine.definition.projection_model import ExtendedDates
from engine.operations.planning import first_told
from engine.operations.stepping import Step
from engine.store import launching, obligations

_SECOND = timedelta(seconds=1)


def last_day(step: Step, end: datetime) -> date:
    """The last day of what ends at that instant, in the campaign's zone."""
    return step.campaign.day(end - _SECOND)


def dates_until(step: Step, declared: datetime, to: date, at: time | None = None) -> ExtendedDates:
    """The dates of what was declared to be due then, if it is due at the end of the day `to`, or at `at`. A lifted lock stays lifted."""
    workflow, received = step.campaign.workflow, step.campaign.launched_at
    dates = extended_dates(workflow, step.task, last_day(step, declared), to=to, at=at, received=received)
    return dates if step.row.lock_at is not None else replace(dates, lock=None)


def dates_before_lock(step: Step, declared: datetime, to: date) -> ExtendedDates:
    """The same, but due no later than the lock: after that nothing is taken."""
    dates = dates_until(step, declared, to)
    if dates.lock is None or dates.due <= dates.lock:
        return dates
    last = (dates.lock - _SECOND).astimezone(step.campaign.zone)
    return dates_until(step, declared, last.date(), _time_of_day(last))


def _time_of_day(last: datetime) -> time | None:
    """The time at which a day ends that does not end at midnight."""
    return None if last.time() == time(23, 59, 59) else last.time()


def give_deadline(step: Step, dates: ExtendedDates, *, counted: bool) -> int:
    """Point the obligation to the deadline with these dates, made if nobody has it yet; its id.

    counted: an extension, which is limited in number; the new due after a return is not one.
    """
    found = obligations.find_deadline(step.connection, step.row.occurrence_id, dates.due, dates.lock)
    if found is None:
        found = launching.insert_deadline(
            step.connection,
            step.campaign.id,
            step.row.occurrence_id,
            due_at=dates.due,
            due_text=dates.due_text,
            late_at=dates.late,
            lock_at=dates.lock,
            original=False,
            rungs=[(rung.number, rung.rung, rung.at) for rung in dates.rungs if rung.at >= step.now],
            told_from=first_told(step.task, dates.rungs),
        )
    obligations.set_deadline(step.connection, step.row, found, step.now, counted=counted)
    if dates.late > step.now:
        obligations.clear_overdue(step.connection, step.row, step.now)
    return found

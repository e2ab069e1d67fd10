"""Giving an obligation another deadline: a row shared by all of its occurrence that are due then."""

from __future__ import annotations

from engine.definition.projection_model import ExtendedDates
from engine.operations.planning import first_told
from engine.operations.stepping import Step
from engine.store import launching, obligations


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

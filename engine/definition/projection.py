"""Lay a workflow on the calendar: every wording read, every stage and occurrence with its instants. Pure; reads no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from functools import cache, partial

from engine.definition.model import Task, Workflow
from engine.definition.own_paths import own_issue, own_path
from engine.definition.projection_dates import Finish
from engine.definition.projection_frames import file_frame, stage_dates, stage_frame
from engine.definition.projection_model import DateIssue, ExtendedDates, Projection
from engine.definition.projection_names import Draft
from engine.definition.projection_overlaps import note_overlaps
from engine.definition.projection_reading import last_text, words_of
from engine.definition.projection_rungs import note_rungs
from engine.definition.projection_tasks import Drafts
from engine.timing.instants import end_of, start_of
from engine.timing.stretches import one_day

__all__ = ["DateIssue", "extended_dates", "project"]

SENDING = time(8, 30)


def project(workflow: Workflow, *, received: datetime | None = None, sending: time = SENDING) -> tuple[Projection, tuple[DateIssue, ...]]:
    """The whole file on the calendar, and an issue for every wording that cannot be read (never an exception).

    received: the instant the notice came in (aware), None while it has not.  sending: the local hour of reminders.
    """
    finish = _laid_out(workflow, received, sending)
    words, drafts = finish.words, finish.drafts
    found = [draft for task in workflow.tasks for draft in drafts.of(task)]
    occurrences = tuple(finish.occurrence(draft) for draft in found)
    note_rungs(finish, found)
    note_overlaps(words.readings, workflow.stages, finish.stages, words.zone)
    # Few paths, many readings: a rhythm has one for each period.
    respelled = cache(partial(own_path, workflow=workflow))
    projection = Projection(
        stages=finish.stages,
        occurrences=occurrences,
        readings=tuple(replace(reading, path=respelled(reading.path)) for reading in words.readings),
        opens=start_of(drafts.file.opening, words.zone),
        closes=end_of(drafts.file.closing, words.zone),
    )
    return projection, tuple(own_issue(issue, workflow) for issue in words.issues)


def extended_dates(
    workflow: Workflow,
    task: Task,
    due_day: date,
    *,
    to: date,
    at: time | None = None,
    sending: time = SENDING,
    received: datetime | None = None,
) -> ExtendedDates:
    """The dates of the occurrence that was due on the local day `due_day`, when it is due at the end of the day `to`, or at `at`, instead.

    Grace, rungs and a lock worded from `due` follow; an absolute lock stays. `due_day` is the day as declared, before any extension;
    a day on which nothing of the task is due (a task without a date that has been given one) counts as such a task's own.
    """
    finish = _laid_out(workflow, received, sending)
    drafts = finish.drafts.of(task)
    draft = next((draft for draft in drafts if draft.due.last == due_day), None) or _undated(drafts)
    due = replace(one_day(to), at=at)
    end = end_of(due, finish.words.zone)
    late = finish.late(task, due)
    assert end is not None
    assert late is not None
    return ExtendedDates(due=end, due_text=last_text(due) or "", late=late, lock=finish.lock(draft, due), rungs=finish.rungs(task, due))


def _laid_out(workflow: Workflow, received: datetime | None, sending: time) -> Finish:
    words = words_of(workflow, received)
    file = file_frame(words)
    frames = {stage.name: stage_frame(words, stage, file) for stage in workflow.stages}
    stages = tuple(stage_dates(words, stage, place, frames[stage.name]) for place, stage in enumerate(workflow.stages))
    return Finish(drafts=Drafts(words=words, file=file, stages=frames), stages=stages, sending=sending)


def _undated(drafts: tuple[Draft, ...]) -> Draft:
    return replace(drafts[0], period=None) if len(drafts) > 1 else drafts[0]

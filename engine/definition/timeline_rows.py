"""The plan as rows: what a page, a file and the chart show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from engine.definition.model import Workflow
from engine.definition.projection_model import OccurrenceDates, Projection, StageDates
from engine.definition.projection_text import shown_end, shown_start


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    """One stage or one occurrence, ready to be shown. opens, due, lock: ISO local days, with time where one counts; None: open or undated.

    `stage`: the stage itself, or the one an occurrence gates; '' in a run without stages.
    """

    kind: Literal["stage", "occurrence"]
    name: str
    title: str
    period: str
    wording: str
    opens: str | None
    due: str | None
    lock: str | None
    pending_on: tuple[str, ...] = ()
    stage: str = ""
    on_entry: bool = False


def timeline(workflow: Workflow, projection: Projection) -> tuple[TimelineRow, ...]:
    """Every stage in the order written, each followed by the occurrences that gate it, in the order of their tasks."""
    zone = ZoneInfo(workflow.calendar.timezone)
    stages = {stage.name: stage.title or stage.name for stage in workflow.stages}
    tasks = {task.name: task.title or task.name for task in workflow.tasks}
    rows: list[TimelineRow] = []
    for stage in projection.stages:
        rows.append(_stage_row(stages[stage.name], stage, zone))
        gating = (one for one in projection.occurrences if one.position == stage.position)
        rows += [_occurrence_row(tasks[one.task], one, stage.name, zone) for one in gating]
    rows += [_occurrence_row(tasks[one.task], one, "", zone) for one in projection.occurrences if one.position < 0]
    return tuple(rows)


def _stage_row(title: str, stage: StageDates, zone: ZoneInfo) -> TimelineRow:
    return TimelineRow(
        kind="stage",
        name=stage.name,
        title=title,
        period="",
        wording=stage.wording,
        opens=shown_start(stage.opens, zone),
        due=shown_end(stage.closes, zone),
        lock=None,
        pending_on=stage.pending_on,
        stage=stage.name,
        on_entry=stage.on_entry,
    )


def _occurrence_row(title: str, one: OccurrenceDates, stage: str, zone: ZoneInfo) -> TimelineRow:
    return TimelineRow(
        kind="occurrence",
        name=one.task,
        title=title,
        period=one.period,
        wording=one.wording,
        opens=shown_start(one.opens, zone),
        due=one.due_text or shown_end(one.due, zone),
        lock=shown_end(one.lock, zone),
        pending_on=one.pending_on,
        stage=stage,
        on_entry=one.on_entry,
    )

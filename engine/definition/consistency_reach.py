"""Tasks that come to nothing: rhythms without a period, and tasks about units that get no case."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import Workflow
from engine.definition.projection_model import DateIssue, Projection
from engine.definition.who_check import levels_of
from engine.sentences import Sentence


def reach_issues(workflow: Workflow, projection: Projection) -> Iterator[DateIssue]:
    """Warnings only: the file can run, but what it says here will never happen."""
    yield from _without_period(workflow, projection)
    yield from _outside_for(workflow)


def _without_period(workflow: Workflow, projection: Projection) -> Iterator[DateIssue]:
    dated = {one.task for one in projection.occurrences}
    for task in workflow.tasks:
        if task.every and task.name not in dated:
            yield DateIssue(
                path=f"{task.path}.every",
                code="no-period",
                message=Sentence(
                    "这个周期没有一期落在时间之内，任务不会布置。",
                    "No period of this rhythm lies within its window, so nobody will ever owe the task.",
                ),
                hint=Sentence("请核对 window（时间）、日子和 partial（零头）。", "Check the window, the days and `partial`."),
                severity="warning",
            )


def _outside_for(workflow: Workflow) -> Iterator[DateIssue]:
    """As far as levels tell; which units a condition leaves is known only at the launch, which says so."""
    if workflow.subjects is None:
        return
    chosen = levels_of(workflow.subjects, workflow.organisation)
    for task in workflow.tasks:
        if not set(levels_of(task.subjects, workflow.organisation)) & set(chosen):
            values = {"zh": "、".join(chosen), "en": ", ".join(chosen)}
            yield DateIssue(
                path=task.path,
                code="outside-for",
                message=Sentence(
                    "文件的 for 只给{zh}立项，这项任务的对象不在其中，谁也不会承担。",
                    "The `for` of the file gives a case to {en} only; nobody this task is about is among them.",
                    values,
                ),
                hint=Sentence("请更正文件一级的 for，或这项任务的对象。", "Correct the `for` of the file, or whom the task is about."),
                severity="warning",
            )

"""Read the plan as a whole: what cannot be so (errors), and what the author should look at once more (warnings).

Every check is a function of the workflow and its projection and yields issues; none reads a calendar or the clock.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.consistency_dates import date_issues
from engine.definition.consistency_order import order_issues
from engine.definition.consistency_people import people_issues
from engine.definition.consistency_reach import reach_issues
from engine.definition.lengths import exact_lengths
from engine.definition.model import Workflow
from engine.definition.own_paths import own_issue
from engine.definition.projection_model import DateIssue, Projection
from engine.sentences import Sentence

__all__ = ["check_whole"]


def check_whole(workflow: Workflow, projection: Projection) -> tuple[DateIssue, ...]:
    """All issues of the whole, errors first, else in the order of the file. Issues of single wordings come from `project`."""
    found = [
        *date_issues(workflow, projection),
        *order_issues(workflow, projection),
        *people_issues(workflow),
        *reach_issues(workflow, projection),
        *exact_lengths(workflow),
        *_doubts(workflow),
    ]
    found = [own_issue(issue, workflow) for issue in found]
    return tuple(sorted(found, key=lambda issue: issue.severity != "error"))


def _doubts(workflow: Workflow) -> Iterator[DateIssue]:
    for doubt in workflow.doubts:
        if not doubt.settled:
            yield DateIssue(
                path=doubt.path,
                code="doubt-open",
                message=Sentence("存疑“{says}”还没有人认定。", 'The doubt "{says}" has not been settled yet.', {"says": doubt.says}),
                hint=Sentence(
                    "请由有权的人认定，在 doubt 里写上 settled: 姓名或部门；认定之前不能载入。",
                    "Have somebody entitled settle it and write `settled: name` in the doubt; it cannot be loaded before.",
                ),
                severity="warning",
            )

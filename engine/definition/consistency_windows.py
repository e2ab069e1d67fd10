"""What lies outside the file's own window; reminders whose side of the due is not said, or whose hours are counted in vain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.definition.model import HOUSE_LADDER, Workflow
from engine.definition.projection_dates import rung_path
from engine.definition.projection_model import DateIssue, Projection
from engine.definition.projection_text import shown_end, shown_start
from engine.sentences import Sentence
from engine.timing.spans import describe_span, parse_span

_SIGNS = ("-", "−", "－", "+", "＋")
_HINT = Sentence("请更正日期，或调整文件一级的 window。", "Correct the date, or the `window` of the file.")

_BY_HOURS = Sentence(
    "提醒 {at} 按小时算，而“{task}”不是急件：当天已收到一封信的人次日才收到，规定的发信时间以外也要等。",
    "The reminder {at} is counted in hours, but “{task}” is not urgent: whoever has had a letter that day gets it the day after, and so it "
    "waits for sending hours.",
)
_URGENT = Sentence("要准时寄到，就给任务写 urgent: true。", "For it to come in time, say of the task that it is `urgent: true`.")


def outside_window(workflow: Workflow, projection: Projection, zone: ZoneInfo) -> Iterator[DateIssue]:
    """A stage outside the file's window is an error; a single due beyond it, of a task written in no stage, worth a look."""
    paths = {stage.name: stage.path for stage in workflow.stages}
    window = _shown(projection.opens, projection.closes, zone)
    for dates in projection.stages:
        early = dates.opens and projection.opens and dates.opens < projection.opens
        late = dates.closes and projection.closes and dates.closes > projection.closes
        if dates.wording and (early or late):
            values = {"wording": dates.wording, "read": _shown(dates.opens, dates.closes, zone), "window": window}
            yield DateIssue(
                path=paths[dates.name],
                code="outside-window",
                message=Sentence(
                    "“{wording}”读作 {read}，超出了整个活动的时间（{window}）。",
                    '"{wording}" reads {read}, outside the window of the file ({window}).',
                    values,
                ),
                hint=_HINT,
            )
    yield from _late_dues(workflow, projection, window)


def _late_dues(workflow: Workflow, projection: Projection, window: Sentence) -> Iterator[DateIssue]:
    """What reports afterwards, period by period, may well be due after the end."""
    single = {task.name: task.path for task in workflow.tasks if task.stage is None and task.every is None}
    for one in projection.occurrences:
        if one.task in single and one.due and projection.closes and one.due > projection.closes and not one.moved_from:
            values = {"wording": one.wording, "due": one.due_text, "window": window}
            yield DateIssue(
                path=f"{single[one.task]}.due",
                code="outside-window",
                message=Sentence(
                    "“{wording}”读作 {due}，超出了整个活动的时间（{window}）。",
                    '"{wording}" reads {due}, outside the window of the file ({window}).',
                    values,
                ),
                hint=_HINT,
                severity="warning",
            )


def _shown(opens: datetime | None, closes: datetime | None, zone: ZoneInfo) -> Sentence:
    values = {"opens": shown_start(opens, zone) or "", "closes": shown_end(closes, zone) or ""}
    return Sentence("{opens}—{closes}", "{opens} to {closes}", values)


def hourly_rungs(workflow: Workflow) -> Iterator[DateIssue]:
    """Whoever has had a letter that day has the next one on another, but for what is urgent: hours are counted in vain then."""
    said: set[str] = set()
    for task in workflow.tasks:
        for index, rung in enumerate(() if task.urgent else task.ladder):
            path, span = f"{rung_path(task, index)}.at", parse_span(rung.at)
            if path not in said and (span.is_clock or (rung.every is not None and parse_span(rung.every).is_clock)):
                said.add(path)
                values = {"at": rung.at.strip(), "task": task.title or task.name}
                message = Sentence(_BY_HOURS.zh, _BY_HOURS.en, values)
                yield DateIssue(path=path, code="rung-by-hours", message=message, hint=_URGENT, severity="warning")


def unsigned_rungs(workflow: Workflow) -> Iterator[DateIssue]:
    """A rung without a sign is after the due; whoever writes `3d` may mean three days before it."""
    said: set[str] = set()
    for task in workflow.tasks:
        for index, rung in enumerate(() if task.ladder == HOUSE_LADDER else task.ladder):
            path, at = f"{rung_path(task, index)}.at", rung.at.strip()
            if path in said or at.startswith(_SIGNS) or parse_span(at).count == 0:
                continue
            said.add(path)
            message = Sentence(
                "{at} 是期限之后{span}；到期前请写 -{at}，之后请写 +{at}。",
                "{at} is {span} after the due; write -{at} for before it, +{at} for after.",
                {"at": at, "span": describe_span(parse_span(at))},
            )
            yield DateIssue(path=path, code="rung-unsigned", message=message, severity="warning")

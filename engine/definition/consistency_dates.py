"""What is wrong or worth a look in the dates of a plan: stages, tasks, rungs, and what waits for a date."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.definition.consistency_windows import hourly_rungs, outside_window, unsigned_rungs
from engine.definition.model import HOUSE_LADDER, Stage, Task, Workflow
from engine.definition.projection_dates import rung_path
from engine.definition.projection_model import PROVISIONAL, UNREADABLE, DateIssue, OccurrenceDates, Projection, RungDates, StageDates
from engine.definition.projection_rungs import INFORMING
from engine.definition.projection_text import last_day, midnight, shown_end, shown_start
from engine.sentences import Sentence

MANY_IN_A_WEEK = 12


def date_issues(workflow: Workflow, projection: Projection) -> Iterator[DateIssue]:
    """The issues of stages, tasks, readings and waiting, in this order."""
    zone = ZoneInfo(workflow.calendar.timezone)
    stages = {stage.name: stage for stage in workflow.stages}
    yield from _stage_issues(projection, stages, zone)
    yield from outside_window(workflow, projection, zone)
    yield from _task_issues(workflow, projection, zone)
    yield from unsigned_rungs(workflow)
    yield from hourly_rungs(workflow)
    yield from _remarks(projection)
    yield from _unpublished(projection)
    yield from _waiting(workflow, projection, stages)
    yield from _late_notice(workflow, projection, zone)
    yield from _crowded_weeks(workflow, projection, zone)


def _stage_issues(projection: Projection, stages: dict[str, Stage], zone: ZoneInfo) -> Iterator[DateIssue]:
    for dates in projection.stages:
        if dates.opens and dates.closes and dates.closes <= dates.opens:
            yield _closes_first(dates, stages[dates.name].path, zone)
        if dates.opens is None and not dates.on_entry and not dates.pending_on:
            yield _unreachable(stages[dates.name].path)
    for before, after in pairwise([dates for dates in projection.stages if dates.opens]):
        if before.opens and after.opens and after.opens < before.opens:
            yield _before_predecessor(before, after, stages[after.name].path, zone)


def _closes_first(dates: StageDates, path: str, zone: ZoneInfo) -> DateIssue:
    return DateIssue(
        path=path,
        code="closes-before-it-opens",
        message=Sentence(
            "阶段于 {closes} 结束，却要到 {opens} 才开始。",
            "The stage closes on {closes} but opens only on {opens}.",
            {"closes": shown_end(dates.closes, zone), "opens": shown_start(dates.opens, zone)},
        ),
        hint=Sentence("请更正 window，或补上年份。", "Correct the window, or say the year."),
    )


def _unreachable(path: str) -> DateIssue:
    return DateIssue(
        path=path,
        code="stage-unreachable",
        message=Sentence("阶段没有开始日期，谁也进不去。", "The stage has no day on which it opens, so nobody ever comes to it."),
        hint=Sentence(
            "请写 window，或写 opens: on_entry（前一阶段完成即开始）。",
            "Give it a window, or `opens: on_entry` (it opens as soon as the one before is passed).",
        ),
        severity="warning",
    )


def _before_predecessor(before: StageDates, after: StageDates, path: str, zone: ZoneInfo) -> DateIssue:
    values = {
        "name": after.name,
        "opens": shown_start(after.opens, zone),
        "before": before.name,
        "earlier": shown_start(before.opens, zone),
    }
    return DateIssue(
        path=path,
        code="opens-before-predecessor",
        message=Sentence(
            "阶段“{name}”于 {opens} 开始，早于排在它前面的“{before}”（{earlier}）。",
            'Stage "{name}" opens on {opens}, before "{before}", which is written ahead of it ({earlier}).',
            values,
        ),
        hint=Sentence("请按先后次序书写各阶段，或更正日期。", "Write the stages in the order they are walked, or correct the dates."),
    )


def _task_issues(workflow: Workflow, projection: Projection, zone: ZoneInfo) -> Iterator[DateIssue]:
    tasks = {task.name: task for task in workflow.tasks}
    stages = {dates.name: dates for dates in projection.stages}
    said: set[tuple[str, str]] = set()
    for one in projection.occurrences:
        task = tasks[one.task]
        for issue in _occurrence_issues(task, one, stages.get(task.stage or ""), zone):
            if (issue.path, issue.code) not in said:
                said.add((issue.path, issue.code))
                yield issue


def _occurrence_issues(task: Task, one: OccurrenceDates, stage: StageDates | None, zone: ZoneInfo) -> Iterator[DateIssue]:
    """At most one issue of a kind is kept for a task, so that a rhythm with a wrong day is not told forty times."""
    if one.due and one.opens and one.due <= one.opens:
        yield _due_first(task, one, zone)
    if one.due and one.lock and one.lock < one.due:
        yield _locked_first(task, one, zone)
    if stage and one.due:
        yield from _outside_stage(task, one, stage, zone)
    yield from _rung_issues(task, one, zone)


def _due_first(task: Task, one: OccurrenceDates, zone: ZoneInfo) -> DateIssue:
    return DateIssue(
        path=f"{task.path}.due",
        code="due-before-opening",
        message=Sentence(
            "“{wording}”读作 {due}{period}，可是 {opens} 才开始。",
            '"{wording}" reads {due}{period}, but it opens only on {opens}.',
            _words(one, zone) | {"opens": shown_start(one.opens, zone)},
        ),
        hint=Sentence("请推迟期限，或写更早的 opens。", "Move the due date, or write an earlier `opens`."),
    )


def _locked_first(task: Task, one: OccurrenceDates, zone: ZoneInfo) -> DateIssue:
    return DateIssue(
        path=f"{task.path}.lock",
        code="lock-before-due",
        message=Sentence(
            "{lock} 以后就不再收件，而期限“{wording}”是 {due}{period}。",
            'Nothing is taken after {lock}, but the due date "{wording}" is {due}{period}.',
            _words(one, zone) | {"lock": shown_end(one.lock, zone)},
        ),
        hint=Sentence("请把截止写成期限当日（lock: due）或更晚。", "Make the lock the due date (`lock: due`) or later."),
    )


def _outside_stage(task: Task, one: OccurrenceDates, stage: StageDates, zone: ZoneInfo) -> Iterator[DateIssue]:
    """A due that only a holiday moved out of its stage is judged by the day it was moved from."""
    hint = Sentence(
        "请调整阶段的起止，或把这项任务写到文件一级的 tasks: 下，它在那里单独开始。",
        "Move the stage's end, or write the task under `tasks:` of the file, where it opens on its own.",
    )
    due = midnight(date.fromisoformat(one.moved_from) + timedelta(days=1), zone) if one.moved_from else one.due
    if stage.closes and due and due > stage.closes:
        values = _words(one, zone) | {"closes": shown_end(stage.closes, zone)}
        message = Sentence(
            "“{wording}”读作 {due}{period}（当日有效），可是所在阶段于 {closes} 结束。",
            '"{wording}" reads {due}{period} (to its end), but its stage closes on {closes}.',
            values,
        )
        yield DateIssue(path=f"{task.path}.due", code="due-outside-stage", message=message, hint=hint)
    if stage.opens and due and due <= stage.opens:
        values = _words(one, zone) | {"opens": shown_start(stage.opens, zone)}
        message = Sentence(
            "“{wording}”读作 {due}{period}（当日有效），可是所在阶段于 {opens} 才开始。",
            '"{wording}" reads {due}{period} (to its end), but its stage opens only on {opens}.',
            values,
        )
        yield DateIssue(path=f"{task.path}.due", code="due-outside-stage", message=message, hint=hint)


def _rung_issues(task: Task, one: OccurrenceDates, zone: ZoneInfo) -> Iterator[DateIssue]:
    """The house's own ladder falls before the opening of every short task; nobody wrote it, so nobody is told."""
    for rung in one.rungs:
        wording = task.ladder[rung.rung].at
        if wording.lstrip().startswith(("-", "−", "－")) and one.due and rung.at >= one.due:
            yield DateIssue(
                path=rung_path(task, rung.rung),
                code="rung-after-due",
                message=Sentence(
                    "提醒“{at}”要到 {moment} 才发，那时期限 {due} 已过。",
                    'The reminder "{at}" goes out at {moment}, after the due date {due} it announces.',
                    _rung_words(wording, rung, one, zone),
                ),
                hint=Sentence("请写更早的提醒。", "Write an earlier rung."),
            )
        elif one.opens and rung.at < one.opens and task.ladder != HOUSE_LADDER:
            yield DateIssue(
                path=rung_path(task, rung.rung),
                code="rung-before-opening",
                message=Sentence(
                    "提醒“{at}”应于 {moment} 发出，那时任务还没有开始；开始时会并作一次提醒。",
                    'The reminder "{at}" falls on {moment}, before the task opens; such rungs become one at the opening.',
                    _rung_words(wording, rung, one, zone),
                ),
                severity="warning",
            )


def _rung_words(at: str, rung: RungDates, one: OccurrenceDates, zone: ZoneInfo) -> dict[str, object]:
    return {"at": at, "moment": f"{rung.at.astimezone(zone):%Y-%m-%d %H:%M}", "due": one.due_text}


def _words(one: OccurrenceDates, zone: ZoneInfo) -> dict[str, object]:
    """What a sentence about an occurrence names: its wording, its due day, and in brackets its period, if it has one."""
    period: object = ""
    if one.period:
        period = Sentence("（{title}）", " ({title})", {"title": one.period_title})
    return {"wording": one.wording, "due": one.due_text or shown_end(one.due, zone), "period": period}


def _remarks(projection: Projection) -> Iterator[DateIssue]:
    """What `project` noted beside the readings: each wording and kind once, however many periods it has."""
    found: dict[tuple[str, str], list[tuple[str, Sentence]]] = defaultdict(list)
    wordings: dict[str, str] = {}
    for reading in projection.readings:
        wordings.setdefault(reading.path, reading.wording)
        for code, remark in zip(reading.codes, reading.remarks, strict=True):
            if code in INFORMING or code == PROVISIONAL:
                continue
            found[reading.path, code].append((reading.due or reading.opens or "", remark))
    for (path, code), noted in found.items():
        yield _remark(path, code, wordings[path], noted)


def _unpublished(projection: Projection) -> Iterator[DateIssue]:
    """Once for the whole file, however many dates rest on holidays that nobody knows yet."""
    days = [reading.due or reading.opens or "" for reading in projection.readings if PROVISIONAL in reading.codes]
    years = sorted({day[:4] for day in days if day})
    if years:
        values = {"zh": "、".join(years), "en": ", ".join(years), "n": len(days)}
        message = Sentence(
            "{zh} 年的节假日安排尚未公布，有 {n} 个日期（列表中带 * 的）暂按周末休息推算。",
            "The holidays of {en} are not published yet: {n} date(s), marked * in the list, computed as plain weekends.",
            values,
        )
        hint = Sentence("公布以后更新程序，再 check 一次。", "Update the program once they are published, and check again.")
        yield DateIssue(path="calendar.holidays", code=PROVISIONAL, message=message, hint=hint, severity="warning")


def _remark(path: str, code: str, wording: str, noted: list[tuple[str, Sentence]]) -> DateIssue:
    day, remark = noted[0]
    values = {"wording": wording, "day": day, "remark": remark, "more": len(noted) - 1}
    if not day:
        message = Sentence("“{wording}”：{remark}。", '"{wording}": {remark}.', values)
    elif len(noted) == 1:
        message = Sentence("“{wording}”读作 {day}：{remark}。", '"{wording}" reads {day}: {remark}.', values)
    else:
        message = Sentence(
            "“{wording}”读作 {day}：{remark}；另有 {more} 期情形相同。",
            '"{wording}" reads {day}: {remark}; the same in {more} more period(s).',
            values,
        )
    return DateIssue(path=path, code=code, message=message, severity="warning")


def _waiting(workflow: Workflow, projection: Projection, stages: dict[str, Stage]) -> Iterator[DateIssue]:
    """For each name without a date, what waits for it."""
    anchors = {anchor.name for anchor in workflow.anchors}
    waiting: dict[str, dict[str, str]] = defaultdict(dict)
    tasks = {task.name: task for task in workflow.tasks}
    for dates in projection.stages:
        for name in dates.pending_on:
            waiting[name][dates.name] = stages[dates.name].path
    for one in projection.occurrences:
        for name in one.pending_on:
            waiting[name][one.task] = tasks[one.task].path
    waiting.pop(UNREADABLE, None)
    for name, those in waiting.items():
        path = f"anchors.{name}" if name in anchors else next(iter(those.values()))
        yield _waits(name, path, list(those))


def _waits(name: str, path: str, those: list[str]) -> DateIssue:
    values = {"name": name, "count": len(those), "zh": "、".join(those), "en": ", ".join(those)}
    if name == "undated":
        message = Sentence("没有写明日期，待指定：{zh}。", "No date is given, to be set by a named person: {en}.", values)
    elif name == "received":
        message = Sentence("收到通知后才有日期：{zh}。", "Dated only when the notice is received: {en}.", values)
    else:
        zh, en = "“{name}”还没有日期，有 {count} 项在等它：{zh}。", '"{name}" has no date yet; {count} wait for it: {en}.'
        message = Sentence(zh, en, values)
    hint = Sentence("等待期间不提醒，也不算逾期。", "While they wait nothing is sent and nothing is late.")
    code = "undated" if name == "undated" else "waits-for"
    return DateIssue(path=path, code=code, message=message, hint=hint, severity="warning")


def _late_notice(workflow: Workflow, projection: Projection, zone: ZoneInfo) -> Iterator[DateIssue]:
    """A source issued after the window it sets has begun: time has been lost already."""
    begun = shown_start(projection.opens, zone)
    issued = {reading.path: reading.opens for reading in projection.readings if reading.path.endswith(".issued")}
    for source in workflow.sources:
        path = f"sources.{source.name}.issued"
        day = issued.get(path)
        if begun and day and day[:10] > begun[:10]:
            yield DateIssue(
                path=path,
                code="issued-after-start",
                message=Sentence(
                    "文件于 {issued} 印发，而时间从 {begun} 就开始了。",
                    "The document was issued on {issued}, but its window began on {begun}.",
                    {"issued": day, "begun": begun},
                ),
                hint=Sentence("请看一看最早的几项期限是否来得及。", "See whether the earliest due dates can be met."),
                severity="warning",
            )


def _crowded_weeks(workflow: Workflow, projection: Projection, zone: ZoneInfo) -> Iterator[DateIssue]:
    tasks = {task.name: task for task in workflow.tasks}
    weeks: Counter[tuple[tuple[str, ...], str, tuple[int, int]]] = Counter()
    for one in projection.occurrences:
        if one.due:
            year, week, _ = last_day(one.due, zone).isocalendar()
            owner = tasks[one.task].owner
            weeks[owner.terms, owner.where or "", (year, week)] += 1
    for (terms, _, (year, week)), count in weeks.items():
        if count >= MANY_IN_A_WEEK:
            values = {"zh": "、".join(terms), "en": ", ".join(terms), "count": count, "year": year, "week": week}
            yield DateIssue(
                path="tasks",
                code="crowded-week",
                message=Sentence(
                    "{zh}在 {year} 年第 {week} 周一周之内有 {count} 项到期。",
                    "{count} dues fall on {en} in one week (week {week} of {year}).",
                    values,
                ),
                hint=Sentence("请考虑把一部分期限错开。", "Think of spreading some of them."),
                severity="warning",
            )

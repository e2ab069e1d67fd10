"""What a launch would make besides the duties of units: stages, occurrences with their deadlines, and what waits for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.definition.model import Task, Workflow
from engine.definition.projection import SENDING
from engine.definition.projection_model import OccurrenceDates, Projection, RungDates
from engine.machine.states import Modality
from engine.operations.census import Census, Nobody
from engine.operations.kinds import Scope
from engine.sentences import Sentence
from engine.store.codes import Upstream
from engine.store.launching import NewDependency, NewOccurrence, NewStage
from engine.timing.calendars import working_calendar
from engine.timing.spans import parse_span

MODALITY = {"must": Modality.MUST, "should": Modality.SHOULD, "may": Modality.MAY}


def new_stages(workflow: Workflow, projection: Projection, now: datetime) -> list[NewStage]:
    """The stages; a run without stages is one stage as long as its window."""
    titles = {stage.name: stage.title or stage.name for stage in workflow.stages}
    if not projection.stages:
        first = projection.opens or min((o.opens for o in projection.occurrences if o.opens is not None), default=now)
        late = [o.late for o in projection.occurrences if o.late is not None]
        closes = max(filter(None, [projection.closes, *late]), default=None)
        return [NewStage(position=0, name="", title=workflow.title or workflow.name, opens_at=min(first, now), closes_at=closes)]
    stages: list[NewStage] = []
    for s in projection.stages:
        opens = s.opens
        if opens is None and s.on_entry:
            # It lets in whoever has passed the stage before: it is open from when that one is, the first from the launch on.
            opens = stages[-1].opens_at if stages else now
        stages.append(NewStage(position=s.position, name=s.name, title=titles[s.name], opens_at=opens, closes_at=s.closes))
    return stages


def new_occurrences(
    workflow: Workflow,
    projection: Projection,
    stages: Sequence[NewStage],
    scopes: Mapping[str, Scope],
    skip: set[tuple[str, str]],
    now: datetime,
) -> list[NewOccurrence]:
    """The occurrences with their deadlines, those in `skip` (task, period) left out. now: the launch."""
    tasks = {task.name: task for task in workflow.tasks}
    rungs = _Rungs(workflow, now)
    return [
        _new_occurrence(tasks[dates.task], dates, stages[max(dates.position, 0)], scopes[dates.task], rungs)
        for dates in projection.occurrences
        if (dates.task, dates.period) not in skip
    ]


def _new_occurrence(task: Task, dates: OccurrenceDates, stage: NewStage, scope: Scope, rungs: _Rungs) -> NewOccurrence:
    # On entry means for each case when it comes in, so for all of them not before the stage itself opens.
    opens = stage.opens_at if dates.on_entry and dates.opens is None else dates.opens
    if opens is None and not dates.pending_on:
        # Nothing says when it opens, neither the task nor a window around it: it is open from the launch on.
        opens = rungs.launched
    return NewOccurrence(
        task=task.name,
        period=dates.period,
        title=task.title or task.name,
        period_zh=dates.period_title.say("zh") if dates.period else "",
        period_en=dates.period_title.say("en") if dates.period else "",
        stage=stage.position,
        modality=MODALITY[task.modality],
        scope=scope.number,
        owner_role=scope.owner_role,
        reviewer_role=scope.reviewer_role,
        reviewed=task.review is not None,
        opens_at=opens,
        due_at=dates.due,
        due_text=dates.due_text,
        late_at=dates.late,
        lock_at=dates.lock,
        pending_on="、".join(dates.pending_on) if dates.due is None else "",
        on_entry=dates.on_entry,
        urgent=task.urgent,
        rungs=rungs.of(task, dates),
        told_from=first_told(task, dates.rungs),
    )


def first_told(task: Task, rungs: Iterable[RungDates]) -> datetime | None:
    """When the ladder first speaks to whoever holds the ball: what opens later is told of it at its opening."""
    return min((rung.at for rung in rungs if task.ladder[rung.rung].to is None), default=None)


class _Rungs:
    """When the rungs of an occurrence fire. Those already past when it opens, or at the launch, become one, at the next sending hour.

    What is counted in hours does not wait for that.
    """

    def __init__(self, workflow: Workflow, launched: datetime) -> None:
        self.launched = launched
        self._zone = ZoneInfo(workflow.calendar.timezone)
        self._calendar = working_calendar(workflow.calendar.holidays)

    def of(self, task: Task, dates: OccurrenceDates) -> list[tuple[int, int, datetime]]:
        """(number, index in the ladder, instant). What lies before the launch stays in the list: it is recorded as suppressed."""
        rungs = [(rung.number, rung.rung, rung.at) for rung in dates.rungs]
        if dates.opens is not None:
            early = [rung for rung in rungs if rung[2] < dates.opens]
            rungs = [(number, rung, self._told(task, rung, dates.opens)) for number, rung, _ in early[-1:]] + rungs[len(early) :]
        found = rungs + self._told_once(task, rungs)
        # What may be left undone is not chased after its due, by a launch no more than by its ladder.
        return [rung for rung in found if task.modality != "may" or dates.due is None or rung[2] < dates.due]

    def _told_once(self, task: Task, rungs: list[tuple[int, int, datetime]]) -> list[tuple[int, int, datetime]]:
        """A launch in mid-campaign: whoever owes what every reminder has passed by is told of it once."""
        own = [rung for rung in rungs if task.ladder[rung[1]].to is None]
        if not own or own[-1][2] >= self.launched:
            return []
        return [(max(rung[0] for rung in rungs) + 1, own[-1][1], self._told(task, own[-1][1], self.launched))]

    def _told(self, task: Task, rung: int, instant: datetime) -> datetime:
        """What is counted in hours would come too late at the next sending hour."""
        return instant if parse_span(task.ladder[rung].at).is_clock else self._sending(instant)

    def _sending(self, instant: datetime) -> datetime:
        """The first sending hour of a working day at or after an instant."""
        local = instant.astimezone(self._zone)
        day = local.date() if local.time() <= SENDING else local.date() + timedelta(days=1)
        return datetime.combine(self._calendar.next_or_same(day), SENDING, self._zone).astimezone(UTC)


def past(projection: Projection, now: datetime) -> set[tuple[str, str]]:
    """The occurrences (task, period) that were due before now."""
    return {(o.task, o.period) for o in projection.occurrences if o.due is not None and o.due <= now}


def dependencies(workflow: Workflow, occurrences: Sequence[NewOccurrence], census: Census) -> list[NewDependency]:
    """What waits for what. The reading follows LANGUAGE section 15: about us, else owed by us, else of all below."""
    found: dict[tuple[int, int, Upstream], NewDependency] = {}
    tasks = {task.name: task for task in workflow.tasks}
    stages = {stage.name: position for position, stage in enumerate(workflow.stages)}
    for here, occurrence in enumerate(occurrences):
        for after in tasks[occurrence.task].after:
            for there in _upstream(occurrences, here, after.name, stages):
                mine, theirs = census.by_task[occurrence.task], census.by_task[occurrences[there].task]
                for reading in (Upstream.DIRECTLY_BELOW,) if after.below else census.readings(mine, theirs):
                    found[here, there, reading] = NewDependency(occurrence=here, upstream=there, reading=reading)
    return list(found.values())


def _upstream(occurrences: Sequence[NewOccurrence], here: int, name: str, stages: Mapping[str, int]) -> list[int]:
    if name in stages:
        gating = (i for i, other in enumerate(occurrences) if other.stage == stages[name] and other.modality is not Modality.MAY)
        return [index for index in gating if index != here]
    theirs = [index for index, other in enumerate(occurrences) if other.task == name]
    mine = occurrences[here]
    if not any(occurrences[index].period for index in theirs):
        return theirs
    if not mine.period:
        # What is done once would wait for nothing where no period has ended in time: then it waits for the first.
        return _latest_ended(occurrences, theirs, mine) or theirs[:1]
    same = [index for index in theirs if occurrences[index].period == mine.period]
    return same or _latest_ended(occurrences, theirs, mine)


def _latest_ended(occurrences: Sequence[NewOccurrence], theirs: list[int], mine: NewOccurrence) -> list[int]:
    """Tasks of different rhythms meet in the latest period that has ended."""
    due = mine.due_at
    ended = [index for index in theirs if due is not None and (end := occurrences[index].due_at) is not None and end <= due]
    return ended[-1:]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a launch makes. reminders: notices to come if nobody did anything."""

    cases: int
    obligations: int
    past_due: int
    reminders: int
    first_reminder: datetime | None


def counts(occurrences: Iterable[NewOccurrence], census: Census, now: datetime) -> Counts:
    """How much of what there is: each occurrence is owed once by every unit of its selection."""
    owed = [(one, units) for one in occurrences if (units := census.scopes[one.scope].units)]
    told = [(at, units) for one, units in owed for _, _, at in one.rungs if at >= now]
    return Counts(
        cases=census.cases,
        obligations=sum(units for _, units in owed),
        past_due=sum(units for one, units in owed if one.due_at is not None and one.due_at <= now),
        reminders=sum(units for _, units in told),
        first_reminder=min((at for at, _ in told), default=None),
    )


def nobody_words(found: Nobody) -> Sentence:
    """A duty that nobody can owe, in words."""
    return Sentence(
        "任务“{task}”在单位 {unit} 找不到责任人（{who}），该单位不承担此任务。",
        "For unit {unit}, “{task}” finds nobody who owes it ({who}); that unit does not get it.",
        {"task": found.task, "unit": found.unit, "who": found.who},
    )

"""What a launch would make. The tree is read once; what is wrong is refused, the rest is told; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from engine.definition.codec import decode
from engine.definition.model import Workflow
from engine.definition.projection import project
from engine.definition.projection_model import Projection
from engine.errors import CampaignError, Echo
from engine.operations import planning
from engine.operations.campaigns import hint_for, unit_of
from engine.operations.census import Census
from engine.operations.context import REHEARSAL_START
from engine.operations.launch_notes import idle_tasks
from engine.operations.naming import LONGEST_CAMPAIGN, expect_name
from engine.operations.people import expect_operators
from engine.operations.roster_fit import StrangePost, known_posts, posts_words
from engine.operations.vacancies import EmptySeat, unmanned
from engine.progress import Watch, counted
from engine.sentences import Sentence, enumerated, plain, some_of
from engine.store import campaigns, journal, people, roster
from engine.store import house as facts
from engine.store.database import Connection
from engine.store.launching import NewDependency, NewOccurrence, NewStage
from engine.store.roster import UnitRow

Past = Literal["owe", "skip"]

_ITS_NAME = Sentence("活动的名称（--name）", "The campaign's name (--name)")
_READING = Sentence("核对单位", "going through the units")


class UnknownWorkflow(Echo):
    """没有载入名为“{name}”的工作流。{hint}用 campaign load 载入工作流文件。

    No workflow named “{name}” is loaded. {hint}Load its file with `campaign load`.
    """


class NothingLoaded(CampaignError):
    """还没有载入任何工作流文件。请先运行 campaign load 文件。

    No workflow file has been loaded. Run `campaign load FILE` first.
    """


class NoTimeYet(CampaignError):
    """这个演练的时钟还没有走过，不知道从哪一天发动。请用 --now 写明演练从哪一天开始，例如 --now 2030-02-25。

    The clock of this rehearsal has never been moved, so nothing says on which day to launch. Give the day with --now, as in
    --now 2030-02-25.
    """


class WhichWorkflow(CampaignError):
    """载入了几个工作流：{names}。请写明要发动哪一个。

    Several workflows are loaded: {names}. Say which one to launch.
    """


class NotDatable(CampaignError):
    """工作流“{name}”在 {path} 处的日期现在排不出来：{why}请更正文件，把版本（version）加一再载入。

    A date of “{name}” cannot be laid out now, at {path}: {why} Correct the file, raise its `version` and load it again.
    """


class NoUnits(CampaignError):
    """还没有导入任何单位。请先用 campaign units import 导入花名册。

    There are no units yet. Import a roster with `campaign units import`.
    """


class WhichRoot(CampaignError):
    """组织树有几个最上级单位：{codes}。{cause}请用 --at 指明活动在哪一个之下进行。

    The tree has several top units: {codes}. {cause}Say with --at under which one the campaign runs.
    """


class NameTaken(CampaignError):
    """已经有名为“{name}”的活动。请用 --name 另起一个名字。

    There is a campaign named “{name}” already. Give another name with --name.
    """


class NobodyOwes(CampaignError):
    """在“{unit}”之下没有任何单位承担这个工作流的任务。请核对花名册里的级别和工作流里的责任（owner）、对象（for）。

    Under “{unit}” no unit owes anything of this workflow. Compare the levels of the roster with `owner` and `for` in the file.
    """


@dataclass(frozen=True, kw_only=True)
class LaunchReport:
    """What a launch makes.

    reminders: notices to come if nobody did anything.  vacant: seats nobody holds.  unreachable: seats without an e-mail address.
    zone: the name of the campaign's time zone.
    """

    name: str
    workflow: str
    version: int
    unit: str
    cases: int
    obligations: int
    occurrences: int
    skipped: int
    past_due: int
    reminders: int
    first_reminder: datetime | None
    vacant: tuple[EmptySeat, ...]
    unreachable: tuple[EmptySeat, ...]
    notes: tuple[Sentence, ...]
    done: bool
    zone: str


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be launched, where and under which name (None: what goes without saying), by whom, and as of when."""

    workflow: str | None
    at: str | None
    name: str | None
    past: Past
    by: str | None
    behalf: str | None
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a launch writes, and what it tells. as_of: the last line of the journal when the roster was read."""

    order: Order
    name: str
    workflow_id: int
    workflow: Workflow
    root: UnitRow
    day: date
    census: Census
    stages: list[NewStage]
    occurrences: list[NewOccurrence]
    dependencies: list[NewDependency]
    report: LaunchReport
    as_of: int


def draw(connection: Connection, order: Order, watch: Watch) -> Plan:
    """The plan of a launch. Raises what is missing or wrong."""
    row = _workflow(connection, order.workflow)
    workflow = decode(Workflow, row.compiled)
    root = _root(connection, order.at, workflow)
    now = order.now
    if facts.is_rehearsal(connection) and now <= REHEARSAL_START:
        raise NoTimeYet
    name = workflow.name if order.name is None else expect_name(order.name, _ITS_NAME, LONGEST_CAMPAIGN)
    expect_free(connection, name)
    day = now.astimezone(ZoneInfo(workflow.calendar.timezone)).date()
    expect_operators(connection, order.by, order.behalf, day)
    projection = _projected(workflow, now)
    census = _counted(connection, workflow, root, day, watch)
    skip = planning.past(projection, now) if order.past == "skip" else set()
    stages = planning.new_stages(workflow, projection, now)
    occurrences = planning.new_occurrences(workflow, projection, stages, census.by_task, skip, now)
    return Plan(
        order=order,
        name=name,
        workflow_id=row.id,
        workflow=workflow,
        root=root,
        day=day,
        census=census,
        stages=stages,
        occurrences=occurrences,
        dependencies=planning.dependencies(workflow, occurrences, census),
        report=_report(connection, name, root, census, occurrences, projection, len(skip), now),
        as_of=journal.last_line(connection),
    )


def expect_free(connection: Connection, name: str, *, unfinished_too: bool = False) -> None:
    """Raises NameTaken. A launch that was not finished takes no name from the next one, which clears it away first."""
    taken = [other for other in campaigns.all_campaigns(connection) if other.name == name]
    if any(unfinished_too or other.state != campaigns.LAUNCHING for other in taken):
        raise NameTaken(name=name)


def _counted(connection: Connection, workflow: Workflow, root: UnitRow, day: date, watch: Watch) -> Census:
    census = Census(workflow, day)
    census.take(counted(roster.walk(connection, root.path), _READING, roster.count_within(connection, root.path), watch))
    if not census.cases:
        raise NobodyOwes(unit=root.name)
    return census


def _projected(workflow: Workflow, now: datetime) -> Projection:
    """The plan as it stands when it is received. What the check could not see before that day is refused now, not left out."""
    projection, issues = project(workflow, received=now)
    for issue in issues:
        if issue.severity == "error":
            raise NotDatable(name=workflow.name, path=issue.path, why=issue.message)
    return projection


def _workflow(connection: Connection, wanted: str | None) -> campaigns.WorkflowRow:
    loaded = campaigns.workflows(connection)
    if not loaded:
        raise NothingLoaded
    names = tuple(dict.fromkeys(row.name for row in loaded))
    if wanted is None and len(names) > 1:
        raise WhichWorkflow(names=enumerated(names))
    found = campaigns.find_workflow(connection, wanted or names[0])
    if found is None:
        raise UnknownWorkflow(name=wanted, hint=hint_for(wanted or "", names))
    return found


def _cause(connection: Connection, tops: Sequence[str], highest: str) -> Sentence:
    """Which of several top units are so, as it seems, because the roster leaves out their superior."""
    strays = [code for code in tops if unit_of(connection, code).level != highest]
    if not strays:
        return plain("")
    return Sentence(
        "其中 {codes} 不是“{highest}”一级，多半是花名册里漏填了“上级”：请补填后重新导入。",
        "Of these {codes} is not of the level “{highest}”; its superior seems to be missing in the roster: add it and import again. ",
        {"codes": some_of(strays), "highest": highest},
    )


def _root(connection: Connection, at: str | None, workflow: Workflow) -> UnitRow:
    if at is not None:
        return unit_of(connection, at)
    tops = roster.roots(connection)
    if not tops:
        raise NoUnits
    if len(tops) > 1:
        raise WhichRoot(codes=some_of(tops, 10), cause=_cause(connection, tops[:10], workflow.organisation.levels[0]))
    return unit_of(connection, tops[0])


def _report(
    connection: Connection,
    name: str,
    root: UnitRow,
    census: Census,
    occurrences: list[NewOccurrence],
    projection: Projection,
    skipped: int,
    now: datetime,
) -> LaunchReport:
    counts = planning.counts(occurrences, census, now)
    workflow = census.workflow
    vacant, unreachable = unmanned(connection, census, occurrences, root)
    return LaunchReport(
        name=name,
        workflow=workflow.name,
        version=workflow.version,
        unit=root.code,
        cases=counts.cases,
        obligations=counts.obligations,
        occurrences=len(projection.occurrences) - skipped,
        skipped=skipped,
        past_due=counts.past_due,
        reminders=counts.reminders,
        first_reminder=counts.first_reminder,
        vacant=vacant,
        unreachable=unreachable,
        notes=(*_notes(census, projection), *_strange_posts(connection, workflow, root, census.day)),
        done=False,
        zone=workflow.calendar.timezone,
    )


def _notes(census: Census, projection: Projection) -> tuple[Sentence, ...]:
    owing = {name: scope.units for name, scope in census.by_task.items()}
    nobody = map(planning.nobody_words, census.nobody)
    return (*idle_tasks(census.workflow, projection, owing), *census.odd.words(), *nobody)


def _strange_posts(connection: Connection, workflow: Workflow, root: UnitRow, day: date) -> Iterator[Sentence]:
    """Posts of the roster that the workflow does not declare: whoever holds one is asked for nothing and told nothing."""
    found = people.posts_besides(connection, root.path, day, known_posts(workflow.organisation))
    return posts_words((StrangePost(post=post, units=codes, count=count) for post, codes, count in found), workflow.organisation)

"""Launch, and let mail go. A preview is the launch itself, rolled back: what it shows is what would happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from engine.definition.codec import decode
from engine.definition.model import Workflow
from engine.definition.projection import project
from engine.definition.projection_model import Projection
from engine.errors import CampaignError, Echo
from engine.operations import planning
from engine.operations.campaigns import Running, choose, hint_for, unit_of
from engine.operations.context import REHEARSAL_START, House
from engine.operations.launch_notes import idle_tasks
from engine.operations.naming import LONGEST_CAMPAIGN, expect_name
from engine.operations.people import Actor, operator
from engine.operations.roster_fit import StrangePost, known_posts, posts_words
from engine.operations.sweeping import sweep
from engine.operations.vacancies import EmptySeat, unmanned
from engine.sentences import Sentence, enumerated, plain, some_of
from engine.store import campaigns, journal, launching, people, queries, roster
from engine.store import house as facts
from engine.store.database import Connection
from engine.store.failures import Unwound, in_batches
from engine.store.roster import UnitRow

Past = Literal["owe", "skip"]
_ITS_NAME = Sentence("活动的名称（--name）", "The campaign's name (--name)")


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


class UnknownLevel(CampaignError):
    """单位 {unit} 的级别“{level}”不在工作流的级别之列（{levels}）。请改花名册，或在工作流的组织、级别（organisation.levels）中补上。

    Unit {unit} has the level “{level}”, which the workflow does not name ({levels}). Mend the roster, or organisation.levels.
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
class _Order:
    """What is to be launched, by whom, and whether it is meant."""

    workflow: str | None
    at: str | None
    name: str | None
    past: Past
    by: str | None
    behalf: str | None
    now: datetime
    sure: bool


_LAUNCHED = Sentence("活动已经发动，到期事项请用 campaign sweep 接着办", "the campaign was launched, and `campaign sweep` does what is due")


class _Preview(Unwound):
    """Unwinds the transaction of a preview."""


def launch(
    house: House,
    workflow: str | None,
    *,
    at: str | None,
    name: str | None,
    past: Past,
    by: str | None,
    now: datetime,
    sure: bool,
    behalf: str | None = None,
) -> LaunchReport:
    """Launch a workflow over the subtree of `at`; without `sure` everything is rolled back and only told.

    past: what was due before now is owed all the same, or left out. What is due by now is done at once. Raises what is missing.
    """
    order = _Order(workflow=workflow, at=at, name=name, past=past, by=by, behalf=behalf, now=now, sure=sure)
    report: LaunchReport | None = None
    try:
        with house.database.write() as connection:
            report = _launch(connection, order)
            if not sure:
                raise _Preview
    except _Preview:
        pass
    assert report is not None
    if sure:
        with in_batches(_LAUNCHED):
            sweep(house, now)
    return report


def _launch(connection: Connection, order: _Order) -> LaunchReport:
    row = _workflow(connection, order.workflow)
    workflow = decode(Workflow, row.compiled)
    root = _root(connection, order.at, workflow)
    if facts.is_rehearsal(connection) and order.now <= REHEARSAL_START:
        raise NoTimeYet
    name = workflow.name if order.name is None else expect_name(order.name, _ITS_NAME, LONGEST_CAMPAIGN)
    if any(other.name == name for other in campaigns.all_campaigns(connection)):
        raise NameTaken(name=name)
    now = order.now
    today = now.astimezone(ZoneInfo(workflow.calendar.timezone)).date()
    actor = operator(connection, order.by, order.behalf, today)
    projection = _projected(workflow, now)
    campaign_id = _insert(connection, workflow, row.id, root, name, order.past, actor.id, now)
    planner = planning.Planner(workflow, today)
    skip = planning.past(projection, now) if order.past == "skip" else set()
    _fill(connection, campaign_id, workflow, projection, planner, root, skip, now)
    _record(connection, campaign_id, "launched", actor, now, past=order.past, unit=root.code)
    return _report(connection, campaign_id, workflow, projection, planner, root, name, skip, now, order.sure)


def _projected(workflow: Workflow, now: datetime) -> Projection:
    """The plan as it stands when it is received. What the check could not see before that day is refused now, not left out."""
    projection, issues = project(workflow, received=now)
    for issue in issues:
        if issue.severity == "error":
            raise NotDatable(name=workflow.name, path=issue.path, why=issue.message)
    return projection


def _record(connection: Connection, campaign_id: int, kind: str, actor: Actor, now: datetime, **data: str) -> None:
    line = journal.Line(kind=kind, recorded_at=now, campaign_id=campaign_id, actor_id=actor.id, behalf_id=actor.behalf_id, data=data)
    journal.write(connection, line)


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


def _insert(
    connection: Connection, workflow: Workflow, workflow_id: int, root: UnitRow, name: str, past: Past, actor: int, now: datetime
) -> int:
    new = launching.NewCampaign(
        name=name,
        workflow_id=workflow_id,
        root_id=root.id,
        root_path=root.path,
        zone=workflow.calendar.timezone,
        past=past,
        mail_on=False,
        launched_at=now,
        launched_by=actor,
    )
    return launching.insert_campaign(connection, new)


def _fill(
    connection: Connection,
    campaign_id: int,
    workflow: Workflow,
    projection: Projection,
    planner: planning.Planner,
    root: UnitRow,
    skip: set[tuple[str, str]],
    now: datetime,
) -> None:
    launching.insert_scopes(connection, campaign_id, planner.rows(roster.walk(connection, root.path)))
    for level, unit in planner.unknown_levels.items():
        raise UnknownLevel(unit=unit, level=level, levels=enumerated(workflow.organisation.levels))
    if not any(scope.units for scope in planner.scopes):
        raise NobodyOwes(unit=root.name)
    stages = planning.new_stages(workflow, projection, now)
    occurrences = planning.new_occurrences(workflow, projection, stages, planner.by_task, skip, now)
    launching.insert_stages(connection, campaign_id, stages)
    ids = launching.insert_occurrences(connection, campaign_id, occurrences)
    launching.insert_dependencies(connection, ids, planning.dependencies(workflow, occurrences, planner.by_task))
    launching.fill(connection, campaign_id, now)


def _report(
    connection: Connection,
    campaign_id: int,
    workflow: Workflow,
    projection: Projection,
    planner: planning.Planner,
    root: UnitRow,
    name: str,
    skip: set[tuple[str, str]],
    now: datetime,
    sure: bool,
) -> LaunchReport:
    counts = queries.launch_counts(connection, campaign_id, now)
    vacant, unreachable = unmanned(
        connection, campaign_id, workflow.organisation, now.astimezone(ZoneInfo(workflow.calendar.timezone)).date()
    )
    return LaunchReport(
        name=name,
        workflow=workflow.name,
        version=workflow.version,
        unit=root.code,
        cases=counts.cases,
        obligations=counts.obligations,
        occurrences=len(projection.occurrences) - len(skip),
        skipped=len(skip),
        past_due=counts.past_due,
        reminders=counts.reminders,
        first_reminder=counts.first_reminder,
        vacant=vacant,
        unreachable=unreachable,
        notes=(*_notes(workflow, projection, planner), *_strange_posts(connection, workflow, root, now)),
        done=sure,
        zone=workflow.calendar.timezone,
    )


def _notes(workflow: Workflow, projection: Projection, planner: planning.Planner) -> tuple[Sentence, ...]:
    owing = {name: len(scope.units) for name, scope in planner.by_task.items()}
    nobody = (planning.nobody_words(found) for found in planner.nobody[:20])
    return (*idle_tasks(workflow, projection, owing), *planner.odd.words(), *nobody)


def _strange_posts(connection: Connection, workflow: Workflow, root: UnitRow, now: datetime) -> Iterator[Sentence]:
    """Posts of the roster that the workflow does not declare: whoever holds one is asked for nothing and told nothing."""
    day = now.astimezone(ZoneInfo(workflow.calendar.timezone)).date()
    found = people.posts_besides(connection, root.path, day, known_posts(workflow.organisation))
    return posts_words((StrangePost(post=post, units=codes, count=count) for post, codes, count in found), workflow.organisation)


def switch_mail(house: House, name: str | None, *, on: bool, by: str | None, now: datetime, behalf: str | None = None) -> Running:
    """Let the campaign's mail go out, or hold it."""
    with house.database.write() as connection:
        campaign = choose(connection, name, writing=True)
        actor = operator(connection, by, behalf, campaign.day(now))
        campaigns.set_mail(connection, campaign.id, on)
        _record(connection, campaign.id, "mail-on" if on else "mail-off", actor, now)
        return campaign

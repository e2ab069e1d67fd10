"""Extensions and waivers: by whom the file allows, with a reason, counted and shown for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.definition.model import Permission, Who
from engine.definition.projection_model import ExtendedDates
from engine.errors import CampaignError, Refused
from engine.machine.obligation import NO_GRANT, Act, Grant, decide
from engine.machine.states import Modality
from engine.operations.campaigns import TaskRef, choose, period_of, unit_of
from engine.operations.context import House
from engine.operations.deadlines import dates_until, give_deadline, last_day
from engine.operations.stepping import Step, Stepped, expect_known, facts_of, grant_of, settle, stepped, stepping
from engine.sentences import Verdict
from engine.store import handed_in, obligations, roster
from engine.store.codes import NoticeKind
from engine.store.failures import DatabaseGone, NotKept
from engine.store.roster import UnitRow
from engine.store.silencing import suppress_about
from engine.timing.calendars import working_calendar
from engine.timing.instants import add_span
from engine.timing.spans import parse_span


class LockFirst(CampaignError):
    """延期没有用：这项任务在 {lock} 截止，之后不再受理。截止时间写在工作流文件里，延期不能越过它。

    The extension would be of no use: the task closes at {lock}, and nothing is taken after that. An extension cannot pass the lock.
    """


class NothingUnder(CampaignError):
    """“{unit}”之下没有单位承担任务“{task}”。

    No unit under “{unit}” owes “{task}”.
    """


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is granted: who acts, for whom, and why."""

    by: str | None
    behalf: str | None
    reason: str


def extend(house: House, campaign: str | None, unit: str, ref: TaskRef, *, to: date, request: Request, now: datetime) -> Stepped:
    """Give one obligation a later due; the original stays visible beside it. Raises Refused."""
    with _granting(house, campaign, unit, ref, request, now) as step:
        declared = step.row.original_due_at or step.row.due_at
        if declared is None:
            settle(decide(Act.EXTEND, facts_of(step, reason=request.reason, grant=extension(step)), now))
            raise AssertionError("an undated task is never extended")
        dates = dates_until(step, declared, to)
        settle(decide(Act.EXTEND, facts_of(step, reason=request.reason, grant=extension(step), new_due=dates.due), now))
        expect_before_lock(step, dates)
        deadline = give_deadline(step, dates, counted=True)
        step.record("extended", reason=request.reason, old=step.row.due_text, new=dates.due_text, deadline=deadline)
        number = step.row.extensions + 1
        suppress_about(step.connection, step.row.key, NoticeKind.ASKED, "answered")
        obligations.tell(step.connection, step.row, NoticeKind.EXTENDED, number, step.row.owner_id, step.row.owner_role, now)
        return stepped(step, step.row.state.name.lower(), step.row.version, due=dates.due_text)


def expect_before_lock(step: Step, dates: ExtendedDates) -> None:
    """Raises LockFirst where nothing would be taken any more when it is due."""
    if dates.lock is not None and dates.lock < dates.due:
        raise LockFirst(lock=f"{dates.lock.astimezone(step.campaign.zone):%Y-%m-%d %H:%M}")


@contextmanager
def _granting(house: House, campaign: str | None, unit: str, ref: TaskRef, request: Request, now: datetime) -> Iterator[Step]:
    with stepping(house, campaign, unit, ref, by=request.by, behalf=request.behalf, now=now) as step:
        yield step


def extension(step: Step) -> Grant:
    """The permission to extend, as it stands for this obligation and whoever acts."""
    permission = step.task.allow.extend
    if permission is None or permission.most is None or step.row.original_due_at is None:
        return grant_of(step, permission)
    calendar = working_calendar(step.campaign.workflow.calendar.holidays)
    furthest = add_span(last_day(step, step.row.original_due_at), parse_span(permission.most), calendar)
    latest = datetime.combine(furthest + timedelta(days=1), datetime.min.time(), step.campaign.zone)
    return grant_of(step, permission, latest=latest)


def waive(house: House, campaign: str | None, unit: str, ref: TaskRef, *, evidence: str, request: Request, now: datetime) -> Stepped:
    """Release from a duty. Allowed by `allow.waive`; what is owed only in principle may always be released by the superior.

    Raises Refused.
    """
    with _granting(house, campaign, unit, ref, request, now) as step:
        decision = decide(Act.WAIVE, facts_of(step, reason=request.reason, grant=_waiver(step)), now)
        settle(decision)
        assert decision.state is not None
        obligations.clear_overdue(step.connection, step.row, now)
        handed_in.clear_refusal(step.connection, step.row)
        obligations.set_state(step.connection, step.row, decision.state, now)
        step.record("waived", reason=request.reason, evidence=evidence)
        at, role = step.row.owner_id, step.row.owner_role
        obligations.tell(step.connection, step.row, NoticeKind.WAIVED, step.row.attempt, at, role, now)
        return stepped(step, decision.state.name.lower(), step.row.version)


def _waiver(step: Step) -> Grant:
    granted = grant_of(step, step.task.allow.waive)
    if granted.entitled or step.row.modality is not Modality.SHOULD:
        return _once(granted)
    released = grant_of(step, Permission(by=Who(terms=("superior",))))
    return _once(released if released is not NO_GRANT else granted)


def _once(grant: Grant) -> Grant:
    """A waiver ends the duty; how often it was extended does not count against it."""
    return Grant(allowed=grant.allowed, entitled=grant.entitled, who=grant.who)


@dataclass(frozen=True, kw_only=True)
class BulkGrant:
    """What became of one unit of a bulk extension."""

    unit: str
    name: str
    answer: Stepped | None
    refusals: tuple[Verdict, ...] = ()
    error: CampaignError | None = None


def extend_under(
    house: House, campaign: str | None, ref: TaskRef, node: str, *, to: date, request: Request, now: datetime
) -> tuple[BulkGrant, ...]:
    """Extend one occurrence for every unit at or below a node that has not settled it; each by the same rules.

    One that is refused holds up no other. Raises NothingUnder, what is wrong with the one who grants, and what a database does wrong.
    """
    with house.database.write() as connection:
        running = choose(connection, campaign, writing=True)
        top = unit_of(connection, node)
        expect_known(connection, running, request.by, request.behalf, now)
        task, period = period_of(connection, running, ref)
        rows = [row for row in obligations.under(connection, running.id, task.name, period, top.path) if not row.state.settled]
        units = [roster.by_id(connection, row.unit_id) for row in rows]
    if not units:
        raise NothingUnder(unit=top.name, task=task.title or task.name)
    exact = TaskRef(task=task.name, period=period)
    return tuple(_extend_one(house, campaign, unit, exact, to, request, now) for unit in units)


def _extend_one(house: House, campaign: str | None, unit: UnitRow, ref: TaskRef, to: date, request: Request, now: datetime) -> BulkGrant:
    try:
        return BulkGrant(unit=unit.code, name=unit.name, answer=extend(house, campaign, unit.code, ref, to=to, request=request, now=now))
    except (NotKept, DatabaseGone):
        raise
    except CampaignError as error:
        refusals = error.verdicts if isinstance(error, Refused) else ()
        return BulkGrant(unit=unit.code, name=unit.name, answer=None, refusals=refusals, error=error)

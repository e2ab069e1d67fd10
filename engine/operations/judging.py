"""Review: accept, or return with a reason. A judgement names the version it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.definition.projection_model import ExtendedDates
from engine.errors import CampaignError
from engine.machine.obligation import Act, decide
from engine.machine.states import ObligationState
from engine.operations.campaigns import TaskRef, choose
from engine.operations.context import House
from engine.operations.deadlines import dates_before_lock, give_deadline, last_day
from engine.operations.facts import judged_rules
from engine.operations.handing_in import UNITS_AT_A_TIME
from engine.operations.reviewing import is_own_work
from engine.operations.stepping import Step, Stepped, Steps, facts_of, settle, stepped, stepping, tell_results
from engine.operations.sweeping import sweep
from engine.sentences import Verdict, enumerated
from engine.store import handed_in, obligations
from engine.store.codes import NoticeKind
from engine.timing.calendars import working_calendar
from engine.timing.instants import add_span
from engine.timing.spans import parse_span
from engine.timing.stretches import one_day, roll


class StillUsed(CampaignError):
    """不能退回：{tasks} 已经以它为依据办理。请先处理那些任务。

    It cannot be returned: {tasks} already rests on it. Deal with that first.
    """


def accept(
    house: House,
    campaign: str | None,
    unit: str,
    ref: TaskRef,
    *,
    by: str | None,
    behalf: str | None,
    version: int | None,
    comment: str,
    now: datetime,
) -> Stepped:
    """Accept the version that was seen (None: the newest). Raises Refused."""
    with stepping(house, campaign, unit, ref, by=by, behalf=behalf, now=now, beside=True) as step:
        return _accept(step, version, comment)


def _accept(step: Step, version: int | None, comment: str) -> Stepped:
    rules = _rules_now(step) if step.task.checks else ()
    decision = decide(Act.ACCEPT, facts_of(step, named=version, own_work=is_own_work(step), checks=rules), step.now)
    settle(decision)
    assert decision.state is not None
    obligations.set_state(step.connection, step.row, decision.state, step.now)
    step.record("accepted", version=step.row.version, comment=comment)
    tell_results(step, step.row.version)
    at, role = step.row.owner_id, step.row.owner_role
    obligations.tell(step.connection, step.row, NoticeKind.PASSED, step.row.version, at, role, step.now)
    return stepped(step, decision.state.name.lower(), step.row.version)


def _rules_now(step: Step) -> tuple[Verdict, ...]:
    """The rules once more: what they look at may have changed since it was handed in. Whoever accepts answers for what they cannot tell."""
    contents = handed_in.contents(step.connection, step.row, step.row.version)
    return judged_rules(step.connection, step.campaign, step.unit, step.task, contents, step.now)


@dataclass(frozen=True, kw_only=True)
class Accepting:
    """One acceptance among many: the version that was seen, and by whom."""

    unit: str
    version: int | None
    by: str | None


@dataclass(frozen=True, kw_only=True)
class AcceptedLine:
    """What became of one of many."""

    unit: str
    answer: Stepped | None
    error: CampaignError | None = None


def accept_many(house: House, campaign: str | None, ref: TaskRef, seen: Sequence[Accepting], *, now: datetime) -> tuple[AcceptedLine, ...]:
    """Accept for many units, each decided by itself: one that is refused holds up no other. Raises what is wrong with the campaign."""
    sweep(house, now)
    lines: list[AcceptedLine] = []
    for start in range(0, len(seen), UNITS_AT_A_TIME):
        with house.database.write() as connection:
            some = seen[start : start + UNITS_AT_A_TIME]
            steps = Steps(connection, choose(connection, campaign, writing=True), ref, [one.unit for one in some], now)
            lines += [_accept_one(steps, one) for one in some]
    return tuple(lines)


def _accept_one(steps: Steps, one: Accepting) -> AcceptedLine:
    try:
        return AcceptedLine(unit=one.unit, answer=_accept(steps.step(one.unit, by=one.by, behalf=None), one.version, ""))
    except CampaignError as error:
        return AcceptedLine(unit=one.unit, answer=None, error=error)


def send_back(
    house: House,
    campaign: str | None,
    unit: str,
    ref: TaskRef,
    *,
    by: str | None,
    behalf: str | None,
    version: int | None,
    reason: str,
    now: datetime,
) -> Stepped:
    """Return to the owner, who is told at once with the reason. Raises Refused, StillUsed."""
    with stepping(house, campaign, unit, ref, by=by, behalf=behalf, now=now) as step:
        decision = decide(Act.RETURN, facts_of(step, named=version, own_work=is_own_work(step), reason=reason), now)
        settle(decision)
        assert decision.state is not None
        used = obligations.dependents_used(step.connection, step.row) if step.row.state is ObligationState.ACCEPTED else ()
        if used:
            raise StillUsed(tasks=enumerated(used))
        obligations.set_state(step.connection, step.row, decision.state, now, attempt=step.row.attempt + 1)
        again = rework_dates(step)
        deadline = step.row.deadline_id if again is None else give_deadline(step, again, counted=False)
        _late_again(step)
        step.record("returned", version=step.row.version, reason=reason, deadline=deadline)
        at, role = step.row.owner_id, step.row.owner_role
        obligations.tell(step.connection, step.row, NoticeKind.RETURNED, step.row.attempt + 1, at, role, now)
        closes = again is not None and again.due == again.lock
        due = step.row.due_text if again is None else again.due_text
        return stepped(step, decision.state.name.lower(), step.row.version, due=due, closes=closes)


def rework_dates(step: Step) -> ExtendedDates | None:
    """The dates after a return, where the review gives time for mending and it ends later than the old due, though never after the lock."""
    review = step.task.review
    if review is None or review.rework is None or step.row.due_at is None:
        return None
    said = step.campaign.workflow.calendar
    calendar = working_calendar(said.holidays)
    day = add_span(step.campaign.day(step.now), parse_span(review.rework), calendar)
    if said.on_holiday != "keep":
        day = roll(one_day(day), said.on_holiday, calendar).last or day
    if day <= last_day(step, step.row.due_at):
        return None
    dates = dates_before_lock(step, step.row.original_due_at or step.row.due_at, day)
    return dates if dates.due > max(step.row.due_at, step.now) else None


def _late_again(step: Step) -> None:
    """Handed in late and returned: it is owed, and overdue, again."""
    newest = obligations.find(step.connection, step.campaign.id, step.unit.id, step.row.task, step.row.period)
    if newest is not None and newest.late_at is not None and newest.late_at <= step.now:
        obligations.mark_overdue(step.connection, newest, newest.late_at)

"""Moving one case on, or saying everything that is in the way; and the override, which is shown for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import CampaignError, Refused
from engine.machine.case import CaseFacts, case_rulebook, next_position, step
from engine.machine.obligation import Act, decide
from engine.machine.states import FINISHED
from engine.operations.asking import blocker_verdict, blockers_of
from engine.operations.campaigns import NotInCampaign, Running, TaskRef, choose, obligation_of, unit_of
from engine.operations.catching_up import bring_up_to_date, walk_on
from engine.operations.context import House
from engine.operations.people import Actor, operator
from engine.operations.stepping import Stepped, facts_of, settle, stepped, stepping
from engine.sentences import Sentence, Verdict
from engine.store import counters, journal, obligations, queries, sweeping, walking
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.queries import CaseRow
from engine.store.roster import UnitRow


class AlreadyThere(CampaignError):
    """“{unit}”{where}，没有下一阶段。

    “{unit}” is {where}; there is no next stage.
    """


class NeedsReason(CampaignError):
    """强制放行必须用 --reason 写明理由。

    An override needs a reason; give it with --reason.
    """


class StandsElsewhere(CampaignError):
    """“{unit}”现在不在“{leave}”，而在“{where}”，什么都没有改动。确实还要再放行一步，请写 --leave {where}。

    “{unit}” does not stand in “{leave}” but in “{where}”; nothing was changed. To force it on from there, write --leave {where}.
    """


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A case that moved. `left`, `entered`: stages in words."""

    unit: str
    name: str
    left: Sentence
    entered: Sentence
    forced: bool


@dataclass(frozen=True, kw_only=True)
class _Standing:
    connection: Connection
    campaign: Running
    unit: UnitRow
    case: CaseRow
    actor: Actor


@dataclass(frozen=True, kw_only=True)
class _Named:
    """What somebody names: the campaign, the unit, who acts, for whom, and when."""

    campaign: str | None
    unit: str
    by: str | None
    behalf: str | None
    now: datetime

    def standing(self, connection: Connection) -> _Standing:
        """The case as it stands. Raises what is wrong with the names."""
        running = choose(connection, self.campaign, writing=True)
        at = unit_of(connection, self.unit)
        case = queries.find_case(connection, running.id, at.id)
        if case is None:
            raise NotInCampaign(unit=at.name, code=at.code, campaign=running.name)
        actor = operator(connection, self.by, self.behalf, running.day(self.now))
        return _Standing(connection=connection, campaign=running, unit=at, case=case, actor=actor)


def advance(house: House, campaign: str | None, unit: str, *, by: str | None, now: datetime, behalf: str | None = None) -> Moved:
    """Move one case a stage on. Raises Refused with every unmet condition and its shortfall; AlreadyThere.

    The sweep moves whoever is ready; where it has just done so, that move is the answer.
    """
    named = _Named(campaign=campaign, unit=unit, by=by, behalf=behalf, now=now)
    with house.database.write(few=True) as connection:
        at = named.standing(connection)
        before = at.case.stage
        if sweeping.next_bell(connection, now) is None:
            return _advance(at, before, now)
    bring_up_to_date(house, campaign, unit, None, now, named.standing)
    with house.database.write(few=True) as connection:
        return _advance(named.standing(connection), before, now)


def _advance(at: _Standing, before: int, now: datetime) -> Moved:
    """Move on whoever stood in stage `before`, unless that has been done."""
    reached = walk_on(at.connection, at.case.case_id, now)
    stage = at.case.stage if reached is None else reached
    if stage != before:
        return _moved(at, before, stage, forced=False)
    target = _decide(at, now, forced=False)
    _move(at, target, now, forced=False, reason="")
    return _moved(at, before, target, forced=False)


def override(
    house: House,
    campaign: str | None,
    unit: str,
    *,
    by: str | None,
    reason: str,
    now: datetime,
    behalf: str | None = None,
    leave: str | None = None,
) -> Moved:
    """Move one case a stage on whatever its gate says; journalled as forced. What it owes it still owes.

    leave: the stage it is to leave, so that doing it again does not move it again; None for whichever it stands in.
    Raises NeedsReason, StandsElsewhere, AlreadyThere.
    """
    if not reason.strip():
        raise NeedsReason
    named = _Named(campaign=campaign, unit=unit, by=by, behalf=behalf, now=now)
    bring_up_to_date(house, campaign, unit, None, now, named.standing)
    with house.database.write() as connection:
        at = named.standing(connection)
        if leave is not None and at.case.stage < FINISHED:
            _expect_in(at, leave)
        target = _decide(at, now, forced=True)
        _move(at, target, now, forced=True, reason=reason)
        return _moved(at, at.case.stage, target, forced=True)


def _expect_in(at: _Standing, leave: str) -> None:
    """Raises StandsElsewhere unless the case stands in the stage of that name or title."""
    where, stages = at.campaign.stage_title(at.case.stage), at.campaign.stages
    names = {where.say("zh"), where.say("en")} | ({stages[at.case.stage].name} if 0 <= at.case.stage < len(stages) else set())
    if leave.strip() not in names:
        raise StandsElsewhere(unit=at.unit.name, leave=leave, where=where)


def reopen(
    house: House, campaign: str | None, unit: str, ref: TaskRef, *, by: str | None, behalf: str | None, reason: str, now: datetime
) -> Stepped:
    """Open a lapsed obligation again, by override; its lock is lifted. Raises Refused."""
    with stepping(house, campaign, unit, ref, by=by, behalf=behalf, now=now, forced=True) as at:
        decision = decide(Act.REOPEN, facts_of(at, reason=reason, forced=True), now)
        settle(decision)
        assert decision.state is not None
        deadline = walking.unlock(at.connection, at.row, now)
        obligations.set_state(at.connection, at.row, decision.state, now, attempt=at.row.attempt + 1)
        at.record("reopened", forced=True, reason=reason, deadline=deadline)
        _, fresh = obligation_of(at.connection, at.campaign, at.unit, ref)
        obligations.tell(at.connection, fresh, NoticeKind.REOPENED, fresh.attempt, fresh.owner_id, fresh.owner_role, now)
        return stepped(at, decision.state.name.lower(), at.row.version)


def _decide(at: _Standing, now: datetime, *, forced: bool) -> int:
    position, stages = at.case.stage, len(at.campaign.stages)
    if position >= FINISHED:
        raise AlreadyThere(unit=at.unit.name, where=at.campaign.stage_title(position))
    following = next_position(position, stages)
    next_stage = None if following == FINISHED else at.campaign.stages[following]
    facts = CaseFacts(
        position=position,
        stages=stages,
        unmet=_unmet(at, now),
        next_title=next_stage.title if next_stage else "",
        next_opens=next_stage.opens_at if next_stage else None,
        forced=forced,
    )
    decision = step(case_rulebook(stages), facts, now)
    if decision.position is None:
        raise Refused(decision.refusals)
    return decision.position


def _unmet(at: _Standing, now: datetime) -> tuple[Verdict, ...]:
    rows = obligations.unmet(at.connection, at.case.case_id, at.case.stage)
    return tuple(blocker_verdict(blocker) for blocker in blockers_of(at.connection, at.campaign, at.case, rows, now))


def _move(at: _Standing, target: int, now: datetime, *, forced: bool, reason: str) -> None:
    walking.move_case(at.connection, at.campaign.id, at.case.case_id, at.case.path, at.case.stage, target, now)
    if target != FINISHED and counters.missing(at.connection, at.case.case_id, target) == 0:
        counters.make_ready(at.connection, at.campaign.id, at.case.case_id, target, now)
    line = journal.Line(
        kind="moved",
        recorded_at=now,
        campaign_id=at.campaign.id,
        case_id=at.case.case_id,
        due_at=now,
        actor_id=at.actor.id,
        behalf_id=at.actor.behalf_id,
        forced=forced,
        data={"from": at.case.stage, "to": target, **({"reason": reason} if reason else {})},
    )
    journal.write(at.connection, line)


def _moved(at: _Standing, left: int, entered: int, *, forced: bool) -> Moved:
    words = at.campaign.stage_title
    return Moved(unit=at.unit.code, name=at.unit.name, left=words(left), entered=words(entered), forced=forced)

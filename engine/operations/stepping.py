"""What every single step shares: the campaign, the unit, the obligation, who acts, and whether they may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from engine.definition.model import Permission, Task, Who
from engine.definition.who import Seat, seat
from engine.errors import Refused
from engine.machine.obligation import NO_GRANT, Decision, Facts, Grant
from engine.operations.campaigns import Running, TaskRef, choose, obligation_of, obligation_title, period_of, unit_of
from engine.operations.catching_up import bring_up_to_date
from engine.operations.context import House
from engine.operations.directory import Answering, Directory
from engine.operations.people import Actor, VacantPost, known_or_operator, operator, resolve
from engine.operations.sweeping import is_due
from engine.operations.waiting import waiting_words
from engine.sentences import Sentence
from engine.store import awaited, journal
from engine.store.codes import NoticeKind
from engine.store.database import Connection
from engine.store.obligations import ObligationRow, of_units, tell
from engine.store.roster import UnitRow

OWNER = ("owner", "责任人")


# What is made in every step is a named tuple: a frozen dataclass would take ten times as long.
class Step(NamedTuple):
    """One step in its transaction."""

    connection: Connection
    now: datetime
    campaign: Running
    unit: UnitRow
    task: Task
    row: ObligationRow
    actor: Actor
    directory: Directory

    def seat_answering(self, unit_id: int, role: str) -> Answering:
        """Who answers for that seat today."""
        return self.directory.answering(unit_id, role)

    def record(self, kind: str, *, forced: bool = False, **data: Any) -> None:
        """The journal line of this step."""
        line = journal.Line(
            kind=kind,
            recorded_at=self.now,
            campaign_id=self.campaign.id,
            case_id=self.row.case_id,
            occurrence_id=self.row.occurrence_id,
            subject=self.row.subject,
            actor_id=self.actor.id,
            behalf_id=self.actor.behalf_id,
            forced=forced,
            data=data,
        )
        journal.write(self.connection, line)


@contextmanager
def stepping(
    house: House,
    campaign: str | None,
    unit: str,
    ref: TaskRef,
    *,
    by: str | None,
    behalf: str | None,
    now: datetime,
    forced: bool = False,
    beside: bool = False,
) -> Iterator[Step]:
    """A transaction on one obligation, after everything that is due for it has been done. Raises what is wrong with the names.

    forced: an override, for which whoever is named need not stand in the roster.  beside: the step changes nothing but its own case
    and what waits for it, so that steps on other cases go on meanwhile.
    """

    def begin(connection: Connection) -> Step:
        running = choose(connection, campaign, writing=True)
        by_name = forced and behalf not in OWNER
        actor = operator(connection, by, behalf, running.day(now)) if by_name else None
        return step_at(connection, running, unit, ref, by=by, behalf=behalf, now=now, actor=actor)

    with house.database.write(beside=beside, few=True) as connection:
        if not is_due(connection, now):
            yield begin(connection)
            return
    bring_up_to_date(house, campaign, unit, ref, now, begin)
    with house.database.write(beside=beside, few=True) as connection:
        yield begin(connection)


def step_at(
    connection: Connection,
    campaign: Running,
    unit: str,
    ref: TaskRef,
    *,
    by: str | None,
    behalf: str | None,
    now: datetime,
    actor: Actor | None = None,
) -> Step:
    """One step of a transaction, by `actor` or by whoever is named. Raises what is wrong with the names."""
    at = unit_of(connection, unit)
    task, row = obligation_of(connection, campaign, at, ref, ours=True)
    directory = Directory(connection, campaign.organisation, campaign.day(now))
    directory.know(at)
    directory.prefetch((row.owner_id, _judge(row)))
    acting = actor or _actor(connection, directory, row, by, behalf)
    return Step(connection=connection, now=now, campaign=campaign, unit=at, task=task, row=row, actor=acting, directory=directory)


class Steps:
    """The steps of many units on one occurrence in one transaction: what they share is read once. Raises what is wrong with `ref`."""

    def __init__(self, connection: Connection, campaign: Running, ref: TaskRef, units: Sequence[str], now: datetime) -> None:
        self.connection = connection
        self.campaign = campaign
        self.now = now
        self.task, period = period_of(connection, campaign, ref)
        self.ref = TaskRef(task=self.task.name, period=period)
        self.directory = Directory(connection, campaign.organisation, campaign.day(now))
        self._rows = of_units(connection, campaign.id, self.task.name, period, units)
        self.directory.prefetch(unit_id for row in self._rows.values() for unit_id in (row.unit_id, row.owner_id, _judge(row)))

    def step(self, unit: str, *, by: str | None, behalf: str | None) -> Step:
        """One unit's step. Raises what is wrong with the unit or the one who acts."""
        # Read again for a unit that has had its step: that one changed the row.
        row = self._rows.pop(unit, None)
        if row is None:
            return step_at(self.connection, self.campaign, unit, self.ref, by=by, behalf=behalf, now=self.now)
        return Step(
            connection=self.connection,
            now=self.now,
            campaign=self.campaign,
            unit=self.directory.unit(row.unit_id),
            task=self.task,
            row=row,
            actor=_actor(self.connection, self.directory, row, by, behalf),
            directory=self.directory,
        )


def _actor(connection: Connection, directory: Directory, row: ObligationRow, by: str | None, behalf: str | None) -> Actor:
    """Who acts. `--for owner` is whoever answers for what is owed: an office handing in for many units need not know their names."""
    if behalf not in OWNER:
        return resolve(connection, by, behalf, directory.day)
    owner = directory.answering(row.owner_id, row.owner_role)
    if not owner.holders:
        raise VacantPost(unit=owner.unit.name, post=row.owner_role or "-")
    number, shown = known_or_operator(connection, by, directory.day)
    return Actor(id=number, name=shown, behalf_id=owner.holders[0].person_id, behalf_name=owner.holders[0].name)


def expect_known(connection: Connection, campaign: Running, by: str | None, behalf: str | None, now: datetime) -> None:
    """Raises what is wrong with the one who is about to act for many, before anything is done."""
    day = campaign.day(now)
    if behalf in OWNER:
        known_or_operator(connection, by, day)
    else:
        resolve(connection, by, behalf, day)


def facts_of(step: Step, **more: Any) -> Facts:
    """What deciding needs about the obligation and the one who acts."""
    owner = step.seat_answering(step.row.owner_id, step.row.owner_role)
    judge = step.seat_answering(_judge(step.row), step.row.reviewer_role)
    mine = step.actor.principal
    values: dict[str, Any] = {
        "state": step.row.state,
        "modality": step.row.modality,
        "opens_at": step.row.opens_at,
        "waits": tuple(waiting_words(waiting, step.directory) for waiting in awaited.waits(step.connection, step.row)),
        "due_at": step.row.due_at,
        "lock_at": step.row.lock_at,
        "reviewed": step.row.reviewed and step.row.reviewer_id is not None,
        "judged_by_nobody": step.row.reviewer_id is None,
        "owner": owner.has(mine),
        "owner_words": lambda: owner.words,
        "reviewer": judge.has(mine),
        "reviewer_words": lambda: judge.words,
        "newest": step.row.version,
        **more,
    }
    return Facts(**values)


def _judge(row: ObligationRow) -> int:
    return row.owner_id if row.reviewer_id is None else row.reviewer_id


def grant_of(step: Step, permission: Permission | None, *, latest: datetime | None = None) -> Grant:
    """The permission as it stands for this obligation and actor. A `should` may always be released by the superior."""
    if permission is None:
        return NO_GRANT
    who = granting(step, permission.by)
    if who is None:
        return NO_GRANT
    return Grant(
        allowed=True,
        entitled=who.has(step.actor.principal),
        used=step.row.extensions,
        times=permission.times,
        latest=latest,
        who=who.words,
    )


def granting(step: Step, by: Who) -> Answering | None:
    """Who grants: a selection read from the subject. Asking the owner itself passes to its superior."""
    owes = step.directory.unit(step.row.owner_id)
    found = seat(by, step.unit, step.campaign.organisation, owner=Seat(owes, step.row.owner_role))
    if found is None or not isinstance(found.unit, UnitRow):
        return None
    if found.unit.id == owes.id and found.role in ("", step.row.owner_role):
        return None if owes.superior is None else step.seat_answering(owes.superior.id, "")
    return step.seat_answering(found.unit.id, found.role)


def told_results(step: Step) -> Iterator[tuple[int, int, str]]:
    """Whom the task delivers to (in the system): its place in the list, unit id and role. Whoever owes it knows."""
    for place, who in enumerate(step.task.deliver):
        found = granting(step, who)
        if found is not None and (found.unit.id, found.role) != (step.row.owner_id, step.row.owner_role):
            yield place, found.unit.id, found.role


def tell_results(step: Step, version: int) -> None:
    """They are told that it is done."""
    for place, unit_id, role in told_results(step):
        tell(step.connection, step.row, NoticeKind.ACCEPTED, version * 100 + place, unit_id, role, step.now)


def settle(decision: Decision) -> None:
    """Raises Refused with every reason, where the decision is a refusal."""
    if not decision.allowed:
        raise Refused(decision.refusals)


class Stepped(NamedTuple):
    """What a step came to. closes: nothing is taken after the new due."""

    unit: str
    name: str
    task: str
    period: str
    title: Sentence
    state: str
    version: int
    unchanged: bool = False
    due: str = ""
    closes: bool = False
    checks: tuple[dict[str, Any], ...] = ()


def stepped(step: Step, state: str, version: int, **more: Any) -> Stepped:
    """The answer to the one who acted."""
    return Stepped(
        unit=step.unit.code,
        name=step.unit.name,
        task=step.row.task,
        period=step.row.period,
        title=obligation_title(step.row),
        state=state,
        version=version,
        **more,
    )

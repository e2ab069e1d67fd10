"""Chasing by hand (催办): whoever is late is told once more because somebody above asks for it; recorded, and limited in number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from engine.errors import CampaignError
from engine.operations.campaigns import Running, TaskRef, choose, period_of, unit_of
from engine.operations.context import House
from engine.operations.directory import Directory
from engine.operations.people import Actor, expect_operators, in_roster, operator
from engine.operations.sweeping import sweep
from engine.store import chasing, journal, roster
from engine.store.chasing import Counted, Laggards
from engine.store.database import Connection
from engine.store.pace import Pace
from engine.store.roster import UnitRow

# A title in a letter may be long; what somebody adds by hand is a word or two.
LONGEST_WORDS = 500


class NotAbove(CampaignError):
    """{person}在“{unit}”及其上级没有岗位，不能向它催办。请由上级单位的人或活动办公室办理，代办时用 --for 写明替谁办。

    {person} holds no post at “{unit}” or above it, and cannot chase it. Let somebody above it or the campaign office do so,
    or say with --for on whose behalf you act.
    """


class NobodyLate(CampaignError):
    """“{unit}”及其下级没有逾期未办的任务，无需催办。

    Nothing is overdue at or below “{unit}”: there is nobody to chase.
    """


class WordsTooLong(CampaignError):
    """催办的话太长（{n} 字）。请不超过 {most} 字。

    What you say is too long ({n} characters). Say it in at most {most}.
    """


@dataclass(frozen=True, kw_only=True)
class Chase:
    """What one asks for: of whom (a unit and all below it; '' for everybody), about which task, in whose name and in which words."""

    under: str = ""
    ref: TaskRef | None = None
    by: str | None
    behalf: str | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ChasedTask:
    """One occurrence: how many are late, and how many of them were (or would be) told."""

    task: str
    period: str
    title: str
    late: int
    chased: int
    today: int
    used_up: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Chased:
    """What came of it. done: False where it was only looked at.  mail_on: whether letters leave this campaign at all."""

    campaign: str
    unit: str
    tasks: tuple[ChasedTask, ...]
    done: bool
    mail_on: bool

    @property
    def chased(self) -> int:
        """How many duties."""
        return sum(task.chased for task in self.tasks)


def what_would_be_chased(house: House, campaign: str | None, chase: Chase, now: datetime) -> Chased:
    """Who is late as things stand, and how many of them would be told. Raises what `chase_laggards` raises."""
    with house.database.read() as connection:
        running, unit = _begin(connection, campaign, chase, now)
        found = [(late, chasing.count(connection, late.laggards)) for late in _laggards(connection, running, unit, chase, now)]
    return _chased(running, unit, [late.told(counted, counted.ready) for late, counted in found], done=False)


def chase_laggards(house: House, campaign: str | None, chase: Chase, now: datetime) -> Chased:
    """Decide a notice for each of them, to whoever has to act. Raises NotAbove, NobodyLate, WordsTooLong, what is wrong with the names.

    In batches: whoever is interrupted has told some, and those are not told again that day.
    """
    with house.database.read() as connection:
        _begin(connection, campaign, chase, now)
    sweep(house, now)
    with house.database.write() as connection:
        running, unit = _begin(connection, campaign, chase, now)
        found = _laggards(connection, running, unit, chase, now)
        actor = operator(connection, chase.by, chase.behalf, running.day(now))
    return _chased(running, unit, [_decide(house, late, actor, chase, now) for late in found], done=True)


def _chased(running: Running, unit: UnitRow, tasks: Sequence[ChasedTask], *, done: bool) -> Chased:
    return Chased(campaign=running.name, unit=unit.name, tasks=tuple(tasks), done=done, mail_on=running.mail_on)


def _begin(connection: Connection, campaign: str | None, chase: Chase, now: datetime) -> tuple[Running, UnitRow]:
    """The campaign and the unit, once it is sure that whoever asks may."""
    if len(chase.words) > LONGEST_WORDS:
        raise WordsTooLong(n=len(chase.words), most=LONGEST_WORDS)
    running = choose(connection, campaign, writing=True)
    unit = unit_of(connection, chase.under) if chase.under else roster.by_id(connection, running.root_id)
    _expect_entitled(connection, running, unit, chase, now)
    return running, unit


def _expect_entitled(connection: Connection, running: Running, unit: UnitRow, chase: Chase, now: datetime) -> None:
    """Raises NotAbove where it is a person of the roster who stands neither there nor above. Whoever is none runs the campaign."""
    expect_operators(connection, chase.by, chase.behalf, running.day(now))
    person = in_roster(connection, chase.behalf or chase.by, running.day(now))
    if person is None:
        return
    directory = Directory(connection, running.organisation, running.day(now))
    if not directory.stands_at_or_above(person[0], unit):
        raise NotAbove(person=person[1], unit=unit.name)


def _laggards(connection: Connection, running: Running, unit: UnitRow, chase: Chase, now: datetime) -> list[_Late]:
    """Every occurrence with which somebody there is late. Raises NobodyLate, and what is wrong with the task."""
    wanted = None if chase.ref is None else period_of(connection, running, chase.ref)
    today = datetime.combine(running.day(now), time.min, running.zone)
    found = []
    for number, task, period, title in chasing.occurrences(connection, running.id, unit.path):
        if wanted is None or (task, period) == (wanted[0].name, wanted[1]):
            most = running.workflow.task(task).allow.chases
            late = Laggards(campaign_id=running.id, occurrence_id=number, path=unit.path, most=most, today=today)
            found.append(_Late(laggards=late, task=task, period=period, title=title))
    if not found:
        raise NobodyLate(unit=unit.name)
    return found


@dataclass(frozen=True, kw_only=True)
class _Late:
    """Those who are late with one occurrence, and what it is called."""

    laggards: Laggards
    task: str
    period: str
    title: str

    def told(self, counted: Counted, chased: int) -> ChasedTask:
        """What came of it."""
        return ChasedTask(
            task=self.task,
            period=self.period,
            title=self.title,
            late=counted.late,
            chased=chased,
            today=counted.today,
            used_up=counted.used_up,
            most=self.laggards.most,
        )


def _decide(house: House, late: _Late, actor: Actor, chase: Chase, now: datetime) -> ChasedTask:
    """In batches, so that others may write between them."""
    with house.database.read() as connection:
        counted = chasing.count(connection, late.laggards)
    pace, chased, after = Pace(), 0, ""
    cursor: str | None = ""
    while cursor is not None:
        after = cursor
        with house.database.write() as connection, pace:
            decided, cursor = chasing.chase(connection, late.laggards, after, now, pace.size)
            if decided:
                journal.write(connection, _line(late, actor, chase, now, {"count": decided, "after": after, "upto": cursor}))
        chased += decided
        if cursor is not None:
            house.database.let_others_in()
    return late.told(counted, chased)


def _line(late: _Late, actor: Actor, chase: Chase, now: datetime, batch: Mapping[str, object]) -> journal.Line:
    return journal.Line(
        kind="chased",
        recorded_at=now,
        campaign_id=late.laggards.campaign_id,
        occurrence_id=late.laggards.occurrence_id,
        actor_id=actor.id,
        behalf_id=actor.behalf_id,
        data={**batch, "words": chase.words.strip(), "under": late.laggards.path},
    )

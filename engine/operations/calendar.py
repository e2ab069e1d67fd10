"""The calendar of a unit, or of a person: the deadlines of what is owed and of what waits to be judged, each moving and ending with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.errors import CampaignError, Echo
from engine.exchange.ics import Calendar
from engine.machine.states import ObligationState
from engine.names import nearest
from engine.operations.campaigns import Running, UnitHints, by_id, choose
from engine.operations.context import House
from engine.operations.entries import Deadline, Entries, calendar_of
from engine.operations.people import person_id
from engine.operations.seats import Seats, seats_at, seats_of
from engine.sentences import Lang, Sentence, plain
from engine.store import campaigns as store
from engine.store import owing, people, roster
from engine.store.database import Connection
from engine.store.owing import Duty


class NeitherUnitNorPerson(Echo):
    """没有代码为“{text}”的单位，花名册中也没有“{text}”这个人。{unit}{person}请写单位代码，或姓名、邮箱、“单位代码/岗位”。

    There is no unit with the code “{text}”, and nobody of that name in the roster. {unit}{person}Give the code of a unit, or a name, an
    e-mail address or UNIT/POST.
    """


class UnitOrPerson(CampaignError):
    """“{text}”既是单位 {unit} 的代码，也是花名册中一个人的姓名。要单位的，请加 --unit；要本人的，请写邮箱或“单位代码/岗位”。

    “{text}” is the code of the unit {unit} and the name of somebody in the roster too. Add --unit for the unit; for the person give the
    e-mail address or UNIT/POST.
    """


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A calendar with what stands in it, entry by entry. undated: how many duties have no due since the file names none.

    pending: what has to be known first, by the names that `timeline` has, and how many duties have no due until then.
    """

    calendar: Calendar
    deadlines: tuple[Deadline, ...]
    undated: int
    pending: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, kw_only=True)
class _Whose:
    """By what she or it is called, and the seats in a campaign."""

    name: str
    seats: Callable[[Running], Seats]


def draw(house: House, who: str, campaign: str | None, *, now: datetime, lang: Lang, unit: bool = False) -> Drawn:
    """The calendar over all campaigns that run, or of the one named. unit: `who` is the code of a unit, whoever else is called so.

    What was still to come when a campaign ended stands in it as cancelled, until its day. Raises NeitherUnitNorPerson, UnitOrPerson, and
    what else is wrong with the names.
    """
    with house.database.read() as connection:
        chosen = _campaigns(connection, campaign, now)
        whose = _whose(connection, who, chosen[0][0], now, unit)
        left_out: Counter[tuple[str, ...]] = Counter()
        deadlines: list[Deadline] = []
        for running, after in chosen:
            seats = whose.seats(running)
            duties = owing.duties_of(connection, running.id, seats.units, undone_after=after)
            left_out.update(_awaited(duty) for duty in duties if _is_without_day(duty, running, seats))
            dated = [duty for duty in duties if duty.row.due_at is not None]
            deadlines += _entries(connection, running, dated, seats, now, lang)
        return Drawn(
            calendar=calendar_of(connection, whose.name, deadlines, now, lang),
            deadlines=tuple(deadlines),
            undated=left_out.pop((), 0),
            pending=tuple(sorted(left_out.items())),
        )


def _campaigns(connection: Connection, name: str | None, now: datetime) -> list[tuple[Running, datetime | None]]:
    """The one named; else all that were launched. None: all of it is meant; of one that is over only what is due after that instant.

    Raises what is wrong with the name, NoCampaign.
    """
    if name is not None:
        return [(choose(connection, name), None)]
    launched = [by_id(connection, row.id) for row in store.all_campaigns(connection) if row.state != store.LAUNCHING]
    since = [(one, None if one.ended_at is None else max(one.ended_at, now)) for one in launched]
    ahead = [(one, after) for one, after in since if after is None or owing.is_due_after(connection, one.id, after)]
    # Where there is nothing to look forward to at all, any of them says what day it is.
    return ahead or since[:1] or [(choose(connection, None), None)]


def _is_without_day(duty: Duty, running: Running, seats: Seats) -> bool:
    """Whether it is owed, or waits to be judged, by no day."""
    row = duty.row
    if row.due_at is not None or running.ended_at is not None or row.state.settled:
        return False
    waits = row.state is ObligationState.SUBMITTED and seats.has(row.reviewer_id, row.reviewer_role)
    return waits or seats.has(row.owner_id, row.owner_role)


def _awaited(duty: Duty) -> tuple[str, ...]:
    """What has to be known before it has a due; nothing where nobody said what."""
    return tuple(name for name in duty.row.pending_on.split("、") if name not in ("", "undated"))


def _entries(connection: Connection, running: Running, duties: list[Duty], seats: Seats, now: datetime, lang: Lang) -> Iterator[Deadline]:
    writer = Entries(connection, running, now, lang)
    writer.prepare(duties)
    for duty in duties:
        row = duty.row
        if seats.has(row.owner_id, row.owner_role):
            yield writer.entry(duty, judging=False)
        if row.version and seats.has(row.reviewer_id, row.reviewer_role) and writer.waited(row):
            yield writer.entry(duty, judging=True)


def _whose(connection: Connection, text: str, running: Running, now: datetime, unit: bool) -> _Whose:
    at = roster.by_code(connection, text)
    if at is None:
        number, name = _person(connection, text, running, now, unit)
        return _Whose(name=name, seats=lambda campaign: seats_of(connection, campaign, number, now))
    if not unit and people.find_people(connection, text):
        raise UnitOrPerson(text=text, unit=at.name)
    return _Whose(name=at.name, seats=lambda _: seats_at(at))


def _person(connection: Connection, text: str, running: Running, now: datetime, unit: bool) -> tuple[int, str]:
    """Her id and name. Raises NeitherUnitNorPerson, WhichPerson, VacantPost."""
    if unit or not (_is_a_post(connection, text) or people.find_people(connection, text)):
        close = None if unit else nearest(text, people.person_names(connection))
        hint = Sentence("有人名为“{close}”。", "Somebody is named “{close}”. ", {"close": close}) if close else plain("")
        raise NeitherUnitNorPerson(text=text, unit=UnitHints(connection).hint(text), person=hint)
    return person_id(connection, text, running.day(now))


def _is_a_post(connection: Connection, text: str) -> bool:
    """Whether it reads as UNIT/POST, of a unit that there is."""
    code, slash, _ = text.partition("/")
    return bool(slash) and "@" not in code and roster.by_code(connection, code) is not None

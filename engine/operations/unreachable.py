"""Whom no letter reaches, and how that is mended: a list for whoever keeps the roster, and the word that an address is right after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.operations import resting
from engine.operations.context import House
from engine.operations.office import office_of
from engine.operations.people import operator, person_id
from engine.sentences import Sentence, plain
from engine.store import house as facts
from engine.store import journal, notices, people, reports, roster
from engine.store.database import Connection

# A delay of which nothing more was heard has ended in the letter's arrival.
_SLOW = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """A duty that stood in a letter that did not arrive."""

    unit: str
    name: str
    task: str
    period: str
    title: Sentence


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An address that letters do not reach. outcome: bounced, refused (the server took none), unusable (none was asked),
    unanswered (nobody knows whether it did), put-off (it would take none yet, for days), delayed (it is still trying).

    unit, post: where she serves; '' for the office.  words: the server's own, of the last letter.  since: when the first was told of.
    dead: no more letters go there until the roster has another one.
    """

    person: str
    address: str
    unit: str
    unit_name: str
    post: str
    outcome: str
    words: str
    since: datetime
    letters: int
    dead: bool
    duties: tuple[Undelivered, ...]


def failures(house: House, now: datetime) -> tuple[Failure, ...]:
    """Every address to which letters do not get through, in the order in which that was noticed."""
    with house.database.read() as connection:
        groups: dict[tuple[int, str], list[Any]] = {}
        for row in reports.failures(connection, now - _SLOW):
            groups.setdefault((row.person_id, row.address), []).append(row)
        seats = people.seats_of(connection, [number for number, _ in groups], now.date()) if groups else {}
        lost = reports.duties(connection, [row.message_id for rows in groups.values() for row in rows if row.outcome != reports.DELAYED])
        return tuple(_failure(connection, rows, seats.get(number, ""), lost) for (number, _), rows in groups.items())


def left_alone(house: House) -> tuple[resting.Rest, ...]:
    """Every channel that takes nothing just now."""
    with house.database.read() as connection:
        return tuple(resting.rests(connection))


def _failure(connection: Connection, rows: Sequence[Any], seat: str, lost: dict[int, list[Any]]) -> Failure:
    """The reports of one address as one."""
    code, _, post = seat.partition("/")
    unit = roster.by_code(connection, code) if code else None
    grave = [row for row in rows if row.outcome != reports.DELAYED] or rows
    stood = dict.fromkeys(tuple(one)[1:] for row in rows for one in lost.get(row.message_id, ()))
    return Failure(
        person=rows[0].name,
        address=rows[0].address,
        unit=code,
        unit_name="" if unit is None else unit.name,
        post=post,
        outcome=grave[-1].outcome,
        words=grave[-1].words,
        since=rows[0].at,
        letters=len({row.message_id for row in rows}),
        dead=any(row.dead for row in rows),
        duties=tuple(_undelivered(*one) for one in stood),
    )


def _undelivered(code: str, name: str, task: str, period: str, title: str, zh: str, en: str) -> Undelivered:
    said = Sentence(f"{zh}{title}", f"{title} ({en})") if period else plain(title)
    return Undelivered(unit=code, name=name, task=task, period=period, title=said)


@dataclass(frozen=True, kw_only=True)
class Retried:
    """Whose address counts again. reports: how many were set aside; notices: how many are told again.

    corrected: what came back had gone to another address than she has now, so that there was nothing to set aside.
    """

    name: str
    address: str
    corrected: bool
    reports: int
    notices: int


def retry(house: House, text: str, *, by: str | None, now: datetime) -> Retried:
    """Her address is right: letters go there again, and what came back is told once more. Raises UnknownPerson and its kin."""
    with house.database.write() as connection:
        actor = operator(connection, by, None, now.date())
        number, address = _addressee(connection, text, now.date())
        count, told = reports.revive(connection, number, address)
        if count:
            line = journal.Line(kind="mail-retried", recorded_at=now, actor_id=actor.id, behalf_id=number, data={"count": told})
            journal.write(connection, line)
        corrected = not count and reports.any_against(connection, number)
        name = people.person_name(connection, number)
        return Retried(name=name, address=address, corrected=corrected, reports=count, notices=told)


@dataclass(frozen=True, kw_only=True)
class TriedAgain:
    """Which channels are tried again that were left alone; letters: how many are tried with the next delivery."""

    channels: tuple[str, ...]
    letters: int


def retry_all(house: House, *, by: str | None, now: datetime) -> TriedAgain:
    """What kept letters from going has been mended: all that wait are tried with the next delivery. Raises NoActor and its kin."""
    with house.database.write() as connection:
        actor = operator(connection, by, None, now.date())
        channels = resting.forget(connection)
        notices.hurry(connection, now)
        done = TriedAgain(channels=channels, letters=notices.to_try_again(connection)[0])
        if done.channels or done.letters:
            data = {"count": done.letters}
            journal.write(connection, journal.Line(kind="mail-retried", recorded_at=now, actor_id=actor.id, data=data))
        return done


def _addressee(connection: Connection, text: str, day: date) -> tuple[int, str]:
    """Who is meant, and her address. Raises UnknownPerson and its kin."""
    name, address = office_of(connection)
    if name and text.strip() in (name, address) and facts.is_operator(connection, name):
        return facts.operator_id(connection, name), address
    number, _ = person_id(connection, text, day)
    return number, reports.address_of(connection, number)

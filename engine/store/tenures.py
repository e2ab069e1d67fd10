"""Persons and the posts they hold, as a roster brings them in: who is the same person as before, who is new, from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.org.model import USUAL_CHANNEL, Person, Roster, person_key
from engine.store.tables import person, tenure, unit

# (unit id, post, person id), and the first and last day.
_Terms = Mapping[tuple[int, str, int], tuple[date | None, date | None]]


@dataclass(frozen=True, kw_only=True)
class PostsReport:
    """What an import changed of the posts. missing: those the file does not name, as people know them (`GB01 书记 吴刚`).

    corrected: the names of those known before who have another name, address or telephone now.
    """

    added: int
    changed: int
    missing: tuple[str, ...]
    persons: int
    corrected: tuple[str, ...]


def write_tenures(connection: Connection, roster: Roster) -> PostsReport:
    """Add the posts that are new, bring the days of known ones up to date; delete nothing."""
    units = {row.code: row.id for row in connection.execute(select(unit.c.code, unit.c.id))}
    people, corrected = _write_persons(connection, roster)
    stored = {(row.unit_id, row.post, row.person_id): (row.since, row.until) for row in connection.execute(select(tenure))}
    wanted = {
        (units[given.unit], given.post, people[person_key(given.person, given.unit)]): (given.since, given.until)
        for given in roster.tenures
    }
    fresh = [_row(key, days) for key, days in wanted.items() if key not in stored]
    moved = [_row(key, days) for key, days in wanted.items() if key in stored and stored[key] != days]
    if fresh:
        connection.execute(insert(tenure), fresh)
    for row in moved:
        same = (tenure.c.unit_id == row["unit_id"], tenure.c.post == row["post"], tenure.c.person_id == row["person_id"])
        connection.execute(update(tenure).where(*same).values(since=row["since"], until=row["until"]))
    missing = _missing(connection, stored, wanted) if roster.tenures else ()
    return PostsReport(added=len(fresh), changed=len(moved), missing=missing, persons=len(people), corrected=corrected)


def _row(key: tuple[int, str, int], days: tuple[date | None, date | None]) -> dict[str, Any]:
    return {"unit_id": key[0], "post": key[1], "person_id": key[2], "since": days[0], "until": days[1]}


def _missing(connection: Connection, stored: _Terms, wanted: _Terms) -> tuple[str, ...]:
    left = {key for key in stored if key not in wanted}
    if not left:
        return ()
    return tuple(f"{seat.code} {seat.post} {seat.name}" for seat in _seats(connection) if (seat.unit_id, seat.post, seat.person_id) in left)


@dataclass(frozen=True, kw_only=True)
class _Seat:
    """A post as it is stored, with whoever holds it."""

    unit_id: int
    code: str
    post: str
    person_id: int
    name: str
    key: str


def _seats(connection: Connection) -> Iterator[_Seat]:
    columns = (tenure.c.unit_id, unit.c.code, tenure.c.post, tenure.c.person_id, person.c.name, person.c.key)
    query = select(*columns).select_from(tenure).join(unit).join(person, person.c.id == tenure.c.person_id)
    return (_Seat(**row._asdict()) for row in connection.execute(query.order_by(unit.c.path, tenure.c.post, person.c.id)))


def _write_persons(connection: Connection, roster: Roster) -> tuple[dict[str, int], tuple[str, ...]]:
    """The id of every person named in the roster, by key; new ones added, the others brought up to date: the names of those."""
    wanted = _wanted(roster)
    followed = _followed(connection, roster)
    _rename_keys(connection, followed)
    stored = {row.key: row for row in connection.execute(select(person))}
    fresh = [{"key": key, "channels": "", **_columns(given)} for key, given in wanted.items() if key not in stored]
    if fresh:
        connection.execute(insert(person), fresh)
    changed = [
        {"known": stored[key].id, "channels": stored[key].channels, **_columns(given)}
        for key, given in wanted.items()
        if key in stored and any(getattr(stored[key], name) != value for name, value in _columns(given).items())
    ]
    if changed:
        connection.execute(update(person).where(person.c.id == bindparam("known")), changed)
    people = {row.key: row.id for row in connection.execute(select(person.c.key, person.c.id)) if row.key in wanted}
    _hand_over(connection, followed, people)
    handed_over = (seat.name for seat, key in followed if people[key] != seat.person_id)
    return people, tuple(dict.fromkeys([*(str(row["name"]) for row in changed), *handed_over]))


def _wanted(roster: Roster) -> dict[str, Person]:
    """Every person by key. Of several rows about one the last counts, and a blank for the channels says nothing."""
    wanted: dict[str, Person] = {}
    for given in roster.tenures:
        key = person_key(given.person, given.unit)
        before = wanted.get(key)
        said = given.person.channels or ("" if before is None else before.channels)
        wanted[key] = replace(given.person, channels=said)
    return wanted


def _columns(given: Person) -> dict[str, str]:
    """What the file says of her; where it says nothing of channels, they stay as they are."""
    said = {"channels": "" if given.channels == USUAL_CHANNEL else given.channels} if given.channels else {}
    return {"name": given.name, "email": given.email, "telephone": given.telephone, **said}


def _followed(connection: Connection, roster: Roster) -> list[tuple[_Seat, str]]:
    """The stored posts whose holder the file knows by another key, with that key: an address that is new, another, or gone.

    The same person is whoever holds the same post at the same unit under the same name, if the old key is no longer in the file
    and only one person there goes and one comes.
    """
    named = {person_key(given.person, given.unit) for given in roster.tenures}
    gone: dict[tuple[str, str, str], list[_Seat]] = {}
    held: dict[tuple[str, str], set[str]] = {}
    for seat in _seats(connection):
        held.setdefault((seat.code, seat.post), set()).add(seat.key)
        if seat.key not in named:
            gone.setdefault((seat.code, seat.post, seat.name), []).append(seat)
    come: dict[tuple[str, str, str], set[str]] = {}
    for given in roster.tenures:
        key = person_key(given.person, given.unit)
        if key not in held.get((given.unit, given.post), ()):
            come.setdefault((given.unit, given.post, given.person.name), set()).add(key)
    return [(seats[0], next(iter(come[at]))) for at, seats in gone.items() if len(seats) == len(come.get(at, ())) == 1]


def _rename_keys(connection: Connection, followed: list[tuple[_Seat, str]]) -> None:
    """Whoever is known by another key from now on keeps her id, and with it all that she did.

    Not where that key is somebody's already, nor where a name within one unit would have to stand for posts at others too.
    """
    if not followed:
        return
    known = set(connection.execute(select(person.c.key)).scalars())
    units: dict[int, set[int]] = {}
    for person_id, unit_id in connection.execute(select(tenure.c.person_id, tenure.c.unit_id)):
        units.setdefault(person_id, set()).add(unit_id)
    renamed: set[int] = set()
    for seat, key in followed:
        alone = key.startswith("mail:") or len(units[seat.person_id]) == 1
        if key not in known and seat.person_id not in renamed and alone:
            connection.execute(update(person).where(person.c.id == seat.person_id).values(key=key))
            known.add(key)
            renamed.add(seat.person_id)


def _hand_over(connection: Connection, followed: list[tuple[_Seat, str]], people: Mapping[str, int]) -> None:
    """The posts of whoever could not keep her id go over to the person that the file means."""
    for seat, key in followed:
        if people[key] != seat.person_id:
            same = (tenure.c.unit_id == seat.unit_id, tenure.c.post == seat.post, tenure.c.person_id == seat.person_id)
            connection.execute(update(tenure).where(*same).values(person_id=people[key]))

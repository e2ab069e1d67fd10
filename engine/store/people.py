"""Persons and the posts they hold: who answers for a unit on a day, and who is meant by a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, distinct, func, literal, select, update

from engine.org.model import covers
from engine.store import paths, prepared
from engine.store.reports import address_is_dead
from engine.store.tables import person, tenure, unit
from engine.store.types import Day

# How many units are asked for in one statement.
_TOGETHER = 200


class Holder(NamedTuple):
    """Somebody who holds a post on a day. digest: wants what she does not owe once a week.  dead: letters to her address came back.

    channels: by which she is told, in her order (`dingtalk=13800001111 smtp`); '' where by the house's usual one.
    """

    person_id: int
    name: str
    email: str
    telephone: str
    unit_id: int
    post: str
    digest: bool = False
    dead: bool = False
    channels: str = ""


def holders(connection: Connection, unit_ids: tuple[int, ...], day: date) -> tuple[Holder, ...]:
    """Everybody holding any post at those units on that day; of several at one post the one who came last first."""
    found: list[Holder] = []
    for start in range(0, len(unit_ids), _TOGETHER):
        some = unit_ids[start : start + _TOGETHER]
        found += prepared.found_as(connection, _holders(len(some)), {**prepared.listed(some), "day": day}, Holder._make)
    return tuple(found)


@cache
def _holders(number: int) -> Select[Any]:
    day = bindparam("day", type_=Day)
    columns = (person.c.id, person.c.name, person.c.email, person.c.telephone)
    return (
        select(*columns, tenure.c.unit_id, tenure.c.post, person.c.digest, address_is_dead().label("dead"), person.c.channels)
        .join(person, person.c.id == tenure.c.person_id)
        .where(tenure.c.unit_id.in_(prepared.places(number)))
        .where((tenure.c.since.is_(None)) | (tenure.c.since <= day), (tenure.c.until.is_(None)) | (tenure.c.until >= day))
        .order_by(tenure.c.unit_id, tenure.c.post, tenure.c.since.is_(None), tenure.c.since.desc(), person.c.id.desc())
    )


def as_holder(connection: Connection, person_id: int) -> Holder:
    """That person, whatever post she holds."""
    c = person.c
    columns = (c.id, c.name, c.email, c.telephone, literal(0), literal(""), c.digest, address_is_dead(), c.channels)
    return Holder._make(connection.execute(select(*columns).where(c.id == person_id)).one())


def set_channels(connection: Connection, person_id: int, channels: str) -> bool:
    """By which channels she is told from now on; whether that is anything else than before."""
    changed = update(person).where(person.c.id == person_id, person.c.channels != channels).values(channels=channels)
    return connection.execute(changed).rowcount == 1


def without_holder(connection: Connection, path: str, posts: Sequence[str], day: date) -> Iterator[int]:
    """The ids of the units within `path`, and of those above it, at which nobody with an address holds any of the posts that day.

    In the order of the tree.
    """
    held = (
        tenure.c.unit_id == unit.c.id,
        tenure.c.post.in_(posts),
        (tenure.c.since.is_(None)) | (tenure.c.since <= day),
        (tenure.c.until.is_(None)) | (tenure.c.until >= day),
        person.c.email != "",
        ~address_is_dead(),
    )
    somebody = select(tenure.c.unit_id).join(person, person.c.id == tenure.c.person_id).where(*held).correlate(unit).exists()
    here = and_(unit.c.path >= path, unit.c.path < paths.end(path)) | unit.c.path.in_(paths.ancestors(path))
    query = select(unit.c.id).where(here, ~somebody).order_by(unit.c.path)
    for row in connection.execute(query, execution_options={"yield_per": 2000}):
        yield row[0]


def posts_besides(connection: Connection, path: str, day: date, known: Sequence[str]) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """The posts held that day within `path` that are none of `known`: (post, the first unit codes, at how many units)."""
    held = (
        unit.c.path >= path,
        unit.c.path < paths.end(path),
        (tenure.c.since.is_(None)) | (tenure.c.since <= day),
        (tenure.c.until.is_(None)) | (tenure.c.until >= day),
        tenure.c.post.not_in(known),
    )
    query = select(tenure.c.post, func.count(distinct(unit.c.id))).join(unit, unit.c.id == tenure.c.unit_id).where(*held)
    rows = connection.execute(query.group_by(tenure.c.post).order_by(tenure.c.post)).all()
    first = select(unit.c.code).distinct().join(tenure, unit.c.id == tenure.c.unit_id).where(*held).order_by(unit.c.code).limit(3)
    return tuple((post, tuple(connection.execute(first.where(tenure.c.post == post)).scalars()), int(count)) for post, count in rows)


def find_people(connection: Connection, text: str) -> tuple[Any, ...]:
    """Persons of the roster whose e-mail address or name is `text`."""
    # Whoever has an address has it in the key, which is found without reading everybody's.
    return tuple(prepared.found(connection, _people(), {"key": f"mail:{text.casefold()}", "named": text}))


@cache
def _people() -> Select[Any]:
    c = person.c
    query = select(person).where((c.key == bindparam("key")) | (c.name == bindparam("named")))
    return query.where(~c.key.startswith("operator:")).order_by(c.id)


def person_name(connection: Connection, number: int | None) -> str:
    """The name of a person; '' where nobody is meant."""
    if number is None:
        return ""
    return str(connection.execute(select(person.c.name).where(person.c.id == number)).scalar_one())


def posts_of(connection: Connection, person_id: int, day: date) -> tuple[tuple[int, str], ...]:
    """The (unit id, post) a person holds on that day."""
    query = (
        select(tenure.c.unit_id, tenure.c.post)
        .where(tenure.c.person_id == person_id)
        .where((tenure.c.since.is_(None)) | (tenure.c.since <= day), (tenure.c.until.is_(None)) | (tenure.c.until >= day))
    )
    return tuple((row.unit_id, row.post) for row in connection.execute(query))


def person_names(connection: Connection) -> tuple[str, ...]:
    """Names in the roster, for guessing who was meant."""
    query = select(person.c.name).where(~person.c.key.startswith("operator:")).distinct().limit(20000)
    return tuple(connection.execute(query).scalars())


def seats_of(connection: Connection, person_ids: Sequence[int], day: date) -> dict[int, str]:
    """`UNIT/POST` of each of these persons: a post held that day if there is one, else one held at another time."""
    query = select(tenure.c.person_id, unit.c.code, tenure.c.post, tenure.c.since, tenure.c.until).join(unit, unit.c.id == tenure.c.unit_id)
    rows = connection.execute(query.where(tenure.c.person_id.in_(person_ids)).order_by(unit.c.path, tenure.c.post)).all()
    in_order = sorted(rows, key=lambda row: not covers(row.since, row.until, day))
    return {row.person_id: f"{row.code}/{row.post}" for row in reversed(in_order)}

"""Seats that owe or review and that nobody can be reached at: said before the launch, in *stuck*, and never skipped silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from engine.batched import batched
from engine.definition.model import Organisation
from engine.definition.who import Seat, acting_posts
from engine.operations.census import Census
from engine.operations.directory import Answering, Directory
from engine.store import people
from engine.store.database import Connection
from engine.store.launching import NewOccurrence
from engine.store.roster import UnitRow

# How many seats are looked at together.
_TOGETHER = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class EmptySeat:
    """A unit and post without a holder, or whose holders have no e-mail address."""

    unit: str
    name: str
    post: str


def unmanned(
    connection: Connection, census: Census, occurrences: Iterable[NewOccurrence], root: UnitRow
) -> tuple[tuple[EmptySeat, ...], tuple[EmptySeat, ...]]:
    """(vacant, without an address) among all seats that owe or review something; in the order of the tree."""
    organisation = census.workflow.organisation
    found: list[tuple[str, str, bool, EmptySeat]] = []
    for role, owing, reviewing in _roles(occurrences):
        doubtful = people.without_holder(connection, root.path, _surely(root, role, organisation), census.day)
        seats = (part.unit_id for part in census.parts_of(doubtful) if part.owes & owing or part.reviews & reviewing)
        for answer in _unanswered(connection, seats, role, organisation, census.day):
            found.append((answer.unit.path, role, answer.vacant, _empty(answer, organisation)))
    found.sort(key=itemgetter(0, 1))
    return tuple(seat for *_, vacant, seat in found if vacant), tuple(seat for *_, vacant, seat in found if not vacant)


def _roles(occurrences: Iterable[NewOccurrence]) -> Iterator[tuple[str, int, int]]:
    """Every role with the selections in which somebody owes in it, and those in which somebody reviews, a bit for each."""
    owing: dict[str, int] = {}
    reviewing: dict[str, int] = {}
    for one in occurrences:
        owing[one.owner_role] = owing.get(one.owner_role, 0) | 1 << one.scope
        if one.reviewed:
            reviewing[one.reviewer_role] = reviewing.get(one.reviewer_role, 0) | 1 << one.scope
    return ((role, owing.get(role, 0), reviewing.get(role, 0)) for role in sorted(owing.keys() | reviewing.keys()))


def _surely(unit: UnitRow, role: str, organisation: Organisation) -> tuple[str, ...]:
    """The posts whose holder, wherever there is one who can be reached, leaves no doubt that the role is filled: no mere deputies."""
    posts = acting_posts(Seat(unit, role), organisation)
    return tuple(post for post in posts if post not in organisation.deputies) or posts


def _unanswered(connection: Connection, seats: Iterable[int], role: str, organisation: Organisation, day: date) -> Iterator[Answering]:
    """Those of the seats that nobody holds, or nobody who can be reached; some at a time, so that not all are remembered."""
    for some in batched(seats, _TOGETHER):
        directory = Directory(connection, organisation, day)
        directory.prefetch(some)
        for answer in (directory.answering(unit_id, role) for unit_id in some):
            if answer.vacant or not any(map(directory.ways.of, answer.holders)):
                yield answer


def _empty(answer: Answering, organisation: Organisation) -> EmptySeat:
    posts = acting_posts(Seat(answer.unit, answer.role), organisation)
    return EmptySeat(unit=answer.unit.code, name=answer.unit.name, post=answer.role or (posts[0] if posts else ""))

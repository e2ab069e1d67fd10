"""For which units and in which roles somebody answers: those whose posts she holds, and those for which she stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.batched import batched
from engine.definition.who import Seat, acting_posts
from engine.operations.campaigns import Running
from engine.operations.directory import Directory
from engine.store import owing, people
from engine.store.database import Connection
from engine.store.roster import UnitRow

# So many units are looked at together, and forgotten again.
_TOGETHER = 500


@dataclass(frozen=True, kw_only=True)
class Seats:
    """Units by id, with their paths, and the (unit id, role) that are meant; None: every role at them."""

    units: Mapping[int, str]
    roles: frozenset[tuple[int, str]] | None = None

    def has(self, unit_id: int | None, role: str) -> bool:
        """Whether that seat is one of them."""
        return unit_id in self.units if self.roles is None else (unit_id, role) in self.roles


def seats_at(unit: UnitRow) -> Seats:
    """Every seat at one unit."""
    return Seats(units={unit.id: unit.path})


def seats_of(connection: Connection, running: Running, person_id: int, now: datetime) -> Seats:
    """Those of a campaign for which a person may act that day: by her own posts, as deputy, or since nobody else is there."""
    day = running.day(now)
    at = dict.fromkeys(unit_id for unit_id, _ in people.posts_of(connection, person_id, day))
    units: dict[int, str] = {}
    found: set[tuple[int, str]] = set()
    for role in owing.roles(connection, running.id):
        for some in batched(_candidates(connection, running, at, role, now), _TOGETHER):
            directory = Directory(connection, running.organisation, day)
            directory.prefetch(some)
            for unit_id in some:
                if directory.answering(unit_id, role).has(person_id):
                    found.add((unit_id, role))
                    units[unit_id] = directory.unit(unit_id).path
    return Seats(units=units, roles=frozenset(found))


def _candidates(connection: Connection, running: Running, at: Iterable[int], role: str, now: datetime) -> Iterator[int]:
    """Where she holds a post, and whatever unit below that has nobody in those that act in this role: somebody above answers for it."""
    directory = Directory(connection, running.organisation, running.day(now))
    directory.prefetch(at)
    for unit_id in at:
        unit = directory.unit(unit_id)
        yield unit_id
        yield from owing.vacant_within(connection, unit.path, acting_posts(Seat(unit, role), running.organisation), directory.day)

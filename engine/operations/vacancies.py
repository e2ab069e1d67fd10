"""Seats that owe or review and that nobody can be reached at: said before the launch, in *stuck*, and never skipped silently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from engine.definition.model import Organisation
from engine.definition.who import Seat, acting_posts
from engine.operations.people import answering
from engine.store import queries, roster
from engine.store.database import Connection
from engine.store.roster import Holder


@dataclass(frozen=True, kw_only=True)
class EmptySeat:
    """A unit and post without a holder, or whose holders have no e-mail address."""

    unit: str
    name: str
    post: str


def unmanned(
    connection: Connection, campaign_id: int, organisation: Organisation, day: date
) -> tuple[tuple[EmptySeat, ...], tuple[EmptySeat, ...]]:
    """(vacant, without an address) among all seats that owe or review something in the campaign."""
    seats = queries.seats(connection, campaign_id)
    found: dict[int, list[Holder]] = defaultdict(list)
    for holder in roster.holders(connection, tuple(dict.fromkeys(unit_id for unit_id, _ in seats)), day):
        found[holder.unit_id].append(holder)
    vacant, unreachable = [], []
    for unit_id, role in seats:
        holders = _holding(found[unit_id], role, organisation)
        if not holders and role:
            holders = _otherwise(connection, unit_id, role, organisation, day)
        if not holders:
            vacant.append(_empty(connection, unit_id, role, organisation))
        elif not any(holder.email for holder in holders):
            unreachable.append(_empty(connection, unit_id, role, organisation))
    return tuple(vacant), tuple(unreachable)


def _holding(holders: list[Holder], role: str, organisation: Organisation) -> list[Holder]:
    posts = acting_posts(Seat(NO_UNIT, role), organisation)
    return [holder for holder in holders if holder.post in posts]


def _otherwise(connection: Connection, unit_id: int, role: str, organisation: Organisation, day: date) -> list[Holder]:
    """A post may be held by whoever holds another one."""
    answer = answering(connection, roster.by_id(connection, unit_id), role, organisation, day)
    return [] if answer.vacant else list(answer.holders)


def _empty(connection: Connection, unit_id: int, role: str, organisation: Organisation) -> EmptySeat:
    unit = roster.by_id(connection, unit_id)
    posts = acting_posts(Seat(unit, role), organisation)
    return EmptySeat(unit=unit.code, name=unit.name, post=role or (posts[0] if posts else ""))


# The posts that may act depend on the role alone, not on the unit.
NO_UNIT = roster.UnitRow(id=0, code="", name="", level="", kind="", path="", since=None, until=None, attributes={}, superior=None)

"""Seats that owe or review and that nobody can be reached at: said before the launch, in *stuck*, and never skipped silently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.definition.model import Organisation
from engine.definition.who import Seat, acting_posts
from engine.operations.directory import Answering, Directory
from engine.store import queries
from engine.store.database import Connection


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
    directory = Directory(connection, organisation, day)
    directory.prefetch(unit_id for unit_id, _ in seats)
    vacant: list[EmptySeat] = []
    unreachable: list[EmptySeat] = []
    for unit_id, role in seats:
        answer = directory.answering(unit_id, role)
        if answer.vacant:
            vacant.append(_empty(answer, organisation))
        elif not any(holder.email for holder in answer.holders):
            unreachable.append(_empty(answer, organisation))
    return tuple(vacant), tuple(unreachable)


def _empty(answer: Answering, organisation: Organisation) -> EmptySeat:
    posts = acting_posts(Seat(answer.unit, answer.role), organisation)
    return EmptySeat(unit=answer.unit.code, name=answer.unit.name, post=answer.role or (posts[0] if posts else ""))
